"""The faces of a night beside the console: a page, a calendar and a workbook, written into a folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from agenda import agenda
from options import FACES
from page import page
from report import Night
from workbook import workbook

from teleprocedures.wording import Wording


def write_faces(folder: Path, night: Night, wording: Wording) -> list[Path]:
    """Write them, and give where they are, the page first; raises `OSError` where they cannot be written."""
    contents = page(night, wording).encode(), agenda(night, wording), workbook(night, wording)
    folder.mkdir(parents=True, exist_ok=True)
    places = [folder / name for name in FACES]
    for place, content in zip(places, contents, strict=True):
        write_whole(place, content)
    return [place.resolve() for place in places]


def write_whole(place: Path, content: bytes) -> None:
    """Write a file for its owner alone, which is there as a whole, or as it was: whoever has it open reads one of both.

    It is made aside under a name that nobody else has: other nights may write beside it, and no link is followed.
    """
    descriptor, aside = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(aside).replace(place)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise
