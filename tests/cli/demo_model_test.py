"""The shipped model on the shipped picture, as scripts/demo asks it: it sees."""
import json
import unittest
from pathlib import Path

from harness import CliTest, overlap

MODELS = Path(__file__).resolve().parents[2] / "models"
PICTURE = MODELS / "samples/scene.png"
THINGS = json.loads((MODELS / "samples/scene.json").read_text(encoding="utf-8"))  # name -> true boxes


class DemoModelTest(CliTest):
    def asked(self, task, *options):
        words = [task, "--model", MODELS / "demo", "--image", PICTURE, *options]
        return json.loads(self.done(*words, "--json", "-").stdout)

    def require_all(self, found, name):
        """Each true box is found once, and nothing else."""
        boxes = [each["box"] for each in found if each["label"] == name]
        self.assertEqual(len(boxes), len(THINGS[name]), name)
        for true in THINGS[name]:
            self.assertTrue(any(overlap(true, box) > 0.5 for box in boxes), (name, true))

    def test_everything_is_detected(self):
        queries = [word for name in THINGS for word in ("--query", name)]
        found = self.asked("detect", *queries)["detections"]
        for name in THINGS:
            self.require_all(found, name)

    def test_what_is_not_there_is_not_detected(self):
        self.assertEqual(self.asked("detect", "--query", "cactus")["detections"], [])

    def test_questions_are_answered(self):
        self.assertEqual(self.asked("ask", "--query", "What colour is the background?")["text"], "pink")
        self.assertEqual(self.asked("ask", "--query", "Is there a crab in the image?")["text"], "yes")
        self.assertEqual(self.asked("ask", "--query", "Is there a cactus in the image?")["text"], "no")
        counted = self.asked("count", "--query", "monkey face")
        self.assertEqual(counted["count"], len(THINGS["monkey face"]))
        self.require_all(counted["detections"], "monkey face")


if __name__ == "__main__":
    unittest.main()
