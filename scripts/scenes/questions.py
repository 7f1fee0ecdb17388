"""What is asked about a scene, and the right answers, in the words that the library puts and reads."""
import itertools
from dataclasses import dataclass, field, replace

from .boxes import area
from .drawing import CLASSES, NAMES

LEAST_APART = 12  # pixels between extremes, for "the leftmost"
LEAST_LARGER = 1.2  # ratio of areas, for "the largest"
MOST_LABELS = 3  # of one detection question, by the rules; a model is to bear more
ABSENT = {"detect": 0.3, "count": 0.15}  # how often a question names something that is not there

# A direction: twice the coordinate of a box's centre, and the sign that makes the extreme the least.
DIRECTIONS = {
    "leftmost": (lambda box: box[0] + box[2], 1),
    "rightmost": (lambda box: box[0] + box[2], -1),
    "topmost": (lambda box: box[1] + box[3], 1),
    "bottommost": (lambda box: box[1] + box[3], -1),
}


@dataclass
class Question:
    task: str
    query: list  # as in a request of `fo1 batch`
    right: dict  # what the answer must hold: "regions" of each label, "count", "text"
    answer: str  # the words of an ideal answer
    regions: list = field(default_factory=list)  # that the question names


def grounded(label, regions):
    return f"<ground>{label}</ground><objects>{''.join(f'<region{region}>' for region in regions)}</objects>"


class Offer:
    """A scene with a list of `count` boxes; `places[i]` is the index in the list of the i-th thing's box, None where
    there is no box of it. Regions can only be answered with what is in the list: `shown`."""

    def __init__(self, scene, places, count, most_labels=MOST_LABELS):
        self.scene, self.count, self.most_labels = scene, count, most_labels
        self.place = {id(thing): place for thing, place in zip(scene.things, places) if place is not None}
        self.shown = replace(scene, things=[thing for thing in scene.things if id(thing) in self.place])

    def regions(self, things):
        return sorted(self.place[id(thing)] for thing in things)

    def named(self, name):
        return [thing for thing in self.shown.things if thing.name == name]

    @property
    def kinds(self):
        return kinds_of(self.shown)

    def some_absent(self, rng, count=1, names=NAMES):
        there = {thing.name for thing in self.scene.things}
        return rng.sample([name for name in names if name not in there], count)


def kinds_of(scene):
    """Names of the objects; signs are no kind of object."""
    return sorted({thing.name for thing in scene.objects})


def detect(offer, rng):
    count = rng.randint(1, offer.most_labels)
    absent = sum(rng.random() < ABSENT["detect"] for _ in range(count))
    there = sorted({thing.name for thing in offer.shown.things})
    present = rng.sample(there, min(count - absent, len(there)))
    asked = present + offer.some_absent(rng, count - len(present), CLASSES)
    rng.shuffle(asked)
    found = {name: offer.regions(offer.named(name)) for name in asked}
    # What is not there is answered in the same form, so that no word has to be decided before the search is over.
    lines = [grounded(name, regions) for name, regions in found.items()]
    return Question("detect", asked, {"regions": found}, "\n".join(lines))


def extreme(things, word):
    """The one of these things that the word means, or None where that is not clear."""
    if len(things) < 2:
        return None
    if word in DIRECTIONS:
        along, sign = DIRECTIONS[word]
        first, second = sorted(things, key=lambda thing: sign * along(thing.box))[:2]
        clear = abs(along(first.box) - along(second.box)) >= 2 * LEAST_APART
    else:
        first, second = sorted(things, key=lambda thing: area(thing.box), reverse=word == "largest")[:2]
        smaller, larger = sorted((area(first.box), area(second.box)))
        clear = larger >= LEAST_LARGER * smaller
    return first if clear else None


def left_of(offer, name, other):
    """The only `name` that is clearly left of the only `other`, or None."""
    anchors = offer.named(other)
    if len(anchors) != 1:
        return None
    along, _ = DIRECTIONS["leftmost"]
    distances = [(along(anchors[0].box) - along(thing.box), thing) for thing in offer.named(name)]
    left = [thing for distance, thing in distances if distance > 0]
    clear = all(abs(distance) >= 2 * LEAST_APART for distance, _ in distances)
    return left[0] if clear and len(left) == 1 else None


def phrases(offer):
    """Kind of phrase -> (phrase, thing) for every phrase that means exactly one thing of the scene."""
    found = {}

    def add(kind, phrase, thing):
        if thing is not None:
            found.setdefault(kind, []).append((phrase, thing))

    for name in offer.kinds:
        for word in [*DIRECTIONS, "largest", "smallest"]:
            add(word, f"the {word} {name}", extreme(offer.named(name), word))
    for name, other in itertools.permutations(offer.kinds, 2):
        add("left of", f"the {name} left of the {other}", left_of(offer, name, other))
    signs = offer.shown.signs
    for sign in signs:
        if sum(other.colour == sign.colour for other in signs) == 1:
            add("colour", f"the {sign.colour} sign", sign)
        if sum(other.text == sign.text for other in signs) == 1:
            add("says", f"the sign that says {sign.text}", sign)
    return found


def ground(offer, rng):
    possible = phrases(offer)
    if not possible:
        return None
    phrase, thing = rng.choice(possible[rng.choice(sorted(possible))])  # kinds evenly
    regions = offer.regions([thing])
    return Question("ground", [phrase], {"regions": {phrase: regions}}, grounded(phrase, regions))


def count(offer, rng):
    absent = rng.random() < ABSENT["count"] or not offer.kinds
    name = offer.some_absent(rng)[0] if absent else rng.choice(offer.kinds)
    regions = offer.regions(offer.named(name))
    answer = f"{grounded(name, regions)}\nThere are {len(regions)} {name} in this image."
    return Question("count", [name], {"count": len(regions), "regions": {name: regions}}, answer)


def ocr(offer, rng):
    if not offer.shown.signs:
        return None
    sign = rng.choice(offer.shown.signs)
    return Question("ocr", [], {"text": sign.text}, sign.text, offer.regions([sign]))


def described(thing):
    if thing.name == "sign":
        return f"a {thing.colour} sign that says {thing.text}"
    return f"a {thing.name}"


def caption(offer, rng):
    if not offer.shown.things:
        return None
    thing = rng.choice(offer.shown.things)
    return Question("caption", [], {"text": described(thing)}, described(thing), offer.regions([thing]))


def similar(offer, rng):
    several = [name for name in offer.kinds if len(offer.named(name)) > 1]
    if not several:
        return None
    things = offer.named(rng.choice(several))
    reference = rng.choice(things)
    others = offer.regions([thing for thing in things if thing is not reference])
    return Question("similar", [], {"regions": {"object": others}}, grounded("object", others),
                    offer.regions([reference]))


def about_picture(offer, rng):
    """Questions that need no region -> their answers."""
    scene = offer.scene
    kinds = kinds_of(scene)
    possible = {
        f"Is there a {rng.choice(kinds)} in the image?": "yes",
        f"Is there a {offer.some_absent(rng)[0]} in the image?": "no",
        "What colour is the background?": scene.background,
        "How many kinds of objects are there?": str(len(kinds)),
    }
    if len(scene.signs) == 1:
        possible["What does the sign say?"] = scene.signs[0].text
    return possible


def answered(words, answer):
    return Question("ask", [words], {"text": answer}, answer)


def ask(offer, rng):
    possible = about_picture(offer, rng)
    words = rng.choice(sorted(possible))
    return answered(words, possible[words])


def which_kinds(scene):
    """What a model should learn before it counts kinds: to name each once."""
    return answered("Which kinds of objects are there?", ", ".join(kinds_of(scene)))


def place_of(thing, canvas):
    """Which ninth of the picture its centre is in: "top left", "centre", "bottom"."""
    x = min(int(3 * (thing.box[0] + thing.box[2]) / 2 / canvas[0]), 2)
    y = min(int(3 * (thing.box[1] + thing.box[3]) / 2 / canvas[1]), 2)
    return (y, x), " ".join([*(["top", "", "bottom"][y:y + 1]), *(["left", "", "right"][x:x + 1])]).strip() or "centre"


def general(offer, rng):
    """What a model should learn of a picture before it learns of regions: everything in it, and where."""
    canvas = offer.scene.picture.size
    things = [(*place_of(thing, canvas), thing) for thing in offer.scene.things]
    things.sort(key=lambda entry: (entry[0], entry[2].box))
    everything = ", ".join(f"{described(thing)} at the {place}" for _, place, thing in things)
    place = rng.choice(things)[1]
    there = ", ".join(described(thing) for _, other, thing in things if other == place)
    return [Question("ask", ["Describe the image."], {}, f"{everything} on {offer.scene.background}"),
            Question("ask", [f"What is at the {place}?"], {}, there), which_kinds(offer.scene)]


def listing(offer):
    """What a model should learn of regions first: which token is which, by a hint for every single one."""
    there = {place: described(thing) for thing in offer.shown.things for place in offer.regions([thing])}
    lines = [f"<region{region}> {there.get(region, 'nothing')}" for region in range(offer.count)]
    return Question("list", [], {}, "\n".join(lines))


# Task -> what makes a question of it, or None where the scene has nothing to ask about.
TASKS = {"detect": detect, "ground": ground, "count": count, "ocr": ocr, "caption": caption,
         "similar": similar, "ask": ask}


def ask_all(offered, rng, each, tasks=()):
    """Up to `each` different questions of every task, or of these."""
    asked = []
    for make in map(TASKS.get, tasks or TASKS):
        for question in (make(offered, rng) for _ in range(each)):
            if question and not any((question.query, question.regions, question.task) ==
                                    (other.query, other.regions, other.task) for other in asked):
                asked.append(question)
    return asked
