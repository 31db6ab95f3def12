"""Large portfolios as encoded requests, one JSON document a line: documents of two requests, with ids of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from samples import CODE, START, active_space

from teleprocedures import ActivationCode, Adhesion, Decision
from teleprocedures.codec import dumps
from teleprocedures.testing import adhesion_form

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NIGHT = START + timedelta(days=100)
PLACE = "adhesion-00000000"


def use_examples() -> None:
    """Let the examples be imported: what they do is what is measured."""
    sys.path[:0] = [str(EXAMPLES / name) for name in ("store", "shared", "cluster", "in_memory", "postgresql")]


def requested(at: datetime) -> Adhesion:
    """A request with services of several kinds, whose letter is on its way from this instant."""
    return asked(at).case


def asked(at: datetime) -> Decision[Adhesion]:
    """The decision of that request."""
    form = adhesion_form(
        services=["consulter-avis-tf", "payer-cfe"], bank_accounts=["FR76 3000 6000 0112 3456 7890 189"]
    )
    return Adhesion.request(active_space(), form, id=PLACE, code=ActivationCode(CODE), at=at)


def documents(count: int, *, every: int) -> Iterator[bytes]:
    """Encoded requests: of each `every`, the first is to lapse on `NIGHT`, and the others wait for their letters."""
    late, waiting = (dumps(requested(at)) for at in (START, NIGHT))
    for place in range(count):
        yield (waiting if place % every else late).replace(PLACE.encode(), f"adhesion-{place:08}".encode())


def write_lines(path: Path, count: int, *, every: int) -> None:
    """A file of them, a line each."""
    with path.open("wb", buffering=2**20) as file:
        file.writelines(line + b"\n" for line in documents(count, every=every))
