"""Boxes in COCO's form and ours, and which of them are the same; see scenes/boxes.py."""
from scenes.boxes import area, iou  # noqa: F401


def corners(box):
    """From x, y, width, height, as COCO has them."""
    x, y, width, height = box
    return [x, y, x + width, y + height]


def sides(box):
    """To x, y, width, height."""
    x1, y1, x2, y2 = box
    return [x1, y1, x2 - x1, y2 - y1]


def count_matches(right, given, least_iou):
    """How many right boxes are found: each takes the best given box that is left, as HumanRef's measure does."""
    left = list(given)
    for box in right:
        best = max(left, key=lambda other: iou(box, other), default=None)
        if best is not None and iou(box, best) >= least_iou:
            left.remove(best)
    return len(given) - len(left)
