"""What holds of every case at every instant: each promise as a function that raises when it is broken.

The state machines and the exhaustive search of this project check all of them, and so may the tests of a host.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from teleprocedures.cases import (
    ActivationState,
    Adhesion,
    AdhesionRequested,
    CompanyEmailConfirmed,
    LetterPosted,
    LetterRecorded,
    Mandate,
    MandateState,
    ServicesActivated,
    check_payment,
    replay,
)
from teleprocedures.codec import dumps, loads
from teleprocedures.core import Case, Event
from teleprocedures.errors import PaymentRefusedError

_TWO_SIDES: Final = {"pending": "activate", "awaiting_email": "confirm_company_email", "awaiting_code": "activate"}


class BrokenPromiseError(AssertionError):
    """A promise of the procedure, or of the library, that does not hold: `rule` is the one it comes from."""

    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        super().__init__(rule, message)

    def __str__(self) -> str:
        return f"{self.args[1]} (rule {self.rule})"


def _promise(holds: object, rule: str, message: str) -> None:
    if not holds:
        raise BrokenPromiseError(rule, message)


def check_replay(case: Case, events: Sequence[Event]) -> None:
    """A snapshot is what its events make, all of them (0.2)."""
    _promise(replay(events) == case, "0.2", f"the events of {case.id} make another snapshot")


def check_codec(case: Case) -> None:
    """What is stored is read back the same, and stored the same again (0.2)."""
    stored = dumps(case)
    read = loads(stored, rulebooks=(case.rulebook,))
    _promise(read == case and dumps(read) == stored, "0.2", f"{case.id} is not read back as it was stored")


def check_silence(texts: Iterable[object], secrets: Iterable[str]) -> None:
    """No secret appears in a `repr`, nor in what an error says: codes, tokens, passwords, answers, IBANs (A13)."""
    known = [secret for secret in secrets if secret]
    for shown in texts:
        told = f"{shown!r} {shown!s}" if isinstance(shown, BaseException) else repr(shown)
        _promise(not any(secret in told for secret in known), "A13", f"a secret is told by a {type(shown).__name__}")


def check_one_of_two(case: Case, at: datetime) -> None:
    """While a time limit runs, at any instant one and only one of the awaited verb and the lapse is possible (A2)."""
    stage = case.stage if isinstance(case, Adhesion) else case.state
    verb = _TWO_SIDES.get(stage)
    if verb is not None:
        possible = [trigger for trigger in (verb, "lapse") if case.refusal(trigger, at=at) is None]
        _promise(len(possible) == 1, "A2", f"at {at.isoformat()}, {case.id} allows {possible}: expected one of the two")


def check_lapsed_for_good(case: Case, at: datetime) -> None:
    """What has lapsed never comes back: no verb is possible any more (1.11, 2.11, 3.4, F1)."""
    lifecycles = [case.lifecycle]
    state: str = case.state
    if isinstance(case, Adhesion) and case.activation is not None:
        lifecycles.append(case.activation.lifecycle)
        state = case.activation.state
    if state == "lapsed":
        triggers = [trigger for lifecycle in lifecycles for _, trigger, *_ in map(_by_source, lifecycle.transitions)]
        back = [trigger for trigger in triggers if case.refusal(trigger, at=at) is None]
        _promise(not back, "1.11", f"{case.id} has lapsed and allows {back}")


def _by_source(row: tuple[str, str, str, tuple[str, ...]]) -> tuple[str, str]:
    return row[1], row[0]


def check_letter(case: Adhesion, events: Sequence[Event]) -> None:
    """With Messaging, no letter before the link was used, in time; without, the letter at once (2.5, 2.9, 2.10)."""
    (request, *_), letters = events, [event for event in events if isinstance(event, LetterPosted)]
    assert isinstance(request, AdhesionRequested)
    messaging = any(service.needs_company_email for service in request.services)
    _promise(len(letters) <= 1, "2.5", f"{case.id} has {len(letters)} letters: expected one at most")
    for letter in letters:
        used = isinstance(letter, CompanyEmailConfirmed)
        _promise(used is messaging, "2.10", f"the letter of {case.id} does not follow from its link")
        limit = request.rulebook.link_use.duration.starting(request.at)
        _promise(not messaging or letter.at <= limit.closes, "2.9", f"the link of {case.id} was used too late")
    _promise(bool(letters) or messaging, "2.5", f"{case.id} asks for no link and has no letter")
    _promise(bool(letters) is (case.activation is not None), "2.10", f"{case.id} awaits a code without a letter")


def check_held(case: Adhesion, events: Sequence[Event]) -> None:
    """Services are held, all or none, only once the code was entered, and in time (0.2, 3.1, 3.3, A4)."""
    entered = [event for event in events if isinstance(event, ServicesActivated)]
    held = [service for service in case.services if case.holds(service)]
    _promise(len(held) in {0, len(case.services)}, "A4", f"{case.id} holds a part of what was requested")
    _promise(bool(held) is bool(entered), "3.5", f"{case.id} holds services without their code, or the reverse")
    _promise(
        bool(held) is (case.stage is ActivationState.ACTIVE), "0.2", f"{case.id} holds services while {case.stage}"
    )
    if entered:
        posted = next(event for event in events if isinstance(event, LetterPosted))
        recorded = [event for event in events if isinstance(event, LetterRecorded)]
        opened = recorded[-1].edited if recorded else posted.at
        closes = case.rulebook.services_activation.starting(opened).closes
        _promise(entered[0].at <= closes, "3.1", f"the code of {case.id} was entered too late")


def check_payments(case: Adhesion, mandates: Sequence[Mandate], at: datetime) -> None:
    """A tax paid by mandate passes only if held, and with that company and account's mandate registered (2.20)."""
    for service in case.services:
        for account in case.origin.bank_accounts:
            try:
                check_payment(case, service, account, mandates, at=at)
            except PaymentRefusedError:
                continue
            _promise(case.holds(service) and service.pays, "3.5", f"{case.id} pays by {service} without holding it")
            registered = [one for one in mandates if one.account == account and one.organisation == case.organisation]
            good = any(one.state is MandateState.REGISTERED and not one.has_lapsed(at) for one in registered)
            _promise(
                good or not service.needs_mandate, "2.20", f"{case.id} pays {service} without a registered mandate"
            )


def check_case(case: Case, events: Sequence[Event], *, at: datetime, mandates: Sequence[Mandate] = ()) -> None:
    """All of the promises about one case; raises `BrokenPromiseError` with the rule of the one that does not hold."""
    check_replay(case, events)
    check_codec(case)
    check_one_of_two(case, at)
    check_lapsed_for_good(case, at)
    if isinstance(case, Adhesion):
        check_letter(case, events)
        check_held(case, events)
        check_payments(case, mandates, at)
