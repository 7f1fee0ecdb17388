"""An image and its regions, encoded once, asked often."""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import byref, pointer
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional, Union

from . import _convert, _structs
from ._call import Call
from ._errors import InvalidArgument
from ._library import Owner, lib
from .image import Image
from .limits import Limits
from .options import AskOptions, ProposeOptions, ask_options, call_of, defaults, propose_options, refuse_unknown
from .proposer import Proposer
from .regions import Regions, RegionsLike
from .result import Answer, answer_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

_WHEN = {"if_none": 0, "also": 1, "never": 2}


@dataclass(frozen=True)
class StageCounts:
    """How often each stage has run on a scene."""

    encode_primary: int
    encode_auxiliary: int
    encode_regions: int
    prefill_prefix: int
    prefill_question: int


class Scene(Owner):
    """An image with its regions: made by `Model.scene()`, for one thread at a time. Scenes of one model run in
    parallel. Questions take the keyword arguments of `AskOptions`."""

    _kind = "scene"
    image: Image

    def detect(self, labels: Union[str, Iterable[str]], **options: Unpack[AskOptions]) -> Answer:
        """Everything with one of the labels: `Answer.detections`."""
        texts, count = _convert.texts(labels, "labels")
        return self._ask(lib.fo1_detect, texts, count, options=options)

    def ground(self, phrase: str, **options: Unpack[AskOptions]) -> Answer:
        """What a phrase means: `Answer.detections`."""
        return self._ask(lib.fo1_ground, _convert.text(phrase, "phrase"), options=options)

    def count(self, name: str, **options: Unpack[AskOptions]) -> Answer:
        """How many there are, and where: `Answer.count`, `Answer.detections`."""
        return self._ask(lib.fo1_count, _convert.text(name, "name"), options=options)

    def ocr(self, regions: Iterable[int] = (), **options: Unpack[AskOptions]) -> Answer:
        """The text in regions, or in all: `Answer.texts`."""
        numbers, count = _convert.indexes(regions, "regions")
        return self._ask(lib.fo1_ocr, numbers, count, options=options)

    def caption(self, regions: Iterable[int] = (), detailed: bool = False, **options: Unpack[AskOptions]) -> Answer:
        """What regions show, or all: `Answer.texts`."""
        return self.run("caption", "detailed" if detailed else "brief", regions, **options)

    def describe(self, **options: Unpack[AskOptions]) -> Answer:
        """What the picture shows, its phrases tied to regions: `Answer.answer`, `Answer.spans`."""
        return self.run("describe", **options)

    def similar(self, region: int, **options: Unpack[AskOptions]) -> Answer:
        """What looks like a region: `Answer.detections`."""
        return self.run("similar", (), [region], **options)

    def reason(self, question: str, **options: Unpack[AskOptions]) -> Answer:
        """An answer with the thoughts before it: `Answer.reasoning`, `Answer.answer`, `Answer.spans`."""
        return self.run("reason", question, **options)

    def ask(self, question: str, **options: Unpack[AskOptions]) -> Answer:
        """Any question: `Answer.answer`, `Answer.spans`."""
        return self.run("ask", question, **options)

    def run(
        self,
        task: str,
        query: Union[str, Iterable[str]] = (),
        regions: Iterable[int] = (),
        **options: Unpack[AskOptions],
    ) -> Answer:
        """A task by its name: any of the methods above."""
        texts, text_count = _convert.texts(query, "query")
        numbers, count = _convert.indexes(regions, "regions")
        name = _convert.text(task, "task")
        return self._ask(lib.fo1_run, name, texts, text_count, numbers, count, options=options)

    def _ask(self, function: Any, *question: Any, options: AskOptions) -> Answer:
        given, call = ask_options(options)
        return call.run(lambda: answer_of(function, self._pointer, *question, byref(given)))

    @property
    def regions(self) -> Regions:
        """A copy of the scene's regions; answers name their indexes."""
        return Regions._of_handle(lib.fo1_scene_regions, self._pointer)

    def set_regions(
        self,
        regions: Optional[RegionsLike] = None,
        *,
        propose: str = "if_none",
        proposer: Optional[Proposer] = None,
        propose_options: Optional[ProposeOptions] = None,
        **limits: Unpack[Limits],
    ) -> None:
        """Other regions on the same image, with the arguments of `Model.scene()`: only pooling and connector run
        again. When it raises, the scene keeps the regions it had."""
        given, call = scene_options(propose, proposer, propose_options, limits)
        boxes = None if regions is None else Regions.of(regions)
        call.run(lambda: lib.fo1_scene_set_regions(self._pointer, boxes and boxes._pointer, byref(given)))

    @property
    def stage_counts(self) -> StageCounts:
        out = _structs.StageCounts()
        lib.fo1_scene_stage_counts(byref(out), self._pointer)
        return StageCounts(**{name: getattr(out, name) for name in StageCounts.__dataclass_fields__})


def scene_options(
    propose: str, proposer: Optional[Proposer], how: Optional[ProposeOptions], limits: Limits
) -> tuple[_structs.SceneOptions, Call]:
    """The options of making a scene and of changing its regions."""
    refuse_unknown(limits, Limits)
    if propose not in _WHEN:
        raise InvalidArgument(f"propose: expected one of {', '.join(_WHEN)}, got {propose!r}")
    options = defaults(_structs.SceneOptions, lib.fo1_scene_options_init)
    options.propose = _WHEN[propose]
    if proposer is not None:
        options.proposer = proposer._pointer
    if how is not None:
        options.propose_options = pointer(propose_options(how)[0])
    call = call_of(limits)
    call.limit(options)
    return options, call
