"""What a mandate says: its states, its table, its events, and who must do what in each state.

The boundary (F1): a registered mandate that has collected nothing for 36 calendar months lapses one microsecond after
the end, in Paris, of the day of the same number. The snapshot that these events make is in `mandate`. Rules 2.14 to
2.19.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Final

import attrs

from teleprocedures.core import Action, Actor, Event, Lifecycle, NextStep, Opening
from teleprocedures.deadlines import Deadline
from teleprocedures.rulebook import Rulebook
from teleprocedures.values import (
    BankAccount,
    CreditorIdentifier,
    EmailAddress,
    MandateReference,
    Organisation,
    PersonName,
)


class MandateState(StrEnum):
    """Where a mandate stands."""

    ISSUED = "issued"
    SIGNED = "signed"
    SENT = "sent"
    REGISTERED = "registered"
    LAPSED = "lapsed"


MANDATE: Final = Lifecycle(
    "mandate",
    MandateState,
    initial=MandateState.ISSUED,
    terminal=frozenset({MandateState.LAPSED}),
    rows=(
        {"trigger": "sign", "source": "issued", "dest": "signed", "conditions": ["signed_by_the_representative"]},
        {"trigger": "send", "source": "signed", "dest": "sent"},
        {"trigger": "register", "source": "sent", "dest": "registered"},
        {"trigger": "record_collection", "source": "registered", "dest": "=", "conditions": ["can_lapse", "in_time"]},
        {"trigger": "record_collection", "source": "registered", "dest": "=", "unless": ["can_lapse"]},
        {"trigger": "remind", "source": "registered", "dest": "=", "conditions": ["can_lapse", "reminder_is_due"]},
        {"trigger": "lapse", "source": "registered", "dest": "lapsed", "conditions": ["can_lapse", "time_is_up"]},
    ),
    cites={
        MandateState.ISSUED: "2.16",
        MandateState.SIGNED: "2.17",
        MandateState.SENT: "2.19",
        MandateState.REGISTERED: "2.18",
        MandateState.LAPSED: "F1",
    },
)


@attrs.frozen(kw_only=True, weakref_slot=False)
class MandateIssued(Opening):
    """A mandate was issued for one account of a company, with all that its printed form bears (2.14, 2.15 and A8)."""

    kind: ClassVar[str] = "mandate-issued"
    lifecycle: ClassVar[str] = "mandate"

    adhesion_id: str
    requester: EmailAddress
    reference: MandateReference
    creditor: CreditorIdentifier
    creditor_name: str
    debtor: Organisation
    legal_representative: PersonName | None
    account: BankAccount


class MandateSigned(Event):
    """The company's legal representative signed the mandate (rule 2.16)."""

    __slots__ = ()
    kind: ClassVar[str] = "mandate-signed"
    lifecycle: ClassVar[str] = "mandate"
    trigger: ClassVar[str] = "sign"


class MandateSent(Event):
    """The mandate was sent to the bank that holds the account (rule 2.17)."""

    __slots__ = ()
    kind: ClassVar[str] = "mandate-sent"
    lifecycle: ClassVar[str] = "mandate"
    trigger: ClassVar[str] = "send"


@attrs.frozen(kw_only=True)
class MandateRegistered(Event):
    """The user states that the bank has registered the mandate; 36 idle months begin (rules 2.19 and F1)."""

    kind: ClassVar[str] = "mandate-registered"
    lifecycle: ClassVar[str] = "mandate"
    trigger: ClassVar[str] = "register"

    deadline: Deadline | None


@attrs.frozen(kw_only=True)
class CollectionRecorded(Event):
    """The mandate collected a payment: its 36 idle months begin again (F1)."""

    kind: ClassVar[str] = "collection-recorded"
    lifecycle: ClassVar[str] = "mandate"
    trigger: ClassVar[str] = "record_collection"

    deadline: Deadline | None


class MandateReminded(Event):
    """The user was reminded that the mandate will lapse if it collects nothing."""

    __slots__ = ()
    kind: ClassVar[str] = "mandate-reminded"
    lifecycle: ClassVar[str] = "mandate"
    trigger: ClassVar[str] = "remind"


class MandateLapsed(Event):
    """The mandate collected nothing for 36 months (F1)."""

    __slots__ = ()
    kind: ClassVar[str] = "mandate-lapsed"
    lifecycle: ClassVar[str] = "mandate"
    trigger: ClassVar[str] = "lapse"


@attrs.frozen
class MandateStep(NextStep):
    """One thing to do about the mandate of `account`; `before` says what it comes before, since no time limit runs."""

    account: BankAccount

    @property
    def before(self) -> str:
        """What the step comes before: the first payment by business-to-business debit from the account (rule 2.18)."""
        return f"the first B2B payment from {self.account}"

    def __str__(self) -> str:
        return f"{self.actor}: {self.action}, before {self.before} (rule {self.rule.id})"


TO_DO: Final = MappingProxyType(
    {
        None: ((Actor.USER, Action.ISSUE_MANDATE, "2.15"),),
        MandateState.ISSUED: ((Actor.LEGAL_REPRESENTATIVE, Action.SIGN_MANDATE, "2.16"),),
        MandateState.SIGNED: ((Actor.USER, Action.SEND_MANDATE, "2.17"),),
        MandateState.SENT: ((Actor.BANK, Action.REGISTER_MANDATE, "2.19"), (Actor.USER, Action.CHECK_MANDATE, "2.19")),
        MandateState.REGISTERED: (),
        MandateState.LAPSED: ((Actor.USER, Action.ISSUE_MANDATE_AGAIN, "F1"),),
    }
)
"""Who must do what in each state, None before a mandate is issued."""


def mandate_steps(state: MandateState | None, account: BankAccount, rulebook: Rulebook) -> tuple[MandateStep, ...]:
    """What is to be done about an account whose mandate is in this state, None when it has no mandate yet."""
    return tuple(MandateStep(actor, action, None, rulebook.rule(rule), account) for actor, action, rule in TO_DO[state])
