"""The boxes that a proposal network offers for a scene: what a model is asked about when no boxes are given, with
things that were not found, boxes that fit badly, and boxes around nothing.

The network runs in the library, through its Python package.
"""
import functools
import os
import pathlib
import sys

import numpy as np

from .boxes import iou

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARY = pathlib.Path(os.environ.get("FO1_LIBRARY", ROOT / "build/release/lib/libfo1_c.so"))
LEAST_IOU = 0.5  # with a thing, of a box that is the thing's


def require(folder):
    """Ends with what is missing, before any process loads it."""
    for file in (folder / "config.json", LIBRARY):
        if not file.is_file():
            sys.exit(f"{file}: no such file; proposals need a network's folder and the C library (scripts/setup)")


@functools.cache
def proposer(folder):
    os.environ["FO1_LIBRARY"] = str(LIBRARY)
    sys.path.append(str(ROOT / "capi/python/src"))
    import fo1
    return fo1.Proposer.load(f"upn:{folder}", threads=1)  # scenes are drawn side by side


def places_of(things, boxes):
    """Index of the box that fits each thing best, if it fits; a box is of one thing."""
    places = [None] * len(things)
    pairs = [(iou(thing.box, box), i, j) for i, thing in enumerate(things) for j, box in enumerate(boxes)]
    for overlap, i, j in sorted(pairs, reverse=True):
        if overlap >= LEAST_IOU and places[i] is None and j not in places:
            places[i] = j
    return places


def offer(scene, folder):
    """(boxes, places): the proposed boxes in the order that a model meets them; `places` of the scene's things."""
    found = proposer(str(folder)).propose(np.asarray(scene.picture.convert("RGB")))
    boxes = [[round(float(value), 1) for value in box] for box in found.boxes]
    return boxes, places_of(scene.things, boxes)
