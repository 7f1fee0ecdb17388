"""tokenize against the recorded ids."""
import json
import unittest

from harness import CASES, DATA, CliTest, read_lines, run, write_lines


def recorded_tokenizers():
    """(golden, folder with vocabulary) of those whose files are there; there must be some."""
    found = []
    for path in sorted((DATA / "tokenizer").glob("*.json")):
        golden = json.loads(path.read_text())
        vocabulary = DATA / golden.get("vocab_and_merges", golden["tokenizer"])
        if (vocabulary / "vocab.json").exists() and (DATA / golden["tokenizer"] / "tokenizer_config.json").exists():
            found.append((golden, vocabulary))
    assert found, f"no recorded tokenizer below {DATA}"
    return found


class TokenizeTest(CliTest):
    def tokenizer_folder(self, golden, vocabulary):
        """The recorded configuration with the vocabulary beside it."""
        folder = self.folder / golden["tokenizer"].replace("/", "-")
        folder.mkdir()
        for source in (vocabulary, DATA / golden["tokenizer"]):
            for path in source.iterdir():
                (folder / path.name).unlink(missing_ok=True)
                (folder / path.name).symlink_to(path)
        return folder

    def convert(self, model, lines):
        source, target = write_lines(self.folder / "in.jsonl", lines), self.folder / "out.jsonl"
        self.done("tokenize", "--model", model, "--in", source, "--out", target)
        return read_lines(target)

    def test_the_recorded_strings(self):
        for golden, vocabulary in recorded_tokenizers():
            with self.subTest(golden["tokenizer"]):
                strings = golden["strings"]
                self.assertTrue(strings)
                model = self.tokenizer_folder(golden, vocabulary)
                self.assertEqual(self.convert(model, [{"text": item["text"]} for item in strings]),
                                 [{"ids": item["ids"]} for item in strings])
                self.assertEqual(self.convert(model, [{"ids": item["ids"]} for item in strings]),
                                 [{"text": item["decoded"]} for item in strings])
                self.assertEqual(self.convert(model, [{"ids": item["ids"], "skip_special": True} for item in strings]),
                                 [{"text": item["decoded_skip_special"]} for item in strings])

    def test_bad_lines_are_answered_and_the_work_goes_on(self):
        lines = ['{"id": 1, "text": "a b"}', "{", '{"id": [2]}', '{"text": 5}', '{"ids": [1.5]}', "",
                 '{"text": "a", "ids": [1]}', '{"ids": [0], "skip_special": 1}', '{"text": "a", "tekst": "b"}',
                 '{"id": "z", "ids": []}']
        codes = [None, "corrupt_file"] + ["invalid_argument"] * 6 + [None]
        target = self.folder / "out.jsonl"
        result = self.done("tokenize", "--model", CASES[0].model, "--in",
                           write_lines(self.folder / "in.jsonl", lines), "--out", target)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr, "fo1: note: 7 lines could not be converted\n")
        answers = read_lines(target)
        self.assertEqual([answer.get("error", {}).get("code") for answer in answers], codes)
        self.assertEqual([answers[0]["id"], answers[2]["id"], answers[-1]], [1, [2], {"id": "z", "text": ""}])
        self.assertIn("in.jsonl:2", answers[1]["error"]["message"])

    def test_stdin_to_stdout(self):
        result = self.done("tokenize", "--model", CASES[0].model, input='{"text": "ab"}\n{"text": ""}')
        there = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual(there[1], {"ids": []})
        back = self.done("tokenize", "--model", CASES[0].model, "--in", "-", "--out", "-",
                         input=json.dumps(there[0]))
        self.assertEqual(json.loads(back.stdout), {"text": "ab"})

    def test_an_error_leaves_no_file(self):
        out = self.folder / "out.jsonl"
        self.fails("not_found", "no.jsonl", "tokenize", "--model", CASES[0].model, "--in", self.folder / "no.jsonl",
                   "--out", out)
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
