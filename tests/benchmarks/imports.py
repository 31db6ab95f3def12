"""Row on importing: the package, against its two heaviest libraries, each time in a new interpreter."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from paired import Row, Timed, compared, ratio

CODE = "from time import perf_counter as now; start = now(); import {}; print(now() - start)"


def imported(modules: str) -> Timed:
    """What measures an import statement in a new interpreter, in seconds, without the interpreter's own start."""

    def once() -> float:
        code = CODE.format(modules)
        return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)

    return once


def rows(*, short: bool) -> Iterator[Row]:
    """Bytecode is compiled before: one pair is thrown away."""
    found = ratio(imported("teleprocedures"), imported("attrs, transitions"), repeat=11 if short else 41)
    yield compared("`import teleprocedures`, against importing attrs and transitions", found, reach=2)
