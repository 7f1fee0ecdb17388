"""Reads the answer lines of `fo1 batch`."""
from .files import InputError, read_records
from .question import Answer, Asked, Found

NO_ANSWER = "no answer in the file"


def read_found(record, rank_by):
    label, region, box = record.get("label", str), record.get("region", int), record.box("box")
    return Found(label, region, box, record.get(rank_by, float))


def read_answer(record, rank_by):
    if record.fields.get("ok") is not True:
        error = record.record("error")
        return Answer(error=f"{error.get('code', str)}: {error.get('message', str)}")
    result = record.record("result")
    found = [read_found(entry, rank_by) for entry in result.records("detections")] if "detections" in result else []
    texts = [entry.get("text", str) for entry in result.records("texts")] if "texts" in result else []
    return Answer(found=found, count=result.get("count", int, None), regions=result.get("regions", list, []),
                  texts=texts, words=result.get("answer", str, ""), raw=result.get("text", str, ""))


def read_answers(paths, rank_by):
    """Id -> Answer. Lines without an id answer no question."""
    answers = {}
    for record in (record for path in paths for record in read_records(path)):
        key = record.fields.get("id")
        if key is None:
            continue
        if not isinstance(key, (str, int)):
            record.fail('"id" is neither a text nor a whole number')
        if key in answers:
            record.fail(f"id {key} has been answered by a line before")
        answers[key] = read_answer(record, rank_by)
    return answers


def pair(questions, paths, rank_by):
    """A question that the files do not answer counts as failed."""
    answers = read_answers(paths, rank_by)
    if not any(question.id in answers for question in questions):
        raise InputError(f"{', '.join(map(str, paths))}: no answer to any of the {len(questions)} questions")
    return [Asked(question, answers.get(question.id, Answer(error=NO_ANSWER))) for question in questions]
