"""Programs in C and C++ that find the installed tree with CMake or pkg-config, after it was moved to another folder."""
import shlex
import shutil
import unittest
from pathlib import Path

from installed import BUILD, LABELS, LIBTORCH, STAGE, TreeTest, run

HERE = Path(__file__).resolve().parent
SOURCES = {"c": HERE.parent.parent / "capi/examples/detect.c", "c++": HERE.parent.parent / "capi/examples/detect.cpp"}
STANDARDS = {"c": "c99", "c++": "c++17"}
PACKAGES = {"c": "fo1_c", "c++": "fo1"}


class ConsumerTest(TreeTest):
    def setUp(self):
        super().setUp()
        self.tree = self.folder / "moved"
        shutil.copytree(STAGE, self.tree, symlinks=True)

    def assert_works(self, program, **environment):
        """The program says what `fo1 detect` says, with the libraries of the moved tree."""
        command = (program, *self.sample(self.tree), *LABELS)
        self.assertEqual(run(*command, **environment), self.detections(self.tree, **environment))
        self.assert_loads_from({"libfo1": self.tree / "lib"}, *command, **environment)

    def test_cmake(self):
        build = self.folder / "build"
        run("cmake", "-S", HERE / "consumer", "-B", build, f"-DCMAKE_PREFIX_PATH={self.tree}")
        run("cmake", "--build", build)
        self.assert_works(build / "detect_c")
        self.assert_works(build / "detect_cpp")

    def test_cmake_refuses_an_unknown_component(self):
        project = self.folder / "CMakeLists.txt"
        project.write_text("cmake_minimum_required(VERSION 3.16)\nproject(x NONE)\n"
                           "find_package(fo1 REQUIRED COMPONENTS fo1 other)\n")
        with self.assertRaisesRegex(AssertionError, '"other" is none'):
            run("cmake", "-S", self.folder, "-B", self.folder / "build", f"-DCMAKE_PREFIX_PATH={self.tree}")

    def test_pkgconfig_without_libtorch_at_hand(self):
        """LibTorch is needed to run, not to link."""
        (self.tree / "lib/fo1/libtorch").unlink()
        for language, source in SOURCES.items():
            with self.subTest(language):
                flags = run("pkg-config", "--cflags", "--libs", PACKAGES[language],
                            PKG_CONFIG_PATH=str(self.tree / "lib/pkgconfig"))
                program = self.folder / f"detect_{PACKAGES[language]}"
                run({"c": "gcc", "c++": "g++"}[language], f"-std={STANDARDS[language]}", "-Wall", "-Wextra", "-Werror",
                    "-o", program, source, *shlex.split(flags), f"-Wl,-rpath,{self.tree / 'lib'}")
                self.assert_works(program, LD_LIBRARY_PATH=str(LIBTORCH))

    def test_no_installed_text_names_the_build(self):
        texts = [path for folder in ("include", "lib/cmake", "lib/pkgconfig") for path in (self.tree / folder).rglob("*")
                 if path.is_file()]
        self.assertTrue(texts)
        for path in texts:
            for folder in (str(BUILD), str(STAGE)):
                self.assertNotIn(folder, path.read_text(encoding="utf-8"), path)

    def test_versions(self):
        version = run(self.tree / "bin/fo1", "--version").split()[-1]
        folder = str(self.tree / "lib/pkgconfig")
        self.assertEqual(run("pkg-config", "--modversion", "fo1", PKG_CONFIG_PATH=folder).strip(), version)
        # fo1_c has the version of its interface, which is that of the library file.
        interface = run("pkg-config", "--modversion", "fo1_c", PKG_CONFIG_PATH=folder).strip()
        self.assertTrue((self.tree / f"lib/libfo1_c.so.{interface}").is_file(), interface)


if __name__ == "__main__":
    unittest.main()
