"""What the tests of the installed tree and of the package share.

FO1_STAGE names the tree that `cmake --install` made, FO1_BUILD the build folder, FO1_LIBTORCH the folder of LibTorch's
libraries. Nothing is run from there: the tests look at copies in other places.
"""
import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

STAGE = Path(os.environ["FO1_STAGE"])
BUILD = Path(os.environ["FO1_BUILD"])
LIBTORCH = Path(os.environ["FO1_LIBTORCH"])
LABELS = ["red circle", "blue square", "yellow triangle"]
LIBRARIES_IN_USE = re.compile(r"calling init: (\S+)")
# What would help a program to find libraries, or pkg-config to find packages, goes.
PLAIN = {name: value for name, value in os.environ.items()
         if name not in ("LD_LIBRARY_PATH", "LD_PRELOAD", "LD_RUN_PATH", "LIBRARY_PATH", "CPATH")
         and not name.startswith(("PKG_CONFIG", "CMAKE_", "fo1_"))}


def run(*command, **environment):
    """A command that must succeed; its output."""
    result = subprocess.run([str(word) for word in command], env={**PLAIN, **environment}, text=True,
                            capture_output=True, timeout=600)
    if result.returncode != 0:
        raise AssertionError(f"{command}: status {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


class TreeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()

    def loaded(self, *command, **environment):
        """The libraries that the command loads, {name without the ending: path}."""
        log = self.folder / "loaded"
        run(*command, LD_DEBUG="libs", LD_DEBUG_OUTPUT=str(log), **environment)
        paths = [Path(path) for file in self.folder.glob("loaded.*")
                 for path in LIBRARIES_IN_USE.findall(file.read_text())]
        return {path.name.split(".so")[0]: path for path in paths}

    def assert_loads_from(self, folders, *command, **environment):
        """`folders`: {library: the folder that it must come from}."""
        loaded = self.loaded(*command, **environment)
        found = {name: os.path.normpath(loaded[name].parent) for name in folders}
        self.assertEqual(found, {name: str(folder) for name, folder in folders.items()})

    @staticmethod
    def sample(tree):
        """The model, picture and boxes that come with an installed tree."""
        models = tree / "share/fo1/models"
        return models / "tiny", models / "samples/shapes.png", models / "samples/shapes.json"

    def detections(self, tree, **environment):
        """What the program of the tree finds in the sample, as the examples print it."""
        model, image, boxes = self.sample(tree)
        queries = [word for label in LABELS for word in ("--query", label)]
        output = run(tree / "bin/fo1", "detect", "--model", model, "--image", image, "--boxes", boxes, *queries,
                     "--json", "-", **environment)
        found = json.loads(output)["detections"]
        self.assertEqual({one["label"] for one in found}, set(LABELS))
        return "".join("{} at {:.0f},{:.0f} - {:.0f},{:.0f} score {:.3f}\n".format(one["label"], *one["box"], one["score"])
                       for one in found)
