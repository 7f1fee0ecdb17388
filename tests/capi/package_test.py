"""The package: it holds no LibTorch, and uses the one that its user names."""
import platform
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

from installed import BUILD, LIBTORCH, TreeTest, run


class PackageTest(TreeTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        run("cpack", "-G", "TGZ", "--config", BUILD / "CPackConfig.cmake", "-B", folder.name)
        (cls.package,) = Path(folder.name).glob("*.tar.gz")

    def setUp(self):
        super().setUp()
        with tarfile.open(self.package) as archive:
            archive.extractall(self.folder / "opt")
        (self.tree,) = (self.folder / "opt").iterdir()
        self.libtorch = self.folder / "elsewhere/libtorch"
        self.libtorch.parent.mkdir()
        self.libtorch.symlink_to(LIBTORCH.parent)

    def assert_uses_libtorch_of(self, folder, **environment):
        """The program works, with the libraries that came with it and this LibTorch, not the build's."""
        program = self.tree / "bin/fo1"
        version = self.tree.name.split("-")[1]
        self.assertEqual(run(program, "--version", **environment), f"fo1 {version}\n")
        self.detections(self.tree, **environment)
        self.assert_loads_from({"libfo1": self.tree / "lib", "libtorch_cpu": folder, "libc10": folder},
                               program, "--version", **environment)

    def test_libtorch_through_the_link(self):
        link = self.tree / "lib/fo1/libtorch"
        link.parent.mkdir()
        link.symlink_to(self.libtorch)
        self.assert_uses_libtorch_of(link / "lib")

    def test_libtorch_through_the_environment(self):
        self.assert_uses_libtorch_of(self.libtorch / "lib", LD_LIBRARY_PATH=str(self.libtorch / "lib"))

    def test_contents(self):
        self.assertRegex(self.package.name, rf"^fo1-\d+\.\d+\.\d+-linux-{platform.machine()}\.tar\.gz$")
        self.assertEqual(self.package.name, self.tree.name + ".tar.gz")
        names = {str(path.relative_to(self.tree)) for path in self.tree.rglob("*")}
        self.assertLessEqual({"bin/fo1", "lib/libfo1.so", "lib/libfo1_c.so", "lib/pkgconfig/fo1_c.pc",
                              "lib/cmake/fo1/fo1Config.cmake", "include/fo1_c.h", "include/fo1/fo1.h",
                              "share/doc/fo1/LICENSE", "share/fo1/models/tiny/config.json"}, names)
        self.assertEqual([name for name in names if "torch" in name or "libc10" in name], [])

    def test_no_library_path_of_the_build(self):
        for file in ("bin/fo1", "lib/libfo1.so", "lib/libfo1_c.so"):
            dynamic = subprocess.check_output(["readelf", "-d", self.tree / file], text=True)
            (runpath,) = [line.split("[")[1].rstrip("]") for line in dynamic.splitlines() if "RUNPATH" in line]
            self.assertTrue(all(folder.startswith("$ORIGIN") for folder in runpath.split(":")), (file, runpath))


if __name__ == "__main__":
    unittest.main()
