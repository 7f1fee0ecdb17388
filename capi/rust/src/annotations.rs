//! Answers for annotation tools and training programs.

use std::path::Path;

use crate::answer::Answer;
use crate::error::{check, text_of, text_or_error, Result};
use crate::ffi;
use crate::handle::Handle;
use crate::text::{self, Texts};

/// A set of images with their boxes, as files of other programs. Boxes are clipped to their image.
#[derive(Debug)]
pub struct Annotations {
    handle: Handle<ffi::fo1_annotations>,
}

impl Annotations {
    /// No images yet. `labels`: the classes in their order; those that answers bring are appended.
    pub fn new(labels: &[impl AsRef<str>]) -> Result<Self> {
        let labels = Texts::new(labels, "labels")?;
        // SAFETY: an array of texts that lives through the call.
        let handle = Handle::from_call(|out| unsafe {
            ffi::fo1_annotations_create(out, labels.as_ptr(), labels.len())
        })?;
        Ok(Self { handle })
    }

    /// Appends the detections of an answer. `path`: the image as it shall be named in the files.
    pub fn add(&mut self, answer: &Answer, path: impl AsRef<Path>) -> Result<()> {
        let path = text::path(path.as_ref(), "path")?;
        // SAFETY: live handles, and a text that lives through the call.
        check(unsafe { ffi::fo1_annotations_add(self.as_ptr(), answer.as_ptr(), path.as_ptr()) })
    }

    /// The classes.
    pub fn labels(&self) -> Vec<String> {
        // SAFETY: a live handle; the texts are copied.
        unsafe {
            (0..ffi::fo1_annotations_label_count(self.as_ptr()))
                .filter_map(|index| text_of(ffi::fo1_annotations_label(self.as_ptr(), index)))
                .collect()
        }
    }

    /// COCO: one JSON object of all images.
    pub fn coco(&self) -> Result<String> {
        // SAFETY: a live handle; the text is copied before the next call with it.
        unsafe { text_or_error(ffi::fo1_annotations_coco(self.as_ptr())) }
    }

    /// YOLO: the `.txt` of an image, which is named by its index.
    pub fn yolo(&self, image: usize) -> Result<String> {
        // SAFETY: as for COCO.
        unsafe { text_or_error(ffi::fo1_annotations_yolo(self.as_ptr(), image)) }
    }

    /// YOLO: `data.yaml`.
    pub fn yolo_data(&self) -> Result<String> {
        // SAFETY: as for COCO.
        unsafe { text_or_error(ffi::fo1_annotations_yolo_data(self.as_ptr())) }
    }

    /// labelme: the `.json` of an image, which lies at `image_path` from that file's folder.
    pub fn labelme(&self, image: usize, image_path: impl AsRef<Path>) -> Result<String> {
        let path = text::path(image_path.as_ref(), "image_path")?;
        // SAFETY: as for COCO, with a text that lives through the call.
        unsafe { text_or_error(ffi::fo1_annotations_labelme(self.as_ptr(), image, path.as_ptr())) }
    }

    fn as_ptr(&self) -> *mut ffi::fo1_annotations {
        self.handle.get()
    }
}
