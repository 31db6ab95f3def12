"""Where a program speaks: a terminal that knows few letters, a pipe that nobody reads, a full disk, or nowhere at all.

What is said must not end what is done. A stream that fails takes no more, and says so once all is done.
"""

from __future__ import annotations

import codecs
import errno
import os
from contextlib import suppress
from typing import Final, TextIO

import attrs

PLAINLY: Final = "plainly"
"""How a terminal is told that knows few letters: no-break spaces as spaces, other letters by their numbers."""


def plainly(error: UnicodeError) -> tuple[str | bytes, int]:
    """What `PLAINLY` says in the place of letters that a terminal does not know."""
    assert isinstance(error, UnicodeEncodeError), "nothing is read so"
    unknown = error.object[error.start : error.end]
    return "".join(" " if it.isspace() else ascii(it).strip("'") for it in unknown), error.end


codecs.register_error(PLAINLY, plainly)


@attrs.define
class Stream:
    """A stream of text that raises nothing: `error` is what it failed with, first of all."""

    stream: TextIO | None
    error: Exception | None = None

    @classmethod
    def of(cls, stream: TextIO | None) -> Stream:
        """One of the system's, which may be closed; letters that it does not know are said by their numbers."""
        if stream is None or stream.closed:
            return cls(None, OSError(errno.EBADF, os.strerror(errno.EBADF)))
        stream.reconfigure(errors=PLAINLY)  # type: ignore[attr-defined] # it is text
        return cls(stream)

    @property
    def encoding(self) -> str:
        """Its encoding."""
        return "utf-8" if self.stream is None else self.stream.encoding

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self.stream is not None and self.stream.isatty()

    def write(self, text: str) -> int:
        """Say this, if it still takes anything."""
        if self.stream is not None:
            try:
                self.stream.write(text)
            except (OSError, ValueError) as error:
                self._fail(error)
        return len(text)

    def flush(self) -> None:
        """Hand on what was said."""
        if self.stream is not None:
            try:
                self.stream.flush()
            except (OSError, ValueError) as error:
                self._fail(error)

    def _fail(self, error: Exception) -> None:
        self.error = error
        # What it still holds is lost: Python would try to write it at its end, and fail once more.
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())  # type: ignore[union-attr] # it has failed, so it is there
            os.close(nowhere)
        self.stream = None
