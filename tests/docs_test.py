"""Doxygen reads the public headers without a warning, and each comment is about what it stands at.

FO1_DOXYGEN names the program, FO1_DOXYFILE its settings. Without the program the test is skipped.
"""
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

SKIPPED = 77
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "cmake/docs"))
from comments import convert  # noqa: E402

# What Doxygen must know of these names: one for each place where a comment can stand.
KNOWN = {
    # before
    "fo1::Scene": "One image and its regions, encoded once, asked many times.",
    "fo1::Scene::ask": "Throws kInvalidArgument (unknown task, empty query, region index out of range)",
    "fo1::unite": "Several sources as one list.",
    "fo1::Limits::on_progress": "kStop is as if cancel had been triggered",
    "fo1_detect": "Everything with one of the labels.",
    "fo1_pixels": "8 bits a channel, rows from the top.",
    "fo1_progress_callback": "Called on the thread of the call, between two blocks of a network",
    # after, on one line or more
    "fo1::Detection::confidence": "probability that the model gave this region's name when it wrote it",
    "fo1::LoadOptions::memory_limit": "is refused with kOutOfMemory before it takes any; 0: none",
    "fo1::Image::rgb": "[height, width, 3], packed",
    "fo1::ErrorCode::kInternal": "a defect of the library",
    "fo1_propose_options::max_iou": "0: none; NaN (default): the proposer's own",
    "fo1_result_text": "the model's words, region names included",
    "FO1_DEADLINE": "the time was over with nothing to return yet",
    # of the file
    "model.h": "The two objects one works with: a loaded Model, and Scenes made from it.",
    "fo1_c.h": "Nothing throws or exits",
}


def comment_of(element):
    parts = [element.find("briefdescription"), element.find("detaileddescription")]
    return " ".join("".join("".join(part.itertext()) for part in parts if part is not None).split())


def read_comments(folder):
    """{qualified name: comment} of all that Doxygen found."""
    comments = {}
    for file in folder.glob("*.xml"):
        for compound in xml.parse(file).iter("compounddef"):
            owner = compound.findtext("compoundname")
            scope = "" if compound.get("kind") == "file" else owner + "::"
            comments[owner] = comment_of(compound)
            for member in compound.iter("memberdef"):
                name = member.findtext("name") or ""
                comments[scope + name] = comment_of(member)
                place = scope if not name or name.startswith("@") else f"{scope}{name}::"  # an enum without a name
                for value in member.iter("enumvalue"):
                    comments[place + value.findtext("name")] = comment_of(value)
    return comments


class DocsTest(unittest.TestCase):
    maxDiff = None

    def test_no_warning_and_every_comment_in_its_place(self):
        with tempfile.TemporaryDirectory() as folder:
            settings = Path(os.environ["FO1_DOXYFILE"]).read_text(encoding="utf-8")
            settings += f"\nOUTPUT_DIRECTORY = {folder}\nGENERATE_XML = YES\n"
            result = subprocess.run([os.environ["FO1_DOXYGEN"], "-"], input=settings, text=True, capture_output=True)
            self.assertEqual([result.returncode, result.stderr], [0, ""])
            self.assertTrue((Path(folder) / "html/index.html").is_file())
            comments = read_comments(Path(folder) / "xml")
        for name, words in KNOWN.items():
            self.assertIn(words, comments.get(name, "no such name"), name)

    def test_other_comments_stay_and_lines_keep_their_numbers(self):
        for header in [*(ROOT / "include/fo1").glob("*.h"), ROOT / "capi/fo1_c.h"]:
            text = header.read_text(encoding="utf-8")
            self.assertEqual(convert(text).count("\n"), text.count("\n"), header)
        untouched = "\n/* ---- part ---- */\n\n}  // namespace fo1\n#endif /* X */\nint a;  // NOLINT\n// apart\n\nint b;\n"
        self.assertEqual(convert(untouched), untouched)


if __name__ == "__main__":
    if not os.environ.get("FO1_DOXYGEN"):
        print("skipped: doxygen is not installed")
        sys.exit(SKIPPED)
    unittest.main()
