"""CountBench, CountBenchQA, PixMo-Count: how many there are. A JSON list, or an object a line:

  what:     "label", or a "question" that begins "How many X are (is) ..."
  picture:  "image" (file name), or "image_sha256" (a file with that name and any ending), or "image_url" (last part)
  number:   "number", "count" or "answer"
  boxes:    "bboxes" with "scores", for --boxes given
"""
import re

from ..files import read_records
from ..question import Question, Right
from .offers import offered
from .pictures import Pictures

HOW_MANY = re.compile(r"how many (.+?)(?: (?:are|is)\b.*|\s*\?.*)?$", re.IGNORECASE | re.DOTALL)
NUMBERS = ("number", "count", "answer")


def label(record):
    if "label" in record:
        return record.get("label", str)
    match = HOW_MANY.match(record.get("question", str).strip())
    return match[1] if match else record.fail('"question" does not begin "How many ..."')


def picture(record, pictures):
    if "image" in record:
        return pictures.named(record.get("image", str))
    by_checksum = pictures.with_stem(record.get("image_sha256", str)) if "image_sha256" in record else None
    return by_checksum or pictures.of_url(record.get("image_url", str))


def number(record):
    key = next((key for key in NUMBERS if key in record), NUMBERS[0])
    return record.get(key, int)


def question(place, record, pictures, given):
    request = {"id": record.fields.get("id", place), "image": picture(record, pictures), "task": "count",
               "query": [label(record)]}
    if given:
        request["boxes"] = offered(record)
        if request["boxes"] is None:
            record.fail('no "bboxes" (--boxes given)')
    return Question("count", request, Right(count=number(record)))


def questions(options):
    pictures = Pictures(options.images)
    return [question(place, record, pictures, options.boxes == "given")
            for place, record in enumerate(read_records(options.annotations))]
