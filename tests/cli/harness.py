"""Runs the built program on the recorded cases of the tiny models.

The program is named by FO1_PROGRAM. Data come from the folder that FO1_SHARED names, else from FO1_TEST_DATA; a
selection of them will do.
"""
import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ["FO1_PROGRAM"]
DATA = Path(os.environ.get("FO1_SHARED") or os.environ["FO1_TEST_DATA"]) / "parity"
END_TOKEN = "<|im_end|>"


def start(*arguments):
    return subprocess.Popen([PROGRAM, *map(str, arguments)], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options):
    return subprocess.run([PROGRAM, *map(str, arguments)], text=True, stdout=stdout, stderr=stderr, timeout=900,
                          **options)


def read_lines(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def write_lines(path, objects):
    """Texts are written as they are, anything else as JSON."""
    lines = [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in objects]
    Path(path).write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def overlap(a, b):
    """Intersection over union of two boxes."""
    width, height = (min(a[i + 2], b[i + 2]) - max(a[i], b[i]) for i in (0, 1))
    area = max(width, 0) * max(height, 0)
    return area / (sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)) - area) if area else 0


class Case:
    """One recorded run: messages, boxes, and what the model says."""

    def __init__(self, entry):
        self.name = entry["name"]
        self.json = json.loads((DATA / entry["case"]).read_text())
        self.model = DATA / self.json["model"]
        self.text = self.json["text"].removesuffix(END_TOKEN)
        self.boxes = self.json["boxes"] or []

    @property
    def image(self):
        return DATA / self.json["images"][0]

    @property
    def question(self):
        """(task, queries, regions) where the case is one question about one image, else None."""
        messages = self.json["messages"]
        if len(messages) != 1 or isinstance(messages[0]["content"], str):
            return None
        parts = messages[0]["content"]
        if [part["type"] for part in parts] != ["image_url", "text"]:
            return None
        return question_of(parts[1]["text"])


WORDINGS = [
    ("detect", r"Please detect (?P<query>.*) in this image\. Answer the question with object indexes\."),
    ("count", r"How many (?P<query>.*) are there in this image\? Count each instance .*"),
    ("ocr", r"Please provide the ocr results of (?P<regions>.*) in the image\."),
    ("caption", r"Provide a (?P<query>brief|detailed) description for (?P<regions>.*)\."),
    ("describe", r"Briefly describe this image and detect all mentioned objects\. .*"),
    ("similar", r"Using the provided object (?P<regions>.*) as a reference, identify all other objects .*"),
    ("reason", r"First thinks about the reasoning process .* answer the question better\. (?P<query>.*)"),
    ("ask", r"(?P<query>.*)"),
]


def question_of(text):
    for task, pattern in WORDINGS:
        match = re.fullmatch(pattern, text, re.DOTALL)
        if match:
            found = match.groupdict()
            queries = [found["query"]] if found.get("query") else []
            if task == "detect":
                queries = queries[0].split(", ")
            return task, queries, [int(index) for index in re.findall(r"<region(\d+)>", found.get("regions") or "")]
    raise AssertionError(text)


def trained_cases():
    """The cases of trained models that the data hold; there must be some."""
    manifest = json.loads((DATA / "manifest.json").read_text())
    cases = [Case(entry) for entry in manifest["cases"] if entry["trained"] and (DATA / entry["case"]).exists()]
    cases = [case for case in cases if (case.model / "config.json").exists()]
    assert cases, f"no recorded case of a trained model below {DATA}"
    return cases


CASES = trained_cases()
QUESTIONS = [case for case in CASES if case.question]


def case_of(task):
    """A case of the task with regions; the test is skipped where the data have none."""
    for case in QUESTIONS:
        if case.question[0] == task and case.boxes and len(case.boxes) <= 20:
            return case
    raise unittest.SkipTest(f"no recorded case of {task}")


class CliTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def boxes_file(self, boxes):
        path = self.folder / "boxes.json"
        path.write_text(json.dumps(boxes))
        return path

    def arguments(self, case, task=None):
        """The command line that asks what the case asks."""
        asked, queries, regions = case.question
        words = [task or asked, "--model", case.model, "--image", case.image]
        if case.boxes:
            words += ["--boxes", self.boxes_file(case.boxes)]
        for query in queries:
            words += ["--query", query]
        for region in regions:
            words += ["--region", region]
        return words

    def done(self, *arguments, **options):
        result = run(*arguments, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def fails(self, code, text, *arguments, **options):
        """An error: status 1, one line on stderr with its code and text, nothing on stdout."""
        result = run(*arguments, **options)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, rf"\Afo1: error: {code}: [^\n]*\n\Z")
        self.assertIn(text, result.stderr)
        return result

    def refuses(self, text, *arguments):
        """Wrong usage: status 2, one line on stderr, nothing on stdout."""
        result = run(*arguments)
        self.assertEqual([result.returncode, result.stdout], [2, ""], result.stderr)
        self.assertRegex(result.stderr, r"\Afo1[^\n]*: usage: [^\n]*--help\)\n\Z")
        self.assertIn(text, result.stderr)

    def assert_answers(self, result, case):
        """A JSON result says what the recorded model said, about the regions' own boxes."""
        self.assertEqual(result["text"], case.text)
        self.assertEqual(result["finish"], "stop")
        self.assertEqual(result["tokens"]["generated"], len(case.json["generated_ids"]))
        for found in result.get("detections", []):
            self.assertEqual(found["box"], case.boxes[found["region"]])
