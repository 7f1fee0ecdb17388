"""The library's own messages. Nothing is logged by default."""

from __future__ import annotations

import atexit
import logging
from typing import Any, Callable, Optional

from ._errors import InvalidArgument
from ._library import lib, text_of
from ._structs import LogCallback

_LEVELS = ("off", "error", "warning", "info", "debug")
_TO_LOGGING = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}

_receive: Optional[Callable[[str, str], Any]] = None


def _on_message(user: Any, level: int, message: bytes) -> None:
    if _receive is not None:
        _receive(_LEVELS[level], text_of(message))


_ON_MESSAGE = LogCallback(_on_message)  # one for the whole process: other threads may be in it while it changes


def set_log(level: str, receive: Optional[Callable[[str, str], Any]] = None) -> None:
    """What is logged, "off", "error", "warning", "info" or "debug", and where: `receive(level, message)`, else
    stderr. Process-wide. `receive` is called from any thread that is in a call, one at a time; it must not use this
    package."""
    global _receive
    if level not in _LEVELS:
        raise InvalidArgument(f"level: expected one of {', '.join(_LEVELS)}, got {level!r}")
    _receive = receive
    lib.fo1_set_log(_LEVELS.index(level), _ON_MESSAGE if receive else LogCallback(), None)


def log_to_logging(level: str = "info", logger: Optional[logging.Logger] = None) -> None:
    """Hands messages up to `level` to Python's logging: to the logger "fo1" or another."""
    target = logger or logging.getLogger("fo1")
    set_log(level, lambda of_message, message: target.log(_TO_LOGGING[of_message], "%s", message))


@atexit.register
def _silence() -> None:
    """Python cannot be called any more when the process has ended, though other threads may still log."""
    set_log("off")
