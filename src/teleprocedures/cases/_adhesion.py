"""Step 2, then 3: a request of services for one company, from the form to the services held or the time limit missed.

Messaging waits for the company's link. Then a letter with a code is posted, and the code opens the services
(`_activation`). The boundary (rules 2.9, A2): a link used exactly 48 elapsed hours after its sending is in time, and
one microsecond later the whole request has lapsed (2.11). Rules 1.12, 2.1 to 2.13, 3.1 to 3.5, A16, A17.

Two tables, one case. A request has the table of this module until it is validated, and from then on that of its
activation. The state of the case stays *validated*, and `activation` has the state that moves. So whatever asks where a
request stands asks `stage`, and whatever asks the table asks `table`: both answer for the part that moves now. A missed
code lapses the activation and leaves the request validated, because the same time limit would else stand in two tables.

Without Messaging there is nothing to wait for, so opening and validation are one decision with two events. The branch
is a row all the same, `validate`, so that it stands in the table and in the diagram. No host can call it.

A renewal is a new request that names the old one (A16). The old one answers whether it can be renewed, by rows without
an event, and nothing in it changes (A5). Without a form of its own, a renewal has the old form, with every account
declared since and the services as the rulebook of today has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final, Self, TypeAlias, TypedDict, TypeVar, Unpack, final

import attrs

from teleprocedures.cases._activation import (
    ACTIVATION,
    AccountDeclared,
    Activation,
    ActivationState,
    LetterPosted,
    LinkProvedByCode,
    LinkProvedByLetter,
    RequestTakenOver,
    ServicesTakenOver,
    account_is_new,
    deadline_of_old,
    entered_elsewhere,
    from_the_space_that_asked,
    letter_can_bear,
    letter_zone,
    pays,
    the_request,
)
from teleprocedures.cases._case import Action, Actor, Case, give_notice, remind
from teleprocedures.cases._messages import ActivationCodeLetter, ConfirmationLinkEmail
from teleprocedures.cases._openings import day_known, day_seen, since_sending
from teleprocedures.cases._space import Space, check_active
from teleprocedures.core import (
    LIMIT,
    Advice,
    Changes,
    Decision,
    Entry,
    Event,
    Lapse,
    Lifecycle,
    Opening,
    Reminder,
    Row,
    State,
    both_times,
    case_id,
    check_after,
    check_code,
    contradiction,
    held_elsewhere,
    in_time,
    remark,
    reminder_is_due,
    stands_for,
    time_is_up,
)
from teleprocedures.deadlines import Deadline, first_instant, instant
from teleprocedures.errors import InvalidValueError, check_kind, not_built, show
from teleprocedures.forms import AdhesionForm, Applicant, KnownForm, check_form
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook, Service
from teleprocedures.values import (
    HELD_ELSEWHERE,
    ActivationCode,
    BankAccount,
    EmailAddress,
    Held,
    LinkToken,
    Organisation,
    PersonName,
    SealedCode,
    Secret,
    read_as,
    salt_of,
    seal,
)


class AdhesionState(StrEnum):
    """Where a request stands, up to its letter; `Adhesion.activation` says the rest."""

    AWAITING_EMAIL = "awaiting_email"
    VALIDATED = "validated"
    LAPSED = "lapsed"


# --- Events -----------------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True, weakref_slot=False)
class AdhesionRequested(Opening):
    """Services were requested for a company; with Messaging, a link was sent and 48 hours began (rules 2.1 to 2.8).

    The `form` is the whole form as it was accepted. The `requester` is the e-mail address of the space that asked, and
    `requester_name` its user. The id of the request that this one renews or replaces is `renews`, if there is one
    (A16). There is a `token` and a `deadline` only where there is a link.
    """

    cites: ClassVar[tuple[str, ...]] = ("2.4",)

    space_id: str
    requester: EmailAddress
    form: AdhesionForm
    renews: str | None
    token: SealedCode | None
    deadline: Deadline | None
    requester_name: str | None = None

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules of a request, and those of its link where there is one."""
        return self.cites if self.token is None else (*self.cites, "2.8", LIMIT)


class AdhesionValidated(LetterPosted):
    """A request without Messaging was validated online, and its letter is posted (rule 2.5)."""

    cites: ClassVar[tuple[str, ...]] = ("2.5", LIMIT)

    __slots__ = ()


class CompanyEmailConfirmed(LetterPosted):
    """The company's link was used in time, and only now is the letter posted (rule 2.10)."""

    cites: ClassVar[tuple[str, ...]] = ("2.10", LIMIT)

    __slots__ = ()


class AdhesionReminded(Reminder):
    """The user was reminded that the company's link is waiting."""

    __slots__ = ()


class AdhesionLapsed(Lapse):
    """The link was not used in time as far as is known, and this request alone ends for all its services (2.11, A5)."""

    __slots__ = ()


# --- Guards, and what is sent -----------------------------------------------------------------------------------------


def _requested(adhesion: Adhesion) -> AdhesionRequested:
    origin = adhesion.origin
    assert isinstance(origin, AdhesionRequested), "what was taken over has gone past its link"
    return origin


@stands_for("2.5", "2.7", looks_at="services")
def without_messaging(adhesion: Adhesion, _: datetime) -> bool:
    """Guard: no e-mail address of the company is to be confirmed by a link (rules 2.5 and 2.7)."""
    return _requested(adhesion).token is None


@stands_for("2.8")
def token_opens(adhesion: Adhesion, _: datetime, *, token: object) -> bool:
    """Guard: the token given is the link's (rule 2.8).

    Raises `WrongCodeError` for another token.
    """
    sealed = _requested(adhesion).token
    assert sealed is not None, "only a request with a link awaits one"
    check_code(sealed, token, salt=adhesion.id, what="link", rule=adhesion.rulebook.rule("2.8"))
    return True


def send_link(adhesion: Adhesion, _: datetime, *, token: LinkToken | Held) -> tuple[ConfirmationLinkEmail, ...]:
    """The e-mail with the link to the company's address, whatever an earlier request had confirmed (rules 2.8 and A6).

    A token held elsewhere has no e-mail here.
    """
    origin = _requested(adhesion)
    # Asked about every request that is opened, and one without Messaging has no link.
    email, deadline = origin.form.company_email, origin.deadline
    if isinstance(token, Held) or email is None or deadline is None:
        return ()
    return (ConfirmationLinkEmail(**_about(adhesion), deadline=deadline, to=email, token=token),)


def post_letter(adhesion: Adhesion, _: datetime, *, code: ActivationCode | Held) -> tuple[ActivationCodeLetter, ...]:
    """The letter with the code to the company concerned (2.5, 2.6 and 2.10).

    A code held elsewhere has no letter here.
    """
    deadline = adhesion.time_limit
    if isinstance(code, Held) or adhesion.activation is None or deadline is None:
        return ()
    return (ActivationCodeLetter(**_about(adhesion), deadline=deadline, code=code),)


class _About(TypedDict):
    """What the company is told of a request."""

    case_id: str
    version: int
    form: AdhesionForm
    requester: EmailAddress
    requester_name: str | None


def _about(adhesion: Adhesion) -> _About:
    origin = _requested(adhesion)
    return {
        "case_id": adhesion.id,
        "version": adhesion.version,
        "form": origin.form,
        "requester": origin.requester,
        "requester_name": origin.requester_name,
    }


# --- The table --------------------------------------------------------------------------------------------------------

_AWAITING, _VALIDATED, _LAPSED = AdhesionState

ADHESION: Final = Lifecycle["Adhesion", AdhesionState](
    "adhesion",
    AdhesionState,
    initial=_AWAITING,
    limit="link_use",
    opens=AdhesionRequested,
    entries=(Entry(RequestTakenOver, _VALIDATED), Entry(ServicesTakenOver, _VALIDATED)),
    sends=send_link,
    described=(
        State(_AWAITING, "2.10", (Advice(Actor.COMPANY, Action.USE_LINK, "2.9"),), runs=True),
        State(_VALIDATED, "2.5", terminal=True, then=ACTIVATION),
        State(_LAPSED, "2.11", (Advice(Actor.USER, Action.RENEW_ADHESION, "2.11"),), terminal=True),
    ),
    rows=(
        # Without Messaging, a request is validated in the decision that opens it: nobody ever sees it waiting.
        Row("validate", _AWAITING, _VALIDATED, AdhesionValidated, (without_messaging,), sends=post_letter),
        Row(
            "confirm_company_email",
            _AWAITING,
            _VALIDATED,
            CompanyEmailConfirmed,
            (in_time, token_opens),
            sends=post_letter,
        ),
        # A letter's day, or a code that was entered, proves that the link was used, though nobody noted when (A23).
        Row(
            "record_letter",
            _AWAITING,
            _VALIDATED,
            LinkProvedByLetter,
            (held_elsewhere, letter_can_bear),
            after=the_request,
        ),
        Row(
            "activate",
            _AWAITING,
            _VALIDATED,
            LinkProvedByCode,
            (held_elsewhere, from_the_space_that_asked, entered_elsewhere),
            after=the_request,
        ),
        Row("declare_account", _AWAITING, _AWAITING, AccountDeclared, (pays, account_is_new), after=the_request),
        Row("renew", _AWAITING, _AWAITING, None, (from_the_space_that_asked,), after=the_request),
        Row("renew", _LAPSED, _LAPSED, None, (from_the_space_that_asked,), after=the_request),
        Row("remind", _AWAITING, _AWAITING, AdhesionReminded, (reminder_is_due,), sends=remind),
        Row("lapse", _AWAITING, _LAPSED, AdhesionLapsed, (time_is_up,), sends=give_notice),
        Row(
            "confirm_company_email",
            _LAPSED,
            _VALIDATED,
            CompanyEmailConfirmed,
            (held_elsewhere, in_time, token_opens),
            sends=post_letter,
            corrects="A15",
        ),
        Row(
            "record_letter",
            _LAPSED,
            _VALIDATED,
            LinkProvedByLetter,
            (held_elsewhere, letter_can_bear),
            after=the_request,
            corrects="A23",
        ),
        Row(
            "activate",
            _LAPSED,
            _VALIDATED,
            LinkProvedByCode,
            (held_elsewhere, from_the_space_that_asked, entered_elsewhere),
            after=the_request,
            corrects="A23",
        ),
    ),
)


@final
@attrs.frozen(kw_only=True, weakref_slot=False)
class Adhesion(Case):
    """One request of services for one company; `activation` is None until its letter is posted.

    The `later_accounts` are those declared after the request (A17).
    """

    lifecycle: ClassVar[Lifecycle[Adhesion, AdhesionState]] = ADHESION

    origin: AdhesionRequested | RequestTakenOver | ServicesTakenOver
    state: AdhesionState
    activation: Activation | None = None
    later_accounts: tuple[BankAccount, ...] = ()

    @classmethod
    def request(
        cls,
        space: Space,
        form: AdhesionForm,
        *,
        id: str,
        at: datetime | date,
        recorded_at: datetime | None = None,
        token: LinkToken | Held = HELD_ELSEWHERE,
        code: ActivationCode | Held = HELD_ELSEWHERE,
        rulebook: Rulebook = EXPERT_2024_04_03,
        renews: str | None = None,
    ) -> Decision[Self]:
        """Request services from an active space: a link by e-mail with Messaging, else the letter at once.

        The link works for 48 elapsed hours, and the code for 60 civil days (rules 2.1 to 2.10). Where the code is held
        elsewhere, these days are estimated until the letter's day is known (A3). The id of a request that this one
        takes the place of is `renews` (A16).

        Raises `SpaceNotActiveError` for a space that is not active (1.12). Raises `OutOfOrderError` before the space
        was active, and for an `at` that is to come. Raises `InvalidValueError` for a naive instant, for a service that
        is not in the rulebook's catalogue, and for an id that is not one.
        """
        active_from, id = check_active(space, None).followed, case_id(id)
        at, recorded_at, day = both_times(at, recorded_at, rulebook, after=active_from)
        check_after(at, space, since=active_from, day=day)
        check_form(form, AdhesionForm)
        if renews is not None:
            renews = case_id(renews)
            if renews == id:
                raise InvalidValueError("renews.not_allowed", value=show(renews))
        form = _under(rulebook, form)
        linked = begins_with_link(form, rulebook)
        event = AdhesionRequested(
            case_id=id,
            version=1,
            at=at,
            recorded_at=recorded_at,
            day=day,
            rulebook=rulebook,
            space_id=space.id,
            requester=space.email,
            requester_name=space.user,
            form=form,
            renews=renews,
            token=seal(token, salt=salt_of("link", id)) if linked else None,
            deadline=(
                since_sending(rulebook.link_use, rulebook, token, at=at, recorded_at=recorded_at, day=day)
                if linked
                else None
            ),
        )
        opened = cls.begin(event, token=token)
        if linked:
            return opened
        validated = opened.case.decide("validate", at if day is None else day, recorded_at, code=code)
        # Nothing was sent at the opening, so the messages of the validation are all there are.
        return Decision(validated.case, (event, *validated.events), validated.messages)

    @classmethod
    def take_over(
        cls,
        space: Space,
        *,
        organisation: Organisation | str,
        services: Iterable[Service | str],
        id: str,
        seen: date,
        source: str,
        at: datetime | date,
        recorded_at: datetime | None = None,
        since: date | None = None,
        requested: date | None = None,
        letter: date | None = None,
        under_way: bool = False,
        bank_accounts: Iterable[BankAccount | str] = (),
        rulebook: Rulebook = EXPERT_2024_04_03,
        **known: Unpack[AlsoKnown],
    ) -> Decision[Self]:
        """Follow services that a space holds for a company already, or a request that is under way there (A19).

        They were seen in the space on the civil day `seen`, and the `source` says so. Services are held, `since` a day
        if anybody knows. A request is under way that has the day on which it was `requested`, or on which its `letter`
        was edited. Where neither is known, `under_way` says so. What else is known of the company may be given as in an
        `AdhesionForm`. A company may be older than the space.

        Raises `SpaceNotActiveError` for a space that is not active (1.12). Raises `RefusedFormError` as `KnownForm`
        does. Raises `InvalidValueError` for a value that is none, for a day that cannot be, for services that are held
        and awaited, and for a naive instant. Raises `OutOfOrderError` for an `at` that is to come.
        """
        check_active(space, None)
        at, recorded_at, day = both_times(at, recorded_at, rulebook)
        form = KnownForm(organisation=organisation, services=services, bank_accounts=bank_accounts, **known)
        form = _under(rulebook, form)
        seen = day_seen(seen, recorded_at)
        opening: _Opening = {
            "case_id": case_id(id),
            "version": 1,
            "at": at,
            "recorded_at": recorded_at,
            "day": day,
            "rulebook": rulebook,
            "seen": seen,
            "source": remark(source),
            "space_id": space.id,
            "requester": space.email,
            "requester_name": space.user,
            "form": form,
        }
        days = {
            name: None if it is None else day_known(name, it, seen)
            for name, it in (("since", since), ("requested", requested), ("letter", letter))
        }
        awaited = (
            check_kind(under_way, bool, what="under_way") or days["requested"] is not None or days["letter"] is not None
        )
        if awaited and days["since"] is not None:
            raise InvalidValueError("taken_over.held_and_awaited", value=days["since"].isoformat())
        event: RequestTakenOver | ServicesTakenOver
        if awaited:
            asked, edited = days["requested"], days["letter"]
            if asked is not None and edited is not None:
                day_known("requested", asked, edited)
            deadline = deadline_of_old(rulebook, seen, asked, edited, linked=begins_with_link(form, rulebook))
            event = RequestTakenOver(**opening, requested=asked, edited=edited, deadline=deadline)
        else:
            event = ServicesTakenOver(**opening, since=days["since"])
        return Decision(cls.opened_by(event), (event,))

    # --- What can be asked ---

    @property
    def space_id(self) -> str:
        """The id of the space that asked (rule 3.3)."""
        return self.origin.space_id

    @property
    def organisation(self) -> Organisation:
        """The company concerned (rules 2.2 and 2.3)."""
        return self.origin.form.organisation

    @property
    def company_name(self) -> str | None:
        """The name of the company concerned, if it was given."""
        return self.origin.form.company_name

    @property
    def applicant(self) -> Applicant | None:
        """Who asked: a representative of the company, or a third party (3.2); None where nobody said (A19)."""
        return self.origin.form.applicant

    @property
    def legal_representative(self) -> PersonName | None:
        """The company's legal representative, if the request named him."""
        return self.origin.form.legal_representative

    @property
    def link_sent_to(self) -> EmailAddress | None:
        """The company's e-mail address while its link is still to be used (2.8)."""
        return self.origin.form.company_email if self.state is AdhesionState.AWAITING_EMAIL else None

    @property
    def services(self) -> tuple[Service, ...]:
        """The services requested; `holds` says whether they are held yet."""
        return self.origin.form.services

    @property
    def accounts(self) -> tuple[BankAccount, ...]:
        """The accounts of the company that were declared, with the request and later (2.13, A17)."""
        return (*self.origin.form.bank_accounts, *self.later_accounts)

    @property
    def contact(self) -> EmailAddress:
        """The e-mail address of the space that asked."""
        return self.origin.requester

    @property
    def stage(self) -> AdhesionState | ActivationState:
        """Where the request stands as a whole: its activation's state once it has one, else its own.

        Raises `InvalidValueError` for a snapshot without content.
        """
        try:
            activation, state = self.activation, self.state
        except AttributeError:
            raise not_built(self) from None
        return state if activation is None else activation.state

    @property
    def table(self) -> Lifecycle[Adhesion, AdhesionState] | Lifecycle[Adhesion, ActivationState]:
        """The activation's table once the request is validated, and its own before.

        Raises `InvalidValueError` for a snapshot without content.
        """
        try:
            return ADHESION if self.activation is None else ACTIVATION
        except AttributeError:
            raise not_built(self) from None

    @property
    def time_limit(self) -> Deadline | None:
        """The 48 hours of the link, or the 60 days of the code once its letter is posted (rules 2.9 and 3.1)."""
        activation = self.activation
        return _requested(self).deadline if activation is None else activation.deadline

    @property
    def held_elsewhere(self) -> bool:
        """Whether the real portal holds the link's token, or the code once the letter is posted."""
        return isinstance(_requested(self).token if self.activation is None else self.activation.code, Held)

    @property
    def days_told(self) -> dict[datetime, date | None]:
        """The letter's day too, which a code follows (A3)."""
        letter = None if self.activation is None else self.activation.letter
        known = super().days_told
        return known if letter is None else known | {first_instant(letter, letter_zone(self.rulebook)): letter}

    def holds(self, service: Service | str) -> bool:
        """Whether the service is held: requested here, and activated (rules 0.2 and 3.5).

        A service is its code, whatever its title. Raises `InvalidValueError` for one that the rulebook's catalogue does
        not have.
        """
        # Not a False: whoever misspells a code would wait for it for ever.
        service = self.rulebook.catalogue.find(service)
        return self.stage is ActivationState.ACTIVE and service in self.services

    def is_held(self, at: datetime) -> bool:
        """Whether its services were held at this instant (rule 3.5).

        Raises `InvalidValueError` for a naive instant.
        """
        # Accounts declared later move nothing: `since` is still when the code was entered.
        at = instant(at)
        return self.stage is ActivationState.ACTIVE and self.since <= at

    def declares(self, account: BankAccount | str) -> bool:
        """Whether this account was declared as the company's (rule 2.13, A17).

        Raises `InvalidValueError` for what is no account.
        """
        return (read_as(BankAccount, account)) in self.accounts

    def check(self) -> None:
        """Raise `InvalidValueError` for a snapshot that contradicts itself, which no verb makes."""
        if (self.activation is None) is (self.state is _VALIDATED):
            raise contradiction(".activation", "activation_once_validated")
        origin = self.origin
        if isinstance(origin, AdhesionRequested) and (origin.deadline is None) is not (origin.token is None):
            raise contradiction(".origin.deadline", "deadline_with_a_token")
        Case.check(self)

    # --- Verbs ---

    def confirm_company_email(
        self,
        token: LinkToken | Held | Secret | str,
        *,
        at: datetime | date,
        recorded_at: datetime | None = None,
        code: ActivationCode | Held = HELD_ELSEWHERE,
    ) -> Decision[Self]:
        """Use the company's link, within 48 elapsed hours: only then is the letter posted (rules 2.8 to 2.11).

        Where the token is held elsewhere, a link used in time and told later corrects a lapse (A15).

        Raises `DeadlinePassedError` past the 48 hours, whatever the token. Raises `WrongCodeError` for another token.
        Raises `TransitionRefusedError` where no link is awaited. Raises `OutOfOrderError` for instants that contradict
        what is known. Raises `InvalidValueError` for a naive instant, and for a token that is not one.
        """
        token = Secret.of(token)
        return self.decide("confirm_company_email", at, recorded_at, token=token, code=code)

    def record_letter(
        self, edited: date, *, at: datetime | date, recorded_at: datetime | None = None
    ) -> Decision[Self]:
        """Record the civil day that the letter bears: the 60 days are counted from it, and no longer estimated (A3).

        The day may be recorded again, to correct it. Where the code is held elsewhere, it can correct a lapse or settle
        it (A15).

        Raises `InvalidValueError` for a day before the request, or after the one on which this is told. Raises
        `DeadlinePassedError` for our own letter once the 60 days have passed. Raises `TransitionRefusedError` when no
        letter is awaited. Raises `OutOfOrderError` for instants that contradict what is known.
        """
        return self.decide("record_letter", at, recorded_at, edited=edited)

    def activate(
        self,
        code: ActivationCode | Held | Secret | str,
        *,
        space: Space,
        at: datetime | date,
        recorded_at: datetime | None = None,
    ) -> Decision[Self]:
        """Activate the requested services with the letter's code, from the space that asked (rules 3.1 to 3.5).

        Where the code is held elsewhere, an activation in time that is told later corrects a lapse (A15). While the
        letter's day is not known, one is believed whenever it happened (A15).

        Raises `DeadlinePassedError` past the 60th civil day, whatever the code. Raises `WrongCodeError` for another
        code. Raises `SpaceNotActiveError` for a space that is not active, and `WrongSpaceError` for one that did not
        ask. Raises `TransitionRefusedError` where no code is awaited. Raises `OutOfOrderError` for instants that
        contradict what is known. Raises `InvalidValueError` for a naive instant.
        """
        code = Secret.of(code)
        return self.decide("activate", at, recorded_at, code=code, space=space)

    def declare_account(
        self, account: BankAccount | str, *, at: datetime | date, recorded_at: datetime | None = None
    ) -> Decision[Self]:
        """Declare an account of the company after the request, for its Pay services (A17).

        Raises `AccountRefusedError` when no service of the request pays (2.13), and when the account is declared
        already. Raises `TransitionRefusedError` once the request has lapsed. Raises `OutOfOrderError` for instants that
        contradict what is known. Raises `InvalidValueError` for a naive instant, and for what is no account.
        """
        account = read_as(BankAccount, account)
        return self.decide("declare_account", at, recorded_at, account=account)

    def renew(
        self,
        space: Space,
        *,
        id: str,
        at: datetime | date,
        recorded_at: datetime | None = None,
        form: AdhesionForm | None = None,
        token: LinkToken | Held = HELD_ELSEWHERE,
        code: ActivationCode | Held = HELD_ELSEWHERE,
        rulebook: Rulebook = EXPERT_2024_04_03,
    ) -> Decision[Self]:
        """Request the services again: a new request, which names this one and changes nothing of it (2.11, 3.4, A16).

        It is possible as soon as the time limit has passed, and while the request is pending (a lost letter). A `form`
        corrects the company's e-mail address, its accounts or its services. Without one, all is asked for again.

        Raises `TransitionRefusedError` for a request whose services are held. Raises `WrongSpaceError` from a space
        other than the one that asked. Raises `InvalidValueError` for a form about another organisation. Raises what
        `request` raises.
        """
        # Judged and not decided: the rows of `renew` make no event.
        self._judge("renew", at, recorded_at, {"space": space})
        if form is None:
            form = self._same(rulebook)
        elif isinstance(form, AdhesionForm) and form.organisation != self.organisation:
            raise InvalidValueError(
                "renews.other_company", value=str(form.organisation), expected=str(self.organisation)
            )
        return self.request(
            space,
            form,
            id=id,
            at=at,
            recorded_at=recorded_at,
            token=token,
            code=code,
            rulebook=rulebook,
            renews=self.id,
        )

    def under(self, rulebook: Rulebook) -> Self:
        """The same request under another rulebook, with its services as that one has them."""
        changes: Changes = {"rulebook": rulebook, "form": _under(rulebook, self.origin.form)}
        return attrs.evolve(self, origin=attrs.evolve(self.origin, **changes))

    def changes(self, event: Event, state: StrEnum) -> Changes:
        """The activation, which a letter begins and later events move on, and the accounts declared later."""
        if isinstance(event, AccountDeclared):
            return {"later_accounts": (*self.later_accounts, event.account)}
        if self.activation is None:
            begun = Activation.opened_by(event)
            return {} if begun is None else {"activation": begun}
        if isinstance(event, Reminder):
            return {}
        assert isinstance(state, ActivationState), "the activation's table has answered"
        return {"activation": self.activation.changed_by(event, state)}

    def _same(self, rulebook: Rulebook) -> AdhesionForm:
        """The form again, with every account declared since and the services as the rulebook of today has them.

        Of what was taken over, the form of a request may not be known: it is refused for what is missing.
        """
        form = self.origin.form
        if isinstance(form, KnownForm):
            known = {field.name: getattr(form, field.name) for field in attrs.fields(KnownForm)}
            known["bank_accounts"] = self.accounts
            form = AdhesionForm(**known)
        return _under(rulebook, attrs.evolve(form, bank_accounts=self.accounts))


FormT = TypeVar("FormT", bound=AdhesionForm | KnownForm)


class AlsoKnown(TypedDict, total=False):
    """What else may be known of a company whose services are taken over: fields of a `KnownForm`."""

    company_email: EmailAddress | str | None
    applicant: Applicant | str | None
    legal_representative: PersonName | str | None
    company_name: str | None
    company_address: str | None


class _Opening(TypedDict):
    """What the openings of services and of requests that are taken over have in common."""

    case_id: str
    version: int
    at: datetime
    recorded_at: datetime
    day: date | None
    rulebook: Rulebook
    seen: date
    source: str
    space_id: str
    requester: EmailAddress
    requester_name: str
    form: KnownForm


def begins_with_link(form: AdhesionForm | KnownForm, rulebook: Rulebook) -> bool:
    """Whether a request begins with the link to the company, for Messaging, and not with its letter (2.5, 2.8).

    Raises `InvalidValueError` for what is no form, and for a service that is not in the rulebook's catalogue.
    """
    if not isinstance(form, KnownForm):
        check_form(form, AdhesionForm)
    return any(service.needs_company_email for service in _under(rulebook, form).services)


def _under(rulebook: Rulebook, form: FormT) -> FormT:
    """The form with its services as the rulebook has them.

    Raises `InvalidValueError` for a service that is not in its catalogue.
    """
    catalogue = check_kind(rulebook, Rulebook, what="rulebook").catalogue
    for service in form.services:
        if service.code not in catalogue:
            raise InvalidValueError(
                "service.not_in_catalogue",
                value=repr(service.code),
                rulebook=show(rulebook.version),
                expected=tuple(catalogue),
            )
    services = tuple(catalogue[service.code] for service in form.services)
    # Nearly always the very same services: then the form need not be checked again.
    same = all(known is given for known, given in zip(services, form.services, strict=True))
    return form if same else attrs.evolve(form, services=services)


AdhesionEvent: TypeAlias = (
    AdhesionRequested
    | AdhesionValidated
    | CompanyEmailConfirmed
    | LinkProvedByLetter
    | LinkProvedByCode
    | AdhesionReminded
    | AdhesionLapsed
)
"""What happens to a request up to its letter."""
