"""Does a phrase lead to the one thing it means?"""
from .boxes import iou

LEAST_IOU = 0.5


def is_right(pair, boxes):
    right, = pair.question.right.boxes()
    return len(boxes) == 1 and iou(right, boxes[0]) >= LEAST_IOU


def accuracy(asked):
    """`accuracy`: the answer's only box is right. `best_box`: the one with the highest score is, among any others."""
    best = [[pair.answer.best().box] if pair.answer.found else [] for pair in asked]
    return {"accuracy": sum(is_right(pair, pair.answer.boxes()) for pair in asked) / len(asked),
            "best_box": sum(is_right(pair, boxes) for pair, boxes in zip(asked, best)) / len(asked)}
