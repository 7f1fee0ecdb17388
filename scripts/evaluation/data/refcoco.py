"""RefCOCO, RefCOCO+, RefCOCOg: phrases that mean one thing.

Either the published `refs(unc).p` (`refs(umd).p`) with `instances.json` beside it, or a line a phrase:
{"image": "1.jpg", "phrase": "the man on the left", "box": [x1, y1, x2, y2], "id": optional}
"""
import pathlib
import pickle

from ..boxes import corners
from ..files import InputError, Record, read_object, read_records
from ..question import Question, Right, Thing
from .offers import Offers
from .pictures import Pictures


class PlainUnpickler(pickle.Unpickler):
    """Of lists, dictionaries, numbers and texts alone: a pickle can otherwise run anything."""

    def find_class(self, module, name):
        raise pickle.UnpicklingError(f"holds {module}.{name}")


def read_refs(path):
    try:
        with open(path, "rb") as file:
            refs = PlainUnpickler(file, encoding="latin1").load()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except (pickle.UnpicklingError, EOFError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise InputError(f"{path}: not a pickle of plain data: {error}") from error
    if not isinstance(refs, list):
        raise InputError(f"{path}: not a list")
    return [Record(ref, f"{path}: entry {number}") for number, ref in enumerate(refs)]


def phrases_of_refs(path, split):
    """(id, file name, phrase, box, where) of each sentence of the split."""
    instances = read_object(pathlib.Path(path).parent / "instances.json")
    boxes = {entry.get("id", int): corners(entry.box("bbox")) for entry in instances.records("annotations")}
    names = {entry.get("id", int): entry.get("file_name", str) for entry in instances.records("images")}
    refs = read_refs(path)
    splits = sorted({ref.get("split", str) for ref in refs})
    if split not in splits:
        raise InputError(f"{path}: no split {split}; has {', '.join(splits)} (--split)")
    for ref in (ref for ref in refs if ref.get("split", str) == split):
        image, annotation = ref.get("image_id", int), ref.get("ann_id", int)
        if image not in names or annotation not in boxes:
            ref.fail(f"instances.json has not its image {image} and annotation {annotation}")
        for sentence in ref.records("sentences"):
            yield sentence.get("sent_id", int), names[image], sentence.get("sent", str), boxes[annotation], sentence


def phrases_of_lines(path):
    for number, record in enumerate(read_records(path)):
        yield (record.fields.get("id", number), record.get("image", str), record.get("phrase", str), record.box("box"),
               record)


def questions(options):
    pictures, offers = Pictures(options.images), Offers(options.boxes)
    path = pathlib.Path(options.annotations)
    is_pickle = path.suffix == ".p"
    phrases = phrases_of_refs(path, options.split) if is_pickle else phrases_of_lines(path)
    found = []
    for key, name, phrase, box, record in phrases:
        request = {"id": key, "image": pictures.named(name), "task": "ground", "query": [phrase],
                   **offers.of(name, record)}
        found.append(Question("ground", request, Right([Thing(phrase, box)])))
    return sorted(found, key=lambda question: question.request["image"])  # a picture's questions share its encoding
