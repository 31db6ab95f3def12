"""Which request takes the place of which (A16).

A request names by its id the one that it renews or replaces. An id can be wrong, because whoever stored it may have
mixed up two companies. Such a request takes the place of nothing, since it would silence another company's request. It
is told to whoever asks (`Renewals.wrong`).

The order. Requests come the oldest first. Of two that were made at one instant, the one that renews the other comes
after it, whatever their ids. So one pass from the last request back meets every renewal before what it renews.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import attrs

from teleprocedures.cases import Adhesion, Case


@attrs.frozen(kw_only=True)
class Renewals:
    """What the requests among some cases renew.

    The `requests` are the oldest first. The mapping `before` has by the id of a request the id of the one that it
    renews. The `wrong` requests name one that they cannot renew: themselves, one made later, one of another company or
    another space (3.3), or one that renews them in turn.
    """

    requests: tuple[Adhesion, ...]
    before: Mapping[str, str]
    wrong: tuple[Adhesion, ...]

    @classmethod
    def of(cls, requests: Iterable[Adhesion]) -> Renewals:
        """Read the renewals of these requests; a request that renews none of them counts as renewing nothing."""
        known = {request.id: request for request in requests}
        named = {it.id: it.origin.renews for it in known.values() if it.origin.renews in known}
        before = {
            later: earlier for later, earlier in named.items() if earlier and _can_renew(known[later], known[earlier])
        }
        # Only among requests of one instant can a chain lead back to where it began.
        depths = _depths(before, known)
        before = {later: earlier for later, earlier in before.items() if later in depths}
        ordered = sorted(known.values(), key=lambda it: (begun_at(it), depths.get(it.id, 0), it.id))
        wrong = named.keys() - before
        return cls(requests=tuple(ordered), before=before, wrong=tuple(it for it in ordered if it.id in wrong))


def begun_at(case: Case) -> datetime:
    """When a case was there (UTC): when it was opened, or as early as what was taken over is known to have been."""
    origin = case.origin
    return min(origin.at, origin.began)


def _can_renew(later: Adhesion, earlier: Adhesion) -> bool:
    same = (later.organisation, later.space_id) == (earlier.organisation, earlier.space_id)
    return same and begun_at(earlier) <= begun_at(later)


def _depths(before: Mapping[str, str], known: Mapping[str, Adhesion]) -> dict[str, int]:
    """How many requests of the same instant each renews in a chain; nothing for a chain that has no beginning."""
    depths: dict[str, int] = {}
    endless: set[str] = set()
    for start in known:
        chain: dict[str, None] = {}
        id = start
        while id not in depths and id not in endless and id not in chain:
            chain[id] = None
            earlier = before.get(id)
            if earlier is None or begun_at(known[earlier]) < begun_at(known[id]):
                depths[id] = 0
                break
            id = earlier
        if id in depths:
            depths |= {it: place for place, it in enumerate(reversed([it for it in chain if it != id]), depths[id] + 1)}
        else:
            endless |= chain.keys()
    return depths
