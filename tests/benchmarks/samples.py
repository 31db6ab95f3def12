"""Cases to measure with: made by the library's own verbs, no two of them sharing what real ones would not share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from teleprocedures import ActivationCode, Adhesion, Space
from teleprocedures.testing import PlainHasher, adhesion_form, space_form

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
CODE = "K7MQ2XW9HD4TRVNB3C5F"
SPACE_LATE = START + timedelta(days=30)
ADHESION_LATE = START + timedelta(days=90)


def spaces(count: int) -> list[Space]:
    """Pending spaces, one a second."""
    form, hasher, code = space_form(), PlainHasher(), ActivationCode(CODE)
    return [
        Space.create(form, id=f"space-{place:08}", hasher=hasher, code=code, at=START + timedelta(seconds=place)).case
        for place in range(count)
    ]


def active_space() -> Space:
    """A space that requests can be made from."""
    return (
        Space.create(space_form(), id="space", hasher=PlainHasher(), code=ActivationCode(CODE), at=START)
        .case.activate(CODE, at=START)
        .case
    )


def adhesions(count: int, *, services: tuple[str, ...] = ("consulter-avis-tf",)) -> list[Adhesion]:
    """Requests whose letter is on its way, one a second, each with a form, values and a code of its own."""
    space, made = active_space(), []
    for place in range(count):
        form = adhesion_form(services=services)
        code, at = ActivationCode(f"{CODE[:12]}{place:08}"), START + timedelta(seconds=place)
        made.append(Adhesion.request(space, form, id=f"adhesion-{place:08}", code=code, at=at).case)
    return made
