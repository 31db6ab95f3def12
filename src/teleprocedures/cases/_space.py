"""Step 1: a space is created, then activated with the code received by e-mail; missed, it all starts again.

The boundary (rules 1.9, A2): exactly 48 elapsed hours after the sending is still in time, and one microsecond more is
not. Rules 1.1 to 1.12, 2.1.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final, Self, TypeAlias, final

import attrs

from teleprocedures.cases._case import Action, Actor, Case, give_notice, remind
from teleprocedures.cases._openings import day_seen, since_sending
from teleprocedures.core import (
    LIMIT,
    PAST,
    Advice,
    Decision,
    Entry,
    Event,
    Lapse,
    Lifecycle,
    Message,
    Opening,
    Reminder,
    Row,
    State,
    TakenOver,
    both_times,
    case_id,
    check_after,
    check_code,
    held_elsewhere,
    in_time,
    remark,
    reminder_is_due,
    stands_for,
    time_is_up,
)
from teleprocedures.deadlines import Deadline
from teleprocedures.errors import SpaceNotActiveError, check_kind
from teleprocedures.forms import SpaceForm, check_form
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.values import (
    HELD_ELSEWHERE,
    ActivationCode,
    ContactDetails,
    EmailAddress,
    Held,
    Organisation,
    PersonName,
    SealedCode,
    Secret,
    hashed,
    read_as,
    salt_of,
    seal,
)
from teleprocedures.values import organisation as to_organisation


class SpaceState(StrEnum):
    """Where a space stands (A1)."""

    PENDING = "pending"
    ACTIVE = "active"
    LAPSED = "lapsed"


@attrs.frozen(kw_only=True, weakref_slot=False)
class SpaceRequested(Opening):
    """A space was asked for, its code was sent, and 48 hours began (rules 1.1 to 1.7)."""

    cites: ClassVar[tuple[str, ...]] = ("1.7", LIMIT)

    email: EmailAddress
    password_hash: str = attrs.field(repr=False)
    first_name: PersonName
    last_name: PersonName
    organisation: Organisation
    contact: ContactDetails
    security_question: str
    answer_hash: str = attrs.field(repr=False)
    code: SealedCode
    deadline: Deadline


@attrs.frozen(kw_only=True, weakref_slot=False)
class SpaceTakenOver(TakenOver):
    """A space that was there already is followed from now on (A19), without the password that opens it."""

    email: EmailAddress
    first_name: PersonName
    last_name: PersonName
    organisation: Organisation


class SpaceReminded(Reminder):
    """The user was reminded of the code."""

    __slots__ = ()


class SpaceActivated(Event):
    """The code was entered in time, and the space exists (rule 1.8)."""

    cites: ClassVar[tuple[str, ...]] = ("1.8",)

    __slots__ = ()


class SpaceLapsed(Lapse):
    """The 48 hours passed without the code, as far as is known (rules 1.10 and 1.11)."""

    cites: ClassVar[tuple[str, ...]] = (PAST, "1.11")

    __slots__ = ()


@attrs.frozen(kw_only=True, weakref_slot=False)
class ActivationCodeEmail(Message):
    """The code of a space, by e-mail to its user (rule 1.7); it works until `deadline.closes` (UTC).

    The organisation is None only in a message that an early release stored, which did not say it.
    """

    to: EmailAddress
    organisation: Organisation | None
    code: ActivationCode
    deadline: Deadline


def _requested(space: Space) -> SpaceRequested:
    origin = space.origin
    assert isinstance(origin, SpaceRequested), "a space that was taken over awaits no code"
    return origin


@stands_for("1.8")
def opens_the_space(space: Space, _: datetime, *, code: object) -> bool:
    """Guard: the code given is the one that was sent (rule 1.8).

    Raises `WrongCodeError` for another code.
    """
    rule = space.rulebook.rule("1.8")
    check_code(_requested(space).code, code, salt=space.id, what="emailed_code", rule=rule)
    return True


def send_code(space: Space, _: datetime, *, code: ActivationCode | Held) -> tuple[ActivationCodeEmail, ...]:
    """The e-mail with the code, to the declared address (rule 1.7)."""
    # The portal has sent its own.
    if isinstance(code, Held):
        return ()
    origin = _requested(space)
    email = ActivationCodeEmail(
        case_id=space.id,
        version=space.version,
        to=origin.email,
        organisation=origin.organisation,
        code=code,
        deadline=origin.deadline,
    )
    return (email,)


_PENDING, _ACTIVE, _LAPSED = SpaceState

SPACE: Final = Lifecycle["Space", SpaceState](
    "space",
    SpaceState,
    initial=_PENDING,
    limit="space_activation",
    opens=SpaceRequested,
    entries=(Entry(SpaceTakenOver, _ACTIVE),),
    sends=send_code,
    described=(
        State(_PENDING, "1.8", (Advice(Actor.USER, Action.ENTER_EMAILED_CODE, "1.9"),), runs=True),
        State(_ACTIVE, "1.8", (Advice(Actor.USER, Action.REQUEST_SERVICES, "2.12"),), terminal=True),
        State(_LAPSED, "1.11", (Advice(Actor.USER, Action.SUBMIT_SPACE_AGAIN, "1.11"),), terminal=True),
    ),
    rows=(
        Row("activate", _PENDING, _ACTIVE, SpaceActivated, (in_time, opens_the_space)),
        Row("remind", _PENDING, _PENDING, SpaceReminded, (reminder_is_due,), sends=remind),
        Row("lapse", _PENDING, _LAPSED, SpaceLapsed, (time_is_up,), sends=give_notice),
        # Told late, and in time all the same: the lapse was only presumed.
        Row("activate", _LAPSED, _ACTIVE, SpaceActivated, (held_elsewhere, in_time, opens_the_space), corrects="A15"),
    ),
)


@final
@attrs.frozen(kw_only=True, weakref_slot=False)
class Space(Case):
    """The space of a user, from its request on, or since it is followed; it serves any number of companies (0.1)."""

    lifecycle: ClassVar[Lifecycle[Space, SpaceState]] = SPACE

    origin: SpaceRequested | SpaceTakenOver
    state: SpaceState

    @classmethod
    def create(
        cls,
        form: SpaceForm,
        *,
        id: str,
        password_hash: str,
        answer_hash: str,
        at: datetime | date,
        recorded_at: datetime | None = None,
        code: ActivationCode | Held = HELD_ELSEWHERE,
        rulebook: Rulebook = EXPERT_2024_04_03,
    ) -> Decision[Self]:
        """Ask for a space: an e-mail with its code, which works for 48 elapsed hours (rules 1.1 to 1.9).

        The hours run from `at` where the code is held elsewhere, and are estimated where only the day is known (A22).
        Where it is held here they run from `recorded_at`, when we send it. The hashes are those of the form's password
        and answer.

        Raises `InvalidValueError` for a naive instant, for an id or a hash that is not a text, and for no form. Raises
        `OutOfOrderError` for an `at` that is to come.
        """
        check_form(form, SpaceForm)
        id = case_id(id)
        at, recorded_at, day = both_times(at, recorded_at, rulebook)
        event = SpaceRequested(
            case_id=id,
            version=1,
            at=at,
            recorded_at=recorded_at,
            day=day,
            rulebook=rulebook,
            email=form.email,
            password_hash=hashed(password_hash),
            first_name=form.first_name,
            last_name=form.last_name,
            organisation=form.organisation,
            contact=form.contact,
            security_question=form.security_question,
            answer_hash=hashed(answer_hash),
            code=seal(code, salt=salt_of("emailed_code", id)),
            deadline=since_sending(rulebook.space_activation, rulebook, code, at=at, recorded_at=recorded_at, day=day),
        )
        return cls.begin(event, code=code)

    @classmethod
    def take_over(
        cls,
        *,
        id: str,
        email: EmailAddress | str,
        first_name: PersonName | str,
        last_name: PersonName | str,
        organisation: Organisation | str,
        seen: date,
        source: str,
        at: datetime | date,
        recorded_at: datetime | None = None,
        rulebook: Rulebook = EXPERT_2024_04_03,
    ) -> Decision[Self]:
        """Follow a space that is there already: it was seen to be active on a civil day, and a source says so (A19).

        Nothing else of it is known, and nothing is asked: no password, no question, no address.

        Raises `InvalidValueError` for a value that is none, for a day that comes after `at`, and for a naive instant.
        Raises `OutOfOrderError` for an `at` that is to come.
        """
        id = case_id(id)
        at, recorded_at, day = both_times(at, recorded_at, rulebook)
        event = SpaceTakenOver(
            case_id=id,
            version=1,
            at=at,
            recorded_at=recorded_at,
            day=day,
            rulebook=rulebook,
            email=read_as(EmailAddress, email),
            first_name=read_as(PersonName, first_name),
            last_name=read_as(PersonName, last_name),
            organisation=to_organisation(organisation),
            seen=day_seen(seen, recorded_at),
            source=remark(source),
        )
        return Decision(cls.opened_by(event), (event,))

    @property
    def email(self) -> EmailAddress:
        """The user's e-mail address (rule 1.1)."""
        return self.origin.email

    @property
    def contact(self) -> EmailAddress:
        """The user's e-mail address, to which reminders and notices go."""
        return self.origin.email

    @property
    def user(self) -> str:
        """The first and last name of the user (rule 1.3)."""
        return f"{self.origin.first_name} {self.origin.last_name}"

    @property
    def organisation(self) -> Organisation:
        """The organisation that the user belongs to (rule 1.4)."""
        return self.origin.organisation

    @property
    def time_limit(self) -> Deadline | None:
        """The 48 hours of the activation, whether they run or are over (1.9); None for a space that was taken over."""
        return self.origin.deadline if isinstance(self.origin, SpaceRequested) else None

    @property
    def held_elsewhere(self) -> bool:
        """Whether the real portal holds the code."""
        return not isinstance(self.origin, SpaceRequested) or isinstance(self.origin.code, Held)

    def activate(
        self, code: ActivationCode | Held | Secret | str, *, at: datetime | date, recorded_at: datetime | None = None
    ) -> Decision[Self]:
        """Activate the space with the code received by e-mail, within 48 elapsed hours (rules 1.8 to 1.10).

        Where the code is held elsewhere, an activation that happened in time and is told later corrects a lapse (A15).

        Raises `DeadlinePassedError` past the 48 hours, whatever the code. Raises `WrongCodeError` for another code.
        Raises `TransitionRefusedError` where no code is awaited. Raises `OutOfOrderError` for instants that contradict
        what is known. Raises `InvalidValueError` for a naive instant, and for a code that is not one.
        """
        code = Secret.of(code)
        return self.decide("activate", at, recorded_at, code=code)


def check_active(space: object, at: datetime | None) -> Space:
    """The space, known to be active when the fact happened, where an instant is given (rule 1.12, A14).

    Raises `InvalidValueError` for what is not a space. Raises `SpaceNotActiveError` for a space that is not active.
    Raises `OutOfOrderError` before the space was active.
    """
    space = check_kind(space, Space, what="space")
    # By what is known now: a space that was ever active is active still.
    if space.state is not _ACTIVE:
        rule = space.rulebook.rule("1.12")
        called = {"space": repr(space.id), "company": str(space.organisation), "state": str(space.state)}
        raise SpaceNotActiveError("space.not_active", rule=rule, **called)
    if at is not None:
        check_after(at, space, since=space.followed)
    return space


SpaceEvent: TypeAlias = SpaceRequested | SpaceTakenOver | SpaceActivated | SpaceReminded | SpaceLapsed
"""What happens to a space."""
