#!/usr/bin/env python3
"""All comparisons with a few steps each: a table with a row for each model. Skipped where a module is missing."""
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
    import pycocotools  # noqa: F401
    import sentencepiece  # noqa: F401
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VARIANTS = ["full", "no high-resolution branch", "no primary branch", "single level", "one stage", "writes coordinates"]
MEASURES = ["mAP", "ground", "count", "ocr", "ask"]


def small_model():
    model = json.loads((ROOT / "models/demo.json").read_text(encoding="utf-8"))
    model["num_hidden_layers"] = 3
    model["vision_config"].update(depth=2, fullatt_block_indexes=[0, 1])
    model["aux_vision_config"]["depths"] = [1, 1, 1, 1]
    model["preprocessor"]["max_pixels"] = 112 * 112
    return model


def short_recipe():
    stage = {"batch": 2, "warmup_steps": 0, "save_every": 1, "report_every": 1}
    steps = {"encoders": 1, "pretrain": 1, "align": 1, "finetune": 2}
    stages = [{"stage": name, "steps": count, **stage} for name, count in steps.items()]
    stages.append({"stage": "pretrain", "steps": 1, "scenes": [{"scenes": 3, "seed": 3, "told": "cells"}], **stage})
    stages.append({"stage": "finetune", "steps": 3, "scenes": {"scenes": 3, "seed": 2, "tasks": "detect", "proposals": True}, **stage})
    proposals = {"model": str(ROOT / "models/demo-proposals.json"), "stage": {"steps": 1}}
    return {"proposals": proposals, "model": "model.json", "vocabulary": 460, "scenes": {"scenes": 4, "seed": 1}, "common": {}, "stages": stages}


class Ablate(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("model.json", small_model())
        self.write("recipe.json", short_recipe())

    def write(self, name, value):
        (self.root / name).write_text(json.dumps(value), encoding="utf-8")

    def ablate(self, out, *options):
        done = self.run_script(out, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def run_script(self, out, *options):
        return subprocess.run([sys.executable, "-B", ROOT / "scripts/ablate", self.root / "recipe.json", "--out",
                               self.root / out, "--unseen", "1", "--longest-answer", "4", "--threads", "1", "--fo1",
                               os.environ["FO1_PROGRAM"], "--fo1-train", os.environ["FO1_TRAIN_PROGRAM"], *options],
                              capture_output=True, text=True)

    def require_table(self, out):
        lines = [line for line in (self.root / out / "table.md").read_text(encoding="utf-8").splitlines() if line]
        self.assertEqual(lines[0], f"| model | {' | '.join(MEASURES)} |")
        before, *rows = [line.strip("|").split("|") for line in lines[2:3 + len(VARIANTS)]]
        self.assertEqual([row[0].strip() for row in (before, *rows)], ["before", *VARIANTS])
        self.assertEqual([value.strip() for value in before[1:5]], ["-"] * 4)
        self.assertTrue(0 <= float(before[5]) <= 1, before)
        for row in rows:
            self.assertEqual(len(row), 1 + len(MEASURES))
            values = dict(zip(MEASURES, (value.strip() for value in row[1:])))
            self.assertEqual(values.pop("ocr"), "-")  # no sign in the only scene
            self.assertTrue(all(0 <= float(value) <= 1 for value in values.values()), row)

    def steps(self, out):
        """Of every stage of every variant, as the runs themselves count them."""
        return {str(file.parent.relative_to(self.root / out)): len(file.read_text(encoding="utf-8").splitlines())
                for file in (self.root / out).rglob("metrics.jsonl")}

    def require_scenes_of_stages(self, out):
        """Variants share the scenes of a stage; who writes coordinates has others."""
        self.assertEqual(sorted(folder.parent.name for folder in out.rglob("conversations.jsonl")),
                         ["coordinates", "coordinates-2", "coordinates-3", "scenes", "scenes-2", "scenes-3", "unseen"])
        asked = {name: (out / f"{name}-2/conversations.jsonl").read_text(encoding="utf-8")
                 for name in ("scenes", "coordinates")}
        self.assertEqual([text.count("bbox_list") > 0 for text in asked.values()], [True, False])
        self.assertTrue(all("-detect-" in line for text in asked.values() for line in text.splitlines()))
        self.assertNotIn("--proposals", (out / "scenes-2.made.json").read_text(encoding="utf-8"))

    def test_a_row_for_each_model(self):
        self.ablate("out")
        self.require_table("out")
        steps = self.steps("out")
        self.assertEqual({key: steps.pop(key) for key in ("1-encoders", "2-pretrain")}, {"1-encoders": 1, "2-pretrain": 1})
        two = {"2-align": 1, "3-finetune": 2, "4-pretrain": 1, "5-finetune": 3}
        one = {"2-finetune": 3, "3-pretrain": 1, "4-finetune": 3}
        self.assertEqual(steps, {f"{name.replace(' ', '-')}/{stage}": count for name in VARIANTS
                                 for stage, count in (one if name in VARIANTS[4:] else two).items()})
        self.require_scenes_of_stages(self.root / "out")
        self.assertNotIn("evaluate", self.ablate("out"))  # all there: nothing is trained or measured again
        self.assertEqual(self.steps("out"), {**steps, "1-encoders": 1, "2-pretrain": 1})

        for name in VARIANTS[::-1]:  # shared work
            self.ablate("of-known", "--begin-with", self.root / "out/2-pretrain", "--only", name)
        self.ablate("of-known", "--begin-with", self.root / "out/2-pretrain")
        self.require_table("of-known")
        self.assertEqual(self.steps("of-known"), steps)

    def test_a_recipe_without_the_proposals_it_asks_about_is_refused(self):
        recipe = short_recipe()
        del recipe["proposals"]
        self.write("recipe.json", recipe)
        self.assertIn('recipe.json: expected "proposals"', self.run_script("out").stderr)

    def test_a_recipe_of_variants_alone_needs_a_model(self):
        recipe = short_recipe()
        del recipe["stages"][:2]
        self.write("recipe.json", recipe)
        self.assertIn("recipe.json: no stages before those of the variants: name a model with --begin-with",
                      self.run_script("out").stderr)
        self.assertFalse((self.root / "out").exists())

    def test_a_recipe_without_an_alignment_is_refused(self):
        recipe = short_recipe()
        recipe["stages"].pop(2)
        self.write("recipe.json", recipe)
        self.assertIn('expected one "align"', self.run_script("out").stderr)


if __name__ == "__main__":
    unittest.main()
