//! Answers.

mod read;

use std::path::Path;
use std::sync::Arc;

use crate::error::{check, Result};
use crate::ffi;
use crate::handle::Handle;
use crate::image::Image;
use crate::regions::{Bounds, Regions};
use crate::text;
use read::Reader;

/// A region with one of the names that were asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// The name.
    pub label: String,
    /// Index of the offered region.
    pub region: i64,
    /// Where it is.
    pub bounds: Bounds,
    /// Confidence, times the proposal score where there is one.
    pub score: f64,
    /// Probability that the model gave this region's name when it wrote it.
    pub confidence: f64,
    /// What the proposer was sure of.
    pub proposal_score: Option<f64>,
}

/// What a region says (ocr) or shows (caption).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionText {
    /// Its index.
    pub region: i64,
    /// The text.
    pub text: String,
}

/// A phrase tied to regions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The phrase.
    pub text: String,
    /// Indexes.
    pub regions: Vec<i64>,
}

/// A region that was named but could not be used, or was over the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Its index.
    pub region: i64,
    /// `"not offered"`, ...
    pub reason: String,
}

/// How many tokens a question took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenCounts {
    /// Of the prompt: for the image.
    pub image: i64,
    /// Of the prompt: for regions.
    pub region: i64,
    /// Of the prompt: words.
    pub text: i64,
    /// Of the answer.
    pub generated: i64,
}

/// Why an answer ends.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Finish {
    /// The model had said all.
    Stop,
    /// At the most tokens allowed.
    Length,
    /// The time was over.
    Deadline,
    /// A cancel handle or a callback stopped it.
    Cancelled,
    /// A reason of a library newer than this crate.
    Other(i32),
}

/// The answer to one question.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked: `"detect"`, ...
    pub task: String,
    /// The model's words, region names included.
    pub text: String,
    /// The whole prompt as text.
    pub prompt: String,
    /// Why the answer ends.
    pub finish: Finish,
    /// Regions with a name.
    pub detections: Vec<Detection>,
    /// The number that the model said.
    pub count: Option<i64>,
    /// Distinct regions named, in order.
    pub regions: Vec<i64>,
    /// What regions say or show.
    pub texts: Vec<RegionText>,
    /// Phrases tied to regions, in reading order.
    pub spans: Vec<Span>,
    /// What the model thought before the answer.
    pub reasoning: Option<String>,
    /// The plain words.
    pub answer: Option<String>,
    /// Regions that were named but could not be used, or were over the limit.
    pub dropped: Vec<Dropped>,
    /// Tokens of prompt and answer.
    pub tokens: TokenCounts,
    /// Milliseconds of each stage that ran; one reused from the scene is absent.
    pub timings_ms: Vec<(String, f64)>,
    result: Arc<Handle<ffi::fo1_result>>,
}

impl Answer {
    /// The whole answer as one JSON object.
    pub fn to_json(&self) -> String {
        Reader(self.result.get()).text(ffi::fo1_result_json).unwrap_or_default()
    }

    /// The image with the answer's boxes, to a `.png` or `.jpg` file. `regions`: those of the
    /// scene, for answers whose texts and spans name regions.
    pub fn draw<'r>(
        &self,
        image: &Image,
        regions: impl Into<Option<&'r Regions>>,
        path: impl AsRef<Path>,
    ) -> Result<()> {
        let path = text::path(path.as_ref(), "path")?;
        let regions = Regions::pointer(regions.into());
        // SAFETY: live handles, and a text that lives through the call.
        check(unsafe {
            ffi::fo1_result_draw(self.result.get(), image.as_ptr(), regions, path.as_ptr())
        })
    }

    pub(crate) fn as_ptr(&self) -> *const ffi::fo1_result {
        self.result.get()
    }

    pub(crate) fn from_call(
        call: impl FnOnce(*mut *mut ffi::fo1_result) -> ffi::fo1_status,
    ) -> Result<Self> {
        let result = Handle::from_call(call)?;
        let read = Reader(result.get());
        Ok(Self {
            task: read.text(ffi::fo1_result_task).unwrap_or_default(),
            text: read.text(ffi::fo1_result_text).unwrap_or_default(),
            prompt: read.text(ffi::fo1_result_prompt).unwrap_or_default(),
            finish: read.finish(),
            detections: read.detections()?,
            count: read.count(),
            regions: read.regions(),
            texts: read.texts()?,
            spans: read.spans()?,
            reasoning: read.text(ffi::fo1_result_reasoning),
            answer: read.text(ffi::fo1_result_answer),
            dropped: read.dropped()?,
            tokens: read.tokens()?,
            timings_ms: read.timings_ms(),
            result: Arc::new(result),
        })
    }
}
