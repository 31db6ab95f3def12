"""Step 2, then 3: a request of services for one company, as a snapshot with its verbs.

Messaging waits for the company's link, then a letter with a code is posted, and the code opens the services
(`activation`). Boundaries: 48 elapsed hours for the link (rule 2.9), 60 civil days for the code (3.1). Rules 1.12,
2.1 to 2.13, 3.1 to 3.5.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Final, Self

import attrs

from teleprocedures.building import builder
from teleprocedures.cases._activation import (
    Activation,
    ActivationLapsed,
    ActivationReminded,
    LetterPosted,
    LetterRecorded,
    ServicesActivated,
)
from teleprocedures.cases._adhesion_events import (
    ADHESION,
    AdhesionLapsed,
    AdhesionReminded,
    AdhesionRequested,
    AdhesionState,
    AdhesionValidated,
    CompanyEmailConfirmed,
    link_due,
    requested,
)
from teleprocedures.cases._letters import counted_from, link_emails, post_letter
from teleprocedures.cases._requester import check_active, check_same
from teleprocedures.cases._space import Space
from teleprocedures.cases._standing import Standing
from teleprocedures.core import NOTHING_GIVEN, UNSAID, Decision, Event, Given, Lifecycle, check_code, followed
from teleprocedures.errors import TransitionRefusedError
from teleprocedures.forms import AdhesionForm
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook
from teleprocedures.values import HELD_ELSEWHERE, ActivationCode, Held, LinkToken


@attrs.frozen(kw_only=True, weakref_slot=False)
class Adhesion(Standing):
    """One request of services for one company, from the form to the services held or the time limit missed.

    What can be asked of it is in `Standing`; here are its guards and its verbs.
    """

    kind: ClassVar[str] = "adhesion"
    lifecycle: ClassVar[Lifecycle] = ADHESION

    @classmethod
    def opened_by(cls, event: AdhesionRequested) -> Self:  # type: ignore[override] # the codec and `replay` pair them
        """The request as it was made."""
        return cls(
            origin=event,
            version=event.version,
            state=AdhesionState.AWAITING_EMAIL,
            changed_at=event.at,
            deadline=event.deadline,
            due_at=link_due(event, after=event.at),
            activation=None,
        )

    @classmethod
    def request(
        cls,
        space: Space,
        form: AdhesionForm,
        *,
        id: str,
        at: datetime,
        token: LinkToken | Held = HELD_ELSEWHERE,
        code: ActivationCode | Held = HELD_ELSEWHERE,
        rulebook: Rulebook = EXPERT_2024_04_03,
        renews: str | None = None,
    ) -> Decision[Self]:
        """Request services from an active space: a link by e-mail with Messaging, else the letter at once.

        The link works for 48 elapsed hours from `at`; the 60 civil days of the code are counted from `at` until the
        letter's day is recorded (rules 2.1 to 2.10). Raises `SpaceNotActiveError` (1.12), `OutOfOrderError` before
        the space's last event, `InvalidValueError` for a naive instant or a service that is not in the rulebook's
        catalogue.
        """
        at = check_active(space, at)
        event = requested(space, form, id=id, at=at, token=token, rulebook=rulebook, renews=renews)
        if event.token is not None:
            return cls._opening(event, messages=link_emails(event, token))
        validated, letters = post_letter(AdhesionValidated, event, version=2, at=at, code=code)
        return cls._opening(event, validated, messages=letters)

    def asks_for_messaging(self, _: datetime, __: Given) -> bool:
        """Guard: whether the company's e-mail address is to be confirmed by a link (rules 2.7 and 2.8)."""
        return self.origin.token is not None

    def token_opens(self, _: datetime, given: Given) -> bool:
        """Guard: the token given is the link's (rule 2.8). Raises `WrongCodeError`."""
        token = self.origin.token
        if given.code is not UNSAID and token is not None:
            check_code(token, given.code, salt=self.id, what="the token of the link", rule=self.rulebook.rule("2.8"))
        return True

    def confirm_company_email(
        self, token: LinkToken | Held | str, *, at: datetime, code: ActivationCode | Held = HELD_ELSEWHERE
    ) -> Decision[Self]:
        """Use the company's link, within 48 elapsed hours: only then is the letter posted (rules 2.8 to 2.11).

        Raises `DeadlinePassedError` past them, whatever the token, `WrongCodeError`, `TransitionRefusedError`,
        `OutOfOrderError`, and `InvalidValueError` for a naive instant or a token that is not one.
        """
        at = self._step("confirm_company_email", at, Given.said(code=token))
        event, letters = post_letter(CompanyEmailConfirmed, self.origin, version=self.version + 1, at=at, code=code)
        return self._decided(event, messages=letters)

    def record_letter(self, edited: date, *, at: datetime) -> Decision[Self]:
        """Record the civil day that the letter bears: the 60 days are counted from it, no longer estimated (A3).

        It may be recorded again, to correct it. Raises `InvalidValueError` for a day before the request was validated
        or after `at`, `DeadlinePassedError`, `TransitionRefusedError` when no letter is awaited, `OutOfOrderError`.
        """
        at = self._step("record_letter", at)
        activation: Activation = self.activation  # type: ignore[assignment] # its table has just answered
        deadline = counted_from(edited, activation, at=at)
        event = LetterRecorded(case_id=self.id, version=self.version + 1, at=at, edited=edited, deadline=deadline)
        return self._decided(event)

    def activate(self, code: ActivationCode | Held | str, *, space: Space, at: datetime) -> Decision[Self]:
        """Activate the requested services with the letter's code, from the space that asked (rules 3.1 to 3.5).

        Raises `DeadlinePassedError` past the 60th civil day, whatever the code, `SpaceNotActiveError`,
        `WrongSpaceError`, `WrongCodeError`, `TransitionRefusedError`, `OutOfOrderError`, and `InvalidValueError` for
        a naive instant.
        """
        at = self._step("activate", at, Given.said(code=code, space=space))
        return self._decided(ServicesActivated(case_id=self.id, version=self.version + 1, at=at))

    def remind(self, *, at: datetime) -> Decision[Self]:
        """Remind the user of the link or the code, once a reminder is due (2.9, 3.1, F2); missed nights give one.

        Raises `DeadlineNotReachedError`, `DeadlinePassedError`, `TransitionRefusedError`, `OutOfOrderError`.
        """
        at = self._step("remind", at)
        reminded = AdhesionReminded if self.activation is None else ActivationReminded
        return self._reminded(reminded(case_id=self.id, version=self.version + 1, at=at), self.origin.requester)

    def lapse(self, *, at: datetime) -> Decision[Self]:
        """End a request whose link (48 elapsed hours) or code (60 civil days) was not used (rules 2.11 and 3.4).

        Raises `DeadlineNotReachedError` up to the last instant, `TransitionRefusedError`, `OutOfOrderError`.
        """
        at = self._step("lapse", at)
        lapsed = _link_lapsed if self.activation is None else _code_lapsed
        return self._decided(lapsed(case_id=self.origin.case_id, version=self.version + 1, at=at))

    def renew(
        self,
        space: Space,
        *,
        id: str,
        at: datetime,
        token: LinkToken | Held = HELD_ELSEWHERE,
        code: ActivationCode | Held = HELD_ELSEWHERE,
        rulebook: Rulebook = EXPERT_2024_04_03,
    ) -> Decision[Self]:
        """Request the same services again after a missed time limit: a new request, which names this one (2.11, 3.4).

        Raises `TransitionRefusedError` for a request that has not lapsed, `WrongSpaceError` from a space other than
        the one that asked, and what `request` raises.
        """
        at = self.in_order(at)
        if not self.has_lapsed:
            running = self if self.activation is None else self.activation
            rule = self.rulebook.rule("2.11" if self.activation is None else "3.4")
            allowed = running.lifecycle.triggers(self.stage)
            raise TransitionRefusedError(self.kind, self.stage, "renew", allowed, rule=rule)
        check_active(space, at)
        check_same(space, self.origin)
        same = {field.name: getattr(self.origin, field.name) for field in attrs.fields(AdhesionForm)}
        # The same codes, as the rulebook of today knows them.
        same["services"] = [rulebook.catalogue.find(known.code) for known in self.services]
        form = AdhesionForm(**same)
        return type(self).request(space, form, id=id, at=at, token=token, code=code, rulebook=rulebook, renews=self.id)

    def apply(self, event: Event) -> Self:
        """The request after this event; raises `InvalidValueError` when the event cannot follow."""
        state, activation = self.state, self.activation
        if activation is not None:
            activation = activation.after(event)
            deadline = activation.deadline if activation.due_at else None
            due_at = activation.due_at
        else:
            state = followed(ADHESION, state, event)
            waits = state is AdhesionState.AWAITING_EMAIL
            deadline = self.origin.deadline if waits else None
            due_at = link_due(self.origin, after=event.at) if waits else None
            if isinstance(event, LetterPosted):
                activation = Activation.opened_by(event, self.origin)
                deadline, due_at = activation.deadline, activation.due_at
        made: Self = _adhesion(
            origin=self.origin,
            version=event.version,
            state=state,
            changed_at=event.at,
            deadline=deadline,
            due_at=due_at,
            activation=activation,
        )
        return made

    def _step(self, trigger: str, at: datetime, given: Given = NOTHING_GIVEN) -> datetime:
        # Once validated, it is the activation's table that answers.
        at = self.in_order(at)
        running = self if self.activation is None else self.activation
        running.lifecycle.step(running, trigger, at, given)
        return at


_adhesion: Final = builder(Adhesion)
_link_lapsed: Final = builder(AdhesionLapsed)
_code_lapsed: Final = builder(ActivationLapsed)
