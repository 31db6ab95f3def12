"""A night run within the test's own process: what it prints, and the status with which its command would end."""

from __future__ import annotations

from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from subprocess import CompletedProcess

import pytest
from nightly import main


def nightly(*arguments: object, columns: int | None = None) -> CompletedProcess[str]:
    """Run the command, with as many columns as are said."""
    out, err = (TextIOWrapper(BytesIO(), "utf-8") for _ in range(2))
    with pytest.MonkeyPatch.context() as usual, redirect_stdout(out), redirect_stderr(err):
        usual.delenv("COLUMNS", raising=False)
        if columns is not None:
            usual.setenv("COLUMNS", str(columns))
        status = main([*map(str, arguments)])
    said = [stream.detach().getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined] # it holds bytes
    return CompletedProcess(arguments, status, *said)
