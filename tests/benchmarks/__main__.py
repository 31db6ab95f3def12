"""`make bench`: one table of ratios, all measured in one run. `make bench BENCH=short` has smaller sizes.

Names after it choose rows: `make bench BENCH="short decisions memory"`. Nights over ten million requests take a while,
and so do five million on PostgreSQL. They are measured when they are named, `make bench BENCH=nights` or
`make bench BENCH=postgresql`, or in their short form.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from os import cpu_count
from pathlib import Path
from time import perf_counter

from paired import HEADER

PEERS = (
    "transitions",
    "python-statemachine",
    "automat",
    "sismic",
    "msgspec",
    "attrs",
    "dask",
    "sqlalchemy",
    "deltalake",
    "polars",
)
GROUPS = (
    "imports",
    "decisions",
    "passing",
    "columns",
    "documents",
    "memory",
    "lines",
    "firms",
    "nightly_store",
    "on_dask",
)
LONG = ("nights", "postgresql")


def main(*words: str) -> int:
    """Measure and print; the exit status is 0 whatever the figures are, which is for people to judge."""
    short, known = "short" in words, (*GROUPS, *LONG)
    chosen = [word for word in words if word != "short"] or list(known if short else GROUPS)
    if unknown := [word for word in chosen if word not in known]:
        print(f"unknown: {', '.join(unknown)}; expected short, or some of {', '.join(known)}", file=sys.stderr)
        return 2
    if len(chosen) == 1:
        for row in import_module(chosen[0]).rows(short=short):
            print(row, flush=True)
        return 0
    start = perf_counter()
    print(f"Python {platform.python_version()}, {platform.machine()}, {cpu_count()} processors; ", end="")
    print(", ".join(f"{name} {version(name)}" for name in PEERS), "; short sizes" if short else "", sep="")
    print(f"\n{HEADER}", flush=True)
    for name in chosen:
        # In a process of its own: what one group made is not in the way of the next.
        again = [sys.executable, str(Path(__file__).parent), name, *(["short"] if short else [])]
        subprocess.run(again, check=True)
    print(f"\nmeasured in {perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
