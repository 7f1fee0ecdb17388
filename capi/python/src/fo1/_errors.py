"""What the library raises."""

from __future__ import annotations

import enum
from typing import ClassVar


class ErrorCode(enum.IntEnum):
    """The codes of the C library (FO1_INVALID_ARGUMENT, ...)."""

    INVALID_ARGUMENT = 1
    NOT_FOUND = 2
    CORRUPT_FILE = 3
    UNSUPPORTED = 4
    OUT_OF_MEMORY = 5
    CANCELLED = 6
    DEADLINE = 7
    INTERNAL = 8


class Error(Exception):
    """Base of all errors of this package. `code` says which one it is; the text says what was wrong,
    where, and what was expected."""

    code: ClassVar[ErrorCode] = ErrorCode.INTERNAL


class InvalidArgument(Error, ValueError):
    """A value of the caller: an empty query, a box that is not finite, an object that was closed."""

    code = ErrorCode.INVALID_ARGUMENT


class NotFound(Error, FileNotFoundError):
    """A file, a folder, or a tensor in one, is not there."""

    code = ErrorCode.NOT_FOUND


class CorruptFile(Error):
    """A file is not what it claims to be."""

    code = ErrorCode.CORRUPT_FILE


class Unsupported(Error):
    """Well formed, but outside what this library or model can do."""

    code = ErrorCode.UNSUPPORTED


class OutOfMemory(Error, MemoryError):
    """There is not enough memory, or a model needs more than `memory_limit`."""

    code = ErrorCode.OUT_OF_MEMORY


class Cancelled(Error):
    """Stopped by a cancel handle or a callback, before there was anything to return."""

    code = ErrorCode.CANCELLED


class Deadline(Error, TimeoutError):
    """The time was over before there was anything to return."""

    code = ErrorCode.DEADLINE


class Internal(Error):
    """A defect of the library."""

    code = ErrorCode.INTERNAL


_BY_CODE: dict[int, type[Error]] = {
    kind.code: kind
    for kind in (
        InvalidArgument,
        NotFound,
        CorruptFile,
        Unsupported,
        OutOfMemory,
        Cancelled,
        Deadline,
        Internal,
    )
}


def error_of(code: int, message: str) -> Error:
    """The exception for a status; one that a newer library invented is an `Error`."""
    return _BY_CODE.get(code, Error)(message)
