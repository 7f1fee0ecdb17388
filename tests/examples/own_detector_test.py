"""The example's own boxes lead to the objects that `fo1 detect` names among the sample's boxes."""
import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "cli"))
from harness import CliTest, overlap  # noqa: E402

MODEL = TESTS.parent / "models/tiny"
IMAGE = TESTS.parent / "models/samples/shapes.png"
BOXES = TESTS.parent / "models/samples/shapes.json"
LABELS = ["red circle", "blue square", "yellow triangle"]


class OwnDetectorTest(CliTest):
    def example(self, *arguments):
        return subprocess.run([os.environ["FO1_EXAMPLE"], *map(str, arguments)], cwd=self.folder, text=True,
                              capture_output=True, timeout=300)

    def detections_among_given_boxes(self):
        queries = [word for label in LABELS for word in ("--query", label)]
        result = self.done("detect", "--model", MODEL, "--image", IMAGE, "--boxes", BOXES, *queries, "--json", "-")
        return [(found["label"], found["box"]) for found in json.loads(result.stdout)["detections"]]

    def test_names_the_right_shapes(self):
        result = self.example(MODEL, IMAGE, *LABELS)
        self.assertEqual([result.returncode, result.stderr], [0, ""])
        lines = [re.fullmatch(r"(.*): (\S+) (\S+) (\S+) (\S+), score \S+", line).groups()
                 for line in result.stdout.splitlines()]
        found = [(label, [float(x) for x in box]) for label, *box in lines]
        wanted = self.detections_among_given_boxes()
        self.assertEqual(len(found), len(wanted))
        for label, box in wanted:
            best = max((overlap(box, other) for name, other in found if name == label), default=0)
            self.assertGreater(best, 0.7, (label, box))
        self.assertEqual((self.folder / "own_detector.png").read_bytes()[:4], b"\x89PNG")

    def test_errors(self):
        self.assertEqual(self.example(MODEL, IMAGE).returncode, 2)
        result = self.example(MODEL, "no.png", "cat")
        self.assertEqual([result.returncode, result.stdout], [1, ""])
        self.assertEqual(result.stderr, "no.png: No such file or directory\n")


if __name__ == "__main__":
    unittest.main()
