"""Row on streams: a file of encoded requests swept, against the same file read and decoded as plain dicts.

Each pass is a process of its own, which says what time of the processor it took, reading included, and how much memory
it had at most.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from statistics import median
from time import process_time

from paired import Row, Timed, compared, ratio
from portfolios import NIGHT, write_lines

MOST_MEMORY = 80


def swept(path: Path) -> None:
    """The sweep of every line; only what is due is decoded."""
    from teleprocedures import Sweep  # noqa: PLC0415 - only the pass that is run has its libraries

    sweep = Sweep(at=NIGHT)
    with path.open("rb") as file:
        for _ in sweep.lines(file):
            pass
    assert sweep.report.due == sweep.report.seen // 100


def decoded(path: Path) -> None:
    """Every line read and decoded as plain dicts, and nothing done with it."""
    import msgspec  # noqa: PLC0415 - as above

    with path.open("rb") as file:
        for line in file:
            msgspec.json.decode(line)


PASSES = {"swept": (swept, "teleprocedures.codec"), "decoded": (decoded, "msgspec")}
"""Each pass, and what it has imported before it is timed."""


def peak_megabytes() -> float:
    """The most memory that this process has had, in MB.

    On Linux the kernel's figure for a child starts with what its parent had, so `/proc` is asked, which knows better.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def rows(*, short: bool) -> Iterator[Row]:
    """A line in a hundred is due."""
    count, peaks = 50_000 if short else 1_000_000, []
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "cases.jsonl"
        write_lines(path, count, every=100)

        def in_a_process(name: str) -> Timed:
            def once() -> float:
                command = [sys.executable, __file__, name, str(path)]
                said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
                seconds, peak = map(float, said)
                if name == "swept":
                    peaks.append(peak)
                return seconds

            return once

        found = ratio(in_a_process("swept"), in_a_process("decoded"), repeat=5 if short else 9)
        size = path.stat().st_size / 1e6
    what = f"`sweep_lines` over {count:,} lines, 1 % due, against reading and decoding each with msgspec as plain dicts"
    yield compared(what, found, reach=0.5, made_of=f"{{a}} / {{b}}, {size:,.0f} MB of lines")
    yield Row(
        what="its peak memory", measured=median(peaks), unit=" MB", reach=MOST_MEMORY, made_of="the whole process"
    )


if __name__ == "__main__":
    run, needed = PASSES[sys.argv[1]]
    import_module(needed)
    start = process_time()
    run(Path(sys.argv[2]))
    print(process_time() - start, peak_megabytes())
