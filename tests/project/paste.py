"""Pastes each example of a page into a process of its own, and says which do not run or show something else.

python tests/project/paste.py DOCS PAGE...

The processes are copies of one in which the library is imported and nothing else has happened. The programs of the
examples stand beside them, as for somebody who downloaded them. What is copied is also read line by line as the prompt
of Python 3.11 reads it, where an empty line ends a class. A block that is not done after two minutes hangs.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import traceback
from codeop import compile_command
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, DocTest, DocTestRunner
from pathlib import Path
from typing import Final, NoReturn

from hypothesis import HealthCheck, settings

import teleprocedures.testing
import teleprocedures.wording  # noqa: F401 - imported before the processes are copied

# A machine under load is no fault of a page.
settings.register_profile("pasted", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("pasted")


LONGEST: Final = 120
"""Seconds that a block may take."""


def hangs(*_: object) -> NoReturn:
    """End a block that does not end by itself."""
    raise TimeoutError(f"not done after {LONGEST} seconds")


def typed(text: str) -> str:
    """What goes wrong when a text is given to a prompt line by line, without being run; nothing, where nothing does."""
    lines: list[str] = []
    for line in text.splitlines():
        lines.append(line)
        try:
            if compile_command("\n".join(lines)) is not None:
                lines.clear()
        except SyntaxError:
            return f"at a prompt: {traceback.format_exc(limit=0)}"
    return f"at a prompt: not ended: {lines}" if "".join(lines).strip() else ""


def pasted(block: object, name: str) -> str:
    """What goes wrong when a block is pasted after its set-up; nothing, where nothing does."""
    if wrong := typed(block.pasted):
        return wrong
    names: dict[str, object] = {"__name__": "__main__"}
    shown = io.StringIO()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(block.setup, f"set-up of {name}", "exec"), names)
            if not block.examples:
                exec(compile(block.code, name, "exec"), names)
        test = DocTest(list(block.examples), names, name, None, None, None)
        DocTestRunner(optionflags=ELLIPSIS | NORMALIZE_WHITESPACE).run(test, out=shown.write)
    except Exception:  # noqa: BLE001 - whatever it is, it is told
        return traceback.format_exc()
    return shown.getvalue()


def main(docs: str, pages: list[str]) -> int:
    """Try the pages, each block in a copy of this process; the number of blocks that fail."""
    sys.path[:0] = [docs, *map(str, Path(docs, "examples").iterdir())]
    from pasting import blocks_on  # noqa: PLC0415 - its place is told when this runs

    failed = 0
    for page in map(Path, pages):
        for number, block in enumerate(blocks_on(page), start=1):
            if child := os.fork():
                failed += os.waitpid(child, 0)[1] != 0
                continue
            signal.signal(signal.SIGALRM, hangs)
            signal.alarm(LONGEST)
            wrong = pasted(block, f"{page.name}, block {number}")
            if wrong:
                print(f"--- {page.name}, block {number}, with {len(block.setup.splitlines())} lines of set-up\n{wrong}")
            sys.stdout.flush()
            os._exit(bool(wrong))
    return failed


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1], sys.argv[2:]), 100))
