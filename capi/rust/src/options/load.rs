use std::ffi::CString;

use crate::error::Result;
use crate::ffi;
use crate::limits::{defaults, limit_methods, set_limits, Limits};
use crate::text::{pointer, text};

/// How a model or a proposal network is loaded.
#[derive(Default)]
pub struct LoadOptions<'a> {
    threads: i32,
    device: Option<String>,
    dtype: Option<String>,
    proposals: Option<String>,
    memory_limit: i64,
    lora: Option<String>,
    limits: Limits<'a>,
}

impl<'a> LoadOptions<'a> {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// CPU threads, process-wide; 0 (default): LibTorch's own choice.
    pub fn threads(mut self, threads: i32) -> Self {
        self.threads = threads;
        self
    }

    /// `"cpu"` (default), `"cuda"`, `"cuda:1"`.
    pub fn device(mut self, device: impl Into<String>) -> Self {
        self.device = Some(device.into());
        self
    }

    /// `"float32"` (default, the reference), `"bfloat16"` or `"float16"`.
    pub fn dtype(mut self, dtype: impl Into<String>) -> Self {
        self.dtype = Some(dtype.into());
        self
    }

    /// Where regions come from when a scene is given none: `"none"`, `"upn:FOLDER"`,
    /// `"opn:FOLDER"`. Default: the network in the model folder, if any.
    pub fn proposals(mut self, proposals: impl Into<String>) -> Self {
        self.proposals = Some(proposals.into());
        self
    }

    /// Bytes: a model whose estimate is higher is refused. 0 (default): none is.
    pub fn memory_limit(mut self, bytes: i64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Folder of an adapter in PEFT's form (`adapter_config.json`, `adapter_model.safetensors`)
    /// that is added to a model's weights. Default: none.
    pub fn lora(mut self, folder: impl Into<String>) -> Self {
        self.lora = Some(folder.into());
        self
    }

    limit_methods!();

    /// Lends the library's struct to a call.
    pub(crate) fn lend<T>(
        &self,
        call: impl FnOnce(*const ffi::fo1_load_options) -> Result<T>,
    ) -> Result<T> {
        let device = optional(&self.device, "device")?;
        let dtype = optional(&self.dtype, "dtype")?;
        let proposals = optional(&self.proposals, "proposals")?;
        let lora = optional(&self.lora, "lora")?;
        let callbacks = self.limits.callbacks();
        let mut raw = defaults!(fo1_load_options, fo1_load_options_init);
        raw.threads = self.threads;
        raw.device = pointer(&device);
        raw.dtype = pointer(&dtype);
        raw.proposals = pointer(&proposals);
        raw.memory_limit = self.memory_limit;
        raw.lora = pointer(&lora);
        set_limits!(raw, self.limits, &callbacks);
        call(&raw)
    }
}

fn optional(given: &Option<String>, name: &str) -> Result<Option<CString>> {
    given.as_ref().map(|given| text(given, name)).transpose()
}
