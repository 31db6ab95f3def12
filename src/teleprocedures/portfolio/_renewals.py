"""Which request takes the place of which, and which services are requested twice (A16, A18).

A request names by its id the one that it renews or replaces. An id can be wrong, because whoever stored it may have
mixed up two companies. Such a request takes the place of nothing, since it would silence another company's request. It
is told to whoever asks (`Renewals.wrong`). Each question is answered in one pass over the requests of a company.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import attrs

from teleprocedures.cases import Adhesion
from teleprocedures.core import oldest_first
from teleprocedures.rulebook import Service


@attrs.frozen(kw_only=True)
class Renewals:
    """What the requests among some cases renew.

    The mapping `before` has by the id of a request the id of the one that it renews. The `wrong` requests name one that
    they cannot renew: themselves, one made later, or one of another company or another space (3.3).
    """

    before: Mapping[str, str]
    wrong: tuple[Adhesion, ...]

    @classmethod
    def of(cls, requests: Iterable[Adhesion]) -> Renewals:
        """Read the renewals of these requests; a request that renews none of them counts as renewing nothing."""
        known = {request.id: request for request in requests}
        named = [(it, known[it.origin.renews]) for it in known.values() if it.origin.renews in known]
        possible = {later.id: earlier.id for later, earlier in named if _can_renew(later, earlier)}
        return cls(before=possible, wrong=oldest_first(later for later, _ in named if later.id not in possible))

    def asked_again(self, requests: tuple[Adhesion, ...], at: datetime) -> Mapping[str, frozenset[Service]]:
        """By the id of a request, the services that live requests ask for in its place, directly or in a chain.

        The `requests` are those of one company, the oldest first.
        """
        again: defaultdict[str, frozenset[Service]] = defaultdict(frozenset)
        # From the last one back: what is asked in the place of a renewal is asked in the place of what it renews.
        for request in reversed(requests):
            earlier = self.before.get(request.id)
            if earlier is not None:
                own = frozenset[Service]() if request.is_over(at) else frozenset(request.services)
                again[earlier] |= again[request.id] | own
        return again


def _can_renew(later: Adhesion, earlier: Adhesion) -> bool:
    same = (later.organisation, later.space_id) == (earlier.organisation, earlier.space_id)
    return same and (earlier.origin.at, earlier.id) < (later.origin.at, later.id)


def repeated(
    requests: tuple[Adhesion, ...], again: Mapping[str, frozenset[Service]], at: datetime
) -> Iterator[tuple[Adhesion, Service, Adhesion]]:
    """What live requests of one company ask for though an earlier one has it, with the first that has it (A18).

    It is said while one of the two awaits it. The `requests` are the oldest first. What is asked for `again` in the
    place of a request, that request does not have.
    """
    has: dict[Service, Adhesion] = {}
    for request in requests:
        if request.is_over(at):
            continue
        for service in request.services:
            if service in again.get(request.id, ()):
                continue
            other = has.setdefault(service, request)
            if other is not request and not (other.is_held(at) and request.is_held(at)):
                yield request, service, other
