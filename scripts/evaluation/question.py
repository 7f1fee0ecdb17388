"""A question, its right answer, and what the model answered."""
from dataclasses import dataclass, field

from .boxes import iou


@dataclass
class Thing:
    """Something that is in the picture."""
    label: str
    box: list
    area: float = None  # of its outline, where COCO knows it; else the box's
    crowd: bool = False  # many at once: to find it is neither right nor wrong


@dataclass
class Right:
    """The right answer; which part counts depends on the kind of question."""
    things: list = field(default_factory=list)
    count: int = None
    text: str = None
    regions: list = field(default_factory=list)  # indexes of the offered boxes

    def boxes(self, label=None):
        return [thing.box for thing in self.things if not thing.crowd and label in (None, thing.label)]

    def has_crowd(self, label):
        return any(thing.crowd for thing in self.things if thing.label == label)


@dataclass
class Question:
    kind: str  # a key of measures.KINDS
    request: dict  # a line of `fo1 batch`
    right: Right
    group: str = ""  # a part of the data set that is reported by itself, too
    picture: object = None  # whose objects are searched together; None: of this question alone

    @property
    def id(self):
        return self.request["id"]

    @property
    def asked(self):
        return self.request.get("query", [])


@dataclass
class Found:
    label: str
    region: int
    box: list
    score: float


@dataclass
class Answer:
    error: str = ""  # why there is none
    found: list = field(default_factory=list)
    count: int = None
    regions: list = field(default_factory=list)
    texts: list = field(default_factory=list)  # one for each region that was asked about
    words: str = ""  # without region names
    raw: str = ""  # the model's own words

    def boxes(self, label=None):
        """Of distinct regions."""
        chosen = {found.region: found.box for found in self.found if label is None or same_label(found.label, label)}
        return list(chosen.values())

    def best(self):
        return max(self.found, key=lambda found: found.score, default=None)


def same_label(a, b):
    return a.strip().casefold() == b.strip().casefold()


@dataclass
class Asked:
    """A question with the answer it got."""
    question: Question
    answer: Answer

    @property
    def failed(self):
        return bool(self.answer.error)


def closest(box, others):
    """The one of the other boxes that is most like this one."""
    return max(others, key=lambda other: iou(box, other), default=box)
