"""Writes the files of vectors, all or those that are named: `python vectors/generate.py`, or `make vectors`.

A version has one content for ever: `versions.json` has the digests of its files. Where a file would come out with
another content under a version that is there already, nothing is written, and what to do is said.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

from teleprocedures.testing.vectors import NAMES, VERSION, text_of

VERSIONS = Path(__file__).with_name("versions.json")


def digest(text: str) -> str:
    """What changes with anything in a file."""
    return sha256(text.encode()).hexdigest()


def main(names: list[str]) -> None:
    """Write these files, or all, and the digests of a version that is new."""
    versions = json.loads(VERSIONS.read_text("utf-8"))
    known = versions.setdefault(str(VERSION), {})
    texts = {name: text_of(name) for name in names or NAMES}
    changed = [name for name, text in texts.items() if known.setdefault(name, digest(text)) != digest(text)]
    if changed:
        sys.exit(f"{', '.join(changed)}: version {VERSION} has another content already; raise VERSION, and say why")
    for name, text in texts.items():
        Path(__file__).with_name(name).write_text(text, encoding="utf-8", newline="\n")
    VERSIONS.write_text(json.dumps(versions, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
