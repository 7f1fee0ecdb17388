"""Is the number right?"""


def accuracy(asked):
    """`accuracy`: of the number that is said; `regions`: of how many regions are named.

    `mean_error`: how far off, over the answers with a number.
    """
    errors = [error for error in map(error_of, asked) if error is not None]
    pointed = [not pair.failed and len(pair.answer.boxes()) == pair.question.right.count for pair in asked]
    return {"accuracy": errors.count(0) / len(asked), "regions": sum(pointed) / len(asked),
            "mean_error": sum(errors) / len(errors) if errors else None, "without_number": len(asked) - len(errors)}


def error_of(pair):
    return None if pair.answer.count is None else abs(pair.answer.count - pair.question.right.count)


def wrongness(pair):
    """How far off; no number is as wrong as saying none."""
    error = error_of(pair)
    return max(1, pair.question.right.count) if error is None else error
