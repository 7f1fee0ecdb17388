"""Are the regions of the same kind the right ones? Each question counts alike."""
from .referring import f1


def score(pair):
    """(precision, recall, F1) of the named regions."""
    right, given = set(pair.question.right.regions), set(pair.answer.regions)
    if pair.failed or not (right or given):
        return (0.0, 0.0, 0.0) if pair.failed else (1.0, 1.0, 1.0)
    both = len(right & given)
    precision, recall = both / len(given) if given else 0.0, both / len(right) if right else 0.0
    return precision, recall, f1(precision, recall)


def regions(asked):
    scores = [score(pair) for pair in asked]
    measures = {name: sum(values) / len(asked) for name, values in zip(("precision", "recall", "f1"), zip(*scores))}
    return {**measures, "accuracy": sum(values == (1.0, 1.0, 1.0) for values in scores) / len(asked)}


def wrongness(pair):
    return 1 - score(pair)[2]
