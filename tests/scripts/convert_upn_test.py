#!/usr/bin/env python3
"""Converting checkpoints, good and bad, through scripts/convert_upn."""
import contextlib
import json
import math
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / "scripts/convert_upn"
sys.path.insert(0, str(PROGRAM.parent))
import upn_shapes  # noqa: E402
from state_dict_file import BadFile, StateDictFile  # noqa: E402
from checkpoint_files import ITEM_BYTES, Archive, damaged, named, number, parameter  # noqa: E402
from checkpoint_files import read_safetensors, sequence, text  # noqa: E402


def data_path(relative):
    """In the full set of recorded data, else in the selection beside the tests."""
    full = pathlib.Path(os.environ.get("FO1_SHARED") or "/nowhere") / relative
    return full if full.exists() else ROOT / "tests/data" / relative


TINY = data_path("upn/tiny")
SMALL = {"hidden_dim": 8, "swin_embed_dim": 4, "swin_depths": [1, 2], "swin_num_heads": [1, 2], "swin_window_size": 2,
         "swin_out_indices": [0, 1], "num_queries": 5, "dim_feedforward": 12, "num_heads": 2, "num_points": 2,
         "num_feature_levels": 4, "encoder_layers": 1, "decoder_layers": 3, "decoder_sine_num_feats": 4,
         "patch_size": 4}
INDEX_OF_WINDOW_2 = (4, 3, 1, 0, 5, 4, 2, 1, 7, 6, 4, 3, 8, 7, 5, 4)


def small_tensors(config):
    """A model of those sizes; only the copies of the box head are alike."""
    tensors = {}
    for name, shape in upn_shapes.expected_shapes(upn_shapes.Config(config)).items():
        if name.endswith(upn_shapes.INDEX):
            tensors[name] = ("I64", shape, struct.pack("<16q", *INDEX_OF_WINDOW_2))
        else:
            seed = re.sub(r".*bbox_embed\.\d", "", name)
            tensors[name] = ("F32", shape, random.Random(seed).randbytes(4 * math.prod(shape)))
    return tensors


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.source, self.target = self.folder / "upn.pth", self.folder / "out"
        self.config = self.folder / "small.json"
        self.config.write_text(json.dumps(SMALL))
        self.tensors = small_tensors(self.config)

    def run_program(self, *arguments):
        return subprocess.run([sys.executable, "-B", PROGRAM, *map(str, arguments)], text=True, capture_output=True,
                              timeout=600)

    def convert(self):
        return self.run_program(self.source, self.target, "--config", self.config)

    def converts(self):
        result = self.convert()
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        self.assertEqual((self.target / "config.json").read_text(), self.config.read_text())
        self.assertEqual(sorted(path.name for path in self.target.iterdir()), ["config.json", "model.safetensors"])
        return result.stdout

    def keeps_every_byte(self):
        report = self.converts()
        self.assertEqual(read_safetensors(self.target / "model.safetensors"), self.tensors)
        return report

    def refuses(self, told):
        result = self.convert()
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertRegex(result.stderr, r"\Aconvert_upn: [^\n]*\n\Z")
        self.assertIn(told, result.stderr)
        self.assertEqual(list(self.target.glob("*")), [])
        return result.stdout


class ShapesTest(unittest.TestCase):
    def test_published_model(self):
        shapes = upn_shapes.expected_shapes(upn_shapes.Config(ROOT / "models/upn-large.json"))
        recorded = json.loads(data_path("upn/real/state_dict_keys.json").read_text())
        self.assertEqual(len(recorded), 701)
        self.assertEqual({name: list(shape) for name, shape in shapes.items()},
                         {name: shape for name, (_, shape) in recorded.items()})
        self.assertEqual({name for name in shapes if name.endswith(upn_shapes.INDEX)},
                         {name for name, (dtype, _) in recorded.items() if dtype == "int64"})

    def test_published_configuration(self):
        config = json.loads(data_path("upn/real/config.json").read_text())
        config.pop("note")
        self.assertEqual(json.loads((ROOT / "models/upn-large.json").read_text()), config)


class ConversionTest(Case):
    def take_recorded_model(self):
        self.config = TINY / "config.json"
        self.tensors = read_safetensors(TINY / "upn_tiny.safetensors")

    def test_recorded_model(self):
        self.take_recorded_model()
        Archive(self.tensors).write(self.source)
        report = self.keeps_every_byte()
        self.assertIn("tensors: 327 found, 327 expected\n  missing: 0\n  extra: 0\n  wrong shape: 0\n", report)
        self.assertIn("box head: 6 copies, all equal\n", report)
        self.assertIn("relative_position_index: 8, 0 not as derived", report)
        self.assertIn(f"total: {self.parameters()} parameters, {self.size()} bytes\n", report)

    def parameters(self):
        return sum(len(data) // ITEM_BYTES[dtype] for name, (dtype, _, data) in self.tensors.items()
                   if dtype != "I64" and (".bbox_embed." not in "." + name or name.startswith("bbox_embed.2.")))

    def size(self):
        return sum(len(data) for _, _, data in self.tensors.values())

    def test_checkpoint_that_pytorch_wrote(self):
        recorded = TINY / "upn_tiny.pth"
        if not recorded.exists():
            self.skipTest("only in the full set of recorded data")
        self.take_recorded_model()
        self.source.symlink_to(recorded)
        self.keeps_every_byte()

    def test_lays_wide_elements_first(self):
        Archive(self.tensors).write(self.source)
        self.converts()
        content = (self.target / "model.safetensors").read_bytes()
        length = struct.unpack("<Q", content[:8])[0]
        self.assertEqual(length % 8, 0)
        dtypes = [dtype for dtype, _, _ in read_safetensors(self.target / "model.safetensors").values()]
        self.assertEqual(dtypes, sorted(dtypes, reverse=True))  # I64 before F32

    def test_compressed_archive(self):
        Archive(self.tensors).write(self.source, compression=zipfile.ZIP_DEFLATED)
        self.keeps_every_byte()

    def test_other_number_formats(self):
        names = [name for name, (dtype, _, _) in self.tensors.items() if dtype == "F32"]
        for name, dtype in zip(names, ("F16", "BF16", "F64")):
            shape = self.tensors[name][1]
            count = len(self.tensors[name][2]) // 4
            self.tensors[name] = (dtype, shape, bytes(i % 251 for i in range(count * ITEM_BYTES[dtype])))
        Archive(self.tensors).write(self.source)
        self.keeps_every_byte()

    def test_views_of_one_storage(self):
        names = ["transformer.enc_output.weight", "transformer.enc_output.bias", "transformer.level_embed"]
        archive = Archive({name: value for name, value in self.tensors.items() if name not in names})
        rows, columns = self.tensors[names[0]][1]
        weight, bias, levels = (self.tensors[name][2] for name in names)
        columns_first = b"".join(weight[4 * (r * columns + c):][:4] for c in range(columns) for r in range(rows))
        shared = bytes(8) + columns_first + bias + levels
        archive.add(names[0], "F32", shared, (rows, columns), (1, rows), 2, "shared")
        archive.add(names[1], "F32", shared, (columns,), (1,), 2 + rows * columns, "shared")
        archive.add(names[2], "F32", shared, self.tensors[names[2]][1], None, 2 + rows * columns + columns, "shared")
        archive.items[names[1]] = parameter(archive.items[names[1]])
        archive.write(self.source)
        self.keeps_every_byte()

    def test_tells_of_copies_that_differ(self):
        name = "transformer.decoder.bbox_embed.1.layers.2.bias"
        self.tensors[name] = ("F32", (4,), struct.pack("<4f", 1, 2, 3, 4))
        Archive(self.tensors).write(self.source)
        self.assertIn("box head: 6 copies, 1 differ from the last, bbox_embed.2, which counts\n", self.converts())


class RefusalTest(Case):
    def test_names_and_shapes(self):
        del self.tensors["transformer.level_embed"]
        self.tensors["transformer.surplus"] = ("F32", (1,), bytes(4))
        self.tensors["transformer.tgt_embed.weight"] = ("F32", (2, 2), bytes(16))
        self.tensors["transformer.decoder.norm.bias"] = ("I64", (8,), bytes(64))
        Archive(self.tensors).write(self.source)
        report = self.refuses("not the network that")
        self.assertIn("missing: 1\n    transformer.level_embed\n", report)
        self.assertIn("extra: 1\n    transformer.surplus\n", report)
        self.assertIn("wrong shape: 1\n    transformer.tgt_embed.weight: [2, 2], expected [5, 8]\n", report)
        self.assertIn("wrong type: 1\n    transformer.decoder.norm.bias: I64\n", report)

    def test_another_window_order(self):
        name = next(name for name in self.tensors if name.endswith(upn_shapes.INDEX))
        dtype, shape, data = self.tensors[name]
        self.tensors[name] = (dtype, shape, data[8:] + data[:8])
        Archive(self.tensors).write(self.source)
        self.assertIn(f"wrong values: 1\n    {name}\n", self.refuses("not the network that"))

    def test_pickles_that_call(self):
        mark = self.folder / "mark"
        for module, name, argument in (("os", "system", f"touch {mark}"), ("builtins", "eval", "1"),
                                       ("collections", "OrderedDict.clear", "x"), ("torch", "load", "x")):
            pickle = b"\x80\x02" + named(module, name) + sequence(text(argument)) + b"R."
            Archive(self.tensors).write(self.source, pickle)
            self.refuses(f"upn.pth: refused: it asks for {module}.{name}")
        self.assertFalse(mark.exists())

    def test_pickles_of_something_else(self):
        archive = Archive(self.tensors)
        for pickle, told in ((b"", "cannot be read"), (b"\x80\x02}.", 'expected {"model": state dict}'),
                             (archive.pickle("weights"), 'expected {"model": state dict}'),
                             (archive.pickle()[:-20], "cannot be read"),
                             (self.model_of_one_number("a"), "a is no tensor"),
                             (self.model_of_one_number("a\n"), "a tensor is named 'a\\n'")):
            archive.write(self.source, pickle)
            self.refuses(told)

    @staticmethod
    def model_of_one_number(name):
        return b"\x80\x02}" + text("model") + b"}" + text(name) + number(1) + b"ss."

    def test_tensors_beyond_their_storage(self):
        for shape, strides, offset in (((4,), (1,), 1), ((2, 2), (3, 1), 0), ((4,), (-1,), 3), ((2, 2), (1,), 0)):
            archive = Archive({})
            archive.add("x", "F32", bytes(16), shape, strides, offset)
            archive.write(self.source)
            self.refuses("a tensor ")

    def test_members(self):
        archive = Archive(self.tensors)
        name, data = archive.members.popitem()
        archive.write(self.source)
        self.refuses(f"{name} is missing from the archive")
        archive.members[name] = data[:-1]
        archive.write(self.source)
        self.refuses(f"{name} has {len(data) - 1} bytes, expected")

    def test_broken_archives(self):
        Archive(self.tensors).write(self.source)
        good = self.source.read_bytes()
        self.source.write_bytes(good[:len(good) // 2])
        self.refuses("not a zip archive")
        at = good.index(self.tensors["transformer.tgt_embed.weight"][2])
        self.source.write_bytes(good[:at] + bytes(16) + good[at + 16:])
        self.refuses("Bad CRC-32")
        self.source.write_bytes(b"")
        self.refuses("not a zip archive")
        self.source.unlink()
        self.refuses("upn.pth: No such file or directory")

    def test_random_damage(self):
        archive, chance = Archive(self.tensors), random.Random(3)
        whole = archive.write(self.source).read_bytes()
        for round_ in range(400):
            if round_ % 2:
                self.source.write_bytes(damaged(whole, chance))
            else:
                archive.write(self.source, damaged(archive.pickle(), chance))
            with contextlib.suppress(BadFile):
                file = StateDictFile(self.source, "model")
                for tensor in file.tensors.values():
                    if tensor.bytes < 1 << 20:
                        self.assertEqual(sum(map(len, file.chunks(tensor))), tensor.bytes)

    def test_configurations(self):
        Archive({}).write(self.source)
        for change, told in (({"hidden_dim": "64"}, 'hidden_dim: expected a whole number from 1 to 1048576, got "64"'),
                             ({"swin_depths": 2}, "swin_depths: expected a list"),
                             ({"swin_depths": [2, 2, 2]}, "swin_depths and swin_num_heads"),
                             ({"swin_out_indices": [2]}, "swin_out_indices: there is no stage 2"),
                             ({"swin_mlp_ratio": True}, "swin_mlp_ratio: expected a number")):
            self.config.write_text(json.dumps(SMALL | change))
            self.refuses(f"small.json: {told}")
        self.config.write_text(json.dumps({key: value for key, value in SMALL.items() if key != "num_queries"}))
        self.refuses("small.json: num_queries is missing")
        for content in (b"{", b"\xff", b"[]"):
            self.config.write_bytes(content)
            self.refuses("small.json: ")

    def test_does_not_write_over_a_model(self):
        Archive(self.tensors).write(self.source)
        self.target.mkdir()
        (self.target / "config.json").write_text("mine")
        result = self.convert()
        self.assertEqual(result.returncode, 1)
        self.assertIn("config.json: exists already", result.stderr)
        self.assertEqual((self.target / "config.json").read_text(), "mine")

    def test_wrong_usage(self):
        for arguments in ((), ("x",), ("x", "y", "z"), ("x", "y", "--dtype", "float16")):
            result = self.run_program(*arguments)
            self.assertEqual(result.returncode, 2)
            self.assertRegex(result.stderr, r"\Aconvert_upn: usage: [^\n]*--help\)\n\Z")


if __name__ == "__main__":
    sys.exit(unittest.main())
