"""What a host gives to be compared with the library: an adapter to its own implementation.

Its verbs are a list of their own, and not the library's: a host has one name for each, as the portal does. What a kind
of case of a host's own can do is not in this list, and is not tried. A test compares it with the shipped tables.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime
from functools import cache
from inspect import Parameter, signature
from types import MappingProxyType
from typing import Any, ClassVar, Final, TypeAlias

from teleprocedures.core import Reason
from teleprocedures.errors import RefusedError, Rule
from teleprocedures.forms import AdhesionForm, Applicant, KnownForm
from teleprocedures.rulebook import EXPERT_2024_04_03
from teleprocedures.testing._moves import Move
from teleprocedures.testing._play import WITHDRAW, Play
from teleprocedures.values import BankAccount, Held, Organisation, PersonName

CITES: Final = {
    "create_space": "1.1",
    "activate_space": "1.9",
    "request_adhesion": "2.5",
    "confirm_company_email": "2.9",
    "record_letter": "A3",
    "activate_services": "3.1",
    "renew_adhesion": "3.4",
    "issue_mandate": "2.15",
    "sign_mandate": "2.16",
    "send_mandate": "2.17",
    "register_mandate": "2.19",
    "record_collection": "F1",
    "declare_account": "A17",
    "name_representative": "2.16",
    "lapse": "1.11",
    "take_over_space": "A19",
    "take_over_services": "A19",
    "take_over_request": "A19",
    "take_over_mandate": "A19",
    "withdraw_fact": "A20",
    "close_case": "A21",
    "reopen_case": "A21",
}
"""The verbs of a host, and the rule by which each is possible where it refuses."""

_NAMED: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("space", "activate"): "activate_space",
        ("adhesion", "activate"): "activate_services",
        ("adhesion", "renew"): "renew_adhesion",
        ("mandate", "sign"): "sign_mandate",
        ("mandate", "send"): "send_mandate",
        ("mandate", "register"): "register_mandate",
    }
)
"""The verbs of snapshots that a host, which has one name for each, calls something else, as the portal does."""
_ANYWHERE: Final[Mapping[str, str]] = MappingProxyType(
    {"close": "close_case", "reopen": "reopen_case", WITHDRAW: "withdraw_fact"}
)
"""What can be done to every case, as a host calls it: `Host.close` ends a history."""


def named(kind: str, verb: str) -> str:
    """What the method of a host is called for a verb of cases of this kind, or for what is opened from one."""
    return _NAMED.get((kind, verb), _ANYWHERE.get(verb, verb))


def method_of(play: Play, move: Move) -> str:
    """What the method of a host is called for the verb of this move."""
    verb = verb_of(play, move)
    return _ANYWHERE.get(verb, verb)


def verb_of(play: Play, move: Move) -> str:
    """The verb of this move as the portal calls it, which has one name for each."""
    case = play.cases.get(move.case)
    return move.verb if case is None else _NAMED.get((case.kind, move.verb), move.verb)


QUESTIONS: Final = {"may_request": "2.4", "may_pay": "2.18"}
"""What a host may be asked that changes nothing, and the rule that it stands for."""
EYES: Final = ("deadline", "due_at", "next_steps", "recipients", "rule_of", *QUESTIONS)
"""What a host may show besides, and need not have."""


def has(host: Host, method: str) -> bool:
    """Whether the adapter of a host has a method, a verb or an eye."""
    return getattr(type(host), method) is not getattr(Host, method)


def may_be_late(host: Host, verb: str) -> bool:
    """Whether a verb of this host can be told late: its method then takes `recorded_at`."""
    return "recorded_at" in takes(getattr(type(host), verb))


@cache
def takes(method: Callable[..., Any]) -> Mapping[str, bool]:
    """What a method takes, by name, and whether by its name only."""
    return {it.name: it.kind is Parameter.KEYWORD_ONLY for it in signature(method).parameters.values()}


class NonConformanceError(AssertionError):
    """The host and the rules differ: `rule` says which, and the text tells what happened before."""

    def __init__(self, rule: str, difference: str, play: Play) -> None:
        self.rule: Rule = (play.rulebook or EXPERT_2024_04_03).rule(rule)
        self.difference: str = difference
        super().__init__(rule, difference, play)

    def __str__(self) -> str:
        return f"{self.difference}\nrule {self.rule}: {self.rule.title}\n{self.args[2]!r}"


Key: TypeAlias = Any
"""What a host knows a case by, which its own verbs have returned: each adapter says of which type that is."""


class Host:
    """A host's own implementation, verb by verb; what it does not have, its adapter leaves out, and is not tried.

    A verb that makes a case returns its key, whatever the host knows the case by; the others are handed it. Instants
    are UTC. A refusal is one of the exceptions of `refusals`; any other is a fault of the host. A host that can be told
    late adds a parameter to the verb's method, `recorded_at`: then `at` is when it happened.
    """

    refusals: ClassVar[tuple[type[Exception], ...]] = (RefusedError,)

    def close(self) -> None:
        """The history is over: what the adapter has opened, connections say, can be closed; nothing here."""

    def state(self, case: Key, *, at: datetime) -> str:
        """Where a case stands, in the library's words, such as `pending`, `awaiting_code` or `lapsed`."""
        raise NotImplementedError

    def sent(self, case: Key) -> list[str]:
        """The codes and tokens sent for a case, by e-mail or by post, the oldest first."""
        raise NotImplementedError

    def create_space(self, *, at: datetime) -> Hashable:
        """A space is asked for."""
        raise NotImplementedError

    def activate_space(self, space: Key, code: str, *, at: datetime) -> None:
        """The e-mailed code is entered."""
        raise NotImplementedError

    def request_adhesion(self, space: Key, form: AdhesionForm, *, at: datetime) -> Hashable:
        """Services are requested."""
        raise NotImplementedError

    def confirm_company_email(self, adhesion: Key, token: str, *, at: datetime) -> None:
        """The company's link is used."""
        raise NotImplementedError

    def record_letter(self, adhesion: Key, edited: date, *, at: datetime) -> None:
        """The civil day that the letter bears is recorded; one that it cannot bear is refused, or a `ValueError`."""
        raise NotImplementedError

    def activate_services(self, adhesion: Key, code: str | Held, *, space: Key, at: datetime) -> None:
        """The code of the letter is entered, from this space.

        The code of a request that was taken over is held elsewhere: then it is `HELD_ELSEWHERE`.
        """
        raise NotImplementedError

    def renew_adhesion(self, adhesion: Key, *, space: Key, at: datetime) -> Hashable:
        """A request that lapsed, or that is still pending, is made again, from this space."""
        raise NotImplementedError

    def declare_account(self, adhesion: Key, account: BankAccount, *, at: datetime) -> None:
        """An account of the company is declared after the request."""
        raise NotImplementedError

    def issue_mandate(self, adhesion: Key, account: BankAccount, *, at: datetime) -> Hashable:
        """A mandate is issued for an account of the request."""
        raise NotImplementedError

    def name_representative(self, mandate: Key, name: PersonName, *, at: datetime) -> None:
        """It is said who the company's legal representative is."""
        raise NotImplementedError

    def sign_mandate(self, mandate: Key, signatory: Applicant, *, at: datetime) -> None:
        """The mandate is signed, by the company's legal representative or by a third party."""
        raise NotImplementedError

    def send_mandate(self, mandate: Key, *, at: datetime) -> None:
        """The mandate is sent to the bank."""
        raise NotImplementedError

    def register_mandate(self, mandate: Key, *, at: datetime) -> None:
        """The bank has registered the mandate."""
        raise NotImplementedError

    def record_collection(self, mandate: Key, *, at: datetime) -> None:
        """A payment was collected."""
        raise NotImplementedError

    def lapse(self, case: Key, *, at: datetime) -> None:
        """The nightly batch ends a case whose time limit has passed."""
        raise NotImplementedError

    def take_over_space(self, *, seen: date, at: datetime) -> Hashable:
        """A space that was there before is followed from now on, as it was seen on this civil day."""
        raise NotImplementedError

    def take_over_services(
        self, space: Key, form: AdhesionForm | KnownForm, *, seen: date, since: date | None, at: datetime
    ) -> Hashable:
        """Services that a space holds already are followed from now on, held since a civil day if that is known."""
        raise NotImplementedError

    def take_over_request(
        self,
        space: Key,
        form: AdhesionForm | KnownForm,
        *,
        seen: date,
        requested: date | None,
        letter: date | None,
        at: datetime,
    ) -> Hashable:
        """A request that awaits its code is followed from now on; its day and its letter's are given where known."""
        raise NotImplementedError

    def take_over_mandate(
        self,
        space: Key,
        organisation: Organisation,
        account: BankAccount,
        *,
        seen: date,
        registered: date | None,
        last_collected: date | None,
        at: datetime,
    ) -> Hashable:
        """A mandate that the bank has is followed from now on; its days are given where known."""
        raise NotImplementedError

    def withdraw_fact(self, case: Key, fact: int, *, at: datetime) -> None:
        """A fact that was recorded by mistake is withdrawn.

        It is said by its number among all that was recorded of the case: its opening is 1, and lapses, closings and
        withdrawals count too.
        """
        raise NotImplementedError

    def close_case(self, case: Key, reason: Reason, *, at: datetime) -> None:
        """A case is followed no more."""
        raise NotImplementedError

    def reopen_case(self, case: Key, *, at: datetime) -> None:
        """A case that was closed is followed again."""
        raise NotImplementedError

    def deadline(self, case: Key, *, at: datetime) -> datetime | None:
        """The last usable instant (UTC) of the time limit that runs for a case, None where none runs."""
        raise NotImplementedError

    def due_at(self, case: Key, *, at: datetime) -> datetime | None:
        """The first instant (UTC) at which the nightly batch has something to decide for a case, None for never."""
        raise NotImplementedError

    def next_steps(self, case: Key, *, at: datetime) -> list[tuple[str, str]]:
        """Who has to do what for a case, in order, by the codes of `Actor` and `Action`."""
        raise NotImplementedError

    def recipients(self, case: Key, *, at: datetime) -> list[str]:
        """To whom the codes and tokens of a case went, the oldest first: an e-mail address, or a company's number."""
        raise NotImplementedError

    def rule_of(self, refusal: Exception) -> str | None:
        """The id of the rule under which a refusal of the host's refuses, None where it cites none."""
        raise NotImplementedError

    def may_request(self, space: Key, fields: Mapping[str, object], *, at: datetime) -> bool:
        """Whether a request with these fields, as somebody fills them in, would be accepted.

        A host may make the request, which nobody looks at.
        """
        raise NotImplementedError

    def may_pay(self, adhesion: Key, service: str, account: BankAccount, *, at: datetime) -> bool:
        """Whether a payment of this service's tax from this account would pass."""
        raise NotImplementedError
