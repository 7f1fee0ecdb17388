"""The wheel: built from the installed tree FO1_STAGE by pip, installed into a fresh environment, used there.

Status 77: skipped, because the build backend cannot be had.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parents[1]
STAGE = Path(os.environ["FO1_STAGE"])
BACKEND = "scikit-build-core>=0.10"
# Nothing that would help the package to find a library.
PLAIN = {
    name: value for name, value in os.environ.items() if name not in ("FO1_LIBRARY", "PYTHONPATH", "LD_LIBRARY_PATH")
}
USE = """
import fo1, json, sys
folder, image, boxes = sys.argv[1:]
with fo1.Model.load(folder) as model, model.scene(image, fo1.Regions.from_json(open(boxes).read())) as scene:
    labels = sorted(set(scene.detect(["red circle", "blue square", "yellow triangle"]).labels))
mapped = sorted({line.split()[-1] for line in open("/proc/self/maps") if "libfo1" in line})
print(json.dumps([fo1.__version__, fo1.__file__, labels, mapped]))
"""


def run(*command, **environment):
    return subprocess.run(
        list(map(str, command)), env={**PLAIN, **environment}, text=True, capture_output=True, timeout=900
    )


def environment_in(folder):
    """A fresh virtual environment that sees the interpreter's numpy; its Python."""
    made = run(sys.executable, "-m", "venv", "--system-site-packages", folder)
    if made.returncode != 0:
        raise unittest.SkipTest(f"no virtual environment can be made: {made.stdout}{made.stderr}")
    return folder / "bin/python"


class Wheel(unittest.TestCase):
    def test_it_is_built_installed_and_used(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            python = environment_in(folder / "environment")
            backend = run(python, "-m", "pip", "install", "-q", BACKEND)
            if backend.returncode != 0:
                raise unittest.SkipTest(f"pip cannot get {BACKEND}: {backend.stderr}")
            self.build(python, folder)
            (wheel,) = folder.glob("fo1-*.whl")
            self.look_into(wheel)
            self.use(environment_in(folder / "user"), wheel)

    def build(self, python, folder):
        built = run(python, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "-w", folder, PACKAGE,
                    CMAKE_PREFIX_PATH=str(STAGE))  # fmt: skip
        self.assertEqual(built.returncode, 0, built.stdout + built.stderr)

    def look_into(self, wheel):
        self.assertRegex(wheel.name, r"^fo1-[\d.]+-py3-none-linux_\w+\.whl$")
        with zipfile.ZipFile(wheel) as archive:
            names = set(archive.namelist())
            libtorch = json.loads(archive.read("fo1/lib/libtorch.json"))
            (metadata,) = (archive.read(name).decode() for name in names if name.endswith("/METADATA"))
        sources = {f"fo1/{path.name}" for path in (PACKAGE / "src/fo1").iterdir() if path.is_file()}
        libraries = {"fo1/lib/libfo1.so.0", "fo1/lib/libfo1_c.so.1", "fo1/lib/libtorch.json"}
        self.assertEqual({name for name in names if "dist-info" not in name}, sources | libraries)
        self.assertTrue(Path(libtorch["folder"]).samefile(STAGE / "lib/fo1/libtorch/lib"))
        self.assertIn("libtorch_cpu.so", libtorch["libraries"])
        self.assertRegex(libtorch["version"], r"^\d+\.\d+\.\d+$")
        self.assertEqual(re.findall(r"Requires-Dist: (\w+)(?!.*extra)", metadata), ["numpy"])
        self.assertIn("Requires-Python: >=3.9", metadata)

    def use(self, python, wheel):
        installed = run(python, "-m", "pip", "install", "-q", "--no-index", "--no-deps", wheel)
        self.assertEqual(installed.returncode, 0, installed.stderr)
        samples = ROOT / "models/samples"
        used = run(python, "-c", USE, ROOT / "models/tiny", samples / "shapes.png", samples / "shapes.json")
        self.assertEqual(used.returncode, 0, used.stderr)
        version, file, labels, mapped = json.loads(used.stdout)
        self.assertTrue(wheel.name.startswith(f"fo1-{version}-"))
        self.assertEqual(labels, ["blue square", "red circle", "yellow triangle"])
        self.assertEqual(mapped, [str(Path(file).parent / "lib" / name) for name in ("libfo1.so.0", "libfo1_c.so.1")])


if __name__ == "__main__":
    outcome = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(Wheel))
    sys.exit(77 if outcome.skipped else not outcome.wasSuccessful())
