"""What finds boxes in an image."""

from __future__ import annotations

from ctypes import POINTER, byref, c_void_p, cast
from typing import TYPE_CHECKING, Any, Callable, Optional

from . import _convert, _structs
from ._call import running_call
from ._errors import ErrorCode
from ._library import Owner, lib, text_of
from .image import Array, Image, ImageLike, array_of
from .options import LoadOptions, ProposeOptions, load_options, propose_options
from .regions import Regions, RegionsLike, add_regions, columns_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

Detector = Callable[[Array, tuple[str, ...]], RegionsLike]


class Proposer(Owner):
    """A proposal network, or a detector of one's own. Threads may share it."""

    _kind = "proposer"
    _callback: Any = None  # what the library calls; lives as long as this object

    @classmethod
    def load(cls, choice: _convert.StrPath, **options: Unpack[LoadOptions]) -> Proposer:
        """`choice`: "upn:FOLDER", "opn:FOLDER", or a folder whose config.json says what it is. `proposals` and
        `memory_limit` have no meaning here."""
        given, call = load_options(options)
        return call.run(lambda: cls._create(lib.fo1_proposer_load, _convert.path(choice, "choice"), byref(given)))

    @classmethod
    def from_function(cls, name: str, detector: Detector) -> Proposer:
        """A detector of one's own: `detector(pixels, labels)`. It is given the pixels, RGB uint8 [H, W, 3], and what
        to look for (nothing: anything), and returns boxes in them: an array [N, 4], a list of `Region`s, or
        `Regions(boxes, scores)`; scores for all or for none. It is called on the thread that searches, from several
        at once if several search. What it raises comes out of the call that searches."""
        callback = _callback_of(detector)
        proposer = cls._create(lib.fo1_proposer_from_callback, _convert.text(name, "name"), callback, None)
        proposer._callback = callback
        return proposer

    @property
    def name(self) -> str:
        return text_of(lib.fo1_proposer_name(self._pointer))

    @property
    def reads_labels(self) -> bool:
        """Whether it can look for what `labels` name."""
        return bool(lib.fo1_proposer_reads_labels(self._pointer))

    @property
    def prompts(self) -> tuple[str, ...]:
        """What it can be told to look for, the default first."""
        count = lib.fo1_proposer_prompt_count(self._pointer)
        return tuple(text_of(lib.fo1_proposer_prompt(self._pointer, index)) for index in range(count))

    def propose(
        self, image: ImageLike, *, pixel_format: Optional[str] = None, **options: Unpack[ProposeOptions]
    ) -> Regions:
        """The boxes it finds; none is a valid result."""
        given, call = propose_options(options)
        picture = Image.of(image, pixel_format)
        return call.run(lambda: Regions._of_handle(lib.fo1_propose, self._pointer, picture._pointer, byref(given)))

    def save_wording(self) -> None:
        """Writes the vectors of the proposer's own wording to its folder, so that the text encoder need not run for
        it again. Raises `Unsupported` for one that reads no labels."""
        lib.fo1_proposer_save_wording(self._pointer)

    def __repr__(self) -> str:
        return "Proposer(closed)" if self.closed else f"Proposer({self.name!r})"


def _callback_of(detector: Detector) -> Any:
    def find(image: c_void_p, options: _structs.ProposeOptions, found: c_void_p) -> int:
        labels = tuple(text_of(options.labels[index]) for index in range(options.label_count))
        add_regions(found, *columns_of(detector(array_of(image), labels)))
        return 0

    def callback(user: Any, image: int, options: int, found: int) -> int:
        asked = cast(options, POINTER(_structs.ProposeOptions)).contents
        return running_call().guarded(lambda: find(c_void_p(image), asked, c_void_p(found)), ErrorCode.CANCELLED)

    return _structs.ProposeCallback(callback)
