//! Text to token ids and back.

use std::path::Path;
use std::ptr;

use crate::error::{check, Result};
use crate::ffi;
use crate::handle::Handle;
use crate::text;

/// The tokenizer of a model, for any number of threads.
#[derive(Debug)]
pub struct Tokenizer {
    handle: Handle<ffi::fo1_tokenizer>,
}

impl Tokenizer {
    /// That of a model folder, whose weights are not looked at.
    pub fn load(model_folder: impl AsRef<Path>) -> Result<Self> {
        let folder = text::path(model_folder.as_ref(), "model_folder")?;
        // SAFETY: a text that lives through the call.
        let handle =
            Handle::from_call(|out| unsafe { ffi::fo1_tokenizer_load(out, folder.as_ptr()) })?;
        Ok(Self { handle })
    }

    /// The ids of a text. Special tokens written in it become their ids.
    pub fn encode(&self, text: &str) -> Result<Vec<i64>> {
        let text = text::text(text, "text")?;
        let call = |ids: *mut i64, capacity: usize| {
            let mut count = 0;
            // SAFETY: a live handle, a text, and room for `capacity` ids.
            check(unsafe {
                let tokenizer = self.handle.get();
                ffi::fo1_tokenizer_encode(ids, capacity, &mut count, tokenizer, text.as_ptr())
            })?;
            Ok(count)
        };
        let mut ids = vec![0; call(ptr::null_mut(), 0)?];
        call(ids.as_mut_ptr(), ids.len())?;
        Ok(ids)
    }

    /// The text of ids. Bytes that are not UTF-8 become U+FFFD.
    pub fn decode(&self, ids: &[i64], skip_special: bool) -> Result<String> {
        let call = |text: *mut u8, capacity: usize| {
            let mut size = 0;
            // SAFETY: a live handle, a slice, and room for `capacity` bytes.
            check(unsafe {
                ffi::fo1_tokenizer_decode(
                    text.cast(),
                    capacity,
                    &mut size,
                    self.handle.get(),
                    ids.as_ptr(),
                    ids.len(),
                    i32::from(skip_special),
                )
            })?;
            Ok(size)
        };
        let size = call(ptr::null_mut(), 0)?;
        let mut bytes = vec![0; size + 1]; // and the zero byte at the end
        call(bytes.as_mut_ptr(), bytes.len())?;
        bytes.truncate(size);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
