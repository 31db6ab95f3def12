"""What a mandate says: its states, its table, its events.

The boundary (F1): a registered mandate that has collected nothing for 36 calendar months lapses one microsecond after the end,
in Paris, of the day of the same number. The snapshot that these events make is in `mandate`. Rules 2.14 to 2.19.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Final

import attrs

from teleprocedures.banking import BankAccount, CreditorIdentifier, MandateReference
from teleprocedures.deadlines import Deadline
from teleprocedures.decisions import Event, Opening
from teleprocedures.identity import EmailAddress, Organisation, PersonName
from teleprocedures.lifecycle import Lifecycle


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


@attrs.frozen(kw_only=True)
class MandateIssued(Opening):
    """A mandate was issued for one account of a company, with all that its printed form bears (rules 2.14, 2.15 and A8)."""

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


@attrs.frozen(kw_only=True)
class MandateSigned(Event):
    """The company's legal representative signed the mandate (rule 2.16)."""

    kind: ClassVar[str] = "mandate-signed"
    lifecycle: ClassVar[str] = "mandate"
    trigger: ClassVar[str] = "sign"


@attrs.frozen(kw_only=True)
class MandateSent(Event):
    """The mandate was sent to the bank that holds the account (rule 2.17)."""

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


@attrs.frozen(kw_only=True)
class MandateReminded(Event):
    """The user was reminded that the mandate will lapse if it collects nothing."""

    kind: ClassVar[str] = "mandate-reminded"
    lifecycle: ClassVar[str] = "mandate"
    trigger: ClassVar[str] = "remind"


@attrs.frozen(kw_only=True)
class MandateLapsed(Event):
    """The mandate collected nothing for 36 months (F1)."""

    kind: ClassVar[str] = "mandate-lapsed"
    lifecycle: ClassVar[str] = "mandate"
    trigger: ClassVar[str] = "lapse"
