"""A call into the library: its callbacks, signals, the end of the process."""

from __future__ import annotations

import atexit
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import string_at
from functools import partial
from typing import Any, Callable, Optional, TypeVar

from ._errors import Error
from ._structs import ProgressCallback, Struct, TokenCallback
from .limits import CANCEL, CONTINUE, STOP, Action, CancelHandle, Reply

T = TypeVar("T")


_running = threading.local()  # .call: the innermost Call of this thread
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)  # their handlers may raise
_LONGEST_END = 10.0  # seconds that the end of the process waits for calls


class _InFlight:
    """The calls of all threads. When the process ends, those of daemon threads are stopped first: Python would end
    their threads in the middle of C++, in the next callback."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self.ending = False

    @contextmanager
    def one(self) -> Iterator[None]:
        self._stay_if_ending()
        with self._changed:
            self._count += 1
        try:
            yield
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()
            self._stay_if_ending()

    def _stay_if_ending(self) -> None:
        if self.ending and threading.current_thread() is not threading.main_thread():
            threading.Event().wait()  # Python ends the thread here

    def end(self) -> None:
        self.ending = True
        with self._changed:
            self._changed.wait_for(lambda: self._count == 0, _LONGEST_END)


_in_flight = _InFlight()
atexit.register(_in_flight.end)


class Call:
    """One call into the library on this thread, and what its callbacks do."""

    def __init__(
        self,
        deadline: Optional[float] = None,
        cancel: Optional[CancelHandle] = None,
        on_progress: Optional[Callable[[str, int, int], Reply]] = None,
        on_token: Optional[Callable[[str], Reply]] = None,
    ) -> None:
        self._deadline, self._cancel = deadline, cancel
        self._on_progress, self._on_token = on_progress, on_token
        self._raised: Optional[BaseException] = None
        self._in_callback = False

    def limit(self, options: Struct) -> None:
        """Sets the fields for limits and callbacks."""
        if self._deadline is not None:  # 0 is over at once; the library takes 0 for none
            options.deadline_seconds = self._deadline or 1e-9
        if self._cancel is not None:
            options.cancel = self._cancel._pointer
        options.on_progress = _ON_PROGRESS  # always: it is where Ctrl-C is noticed
        if self._on_token is not None:
            options.on_token = _ON_TOKEN

    def run(self, work: Callable[[], T]) -> T:
        """Does the work. What a callback raised comes out, instead of the library's own error."""
        outer = getattr(_running, "call", None)
        _running.call = self
        try:
            with _in_flight.one(), _signals_for(self):
                result = work()
        except Error:
            if self._raised is None:
                raise
        finally:
            _running.call = outer
        if self._raised is not None:
            try:
                raise self._raised
            finally:
                self._raised = None  # else: a cycle through its traceback
        return result

    def guarded(self, work: Callable[[], int], failed: int) -> int:
        """Runs the body of a callback; `failed` once one has raised."""
        if self._raised is None:
            try:
                self._in_callback = True
                return work()
            except BaseException as error:
                self._raised = error
            finally:
                self._in_callback = False
        return failed

    def progress(self, stage: str, done: int, total: int) -> int:
        if _in_flight.ending:
            return CANCEL.value
        return _number(self._on_progress(stage, done, total)) if self._on_progress else CONTINUE.value

    def token(self, text: str) -> int:
        return _number(self._on_token(text)) if self._on_token else CONTINUE.value

    def signalled(self, handler: Callable[[int, Any], Any], number: int, frame: Any) -> None:
        """A signal during the call. Outside of callbacks nothing may be raised: ctypes would swallow it."""
        if self._in_callback:
            handler(number, frame)
            return
        try:
            handler(number, frame)
        except BaseException as error:
            self._raised = error


def running_call() -> Call:
    """The call that the current callback belongs to."""
    call: Call = _running.call
    return call


def _number(reply: Reply) -> int:
    if reply is None or reply is True:
        return CONTINUE.value
    if reply is False:
        return STOP.value
    if isinstance(reply, Action):
        return reply.value
    raise TypeError(f"a callback returns None, True, False, fo1.CONTINUE, fo1.STOP or fo1.CANCEL, got {reply!r}")


@contextmanager
def _signals_for(call: Call) -> Iterator[None]:
    """Hands signals to the call. Python's handlers run in the main thread, there in the next callback."""
    taken = []
    try:
        for number in _SIGNALS if threading.current_thread() is threading.main_thread() else ():
            handler = signal.getsignal(number)
            if callable(handler):
                during_call = partial(call.signalled, handler)
                taken.append((number, handler, during_call))
                signal.signal(number, during_call)
        yield
    finally:
        for number, handler, during_call in reversed(taken):
            if signal.getsignal(number) is during_call:
                signal.signal(number, handler)


def _on_progress(user: Any, stage: bytes, done: int, total: int) -> int:
    call = running_call()
    return call.guarded(lambda: call.progress(stage.decode(), done, total), CANCEL.value)


def _on_token(user: Any, text: int, size: int) -> int:
    call = running_call()
    return call.guarded(lambda: call.token(string_at(text, size).decode("utf-8", "replace")), CANCEL.value)


_ON_PROGRESS, _ON_TOKEN = ProgressCallback(_on_progress), TokenCallback(_on_token)
