"""Regions from the picture alone: networks, and detectors in Python."""

import unittest

import numpy as np

import fo1
from support import BOXES, LABELS, MODEL, PICTURE, STRIP, UPN, Test, from_program, model


def bright(pixels, labels=()):
    """A detector of one's own: the box of all that is bright."""
    rows, columns = np.nonzero(pixels.min(axis=2) > 250)
    return [[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]] if len(rows) else []


class Networks(Test):
    def test_what_the_program_finds(self):
        expected = from_program("propose", "--proposals", UPN, "--image", STRIP)
        with fo1.Proposer.load(UPN) as proposer:
            self.assertEqual((proposer.name, proposer.reads_labels), ("upn", False))
            self.assertEqual(proposer.prompts[0], "fine")
            found = proposer.propose(STRIP)
            self.assertEqual(found.source, "upn")
            self.assert_same(found.boxes.tolist(), [entry["box"] for entry in expected["boxes"]])
            self.assert_same(found.to_dict(fo1.Image.load(STRIP))["boxes"], expected["boxes"])

            self.assertEqual(list(proposer.propose(STRIP, most=2)), list(found)[:2])
            bound = found[2].score
            self.assertTrue(all(region.score >= bound for region in proposer.propose(STRIP, min_score=bound)))
            coarse = proposer.propose(fo1.Image.load(STRIP).to_numpy(), prompts="coarse", min_score=0.0, max_iou=0.0)
            self.assertNotEqual(list(coarse), list(found))
            self.raises(fo1.InvalidArgument, "reads no labels", proposer.propose, STRIP, labels=["cat"])
            self.raises(fo1.InvalidArgument, "medium", proposer.propose, STRIP, prompts=["medium"])
            self.raises(fo1.Unsupported, "upn reads no labels", proposer.save_wording)
            self.raises(fo1.Deadline, "propose", proposer.propose, STRIP, deadline=0)
            self.raises(fo1.Cancelled, "", proposer.propose, STRIP, on_progress=lambda *_: fo1.CANCEL)

    def test_of_a_model(self):
        with fo1.Model.load(MODEL, proposals=UPN) as loaded:
            self.assertEqual(loaded.proposer.name, "upn")
            with loaded.scene(STRIP, propose_options={"most": 5}) as scene:
                self.assertEqual(len(scene.regions), 5)
                self.assertEqual(scene.ask("What is it?", max_new_tokens=2).proposal_source, "upn")
            with loaded.scene(STRIP, propose="never") as scene:
                self.assertEqual(len(scene.regions), 0)

    def test_errors(self):
        self.raises(fo1.InvalidArgument, "yolo", fo1.Proposer.load, "yolo:x")
        self.raises(fo1.NotFound, "nowhere", fo1.Proposer.load, "upn:nowhere")


class Functions(Test):
    def test_every_form_of_result(self):
        image = np.zeros((20, 30, 3), np.uint8)
        image[5:9, 10:25] = 255
        forms = [
            bright,
            lambda pixels, labels: np.array(bright(pixels)),
            lambda pixels, labels: [fo1.Region((10, 5, 25, 9), 0.5, "bright")],
            lambda pixels, labels: fo1.Regions(bright(pixels), scores=[0.75]),
            lambda pixels, labels: fo1.Regions(np.array(bright(pixels)), labels=["bright"]),
        ]
        for form in forms:
            with fo1.Proposer.from_function("bright", form) as proposer:
                found = proposer.propose(image)
                self.assertEqual((found.boxes.tolist(), found.source), ([[10, 5, 25, 9]], "bright"))
        with fo1.Proposer.from_function("bright", bright) as proposer:
            self.assertEqual(len(proposer.propose(np.zeros_like(image))), 0)

    def test_for_scenes(self):
        seen = []

        def find(pixels, labels):
            seen.append(pixels)
            return BOXES

        with fo1.Proposer.from_function("mine", find) as proposer:
            scene = self.scene(None, proposer=proposer)
            also = self.scene(BOXES[:2], proposer=proposer, propose="also")
            never = self.scene(BOXES[:2], proposer=proposer, propose="never")
            scene.set_regions(BOXES[:3])
            self.assertEqual(len(scene.regions), 3)
            scene.set_regions(proposer=proposer)
        np.testing.assert_array_equal(seen[0], fo1.Image.load(PICTURE).to_numpy())
        self.assertEqual(len(seen), 3)
        self.assertEqual(scene.detect(LABELS).text, self.scene().detect(LABELS).text)
        self.assertEqual(scene.detect("x", max_new_tokens=1).proposal_source, "mine")
        self.assertEqual((len(never.regions), also.regions.boxes[:2].tolist()), (2, BOXES[:2]))
        self.assertEqual(scene.stage_counts.encode_primary, 1)

    def test_what_it_raises_comes_out(self):
        def fail(pixels, labels):
            raise KeyError("mine")

        with fo1.Proposer.from_function("mine", fail) as proposer:
            for search in (lambda: proposer.propose(PICTURE), lambda: model().scene(PICTURE, proposer=proposer)):
                with self.assertRaisesRegex(KeyError, "mine"):
                    search()
            scene = self.scene()
            with self.assertRaisesRegex(KeyError, "mine"):
                scene.set_regions(None, proposer=proposer)
            self.assertEqual(len(scene.regions), len(BOXES))  # those it had
        with fo1.Proposer.from_function("mine", lambda pixels, labels: [[1, 2, 3]]) as proposer:
            self.raises(fo1.InvalidArgument, "expected [N, 4], got [1, 3]", proposer.propose, PICTURE)

    def test_what_to_look_for(self):
        asked = []

        def find(pixels, labels):
            asked.append(labels)
            return fo1.Regions([[1, 2, 3, 4]] * len(labels), labels=labels)

        with fo1.Proposer.from_function("mine", find) as proposer:
            found = proposer.propose(PICTURE, labels=["cat", "ü"])
            self.assertEqual((found.labels, len(proposer.propose(PICTURE))), (["cat", "ü"], 0))
        self.assertEqual(asked, [("cat", "ü"), ()])

    def test_it_may_use_the_library(self):
        inner = fo1.Proposer.from_function("inner", lambda pixels, labels: BOXES)
        with fo1.Proposer.from_function("outer", lambda pixels, labels: inner.propose(pixels)[:2]) as proposer:
            self.assertEqual(proposer.propose(PICTURE).boxes.tolist(), BOXES[:2])

    def test_wrong_choice(self):
        self.raises(fo1.InvalidArgument, "propose: expected one of if_none", model().scene, PICTURE, propose="always")


if __name__ == "__main__":
    unittest.main()
