"""Boxes: x1, y1, x2, y2 in pixels of the picture."""


def corners(box):
    """From x, y, width, height, as COCO has them."""
    x, y, width, height = box
    return [x, y, x + width, y + height]


def sides(box):
    """To x, y, width, height."""
    x1, y1, x2, y2 = box
    return [x1, y1, x2 - x1, y2 - y1]


def area(box):
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    inside = width * height
    return inside / (area(a) + area(b) - inside)


def count_matches(right, given, least_iou):
    """How many right boxes are found: each takes the best given box that is left, as HumanRef's measure does."""
    left = list(given)
    for box in right:
        best = max(left, key=lambda other: iou(box, other), default=None)
        if best is not None and iou(box, best) >= least_iou:
            left.remove(best)
    return len(given) - len(left)
