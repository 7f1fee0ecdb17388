"""Texts of given regions: COCO-Text's JSON ("imgs", "anns"), or a line a region.

{"image": "1.jpg", "box": [x1, y1, x2, y2], "text": "EXIT", "id": optional}
"""
from ..boxes import corners
from ..files import Record, read_object, read_records
from ..question import Question, Right, Thing
from .offers import MOST
from .pictures import Pictures


def texts_of_coco_text(path, split):
    """(id, file name, box, text) of the legible words of the split."""
    data = read_object(path)
    images = data.record("imgs").fields
    for key, fields in data.record("anns").fields.items():
        annotation = Record(fields, f"{path}: annotation {key}")
        image = images.get(str(annotation.get("image_id", int)))
        if image is None:
            annotation.fail('"image_id": there is no such image')
        text = annotation.get("utf8_string", str, "")
        if image.get("set") == split and annotation.get("legibility", str) == "legible" and text:
            yield key, image.get("file_name"), corners(annotation.box("bbox")), text


def texts_of_lines(path):
    for number, record in enumerate(read_records(path)):
        yield record.fields.get("id", number), record.get("image", str), record.box("box"), record.get("text", str)


def questions(options):
    """All regions of a picture are offered together, a prompt's worth at a time, and each is asked about."""
    coco_text = str(options.annotations).endswith(".json")
    texts = texts_of_coco_text(options.annotations, options.split) if coco_text else texts_of_lines(options.annotations)
    by_picture = {}
    for key, name, box, text in texts:
        by_picture.setdefault(name, []).append((key, box, text))
    pictures, found = Pictures(options.images), []
    for name, all_texts in by_picture.items():
        for start in range(0, len(all_texts), MOST):
            part = all_texts[start:start + MOST]
            boxes = [box for _, box, _ in part]
            for region, (key, box, text) in enumerate(part):
                request = {"id": key, "image": pictures.named(name), "task": "ocr", "boxes": boxes, "regions": [region]}
                found.append(Question("ocr", request, Right([Thing("text", box)], text=text)))
    return found
