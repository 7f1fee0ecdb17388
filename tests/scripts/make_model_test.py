#!/usr/bin/env python3
"""Folders of new models, from a few hand-made conversations. Without sentencepiece these tests are skipped."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import sentencepiece
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORDS = ["Please detect soccer ball in this image.", "There are 12 soccer ball in this image.",
         "<ground>soccer ball</ground><objects><region0><region17></objects>", "a red sign\nthat says FLOWERS 407"]


def conversation(question, answer):
    content = [{"type": "image_url", "image_url": {"url": "1.png"}}, {"type": "text", "text": question}]
    return json.dumps({"messages": [{"role": "user", "content": content}, {"role": "assistant", "content": answer}]})


class MakeModel(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.lines = [conversation(WORDS[0], WORDS[1]), conversation(WORDS[2], WORDS[3])] * 20

    def make(self, *options, description=ROOT / "models/demo.json"):
        (self.root / "conversations.jsonl").write_text("\n".join(self.lines) + "\n", encoding="utf-8")
        return subprocess.run([sys.executable, "-B", ROOT / "scripts/make_model", description, "--data", self.root, "--out",
                               self.root / "model", *options], capture_output=True, text=True)

    def made(self, *options):
        done = self.make("--vocabulary", "460", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return sentencepiece.SentencePieceProcessor(model_file=str(self.root / "model/tokenizer.model"))

    def read(self, name):
        return json.loads((self.root / "model" / name).read_text(encoding="utf-8"))

    def test_region_names_and_grammar_are_tokens(self):
        tokenizer = self.made()
        pieces = tokenizer.encode(WORDS[2], out_type=str)
        for token in ["<ground>", "</ground>", "<objects>", "<region0>", "<region17>", "</objects>"]:
            self.assertIn(token, pieces)
        self.assertNotEqual(tokenizer.piece_to_id("<region99>"), tokenizer.unk_id())

    def test_the_description_becomes_the_configuration(self):
        tokenizer = self.made()
        config, described = self.read("config.json"), json.loads((ROOT / "models/demo.json").read_text(encoding="utf-8"))
        preprocessor = described.pop("preprocessor")
        self.assertEqual(config, {**described, "vocab_size": tokenizer.vocab_size()})
        self.assertEqual(self.read("preprocessor_config.json")["max_pixels"], preprocessor["max_pixels"])
        self.assertIn(tokenizer.piece_to_id("<|im_end|>"), self.read("generation_config.json")["eos_token_id"])

    def test_the_library_gives_every_text_back(self):
        self.made()
        texts = [*WORDS, "<|im_start|>user\nOther words, größer 猫 🐈  twice  spaced\n<|im_end|>", " begins with a space"]

        def tokenize(lines):
            done = subprocess.run([os.environ["FO1_PROGRAM"], "tokenize", "--model", self.root / "model"], text=True,
                                  input="\n".join(map(json.dumps, lines)), capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            return [json.loads(line) for line in done.stdout.splitlines()]

        ids = [line["ids"] for line in tokenize([{"text": text} for text in texts])]
        back = tokenize([{"ids": each, "skip_special": False} for each in ids])
        self.assertEqual([line["text"] for line in back], texts)
        self.assertEqual(len(ids[0]), 8)  # one for each word, and the full stop

    def test_the_same_words_make_the_same_folder(self):
        first = {name: (self.made(), (self.root / "model" / name).read_bytes())[1]
                 for name in ["tokenizer.model", "config.json", "tokenizer_config.json"]}
        self.made()
        for name, content in first.items():
            self.assertEqual((self.root / "model" / name).read_bytes(), content, name)

    def test_the_folder_s_place_is_not_in_it(self):
        self.made()
        self.assertNotIn(os.fsencode(self.root), (self.root / "model/tokenizer.model").read_bytes())
        self.assertEqual(sorted(path.name for path in (self.root / "model").iterdir()),
                         ["config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.model",
                          "tokenizer_config.json"])

    def test_few_words_make_a_smaller_vocabulary(self):
        self.assertEqual(self.make("--vocabulary", "5000").returncode, 0)
        self.assertLess(self.read("config.json")["vocab_size"], 1000)

    def test_long_texts_are_learnt_from(self):
        self.lines = [conversation("zebra " * 2000, "yes")]
        self.assertIn("zebra", self.made().encode("zebra", out_type=str))

    def test_pictures_are_cut_as_the_encoder_is_described(self):
        described = json.loads((ROOT / "models/demo.json").read_text(encoding="utf-8"))
        described["vision_config"].update(patch_size=16, spatial_merge_size=4)
        (self.root / "other.json").write_text(json.dumps(described), encoding="utf-8")
        self.assertEqual(self.make(description=self.root / "other.json").returncode, 0)
        preprocessor = self.read("preprocessor_config.json")
        self.assertEqual([preprocessor[key] for key in ("patch_size", "merge_size", "temporal_patch_size")], [16, 4, 2])

    def test_weights_keep_their_tokenizer(self):
        self.made()
        (self.root / "model/model.safetensors").touch()
        self.assertIn("holds weights", self.make().stderr)

    def test_bad_input_is_named(self):
        self.assertIn("no tokenizer of 200 tokens", self.make("--vocabulary", "200").stderr)
        self.lines[2] = '{"messages": [{"role": "user"}]}'
        self.assertIn("conversations.jsonl:3: not a conversation", self.make().stderr)
        self.lines[2] = '{"messages": ['
        self.assertIn("conversations.jsonl:3: not a conversation: JSONDecodeError", self.make().stderr)
        self.lines = []
        self.assertIn("no words to make a tokenizer of", self.make().stderr)
        missing = self.make(description=self.root / "none.json")
        self.assertNotEqual(missing.returncode, 0)
        self.assertIn("none.json: No such file", missing.stderr)


if __name__ == "__main__":
    unittest.main()
