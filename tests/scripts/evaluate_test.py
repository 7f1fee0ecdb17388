#!/usr/bin/env python3
"""scripts/evaluate: known numbers for hand-made answers, errors that name the line, and the program's own answers."""
import json
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
try:
    from PIL import Image
    from evaluation import boxes, detection, referring
    from evaluation.data import counts
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PROGRAM = os.environ.get("FO1_PROGRAM")
needs_pycocotools = unittest.skipIf(detection.COCO is None, "pycocotools is not installed")

A, B, C, D = [0, 0, 20, 20], [30, 0, 50, 20], [60, 0, 80, 20], [0, 30, 20, 50]
NOTHING = [60, 60, 80, 80]
OFFERED = [A, B, C, D, NOTHING]


def found(label, *regions, score=0.9, box=None):
    return [{"label": label, "region": region, "box": box or OFFERED[region], "score": score, "confidence": score}
            for region in regions]


class EvaluateTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "images").mkdir()
        Image.new("RGB", (100, 100)).save(self.root / "images/1.png")
        self.requests, self.right, self.answers = [], [], []

    def write(self, name, lines):
        path = self.root / name
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    def write_json(self, name, value):
        path = self.root / name
        path.write_text(json.dumps(value), encoding="utf-8")
        return path

    def ask(self, task, right, result, query=(), regions=()):
        """A question of a scenes folder, and what is answered; `result` is a text: the error."""
        key = f"{task}-{len(self.requests)}"
        self.requests.append({"id": key, "image": "images/1.png", "task": task, "query": list(query),
                              "regions": list(regions), "boxes": OFFERED})
        self.right.append({"id": key, "right": right})
        self.answer(key, result)

    def answer(self, key, result):
        if isinstance(result, str):
            line = {"id": key, "ok": False, "line": 1, "error": {"code": "internal", "message": result}}
        else:
            line = {"id": key, "ok": True, "result": {"text": "<b>words</b>", "finish": "stop", **result}}
        self.answers.append(line)

    def write_scenes(self):
        self.write("questions.jsonl", self.requests)
        self.write("right.jsonl", self.right)
        self.write("answers.jsonl", self.answers)
        things = [{"id": number, "image_id": 1, "category_id": 1, "bbox": boxes.sides(box)}
                  for number, box in enumerate((A, B, C, D), 1)]
        self.write_json("annotations.json", {"images": [{"id": 1, "file_name": "images/1.png"}], "annotations": things,
                                             "categories": [{"id": 1, "name": "cat"}]})

    def evaluate(self, data, *arguments):
        command = [sys.executable, "-B", ROOT / "scripts/evaluate", data, "--out", self.root / "out", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def results(self, *arguments):
        run = self.evaluate(*arguments)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.printed, self.noted = run.stdout, run.stderr
        return json.loads((self.root / "out/results.json").read_text(encoding="utf-8"))

    def scenes(self, task, *more):
        self.write_scenes()
        results = self.results("scenes", self.root, "--answers", self.root / "answers.jsonl", "--tasks", task, *more)
        return results["results"][task]

    def error(self, *arguments):
        run = self.evaluate(*arguments)
        self.assertEqual((run.returncode, run.stdout), (1, ""), run.stderr)
        self.assertNotIn("Traceback", run.stderr)
        return run.stderr

    def page(self):
        return (self.root / "out/worst.html").read_text(encoding="utf-8")

    def assert_measures(self, measures, **expected):
        for name, value in expected.items():
            self.assertAlmostEqual(measures[name], value, msg=name)


class ScenesTest(EvaluateTest):
    def test_ground(self):
        right = {"regions": {"the cat": [0]}}
        self.ask("ground", right, {"detections": found("the cat", 0)}, ["the cat"])
        self.ask("ground", right, {"detections": found("the cat", 0) + found("the cat", 1, score=0.2)}, ["the cat"])
        self.ask("ground", right, {"detections": found("the cat", 1)}, ["the cat"])
        self.ask("ground", right, {}, ["the cat"])
        self.ask("ground", right, "lost", ["the cat"])
        measures = self.scenes("ground")
        self.assert_measures(measures, questions=5, failed=1, accuracy=1 / 5, best_box=2 / 5)

    def test_ground_needs_half_of_the_box(self):
        for box in ([0, 0, 20, 10.5], [0, 0, 20, 9.5]):
            self.ask("ground", {"regions": {"it": [0]}}, {"detections": found("it", 0, box=box)}, ["it"])
        self.assert_measures(self.scenes("ground"), accuracy=0.5)

    def test_count(self):
        right = {"count": 2, "regions": {"cat": [0, 1]}}
        self.ask("count", right, {"count": 2, "detections": found("cat", 0, 1)}, ["cat"])
        self.ask("count", right, {"count": 5, "detections": found("cat", 0, 1)}, ["cat"])
        self.ask("count", right, {"detections": found("cat", 0)}, ["cat"])  # says no number
        self.ask("count", {"count": 0, "regions": {"cat": []}}, {"count": 0}, ["cat"])
        measures = self.scenes("count")
        self.assert_measures(measures, accuracy=2 / 4, regions=3 / 4, mean_error=1, without_number=1)

    def test_texts(self):
        for text in ("EXIT", " EXIT\n", "exit!", "SHOP"):
            self.ask("ocr", {"text": "EXIT"}, {"texts": [{"region": 0, "text": text}]}, regions=[0])
        self.assert_measures(self.scenes("ocr"), accuracy=2 / 4, loose=3 / 4)

    def test_words(self):
        for words in ("yes", "no", "yes, I think"):
            self.ask("ask", {"text": "yes"}, {"answer": words}, ["Is there a cat in the image?"])
        self.ask("ask", {"text": "yes"}, "lost", ["Is there a cat in the image?"])
        self.assert_measures(self.scenes("ask"), accuracy=1 / 4, failed=1)

    def test_similar(self):
        right = {"regions": {"object": [1, 2]}}
        for regions in ([1, 2], [1, 4], []):
            self.ask("similar", right, {"regions": regions}, regions=[0])
        self.assert_measures(self.scenes("similar"), precision=1.5 / 3, recall=1.5 / 3, f1=1.5 / 3, accuracy=1 / 3)

    @needs_pycocotools
    def test_detect_without_a_mistake(self):
        self.ask("detect", {"regions": {"cat": [0, 1], "dog": []}}, {"detections": found("cat", 0, 1)}, ["cat", "dog"])
        self.ask("detect", {"regions": {"dog": [2], "owl": [3]}},
                 {"detections": found("Dog", 2) + found("owl", 3)}, ["dog", "owl"])
        self.assert_measures(self.scenes("detect"), mAP=1, mAP_50=1, recall_100=1, objects=4, precision=1, recall=1,
                             density_f1=1, rejection=1, names=3, absent_names=1, boxes_of_other_labels=0)
        self.assertIn("No answer is wrong", self.page())

    @needs_pycocotools
    def test_detect_misses_one_of_two(self):
        self.ask("detect", {"regions": {"cat": [0, 1]}}, {"detections": found("cat", 0) + found("cow", 1)}, ["cat"])
        self.assert_measures(self.scenes("detect"), mAP=51 / 101, recall_100=0.5, precision=1, recall=0.5,
                             density_f1=2 / 3, boxes_of_other_labels=1)

    @needs_pycocotools
    def test_detect_is_measured_at_ten_overlaps(self):
        self.ask("detect", {"regions": {"cat": [0]}}, {"detections": found("cat", 0, box=[0, 0, 20, 15.6])}, ["cat"])
        self.assert_measures(self.scenes("detect"), mAP=0.6, mAP_50=1, mAP_75=1, density_f1=0.6, density_f1_50=1)

    @needs_pycocotools
    def test_detect_is_ranked_by_the_chosen_score(self):
        wrong, good = found("cat", 4, score=0.9)[0], found("cat", 0, score=0.5)[0]
        wrong["confidence"] = 0.1
        self.ask("detect", {"regions": {"cat": [0]}}, {"detections": [good, wrong]}, ["cat"])
        self.assert_measures(self.scenes("detect"), mAP=0.5)
        self.assert_measures(self.scenes("detect", "--rank-by", "confidence"), mAP=1)
        self.assertIn('answers.jsonl:1: "result": "detections" 0: no "proposal_score"',
                      self.error("scenes", self.root, "--answers", self.root / "answers.jsonl", "--tasks", "detect",
                                 "--rank-by", "proposal_score"))

    @needs_pycocotools
    def test_questions_that_failed_find_nothing(self):
        right = {"regions": {"cat": [0], "dog": []}}
        self.ask("detect", right, {"detections": found("cat", 0)}, ["cat", "dog"])
        self.ask("detect", right, "lost", ["cat", "dog"])
        self.assert_measures(self.scenes("detect"), mAP=51 / 101, recall=0.5, rejection=0.5, failed=1)
        self.assertIn("1 questions failed and count as wrong:\n  1 x internal: lost", self.noted)

    def test_the_true_box_is_right_where_a_shaken_one_was_offered(self):
        self.ask("ground", {"regions": {"it": [0]}}, {"detections": found("it", 0, box=A)}, ["it"])
        self.requests[0]["boxes"] = [[0, 0, 20, 9], NOTHING]  # by itself too little of the answer's box
        self.assert_measures(self.scenes("ground"), accuracy=1)


class ReportTest(EvaluateTest):
    def test_the_worst_come_first(self):
        for number in (3, 2, 9):
            self.ask("count", {"count": 2, "regions": {}}, {"count": number}, ["<cats>"])
        self.scenes("count", "--worst", "1")
        page = self.page()
        self.assertEqual(page.count("data:image/jpeg;base64,"), 1)
        for words in ("count-2", "<dd>7</dd>", "count: &lt;cats&gt;", "&lt;b&gt;words&lt;/b&gt;"):
            self.assertIn(words, page)

    def test_a_picture_that_is_gone_is_told(self):
        self.ask("ask", {"text": "yes"}, {"answer": "no"}, ["Is it?"])
        (self.root / "images/1.png").unlink()
        self.scenes("ask")
        self.assertIn("the picture cannot be read", self.page())

    def test_the_table_and_the_same_file_again(self):
        self.ask("ask", {"text": "yes"}, {"answer": "yes"}, ["Is it?"])
        self.scenes("ask")
        self.assertRegex(self.printed, r"task +measure +value\n(.*\n)*ask +accuracy +1\.0000\n")
        first = (self.root / "out/results.json").read_bytes()
        self.scenes("ask")
        self.assertEqual((self.root / "out/results.json").read_bytes(), first)

    def test_questions_without_an_answer_failed(self):
        for _ in range(2):
            self.ask("ask", {"text": "yes"}, {"answer": "yes"}, ["Is it?"])
        self.answers.pop()
        self.answers.append({"id": None, "ok": False, "line": 7, "error": {"code": "internal", "message": "no id"}})
        self.assert_measures(self.scenes("ask"), accuracy=0.5, failed=1)
        self.assertIn("no answer in the file", self.noted)


class ErrorTest(EvaluateTest):
    def setUp(self):
        super().setUp()
        self.ask("ask", {"text": "yes"}, {"answer": "yes"}, ["Is it?"])
        self.write_scenes()

    def of(self, name, text):
        """The error with this text as the file."""
        (self.root / name).write_text(text, encoding="utf-8")
        return self.error("scenes", self.root, "--answers", self.root / "answers.jsonl", "--tasks", "ask")

    def test_answers(self):
        good = json.dumps(self.answers[0])
        for text, expected in ((good + "\n{", "answers.jsonl:2: not JSON"),
                               ("[1]", "answers.jsonl: entry 0: not an object"),
                               ('{"id": "ask-0", "ok": true}', 'answers.jsonl:1: no "result"'),
                               ('{"id": "ask-0", "ok": false}', 'answers.jsonl:1: no "error"'),
                               (good + "\n\n" + good, "answers.jsonl:3: id ask-0 has been answered by a line before"),
                               ('{"id": [], "ok": true}', 'answers.jsonl:1: "id" is neither'),
                               (good.replace("ask-0", "other"), "no answer to any of the 1 questions"),
                               (good.replace('"answer": "yes"', '"answer": 7'), '"answer" is not a text')):
            self.assertIn(expected, self.of("answers.jsonl", text))

    def test_scenes(self):
        for name, text, expected in (("right.jsonl", '{"id": "ask-0"}', 'right.jsonl:1: no "right"'),
                                     ("right.jsonl", "", "questions.jsonl:1: right.jsonl has no answer to it"),
                                     ("questions.jsonl", "", "there is no question"),
                                     ("annotations.json", '{\n"images"', "annotations.json:2: not JSON")):
            self.write_scenes()
            self.assertIn(expected, self.of(name, text))

    def test_a_region_that_is_not_offered(self):
        right = {"id": "ask-0", "right": {"regions": {"cat": [9]}}}
        self.assertIn('right.jsonl:1: "right": "regions": not all', self.of("right.jsonl", json.dumps(right)))

    def test_usage(self):
        for arguments, expected in (([], "one of --model and --answers"), (["--tasks", "juggle"], "juggle: not among"),
                                    (["--answers", "x", "--limit", "0"], "not a whole number from 1 on")):
            run = self.evaluate("scenes", self.root, *arguments)
            self.assertEqual(run.returncode, 2)
            self.assertIn(expected, run.stderr)

    def test_no_program(self):
        self.assertIn("/nowhere: No such file or directory; build it",
                      self.error("scenes", self.root, "--model", "m", "--fo1", "/nowhere", "--tasks", "ask"))


class BenchmarksTest(EvaluateTest):
    def run_on(self, data, annotations, *more):
        self.write("answers.jsonl", self.answers)
        return self.results(data, "--annotations", annotations, "--images", self.root / "images",
                            "--answers", self.root / "answers.jsonl", *more)["results"]

    def humanref(self, key, domain, right):
        return {"id": key, "image_name": "1.png", "referring": "the man, left", "domain": domain,
                "answer_boxes": right, "candidate_boxes": OFFERED}

    def test_humanref(self):
        lines = [self.humanref(1, "attribute", [A, B]), self.humanref(2, "position", [A, B]),
                 self.humanref(3, "rejection", []), self.humanref(4, "rejection", [])]
        self.answer(1, {"detections": found("man", 0, 1, 2, 3)})  # twice as many as are right
        self.answer(2, {"detections": found("man", 0, 1)})
        self.answer(3, {"detections": found("man", 0)})
        self.answer(4, {})
        measures = self.run_on("humanref", self.write("humanref.jsonl", lines))["refer"]
        self.assert_measures(measures, precision=0.75, recall=1, density_f1=(1 / 3 + 1) / 2, rejection=0.5)
        self.assert_measures(measures["by_group"]["attribute"], precision=0.5, recall=1, density_f1=1 / 3)
        self.assertIsNone(measures["by_group"]["rejection"]["density_f1"])

    @needs_pycocotools
    def test_coco(self):
        annotations = [{"id": 1, "image_id": 7, "category_id": 5, "bbox": boxes.sides(A), "area": 300, "iscrowd": 0},
                       {"id": 2, "image_id": 7, "category_id": 9, "bbox": boxes.sides(B), "area": 400, "iscrowd": 0},
                       {"id": 3, "image_id": 7, "category_id": 9, "bbox": [0, 50, 100, 50], "area": 1, "iscrowd": 1}]
        coco = self.write_json("coco.json", {
            "images": [{"id": 7, "file_name": "1.png"}], "annotations": annotations,
            "categories": [{"id": 9, "name": "dog"}, {"id": 5, "name": "cat"}, {"id": 6, "name": "owl"}]})
        self.answer("7-0", {"detections": found("dog", 1) + found("dog", 4)})  # region 4 is inside of the crowd
        self.answer("7-1", {"detections": found("cat", 1)})
        self.answer("7-2", {})
        measures = self.run_on("coco", coco, "--labels-per-question", "1")["detect"]
        self.assert_measures(measures, mAP=0.5, questions=3, objects=2, rejection=1)
        self.assertEqual({label: round(value, 9) for label, value in measures["mAP_by_label"].items()},
                         {"cat": 0, "dog": 1})
        self.assertEqual(self.run_on("coco", coco, "--ask", "present")["detect"]["questions"], 1)

    def test_refcoco(self):
        sentences = [{"sent_id": 11, "sent": "the cat"}, {"sent_id": 12, "sent": "left"}]
        refs = [{"split": "testA", "image_id": 7, "ann_id": 3, "sentences": sentences},
                {"split": "val", "image_id": 7, "ann_id": 3, "sentences": [{"sent_id": 13, "sent": "it"}]}]
        self.write_json("instances.json", {"images": [{"id": 7, "file_name": "1.png"}],
                                           "annotations": [{"id": 3, "bbox": boxes.sides(B)}]})
        path = self.root / "refs(unc).p"
        path.write_bytes(pickle.dumps(refs, protocol=0))
        self.answer(11, {"detections": found("the cat", 1)})
        self.answer(12, {"detections": found("left", 0)})
        self.assert_measures(self.run_on("refcoco", path, "--split", "testA")["ground"], questions=2, accuracy=0.5)
        lines = self.write("lines.jsonl", [{"id": 12, "image": "1.png", "phrase": "left", "box": A}])
        self.assert_measures(self.run_on("refcoco", lines)["ground"], questions=1, accuracy=1)

    def test_a_pickle_that_would_run_something(self):
        path = self.root / "refs(unc).p"
        path.write_bytes(pickle.dumps([print]))
        self.write_json("instances.json", {"images": [], "annotations": []})
        self.assertIn("not a pickle of plain data: holds builtins.print",
                      self.error("refcoco", "--annotations", path, "--images", self.root, "--answers", "x"))

    def test_counting(self):
        (self.root / "images/abc.jpeg").touch()
        lines = [{"image": "1.png", "question": "How many headsets are there in the image? Count them.", "number": 10},
                 {"image_url": "http://x.y/z/1.png?w=1", "label": "cat", "count": 3},
                 {"image_sha256": "abc", "image_url": "http://x.y/gone.png", "label": "cat", "count": 4}]
        for key, number in enumerate((10, 3, 5)):
            self.answer(key, {"count": number})
        self.assert_measures(self.run_on("counting", self.write_json("list.json", lines))["count"], accuracy=2 / 3)
        self.assert_measures(self.run_on("counting", self.write("lines.jsonl", lines))["count"], accuracy=2 / 3)

    def test_what_is_counted(self):
        for question, expected in (("How many red cars are there?", "red cars"), ("How many people?", "people"), ("How many cats", "cats")):
            self.assertEqual(counts.HOW_MANY.match(question)[1], expected)

    def test_coco_text(self):
        annotations = {str(key): {"id": key, "image_id": 7, "bbox": boxes.sides(A), "utf8_string": text,
                                  "legibility": legibility}
                       for key, text, legibility in ((1, "EXIT", "legible"), (2, "", "illegible"))}
        path = self.write_json("text.json", {"imgs": {"7": {"file_name": "1.png", "set": "val"}}, "anns": annotations})
        self.answer("1", {"texts": [{"region": 0, "text": "EXIT"}]})
        self.assert_measures(self.run_on("ocr", path)["ocr"], questions=1, accuracy=1)


class MatchingTest(unittest.TestCase):
    def test_a_given_box_is_taken_once(self):
        self.assertEqual(boxes.count_matches([A, A], [A], 0.5), 1)
        self.assertEqual(boxes.count_matches([A, B], [B, A, C], 0.95), 2)
        self.assertEqual(boxes.count_matches([A], [], 0.5), 0)

    def test_too_many_boxes_cost_density(self):
        precision, recall, density_f1 = referring.at([A, B], [A, B, C, D], 0.5)
        self.assertEqual([precision, recall], [0.5, 1])
        self.assertAlmostEqual(density_f1, 2 / 3 * 2 / 4)


@unittest.skipUnless(PROGRAM, "FO1_PROGRAM does not name the program")
class ProgramTest(EvaluateTest):
    def setUp(self):
        super().setUp()
        self.ask("ground", {"regions": {"it": [0]}}, {}, ["it"])
        self.ask("similar", {"regions": {"object": [1]}}, {}, regions=[0])
        self.write_scenes()

    def run_tiny(self, *more, tasks="ground,similar"):
        return self.evaluate("scenes", self.root, "--model", ROOT / "models/tiny", "--fo1", PROGRAM, "--tasks", tasks,
                             *more)

    def offered(self, name):
        lines = (self.root / "out" / name).read_text(encoding="utf-8").splitlines()
        return [json.loads(line).get("boxes") for line in lines]

    def assert_answered(self, run):
        self.assertEqual(run.returncode, 0, run.stderr)
        results = json.loads((self.root / "out/results.json").read_text(encoding="utf-8"))["results"]
        self.assertEqual({task: measures["failed"] for task, measures in results.items()}, {"ground": 0, "similar": 0})

    def test_given_boxes(self):
        self.assert_answered(self.run_tiny("--boxes", "given"))
        self.assertEqual(self.offered("requests.jsonl"), [OFFERED, OFFERED])
        self.assertIn("is there already; --resume continues", self.run_tiny("--boxes", "given").stderr)
        self.assert_answered(self.run_tiny("--boxes", "given", "--resume"))
        self.assertIn("other questions", self.run_tiny("--boxes", "given", "--resume", tasks="ground").stderr)

    def test_own_boxes(self):
        upn = f"upn:{ROOT}/tests/data/upn/tiny"
        self.assert_answered(self.run_tiny("--proposals", upn))
        self.assertEqual([self.offered("requests-own.jsonl"), self.offered("requests-given.jsonl")], [[None], [OFFERED]])

    def test_options_of_the_program(self):
        self.assertIn("fo1 batch ended with status 2", self.run_tiny("--", "--no-such").stderr)


if __name__ == "__main__":
    unittest.main()
