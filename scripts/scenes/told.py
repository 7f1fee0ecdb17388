"""Scenes told in words instead of drawn: for a language model to learn from, before it sees, how to look things up, to
match names and to count.

  conversations.jsonl   a line a question: what is in each region and the question, then the ideal answer
"""
import json
import pathlib
import random

from . import questions, told_cells
from .drawing import COLOURS, NAMES, SIGNS, Scene, Thing, sign_text
from .wording import words_of

OBJECTS = 1, 7  # fewer than in drawn scenes: a question costs as many words as there are regions
ALL_DIFFERENT = 0.5  # part of the scenes, in which only a name tells which region is meant
REGIONS = 60  # region names that may occur
IN_A_ROW = 0.5  # part of the scenes whose regions are numbered without gaps, as in pictures: neighbours are told apart
NOWHERE = (0, 0, 1, 1)  # the box of everything: nothing is asked about places


def told_scene(rng):
    scene = Scene(None, rng.choice(list(COLOURS)))
    count = rng.randint(*OBJECTS)
    if rng.random() < ALL_DIFFERENT:
        names = rng.sample(NAMES, count)
    else:
        kinds = rng.sample(NAMES, rng.randint(1, (count + 1) // 2))
        names = [rng.choice(kinds) for _ in range(count)]
    scene.things = [Thing(name, NOWHERE) for name in names]
    for _ in range(rng.randint(*SIGNS)):
        colour = rng.choice([name for name in COLOURS if name != scene.background])
        scene.things.append(Thing("sign", NOWHERE, sign_text(rng), colour))
    return scene


def in_words(thing):
    return f"{thing.colour} sign {thing.text}" if thing.name == "sign" else thing.name


def listed(scene, rng):
    """(a line for each region, with what is in it; region of each thing): some regions have no thing."""
    count = len(scene.things) + rng.randint(0, len(scene.things))
    regions = rng.sample(range(count if rng.random() < IN_A_ROW else REGIONS), count)
    there = {region: in_words(thing) for region, thing in zip(regions, scene.things)}
    return [f"<region{region}> {there.get(region, 'nothing')}" for region in sorted(regions)], regions[:len(scene.things)]


def everything(scene, places, lines, rng):
    """What teaches most in few words: all that was told once more, and the regions of each kind."""
    names = sorted({thing.name for thing in scene.things})
    rng.shuffle(names)
    offered = questions.Offer(scene, places, 0)
    found = [questions.grounded(name, offered.regions(offered.named(name))) for name in names]
    return [questions.Question("list", [], {}, "\n".join(lines)), questions.Question("detect", names, {}, "\n".join(found))]


def tell(rng, each):
    """(words that tell a scene, up to `each` questions of every task and about everything)"""
    scene = told_scene(rng)
    lines, places = listed(scene, rng)
    asked = questions.ask_all(questions.Offer(scene, places, 0), rng, each)
    return f"{''.join(lines)} on {scene.background}\n", asked + everything(scene, places, lines, rng)


# What words tell -> what makes them, and questions.
WAYS = {"regions": tell, "cells": told_cells.tell}


def write(folder, count, seed, each, way="regions"):
    """The same arguments write the same file."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "conversations.jsonl", "w", encoding="utf-8") as file:
        for index in range(count):
            words, asked = WAYS[way](random.Random(f"{seed}/{index}/told"), each)
            for number, question in enumerate(asked):
                text = words_of(question.task, question.query, question.regions)
                content = [{"type": "text", "text": part} for part in (words, text)]
                messages = [{"role": "user", "content": content}, {"role": "assistant", "content": question.answer}]
                file.write(json.dumps({"id": f"{index:06}-{question.task}-{number}", "messages": messages}) + "\n")
