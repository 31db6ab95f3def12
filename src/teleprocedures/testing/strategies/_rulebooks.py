"""Rulebooks other than the shipped one: other time limits, reminders and services, under the same rules."""

from __future__ import annotations

from string import ascii_lowercase
from typing import Final

import attrs
from hypothesis import strategies as st

from teleprocedures.deadlines import CivilDays, CivilMonths, Hours
from teleprocedures.errors import Rule
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03, RULES, Catalogue, Rulebook, Service, TimeLimit
from teleprocedures.testing.strategies._times import civil_days, zones

__all__ = [
    "catalogues",
    "civil_limits",
    "hour_limits",
    "rulebooks",
    "rules",
    "services",
    "time_limits",
]

_OWN: Final = "own-"


def rules() -> st.SearchStrategy[Rule]:
    """Give the rules of the procedure, as refusals, deadlines and advice cite them.

    >>> from hypothesis import find
    >>> find(rules(), lambda _: True)
    Rule(id='0.1')
    """
    return st.sampled_from(RULES)


@st.composite
def services(draw: st.DrawFn) -> Service:
    """Give services that a host may add, whose codes begin with `own-`, with any mix of what a service asks for.

    >>> from hypothesis import find
    >>> find(services(), lambda service: service.needs_mandate).pays
    True
    """
    pays = draw(st.booleans())
    return Service(
        code=_OWN + draw(st.text(ascii_lowercase, min_size=1, max_size=8)),
        title=draw(st.sampled_from(("Télédéclarer", "Consulter le compte fiscal", "Démarches"))),
        needs_company_email=draw(st.booleans()),
        pays=pays,
        needs_mandate=pays and draw(st.booleans()),
        open_to_file_number=draw(st.booleans()),
    )


def catalogues() -> st.SearchStrategy[Catalogue]:
    """Give the shipped catalogue, alone or with services of a host's own.

    >>> from hypothesis import find
    >>> find(catalogues(), lambda _: True) == CATALOGUE
    True
    """
    added = st.lists(services(), max_size=3, unique_by=lambda service: service.code)
    return added.map(lambda more: CATALOGUE.extended(*more))


def _reminders() -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(st.integers(1, 30), max_size=3, unique=True).map(tuple)


def _limit(
    base: TimeLimit, durations: st.SearchStrategy[Hours] | st.SearchStrategy[CivilDays | CivilMonths]
) -> st.SearchStrategy[TimeLimit]:
    return st.builds(
        lambda duration, reminders: attrs.evolve(base, duration=duration, reminders=reminders), durations, _reminders()
    )


def hour_limits(base: TimeLimit = EXPERT_2024_04_03.link_use) -> st.SearchStrategy[TimeLimit]:
    """Give time limits in elapsed hours, with up to three reminders, that cite the rules of `base`.

    >>> from hypothesis import find
    >>> find(hour_limits(), lambda limit: limit.duration.count > 48).duration
    Hours(count=49)
    """
    return _limit(base, st.integers(1, 500).map(Hours))


def civil_limits(base: TimeLimit = EXPERT_2024_04_03.services_activation) -> st.SearchStrategy[TimeLimit]:
    """Give time limits in civil days or months of any zone, with up to three reminders, that cite the rules of `base`.

    >>> from hypothesis import find
    >>> find(civil_limits(), lambda limit: limit.duration.count > 1).duration
    CivilDays(count=2, zone='Europe/Paris')
    """
    days = st.builds(CivilDays, st.integers(1, 400), zones())
    return _limit(base, days | st.builds(CivilMonths, st.integers(1, 60), zones()))


def time_limits() -> st.SearchStrategy[TimeLimit]:
    """Give time limits of any unit, with up to three reminders.

    >>> from hypothesis import find
    >>> find(time_limits(), lambda limit: limit.reminders).reminders
    (1,)
    """
    return hour_limits() | civil_limits()


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    """Give rulebooks: the shipped one, or one with other time limits and services, where mandates may never lapse.

    >>> from hypothesis import Phase, find, settings
    >>> find(rulebooks(), lambda _: True, settings=settings(phases=[Phase.generate]))
    Rulebook('expert-2024-04-03')
    """
    if not draw(st.booleans()):
        return EXPERT_2024_04_03
    shipped = EXPERT_2024_04_03
    assert shipped.mandate_use is not None
    return attrs.evolve(
        shipped,
        version=draw(st.sampled_from(("own-1", "own-2"))),
        in_force_from=draw(civil_days(2024, 2030)),
        space_activation=draw(hour_limits(shipped.space_activation)),
        link_use=draw(hour_limits(shipped.link_use)),
        services_activation=draw(civil_limits(shipped.services_activation)),
        mandate_use=draw(st.none() | civil_limits(shipped.mandate_use)),
        letter_announced=draw(st.none() | st.integers(1, 30).map(CivilDays)),
        catalogue=draw(catalogues()),
    )
