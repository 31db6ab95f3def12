"""Draws the morning page of a firm, the picture that the README opens with: `python docs/pictures/morning.py`.

It runs the night of `docs/examples/nightly` on the portfolio that is shipped, and keeps the first screen of what is
printed: `morning.svg` for whoever can see a picture, `morning.txt` where there is none.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap
from typing import Final

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

HERE: Final = Path(__file__).parent
NIGHT: Final = HERE.parent / "examples" / "nightly" / "nightly.py"
SCREEN: Final = 32
NARROW: Final = 80
INK: Final = (40, 40, 45)
THEME: Final = TerminalTheme((252, 252, 250), INK, [INK] * 8)
# The picture is shown where no font can be fetched: it asks for what the reader has.
FORMAT: Final = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>A firm's morning page</title>
<style>
.{unique_id}-matrix {{ font-family: Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def printed() -> str:
    """What the night prints, in English."""
    with TemporaryDirectory() as away:
        run = [sys.executable, str(NIGHT), "--lang", "en"]
        return subprocess.run(run, cwd=away, capture_output=True, text=True, check=False).stdout  # noqa: S603


def screen(text: str) -> list[str]:
    """The first screen, up to the last whole section; of a section that is longer, its first lines."""
    lines = [line.rstrip() for line in text.splitlines()[:SCREEN]]
    ends = [place for place, line in enumerate(lines) if not line and place > 1]
    return lines[: ends[-1]] if ends else [*lines[:-1], "…"]


def drawn(lines: list[str]) -> str:
    """The lines as a picture, with titles in bold."""
    console = Console(record=True, width=max(map(len, lines)), file=io.StringIO())
    for before, line in pairwise(("", *lines)):
        console.print(Text(line, style="" if before else "bold"), soft_wrap=True)
    svg = console.export_svg(title="Wednesday, 6 o'clock", theme=THEME, code_format=FORMAT, unique_id="morning")
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)


def narrow(lines: list[str]) -> list[str]:
    """The lines for a page that is narrower, each set back where it goes on."""
    return [part for line in lines for part in (wrap(line, NARROW, subsequent_indent="    ") or [""])]


def main() -> int:
    """Write both files."""
    lines = screen(printed())
    (HERE / "morning.txt").write_text("\n".join((*narrow(lines), "")), "utf-8")
    (HERE / "morning.svg").write_text(drawn(lines), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
