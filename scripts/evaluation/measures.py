"""The kinds of questions and how each is measured: a new kind is one row."""
from collections import Counter
from dataclasses import dataclass

from . import counting, detection, exact, grounding, referring, similar


@dataclass
class Kind:
    measures: list  # each: list of Asked -> {name: number}
    wrongness: object  # Asked -> how wrong; 0: right. Compared within the kind only


WORDS = Kind([exact.accuracy], exact.wrongness)
KINDS = {
    "detect": Kind([detection.average_precision, referring.of_labels], referring.wrongness),
    "refer": Kind([referring.of_phrases], referring.wrongness),
    "ground": Kind([grounding.accuracy], referring.wrongness),
    "count": Kind([counting.accuracy], counting.wrongness),
    "ocr": WORDS,
    "caption": WORDS,
    "ask": WORDS,
    "similar": Kind([similar.regions], similar.wrongness),
}


def check_modules(questions):
    """Before hours of work, not after."""
    if any(question.kind == "detect" for question in questions):
        detection.require_pycocotools()


def measure(kind, asked):
    measures = {"questions": len(asked), "failed": sum(pair.failed for pair in asked)}
    for function in KINDS[kind].measures:
        measures.update(function(asked))
    return measures


def measure_all(asked):
    """Kind -> measures, with those of each group where there are several."""
    results = {}
    for kind in KINDS:
        of_kind = [pair for pair in asked if pair.question.kind == kind]
        if not of_kind:
            continue
        results[kind] = measure(kind, of_kind)
        groups = sorted({pair.question.group for pair in of_kind})
        if len(groups) > 1:
            results[kind]["by_group"] = {
                group: measure(kind, [pair for pair in of_kind if pair.question.group == group]) for group in groups}
    return results


def worst(asked, most):
    """Kind -> its (wrongness, Asked), the worst first. Questions that got no answer show nothing."""
    ranked = {}
    for kind in KINDS:
        pairs = [pair for pair in asked if pair.question.kind == kind and not pair.failed]
        wrong = [(KINDS[kind].wrongness(pair), pair) for pair in pairs]
        wrong = sorted((entry for entry in wrong if entry[0] > 0), key=lambda entry: -entry[0])
        if wrong:
            ranked[kind] = wrong[:most]
    return ranked


def failures(asked):
    """Why questions failed -> how many, the most frequent first."""
    return dict(Counter(pair.answer.error for pair in asked if pair.failed).most_common())
