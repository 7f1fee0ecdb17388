"""Results as files that annotation tools and training programs read: COCO, YOLO, labelme."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Union

from . import _convert
from ._errors import error_of
from ._library import Owner, lib, new_handle, text_of

if TYPE_CHECKING:
    from .result import Answer


class Annotations(Owner):
    """A set of images with their boxes, which are clipped to the image. Threads may share it.

    `labels`: the classes in their order; those that answers bring are appended.
    """

    _kind = "annotations"

    def __init__(self, labels: Union[str, Iterable[str]] = ()) -> None:
        super().__init__(new_handle(lib.fo1_annotations_create, *_convert.texts(labels, "labels")))
        self._use = threading.Lock()  # a text lasts until the next call
        self._count = 0

    def add(self, answer: Answer, path: _convert.StrPath) -> int:
        """Appends the detections of an answer; returns the image's index. `path`: how the files shall name it."""
        name = _convert.path(path)
        with self._use:
            lib.fo1_annotations_add(self._pointer, answer._result._pointer, name)
            self._count += 1
            return self._count - 1

    def __len__(self) -> int:
        """How many images there are."""
        return self._count

    @property
    def labels(self) -> list[str]:
        with self._use:
            count = lib.fo1_annotations_label_count(self._pointer)
            return [text_of(lib.fo1_annotations_label(self._pointer, index)) for index in range(count)]

    def coco(self) -> str:
        """One JSON object of all images."""
        return self._text(lib.fo1_annotations_coco)

    def yolo(self, image: int) -> str:
        """The .txt of one image: a line `class x y width height` a box."""
        return self._text(lib.fo1_annotations_yolo, image)

    def yolo_data(self) -> str:
        """The data.yaml."""
        return self._text(lib.fo1_annotations_yolo_data)

    def labelme(self, image: int, image_path: _convert.StrPath) -> str:
        """The .json of one image. `image_path`: where the image is, from that file's folder."""
        return self._text(lib.fo1_annotations_labelme, image, _convert.path(image_path, "image_path"))

    def _text(self, function: Any, *arguments: Any) -> str:
        with self._use:
            written = function(self._pointer, *arguments)
            if written is None:
                raise error_of(lib.fo1_last_status(), text_of(lib.fo1_last_error()))
            return text_of(written)
