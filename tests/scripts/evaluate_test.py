#!/usr/bin/env python3
"""scripts/evaluate on scenes: known numbers for hand-made answers, errors that name the line, the program's answers.

FO1_PROGRAM names the program; without it, or without pycocotools, the tests that need them are skipped.
"""
import json
import os
import unittest

from evaluation_case import A, NOTHING, OFFERED, ROOT, EvaluateTest, found, needs_pycocotools

PROGRAM = os.environ.get("FO1_PROGRAM")


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

    def test_coordinates_that_are_written(self):
        self.ask("ground", {"regions": {"the cat": [0]}}, {"text": "<ground>the cat</ground>(0,0,200,199)"}, ["the cat"])
        self.ask("ground", {"regions": {"the cat": [0]}}, {"text": "<ground>the cat</ground>(300,0,500,200)"}, ["the cat"])
        self.ask("count", {"count": 12}, {"text": "<ground>cat</ground>(1,2,3,4)\nThere are 12 cat in this image."}, ["cat"])
        self.ask("count", {"count": 2}, {"text": "Many."}, ["cat"])
        self.ask("ocr", {"text": "EXIT"}, {"text": "EXIT"}, regions=[1])
        self.ask("ask", {"text": "yes"}, {"text": "no"}, ["Is there a cat in the image?"])
        self.write_scenes()
        results = self.results("written", self.root, "--answers", self.root / "answers.jsonl")["results"]
        for task, right in {"ground": 1 / 2, "count": 1 / 2, "ocr": 1, "ask": 0}.items():
            self.assert_measures(results[task], accuracy=right, failed=0)

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
        self.assertEqual(self.offered("requests-own.jsonl"), [None])
        self.assertEqual(self.offered("requests-given.jsonl"), [OFFERED])

    def test_options_of_the_program(self):
        self.assertIn("fo1 batch ended with status 2", self.run_tiny("--", "--no-such").stderr)


if __name__ == "__main__":
    unittest.main()
