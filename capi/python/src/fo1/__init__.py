"""fo1: the vision-language model VLM-FO1, which answers in words and points at regions.

    with fo1.Model.load("models/tiny") as model:
        with model.scene("street.jpg", boxes) as scene:
            for found in scene.detect(["red car", "dog"]).detections:
                print(found.label, found.box, found.score)

Boxes are x1, y1, x2, y2 in pixels of the image as given, x2 and y2 exclusive. Calls release the GIL. Models,
proposers, images, regions, tokenizers and reports may be shared between threads; a scene is for one at a time.
"""

from ._errors import (
    Cancelled,
    CorruptFile,
    Deadline,
    Error,
    ErrorCode,
    Internal,
    InvalidArgument,
    NotFound,
    OutOfMemory,
    Unsupported,
)
from ._library import lib as _lib
from ._library import text_of as _text_of
from .annotations import Annotations
from .image import Image, ImageLike
from .limits import CANCEL, CONTINUE, STOP, Action, CancelHandle, Limits, Reply
from .log import log_to_logging, set_log
from .model import Model
from .options import AskOptions, LoadOptions, ProposeOptions
from .proposer import Proposer
from .regions import Region, Regions, RegionsLike
from .report import Report, inspect, self_check
from .result import Answer, Detection, Dropped, RegionText, Span, TokenCounts
from .scene import Scene, StageCounts
from .tokenizer import Tokenizer

__version__: str = _text_of(_lib.fo1_version())


def version() -> str:
    """ "major.minor.patch" of the library."""
    return __version__


__all__ = [
    "CANCEL",
    "CONTINUE",
    "STOP",
    "Action",
    "Annotations",
    "Answer",
    "AskOptions",
    "CancelHandle",
    "Cancelled",
    "CorruptFile",
    "Deadline",
    "Detection",
    "Dropped",
    "Error",
    "ErrorCode",
    "Image",
    "ImageLike",
    "Internal",
    "InvalidArgument",
    "Limits",
    "LoadOptions",
    "Model",
    "NotFound",
    "OutOfMemory",
    "ProposeOptions",
    "Proposer",
    "Region",
    "RegionText",
    "Regions",
    "RegionsLike",
    "Reply",
    "Report",
    "Scene",
    "Span",
    "StageCounts",
    "TokenCounts",
    "Tokenizer",
    "Unsupported",
    "inspect",
    "log_to_logging",
    "self_check",
    "set_log",
    "version",
]
