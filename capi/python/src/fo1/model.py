"""A loaded checkpoint."""

from __future__ import annotations

import json
import os
from ctypes import byref
from typing import TYPE_CHECKING, Any, Callable, Optional

from . import _convert
from ._errors import NotFound
from ._library import Owner, lib
from .image import Image, ImageLike
from .limits import CancelHandle, Limits, Reply
from .options import AskOptions, LoadOptions, ProposeOptions, ask_options, load_options
from .proposer import Proposer
from .regions import Regions, RegionsLike
from .result import Answer, answer_of
from .scene import Scene, scene_options

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Model(Owner):
    """A checkpoint folder in the Hugging Face layout, loaded. Threads may share it; each makes its own scenes."""

    _kind = "model"

    @classmethod
    def load(
        cls,
        path: _convert.StrPath,
        *,
        device: str = "cpu",
        dtype: str = "float32",
        threads: int = 0,
        proposals: Optional[str] = None,
        memory_limit: int = 0,
        lora: Optional[_convert.StrPath] = None,
        deadline: Optional[float] = None,
        cancel: Optional[CancelHandle] = None,
        on_progress: Optional[Callable[[str, int, int], Reply]] = None,
    ) -> Model:
        """Loads a folder; the arguments are those of `LoadOptions`. Weights are mapped from the files, which must
        stay as they are."""
        options: LoadOptions = {
            "device": device,
            "dtype": dtype,
            "threads": threads,
            "proposals": proposals,
            "memory_limit": memory_limit,
            "lora": lora,
            "deadline": deadline,
            "cancel": cancel,
            "on_progress": on_progress,
        }
        given, call = load_options(options)
        return call.run(lambda: cls._create(lib.fo1_model_load, _convert.path(path), byref(given)))

    @property
    def folder(self) -> str:
        return os.fsdecode(lib.fo1_model_folder(self._pointer))

    @property
    def has_regions(self) -> bool:
        """False: a plain vision-language model, which answers ask() and chat() only."""
        return bool(lib.fo1_model_has_regions(self._pointer))

    @property
    def region_limit(self) -> int:
        """Regions that a prompt holds."""
        return int(lib.fo1_model_region_limit(self._pointer))

    @property
    def proposer(self) -> Optional[Proposer]:
        """The proposer that scenes use, if there is one."""
        try:
            return Proposer._create(lib.fo1_model_proposer, self._pointer)
        except NotFound:
            return None

    def scene(
        self,
        image: ImageLike,
        regions: Optional[RegionsLike] = None,
        *,
        propose: str = "if_none",
        proposer: Optional[Proposer] = None,
        propose_options: Optional[ProposeOptions] = None,
        pixel_format: Optional[str] = None,
        **limits: Unpack[Limits],
    ) -> Scene:
        """Encodes an image with its regions.

        `image`: an array (see `Image.from_array()` for `pixel_format`), a path, the bytes of a file, a PIL image, an
        `Image`. `regions`: boxes [N, 4], a list, `Regions`, or None. `propose`: "if_none" (the proposer finds regions
        when `regions` is None), "also" (both are united) or "never". `proposer`: instead of the model's own.
        Regions beyond `region_limit` are left out, unless a question asks for all_regions.
        """
        given, call = scene_options(propose, proposer, propose_options, limits)
        picture = Image.of(image, pixel_format)
        boxes = None if regions is None else Regions.of(regions)
        scene = call.run(
            lambda: Scene._create(
                lib.fo1_scene_create, self._pointer, picture._pointer, boxes and boxes._pointer, byref(given)
            )
        )
        scene.image = picture
        return scene

    def chat(self, messages: Any, *, root: _convert.StrPath = "", **options: Unpack[AskOptions]) -> Answer:
        """Answers the last message of a conversation: a list of {"role", "content", "bbox_list"}, {"messages": [...]},
        or either as JSON text. Image parts name files, relative ones below `root`."""
        given, call = ask_options(options)
        talk = _conversation(messages)
        return call.run(lambda: answer_of(lib.fo1_chat, self._pointer, talk, _convert.path(root, "root"), byref(given)))

    def trace(
        self,
        messages: Any,
        path: _convert.StrPath,
        *,
        root: _convert.StrPath = "",
        **options: Unpack[AskOptions],
    ) -> Answer:
        """The same, and writes every stage's tensors to a safetensors file."""
        given, call = ask_options(options)
        talk, base, file = _conversation(messages), _convert.path(root, "root"), _convert.path(path)
        return call.run(lambda: answer_of(lib.fo1_trace, self._pointer, talk, base, file, byref(given)))

    def __repr__(self) -> str:
        return "Model(closed)" if self.closed else f"Model({self.folder!r})"


def _conversation(messages: Any) -> bytes:
    return _convert.text(messages if isinstance(messages, str) else json.dumps(messages), "messages")
