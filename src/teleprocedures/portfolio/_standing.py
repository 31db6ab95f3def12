"""Where a company stands with each service, from never asked for to held."""

from __future__ import annotations

from enum import StrEnum

import attrs

from teleprocedures.cases import Adhesion
from teleprocedures.deadlines import Deadline
from teleprocedures.errors import shows_half_built
from teleprocedures.rulebook import Service


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
