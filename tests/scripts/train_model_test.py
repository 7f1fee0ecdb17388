#!/usr/bin/env python3
"""A whole training of a few steps: a model folder that the program loads. Skipped where a module is missing."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import numpy  # noqa: F401
    import PIL  # noqa: F401
    import sentencepiece  # noqa: F401
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from training.recipe import scenes_of  # noqa: E402


def short_recipe():
    """The demonstration model's, of a few steps."""
    recipe = json.loads((ROOT / "models/demo-training.json").read_text(encoding="utf-8"))
    stages = [*recipe["stages"], recipe["proposals"]["stage"]]
    for stage in stages:
        stage.update(steps=2, batch=2, warmup_steps=0, save_every=1, report_every=1)
    for owner in (recipe, recipe["proposals"]):
        owner["model"] = str(ROOT / "models" / owner["model"])
    recipe["scenes"].update(scenes=4, each=1)
    for stage in stages:
        for scenes in scenes_of(stage):
            scenes.update(scenes=3)
    recipe["vocabulary"] = 460
    return recipe


class TrainModel(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "recipe.json").write_text(json.dumps(short_recipe()), encoding="utf-8")

    def train(self):
        done = subprocess.run([sys.executable, "-B", ROOT / "scripts/train_model", self.root / "recipe.json", "--out",
                               self.root / "out", "--fo1-train", os.environ["FO1_TRAIN_PROGRAM"], "--threads", "1"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()[-1]

    def require_scenes_as_asked(self):
        asked = {}
        for stage in short_recipe()["stages"]:
            for scenes in scenes_of(stage):
                made = self.root / f"out/scenes-{scenes['seed']}.made.json"
                asked.update({key: made for key, value in scenes.items() if value is True})
                self.assertTrue(made.exists(), made)
        self.assertEqual(set(asked), {"crowded", "told", "proposals"})
        for flag, made in asked.items():
            self.assertIn(f"--{flag}", json.loads(made.read_text(encoding="utf-8")))

    def test_the_model_loads_and_training_goes_on(self):
        model = pathlib.Path(self.train())
        weights = {name: (model / name).read_bytes() for name in ["model.safetensors", "proposals/model.safetensors"]}
        for stage in ("4-align", "7-finetune", "8-finetune"):  # as if it had been ended before
            (self.root / "out" / stage / "state.safetensors").unlink()
            (self.root / "out" / stage / "model.safetensors").unlink()
        self.assertEqual(pathlib.Path(self.train()), model)
        for name, content in weights.items():
            self.assertEqual((model / name).read_bytes(), content, name)
        self.assertLess(sum(map(len, weights.values())), 60e6)
        self.require_scenes_as_asked()

        asked = subprocess.run([os.environ["FO1_PROGRAM"], "detect", "--model", model, "--image",
                                self.root / "out/scenes/images/000000.png", "--query", "cat", "--json", "-",
                                "--max-new-tokens", "3", "--threads", "1"], capture_output=True, text=True)
        self.assertEqual(asked.returncode, 0, asked.stderr)
        self.assertIn("detections", json.loads(asked.stdout))

    def test_bad_recipes_are_named(self):
        def refused(text):
            (self.root / "recipe.json").write_text(text, encoding="utf-8")
            done = subprocess.run([sys.executable, "-B", ROOT / "scripts/train_model", self.root / "recipe.json", "--out",
                                   self.root / "out"], capture_output=True, text=True)
            self.assertNotEqual(done.returncode, 0)
            return done.stderr

        self.assertIn("recipe.json", refused("{"))
        self.assertIn("none.json: No such file", refused(json.dumps({**short_recipe(), "model": "none.json"})))


if __name__ == "__main__":
    unittest.main()
