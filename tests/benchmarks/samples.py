"""Cases to measure with: made by the library's own verbs, no two of them sharing what real ones would not share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from teleprocedures import ActivationCode, Adhesion, Space
from teleprocedures.testing import adhesion_form, space_form

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
CODE = "K7MQ2XW9HD4TRVNB3C5F"
SPACE_LATE = START + timedelta(days=30)
ADHESION_LATE = START + timedelta(days=90)


def spaces(count: int) -> list[Space]:
    """Pending spaces, one a second."""
    return [_space(f"space-{place:08}", START + timedelta(seconds=place)) for place in range(count)]


def _space(id: str, at: datetime) -> Space:
    form, code = space_form(), ActivationCode(CODE)
    return Space.create(form, id=id, password_hash="scrypt$…", answer_hash="scrypt$…", code=code, at=at).case


def active_space() -> Space:
    """A space that requests can be made from."""
    return _space("space", START).activate(CODE, at=START).case


def adhesions(count: int, *, services: tuple[str, ...] = ("consulter-avis-tf",)) -> list[Adhesion]:
    """Requests whose letter is on its way, one a second, each with a form, values and a code of its own."""
    space, made = active_space(), []
    for place in range(count):
        form = adhesion_form(services=services)
        code, at = ActivationCode(f"{CODE[:12]}{place:08}"), START + timedelta(seconds=place)
        made.append(Adhesion.request(space, form, id=f"adhesion-{place:08}", code=code, at=at).case)
    return made
