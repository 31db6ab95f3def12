"""Where a company stands with each service, from never asked for to held."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import attrs

from teleprocedures.cases import Adhesion
from teleprocedures.core import oldest_first
from teleprocedures.deadlines import Deadline
from teleprocedures.errors import shows_half_built
from teleprocedures.rulebook import CATALOGUE, Catalogue, Service
from teleprocedures.values import FileNumber, Organisation


class Standing(StrEnum):
    """Where a company stands with a service."""

    HELD = "held"
    AWAITED = "awaited"
    LAPSED = "lapsed"
    NEVER = "never"


@shows_half_built
@attrs.frozen(kw_only=True)
class Holding:
    """Where a company stands with a service, in which request, and the time limit that runs there, if any."""

    service: Service
    standing: Standing
    adhesion: Adhesion | None = None
    deadline: Deadline | None = None


def holdings(requests: Iterable[Adhesion], at: datetime) -> dict[str, Holding]:
    """Where each service of the catalogue and of any request stands, by its code."""
    ordered = oldest_first(requests)
    standings = {
        service.code: Holding(service=service, standing=Standing.NEVER) for service in _catalogue(ordered).services
    }
    # From the weakest to the strongest: a request that holds a service counts before one that awaits it.
    for standing in (Standing.LAPSED, Standing.AWAITED, Standing.HELD):
        for request in ordered:
            if _standing(request, at) is standing:
                deadline = request.deadline if standing is Standing.AWAITED else None
                for service in request.services:
                    standings[service.code] = Holding(
                        service=service, standing=standing, adhesion=request, deadline=deadline
                    )
    return standings


def missing(
    requests: Iterable[Adhesion], services: Iterable[Service | str] | None, company: Organisation, at: datetime
) -> tuple[Service, ...]:
    """Those of these services, or of all, that the company neither holds nor awaits but could ask for (2.3)."""
    ordered = oldest_first(requests)
    catalogue = _catalogue(ordered)
    wanted = catalogue.services if services is None else tuple(catalogue.find(service) for service in services)
    has = {service for request in ordered if not request.is_over(at) for service in request.services}
    possible = (it for it in wanted if it.open_to_file_number or not isinstance(company, FileNumber))
    return tuple(service for service in possible if service not in has)


def _standing(request: Adhesion, at: datetime) -> Standing:
    if request.is_held(at):
        return Standing.HELD
    return Standing.LAPSED if request.is_over(at) else Standing.AWAITED


def _catalogue(ordered: tuple[Adhesion, ...]) -> Catalogue:
    # Of the latest request, whose rulebook has what can be asked for now.
    return ordered[-1].rulebook.catalogue if ordered else CATALOGUE
