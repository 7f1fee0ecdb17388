"""inspect on whole and on damaged checkpoints."""
import json
import shutil
import struct
import unittest

from harness import CASES, CliTest, run


def tensor_names(path):
    content = path.read_bytes()
    header = json.loads(content[8:8 + struct.unpack("<Q", content[:8])[0]])
    header.pop("__metadata__", None)
    return header


class InspectTest(CliTest):
    def setUp(self):
        super().setUp()
        self.model = CASES[0].model

    def copy(self):
        """A copy of the model and the first of its weight files."""
        copy = self.folder / "copy"
        shutil.copytree(self.model, copy, copy_function=shutil.copyfile)
        copy.chmod(0o755)
        return copy, min(copy.glob("*.safetensors"))

    def test_a_whole_model(self):
        found = json.loads(self.done("inspect", self.model, "--json", "-").stdout)
        shards = [tensor_names(path) for path in self.model.glob("*.safetensors")]
        self.assertTrue(found["is_whole"])
        self.assertEqual(found["problems"], [])
        self.assertEqual([found["files"], found["tensors"]], [len(shards), sum(map(len, shards))])
        self.assertEqual(found["bytes"], sum(part["bytes"] for part in found["parts"]))

    def test_is_a_readable_table(self):
        json_file = self.folder / "out.json"
        result = self.done("inspect", self.model, "--json", json_file)
        found = json.loads(json_file.read_text())
        self.assertTrue(result.stdout.startswith(f"{self.model}: {found['family']}"))
        self.assertIn("whole: every tensor is there and fits", result.stdout)
        for row in [part["name"] for part in found["parts"]] + list(found["settings"]):
            self.assertRegex(result.stdout, rf"(?m)^{row} {{2,}}")

    def test_running_finds_broken_numbers(self):
        self.assertIn("and it runs", self.done("inspect", self.model, "--run").stdout)
        copy, shard = self.copy()
        content = bytearray(shard.read_bytes())
        content[len(content) // 2:] = b"\xff" * (len(content) - len(content) // 2)  # NaN
        shard.write_bytes(content)
        self.done("inspect", copy)
        result = run("inspect", copy, "--run")
        self.assertEqual(result.returncode, 1)
        self.assertIn("not finite", result.stdout)

    def test_a_renamed_tensor_is_missing_and_unknown(self):
        copy, shard = self.copy()
        name = sorted(tensor_names(shard))[0]
        other = name[:-1] + "?"
        for path in copy.glob("*.safetensors*"):  # the weights and their index
            path.write_bytes(path.read_bytes().replace(f'"{name}"'.encode(), f'"{other}"'.encode()))
        result = run("inspect", copy)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, rf"(?m)^missing {{2,}}{name} ")
        self.assertIn(other, result.stdout)
        self.assertNotIn("whole:", result.stdout)
        self.assertRegex(result.stderr, r"\Afo1: error: corrupt_file: [^\n]*: 2 problems, see the list\n\Z")
        found = json.loads(run("inspect", copy, "--json", "-").stdout)
        self.assertEqual([(problem["kind"], problem["tensor"]) for problem in found["problems"]],
                         [("missing", name), ("extra", other)])
        self.assertFalse(found["is_whole"])

    def test_a_file_cut_short(self):
        copy, shard = self.copy()
        shard.write_bytes(shard.read_bytes()[:-1])
        self.fails("corrupt_file", shard.name, "inspect", copy)

    def test_a_broken_configuration(self):
        copy, _ = self.copy()
        (copy / "config.json").write_text("{")
        self.fails("corrupt_file", "config.json", "inspect", copy)


if __name__ == "__main__":
    unittest.main()
