"""The structs and callback types of fo1_c.h, field for field. tests/test_header.py compares them."""

from __future__ import annotations

import ctypes
import operator
from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Any

from ._errors import InvalidArgument

ProgressCallback = ctypes.CFUNCTYPE(c_int32, c_void_p, c_char_p, c_int64, c_int64)
TokenCallback = ctypes.CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t)  # text with its size: bytes may be zero
ProposeCallback = ctypes.CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p, c_void_p)
LogCallback = ctypes.CFUNCTYPE(None, c_void_p, c_int32, c_char_p)

Texts = POINTER(c_char_p)
Indexes = POINTER(c_int64)
Doubles = POINTER(c_double)
Bytes = POINTER(ctypes.c_uint8)


_SIZE = ("struct_size", c_uint32)


class Struct(ctypes.Structure):
    """A struct of the library: the first field is the size this package knows."""

    def __init__(self) -> None:
        super().__init__(struct_size=ctypes.sizeof(type(self)))

    def set(self, name: str, value: Any) -> None:
        """Sets a number. ctypes would cut an integer that does not fit."""
        if not isinstance(getattr(self, name), float):
            value = operator.index(value)
        setattr(self, name, value)
        if isinstance(value, int) and getattr(self, name) != value:
            raise InvalidArgument(f"{name}: {value} is out of range")


class Pixels(Struct):
    _fields_ = [
        _SIZE,
        ("format", c_int32),
        ("width", c_int32),
        ("height", c_int32),
        ("data", c_void_p),
        ("stride", c_int64),
        ("chroma", c_void_p),
        ("chroma_stride", c_int64),
    ]


class Region(Struct):
    _fields_ = [_SIZE, ("reserved", c_uint32), ("box", c_double * 4), ("score", c_double), ("label", c_char_p)]


_LIMITS: list[tuple[str, Any]] = [
    ("deadline_seconds", c_double),
    ("cancel", c_void_p),
    ("on_progress", ProgressCallback),
]


class LoadOptions(Struct):
    _fields_ = [
        _SIZE,
        ("threads", c_int32),
        ("device", c_char_p),
        ("dtype", c_char_p),
        ("proposals", c_char_p),
        ("memory_limit", c_int64),
        *_LIMITS,
        ("user", c_void_p),
        ("lora", c_char_p),
    ]


class ProposeOptions(Struct):
    _fields_ = [
        _SIZE,
        ("reserved", c_uint32),
        ("labels", Texts),
        ("label_count", c_size_t),
        ("prompts", Texts),
        ("prompt_count", c_size_t),
        ("min_score", c_double),
        ("max_iou", c_double),
        ("most", c_int64),
        ("min_side", c_double),
        ("tile_side", c_int64),
        ("tile_overlap", c_double),
        *_LIMITS,
        ("user", c_void_p),
    ]


class SceneOptions(Struct):
    _fields_ = [
        _SIZE,
        ("propose", c_int32),
        ("proposer", c_void_p),
        ("propose_options", POINTER(ProposeOptions)),
        *_LIMITS,
        ("user", c_void_p),
    ]


class StageCounts(Struct):
    _fields_ = [
        _SIZE,
        ("reserved", c_uint32),
        ("encode_primary", c_int64),
        ("encode_auxiliary", c_int64),
        ("encode_regions", c_int64),
        ("prefill_prefix", c_int64),
        ("prefill_question", c_int64),
    ]


class AskOptions(Struct):
    _fields_ = [
        _SIZE,
        ("all_regions", c_int32),
        ("max_new_tokens", c_int64),
        ("temperature", c_double),
        ("top_p", c_double),
        ("top_k", c_int64),
        ("seed", c_uint64),
        *_LIMITS,
        ("on_token", TokenCallback),
        ("user", c_void_p),
    ]


class Detection(Struct):
    _fields_ = [
        _SIZE,
        ("reserved", c_uint32),
        ("label", c_char_p),
        ("region", c_int64),
        ("box", c_double * 4),
        ("score", c_double),
        ("confidence", c_double),
        ("proposal_score", c_double),
    ]


class RegionText(Struct):
    _fields_ = [_SIZE, ("reserved", c_uint32), ("region", c_int64), ("text", c_char_p)]


class Span(Struct):
    _fields_ = [_SIZE, ("reserved", c_uint32), ("text", c_char_p), ("regions", Indexes), ("region_count", c_size_t)]


class Dropped(Struct):
    _fields_ = [_SIZE, ("reserved", c_uint32), ("region", c_int64), ("reason", c_char_p)]


class TokenCounts(Struct):
    _fields_ = [
        _SIZE,
        ("reserved", c_uint32),
        ("image", c_int64),
        ("region", c_int64),
        ("text", c_int64),
        ("generated", c_int64),
    ]
