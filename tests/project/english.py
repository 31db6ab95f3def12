"""Counts how long sentences are, on the pages and in docstrings: a part of `make check`.

python tests/project/english.py [ROOT]

At most one sentence in twenty has more than 30 words, a sentence has 1.2 commas (or colons, or semicolons) on average,
and no paragraph has more than 90 words. What is code, a table or a title is not counted, and French is not either.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

LONG: Final = 30
MOST_LONG: Final = 0.05
MOST_COMMAS: Final = 1.2
LONGEST_PARAGRAPH: Final = 90
FRENCH: Final = frozenset({"fr.md", "words-fr.md"})
LISTED: Final = frozenset({"words-en.md", "CHANGELOG.md"})
CODE: Final = re.compile(r"^```.*?^```|^(?:>>>|\.\.\.).*$|<!--.*?-->", re.MULTILINE | re.DOTALL)
PARAGRAPH: Final = re.compile(r"\n\s*\n|\n(?=\*\*\d{4}-)")  # decisions begin with their day
ASIDE: Final = re.compile(r"\s*(?:\||#|:::|---|\{|<)")
ITEM: Final = re.compile(r"\n\s*(?:[-*]|\d+\.)\s")
LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
LITERAL: Final = re.compile(r"`[^`]*`")
END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"(])")


class Count(NamedTuple):
    """What was counted of some texts."""

    sentences: int
    words: float
    long: float
    commas: float

    @property
    def is_plain(self) -> bool:
        """Whether it keeps to the limits."""
        return self.long <= MOST_LONG and self.commas <= MOST_COMMAS

    def __str__(self) -> str:
        return (
            f"{self.sentences} sentences of {self.words:.1f} words, {self.long:.1%} over {LONG}, "
            f"{self.commas:.2f} commas a sentence"
        )


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs and the items of lists of a text, with their links and their code as plain words."""
    for block in PARAGRAPH.split(CODE.sub(" ", text)):
        if not ASIDE.match(block):
            for item in ITEM.split(f"\n{block}"):
                words = LITERAL.sub("code", LINK.sub(r"\1", item)).split()
                if words:
                    yield " ".join(words)


def count(texts: Iterator[str]) -> Count:
    """Count the sentences of some paragraphs; what has two words or fewer is none."""
    found = [it for text in texts for it in END.split(text) if len(it.split()) > 2]
    words = [len(it.split()) for it in found]
    several = len(found) or 1
    commas = sum(len(re.findall("[,;:]", it)) for it in found)
    return Count(len(found), sum(words) / several, sum(it > LONG for it in words) / several, commas / several)


def pages(root: Path) -> list[Path]:
    """The pages in English that people read from top to bottom."""
    docs = (path for path in sorted((root / "docs").rglob("*.md")) if not {"_build", "fr"} & {*path.parts})
    guides = ("README.md", "CONTRIBUTING.md", "SECURITY.md")
    return [path for path in (*(root / name for name in guides), *docs) if path.name not in FRENCH | LISTED]


def docstrings(root: Path) -> Iterator[str]:
    """The docstrings of the library."""
    for path in sorted((root / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                yield ast.get_docstring(node) or ""


def main(root: Path) -> int:
    """Tell the counts, and every paragraph that is too long; 1 if there is something to shorten."""
    texts = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in pages(root)}
    counts = {
        "pages": count(it for text in texts.values() for it in paragraphs(text)),
        "docstrings": count(it for text in docstrings(root) for it in paragraphs(text)),
    }
    walls = [
        f"{name}: a paragraph of {len(it.split())} words: {it[:60]}..."
        for name, text in texts.items()
        for it in paragraphs(text)
        if len(it.split()) > LONGEST_PARAGRAPH
    ]
    for name, told in counts.items():
        print(f"{name}: {told}")
    print("\n".join(walls), end="\n" if walls else "")
    return 0 if all(it.is_plain for it in counts.values()) and not walls else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
