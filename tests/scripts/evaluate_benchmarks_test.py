#!/usr/bin/env python3
"""scripts/evaluate on the forms of public benchmarks: known numbers for hand-made answers."""
import pickle
import unittest

from evaluation_case import A, B, C, D, OFFERED, EvaluateTest, found, needs_pycocotools
from evaluation import boxes, referring
from evaluation.data import counts, offers
from evaluation.files import InputError, read_records


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
        for question, expected in (("How many red cars are there?", "red cars"), ("How many people?", "people"),
                                   ("How many cats", "cats")):
            self.assertEqual(counts.HOW_MANY.match(question)[1], expected)

    def test_offered_boxes(self):
        scored = [{"box": A, "score": 0.9}, {"box": B, "score": 0.5}]
        lines = [{"image": "1.png", "boxes": [A, B]}, {"image": "2.png", "boxes": scored},
                 {"image": "3.png", "bbox_list": [A, B], "score_list": [0.9, 0.5]},
                 {"image": "4.png", "bboxes": [A, B], "scores": [0.9, 0.5]}]
        path = self.write("boxes.jsonl", lines)
        self.assertEqual(offers.read(path), {"1.png": [A, B], "2.png": scored, "3.png": scored, "4.png": scored})
        record, = read_records(self.write("asked.jsonl", [{}]))
        self.assertEqual(offers.Offers(path).of("2.png", record), {"boxes": scored})
        self.assertEqual(offers.Offers("own").of("2.png", record), {})
        with self.assertRaisesRegex(InputError, r"asked.jsonl:1: .*boxes.jsonl has no boxes for 9.png"):
            offers.Offers(path).of("9.png", record)
        for line, expected in (({"image": "1.png"}, "has none of boxes"),
                               ({"image": "1.png", "boxes": [[1, 2]]}, "box of"),
                               ({"image": "1.png", "boxes": [A], "scores": []}, "not one number for each")):
            with self.assertRaisesRegex(InputError, "wrong.jsonl:1: .*" + expected):
                offers.read(self.write("wrong.jsonl", [line]))

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


if __name__ == "__main__":
    unittest.main()
