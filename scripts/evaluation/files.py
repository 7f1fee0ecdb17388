"""Input files of JSON, with errors that name the file and the line."""
import json
import pathlib


class InputError(Exception):
    """What the user gave is not what it should be; the text says what and where."""


REQUIRED = object()
NAMES = {str: "a text", int: "a whole number", float: "a number", list: "a list", dict: "an object"}


class Record:
    """An object of a file. `where` names it in errors."""

    def __init__(self, fields, where):
        if not isinstance(fields, dict):
            raise InputError(f"{where}: not an object")
        self.fields, self.where = fields, where

    def __contains__(self, key):
        return self.fields.get(key) is not None

    def fail(self, what):
        raise InputError(f"{self.where}: {what}")

    def get(self, key, kind, default=REQUIRED):
        value = self.fields.get(key)
        if value is None:
            if default is REQUIRED:
                self.fail(f'no "{key}"')
            return default
        accepted = (int, float) if kind is float else kind
        if not isinstance(value, accepted) or isinstance(value, bool):
            self.fail(f'"{key}" is not {NAMES[kind]}')
        return value

    def record(self, key):
        return Record(self.get(key, dict), f'{self.where}: "{key}"')

    def records(self, key):
        return [Record(entry, f'{self.where}: "{key}" {number}') for number, entry in enumerate(self.get(key, list))]

    def box(self, key):
        return self.checked_box(self.get(key, list), key)

    def boxes(self, key):
        return [self.checked_box(box, key) for box in self.get(key, list)]

    def checked_box(self, box, key):
        is_box = isinstance(box, list) and len(box) == 4 and all(type(side) in (int, float) for side in box)
        if not is_box:
            self.fail(f'"{key}": not a box of four numbers: {json.dumps(box)}')
        return [float(side) for side in box]


def read_text(path):
    try:
        return pathlib.Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8") from error


def parse(text, where):
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{where(error)}: not JSON: {error.msg}") from error


def read_object(path):
    return Record(parse(read_text(path), lambda error: f"{path}:{error.lineno}"), str(path))


def read_records(path):
    """The objects of a JSON list, or of a file with one on each line that is not empty."""
    text = read_text(path)
    if text.lstrip().startswith("["):
        entries = parse(text, lambda error: f"{path}:{error.lineno}")
        return [Record(entry, f"{path}: entry {number}") for number, entry in enumerate(entries)]
    return [Record(parse(line, lambda _, number=number: f"{path}:{number}"), f"{path}:{number}")
            for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def require_folder(path):
    if not pathlib.Path(path).is_dir():
        raise InputError(f"{path}: no such folder")
    return pathlib.Path(path).resolve()
