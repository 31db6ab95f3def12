"""Scenes: histories that somebody thought of, and at each step what a company has to do, can pay and can plan.

How it works. The search of `_search` finds what is near the roads. What needs a story of its own stands here, as a few
moves and the time between them: two spaces, a mandate closed and issued again, a clock that goes back. After each step
every case is looked at, and each question is asked about each company. A look or an answer is kept where the scene has
not had it yet, so that all that a step changes is there, and nothing twice. Features are compared without their dates,
which change every day.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from teleprocedures.core import Reason
from teleprocedures.deadlines import RESOLUTION, civil_day
from teleprocedures.errors import RefusedError
from teleprocedures.forms import Applicant
from teleprocedures.portfolio import Company, LeadTimes, Portfolio
from teleprocedures.testing._makers import ACCOUNTS
from teleprocedures.testing._moves import Move
from teleprocedures.testing._shipped import OTHER_SPACE
from teleprocedures.testing.vectors._questions import Leads
from teleprocedures.testing.vectors._search import Road, Telling, against
from teleprocedures.testing.vectors._told import Plain, forms, instant_text, next_step, plan_steps, refusal
from teleprocedures.values import PersonName

Scene: TypeAlias = tuple[str, datetime, Road]
"""A scene with its name, its start, and its steps: moves, edges of a time limit, and times to wait."""

_START: Final = datetime(2024, 6, 3, 11, 30, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_LATE: Final = "late"
_ONE, _TWO, _THREE, _ = ACCOUNTS
_OPEN: Final = (Move("create_space", makes="space-1"), Move("activate", "space-1"), _DAY)
_TAKEN: Final = (Move("take_over_space", makes="space-1"),)
_TO_THE_BANK: Final = tuple(step for verb in ("sign", "send", "register") for step in (_DAY, Move(verb, "mandate-1")))
"""From a mandate that was issued to one that is registered, a day for each step."""


def _asks(form: str, number: int = 1, space: str = "space-1") -> Move:
    return Move("request_adhesion", space, f"adhesion-{number}", given={"form": forms()[form]})


def _does(verb: str, case: str, makes: str | None = None, at: datetime | date | None = None, **given: Any) -> Move:
    return Move(verb, case, makes, given=given, at=at)


def _issues(number: int = 1, of: int = 1, account: object = _ONE) -> Move:
    return _does("issue_mandate", f"adhesion-{of}", f"mandate-{number}", account=account)


def _ago(days: int) -> date:
    return civil_day(_START - days * _DAY)


def _later(days: float) -> datetime:
    return _START + days * _DAY


@cache
def scenes() -> tuple[Scene, ...]:
    """All of them."""
    return tuple((name, _EVENING if "evening" in name else _START, tuple(road)) for name, road in _scenes())


_EVENING: Final = datetime(2024, 6, 3, 22, 30, tzinfo=UTC)
"""An evening of which the day is another one in Paris."""


def _scenes() -> Iterator[tuple[str, Road]]:
    yield from _of_accounts()
    yield from _of_requests()
    yield from _of_mandates()
    yield from _of_what_was_there()
    yield from _of_telling()


def _of_accounts() -> Iterator[tuple[str, Road]]:
    active = (_DAY, Move("activate", "adhesion-1"))
    yield (
        "an account of another space",
        (
            *(*_OPEN, *OTHER_SPACE, _DAY, _asks("paying"), *active, _DAY, _asks("one tax", 2, "space-2")),
            *(_DAY, Move("activate", "adhesion-2"), _DAY, _issues(of=2, account=_THREE), *_TO_THE_BANK),
        ),
    )
    yield (
        "an account of a request that is over",
        (
            *_OPEN,
            _asks("CFE alone"),
            _LATE,
            Move("lapse", "adhesion-1"),
            _DAY,
            _asks("paying", 2),
            _DAY,
            Move("activate", "adhesion-2"),
        ),
    )
    yield (
        "an account declared with a later request",
        (*_OPEN, _asks("paying"), *active, 5 * _DAY, _asks("CFE alone", 2), _DAY),
    )
    yield (
        "an account declared late",
        (
            *_OPEN,
            _asks("paying"),
            _DAY,
            *active,
            _DAY,
            _does("declare_account", "adhesion-1", at=_later(1.5)),
            _DAY,
            _does("declare_account", "adhesion-1", account=_ONE),
            _asks("consulting", 2),
            _does("declare_account", "adhesion-2", account=_ONE),
            _issues(account=ACCOUNTS[3]),
        ),
    )
    again = _does("declare_account", "adhesion-1", account=_THREE)
    yield "an account declared later and once more", (*_OPEN, _asks("paying"), again, again)
    yield "an account for services that pay nothing", (*_OPEN, _asks("consulting"), *active, again)
    yield "a tax without a mandate", (*_OPEN, _asks("CFE alone"), *active, _issues(account=_THREE))
    yield "a file number", (*_OPEN, _asks("by file number"), *active)
    yield (
        "one account of two companies",
        (
            *_OPEN,
            _asks("paying"),
            *active,
            _asks("messaging", 2),
            _DAY,
            Move("confirm_company_email", "adhesion-2"),
            _issues(),
            *_TO_THE_BANK,
            _issues(2, 2),
            _DAY,
            Move("activate", "adhesion-2"),
        ),
    )


def _of_requests() -> Iterator[tuple[str, Road]]:
    yield (
        "services requested again",
        (
            *_OPEN,
            _asks("paying"),
            _DAY,
            _asks("one tax", 2),
            _DAY,
            Move("activate", "adhesion-1"),
            _DAY,
            Move("activate", "adhesion-2"),
        ),
    )
    corrected, other = forms()["messaging, corrected"], forms()["paying"]
    yield (
        "a request renewed with another form",
        (
            *_OPEN,
            _asks("messaging"),
            _LATE,
            _does("renew", "adhesion-1", "adhesion-2", form=other),
            _does("renew", "adhesion-1", "adhesion-2", form=corrected),
            _DAY,
            Move("confirm_company_email", "adhesion-2"),
            58 * _DAY,
            _does("renew", "adhesion-2", "adhesion-3"),
            _DAY,
            Move("activate", "adhesion-2"),
        ),
    )
    yield (
        "a request renewed without Messaging",
        (
            *_OPEN,
            _asks("paying by a third party"),
            20 * _DAY,
            _does("renew", "adhesion-1", "adhesion-2"),
            58 * _DAY,
            _LATE,
            Move("lapse", "adhesion-2"),
        ),
    )
    yield (
        "a request closed and reopened",
        (
            *_OPEN,
            _asks("paying"),
            _DAY,
            _does("close", "adhesion-1", reason=Reason.CLIENT_LEFT),
            _DAY,
            Move("reopen", "adhesion-1"),
            56 * _DAY,
            Move("activate", "adhesion-1"),
            _DAY,
            _does("close", "adhesion-1", reason=Reason.MISTAKE),
        ),
    )
    yield (
        "one request of two closed",
        (
            *(*_OPEN, _asks("consulting"), _DAY, _asks("paying", 2), _DAY, Move("activate", "adhesion-2"), _DAY),
            *(_does("close", "adhesion-2", reason=Reason.CLIENT_LEFT), _DAY, Move("reopen", "adhesion-2"), _DAY),
            _does("close", "adhesion-2", reason=Reason.MISTAKE),
        ),
    )
    yield (
        "a request renewed in part",
        (*_OPEN, _asks("paying"), _DAY, _does("renew", "adhesion-1", "adhesion-2", form=forms()["one tax"]), _DAY),
    )
    yield "a request older than its space", (*_OPEN[:1], _DAY, _OPEN[1], _DAY, _at(_asks("consulting"), _later(0.5)))
    again = _does("declare_account", "adhesion-1", account=_THREE)
    elsewhere = _does("renew", "adhesion-1", "adhesion-2", space="space-2")
    yield (
        "a request that awaits its code, renewed from another space",
        (*_OPEN, *OTHER_SPACE, _asks("paying"), elsewhere),
    )
    yield "a request from a space that was there", (*_TAKEN, _at(_asks("consulting"), _later(-0.1)))
    seen = _does("record_letter", "adhesion-1", edited=civil_day(_later(1)))
    yield (
        "a code entered before its request, on the day of its letter",
        (*_OPEN, _asks("paying"), seen, _at(Move("activate", "adhesion-1"), _later(0.9))),
    )
    # Of the day by which the letter is announced the last instant, and the next one.
    announced = datetime(2024, 6, 18, 21, 59, 59, 999_999, UTC)
    yield "a letter that was announced and not seen", (*_OPEN, _asks("paying"), announced, again, RESOLUTION)
    reminded = ("due_at", Move("remind", "adhesion-1"))
    yield "all the reminders of a letter", (*_OPEN, _asks("consulting"), seen, *reminded, *reminded, *reminded)
    yield "a letter on its way", (*_OPEN, _asks("paying"), 3 * _DAY, seen, 53 * _DAY, 3 * _DAY)
    yield (
        "a letter older than the telling of its link",
        (
            *_OPEN,
            _asks("messaging"),
            10 * _DAY,
            _does("confirm_company_email", "adhesion-1", at=_later(2.5)),
            _DAY,
            seen,
            _does("record_letter", "adhesion-1", edited=civil_day(_later(90))),
        ),
    )
    lapsed = (*_OPEN, _asks("paying"), _LATE, Move("lapse", "adhesion-1"))
    yield "an old letter of a request that lapsed", (*lapsed, seen)
    # Of this letter the last instant is now.
    young, last = date(2024, 6, 30), datetime(2024, 8, 29, 21, 59, 59, 999_999, UTC)
    yield "a letter that still counts", (*lapsed, last, _does("record_letter", "adhesion-1", edited=young))


def _of_mandates() -> Iterator[tuple[str, Road]]:
    held = (*_OPEN, _asks("paying"), _DAY, Move("activate", "adhesion-1"), _DAY)
    registered = (*held, _issues(), *_TO_THE_BANK)
    closed = _does("close", "mandate-1", reason=Reason.MISTAKE)
    yield (
        "a mandate closed and issued again",
        (
            *registered,
            _DAY,
            closed,
            _DAY,
            Move("reopen", "mandate-1"),
            _DAY,
            closed,
            _DAY,
            _issues(2),
            _DAY,
            Move("sign", "mandate-2"),
        ),
    )
    yield (
        "a mandate believed over",
        (
            *registered,
            _LATE,
            Move("lapse", "mandate-1"),
            _issues(2),
            _DAY,
            Move("sign", "mandate-2"),
            _does("record_collection", "mandate-1", at=_later(500)),
            _DAY,
            Move("send", "mandate-2"),
        ),
    )
    last = datetime(2028, 1, 10, 22, 59, 59, 999_999, UTC)
    early = _does("record_collection", "mandate-1", at=datetime(2025, 1, 10, 12, tzinfo=UTC))
    yield "a collection whose months end now", (*registered, _LATE, Move("lapse", "mandate-1"), last, early)
    yield "collections told in another order", (*registered, 90 * _DAY, _collects(80), _DAY, _collects(20), 980 * _DAY)
    yield (
        "a mandate that ends before the service is held",
        (
            *_OPEN,
            _asks("one tax"),
            _issues(account=_THREE),
            *_TO_THE_BANK,
            80 * _DAY,
            Move("lapse", "adhesion-1"),
            1_005 * _DAY,
        ),
    )
    named, another = PersonName("Louise Petit"), PersonName("Marc Roux")
    yield (
        "a representative whom the request names",
        (
            *_OPEN,
            _asks("naming a representative"),
            _issues(),
            _signs(1, another),
            _signs(1, Applicant.THIRD_PARTY),
            _signs(1, named),
            _issues(2, account=_TWO),
            _DAY,
            _does("name_representative", "mandate-2", name=another),
            _DAY,
            _signs(2, named),
            _at(_signs(2, another), _later(1.5)),
            _at(_signs(2, named), _later(1.5)),
        ),
    )
    yield (
        "a representative whom nobody named",
        (
            *held,
            _issues(),
            _at(_signs(1, Applicant.REPRESENTATIVE), _later(2.5)),
            _signs(1, named),
            _does("name_representative", "mandate-1", name=named),
            _signs(1, another),
            _DAY,
            _does("name_representative", "mandate-1", name=another),
            _signs(1, named),
            _signs(1, another),
        ),
    )


def _of_what_was_there() -> Iterator[tuple[str, Road]]:
    for known, days in (
        ("nothing", {}),
        ("an old registration", {"registered": _ago(940)}),
        ("one that may be over", {"registered": _ago(1_600)}),
        ("an old collection", {"registered": _ago(2_000), "last_collected": _ago(1_300)}),
        ("a collection", {"registered": _ago(940), "last_collected": _ago(500)}),
    ):
        yield (
            f"a mandate that was there, of which {known} is known",
            (
                *_TAKEN,
                _does("take_over_services", "space-1", "adhesion-1"),
                _does("take_over_mandate", "space-1", "mandate-1", **days),
                160 * _DAY,
                _does("record_collection", "mandate-1", at=_ago(60)),
                _does("record_collection", "mandate-1"),
                _DAY,
            ),
        )
    yield (
        "a mandate that was there, collected on the day it was seen",
        (*_TAKEN, _takes("mandate"), _does("record_collection", "mandate-1")),
    )
    yield (
        "a mandate that was there, collected 36 months before",
        (*_TAKEN, _takes("mandate", registered=_ago(2_000), last_collected=date(2021, 6, 3))),
    )
    paying, messaging = forms()["paying"], forms()["known of the other company"]
    yield (
        "a request that was there, made and seen on one day",
        (*_TAKEN, _takes("request", form=messaging, requested=_ago(0))),
    )
    for form, name in ((paying, "paying"), (messaging, "with Messaging")):
        letter = {"requested": _ago(31), "letter": _ago(20)}
        for days in ({}, {"requested": _ago(30)}, {"requested": _ago(59)}, {"requested": _ago(80)}, letter):
            made = f"made {(_START.date() - days['requested']).days} days before" if days else "of an unknown day"
            activated = _does("activate", "adhesion-1", at=_ago(5))
            yield (
                f"a request that was there, {name}, {made}",
                (*_TAKEN, _does("take_over_request", "space-1", "adhesion-1", form=form, **days), _DAY, activated),
            )
    yield (
        "services that were there, known of little",
        (
            *_TAKEN,
            _does("take_over_services", "space-1", "adhesion-1", form=messaging, since=_ago(900)),
            _DAY,
            _does("declare_account", "adhesion-1", at=_ago(100)),
        ),
    )
    yield "taken over from a space that is not active", (*_OPEN[:1], *(_takes(what) for what in _KINDS))
    yield (
        "taken over with days that cannot be",
        (
            _does("take_over_space", "", "space-1", seen=_ago(-1)),
            *_TAKEN,
            *(_takes(what, seen=_ago(-1)) for what in _KINDS),
            _takes("services", seen=_ago(9), since=_ago(8)),
            _takes("request", seen=_ago(9), requested=_ago(8)),
            _takes("request", seen=_ago(9), letter=_ago(8)),
            _takes("request", requested=_ago(8), letter=_ago(9)),
            _takes("request", since=_ago(9)),
            _takes("mandate", seen=_ago(9), last_collected=_ago(8)),
            _takes("mandate", seen=_ago(9), registered=_ago(8)),
            _takes("mandate", registered=_ago(8), last_collected=_ago(9)),
        ),
    )
    yield (
        "taken over from what is to come",
        (*_TAKEN, *(_at(_takes(what), _later(1)) for what in _KINDS)),
    )
    yield (
        "a mandate taken over beside another one",
        (*_TAKEN, _takes("mandate"), _takes("mandate", 2), _takes("mandate", 2, account=_TWO)),
    )
    yield "services of an evening", (*_TAKEN, _does("take_over_services", "space-1", "adhesion-1"))


_KINDS: Final = MappingProxyType({"services": "adhesion", "request": "adhesion", "mandate": "mandate"})
"""What is taken over from a space, and the kind of case that this makes."""


def _takes(what: str, number: int = 1, **given: Any) -> Move:
    return _does(f"take_over_{what}", "space-1", f"{_KINDS[what]}-{number}", **given)


def _of_telling() -> Iterator[tuple[str, Road]]:
    hour = timedelta(hours=1)
    created, activated, _ = _OPEN
    yield "told by a clock that is behind", (*_OPEN, _asks("paying"), -hour, Move("activate", "adhesion-1"))
    yield "told before a reminder", (created, "due_at", hour, Move("remind", "space-1"), -hour, activated)
    yield (
        "told before a withdrawal",
        (
            *_OPEN,
            _asks("paying"),
            Move("activate", "adhesion-1"),
            hour,
            Move("withdraw", "adhesion-1"),
            -hour / 2,
            Move("activate", "adhesion-1"),
            hour,
            Move("activate", "adhesion-1"),
        ),
    )
    declared = (_does("declare_account", "adhesion-1", account=it) for it in ACCOUNTS[2:])
    first = _does("withdraw", "adhesion-1", version=3)
    yield (
        "a withdrawal told out of order",
        (
            *(*_OPEN, _asks("paying"), hour, next(declared), hour, next(declared)),
            *(_at(first, _later(1)), -hour / 2, first, hour / 2, first),
        ),
    )
    closed = _does("close", "adhesion-1", reason=Reason.CLIENT_LEFT)
    yield "a closing told out of order", (*_OPEN, _asks("consulting"), -hour, closed)
    yield "a validation withdrawn", (*_OPEN, _asks("paying"), _does("withdraw", "adhesion-1", version=2))


def _at(move: Move, at: datetime) -> Move:
    return Move(move.verb, move.case, move.makes, given=move.given, at=at)


def _collects(days: float) -> Move:
    return _does("record_collection", "mandate-1", at=_later(days))


def _signs(number: int, signatory: object) -> Move:
    return _does("sign", f"mandate-{number}", signatory=signatory)


# --- Played, and asked about ------------------------------------------------------------------------------------------


def companies(*, held: bool) -> Iterator[Plain]:
    """The scenes, each with what it shows: with codes `held` elsewhere, or here."""
    features: set[Hashable] = set()
    for name, start, road in scenes():
        telling = Telling.at(start, held=held)
        for number, step in enumerate(road):
            telling.goes(step, road[:number])
            for key, answered in _exchanges(telling):
                if key not in features:
                    features.add(key)
                    telling.teller.steps.append(answered)
        yield {"name": name, "steps": telling.teller.steps}


Exchange: TypeAlias = tuple[Hashable, Plain]
"""A question with its answer, and what it shows."""


def _exchanges(telling: Telling) -> Iterator[Exchange]:
    play = telling.play
    for case in play.cases.values():
        looked = telling.teller.looked(case)
        yield ("look", case.id, str(looked["expect"])), looked
    portfolio = Portfolio(play.cases.values())
    for company in portfolio.companies.values():
        cases = (*company.adhesions, *company.mandates)
        stands = frozenset((it.kind, str(it.stage), it.is_closed, against(it.time_limit, play.at)) for it in cases)
        for ask in (_next_steps, _payments, _plans):
            for shows, answered in ask(company, play.at):
                yield (stands, shows), answered
        yield from _missing(company, play.at)
        yield from _plans_of_before(company)


def _next_steps(company: Company, at: datetime) -> Iterator[Exchange]:
    steps = [
        next_step(it) | {"case": it.case_id, "services": [service.code for service in it.services]}
        for it in company.next_steps(at=at)
    ]
    shows = tuple((it["actor"], it["action"], it["case"], *it["services"]) for it in steps)
    request = {"do": "next_steps", "organisation": str(company.organisation), "at": instant_text(at)}
    yield ("next_steps", shows), request | {"expect": {"accepted": True, "next_steps": steps}}


def _missing(company: Company, at: datetime) -> Iterator[Exchange]:
    """What the company neither has nor has left: why its cases were closed makes the difference (A21)."""
    missing = [service.code for service in company.missing(at=at)]
    closed = frozenset(it.closing.reason for it in company.adhesions if it.closing is not None)
    request = {"do": "missing", "organisation": str(company.organisation), "at": instant_text(at)}
    yield ("missing", closed, *missing), request | {"expect": {"accepted": True, "services": missing}}


def _payments(company: Company, at: datetime) -> Iterator[Exchange]:
    services = dict.fromkeys(service.code for it in company.adhesions for service in it.services if service.pays)
    before = (it.since - RESOLUTION for it in (*company.adhesions, *company.mandates) if it.since <= at)
    for instant in (at, *sorted(set(before))) if company.adhesions else ():
        for service in services:
            for account in ACCOUNTS[:3]:
                try:
                    company.check_payment(service, account, at=instant)
                    expected: Plain = {"accepted": True}
                except RefusedError as error:
                    expected = {"accepted": False, **refusal(error)}
                request = {"do": "may_pay", "organisation": str(company.organisation), "service": service}
                request |= {"account": account.iban, "at": instant_text(instant)}
                request |= {} if instant == at else {"told": instant_text(at)}
                shows = (service, account.iban, repr(expected))
                yield ("may_pay", *shows), request | {"expect": expected}


_LEADS: Final[Leads] = {"letter": 14, "company": 3, "bank": 5}
_WANTED: Final = (["payer-tva"], ["payer-cfe"], ["messagerie", "payer-tva"])


_PLANNED: Final = ("action", "day", "rule", "case", "account")
"""What is expected of each step of a plan here; `plans.json` has the rest."""


def _plans(company: Company, at: datetime) -> Iterator[Exchange]:
    return _plans_from(company, civil_day(at))


def _plans_of_before(company: Company) -> Iterator[Exchange]:
    """Plans from the day before the last case was there, which must not count on it."""
    begun = [min(it.origin.at, it.origin.began) for it in (*company.adhesions, *company.mandates)]
    yield from _plans_from(company, civil_day(max(begun)) - _DAY)


def _plans_from(company: Company, start: date) -> Iterator[Exchange]:
    for wanted in _WANTED:
        if all(company.can_ask_for(company.catalogue[code]) for code in wanted):
            found = company.plan(wanted, start=start, lead_times=LeadTimes(**_LEADS))
            steps = [{name: it[name] for name in _PLANNED if it[name]} for it in plan_steps(found)]
            shows = tuple((*(it | {"day": _days(start, it["day"])}).values(),) for it in steps)
            request = {
                "do": "plan",
                "organisation": str(company.organisation),
                "services": wanted,
                "lead_times": dict(_LEADS),
            }
            expected = {"outcome": str(found.outcome), "start_by": f"{found.start_by}", "ready_on": f"{found.ready_on}"}
            yield (
                ("plan", *wanted, str(found.outcome), shows),
                request | {"start": start.isoformat(), "expect": {"accepted": True, **expected, "steps": steps}},
            )


def _days(start: date, day: str) -> int:
    return (date.fromisoformat(day) - start).days
