//! Ownership of what the library makes.

use std::fmt;
use std::ptr::{self, NonNull};

use crate::error::{check, Result};
use crate::ffi;

/// A type of object behind a pointer of the library.
pub(crate) trait Object {
    /// # Safety
    /// `handle` comes from the library and is not used again.
    unsafe fn free(handle: *mut Self);
}

/// Objects that several threads may use at once.
///
/// # Safety
/// `fo1_c.h` says so of the type.
pub(crate) unsafe trait Shared: Object {}

/// Frees its object when it is dropped.
pub(crate) struct Handle<T: Object>(NonNull<T>);

impl<T: Object> Handle<T> {
    /// Takes what a call puts into its output.
    pub(crate) fn from_call(call: impl FnOnce(*mut *mut T) -> ffi::fo1_status) -> Result<Self> {
        let mut out = ptr::null_mut();
        let status = call(&mut out);
        // Owned before the check, which may go on with a panic.
        let handle = NonNull::new(out).map(Self);
        check(status)?;
        Ok(handle.expect("a call without error returns a handle"))
    }

    /// # Safety
    /// `raw` is a live handle that nobody else frees.
    pub(crate) unsafe fn from_raw(raw: NonNull<T>) -> Self {
        Self(raw)
    }

    pub(crate) fn get(&self) -> *mut T {
        self.0.as_ptr()
    }
}

impl<T: Object> Drop for Handle<T> {
    fn drop(&mut self) {
        // SAFETY: this owns the handle.
        unsafe { T::free(self.0.as_ptr()) }
    }
}

impl<T: Object> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:p}", self.0)
    }
}

// SAFETY: all functions may be called from any thread; what is for one thread at a time is so for no
// particular one.
unsafe impl<T: Object> Send for Handle<T> {}
// SAFETY: what `Shared` stands for.
unsafe impl<T: Shared> Sync for Handle<T> {}

macro_rules! objects {
    ($($name:ident $free:ident)*) => {
        $(
            impl Object for ffi::$name {
                unsafe fn free(handle: *mut Self) {
                    // SAFETY: as the trait says.
                    unsafe { ffi::$free(handle) }
                }
            }
        )*
    };
}
objects! {
    fo1_model fo1_model_free
    fo1_scene fo1_scene_free
    fo1_result fo1_result_free
    fo1_image fo1_image_free
    fo1_regions fo1_regions_free
    fo1_proposer fo1_proposer_free
    fo1_cancel fo1_cancel_free
    fo1_report fo1_report_free
    fo1_annotations fo1_annotations_free
    fo1_tokenizer fo1_tokenizer_free
}

macro_rules! shared {
    ($($name:ident)*) => {
        $(
            // SAFETY: "Models, proposers, tokenizers, images, results, reports and cancel handles
            // may be used from several at once."
            unsafe impl Shared for ffi::$name {}
        )*
    };
}
shared! { fo1_model fo1_proposer fo1_tokenizer fo1_image fo1_result fo1_report fo1_cancel }
