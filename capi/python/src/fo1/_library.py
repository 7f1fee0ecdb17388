"""Finds libfo1_c, loads it, and turns its errors into exceptions."""

from __future__ import annotations

import ctypes
import os
import weakref
from ctypes import byref, c_void_p
from pathlib import Path
from typing import Any, Callable, Optional, TypeVar

from . import _functions, _torch
from ._errors import InvalidArgument, error_of

_NAME = f"libfo1_c.so.{_functions.ABI_MAJOR}"
_PACKAGED = Path(__file__).parent / "lib" / _NAME

Self = TypeVar("Self", bound="Owner")


def candidates() -> list[str]:
    """What to load, in this order: FO1_LIBRARY and nothing else; the package's own; the system's."""
    wish = os.environ.get("FO1_LIBRARY")
    if wish:
        return [wish]
    return [str(_PACKAGED), _NAME] if _PACKAGED.exists() else [_NAME]


def _check(status: int, function: Any, arguments: Any) -> int:
    if status != 0:
        raise error_of(status, text_of(lib.fo1_last_error()))
    return status


def text_of(text: Optional[bytes]) -> str:
    """A text that the library returned."""
    return (text or b"").decode("utf-8", "replace")


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    """`library` with the types of its functions. Raises OSError where it is not the one that this package needs."""
    try:
        library.fo1_abi_version.restype = ctypes.c_uint32
        version: int = library.fo1_abi_version()
        major, minor = version >> 16, version & 0xFFFF
        if major != _functions.ABI_MAJOR or minor < _functions.ABI_MINOR:
            raise OSError(
                f"its interface has version {major}.{minor}, this package needs "
                f"{_functions.ABI_MAJOR}.{_functions.ABI_MINOR} or a later {_functions.ABI_MAJOR}.x"
            )
        _functions.declare(library, _check)
    except AttributeError as error:
        raise OSError(f"not the libfo1_c that this package needs: {error}") from None
    return library


def load() -> ctypes.CDLL:
    """The library. Raises ImportError that says what was tried."""
    tried = []
    for name in candidates():
        try:
            _torch.load_for(Path(name))
            return _declared(ctypes.CDLL(name))
        except OSError as error:
            reason = str(error).removeprefix(f"{name}: ")
            tried.append(f"\n  {name}: {reason}")
    raise ImportError(
        f"fo1: its library {_NAME} cannot be loaded. Tried, in this order:"
        + "".join(tried)
        + "\nIt is looked for in the file that the variable FO1_LIBRARY names, else in the package's folder lib/, else "
        "where the system looks (LD_LIBRARY_PATH, ldconfig). LibTorch: pip install 'fo1[torch]' brings what the "
        "packaged library was built with; others find it by themselves or through LD_LIBRARY_PATH."
    )


lib = load()


def new_handle(function: Callable[..., Any], *arguments: Any) -> c_void_p:
    """The handle that `function` puts into its first parameter."""
    out = c_void_p()
    function(byref(out), *arguments)
    return out


class Owner:
    """An object that owns a handle of the library: frees it once, on close() or with the last reference."""

    _kind: str  # "model": fo1_model_free()

    def __init__(self, handle: c_void_p) -> None:
        self._handle = handle
        self._free = weakref.finalize(self, getattr(lib, f"fo1_{self._kind}_free"), handle)
        self._free.atexit = False  # a process that ends needs no tidying, and other threads may be in a call

    @classmethod
    def _create(cls: type[Self], function: Callable[..., Any], *arguments: Any) -> Self:
        """An object for the handle that `function` makes."""
        made = cls.__new__(cls)
        Owner.__init__(made, new_handle(function, *arguments))
        return made

    @property
    def _pointer(self) -> c_void_p:
        if not self._free.alive:
            raise InvalidArgument(f"{type(self).__name__}: used after close()")
        return self._handle

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return not self._free.alive

    def close(self) -> None:
        """Frees what the object holds, now. Calls that are using it end as usual; later ones raise."""
        self._free()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
