"""Rows on importing: the package and a first name of it, against its two heaviest libraries, in new interpreters."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

from paired import Row, Timed, compared, ratio

STATEMENT = "from time import process_time as now; start = now(); import {}; print(now() - start)"
BOTH = "attrs, transitions"


def _python(code: str) -> subprocess.CompletedProcess[str]:
    """A new interpreter runs this; it may keep the bytecode that it compiles, as an installed package has it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)


def statement(modules: str) -> Timed:
    """What measures an import statement in a new interpreter, in seconds of the processor, without its own start."""

    def once() -> float:
        code = STATEMENT.format(modules)
        return float(_python(code).stdout)

    return once


def rows(*, short: bool) -> Iterator[Row]:
    """Bytecode is compiled before: one pair is thrown away."""
    repeat = 11 if short else 41
    for what, modules, reach in (
        ("the statement `import teleprocedures`", "teleprocedures", 0.1),
        ("the first use of `Space`, with the statement", "teleprocedures; teleprocedures.Space", 2),
        ("every public name, with the statement", "teleprocedures; teleprocedures.__all__", None),
    ):
        found = ratio(statement(modules), statement(BOTH), repeat=repeat)
        yield compared(f"{what}, against `import {BOTH}`", found, reach=reach)
