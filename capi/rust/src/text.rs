//! Texts on their way to the library, and arrays of them on their way back.

use std::ffi::CString;
use std::os::raw::c_char;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use crate::error::{text_of, Error, Result};

fn zero_ended(bytes: &[u8], name: &str) -> Result<CString> {
    CString::new(bytes).map_err(|error| {
        Error::invalid(format!("{name}: a zero byte at position {}", error.nul_position()))
    })
}

pub(crate) fn text(text: &str, name: &str) -> Result<CString> {
    zero_ended(text.as_bytes(), name)
}

pub(crate) fn path(path: &Path, name: &str) -> Result<CString> {
    zero_ended(path.as_os_str().as_bytes(), name)
}

/// NULL for `None`.
pub(crate) fn pointer(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(ptr::null(), |text| text.as_ptr())
}

/// An array of texts.
pub(crate) struct Texts {
    pointers: Vec<*const c_char>,
    _texts: Vec<CString>, // what they point to; moving a CString leaves its bytes where they are
}

impl Texts {
    pub(crate) fn new(texts: &[impl AsRef<str>], name: &str) -> Result<Self> {
        let texts: Vec<CString> =
            texts.iter().map(|each| text(each.as_ref(), name)).collect::<Result<_>>()?;
        Ok(Self { pointers: texts.iter().map(|text| text.as_ptr()).collect(), _texts: texts })
    }

    pub(crate) fn as_ptr(&self) -> *const *const c_char {
        self.pointers.as_ptr()
    }

    pub(crate) fn len(&self) -> usize {
        self.pointers.len()
    }
}

/// Copies of texts that the library lends.
///
/// # Safety
/// `texts` points to `count` texts.
pub(crate) unsafe fn texts_of(texts: *const *const c_char, count: usize) -> Vec<String> {
    // SAFETY: as above.
    (0..count).filter_map(|index| unsafe { text_of(*texts.add(index)) }).collect()
}
