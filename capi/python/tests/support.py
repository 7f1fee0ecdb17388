"""What the tests share: the shipped model and picture, the `fo1` program, small proposal networks.

FO1_PROGRAM names the program, FO1_LIBRARY the library under test.
"""

import functools
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import fo1

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "capi/python"
HEADER = ROOT / "capi/fo1_c.h"
MODEL = ROOT / "models/tiny"
PICTURE = ROOT / "models/samples/shapes.png"
BOXES_FILE = ROOT / "models/samples/shapes.json"
BOXES = json.loads(BOXES_FILE.read_text())
LABELS = ["red circle", "blue square", "yellow triangle"]
UPN = f"upn:{ROOT / 'tests/data/upn/tiny'}"
STRIP = ROOT / "tests/data/upn/images/strip_300x30.png"  # thin, so that UPN enlarges it but little
PROGRAM = os.environ.get("FO1_PROGRAM")


@functools.cache
def model():
    return fo1.Model.load(MODEL)


def run_python(code, **environment):
    """A Python of its own."""
    return subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, text=True, capture_output=True, timeout=600
    )


def from_program(*arguments):
    """The JSON that the program writes."""
    if not PROGRAM:
        raise unittest.SkipTest("FO1_PROGRAM names no program")
    command = [PROGRAM, *map(str, arguments), "--json", "-"]
    return json.loads(subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, timeout=600).stdout)


class Test(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def scene(self, regions=BOXES, **options):
        scene = model().scene(PICTURE, regions, **options)
        self.addCleanup(scene.close)
        return scene

    def raises(self, kind, text, function, *arguments, **options):
        """The error, which must be of just this kind and say `text`."""
        with self.assertRaises(fo1.Error) as caught:
            function(*arguments, **options)
        self.assertIs(type(caught.exception), kind, caught.exception)
        self.assertIn(text, str(caught.exception))
        return caught.exception

    def assert_same(self, value, expected, where=""):
        """Equal, numbers but for the noise of float32: memory that lies elsewhere is summed in another order."""
        if isinstance(expected, dict):
            self.assertEqual(set(value), set(expected), where)
            for key, part in expected.items():
                self.assert_same(value[key], part, f"{where}.{key}")
        elif isinstance(expected, list):
            self.assertEqual(len(value), len(expected), where)
            for index, part in enumerate(expected):
                self.assert_same(value[index], part, f"{where}[{index}]")
        elif isinstance(expected, float):
            self.assertAlmostEqual(value, expected, delta=1e-3, msg=where)
        else:
            self.assertEqual(value, expected, where)
