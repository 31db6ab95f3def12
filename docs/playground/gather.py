"""Gathers the playground into `build/playground`: the page, Python for browsers, and the library with what it needs.

    python docs/playground/gather.py            gather it
    python docs/playground/gather.py --serve    gather it, and serve it on this machine alone
    python docs/playground/gather.py --sizes    say what it weighs

Python for browsers is Pyodide, from npm. The packages are wheels from the package index, for that Python. What the page
never asks for is left out, and the rest is compiled. Nothing is asked of a network once it is gathered.
"""

from __future__ import annotations

import argparse
import gzip
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

HERE: Final = Path(__file__).resolve().parent
PROJECT: Final = HERE.parents[1]
PLACE: Final = PROJECT / "build" / "playground"

# A release of Pyodide, and the Python and the platform that its wheels are for.
PYODIDE: Final = "314.0.7"
PYTHON: Final = "3.14"
PLATFORM: Final = "pyemscripten_2026_0_wasm32"
INTERPRETER: Final = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")

PAGE: Final = ("index.html", "playground.css", "playground.js", "texts.js", "worker.js")
PROGRAMS: Final = {
    "playground.py": HERE / "playground.py",
    **{
        f"portal_simulator/{name}": HERE.parent / "examples" / "portal_simulator" / name
        for name in ("__init__.py", "diagram.py", "simulator.py")
    },
}
# The docstrings of the library are kept, for whoever asks for help; those of Python itself are not.
COMPILED: Final = ("packages.zip=0", "python_stdlib.zip=2")
LEFT_OUT: Final = (
    r"pycountry/(locales|tests)/",  # the names of countries in 7 MB of languages
    r"pycountry/databases/(?!iso3166-1\.)",
    r"dns(python-.*)?/",  # asked for the mail servers of an address, which the library never does
    r"(importlib_resources|typing_extensions)\b",  # of older Pythons
    r"phonenumbers/shortdata/region_",
    r"stdnum/(?!eu/|fr/)\w\w_?/|stdnum/.*\.dat$",
    r"tzdata/zoneinfo/(?!__init__|Europe/(__init__|Paris)|UTC)",  # the page's days are those of Paris
    r"teleprocedures/(contrib|testing/(strategies|conformance|machines|proofs))\b",  # extras, not installed
    r".*\.(pyi|pyc|typed)$",
    r".*\.dist-info/(?!METADATA$)",
)


POLICY: Final = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:"
"""Whom a browser lets the page ask."""


class MissingError(Exception):
    """A tool or a registry is missing: it says which."""


def run(*command: str | Path, into: Path) -> None:
    """Run a command in a folder; raises `MissingError` where it is not there or fails."""
    try:
        done = subprocess.run(command, cwd=into, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    except FileNotFoundError:
        raise MissingError(f"{command[0]} is not on this machine") from None
    if done.returncode:
        raise MissingError(f"{command[0]} failed: {done.stderr.strip()[-2000:]}")


def interpreter(away: Path) -> Iterator[tuple[str, bytes]]:
    """The files of Pyodide that a browser loads."""
    run("npm", "pack", f"pyodide@{PYODIDE}", into=away)
    with tarfile.open(next(away.glob("pyodide-*.tgz"))) as package:
        for name in INTERPRETER:
            found = package.extractfile(f"package/{name}")
            assert found is not None, name
            yield name, found.read()


def wheels(away: Path) -> list[Path]:
    """The library's own wheel, and those of what it needs, for the Python of browsers."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", away, PROJECT, into=away)
    target = ("--platform", PLATFORM, "--python-version", PYTHON, "--implementation", "cp", "--only-binary", ":all:")
    run(*pip, "download", "--quiet", *target, next(away.glob("*.whl")), "tzdata", into=away)
    return sorted(away.glob("*.whl"))


def pack(into: Path, found: list[Path]) -> None:
    """Everything that Python imports, in one archive, without what the page never asks for."""
    with ZipFile(into, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for path in found:
            with ZipFile(path) as wheel:
                for name in wheel.namelist():
                    if not name.endswith("/") and not any(re.match(pattern, name) for pattern in LEFT_OUT):
                        archive.writestr(name, wheel.read(name))
        for name, path in PROGRAMS.items():
            archive.write(path, name)


def gather(place: Path) -> None:
    """Gather the playground there, anew; raises `MissingError` for want of a tool or a registry."""
    with TemporaryDirectory() as away:
        parts = dict(interpreter(Path(away)))
        found = wheels(Path(away))
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        pack(place / "packages.zip", found)
    for name, data in parts.items():
        (place / name).write_bytes(data)
    run("node", HERE / "compiled.mjs", place, *COMPILED, into=place)
    for name in PAGE:
        shutil.copy(HERE / name, place / name)


def sizes(place: Path) -> str:
    """What it weighs, in megabytes (10**6 bytes): as it is, and as a server sends it compressed."""
    rows = [(path.name, path.read_bytes()) for path in sorted(place.iterdir())]
    page = b"".join(data for name, data in rows if name in PAGE)
    counted = [("the page", page), *((f"`{name}`", data) for name, data in rows if name not in PAGE)]
    weighed = [(name, len(data), len(gzip.compress(data, 9))) for name, data in counted]
    total = ("in all", sum(it[1] for it in weighed), sum(it[2] for it in weighed))
    lines = (f"| {name} | {size / 1e6:.2f} | {packed / 1e6:.2f} |" for name, size, packed in (*weighed, total))
    return "\n".join(("| File | MB | Compressed |", "| --- | --- | --- |", *lines))


class Handler(SimpleHTTPRequestHandler):
    """Serves the folder, and has browsers ask nobody else for anything."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def end_headers(self) -> None:
        """Say whom the page may ask, and that it may have changed since."""
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the server's
        """Say nothing of what is asked."""


def server(place: Path, port: int) -> ThreadingHTTPServer:
    """A server of the folder, for this machine alone; port 0 is any that is free."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(place)))


def main() -> int:
    """Gather, weigh or serve."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--into", type=Path, default=PLACE, help="the folder that it is gathered into")
    parser.add_argument("--serve", action="store_true", help="serve it on this machine")
    parser.add_argument("--port", type=int, default=8000, help="the port to serve it on")
    parser.add_argument("--sizes", action="store_true", help="say what was gathered weighs")
    given = parser.parse_args()
    try:
        if not given.sizes or not given.into.exists():
            gather(given.into)
    except MissingError as reason:
        print(f"playground: {reason}", file=sys.stderr)
        return 1
    print(sizes(given.into) if given.sizes else f"playground: gathered in {given.into}")
    if given.serve:
        with server(given.into, given.port) as serving:
            print(f"playground: http://127.0.0.1:{serving.server_port}/ (stop it with Ctrl+C)", flush=True)
            try:
                serving.serve_forever()
            except KeyboardInterrupt:
                print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
