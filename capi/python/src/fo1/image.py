"""Pictures, from files, bytes, arrays and whatever gives an array."""

from __future__ import annotations

import os
from ctypes import byref, c_void_p
from typing import Any, Optional, Protocol, Union

import numpy as np
import numpy.typing as npt

from . import _convert, _structs
from ._errors import InvalidArgument
from ._library import Owner, lib

Array = npt.NDArray[np.uint8]


class HasArray(Protocol):
    """What numpy reads as an array: a PIL image, for one."""

    @property
    def __array_interface__(self) -> Any: ...


ImageLike = Union["Image", _convert.StrPath, bytes, bytearray, memoryview, Array, tuple[Array, Array], HasArray]

_FORMATS = {"rgb": (1, 3), "bgr": (2, 3), "rgba": (3, 4), "bgra": (4, 4), "grey": (5, 1), "nv12": (6, 1)}
_BY_CHANNELS = {1: "grey", 3: "rgb", 4: "rgba"}
_PIL_MODES = ("RGB", "RGBA", "L")  # their arrays are pixels; those of others (palette, CMYK, ...) are not


class Image(Owner):
    """A decoded RGB picture. Its pixels never change; threads may share it."""

    _kind = "image"

    @classmethod
    def load(cls, path: _convert.StrPath) -> Image:
        """Reads a PNG, JPEG, WebP or BMP file. EXIF orientation is ignored, so boxes mean the pixels as stored."""
        return cls._create(lib.fo1_image_load, _convert.path(path))

    @classmethod
    def decode(cls, data: Union[bytes, bytearray, memoryview]) -> Image:
        """Decodes the bytes of such a file."""
        encoded = bytes(data)
        return cls._create(lib.fo1_image_decode, encoded, len(encoded))

    @classmethod
    def from_array(cls, pixels: Any, pixel_format: Optional[str] = None) -> Image:
        """Takes over the pixels of an array of uint8, copying them once.

        `pixel_format`: "rgb" (default for [H, W, 3]), "bgr" (OpenCV), "rgba" (default for [H, W, 4]; alpha is
        dropped), "bgra", "grey" (default for [H, W]) or "nv12": [3/2 H, W], or a pair of brightness [H, W] and
        colour [H/2, W] or [H/2, W/2, 2]. Rows may lie apart, as in `frame[::2]` or `frame[10:90, 20:80]`; an array
        whose pixels do not follow one another in a row, as in `frame[:, ::-1]`, is packed first: one more copy.
        """
        given, keep = pixels_of(pixels, pixel_format)
        try:
            return cls._create(lib.fo1_image_from_pixels, byref(given))
        finally:
            del keep

    @classmethod
    def of(cls, source: ImageLike, pixel_format: Optional[str] = None) -> Image:
        """Any of these: an Image (returned as it is), a path, the bytes of a file, an array, a PIL image."""
        if isinstance(source, Image):
            return source
        if isinstance(source, (str, os.PathLike)):
            return cls.load(source)
        if isinstance(source, (bytes, bytearray, memoryview)):
            return cls.decode(source)
        return cls.from_array(source, pixel_format)

    @property
    def width(self) -> int:
        return int(lib.fo1_image_width(self._pointer))

    @property
    def height(self) -> int:
        return int(lib.fo1_image_height(self._pointer))

    def to_numpy(self) -> Array:
        """A copy of the pixels, RGB [H, W, 3]."""
        return array_of(self._pointer)

    def __array__(self, dtype: Any = None, copy: Optional[bool] = None) -> npt.NDArray[Any]:
        if copy is False:
            raise ValueError("an Image gives a copy of its pixels")
        return self.to_numpy() if dtype is None else self.to_numpy().astype(dtype)

    def __repr__(self) -> str:
        return "Image(closed)" if self.closed else f"Image({self.width} x {self.height})"


def array_of(image: c_void_p) -> Array:
    """A copy of the pixels behind a handle."""
    shape = (lib.fo1_image_height(image), lib.fo1_image_width(image), 3)
    return np.ctypeslib.as_array(lib.fo1_image_rgb(image), shape).copy()


def pixels_of(pixels: Any, pixel_format: Optional[str]) -> tuple[_structs.Pixels, list[Array]]:
    """The struct that tells the library where pixels lie, and the arrays that hold them."""
    if isinstance(pixels, tuple):
        planes = [_bytes_of(plane) for plane in pixels]
        if pixel_format != "nv12" or len(planes) != 2:
            raise InvalidArgument('a tuple is a pair of planes, for pixel_format="nv12" alone')
    else:
        planes = [_bytes_of(pixels)]
    shape = planes[0].shape
    channels = shape[2] if len(shape) == 3 else 1 if len(shape) == 2 else 0
    name = pixel_format or _BY_CHANNELS.get(channels, "")
    code, expected = _FORMATS.get(name, (0, 0))
    if pixel_format and not code:
        raise InvalidArgument(f"pixel_format: expected one of {', '.join(_FORMATS)}, got {pixel_format!r}")
    if not code or channels != expected:
        raise InvalidArgument(
            f"pixels: expected an array [H, W{f', {expected}' if expected > 1 else ', 3'}], got {list(shape)}"
        )
    planes = [plane if _row_is_packed(plane) else np.ascontiguousarray(plane) for plane in planes]
    return _struct_of(planes, code, packed_nv12=name == "nv12" and len(planes) == 1), planes


def _struct_of(planes: list[Array], code: int, packed_nv12: bool) -> _structs.Pixels:
    height, width = planes[0].shape[:2]
    given = _structs.Pixels()
    given.format = code
    given.set("width", width)
    given.set("height", height)
    given.data, given.stride = planes[0].ctypes.data, _stride(planes[0])
    if packed_nv12:
        if height % 3:
            raise InvalidArgument(f"pixels: expected 3/2 H rows of NV12, got {height}")
        given.height = height // 3 * 2
    elif len(planes) == 2:
        chroma = planes[1]
        if chroma.shape not in ((height // 2, width), (height // 2, width // 2, 2)):
            raise InvalidArgument(f"pixels: expected colour [{height // 2}, {width}], got {list(chroma.shape)}")
        given.chroma, given.chroma_stride = chroma.ctypes.data, _stride(chroma)
    return given


def _bytes_of(pixels: Any) -> Array:
    """The array of a caller. PIL images that are not in plain channels are converted first."""
    if getattr(pixels, "mode", None) not in (None, *_PIL_MODES) and hasattr(pixels, "convert"):
        pixels = pixels.convert("RGB")
    array: Array = np.asarray(pixels)
    if array.dtype != np.uint8:
        raise InvalidArgument(f"pixels: expected an array of uint8, 0 to 255, got {array.dtype}")
    return array


def _row_is_packed(array: Array) -> bool:
    """Whether the bytes of one row follow one another, and rows do not overlap or run backwards."""
    row = array[:1]
    width = row.size
    return bool(row.flags.c_contiguous) and (array.shape[0] < 2 or array.strides[0] >= width)


def _stride(array: Array) -> int:
    return array.strides[0] if array.shape[0] > 1 else 0
