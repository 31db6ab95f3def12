"""What the portal shows against what is followed here: each difference, with its decision or its question.

A firm begins with clients that it has already (A19), and then and again its own journal and the portal part. Both are
one comparison. For each company and each service, what is shown is looked up in the portfolio. What explains the
difference is a finding. Where it can be recorded, the finding has the decision, which a host carries out or leaves.
Where a person has to say more, it has none, and what it is found to be is the question.

Nothing is invented. A service that is shown without the day since which it is held is held from the day on which it was
seen. The ids of what is taken over follow from the space and from what is shown. So the same table taken over twice
meets the first time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

import attrs

from teleprocedures.cases import Adhesion, Case, Mandate, MandateTakenOver, Space, SpaceState, call_company
from teleprocedures.core import Decision, remark
from teleprocedures.deadlines import civil_day, instant, plain_day
from teleprocedures.errors import (
    InvalidFormError,
    InvalidValueError,
    Problem,
    TeleproceduresError,
    check_kind,
    english,
    show,
    shows_half_built,
)
from teleprocedures.forms import Shown
from teleprocedures.portfolio._company import Company
from teleprocedures.portfolio._portfolio import Portfolio
from teleprocedures.portfolio._standing import Holding, Standing
from teleprocedures.rulebook import Service
from teleprocedures.values import HELD_ELSEWHERE, BankAccount, MandateReference, Organisation, organisation

if TYPE_CHECKING:
    from teleprocedures.words import Phrasebook


class Found(StrEnum):
    """What explains a difference between the portal and the portfolio; `wording` has how each is said."""

    TAKEN_OVER = "taken_over"
    MANDATE_TAKEN_OVER = "mandate_taken_over"
    MANDATE_USED = "mandate_used"
    ACCOUNT_TOLD = "account_told"
    ACCOUNT_UNEXPLAINED = "account_unexplained"
    ACTIVATED = "activated"
    NOT_LAPSED = "not_lapsed"
    NO_LONGER_SHOWN = "no_longer_shown"
    NOT_A_CLIENT = "not_a_client"
    CLOSED = "closed"
    UNEXPLAINED = "unexplained"
    MANDATE_CLOSED = "mandate_closed"
    MANDATE_UNEXPLAINED = "mandate_unexplained"
    UNREADABLE = "unreadable"


@shows_half_built
@attrs.frozen(kw_only=True)
class Finding:
    """One difference: what explains it, for which company and services, and the decision that records it.

    The `decision` is None where a person has to answer first. The `case` is the one that is followed here, if there is
    one. Where it refuses what is shown, `refusal` says why. A row that does not read has its number, counted from 1,
    and its `problems`.
    """

    found: Found
    organisation: Organisation | None = None
    services: tuple[Service, ...] = ()
    account: BankAccount | None = None
    case: Case | None = None
    decision: Decision[Case] | None = None
    refusal: TeleproceduresError | None = None
    row: int | None = None
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        return self.render(english())

    def render(self, words: Phrasebook) -> str:
        """The finding as a sentence in the language of these words. A `Wording` has all of its language."""
        name = self.company_name
        problems = self.refusal.problems if isinstance(self.refusal, InvalidFormError) else self.problems
        # What refuses it says more than the question that everything unexplained asks.
        text = words.sentence(
            f"finding.{self.found}" if self.refusal is None else f"refused.{self.found}",
            company=call_company(words, self.organisation, name),
            services=self.services,
            account=self.account,
            row=self.row,
            problems=tuple(
                words.sentence("problem", path=words.name("label", it.path), problem=_said(words, it))
                for it in problems
            )
            if self.refusal is None or problems
            else (_said(words, self.refusal),),
        )
        # A name keeps its small letter.
        begun = text if name is not None else f"{text[0].upper()}{text[1:]}"
        return f"{begun}{'' if begun.endswith(('?', '.')) else '.'}"

    @property
    def company_name(self) -> str | None:
        """The name of the company, by the case that is followed or by the decision, None where neither knows it."""
        known = (self.case, None if self.decision is None else self.decision.case)
        return next((case.company_name for case in known if case is not None and case.company_name is not None), None)


def _said(words: Phrasebook, wrong: Problem | TeleproceduresError) -> str:
    return words.sentence(wrong.code, **wrong.facts)


def reconcile(
    portfolio: Portfolio,
    shown: Iterable[Shown | Mapping[str, object]],
    *,
    at: datetime,
    source: str,
    seen: date | None = None,
    space: Space | None = None,
    clients: Collection[Organisation | str] | None = None,
) -> tuple[Finding, ...]:
    """Compare what the portal shows in a space with what is followed there, and explain each difference.

    What is `shown` are rows of the portal's list, or of a firm's table: see `Shown`. It was seen on the civil day
    `seen`, by default that of `at`, and the `source` says so. The `space` is the portfolio's only active one unless it
    is given. Where the `clients` are given, a company that is none of them is a question. Findings come by company, and
    each row that does not read is one.

    Raises `InvalidValueError` for a naive instant, for what is no portfolio and no rows, and where it is not clear
    which space is meant. Raises `SpaceNotActiveError` for one that is not active (1.12).
    """
    check_kind(portfolio, Portfolio, what="portfolio")
    at = instant(at)
    day = civil_day(at) if seen is None else plain_day(seen)
    inside = _space(portfolio, space)
    remark(source)
    last = civil_day(at)
    if not isinstance(day, date) or isinstance(day, datetime) or day > last:
        raise InvalidValueError("day.not_allowed", name="seen", value=show(day), last=last.isoformat())
    known = None if clients is None else frozenset(organisation(it) for it in _listed(clients))
    rows, unread = _rows(shown)
    live = Portfolio(it for it in portfolio.cases if not it.is_closed)
    view = _View(portfolio=portfolio, space=inside, at=at, seen=day, source=source)
    companies = {it.organisation for it in rows} | {
        it for it, company in live.companies.items() if any(one.space_id == inside.id for one in company.adhesions)
    }
    by_company = defaultdict[Organisation, list[Shown]](list)
    for row in rows:
        by_company[row.organisation].append(row)
    found: list[Finding] = []
    for company in sorted(companies, key=lambda it: (type(it).__name__, it.number)):
        its = by_company.get(company, [])
        if known is not None and company not in known and its:
            services = tuple(dict.fromkeys(it.service for it in its if it.service is not None))
            found.append(Finding(found=Found.NOT_A_CLIENT, organisation=company, services=services))
        else:
            found += view.of(live.company(company), its)
    return (*found, *unread)


def _space(portfolio: Portfolio, space: Space | None) -> Space:
    if space is not None:
        return check_kind(space, Space, what="space")
    active = [it for it in portfolio.cases if isinstance(it, Space) and it.state is SpaceState.ACTIVE]
    open_ones = [it for it in active if not it.is_closed]
    if len(open_ones) != 1:
        raise InvalidValueError("reconcile.space_missing", value=tuple(it.id for it in open_ones))
    return open_ones[0]


def _listed(clients: object) -> Iterable[Organisation | str]:
    if isinstance(clients, (str, bytes)) or not isinstance(clients, Iterable):
        raise InvalidValueError("list.wrong_type", type=type(clients).__name__)
    return clients


def _rows(shown: Iterable[Shown | Mapping[str, object]]) -> tuple[list[Shown], list[Finding]]:
    if isinstance(shown, (str, bytes, Mapping, Shown)) or not isinstance(shown, Iterable):
        raise InvalidValueError("list.wrong_type", type=type(shown).__name__)
    read: list[Shown] = []
    unread: list[Finding] = []
    for number, row in enumerate(shown, start=1):
        if isinstance(row, Mapping) and row and not any(str(it).strip() for it in row.values() if it is not None):
            continue  # an empty row of a spreadsheet
        try:
            read.append(row if isinstance(row, Shown) else Shown.from_mapping(row))
        except InvalidFormError as error:
            unread.append(Finding(found=Found.UNREADABLE, row=number, problems=error.problems))
    return read, unread


@attrs.frozen(kw_only=True)
class _View:
    """What is seen of the portal, from which space, and when that is told."""

    portfolio: Portfolio
    space: Space
    at: datetime
    seen: date
    source: str

    def of(self, company: Company, rows: list[Shown]) -> Iterator[Finding]:
        """The findings of one company: its services, those that are not shown any more, and its mandates."""
        holdings = company.holdings(at=self.at)
        closed = self._closed(company.organisation)
        followed = defaultdict[str, list[Shown]](list)
        new = defaultdict[date | None, list[Shown]](list)
        services = _by_service(rows)
        for code, its in services.items():
            row = _known_longest(its)
            holding = holdings.get(code)
            request = None if holding is None else holding.adhesion
            if holding is not None and holding.standing is Standing.HELD:
                continue
            if len({it.since for it in its} - {None}) > 1:
                yield self._finding(Found.UNEXPLAINED, (row,), case=request)
            elif request is not None and request.space_id == self.space.id and (holding and not self._final(holding)):
                followed[request.id].append(row)
            elif code in closed:
                yield self._finding(Found.CLOSED, (row,), case=closed[code])
            elif request is not None and holding is not None and holding.standing is Standing.LAPSED:
                yield self._finding(Found.UNEXPLAINED, (row,), case=request)
            else:
                new[row.since].append(row)
        # What is decided of a request follows what was decided of it before: recorded in their order, all stand.
        latest = {it.id: it for it in company.adhesions}
        for id, its in followed.items():
            yield self._activated(latest, id, its)
        for since, its in sorted(new.items(), key=lambda item: item[0] or date.min):
            taken = list(self._taken_over(since, its, rows))
            decided = (finding.decision.case for finding in taken if finding.decision is not None)
            latest |= {it.id: it for it in decided if isinstance(it, Adhesion)}
            yield from taken
        gone = [
            it.service
            for code, it in holdings.items()
            if it.standing is Standing.HELD and code not in services and it.adhesion and self._is_ours(it.adhesion)
        ]
        if gone:
            case = holdings[gone[0].code].adhesion
            yield Finding(
                found=Found.NO_LONGER_SHOWN, organisation=company.organisation, services=tuple(gone), case=case
            )
        yield from self._accounts(latest, rows)
        yield from self._mandates(company, rows)

    def _is_ours(self, request: Adhesion) -> bool:
        return request.space_id == self.space.id

    @staticmethod
    def _final(holding: Holding) -> bool:
        """Whether the request that had a service is over for good, so that nothing told later brings it back."""
        request = holding.adhesion
        return holding.standing is Standing.LAPSED and request is not None and not request.held_elsewhere

    def _closed(self, company: Organisation) -> dict[str, Adhesion]:
        """The closed requests of a company that held or awaited each service."""
        its = (it for it in self.portfolio.cases if isinstance(it, Adhesion) and it.is_closed)
        return {service.code: it for it in its if it.organisation == company for service in it.services}

    def _finding(self, found: Found, rows: Iterable[Shown], **more: object) -> Finding:
        its = tuple(rows)
        services = tuple(row.service for row in its if row.service is not None)
        return Finding(found=found, organisation=its[0].organisation, services=services, **more)  # type: ignore[arg-type] # fields of it

    def _activated(self, latest: dict[str, Adhesion], id: str, rows: list[Shown]) -> Finding:
        """A request that awaits its code, or was presumed to have lapsed, and whose services are shown."""
        request = latest[id]
        found = Found.NOT_LAPSED if request.is_over(self.at) else Found.ACTIVATED
        # One code is for all the services of a request (A4): where some are not shown, something else has happened.
        # And it was entered on one day.
        left = {it.code for it in request.services} - {row.service.code for row in rows if row.service is not None}
        if left or len({row.since for row in rows} - {None}) > 1:
            return self._finding(Found.UNEXPLAINED, rows, case=request)
        since = next((row.since for row in rows if row.since is not None), None)
        try:
            decision = request.activate(HELD_ELSEWHERE, space=self.space, at=since or self.seen, recorded_at=self.at)
        except TeleproceduresError as refusal:
            return self._finding(Found.UNEXPLAINED, rows, case=request, refusal=refusal)
        latest[id] = decision.case
        return self._finding(found, rows, case=request, decision=decision)

    def _taken_over(self, since: date | None, new: list[Shown], rows: list[Shown]) -> Iterator[Finding]:
        """Services that nobody follows: one case for those held since the same day, but for what is refused."""
        together = self._as_one(since, new, rows)
        if together.decision is not None or len(new) == 1:
            yield together
            return
        alone = [(row, self._as_one(since, [row], rows)) for row in new]
        good = [row for row, finding in alone if finding.decision is not None]
        yield from [self._as_one(since, good, rows)] if good else []
        yield from (finding for _, finding in alone if finding.decision is None)

    def _as_one(self, since: date | None, new: list[Shown], rows: list[Shown]) -> Finding:
        """Some of these services as one case, or why they cannot be."""
        first = new[0]
        services = tuple(row.service for row in new if row.service is not None)
        try:
            decision = Adhesion.take_over(
                self.space,
                organisation=first.organisation,
                services=services,
                id=self._id("adhesion", first.organisation, since, *sorted(it.code for it in services)),
                seen=self.seen,
                source=self.source,
                at=self.at,
                since=since,
                bank_accounts=tuple(dict.fromkeys(row.account for row in rows if row.account is not None)),
                company_name=next((row.company_name for row in rows if row.company_name is not None), None),
            )
        except TeleproceduresError as refusal:
            return self._finding(Found.UNEXPLAINED, new, refusal=refusal)
        return self._finding(Found.TAKEN_OVER, new, decision=decision)

    def _accounts(self, latest: dict[str, Adhesion], rows: list[Shown]) -> Iterator[Finding]:
        """The accounts that are shown, beside a service or alone, and that nobody declared (A17)."""
        for row in {(row.service, row.account): row for row in rows if row.account is not None}.values():
            account = row.account
            assert account is not None, "rows with an account were chosen"
            its = [it for it in latest.values() if self._is_ours(it) and not it.is_over(self.at) and not it.is_closed]
            if any(it.declares(account) for it in its):
                continue
            found = None
            # That of the service first: any request of the company with a Pay service can declare it.
            for request in sorted(its, key=lambda it: row.service not in it.services):
                with suppress(TeleproceduresError):
                    found = found or (request, request.declare_account(account, at=self.seen, recorded_at=self.at))
            if found is not None:
                request, decision = found
                latest[request.id] = decision.case
                yield self._finding(Found.ACCOUNT_TOLD, (row,), case=request, account=account, decision=decision)
            elif row.service is None and not row.has_mandate:
                # Beside a service that does not pay it is no difference, and of a mandate more is said below.
                yield self._finding(Found.ACCOUNT_UNEXPLAINED, (row,), account=account)

    def _mandates(self, company: Company, rows: list[Shown]) -> Iterator[Finding]:
        """The mandates that are shown: of each, whether it is followed, and used later than is known."""
        accounts = defaultdict[BankAccount, list[Shown]](list)
        for row in rows:
            if row.account is not None and row.has_mandate:
                accounts[row.account].append(row)
        every = [it for it in self.portfolio.cases if isinstance(it, Mandate)]
        for account, its in accounts.items():
            same = [it for it in every if it.covers(company.organisation, account)]
            known = next((it for it in same if not it.is_closed and not it.is_over(self.at)), None)
            known = known or next((it for it in same if not it.is_closed), None)
            yield from self._mandate(account, its, known, next((it for it in same if it.is_closed), None))

    def _mandate(
        self, account: BankAccount, rows: list[Shown], known: Mandate | None, closed: Mandate | None
    ) -> Iterator[Finding]:
        collected = max((row.last_collected for row in rows if row.last_collected is not None), default=None)
        references, days = ({getattr(row, name) for row in rows} - {None} for name in ("reference", "registered"))
        if known is None and closed is not None:
            yield self._finding(Found.MANDATE_CLOSED, rows[:1], account=account, case=closed)
        elif len(references) > 1 or len(days) > 1:
            yield self._finding(Found.MANDATE_UNEXPLAINED, rows[:1], account=account, case=known)
        elif known is None:
            yield self._new_mandate(account, rows, next(iter(references), None), next(iter(days), None), collected)
        else:
            used = refusal = None
            try:
                used = None if collected is None else self._used(known, collected)
            except TeleproceduresError as refused:
                refusal = refused
            if refusal is not None or _contradicts(known, references, days):
                yield self._finding(Found.MANDATE_UNEXPLAINED, rows[:1], account=account, case=known, refusal=refusal)
            elif used is not None:
                yield self._finding(Found.MANDATE_USED, rows[:1], account=account, case=known, decision=used)
            elif known.is_over(self.at):
                yield self._finding(Found.MANDATE_UNEXPLAINED, rows[:1], account=account, case=known)

    def _used(self, mandate: Mandate, collected: date) -> Decision[Mandate] | None:
        """The collection of this day, None where it is no later than what is known; raises the refusal."""
        decision = mandate.record_collection(at=collected, recorded_at=self.at)
        same = (decision.case.idle, decision.case.state) == (mandate.idle, mandate.state)
        return None if same or decision.case.is_over(self.at) else decision

    def _new_mandate(
        self,
        account: BankAccount,
        rows: list[Shown],
        reference: MandateReference | None,
        registered: date | None,
        collected: date | None,
    ) -> Finding:
        company = rows[0].organisation
        try:
            decision = Mandate.take_over(
                self.space,
                organisation=company,
                account=account,
                id=self._id("mandate", company, account.iban),
                seen=self.seen,
                source=self.source,
                at=self.at,
                reference=reference,
                registered=registered,
                last_collected=collected,
                company_name=next((row.company_name for row in rows if row.company_name is not None), None),
            )
        except TeleproceduresError as refusal:
            return self._finding(Found.MANDATE_UNEXPLAINED, rows[:1], account=account, refusal=refusal)
        return self._finding(Found.MANDATE_TAKEN_OVER, rows[:1], account=account, decision=decision)

    def _id(self, kind: str, company: Organisation, *parts: object) -> str:
        named = repr((self.space.id, type(company).__name__, company.number, *map(str, parts)))
        return f"{kind}-{sha256(named.encode()).hexdigest()[:32]}"


def _contradicts(mandate: Mandate, references: Collection[object], days: Collection[object]) -> bool:
    """Whether a reference or a day of registration that is shown is another one than that which is known."""
    registered = mandate.registered_at
    told = mandate.since_day if registered == mandate.since else None
    known = None if registered is None else told or civil_day(registered)
    if isinstance(mandate.origin, MandateTakenOver):
        known = mandate.origin.registered
        # What nobody said when it was taken over, the list may say.
        days = days if known is not None else ()
    reference = mandate.origin.reference
    return bool(set(days) - {known}) or (reference is not None and bool(set(references) - {reference}))


def _by_service(rows: Iterable[Shown]) -> dict[str, list[Shown]]:
    """The rows of each service, by its code."""
    found = defaultdict[str, list[Shown]](list)
    for row in rows:
        if row.service is not None:
            found[row.service.code].append(row)
    return found


def _known_longest(rows: list[Shown]) -> Shown:
    """Of several rows of one service, one that says since when it is held, if any does."""
    return next((row for row in rows if row.since is not None), rows[0])
