//! What can go wrong.

use std::ffi::CStr;
use std::fmt;
use std::os::raw::c_char;

use crate::callback;
use crate::ffi;

/// What kind of thing went wrong.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A value of the caller: an empty query, a NaN box, a text with a zero byte inside.
    InvalidArgument,
    /// A file, folder or tensor that is not there.
    NotFound,
    /// A file that is not what it claims to be.
    CorruptFile,
    /// Well formed, but outside of what the library or the model can do.
    Unsupported,
    /// There was not enough memory.
    OutOfMemory,
    /// Stopped before there was anything to return, or a callback said [`Flow::Cancel`](crate::Flow).
    Cancelled,
    /// The time was over before there was anything to return.
    Deadline,
    /// A defect of the library.
    Internal,
    /// A code of a library newer than this crate.
    Other(i32),
}

impl ErrorKind {
    fn from_status(status: ffi::fo1_status) -> Self {
        match status {
            ffi::FO1_INVALID_ARGUMENT => Self::InvalidArgument,
            ffi::FO1_NOT_FOUND => Self::NotFound,
            ffi::FO1_CORRUPT_FILE => Self::CorruptFile,
            ffi::FO1_UNSUPPORTED => Self::Unsupported,
            ffi::FO1_OUT_OF_MEMORY => Self::OutOfMemory,
            ffi::FO1_CANCELLED => Self::Cancelled,
            ffi::FO1_DEADLINE => Self::Deadline,
            ffi::FO1_INTERNAL => Self::Internal,
            other => Self::Other(other),
        }
    }

    pub(crate) fn status(self) -> ffi::fo1_status {
        match self {
            Self::InvalidArgument => ffi::FO1_INVALID_ARGUMENT,
            Self::NotFound => ffi::FO1_NOT_FOUND,
            Self::CorruptFile => ffi::FO1_CORRUPT_FILE,
            Self::Unsupported => ffi::FO1_UNSUPPORTED,
            Self::OutOfMemory => ffi::FO1_OUT_OF_MEMORY,
            Self::Cancelled => ffi::FO1_CANCELLED,
            Self::Deadline => ffi::FO1_DEADLINE,
            Self::Internal => ffi::FO1_INTERNAL,
            Self::Other(code) => code,
        }
    }

    /// The name that the library gives it: `"invalid_argument"`, ...
    pub fn name(self) -> &'static str {
        // SAFETY: the name of a status is a static text.
        let name = unsafe { CStr::from_ptr(ffi::fo1_status_name(self.status())) };
        name.to_str().unwrap_or("unknown")
    }
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: ErrorKind,
    message: String,
}

impl Error {
    /// An error of one's own, for a detector to return ([`Proposer::from_fn`](crate::Proposer)).
    pub fn new(code: ErrorKind, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// What kind of error it is.
    pub fn code(&self) -> ErrorKind {
        self.code
    }

    /// What was wrong, where, and what was expected.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidArgument, message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

impl std::error::Error for Error {}

/// [`std::result::Result`] with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What came of a call on this thread, which has just returned: goes on with the panic of a
/// callback, or returns the callback's own error in place of the library's.
pub(crate) fn check(status: ffi::fo1_status) -> Result<()> {
    let own = callback::raise();
    if status == ffi::FO1_OK {
        return Ok(());
    }
    Err(own.unwrap_or_else(last_error))
}

/// The reason of this thread's last failed call.
pub(crate) fn last_error() -> Error {
    // SAFETY: both are this thread's; the text is valid until its next call fails, and copied before.
    let (status, reason) = unsafe { (ffi::fo1_last_status(), text_of(ffi::fo1_last_error())) };
    Error::new(ErrorKind::from_status(status), reason.unwrap_or_default())
}

/// A copy of what a getter returned, which is NULL on an error alone.
///
/// # Safety
/// As of [`text_of`].
pub(crate) unsafe fn text_or_error(text: *const c_char) -> Result<String> {
    // SAFETY: as above.
    unsafe { text_of(text) }.ok_or_else(last_error)
}

/// A copy of a text that the library lends; `None` for NULL.
///
/// # Safety
/// `text` is NULL or ends with a zero byte, and nobody writes to it meanwhile.
pub(crate) unsafe fn text_of(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: as above.
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}
