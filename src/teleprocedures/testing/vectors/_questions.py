"""Questions that need no history: deadlines around changes of clocks, values good and bad, forms, and plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, TypedDict

from teleprocedures.errors import InvalidFormError, InvalidValueError
from teleprocedures.forms import AdhesionForm, SpaceForm
from teleprocedures.portfolio import LeadTimes, plan
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03, SHIPPED_LIMITS, Service
from teleprocedures.testing.vectors._told import Plain, form_names, instant_text, plan_steps
from teleprocedures.values import (
    BankAccount,
    CreditorIdentifier,
    EmailAddress,
    FileNumber,
    MandateReference,
    PersonName,
    Siren,
    organisation,
)

# --- Deadlines --------------------------------------------------------------------------------------------------------

_CHANGES: Final = tuple(
    datetime(*day, 1, tzinfo=UTC)
    for day in ((2024, 3, 31), (2024, 10, 27), (2025, 3, 30), (2025, 10, 26), (2027, 3, 28), (2027, 10, 31))
)
"""When clocks in Paris change."""
_AWAY: Final = tuple(timedelta(days=days) for days in (-1096, -1095, -62, -61, -60, -59, -2, -1, 0, 1))
_HOURS: Final = tuple(timedelta(hours=hours) for hours in (0, 11, 21, 22))
"""Of which some are before midnight in Paris, and some after it."""
_DAYS: Final = tuple(
    datetime(*day, 12, tzinfo=UTC)
    for day in ((2023, 12, 31), (2024, 1, 1), (2024, 2, 29), (2025, 8, 31), (2025, 9, 12))
)
"""Ends of years and of months, a leap day, and a day from which sixty lead to a holiday."""


def deadlines() -> Iterator[Plain]:
    """The time limits of the procedure from starts near changes of clocks, or from which they end near one."""
    around = [change + away - timedelta(hours=1) + hours for change in _CHANGES for away in _AWAY for hours in _HOURS]
    for name in SHIPPED_LIMITS:
        steps = [_deadline(name, start) for start in (*_starts(name, around), *_DAYS)]
        yield {"name": name, "steps": steps}


def _starts(name: str, around: list[datetime]) -> list[datetime]:
    """Those starts from which a change of clocks is near: the hours of a day do not reach one that is months away."""
    most = timedelta(days=3) if name in SHIPPED_LIMITS[:2] else timedelta(days=1_100)
    return [start for start in around if any(abs(start - change) <= most for change in _CHANGES)][:: _STRIDE[name]]


_STRIDE: Final[Mapping[str, int]] = MappingProxyType(dict(zip(SHIPPED_LIMITS, (1, 3, 1, 3), strict=True)))
"""Of the starts every one is taken, or every third: the link's hours are those of the space, and months are long."""


def _deadline(name: str, start: datetime) -> Plain:
    limit = EXPERT_2024_04_03.limits[name].duration.starting(start)
    ends = {"safe_until": instant_text(limit.safe_until), "closes": instant_text(limit.closes)}
    return {"do": "deadline", "limit": name, "start": instant_text(start), "expect": {"accepted": True, **ends}}


# --- Values and forms -------------------------------------------------------------------------------------------------

_READERS: Final[Mapping[str, Callable[[str], object]]] = MappingProxyType(
    {
        "siren": Siren,
        "file_number": FileNumber,
        "organisation": organisation,
        "email": EmailAddress,
        "name": PersonName,
        "iban": lambda text: BankAccount(text).iban,
        "creditor_identifier": CreditorIdentifier,
        "mandate_reference": MandateReference,
    }
)
_TEXTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "siren": (
            "732829320",
            "732 829 320",
            " 732.829.320 ",
            "732-829-320",
            "356000000",
            "732829321",
            "723829320",
            "73282932",
            "7328293200",
            "73282932O",
            "000000000",
            "FR44732829320",
            "73282932000074",
            "",
            "abc",
            "\uff17\uff13\uff12\uff18\uff12\uff19\uff13\uff12\uff10",
        ),
        "file_number": ("TF2024A17", "tf2024a17", "123", "TF 2024", "", "A" * 32, "A" * 33, "TF-1", "TÉ1"),
        "organisation": (
            "552100554",
            "siren:552100554",
            "TF2024A17",
            "file:552100554",
            "552100555",
            "55210O554",
            "55210055400013",
            "FR40303265045",
            "",
            "not a number",
        ),
        "email": (
            "contact@acme.fr",
            " Contact@ACME.fr ",
            "a.b+c@sub.acme.fr",
            "élodie@acme.fr",
            "contact@acme",
            "contact",
            "@acme.fr",
            "a@b@c.fr",
            "a b@acme.fr",
            "a..b@acme.fr",
            "",
        ),
        "name": (
            "Jeanne Martin",
            "  Jeanne   Martin ",
            "D'Arc",
            "Élodie",
            "O\u2019Brien",
            "Jean-Luc",
            "",
            "4",
            "A" * 201,
        ),
        "iban": (
            "FR7630006000011234567890189",
            "fr76 3000 6000 0112 3456 7890 189",
            "DE89370400440532013000",
            "BE68539007547034",
            "FR7630006000011234567890188",
            "FR763000600001123456789018",
            "FR7630006000011234567890180",
            "US64SVBKUS6S3300958879",
            "XX00",
            "",
            "3000600001123456789018",
        ),
        "creditor_identifier": ("FR72ZZZ123456", "FR72 ZZZ 123456", "FR73ZZZ123456", "FR72", ""),
        "mandate_reference": ("RUM-1", "++ABC", "A" * 35, "A" * 36, "", "é", " RUM 1 ", "/RUM", "RUM//1"),
    }
)


def values() -> Iterator[Plain]:
    """Texts that people type, each with the value that it is, or with the code of what is wrong with it."""
    for kind, texts in _TEXTS.items():
        yield {"name": kind, "steps": [_value(kind, text) for text in texts]}
    yield {"name": "services", "steps": [_service(service) for service in CATALOGUE.services]}
    yield {"name": "forms of a request", "steps": [_form("adhesion_form", AdhesionForm, form) for form in _requests()]}
    yield {"name": "forms of a space", "steps": [_form("space_form", SpaceForm, form) for form in _spaces()]}


def _service(service: Service) -> Plain:
    """What a service of the catalogue asks for (2.3, 2.7, 2.13, 2.14)."""
    names = ("needs_company_email", "pays", "needs_mandate", "open_to_file_number")
    asks = {name: getattr(service, name) for name in names}
    return {"do": "service", "code": service.code, "expect": {"accepted": True, **asks}}


def _value(kind: str, text: str) -> Plain:
    try:
        expected: Plain = {"accepted": True, "value": str(_READERS[kind](text))}
    except InvalidValueError as error:
        expected = {"accepted": False, "code": error.code}
    return {"do": "value", "kind": kind, "text": text, "expect": expected}


def _form(do: str, kind: type[SpaceForm | AdhesionForm], form: Plain) -> Plain:
    try:
        kind.from_mapping(form)
        expected: Plain = {"accepted": True}
    except InvalidFormError as error:
        problems = [
            {"path": it.path, "code": it.code, "rule": None if it.rule is None else it.rule.id} for it in error.problems
        ]
        expected = {"accepted": False, "problems": problems}
    return {"do": do, "form": form, "expect": expected}


def _requests() -> Iterator[Plain]:
    """Requests that lack what their services need, and some that lack nothing."""
    plain, paying, messaging, filed = (
        form_names()[it] for it in ("consulting", "paying", "messaging", "by file number")
    )
    yield from (plain, paying, messaging, filed)
    yield plain | {"services": []}
    yield plain | {"services": ["payer-everything"]}
    yield plain | {"organisation": "552100555"}
    yield _without(messaging, "company_email")
    yield messaging | {"company_email": "contact"}
    yield _without(paying, "bank_accounts")
    yield paying | {"bank_accounts": ["FR7630006000011234567890188"]}
    yield _without(messaging, "bank_accounts", "company_email")
    yield filed | {"services": ["consulter-avis-tf", "payer-cfe"], "bank_accounts": paying["bank_accounts"]}
    yield plain | {"applicant": "somebody"}
    yield plain | {"colour": "red"}
    yield _without(paying, "bank_accounts") | {"organisation": "552100555"}
    yield from ({**paying, "services": [code]} for code in ("payer-cfe", "payer-tf", "payer-is", "payer-pas"))


def _spaces() -> Iterator[Plain]:
    """The form of a space without each of its fields, and with some that are wrong."""
    form = form_names()["user"]
    yield form
    yield from (_without(form, name) for name in form)
    yield form | {"email": "camille", "organisation": "732829321", "first_name": ""}
    yield form | {"contact": {**form["contact"], "phone": "12", "postal_code": "7500"}}
    abroad = {"phone": "+32 2 555 12 12", "street": "Rue de la Loi 16", "postal_code": "1000", "city": "Bruxelles"}
    yield from ({**form, "contact": {**abroad, "country": country}} for country in ("BE", "FR"))


def _without(form: Plain, *names: str) -> Plain:
    return {name: value for name, value in form.items() if name not in names}


# --- Plans ------------------------------------------------------------------------------------------------------------


class Leads(TypedDict):
    """How many days a letter, a company and a bank take."""

    letter: int
    company: int
    bank: int


_LEADS: Final[tuple[Leads, ...]] = ({"letter": 14, "company": 3, "bank": 5}, {"letter": 5, "company": 0, "bank": 12})
_WANTED: Final = (
    ["payer-cfe"],
    ["payer-tva"],
    ["messagerie", "payer-tva"],
    ["consulter-avis-tf"],
    ["payer-tva", "payer-cfe"],
)
_BY: Final = ("2024-12-15", "2024-06-19", "2025-03-31", "2025-11-02", "2028-02-29")


def plans() -> Iterator[Plain]:
    """When to begin for a tax or a service, and when to expect it: for whoever begins with nothing."""
    for wanted in _WANTED:
        usual, other = _LEADS
        steps = [_plan(wanted, usual, **days) for days in _days(wanted)]
        steps += [_plan(wanted, other, held_by=day) for day in _BY[:2]]
        yield {"name": ", ".join(wanted), "steps": steps}


def _days(wanted: list[str]) -> Iterator[Mapping[str, str]]:
    for day in _BY:
        if any(code.startswith("payer-") for code in wanted):
            yield {"pay_by": day}
        yield {"held_by": day}
        yield {"start": day}
    yield {"held_by": _BY[0], "start": "2024-12-01"}


def _plan(wanted: list[str], leads: Leads, **days: str) -> Plain:
    given: dict[str, Any] = {name: date.fromisoformat(day) for name, day in days.items()}
    found = plan(wanted, lead_times=LeadTimes(**leads), **given)
    steps = [{name: it[name] for name in it if name not in {"case", "account"}} for it in plan_steps(found)]
    expected = {"outcome": str(found.outcome), "start_by": f"{found.start_by}", "ready_on": f"{found.ready_on}"}
    request = {"do": "plan", "services": wanted, "lead_times": dict(leads), **days}
    return request | {"expect": {"accepted": True, **expected, "steps": steps}}
