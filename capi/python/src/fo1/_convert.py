"""Python values as the library takes them. What is returned must stay referenced during the call."""

from __future__ import annotations

import ctypes
import operator
import os
from collections.abc import Iterable
from typing import Any, Union

from ._errors import InvalidArgument

StrPath = Union[str, "os.PathLike[str]"]


def _without_zero(encoded: bytes, name: str) -> bytes:
    if b"\0" in encoded:
        raise InvalidArgument(f"{name}: the text has a zero character at {encoded.index(0)}")
    return encoded


def text(value: str, name: str) -> bytes:
    """UTF-8 for a `const char*`."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a str, got {type(value).__name__}")
    try:
        return _without_zero(value.encode("utf-8"), name)
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"{name}: not a text: {error}") from None


def path(value: StrPath, name: str = "path") -> bytes:
    """The bytes that the system takes."""
    return _without_zero(os.fsencode(value), name)


def texts(values: Union[str, Iterable[str]], name: str) -> tuple[Any, int]:
    """A `const char* const*` and its count. A single text is a list of one."""
    given = [values] if isinstance(values, str) else list(values)
    encoded = [text(value, f"{name}[{index}]") for index, value in enumerate(given)]
    return (ctypes.c_char_p * len(encoded))(*encoded), len(encoded)


def indexes(values: Iterable[int], name: str) -> tuple[Any, int]:
    """A `const int64_t*` and its count."""
    numbers = [operator.index(value) for value in values]
    array = (ctypes.c_int64 * len(numbers))(*numbers)
    for index, number in enumerate(numbers):
        if array[index] != number:  # ctypes cuts what does not fit
            raise InvalidArgument(f"{name}[{index}]: {number} is out of range")
    return array, len(numbers)
