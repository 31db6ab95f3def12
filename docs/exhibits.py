"""Each folder of the examples is a page: its README, its files to read and to download, and all of it as one archive.

An extension of Sphinx of the project's own. A new example needs a folder with a README, and stands in no list.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile

if TYPE_CHECKING:
    from sphinx.application import Sphinx

EXAMPLES: Final = Path(__file__).parent / "examples"
README: Final = "README.md"
EVERY: Final = "examples"
LANGUAGES: Final = {
    ".css": "css",
    ".html": "html+django",
    ".jinja": "html+jinja",
    ".py": "python",
    ".sql": "sql",
    ".toml": "toml",
}
"""What is shown on the page, by how a file's name ends; anything else is to download."""
LEFT_BEHIND: Final = frozenset({"__pycache__", ".sqlite", ".sqlite3"})


def folders() -> list[Path]:
    """The examples."""
    return sorted(path.parent for path in EXAMPLES.glob(f"*/{README}"))


def files(folder: Path) -> list[Path]:
    """The files of an example, without what running it left behind."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not LEFT_BEHIND & {*path.relative_to(folder).parts, path.suffix})


def said(path: Path) -> str:
    """What a program says of itself after its name: the first line of its docstring."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) if path.suffix == ".py" else None
    return f". {text.partition(chr(10))[0]}" if text else ""


def shown(folder: Path) -> Iterator[str]:
    """The part of a page that has the files, in Markdown."""
    some = (path for path in files(folder) if path.name != README and path.stat().st_size)
    names = {path.relative_to(folder).as_posix(): path for path in some}
    yield (
        f'## Its files\n\n<a href="../{folder.name}.zip" download>Download all of them</a>, or'
        f' <a href="../{EVERY}.zip" download>all the examples</a>: some import others.\n'
    )
    for name, path in names.items():
        lines = path.read_bytes().count(b"\n")
        yield f"- {{download}}`{name} <{name}>`, {lines} lines{said(path)}"
    for name, path in names.items():
        if path.suffix in LANGUAGES:
            yield f"\n<details class='file'><summary><code>{name}</code></summary>\n"
            yield f"```{{literalinclude}} {name}\n:language: {LANGUAGES[path.suffix]}\n```\n\n</details>"


def with_files(_app: Sphinx, docname: str, source: list[str]) -> None:
    """Have the page of an example end with its files."""
    room, _, rest = docname.partition("/")
    folder, _, page = rest.partition("/")
    if (room, page) == (EXAMPLES.name, Path(README).stem):
        source[0] += "\n" + "\n".join(shown(EXAMPLES / folder)) + "\n"


def archives(app: Sphinx, failed: Exception | None) -> None:
    """Write each example as an archive beside its page, and all of them as one."""
    if failed is not None or app.builder.name != "html":
        return
    every = [path for folder in folders() for path in files(folder)]
    for name, some in {EVERY: every, **{folder.name: files(folder) for folder in folders()}}.items():
        with ZipFile(Path(app.outdir, EXAMPLES.name, f"{name}.zip"), "w", ZIP_DEFLATED) as archive:
            for path in some:
                archive.write(path, path.relative_to(EXAMPLES))


def setup(app: Sphinx) -> dict[str, object]:
    """Give both to Sphinx."""
    app.connect("source-read", with_files)
    app.connect("build-finished", archives)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
