"""label: a folder of pictures becomes files for annotation tools."""
import json
import os
import pty
import shutil
import signal
import time
import unittest
from pathlib import Path

from harness import DATA, case_of, read_lines, run, start
from proposals import SMALL, UPN, ProposalTest

BAR = DATA / "images/thin.png"  # where the tiny model sees blue squares
LABELS = ["red circle", "blue square", "赤い \"丸\", 1"]
FORMATS = ["--format", "coco", "--format", "yolo", "--format", "labelme", "--draw"]


class LabelTest(ProposalTest):
    def setUp(self):
        super().setUp()
        self.model = case_of("detect").model
        self.opn = f"opn:{self.opn_folder()}"
        self.images, self.out = self.folder / "photos", self.folder / "out"
        self.log = self.out / "answers.jsonl"
        self.images.mkdir()

    def put(self, *names, source=BAR):
        for name in names:
            (self.images / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(source, self.images / name)

    def command(self, *more, labels=LABELS):
        queries = [word for label in labels for word in ("--query", label)]
        return ["label", "--model", self.model, "--proposals", self.opn, "--images", self.images, "--out", self.out,
                *queries, *more]

    def names(self, ok=True):
        return [answer["id"] for answer in read_lines(self.log) if answer["ok"] == ok]

    def coco(self):
        return json.loads((self.out / "annotations.json").read_text(encoding="utf-8"))

    def files(self):
        """All files below the output folder and what is in them."""
        return {str(path.relative_to(self.out)): path.read_bytes() for path in self.out.rglob("*") if path.is_file()}

    def results(self):
        """Without the times of the log."""
        return {name: content for name, content in self.files().items() if name != "answers.jsonl"}


class FormatsTest(LabelTest):
    def setUp(self):
        super().setUp()
        self.put("b.png", "a.jpg", "a.png", "sub/c.PNG")
        self.put("empty.png", source=SMALL)
        self.result = self.done(*self.command("--recursive", *FORMATS))
        self.found = {answer["id"]: [found for found in answer["result"]["detections"] if found["label"] in LABELS]
                      for answer in read_lines(self.log)}
        self.outputs = {"a.jpg": "a.jpg", "a.png": "a.png", "b.png": "b", "empty.png": "empty", "sub/c.PNG": "sub/c"}

    def test_what_is_said_and_written(self):
        self.assertEqual(self.result.stdout, "")
        self.assertRegex(self.result.stderr, r"\A(fo1: note: boxes left out, named otherwise than asked: \d+ \(.*\)\n)?"
                                             r"5 labelled, 0 failed\n\Z")
        self.assertEqual(self.names(), list(self.outputs))
        self.assertGreater(len(self.found["b.png"]), 0)
        wanted = {"answers.jsonl", "settings.json", "annotations.json", "classes.txt", "data.yaml"}
        for name, output in self.outputs.items():
            wanted |= {f"labels/{output}.txt", f"images/{output}{Path(name).suffix}", f"labelme/{output}.json",
                       f"drawn/{output}.jpg"}
        self.assertEqual(set(self.files()), wanted)

    def test_coco(self):
        coco = self.coco()
        names = [image["file_name"] for image in coco["images"]]
        self.assertEqual(names, list(self.outputs))
        self.assertEqual([category["name"] for category in coco["categories"]], LABELS)
        for entries in ("images", "categories", "annotations"):
            self.assertEqual([entry["id"] for entry in coco[entries]], list(range(1, len(coco[entries]) + 1)))
        boxes = [(names[entry["image_id"] - 1], LABELS[entry["category_id"] - 1], entry) for entry in
                 coco["annotations"]]
        found = [(name, entry["label"], entry) for name in names for entry in self.found[name]]
        self.assertEqual([box[:2] for box in boxes], [box[:2] for box in found])
        for (_, _, entry), (_, _, detection) in zip(boxes, found):
            x, y, width, height = entry["bbox"]
            for value, wanted in zip([x, y, x + width, y + height, entry["score"]],
                                     detection["box"] + [detection["score"]]):
                self.assertAlmostEqual(value, wanted, delta=0.0011)  # inside the picture, so nothing is clipped

    def test_yolo(self):
        self.assertEqual((self.out / "classes.txt").read_text(encoding="utf-8").splitlines(), LABELS)
        self.assertEqual((self.out / "data.yaml").read_text(encoding="utf-8"),
                         'train: "images"\nval: "images"\nnames:\n  0: "red circle"\n  1: "blue square"\n'
                         '  2: "赤い \\"丸\\", 1"\n')
        sizes = {image["file_name"]: (image["width"], image["height"]) for image in self.coco()["images"]}
        for name, output in self.outputs.items():
            picture = self.out / "images" / (output + Path(name).suffix)
            self.assertEqual(picture.resolve(), (self.images / name).resolve())
            lines = (self.out / f"labels/{output}.txt").read_text().splitlines()
            self.assertEqual(len(lines), len(self.found[name]))
            for line, found in zip(lines, self.found[name]):
                index, *centre_and_size = line.split()
                self.assertEqual(LABELS[int(index)], found["label"])
                x, y, width, height = (float(value) * side for value, side in zip(centre_and_size, sizes[name] * 2))
                box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
                for value, wanted in zip(box, found["box"]):
                    self.assertAlmostEqual(value, wanted, delta=0.002)

    def test_labelme(self):
        for name, output in self.outputs.items():
            file = self.out / f"labelme/{output}.json"
            content = json.loads(file.read_text(encoding="utf-8"))
            self.assertTrue(os.path.samefile(file.parent / content["imagePath"], self.images / name))
            self.assertEqual([shape["label"] for shape in content["shapes"]],
                             [found["label"] for found in self.found[name]])
            self.assertEqual({shape["shape_type"] for shape in content["shapes"]} - {"rectangle"}, set())


class KeptTest(LabelTest):
    def test_low_scores_and_other_names_are_left_out(self):
        self.put("a.png")
        self.done(*self.command())
        scores = sorted(entry["score"] for entry in self.coco()["annotations"])
        self.assertGreater(len(scores), 1)
        bound = (scores[0] + scores[-1]) / 2
        self.assertLess(scores[0], bound)

        self.out = self.folder / "better"
        self.done(*self.command("--min-label-score", bound))
        kept = [entry["score"] for entry in self.coco()["annotations"]]
        self.assertEqual(sorted(kept), [score for score in scores if score >= bound])

        self.out, self.log = self.folder / "others", self.folder / "others/answers.jsonl"
        result = self.done(*self.command(labels=["blue square", "dog"]))
        found = [found["label"] for answer in read_lines(self.log) for found in answer["result"]["detections"]]
        others = [label for label in found if label not in ("blue square", "dog")]
        self.assertEqual(len(self.coco()["annotations"]), len(found) - len(others))
        self.assertIn(f"named otherwise than asked: {len(others)} (" if others else "1 labelled", result.stderr)

    def test_only_the_folder_itself_unless_asked(self):
        self.put("a.png", "sub/b.png")
        self.done(*self.command())
        self.assertEqual(self.names(), ["a.png"])
        self.done(*self.command("--resume", "--recursive"))
        self.assertEqual(self.names(), ["a.png", "sub/b.png"])

    def test_the_output_is_no_input(self):
        self.put("a.png")
        self.out = self.images / "out"
        self.log = self.out / "answers.jsonl"
        for options in ((), ("--resume",)):
            self.done(*self.command("--recursive", "--draw", *options))
        self.assertEqual(self.names(), ["a.png"])
        self.assertTrue((self.out / "drawn/a.jpg").exists())


class FailuresTest(LabelTest):
    def test_a_bad_picture_among_good_ones(self):
        self.put("a.png", "c.png")
        (self.images / "b.png").write_text("no picture")
        result = self.done(*self.command(*FORMATS))
        self.assertRegex(result.stderr, r"\Afo1: note: b\.png was skipped: corrupt_file: [^\n]*b\.png[^\n]*\n")
        self.assertTrue(result.stderr.endswith("2 labelled, 1 failed\n"), result.stderr)
        self.assertEqual([self.names(), self.names(ok=False)], [["a.png", "c.png"], ["b.png"]])
        self.assertEqual(read_lines(self.log)[1]["error"]["code"], "corrupt_file")
        self.assertEqual([image["file_name"] for image in self.coco()["images"]], ["a.png", "c.png"])
        self.assertFalse((self.out / "labels/b.txt").exists())

        self.put("b.png")  # failures are tried again
        result = self.done(*self.command(*FORMATS, "--resume"))
        self.assertTrue(result.stderr.endswith("1 labelled, 0 failed, 2 labelled before\n"), result.stderr)
        self.assertEqual([self.names(), self.names(ok=False)], [["a.png", "c.png", "b.png"], []])
        self.assertEqual([image["file_name"] for image in self.coco()["images"]], ["a.png", "b.png", "c.png"])

    def test_a_terminal_gets_a_progress_bar(self):
        self.put("a.png")
        (self.images / "b.png").write_text("no picture")
        terminal, end = pty.openpty()
        run(*self.command(), stderr=end)
        os.close(end)
        shown = os.read(terminal, 1 << 16).decode()
        os.close(terminal)
        self.assertRegex(shown, r"\r\[#{15}\.{15}\] 1/2, \d+ s left\x1b\[K"
                                r"\r\x1b\[Kfo1: note: b\.png was skipped: [^\r]*\r\n\r\[#{30}\] 2/2")
        self.assertTrue(shown.endswith("1 labelled, 1 failed\r\n"), shown)

    def test_errors(self):
        self.put("a.png")
        here = self.folder
        none = ["label", "--model", self.model, "--images", self.images, "--out", self.out, "--query", "x"]
        self.fails("invalid_argument", "no proposal network is chosen", *none)
        self.fails("invalid_argument", "upn reads no labels", *none, "--guided", "--proposals", UPN)
        self.fails("invalid_argument", "must be one line", *self.command("--format", "yolo", labels=["a\nb"]))
        self.assertFalse(self.out.exists())

        empty = here / "empty"
        empty.mkdir()
        self.images = empty
        self.fails("not_found", "empty: no picture in it", *self.command())
        self.images = here / "nowhere"
        self.fails("not_found", "nowhere: No such file", *self.command())
        self.images = self.out = here / "photos"
        self.fails("invalid_argument", "another folder than --images", *self.command())

    def test_wrong_usage(self):
        label = ["label", "--model", "x", "--images", "y", "--out", "z"]
        self.refuses("--query is required", *label)
        self.refuses("--out is required", *label[:-2], "--query", "a")
        self.refuses("--query: expected different names, got a twice", *label, "--query", "a", "--query", "a")
        self.refuses("--query: expected a name, got nothing", *label, "--query", "a", "--query", " ")
        self.refuses("--format: expected coco, yolo, labelme, got voc", *label, "--query", "a", "--format", "voc")
        self.refuses("expected a number from 0 to 1, got 2", *label, "--query", "a", "--min-label-score", "2")
        self.refuses("unknown option --boxes", *label, "--query", "a", "--boxes", "b")


class ResumeTest(LabelTest):
    def test_continues_wherever_the_log_was_cut(self):
        self.put("a.png", "b.png", "c.png")
        self.done(*self.command(*FORMATS))
        whole, wanted = self.log.read_bytes(), self.results()
        last = whole.rindex(b"\n", 0, -1) + 1
        for length in (0, last, (last + len(whole)) // 2, len(whole)):
            with self.subTest(length):
                self.log.write_bytes(whole[:length])
                (self.out / "annotations.json").unlink()
                (self.out / "labels/c.txt").unlink()  # a killed run had not come so far
                self.done(*self.command(*FORMATS, "--resume"))
                self.assertEqual(self.names(), ["a.png", "b.png", "c.png"])
                self.assertTrue(self.log.read_bytes().startswith(whole[:min(length, last)]))
                self.assertEqual(self.results(), wanted)

    def test_another_format_needs_no_new_answers(self):
        self.put("a.png", "b.png")
        self.done(*self.command("--format", "yolo"))
        answers = self.log.read_bytes()
        self.assertFalse((self.out / "annotations.json").exists())
        result = self.done(*self.command(*FORMATS, "--resume"))
        self.assertTrue(result.stderr.endswith("0 labelled, 0 failed, 2 labelled before\n"), result.stderr)
        self.assertEqual(self.log.read_bytes(), answers)
        continued = self.results()
        self.out = self.folder / "fresh"
        self.done(*self.command(*FORMATS))
        self.assertEqual(self.results(), continued)

    def test_starts_where_there_is_nothing_yet(self):
        self.put("a.png")
        self.done(*self.command("--resume"))
        self.assertEqual(self.names(), ["a.png"])

    def test_results_are_never_overwritten(self):
        self.put("a.png")
        self.done(*self.command(*FORMATS))
        before = self.files()
        self.fails("invalid_argument", "continue them with --resume", *self.command())
        self.fails("invalid_argument", "--query [\"red circle\",", *self.command("--resume", labels=["dog"]))
        self.fails("invalid_argument", "--max-proposals null, this one has 9",
                   *self.command("--resume", "--max-proposals", "9"))
        self.assertEqual(self.files(), before)

        corrected = self.out / "labelme/a.json"
        corrected.write_text("corrected by hand")
        self.done(*self.command(*FORMATS, "--resume"))
        self.assertEqual(corrected.read_text(), "corrected by hand")

        self.out = self.folder / "theirs"
        self.out.mkdir()
        (self.out / "annotations.json").write_text("{}")
        self.fails("invalid_argument", "annotations.json is there already", *self.command("--resume"))
        self.assertEqual(self.results(), {"annotations.json": b"{}"})

    def until_first_answer(self):
        process = start(*self.command())
        while process.poll() is None and not (self.log.exists() and self.log.stat().st_size > 0):
            time.sleep(0.01)
        return process

    def many(self, count):
        names = [f"{number:03}.png" for number in range(count)]
        for name in names:
            (self.images / name).symlink_to(BAR)
        return names

    def test_an_interrupt_ends_after_the_current_picture(self):
        names = self.many(400)
        process = self.until_first_answer()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=900)
        self.assertEqual([process.returncode, stdout], [1, ""], stderr)
        self.assertRegex(stderr, r"(?m)^\d+ labelled, 0 failed\n"
                                 r"fo1: error: cancelled: interrupted with \d+ pictures left; --resume continues\n\Z")
        done = self.names()  # whole lines only
        self.assertEqual(done, names[:len(done)])
        self.assertLess(len(done), len(names))
        self.assertEqual([image["file_name"] for image in self.coco()["images"]], done)

        for name in names[len(done) + 2:]:
            (self.images / name).unlink()
        self.done(*self.command("--resume"))
        self.assertEqual(self.names(), names[:len(done) + 2])
        self.assertEqual([image["file_name"] for image in self.coco()["images"]], self.names())

    def test_a_killed_run_loses_the_current_picture_alone(self):
        self.many(60)
        process = self.until_first_answer()
        process.kill()
        process.communicate(timeout=900)
        done = [json.loads(line)["id"] for line in self.log.read_text().split("\n")[:-1]]
        self.assertGreater(len(done), 0)
        for path in list(self.images.iterdir()):
            if path.name not in done and path.name != f"{len(done):03}.png":
                path.unlink()
        result = self.done(*self.command("--resume"))
        self.assertIn(f"1 labelled, 0 failed, {len(done)} labelled before\n", result.stderr)
        self.assertEqual(self.names(), done + [f"{len(done):03}.png"])


if __name__ == "__main__":
    unittest.main()
