"""What spaces, requests and mandates have in common: an organisation, and a user to write to.

Next steps, and the reminders and notices that the clock sends, say whom a case is about. So they stand here and not in
`core`, which knows no organisation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypedDict, TypeVar

import attrs

from teleprocedures.building import builder
from teleprocedures.core import Message, Snapshot
from teleprocedures.deadlines import Deadline, instant
from teleprocedures.errors import InvalidValueError, Rule, check_kinds, english, shows_half_built
from teleprocedures.forms import Applicant
from teleprocedures.rulebook import Service
from teleprocedures.values import BankAccount, EmailAddress, FileNumber, Line, Organisation, PersonName

if TYPE_CHECKING:
    from teleprocedures.words import Phrasebook


class Actor(StrEnum):
    """Who has something to do; `wording` has what each is called."""

    USER = "user"
    COMPANY = "company"
    LEGAL_REPRESENTATIVE = "legal_representative"
    BANK = "bank"


class Action(StrEnum):
    """What there is to do; `wording` has how each is said."""

    ENTER_EMAILED_CODE = "enter_emailed_code"
    SUBMIT_SPACE_AGAIN = "submit_space_again"
    REQUEST_SERVICES = "request_services"
    KNOW_REPEATED = "know_repeated"
    USE_LINK = "use_link"
    WATCH_LETTER = "watch_letter"
    CHASE_LETTER = "chase_letter"
    ASK_FOR_CODE = "ask_for_code"
    PASS_CODE_ON = "pass_code_on"  # noqa: S105 - no password
    ENTER_LETTER_CODE = "enter_letter_code"
    RENEW_ADHESION = "renew_adhesion"
    DECLARE_ACCOUNT = "declare_account"
    ISSUE_MANDATE = "issue_mandate"
    SIGN_MANDATE = "sign_mandate"
    SEND_MANDATE = "send_mandate"
    REGISTER_MANDATE = "register_mandate"
    CHECK_MANDATE = "check_mandate"
    PAY = "pay"
    USE_MANDATE = "use_mandate"
    ISSUE_MANDATE_AGAIN = "issue_mandate_again"


_CLIENT: Final = "client"
"""The reader who cannot look up a rule; all of them are in a room above this one."""
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_OF_A_LETTER: Final = frozenset(
    {
        Action.WATCH_LETTER,
        Action.CHASE_LETTER,
        Action.ASK_FOR_CODE,
        Action.PASS_CODE_ON,
        Action.ENTER_LETTER_CODE,
    }
)
"""What is to be done while the code of a letter is awaited; the table that says so is in a module above this one."""
_OF_A_SPACE: Final = frozenset({Action.ENTER_EMAILED_CODE, Action.SUBMIT_SPACE_AGAIN, Action.REQUEST_SERVICES})
"""What is to be done about a space, unless services are named: the company is then the one that its user belongs to."""


@shows_half_built
@attrs.frozen(kw_only=True)
class NextStep:
    """One thing to do, which its text tells whole: who, what, by when, under which rule, and for whom.

    The date to show is `by` (UTC): the safe one while it is ahead, and the last usable one from then on. It is None
    when no time limit runs. The last usable instant is `closes` (UTC). Neither is known for sure where they are
    `estimated` (A3). Once the safe day has passed, its last instant is `unsafe_since` (UTC), and the step is to be done
    without waiting, because what it needs may have ended; it is None before. What follows from a lapse that is only
    `presumed` (A15) begins with a look at the site or a word with the bank. The codes `actor` and `action` are those
    of `Actor` and `Action`, or a host's own. The `services` and the `account` are what the step is about, if it is
    about any. The id of another request that it names is `other` (A18). The organisation is None only in a reminder
    that an early release stored.

    Who asked for the services is the `applicant`, and the company's legal representative is the `representative`. Each
    is None where nobody said.
    """

    actor: Line
    action: Line
    by: datetime | None = None
    closes: datetime | None = None
    estimated: bool = False
    rule: Rule
    case_id: str
    organisation: Organisation | None
    services: tuple[Service, ...] = ()
    account: BankAccount | None = None
    other: Line | None = None
    unsafe_since: datetime | None = None
    presumed: bool = False
    applicant: Applicant | None = None
    representative: PersonName | None = attrs.field(default=None, repr=False)

    def __str__(self) -> str:
        return self.render(english())

    @property
    def doer(self) -> str:
        """Who is called upon: the actor, but the representative for the code of what he asked for himself.

        The letter goes to his company (2.6), so nobody else has the code.
        """
        return Actor.LEGAL_REPRESENTATIVE if self._is_his_own else self.actor

    @property
    def _is_his_own(self) -> bool:
        return self.applicant is Applicant.REPRESENTATIVE and self.action == Action.ENTER_LETTER_CODE

    def render(
        self,
        words: Phrasebook,
        *,
        reader: str | None = None,
        name: str | None = None,
        family: str = "step",
        about: bool = True,
        cites: bool = True,
    ) -> str:
        """The step as a sentence in the language of these words. A `Wording` has all of its language.

        Actors and actions are called as the `reader` calls them, if the words know one of that code. The company has
        this `name`, if it is known. What stands beside the step already is left out: what it is `about`, and the rule
        that it `cites`, which is never told to a client. Another `family` of sentences than `step` says neither.
        """
        dated = ".unsafe" if self.unsafe_since else ".estimated" if self.estimated else ".by"
        # A letter that is overdue cannot wait for the day on which its code ends: no time would be left to renew.
        if dated == ".estimated" and self.action == Action.CHASE_LETTER:
            dated = ".overdue"
        # Of the code of a letter, it is said what is not known yet; other limits are estimated from a day (A22).
        elif dated == ".estimated" and about and family == "step" and self.action in _OF_A_LETTER:
            dated = ".unseen"
        # What follows if it is not done stands after the date, which is else taken for the day on which it follows.
        bare, otherwise = (f"{part}.{self.action}" for part in ("bare", "otherwise"))
        split = self.by is not None and otherwise in words.words
        cited = cites and reader != _CLIENT
        return words.sentence(
            f"{family}{'' if self.by is None else dated}",
            actor=self._say_actor(words, reader),
            action=words.sentence(bare, account=self.account) if split else self.say_action(words, reader=reader),
            otherwise=words.sentence(otherwise) if split else "",
            about=self._about(words, name) if about else "",
            by=self.by,
            doubt=self.say_doubt(words),
            since=self.unsafe_since,
            cited=words.sentence("step.rule", rule=self.rule.id) if cited else "",
        )

    def say_doubt(self, words: Phrasebook) -> str:
        """What may have ended since the safe day, in these words."""
        ended = "link" if self.action == Action.USE_LINK else "code" if self.account is None else "mandate"
        return words.name("doubt", ended)

    def say_action(self, words: Phrasebook, *, reader: str | None = None) -> str:
        """What there is to do in these words, as the `reader` calls it."""
        facts = {"services": self.services, "account": self.account, "other": self.other}
        if self._is_his_own:
            return words.sentence(f"{Applicant.REPRESENTATIVE}.{self.action}", **facts)
        said = _called(words, "action", self.action, reader, **facts)
        return check_first(words, self.action, self.rule.id, said) if self.presumed else said

    def _say_actor(self, words: Phrasebook, reader: str | None) -> str:
        actor = _called(words, "actor", self.doer, reader)
        if self.representative is None or self.doer != Actor.LEGAL_REPRESENTATIVE:
            return actor
        return words.sentence("actor.named", actor=actor, name=str(self.representative))

    def _about(self, words: Phrasebook, name: str | None) -> str:
        if self.organisation is None:
            return ""
        if self.action in _OF_A_SPACE and not self.services:
            return words.sentence("step.about_space", number=call_number(words, self.organisation))
        # What names its services by itself does not name them twice.
        key = "step.about_services" if self.services and self.action != Action.KNOW_REPEATED else "step.about"
        return words.sentence(key, company=call_company(words, self.organisation, name), services=self.services)


def check_first(words: Phrasebook, action: str, rule: str, said: str) -> str:
    """What there is to do after a lapse that is only presumed: it is looked at first (A15)."""
    key = next((it for it in (f"check.{action}.{rule}", f"check.{action}") if it in words.words), None)
    return said if key is None else words.sentence(key, action=said)


def _called(words: Phrasebook, kind: str, name: str, reader: str | None, **facts: object) -> str:
    key = f"reader.{reader}.{name}"
    return words.sentence(key, **facts) if key in words.words else words.name(kind, name, **facts)


def call_company(words: Phrasebook, organisation: Organisation | None, name: str | None = None) -> str:
    """A company in these words, by its name and its number as far as they are known."""
    if organisation is None:
        return words.sentence("company.unknown")
    number = call_number(words, organisation)
    return words.sentence(f"company.{'unnamed' if name is None else 'named'}", name=name, number=number)


def call_number(words: Phrasebook, organisation: Organisation) -> str:
    """The number of a company in these words, and what kind of number it is."""
    if isinstance(organisation, FileNumber):
        return words.sentence("number.file_number", number=organisation.number)
    # English is for logs and terminals too, where a no-break space is in the way.
    number = organisation.grouped.replace(NO_BREAK, " ") if words.language.by_code else organisation.grouped
    return words.sentence("number.siren", number=number)


@attrs.frozen(kw_only=True, weakref_slot=False)
class Notice(Message):
    """A message to the user of a space about one case, with its company and its services.

    The company's name is there if it is known. The `deadline` is the time limit that the message is about, running or
    missed. The `account` is that of a mandate. The organisation is None only in a message that an early release stored,
    which did not say it.
    """

    to: EmailAddress
    organisation: Organisation | None
    company_name: str | None
    services: tuple[Service, ...]
    deadline: Deadline
    account: BankAccount | None = None


@attrs.frozen(kw_only=True, weakref_slot=False)
class ReminderEmail(Notice):
    """A reminder by e-mail to the user of the space, with the steps to be done while the time limit still runs.

    Where the company's link is awaited, it was sent to the address `link_sent_to` (2.8).
    """

    steps: tuple[NextStep, ...]
    link_sent_to: EmailAddress | None = None


@attrs.frozen(kw_only=True, weakref_slot=False)
class LapseNotice(Notice):
    """A message to the user of the space that the time limit was missed, with the rule of what follows.

    The `action` is the code of what the table advises now (`Action`), None if it advises nothing. Where the lapse is
    `presumed`, the code is held elsewhere, so that the portal knows of it and the library does not (A15).
    """

    rule: Rule
    action: Line | None
    presumed: bool


# A night makes these for every case that is due.
_next_step: Final = builder(NextStep)
_reminder: Final = builder(ReminderEmail)
_notice: Final = builder(LapseNotice)


@attrs.frozen(kw_only=True, weakref_slot=False)
class Case(Snapshot):
    """A snapshot of what is followed for an organisation.

    A kind of case says for which organisation, and to whom it writes. It says its services and its account where it is
    about any.
    """

    @property
    def contact(self) -> EmailAddress:
        """The e-mail address of the user, to which reminders and notices go."""
        raise NotImplementedError

    @property
    def organisation(self) -> Organisation:
        """The organisation concerned."""
        raise NotImplementedError

    @property
    def company_name(self) -> str | None:
        """The name of the organisation concerned, if it is known."""
        return None

    @property
    def services(self) -> tuple[Service, ...]:
        """The services concerned, if any are."""
        return ()

    @property
    def account(self) -> BankAccount | None:
        """The bank account concerned, if one is."""
        return None

    @property
    def applicant(self) -> Applicant | None:
        """Who asked for the services concerned, a representative or a third party; None where nobody said."""
        return None

    @property
    def legal_representative(self) -> PersonName | None:
        """The legal representative of the organisation concerned, if the name is known."""
        return None

    @property
    def link_sent_to(self) -> EmailAddress | None:
        """The address to which a link was sent that is still to be used, if one is awaited."""
        return None

    def next_steps(self, *, at: datetime) -> tuple[NextStep, ...]:
        """Who must do what by when (UTC) and under which rule, as the table advises; see `NextStep`.

        Raises `InvalidValueError` for a naive instant.
        """
        at = instant(at)
        deadline = self.deadline
        # What is over is advised without any date, and is only presumed to be over where the code is held elsewhere.
        presumed = self.held_elsewhere and self.is_over(at)
        unsafe = deadline is not None and deadline.safe_until < at <= deadline.closes
        return tuple(
            _next_step(
                actor=advice.actor,
                action=advice.action,
                by=by,
                closes=closes,
                estimated=estimated,
                rule=self.rulebook.rule(advice.rule),
                case_id=self.id,
                organisation=self.organisation,
                services=self.services,
                account=self.account,
                unsafe_since=deadline.safe_until if unsafe and deadline is not None else None,
                presumed=presumed,
                applicant=self.applicant,
                representative=self.legal_representative,
            )
            for advice, by, closes, estimated in self.advised(at)
        )


EachT = TypeVar("EachT", bound=Case)


def each_once(cases: Iterable[EachT], kind: type[EachT], *, what: str) -> tuple[EachT, ...]:
    """The cases, each once; of two snapshots of one case, the one of the higher version is the case (A18).

    Raises `InvalidValueError` for what is of another kind, called `what`, since it would fail far from here. Raises
    `InvalidValueError` for two cases of one id: one of them would be missing from every answer.
    """
    by_id: dict[str, EachT] = {}
    for case in check_kinds(cases, kind, what=what):
        known = by_id.setdefault(case.id, case)
        if known is case:
            continue
        if not _are_one(known, case):
            raise InvalidValueError("case_id.repeated", value=repr(case.id))
        if case.version > known.version:
            by_id[case.id] = case
    return tuple(by_id.values())


def _are_one(case: Case, other: Case) -> bool:
    """Whether two snapshots are of one case: the same event opened both, whatever rulebook they are under by now."""
    first, second = case.origin, other.origin
    return first is second or attrs.evolve(first, rulebook=second.rulebook) == second


def remind(case: Case, at: datetime) -> tuple[ReminderEmail, ...]:
    """The reminder to the user of a case whose time limit runs, as its rows of reminders send it."""
    deadline = case.time_limit
    assert deadline is not None, "a reminder is due only while a time limit runs"
    about = _about(case, deadline)
    return (_reminder(**about, steps=case.next_steps(at=at), link_sent_to=case.link_sent_to),)


def give_notice(case: Case, _: datetime) -> tuple[LapseNotice, ...]:
    """The notice to the user of a case that has lapsed, as its rows of lapses send it."""
    deadline, table = case.time_limit, case.table
    assert deadline is not None, "only what had a time limit lapses"
    # A notice says the first advice of the lapsed state. All of it is what `next_steps` gives.
    rule, advice = case.rulebook.rule(table.cites(case.stage)), table.advice(case.stage)
    action = advice[0].action if advice else None
    return (_notice(**_about(case, deadline), rule=rule, action=action, presumed=case.held_elsewhere),)


class _About(TypedDict):
    """What reminders and notices say of a case."""

    case_id: str
    version: int
    to: EmailAddress
    organisation: Organisation | None
    company_name: str | None
    services: tuple[Service, ...]
    deadline: Deadline
    account: BankAccount | None


def _about(case: Case, deadline: Deadline) -> _About:
    return {
        "case_id": case.id,
        "version": case.version,
        "to": case.contact,
        "organisation": case.organisation,
        "company_name": case.company_name,
        "services": case.services,
        "deadline": deadline,
        "account": case.account,
    }
