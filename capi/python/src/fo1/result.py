"""The answer to a question."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

import numpy as np
import numpy.typing as npt

from . import _convert
from ._errors import InvalidArgument
from ._library import Owner, lib, text_of
from .annotations import Annotations
from .image import Image, ImageLike
from .regions import Boxes, Regions, RegionsLike

if TYPE_CHECKING:
    from .scene import Scene

Categories = Union[Mapping[str, int], Sequence[str]]


@dataclass(frozen=True)
class Detection:
    """An object that the model named."""

    label: str
    region: int  # index of the offered region
    box: tuple[float, float, float, float]  # x1, y1, x2, y2 in pixels of the image as given
    score: float  # confidence, times the proposal score where there is one
    confidence: float  # probability that the model gave this region's name when it wrote it
    proposal_score: Optional[float] = None


@dataclass(frozen=True)
class RegionText:
    """What a region says (ocr) or shows (caption)."""

    region: int
    text: str


@dataclass(frozen=True)
class Span:
    """A phrase tied to regions."""

    text: str
    regions: tuple[int, ...]


@dataclass(frozen=True)
class Dropped:
    """A region that was named but could not be used, or was over the limit."""

    region: int
    reason: str


@dataclass(frozen=True)
class TokenCounts:
    """Tokens of the prompt (image, region, text) and of the answer."""

    image: int
    region: int
    text: int
    generated: int


class _Result(Owner):
    _kind = "result"


@dataclass(frozen=True)
class Answer:
    """What the model said, as words and as regions. What a task has no use for is empty or None."""

    task: str
    text: str  # the model's words, region names included
    prompt: str  # the whole prompt as text
    finish: str  # why it ends: "stop", "length", "deadline", "cancelled"
    query: tuple[str, ...]
    detections: tuple[Detection, ...]
    count: Optional[int]  # the number that the model said
    regions: tuple[int, ...]  # distinct regions named, in order
    texts: tuple[RegionText, ...]
    spans: tuple[Span, ...]  # in reading order
    reasoning: Optional[str]
    answer: Optional[str]  # the plain words
    dropped: tuple[Dropped, ...]
    tokens: TokenCounts
    timings_ms: Mapping[str, float]  # of each stage that ran; one reused from the scene is absent
    image_size: tuple[int, int]  # width, height
    proposal_source: Optional[str]  # who found the regions: "given", "upn", ...; None: none were offered
    proposal_count: int
    json: str = field(repr=False, compare=False)  # all of it, as the `fo1` command writes it
    _result: _Result = field(repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """`json` as Python values."""
        result: dict[str, Any] = json.loads(self.json)
        return result

    @property
    def boxes(self) -> Boxes:
        """The detections' boxes, [N, 4]"""
        return np.array([found.box for found in self.detections], dtype=np.float64).reshape(-1, 4)

    @property
    def scores(self) -> Boxes:
        """[N]"""
        return np.array([found.score for found in self.detections], dtype=np.float64)

    @property
    def labels(self) -> list[str]:
        return [found.label for found in self.detections]

    def categories(self, first: int = 1) -> dict[str, int]:
        """A number for each label: those asked for in their order, then the others as they appear."""
        asked = self.query if self.task == "detect" else ()
        names = dict.fromkeys([*asked, *self.labels])
        return {name: first + index for index, name in enumerate(names)}

    def to_coco(
        self, image_id: int = 1, categories: Optional[Categories] = None, first_id: int = 1
    ) -> list[dict[str, Any]]:
        """The detections as COCO annotations: boxes [x, y, width, height] to a thousandth of a pixel, clipped to the
        image; what lies outside of it is left out. `categories`: label to id, or the labels in the order of ids from
        1; default: categories(). `Annotations` makes the whole file of several images."""
        numbers = self._numbers(categories, 1)
        with Annotations() as made:
            made.add(self, "")
            written = json.loads(made.coco())
        names = {category["id"]: category["name"] for category in written["categories"]}
        own = ({"image_id": image_id, "category_id": numbers(names[a["category_id"]])} for a in written["annotations"])
        return [{**a, **of, "id": first_id + i} for i, (a, of) in enumerate(zip(written["annotations"], own))]

    def to_arrays(self, categories: Optional[Categories] = None) -> dict[str, npt.NDArray[Any]]:
        """The detections as columns: "xyxy" [N, 4] float32, "confidence" [N] float32, "class_id" [N], counted from 0,
        and "labels" [N]."""
        numbers = self._numbers(categories, 0)
        return {
            "xyxy": self.boxes.astype(np.float32),
            "confidence": self.scores.astype(np.float32),
            "class_id": np.array([numbers(label) for label in self.labels], dtype=np.int64),
            "labels": np.array(self.labels, dtype=np.str_),
        }

    def to_supervision(self, categories: Optional[Categories] = None) -> Any:
        """The detections as `supervision.Detections`; needs that package."""
        import supervision  # type: ignore[import-not-found,unused-ignore]

        columns = self.to_arrays(categories)
        return supervision.Detections(
            xyxy=columns["xyxy"],
            confidence=columns["confidence"],
            class_id=columns["class_id"],
            data={"class_name": columns["labels"]},
        )

    def draw(
        self, path: _convert.StrPath, image: Union[Scene, ImageLike], regions: Optional[RegionsLike] = None
    ) -> None:
        """Writes the picture with the answer's boxes to a .png or .jpg file. `image`: the scene that was asked, or the
        picture; then `regions` are those of the scene, for answers whose texts and spans name regions."""
        from .scene import Scene

        if isinstance(image, Scene):
            picture, offered = image.image, image.regions if regions is None else Regions.of(regions)
        else:
            picture, offered = Image.of(image), Regions.of(() if regions is None else regions)
        lib.fo1_result_draw(self._result._pointer, picture._pointer, offered._pointer, _convert.path(path))

    def _numbers(self, categories: Optional[Categories], first: int) -> Callable[[str], int]:
        if categories is None:
            known: Mapping[str, int] = self.categories(first)
        elif isinstance(categories, Mapping):
            known = categories
        else:
            known = {name: first + index for index, name in enumerate(categories)}

        def number(label: str) -> int:
            if label not in known:
                raise InvalidArgument(f"categories: no number for {label!r}, which the model named")
            return known[label]

        return number


def answer_of(function: Any, *arguments: Any) -> Answer:
    """The answer that a function of the library gives. Read from its JSON, which has all of it, and zero bytes too."""
    result = _Result._create(function, *arguments)
    written = text_of(lib.fo1_result_json(result._pointer))
    values: dict[str, Any] = json.loads(written)
    proposals = values.get("proposals", {})
    return Answer(
        task=values["task"],
        text=values["text"],
        prompt=values["prompt"],
        finish=values["finish"],
        query=tuple(values.get("query", ())),
        detections=tuple(Detection(**{**found, "box": tuple(found["box"])}) for found in values.get("detections", ())),
        count=values.get("count"),
        regions=tuple(values.get("regions", ())),
        texts=tuple(RegionText(**found) for found in values.get("texts", ())),
        spans=tuple(Span(found["text"], tuple(found["regions"])) for found in values.get("spans", ())),
        reasoning=values.get("reasoning"),
        answer=values.get("answer"),
        dropped=tuple(Dropped(**found) for found in values["dropped"]),
        tokens=TokenCounts(**values["tokens"]),
        timings_ms=values["timings_ms"],
        image_size=(values["image"]["width"], values["image"]["height"]),
        proposal_source=proposals.get("source"),
        proposal_count=proposals.get("count", 0),
        json=written,
        _result=result,
    )
