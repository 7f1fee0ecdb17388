"""What a folder is, and whether it is sound."""

from __future__ import annotations

import json
from ctypes import byref
from typing import TYPE_CHECKING, Any

from . import _convert
from ._library import Owner, lib, text_of
from .options import LoadOptions, load_options

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Report(Owner):
    """What was found in the folder of a model or of a proposal network."""

    _kind = "report"

    @property
    def json(self) -> str:
        """All of it, as `fo1 inspect` writes it."""
        return text_of(lib.fo1_report_json(self._pointer))

    def to_dict(self) -> dict[str, Any]:
        """`json` as Python values."""
        result: dict[str, Any] = json.loads(self.json)
        return result

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, a line each. None: the folder is sound."""
        count = lib.fo1_report_problem_count(self._pointer)
        return tuple(text_of(lib.fo1_report_problem(self._pointer, index)) for index in range(count))

    @property
    def sound(self) -> bool:
        return not self.problems

    def memory(self, dtype: str = "float32") -> int:
        """Bytes that the model needs in this number format, an estimate. LibTorch takes about 300 MiB more."""
        return int(lib.fo1_report_memory(self._pointer, _convert.text(dtype, "dtype")))


def inspect(folder: _convert.StrPath) -> Report:
    """What the folder of a model or of a proposal network is, without loading its weights."""
    return Report._create(lib.fo1_inspect, _convert.path(folder, "folder"))


def self_check(folder: _convert.StrPath, **options: Unpack[LoadOptions]) -> Report:
    """The same, then loads it, answers a question about a made-up picture and looks at the numbers. What is wrong is
    in the report; an exception says that the check could not be made."""
    given, call = load_options(options)
    return call.run(lambda: Report._create(lib.fo1_self_check, _convert.path(folder, "folder"), byref(given)))
