#!/usr/bin/env python3
"""The binary interface is what capi/ABI.md records: functions, constants, layouts of structs.

  abi_test.py LIBRARY            compares the library, the header and the record
  abi_test.py LIBRARY --write    records what there is now; the difference belongs into the history
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

CAPI = pathlib.Path(__file__).resolve().parent.parent.parent / "capi"
HEADER, RECORD = CAPI / "fo1_c.h", CAPI / "ABI.md"
LIBRARY = None  # set by the command line


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)


def declarations():
    return without_comments(HEADER.read_text(encoding="utf-8"))


def declared_functions():
    return set(re.findall(r"FO1_C_API [^;(]*?\b(fo1_\w+)\s*\(", declarations()))


def constants():
    pairs = []
    for body in re.findall(r"enum \{(.*?)\};", declarations(), re.DOTALL):
        pairs += re.findall(r"(FO1_\w+)\s*=\s*(-?\d+)", body)
    return [f"{name} {value}" for name, value in pairs]


def structs():
    """Name -> names of its fields, in order."""
    found = {}
    for name, body in re.findall(r"typedef struct (fo1_\w+) \{(.*?)\}", declarations(), re.DOTALL):
        fields = []
        for declaration in body.split(";"):
            # `int32_t width, height`, `double box[4]`, `const char* const* labels`
            fields += re.findall(r"(\w+)(?:\[\d+\])?\s*(?=,|$)", declaration.strip())
        found[name] = fields
    return found


def layouts():
    """What the compiler makes of the structs: `fo1_region 56: struct_size 0, reserved 4, ...`."""
    lines = []
    for name, fields in structs().items():
        places = "".join(f'printf(" {field} %zu", offsetof({name}, {field}));' for field in fields)
        lines.append(f'printf("{name} %zu:", sizeof({name})); {places} printf("\\n");')
    program = "#include <stdio.h>\n#include <fo1_c.h>\nint main(void) {" + "\n".join(lines) + "return 0; }\n"
    with tempfile.TemporaryDirectory() as folder:
        source, binary = os.path.join(folder, "layouts.c"), os.path.join(folder, "layouts")
        pathlib.Path(source).write_text(program, encoding="utf-8")
        compiler = os.environ.get("CC", "cc")
        subprocess.run([compiler, "-std=c99", f"-I{CAPI}", source, "-o", binary], check=True)
        return subprocess.run([binary], check=True, capture_output=True, text=True).stdout.splitlines()


def exported():
    """Dynamic symbols of the library, without the name of its version."""
    lines = subprocess.run(["nm", "-D", "--defined-only", LIBRARY], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    return {line.split()[-1].split("@")[0] for line in lines if line.split()[-2] != "A"}


def block(kind):
    """The recorded lines of one kind: a fenced block of ABI.md with that name."""
    match = re.search(rf"```{kind}\n(.*?)```", RECORD.read_text(encoding="utf-8"), re.DOTALL)
    return match.group(1).splitlines()


def write():
    text = RECORD.read_text(encoding="utf-8")
    for kind, lines in (("functions", sorted(declared_functions())), ("constants", constants()),
                        ("structs", layouts())):
        body = "".join(line + "\n" for line in lines)
        text = re.sub(rf"(```{kind}\n).*?(```)", lambda m: m.group(1) + body + m.group(2), text, flags=re.DOTALL)
    RECORD.write_text(text, encoding="utf-8")


class Abi(unittest.TestCase):
    maxDiff = None

    def test_the_header_is_understood(self):
        self.assertGreater(len(declared_functions()), 50)
        self.assertEqual(structs()["fo1_pixels"][:4], ["struct_size", "format", "width", "height"])
        for name, fields in structs().items():
            self.assertEqual(fields[0], "struct_size", name)

    def test_exports_are_the_declared_functions_and_nothing_else(self):
        self.assertEqual(exported(), declared_functions())

    def test_functions_are_recorded(self):
        self.assertEqual(block("functions"), sorted(declared_functions()))

    def test_constants_are_recorded(self):
        self.assertEqual(block("constants"), constants())

    def test_layouts_are_recorded(self):
        self.assertEqual(block("structs"), layouts())

    def test_the_library_has_the_version_of_the_interface(self):
        text = subprocess.run(["readelf", "-d", LIBRARY], check=True, capture_output=True, text=True).stdout
        major = re.search(r"FO1_ABI_VERSION_MAJOR (\d+)", HEADER.read_text(encoding="utf-8")).group(1)
        self.assertIn(f"[libfo1_c.so.{major}]", text)

    def test_the_history_ends_with_the_version(self):
        numbers = re.findall(r"FO1_ABI_VERSION_M\w+ (\d+)", HEADER.read_text(encoding="utf-8"))
        history = re.findall(r"^\| (\d+\.\d+) \|", RECORD.read_text(encoding="utf-8"), re.MULTILINE)
        self.assertEqual(history[-1], ".".join(numbers))


if __name__ == "__main__":
    LIBRARY = sys.argv[1]
    if "--write" in sys.argv:
        write()
    else:
        unittest.main(argv=sys.argv[:1])
