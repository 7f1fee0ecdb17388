"""Finds LibTorch for the library that the package brings.

libfo1 needs the LibTorch it was built with. Its libraries are loaded first, so that the dynamic linker has them when
libfo1 asks: those of the torch package in this environment where the version fits, so that `import torch` and
`import fo1` share one LibTorch in either order; else those of the build, where they still are. Libraries from
elsewhere (FO1_LIBRARY, the system) find LibTorch themselves.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Optional


@dataclass(frozen=True)
class LibTorch:
    """The LibTorch that a packaged library was built with."""

    version: str
    folder: str
    libraries: tuple[str, ...]  # those that libfo1 names, in the order in which to load them


def built_with(library: Path) -> Optional[LibTorch]:
    """What the package says; None: it is not the package's library."""
    file = library.parent / "libtorch.json"
    if not file.exists():
        return None
    entries = json.loads(file.read_text(encoding="utf-8"))
    return LibTorch(entries["version"], entries["folder"], tuple(entries["libraries"]))


def installed() -> Optional[tuple[str, Path]]:
    """Version and library folder of the torch package, without importing it."""
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return None
    try:
        return importlib.metadata.version("torch"), Path(spec.origin).parent / "lib"
    except importlib.metadata.PackageNotFoundError:
        return None


def same_interface(one: str, other: str) -> bool:
    """LibTorch keeps its binary interface between patch releases, not between minor ones."""
    return one.split("+")[0].split(".")[:2] == other.split("+")[0].split(".")[:2]


def load_for(library: Path) -> None:
    """Loads LibTorch for `library`. Raises OSError that says what was looked for."""
    wanted = built_with(library)
    if wanted is None:
        return
    found = installed()
    if found and same_interface(wanted.version, found[0]):
        folder = found[1]
    elif found and "torch" in sys.modules:
        raise OSError(
            f"{library.name} was built with LibTorch {wanted.version}, but torch {found[0]} is imported in this process"
        )
    else:
        folder = Path(wanted.folder)
    for name in wanted.libraries:
        try:
            ctypes.CDLL(str(folder / name))
        except OSError as error:
            raise OSError(f"{library.name} needs LibTorch {wanted.version} ({_here(found)}): {error}") from None


def _here(found: Optional[tuple[str, Path]]) -> str:
    return f"this environment has torch {found[0]} in {found[1].parent}" if found else "no torch package here"
