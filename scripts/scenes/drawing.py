"""One scene: a picture of objects and signs, and what is where in it.

The rules of the domain: canvas 256 to 512 pixels a side; 1 to 12 objects of 1 to 5 names, their longer
side 28 to 112 pixels, turned by up to 20 degrees, half of them mirrored; 0 to 2 signs that nothing
overlaps. Boxes are x1, y1, x2, y2 in pixels, tight around what is not transparent.
"""
import json
import math
import pathlib
import random
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageFont

DOMAIN = json.loads((pathlib.Path(__file__).parent / "domain.json").read_text(encoding="utf-8"))
NAMES = list(DOMAIN["objects"])
CLASSES = [*NAMES, "sign"]  # what can be detected
LETTERS = sorted({*"".join(DOMAIN["sign_words"]), *"0123456789"})
COLOURS = {name: tuple(rgb) for name, rgb in DOMAIN["colours"].items()}

FONT_FOLDERS = ("/usr/share/fonts/truetype/noto", "/usr/share/fonts/truetype/dejavu")
EMOJI_SIZE = 109  # the only one in the font
SIDES = (256, 512)
OBJECTS, KINDS, SIGNS = (1, 12), (1, 5), (0, 2)
CROWD, CROWD_SIGNS = (12, 20), (4, 8)  # objects, each of another name, and signs of a crowded scene
LONGER_SIDE = (28, 112)
MOST_TURN = 20  # degrees
MOST_OVERLAP = 0.2  # intersection over the smaller area
TEXT_HEIGHT, PADDING = (14, 40), (4, 10)
MOST_GRADIENT, MOST_NOISE = 0.25, 8
LEAST_CONTRAST = 90  # of brightness, 0 to 255, between a word and its sign
TRIES = 60  # places tried for one thing before it is left out


@dataclass
class Thing:
    """An object or a sign."""
    name: str  # of the object; "sign"
    box: tuple
    text: str = ""  # of a sign
    colour: str = ""  # of a sign
    letters: list = field(default_factory=list)  # of a sign: the box of each letter of `text`


@dataclass
class Scene:
    picture: Image.Image
    background: str
    things: list = field(default_factory=list)

    @property
    def objects(self):
        return [thing for thing in self.things if thing.name != "sign"]

    @property
    def signs(self):
        return [thing for thing in self.things if thing.name == "sign"]


def font(name, size):
    for folder in FONT_FOLDERS:
        path = pathlib.Path(folder) / name
        if path.exists():
            return ImageFont.truetype(str(path), size)
    raise FileNotFoundError(f"{name}: not in {', '.join(FONT_FOLDERS)}; install fonts-noto-color-emoji, fonts-dejavu-core")


_glyphs = {}


def glyph(name):
    """The object's picture, RGBA, without empty borders."""
    if name not in _glyphs:
        canvas = Image.new("RGBA", (200, 200))
        character = chr(int(DOMAIN["objects"][name], 16))
        ImageDraw.Draw(canvas).text((30, 30), character, font=font("NotoColorEmoji.ttf", EMOJI_SIZE), embedded_color=True)
        bounds = canvas.getchannel("A").getbbox()
        if bounds is None:
            raise ValueError(f"{name}: the emoji font draws nothing for it")
        _glyphs[name] = canvas.crop(bounds)
    return _glyphs[name]


def draw_object(name, rng):
    """RGBA, cropped to its visible pixels."""
    source = glyph(name)
    scale = rng.uniform(*LONGER_SIDE) / max(source.size)
    size = [max(1, round(side * scale)) for side in source.size]
    picture = source.resize(size, Image.LANCZOS)
    if rng.random() < 0.5:
        picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
    picture = picture.rotate(rng.uniform(-MOST_TURN, MOST_TURN), Image.BICUBIC, expand=True)
    return picture.crop(picture.getchannel("A").getbbox())


def brightness(rgb):
    return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]


def sign_text(rng):
    digits = rng.randint(2, 4)
    number = str(rng.randint(10 ** (digits - 1), 10 ** digits - 1))
    return rng.choice(DOMAIN["sign_words"]) if rng.random() < 0.7 else number


def draw_sign(background, rng):
    """(picture, text, colour name, a box in it for each letter)."""
    # A sign of the background's colour would have no visible edge to put a box around.
    colour = rng.choice([name for name in COLOURS if name != background])
    ink = rng.choice([rgb for rgb in COLOURS.values()
                      if abs(brightness(rgb) - brightness(COLOURS[colour])) >= LEAST_CONTRAST])
    text = sign_text(rng)
    face = rng.choice(DOMAIN["fonts"]["signs"])
    height = rng.randint(*TEXT_HEIGHT)
    size = height
    while font(face, size + 1).getmask(text).size[1] <= height:
        size += 1
    letters = font(face, size)
    left, top, right, bottom = letters.getbbox(text)
    padding = rng.randint(*PADDING)
    picture = Image.new("RGBA", (right - left + 2 * padding, bottom - top + 2 * padding), COLOURS[colour] + (255,))
    ImageDraw.Draw(picture).text((padding - left, padding - top), text, font=letters, fill=ink + (255,))
    boxes = []
    for place, letter in enumerate(text):
        x, y = padding - left + letters.getlength(text[:place]), padding - top
        box = letters.getbbox(letter)
        boxes.append((x + box[0], y + box[1], x + box[2], y + box[3]))
    return picture, text, colour, boxes


def draw_background(width, height, colour, rng):
    pixels = np.tile(np.asarray(COLOURS[colour], np.float64), (height, width, 1))
    kind = rng.choice(["plain", "gradient", "noise"])
    if kind == "gradient":
        angle, strength = rng.uniform(0, 2 * math.pi), rng.uniform(0, MOST_GRADIENT)
        y, x = np.mgrid[0:height, 0:width]
        along = (x / width - 0.5) * math.cos(angle) + (y / height - 0.5) * math.sin(angle)
        pixels *= 1 + strength * (along / np.abs(along).max())[..., None]
    elif kind == "noise":
        noise = np.random.default_rng(rng.getrandbits(64))
        pixels += noise.normal(0, rng.uniform(0, MOST_NOISE), pixels.shape)
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8), "RGB")


def overlap(a, b):
    """Intersection over the smaller area."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return width * height / smaller


def find_place(size, canvas, taken, rng):
    """A box of this size that overlaps no other too much; `taken`: (box, most overlap). None: none was found."""
    if size[0] > canvas[0] or size[1] > canvas[1]:
        return None
    for _ in range(TRIES):
        x, y = rng.randint(0, canvas[0] - size[0]), rng.randint(0, canvas[1] - size[1])
        box = (x, y, x + size[0], y + size[1])
        if all(overlap(box, other) <= most for other, most in taken):
            return box
    return None


def draw_scene(seed, crowded=False):
    """The same seed gives the same scene. A crowded one has more in it than the rules allow: more to learn from a
    picture for what looks at one thing at a time."""
    rng = random.Random(seed)
    canvas = rng.randint(*SIDES), rng.randint(*SIDES)
    background = rng.choice(list(COLOURS))
    scene = Scene(draw_background(*canvas, background, rng), background)
    taken = []  # (box, most overlap with it)

    def put(picture, most, name, letters=(), **more):
        box = find_place(picture.size, canvas, taken, rng)
        if box is None:
            return
        scene.picture.paste(picture, box[:2], picture)
        letters = [(box[0] + x1, box[1] + y1, box[0] + x2, box[1] + y2) for x1, y1, x2, y2 in letters]
        scene.things.append(Thing(name, box, letters=letters, **more))
        taken.append((box, most))

    # Signs first: where the canvas is full, objects are easier to fit around them.
    for _ in range(rng.randint(*(CROWD_SIGNS if crowded else SIGNS))):
        picture, text, colour, letters = draw_sign(background, rng)
        put(picture, 0, "sign", letters, text=text, colour=colour)
    if crowded:
        names = rng.sample(NAMES, rng.randint(*CROWD))
    else:
        kinds = rng.sample(NAMES, rng.randint(*KINDS))
        names = [rng.choice(kinds) for _ in range(rng.randint(*OBJECTS))]
    for name in names:
        put(draw_object(name, rng), MOST_OVERLAP, name)
    if not scene.objects:  # as good as never: the canvas was full of signs
        return draw_scene(f"{seed}+", crowded)
    return scene
