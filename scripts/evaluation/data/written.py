"""A folder that scripts/make_scenes wrote, asked of a model that writes coordinates instead of naming regions."""
import re
from dataclasses import dataclass, field, replace

from scenes.wording import read_coordinates, with_coordinates, words_of

from ..files import read_object, require_folder
from ..question import Found, Question
from . import scenes

TASKS = ("detect", "ground", "count", "ocr", "ask")
NUMBER = re.compile(r"\d+")


@dataclass
class WrittenQuestion(Question):
    labels: list = field(default_factory=list)
    canvas: tuple = (0, 0)  # width and height of the picture

    @property
    def asked(self):
        return self.labels


def canvases(folder):
    """Path of a picture -> its width and height."""
    images = read_object(folder / "annotations.json").records("images")
    return {str(folder / image.get("file_name", str)): (image.get("width", int), image.get("height", int))
            for image in images}


def reworded(question, canvas):
    """The question as words alone. The library's `ask` puts them as they are."""
    request = question.request
    words = words_of(question.kind, request["query"], request.get("regions", []))
    words = with_coordinates(words, request.get("boxes", []), canvas)
    asked = {"id": request["id"], "image": request["image"], "task": "ask", "query": [words]}
    return WrittenQuestion(question.kind, asked, question.right, labels=request["query"], canvas=canvas)


def questions(options):
    options.boxes = "given"  # of which the questions name some
    options.tasks = [task for task in options.tasks if task in TASKS]
    sizes = canvases(require_folder(options.folder))
    return [reworded(question, sizes[question.request["image"]]) for question in scenes.questions(options)]


def last_number(text):
    numbers = NUMBER.findall(text)
    return int(numbers[-1]) if numbers else None


def understand(pair):
    """What the words say, in the form of an answer that names regions."""
    question, answer = pair.question, pair.answer
    found = []
    for line in answer.raw.replace("<|im_end|>", "").split("\n"):
        label = re.search("<ground>(.*?)</ground>", line)
        for box in read_coordinates(line, question.canvas) if label else []:
            found.append(Found(label[1], len(found), box, 1.0))
    words = answer.raw.strip()
    count = last_number(words.split("\n")[-1]) if question.kind == "count" else None
    return replace(pair, answer=replace(answer, found=found, count=count, texts=[words], words=words))
