"""Each folder of the examples is a page: its README, its files to read and to download, and all of it as one archive.

An extension of Sphinx of the project's own. A new example needs a folder with a README, and stands in no list. An
archive has the folders that its programs import too, each where a clone has it, so that commands are the same there.
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
    ".ini": "ini",
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


def needed(folder: Path) -> list[Path]:
    """An example, and those from which it takes something: a module that it imports, or a folder that it names."""
    found, todo = {folder}, [folder]
    while todo:
        for other in _taken(todo.pop()):
            if other not in found:
                found.add(other)
                todo.append(other)
    return sorted(found)


def _taken(folder: Path) -> Iterator[Path]:
    """The other examples from which programs of this one import a module, or to whose folder they make a path."""
    used = {name for path in folder.rglob("*.py") for name in _used(ast.parse(path.read_text("utf-8")))}
    own = _modules(folder)
    yield from (it for it in folders() if it != folder and (it.name in used or (_modules(it) - own) & used))


def _modules(folder: Path) -> set[str]:
    """The modules and packages of an example."""
    return {path.relative_to(folder).parts[0].removesuffix(".py") for path in folder.rglob("*.py")}


def _used(tree: ast.AST) -> Iterator[str]:
    """The modules that a program imports, and the last texts of its paths."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name.partition(".")[0] for alias in aliases)
            case ast.ImportFrom(module=str(module)):
                yield module.partition(".")[0]
            case ast.BinOp(op=ast.Div(), right=ast.Constant(value=str(text))):
                yield text


def said(path: Path) -> str:
    """What a program says of itself after its name: the first line of its docstring."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) if path.suffix == ".py" else None
    return f". {text.partition(chr(10))[0]}" if text else ""


def shown(folder: Path) -> Iterator[str]:
    """The part of a page that has the files, in Markdown."""
    some = (path for path in files(folder) if path.name != README and path.stat().st_size)
    names = {path.relative_to(folder).as_posix(): path for path in some}
    yield (
        f'## Its files\n\n<a href="../{folder.name}.zip" download>Download all of them</a>, with those that they import'
        f' of other examples, or <a href="../{EVERY}.zip" download>all the examples</a>. Unpacked, a command of this'
        " page runs beside the folder `docs`, without the `cd`.\n"
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
    for name, some in {EVERY: folders(), **{folder.name: needed(folder) for folder in folders()}}.items():
        pack(Path(app.outdir, EXAMPLES.name, f"{name}.zip"), some)


def pack(place: Path, some: list[Path]) -> None:
    """Write some examples as one archive, in which each stands where a clone has it."""
    with ZipFile(place, "w", ZIP_DEFLATED) as archive:
        for path in (path for folder in some for path in files(folder)):
            archive.write(path, path.relative_to(EXAMPLES.parents[1]))


def setup(app: Sphinx) -> dict[str, object]:
    """Give both to Sphinx."""
    app.connect("source-read", with_files)
    app.connect("build-finished", archives)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
