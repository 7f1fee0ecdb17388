"""COCO's average precision, by pycocotools."""
import contextlib
import io
import sys

from . import boxes
from .files import InputError
from .question import same_label

try:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
except ModuleNotFoundError:
    COCO = None

# Name of a measure -> its place in COCOeval.stats.
STATS = {"mAP": 0, "mAP_50": 1, "mAP_75": 2, "mAP_small": 3, "mAP_medium": 4, "mAP_large": 5, "recall_100": 8}


def require_pycocotools():
    if COCO is None:
        raise InputError(
            f"detection is measured by pycocotools, which {sys.executable} has not: pip install pycocotools (Debian: "
            "python3 -m venv --system-site-packages VENV && VENV/bin/pip install pycocotools, and start this script "
            "with VENV/bin/python); or leave detect out of the --tasks of `scenes`")


class Images:
    """Numbers for pictures and labels. Questions about one picture are one image."""

    def __init__(self, asked):
        self.images = {}
        for pair in asked:
            self.images.setdefault(self.key(pair), len(self.images) + 1)
        labels = sorted({label for pair in asked for label in pair.question.asked})
        self.categories = {label: number for number, label in enumerate(labels, 1)}

    @staticmethod
    def key(pair):
        question = pair.question
        return ("question", question.id) if question.picture is None else ("picture", question.picture)

    def index(self, annotations):
        """pycocotools' index of these annotations; it talks while it works."""
        coco = COCO()
        for number, annotation in enumerate(annotations, 1):
            annotation["id"] = number
        coco.dataset = {"images": [{"id": number} for number in self.images.values()], "annotations": annotations,
                        "categories": [{"id": number, "name": label} for label, number in self.categories.items()]}
        with contextlib.redirect_stdout(io.StringIO()):
            coco.createIndex()
        return coco

    def annotation(self, pair, label, box, area, **more):
        return {"image_id": self.images[self.key(pair)], "category_id": self.categories[label],
                "bbox": boxes.sides(box), "area": area, "iscrowd": 0, **more}

    def right(self, asked):
        things = [(pair, thing) for pair in asked for thing in pair.question.right.things]
        return self.index([
            self.annotation(pair, thing.label, thing.box, boxes.area(thing.box) if thing.area is None else thing.area,
                            **({"iscrowd": 1} if thing.crowd else {})) for pair, thing in things])

    def found(self, asked):
        """Boxes whose label was not asked for are none of any category."""
        named = [(pair, asked_label(pair, found), found) for pair in asked for found in pair.answer.found]
        return self.index([self.annotation(pair, label, found.box, boxes.area(found.box), score=found.score)
                           for pair, label, found in named if label is not None])


def asked_label(pair, found):
    return next((label for label in pair.question.asked if same_label(label, found.label)), None)


def average_precision(asked):
    images = Images(asked)
    evaluation = COCOeval(images.right(asked), images.found(asked), "bbox")
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    measures = {name: known(evaluation.stats[place]) for name, place in STATS.items()}
    measures["objects"] = sum(not thing.crowd for pair in asked for thing in pair.question.right.things)
    measures["boxes_of_other_labels"] = sum(asked_label(pair, found) is None
                                            for pair in asked for found in pair.answer.found)
    measures["mAP_by_label"] = by_label(evaluation, images.categories)
    return measures


def by_label(evaluation, categories):
    """Of the labels that are there. precision: [threshold, recall, category, size, detections]."""
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    values = {label: precision[:, :, number - 1] for label, number in categories.items()}
    return {label: float(value[value > -1].mean()) for label, value in values.items() if (value > -1).any()}


def known(value):
    """pycocotools says -1 where there was nothing to find."""
    return None if value == -1 else float(value)
