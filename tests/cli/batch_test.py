"""batch: answers, failures on the way, resuming and stopping."""
import json
import os
import pty
import signal
import time
import unittest

from harness import CASES, DATA, QUESTIONS, CliTest, case_of, read_lines, run, start, write_lines


def request_of(case):
    task, queries, regions = case.question
    request = {"id": case.name, "image": str(case.image), "task": task}
    for key, value in [("query", queries), ("regions", regions), ("boxes", case.boxes)]:
        if value:
            request[key] = value
    return request


class BatchTest(CliTest):
    def setUp(self):
        super().setUp()
        self.requests = self.folder / "requests.jsonl"
        self.out = self.folder / "answers.jsonl"
        self.case = case_of("detect")
        self.good = request_of(self.case)

    def command(self, *more, case=None):
        return ["batch", "--model", (case or self.case).model, "--requests", self.requests, "--out", self.out, *more]

    def named(self, name):
        return {**self.good, "id": name}


class AnswersTest(BatchTest):
    def test_every_recorded_question_of_a_model(self):
        cases = {case.name: case for case in QUESTIONS if case.model == self.case.model}
        write_lines(self.requests, [request_of(case) for case in cases.values()])
        result = self.done(*self.command())
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr, f"{len(cases)} answered, 0 failed\n")  # a pipe gets no progress bar
        answers = read_lines(self.out)
        self.assertEqual([answer["id"] for answer in answers], list(cases))
        for answer in answers:
            with self.subTest(answer["id"]):
                self.assertTrue(answer["ok"])
                self.assert_answers(answer["result"], cases[answer["id"]])

    def test_every_recorded_conversation_of_a_model(self):
        cases = {case.name: case for case in CASES if case.model == self.case.model}
        (self.folder / "images").symlink_to(DATA / "images")  # paths start from the request file
        write_lines(self.requests, [{"id": name, "task": "chat", "messages": case.json["messages"]}
                                    for name, case in cases.items()])
        self.done(*self.command())
        for answer in read_lines(self.out):
            with self.subTest(answer["id"]):
                self.assertTrue(answer["ok"], answer)
                self.assert_answers(answer["result"], cases[answer["id"]])

    def test_requests_on_one_image_share_its_scene(self):
        fewer = {**self.good, "boxes": self.case.boxes[:2], "id": "fewer"}
        write_lines(self.requests, [self.named("first"), self.named("same"), fewer, self.named("again")])
        self.done(*self.command())
        first, same, other, again = [answer["result"] for answer in read_lines(self.out)]
        stages = ["encode_primary", "encode_auxiliary", "encode_regions"]
        self.assertEqual([stage for stage in stages if stage in first["timings_ms"]], stages)
        self.assertEqual([stage for stage in stages if stage in same["timings_ms"]], [])
        self.assertEqual([stage for stage in stages if stage in other["timings_ms"]], ["encode_regions"])
        self.assertEqual([stage for stage in stages if stage in again["timings_ms"]], ["encode_regions"])
        self.assertEqual([first["text"], other["proposals"]["count"]], [self.case.text, 2])
        self.assertEqual([same["text"], again["text"]], [self.case.text] * 2)

    def test_a_request_sets_its_own_length_and_paths(self):
        (self.folder / "in").symlink_to(self.case.image.parent)
        (self.folder / "boxes.json").write_text(json.dumps(self.case.boxes))
        write_lines(self.requests, [{**self.good, "image": f"in/{self.case.image.name}", "boxes": "boxes.json",
                                     "max_new_tokens": 2}])
        self.done(*self.command())
        result = read_lines(self.out)[0]["result"]
        self.assertEqual([result["finish"], result["tokens"]["generated"]], ["length", 2])
        self.assertEqual(result["proposals"]["count"], len(self.case.boxes))


    def test_a_terminal_gets_a_progress_bar(self):
        write_lines(self.requests, [self.named("a"), self.named("b")])
        terminal, end = pty.openpty()
        run(*self.command(), stderr=end)
        os.close(end)
        shown = os.read(terminal, 1 << 16).decode()
        os.close(terminal)
        for bar in (r"\[\.{30}\] 0/2", r"\[#{15}\.{15}\] 1/2, \d+ s left", r"\[#{30}\] 2/2"):
            self.assertRegex(shown, bar)
        self.assertTrue(shown.endswith("\r\x1b[K2 answered, 0 failed\r\n"), shown)


class FailuresTest(BatchTest):
    def test_bad_lines_are_answered_and_the_work_goes_on(self):
        lines = [
            (self.named("good"), None),
            ("{broken", "corrupt_file"),
            ("[1, 2]", "corrupt_file"),
            ({"task": "ask", "image": "x"}, "invalid_argument"),  # no id
            ("", None),
            (self.named("good"), "invalid_argument"),  # its id again
            ({**self.named("task"), "task": "dance"}, "invalid_argument"),
            ({**self.named("key"), "qury": "x"}, "invalid_argument"),
            ({**self.named("image"), "image": "no.png"}, "not_found"),
            ({**self.named("picture"), "image": str(self.requests)}, "corrupt_file"),
            ({**self.named("boxes"), "boxes": [[1, 2, 3]]}, "corrupt_file"),
            ({**self.named("region"), "task": "ocr", "query": [], "regions": [999]}, "invalid_argument"),
            ({**self.named("empty"), "query": [" "]}, "invalid_argument"),
            ({"id": "chat", "task": "chat", "messages": [{"role": "user"}]}, "corrupt_file"),
            (self.named("last"), None),
        ]
        write_lines(self.requests, [line for line, _ in lines])
        result = self.done(*self.command())
        self.assertEqual(result.stderr, "2 answered, 12 failed\n")
        wanted = [(number, line.get("id") if isinstance(line, dict) else None, code)
                  for number, (line, code) in enumerate(lines, 1) if line]
        answers = read_lines(self.out)
        self.assertEqual(len(answers), len(wanted))
        for answer, (number, name, code) in zip(answers, wanted):
            with self.subTest(number):
                self.assertEqual(answer["id"], name)
                self.assertEqual(answer["ok"], code is None)
                if code:
                    self.assertEqual([answer["error"]["code"], answer["line"]], [code, number])
                    self.assertTrue(answer["error"]["message"])
                else:
                    self.assert_answers(answer["result"], self.case)

    def test_no_answer_is_overwritten(self):
        write_lines(self.requests, [self.good])
        self.out.write_text("precious\n")
        self.fails("invalid_argument", "--resume", *self.command())
        self.fails("corrupt_file", "answers.jsonl:1", *self.command("--resume"))
        self.assertEqual(self.out.read_text(), "precious\n")

    def test_an_output_that_cannot_be_written(self):
        write_lines(self.requests, [self.good])
        self.out = self.folder / "missing" / "out"
        self.fails("not_found", "missing/out", *self.command())


class ResumeTest(BatchTest):
    def names(self, ok=True):
        return [answer["id"] for answer in read_lines(self.out) if answer["ok"] == ok]

    def test_continues_wherever_the_file_was_cut(self):
        write_lines(self.requests, [self.named(name) for name in "abc"])
        self.done(*self.command())
        whole = self.out.read_bytes()
        last = whole.rindex(b"\n", 0, -1) + 1
        for length in (0, last + 1, (last + len(whole)) // 2, len(whole) - 1, len(whole)):  # others: answer_log_test
            with self.subTest(length):
                self.out.write_bytes(whole[:length])
                self.done(*self.command("--resume"))
                self.assertEqual(self.names(), ["a", "b", "c"])
                self.assertTrue(self.out.read_bytes().startswith(whole[:min(length, last)]))

    def test_failures_are_tried_again(self):
        image = self.folder / "late.png"
        write_lines(self.requests, [self.named("a"), {**self.named("b"), "image": image.name}, self.named("c"), "{"])
        self.done(*self.command())
        self.assertEqual([self.names(), self.names(ok=False)], [["a", "c"], ["b", None]])
        image.symlink_to(self.case.image)
        result = self.done(*self.command("--resume"))
        self.assertEqual(result.stderr, "1 answered, 1 failed, 2 answered before\n")
        self.assertEqual([self.names(), self.names(ok=False)], [["a", "c", "b"], [None]])

    def test_starts_where_there_is_nothing_yet(self):
        write_lines(self.requests, [self.named("a")])
        self.done(*self.command("--resume"))
        self.assertEqual(self.names(), ["a"])

    def test_an_interrupt_ends_after_the_current_request(self):
        names = [str(number) for number in range(400)]
        write_lines(self.requests, [self.named(name) for name in names])
        process = start(*self.command())
        while process.poll() is None and not (self.out.exists() and self.out.stat().st_size > 0):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=900)
        self.assertEqual([process.returncode, stdout], [1, ""], stderr)
        self.assertRegex(stderr, r"\A\d+ answered, 0 failed\nfo1: error: cancelled: interrupted with \d+ requests left")
        done = self.names()  # whole lines only
        self.assertEqual(done, names[:len(done)])
        self.assertLess(len(done), len(names))

        write_lines(self.requests, [self.named(name) for name in names[:len(done) + 2]])
        self.done(*self.command("--resume"))
        self.assertEqual(self.names(), names[:len(done) + 2])


if __name__ == "__main__":
    unittest.main()
