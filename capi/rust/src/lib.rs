//! Vision-language models that answer with regions of an image.
//!
//! A [`Model`] reads an [`Image`] and its [`Regions`] once, a [`Scene`], and answers any number of
//! questions about it; an [`Answer`] names regions.
//!
//! ```no_run
//! let model = fo1::Model::load("VLM-FO1-3B")?;
//! let image = fo1::Image::open("street.jpg")?;
//! let regions = fo1::Regions::from_boxes(&[[129.0, 2.0, 177.0, 49.0], [9.0, 18.0, 63.0, 41.0]])?;
//! let mut scene = model.scene(&image, &regions)?;
//! for found in scene.detect(&["red car", "dog"])?.detections {
//!     println!("{} at {:?}, score {:.3}", found.label, found.bounds, found.score);
//! }
//! # Ok::<(), fo1::Error>(())
//! ```
//!
//! Everything that takes long can be given a deadline, a [`CancelHandle`] and closures that tell of
//! progress and stop it: see the `..._with` functions and their options. All types but [`Scene`],
//! [`Regions`] and [`Annotations`] may be shared between threads; those may be
//! sent. A panic in a closure goes on in the call that it belongs to.
//!
//! This crate is a thin layer on the C library `fo1_c`, whose errors it hands on as they are.

#![deny(missing_docs)]
#![deny(unsafe_op_in_unsafe_fn)]
#![warn(clippy::undocumented_unsafe_blocks)]

mod annotations;
mod answer;
mod callback;
mod cancel;
mod error;
mod ffi;
mod handle;
mod image;
mod limits;
mod log;
mod model;
mod options;
mod proposer;
mod regions;
mod report;
mod scene;
mod text;
mod tokenizer;

pub use annotations::Annotations;
pub use answer::{Answer, Detection, Dropped, Finish, RegionText, Span, TokenCounts};
pub use callback::{Flow, Progress};
pub use cancel::CancelHandle;
pub use error::{Error, ErrorKind, Result};
pub use image::{Image, PixelFormat, Pixels};
pub use log::{log_to_stderr, set_log, LogLevel};
pub use model::Model;
pub use options::{AskOptions, LoadOptions, Propose, ProposeOptions, SceneOptions};
pub use proposer::{Proposer, Wanted};
pub use regions::{Bounds, Region, Regions};
pub use report::{inspect, self_check, Report};
pub use scene::{Scene, StageCounts};
pub use tokenizer::Tokenizer;

/// Compiles the program of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// `"major.minor.patch"` of the library.
pub fn version() -> String {
    // SAFETY: a static text.
    unsafe { error::text_of(ffi::fo1_version()).unwrap_or_default() }
}

/// `(major << 16) | minor` of the interface of the library that is loaded.
pub fn abi_version() -> u32 {
    // SAFETY: a plain getter.
    unsafe { ffi::fo1_abi_version() }
}
