use crate::error::Result;
use crate::ffi;
use crate::limits::{defaults, limit_methods, set_limits, Limits};
use crate::text::Texts;

/// What a proposer looks for, and what is kept of it.
#[derive(Default)]
pub struct ProposeOptions<'a> {
    labels: Vec<String>,
    prompts: Vec<String>,
    min_score: Option<f64>,
    max_iou: Option<f64>,
    most: Option<i64>,
    min_side: f64,
    tile_side: i64,
    tile_overlap: Option<f64>,
    limits: Limits<'a>,
}

impl<'a> ProposeOptions<'a> {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// What to look for, where the proposer reads labels. Default: anything.
    pub fn labels(mut self, labels: &[impl AsRef<str>]) -> Self {
        self.labels = owned(labels);
        self
    }

    /// Or names of what it offers, as in [`Proposer::prompts`](crate::Proposer::prompts). Default:
    /// the first.
    pub fn prompts(mut self, prompts: &[impl AsRef<str>]) -> Self {
        self.prompts = owned(prompts);
        self
    }

    /// 0 to 1. Default: the proposer's own.
    pub fn min_score(mut self, score: f64) -> Self {
        self.min_score = Some(score);
        self
    }

    /// Boxes that overlap a better one more than this go; 0: none. Default: the proposer's own.
    pub fn max_iou(mut self, iou: f64) -> Self {
        self.max_iou = Some(iou);
        self
    }

    /// Boxes kept, the best; 0: all. Default: the proposer's own.
    pub fn most(mut self, boxes: i64) -> Self {
        self.most = Some(boxes);
        self
    }

    /// Pixels of the image: smaller boxes go.
    pub fn min_side(mut self, pixels: f64) -> Self {
        self.min_side = pixels;
        self
    }

    /// Also look at square pieces of this side, in pixels; 0 (default): off.
    pub fn tile_side(mut self, pixels: i64) -> Self {
        self.tile_side = pixels;
        self
    }

    /// The part of a piece that its neighbour covers too, 0 to 0.9. Default: 0.25.
    pub fn tile_overlap(mut self, part: f64) -> Self {
        self.tile_overlap = Some(part);
        self
    }

    limit_methods!();

    /// Lends the library's struct to a call.
    pub(crate) fn lend<T>(
        &self,
        call: impl FnOnce(*const ffi::fo1_propose_options) -> Result<T>,
    ) -> Result<T> {
        let labels = Texts::new(&self.labels, "labels")?;
        let prompts = Texts::new(&self.prompts, "prompts")?;
        let callbacks = self.limits.callbacks();
        let mut raw = defaults!(fo1_propose_options, fo1_propose_options_init);
        raw.labels = labels.as_ptr();
        raw.label_count = labels.len();
        raw.prompts = prompts.as_ptr();
        raw.prompt_count = prompts.len();
        raw.min_score = self.min_score.unwrap_or(raw.min_score);
        raw.max_iou = self.max_iou.unwrap_or(raw.max_iou);
        raw.most = self.most.unwrap_or(raw.most);
        raw.min_side = self.min_side;
        raw.tile_side = self.tile_side;
        raw.tile_overlap = self.tile_overlap.unwrap_or(raw.tile_overlap);
        set_limits!(raw, self.limits, &callbacks);
        call(&raw)
    }
}

fn owned(texts: &[impl AsRef<str>]) -> Vec<String> {
    texts.iter().map(|text| text.as_ref().to_owned()).collect()
}
