"""Row on importing: the package, against its two heaviest libraries, each time in a new interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter

from paired import Row, Timed, compared, ratio

STATEMENT = "from time import perf_counter as now; start = now(); import {}; print(now() - start)"


def _python(code: str) -> subprocess.CompletedProcess[str]:
    """A new interpreter runs this; it may keep the bytecode that it compiles, as an installed package has it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)


def statement(modules: str) -> Timed:
    """What measures an import statement in a new interpreter, in seconds, without the interpreter's own start."""

    def once() -> float:
        code = STATEMENT.format(modules)
        return float(_python(code).stdout)

    return once


def process(modules: str) -> Timed:
    """What measures a whole process that imports something and ends, in seconds."""

    def once() -> float:
        start = perf_counter()
        _python(f"import {modules}")
        return perf_counter() - start

    return once


def rows(*, short: bool) -> Iterator[Row]:
    """Bytecode is compiled before: one pair is thrown away."""
    repeat = 11 if short else 41
    whole = ratio(process("teleprocedures"), process("attrs, transitions"), repeat=repeat)
    yield compared(
        "a process that imports teleprocedures, against one that imports attrs and transitions", whole, reach=2
    )
    alone = ratio(statement("teleprocedures"), statement("attrs, transitions"), repeat=repeat)
    yield compared("the statement `import teleprocedures` alone, against the statements of both", alone, reach=2)
