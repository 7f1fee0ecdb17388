"""Reads and writes safetensors files: their header, and the bytes of tensors."""
import json
import struct
from typing import NamedTuple

ITEM_BYTES = {"F64": 8, "I64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I8": 1, "U8": 1, "BOOL": 1}


class Entry(NamedTuple):
    name: str
    dtype: str
    shape: tuple
    size: int  # in bytes


def read(path):
    """[(Entry, bytes)], in the file's order."""
    with open(path, "rb") as file:
        content = file.read()
    start = 8 + struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    tensors = []
    for name, value in header.items():
        begin, end = value["data_offsets"]
        entry = Entry(name, value["dtype"], tuple(value["shape"]), end - begin)
        tensors.append((entry, content[start + begin:start + end]))
    return sorted(tensors, key=lambda item: header[item[0].name]["data_offsets"])


def write(path, entries, chunks_of):
    """`chunks_of(entry)` gives the bytes of each in pieces, so that a file may be larger than the memory."""
    entries = sorted(entries, key=lambda entry: -ITEM_BYTES[entry.dtype])  # each lies aligned for its type
    header, begin = {}, 0
    for entry in entries:
        header[entry.name] = {"dtype": entry.dtype, "shape": entry.shape, "data_offsets": [begin, begin + entry.size]}
        begin += entry.size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for entry in entries:
            for chunk in chunks_of(entry):
                out.write(chunk)
