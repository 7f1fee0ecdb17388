"""Reads the state dict of a .pth file (a zip archive around a pickle) without PyTorch.

Nothing that the pickle names is imported or called, except what this file defines for it.
"""
import collections
import math
import pickle
import zipfile
import zlib
from typing import NamedTuple

from safetensors_file import ITEM_BYTES

CHUNK = 1 << 20
MOST_PICKLE_BYTES = 64 << 20  # the pickle holds names and sizes; numbers lie in members of their own

STORAGE_TYPES = {"DoubleStorage": "F64", "LongStorage": "I64", "FloatStorage": "F32", "HalfStorage": "F16",
                 "BFloat16Storage": "BF16"}


class BadFile(Exception):
    """A file that cannot be used. The text is one line."""


class Storage(NamedTuple):
    dtype: str
    member: str  # of the archive
    count: int


class Tensor(NamedTuple):
    storage: Storage
    offset: int  # in elements, as the strides
    shape: tuple
    strides: tuple

    @property
    def dtype(self):
        return self.storage.dtype

    @property
    def count(self):
        return math.prod(self.shape)

    @property
    def bytes(self):
        return self.count * ITEM_BYTES[self.dtype]


def is_dense(shape, strides):
    """Whether the elements lie one after another, last dimension fastest."""
    expected = 1
    for size, stride in zip(reversed(shape), reversed(strides)):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True


def are_sizes(values):
    return isinstance(values, tuple) and all(type(value) is int and value >= 0 for value in values)


def rebuild_tensor(storage, offset, shape, strides, *_):
    """Stands in for torch._utils._rebuild_tensor_v2."""
    if not isinstance(storage, Storage) or not are_sizes((offset,)) or not are_sizes(shape) or not are_sizes(strides):
        raise BadFile("a tensor is not described by a storage and whole numbers")
    if len(shape) != len(strides):
        raise BadFile("a tensor has not one stride for each dimension")
    last = offset + sum((size - 1) * stride for size, stride in zip(shape, strides))
    if math.prod(shape) and last >= storage.count:
        raise BadFile(f"a tensor reaches element {last} of {storage.member}, which has {storage.count}")
    return Tensor(storage, offset, shape, strides)


def rebuild_parameter(data, *_):
    """Stands in for torch._utils._rebuild_parameter."""
    return data


ALLOWED = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): rebuild_parameter,
    **{("torch", name): dtype for name, dtype in STORAGE_TYPES.items()},
}


class StateDictUnpickler(pickle.Unpickler):
    def __init__(self, file, folder):
        super().__init__(file)
        self.folder = folder

    def find_class(self, module, name):
        if (module, name) not in ALLOWED:
            raise BadFile(f"refused: it asks for {module}.{name}, which no state dict needs")
        return ALLOWED[module, name]

    def persistent_load(self, reference):
        kind, dtype, key, _, count = reference
        known = kind == "storage" and dtype in STORAGE_TYPES.values()
        if not known or not isinstance(key, str) or not are_sizes((count,)):
            raise BadFile("a storage is not described by its type, name and size")
        return Storage(dtype, f"{self.folder}data/{key}", count)


def read_pickle(archive):
    names = [name for name in archive.namelist() if name == "data.pkl" or name.endswith("/data.pkl")]
    if len(names) != 1:
        raise BadFile(f"expected one data.pkl in the archive, found {len(names)}")
    folder = names[0].removesuffix("data.pkl")
    order = folder + "byteorder"
    if order in archive.namelist() and archive.read(order).strip() != b"little":
        raise BadFile("written on a big-endian machine, which is not supported")
    if archive.getinfo(names[0]).file_size > MOST_PICKLE_BYTES:
        raise BadFile("data.pkl is too long for a state dict")
    with archive.open(names[0]) as file:
        return StateDictUnpickler(file, folder).load()


def gather(data, item, shape, strides, offset):
    """The bytes of a tensor of any strides within those of its storage."""
    if is_dense(shape, strides):
        return data[offset * item:(offset + math.prod(shape)) * item]
    return b"".join(gather(data, item, shape[1:], strides[1:], offset + i * strides[0]) for i in range(shape[0]))


class StateDictFile:
    """`tensors`: name -> Tensor. Their bytes are read when they are asked for."""

    def __init__(self, path, part):
        """`part` is the key under which the state dict lies. Raises BadFile, OSError."""
        if not zipfile.is_zipfile(path):
            with open(path, "rb"):  # a missing file is an OSError
                raise BadFile("not a zip archive: neither a current .pth file nor a whole one")
        try:
            self.archive = zipfile.ZipFile(path)
            content = read_pickle(self.archive)
        except BadFile:
            raise
        except Exception as error:  # broken archives and pickles raise anything
            raise BadFile(f"cannot be read: {type(error).__name__}: {error}") from error
        tensors = content.get(part) if isinstance(content, dict) else None
        if not isinstance(tensors, dict) or not tensors:
            raise BadFile(f'expected {{"{part}": state dict}}')
        for name, tensor in tensors.items():
            if not isinstance(name, str) or not name.isascii() or not name.isprintable():
                raise BadFile(f'"{part}": a tensor is named {name!a}')
            if not isinstance(tensor, Tensor):
                raise BadFile(f'"{part}": {name} is no tensor')
        self.tensors = dict(tensors)
        self._check_members()

    def _check_members(self):
        sizes = {info.filename: info.file_size for info in self.archive.infolist()}
        for storage in {tensor.storage for tensor in self.tensors.values()}:
            size = sizes.get(storage.member)
            if size is None:
                raise BadFile(f"{storage.member} is missing from the archive")
            if size != storage.count * ITEM_BYTES[storage.dtype]:
                raise BadFile(f"{storage.member} has {size} bytes, expected {storage.count} of {storage.dtype}")

    def chunks(self, tensor):
        """The tensor's bytes, last dimension fastest, little-endian, in pieces."""
        try:
            with self.archive.open(tensor.storage.member) as file:
                if is_dense(tensor.shape, tensor.strides):
                    yield from self._stretch(file, tensor.offset * ITEM_BYTES[tensor.dtype], tensor.bytes)
                else:
                    yield gather(file.read(), ITEM_BYTES[tensor.dtype], tensor.shape, tensor.strides, tensor.offset)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
            raise BadFile(f"{tensor.storage.member}: {error}") from error

    @staticmethod
    def _stretch(file, start, left):
        file.seek(start)
        while left:
            chunk = file.read(min(CHUNK, left))
            if not chunk:
                raise EOFError("ends too soon")
            left -= len(chunk)
            yield chunk
