"""Time limits: the units to count them in, and the deadline that a limit becomes when it starts.

Instants are UTC, to the microsecond. A `Deadline` is computed once, when it starts, and then kept: a later change of
the rules or of a time zone moves no past deadline. Nothing here reads a clock.

- `Hours` are elapsed time (A2). A limit of 48 hours (1.9, 2.9) is 48 times 3,600 seconds, whatever clocks do meanwhile.
- `CivilDays` are days of the calendar of a time zone (A3). The first does not count, and a limit of 60 days (3.1) ends
  with day 60. Day 59 is the *safe* day, which is shown to people, for whoever counts the first day.
- `CivilMonths` are months of that calendar (F1), rounded down at a month's end (article 641 of the code of civil
  procedure).

A limit that ends on a weekend or a holiday is never moved (A11).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, TypeAlias

import attrs

from teleprocedures.deadlines._civil import ONE_DAY, RESOLUTION, first_instant, last_instant, months_later, time_zone
from teleprocedures.errors import InvalidValueError, Rule, show, shows_half_built

PARIS: Final = "Europe/Paris"
MOST: Final = 1_000_000
_END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)
_EXAMPLE: Final = "datetime(2024, 3, 1, 9, 30, tzinfo=UTC)"


def instant(at: datetime, name: str = "at") -> datetime:
    """Return an aware datetime in UTC; the very same object when it is in UTC already.

    A datetime of a subclass, of pandas or freezegun say, is made a plain one, because what is kept has to be stored. An
    error calls the value by its `name`.

    Raises `InvalidValueError` for what is not a datetime, for a naive one, and for one outside the years 1 to 9999 in
    UTC.

    >>> from datetime import timezone
    >>> instant(datetime(2024, 3, 1, 10, 30, tzinfo=timezone(timedelta(hours=1)))).isoformat()
    '2024-03-01T09:30:00+00:00'
    >>> instant(datetime(2024, 3, 1, 10, 30))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    teleprocedures.errors.InvalidValueError: at 2024-03-01T10:30:00 is naive; expected an aware datetime, such as ...
    """
    if type(at) is datetime and at.tzinfo is UTC:
        return at
    return _in_utc(at, name)


def _in_utc(at: object, name: str) -> datetime:
    # Apart from `instant`, which every verb calls, and nearly always with UTC.
    if not isinstance(at, datetime):
        raise _malformed(at, name)
    if type(at) is not datetime:
        at = _plain(at, name)
    if at.utcoffset() is None:
        raise InvalidValueError("instant.naive", name=name, value=at.isoformat(), example=_EXAMPLE)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise InvalidValueError("instant.out_of_range", name=name, value=at.isoformat(), example=_EXAMPLE) from None


def _malformed(at: object, name: str) -> InvalidValueError:
    return InvalidValueError("instant.malformed", name=name, value=show(at), example=_EXAMPLE)


def _plain(at: datetime, name: str) -> datetime:
    try:
        time = (at.hour, at.minute, at.second, at.microsecond)
        return datetime(at.year, at.month, at.day, *time, at.tzinfo, fold=at.fold)  # noqa: DTZ001 - its own, if it has one
    except (TypeError, ValueError, OverflowError):
        # What is no time (NaT of pandas), or of a year that datetimes do not have.
        raise _malformed(at, name) from None


def civil_day(at: datetime, zone: tzinfo | None = None) -> date:
    """Return the civil day of an instant, in Paris unless `zone` is another; the last there is if clocks show none."""
    try:
        return at.astimezone(time_zone(PARIS) if zone is None else zone).date()
    except OverflowError:
        return date.max


def plain_day(day: date) -> date:
    """Return a civil day as a plain `date`, also one of a subclass; anything else is returned as it is."""
    # A datetime is a date in Python, and no civil day here.
    if type(day) is date or not isinstance(day, date) or isinstance(day, datetime):
        return day
    return date(day.year, day.month, day.day)


@shows_half_built
@attrs.frozen(kw_only=True, weakref_slot=False)
class Deadline:
    """One time limit that runs or ran, from `opened` to `closes`, its last usable instant.

    All instants are UTC, and both of these are included. What is shown to people ends at `safe_until`. The start is not
    known for sure yet where it is `estimated`. The `rule` is the one that sets the limit. The `reminders` are the
    instants to remind of it, soonest first, computed once like the rest of it.

    Raises `InvalidValueError` for an instant that is not in UTC, or that comes after `closes`. Raises
    `InvalidValueError` when nothing can come after `closes`.
    """

    opened: datetime
    safe_until: datetime
    closes: datetime
    estimated: bool = False
    rule: Rule | None = None
    reminders: tuple[datetime, ...] = ()

    def __attrs_post_init__(self) -> None:
        for name in ("opened", "safe_until", "closes"):
            # Round the guard of a frozen class, as attrs itself does: this is still its making.
            if type(getattr(self, name)) is not datetime:
                object.__setattr__(self, name, _own(getattr(self, name)))
        if self.reminders:
            object.__setattr__(self, "reminders", tuple(map(_own, self.reminders)))
        self.check()

    def check(self) -> None:
        """Raise `InvalidValueError` for instants that the class refuses, which storage may hold all the same."""
        closes = self.closes
        # `closes` first: the others are compared with it.
        for place, value in enumerate((closes, self.opened, self.safe_until, *self.reminders)):
            if type(value) is not datetime or value.tzinfo is not UTC or value > closes:
                _check_instant(_INSTANTS[min(place, 3)], value, closes)
        if closes == _END_OF_TIME:
            raise InvalidValueError("deadline.endless", value=closes.isoformat())

    @property
    def lapses_at(self) -> datetime:
        """The first late instant (UTC): one microsecond after `closes`."""
        return self.closes + RESOLUTION

    def has_passed(self, at: datetime) -> bool:
        """Say whether `at` is late, which is after `closes` and not at it (A2, A3).

        Raises `InvalidValueError` for anything but an aware datetime.
        """
        return instant(at) > self.closes

    def due_after(self, at: datetime) -> datetime:
        """The first instant (UTC) later than `at` at which the clock decides: the next reminder, else the lapse."""
        for reminder in self.reminders:
            if reminder > at:
                return reminder
        return self.closes + RESOLUTION


def _own(value: datetime) -> datetime:
    """An instant of UTC as a plain one; anything else stays as it is, and is refused by the check."""
    return instant(value) if isinstance(value, datetime) and value.tzinfo is UTC else value


_INSTANTS: Final = ("closes", "opened", "safe_until", "reminders")


def _check_instant(name: str, value: datetime, closes: datetime) -> None:
    if instant(value, name) is not value:
        expected = value.astimezone(UTC).isoformat()
        raise InvalidValueError("deadline.not_utc", name=name, value=value.isoformat(), expected=expected)
    raise InvalidValueError("deadline.out_of_order", name=name, value=value.isoformat(), expected=closes.isoformat())


def _check_count(count: object, least: int) -> None:
    if isinstance(count, int) and not isinstance(count, bool) and least <= count <= MOST:
        return
    # Python refuses to write out an integer of thousands of digits.
    value = "of many digits" if isinstance(count, int) and abs(count) > 10 * MOST else show(count)
    raise InvalidValueError("count.not_allowed", value=value, least=least, most=MOST)


def _limit(_unit: object, _field: object, count: int) -> None:
    _check_count(count, 1)


def _zone(_unit: object, _field: object, key: str) -> None:
    time_zone(key)


def _outside(limit: object, near: date) -> InvalidValueError:
    return InvalidValueError("limit.out_of_range", limit=str(limit), near=near.isoformat())


def _reminder_outside(unit: type[TimeUnit], count: int, near: date) -> InvalidValueError:
    limit = f"{unit.__name__}({count})"
    return InvalidValueError("limit.reminder_out_of_range", limit=limit, near=near.isoformat())


@shows_half_built
@attrs.frozen
class Hours:
    """Hours of elapsed time (A2): a change of clocks neither gives nor takes one.

    Exactly `count` hours after the start is still in time, and one microsecond more is not (1.9, 2.9). Raises
    `InvalidValueError` for a `count` that is not 1 to 1,000,000.

    >>> Hours(48).starting(datetime(2025, 3, 29, 11, tzinfo=UTC)).closes.isoformat()
    '2025-03-31T11:00:00+00:00'
    """

    count: int = attrs.field(validator=_limit)

    def starting(self, opened: datetime, *, rule: Rule | None = None, estimated: bool = False) -> Deadline:
        """Return the deadline of a limit that starts at `opened`, an aware datetime; it is safe until it closes.

        Raises `InvalidValueError` for an `opened` that is anything else. Raises `InvalidValueError` when the limit
        would go past year 9999.
        """
        opened = instant(opened, "opened")
        try:
            closes = opened + timedelta(hours=self.count)
        except OverflowError:
            raise _outside(self, opened) from None
        return Deadline(opened=opened, safe_until=closes, closes=closes, estimated=estimated, rule=rule)

    def ahead(self, deadline: Deadline, count: int) -> datetime:
        """Return the instant (UTC) that is `count` hours before the deadline closes, to remind of it.

        Raises `InvalidValueError` for a `count` that is not 0 to 1,000,000, and for an instant before year 1.
        """
        _check_count(count, 0)
        try:
            return deadline.closes - timedelta(hours=count)
        except OverflowError:
            raise _reminder_outside(Hours, count, deadline.closes) from None


@shows_half_built
@attrs.frozen
class _CivilUnit(ABC):
    """What days and months of a calendar share, which is that they end with a civil day of a time zone."""

    count: int = attrs.field(validator=_limit)
    zone: str = attrs.field(default=PARIS, validator=_zone)

    @abstractmethod
    def _last_day(self, first: date) -> date: ...

    def starting(self, opened: date, *, rule: Rule | None = None, estimated: bool = False) -> Deadline:
        """Return the deadline of a limit that starts on a civil day: a date, or what clocks read at an aware datetime.

        A date opens at its first instant in the zone, and a datetime at itself. The deadline closes with the limit's
        last civil day, and is safe until the end of the day before.

        Raises `InvalidValueError` for an `opened` that is anything else. Raises `InvalidValueError` when the limit
        would leave the years 1 to 9999.
        """
        zone = time_zone(self.zone)
        if not isinstance(opened, date):
            raise InvalidValueError("day.malformed", name="opened", value=show(opened), example=_EXAMPLE)
        start = instant(opened, "opened") if isinstance(opened, datetime) else None
        try:
            first = start.astimezone(zone).date() if start else plain_day(opened)
            last = self._last_day(first)
            closes = last_instant(last, zone)
            safe_until = last_instant(last - ONE_DAY, zone)
            start = start or first_instant(first, zone)
        except OverflowError:
            raise _outside(self, opened) from None
        return Deadline(opened=start, safe_until=safe_until, closes=closes, estimated=estimated, rule=rule)

    def ahead(self, deadline: Deadline, count: int) -> datetime:
        """Return the first instant (UTC) of the civil day that is `count` days before the deadline's safe day.

        Days are counted so for a limit in months too. Raises `InvalidValueError` for a `count` that is not 0 to
        1,000,000, and for a day outside the years 1 to 9999.
        """
        zone = time_zone(self.zone)
        _check_count(count, 0)
        try:
            return first_instant(deadline.safe_until.astimezone(zone).date() - count * ONE_DAY, zone)
        except OverflowError:
            raise _reminder_outside(CivilDays, count, deadline.safe_until) from None


class CivilDays(_CivilUnit):
    """Civil days of a time zone (A3): the first does not count, and the last counts to its end.

    A limit that ends on a holiday stays there (A11). Raises `InvalidValueError` for a `count` that is not 1 to
    1,000,000, and for a `zone` that is no IANA key.

    >>> deadline = CivilDays(60).starting(date(2025, 3, 2))
    >>> deadline.safe_until.isoformat(), deadline.closes.isoformat()
    ('2025-04-30T21:59:59.999999+00:00', '2025-05-01T21:59:59.999999+00:00')
    """

    __slots__ = ()

    def _last_day(self, first: date) -> date:
        return first + self.count * ONE_DAY


class CivilMonths(_CivilUnit):
    """Calendar months of a time zone, to the end of the same day of the month.

    Where that month has no such day, the limit ends with its last one (article 641 of the code of civil procedure).
    Raises `InvalidValueError` for a `count` that is not 1 to 1,000,000, and for a `zone` that is no IANA key.

    >>> CivilMonths(36).starting(date(2024, 2, 29)).closes.isoformat()
    '2027-02-28T22:59:59.999999+00:00'
    """

    __slots__ = ()

    def _last_day(self, first: date) -> date:
        return months_later(first, self.count)


TimeUnit: TypeAlias = Hours | CivilDays | CivilMonths
