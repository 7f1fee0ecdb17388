"""Hand-made questions and answers for scripts/evaluate, and its results. Without Pillow these tests are skipped."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
try:
    from PIL import Image
    from evaluation import boxes, detection
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

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
        self.write_json("annotations.json", {"images": [{"id": 1, "file_name": "images/1.png", "width": 100,
                                                         "height": 100}], "annotations": things,
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
