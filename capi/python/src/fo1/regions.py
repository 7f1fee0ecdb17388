"""Boxes that are offered to a model."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from ctypes import byref, c_void_p
from dataclasses import dataclass
from typing import Any, Optional, Union, overload

import numpy as np
import numpy.typing as npt

from . import _convert, _structs
from ._errors import InvalidArgument
from ._library import Owner, lib, new_handle, text_of
from .image import Image

Boxes = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Region:
    """One box: x1, y1, x2, y2 in pixels of the image as given, x2 and y2 exclusive."""

    box: tuple[float, float, float, float]
    score: Optional[float] = None  # 0..1
    label: str = ""  # carried along, never shown to the model


RegionsLike = Union["Regions", npt.NDArray[Any], Sequence[Union[Region, Sequence[float]]]]


class Regions(Owner, Sequence[Region]):
    """A list of boxes that does not change: of one's own, or from a proposer. Answers name its indexes.

    `boxes`: an array [N, 4], or a list of `Region`s or of four numbers each. `scores` (0..1, NaN: none) and
    `labels` have an entry per box.
    """

    _kind = "regions"

    def __init__(
        self,
        boxes: RegionsLike = (),
        scores: Optional[Iterable[float]] = None,
        labels: Optional[Iterable[str]] = None,
    ) -> None:
        super().__init__(new_handle(lib.fo1_regions_create))
        add_regions(self._handle, *_columns(boxes, scores, labels))
        self._read()

    @classmethod
    def _of_handle(cls, function: Any, *arguments: Any) -> Regions:
        made = cls._create(function, *arguments)
        made._read()
        return made

    @classmethod
    def of(cls, boxes: RegionsLike) -> Regions:
        """`boxes` itself if it is a `Regions`, else one made of it."""
        return boxes if isinstance(boxes, Regions) else cls(boxes)

    @classmethod
    def from_json(cls, value: Any) -> Regions:
        """[[x1, y1, x2, y2], ...], [{"box": [...], "score": 0.9, "label": "..."}, ...], or an object with such a
        list as "boxes"; as JSON text or as what json.load() makes of it."""
        written = value if isinstance(value, str) else json.dumps(value)
        return cls._of_handle(lib.fo1_regions_from_json, _convert.text(written, "json"))

    @classmethod
    def unite(cls, lists: Iterable[RegionsLike], max_iou: float = 0.8, most: int = 0) -> Regions:
        """Several lists as one: first all of the caller's own and those without score; then the others by falling
        score without those that overlap one before them by more than `max_iou` (0: none goes), until there are
        `most` in all (0: no limit)."""
        given = [cls.of(part) for part in lists]
        handles = (c_void_p * len(given))(*(part._pointer for part in given))
        return cls._of_handle(lib.fo1_regions_unite, handles, len(given), max_iou, most)

    def _read(self) -> None:
        self._json_use = threading.Lock()
        self._items = tuple(self._at(index) for index in range(lib.fo1_regions_count(self._handle)))

    def _at(self, index: int) -> Region:
        out = _structs.Region()
        lib.fo1_regions_get(byref(out), self._handle, index)
        x1, y1, x2, y2 = out.box
        return Region((x1, y1, x2, y2), None if math.isnan(out.score) else out.score, text_of(out.label))

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Region: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Region, ...]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[Region, tuple[Region, ...]]:
        return self._items[index]

    def __iter__(self) -> Iterator[Region]:
        return iter(self._items)

    @property
    def boxes(self) -> Boxes:
        """[N, 4]"""
        return np.array([region.box for region in self._items], dtype=np.float64).reshape(-1, 4)

    @property
    def scores(self) -> Boxes:
        """[N]; NaN: none"""
        return np.array([math.nan if r.score is None else r.score for r in self._items], dtype=np.float64)

    @property
    def labels(self) -> list[str]:
        """ "" : none"""
        return [region.label for region in self._items]

    @property
    def source(self) -> str:
        """Who found them: "given", "upn", "opn", "given+upn", ..."""
        return text_of(lib.fo1_regions_source(self._pointer))

    def to_dict(self, image: Image) -> dict[str, Any]:
        """What the `fo1 propose` command writes as JSON; from_json() reads it."""
        with self._json_use:  # the text lasts until the next call
            written = lib.fo1_regions_json(self._pointer, image._pointer)
        result: dict[str, Any] = json.loads(written)
        return result

    def draw(self, path: _convert.StrPath, image: Image) -> None:
        """Writes the image with the regions, their labels and scores to a .png or .jpg file."""
        lib.fo1_regions_draw(self._pointer, image._pointer, _convert.path(path))

    def __repr__(self) -> str:
        return f"Regions({len(self)} boxes)"


def add_regions(handle: c_void_p, boxes: Boxes, scores: Boxes, labels: list[str]) -> None:
    """Appends to the list behind a handle."""
    names, count = _convert.texts(labels, "labels")
    lib.fo1_regions_add(
        handle, count, boxes.ctypes.data_as(_structs.Doubles), scores.ctypes.data_as(_structs.Doubles), names
    )


def columns_of(regions: RegionsLike) -> tuple[Boxes, Boxes, list[str]]:
    """Boxes [N, 4], scores [N] and labels of anything that lists regions."""
    return _columns(regions, None, None)


def _columns(
    boxes: RegionsLike, scores: Optional[Iterable[float]], labels: Optional[Iterable[str]]
) -> tuple[Boxes, Boxes, list[str]]:
    if isinstance(boxes, np.ndarray):
        given: list[Region] = []
        corners = boxes
    else:
        given = [item if isinstance(item, Region) else Region(tuple(item)) for item in boxes]  # type: ignore[arg-type]
        corners = np.array([region.box for region in given]) if given else np.empty((0, 4))
    packed = np.ascontiguousarray(corners.reshape(-1, 4) if corners.size == 0 else corners, dtype=np.float64)
    if packed.ndim != 2 or packed.shape[1] != 4:
        raise InvalidArgument(f"boxes: expected [N, 4], got {list(corners.shape)}")
    own_scores = [math.nan if r.score is None else r.score for r in given] or [math.nan] * len(packed)
    own_labels = [r.label for r in given] or [""] * len(packed)
    return (
        packed,
        _column("scores", np.array(own_scores if scores is None else list(scores), dtype=np.float64), len(packed)),
        _column("labels", own_labels if labels is None else list(labels), len(packed)),
    )


def _column(name: str, values: Any, count: int) -> Any:
    if len(values) != count:
        raise InvalidArgument(f"{name}: expected one for each of {count} boxes, got {len(values)}")
    return values
