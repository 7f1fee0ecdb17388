//! Pictures.

use std::path::Path;
use std::ptr;

use crate::error::{Error, Result};
use crate::ffi;
use crate::handle::Handle;
use crate::limits::defaults;
use crate::text;

/// How the bytes of a pixel are ordered. 8 bits a channel.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red.
    Bgr,
    /// Alpha is dropped, not blended.
    Rgba,
    /// Alpha is dropped, not blended.
    Bgra,
    /// One channel.
    Grey,
    /// Brightness, then (Cb, Cr) of each 2 x 2 pixels: BT.601, limited range, even sides.
    Nv12,
}

impl PixelFormat {
    fn code(self) -> i32 {
        match self {
            Self::Rgb => ffi::FO1_PIXELS_RGB,
            Self::Bgr => ffi::FO1_PIXELS_BGR,
            Self::Rgba => ffi::FO1_PIXELS_RGBA,
            Self::Bgra => ffi::FO1_PIXELS_BGRA,
            Self::Grey => ffi::FO1_PIXELS_GREY,
            Self::Nv12 => ffi::FO1_PIXELS_NV12,
        }
    }

    /// Bytes of a pixel in the first plane.
    fn channels(self) -> usize {
        match self {
            Self::Grey | Self::Nv12 => 1,
            Self::Rgb | Self::Bgr => 3,
            Self::Rgba | Self::Bgra => 4,
        }
    }
}

/// Pixels in memory, rows from the top.
#[derive(Debug, Clone, Copy)]
pub struct Pixels<'a> {
    /// The order of the bytes.
    pub format: PixelFormat,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// All rows; the last one may end with its last pixel. NV12: the plane of brightness, followed
    /// by the other one unless that is in `chroma`.
    pub data: &'a [u8],
    /// Bytes from one row to the next; 0: rows are packed.
    pub stride: usize,
    /// NV12: the plane of (Cb, Cr), where it does not follow the other one's last row.
    pub chroma: Option<&'a [u8]>,
    /// NV12: 0 for that of the other plane.
    pub chroma_stride: usize,
}

impl<'a> Pixels<'a> {
    /// Packed pixels.
    pub fn packed(format: PixelFormat, data: &'a [u8], width: usize, height: usize) -> Self {
        Self { format, width, height, data, stride: 0, chroma: None, chroma_stride: 0 }
    }

    /// The struct of the library, whose size and strides fit into the slices.
    fn checked(&self) -> Result<ffi::fo1_pixels> {
        let row = self.row()?;
        let stride = if self.stride == 0 { row } else { self.stride };
        let own = if self.chroma_stride == 0 { stride } else { self.chroma_stride };
        let rows = self.height / 2;
        match (self.format, self.chroma) {
            (PixelFormat::Nv12, None) => {
                let second = plane_size(own, rows, row);
                let needed = stride.checked_mul(self.height).zip(second);
                self.require("data", self.data, needed.and_then(|(a, b)| a.checked_add(b)))?;
            }
            (PixelFormat::Nv12, Some(chroma)) => {
                self.require("data", self.data, plane_size(stride, self.height, row))?;
                self.require("chroma", chroma, plane_size(own, rows, row))?;
            }
            _ => self.require("data", self.data, plane_size(stride, self.height, row))?,
        }
        let mut raw = defaults!(fo1_pixels, fo1_pixels_init);
        raw.format = self.format.code();
        raw.width = number(self.width, "width")?;
        raw.height = number(self.height, "height")?;
        raw.data = self.data.as_ptr();
        raw.stride = number(stride, "stride")?;
        raw.chroma = self.chroma.map_or(ptr::null(), <[u8]>::as_ptr);
        raw.chroma_stride = number(self.chroma_stride, "chroma_stride")?;
        Ok(raw)
    }

    /// Bytes of a row of the first plane, and of the second.
    fn row(&self) -> Result<usize> {
        let row = self.width.checked_mul(self.format.channels());
        row.ok_or_else(|| Error::invalid(format!("pixels: width {} is too large", self.width)))
    }

    fn require(&self, name: &str, plane: &[u8], needed: Option<usize>) -> Result<()> {
        if needed.map_or(false, |needed| plane.len() >= needed) {
            return Ok(());
        }
        let needed = needed.map_or_else(|| "more than there can be".into(), |n| n.to_string());
        Err(Error::invalid(format!(
            "pixels: {name} has {} bytes, {:?} of {} x {} with stride {} needs {needed}",
            plane.len(),
            self.format,
            self.width,
            self.height,
            self.stride,
        )))
    }
}

/// Bytes of `rows` rows `stride` apart, the last one without what follows its pixels. A stride
/// below `row` is refused by the library, and read as `row` here, so that nothing is too short.
fn plane_size(stride: usize, rows: usize, row: usize) -> Option<usize> {
    match rows {
        0 => Some(0),
        _ => stride.max(row).checked_mul(rows - 1)?.checked_add(row),
    }
}

fn number<T: TryFrom<usize>>(value: usize, name: &str) -> Result<T> {
    T::try_from(value).map_err(|_| Error::invalid(format!("pixels: {name} {value} is too large")))
}

/// A decoded picture: RGB, 8 bits a channel.
#[derive(Debug)]
pub struct Image {
    handle: Handle<ffi::fo1_image>,
}

impl Image {
    /// A picture file: PNG, JPEG, WebP or BMP.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = text::path(path.as_ref(), "path")?;
        // SAFETY: `path` is a text that lives through the call.
        Handle::from_call(|out| unsafe { ffi::fo1_image_load(out, path.as_ptr()) }).map(Self::new)
    }

    /// The bytes of a picture file. EXIF orientation is ignored, so that boxes mean the pixels as
    /// stored.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        // SAFETY: the pointer and size are those of a slice.
        Handle::from_call(|out| unsafe {
            ffi::fo1_image_decode(out, bytes.as_ptr().cast(), bytes.len())
        })
        .map(Self::new)
    }

    /// Copies packed RGB pixels: `rgb` holds `height` rows of `width` times 3 bytes.
    pub fn from_rgb(rgb: &[u8], width: usize, height: usize) -> Result<Self> {
        Self::from_pixels(Pixels::packed(PixelFormat::Rgb, rgb, width, height))
    }

    /// Copies pixels of any format.
    pub fn from_pixels(pixels: Pixels<'_>) -> Result<Self> {
        let pixels = pixels.checked()?;
        // SAFETY: the planes hold all bytes that size and strides name.
        Handle::from_call(|out| unsafe { ffi::fo1_image_from_pixels(out, &pixels) }).map(Self::new)
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        // SAFETY: a live handle.
        unsafe { ffi::fo1_image_width(self.as_ptr()) as usize }
    }

    /// Rows.
    pub fn height(&self) -> usize {
        // SAFETY: a live handle.
        unsafe { ffi::fo1_image_height(self.as_ptr()) as usize }
    }

    /// The pixels: `height` rows of `width` times 3 bytes, packed.
    pub fn rgb(&self) -> &[u8] {
        // SAFETY: the pixels of a live handle, which lives as long as `self` is borrowed.
        unsafe {
            let rgb = ffi::fo1_image_rgb(self.as_ptr());
            std::slice::from_raw_parts(rgb, self.height() * self.width() * 3)
        }
    }

    pub(crate) fn new(handle: Handle<ffi::fo1_image>) -> Self {
        Self { handle }
    }

    pub(crate) fn as_ptr(&self) -> *mut ffi::fo1_image {
        self.handle.get()
    }
}
