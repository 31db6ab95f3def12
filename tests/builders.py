"""Cases at known instants, with known codes: what the tests of the three steps start from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from teleprocedures import (
    ActivationCode,
    Adhesion,
    Case,
    Decision,
    LinkToken,
    Space,
    TransitionRefusedError,
)
from teleprocedures.testing import PlainHasher, adhesion_form, space_form

PARIS = ZoneInfo("Europe/Paris")
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TWO_DAYS = timedelta(hours=48)

# A Monday in winter, ten o'clock in Paris; no change of clocks for 80 days.
START = datetime(2025, 1, 6, 9, tzinfo=UTC)

EMAILED = ActivationCode("SPACE-4711")
POSTED = ActivationCode("LETTER-0815")
TOKEN = LinkToken("link_token-42")
WRONG = "WR0NG-C0DE"

FRENCH_IBAN = "FR76 3000 6000 0112 3456 7890 189"
SECRETS = (
    "SPACE4711",
    "LETTER0815",
    "link_token-42",
    "correct horse",
    "Dupont et fils",
    "30006000011234567890189",
    "camille@",
)
"""What no `repr` and no error may show, when cases are made with what stands above and `space_form`'s own fields."""


def paris(text: str, *, fold: int = 0) -> datetime:
    """The instant at which clocks in Paris read this; `fold=1` is the second time they do."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold).astimezone(UTC)


def end_of(day: str) -> datetime:
    """The last microsecond of a civil day in Paris, in UTC."""
    return paris(f"{day}T23:59:59.999999")


def asked(*, at: datetime = START, id: str = "space-1", code: Any = EMAILED, **changes: Any) -> Decision[Space]:
    """A space that was asked for, with the code `EMAILED`; `changes` are fields of its form, or its `rulebook`."""
    rulebook = {"rulebook": changes.pop("rulebook")} if "rulebook" in changes else {}
    return Space.create(space_form(**changes), id=id, hasher=PlainHasher(), at=at, code=code, **rulebook)


def opened(*, at: datetime = START, id: str = "space-1") -> Space:
    """A space that was asked for and activated at one instant."""
    return asked(at=at, id=id).case.activate(EMAILED, at=at).case


def requested(
    *services: str, at: datetime = START, space: Space | None = None, id: str = "request-1", **changes: Any
) -> Decision[Adhesion]:
    """A request of services, by default one that asks for nothing more, with the token `TOKEN` and the code `POSTED`.

    `changes` are fields of its form, or the `token`, `code` and `rulebook` of the request.
    """
    given = {name: changes.pop(name) for name in ("token", "code", "rulebook", "renews") if name in changes}
    form = adhesion_form(services=services or ("consulter-avis-tf",), **changes)
    space = opened(at=at) if space is None else space
    return Adhesion.request(space, form, id=id, at=at, **{"token": TOKEN, "code": POSTED} | given)


def linked(*services: str, at: datetime = START, **changes: Any) -> Decision[Adhesion]:
    """A request with Messaging among its services: it waits for the company's link."""
    return requested("messagerie", *services, at=at, **{"company_email": "contact@boulangerie-martin.fr"} | changes)


def refused(case: Case, trigger: str, *, at: datetime, **given: object) -> TransitionRefusedError:
    """The refusal of a trigger that the state of a case does not allow; fails when it is another, or none."""
    refusal = case.refusal(trigger, at=at, **given)
    assert isinstance(refusal, TransitionRefusedError)
    return refusal
