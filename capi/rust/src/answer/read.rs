//! Copying an answer out of the library.

use std::mem;
use std::os::raw::c_char;

use super::{Detection, Dropped, Finish, RegionText, Span, TokenCounts};
use crate::error::{check, text_of, Result};
use crate::ffi;
use crate::regions::some_number;

/// Copies out of a result, which is live.
pub(super) struct Reader(pub(super) *const ffi::fo1_result);

type CountFn = unsafe extern "C" fn(*const ffi::fo1_result) -> usize;
type TextFn = unsafe extern "C" fn(*const ffi::fo1_result) -> *const c_char;

/// An entry of a list in the result, as the library fills it.
macro_rules! entry {
    ($self:ident, $kind:ident, $get:expr) => {{
        // SAFETY: zeros are a value of this struct of numbers and pointers.
        let mut entry: ffi::$kind = unsafe { mem::zeroed() };
        entry.struct_size = mem::size_of_val(&entry) as u32;
        // SAFETY: a live result, and a struct that says its size.
        check(unsafe { ($get)(&mut entry, $self.0) })?;
        entry
    }};
}

impl Reader {
    pub(super) fn text(&self, get: TextFn) -> Option<String> {
        // SAFETY: a live result; the text is copied.
        unsafe { text_of(get(self.0)) }
    }

    fn list<T>(&self, count: CountFn, get: impl FnMut(usize) -> Result<T>) -> Result<Vec<T>> {
        // SAFETY: a live result.
        let count = unsafe { count(self.0) };
        (0..count).map(get).collect()
    }

    pub(super) fn finish(&self) -> Finish {
        // SAFETY: a live result.
        match unsafe { ffi::fo1_result_finish(self.0) } {
            ffi::FO1_FINISH_STOP => Finish::Stop,
            ffi::FO1_FINISH_LENGTH => Finish::Length,
            ffi::FO1_FINISH_DEADLINE => Finish::Deadline,
            ffi::FO1_FINISH_CANCELLED => Finish::Cancelled,
            other => Finish::Other(other),
        }
    }

    pub(super) fn count(&self) -> Option<i64> {
        let mut count = 0;
        // SAFETY: a live result, and a place for a number.
        let status = unsafe { ffi::fo1_result_count(&mut count, self.0) };
        Some(count).filter(|_| status == ffi::FO1_OK)
    }

    pub(super) fn regions(&self) -> Vec<i64> {
        // SAFETY: an array of a live result.
        unsafe { copied(ffi::fo1_result_regions(self.0), ffi::fo1_result_region_count(self.0)) }
    }

    pub(super) fn detections(&self) -> Result<Vec<Detection>> {
        self.list(ffi::fo1_result_detection_count, |index| {
            let entry = entry!(self, fo1_detection, |out, result| {
                ffi::fo1_result_detection(out, result, index)
            });
            Ok(Detection {
                // SAFETY: a text of a live result.
                label: unsafe { text_of(entry.label) }.unwrap_or_default(),
                region: entry.region,
                bounds: entry.bounds,
                score: entry.score,
                confidence: entry.confidence,
                proposal_score: some_number(entry.proposal_score),
            })
        })
    }

    pub(super) fn texts(&self) -> Result<Vec<RegionText>> {
        self.list(ffi::fo1_result_region_text_count, |index| {
            let entry = entry!(self, fo1_region_text, |out, result| {
                ffi::fo1_result_region_text(out, result, index)
            });
            // SAFETY: a text of a live result.
            let text = unsafe { text_of(entry.text) }.unwrap_or_default();
            Ok(RegionText { region: entry.region, text })
        })
    }

    pub(super) fn spans(&self) -> Result<Vec<Span>> {
        self.list(ffi::fo1_result_span_count, |index| {
            let entry =
                entry!(self, fo1_span, |out, result| { ffi::fo1_result_span(out, result, index) });
            // SAFETY: a text and an array of a live result.
            let (text, regions) =
                unsafe { (text_of(entry.text), copied(entry.regions, entry.region_count)) };
            Ok(Span { text: text.unwrap_or_default(), regions })
        })
    }

    pub(super) fn dropped(&self) -> Result<Vec<Dropped>> {
        self.list(ffi::fo1_result_dropped_count, |index| {
            let entry = entry!(self, fo1_dropped, |out, result| {
                ffi::fo1_result_dropped(out, result, index)
            });
            // SAFETY: a text of a live result.
            let reason = unsafe { text_of(entry.reason) }.unwrap_or_default();
            Ok(Dropped { region: entry.region, reason })
        })
    }

    pub(super) fn tokens(&self) -> Result<TokenCounts> {
        let entry =
            entry!(self, fo1_token_counts, |out, result| { ffi::fo1_result_tokens(out, result) });
        Ok(TokenCounts {
            image: entry.image,
            region: entry.region,
            text: entry.text,
            generated: entry.generated,
        })
    }

    pub(super) fn timings_ms(&self) -> Vec<(String, f64)> {
        // SAFETY: a live result; the texts are copied.
        unsafe {
            let count = ffi::fo1_result_timing_count(self.0);
            let timing = |index| {
                let stage = text_of(ffi::fo1_result_timing_stage(self.0, index));
                (stage.unwrap_or_default(), ffi::fo1_result_timing_ms(self.0, index))
            };
            (0..count).map(timing).collect()
        }
    }
}

/// # Safety
/// `numbers` points to `count` numbers.
unsafe fn copied(numbers: *const i64, count: usize) -> Vec<i64> {
    match count {
        0 => Vec::new(), // of which the array may be NULL
        // SAFETY: as above.
        _ => unsafe { std::slice::from_raw_parts(numbers, count) }.to_vec(),
    }
}
