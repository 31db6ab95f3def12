"""The faces of a night beside the console: a page, a calendar and a workbook, written into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from agenda import agenda
from page import page
from report import Night
from workbook import write_workbook

from teleprocedures.wording import Wording

PAGE: Final = "nuit.html"


def write_faces(folder: Path, night: Night, wording: Wording) -> list[Path]:
    """Write them, and give where they are, the page first; raises `OSError` where they cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    places = [folder / PAGE, folder / "nuit.ics", folder / "nuit.xlsx"]
    write_whole(places[0], page(night, wording).encode())
    write_whole(places[1], agenda(night, wording))
    aside = places[2].with_suffix(".part")
    write_workbook(aside, night, wording)
    aside.replace(places[2])
    return [place.resolve() for place in places]


def write_whole(place: Path, content: bytes) -> None:
    """Write a file that is there as a whole, or as it was: whoever has it open reads one of the two."""
    aside = place.with_suffix(".part")
    aside.write_bytes(content)
    aside.replace(place)
