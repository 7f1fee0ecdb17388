"""The commands that ask one question about one image, against what the recorded models said."""
import json
import re
import signal
import unittest

from harness import QUESTIONS, CliTest, case_of, run, start


class GoldenTest(CliTest):
    def test_every_task_gives_the_recorded_answer(self):
        tasks = {case.question[0] for case in QUESTIONS}
        self.assertIn("detect", tasks)
        for task in sorted(tasks):
            with self.subTest(task):
                case = case_of(task)
                result = json.loads(self.done(*self.arguments(case), "--json", "-").stdout)
                self.assert_answers(result, case)
                self.assertEqual(result["schema"], 1)
                self.assertEqual(result["task"], task)
                self.assertEqual(result["prompt"], case.json["prompt"])
                self.assertEqual([result["image"]["width"], result["image"]["height"]],
                                 case.json["image_sizes"][0]["file"])
                self.assertEqual(result["proposals"], {"source": "given", "count": len(case.boxes)})

    def test_ground_asks_as_detect_does(self):
        case = case_of("detect")
        result = json.loads(self.done(*self.arguments(case, task="ground"), "--json", "-").stdout)
        self.assert_answers(result, case)
        self.assertEqual(result["task"], "ground")

    def test_ask_needs_no_regions(self):
        case = next((case for case in QUESTIONS if not case.boxes), None)
        if not case:
            self.skipTest("no recorded case without regions")
        result = self.done(*self.arguments(case))
        self.assertEqual(result.stdout, case.text + "\n")
        self.assertEqual(result.stderr, "")

    def test_detailed_is_a_query(self):
        case = next((c for c in QUESTIONS if c.question[:2] == ("caption", ["detailed"])), None)
        if not case:
            self.skipTest("no recorded detailed caption")
        words = self.arguments(case)
        at = words.index("--query")
        words[at:at + 2] = ["--detailed"]
        result = json.loads(self.done(*words, "--json", "-").stdout)
        self.assert_answers(result, case)
        self.assertEqual(result["query"], ["detailed"])


    def test_queries_are_taken_as_written(self):
        case = case_of("detect")
        odd = ["{}", "%%", "[a, b]", "--help", "count", " x "]
        words = ["detect", "--model", case.model, "--image", case.image, "--boxes", self.boxes_file(case.boxes)]
        for query in odd:
            words += ["--query", query]
        result = json.loads(self.done(*words, "--max-new-tokens", "1", "--json", "-").stdout)
        self.assertEqual(result["query"], odd)


class ShownTest(CliTest):
    def test_detections_are_a_table(self):
        case = case_of("detect")
        lines = self.done(*self.arguments(case)).stdout.splitlines()
        self.assertRegex(lines[0], r"^label +region +box +score$")
        shown = [re.fullmatch(r"(.*?) {2,}(\d+) {2,}(\S+ \S+ \S+ \S+) {2,}([01]\.\d{3})", line).groups()
                 for line in lines[1:]]
        wanted = [(found["label"], index, box) for found in case.json["parsed"]
                  for index, box in zip(found["indexes_sorted"], found["boxes_sorted_by_index"])]
        self.assertEqual([(label, int(region), [float(x) for x in box.split()]) for label, region, box, _ in shown],
                         wanted)

    def test_nothing_found_is_said(self):
        case = next((c for c in QUESTIONS if c.question[0] == "detect" and not c.json["parsed"]), None)
        if not case:
            self.skipTest("no recorded case of nothing")
        self.assertEqual(self.done(*self.arguments(case)).stdout, "nothing found\n")

    def test_a_count_comes_first(self):
        case = case_of("count")
        lines = self.done(*self.arguments(case)).stdout.splitlines()
        self.assertEqual(lines[0], re.search(r"\d+", re.sub(r"<[^>]*>", "", case.text)).group())
        self.assertTrue(lines[1].startswith("label "))

    def test_json_and_picture_files_are_whole(self):
        case = case_of("detect")
        json_file, picture = self.folder / "out.json", self.folder / "out.png"
        result = self.done(*self.arguments(case), "--json", json_file, "--draw", picture)
        self.assertTrue(result.stdout.startswith("label "))
        self.assert_answers(json.loads(json_file.read_text()), case)
        self.assertEqual(picture.read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["boxes.json", "out.json", "out.png"])

    def test_a_picture_of_another_kind_is_an_error_after_the_answer(self):
        result = run(*self.arguments(case_of("detect")), "--draw", self.folder / "out.gif")
        self.assertEqual(result.returncode, 1)
        self.assertTrue(result.stdout.startswith("label "))
        self.assertRegex(result.stderr, r"\Afo1: error: invalid_argument: [^\n]*out\.gif[^\n]*\n\Z")

    def test_words_are_streamed_beside_the_json(self):
        case = case_of("detect")
        result = self.done(*self.arguments(case), "--stream", "--json", "-")
        self.assert_answers(json.loads(result.stdout), case)
        self.assertTrue(result.stderr.startswith(case.text), result.stderr)

    def test_streamed_words_are_not_repeated(self):
        case = next(c for c in QUESTIONS if c.question[0] in ("ask", "detect"))
        stdout = self.done(*self.arguments(case), "--stream").stdout
        self.assertTrue(stdout.startswith(case.text), stdout)
        self.assertNotIn(case.text, stdout[len(case.text):])


class LimitTest(CliTest):
    def test_a_short_answer_is_noted(self):
        case = case_of("detect")
        result = self.done(*self.arguments(case), "--max-new-tokens", "2", "--json", self.folder / "out.json")
        self.assertEqual(result.stderr, "fo1: note: the answer ended early: length\n")
        written = json.loads((self.folder / "out.json").read_text())
        self.assertEqual(written["finish"], "length")
        self.assertEqual(written["tokens"]["generated"], 2)

    def test_no_time_is_an_error(self):
        case = case_of("detect")
        self.fails("deadline", "", *self.arguments(case), "--deadline", "0", "--json", self.folder / "out.json")
        self.assertFalse((self.folder / "out.json").exists())

    def test_the_same_seed_gives_the_same_answer(self):
        case = case_of("detect")
        words = [*self.arguments(case), "--temperature", "1000", "--top-k", "50", "--max-new-tokens", "12",
                 "--json", "-", "--seed"]
        one, again, other = (json.loads(self.done(*words, seed).stdout)["text"] for seed in (3, 3, 4))
        self.assertEqual(one, again)
        self.assertNotEqual(one, other)

    def test_an_interrupt_keeps_the_words_so_far(self):
        case = case_of("detect")
        process = start(*self.arguments(case), *ENDLESS, "--stream", "--json", "-")
        first = process.stderr.read(1)  # the answer has begun
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=900)
        self.assertEqual(process.returncode, 0, stderr)
        result = json.loads(stdout)
        self.assertEqual(result["finish"], "cancelled")
        self.assertGreaterEqual(result["tokens"]["generated"], 1)
        self.assertNotEqual(first, "")


# Tokens drawn evenly from the whole vocabulary: an answer that hardly ever ends by itself.
ENDLESS = ["--temperature", "1e6", "--max-new-tokens", "100000", "--seed", "1"]

if __name__ == "__main__":
    unittest.main()
