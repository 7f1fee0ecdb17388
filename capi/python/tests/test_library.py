"""Finding and loading the library; what is said when it cannot be."""

import json
import sys
import unittest
from pathlib import Path
from unittest import mock

from fo1 import _library, _torch
from support import Test, run_python


class Loading(Test):
    def fails(self, code="import fo1", **environment):
        result = run_python(code, **environment)
        self.assertIn("ImportError: fo1: its library libfo1_c.so.1 cannot be loaded", result.stderr)
        return result.stderr

    def test_a_file_that_is_named_is_the_only_one_tried(self):
        text = self.fails(FO1_LIBRARY="/nowhere/libfo1_c.so")
        self.assertIn("/nowhere/libfo1_c.so: cannot open shared object file", text)
        self.assertIn("fo1[torch]", text)
        self.assertIn("FO1_LIBRARY", text)

    def test_without_one_the_system_is_asked(self):
        self.assertIn("\n  libfo1_c.so.1: cannot open", self.fails(FO1_LIBRARY="", LD_LIBRARY_PATH=""))

    def test_another_library(self):
        self.assertIn("libc.so.6: not the libfo1_c that this package needs", self.fails(FO1_LIBRARY="libc.so.6"))

    def test_another_version_of_the_interface(self):
        for version, accepted in [(0x10000, True), (0x10007, True), (0x20000, False), (0, False)]:
            library = mock.MagicMock()
            library.fo1_abi_version.return_value = version
            with self.subTest(version):
                if accepted:
                    self.assertIs(_library._declared(library), library)
                else:
                    with self.assertRaisesRegex(
                        OSError, f"version {version >> 16}.0, this package needs 1.0 or a later"
                    ):
                        _library._declared(library)

    def test_the_package_comes_before_the_system(self):
        packaged = self.folder / "libfo1_c.so.1"
        with mock.patch.object(_library, "_PACKAGED", packaged), mock.patch.dict("os.environ", FO1_LIBRARY=""):
            self.assertEqual(_library.candidates(), ["libfo1_c.so.1"])
            packaged.touch()
            self.assertEqual(_library.candidates(), [str(packaged), "libfo1_c.so.1"])


class LibTorch(Test):
    """Which LibTorch the packaged library is given."""

    def setUp(self):
        super().setUp()
        entries = {"version": "2.11.0", "folder": "/build/lib", "libraries": ["libtorch_cpu.so", "libc10.so"]}
        (self.folder / "libtorch.json").write_text(json.dumps(entries))
        self.library = self.folder / "libfo1_c.so.1"

    def loaded(self, installed, imported=False):
        names = []
        modules = {**sys.modules, "torch": mock.Mock()} if imported else sys.modules
        with (
            mock.patch.object(_torch, "installed", lambda: installed),
            mock.patch.object(_torch.ctypes, "CDLL", names.append),
            mock.patch.object(_torch.sys, "modules", modules),
        ):
            _torch.load_for(self.library)
        return names

    def test_that_of_the_torch_package_if_it_fits(self):
        here = Path("/site/torch/lib")
        expected = [str(here / "libtorch_cpu.so"), str(here / "libc10.so")]
        for version in ("2.11.0", "2.11.0+cu130", "2.11.1"):
            self.assertEqual(self.loaded((version, here)), expected)
            self.assertEqual(self.loaded((version, here), imported=True), expected)

    def test_else_that_of_the_build(self):
        expected = ["/build/lib/libtorch_cpu.so", "/build/lib/libc10.so"]
        self.assertEqual(self.loaded(None), expected)
        self.assertEqual(self.loaded(("2.10.0", Path("/site/torch/lib"))), expected)

    def test_two_versions_in_one_process_are_refused(self):
        with self.assertRaisesRegex(OSError, "built with LibTorch 2.11.0, but torch 2.10.0 is imported"):
            self.loaded(("2.10.0", Path("/site/torch/lib")), imported=True)

    def test_none_is_told(self):
        with (
            mock.patch.object(_torch, "installed", lambda: ("2.10.0", Path("/site/torch/lib"))),
            self.assertRaisesRegex(
                OSError, r"needs LibTorch 2\.11\.0 \(.* torch 2\.10\.0 in /site/torch\): /build/lib"
            ),
        ):
            _torch.load_for(self.library)

    def test_libraries_from_elsewhere_find_their_own(self):
        (self.folder / "libtorch.json").unlink()
        self.assertEqual(self.loaded(("2.11.0", Path("/site/torch/lib"))), [])

    def test_an_installed_package_is_found_without_importing_it(self):
        package = self.folder / "torch"
        package.mkdir()
        (package / "__init__.py").write_text("raise RuntimeError('imported')")
        info = self.folder / "torch-2.11.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 2.11.0\n")
        with mock.patch.object(sys, "path", [str(self.folder), *sys.path]):
            self.assertEqual(_torch.installed(), ("2.11.0", package / "lib"))


if __name__ == "__main__":
    unittest.main()
