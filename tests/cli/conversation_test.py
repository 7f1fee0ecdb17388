"""chat and trace, in the message form of the recorded cases."""
import array
import json
import shutil
import struct
import unittest

from harness import CASES, DATA, CliTest, case_of


def read_safetensors(path):
    """name -> (dtype, shape, bytes)"""
    content = path.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + size])
    header.pop("__metadata__", None)
    return {name: (info["dtype"], info["shape"],
                   content[8 + size + info["data_offsets"][0]:8 + size + info["data_offsets"][1]])
            for name, info in header.items()}


def numbers(tensor):
    return array.array({"F32": "f", "I64": "q"}[tensor[0]], tensor[2])


class ConversationTest(CliTest):
    def messages_file(self, case):
        path = self.folder / "talk.json"
        path.write_text(json.dumps(case.json["messages"]))
        return path


class ChatTest(ConversationTest):
    def test_answers_a_conversation(self):
        case = next((c for c in CASES if len(c.json["messages"]) > 1), CASES[0])
        result = json.loads(self.done("chat", "--model", case.model, "--messages", self.messages_file(case),
                                      "--root", DATA, "--json", "-").stdout)
        self.assert_answers(result, case)
        self.assertEqual(result["task"], "chat")
        self.assertEqual(result["prompt"], case.json["prompt"])

    def test_a_whole_case_is_a_messages_file_and_its_folder_the_root(self):
        case = case_of("detect")
        image = self.folder / case.json["images"][0]
        image.parent.mkdir(parents=True)
        shutil.copy(case.image, image)
        path = self.folder / "case.json"
        path.write_text(json.dumps({"messages": case.json["messages"], "name": case.name}))
        shown = self.done("chat", "--model", case.model, "--messages", path).stdout
        for found in case.json["parsed"]:
            self.assertIn(found["label"], shown)
        self.assertIn("label ", shown)

    def test_messages_that_are_none(self):
        case = CASES[0]
        path = self.folder / "talk.json"
        picture = {"type": "image_url", "image_url": {"url": "no.png"}}
        address = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
        for content, code, text in [
                ("[", "corrupt_file", "talk.json"),
                ('{"text": []}', "corrupt_file", "messages"),
                (json.dumps([{"role": "user"}]), "corrupt_file", "content"),
                (json.dumps([{"role": "user", "content": [picture]}]), "not_found", "no.png"),
                (json.dumps([{"role": "user", "content": [address]}]), "unsupported", "example.org"),
                ("[]", "invalid_argument", "")]:
            with self.subTest(content):
                path.write_text(content)
                self.fails(code, text, "chat", "--model", case.model, "--messages", path)


class TraceTest(ConversationTest):
    def test_writes_the_recorded_tensors(self):
        case = next((c for c in CASES if c.json["full_dump"]), CASES[0])
        out = self.folder / "out.safetensors"
        result = json.loads(self.done("trace", "--model", case.model, "--messages", self.messages_file(case), "--root",
                                      DATA, "--out", out, "--json", "-").stdout)
        self.assert_answers(result, case)
        traced, recorded = read_safetensors(out), read_safetensors(DATA / case.json["tensors"])
        self.assertEqual(sorted(set(recorded) - set(traced)), [])
        for name in recorded:
            self.assertEqual(traced[name][:2], recorded[name][:2], name)
        for name in ("input_ids", "generated_ids"):
            self.assertEqual(numbers(traced[name]), numbers(recorded[name]))
        worst = max(abs(a - b) for a, b in zip(numbers(traced["logits"]), numbers(recorded["logits"]), strict=True))
        self.assertLess(worst, 1e-3)

    def test_an_error_leaves_no_file(self):
        case = CASES[0]
        out = self.folder / "out.safetensors"
        self.fails("not_found", "", "trace", "--model", case.model, "--messages", self.messages_file(case),
                   "--root", self.folder, "--out", out)
        self.assertFalse(out.exists())


if __name__ == "__main__":
    unittest.main()
