"""Commands that have regions proposed: a model folder's own network, several sources, batch work."""
import json
import unittest

from harness import case_of, read_lines, write_lines
from proposals import OMDET, SMALL, STRIP, UPN_FOLDER, ProposalTest, boxes_of


class ModelFolderTest(ProposalTest):
    """A model that brings a proposal network along."""

    def setUp(self):
        super().setUp()
        self.case = case_of("detect")
        self.model = self.linked("model", self.case.model, {})
        (self.model / "proposals").symlink_to(UPN_FOLDER)
        self.boxes = ["--boxes", self.boxes_file(self.case.boxes)]

    def detect(self, *options, image=STRIP):
        return ["detect", "--model", self.model, "--image", image, "--query", "cat", *options]

    def detected(self, *options, **where):
        return json.loads(self.done(*self.detect(*options, **where), "--json", "-").stdout)

    def test_its_network_finds_the_regions(self):
        found = self.proposed(STRIP, "--model", self.model)
        result = self.detected()
        self.assertEqual(result["proposals"], found["proposals"])
        self.assertEqual(result["proposals"]["source"], "upn")
        self.assertIn("propose", result["timings_ms"])
        self.assertEqual(result["tokens"]["region"], len(found["boxes"]))
        boxes = self.folder / "found.json"
        boxes.write_text(json.dumps(found))
        handed_on = self.detected("--boxes", boxes)
        self.assertEqual([handed_on["text"], handed_on["detections"]], [result["text"], result["detections"]])
        self.assertEqual(handed_on["proposals"], {"source": "given", "count": len(found["boxes"])})

    def test_it_can_be_switched_off(self):
        self.fails("invalid_argument", "needs regions", *self.detect("--proposals", "none"))
        result = self.detected(*self.boxes)
        self.assertEqual(result["proposals"], {"source": "given", "count": len(self.case.boxes)})
        self.assertNotIn("propose", result["timings_ms"])

    def test_boxes_and_proposals_are_united(self):
        result = self.detected(*self.boxes, "--proposals", "upn", "--max-proposals", "9")
        self.assertEqual(result["proposals"], {"source": "given+upn", "count": 9})
        found = self.proposed(STRIP, *self.boxes, "--model", self.model, "--max-proposals", "9")
        self.assertEqual(found["proposals"], {"source": "given+upn", "count": 9})
        self.assertEqual(boxes_of(found)[:len(self.case.boxes)], self.case.boxes)

    def test_nothing_proposed_is_nothing_found(self):
        self.assertEqual(self.done(*self.detect("--min-score", "1")).stdout, "nothing found\n")

    def test_another_folder_is_named_by_the_configuration(self):
        config = json.loads((self.case.model / "config.json").read_text())
        model = self.linked("other", self.case.model, {"config.json": {**config, "fo1_proposals": "../opn"}})
        self.fails("not_found", "opn", "propose", "--image", SMALL, "--model", model)
        self.opn_folder()
        self.assertEqual(self.proposed(SMALL, "--model", model)["proposals"]["source"], "opn")
        self.model = model
        self.assertEqual(self.detected(image=SMALL)["proposals"]["source"], "opn")

    def test_more_regions_than_a_prompt_holds(self):
        boxes = ["--boxes", self.boxes_file((self.case.boxes * 120)[:120])]
        labels = [word for query in self.case.question[1] for word in ("--query", query)]
        few = self.detected(*boxes, *labels, image=self.case.image)
        every = self.detected(*boxes, *labels, "--all-regions", image=self.case.image)
        self.assertEqual([few["tokens"]["region"], len(few["dropped"])], [100, 20])
        self.assertEqual([every["tokens"]["region"], every["proposals"]["count"]], [120, 120])
        self.assertNotIn("over the limit", json.dumps(every.get("dropped", [])))
        for found in every["detections"]:
            self.assertEqual(found["box"], self.case.boxes[found["region"] % len(self.case.boxes)])
        self.fails("invalid_argument", "similar", "similar", "--model", self.model, "--image", self.case.image, *boxes,
                   "--region", "0", "--all-regions")

    def test_guiding_needs_a_network_that_reads_labels(self):
        self.fails("invalid_argument", "upn reads no labels", *self.detect("--guided"))
        self.fails("invalid_argument", "no proposal network is chosen", *self.detect("--guided", "--proposals", "none"))
        self.fails("not_found", "vocab.json", *self.detect("--guided", "--proposals", f"opn:{self.opn_folder()}"))
        self.refuses("unknown option --guided", "ocr", "--model", self.model, "--image", STRIP, "--guided")


class BatchTest(ProposalTest):
    def answers(self, requests, *options):
        requests = [{"id": str(number), "image": str(SMALL), **request} for number, request in enumerate(requests)]
        lines, out = self.folder / "requests.jsonl", self.folder / "answers.jsonl"
        write_lines(lines, requests)
        self.done("batch", "--model", self.model, "--requests", lines, "--out", out, *options)
        return read_lines(out)

    def setUp(self):
        super().setUp()
        self.model = self.linked("model", case_of("detect").model, {})
        self.opn = self.opn_folder()
        self.detect = {"task": "detect", "query": ["cat"]}

    def test_requests_on_one_image_share_its_proposals(self):
        other = {**self.detect, "image": str(OMDET / "images/omdet_205x311.png")}
        answers = self.answers([self.detect, {"task": "count", "query": ["dog"]}, other], "--proposals",
                               f"opn:{self.opn}", "--max-proposals", "7")
        results = [answer["result"] for answer in answers]
        self.assertEqual([result["proposals"] for result in results], [{"source": "opn", "count": 7}] * 3)
        self.assertEqual(["propose" in result["timings_ms"] for result in results], [True, False, True])
        self.assertEqual(["encode_primary" in result["timings_ms"] for result in results], [True, False, True])

    def test_boxes_of_a_request_are_enough(self):
        (self.model / "proposals").symlink_to(self.opn)
        none = {"task": "ask", "query": "What?", "boxes": [], "max_new_tokens": 2}
        given = {**self.detect, "boxes": [[1, 1, 9, 9]]}
        own, without, with_box, bad = self.answers([self.detect, none, given, {**self.detect, "boxes": []}])
        self.assertEqual(own["result"]["proposals"]["source"], "opn")
        self.assertNotIn("proposals", without["result"])
        self.assertEqual(with_box["result"]["proposals"], {"source": "given", "count": 1})
        self.assertEqual([bad["ok"], bad["error"]["code"]], [False, "invalid_argument"])
        for answer in (without, with_box):
            self.assertNotIn("propose", answer["result"]["timings_ms"])

    def test_a_failure_of_the_network_is_the_request_s(self):
        bad, good = self.answers([self.detect, {"task": "ask", "query": "What?", "max_new_tokens": 2}],
                                 "--proposals", f"opn:{self.opn}", "--guided")  # there is no tokenizer
        self.assertEqual([bad["ok"], bad["error"]["code"]], [False, "not_found"])
        self.assertEqual(good["result"]["proposals"]["source"], "opn")  # a question guides nothing


if __name__ == "__main__":
    unittest.main()
