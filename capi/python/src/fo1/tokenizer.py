"""Text to token ids and back."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from ctypes import byref, c_int64, c_size_t

from . import _convert
from ._library import Owner, lib


class Tokenizer(Owner):
    """The tokenizer of a model folder. Threads may share it."""

    _kind = "tokenizer"

    @classmethod
    def load(cls, folder: _convert.StrPath) -> Tokenizer:
        return cls._create(lib.fo1_tokenizer_load, _convert.path(folder, "folder"))

    def encode(self, text: str) -> list[int]:
        """Special tokens written in the text become their ids."""
        encoded, count = _convert.text(text, "text"), c_size_t()
        lib.fo1_tokenizer_encode(None, 0, byref(count), self._pointer, encoded)
        ids = (c_int64 * count.value)()
        lib.fo1_tokenizer_encode(ids, count.value, byref(count), self._pointer, encoded)
        return list(ids)

    def decode(self, ids: Iterable[int], skip_special: bool = False) -> str:
        """Bytes that are not UTF-8 become U+FFFD."""
        numbers, count = _convert.indexes(ids, "ids")
        size, skip = c_size_t(), int(skip_special)
        lib.fo1_tokenizer_decode(None, 0, byref(size), self._pointer, numbers, count, skip)
        text = ctypes.create_string_buffer(size.value + 1)
        lib.fo1_tokenizer_decode(text, size.value + 1, byref(size), self._pointer, numbers, count, skip)
        return text.raw[: size.value].decode("utf-8")
