use std::ptr;

use super::ProposeOptions;
use crate::error::Result;
use crate::ffi;
use crate::limits::{defaults, limit_methods, set_limits, Limits};
use crate::proposer::Proposer;

/// When a scene gets regions of a proposer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Propose {
    /// When the caller gives no list.
    #[default]
    IfNone,
    /// Always: the caller's are united with what is found.
    Also,
    /// Never.
    Never,
}

/// How a scene is made.
#[derive(Default)]
pub struct SceneOptions<'a> {
    propose: Propose,
    proposer: Option<Proposer>,
    propose_options: Option<ProposeOptions<'a>>,
    limits: Limits<'a>,
}

impl<'a> SceneOptions<'a> {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// When regions are looked for. Default: [`Propose::IfNone`].
    pub fn propose(mut self, when: Propose) -> Self {
        self.propose = when;
        self
    }

    /// Who looks for them. Default: the model's proposal network, if it has one.
    pub fn proposer(mut self, proposer: &Proposer) -> Self {
        self.proposer = Some(proposer.clone());
        self
    }

    /// What is looked for; the limits of these options are not used.
    pub fn propose_options(mut self, options: ProposeOptions<'a>) -> Self {
        self.propose_options = Some(options);
        self
    }

    limit_methods!();

    /// Lends the library's struct to a call.
    pub(crate) fn lend<T>(
        &self,
        call: impl FnOnce(*const ffi::fo1_scene_options) -> Result<T>,
    ) -> Result<T> {
        let callbacks = self.limits.callbacks();
        let mut raw = defaults!(fo1_scene_options, fo1_scene_options_init);
        raw.propose = match self.propose {
            Propose::IfNone => ffi::FO1_PROPOSE_IF_NONE,
            Propose::Also => ffi::FO1_PROPOSE_ALSO,
            Propose::Never => ffi::FO1_PROPOSE_NEVER,
        };
        raw.proposer =
            self.proposer.as_ref().map_or(ptr::null(), |proposer| proposer.as_ptr() as *const _);
        set_limits!(raw, self.limits, &callbacks);
        match &self.propose_options {
            None => call(&raw),
            Some(options) => options.lend(|options| {
                raw.propose_options = options;
                call(&raw)
            }),
        }
    }
}
