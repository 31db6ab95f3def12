"""What a company has: the one model that payments, steps, risk, repeats, holdings, remedies and plans read.

A record has every case of one company, each once: of one id the highest version counts (A18). It keeps no state. Asked
`at` an instant, it answers with a situation, which is what had been asked for by then and how it stands. A situation
says which requests live, which services are held or awaited, and what is asked for in the place of what. It says which
accounts are declared in which space, and which mandate an account goes by. Each answer takes one pass over the cases of
the company, and is kept with the situation.

Rules A5, A8, A16, A17 and A18.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache, cached_property
from typing import Final

import attrs

from teleprocedures.cases import MANDATE, Adhesion, Case, Mandate, MandateState, Space, SpaceState, each_once
from teleprocedures.core import Reason, Row, oldest_first
from teleprocedures.errors import InvalidValueError
from teleprocedures.portfolio._renewals import Renewals, begun_at
from teleprocedures.portfolio._standing import Holding, Standing
from teleprocedures.rulebook import CATALOGUE, Catalogue, Service
from teleprocedures.values import BankAccount, FileNumber, Organisation

_NOTHING: Final[frozenset[Service]] = frozenset()


def _requests(requests: Iterable[Adhesion]) -> tuple[Adhesion, ...]:
    return each_once(requests, Adhesion, what="adhesion")


def _mandates(mandates: Iterable[Mandate]) -> tuple[Mandate, ...]:
    return oldest_first(each_once(mandates, Mandate, what="mandate"))


def _cases(cases: Iterable[Case]) -> tuple[Case, ...]:
    return oldest_first(each_once(cases, Case, what="case"))


def _in_order(record: Record) -> Renewals:
    for case in (*record.adhesions, *record.mandates):
        if case.organisation != record.organisation:
            named = tuple(sorted({str(record.organisation), str(case.organisation)}))
            raise InvalidValueError("company.several", value=named)
    renewals = Renewals.of(record.adhesions)
    object.__setattr__(record, "adhesions", renewals.requests)
    return renewals


@attrs.frozen(kw_only=True)
class Record:
    """What is known of one company: its requests and its mandates, the oldest first.

    The `spaces` are those that its requests come from, as far as they are known, and `others` are cases of any other
    kind that are about it. Raises `InvalidValueError` for a case of another kind or of another company.
    """

    organisation: Organisation
    adhesions: tuple[Adhesion, ...] = attrs.field(default=(), converter=_requests)
    mandates: tuple[Mandate, ...] = attrs.field(default=(), converter=_mandates)
    spaces: tuple[Case, ...] = attrs.field(default=(), converter=_cases)
    others: tuple[Case, ...] = attrs.field(default=(), converter=_cases)
    renewals: Renewals = attrs.field(
        init=False, eq=False, repr=False, default=attrs.Factory(_in_order, takes_self=True)
    )

    @property
    def catalogue(self) -> Catalogue:
        """The services that can be asked for now, which are those of the latest request's rulebook."""
        return self.adhesions[-1].rulebook.catalogue if self.adhesions else CATALOGUE

    def at(self, at: datetime) -> Situation:
        """How all of it stands at this instant (UTC)."""
        return Situation(record=self, at=at)

    @property
    def has_left(self) -> bool:
        """Whether all requests of the company are closed, or all its mandates where nothing else is known (A21)."""
        cases = self.adhesions or self.mandates
        return all(case.is_closed for case in cases) and any(map(is_left, cases))

    def can_ask_for(self, service: Service) -> bool:
        """Whether the company can ask for the service at all, as a file number opens only some (2.3)."""
        return service.open_to_file_number or not isinstance(self.organisation, FileNumber)


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Situation:
    """The requests, mandates and spaces of a company as they stand at an instant (UTC).

    A request that was made after that instant is left out.
    """

    record: Record
    at: datetime

    # --- Requests ---

    @cached_property
    def requests(self) -> tuple[Adhesion, ...]:
        """The requests made by then, the oldest first, and not closed (A21)."""
        return tuple(it for it in self.record.adhesions if it.closing is None and begun_at(it) <= self.at)

    @cached_property
    def left_to_others(self) -> frozenset[Service]:
        """The services of closed requests that no other one of the company has: nobody here asks for them (A21)."""
        left = [it for it in self.record.adhesions if is_left(it)]
        return frozenset(service for request in left for service in request.services) - self.has if left else _NOTHING

    @cached_property
    def live(self) -> tuple[Adhesion, ...]:
        """Those that hold their services, or await them."""
        return tuple(it for it in self.requests if not it.is_over(self.at))

    @cached_property
    def _live_ids(self) -> frozenset[str]:
        return frozenset(it.id for it in self.live)

    def lives(self, request: Adhesion) -> bool:
        """Whether a request of the company is not over."""
        return request.id in self._live_ids

    @cached_property
    def has(self) -> frozenset[Service]:
        """The services that are held or awaited."""
        return frozenset(service for request in self.live for service in request.services)

    def asking(self, service: Service) -> tuple[Adhesion, ...]:
        """The requests that have the service among theirs, over or not, the oldest first."""
        return self._by_service.get(service, ())

    @cached_property
    def _by_service(self) -> Mapping[Service, tuple[Adhesion, ...]]:
        found: defaultdict[Service, list[Adhesion]] = defaultdict(list)
        for request in self.requests:
            for service in request.services:
                found[service].append(request)
        return {service: tuple(requests) for service, requests in found.items()}

    def holdings(self) -> dict[str, Holding]:
        """Where each service of the catalogue and of any request stands, by its code."""
        found = {it.code: Holding(service=it, standing=Standing.NEVER) for it in self.record.catalogue.services}
        # From the weakest to the strongest: a request that holds a service counts before one that awaits it.
        for standing in (Standing.LAPSED, Standing.AWAITED, Standing.HELD):
            for request in self.requests:
                if self.standing(request) is standing:
                    deadline = request.deadline if standing is Standing.AWAITED else None
                    for service in request.services:
                        found[service.code] = Holding(
                            service=service, standing=standing, adhesion=request, deadline=deadline
                        )
        return found

    def standing(self, request: Adhesion) -> Standing:
        """Where a request stands: it holds its services, awaits them, or is over."""
        if request.is_held(self.at):
            return Standing.HELD
        return Standing.AWAITED if self.lives(request) else Standing.LAPSED

    def missing(self, services: Iterable[Service | str] | None = None) -> tuple[Service, ...]:
        """Those of these services, or of all, that are neither held nor awaited but could be asked for (2.3).

        Nothing is missing that a closed request had, nor to a company that has left (A21).
        """
        catalogue = self.record.catalogue
        wanted = catalogue.services if services is None else found_in(catalogue, services)
        if self.record.has_left:
            return ()
        taken = self.has | self.left_to_others
        return tuple(it for it in wanted if self.record.can_ask_for(it) and it not in taken)

    # --- Who took the place of whom ---

    def left(self, request: Adhesion) -> tuple[Service, ...]:
        """The services for which a request still asks for something (A5, A16).

        Others are asked for in its place, directly or in a chain: by requests that live where it lives itself, and by
        any where it is over. One that is over leaves out what the company has elsewhere too.
        """
        if self.lives(request):
            return tuple(it for it in request.services if it not in self._again.get(request.id, _NOTHING))
        taken = self.has | self._ever_again.get(request.id, _NOTHING)
        return tuple(it for it in request.services if it not in taken)

    @cached_property
    def _again(self) -> Mapping[str, frozenset[Service]]:
        return self._in_place_of(self._live_ids)

    @cached_property
    def _ever_again(self) -> Mapping[str, frozenset[Service]]:
        return self._in_place_of(frozenset(it.id for it in self.requests))

    def _in_place_of(self, counting: frozenset[str]) -> Mapping[str, frozenset[Service]]:
        again: defaultdict[str, frozenset[Service]] = defaultdict(frozenset)
        before = self.record.renewals.before
        # From the last one back: what is asked in the place of a renewal is asked in the place of what it renews.
        for request in reversed(self.requests):
            earlier = before.get(request.id)
            if earlier is not None:
                own = frozenset(request.services) if request.id in counting else _NOTHING
                again[earlier] |= again[request.id] | own
        return again

    def repeated(self) -> Iterator[tuple[Adhesion, Service, Adhesion]]:
        """Each service that a live request repeats: that request, the service, and the earlier one that has it (A18).

        Of several earlier ones it is the first. Two requests that both hold a service repeat nothing. Neither does a
        request that was made in the place of the other.
        """
        has: dict[Service, Adhesion] = {}
        for request in self.live:
            for service in self.left(request):
                other = has.setdefault(service, request)
                if other is not request and not (other.is_held(self.at) and request.is_held(self.at)):
                    yield request, service, other

    # --- Accounts and mandates ---

    @cached_property
    def declared(self) -> Mapping[str, tuple[BankAccount, ...]]:
        """The accounts declared in each space, by its id, in the order in which they came to be (A17).

        Those of a request that is over count too.
        """
        found: defaultdict[str, tuple[BankAccount, ...]] = defaultdict(tuple)
        for request in self.requests:
            found[request.space_id] = tuple(dict.fromkeys((*found[request.space_id], *request.accounts)))
        return found

    @cached_property
    def issuing(self) -> Mapping[BankAccount, Adhesion]:
        """The accounts for which a mandate is of use, each with the last request that one can be issued from (A8).

        That request lives, has the account, and has a service that needs a mandate (2.14).
        """
        able = (it for it in self.live if any(service.needs_mandate for service in it.services))
        return {account: request for request in able for account in request.accounts}

    @cached_property
    def mandates(self) -> Mapping[BankAccount, Mandate]:
        """The mandate that each account goes by (A8).

        It is the one registered at that instant, else the one on its way that has come furthest, else one that lapsed.
        Of equals the last one issued counts.
        """
        found: defaultdict[BankAccount, list[Mandate]] = defaultdict(list)
        for mandate in self.record.mandates:
            if mandate.closing is None and begun_at(mandate) <= self.at:
                found[mandate.account].append(mandate)
        return {account: max(mandates, key=self._rank) for account, mandates in found.items()}

    def _rank(self, mandate: Mandate) -> tuple[bool, bool, int, datetime, str]:
        lives = not mandate.is_over(self.at)
        left = len(to_register(mandate.state)) if lives else 0
        return mandate.is_registered(self.at), lives, -left, mandate.origin.at, mandate.id

    # --- Spaces ---

    @property
    def spaces(self) -> tuple[Space, ...]:
        """The active spaces that follow the company, the oldest first."""
        ids = {request.space_id for request in self.requests}
        return tuple(
            it
            for it in self.record.spaces
            if isinstance(it, Space)
            and it.id in ids
            and it.state is SpaceState.ACTIVE
            and it.since <= self.at
            and it.closing is None
        )


def is_left(case: Case) -> bool:
    """Whether a case was closed because somebody left; what was closed by mistake or as a repetition never was."""
    return case.closing is not None and case.closing.reason not in {Reason.MISTAKE, Reason.REPEATED}


@cache
def to_register(state: MandateState) -> tuple[Row[Mandate], ...]:
    """The rows that are left until a mandate in this state is registered; none for one that has lapsed."""
    return MANDATE.path(state, MandateState.REGISTERED) or ()


def found_in(catalogue: Catalogue, services: Iterable[Service | str] | Service | str) -> tuple[Service, ...]:
    """These services as the catalogue has them, each once; one alone is a list of one.

    Raises `InvalidValueError` for one that it does not have, and for what is no list of services.
    """
    if isinstance(services, (str, Service)) or not isinstance(services, Iterable):
        services = (services,)
    return tuple(dict.fromkeys(map(catalogue.find, services)))
