"""Says whether a wheel holds the package as it is in the source, byte by byte, and nothing beside it.

python tests/project/wheel.py dist/teleprocedures-1.0.0-py3-none-any.whl src
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

PACKAGE = "teleprocedures"


def differences(wheel: Path, source: Path) -> list[str]:
    """The files that are not the same in both, or not in both."""
    paths = (path for path in (source / PACKAGE).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    there = {path.relative_to(source).as_posix(): path.read_bytes() for path in paths}
    with zipfile.ZipFile(wheel) as archive:
        names = (name for name in archive.namelist() if ".dist-info/" not in name)
        packed = {name: archive.read(name) for name in names}
    return sorted(name for name in there | packed if there.get(name) != packed.get(name))


if __name__ == "__main__":
    found = differences(*map(Path, sys.argv[1:]))
    if found:
        raise SystemExit(f"the wheel is not what the source is: {', '.join(found)}")
