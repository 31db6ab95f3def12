"""What to request for a coming tax date: who can pay by then, who must do something by when, for whom it is too late.

Each company has a plan of its own, on from all that it has: the library's outlook says in which group it is, by when to
go on, and whom to leave out. Here, whoever asked for the service once and lost it is told apart, and so is what each
still needs: a request, a code, or a mandate and at which stage it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import attrs
from portfolio import CODES

from teleprocedures import (
    Action,
    BankAccount,
    Holding,
    LeadTimes,
    MandateState,
    Organisation,
    Outcome,
    Portfolio,
    Prospect,
    Service,
    Standing,
)
from teleprocedures.deadlines import civil_day

MANDATE: Final = {
    Action.ISSUE_MANDATE: "issue",
    Action.SIGN_MANDATE: "sign",
    Action.SEND_MANDATE: "send",
    Action.REGISTER_MANDATE: "check",
    Action.CHECK_MANDATE: "check",
}
"""What a mandate needs first, by the steps that are left of its way, in their order."""
MANDATES: Final = tuple(dict.fromkeys(MANDATE.values()))
ACCOUNT: Final = ("declare", *MANDATES)
"""What the account of a company can need, or its mandate."""
NEEDS: Final = ("renew", "code", *ACCOUNT)
"""What a company can need, in the order in which it is told."""
FRIDAY: Final = 4
"""The weekday after which banks and clients are closed."""


@attrs.frozen(kw_only=True)
class Tax:
    """A tax to pay: the service that pays it, and the civil day by which it is to be paid."""

    service: Service
    day: date

    @property
    def eve(self) -> date:
        """The last weekday before it, on which a bank and a client can still be asked."""
        return weekday_before(self.day - timedelta(days=1))


@attrs.frozen(kw_only=True)
class Owed:
    """A company with something to do, and a day: by when to go on or, if it is late, when to expect the service.

    What it needs is one of `NEEDS`, of the `account` for a mandate; an empty text where nothing but time is needed. A
    code that may have ended already `is_in_doubt`.
    """

    company: str
    organisation: Organisation
    day: date
    need: str
    account: BankAccount | None = None
    is_in_doubt: bool = False


@attrs.frozen(kw_only=True)
class Coming:
    """Where a firm's companies stand with a tax: each company in one of the lists, or counted.

    `start_by` is the last safe civil day to begin for a company that has nothing yet. `renew` asked for the service and
    lost it; `missing` never did; `held` hold it and cannot pay; `awaited` will have it. `late` have something of it and
    will not be in time; `missing_late` have nothing, and it is too late too. `ready` counts those that can pay,
    `unsure` pay with a mandate whose last collection nobody knows, and `unread` counts those whose request could not be
    followed because of what is wrong in its row.
    """

    tax: Tax
    is_past: bool
    start_by: date
    ready: int
    unsure: Sequence[Owed]
    unread: int
    renew: Sequence[Owed]
    missing: Sequence[Owed]
    held: Sequence[Owed]
    awaited: Sequence[Owed]
    late: Sequence[Owed]
    missing_late: Sequence[Owed]
    mandates: Sequence[Owed]

    @property
    def needed(self) -> list[Owed]:
        """What is to be done that the tax needs, and is still in time: requests to renew, then mandates by stage."""
        found = [] if self.is_past else [*self.renew, *self.mandates]
        return sorted(found, key=lambda it: NEEDS.index(it.need))

    @property
    def overdue(self) -> Sequence[Owed]:
        """What is needed, and later than was planned for."""
        return () if self.is_past else self.late

    @property
    def doubtful(self) -> Sequence[Owed]:
        """The mandates that the tax rests on, and that may have lapsed: the bank is to be asked."""
        return () if self.is_past else self.unsure


def coming(
    portfolio: Portfolio,
    tax: Tax,
    leads: LeadTimes,
    *,
    at: datetime,
    name: Callable[[Organisation], str],
    left_out: Mapping[str, Collection[str]],
) -> Coming:
    """Plan for every company that can have the service, as of this night; each list has the soonest first.

    Raises `InvalidValueError` for a service that does not pay, and for lead times too long for the letter's code.
    """
    today = civil_day(at)
    outlook = portfolio.outlook(tax.service, pay_by=tax.day, at=at, lead_times=leads)

    def holding(prospect: Prospect) -> Holding:
        return portfolio.company(prospect.organisation).holdings(at=at)[tax.service.code]

    def is_unsure(prospect: Prospect) -> bool:
        mandates = portfolio.company(prospect.organisation).mandates
        return any(it.deadline is not None and it.deadline.estimated and not it.is_over(at) for it in mandates)

    def rests_on_a_guess(prospect: Prospect) -> bool:
        """Whether each mandate that could pay may have lapsed by the day of the tax (A19)."""
        if not tax.service.needs_mandate:
            return False
        mandates = portfolio.company(prospect.organisation).mandates
        ends = [it.deadline for it in mandates if it.state == MandateState.REGISTERED and not it.is_over(at)]
        return bool(ends) and all(
            it is not None and it.estimated and civil_day(it.safe_until) < max(tax.day, today) for it in ends
        )

    def is_unread(prospect: Prospect) -> bool:
        """Whether its row names the service, or one that nobody knows, which may be this one."""
        lost = left_out.get(str(prospect.organisation), ())
        return tax.service.code in lost or any(code not in CODES for code in lost)

    def sent(prospect: Prospect, account: BankAccount | None) -> date | None:
        mandates = portfolio.company(prospect.organisation).mandates
        found = [it for it in mandates if it.state == MandateState.SENT and it.account == account]
        return civil_day(found[-1].since) if found else None

    def of(prospect: Prospect, *, of_mandates: bool) -> Owed:
        held = holding(prospect)
        need, account = _need(prospect, held)
        return Owed(
            company=name(prospect.organisation),
            organisation=prospect.organisation,
            day=_day_of_mandate(need, tax, leads, sent(prospect, account))
            if of_mandates and need in ACCOUNT
            else _day(prospect, held, at),
            need=need,
            account=account,
            is_in_doubt=held.standing is Standing.AWAITED
            and held.deadline is not None
            and held.deadline.estimated
            and held.deadline.safe_until < at,
        )

    def doubtful(prospect: Prospect) -> Owed:
        return Owed(
            company=name(prospect.organisation),
            organisation=prospect.organisation,
            day=_day_of_mandate("check", tax, leads, None),
            need="check",
        )

    def owed(prospects: Sequence[Prospect], *standings: Standing, of_mandates: bool = False) -> list[Owed]:
        found = [of(it, of_mandates=of_mandates) for it in prospects if holding(it).standing in standings]
        return sorted(found, key=lambda it: (it.day, it.company))

    under_way = [*outlook.under_way, *outlook.to_act]
    late = [it for it in outlook.too_late if not is_unsure(it)]
    guessed = [it for it in outlook.ready if rests_on_a_guess(it)]
    unsure = [*guessed, *(it for it in outlook.too_late if is_unsure(it))]
    never = [it for it in (*outlook.to_request, *late) if holding(it).standing is Standing.NEVER]
    known = [it for it in outlook.to_request if not is_unread(it)]
    mandates = owed([*under_way, *outlook.to_request], Standing.HELD, Standing.AWAITED, of_mandates=True)
    return Coming(
        tax=tax,
        is_past=tax.day < today,
        start_by=outlook.start_by,
        ready=len(outlook.ready) - len(guessed),
        unsure=sorted(map(doubtful, unsure), key=lambda it: it.company),
        unread=sum(map(is_unread, never)),
        renew=owed(outlook.to_request, Standing.LAPSED),
        missing=owed(known, Standing.NEVER),
        held=owed(under_way, Standing.HELD, of_mandates=True),
        awaited=owed([*under_way, *outlook.to_request], Standing.AWAITED),
        late=owed(late, Standing.HELD, Standing.AWAITED, Standing.LAPSED),
        missing_late=owed([it for it in late if not is_unread(it)], Standing.NEVER),
        mandates=[it for it in mandates if it.need in ACCOUNT],
    )


def _need(prospect: Prospect, holding: Holding) -> tuple[str, BankAccount | None]:
    """What a company needs first: a request anew, a mandate and at which stage, or the code."""
    steps = {step.action: step for step in prospect.plan.steps}
    if holding.standing in (Standing.LAPSED, Standing.NEVER):
        return "renew", None
    for action, need in (*MANDATE.items(), (Action.DECLARE_ACCOUNT, "declare")):
        if action in steps:
            return need, steps[action].account
    return ("code" if holding.standing is Standing.AWAITED else ""), None


def _day_of_mandate(need: str, tax: Tax, leads: LeadTimes, sent: date | None) -> date:
    """The last day to go on with a mandate alone: the code may be waited for besides.

    It is the same every night, as long as nothing happens. A mandate is to be checked while it can still be sent again,
    or on the day on which the bank should have it, if that is later: before the day of the tax.
    """
    if not tax.service.needs_mandate:
        return tax.day
    takes = leads.bank + (leads.company if need in ("declare", "issue") else 0)
    day = tax.day - timedelta(days=takes)
    if need == "check" and sent is not None:
        day = max(day, min(sent + timedelta(days=leads.bank), tax.day - timedelta(days=1)))
    return day


def _day(prospect: Prospect, holding: Holding, at: datetime) -> date:
    """The day of a prospect, or the earlier one on which its request ends: what can still be done is done by then."""
    deadline = holding.deadline if holding.standing is Standing.AWAITED else None
    if deadline is None or prospect.plan.outcome is not Outcome.IN_TIME:
        return prospect.day
    last = deadline.safe_until if at <= deadline.safe_until else deadline.closes
    return min(prospect.day, civil_day(last))


def weekday_before(day: date) -> date:
    """A day, or the Friday before it where banks and clients are closed."""
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))
