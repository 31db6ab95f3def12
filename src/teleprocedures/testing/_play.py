"""The procedure, played: cases by short names, one move after another, each with its outcome, told as a story.

Histories, state machines and the conformance suite all play with it. It holds the secrets that were sent, since
whoever plays all the parts has received them: never a host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import attrs

from teleprocedures.cases import (
    ActivationCodeEmail,
    ActivationCodeLetter,
    Adhesion,
    ConfirmationLinkEmail,
    Mandate,
    Space,
)
from teleprocedures.core import Case, Decision, Event, Message
from teleprocedures.deadlines import instant
from teleprocedures.errors import RefusedError
from teleprocedures.forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.testing._fakes import PlainHasher
from teleprocedures.testing._makers import space_form
from teleprocedures.testing._moves import IBAN, WRONG, Move, Step, company_forms
from teleprocedures.values import HELD_ELSEWHERE, ActivationCode, BankAccount, Held, LinkToken, MandateReference

_own_form: Final = cache(space_form)

CaseT = TypeVar("CaseT", bound=Case)


def _secrets(messages: Iterable[Message]) -> Iterator[str]:
    for message in messages:
        if isinstance(message, (ActivationCodeEmail, ActivationCodeLetter)):
            yield message.code.reveal()
        elif isinstance(message, ConfirmationLinkEmail):
            yield message.token.reveal()


@attrs.define(repr=False)
class Play:
    """The procedure as it is played from an instant on (UTC), under a rulebook, with at most `most` cases of a kind.

    With `held`, codes and tokens are held elsewhere, as for a firm that follows its requests on the real portal: none
    is sent, and the right one is `HELD_ELSEWHERE`. `cases` are the snapshots by their names (`space-1`, `adhesion-2`),
    `events` their histories, `messages` all that was sent, `sent` the codes and tokens among it for each case, and
    `steps` the moves made, refused ones too.
    """

    at: datetime = attrs.field(converter=instant)
    rulebook: Rulebook = EXPERT_2024_04_03
    most: int = 3
    held: bool = False
    cases: dict[str, Case] = attrs.field(factory=dict, init=False)
    events: dict[str, tuple[Event, ...]] = attrs.field(factory=dict, init=False)
    messages: list[Message] = attrs.field(factory=list, init=False)
    sent: dict[str, tuple[str, ...]] = attrs.field(factory=dict, init=False)
    steps: list[Step] = attrs.field(factory=list, init=False)

    def __repr__(self) -> str:
        head = "Play, codes held elsewhere:" if self.held else "Play:"
        return "\n".join((head, *(f"  {step}" for step in self.steps), f"  {self.at.isoformat()}"))

    def of(self, kind: type[CaseT]) -> list[CaseT]:
        """The cases of this kind, the oldest first."""
        return [case for case in self.cases.values() if isinstance(case, kind)]

    def wait(self, delta: timedelta) -> None:
        """Let this elapsed time pass."""
        self.at += delta

    def edges(self, *names: str) -> tuple[datetime, ...]:
        """The instants (UTC) still to come at which something of these cases changes, or of all.

        They are reminders, safe ends, ends, and the first late instants.
        """
        found = set[datetime]()
        for case in (self.cases[name] for name in names or self.cases):
            if case.deadline is not None and case.due_at is not None:
                found |= {case.due_at, case.deadline.safe_until, case.deadline.closes, case.deadline.lapses_at}
        return tuple(sorted(edge for edge in found if edge > self.at))

    def today(self) -> date:
        """The civil day now, where the days of letters are counted."""
        duration: Any = self.rulebook.services_activation.duration
        return self.at.astimezone(ZoneInfo(duration.zone)).date()

    def account(self, adhesion: str) -> BankAccount:
        """The account that a mandate of this request is issued for: its first, or one that it did not declare."""
        case = self.cases[adhesion]
        assert isinstance(case, Adhesion)
        return case.origin.bank_accounts[0] if case.origin.bank_accounts else BankAccount(IBAN)

    def moves(self) -> tuple[Move, ...]:
        """All that can be tried now, sensible or not; what leads on comes first."""
        return tuple(self._moves())

    def possible(self) -> tuple[Move, ...]:
        """Those of the moves that the procedure would allow now."""
        return tuple(move for move in self._moves() if isinstance(self.judge(move), Decision))

    def judge(self, move: Move) -> Decision[Any] | RefusedError:
        """What would come of a move; nothing changes."""
        try:
            return self._decide(move)
        except RefusedError as refusal:
            return refusal

    def make(self, move: Move) -> Step:
        """Make a move: the play goes on with what was decided, or stays as it was if it was refused."""
        step = Step(self.at, move, self.judge(move))
        self.steps.append(step)
        if isinstance(step.outcome, Decision):
            self.cases[move.about] = step.outcome.case
            self.events[move.about] = (*self.events.get(move.about, ()), *step.outcome.events)
            self.messages += step.outcome.messages
            self.sent[move.about] = (*self.sent.get(move.about, ()), *_secrets(step.outcome.messages))
        return step

    def _moves(self) -> Iterator[Move]:
        spaces, adhesions, mandates = len(self.of(Space)), len(self.of(Adhesion)), len(self.of(Mandate))
        for case in self.cases.values():
            if isinstance(case, Space):
                yield from (Move("activate_space", case.id, right=right) for right in (True, False))
                if adhesions < self.most:
                    name = f"adhesion-{adhesions + 1}"
                    yield from (Move("request_adhesion", case.id, name, form=form) for form in company_forms())
            elif isinstance(case, Adhesion):
                yield from self._moves_of(case, f"adhesion-{adhesions + 1}" if adhesions < self.most else None)
                yield Move("issue_mandate", case.id, f"mandate-{mandates + 1}")
            else:
                yield from (Move("sign_mandate", case.id, right=right) for right in (True, False))
                yield from (Move(verb, case.id) for verb in ("send_mandate", "register_mandate", "record_collection"))
            yield from (Move(verb, case.id) for verb in ("remind", "lapse"))
        if spaces < self.most:
            yield Move("create_space", name := f"space-{spaces + 1}", name)

    def _moves_of(self, case: Adhesion, renewed: str | None) -> Iterator[Move]:
        yield from (Move("confirm_company_email", case.id, right=right) for right in (True, False))
        for space in self.of(Space):
            yield from (Move("activate_services", case.id, space=space.id, right=right) for right in (True, False))
            if renewed is not None:
                yield Move("renew_adhesion", case.id, renewed, space=space.id)
        yield Move("record_letter", case.id)

    def _decide(self, move: Move) -> Decision[Any]:
        """What the library says to a move; raises its refusal."""
        if move.verb == "create_space":
            form = move.form if isinstance(move.form, SpaceForm) else _own_form()
            return Space.create(
                form, id=move.about, hasher=PlainHasher(), code=self._code(), at=self.at, rulebook=self.rulebook
            )
        case = self.cases[move.case]
        given = self._right(move.case) if move.right else WRONG
        if isinstance(case, Space):
            return self._decide_space(case, move, given)
        if isinstance(case, Adhesion):
            return self._decide_adhesion(case, move, given)
        assert isinstance(case, Mandate)
        signatory = Applicant.REPRESENTATIVE if move.right else Applicant.THIRD_PARTY
        verbs: dict[str, Callable[[], Decision[Any]]] = {
            "sign_mandate": lambda: case.sign(signatory, at=self.at),
            "send_mandate": lambda: case.send(at=self.at),
            "register_mandate": lambda: case.register(at=self.at),
            "record_collection": lambda: case.record_collection(at=self.at),
        }
        return verbs.get(move.verb, lambda: self._clock(case, move))()

    def _decide_space(self, case: Space, move: Move, given: str | Held) -> Decision[Any]:
        if move.verb == "activate_space":
            return case.activate(given, at=self.at)
        if move.verb == "request_adhesion":
            assert isinstance(move.form, AdhesionForm)
            return Adhesion.request(case, move.form, **self._new_request(move.about))
        return self._clock(case, move)

    def _decide_adhesion(self, case: Adhesion, move: Move, given: str | Held) -> Decision[Any]:
        space: Any = self.cases.get(move.space or "")
        verbs: dict[str, Callable[[], Decision[Any]]] = {
            "confirm_company_email": lambda: case.confirm_company_email(given, code=self._code(), at=self.at),
            "record_letter": lambda: case.record_letter(self.today(), at=self.at),
            "activate_services": lambda: case.activate(given, space=space, at=self.at),
            "renew_adhesion": lambda: case.renew(space, **self._new_request(move.about)),
            "issue_mandate": lambda: self._issue(case, move.about),
        }
        return verbs.get(move.verb, lambda: self._clock(case, move))()

    def _issue(self, case: Adhesion, name: str) -> Decision[Any]:
        account = self.account(case.id)
        reference = MandateReference(f"RUM-{name}")
        return Mandate.issue(case, account, id=name, reference=reference, at=self.at, mandates=self.of(Mandate))

    def _clock(self, case: Case, move: Move) -> Decision[Any]:
        return case.remind(at=self.at) if move.verb == "remind" else case.lapse(at=self.at)

    def _new_request(self, name: str) -> dict[str, Any]:
        token = HELD_ELSEWHERE if self.held else LinkToken(f"token-{len(self.steps):04}")
        return {"id": name, "token": token, "code": self._code(), "at": self.at, "rulebook": self.rulebook}

    def _code(self) -> ActivationCode | Held:
        # Each step has a code of its own, whether it sends it or not.
        return HELD_ELSEWHERE if self.held else ActivationCode(f"CODE{len(self.steps):04}")

    def _right(self, name: str) -> str | Held:
        """What opens a case: the code or the token sent last, or what stands for one held elsewhere."""
        return HELD_ELSEWHERE if self.held else (WRONG, *self.sent[name])[-1]
