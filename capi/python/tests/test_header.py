"""The declarations of the package are those of fo1_c.h."""

import ctypes
import re
import shutil
import subprocess
import unittest
from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p

from fo1 import _errors, _functions, _structs
from support import HEADER, Test

TEXT = re.sub(r"/\*.*?\*/", " ", HEADER.read_text(), flags=re.DOTALL)
STRUCTS = re.findall(r"typedef struct (fo1_\w+) \{(.*?)\} \1;", TEXT, re.DOTALL)
HANDLES = re.findall(r"typedef struct (fo1_\w+) \1;", TEXT)
CALLBACKS = re.findall(r"typedef (\w+) \(\*(fo1_\w+)\)\(([^)]*)\);", TEXT)
PROTOTYPES = re.findall(r"FO1_C_API ([^;(]+?)\s*\b(fo1_\w+)\(([^)]*)\);", TEXT)

PLAIN = {
    "void": None,
    "int32_t": c_int32,
    "int64_t": c_int64,
    "uint32_t": c_uint32,
    "uint64_t": c_uint64,
    "size_t": c_size_t,
    "double": c_double,
    "fo1_status": c_int32,
    "void*": c_void_p,
    "char*": c_char_p,
    "char**": POINTER(c_char_p),
    "uint8_t*": POINTER(c_uint8),
    "int64_t*": POINTER(c_int64),
    "double*": POINTER(c_double),
    "size_t*": POINTER(c_size_t),
    "fo1_progress_callback": _structs.ProgressCallback,
    "fo1_token_callback": _structs.TokenCallback,
    "fo1_propose_callback": _structs.ProposeCallback,
    "fo1_log_callback": _structs.LogCallback,
}


def python_name(struct):
    return "".join(word.capitalize() for word in struct.removeprefix("fo1_").split("_"))


def type_of(declaration):
    """What ctypes calls a C type: "const fo1_model*" is a void pointer."""
    name = re.sub(r"\bconst\b|\s", "", declaration)
    for handle in HANDLES:
        name = name.replace(f"{handle}**", "HANDLE*") if name == f"{handle}**" else name
        name = "HANDLE" if name == f"{handle}*" else name
    if name in ("HANDLE", "HANDLE*"):
        return c_void_p if name == "HANDLE" else POINTER(c_void_p)
    if name.endswith("*") and name[:-1] in dict(STRUCTS):
        return POINTER(getattr(_structs, python_name(name[:-1])))
    return PLAIN[name]


def parameters_of(text):
    """Types of a parameter list; names are dropped."""
    parts = [part.strip() for part in text.split(",")]
    return [] if parts == ["void"] else [type_of(re.sub(r"\w+$", "", part)) for part in parts]


class Header(Test):
    def test_every_function_is_declared_as_it_is(self):
        self.assertGreater(len(PROTOTYPES), 90)
        self.assertEqual({name for _, name, _ in PROTOTYPES}, set(_functions.FUNCTIONS))
        self.assertEqual(len(PROTOTYPES), len(re.findall(r"FO1_C_API (?!__)", TEXT)))
        for result, name, parameters in PROTOTYPES:
            with self.subTest(name):
                declared_result, declared = _functions.FUNCTIONS[name]
                self.assertEqual(list(declared), parameters_of(parameters))
                raises = result == "fo1_status" and name != "fo1_last_status"
                self.assertIs(declared_result, _functions.Status if raises else type_of(result))

    def test_every_callback_is_declared_as_it_is(self):
        self.assertEqual(len(CALLBACKS), 4)
        for result, name, parameters in CALLBACKS:
            with self.subTest(name):
                declared = PLAIN[name]
                self.assertIs(declared._restype_, PLAIN[result])
                kinds = [kind if kind in (c_int32, c_int64, c_size_t) else "pointer" for kind in declared._argtypes_]
                parts = ("pointer" if "*" in part else PLAIN[part.split()[0]] for part in parameters.split(","))
                self.assertEqual(kinds, list(parts))

    def test_every_struct_is_laid_out_as_it_is(self):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            self.skipTest("no C compiler")
        self.assertGreater(len(STRUCTS), 10)
        lines, expected = [], []
        for struct, _ in STRUCTS:
            kind = getattr(_structs, python_name(struct))
            lines.append(f'printf("{struct} %zu\\n", sizeof({struct}));')
            expected.append(f"{struct} {ctypes.sizeof(kind)}")
            for name, *_ in kind._fields_:
                lines.append(
                    f'printf("{struct}.{name} %zu %zu\\n", offsetof({struct}, {name}), sizeof((({struct}*)0)->{name}));'
                )
                expected.append(f"{struct}.{name} {getattr(kind, name).offset} {getattr(kind, name).size}")
        source, program = self.folder / "layout.c", self.folder / "layout"
        source.write_text("#include <fo1_c.h>\n#include <stdio.h>\nint main(void) {\n" + "\n".join(lines) + "\n}\n")
        subprocess.run([compiler, f"-I{HEADER.parent}", source, "-o", program], check=True)
        output = subprocess.run([program], check=True, text=True, stdout=subprocess.PIPE).stdout
        self.assertEqual(output.splitlines(), expected)

    def test_no_field_is_missing(self):
        for struct, body in STRUCTS:
            fields = re.findall(r"(\w+)(?:\[\d+\])?(?=\s*[;,])", body)
            declared = [name for name, *_ in getattr(_structs, python_name(struct))._fields_]
            self.assertEqual(declared, fields, struct)

    def test_codes_and_version(self):
        codes = dict(re.findall(r"\bFO1_(\w+)\s*=\s*(\d+)", TEXT))
        for code in _errors.ErrorCode:
            self.assertEqual(codes[code.name], str(int(code)))
            self.assertEqual(_errors.error_of(code, "x").code, code)
        self.assertNotIn(str(len(_errors.ErrorCode) + 1), re.findall(r"FO1_INTERNAL = 8,\s*FO1_\w+ = (\d+)", TEXT))
        version = [int(re.search(rf"FO1_ABI_VERSION_{part} (\d+)", TEXT)[1]) for part in ("MAJOR", "MINOR")]
        self.assertEqual(version, [_functions.ABI_MAJOR, _functions.ABI_MINOR])


if __name__ == "__main__":
    unittest.main()
