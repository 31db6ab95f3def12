"""A lifecycle of a host's own: a colleague is given a service of a company, accepts by a code, may be revoked.

Nothing in the library knows of it: this table and `register` are all that replay, the codec, sweeps, next steps,
diagrams, strategies and invariants need. The boundary is the host's own time limit: 48 elapsed hours to accept.

    python docs/examples/delegation/delegation.py
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final, Self, final

import attrs

from teleprocedures import (
    EXPERT_2024_04_03,
    ActivationCode,
    Advice,
    Case,
    Deadline,
    Decision,
    EmailAddress,
    Event,
    Head,
    Held,
    Hours,
    Lapse,
    Lifecycle,
    Message,
    Opening,
    Organisation,
    Reminder,
    Row,
    Rule,
    Rulebook,
    SealedCode,
    Service,
    Siren,
    State,
    TimeLimit,
    catalogue,
    check_code,
    give_notice,
    held_elsewhere,
    in_time,
    register,
    remind,
    reminder_is_due,
    salt_of,
    seal,
    time_is_up,
)

RULES: Final = (
    Rule("D1", "a colleague is given a service of a company, and accepts it with a code within 48 hours", "our firm"),
    Rule("D2", "a service that was not accepted in time is given again", "our firm"),
)
RULEBOOK: Final = attrs.evolve(
    EXPERT_2024_04_03,
    version="our-firm",
    title="Our firm's",
    rules=(*EXPERT_2024_04_03.rules, *RULES),
    own_limits={"delegation": TimeLimit(rule="D1", past="D2", duration=Hours(48), reminders=(24,))},
)


class DelegationState(StrEnum):
    """Where a delegation stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    LAPSED = "lapsed"


@attrs.frozen(kw_only=True, weakref_slot=False)
class DelegationOffered(Opening):
    """A colleague was given a service of a company; 48 hours began."""

    colleague: EmailAddress
    company: Organisation
    service: Service
    code: SealedCode
    deadline: Deadline


class DelegationAccepted(Event):
    """The colleague entered the code in time."""

    __slots__ = ()


class DelegationReminded(Reminder):
    """The colleague was reminded."""

    __slots__ = ()


class DelegationLapsed(Lapse):
    """The 48 hours passed."""

    __slots__ = ()


@attrs.frozen(kw_only=True, weakref_slot=False)
class DelegationRevoked(Event):
    """The service was taken back, and why."""

    reason: str

    @classmethod
    def of(cls, head: Head, _: Delegation, *, reason: str) -> Self:
        """As it was given."""
        return cls(**head, reason=reason)


@attrs.frozen(kw_only=True, weakref_slot=False)
class DelegationCode(Message):
    """The code, to the colleague."""

    to: EmailAddress
    code: ActivationCode
    deadline: Deadline


def code_opens(delegation: Delegation, _: datetime, *, code: object) -> bool:
    """Guard: the code given is the one that was sent."""
    rule = delegation.rulebook.rule("D1")
    check_code(delegation.origin.code, code, salt=delegation.id, what="emailed_code", rule=rule)
    return True


def send_code(delegation: Delegation, _: datetime, *, code: ActivationCode | Held) -> tuple[DelegationCode, ...]:
    """The message with the code, unless it is held elsewhere."""
    if isinstance(code, Held):
        return ()
    id, version, asked = delegation.id, delegation.version, delegation.origin
    return (DelegationCode(case_id=id, version=version, to=asked.colleague, code=code, deadline=asked.deadline),)


_OFFERED, _ACCEPTED, _REVOKED, _LAPSED = DelegationState

DELEGATION: Final = Lifecycle["Delegation", DelegationState](
    "delegation",
    DelegationState,
    initial=_OFFERED,
    limit="delegation",
    opens=DelegationOffered,
    sends=send_code,
    described=(
        State(_OFFERED, "D1", (Advice("colleague", "accept_delegation", "D1"),), runs=True),
        State(_ACCEPTED, "D1"),
        State(_REVOKED, "D1", terminal=True),
        State(_LAPSED, "D2", (Advice("user", "offer_again", "D2"),), terminal=True),
    ),
    rows=(
        Row("accept", _OFFERED, _ACCEPTED, DelegationAccepted, (in_time, code_opens)),
        Row("revoke", _OFFERED, _REVOKED, DelegationRevoked),
        Row("revoke", _ACCEPTED, _REVOKED, DelegationRevoked),
        Row("remind", _OFFERED, _OFFERED, DelegationReminded, (reminder_is_due,), sends=remind),
        Row("lapse", _OFFERED, _LAPSED, DelegationLapsed, (time_is_up,), sends=give_notice),
        Row("accept", _LAPSED, _ACCEPTED, DelegationAccepted, (held_elsewhere, in_time, code_opens), corrects="A15"),
    ),
)


@final
@attrs.frozen(kw_only=True, weakref_slot=False)
class Delegation(Case):
    """A service of a company in the hands of a colleague."""

    lifecycle: ClassVar[Lifecycle[Delegation, DelegationState]] = DELEGATION

    origin: DelegationOffered
    state: DelegationState

    @classmethod
    def offer(
        cls,
        colleague: EmailAddress,
        company: Organisation,
        service: Service,
        *,
        id: str,
        code: ActivationCode | Held,
        at: datetime,
        rulebook: Rulebook = RULEBOOK,
    ) -> Decision[Self]:
        """Give a colleague a service of a company (D1)."""
        event = DelegationOffered(
            case_id=id,
            version=1,
            at=at,
            rulebook=rulebook,
            colleague=colleague,
            company=company,
            service=service,
            code=seal(code, salt=salt_of("emailed_code", id)),
            deadline=rulebook.starting(rulebook.limits["delegation"], at),
        )
        return cls.begin(event, code=code)

    @property
    def held_elsewhere(self) -> bool:
        """Whether somebody else holds the code, and rules."""
        return isinstance(self.origin.code, Held)

    @property
    def contact(self) -> EmailAddress:
        """The colleague's address."""
        return self.origin.colleague

    @property
    def organisation(self) -> Organisation:
        """The company."""
        return self.origin.company

    @property
    def services(self) -> tuple[Service, ...]:
        """The service."""
        return (self.origin.service,)

    def accept(self, code: object, *, at: datetime, recorded_at: datetime | None = None) -> Decision[Self]:
        """Accept the service with the code, within 48 elapsed hours (D1)."""
        return self.decide("accept", at, recorded_at, code=code)

    def revoke(self, reason: str, *, at: datetime, recorded_at: datetime | None = None) -> Decision[Self]:
        """Take the service back."""
        return self.decide("revoke", at, recorded_at, reason=reason)


register(Delegation, rulebooks=[RULEBOOK])


if __name__ == "__main__":
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    offered = Delegation.offer(
        EmailAddress("paul@cabinet-durand.fr"),
        Siren("552 008 443"),
        catalogue.PAY_VAT,
        id="delegation-1",
        code=ActivationCode("K7MQ2XW9"),
        at=start,
    ).case
    print(*offered.next_steps(at=start), sep="\n")
    print(offered.accept("K7MQ2XW9", at=start + timedelta(hours=48)).case.state)
    print(DELEGATION.to_mermaid())
