"""Answers are those of the `fo1` program, and are handed on in the forms that others read."""

import dataclasses
import json
import unittest
from unittest import mock

import numpy as np

import fo1
from support import BOXES, BOXES_FILE, LABELS, MODEL, PICTURE, Test, from_program, model

QUESTIONS = [
    ("detect", LABELS, []),
    ("ground", ["red circle"], []),
    ("count", ["blue square"], []),
    ("ocr", [], [1, 3]),
    ("caption", ["detailed"], [2]),
    ("describe", [], []),
    ("similar", [], [2]),
    ("reason", ["What is red?"], []),
    ("ask", ["What is red?"], []),
]
METHODS = {
    "detect": lambda scene: scene.detect(LABELS),
    "ground": lambda scene: scene.ground("red circle"),
    "count": lambda scene: scene.count("blue square"),
    "ocr": lambda scene: scene.ocr([1, 3]),
    "caption": lambda scene: scene.caption([2], detailed=True),
    "describe": lambda scene: scene.describe(),
    "similar": lambda scene: scene.similar(2),
    "reason": lambda scene: scene.reason("What is red?"),
    "ask": lambda scene: scene.ask("What is red?"),
}


def untimed(result):
    return {key: value for key, value in result.items() if key != "timings_ms"}


class AgainstTheProgram(Test):
    def test_every_task(self):
        scene = self.scene()
        for task, query, regions in QUESTIONS:
            with self.subTest(task):
                words = [word for text in query for word in ("--query", text)]
                words += [word for region in regions for word in ("--region", region)]
                expected = from_program(
                    task, "--model", MODEL, "--image", PICTURE, "--boxes", BOXES_FILE, "--max-new-tokens", "80", *words
                )
                answer = scene.run(task, query, regions, max_new_tokens=80)
                self.assert_same(untimed(answer.to_dict()), untimed(expected))
                self.assert_fields(answer, expected)
        self.assertEqual(scene.stage_counts.encode_primary, 1)

    def assert_fields(self, answer, expected):
        """The dataclass holds what the JSON says."""
        fields = untimed(json.loads(json.dumps(dataclasses.asdict(dataclasses.replace(answer, _result=None)))))
        for name, value in expected.items():
            if name in fields and name != "detections":
                self.assert_same(fields[name], value, name)
        detections = [{k: v for k, v in entry.items() if v is not None} for entry in fields["detections"]]
        self.assert_same(detections, expected.get("detections", []))
        self.assertEqual(answer.image_size, (256, 256))
        self.assertEqual((answer.proposal_source, answer.proposal_count), ("given", 7))

    def test_each_method_is_its_task(self):
        scene = self.scene()
        for task, query, regions in QUESTIONS:
            with self.subTest(task):
                answer, other = METHODS[task](scene), scene.run(task, query, regions)
                self.assertEqual(answer.task, task)
                self.assert_same(untimed(answer.to_dict()), untimed(other.to_dict()))

    def test_chat_and_trace(self):
        content = [
            {"type": "image_url", "image_url": {"url": PICTURE.name}},
            {"type": "text", "text": "What is <region2>?"},
        ]
        messages = [{"role": "user", "content": content, "bbox_list": BOXES}]
        file, talk = self.folder / "trace.safetensors", self.folder / "talk.json"
        talk.write_text(json.dumps(messages))
        answer = model().chat(messages, root=PICTURE.parent)
        traced = model().trace(json.dumps({"messages": messages}), file, root=PICTURE.parent)
        expected = from_program("chat", "--model", MODEL, "--messages", talk, "--root", PICTURE.parent)
        self.assert_same(untimed(answer.to_dict()), untimed(expected))
        self.assertEqual(traced.text, answer.text)
        self.assertGreater(file.stat().st_size, 1000)


class Options(Test):
    def test_lengths_and_sampling(self):
        scene = self.scene()
        short = scene.detect(LABELS, max_new_tokens=np.int64(3), top_p=1)
        self.assertEqual((short.finish, short.tokens.generated), ("length", 3))
        hot = {"temperature": 50.0, "max_new_tokens": 12}
        first, same, other = (scene.describe(**hot, seed=seed).text for seed in (1, 1, 2))
        self.assertEqual(first, same)
        self.assertNotEqual(first, other)
        self.assertEqual(scene.describe(**hot, seed=1, top_k=1).text, scene.describe(max_new_tokens=12).text)

    def test_more_regions_than_a_prompt_holds(self):
        boxes = BOXES + [[200, 200, 210, 210]] * model().region_limit
        scene = self.scene(boxes[::-1])
        self.assertNotIn("red circle", scene.detect(["red circle"], max_new_tokens=40).labels)
        self.assertIn("red circle", scene.detect("red circle", all_regions=True, max_new_tokens=40).labels)

    def test_errors(self):
        scene = self.scene()
        for text, ask in [
            ("takes at least 1 query", lambda: scene.detect([])),
            ("zero character", lambda: scene.ground("a\0b")),
            ("not a text", lambda: scene.ground("\ud800")),
            ("dance", lambda: scene.run("dance")),
            ("top_p", lambda: scene.detect("x", top_p=2.0)),
            ("seed: -1 is out of range", lambda: scene.detect("x", seed=-1)),
            ("regions[1]: 18446744073709551616 is out of range", lambda: scene.ocr([0, 2**64])),
            ("region", lambda: scene.similar(7)),
        ]:
            with self.subTest(text):
                self.raises(fo1.InvalidArgument, text, ask)
        with self.assertRaisesRegex(TypeError, "unexpected keyword argument 'temprature'"):
            scene.detect("x", temprature=1)
        with self.assertRaisesRegex(TypeError, "float"):
            scene.detect("x", max_new_tokens=2.5)
        with self.assertRaisesRegex(TypeError, r"labels\[1\]: expected a str, got int"):
            scene.detect(["x", 3])


class Forms(Test):
    def setUp(self):
        super().setUp()
        self.asked = self.scene()
        self.answer = self.asked.detect(LABELS)
        self.assertGreater(len(self.answer.detections), 2)

    def test_arrays(self):
        columns = self.answer.to_arrays()
        np.testing.assert_array_equal(columns["xyxy"], [found.box for found in self.answer.detections])
        np.testing.assert_array_equal(columns["confidence"], np.float32(self.answer.scores))
        self.assertEqual([LABELS[index] for index in columns["class_id"]], self.answer.labels)
        self.assertEqual(list(columns["labels"]), self.answer.labels)
        empty = dataclasses.replace(self.answer, detections=())
        self.assertEqual(empty.to_arrays()["xyxy"].shape, (0, 4))

    def test_supervision(self):
        with mock.patch.dict("sys.modules", supervision=mock.Mock(Detections=dict)):
            made = self.answer.to_supervision({"red circle": 7, "blue square": 8, "yellow triangle": 9})
        self.assertEqual(made["class_id"].dtype, np.int64)
        self.assertEqual([7 + LABELS.index(label) for label in made["data"]["class_name"]], list(made["class_id"]))

    def test_coco(self):
        annotations = self.answer.to_coco(image_id=5, first_id=10)
        self.assertEqual([a["id"] for a in annotations], list(range(10, 10 + len(annotations))))
        for annotation, found in zip(annotations, self.answer.detections):
            x, y, width, height = annotation["bbox"]
            self.assertEqual((x, y, x + width, y + height), found.box)
            self.assertEqual(annotation["area"], width * height)
            self.assertEqual(LABELS[annotation["category_id"] - 1], found.label)
            self.assertEqual((annotation["image_id"], annotation["iscrowd"]), (5, 0))
            self.assertAlmostEqual(annotation["score"], found.score, 5)
        numbers = {"red circle": 7, "blue square": 8, "yellow triangle": 9}
        self.assertEqual(
            [a["category_id"] for a in self.answer.to_coco(categories=numbers)],
            [numbers[label] for label in self.answer.labels],
        )
        self.raises(fo1.InvalidArgument, "no number for 'red circle'", self.answer.to_coco, categories=["blue square"])

    def test_annotation_files(self):
        with fo1.Annotations(["yellow triangle"]) as made:
            self.assertEqual((made.add(self.answer, "a.png"), made.add(self.answer, "b/ü.png"), len(made)), (0, 1, 2))
            self.assertEqual(made.labels[0], "yellow triangle")
            self.assertEqual(set(made.labels), set(self.answer.labels))
            coco = json.loads(made.coco())
            self.assertEqual([image["file_name"] for image in coco["images"]], ["a.png", "b/ü.png"])
            self.assertEqual(len(coco["annotations"]), 2 * len(self.answer.detections))
            self.assertEqual(len(made.yolo(1).splitlines()), len(self.answer.detections))
            self.assertIn("yellow triangle", made.yolo_data())
            self.assertEqual(json.loads(made.labelme(0, "../a.png"))["imagePath"], "../a.png")
            self.raises(fo1.InvalidArgument, "2", made.yolo, 2)
            made.add(self.asked.detect("red\ncircle", max_new_tokens=1), "c.png")
        self.raises(fo1.InvalidArgument, "expected different ones", lambda: fo1.Annotations(["x", "x"]))

    def test_draw(self):
        plain = fo1.Image.load(PICTURE).to_numpy()
        drawn = []
        for source, regions in [(self.asked, None), (PICTURE, BOXES), (plain, BOXES)]:
            self.answer.draw(self.folder / "found.png", source, regions)
            drawn.append(fo1.Image.load(self.folder / "found.png").to_numpy())
            np.testing.assert_array_equal(drawn[-1], drawn[0])
        self.assertFalse(np.array_equal(drawn[0], plain))
        self.raises(fo1.NotFound, "gone", self.answer.draw, self.folder / "gone/x.png", self.asked)

    def test_answers_do_not_change(self):
        with self.assertRaises(dataclasses.FrozenInstanceError):
            self.answer.text = "other"
        self.assertEqual(self.answer.boxes.dtype, np.float64)


if __name__ == "__main__":
    unittest.main()
