"""A folder that scripts/make_scenes wrote."""
import pathlib

from ..boxes import corners
from ..files import read_object, read_records, require_folder
from ..question import Question, Right, Thing, closest

TASKS = ("detect", "ground", "count", "ocr", "caption", "similar", "ask")
# Their questions name a region, or say that there is none: the boxes stay even where the program proposes its own.
KEEP_BOXES = ("ocr", "caption", "similar", "ask")


def true_boxes(folder):
    """File name -> boxes of all that is in the picture. What is offered may have been shaken."""
    coco = read_object(folder / "annotations.json")
    names = {image.get("id", int): image.get("file_name", str) for image in coco.records("images")}
    found = {name: [] for name in names.values()}
    for annotation in coco.records("annotations"):
        image = annotation.get("image_id", int)
        if image not in names:
            annotation.fail(f'"image_id": no image has the id {image}')
        found[names[image]].append(corners(annotation.box("bbox")))
    return found


def read_right(record, offered, there):
    """`offered`: the question's boxes; `there`: the true ones, of which the closest is what is meant."""
    right = record.record("right")
    labels = right.record("regions").fields if "regions" in right else {}
    regions = [region for named in labels.values() for region in named]
    if any(type(region) is not int or not 0 <= region < len(offered) for region in regions):
        right.fail('"regions": not all are regions of the question')
    things = [Thing(label, closest(offered[region], there)) for label, named in labels.items() for region in named]
    return Right(things, right.get("count", int, None), right.get("text", str, None), regions)


def question(record, right, folder, there, own):
    request = dict(record.fields)
    task, name = record.get("task", str), record.get("image", str)
    if task not in TASKS:
        record.fail(f'"task" is not one of {", ".join(TASKS)}')
    if name not in there:
        record.fail(f"annotations.json has no image {name}")
    asked = Question(task, request, read_right(right, record.boxes("boxes"), there[name]))
    request["image"] = str(folder / name)
    if own and task not in KEEP_BOXES:
        del request["boxes"]
    return asked


def questions(options):
    folder = require_folder(options.folder)
    there = true_boxes(folder)
    right = {record.fields.get("id"): record for record in read_records(pathlib.Path(options.folder) / "right.jsonl")}
    found = []
    for record in read_records(pathlib.Path(options.folder) / "questions.jsonl"):
        if record.fields.get("id") not in right:
            record.fail("right.jsonl has no answer to it")
        if record.fields.get("task") in options.tasks:
            found.append(question(record, right[record.fields["id"]], folder, there, options.boxes == "own"))
    return found
