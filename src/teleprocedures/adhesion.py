"""Step 2, then 3: a request of services for one company, as a snapshot with its verbs.

Messaging waits for the company's link, then a letter with a code is posted, and the code opens the services
(`activation`). Boundaries: 48 elapsed hours for the link (rule 2.9), 60 civil days for the code (3.1). Rules 1.12,
2.1 to 2.13, 3.1 to 3.5.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Final, Self

import attrs

from teleprocedures.activation import (
    Activation,
    ActivationLapsed,
    ActivationReminded,
    ActivationState,
    LetterPosted,
    LetterRecorded,
    ServicesActivated,
    check_active,
    check_same_space,
)
from teleprocedures.banking import BankAccount
from teleprocedures.building import builder
from teleprocedures.catalogue import Service
from teleprocedures.civil import time_zone
from teleprocedures.codes import HELD_ELSEWHERE, ActivationCode, Held, LinkToken, seal
from teleprocedures.deadlines import Deadline
from teleprocedures.decisions import Case, Decision, Event, case_id, followed
from teleprocedures.errors import InvalidValueError, TransitionRefusedError
from teleprocedures.forms import AdhesionForm, Applicant
from teleprocedures.guards import check_code
from teleprocedures.identity import Organisation
from teleprocedures.lifecycle import NOTHING_GIVEN, UNSAID, Given, Lifecycle
from teleprocedures.messages import ConfirmationLinkEmail
from teleprocedures.adhesion_events import (
    ADHESION,
    AdhesionLapsed,
    AdhesionReminded,
    AdhesionRequested,
    AdhesionState,
    AdhesionValidated,
    CompanyEmailConfirmed,
    link_due,
    post_letter,
)
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook, TimeLimit
from teleprocedures.space import Space
from teleprocedures.steps import Action, Actor, NextStep


@attrs.frozen(kw_only=True, weakref_slot=False)
class Adhesion(Case):
    """One request of services for one company, from the form to the services held or the time limit missed."""

    kind: ClassVar[str] = "adhesion"
    lifecycle: ClassVar[Lifecycle] = ADHESION

    origin: AdhesionRequested
    state: AdhesionState
    activation: Activation | None

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
        id: str,  # noqa: A002 - the field's own word
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
        at = space.in_order(at)
        check_active(space, "1.12")
        for service in form.services:
            if rulebook.catalogue.get(service.code) != service:
                known = ", ".join(rulebook.catalogue)
                message = f"service {service.code!r} is not in the catalogue of {rulebook!r}: expected one of {known}"
                raise InvalidValueError(message)
        linked = any(service.needs_company_email for service in form.services)
        event = AdhesionRequested(
            case_id=case_id(id),
            version=1,
            at=at,
            rulebook=rulebook,
            space_id=space.id,
            requester=space.email,
            renews=renews,
            token=seal(token, salt=id) if linked else None,
            deadline=rulebook.link_use.starting(at) if linked else None,
            **{field.name: getattr(form, field.name) for field in attrs.fields(AdhesionForm)},
        )
        if not linked:
            validated, letters = post_letter(AdhesionValidated, event, version=2, at=at, code=code)
            return cls._opening(event, validated, messages=letters)
        if isinstance(token, Held) or event.deadline is None or form.company_email is None:
            return cls._opening(event)
        link = ConfirmationLinkEmail(case_id=id, version=1, to=form.company_email, token=token, deadline=event.deadline)
        return cls._opening(event, messages=(link,))

    @property
    def space_id(self) -> str:
        """The id of the space that asked (rule 3.3)."""
        return self.origin.space_id

    @property
    def organisation(self) -> Organisation:
        """The company concerned (rules 2.2 and 2.3)."""
        return self.origin.organisation

    @property
    def services(self) -> tuple[Service, ...]:
        """The services requested; `holds` says whether they are held yet."""
        return self.origin.services

    @property
    def stage(self) -> AdhesionState | ActivationState:
        """Where the request stands as a whole: its activation's state once it has one, else its own."""
        return self.state if self.activation is None else self.activation.state

    @property
    def has_lapsed(self) -> bool:
        """Whether a time limit was missed, so that the request must be made again (rules 2.11 and 3.4)."""
        return self.stage in {AdhesionState.LAPSED, ActivationState.LAPSED}

    @property
    def limit(self) -> TimeLimit:
        """The time limit of the company's link (rule 2.9)."""
        return self.rulebook.link_use

    def holds(self, service: Service | str) -> bool:
        """Whether the service is held: requested here, and activated (rules 0.2 and 3.5).

        Raises `InvalidValueError` for a service that the rulebook's catalogue does not have.
        """
        service = self.rulebook.catalogue.find(service)
        return self.stage is ActivationState.ACTIVE and service in self.services

    def declares(self, account: BankAccount) -> bool:
        """Whether the request gave this account as the company's (rule 2.13)."""
        return account.iban in {declared.iban for declared in self.origin.bank_accounts}

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
        at = self._step("confirm_company_email", at, Given(code=token))
        event, letters = post_letter(CompanyEmailConfirmed, self.origin, version=self.version + 1, at=at, code=code)
        return self._decided(event, messages=letters)

    def record_letter(self, edited: date, *, at: datetime) -> Decision[Self]:
        """Record the civil day that the letter bears: the 60 days are counted from it, no longer estimated (A3).

        It may be recorded again, to correct it. Raises `InvalidValueError` for a day before the request was validated
        or after `at`, `DeadlinePassedError`, `TransitionRefusedError` when no letter is awaited, `OutOfOrderError`.
        """
        at = self._step("record_letter", at)
        limit = self.rulebook.services_activation
        zone = time_zone(limit.duration.zone)  # type: ignore[union-attr] # the rulebook checks that its unit is civil
        activation: Activation = self.activation  # type: ignore[assignment] # its table has just answered
        first, last = activation.validated_at.astimezone(zone).date(), at.astimezone(zone).date()
        if type(edited) is not date or not first <= edited <= last:
            message = f"the letter cannot bear {edited!r}: expected a date from {first} (request validated) to {last}"
            raise InvalidValueError(message)
        event = LetterRecorded(
            case_id=self.id, version=self.version + 1, at=at, edited=edited, deadline=limit.starting(edited)
        )
        return self._decided(event)

    def activate(self, code: ActivationCode | Held | str, *, space: Space, at: datetime) -> Decision[Self]:
        """Activate the requested services with the letter's code, from the space that asked (rules 3.1 to 3.5).

        Raises `DeadlinePassedError` past the 60th civil day, whatever the code, `SpaceNotActiveError`,
        `WrongSpaceError`, `WrongCodeError`, `TransitionRefusedError`, `OutOfOrderError`, and `InvalidValueError` for
        a naive instant.
        """
        at = self._step("activate", at, Given(code=code, space=space))
        return self._decided(ServicesActivated(case_id=self.id, version=self.version + 1, at=at))

    def remind(self, *, at: datetime) -> Decision[Self]:
        """Remind the user of the link or of the code, once a reminder is due; missed nights give one reminder.

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
        id: str,  # noqa: A002 - the field's own word
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
        check_same_space(space, self.origin)
        same = {field.name: getattr(self.origin, field.name) for field in attrs.fields(AdhesionForm)}
        form = AdhesionForm(**same)
        return type(self).request(space, form, id=id, at=at, token=token, code=code, rulebook=rulebook, renews=self.id)

    def next_steps(self, *, at: datetime) -> tuple[NextStep, ...]:
        """Who must do what by when (UTC, the end of the safe day for a letter's code); empty once services are held."""
        if self.stage is ActivationState.ACTIVE:
            return ()
        rule, deadline, activation = self.rulebook.rule, self.deadline, self.activation
        if deadline is None or deadline.has_passed(at):
            missed = rule("2.11" if activation is None else "3.4")
            return (NextStep(Actor.USER, Action.RENEW_ADHESION, None, missed),)
        if activation is None:
            return (NextStep(Actor.COMPANY, Action.USE_LINK, deadline.safe_until, rule("2.9")),)
        steps = (
            (activation.letter_is_late(at), Actor.USER, Action.WATCH_LETTER, "F2"),
            (self.origin.applicant is Applicant.THIRD_PARTY, Actor.COMPANY, Action.PASS_CODE_ON, "3.2"),
            (True, Actor.USER, Action.ENTER_LETTER_CODE, "3.1"),
        )
        by = deadline.safe_until
        return tuple(NextStep(actor, action, by, rule(cited)) for wanted, actor, action, cited in steps if wanted)

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
