"""Lists of boxes."""

import json
import math
import unittest

import numpy as np

import fo1
from support import BOXES, LABELS, PICTURE, Test

TWO = [[1, 2, 3, 4], [5.5, 6, 7, 8]]


class Lists(Test):
    def test_boxes_in_all_forms(self):
        array = np.array(TWO)
        mixed = [fo1.Region((1, 2, 3, 4)), (5.5, 6, 7, 8)]
        strided = np.arange(16, dtype=np.float32).reshape(2, 8)[:, ::2]
        for given in (TWO, array, array.astype(np.float32), np.asfortranarray(array), mixed, fo1.Regions(TWO)):
            np.testing.assert_array_equal(fo1.Regions.of(given).boxes, TWO)
        np.testing.assert_array_equal(fo1.Regions(strided).boxes, strided)
        for none in ((), [], np.empty((0, 4)), np.array([])):
            self.assertEqual((len(fo1.Regions(none)), fo1.Regions(none).boxes.shape), (0, (0, 4)))

    def test_scores_and_labels(self):
        regions = fo1.Regions(TWO, scores=[0.5, math.nan], labels=["a", "ü"])
        self.assertEqual(list(regions), [fo1.Region((1, 2, 3, 4), 0.5, "a"), fo1.Region((5.5, 6, 7, 8), None, "ü")])
        self.assertEqual(regions[-1].label, "ü")
        self.assertEqual(regions[:1], (regions[0],))
        self.assertEqual(regions.labels, ["a", "ü"])
        np.testing.assert_array_equal(regions.scores, [0.5, math.nan])
        self.assertEqual(list(fo1.Regions(list(regions))), list(regions))
        self.assertEqual((regions.source, repr(regions)), ("given", "Regions(2 boxes)"))

    def test_json(self):
        regions = fo1.Regions.from_json([{"box": TWO[0], "score": 0.5, "label": "a"}, {"box": TWO[1]}])
        self.assertEqual(list(fo1.Regions.from_json(json.dumps(TWO))), list(fo1.Regions(TWO)))
        written = regions.to_dict(fo1.Image.load(PICTURE))
        self.assertEqual((written["image"]["width"], written["proposals"]["count"]), (256, 2))
        self.assertEqual(list(fo1.Regions.from_json(written)), list(regions))

    def test_unite(self):
        scored = fo1.Regions([[0, 0, 10, 10], [0, 0, 10, 9], [50, 50, 60, 60]], scores=[0.9, 0.8, 0.95])
        with fo1.Proposer.from_function("mine", lambda pixels, labels: scored) as proposer:
            found = proposer.propose(PICTURE)
        united = fo1.Regions.unite([TWO, found])
        np.testing.assert_array_equal(united.boxes, [*TWO, [50, 50, 60, 60], [0, 0, 10, 10]])
        self.assertEqual(united.source, "given+mine")
        self.assertEqual(len(fo1.Regions.unite([TWO, found], max_iou=0)), 5)
        self.assertEqual(len(fo1.Regions.unite([TWO, found], most=3)), 3)
        self.assertEqual(len(fo1.Regions.unite([TWO, scored])), 5)  # one's own all stay

    def test_draw(self):
        file = self.folder / "regions.png"
        fo1.Regions(BOXES).draw(file, fo1.Image.load(PICTURE))
        self.assertFalse(np.array_equal(fo1.Image.load(file).to_numpy(), fo1.Image.load(PICTURE).to_numpy()))

    def test_errors(self):
        for text, *arguments in [
            ("expected [N, 4], got [2, 3]", np.zeros((2, 3))),
            ("expected [N, 4], got [4]", np.zeros(4)),
            ("boxes[2]: expected a finite number", [[0, 0, math.nan, 1]]),
            ("scores: expected one for each of 2 boxes, got 1", TWO, [0.5]),
            ("labels: expected one for each of 2 boxes, got 3", TWO, None, LABELS),
            ("scores[1]: expected 0 to 1", TWO, [0.5, 1.5]),
        ]:
            with self.subTest(text):
                self.raises(fo1.InvalidArgument, text, fo1.Regions, *arguments)
        self.raises(fo1.CorruptFile, "json: not valid JSON", fo1.Regions.from_json, "{")


if __name__ == "__main__":
    unittest.main()
