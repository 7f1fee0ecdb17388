#!/usr/bin/env python3
"""Doxygen's input filter: prints a header with its plain comments as documentation comments.

Doxygen reads only comments that are marked: `///` or `/**` before what they describe, `///<` or `/**<` after it. The
headers are written for people and have none of that; where a comment stands says what it is about:

  before a declaration, no empty line between   that declaration
  after code on its line, and what is aligned below it   that code
  first in the file                             the file
  anything else                                 nothing: it stays as it is

Lines keep their numbers, so that Doxygen's warnings point into the header.
"""
import re
import sys

COMMENT_LINE = re.compile(r"(\s*)// ?(.*)")
COMMENT_AFTER_CODE = re.compile(r"(\s*[^\s#}/].*?\s\s)// (?!NOLINT)(.*)")
COMMENT_BLOCK = re.compile(r"/\*(?=\s)(.*?)\*/", re.DOTALL)


def is_declaration(line):
    return bool(line.strip()) and not line.strip().startswith("}")


def mark_lines(lines):
    """C++: `//`."""
    aligned = None  # column of a comment after code in the line above
    for i, line in enumerate(lines):
        alone, after = COMMENT_LINE.fullmatch(line), COMMENT_AFTER_CODE.fullmatch(line)
        if after:
            aligned = len(after[1])
            lines[i] = f"{after[1]}///< {after[2]}"
        elif alone and len(alone[1]) == aligned:
            lines[i] = f"{alone[1]}///< {alone[2]}"
        elif alone:
            aligned = None
            end = next(k for k in range(i, len(lines)) if not COMMENT_LINE.fullmatch(lines[k]))
            if is_declaration(lines[end]):
                lines[i] = f"{alone[1]}/// {alone[2]}"
        else:
            aligned = None
        if line == "#pragma once" and i > 0:
            lines[i] = "/// @file"
    return lines


def mark_block(match):
    """C: `/* */`."""
    body, text = match[1], match.string
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    after = text[match.end() :].split("\n", 2)
    if match.start() == 0:
        return f"/**{body}@file */"
    if before.strip():
        return match[0] if before.lstrip().startswith("#") else f"/**<{body}*/"
    return f"/**{body}*/" if len(after) > 1 and is_declaration(after[1]) else match[0]


def convert(text):
    text = re.sub(r"#(?=[a-z]+-)", r"\\#", text)  # a part of a web address, not a link to a name
    return COMMENT_BLOCK.sub(mark_block, "\n".join(mark_lines(text.split("\n"))))


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as header:
        sys.stdout.write(convert(header.read()))
