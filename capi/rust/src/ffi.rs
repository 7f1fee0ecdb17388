//! `fo1_c.h` by hand: the same names, in the same order. The header has the documentation.
//! Constants and handles are here, structs and functions in files of their own.

#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};

mod functions;
#[cfg(test)]
mod layout;
mod structs;

pub use functions::*;
pub use structs::*;

macro_rules! handles {
    ($($name:ident)*) => {
        $(
            #[repr(C)]
            pub struct $name {
                _opaque: [u8; 0],
            }
        )*
    };
}
handles! {
    fo1_model fo1_scene fo1_result fo1_image fo1_regions
    fo1_proposer fo1_cancel fo1_report fo1_annotations fo1_tokenizer
}

pub type fo1_status = i32;
pub const FO1_OK: fo1_status = 0;
pub const FO1_INVALID_ARGUMENT: fo1_status = 1;
pub const FO1_NOT_FOUND: fo1_status = 2;
pub const FO1_CORRUPT_FILE: fo1_status = 3;
pub const FO1_UNSUPPORTED: fo1_status = 4;
pub const FO1_OUT_OF_MEMORY: fo1_status = 5;
pub const FO1_CANCELLED: fo1_status = 6;
pub const FO1_DEADLINE: fo1_status = 7;
pub const FO1_INTERNAL: fo1_status = 8;

pub const FO1_LOG_OFF: i32 = 0;
pub const FO1_LOG_ERROR: i32 = 1;
pub const FO1_LOG_WARNING: i32 = 2;
pub const FO1_LOG_INFO: i32 = 3;
pub const FO1_LOG_DEBUG: i32 = 4;

pub const FO1_CONTINUE: i32 = 0;
pub const FO1_STOP: i32 = 1;
pub const FO1_CANCEL: i32 = 2;

pub const FO1_PIXELS_RGB: i32 = 1;
pub const FO1_PIXELS_BGR: i32 = 2;
pub const FO1_PIXELS_RGBA: i32 = 3;
pub const FO1_PIXELS_BGRA: i32 = 4;
pub const FO1_PIXELS_GREY: i32 = 5;
pub const FO1_PIXELS_NV12: i32 = 6;

pub const FO1_PROPOSE_IF_NONE: i32 = 0;
pub const FO1_PROPOSE_ALSO: i32 = 1;
pub const FO1_PROPOSE_NEVER: i32 = 2;

pub const FO1_FINISH_STOP: i32 = 1;
pub const FO1_FINISH_LENGTH: i32 = 2;
pub const FO1_FINISH_DEADLINE: i32 = 3;
pub const FO1_FINISH_CANCELLED: i32 = 4;

pub type fo1_log_callback =
    Option<unsafe extern "C" fn(user: *mut c_void, level: i32, message: *const c_char)>;
pub type fo1_progress_callback = Option<
    unsafe extern "C" fn(user: *mut c_void, stage: *const c_char, done: i64, total: i64) -> i32,
>;
pub type fo1_token_callback =
    Option<unsafe extern "C" fn(user: *mut c_void, text: *const c_char, size: usize) -> i32>;
pub type fo1_propose_callback = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        image: *const fo1_image,
        options: *const fo1_propose_options,
        found: *mut fo1_regions,
    ) -> fo1_status,
>;
