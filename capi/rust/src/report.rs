//! What a folder is, and whether it is sound.

use std::path::Path;

use crate::error::{last_error, text_of, Result};
use crate::ffi;
use crate::handle::Handle;
use crate::options::LoadOptions;
use crate::text;

/// What is known of the folder of a model or of a proposal network.
#[derive(Debug)]
pub struct Report {
    handle: Handle<ffi::fo1_report>,
}

/// What a folder is, without loading its weights.
pub fn inspect(folder: impl AsRef<Path>) -> Result<Report> {
    let folder = text::path(folder.as_ref(), "folder")?;
    // SAFETY: a text that lives through the call.
    let handle = Handle::from_call(|out| unsafe { ffi::fo1_inspect(out, folder.as_ptr()) })?;
    Ok(Report { handle })
}

/// The same, then loads it, answers a question about a made-up picture and looks at the numbers.
/// What is wrong is in the report; an error says that the check could not be made.
pub fn self_check(folder: impl AsRef<Path>, options: &LoadOptions<'_>) -> Result<Report> {
    let folder = text::path(folder.as_ref(), "folder")?;
    options.lend(|options| {
        // SAFETY: a text and options that live through the call.
        let handle =
            Handle::from_call(|out| unsafe { ffi::fo1_self_check(out, folder.as_ptr(), options) })?;
        Ok(Report { handle })
    })
}

impl Report {
    /// All of it as one JSON object.
    pub fn to_json(&self) -> String {
        // SAFETY: a live handle; the text is copied.
        unsafe { text_of(ffi::fo1_report_json(self.handle.get())).unwrap_or_default() }
    }

    /// What is wrong; empty: it is sound.
    pub fn problems(&self) -> Vec<String> {
        // SAFETY: a live handle; the texts are copied.
        unsafe {
            let count = ffi::fo1_report_problem_count(self.handle.get());
            (0..count)
                .filter_map(|index| text_of(ffi::fo1_report_problem(self.handle.get(), index)))
                .collect()
        }
    }

    /// Bytes that the model needs in a number format (`"float32"`, `"bfloat16"`, `"float16"`):
    /// weights, a conversation of 2000 tokens, the widest stage. An estimate; LibTorch takes about
    /// 300 MiB more.
    pub fn memory(&self, dtype: &str) -> Result<i64> {
        let dtype = text::text(dtype, "dtype")?;
        // SAFETY: a live handle, and a text that lives through the call.
        match unsafe { ffi::fo1_report_memory(self.handle.get(), dtype.as_ptr()) } {
            0 => Err(last_error()),
            bytes => Ok(bytes),
        }
    }
}
