#!/usr/bin/env python3
"""The tree is the architecture: includes point down, stages do not know each other, files stay small."""
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"

BELOW = ["base", "weights", "ops", "nn"]  # what a stage may use, lowest first
STAGES = ["image", "proposal", "encoder", "region", "connector", "text", "language", "task"]
# Folder -> folders whose files it may include (beside its own and include/fo1).
ALLOWED = {"base": [], "weights": ["base"], "ops": ["base"], "nn": ["base"]}
ALLOWED.update({stage: BELOW for stage in STAGES})
ALLOWED["vlm"] = BELOW + STAGES
ALLOWED["pipeline"] = BELOW + STAGES + ["vlm"]
ALLOWED["terminal"] = []
ALLOWED["train"] = BELOW + STAGES + ["vlm", "pipeline", "terminal"]
ALLOWED["cli"] = ["terminal"]  # a client of the public headers

MOST_LINES = 500
LONGER = {"capi/fo1_c.h": 600}  # one file on purpose: languages without a preprocessor read it
CAPI = ROOT / "capi" / "src"
HEAVY = ("torch/", "ATen/", "c10/", "opencv2/", "nlohmann/")


def includes(path):
    return re.findall(r'^#include ["<]([^">]+)[">]', path.read_text(encoding="utf-8"), re.MULTILINE)


def sources(folder):
    return [path for path in sorted(folder.rglob("*")) if path.suffix in (".h", ".cpp", ".c")]


class Layers(unittest.TestCase):
    def test_includes_point_down(self):
        self.assertTrue(sources(SRC))
        for path in sources(SRC):
            own = path.relative_to(SRC).parts[0]
            self.assertIn(own, ALLOWED, f"{path}: unknown folder")
            for name in includes(path):
                folder = name.split("/")[0]
                if "/" in name and folder in ALLOWED and folder != own:
                    self.assertIn(folder, ALLOWED[own], f"{path.relative_to(ROOT)} includes {name}")

    def test_every_folder_of_src_has_a_place(self):
        for folder in SRC.iterdir():
            if folder.is_dir():
                self.assertIn(folder.name, ALLOWED)

    def test_public_headers_hold_plain_types_only(self):
        headers = sources(ROOT / "include")
        self.assertTrue(headers)
        for path in headers:
            for name in includes(path):
                self.assertFalse(name.startswith(HEAVY), f"{path.relative_to(ROOT)} includes {name}")

    def test_no_file_is_a_god_file(self):
        for folder in ("src", "include", "capi"):
            for path in sources(ROOT / folder):
                lines = len(path.read_text(encoding="utf-8").splitlines())
                name = str(path.relative_to(ROOT))
                self.assertLessEqual(lines, LONGER.get(name, MOST_LINES), name)

    def test_every_source_is_built(self):
        text = (SRC / "CMakeLists.txt").read_text(encoding="utf-8")
        text += (CAPI.parent / "CMakeLists.txt").read_text(encoding="utf-8")
        for path in [*SRC.rglob("*.cpp"), *CAPI.rglob("*.cpp")]:
            self.assertIn(path.name, text, f"{path.relative_to(ROOT)} is in no target")

    def test_the_c_library_is_a_client_of_the_public_headers(self):
        self.assertTrue(sources(CAPI))
        for path in sources(CAPI):
            for name in includes(path):
                if "/" in name:
                    self.assertRegex(name, r"^(fo1|capi)/", f"{path.relative_to(ROOT)} includes {name}")


if __name__ == "__main__":
    sys.exit(unittest.main())
