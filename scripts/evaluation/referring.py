"""Precision, recall and DensityF1 of the boxes that a name or phrase means, as HumanRef measures them.

For each name: at IoU 0.5, 0.55 ... 0.95, and the mean of these. DensityF1 is F1, less where more boxes are given than
are right. A name that means nothing in the picture is right when no box is given (`rejection`).
"""
from .boxes import count_matches

THRESHOLDS = [round(0.5 + 0.05 * step, 2) for step in range(10)]


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0


def at(right, given, least_iou):
    """(precision, recall, DensityF1) for boxes that are there."""
    if not given:
        return 0.0, 0.0, 0.0
    matches = count_matches(right, given, least_iou)
    precision, recall = matches / len(given), matches / len(right)
    return precision, recall, f1(precision, recall) * min(1.0, len(right) / len(given))


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def measure(cases):
    """`cases`: (right boxes, given boxes) of each name; given None: the question failed, which rejects nothing."""
    present = [(right, given or []) for right, given in cases if right]
    rejected = [given == [] for right, given in cases if not right]
    rows = [[at(right, given, least_iou) for least_iou in THRESHOLDS] for right, given in present]
    measures = {}
    for place, name in enumerate(("precision", "recall", "density_f1")):
        measures[name] = mean(mean(values[place] for values in row) for row in rows)
        measures[f"{name}_50"] = mean(row[0][place] for row in rows)
    return {**measures, "names": len(present), "rejection": mean(rejected), "absent_names": len(rejected)}


def of_labels(asked):
    """Each label of a detection is a name. One that a crowd has as well has no number of right boxes."""
    return measure([(pair.question.right.boxes(label), None if pair.failed else pair.answer.boxes(label))
                    for pair in asked for label in pair.question.asked if not pair.question.right.has_crowd(label)])


def of_phrases(asked):
    """The whole question is one phrase: every box of the answer counts, whatever it is called."""
    return measure([(pair.question.right.boxes(), None if pair.failed else pair.answer.boxes()) for pair in asked])


def wrongness(pair):
    """1 - F1 at IoU 0.5."""
    labels = pair.question.asked if pair.question.kind == "detect" else [None]
    cases = [(pair.question.right.boxes(label), pair.answer.boxes(label)) for label in labels]
    matches = sum(count_matches(right, given, 0.5) for right, given in cases)
    total = sum(len(right) + len(given) for right, given in cases)
    return 1 - 2 * matches / total if total else 0.0
