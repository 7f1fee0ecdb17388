"""What ends a call early: deadlines, cancel handles, callbacks."""

from __future__ import annotations

import enum
from typing import Callable, Optional, TypedDict, Union

from ._library import Owner, lib, new_handle


class Action(enum.Enum):
    """What a callback may return. None and True mean CONTINUE, False means STOP."""

    CONTINUE = 0
    STOP = 1  # end here, keep what there is
    CANCEL = 2  # end, keep nothing: raises Cancelled


CONTINUE, STOP, CANCEL = Action.CONTINUE, Action.STOP, Action.CANCEL
Reply = Union[Action, bool, None]


class CancelHandle(Owner):
    """Stops calls from another thread: all that were given it, within one block of a network or one token.

    A question that has words by then returns them (`Answer.finish` is "cancelled"); everything else raises
    `Cancelled`.
    """

    _kind = "cancel"

    def __init__(self) -> None:
        super().__init__(new_handle(lib.fo1_cancel_create))

    def trigger(self) -> None:
        """Stops running and future calls. It stays so; to trigger it again does nothing."""
        lib.fo1_cancel_trigger(self._pointer)

    @property
    def triggered(self) -> bool:
        return bool(lib.fo1_cancel_triggered(self._pointer))


class Limits(TypedDict, total=False):
    """Keyword arguments of every call that takes time.

    An exception in a callback, and Ctrl-C in the main thread, stop the call and come out of it.
    """

    deadline: Optional[float]
    """Seconds from now. A question that has words by then returns them; everything else raises `Deadline`."""
    cancel: Optional[CancelHandle]
    on_progress: Optional[Callable[[str, int, int], Reply]]
    """Called with the stage ("load", "propose", "encode_primary", ..., "generate"), how much of it is done, and
    of how much (0: not known)."""
