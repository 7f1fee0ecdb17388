"""Regions to offer that come with a data set: one object a picture, so that all models see the same ones.

  {"image": "1.jpg", "boxes": [[x1, y1, x2, y2], ...] or [{"box": [...], "score": 0.9}, ...]}
  {"image": "1.jpg", "bbox_list": [[...], ...], "score_list": [0.9, ...]}        as VLM-FO1's authors published
"""
from ..files import read_records

MOST = 100  # regions of one prompt
# Keys of boxes and of their scores.
FORMS = (("boxes", "scores"), ("bbox_list", "score_list"), ("bboxes", "scores"))


def offered(record):
    """The boxes of a record as a request has them; None: it has none."""
    form = next((form for form in FORMS if form[0] in record), None)
    if form is None:
        return None
    boxes, scores = form
    listed = record.get(boxes, list)
    if listed and isinstance(listed[0], dict):
        return [{"box": entry.box("box"), "score": entry.get("score", float)} for entry in record.records(boxes)]
    listed = record.boxes(boxes)
    if scores not in record:
        return listed
    if len(record.get(scores, list)) != len(listed):
        record.fail(f'"{scores}" is not one number for each of "{boxes}"')
    return [{"box": box, "score": score} for box, score in zip(listed, record.get(scores, list))]


def read(path):
    """File name of the picture -> its boxes."""
    found = {}
    for record in read_records(path):
        boxes = offered(record)
        if boxes is None:
            record.fail(f"has none of {', '.join(boxes for boxes, _ in FORMS)}")
        found[record.get("image", str)] = boxes
    return found


class Offers:
    """What --boxes says: `own` (the program proposes) or a file of boxes."""

    def __init__(self, choice):
        self.by_name = None if choice == "own" else read(choice)
        self.choice = choice

    def of(self, name, record):
        """The part of a request about this picture."""
        if self.by_name is None:
            return {}
        if name not in self.by_name:
            record.fail(f"{self.choice} has no boxes for {name}")
        return {"boxes": self.by_name[name]}
