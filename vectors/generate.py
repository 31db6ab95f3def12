"""Writes the files of vectors, all or those that are named: `python vectors/generate.py`, or `make vectors`."""

import sys
from pathlib import Path

from teleprocedures.testing.vectors import NAMES, text_of

if __name__ == "__main__":
    for name in sys.argv[1:] or NAMES:
        Path(__file__).with_name(name).write_text(text_of(name), encoding="utf-8", newline="\n")
