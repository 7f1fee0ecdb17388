"""A folder of scenes: pictures, what is in them (COCO), questions with right answers, and conversations.

  images/000000.png ...
  annotations.json      COCO; signs have "text" and "colour" as well; of crowded scenes each letter has a box of its own,
                        and a sign is named by its colour ("red sign")
  questions.jsonl       a line a question: a request of `fo1 batch`
  right.jsonl           its right answer: "id", and "right" as questions.Question has it
  conversations.jsonl   the same as messages that end with the ideal answer, for the trainer; and descriptions of the
                        picture and of all regions. With `coordinates` they offer no regions and write boxes out
                        (wording.py)
"""
import contextlib
import functools
import json
import multiprocessing
import pathlib
import random
from dataclasses import dataclass

from . import proposed, questions
from .boxes import iou
from .drawing import CLASSES, COLOURS, LETTERS, draw_scene
from .wording import with_coordinates, words_of

DISTRACTORS = 2  # for each true box
MOST_IOU = 0.4  # of a distractor with a true box
TRIES = 20


@dataclass(frozen=True)
class Settings:
    """What decides about the files of a data set, beside how many scenes there are."""
    seed: int = 0
    shake: float = 0.0  # corners of true boxes are moved by up to this part of their sides
    distractors: int = DISTRACTORS
    each: int = 1  # questions of a task for a scene, at most
    tasks: tuple = ()  # nothing else is asked; none: all
    labels: int = questions.MOST_LABELS  # names in a question of detection, at most
    proposals: pathlib.Path = None  # folder of a proposal network whose boxes are offered instead of true ones
    coordinates: bool = False
    crowded: bool = False


def distractor(canvas, true, rng):
    """A box that is nothing of the scene: a part of something, or anywhere; None where none is found."""
    for _ in range(TRIES):
        if rng.random() < 0.5:
            part = rng.choice(true)
            sides = [rng.uniform(0.3, 1) * (part[2] - part[0]), rng.uniform(0.3, 1) * (part[3] - part[1])]
            corner = [rng.uniform(part[0] - sides[0] / 2, part[2] - sides[0] / 2),
                      rng.uniform(part[1] - sides[1] / 2, part[3] - sides[1] / 2)]
        else:
            sides = [rng.uniform(20, 120), rng.uniform(20, 120)]
            corner = [rng.uniform(0, canvas[0] - sides[0]), rng.uniform(0, canvas[1] - sides[1])]
        box = [max(0, corner[0]), max(0, corner[1]),
               min(canvas[0], corner[0] + sides[0]), min(canvas[1], corner[1] + sides[1])]
        box = [round(value, 1) for value in box]
        if min(box[2] - box[0], box[3] - box[1]) >= 8 and all(iou(box, other) <= MOST_IOU for other in true):
            return box
    return None


def shaken(box, canvas, most, rng):
    """The box as a proposal network would put it: its corners moved by up to `most` of its sides."""
    width, height = box[2] - box[0], box[3] - box[1]
    moved = [value + rng.uniform(-most, most) * side for value, side in zip(box, (width, height, width, height))]
    return [round(min(max(value, 0), side), 1) for value, side in zip(moved, (*canvas, *canvas))]


def offer(scene, rng, shake=0.0, distractors=DISTRACTORS):
    """(boxes, places): the true boxes among distractors, in random order; `places` of the scene's things."""
    canvas = scene.picture.size
    true = [thing.box for thing in scene.things]
    boxes = [shaken(box, canvas, shake, rng) if shake else list(box) for box in true]
    for _ in range(distractors * len(true)):
        box = distractor(canvas, true, rng)
        if box:
            boxes.append(box)
    order = list(range(len(boxes)))
    rng.shuffle(order)
    return [boxes[i] for i in order], [order.index(i) for i in range(len(true))]


def offered_boxes(scene, rng, settings):
    """(boxes, places), `places` of the scene's things."""
    if settings.proposals:
        return proposed.offer(scene, settings.proposals)
    return offer(scene, rng, settings.shake, settings.distractors)


def conversation(image, boxes, question, canvas=None):
    """The messages of a question and its ideal answer, as `fo1 chat` takes them. With a canvas, its size, no regions
    are offered and boxes are written out."""
    words, answer = words_of(question.task, question.query, question.regions), question.answer
    if canvas:
        words, answer = (with_coordinates(text, boxes, canvas) for text in (words, answer))
    content = [{"type": "image_url", "image_url": {"url": image}}, {"type": "text", "text": words}]
    user = {"role": "user", "content": content}
    if question.task != "ask" and not canvas:
        user["bbox_list"] = boxes
    return [user, {"role": "assistant", "content": answer}]


def described(offered, rng, coordinates):
    """What no task asks about."""
    return questions.general(offered, rng) + ([] if coordinates else [questions.listing(offered)])


class Coco:
    """The annotations of a data set, as they come."""

    def __init__(self, crowded=False):
        self.crowded = crowded
        looks = [f"{colour} sign" for colour in COLOURS] + [f"letter {letter}" for letter in LETTERS]
        self.classes = CLASSES + (looks if crowded else [])
        self.json = {"info": {"description": "picture-glyph scenes"}, "licenses": [], "images": [], "annotations": [],
                     "categories": [{"id": i + 1, "name": name} for i, name in enumerate(self.classes)]}

    def add(self, scene):
        width, height = scene["size"]
        image = {"id": len(self.json["images"]) + 1, "file_name": scene["name"], "width": width, "height": height,
                 "background": scene["background"]}
        self.json["images"].append(image)
        for thing in scene["things"]:
            if thing.name != "sign":
                self.annotate(image, thing.name, thing.box, {})
                continue
            name = f"{thing.colour} sign" if self.crowded else "sign"
            self.annotate(image, name, thing.box, {"text": thing.text, "colour": thing.colour})
            for letter, box in zip(thing.text, thing.letters if self.crowded else ()):
                self.annotate(image, f"letter {letter}", box, {"text": letter})

    def annotate(self, image, name, box, known):
        x1, y1, x2, y2 = box
        self.json["annotations"].append({
            "id": len(self.json["annotations"]) + 1, "image_id": image["id"],
            "category_id": self.classes.index(name) + 1, "bbox": [x1, y1, x2 - x1, y2 - y1],
            "area": (x2 - x1) * (y2 - y1), "iscrowd": 0, "segmentation": [], **known})


def make_scene(folder, index, settings):
    """Draws a scene into its file. -> the scene without its picture, (file, line) of what there is to ask."""
    scene = draw_scene(f"{settings.seed}/{index}", settings.crowded)
    rng = random.Random(f"{settings.seed}/{index}/questions")
    name = f"images/{index:06}.png"
    scene.picture.save(folder / name)
    boxes, places = offered_boxes(scene, rng, settings)
    canvas = scene.picture.size if settings.coordinates else None
    offered = questions.Offer(scene, places, len(boxes), settings.labels)
    lines = []
    for number, question in enumerate(questions.ask_all(offered, rng, settings.each, settings.tasks)):
        key = f"{index:06}-{question.task}-{number}"
        request = {"id": key, "image": name, "task": question.task, "query": question.query,
                   "regions": question.regions, "boxes": [] if question.task == "ask" else boxes}
        messages = conversation(name, boxes, question, canvas)
        lines += [("questions", request), ("right", {"id": key, "right": question.right}),
                  ("conversations", {"id": key, "messages": messages})]
    for number, question in enumerate([] if settings.tasks else described(offered, rng, settings.coordinates)):
        line = {"id": f"{index:06}-general-{number}", "messages": conversation(name, boxes, question, canvas)}
        lines.append(("conversations", line))
    known = {"name": name, "size": scene.picture.size, "background": scene.background, "things": scene.things}
    return known, [(file, json.dumps(line) + "\n") for file, line in lines]


def write(folder, count, settings=Settings(), jobs=1, progress=lambda done: None):
    """The same settings write the same files, whatever the number of jobs."""
    folder = pathlib.Path(folder)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    coco = Coco(settings.crowded)
    make = functools.partial(make_scene, folder, settings=settings)
    with contextlib.ExitStack() as stack:
        files = {name: stack.enter_context(open(folder / f"{name}.jsonl", "w", encoding="utf-8"))
                 for name in ("questions", "right", "conversations")}
        pool = stack.enter_context(multiprocessing.Pool(jobs)) if jobs > 1 else None
        scenes = pool.imap(make, range(count), chunksize=8) if pool else map(make, range(count))
        for done, (scene, lines) in enumerate(scenes, 1):
            coco.add(scene)
            for file, line in lines:
                files[file].write(line)
            progress(done)
    (folder / "annotations.json").write_text(json.dumps(coco.json) + "\n", encoding="utf-8")
