#!/usr/bin/env python3
"""The programs in capi/README.md are the files they are copies of. --write copies them anew."""
import pathlib
import re
import sys
import unittest

CAPI = pathlib.Path(__file__).resolve().parent.parent.parent / "capi"
README = CAPI / "README.md"
# <!-- path -->, then a fenced block.
COPY = re.compile(r"(<!-- (\S+) -->\n```\w+\n)(.*?)(```\n)", re.DOTALL)


def write():
    text = README.read_text(encoding="utf-8")
    fresh = COPY.sub(lambda m: m.group(1) + (CAPI / m.group(2)).read_text(encoding="utf-8") + m.group(4), text)
    README.write_text(fresh, encoding="utf-8")


class Readme(unittest.TestCase):
    def test_programs_are_copies(self):
        copies = COPY.findall(README.read_text(encoding="utf-8"))
        self.assertEqual(len(copies), 5)
        for _, path, block, _ in copies:
            self.assertEqual(block, (CAPI / path).read_text(encoding="utf-8"), path)

    def test_links_lead_somewhere(self):
        links = re.findall(r"\]\(([^)#:]+)", README.read_text(encoding="utf-8"))
        self.assertGreater(len(links), 5)
        for link in links:
            self.assertTrue((CAPI / link).exists(), link)


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        unittest.main()
