use std::cell::RefCell;

use crate::callback::{self, Callbacks, Flow, OnToken};
use crate::error::Result;
use crate::ffi;
use crate::limits::{defaults, limit_methods, set_limits, Limits};

/// How a question is asked.
#[derive(Default)]
pub struct AskOptions<'a> {
    all_regions: bool,
    max_new_tokens: i64,
    temperature: f64,
    top_p: Option<f64>,
    top_k: i64,
    seed: u64,
    on_token: Option<RefCell<OnToken<'a>>>,
    limits: Limits<'a>,
}

impl<'a> AskOptions<'a> {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ask about more regions than a prompt holds, in several passes.
    pub fn all_regions(mut self, all: bool) -> Self {
        self.all_regions = all;
        self
    }

    /// 0 (default): what the model's `generation_config.json` says, else 1024.
    pub fn max_new_tokens(mut self, most: i64) -> Self {
        self.max_new_tokens = most;
        self
    }

    /// 0 (default): greedy, the most likely token.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = temperature;
        self
    }

    /// Keep the most likely tokens up to this probability; 1 (default): all.
    pub fn top_p(mut self, probability: f64) -> Self {
        self.top_p = Some(probability);
        self
    }

    /// Keep at most so many tokens; 0 (default): all.
    pub fn top_k(mut self, most: i64) -> Self {
        self.top_k = most;
        self
    }

    /// The same seed, the same answer.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Called with each piece of the answer's text as it becomes certain; it may be empty. A panic
    /// in it ends the call and goes on from there.
    pub fn on_token(mut self, closure: impl FnMut(&str) -> Flow + 'a) -> Self {
        self.on_token = Some(RefCell::new(Box::new(closure)));
        self
    }

    limit_methods!();

    /// Lends the library's struct to a call.
    pub(crate) fn lend<T>(
        &self,
        call: impl FnOnce(*const ffi::fo1_ask_options) -> Result<T>,
    ) -> Result<T> {
        let callbacks = Callbacks { on_token: self.on_token.as_ref(), ..self.limits.callbacks() };
        let mut raw = defaults!(fo1_ask_options, fo1_ask_options_init);
        raw.all_regions = i32::from(self.all_regions);
        raw.max_new_tokens = self.max_new_tokens;
        raw.temperature = self.temperature;
        raw.top_p = self.top_p.unwrap_or(raw.top_p);
        raw.top_k = self.top_k;
        raw.seed = self.seed;
        set_limits!(raw, self.limits, &callbacks);
        if callbacks.on_token.is_some() {
            raw.on_token = Some(callback::on_token);
        }
        call(&raw)
    }
}
