//! What every long call can be given: time, a cancel handle, a closure to tell of progress.

use std::cell::RefCell;
use std::time::Duration;

use crate::callback::{Callbacks, OnProgress};
use crate::cancel::CancelHandle;
use crate::ffi;

#[derive(Default)]
pub(crate) struct Limits<'a> {
    deadline: Option<Duration>,
    cancel: Option<CancelHandle>,
    on_progress: Option<RefCell<OnProgress<'a>>>,
}

/// The shortest time, since 0 is no limit to the library.
const SHORTEST: f64 = 1e-9;

impl<'a> Limits<'a> {
    pub(crate) fn set_deadline(&mut self, time: Duration) {
        self.deadline = Some(time);
    }

    pub(crate) fn set_cancel(&mut self, cancel: &CancelHandle) {
        self.cancel = Some(cancel.clone());
    }

    pub(crate) fn set_on_progress(&mut self, closure: OnProgress<'a>) {
        self.on_progress = Some(RefCell::new(closure));
    }

    pub(crate) fn deadline_seconds(&self) -> f64 {
        self.deadline.map_or(0.0, |time| time.as_secs_f64().max(SHORTEST))
    }

    pub(crate) fn cancel(&self) -> *const ffi::fo1_cancel {
        self.cancel.as_ref().map_or(std::ptr::null(), |cancel| cancel.as_ptr())
    }

    pub(crate) fn callbacks(&self) -> Callbacks<'_, 'a> {
        Callbacks { on_progress: self.on_progress.as_ref(), on_token: None }
    }
}

/// The methods of options that have `limits`.
macro_rules! limit_methods {
    () => {
        /// The call ends when this time is over.
        pub fn deadline(mut self, time: std::time::Duration) -> Self {
            self.limits.set_deadline(time);
            self
        }

        /// The call ends when the handle is triggered.
        pub fn cancel(mut self, cancel: &crate::CancelHandle) -> Self {
            self.limits.set_cancel(cancel);
            self
        }

        /// Called between two blocks of a network and after each token. A panic in it ends the call
        /// and goes on from there.
        pub fn on_progress(
            mut self,
            closure: impl FnMut(crate::Progress<'_>) -> crate::Flow + 'a,
        ) -> Self {
            self.limits.set_on_progress(Box::new(closure));
            self
        }
    };
}

/// Fields of a struct of the library from `Limits` and `Callbacks`, which must outlive it.
macro_rules! set_limits {
    ($raw:expr, $limits:expr, $callbacks:expr) => {
        $raw.deadline_seconds = $limits.deadline_seconds();
        $raw.cancel = $limits.cancel();
        if $callbacks.on_progress.is_some() {
            $raw.on_progress = Some(crate::callback::on_progress);
        }
        $raw.user = $callbacks as *const crate::callback::Callbacks as *mut std::os::raw::c_void;
    };
}

/// A struct of the caller with the library's defaults.
macro_rules! defaults {
    ($kind:ident, $init:ident) => {{
        // SAFETY: zeros are a value of this struct of numbers and pointers.
        let mut raw: crate::ffi::$kind = unsafe { std::mem::zeroed() };
        // SAFETY: a struct of that size.
        let status = unsafe { crate::ffi::$init(&mut raw, std::mem::size_of_val(&raw)) };
        crate::error::check(status)?;
        raw
    }};
}

pub(crate) use {defaults, limit_methods, set_limits};
