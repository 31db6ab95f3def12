"""The SEPA business-to-business mandate, from its form to its registration, and to its end where it is idle too long.

It is issued and printed, signed, sent to the bank and registered. The boundary (F1): 36 calendar months after the
registration or the last collection, it ends with the day of the same number in Paris. Its lapse is always presumed,
because collections are the bank's to know (A15). There is one mandate for each company and account, and a missing one
blocks only payments (`_payments`). Rules 2.14 to 2.19, A8 and A10.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, Final, Self, TypeAlias, final

import attrs

from teleprocedures.cases._activation import the_request
from teleprocedures.cases._adhesion import Adhesion
from teleprocedures.cases._case import Action, Actor, Case, give_notice, remind
from teleprocedures.cases._document import MandateDocument
from teleprocedures.cases._openings import day_known, day_seen
from teleprocedures.cases._space import Space, check_active
from teleprocedures.core import (
    EVER,
    NEVER,
    Advice,
    Changes,
    Decision,
    Entry,
    Event,
    Head,
    Lapse,
    Lifecycle,
    Opening,
    Reminder,
    Row,
    State,
    TakenOver,
    both_times,
    case_id,
    check_after,
    contradiction,
    days_of,
    latest,
    remark,
    reminder_is_due,
    stands_for,
    time_is_up,
)
from teleprocedures.deadlines import PARIS, Deadline, first_instant, instant, last_instant, time_zone
from teleprocedures.errors import MandateRefusedError, check_kind, check_kinds
from teleprocedures.forms import Applicant
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.values import (
    LONGEST_LINE,
    BankAccount,
    CreditorIdentifier,
    EmailAddress,
    MandateReference,
    Organisation,
    PersonName,
    one_line,
    read_as,
)
from teleprocedures.values import organisation as to_organisation


class MandateState(StrEnum):
    """Where a mandate stands."""

    ISSUED = "issued"
    SIGNED = "signed"
    SENT = "sent"
    REGISTERED = "registered"
    LAPSED = "lapsed"


# --- Events -----------------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True, weakref_slot=False)
class MandateIssued(Opening):
    """A mandate was issued for one account of a company, with all that its printed form bears (2.14, 2.15 and A8).

    What nobody said is None and is filled in by hand. That may be the debtor's name or address, the tax office that
    manages it, and the account's holder where he is not the debtor.
    """

    cites: ClassVar[tuple[str, ...]] = ("2.15",)

    adhesion_id: str
    requester: EmailAddress
    reference: MandateReference
    creditor: CreditorIdentifier
    creditor_name: str
    debtor: Organisation
    legal_representative: PersonName | None
    account: BankAccount
    debtor_name: str | None = None
    debtor_address: str | None = None
    account_holder: str | None = None
    managing_office: str | None = None


@attrs.frozen(kw_only=True, weakref_slot=False)
class MandateTakenOver(TakenOver):
    """A mandate that the bank had registered already is followed from now on (A19).

    What nobody said is None: its `reference`, the civil days of its registration and of its last collection, and the
    name of the debtor. The `deadline` is None where the rulebook sets no time limit for idle mandates.
    """

    adhesion_id: ClassVar[None] = None

    space_id: str
    requester: EmailAddress
    reference: MandateReference | None
    creditor: CreditorIdentifier
    creditor_name: str
    debtor: Organisation
    debtor_name: str | None
    account: BankAccount
    registered: date | None
    last_collected: date | None
    deadline: Deadline | None

    @property
    def known_from(self) -> date | None:
        """The day of its registration."""
        return self.registered


@attrs.frozen(kw_only=True, weakref_slot=False)
class RepresentativeNamed(Event):
    """The company's legal representative was named before the signature (rule 2.16)."""

    cites: ClassVar[tuple[str, ...]] = ("2.16",)

    name: PersonName

    @classmethod
    def of(cls, head: Head, _: Mandate, *, name: PersonName) -> Self:
        """The event with the name as it was given."""
        return cls(**head, name=name)


@attrs.frozen(kw_only=True, weakref_slot=False)
class MandateSigned(Event):
    """The company's legal representative signed (rule 2.16); `signatory` is None when nobody said the name."""

    cites: ClassVar[tuple[str, ...]] = ("2.16",)

    signatory: PersonName | None = None

    @classmethod
    def of(cls, head: Head, mandate: Mandate, *, signatory: object) -> Self:
        """The event with the name that is known, if one is, whether it was signed by name or by role.

        By role, it is the name that was told last of those who may have signed. Of a day, it was no earlier than that
        name counts.
        """
        # A signature that is judged again says no name where none was known: it was by role.
        given = None if signatory is None else _signatory(signatory)
        at = head["at"]
        known = _representatives(mandate, at, latest(at, head["recorded_at"], head["day"]))
        signed = [name for name in known if not isinstance(given, PersonName) or given.same_as(name)]
        if not signed:
            return cls(**head)
        head["at"] = max(at, known[signed[-1]])
        return cls(**head, signatory=signed[-1])


class MandateSent(Event):
    """The mandate was sent to the bank that holds the account (rule 2.17)."""

    cites: ClassVar[tuple[str, ...]] = ("2.17",)

    __slots__ = ()


@attrs.frozen(kw_only=True, weakref_slot=False)
class MandateUsed(Event):
    """The bank has the mandate, and 36 idle months begin (F1)."""

    deadline: Deadline | None

    @classmethod
    def of(cls, head: Head, mandate: Mandate) -> Self:
        """The event with the months that run from its own day; the latest of all uses counts."""
        return cls(**head, deadline=_idle_since(mandate, head))


class MandateRegistered(MandateUsed):
    """The user states that the bank has registered the mandate, and 36 idle months begin (rules 2.19 and F1)."""

    cites: ClassVar[tuple[str, ...]] = ("2.19",)

    __slots__ = ()


class CollectionRecorded(MandateUsed):
    """The mandate collected a payment, and 36 idle months begin again (F1).

    What the bank collected, it had a mandate for, so a collection that is told late proves it (A15).
    """

    cites: ClassVar[tuple[str, ...]] = ("F1",)

    __slots__ = ()


class OverdueCollectionRecorded(CollectionRecorded):
    """A collection of a lapsed mandate was told, and its 36 months are over too: the lapse stands (F1, A15)."""

    __slots__ = ()


class MandateReminded(Reminder):
    """The user was reminded that the mandate will lapse if it collects nothing."""

    __slots__ = ()


class MandateLapsed(Lapse):
    """The mandate collected nothing for 36 months, as far as is known (F1)."""

    __slots__ = ()


def _idle_from(mandate: Mandate, at: datetime) -> Deadline | None:
    rulebook = mandate.rulebook
    return None if rulebook.mandate_use is None else rulebook.starting(rulebook.mandate_use, at)


def _idle_since(mandate: Mandate, head: Head) -> Deadline | None:
    """The idle months from a use, which are estimated where its day may be two days of the rulebook's zone (A22)."""
    rulebook, at = mandate.rulebook, head["at"]
    if rulebook.mandate_use is None:
        return None
    return rulebook.starting(rulebook.mandate_use, at, until=latest(at, head["recorded_at"], head["day"]))


def _later(mandate: Mandate, deadline: Deadline | None) -> Deadline | None:
    """The idle months of all uses that are known and of this one, the same in whatever order they are told (A15).

    Each end is the latest of its kind. Of a mandate that was taken over, a use before it was seen makes the safe end
    later, and leaves the last one (A19). So does a use that another rulebook counts with fewer months.
    """
    known = mandate.idle
    if known is None or deadline is None:
        return known or deadline
    other, last = sorted((known, deadline), key=lambda it: (it.closes, not it.estimated, it.opened))
    if not last.estimated or (other.safe_until, other.opened) <= (last.safe_until, last.opened):
        return last
    return _safe_as(other, _as_set(mandate, last))


def _as_set(mandate: Mandate, last: Deadline) -> Deadline:
    """An estimate that ends as it was set to, without the reminders of a use that a later one replaces.

    Of a mandate that was taken over, these are the months from the day on which it was seen. A rulebook that it was
    moved to since may count others: then they are as its opening has them.
    """
    origin, limit = mandate.origin, mandate.rulebook.mandate_use
    if limit is None or isinstance(origin, MandateIssued):
        return last
    set_then = (mandate.rulebook.starting(limit, origin.seen), origin.deadline)
    return next((it for it in set_then if it is not None and it.closes == last.closes), last)


def _safe_as(used: Deadline, last: Deadline) -> Deadline:
    """The estimate that is safe as long as one deadline and ends as another does, with the reminders of both."""
    return attrs.evolve(
        last,
        opened=used.opened,
        safe_until=used.safe_until,
        estimated=True,
        reminders=tuple(sorted({*used.reminders, *last.reminders})),
    )


def _idle_when_seen(rulebook: Rulebook, seen: date, used: date | None, collected: date | None) -> Deadline | None:
    """The idle months of a mandate that is taken over, by its last use that is known (F1, A19).

    They are estimated, on the safe side at both ends, unless its last collection is known. It was alive when it was
    seen, so nothing lapses before 36 months after that. It is safe until 36 months after the use that is known, which
    may be past already. Where none is known, it is safe until the end of the day on which it was seen.
    """
    limit = rulebook.mandate_use
    if limit is None:
        return None
    last, zone = rulebook.starting(limit, seen), time_zone(PARIS)
    if used is None:
        return attrs.evolve(last, safe_until=last_instant(seen, zone), estimated=True)
    known = rulebook.starting(limit, used)
    if collected is not None and known.closes >= first_instant(seen, zone):
        return known
    return _safe_as(known, last)


# --- Guards -----------------------------------------------------------------------------------------------------------


@stands_for("F1", looks_at="idle.closes")
def can_lapse(mandate: Mandate, _: datetime) -> bool:
    """Guard: whether a time limit for idle mandates was set (F1)."""
    return mandate.idle is not None


def the_registration(mandate: Mandate) -> datetime:
    """What a collection follows: the registration of the mandate, whatever else came between (A15)."""
    return mandate.origin.followed_by(mandate.registered_at or mandate.since)


@stands_for("F1", "A15", looks_at="happened=given.at told=given.recorded_at idle.closes")
def used_in_time(mandate: Mandate, at: datetime, *, recorded_at: datetime) -> bool:
    """Guard: the idle months that run from this collection are not over when it is told (F1, A15)."""
    idle = _later(mandate, _idle_from(mandate, at))
    return idle is not None and not idle.has_passed(recorded_at)


def _who_may_sign(mandate: Mandate, at: datetime) -> tuple[PersonName, ...] | None:
    return mandate.may_sign(at, at) or None


@stands_for("2.16", looks_at="given.signatory", legal_representative=_who_may_sign)
def signed_by_the_representative(mandate: Mandate, at: datetime, *, signatory: object) -> bool:
    """Guard: the signatory is the company's legal representative, by that word or by the name that is known (2.16).

    A name counts from the instant at which it was given (A14).

    Raises `MandateRefusedError` for anybody else. Raises `InvalidValueError` for what is no name.
    """
    given = _signatory(signatory)
    if given is Applicant.REPRESENTATIVE:
        return True
    known, rule = mandate.may_sign(at, at), mandate.rulebook.rule("2.16")
    if isinstance(given, PersonName):
        if not known:
            raise MandateRefusedError("signatory.unknown", signatory=str(given), rule=rule)
        if any(map(given.same_as, known)):
            return True
    expected = str(known[-1]) if known else Applicant.REPRESENTATIVE.value
    raise MandateRefusedError("signatory.not_allowed", signatory=str(given), expected=expected, rule=rule)


def _signatory(given: object) -> Applicant | PersonName:
    """Who signs, by role or by name. A host reads the word of a role from storage or a form, as a text."""
    if isinstance(given, (Applicant, PersonName)):
        return given
    words = [applicant for applicant in Applicant if given == applicant.value]
    return words[0] if words else PersonName(given)  # type: ignore[arg-type] # it judges its own type


def reminder_has_come(mandate: Mandate, at: datetime) -> bool:
    """Whether the end of its idle months has come so near that it was to be reminded of."""
    return mandate.idle is not None and any(reminder <= at for reminder in mandate.idle.reminders)


# --- The table --------------------------------------------------------------------------------------------------------

_ISSUED, _SIGNED, _SENT, _REGISTERED, _LAPSED = MandateState

MANDATE: Final = Lifecycle["Mandate", MandateState](
    "mandate",
    MandateState,
    initial=_ISSUED,
    limit="mandate_use",
    opens=MandateIssued,
    entries=(Entry(MandateTakenOver, _REGISTERED),),
    described=(
        State(_ISSUED, "2.16", (Advice(Actor.LEGAL_REPRESENTATIVE, Action.SIGN_MANDATE, "2.16"),)),
        State(_SIGNED, "2.17", (Advice(Actor.USER, Action.SEND_MANDATE, "2.17"),)),
        State(
            _SENT,
            "2.19",
            (
                Advice(Actor.BANK, Action.REGISTER_MANDATE, "2.19"),
                Advice(Actor.USER, Action.CHECK_MANDATE, "2.19"),
            ),
        ),
        State(_REGISTERED, "2.18", (Advice(Actor.USER, Action.USE_MANDATE, "F1", reminder_has_come),), runs=True),
        State(_LAPSED, "F1", (Advice(Actor.USER, Action.ISSUE_MANDATE_AGAIN, "F1"),), terminal=True),
    ),
    rows=(
        Row("name_representative", _ISSUED, _ISSUED, RepresentativeNamed),
        Row("sign", _ISSUED, _SIGNED, MandateSigned, (signed_by_the_representative,)),
        Row("send", _SIGNED, _SENT, MandateSent),
        Row("register", _SENT, _REGISTERED, MandateRegistered),
        Row("record_collection", _REGISTERED, _REGISTERED, CollectionRecorded, after=the_registration),
        Row("remind", _REGISTERED, _REGISTERED, MandateReminded, (can_lapse, reminder_is_due), sends=remind),
        Row("lapse", _REGISTERED, _LAPSED, MandateLapsed, (can_lapse, time_is_up), sends=give_notice),
        # Of these two, the first whose guards agree: the collection brings the mandate back, or leaves it lapsed.
        Row(
            "record_collection",
            _LAPSED,
            _REGISTERED,
            CollectionRecorded,
            (used_in_time,),
            after=the_registration,
            corrects="A15",
        ),
        Row("record_collection", _LAPSED, _LAPSED, OverdueCollectionRecorded, after=the_registration),
    ),
)


# By the path of the table, so that a state that is added to it counts at once.
_BEFORE_REGISTRATION: Final = frozenset(row.source for row in MANDATE.path(_ISSUED, _REGISTERED) or ())


@final
@attrs.frozen(kw_only=True, weakref_slot=False)
class Mandate(Case):
    """The mandate of one company for one account.

    The `legal_representative` may sign, and the `signatory` did. Each is None when nobody said the name. Until the
    signature, the events that `named` somebody since the opening are kept in the order of their telling (A14).
    The time limit of the idle months is `idle`, whether it runs or is over. It is None before the mandate is
    registered, and where the rulebook sets no such limit. The instant (UTC) of the `registration` is kept once a row
    has led on from there. Until then it is None, and `since` is that instant.
    """

    lifecycle: ClassVar[Lifecycle[Mandate, MandateState]] = MANDATE

    origin: MandateIssued | MandateTakenOver
    state: MandateState
    legal_representative: PersonName | None = None  # pyright: ignore[reportIncompatibleMethodOverride] # a field of it
    signatory: PersonName | None = None
    idle: Deadline | None = None
    named: tuple[RepresentativeNamed, ...] = ()
    registration: datetime | None = None

    @classmethod
    def issue(
        cls,
        adhesion: Adhesion,
        account: BankAccount | str,
        *,
        id: str,
        reference: MandateReference | str,
        at: datetime | date,
        recorded_at: datetime | None = None,
        legal_representative: PersonName | str | None = None,
        account_holder: str | None = None,
        managing_office: str | None = None,
        mandates: Iterable[Mandate] = (),
    ) -> Decision[Self]:
        """Issue the mandate of one account that the company declared, to be printed and signed (2.14, 2.15 and A8).

        The `legal_representative` may sign it, instead of whoever the request named. The printed form has the
        `account_holder` where he is not the company, and the `managing_office`, which is the tax office (SIE). The
        `mandates` are those that the company has, if the host knows.

        Raises `MandateRefusedError` when the request is over (2.11, 3.4), and when none of its services needs a mandate
        (2.14). Raises `MandateRefusedError` when the account was not declared (2.13), and when it has a mandate that
        counts (A8). Raises `OutOfOrderError` for instants that contradict what is known. Raises
        `InvalidValueError` for a naive instant, and for an account, a reference or a name that is none.
        """
        adhesion = check_kind(adhesion, Adhesion, what="adhesion")
        rulebook, form = adhesion.rulebook, adhesion.origin.form
        # A mandate follows the request, and nothing that became of that later: its account may be declared since (A17).
        request = the_request(adhesion)
        at, recorded_at, day = both_times(at, recorded_at, rulebook, after=request)
        check_after(at, adhesion, since=request, follows="the_request", day=day)
        account = read_as(BankAccount, account)
        check_issue(adhesion, account, at, check_kinds(mandates, Mandate, what="mandate"))
        signs = form.legal_representative if legal_representative is None else legal_representative
        event = MandateIssued(
            case_id=case_id(id),
            version=1,
            at=at,
            recorded_at=recorded_at,
            day=day,
            rulebook=rulebook,
            adhesion_id=adhesion.id,
            requester=adhesion.contact,
            reference=_reference(reference),
            creditor=rulebook.creditor,
            creditor_name=rulebook.creditor_name,
            debtor=adhesion.organisation,
            legal_representative=None if signs is None else read_as(PersonName, signs),
            account=account,
            debtor_name=form.company_name,
            debtor_address=form.company_address,
            account_holder=_line("account_holder", account_holder),
            managing_office=_line("managing_office", managing_office),
        )
        return cls.begin(event)

    @classmethod
    def take_over(
        cls,
        space: Space,
        *,
        organisation: Organisation | str,
        account: BankAccount | str,
        id: str,
        seen: date,
        source: str,
        at: datetime | date,
        recorded_at: datetime | None = None,
        reference: MandateReference | str | None = None,
        registered: date | None = None,
        last_collected: date | None = None,
        company_name: str | None = None,
        mandates: Iterable[Mandate] = (),
        rulebook: Rulebook = EXPERT_2024_04_03,
    ) -> Decision[Self]:
        """Follow a mandate that the bank has registered already, as it was seen on a civil day, by a source (A19).

        Its end is estimated unless its last collection is known (F1). The `mandates` are those that are followed, if
        the host knows. A mandate may be older than the space.

        Raises `SpaceNotActiveError` for a space that is not active (1.12). Raises `MandateRefusedError` when the
        account has a mandate that counts (A8). Raises `InvalidValueError` for a value that is none, for a day that
        cannot be, and for a naive instant. Raises `OutOfOrderError` for an `at` that is to come.
        """
        check_active(space, None)
        at, recorded_at, day = both_times(at, recorded_at, rulebook)
        seen = day_seen(seen, recorded_at)
        collected = None if last_collected is None else day_known("last_collected", last_collected, seen)
        known = None if registered is None else day_known("registered", registered, collected or seen)
        account = read_as(BankAccount, account)
        company = to_organisation(organisation)
        taken = _taken(check_kinds(mandates, Mandate, what="mandate"), company, account, at)
        if taken:
            rule = rulebook.rule("A8")
            raise MandateRefusedError("mandate.repeated", account=str(account), mandates=taken, rule=rule)
        event = MandateTakenOver(
            case_id=case_id(id),
            version=1,
            at=at,
            recorded_at=recorded_at,
            day=day,
            rulebook=rulebook,
            seen=seen,
            source=remark(source),
            space_id=space.id,
            requester=space.email,
            reference=None if reference is None else _reference(reference),
            creditor=rulebook.creditor,
            creditor_name=rulebook.creditor_name,
            debtor=company,
            debtor_name=_line("company_name", company_name),
            account=account,
            registered=known,
            last_collected=collected,
            deadline=_idle_when_seen(rulebook, seen, collected or known, collected),
        )
        return Decision(cls.opened_by(event), (event,))

    # --- What can be asked ---

    @property
    def account(self) -> BankAccount:
        """The account that the mandate is for."""
        return self.origin.account

    @property
    def organisation(self) -> Organisation:
        """The company whose account it is."""
        return self.origin.debtor

    @property
    def company_name(self) -> str | None:
        """The name of the company, if it was given."""
        return self.origin.debtor_name

    @property
    def contact(self) -> EmailAddress:
        """The e-mail address of the space that asked."""
        return self.origin.requester

    @property
    def time_limit(self) -> Deadline | None:
        """The time limit of its idle months, whether it runs or is over (F1)."""
        return self.idle

    @property
    def held_elsewhere(self) -> bool:
        """Always true, because the bank knows what a mandate collects (A15)."""
        return True

    @property
    def claims(self) -> tuple[str, ...]:
        """That this account of the company has its one mandate (A8), while this one lives; a digest, and no IBAN."""
        if self.is_closed or self.has_lapsed:
            return ()
        named = f"{type(self.organisation).__name__}:{self.organisation.number}:{self.account.iban}"
        return (f"mandate:{sha256(named.encode()).hexdigest()}",)

    def time_limit_after(self, event: MandateTakenOver | MandateUsed) -> Deadline | None:
        """The idle months that end last, of those known and those of this event."""
        return _later(self, event.deadline)

    @property
    def registered_at(self) -> datetime | None:
        """When the bank was said to have it (UTC), or None.

        Of one that was taken over, that is the first instant of the day from which it is known (A19).
        """
        return None if self.stage in _BEFORE_REGISTRATION else self.registration or self.since

    @property
    def days_told(self) -> dict[datetime, date | None]:
        """What every case has, and when somebody was named who may sign."""
        return days_of(*super().days_told.items(), *((it.at, it.day) for it in self.named))

    def may_sign(self, first: datetime, last: datetime) -> tuple[PersonName, ...]:
        """Who may have signed between two instants (UTC), the one told last at the end; nobody where no name is known.

        Who is named counts from that instant on, and whoever was known before him until then (2.16, A14). Where only
        the day of a naming was told, it is any instant of that day, in any order with others of it (A22). The first
        one who was named counts from the opening on where the opening has no name.

        Raises `InvalidValueError` for a naive instant.
        """
        return tuple(_representatives(self, instant(first), instant(last)))

    def covers(self, organisation: Organisation, account: BankAccount) -> bool:
        """Whether this is a mandate of that company for that account (A8)."""
        return self.organisation == organisation and self.account == account

    def document(self) -> MandateDocument:
        """The content of the printed form, as it is known now (rule 2.15); `wording` has its words."""
        origin = self.origin
        issued = origin if isinstance(origin, MandateIssued) else None
        return MandateDocument(
            reference=origin.reference,
            creditor=origin.creditor,
            creditor_name=origin.creditor_name,
            debtor=origin.debtor,
            debtor_name=origin.debtor_name,
            debtor_address=None if issued is None else issued.debtor_address,
            account_holder=None if issued is None else issued.account_holder,
            managing_office=None if issued is None else issued.managing_office,
            legal_representative=self.legal_representative,
            account=origin.account,
        )

    def is_registered(self, at: datetime) -> bool:
        """Whether the bank was said to have it by this instant, and it still stands so (rules 2.19, 2.20 and F1).

        In any other state the answer is no, whatever the instant. For what was true before it came there, replay the
        events up to then. Raises `InvalidValueError` for a naive instant.
        """
        at, registered = instant(at), self.registered_at
        return self.stage is _REGISTERED and registered is not None and registered <= at and not self.is_over(at)

    def check(self) -> None:
        """Raise `InvalidValueError` for a snapshot that contradicts itself, which no verb makes."""
        if self.idle is not None and self.state in _BEFORE_REGISTRATION:
            raise contradiction(".idle", "idle_once_registered")
        # A mandate that was moved from a rulebook without this limit has none before its next collection.
        if self.idle is not None and self.rulebook.mandate_use is None:
            raise contradiction(".idle", "idle_by_the_rulebook")
        if self.named and (self.state is not _ISSUED or self.may_sign(NEVER, NEVER)[-1] != self.legal_representative):
            raise contradiction(".named", "named_before_the_signature")
        Case.check(self)

    # --- Verbs ---

    def name_representative(
        self, name: PersonName | str, *, at: datetime | date, recorded_at: datetime | None = None
    ) -> Decision[Self]:
        """Say before the signature who the company's legal representative is, or that it is another one now (2.16).

        Raises `TransitionRefusedError` once it is signed. Raises `OutOfOrderError` for instants that contradict what is
        known. Raises `InvalidValueError` for what is no name.
        """
        name = read_as(PersonName, name)
        return self.decide("name_representative", at, recorded_at, name=name)

    def sign(
        self, signatory: Applicant | PersonName | str, *, at: datetime | date, recorded_at: datetime | None = None
    ) -> Decision[Self]:
        """Record the signature of the company's legal representative, by name or as `Applicant.REPRESENTATIVE` (2.16).

        Raises `MandateRefusedError` for anybody else, a third party above all. Raises `TransitionRefusedError` once it
        is signed. Raises `OutOfOrderError` for instants that contradict what is known. Raises `InvalidValueError`
        for a naive instant, and for a signatory that is no name.
        """
        return self.decide("sign", at, recorded_at, signatory=signatory)

    def send(self, *, at: datetime | date, recorded_at: datetime | None = None) -> Decision[Self]:
        """Record that the signed mandate was sent to the bank that holds the account (2.17).

        Raises `TransitionRefusedError` unless it is signed and not sent yet. Raises `OutOfOrderError` for instants that
        contradict what is known.
        """
        return self.decide("send", at, recorded_at)

    def register(self, *, at: datetime | date, recorded_at: datetime | None = None) -> Decision[Self]:
        """Record the user's statement that the bank has the mandate (2.19); 36 calendar months of idleness begin (F1).

        Raises `TransitionRefusedError` unless it was sent and is not registered yet. Raises `OutOfOrderError` for
        instants that contradict what is known.
        """
        return self.decide("register", at, recorded_at)

    def record_collection(self, *, at: datetime | date, recorded_at: datetime | None = None) -> Decision[Self]:
        """Record a collection: the 36 calendar months run from the day of the latest one (F1).

        What the bank collected, it had a mandate for, so one that is told late counts from its own day, whatever was
        known of earlier ones, and corrects a lapse unless its own months are over too (A15). Raises
        `TransitionRefusedError` unless the mandate is registered. Raises `OutOfOrderError` for instants that contradict
        what is known.
        """
        return self.decide("record_collection", at, recorded_at)

    def changes(self, event: Event, state: StrEnum) -> Changes:
        """Who may sign, who signed, from when the idle months run, and when it was registered."""
        match event:
            case MandateIssued():
                return {"legal_representative": event.legal_representative}
            case RepresentativeNamed():
                opened = self.origin.legal_representative if isinstance(self.origin, MandateIssued) else None
                # What is told again of one instant is put right.
                again = event.at if event.day is None else None
                named = (*(it for it in self.named if it.day is not None or it.at != again), event)
                return {"legal_representative": [*_represented(opened, named, NEVER, NEVER)][-1], "named": named}
            case MandateSigned():
                return {"signatory": event.signatory, "named": ()}
            case MandateTakenOver() | MandateUsed():
                kept = self.registration if isinstance(event, CollectionRecorded) else None
                return {"idle": self.time_limit_after(event), "registration": kept}
            case _:
                # Where the case moves, `since` is another instant from now on.
                return {"registration": self.registered_at} if event.moves and state is not self.state else {}


def _representatives(mandate: Mandate, first: datetime, last: datetime) -> dict[PersonName, datetime]:
    """What `Mandate.may_sign` says, with the instant (UTC) from which each name counts."""
    # A document that was stored before namings were kept has the last name only.
    issued = mandate.origin if mandate.named and isinstance(mandate.origin, MandateIssued) else mandate
    return _represented(issued.legal_representative, mandate.named, first, last)


def _represented(
    opened: PersonName | None, named: Iterable[RepresentativeNamed], first: datetime, last: datetime
) -> dict[PersonName, datetime]:
    """Who may have represented the company between two instants (UTC), and from when; who was told last is the last."""
    turns = [(it.name, it.at, latest(it.at, it.recorded_at, it.day)) for it in named]
    if opened is not None:
        turns.insert(0, (opened, EVER, EVER))
    earliest = min((until for _, _, until in turns), default=EVER)
    found: dict[PersonName, datetime] = {}
    for name, since, until in turns:
        # Whoever may be the first counts from the opening on. A name ends where another surely came after it.
        begins = EVER if since <= earliest else since
        over = until < first and any(until < other and end <= first for _, other, end in turns)
        if begins <= last and not over:
            found[name] = min(begins, found.pop(name, begins))
    return found


def _reference(given: MandateReference | str) -> MandateReference:
    return given if isinstance(given, MandateReference) else MandateReference(given)


def _line(subject: str, given: str | None) -> str | None:
    return None if given is None else one_line(subject, given, longest=LONGEST_LINE)


def _taken(
    mandates: Iterable[Mandate], organisation: Organisation, account: BankAccount, at: datetime
) -> tuple[str, ...]:
    """The references of the mandates that count for an account of a company; an id where there is no reference."""
    return tuple(
        str(one.origin.reference or one.id)
        for one in mandates
        if one.covers(organisation, account) and not one.is_over(at) and not one.is_closed
    )


def of_account(mandates: Iterable[Mandate], organisation: object, account: object) -> Mandate | None:
    """The mandate of an account of a company: one that counts (A8), if there is one, and else one that did."""
    own = (it for it in mandates if it.organisation == organisation and it.account == account)
    return max(own, key=lambda it: (not it.is_closed, not it.has_lapsed, _end(it)), default=None)


def _end(mandate: Mandate) -> datetime:
    return NEVER if mandate.idle is None else mandate.idle.closes


def check_issue(adhesion: Adhesion, account: BankAccount, at: datetime, mandates: Iterable[Mandate]) -> None:
    """Refuse a mandate to a request that cannot have one for this account."""
    services = tuple(service.code for service in adhesion.services)
    taken = _taken(mandates, adhesion.organisation, account, at)
    # Every refusal has all of them, and each sentence says those that it names.
    facts = {
        "services": services,
        "account": str(account),
        "expected": tuple(map(str, adhesion.accounts)),
        "mandates": taken,
    }
    for refuses, cited, code in (
        (adhesion.is_over(at), "2.11" if adhesion.activation is None else "3.4", "mandate.request_over"),
        (not any(service.needs_mandate for service in adhesion.services), "2.14", "mandate.not_needed"),
        (not adhesion.declares(account), "2.13", "mandate.account_unknown"),
        (bool(taken), "A8", "mandate.repeated"),
    ):
        if refuses:
            raise MandateRefusedError(code, rule=adhesion.rulebook.rule(cited), **facts)


MandateEvent: TypeAlias = (
    MandateIssued
    | MandateTakenOver
    | RepresentativeNamed
    | MandateSigned
    | MandateSent
    | MandateRegistered
    | CollectionRecorded
    | OverdueCollectionRecorded
    | MandateReminded
    | MandateLapsed
)
"""What happens to a mandate."""
