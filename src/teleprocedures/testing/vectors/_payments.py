"""Payments: at each place of the roads, which service may be paid from which account, and why another may not."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import datetime

from teleprocedures.cases import Adhesion, Mandate
from teleprocedures.deadlines import RESOLUTION
from teleprocedures.errors import RefusedError
from teleprocedures.portfolio import check_payment
from teleprocedures.testing._makers import ACCOUNTS
from teleprocedures.testing._play import Play
from teleprocedures.testing.vectors._search import Telling, against, history, openings, places
from teleprocedures.testing.vectors._told import Plain, instant_text, refusal
from teleprocedures.values import BankAccount


def payments(*, held: bool) -> Iterator[Plain]:
    """Histories in which payments are asked about, each of which shows something that none before it has shown."""
    features: set[Hashable] = set()
    known = openings(held=held)
    for name, start, road in places():
        telling = Telling.led(start, road, held=held)
        if telling is not None:
            before = len(telling.teller.steps)
            telling.teller.steps.extend(_fresh(telling.play, features))
            if len(telling.teller.steps) > before:
                yield history(name, telling.teller.steps, known)


def _fresh(play: Play, features: set[Hashable]) -> Iterator[Plain]:
    """The questions at a place whose answer shows something new."""
    for case in play.of(Adhesion):
        for service in case.services:
            for account in ACCOUNTS:
                for at in _instants(play):
                    step = _ask(play, case, service.code, account, at)
                    mandate = next((it for it in play.of(Mandate) if it.account == account), None)
                    stands = mandate and (str(mandate.stage), against(mandate.time_limit, at), at < mandate.since)
                    place = case.accounts.index(account) if case.declares(account) else None
                    shows = (service, place, str(case.stage), stands, repr(step["expect"]))
                    if shows not in features:
                        features.add(shows)
                        yield step


def _instants(play: Play) -> Iterator[datetime]:
    """Now, and what came before it: the last fact of each mandate, and the microsecond before that."""
    yield play.at
    for mandate in play.of(Mandate):
        yield from (at for at in (mandate.since, mandate.since - RESOLUTION) if at < play.at)


def _ask(play: Play, case: Adhesion, service: str, account: BankAccount, at: datetime) -> Plain:
    """A question whether a payment would pass, and its answer."""
    try:
        check_payment(case, service, account, play.of(Mandate), at=at)
    except RefusedError as error:
        expected: Plain = {"accepted": False, **refusal(error)}
    else:
        expected = {"accepted": True}
    told = {} if at == play.at else {"told": instant_text(play.at)}
    request = {"do": "may_pay", "case": case.id, "service": service, "account": account.iban, "at": instant_text(at)}
    return request | told | {"expect": expected}
