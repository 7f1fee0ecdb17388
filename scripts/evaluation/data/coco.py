"""Detection on pictures with annotations in COCO's format: every picture is asked for names of the data set."""
from ..boxes import corners
from ..files import read_object
from ..question import Question, Right, Thing
from .offers import Offers
from .pictures import Pictures


def by_image(coco, categories):
    """Image id -> things in it."""
    found = {}
    for annotation in coco.records("annotations"):
        category = annotation.get("category_id", int)
        if category not in categories:
            annotation.fail(f'"category_id": no category has the id {category}')
        thing = Thing(categories[category], corners(annotation.box("bbox")), annotation.get("area", float, None),
                      annotation.get("iscrowd", int, 0) == 1)
        found.setdefault(annotation.get("image_id", int), []).append(thing)
    return found


def chunks(labels, size):
    size = size or max(1, len(labels))
    return [labels[start:start + size] for start in range(0, len(labels), size)]


def questions(options):
    coco = read_object(options.annotations)
    categories = {entry.get("id", int): entry.get("name", str) for entry in coco.records("categories")}
    things, pictures, offers = by_image(coco, categories), Pictures(options.images), Offers(options.boxes)
    found = []
    for image in coco.records("images"):
        key, name = image.get("id", int), image.get("file_name", str)
        there = things.get(key, [])
        labels = [label for label in categories.values()
                  if options.ask == "all" or any(thing.label == label for thing in there)]
        for number, asked in enumerate(chunks(labels, options.labels_per_question)):
            request = {"id": f"{key}-{number}", "image": pictures.named(name), "task": "detect", "query": asked,
                       **offers.of(name, image)}
            right = Right([thing for thing in there if thing.label in asked])
            found.append(Question("detect", request, right, picture=key))
    return found
