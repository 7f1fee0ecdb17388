"""Are the words right, to the letter?"""
import difflib


def said(pair):
    """What is compared: the text of the region, or the words of the answer."""
    answer = pair.answer
    return (answer.texts[0] if answer.texts else "") if pair.question.request.get("regions") else answer.words


def words(text):
    return " ".join(text.split())


def loosely(text):
    return "".join(letter for letter in words(text).casefold() if letter.isalnum())


def accuracy(asked):
    """`accuracy`: exact match but for white space. `loose`: letters and digits alone, in any case."""
    pairs = [(pair.question.right.text, None if pair.failed else said(pair)) for pair in asked]
    exact = [given is not None and words(right) == words(given) for right, given in pairs]
    loose = [given is not None and loosely(right) == loosely(given) for right, given in pairs]
    return {"accuracy": sum(exact) / len(asked), "loose": sum(loose) / len(asked)}


def wrongness(pair):
    return 1 - difflib.SequenceMatcher(None, words(pair.question.right.text), words(said(pair))).ratio()
