//! Closures that the library calls: their panics wait on this thread until its call has returned.

use std::any::Any;
use std::cell::RefCell;
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

use crate::error::{text_of, Error, Result};
use crate::ffi;

/// How a call goes on after a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flow {
    /// On as before.
    #[default]
    Continue,
    /// End here and keep what is there: a question that has words by then returns them.
    Stop,
    /// End and keep nothing: [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    Cancel,
}

impl Flow {
    fn code(self) -> i32 {
        match self {
            Self::Continue => ffi::FO1_CONTINUE,
            Self::Stop => ffi::FO1_STOP,
            Self::Cancel => ffi::FO1_CANCEL,
        }
    }
}

/// How far a call has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// `"load"`, `"decode"`, `"propose"`, `"encode_primary"`, `"encode_auxiliary"`,
    /// `"encode_regions"`, `"prefill"` or `"generate"`.
    pub stage: &'a str,
    /// Pieces of the stage that are done.
    pub done: i64,
    /// Of so many; 0: not known.
    pub total: i64,
}

pub(crate) type OnProgress<'a> = Box<dyn FnMut(Progress<'_>) -> Flow + 'a>;
pub(crate) type OnToken<'a> = Box<dyn FnMut(&str) -> Flow + 'a>;

/// What `user` of the options points to during a call.
pub(crate) struct Callbacks<'o, 'a> {
    pub(crate) on_progress: Option<&'o RefCell<OnProgress<'a>>>,
    pub(crate) on_token: Option<&'o RefCell<OnToken<'a>>>,
}

/// How the closure ended that made the running call fail.
enum Pending {
    Panic(Box<dyn Any + Send>),
    Error(Error),
}

thread_local! {
    static PENDING: RefCell<Option<Pending>> = const { RefCell::new(None) };
}

fn set_pending(pending: Pending) {
    PENDING.with(|place| *place.borrow_mut() = Some(pending));
}

/// After a call: goes on with a closure's panic, returns a closure's error.
pub(crate) fn raise() -> Option<Error> {
    match PENDING.with(|place| place.borrow_mut().take()) {
        Some(Pending::Panic(panic)) => resume_unwind(panic),
        Some(Pending::Error(error)) => Some(error),
        None => None,
    }
}

/// Runs a closure below the library, through which no panic may go. `None`: it failed, and so must
/// the call.
pub(crate) fn run<T>(closure: impl FnOnce() -> Result<T>) -> Option<T> {
    // Unwind safety is the caller's concern again when the panic goes on.
    match catch_unwind(AssertUnwindSafe(closure)) {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            set_pending(Pending::Error(error));
            None
        }
        Err(panic) => {
            set_pending(Pending::Panic(panic));
            None
        }
    }
}

fn flow_of(closure: impl FnOnce() -> Flow) -> i32 {
    run(|| Ok(closure())).map_or(ffi::FO1_CANCEL, Flow::code)
}

/// # Safety
/// `user` points to the [`Callbacks`] of the running call, with `on_progress`; `stage` is a text.
pub(crate) unsafe extern "C" fn on_progress(
    user: *mut c_void,
    stage: *const c_char,
    done: i64,
    total: i64,
) -> i32 {
    flow_of(|| {
        // SAFETY: as above.
        let (callbacks, stage) = unsafe { (&*(user as *const Callbacks), text_of(stage)) };
        let stage = stage.unwrap_or_default();
        let closure = callbacks.on_progress.expect("set together with this function");
        (closure.borrow_mut())(Progress { stage: &stage, done, total })
    })
}

/// # Safety
/// `user` points to the [`Callbacks`] of the running call, with `on_token`; `text` has `size` bytes.
pub(crate) unsafe extern "C" fn on_token(
    user: *mut c_void,
    text: *const c_char,
    size: usize,
) -> i32 {
    flow_of(|| {
        // SAFETY: as above.
        let (callbacks, text) = unsafe {
            (&*(user as *const Callbacks), std::slice::from_raw_parts(text.cast::<u8>(), size))
        };
        let closure = callbacks.on_token.expect("set together with this function");
        (closure.borrow_mut())(&String::from_utf8_lossy(text))
    })
}
