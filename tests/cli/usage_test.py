"""Help, wrong usage and errors that need no answer."""
import os
import unittest

from harness import CASES, CliTest, case_of, run

TASKS = ["detect", "ground", "count", "ocr", "caption", "describe", "similar", "reason", "ask"]
COMMANDS = TASKS + ["propose", "chat", "trace", "batch", "label", "tokenize", "inspect"]


class HelpTest(CliTest):
    def test_names_every_command(self):
        text = self.done("--help").stdout
        for command in COMMANDS:
            self.assertRegex(text, rf"(?m)^  {command} +\w")

    def test_every_command_explains_itself(self):
        for command in COMMANDS:
            with self.subTest(command):
                result = self.done(command, "--help")
                self.assertEqual(result.stderr, "")
                self.assertRegex(result.stdout, rf"\A{command}: .*\n\nUsage: fo1 {command} ")
                self.assertIn("Example:\n  ", result.stdout)
                self.assertIn(f"fo1 {command} ", result.stdout.split("Example:")[1])
                self.assertLessEqual(max(map(len, result.stdout.splitlines())), 100)

    def test_version(self):
        self.assertRegex(self.done("--version").stdout, r"\Afo1 \d+\.\d+\.\d+\n\Z")


class WrongUsageTest(CliTest):
    def test_commands(self):
        self.refuses("no command given")
        self.refuses("unknown command detct; did you mean detect?", "detct", "--model", "x")
        self.refuses("unknown command banana (", "banana")

    def test_options(self):
        self.refuses("unknown option --modle; did you mean --model?", "detect", "--modle", "x")
        self.refuses("unknown option --max-tokens; did you mean --max-new-tokens?", "chat", "--max-tokens=3")
        self.refuses("unknown option --boxes", "chat", "--boxes", "x")
        self.refuses("unknown option --query", "describe", "--query", "x")
        self.refuses("unexpected argument y", "inspect", "x", "y")
        self.refuses("--image is required", "ask", "--model", "x", "--query", "q")
        self.refuses("--query is required", "detect", "--model", "x", "--image", "y")
        self.refuses("DIR is required", "inspect")

    def test_values(self):
        ask = ["ask", "--model", "x", "--image", "y", "--query", "q"]
        self.refuses("expected a number of threads, got 0", *ask, "--threads", "0")
        self.refuses("expected a positive number of tokens, got 0", *ask, "--max-new-tokens", "0")
        self.refuses("expected a number of seconds >= 0, got nan", *ask, "--deadline", "nan")
        self.refuses("expected a number of seconds >= 0, got -1", *ask, "--deadline", "-1")
        self.refuses("expected a number in (0, 1], got 1.5", *ask, "--top-p", "1.5")
        self.refuses("--region = first", "ocr", "--model", "x", "--image", "y", "--region", "first")
        self.refuses("expected a whole number >= 0, got -1", *ask, "--seed", "-1")
        self.refuses("--model", *ask, "--model", "z")
        self.refuses("--query", "caption", "--model", "x", "--image", "y", "--query", "brief", "--detailed")


class ErrorTest(CliTest):
    def setUp(self):
        super().setUp()
        self.case = CASES[0]
        self.model = ["--model", self.case.model]
        self.picture = ["--image", self.case.image]

    def test_files_that_are_not_there(self):
        here = self.folder
        self.fails("not_found", "no-model", "ask", "--model", here / "no-model", *self.picture, "--query", "q")
        self.fails("not_found", "no.png: No such file", "ask", *self.model, "--image", here / "no.png", "--query", "q")
        self.fails("not_found", "no.json: No such file", "ocr", *self.model, *self.picture, "--boxes", here / "no.json")
        self.fails("not_found", "no.json", "chat", *self.model, "--messages", here / "no.json")
        self.fails("not_found", "no.jsonl", "batch", *self.model, "--requests", here / "no.jsonl", "--out", here / "o")
        self.fails("not_found", "no-model", "inspect", here / "no-model")
        self.fails("not_found", "no-model", "tokenize", "--model", here / "no-model", input="")

    def test_results_without_a_place(self):
        place = self.folder / "missing" / "out"
        ask = ["ask", *self.model, *self.picture, "--query", "q"]
        self.fails("not_found", "missing/out: cannot be written", *ask, "--json", place)
        self.fails("not_found", "missing/out: cannot be written", *ask, "--draw", place)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_files_that_are_something_else(self):
        text = self.folder / "text"
        text.write_text("no picture,\nno JSON")
        self.fails("corrupt_file", str(text), "ask", *self.model, "--image", text, "--query", "q")
        self.fails("corrupt_file", str(text), "ocr", *self.model, *self.picture, "--boxes", text)
        self.fails("corrupt_file", str(text), "chat", *self.model, "--messages", text)

    def test_boxes_that_are_none(self):
        for content, code in [("[[1, 2, 3]]", "corrupt_file"), ("{}", "corrupt_file"), ('["x"]', "corrupt_file"),
                              ("[[0, 0, 1e999, 1]]", r"(corrupt_file|invalid_argument)")]:
            boxes = self.folder / "boxes.json"
            boxes.write_text(content)
            with self.subTest(content):
                self.fails(code, "boxes.json", "ocr", *self.model, *self.picture, "--boxes", boxes)

    def test_choices_there_are_not(self):
        ask = ["ask", *self.model, *self.picture, "--query", "q"]
        self.fails("invalid_argument", "float31", *ask, "--dtype", "float31")
        self.fails("invalid_argument", "abacus", *ask, "--device", "abacus")
        self.fails("not_found", "nowhere", *ask, "--lora", self.folder / "nowhere")

    def test_questions_that_are_none(self):
        case = case_of("detect")
        boxes = ["--boxes", self.boxes_file(case.boxes)]
        about = ["--model", case.model, "--image", case.image]
        self.fails("invalid_argument", "query[0] is empty", "detect", *about, *boxes, "--query", "")
        self.fails("invalid_argument", "needs regions", "detect", *about, "--query", "cat")
        self.fails("invalid_argument", "takes exactly 1 query, got 2", "count", *about, *boxes,
                   "--query", "a", "--query", "b")
        self.fails("invalid_argument", "takes exactly 1 region, got 0", "similar", *about, *boxes)
        self.fails("invalid_argument", "regions[0] is -1", "ocr", *about, *boxes, "--region", "-1")

    def test_a_message_of_several_lines_is_one_line(self):
        name = self.folder / "two\nlines.png"
        self.fails("not_found", "two lines.png", "ask", *self.model, "--image", name, "--query", "q")

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs /dev/full")
    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "w") as full:
            result = run("inspect", self.case.model, stdout=full)
        self.assertEqual(result.returncode, 1)
        self.assertIn("stdout could not be written", result.stderr)


if __name__ == "__main__":
    unittest.main()
