//! Lists of boxes.

use std::mem;
use std::path::Path;
use std::ptr;

use crate::error::{check, text_of, text_or_error, Result};
use crate::ffi;
use crate::handle::Handle;
use crate::image::Image;
use crate::text::{self, Texts};

/// x1, y1, x2, y2 in pixels of the image as given: x to the right, y downwards, x2 and y2
/// exclusive.
pub type Bounds = [f64; 4];

/// A box, and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// Where it is.
    pub bounds: Bounds,
    /// 0 to 1.
    pub score: Option<f64>,
    /// Carried along, never shown to the model; `""`: none.
    pub label: String,
}

impl From<Bounds> for Region {
    fn from(bounds: Bounds) -> Self {
        Self { bounds, score: None, label: String::new() }
    }
}

/// A list of regions, and who found them.
#[derive(Debug)]
pub struct Regions {
    handle: Handle<ffi::fo1_regions>,
}

impl Regions {
    /// An empty list.
    pub fn new() -> Result<Self> {
        // SAFETY: `out` is a place for a handle.
        Handle::from_call(|out| unsafe { ffi::fo1_regions_create(out) }).map(Self::from_handle)
    }

    /// A list of boxes that the caller has: `&[[x1, y1, x2, y2]]`.
    pub fn from_boxes(boxes: &[Bounds]) -> Result<Self> {
        let mut list = Self::new()?;
        list.add_boxes(boxes)?;
        Ok(list)
    }

    /// A list of regions that the caller has.
    pub fn from_regions(regions: &[Region]) -> Result<Self> {
        let mut list = Self::new()?;
        list.add(regions)?;
        Ok(list)
    }

    /// `[[x1, y1, x2, y2], ...]` or `[{"box": [...], "score": 0.9, "label": "..."}, ...]`, or an
    /// object with such a list as `"boxes"`.
    pub fn from_json(json: &str) -> Result<Self> {
        let json = text::text(json, "json")?;
        // SAFETY: `json` is a text that lives through the call.
        Handle::from_call(|out| unsafe { ffi::fo1_regions_from_json(out, json.as_ptr()) })
            .map(Self::from_handle)
    }

    /// Several lists as one: first those of the caller and those without score, all of them; then
    /// the others by falling score without those that overlap one before them by more than
    /// `max_iou` (0: none goes), until there are `most` in all (0: no limit).
    pub fn unite(lists: &[&Regions], max_iou: f64, most: i64) -> Result<Self> {
        let handles: Vec<*const ffi::fo1_regions> =
            lists.iter().map(|list| list.as_ptr() as *const _).collect();
        // SAFETY: an array of live handles, which the borrowed lists keep.
        Handle::from_call(|out| unsafe {
            ffi::fo1_regions_unite(out, handles.as_ptr(), handles.len(), max_iou, most)
        })
        .map(Self::from_handle)
    }

    /// Appends boxes: all, or on an error none.
    pub fn add_boxes(&mut self, boxes: &[Bounds]) -> Result<()> {
        // SAFETY: `boxes` are 4 numbers each, one after the other.
        check(unsafe {
            ffi::fo1_regions_add(
                self.as_ptr(),
                boxes.len(),
                boxes.as_ptr().cast(),
                ptr::null(),
                ptr::null(),
            )
        })
    }

    /// Appends regions: all, or on an error none.
    pub fn add(&mut self, regions: &[Region]) -> Result<()> {
        // SAFETY: a live handle.
        unsafe { append(self.as_ptr(), regions) }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        // SAFETY: a live handle.
        unsafe { ffi::fo1_regions_count(self.as_ptr()) }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The region that answers name by this index.
    pub fn get(&self, index: usize) -> Result<Region> {
        // SAFETY: zeros are a value of this struct of numbers and pointers.
        let mut region: ffi::fo1_region = unsafe { mem::zeroed() };
        region.struct_size = mem::size_of_val(&region) as u32;
        // SAFETY: the struct says its size; the label is copied before the list can change.
        unsafe {
            check(ffi::fo1_regions_get(&mut region, self.as_ptr(), index))?;
            Ok(Region {
                bounds: region.bounds,
                score: some_number(region.score),
                label: text_of(region.label).unwrap_or_default(),
            })
        }
    }

    /// All of them.
    pub fn to_vec(&self) -> Result<Vec<Region>> {
        (0..self.len()).map(|index| self.get(index)).collect()
    }

    /// Who found them: `"given"`, `"upn"`, `"given+upn"`, ...
    pub fn source(&self) -> String {
        // SAFETY: a live handle; the text is copied.
        unsafe { text_of(ffi::fo1_regions_source(self.as_ptr())).unwrap_or_default() }
    }

    /// One JSON object, with the size of the image they belong to; [`Regions::from_json`] reads it.
    pub fn to_json(&self, image: &Image) -> Result<String> {
        // SAFETY: live handles; the text is copied before the next call with the list.
        unsafe { text_or_error(ffi::fo1_regions_json(self.as_ptr(), image.as_ptr())) }
    }

    /// The image with the regions, their labels and scores, to a `.png` or `.jpg` file.
    pub fn draw(&self, image: &Image, path: impl AsRef<Path>) -> Result<()> {
        let path = text::path(path.as_ref(), "path")?;
        // SAFETY: live handles, and a text that lives through the call.
        check(unsafe { ffi::fo1_regions_draw(self.as_ptr(), image.as_ptr(), path.as_ptr()) })
    }

    pub(crate) fn from_handle(handle: Handle<ffi::fo1_regions>) -> Self {
        Self { handle }
    }

    /// NULL for no list.
    pub(crate) fn pointer(list: Option<&Self>) -> *const ffi::fo1_regions {
        list.map_or(ptr::null(), |list| list.as_ptr() as *const _)
    }

    pub(crate) fn as_ptr(&self) -> *mut ffi::fo1_regions {
        self.handle.get()
    }
}

/// A NaN stands for no number.
pub(crate) fn some_number(number: f64) -> Option<f64> {
    Some(number).filter(|number| !number.is_nan())
}

/// # Safety
/// `list` is a live handle that no other thread uses.
pub(crate) unsafe fn append(list: *mut ffi::fo1_regions, regions: &[Region]) -> Result<()> {
    let boxes: Vec<Bounds> = regions.iter().map(|region| region.bounds).collect();
    let scores: Vec<f64> = regions.iter().map(|region| region.score.unwrap_or(f64::NAN)).collect();
    let labels: Vec<&str> = regions.iter().map(|region| region.label.as_str()).collect();
    let labels = Texts::new(&labels, "label")?;
    // SAFETY: as above, and three arrays of one length.
    check(unsafe {
        ffi::fo1_regions_add(
            list,
            regions.len(),
            boxes.as_ptr().cast(),
            scores.as_ptr(),
            labels.as_ptr(),
        )
    })
}
