"""Step 3: the code posted to the company activates the requested services; missed, they are requested again.

The boundary (rules 3.1, A3, A11). The code works to the last microsecond, in Paris, of the 60th civil day after the day
the letter bears. Day 59 is the safe one, shown to people. Rules 3.1 to 3.5.

The two ends of an estimate. Where we post the letter, its day is known. Where the code is held elsewhere, the portal
posts it, and its day is unknown until somebody has seen the letter and reports it (`record_letter`). A deadline has two
ends, and until then each is counted from another day (`estimate`).

- The end that people are shown (`safe_until`) is counted from the earliest day that the letter can bear, which is the
  validation's. So nobody is told a day on which the code may be dead.
- The end at which the clock records a lapse (`closes`) is counted from the last day that was announced (F2), 14 days
  later. So nothing is given up while the code may still work.

Between the two the code may or may not work, and what is advised is to enter it without waiting. A reported day settles
both ends, whenever it is reported. Until then a code that the portal took is believed, even after the estimate has
ended: the portal knew the day, and the estimate did not.

After a lapse, only what the portal can know brings a request back (`held_elsewhere`). The report of a day goes through
one of two rows. If the 60 days from that day still run when it is told, the request awaits its code again. If they are
over too, the lapse stands, and is an estimate no longer. Where we hold the code, a lapse is final.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final, Self, TypeAlias

import attrs

from teleprocedures.building import builder
from teleprocedures.cases._case import Action, Actor, give_notice, remind
from teleprocedures.cases._space import check_active
from teleprocedures.core import (
    EVER,
    LIMIT,
    PAST,
    Advice,
    Entry,
    Event,
    Head,
    Lapse,
    Lifecycle,
    Reminder,
    Row,
    State,
    TakenOver,
    check_code,
    held_elsewhere,
    in_time,
    latest,
    reminder_is_due,
    stands_for,
    time_is_up,
)
from teleprocedures.deadlines import (
    RESOLUTION,
    Deadline,
    Hours,
    civil_day,
    first_instant,
    last_instant,
    plain_day,
    time_zone,
)
from teleprocedures.errors import AccountRefusedError, InvalidValueError, WrongSpaceError, show, shows_half_built
from teleprocedures.forms import Applicant, KnownForm
from teleprocedures.rulebook import Rulebook
from teleprocedures.values import (
    HELD_ELSEWHERE,
    ActivationCode,
    BankAccount,
    EmailAddress,
    Held,
    SealedCode,
    read_as,
    salt_of,
    seal,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from teleprocedures.cases._adhesion import Adhesion


class ActivationState(StrEnum):
    """Where the activation of a request's services stands."""

    AWAITING_CODE = "awaiting_code"
    ACTIVE = "active"
    LAPSED = "lapsed"


# --- Events -----------------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True, weakref_slot=False)
class LetterPosted(Event):
    """A request was validated and its letter posted, and 60 days began (A3).

    The letter bears the civil day `edited`, None while that is not known.
    """

    code: SealedCode
    deadline: Deadline
    edited: date | None = None

    @classmethod
    def of(cls, head: Head, adhesion: Adhesion, *, code: ActivationCode | Held) -> Self:
        """The event for a letter that we post, which bears the day of its posting, or that the portal posts (A3)."""
        rulebook, sealed = adhesion.rulebook, seal(code, salt=salt_of("letter_code", adhesion.id))
        if isinstance(code, Held):
            until = latest(head["at"], head["recorded_at"], head["day"])
            return cls(**head, code=sealed, deadline=estimate(rulebook, head["at"], until))
        # What we send is dated by its telling (A2): the link may have been used long before we heard of it.
        posted = head["recorded_at"]
        deadline = rulebook.starting(rulebook.services_activation, posted)
        return cls(**head, code=sealed, deadline=deadline, edited=civil_day(posted, letter_zone(rulebook)))


@attrs.frozen(kw_only=True, weakref_slot=False)
class LinkProvedByLetter(LetterPosted):
    """The day of a letter was told though nobody noted that the link was used: it was, at an unknown instant (A23)."""

    moves: ClassVar[bool] = False
    cites: ClassVar[tuple[str, ...]] = ("A23", LIMIT)

    @classmethod
    def of(cls, head: Head, adhesion: Adhesion, *, edited: date) -> Self:  # type: ignore[override] # it has a day, and no code
        """The event with the deadline that the letter's day settles, at both ends."""
        rulebook, edited = adhesion.rulebook, plain_day(edited)
        deadline = rulebook.starting(rulebook.services_activation, edited)
        return cls(**head, code=HELD_ELSEWHERE, deadline=deadline, edited=edited)


@attrs.frozen(kw_only=True, weakref_slot=False)
class LetterRecorded(Event):
    """The letter was seen, and bears the civil day `edited`, from which the 60 days are counted (A3)."""

    cites: ClassVar[tuple[str, ...]] = ("A3", LIMIT)

    edited: date
    deadline: Deadline

    @classmethod
    def of(cls, head: Head, adhesion: Adhesion, *, edited: date) -> Self:
        """The event with the deadline that this day settles, at both ends."""
        rulebook, edited = adhesion.rulebook, plain_day(edited)
        return cls(**head, edited=edited, deadline=rulebook.starting(rulebook.services_activation, edited))


class OverdueLetterRecorded(LetterRecorded):
    """The day of the letter of a lapsed request was told, and its 60 days are over too: the lapse stands (A3)."""

    cites: ClassVar[tuple[str, ...]] = ("A3", PAST)

    __slots__ = ()


@attrs.frozen(kw_only=True, weakref_slot=False)
class AccountDeclared(Event):
    """The company's account was declared after the request (A17)."""

    cites: ClassVar[tuple[str, ...]] = ("A17",)

    account: BankAccount

    @classmethod
    def of(cls, head: Head, _: Adhesion, *, account: BankAccount) -> Self:
        """The event with the account as it was given."""
        return cls(**head, account=account)


class ActivationReminded(Reminder):
    """The user was reminded of the code, or of a letter not seen yet."""

    __slots__ = ()


class ServicesActivated(Event):
    """The code was entered in time, from the space that asked: all the services are held (rules 3.3, 3.5, A4)."""

    cites: ClassVar[tuple[str, ...]] = ("3.3", "3.5")

    __slots__ = ()


class LinkProvedByCode(ServicesActivated):
    """The code was entered though nobody noted that the link was used: it was, at an unknown instant (A23)."""

    cites: ClassVar[tuple[str, ...]] = ("A23", "3.3", "3.5")

    __slots__ = ()


@attrs.frozen(kw_only=True, weakref_slot=False)
class FollowedFromNow(TakenOver):
    """What is known of a company's services in a space that were there before anybody began to follow them (A19).

    The `requester` is the e-mail address of the space, and `requester_name` its user.
    """

    renews: ClassVar[None] = None
    token: ClassVar[None] = None

    space_id: str
    requester: EmailAddress
    requester_name: str
    form: KnownForm


@attrs.frozen(kw_only=True, weakref_slot=False)
class ServicesTakenOver(FollowedFromNow):
    """Services that were held already are followed from now on, without the steps that brought them (A19).

    They are held `since` a civil day, None if nobody said.
    """

    since: date | None

    @property
    def known_from(self) -> date | None:
        """The day since which they are held."""
        return self.since


@attrs.frozen(kw_only=True, weakref_slot=False)
class RequestTakenOver(FollowedFromNow):
    """A request that was under way is followed from now on: its letter is posted, and its code not entered (A19).

    The civil day of the request is `requested`, and the letter bears the day `edited`. Each is None if nobody said.
    """

    requested: date | None
    edited: date | None
    deadline: Deadline

    @property
    def known_from(self) -> date | None:
        """The day of the request."""
        return self.requested


class ActivationLapsed(Lapse):
    """The 60 days passed without the code, as far as is known (rule 3.4)."""

    __slots__ = ()


# --- The day of the letter --------------------------------------------------------------------------------------------


def letter_zone(rulebook: Rulebook) -> ZoneInfo:
    """The time zone in which the days of letters are counted."""
    duration = rulebook.services_activation.duration
    assert not isinstance(duration, Hours), "the rulebook checks that its unit is civil"
    return time_zone(duration.zone)


def estimate(rulebook: Rulebook, validated_at: datetime, until: datetime | None = None) -> Deadline:
    """The deadline of a code whose letter's day is not known, on the safe side at both ends (A3, F2).

    The safe day counts from the earliest day that the letter can bear, the validation's. Nothing lapses before the code
    of a letter edited on the last announced day has ended. A letter not seen by then is worth a reminder. The
    validation may have happened later, `until` an instant (UTC), where only its day is known (A22).
    """
    limit, announced = rulebook.services_activation, rulebook.letter_announced
    early = attrs.evolve(rulebook.starting(limit, validated_at, until=until), estimated=True)
    # Nobody has said how late a letter may be: then only its earliest day can be counted from.
    if announced is None:
        return early
    expected = announced.starting(until or validated_at)
    last_day = civil_day(expected.closes, time_zone(announced.zone))
    return attrs.evolve(
        early,
        closes=rulebook.starting(limit, last_day).closes,
        reminders=tuple(sorted({*early.reminders, expected.lapses_at})),
    )


def deadline_of_old(
    rulebook: Rulebook, seen: date, requested: date | None, edited: date | None, *, linked: bool
) -> Deadline:
    """The deadline of a request that is taken over, from its letter's day, else from its own, else from what was seen.

    Where it was `linked`, the letter was posted once the link was used, at the end of its hours maybe. The code worked
    when it was seen to be awaited, whatever is counted from the day of the request. Where nobody knows either day, it
    may have ended that evening. It works no longer than that of a request made on that day (A3, A19).
    """
    if edited is not None:
        return rulebook.starting(rulebook.services_activation, edited)
    zone = letter_zone(rulebook)
    alive = last_instant(seen, zone)
    if requested is not None:
        used = rulebook.starting(rulebook.link_use, last_instant(requested, zone)).closes if linked else None
        deadline = estimate(rulebook, first_instant(requested, zone), used and min(used, alive))
        return attrs.evolve(deadline, closes=max(deadline.closes, alive))
    deadline, safe_until = estimate(rulebook, first_instant(seen, zone)), alive
    # Its safe day is there already: what is left to remind of is the letter, which should have been seen.
    letter = _announced_by(rulebook, deadline)
    return attrs.evolve(deadline, safe_until=safe_until, reminders=() if letter is None else (letter + RESOLUTION,))


def _activation(adhesion: Adhesion) -> Activation:
    assert adhesion.activation is not None, "its table answers once there is one"
    return adhesion.activation


def _deadline(adhesion: Adhesion) -> Deadline:
    deadline = _activation(adhesion).deadline
    assert deadline is not None, "a code was awaited"
    return deadline


def _announced(adhesion: Adhesion) -> datetime | None:
    """The last instant (UTC) of the day by which the letter is announced, while its own day is unknown (F2)."""
    return _announced_by(adhesion.rulebook, _deadline(adhesion))


def _announced_by(rulebook: Rulebook, deadline: Deadline) -> datetime | None:
    announced = rulebook.letter_announced
    return announced.starting(deadline.opened).closes if announced is not None and deadline.estimated else None


# --- Guards -----------------------------------------------------------------------------------------------------------


def the_letter(adhesion: Adhesion) -> datetime:
    """What a code follows (A14): the validation and, once it is known, the first instant (UTC) of the letter's day."""
    letter = _activation(adhesion).letter
    if letter is None:
        return adhesion.followed
    return max(adhesion.followed, first_instant(letter, letter_zone(adhesion.rulebook)))


def the_request(adhesion: Adhesion) -> datetime:
    """What the declaration of an account follows (A17), which is the request."""
    # Not what happened last: an account may have been declared before the code was entered, and be told after it.
    return adhesion.origin.followed if isinstance(adhesion.origin, TakenOver) else adhesion.origin.at


@stands_for(PAST, "A15", looks_at="time_limit.estimated time_limit.closes")
def code_still_works(adhesion: Adhesion, at: datetime) -> bool:
    """Guard: the code is in time, or the letter's day is not known, so that what the portal took is believed (A15)."""
    return _deadline(adhesion).estimated or in_time(adhesion, at)


@stands_for("3.3", "1.12", looks_at="given_space=given.space.id state=given.space space_id")
def from_the_space_that_asked(adhesion: Adhesion, at: datetime, *, space: object) -> bool:
    """Guard: the verb comes from the space that asked, which is active (rules 1.12 and 3.3).

    Raises `SpaceNotActiveError` for a space that is not active. Raises `WrongSpaceError` for another one. Raises
    `OutOfOrderError` for an instant before the space was active.
    """
    active, expected = check_active(space, at), adhesion.space_id
    if active.id != expected:
        raise WrongSpaceError(
            "space.wrong",
            space=repr(active.id),
            request=repr(adhesion.id),
            expected=repr(expected),
            company=str(adhesion.organisation),
            services=tuple(service.code for service in adhesion.services),
            rule=adhesion.rulebook.rule("3.3"),
        )
    return True


@stands_for("A23", looks_at="held_elsewhere")
def entered_elsewhere(adhesion: Adhesion, _: datetime, *, code: object) -> bool:
    """Guard: the code was entered on the portal, which held it and so had posted its letter (A23).

    Raises `WrongCodeError` for any other code.
    """
    check_code(HELD_ELSEWHERE, code, salt=adhesion.id, what="letter_code", rule=adhesion.rulebook.rule("3.3"))
    return True


@stands_for("3.3")
def opens_the_services(adhesion: Adhesion, _: datetime, *, code: object) -> bool:
    """Guard: the code given is the one of the letter (rule 3.3).

    Raises `WrongCodeError` for another code.
    """
    rule = adhesion.rulebook.rule("3.3")
    check_code(_activation(adhesion).code, code, salt=adhesion.id, what="letter_code", rule=rule)
    return True


@stands_for(PAST, "A3", looks_at="held_elsewhere time_limit.estimated time_limit.closes")
def letter_counts(adhesion: Adhesion, at: datetime) -> bool:
    """Guard: a reported day settles an estimate at any time, and corrects that of our own letter only in time (A3)."""
    return adhesion.held_elsewhere or in_time(adhesion, at)


def _first_day(adhesion: Adhesion, _: datetime | None = None) -> date | None:
    """The first day that the letter can bear, None of a request whose day nobody said: it is as old as it is."""
    # Where the portal posts it, the use of the link may have been told late, and the letter be older than `since`.
    earliest = the_request(adhesion) if adhesion.held_elsewhere else adhesion.since
    # No zone has a day before the first.
    return None if earliest == EVER else civil_day(earliest, letter_zone(adhesion.rulebook))


@stands_for("A3", looks_at="given.edited told=given.recorded_at", earliest=_first_day)
def letter_can_bear(adhesion: Adhesion, _: datetime, *, edited: object, recorded_at: datetime) -> bool:
    """Guard: the letter can bear this day, which is any from the request's to the telling's (A3).

    A letter that we post bears no day before the validation's. Raises `InvalidValueError` for any other day.
    """
    first = _first_day(adhesion) or date.min
    last = civil_day(recorded_at, letter_zone(adhesion.rulebook))
    if not isinstance(edited, date) or isinstance(edited, datetime) or not first <= edited <= last:
        days = {"first": first.isoformat(), "last": last.isoformat()}
        raise InvalidValueError("letter.not_allowed", value=show(edited), **days)
    return True


@stands_for("A15", looks_at="given.edited told=given.recorded_at")
def letter_runs_again(adhesion: Adhesion, _: datetime, *, edited: date, recorded_at: datetime) -> bool:
    """Guard: the code of a letter of this day still works when the day is told (A15)."""
    rulebook = adhesion.rulebook
    return not rulebook.starting(rulebook.services_activation, edited).has_passed(recorded_at)


@stands_for("2.13", looks_at="services")
def pays(adhesion: Adhesion, _: datetime) -> bool:
    """Guard: the request has a Pay service, which is what accounts are for (2.13).

    Raises `AccountRefusedError` when no service of it pays.
    """
    if any(service.pays for service in adhesion.services):
        return True
    services = tuple(service.code for service in adhesion.services)
    raise AccountRefusedError("account.not_allowed", services=services, rule=adhesion.rulebook.rule("2.13"))


@stands_for("A17", "2.13", looks_at="given.account accounts")
def account_is_new(adhesion: Adhesion, _: datetime, *, account: BankAccount | str) -> bool:
    """Guard: the account was not declared before (A17).

    Raises `AccountRefusedError` for one that was.
    """
    account = read_as(BankAccount, account)
    if adhesion.declares(account):
        raise AccountRefusedError("account.repeated", account=str(account), rule=adhesion.rulebook.rule("A17"))
    return True


def letter_is_awaited(adhesion: Adhesion, at: datetime) -> bool:
    """Whether the day of the letter is not known, so that somebody has to see the letter and report it (F2)."""
    return _deadline(adhesion).estimated and not letter_is_overdue(adhesion, at)


def letter_is_overdue(adhesion: Adhesion, at: datetime) -> bool:
    """Whether the letter should have come and nobody reported it, so that it may be lost (F2, A16)."""
    announced = _announced(adhesion)
    return announced is not None and at > announced


def third_party_asked(adhesion: Adhesion, _: datetime) -> bool:
    """Whether a third party asked, who does not receive the letter (rule 3.2)."""
    return adhesion.applicant is Applicant.THIRD_PARTY


# --- The table --------------------------------------------------------------------------------------------------------

_AWAITING, _ACTIVE, _LAPSED = ActivationState

ACTIVATION: Final = Lifecycle["Adhesion", ActivationState](
    "activation",
    ActivationState,
    initial=_AWAITING,
    limit="services_activation",
    entries=(
        Entry(RequestTakenOver, _AWAITING),
        Entry(ServicesTakenOver, _ACTIVE),
        Entry(LinkProvedByCode, _ACTIVE),
    ),
    described=(
        State(
            _AWAITING,
            "3.1",
            (
                Advice(Actor.USER, Action.WATCH_LETTER, "F2", letter_is_awaited, _announced),
                Advice(Actor.USER, Action.CHASE_LETTER, "F2", letter_is_overdue),
                Advice(Actor.USER, Action.ASK_FOR_CODE, "3.2", third_party_asked),
                Advice(Actor.COMPANY, Action.PASS_CODE_ON, "3.2", third_party_asked),
                Advice(Actor.USER, Action.ENTER_LETTER_CODE, "3.1"),
            ),
            runs=True,
        ),
        State(_ACTIVE, "3.5", terminal=True),
        State(_LAPSED, "3.4", (Advice(Actor.USER, Action.RENEW_ADHESION, "3.4"),), terminal=True),
    ),
    rows=(
        Row("record_letter", _AWAITING, _AWAITING, LetterRecorded, (letter_counts, letter_can_bear)),
        Row(
            "activate",
            _AWAITING,
            _ACTIVE,
            ServicesActivated,
            (code_still_works, from_the_space_that_asked, opens_the_services),
            after=the_letter,
        ),
        Row("declare_account", _AWAITING, _AWAITING, AccountDeclared, (pays, account_is_new), after=the_request),
        Row("declare_account", _ACTIVE, _ACTIVE, AccountDeclared, (pays, account_is_new), after=the_request),
        # A renewal is a case of its own, and changes nothing here (A5): these rows only say when it is possible.
        Row("renew", _AWAITING, _AWAITING, None, (from_the_space_that_asked,)),
        Row("renew", _LAPSED, _LAPSED, None, (from_the_space_that_asked,)),
        Row("remind", _AWAITING, _AWAITING, ActivationReminded, (reminder_is_due,), sends=remind),
        Row("lapse", _AWAITING, _LAPSED, ActivationLapsed, (time_is_up,), sends=give_notice),
        Row(
            "activate",
            _LAPSED,
            _ACTIVE,
            ServicesActivated,
            (held_elsewhere, code_still_works, from_the_space_that_asked, opens_the_services),
            after=the_letter,
            corrects="A15",
        ),
        # Of these two, the first whose guards agree: the day brings the request back, or confirms that it has lapsed.
        Row(
            "record_letter",
            _LAPSED,
            _AWAITING,
            LetterRecorded,
            (held_elsewhere, letter_can_bear, letter_runs_again),
            corrects="A15",
        ),
        Row("record_letter", _LAPSED, _LAPSED, OverdueLetterRecorded, (held_elsewhere, letter_can_bear)),
    ),
)


@shows_half_built
@attrs.frozen(kw_only=True, weakref_slot=False)
class Activation:
    """The part of a request that waits for the code of the letter.

    The `deadline` stays once it is over. It is None where the code was never awaited here. The `letter` is the civil
    day that the letter bears, None while it is not known.
    """

    state: ActivationState
    code: SealedCode
    deadline: Deadline | None
    letter: date | None = None

    @classmethod
    def opened_by(cls, event: Event) -> Activation | None:
        """The activation that this event begins, None for an event that begins none.

        A letter that is posted does (2.5), and so does what is taken over (A19), or a code that proves it all (A23).
        """
        deadline: Deadline | None
        letter: date | None
        match event:
            case LetterPosted():
                code, deadline, letter = event.code, event.deadline, event.edited
            case RequestTakenOver():
                code, deadline, letter = HELD_ELSEWHERE, event.deadline, event.edited
            case ServicesTakenOver() | LinkProvedByCode():
                code, deadline, letter = HELD_ELSEWHERE, None, None
            case _:
                return None
        return _made(state=ACTIVATION.enters(type(event)), code=code, deadline=deadline, letter=letter)

    def changed_by(self, event: Event, state: ActivationState) -> Activation:
        """The activation after an event that leads to this state; the day of a letter settles its time limit (A3)."""
        if isinstance(event, LetterRecorded):
            return _made(state=state, code=self.code, deadline=event.deadline, letter=event.edited)
        return _made(state=state, code=self.code, deadline=self.deadline, letter=self.letter)


_made: Final = builder(Activation)

ActivationEvent: TypeAlias = (
    RequestTakenOver
    | ServicesTakenOver
    | AccountDeclared
    | LetterRecorded
    | OverdueLetterRecorded
    | ServicesActivated
    | ActivationReminded
    | ActivationLapsed
)
"""What happens to a request once its letter is posted; an account may be declared earlier."""
