"""Scenes told in words as the tokens of an image tell them: what each cell of a coarse grid shows. From these a language
model learns to count kinds of things, of which each takes several cells.
"""
import itertools

from . import questions
from .drawing import COLOURS, KINDS, NAMES, OBJECTS, TRIES, Scene, Thing

SIDES = (4, 8)  # cells down, and across
MOST_CELLS = (3, 3)  # of an object
SIGN_CELLS = (1, 2)  # of a sign, at most
SIGN = 0.4  # part of the scenes that have one
SHOWN = 0.9  # part of an object's cells that show it
NOTHING = "nothing"


def place(grid, word, cells, rng):
    """Writes the word into a free rectangle of up to so many cells; -> its box in cells, or None where there is none."""
    height, width = (rng.randint(1, most) for most in cells)
    for _ in range(TRIES):
        y, x = rng.randint(0, len(grid) - height), rng.randint(0, len(grid[0]) - width)
        taken = list(itertools.product(range(y, y + height), range(x, x + width)))
        if any(grid[row][column] != NOTHING for row, column in taken):
            continue
        first = rng.choice(taken)  # a thing is seen somewhere
        for row, column in taken:
            if (row, column) == first or rng.random() < SHOWN:
                grid[row][column] = word
        return x, y, x + width, y + height
    return None


def scene_in_cells(rng):
    """(scene, its grid of words)"""
    across = rng.randint(*SIDES)
    grid = [[NOTHING] * across for _ in range(rng.randint(*SIDES))]
    scene = Scene(None, rng.choice(list(COLOURS)))
    if rng.random() < SIGN:  # no kind of object; what it says is not told, and not asked
        colour = rng.choice([name for name in COLOURS if name != scene.background])
        place(grid, f"{colour} sign", SIGN_CELLS, rng)
    kinds = rng.sample(NAMES, rng.randint(*KINDS))
    for name in rng.choices(kinds, k=rng.randint(*OBJECTS)):
        box = place(grid, name, MOST_CELLS, rng)
        if box:
            scene.things.append(Thing(name, box))
    return (scene, grid) if scene.things else scene_in_cells(rng)


def tell(rng, each):
    """(words that tell a scene, up to `each` questions and which kinds there are)"""
    scene, grid = scene_in_cells(rng)
    words = f"{''.join(f' {word}' for row in grid for word in row)} on {scene.background}\n"
    possible = questions.about_picture(questions.Offer(scene, [None] * len(scene.things), 0), rng)
    chosen = rng.sample(sorted(possible), min(each, len(possible)))
    return words, [questions.answered(text, possible[text]) for text in chosen] + [questions.which_kinds(scene)]
