//! What the library tells of its work.

use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr;
use std::sync::{Mutex, PoisonError};

use crate::error::{check, text_of, Result};
use crate::ffi;

/// How much is logged, and how grave a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names say it
pub enum LogLevel {
    Off,
    Error,
    Warning,
    Info,
    Debug,
}

impl LogLevel {
    fn code(self) -> i32 {
        match self {
            Self::Off => ffi::FO1_LOG_OFF,
            Self::Error => ffi::FO1_LOG_ERROR,
            Self::Warning => ffi::FO1_LOG_WARNING,
            Self::Info => ffi::FO1_LOG_INFO,
            Self::Debug => ffi::FO1_LOG_DEBUG,
        }
    }

    fn from_code(code: i32) -> Self {
        match code {
            ffi::FO1_LOG_OFF => Self::Off,
            ffi::FO1_LOG_ERROR => Self::Error,
            ffi::FO1_LOG_WARNING => Self::Warning,
            ffi::FO1_LOG_INFO => Self::Info,
            _ => Self::Debug,
        }
    }
}

type Sink = Box<dyn FnMut(LogLevel, &str) + Send>;

/// One for the process, as the log is. Calls that began with an earlier closure find the later one.
static SINK: Mutex<Option<Sink>> = Mutex::new(None);

/// Hands messages up to `level` to a closure: process-wide, one message at a time, from any thread
/// that is in a call of the library. It must not use this crate; a panic in it is caught, and the
/// message lost. Nothing is logged by default.
pub fn set_log(level: LogLevel, sink: impl FnMut(LogLevel, &str) + Send + 'static) -> Result<()> {
    replace(Some(Box::new(sink)));
    // SAFETY: `on_message` needs no `user`, and stays what it is.
    check(unsafe { ffi::fo1_set_log(level.code(), Some(on_message), ptr::null_mut()) })
}

/// Writes messages up to `level` to stderr.
pub fn log_to_stderr(level: LogLevel) -> Result<()> {
    // SAFETY: no callback is a valid choice.
    check(unsafe { ffi::fo1_set_log(level.code(), None, ptr::null_mut()) })?;
    replace(None);
    Ok(())
}

fn replace(sink: Option<Sink>) {
    let old = {
        let mut place = SINK.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, sink)
    };
    drop(old); // outside of the lock: what it holds may log
}

/// # Safety
/// `message` is a text.
unsafe extern "C" fn on_message(_user: *mut c_void, level: i32, message: *const c_char) {
    // SAFETY: as above; the text is copied.
    let message = unsafe { text_of(message) }.unwrap_or_default();
    let mut sink = SINK.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(sink) = sink.as_mut() {
        let call = AssertUnwindSafe(|| sink(LogLevel::from_code(level), &message));
        if let Err(panic) = catch_unwind(call) {
            std::mem::forget(panic); // its own drop might panic too
        }
    }
}
