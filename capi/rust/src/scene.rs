//! An image and its regions, and the questions about them.

use std::mem;

use crate::answer::Answer;
use crate::error::{check, Result};
use crate::ffi;
use crate::handle::Handle;
use crate::options::{AskOptions, SceneOptions};
use crate::regions::Regions;
use crate::text::{self, Texts};

/// How often each stage has run on a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names of the stages say it
pub struct StageCounts {
    pub encode_primary: i64,
    pub encode_auxiliary: i64,
    pub encode_regions: i64,
    pub prefill_prefix: i64,
    pub prefill_question: i64,
}

/// An image and its regions, encoded once, asked often. For one thread at a time: it can be sent to
/// another, not shared. Scenes of one model run in parallel.
///
/// ```compile_fail
/// fn shared<T: Sync>() {}
/// shared::<fo1::Scene>();
/// ```
#[derive(Debug)]
pub struct Scene {
    handle: Handle<ffi::fo1_scene>,
}

impl Scene {
    /// Other regions on the same image: only pooling and connector run again. On an error the scene
    /// keeps the regions it had.
    pub fn set_regions<'r>(&mut self, regions: impl Into<Option<&'r Regions>>) -> Result<()> {
        self.set_regions_with(regions, &SceneOptions::new())
    }

    /// The same, as the options say.
    pub fn set_regions_with<'r>(
        &mut self,
        regions: impl Into<Option<&'r Regions>>,
        options: &SceneOptions<'_>,
    ) -> Result<()> {
        let regions = Regions::pointer(regions.into());
        options.lend(|options| {
            // SAFETY: live handles, and options that live through the call.
            check(unsafe { ffi::fo1_scene_set_regions(self.handle.get(), regions, options) })
        })
    }

    /// A copy of the scene's regions. Their indexes are those that answers name.
    pub fn regions(&self) -> Result<Regions> {
        // SAFETY: a live handle.
        Handle::from_call(|out| unsafe { ffi::fo1_scene_regions(out, self.handle.get()) })
            .map(Regions::from_handle)
    }

    /// How often each stage has run.
    pub fn stage_counts(&self) -> Result<StageCounts> {
        // SAFETY: zeros are a value of this struct of numbers.
        let mut counts: ffi::fo1_stage_counts = unsafe { mem::zeroed() };
        counts.struct_size = mem::size_of_val(&counts) as u32;
        // SAFETY: a live handle, and a struct that says its size.
        check(unsafe { ffi::fo1_scene_stage_counts(&mut counts, self.handle.get()) })?;
        Ok(StageCounts {
            encode_primary: counts.encode_primary,
            encode_auxiliary: counts.encode_auxiliary,
            encode_regions: counts.encode_regions,
            prefill_prefix: counts.prefill_prefix,
            prefill_question: counts.prefill_question,
        })
    }

    /// Everything with one of the labels.
    pub fn detect(&mut self, labels: &[impl AsRef<str>]) -> Result<Answer> {
        self.detect_with(labels, &AskOptions::new())
    }

    /// Everything with one of the labels, as the options say.
    pub fn detect_with(
        &mut self,
        labels: &[impl AsRef<str>],
        options: &AskOptions<'_>,
    ) -> Result<Answer> {
        let labels = Texts::new(labels, "labels")?;
        options.lend(|options| {
            // SAFETY: a live handle, and texts and options that live through the call.
            Answer::from_call(|out| unsafe {
                ffi::fo1_detect(out, self.handle.get(), labels.as_ptr(), labels.len(), options)
            })
        })
    }

    /// What a phrase means.
    pub fn ground(&mut self, phrase: &str) -> Result<Answer> {
        self.ground_with(phrase, &AskOptions::new())
    }

    /// What a phrase means, as the options say.
    pub fn ground_with(&mut self, phrase: &str, options: &AskOptions<'_>) -> Result<Answer> {
        let phrase = text::text(phrase, "phrase")?;
        options.lend(|options| {
            // SAFETY: a live handle, and a text and options that live through the call.
            Answer::from_call(|out| unsafe {
                ffi::fo1_ground(out, self.handle.get(), phrase.as_ptr(), options)
            })
        })
    }

    /// How many there are, and where.
    pub fn count(&mut self, name: &str) -> Result<Answer> {
        self.count_with(name, &AskOptions::new())
    }

    /// How many there are, and where, as the options say.
    pub fn count_with(&mut self, name: &str, options: &AskOptions<'_>) -> Result<Answer> {
        let name = text::text(name, "name")?;
        options.lend(|options| {
            // SAFETY: a live handle, and a text and options that live through the call.
            Answer::from_call(|out| unsafe {
                ffi::fo1_count(out, self.handle.get(), name.as_ptr(), options)
            })
        })
    }

    /// The text in regions, named by their indexes; without any: in all.
    pub fn ocr(&mut self, regions: &[i64]) -> Result<Answer> {
        self.ocr_with(regions, &AskOptions::new())
    }

    /// The text in regions, as the options say.
    pub fn ocr_with(&mut self, regions: &[i64], options: &AskOptions<'_>) -> Result<Answer> {
        options.lend(|options| {
            // SAFETY: a live handle, a slice, and options that live through the call.
            Answer::from_call(|out| unsafe {
                ffi::fo1_ocr(out, self.handle.get(), regions.as_ptr(), regions.len(), options)
            })
        })
    }

    /// Any task: `"detect"`, `"ground"`, `"count"`, `"ocr"`, `"caption"`, `"describe"`,
    /// `"similar"`, `"reason"`, `"ask"`. `query`: detect takes one or more labels; ground, count,
    /// reason and ask one text; caption none, `"brief"` or `"detailed"`. `regions`: indexes; ocr and
    /// caption any number (none: all), similar one.
    pub fn run(
        &mut self,
        task: &str,
        query: &[impl AsRef<str>],
        regions: &[i64],
    ) -> Result<Answer> {
        self.run_with(task, query, regions, &AskOptions::new())
    }

    /// Any task, as the options say.
    pub fn run_with(
        &mut self,
        task: &str,
        query: &[impl AsRef<str>],
        regions: &[i64],
        options: &AskOptions<'_>,
    ) -> Result<Answer> {
        let task = text::text(task, "task")?;
        let query = Texts::new(query, "query")?;
        options.lend(|options| {
            // SAFETY: a live handle, a slice, and texts and options that live through the call.
            Answer::from_call(|out| unsafe {
                ffi::fo1_run(
                    out,
                    self.handle.get(),
                    task.as_ptr(),
                    query.as_ptr(),
                    query.len(),
                    regions.as_ptr(),
                    regions.len(),
                    options,
                )
            })
        })
    }

    pub(crate) fn from_handle(handle: Handle<ffi::fo1_scene>) -> Self {
        Self { handle }
    }
}
