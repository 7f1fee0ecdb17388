#!/usr/bin/env python3
"""Scenes of the demonstration domain: drawn by the rules, asked about without doubt, the same for a seed."""
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
try:
    from PIL import Image
    from scenes import dataset, drawing, proposed, questions, told
    from scenes.wording import WORDING, read_coordinates
    drawing.glyph("apple")
except (ImportError, OSError) as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

SCENES = [drawing.draw_scene(f"test/{i}") for i in range(40)]


def wording(name):
    """A default of the library's TaskWording: C++ literals side by side are one text."""
    text = (ROOT / "src/task/wording.h").read_text(encoding="utf-8")
    literals = re.search(rf"std::string {name} =(.*?);\n", text, re.DOTALL).group(1)
    return "".join(re.findall(r'"(.*?)"', literals))


class DrawingTest(unittest.TestCase):
    def test_the_rules(self):
        for scene in SCENES:
            width, height = scene.picture.size
            self.assertTrue(256 <= width <= 512 and 256 <= height <= 512)
            self.assertTrue(1 <= len(scene.objects) <= 12)
            self.assertTrue(len({thing.name for thing in scene.objects}) <= 5)
            self.assertTrue(len(scene.signs) <= 2)
            self.require_room(scene)

    def require_room(self, scene):
        width, height = scene.picture.size
        for thing in scene.things:
            x1, y1, x2, y2 = thing.box
            self.assertTrue(0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height)
            for other in scene.things:
                if other is not thing:
                    most = 0 if "sign" in (thing.name, other.name) else 0.2
                    self.assertLessEqual(drawing.overlap(thing.box, other.box), most)

    def test_crowded_scenes_hold_more(self):
        scenes = [drawing.draw_scene(f"test/{i}", crowded=True) for i in range(10)]
        for scene in scenes:
            self.require_room(scene)
            names = [thing.name for thing in scene.objects]
            self.assertEqual(len(names), len(set(names)))
        self.assertGreater(sum(len(scene.objects) for scene in scenes), 100)
        self.assertGreater(sum(len(scene.signs) for scene in scenes), 25)

    def test_boxes_are_tight(self):
        rng = random.Random(1)
        for name in drawing.NAMES[::7]:
            alpha = drawing.draw_object(name, rng).getchannel("A")
            self.assertEqual(alpha.getbbox(), (0, 0, *alpha.size))

    def test_every_object_is_in_the_font(self):
        pictures = {drawing.glyph(name).tobytes() for name in drawing.NAMES}
        self.assertEqual(len(pictures), 91)  # no two are the box of a missing character

    def test_all_there_is_comes_up(self):
        self.assertTrue({0, 1, 2} <= {len(scene.signs) for scene in SCENES})
        self.assertGreater(len({scene.background for scene in SCENES}), 5)
        texts = [sign.text for scene in SCENES for sign in scene.signs]
        self.assertTrue(any(text.isdigit() for text in texts) and any(text.isalpha() for text in texts))


class QuestionsTest(unittest.TestCase):
    def setUp(self):
        self.asked = []
        for index, scene in enumerate(SCENES):
            rng = random.Random(index)
            boxes, places = dataset.offer(scene, rng)
            offered = questions.Offer(scene, places, len(boxes))
            self.asked += [(scene, boxes, places, question) for question in questions.ask_all(offered, rng, each=4)]

    def test_every_task_is_asked(self):
        self.assertEqual({question.task for *_, question in self.asked}, set(questions.TASKS))

    def test_right_regions_are_the_boxes_of_what_is_named(self):
        for scene, boxes, _, question in self.asked:
            for label, regions in question.right.get("regions", {}).items():
                if question.task not in ("detect", "count"):
                    continue
                expected = sorted(thing.box for thing in scene.things if thing.name == label)
                self.assertEqual(sorted(tuple(boxes[region]) for region in regions), expected)
                self.assertEqual(question.right.get("count", len(regions)), len(expected))

    def test_more_names_can_be_asked_for(self):
        for most in (questions.MOST_LABELS, 6):
            counts = set()
            for index, scene in enumerate(SCENES):
                offered = questions.Offer(scene, range(len(scene.things)), len(scene.things), most)
                counts |= {len(question.query) for question in questions.ask_all(offered, random.Random(index), 4, ["detect"])}
            self.assertEqual(counts, set(range(1, most + 1)))

    def test_a_phrase_means_one_thing(self):
        centre = {"leftmost": (0, min), "rightmost": (0, max), "topmost": (1, min), "bottommost": (1, max)}
        seen = set()
        for scene, boxes, _, question in self.asked:
            if question.task != "ground":
                continue
            (phrase, (region,)), = question.right["regions"].items()
            match = re.fullmatch(r"the (leftmost|rightmost|topmost|bottommost) (.*)", phrase)
            if not match:
                continue
            seen.add(match[1])
            axis, pick = centre[match[1]]
            at = [(thing.box[axis] + thing.box[axis + 2]) / 2 for thing in scene.things if thing.name == match[2]]
            extreme = pick(at)
            self.assertEqual((boxes[region][axis] + boxes[region][axis + 2]) / 2, extreme)
            self.assertTrue(all(abs(other - extreme) >= 12 for other in at if other != extreme))
            self.assertEqual(at.count(extreme), 1)
        self.assertEqual(seen, set(centre))

    def test_what_has_no_region_is_not_pointed_at(self):
        for index, scene in enumerate(SCENES):
            places = [None, *range(len(scene.things) - 1)]  # nobody found the first
            offered = questions.Offer(scene, places, len(scene.things))
            hidden, shown = scene.things[0], scene.things[1:]
            for question in questions.ask_all(offered, random.Random(index), each=8):
                for label, regions in question.right.get("regions", {}).items():
                    if question.task in ("detect", "count"):
                        self.assertEqual(regions, [i for i, thing in enumerate(shown) if thing.name == label])
                    if "the smallest" in label or "the largest" in label:
                        self.assertEqual(shown[regions[0]].name, label.split(maxsplit=2)[2])
                if question.query == [f"Is there a {hidden.name} in the image?"]:
                    self.assertEqual(question.answer, "yes")

    def test_a_thing_has_the_proposal_that_fits_best(self):
        things = [drawing.Thing("cat", (0, 0, 10, 10)), drawing.Thing("dog", (4, 0, 14, 10)), drawing.Thing("owl", (50, 50, 60, 60))]
        boxes = [(0, 0, 10, 9), (50, 50, 60, 54), (3, 0, 13, 10), (0, 0, 10, 8)]
        self.assertEqual(proposed.places_of(things, boxes), [0, 2, None])

    def test_distractors_are_nothing_of_the_scene(self):
        for scene, boxes, places, _ in self.asked:
            for index, box in enumerate(boxes):
                if index not in places:
                    self.assertTrue(all(dataset.iou(box, thing.box) <= dataset.MOST_IOU for thing in scene.things))

    def test_words_are_those_of_the_library(self):
        names = {"ground": "detect", "caption": "caption_brief"}
        for task, words in WORDING.items():
            if task not in ("ask", "list"):
                self.assertEqual(words, wording(names.get(task, task)))


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class DatasetTest(unittest.TestCase):
    def write(self, count, **settings):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        dataset.write(folder.name, count, dataset.Settings(**settings))
        return pathlib.Path(folder.name)

    def test_a_seed_is_a_data_set(self):
        first, again = self.write(count=3, seed=7), self.write(count=3, seed=7)
        files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
        self.assertEqual(len(files), 3 + 4)
        for file in files:
            self.assertEqual((first / file).read_bytes(), (again / file).read_bytes(), file)
        self.assertNotEqual((first / "annotations.json").read_bytes(),
                            (self.write(count=3, seed=8) / "annotations.json").read_bytes())

    def test_coco_and_lines_agree(self):
        folder = self.write(count=5, seed=3, each=2)
        coco = json.loads((folder / "annotations.json").read_text())
        self.assertEqual([len(coco["images"]), len(coco["categories"])], [5, 92])
        for image in coco["images"]:
            self.assertTrue((folder / image["file_name"]).is_file())
        requests, answers, talks = (lines(folder / f"{name}.jsonl") for name in ("questions", "right", "conversations"))
        descriptions = [line for line in talks if "-general-" in line["id"]]
        self.assertEqual(len(descriptions), 4 * len(coco["images"]))
        talks = [line for line in talks if line not in descriptions]
        self.assertEqual([line["id"] for line in requests], [line["id"] for line in talks])
        self.assertEqual([line["id"] for line in requests], [line["id"] for line in answers])
        self.assertEqual(len({line["id"] for line in requests}), len(requests))
        for request, talk in zip(requests, talks):
            self.assertEqual([message["role"] for message in talk["messages"]], ["user", "assistant"])
            self.assertEqual(talk["messages"][0].get("bbox_list", []), request["boxes"])

    def test_only_some_tasks_are_asked(self):
        folder = self.write(count=5, seed=3, each=6, tasks=["ground", "ocr"])
        asked = [line["id"].split("-")[1] for line in lines(folder / "conversations.jsonl")]
        self.assertEqual(set(asked), {"ground", "ocr"})
        self.assertGreater(asked.count("ground"), 5)
        self.assertEqual(len(asked), len(lines(folder / "questions.jsonl")))

    def test_a_network_can_offer_the_boxes(self):
        if "FO1_LIBRARY" not in os.environ:
            self.skipTest("FO1_LIBRARY names no C library")
        folder = self.write(count=4, seed=3, each=3, proposals=ROOT / "models/demo/proposals")
        things = {image["file_name"]: [] for image in json.loads((folder / "annotations.json").read_text())["images"]}
        for index, name in enumerate(things):
            things[name] = drawing.draw_scene(f"3/{index}").things
        pointed = 0
        right = {line["id"]: line["right"] for line in lines(folder / "right.jsonl")}
        for request in lines(folder / "questions.jsonl"):
            for label, regions in right[request["id"]].get("regions", {}).items():
                if request["task"] not in ("detect", "count"):
                    continue
                for box in (request["boxes"][region] for region in regions):
                    self.assertGreaterEqual(max(dataset.iou(box, thing.box) for thing in things[request["image"]]
                                                if thing.name == label), 0.5)
                    pointed += 1
        self.assertGreater(pointed, 5)

    def test_bad_options_are_named(self):
        for options, message in {("--tasks", "ground,find"): '"find" is none of detect, ground',
                                 ("--proposals", "nowhere"): "nowhere/config.json: no such file",
                                 ("--told", "--labels", "6"): "--labels is for scenes that are drawn, not for --told",
                                 ("--told", "--crowded"): "--crowded is for scenes that are drawn"}.items():
            done = subprocess.run([sys.executable, "-B", ROOT / "scripts/make_scenes", "--out", "none", "--scenes", "1", *options],
                                  capture_output=True, text=True)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(message, done.stderr)

    def test_boxes_can_be_written_out(self):
        named, written = (self.write(count=4, seed=3, coordinates=each) for each in (False, True))
        checked = 0
        talks = {talk["id"]: talk for talk in lines(named / "conversations.jsonl")}
        for other in lines(written / "conversations.jsonl"):
            talk = talks[other["id"]]
            user, answer = talk["messages"]
            self.assertNotIn("bbox_list", other["messages"][0])
            places = [user["bbox_list"][int(region)] for region in re.findall(r"<region(\d+)>", answer["content"])]
            with Image.open(named / user["content"][0]["image_url"]["url"]) as picture:
                boxes = read_coordinates(other["messages"][1]["content"], picture.size)
            self.assertEqual(len(boxes), len(places))
            for box, place in zip(boxes, places):
                self.assertGreater(dataset.iou(box, place), 0.9)
                checked += 1
        self.assertGreater(checked, 10)

    def test_words_tell_all_that_is_asked(self):
        with tempfile.TemporaryDirectory() as folder:
            told.write(folder, 30, 5, 2)
            talks = lines(pathlib.Path(folder) / "conversations.jsonl")
        self.assertEqual({talk["id"].split("-")[1] for talk in talks}, {*questions.TASKS, "list"})
        for talk in talks:
            user, answer = talk["messages"]
            words, asked = (part["text"] for part in user["content"])
            there = dict(re.findall(r"<region(\d+)> ([^<]*?)(?=<| on )", words))
            self.assertLessEqual(set(re.findall(r"<region(\d+)>", asked + answer["content"])), set(there))
            for label, named in re.findall(r"<ground>([^<]*)</ground><objects>(.*?)</objects>", answer["content"]):
                if label == "object" or label.startswith("the "):
                    continue
                right = [region for region, what in there.items()
                         if what == label or label == "sign" and re.match(r"\w+ sign ", what)]
                self.assertEqual(re.findall(r"\d+", named), right)
            if asked == "What is in each region?":
                self.assertEqual(dict(line[len("<region"):].split("> ") for line in answer["content"].splitlines()), there)

    def test_words_tell_cells(self):
        with tempfile.TemporaryDirectory() as folder:
            told.write(folder, 60, 5, 4, "cells")
            talks = lines(pathlib.Path(folder) / "conversations.jsonl")
        seen = set()
        for talk in talks:
            user, answer = talk["messages"]
            words, asked = (part["text"] for part in user["content"])
            cells, background = words.strip().rsplit(" on ", 1)
            cells = re.sub(r"\b\w+ sign\b", "", cells)  # "orange sign" shows no orange
            there = {name for name in drawing.NAMES if f" {name} " in f" {cells} "}
            if asked == "How many kinds of objects are there?":
                self.assertEqual(answer["content"], str(len(there)), words)
            elif asked == "Which kinds of objects are there?":
                self.assertEqual(answer["content"], ", ".join(sorted(there)))
            elif asked == "What colour is the background?":
                self.assertEqual(answer["content"], background)
            else:
                name = re.fullmatch("Is there a (.*) in the image\\?", asked).group(1)
                self.assertEqual(answer["content"], "yes" if name in there else "no")
            seen.add((asked.split()[0], answer["content"] if asked.startswith("Is") else ""))
        self.assertEqual(seen, {("How", ""), ("Which", ""), ("What", ""), ("Is", "yes"), ("Is", "no")})

    def test_every_region_is_told(self):
        folder = self.write(count=4, seed=3)
        things = {}
        for request in lines(folder / "questions.jsonl"):
            if request["task"] == "caption":
                things[request["image"], request["regions"][0]] = request["id"]
        right = {line["id"]: line["right"] for line in lines(folder / "right.jsonl")}
        listings = {talk["messages"][0]["content"][0]["image_url"]["url"]: talk["messages"]
                    for talk in lines(folder / "conversations.jsonl")
                    if talk["messages"][0]["content"][1]["text"] == "What is in each region?"}
        self.assertEqual(len(listings), 4)
        for user, answer in listings.values():
            told = answer["content"].splitlines()
            self.assertEqual(len(told), len(user["bbox_list"]))
            self.assertTrue(any(line.endswith(" nothing") for line in told))
        for (image, region), key in things.items():
            told = listings[image][1]["content"].splitlines()[region]
            self.assertEqual(told, f"<region{region}> {right[key]['text']}")

    def test_the_program_takes_the_questions(self):
        folder = self.write(count=3, seed=3)
        subprocess.run([os.environ["FO1_PROGRAM"], "batch", "--model", ROOT / "models/tiny", "--max-new-tokens", "1",
                        "--requests", folder / "questions.jsonl", "--out", folder / "answers.jsonl"],
                       check=True, capture_output=True)
        self.assertEqual([line["id"] for line in lines(folder / "answers.jsonl") if line["ok"]],
                         [line["id"] for line in lines(folder / "questions.jsonl")])


if __name__ == "__main__":
    unittest.main()
