"""Histories under rulebooks of other days and other time zones: which one a case is under, and how it counts.

There are two. The second comes into force at a midnight in Paris, near which these histories begin. Days are counted
in Nouméa by the one, and in Martinique by the other. Instants are told in the offset of Nouméa, and mean the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import attrs

from teleprocedures.core import Decision
from teleprocedures.deadlines import CivilDays, CivilMonths, Hours, TimeUnit
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook, in_force
from teleprocedures.testing._moves import Move
from teleprocedures.testing._play import Play
from teleprocedures.testing._shipped import straight_on
from teleprocedures.testing.vectors._search import Road, Telling
from teleprocedures.testing.vectors._told import Plain, forms

_ZONE: Final = "Pacific/Noumea"
_OTHER: Final = "America/Martinique"


def _rulebook(version: str, day: date, zone: str, counts: tuple[int, int, int]) -> Rulebook:
    """The rules with a zone and counts of their own.

    These are the days of a code, which are the hours of a space too, then the days of a letter and the idle months. A
    link has a day more than a space.
    """
    letter, announced, months = counts
    limits: Mapping[str, TimeUnit] = {
        "space_activation": Hours(letter),
        "link_use": Hours(letter + 24),
        "services_activation": CivilDays(letter, zone),
        "mandate_use": CivilMonths(months, zone),
    }
    changes: dict[str, Any] = {"version": version, "in_force_from": day, "letter_announced": CivilDays(announced, zone)}
    changes |= {name: attrs.evolve(EXPERT_2024_04_03.limits[name], duration=unit) for name, unit in limits.items()}
    return attrs.evolve(EXPERT_2024_04_03, **changes)


BOOKS: Final = (
    _rulebook("first", date(2024, 1, 1), _ZONE, (40, 10, 12)),
    _rulebook("second", date(2024, 6, 4), _OTHER, (30, 7, 18)),
)
_MIDNIGHT: Final = datetime(2024, 6, 3, 22, tzinfo=UTC)
"""The first instant of the second one."""


@attrs.define(repr=False)
class _Dated(Play):
    """A play in which each case is under the rulebook that was in force when it was asked for."""

    def _decide(self, move: Move, given: Mapping[str, Any]) -> Decision[Any]:
        self.rulebook = in_force(BOOKS, self.at if move.at is None else move.at)
        return super()._decide(move, given)


def told_books() -> list[Plain]:
    """The rulebooks, as they are told: what is not said of them is as in the rules of all files."""
    return [
        {
            "version": book.version,
            "in_force_from": book.in_force_from.isoformat(),
            **{name: _unit(limit.duration) for name, limit in book.limits.items()},
            "letter_announced": _unit(book.letter_announced),
        }
        for book in BOOKS
    ]


def _unit(unit: TimeUnit | None) -> Plain:
    if isinstance(unit, Hours):
        return {"hours": unit.count}
    assert unit is not None, "every limit is set here"
    return {"months" if isinstance(unit, CivilMonths) else "days": unit.count, "zone": unit.zone}


def rulebooks(*, held: bool) -> Iterator[Plain]:
    """The histories of one level: with codes `held` elsewhere, or here."""
    for name, start, road in _roads():
        telling = Telling.at(start, held=held, play=_Dated, zone=_ZONE)
        looks: list[Plain] = []
        for number, step in enumerate(road):
            telling.goes(step, road[:number])
            for look in map(telling.teller.looked, telling.play.cases.values()):
                if look["expect"] not in looks:
                    looks.append(look["expect"])
                    telling.teller.steps.append(look)
        yield {"name": name, "steps": telling.teller.steps}


def _roads() -> Iterator[tuple[str, datetime, Road]]:
    tick, hour, day = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
    straight, (created, activated, *_) = straight_on(), straight_on()
    request = Move("request_adhesion", "space-1", "adhesion-1", given={"form": forms()["paying"]})
    yield "on the eve", _MIDNIGHT - tick, straight
    yield "on its first instant", _MIDNIGHT, straight
    yield "on its first day", _MIDNIGHT + 3 * hour, straight
    yield (
        "told late, of the day before and of the day",
        _MIDNIGHT - 2 * day,
        (
            created,
            activated,
            2 * day + hour,
            _on(request, _MIDNIGHT - hour),
            _on(_second(request), _MIDNIGHT + hour / 2),
        ),
    )
    first, then = date(2024, 6, 3), date(2024, 6, 4)
    yield (
        "told by the day before and by the day",
        _MIDNIGHT - 3 * day,
        (
            created,
            activated,
            5 * day,
            _on(request, first),
            _on(_second(request), then),
            "due_at",
            Move("remind", "adhesion-2"),
            "safe_until",
            "between",
            "closes",
            "lapses_at",
            Move("lapse", "adhesion-2"),
        ),
    )
    for start, name in ((_MIDNIGHT - 9 * hour, "first"), (_MIDNIGHT + 6 * hour, "second")):
        letters = (Move("record_letter", "adhesion-1", given={"edited": first + day * number}) for number in (-1, 0, 1))
        yield (
            f"a letter under the {name}",
            start,
            (
                created,
                activated,
                request,
                *letters,
                "due_at",
                Move("remind", "adhesion-1"),
                "closes",
                Move("activate", "adhesion-1"),
                Move("issue_mandate", "adhesion-1", "mandate-1"),
                Move("sign", "mandate-1"),
                Move("send", "mandate-1"),
                2 * day,
                _on(Move("register", "mandate-1"), (start + 42 * day).date()),
                "due_at",
                Move("remind", "mandate-1"),
                "closes",
                "lapses_at",
                Move("lapse", "mandate-1"),
            ),
        )


def _on(move: Move, at: datetime | date) -> Move:
    return attrs.evolve(move, at=at)


def _second(move: Move) -> Move:
    return attrs.evolve(move, makes="adhesion-2")
