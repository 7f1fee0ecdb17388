//! Stopping calls from other threads.

use std::sync::Arc;

use crate::error::Result;
use crate::ffi;
use crate::handle::Handle;

/// Stops all running and future calls that were given it, from any thread. Clones are the same
/// handle.
///
/// A question that has words by then returns them, with
/// [`Finish::Cancelled`](crate::Finish::Cancelled); everything else fails with
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
#[derive(Debug, Clone)]
pub struct CancelHandle {
    handle: Arc<Handle<ffi::fo1_cancel>>,
}

impl CancelHandle {
    /// A handle that was not triggered yet.
    pub fn new() -> Result<Self> {
        // SAFETY: `out` is a place for a handle.
        let handle = Handle::from_call(|out| unsafe { ffi::fo1_cancel_create(out) })?;
        Ok(Self { handle: Arc::new(handle) })
    }

    /// Stops the calls within one block of a network or one token. It stays triggered.
    pub fn trigger(&self) {
        // SAFETY: a live handle.
        let status = unsafe { ffi::fo1_cancel_trigger(self.as_ptr()) };
        debug_assert_eq!(status, ffi::FO1_OK); // it fails for dead handles only
    }

    /// Whether it was triggered.
    pub fn is_triggered(&self) -> bool {
        // SAFETY: a live handle.
        unsafe { ffi::fo1_cancel_triggered(self.as_ptr()) != 0 }
    }

    pub(crate) fn as_ptr(&self) -> *mut ffi::fo1_cancel {
        self.handle.get()
    }
}
