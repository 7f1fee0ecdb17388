"""Checkpoint files for tests: .pth archives written opcode by opcode, good and bad, and safetensors read back."""
import json
import pathlib
import struct
import zipfile

STORAGES = {"F32": "FloatStorage", "F16": "HalfStorage", "BF16": "BFloat16Storage", "F64": "DoubleStorage",
            "I64": "LongStorage"}
ITEM_BYTES = {"F32": 4, "F16": 2, "BF16": 2, "F64": 8, "I64": 8}


# Opcodes of a pickle.
def text(value):
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def number(value):
    return b"J" + struct.pack("<i", value)


def sequence(*items):
    return b"(" + b"".join(items) + b"t"


def named(module, name):
    return f"c{module}\n{name}\n".encode()


EMPTY_ORDERED = named("collections", "OrderedDict") + b")R"


def parameter(tensor):
    return named("torch._utils", "_rebuild_parameter") + sequence(tensor, b"\x88", EMPTY_ORDERED) + b"R"


def dense_strides(shape):
    strides = [1]
    for size in reversed(shape[1:]):
        strides.insert(0, strides[0] * size)
    return strides if shape else []


class Archive:
    """A .pth file: tensors as (dtype, shape, bytes), each with a storage of its own."""

    def __init__(self, tensors):
        self.items = {}
        self.members = {}
        for name, (dtype, shape, data) in tensors.items():
            self.add(name, dtype, data, shape)

    def add(self, name, dtype, data, shape, strides=None, offset=0, key=None):
        key = key or str(len(self.members))
        self.members[f"upn/data/{key}"] = data
        storage = sequence(text("storage"), named("torch", STORAGES[dtype]), text(key), text("cpu"),
                           number(len(data) // ITEM_BYTES[dtype])) + b"Q"
        self.items[name] = named("torch._utils", "_rebuild_tensor_v2") + sequence(
            storage, number(offset), sequence(*map(number, shape)),
            sequence(*map(number, strides or dense_strides(shape))), b"\x89", EMPTY_ORDERED) + b"R"

    def pickle(self, part="model"):
        items = b"".join(text(name) + value for name, value in self.items.items())
        metadata = b"}" + text("_metadata") + EMPTY_ORDERED + b"sb"  # PyTorch hangs it on the dictionary
        return b"\x80\x02}" + text(part) + EMPTY_ORDERED + b"(" + items + b"u" + metadata + b"s."

    def write(self, path, pickle=None, compression=zipfile.ZIP_STORED):
        with zipfile.ZipFile(path, "w", compression) as archive:
            archive.writestr("upn/data.pkl", self.pickle() if pickle is None else pickle)
            archive.writestr("upn/byteorder", "little")
            for name, data in self.members.items():
                archive.writestr(name, data)
        return path


def read_safetensors(path):
    """Name -> (dtype, shape, bytes), in the file's order."""
    content = pathlib.Path(path).read_bytes()
    start = 8 + struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    return {name: (entry["dtype"], tuple(entry["shape"]),
                   content[start + entry["data_offsets"][0]:start + entry["data_offsets"][1]])
            for name, entry in header.items()}


def damaged(data, chance):
    """Some bytes changed, lost or added, as random.Random says."""
    data = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(data))
        data[at:at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    return bytes(data)
