"""What users copy runs."""

import re
import subprocess
import sys
import unittest

from support import BOXES_FILE, LABELS, MODEL, PACKAGE, PICTURE, ROOT, Test, from_program

EXAMPLE = PACKAGE / "examples/detect.py"
README = (PACKAGE / "README.md").read_text()


class Readme(Test):
    def test_the_example_is_the_file(self):
        self.assertEqual(re.search(r"```python\n(.*?)```", README, re.DOTALL)[1], EXAMPLE.read_text())

    def test_the_example_finds_what_the_program_finds(self):
        queries = [word for label in LABELS for word in ("--query", label)]
        expected = from_program("detect", "--model", MODEL, "--image", PICTURE, "--boxes", BOXES_FILE, *queries)
        lines = [
            "{} at {:.0f},{:.0f} - {:.0f},{:.0f} score {:.3f}\n".format(found["label"], *found["box"], found["score"])
            for found in expected["detections"]
        ]
        self.assertGreater(len(lines), 2)
        result = subprocess.run(
            [sys.executable, EXAMPLE, MODEL, PICTURE, BOXES_FILE, *LABELS], text=True, capture_output=True, timeout=600
        )
        self.assertEqual((result.returncode, result.stdout), (0, "".join(lines)), result.stderr)

    def test_the_torch_package_is_the_one_of_the_build(self):
        fetched = re.search(r'"(torch==[\d.]+)"', (ROOT / "scripts/fetch_libtorch").read_text())[1]
        self.assertIn(f'torch = ["{fetched}"]', (PACKAGE / "pyproject.toml").read_text())
        self.assertIn(fetched, README)


if __name__ == "__main__":
    unittest.main()
