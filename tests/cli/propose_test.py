"""`propose`: regions from the picture alone."""
import json
import struct
import unittest
import zlib

from harness import case_of, overlap
from proposals import EVERYTHING, LARGE, NEEDLE, PNG, SMALL, STRIP, UPN, UPN_FOLDER, WORDS, ProposalTest, boxes_of


def png(width, height):
    """A picture file of varied greys."""
    rows = b"".join(b"\0" + bytes((37 * x + 11 * y) % 256 for x in range(width)) for y in range(height))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows)),
              (b"IEND", b"")]
    return PNG + b"".join(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
                          for kind, data in chunks)


def scores_of(result):
    return [entry["score"] for entry in result["boxes"]]


def most_overlap(boxes):
    return max(overlap(a, b) for i, a in enumerate(boxes) for b in boxes[:i])


class ProposeTest(ProposalTest):
    def test_the_json_holds_the_recorded_boxes(self):
        result = self.proposed(STRIP, "--proposals", UPN)
        self.assertEqual(list(result), ["schema", "task", "image", "proposals", "boxes", "timings_ms"])
        self.assertEqual([result["schema"], result["task"]], [1, "propose"])
        self.assertEqual(result["image"], {"path": str(STRIP), "width": 300, "height": 30})
        self.assertEqual(result["proposals"], {"source": "upn", "count": len(result["boxes"])})
        self.assertEqual(list(result["timings_ms"]), ["propose"])
        recorded = json.loads((UPN_FOLDER / "cases/strip_300x30.json").read_text())
        wanted = next(entry for entry in recorded["prompts"]["fine_grained_prompt"]["filter"]
                      if [entry["min_score"], entry["nms_value"]] == [0.3, 0.8])
        self.assertEqual(len(result["boxes"]), len(wanted["boxes"][0]))
        for score, recorded_score in zip(scores_of(result), wanted["scores"][0]):
            self.assertAlmostEqual(score, recorded_score, delta=0.011)
        for recorded_box in wanted["boxes"][0]:  # cut to whole pixels; near scores may have changed places
            self.assertTrue(any(max(abs(a - b) for a, b in zip(box, recorded_box)) < 1.01
                                for box in boxes_of(result)), recorded_box)

    def test_people_get_a_table_and_a_picture(self):
        file, picture = self.folder / "out.json", self.folder / "out.png"
        result = self.done("propose", "--image", SMALL, "--proposals", f"opn:{self.opn_folder()}", "--json", file,
                           "--draw", picture)
        lines = result.stdout.splitlines()
        self.assertRegex(lines[0], r"^region  box +score$")  # no labels, so no column of them
        for index, (line, entry) in enumerate(zip(lines[1:], json.loads(file.read_text())["boxes"])):
            box = " ".join(f"{x:.6g}" for x in entry["box"])
            self.assertRegex(line, rf"^{index} +{box} +{entry['score']:.3f}$")
        self.assertEqual(len(lines) - 1, json.loads(file.read_text())["proposals"]["count"])
        self.assertEqual(picture.read_bytes()[:8], PNG)
        self.assertNotEqual(picture.read_bytes(), SMALL.read_bytes())

    def test_nothing_good_enough_is_a_result(self):
        file, picture = self.folder / "out.json", self.folder / "out.png"
        result = self.done("propose", "--image", NEEDLE, "--proposals", UPN, "--min-score", "1", "--json", file,
                           "--draw", picture)
        self.assertEqual([result.stdout, result.stderr], ["nothing found\n", ""])
        self.assertEqual(json.loads(file.read_text())["boxes"], [])
        self.assertEqual(json.loads(file.read_text())["proposals"], {"source": "upn", "count": 0})
        self.assertEqual(picture.read_bytes()[:8], PNG)

    def test_what_is_kept(self):
        opn = ["--proposals", f"opn:{self.opn_folder()}"]
        everything = self.proposed(SMALL, *opn, *EVERYTHING)["boxes"]
        usual = self.proposed(SMALL, *opn)
        self.assertEqual(scores_of(usual), sorted(scores_of(usual), reverse=True))
        self.assertGreater(min(scores_of(usual)), 0.3)
        self.assertLess(len(usual["boxes"]), len(everything))

        self.assertEqual(self.proposed(SMALL, *opn, "--max-proposals", "3")["boxes"], usual["boxes"][:3])
        bound = usual["boxes"][len(usual["boxes"]) // 2]["score"]
        better = self.proposed(SMALL, *opn, "--min-score", bound + 1e-6)["boxes"]
        self.assertEqual(better, [entry for entry in usual["boxes"] if entry["score"] > bound + 1e-6])
        large = self.proposed(SMALL, *opn, *EVERYTHING, "--min-side", "2")["boxes"]
        self.assertEqual(large, [entry for entry in everything
                                 if min(entry["box"][2] - entry["box"][0], entry["box"][3] - entry["box"][1]) >= 2])
        self.assertLess(0, len(large))
        self.assertLess(len(large), len(everything))

        overlapping = [entry["box"] for entry in everything]
        apart = boxes_of(self.proposed(SMALL, *opn, *EVERYTHING[:2], *EVERYTHING[4:], "--nms", "0.05"))
        self.assertGreater(most_overlap(overlapping), 0.05)
        self.assertLess(most_overlap(apart), 0.0501)

    def test_prompts(self):
        upn = ["--proposals", UPN, *EVERYTHING]
        usual = self.proposed(NEEDLE, *upn)["boxes"]
        fine = self.proposed(NEEDLE, *upn, "--prompt", "fine")["boxes"]
        coarse = self.proposed(NEEDLE, *upn, "--prompt", "coarse")["boxes"]
        both = self.proposed(NEEDLE, *upn, "--prompt", "fine", "--prompt", "coarse")
        self.assertEqual(usual, fine)
        self.assertNotEqual(fine, coarse)
        united = sorted((entry["score"] for entry in fine + coarse), reverse=True)
        self.assertEqual(len(both["boxes"]), len(united))
        for score, wanted in zip(scores_of(both), united):
            self.assertAlmostEqual(score, wanted, delta=1e-3)

    def test_pieces_of_a_large_picture(self):
        opn = ["--proposals", f"opn:{self.opn_folder()}", *EVERYTHING]
        whole = self.proposed(LARGE, *opn)["boxes"]
        pieces = self.proposed(LARGE, *opn, "--tile", "250", "--tile-overlap", "0.1")["boxes"]
        self.assertGreater(len(pieces), 2 * len(whole))
        for entry in whole:
            self.assertIn(entry, pieces)
        for x1, y1, x2, y2 in (entry["box"] for entry in pieces):
            self.assertTrue(0 <= x1 <= x2 <= 640 and 0 <= y1 <= y2 <= 427)
        self.assertEqual(self.proposed(LARGE, *opn, "--tile", "640")["boxes"], whole)

    def test_pictures_of_one_pixel(self):
        opn = f"opn:{self.opn_folder()}"
        for proposals, width, height in [(opn, 1, 1), (opn, 1, 70), (UPN, 1, 70), (UPN, 70, 1), (UPN, 1, 2000)]:
            image = self.folder / f"{width}x{height}.png"
            image.write_bytes(png(width, height))
            with self.subTest(f"{proposals} {image.name}"):
                result = self.proposed(image, "--proposals", proposals, *EVERYTHING)
                self.assertEqual([result["image"]["width"], result["image"]["height"]], [width, height])
                self.assertGreater(len(result["boxes"]), 0)

    def test_several_networks(self):
        both = ["--proposals", UPN, "--proposals", f"opn:{self.opn_folder()}"]
        result = self.proposed(STRIP, *both)
        self.assertEqual(result["proposals"]["source"], "upn+opn")
        self.assertEqual(scores_of(result), sorted(scores_of(result), reverse=True))
        self.assertLess(most_overlap(boxes_of(result)), 0.8001)
        self.assertLessEqual(len(result["boxes"]), 100)
        found = boxes_of(self.proposed(STRIP, *both[:2])) + boxes_of(self.proposed(STRIP, *both[2:]))
        for box in boxes_of(result):
            self.assertIn(box, found)
        self.assertEqual(len(self.proposed(STRIP, *both, "--max-proposals", "4")["boxes"]), 4)

    def test_boxes_of_ones_own_come_first(self):
        own = [[1, 1, 20, 20], [0, 0, 5, 5]]
        result = self.proposed(SMALL, "--boxes", self.boxes_file(own), "--proposals", f"opn:{self.opn_folder()}")
        self.assertEqual(result["proposals"]["source"], "given+opn")
        self.assertEqual(result["boxes"][:2], [{"box": box} for box in own])
        self.assertGreater(len(result["boxes"]), 2)

    def test_wording_is_kept(self):
        folder = self.opn_folder()
        opn = ["--proposals", f"opn:{folder}"]
        before = self.proposed(SMALL, *opn, "--save-wording")["boxes"]
        self.assertEqual(self.proposed(SMALL, *opn)["boxes"], before)
        (folder / "fo1_wording.safetensors").write_text("no tensors")  # so it is read
        self.fails("corrupt_file", "fo1_wording.safetensors", "propose", "--image", SMALL, *opn)
        self.fails("unsupported", "upn reads no labels", "propose", "--image", NEEDLE, "--proposals", UPN,
                   "--save-wording")

    def test_what_the_folder_says_about_its_use(self):
        use = {**WORDS, "most": 2, "min_score": 0.1}
        folder = self.opn_folder(use)
        self.assertEqual(len(self.proposed(SMALL, "--proposals", folder)["boxes"]), 2)
        self.assertEqual(len(self.proposed(SMALL, "--proposals", folder, "--max-proposals", "5")["boxes"]), 5)
        folder = self.linked("upn", UPN_FOLDER, {"fo1_proposals.json": {"prompts": ["coarse"]}})
        self.assertEqual(self.proposed(NEEDLE, "--proposals", folder)["boxes"],
                         self.proposed(NEEDLE, "--proposals", UPN, "--prompt", "coarse")["boxes"])

    def test_errors(self):
        opn, image = self.opn_folder(), ["propose", "--image", SMALL]
        self.refuses("--proposals NAME:DIR, or --model DIR", *image)
        here = self.folder
        for code, text, *options in [
            ("not_found", "nowhere", "--proposals", f"opn:{here / 'nowhere'}"),
            ("invalid_argument", "yolo", "--proposals", "yolo:x"),
            ("invalid_argument", "upn", "--proposals", "upn"),
            ("not_found", "opn", "--model", case_of("detect").model, "--proposals", "opn"),
            ("not_found", "proposals", "--model", case_of("detect").model),
            ("invalid_argument", "expected upn, but this is opn", "--proposals", f"upn:{opn}"),
            ("unsupported", "not a proposal network", "--proposals", case_of("detect").model),
            ("invalid_argument", "upn reads no labels", "--proposals", UPN, "--query", "cat"),
            ("invalid_argument", "no proposal network is chosen", "--proposals", "none", "--query", "cat"),
            ("not_found", "vocab.json", "--proposals", f"opn:{opn}", "--query", "cat"),
            ("invalid_argument", '"medium"', "--proposals", UPN, "--prompt", "medium"),
            ("invalid_argument", '"fine"', "--proposals", f"opn:{opn}", "--prompt", "fine"),
            ("deadline", "propose", "--proposals", f"opn:{opn}", "--deadline", "0"),
            ("not_found", "gone.png", "--proposals", f"opn:{opn}", "--draw", here / "gone/gone.png"),
        ]:
            with self.subTest(options):
                self.fails(code, text, *image, *options)
        (opn / "fo1_proposals.json").write_text('{"label_ids": 3}')
        self.fails("corrupt_file", "fo1_proposals.json: label_ids", *image, "--proposals", opn)

    def test_wrong_values(self):
        propose = ["propose", "--image", "x", "--proposals", UPN]
        self.refuses("--image is required", *propose[:1])
        self.refuses("expected a number from 0 to 1, got 1.5", *propose, "--min-score", "1.5")
        self.refuses("expected a number from 0 to 1, got nan", *propose, "--nms", "nan")
        self.refuses("expected a number >= 0, got -1", *propose, "--max-proposals", "-1")
        self.refuses("expected a number of pixels >= 0, got inf", *propose, "--min-side", "inf")
        self.refuses("expected at least 32 pixels, got 31", *propose, "--tile", "31")
        self.refuses("expected a number from 0 to 0.9, got 1", *propose, "--tile", "64", "--tile-overlap", "1")
        self.refuses("--tile-overlap requires --tile", *propose, "--tile-overlap", "0.5")


if __name__ == "__main__":
    unittest.main()
