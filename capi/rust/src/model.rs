//! Loaded checkpoints.

use std::ffi::CStr;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::answer::Answer;
use crate::error::Result;
use crate::ffi;
use crate::handle::Handle;
use crate::image::Image;
use crate::options::{AskOptions, LoadOptions, SceneOptions};
use crate::proposer::Proposer;
use crate::regions::Regions;
use crate::scene::Scene;
use crate::text;

/// A loaded checkpoint, for any number of threads. Clones are the same model.
#[derive(Debug, Clone)]
pub struct Model {
    handle: Arc<Handle<ffi::fo1_model>>,
}

impl Model {
    /// A checkpoint folder in the Hugging Face layout. Weights are mapped from the files, which
    /// must stay as they are.
    pub fn load(folder: impl AsRef<Path>) -> Result<Self> {
        Self::load_with(folder, &LoadOptions::new())
    }

    /// The same, as the options say.
    pub fn load_with(folder: impl AsRef<Path>, options: &LoadOptions<'_>) -> Result<Self> {
        let folder = text::path(folder.as_ref(), "folder")?;
        options.lend(|options| {
            // SAFETY: a text and options that live through the call.
            let handle = Handle::from_call(|out| unsafe {
                ffi::fo1_model_load(out, folder.as_ptr(), options)
            })?;
            Ok(Self { handle: Arc::new(handle) })
        })
    }

    /// Where it was loaded from.
    pub fn folder(&self) -> PathBuf {
        // SAFETY: a live handle has a folder; its bytes are copied.
        let folder = unsafe { CStr::from_ptr(ffi::fo1_model_folder(self.as_ptr())) };
        PathBuf::from(OsStr::from_bytes(folder.to_bytes()))
    }

    /// `false`: a plain VLM, which answers `"ask"` and conversations only.
    pub fn has_regions(&self) -> bool {
        // SAFETY: a live handle.
        unsafe { ffi::fo1_model_has_regions(self.as_ptr()) != 0 }
    }

    /// Regions that a prompt holds.
    pub fn region_limit(&self) -> i64 {
        // SAFETY: a live handle.
        unsafe { ffi::fo1_model_region_limit(self.as_ptr()) }
    }

    /// The proposer that scenes use. [`ErrorKind::NotFound`](crate::ErrorKind::NotFound): there is
    /// none.
    pub fn proposer(&self) -> Result<Proposer> {
        // SAFETY: a live handle.
        Handle::from_call(|out| unsafe { ffi::fo1_model_proposer(out, self.as_ptr()) })
            .map(Proposer::from_handle)
    }

    /// Encodes the image with its regions, `&regions`; with `None`, with those that the model's
    /// proposal network finds. Regions beyond [`Model::region_limit`] are left out, unless a question asks
    /// for all of them.
    pub fn scene<'r>(
        &self,
        image: &Image,
        regions: impl Into<Option<&'r Regions>>,
    ) -> Result<Scene> {
        self.scene_with(image, regions, &SceneOptions::new())
    }

    /// The same, as the options say.
    pub fn scene_with<'r>(
        &self,
        image: &Image,
        regions: impl Into<Option<&'r Regions>>,
        options: &SceneOptions<'_>,
    ) -> Result<Scene> {
        let regions = Regions::pointer(regions.into());
        options.lend(|options| {
            // SAFETY: live handles, and options that live through the call.
            Handle::from_call(|out| unsafe {
                ffi::fo1_scene_create(out, self.as_ptr(), image.as_ptr(), regions, options)
            })
            .map(Scene::from_handle)
        })
    }

    /// Answers the last message of a conversation: a JSON list of
    /// `{"role", "content", "bbox_list"}`, or `{"messages": [...]}`; `image_url` parts are file
    /// paths, relative ones below `root`.
    pub fn chat(&self, messages_json: &str, root: impl AsRef<Path>) -> Result<Answer> {
        self.chat_with(messages_json, root, &AskOptions::new())
    }

    /// The same, as the options say.
    pub fn chat_with(
        &self,
        messages_json: &str,
        root: impl AsRef<Path>,
        options: &AskOptions<'_>,
    ) -> Result<Answer> {
        let messages = text::text(messages_json, "messages_json")?;
        let root = text::path(root.as_ref(), "root")?;
        options.lend(|options| {
            // SAFETY: a live handle, and texts and options that live through the call.
            Answer::from_call(|out| unsafe {
                ffi::fo1_chat(out, self.as_ptr(), messages.as_ptr(), root.as_ptr(), options)
            })
        })
    }

    /// Answers like [`Model::chat_with`], and writes every stage's tensors to a safetensors file.
    pub fn trace(
        &self,
        messages_json: &str,
        root: impl AsRef<Path>,
        path: impl AsRef<Path>,
        options: &AskOptions<'_>,
    ) -> Result<Answer> {
        let messages = text::text(messages_json, "messages_json")?;
        let root = text::path(root.as_ref(), "root")?;
        let path = text::path(path.as_ref(), "path")?;
        options.lend(|options| {
            // SAFETY: a live handle, and texts and options that live through the call.
            Answer::from_call(|out| unsafe {
                ffi::fo1_trace(
                    out,
                    self.as_ptr(),
                    messages.as_ptr(),
                    root.as_ptr(),
                    path.as_ptr(),
                    options,
                )
            })
        })
    }

    fn as_ptr(&self) -> *mut ffi::fo1_model {
        self.handle.get()
    }
}
