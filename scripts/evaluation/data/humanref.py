"""The HumanRef benchmark: phrases that mean any number of people, or none (domain `rejection`).

A line: {"id", "image_name", "referring", "domain", "answer_boxes", "candidate_boxes"}; boxes are x1, y1, x2, y2.
"""
from ..files import read_records
from ..question import Question, Right, Thing
from .offers import MOST
from .pictures import Pictures


def question(record, pictures, given):
    phrase = record.get("referring", str)
    request = {"id": record.fields.get("id"), "image": pictures.named(record.get("image_name", str)),
               "task": "detect", "query": [phrase]}
    if given:
        request["boxes"] = record.boxes("candidate_boxes")[:MOST]
    right = Right([Thing(phrase, box) for box in record.boxes("answer_boxes")])
    return Question("refer", request, right, record.get("domain", str))


def questions(options):
    pictures = Pictures(options.images)
    return [question(record, pictures, options.boxes == "given") for record in read_records(options.annotations)]
