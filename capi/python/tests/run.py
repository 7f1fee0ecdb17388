"""Runs all tests of this folder. Status 77: they were skipped, because numpy is missing."""

import importlib.util
import sys
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent

if importlib.util.find_spec("numpy") is None:
    print(f"skipped: {sys.executable} has no numpy, which the package needs")
    sys.exit(77)
sys.path.insert(0, str(TESTS.parent / "src"))
outcome = unittest.TextTestRunner(verbosity=1).run(unittest.defaultTestLoader.discover(str(TESTS)))
sys.exit(not outcome.wasSuccessful())
