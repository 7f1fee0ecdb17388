"""Finds the picture files that a data set names in one way or another."""
import pathlib
import urllib.parse

from ..files import require_folder


class Pictures:
    """Of one folder."""

    def __init__(self, folder):
        self.folder = require_folder(folder)
        self._by_stem = None

    def named(self, name):
        return str(self.folder / name)

    def with_stem(self, stem):
        """A name without its ending, such as a checksum; None: there is no such file."""
        if self._by_stem is None:
            self._by_stem = {path.stem: path for path in sorted(self.folder.iterdir())}
        path = self._by_stem.get(stem)
        return None if path is None else str(path)

    def of_url(self, url):
        """A file with the last part of the address as its name."""
        return self.named(pathlib.PurePosixPath(urllib.parse.urlparse(url).path).name)
