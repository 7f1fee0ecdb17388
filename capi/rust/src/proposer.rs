//! Finders of boxes.

use std::mem::ManuallyDrop;
use std::os::raw::c_void;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::Arc;

use crate::callback;
use crate::error::{check, text_of, Result};
use crate::ffi;
use crate::handle::Handle;
use crate::image::Image;
use crate::options::{LoadOptions, ProposeOptions};
use crate::regions::{append, some_number, Region, Regions};
use crate::text::{self, texts_of};

type Find = Box<dyn Fn(&Image, &Wanted) -> Result<Vec<Region>> + Send + Sync>;

/// What a detector of one's own is asked for. It may look at the labels alone: scores, overlaps and
/// sizes of what it returns are taken care of afterwards.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// What to look for; empty: anything.
    pub labels: Vec<String>,
    /// Or by these names.
    pub prompts: Vec<String>,
    /// Only boxes this good are kept.
    pub min_score: Option<f64>,
    /// Of boxes that overlap more than this the best is kept.
    pub max_iou: Option<f64>,
    /// So many boxes are kept; 0: all.
    pub most: Option<i64>,
    /// Only boxes this large are kept, in pixels of the image.
    pub min_side: f64,
}

impl Wanted {
    /// # Safety
    /// `options` come from the library.
    unsafe fn read(options: &ffi::fo1_propose_options) -> Self {
        // SAFETY: as above: arrays of texts and their lengths.
        let (labels, prompts) = unsafe {
            (
                texts_of(options.labels, options.label_count),
                texts_of(options.prompts, options.prompt_count),
            )
        };
        Self {
            labels,
            prompts,
            min_score: some_number(options.min_score),
            max_iou: some_number(options.max_iou),
            most: Some(options.most).filter(|&most| most >= 0),
            min_side: options.min_side,
        }
    }
}

/// Finds boxes in an image: a proposal network, or a detector of one's own. Clones are the same
/// one.
#[derive(Debug, Clone)]
pub struct Proposer {
    inner: Arc<Inner>,
}

/// The handle goes first, then the closure that it calls: no call is left by then, since each
/// borrows a `Proposer`.
struct Inner {
    handle: Handle<ffi::fo1_proposer>,
    _find: Option<Box<Find>>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.handle.fmt(f)
    }
}

impl Proposer {
    /// `"upn:FOLDER"`, `"opn:FOLDER"`, or a folder whose `config.json` says what it is.
    pub fn load(choice: impl AsRef<Path>) -> Result<Self> {
        Self::load_with(choice, &LoadOptions::new())
    }

    /// Of `options` the device, dtype, threads and limits are used.
    pub fn load_with(choice: impl AsRef<Path>, options: &LoadOptions<'_>) -> Result<Self> {
        let choice = text::path(choice.as_ref(), "choice")?;
        options.lend(|options| {
            // SAFETY: a text and options that live through the call.
            Handle::from_call(|out| unsafe {
                ffi::fo1_proposer_load(out, choice.as_ptr(), options)
            })
            .map(Self::from_handle)
        })
    }

    /// A detector of one's own: boxes in the pixels of the image that it is given. All regions have
    /// a score, or none has. Several threads that search call it at once. Its error is what the
    /// search fails with; its panic goes on from there.
    pub fn from_fn(
        name: &str,
        find: impl Fn(&Image, &Wanted) -> Result<Vec<Region>> + Send + Sync + 'static,
    ) -> Result<Self> {
        let name = text::text(name, "name")?;
        let find: Box<Find> = Box::new(Box::new(find)); // a thin pointer to it
        let user = &*find as *const Find as *mut c_void;
        // SAFETY: `user` is what `propose` expects, and lives until the proposer's last call ends.
        let handle = Handle::from_call(|out| unsafe {
            ffi::fo1_proposer_from_callback(out, name.as_ptr(), Some(propose), user)
        })?;
        Ok(Self { inner: Arc::new(Inner { handle, _find: Some(find) }) })
    }

    /// What is in the image. An empty list is a valid result.
    pub fn propose(&self, image: &Image) -> Result<Regions> {
        self.propose_with(image, &ProposeOptions::new())
    }

    /// What is in the image, as the options say.
    pub fn propose_with(&self, image: &Image, options: &ProposeOptions<'_>) -> Result<Regions> {
        options.lend(|options| {
            // SAFETY: live handles, and options that live through the call.
            Handle::from_call(|out| unsafe {
                ffi::fo1_propose(out, self.as_ptr(), image.as_ptr(), options)
            })
            .map(Regions::from_handle)
        })
    }

    /// `"upn"`, `"opn"`, or the name of the detector of one's own.
    pub fn name(&self) -> String {
        // SAFETY: a live handle; the text is copied.
        unsafe { text_of(ffi::fo1_proposer_name(self.as_ptr())).unwrap_or_default() }
    }

    /// Whether it looks for labels.
    pub fn reads_labels(&self) -> bool {
        // SAFETY: a live handle.
        unsafe { ffi::fo1_proposer_reads_labels(self.as_ptr()) != 0 }
    }

    /// Names of what it offers to look for, the default first.
    pub fn prompts(&self) -> Vec<String> {
        // SAFETY: a live handle; the texts are copied.
        unsafe {
            let count = ffi::fo1_proposer_prompt_count(self.as_ptr());
            (0..count)
                .filter_map(|index| text_of(ffi::fo1_proposer_prompt(self.as_ptr(), index)))
                .collect()
        }
    }

    /// Writes the vectors of the proposer's own wording to its folder, so that the text encoder
    /// need not run for it again. [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for one that reads no labels.
    pub fn save_wording(&self) -> Result<()> {
        // SAFETY: a live handle.
        check(unsafe { ffi::fo1_proposer_save_wording(self.as_ptr()) })
    }

    pub(crate) fn from_handle(handle: Handle<ffi::fo1_proposer>) -> Self {
        Self { inner: Arc::new(Inner { handle, _find: None }) }
    }

    pub(crate) fn as_ptr(&self) -> *mut ffi::fo1_proposer {
        self.inner.handle.get()
    }
}

/// # Safety
/// `user` points to a [`Find`]; `image` and `found` are live handles of the library, `options` its
/// own.
unsafe extern "C" fn propose(
    user: *mut c_void,
    image: *const ffi::fo1_image,
    options: *const ffi::fo1_propose_options,
    found: *mut ffi::fo1_regions,
) -> ffi::fo1_status {
    let mut status = ffi::FO1_CANCELLED;
    let done = callback::run(|| {
        // SAFETY: as above.
        let (find, image, wanted) =
            unsafe { (&*(user as *const Find), lent(image), Wanted::read(&*options)) };
        let regions = find(&image, &wanted).map_err(|error| {
            status = error.code().status();
            if let Ok(reason) = text::text(error.message(), "message") {
                // SAFETY: a text, which is copied.
                unsafe { ffi::fo1_set_last_error(reason.as_ptr()) };
            }
            error
        })?;
        // SAFETY: as above; the list is this call's alone.
        unsafe { append(found, &regions) }
    });
    done.map_or(status, |()| ffi::FO1_OK)
}

/// An image that the library frees, not its owner here.
///
/// # Safety
/// `image` is a live handle.
unsafe fn lent(image: *const ffi::fo1_image) -> ManuallyDrop<Image> {
    let image = NonNull::new(image as *mut ffi::fo1_image).expect("a search has an image");
    // SAFETY: as above; it is never dropped.
    ManuallyDrop::new(Image::new(unsafe { Handle::from_raw(image) }))
}
