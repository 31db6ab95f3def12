"""The shell for one request at a time, with everything that reaches the outside injected.

A verb takes the instants from the clock and what is drawn from the generator, and decides. A `Portal` then carries the
decision out and gives the snapshot. An `AsyncPortal` gives a coroutine that does so. The order is always the same: a
verb decides, then the journal records, then the notifier sends (`_carrying`).

Verbs written once. Each verb stands in `Verbs` as a function that decides, under a decorator (`Verb`). The decorated
name is a descriptor: read from a `Portal` it is a method that gives a case, and from an `AsyncPortal` one that gives a
coroutine. A type checker sees either by an overload of `__get__`. Two classes with the same verbs would have to be kept
in step by hand.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import date, datetime
from functools import update_wrapper
from hashlib import sha256
from types import MethodType
from typing import (
    Concatenate,
    Final,
    Generic,
    ParamSpec,
    Required,
    TypeAlias,
    TypedDict,
    TypeVar,
    Unpack,
    overload,
)

import attrs

from teleprocedures.cases import (
    Adhesion,
    AlsoKnown,
    Case,
    Mandate,
    Space,
    SpaceRequested,
    SpaceState,
    begins_with_link,
    withdraw,
)
from teleprocedures.core import Decision, Event, Message, Reason
from teleprocedures.errors import (
    InvalidValueError,
    SignInRefusedError,
    SpaceNotActiveError,
    check_kind,
    show,
    shows_half_built,
)
from teleprocedures.forms import AdhesionForm, Applicant, KnownForm, SpaceForm, check_form
from teleprocedures.rulebook import EXPERT_2024_04_03, Rulebook, Service, in_force
from teleprocedures.shells._answers import at_once, code_of, done, later, token_of
from teleprocedures.shells._carrying import NotificationError, carried_out
from teleprocedures.shells._ports import (
    AsyncJournal,
    AsyncNotifier,
    Clock,
    CodeGenerator,
    Journal,
    Notifier,
    PasswordHasher,
)
from teleprocedures.values import (
    LONGEST,
    ActivationCode,
    BankAccount,
    EmailAddress,
    Held,
    LinkToken,
    MandateReference,
    Organisation,
    PersonName,
    Secret,
    hashed,
    hiding,
    plain,
    typed_secret,
)

P = ParamSpec("P")
CaseT = TypeVar("CaseT", bound=Case)
KindT = TypeVar("KindT", bound=Case)
Soon: TypeAlias = Coroutine[object, None, CaseT]
"""What an async portal's verb gives: to be awaited for the snapshot."""


class _Instants(TypedDict):
    """When a fact happened, or the civil day of it, and when it was told, which is now."""

    at: datetime | date
    recorded_at: datetime


class _NewRequest(TypedDict, total=False):
    """What is drawn for a new request: its id, and the token of its link or else the code of its letter."""

    id: Required[str]
    token: LinkToken | Held
    code: ActivationCode | Held


class KnownSpace(TypedDict):
    """What is known of a space that is taken over; see `Space.take_over`."""

    email: EmailAddress | str
    first_name: PersonName | str
    last_name: PersonName | str
    organisation: Organisation | str


class KnownServices(AlsoKnown, total=False):
    """What else may be known of services that are taken over; see `Adhesion.take_over`."""

    since: date | None
    requested: date | None
    letter: date | None
    under_way: bool
    bank_accounts: Iterable[BankAccount | str]


class KnownMandate(TypedDict, total=False):
    """What else may be known of a mandate that is taken over; see `Mandate.take_over`."""

    reference: MandateReference | str | None
    registered: date | None
    last_collected: date | None
    company_name: str | None
    mandates: Iterable[Mandate]


class Verb(Generic[P, KindT]):
    """A verb that is written as a decision, which a portal carries out at once and an async portal when awaited."""

    def __init__(self, decide: Callable[Concatenate[Verbs, P], Decision[KindT]]) -> None:
        # What was typed and is secret is let go of: these frames stand in every report of an error.
        hide, check = hiding(decide, "code", "token"), _checks(decide)
        decision: Callable[..., Decision[KindT]] = decide

        def now(portal: Portal, *args: object, **given: object) -> KindT:
            args, given = hide((portal, *args), given)
            check(args, given)
            return portal.carry_out(decision(*args, **given))

        async def soon(portal: AsyncPortal, *args: object, **given: object) -> KindT:
            args, given = hide((portal, *args), given)
            check(args, given)
            return await portal.carry_out(decision(*args, **given))

        self._now = _like(decide, now)
        self._soon = _like(decide, soon)

    @overload
    def __get__(self, portal: None, owner: type) -> Callable[..., object]: ...
    @overload
    def __get__(self, portal: Portal, owner: type) -> Callable[P, KindT]: ...
    @overload
    def __get__(self, portal: AsyncPortal, owner: type) -> Callable[P, Soon[KindT]]: ...
    def __get__(self, portal: object, owner: type) -> Callable[..., object]:
        """The verb as a method of a portal, or of its class."""
        verb = self._soon if issubclass(owner, AsyncPortal) else self._now
        return verb if portal is None else MethodType(verb, portal)


_KINDS: Final[Mapping[str, type[Case]]] = {"CaseT": Case, "Space": Space, "Adhesion": Adhesion, "Mandate": Mandate}
"""What the parameters of a verb are, by how they are annotated: what is no case has no verbs, and no words for it."""


def _checks(decide: Callable[..., object]) -> Callable[[Iterable[object], Mapping[str, object]], None]:
    """What raises `InvalidValueError` where a call of this function gives it no case, or one of another kind."""
    parameters = inspect.signature(decide).parameters
    kinds = {name: _KINDS[it.annotation] for name, it in parameters.items() if it.annotation in _KINDS}

    def check(args: Iterable[object], given: Mapping[str, object]) -> None:
        for name, value in (*zip(parameters, args, strict=False), *given.items()):
            if name in kinds:
                check_kind(value, kinds[name], what=name)

    return check


def _like(decide: Callable[..., Decision[Case]], verb: Callable[..., object]) -> Callable[..., object]:
    """The verb as help and documentation show it: it takes what it decides by, and gives the snapshot."""
    update_wrapper(verb, decide)
    signature = inspect.signature(decide)
    given: str = signature.return_annotation.removeprefix("Decision[").removesuffix("]")
    verb.__annotations__ = decide.__annotations__ | {"return": given}
    vars(verb)["__signature__"] = signature.replace(return_annotation=given)
    return verb


def _books(rulebook: Rulebook | Iterable[Rulebook]) -> tuple[Rulebook, ...]:
    return (rulebook,) if isinstance(rulebook, Rulebook) else tuple(rulebook)


@attrs.frozen(kw_only=True)
class Verbs:
    """The verbs, each written once as what it decides, and what they are decided with.

    The instant `at` is when the fact happened (aware; UTC is kept). It is the clock's, or an earlier one for a fact
    told late, or a civil day where the hour is not known (A22). What is recorded is told at the clock's instant. New
    cases are made under the rulebook that is in force at `at`, of those given. Others keep their own.
    """

    clock: Clock
    codes: CodeGenerator
    hasher: PasswordHasher
    rulebook: tuple[Rulebook, ...] = attrs.field(default=(EXPERT_2024_04_03,), converter=_books)

    # --- Step 1 ---

    @Verb
    def create_space(
        self, form: SpaceForm, *, key: str | None = None, at: datetime | date | None = None
    ) -> Decision[Space]:
        """Ask for a space: an e-mail with its code (rules 1.1 to 1.7).

        Raises what `Space.create` raises.
        """
        check_form(form, SpaceForm)
        instants = self._instants(at)
        return Space.create(
            form,
            code=self._code(),
            id=self._id("space", None, key),
            password_hash=self._hash(form.password),
            answer_hash=self._hash(form.security_answer),
            rulebook=self._in_force(instants["at"]),
            **instants,
        )

    @Verb
    def take_over_space(
        self,
        *,
        seen: date,
        source: str,
        key: str | None = None,
        at: datetime | date | None = None,
        **known: Unpack[KnownSpace],
    ) -> Decision[Space]:
        """Follow a space that is there already, as it was seen on a civil day (A19).

        Raises what `Space.take_over` raises.
        """
        instants = self._instants(at)
        id, rulebook = self._id("space", None, key), self._in_force(instants["at"])
        return Space.take_over(id=id, seen=seen, source=source, rulebook=rulebook, **known, **instants)

    @Verb
    def activate_space(
        self, space: Space, code: ActivationCode | Held | str, *, at: datetime | date | None = None
    ) -> Decision[Space]:
        """Activate a space with its code within 48 elapsed hours (rules 1.8 to 1.10).

        Raises what `Space.activate` raises.
        """
        return space.activate(code, **self._instants(at))

    def sign_in(self, space: Space, password: Secret | str) -> None:
        """Let the user into the space by the password (rule 2.1); nothing is decided, so nothing is recorded or sent.

        Only a hasher that answers True lets the user in. Signing in is not awaited, even with an `AsyncPortal`, because
        a forgotten `await` would let anybody in.

        Raises `SignInRefusedError` for another password, and for any other answer of the hasher. Raises
        `SignInRefusedError` for more than 1,000 characters, which are not hashed. Raises `SpaceNotActiveError` for the
        right password of a space that is not active (1.8, 1.11). Raises `InvalidValueError` for what is no text. An
        error of the hasher comes out as it is.
        """
        password = Secret.of(password)
        space = check_kind(space, Space, what="space")
        rule, called = space.rulebook.rule("2.1"), repr(space.id)
        if isinstance(password, Secret) and len(password) > LONGEST:
            raise SignInRefusedError("sign_in.refused", rule=rule, space=called)
        typed, origin = typed_secret("password", password), space.origin
        if not isinstance(origin, SpaceRequested):
            raise SignInRefusedError("sign_in.taken_over", rule=rule, space=called)
        answer: object = at_once("hasher.verify", self.hasher.verify(typed.reveal(), origin.password_hash))
        if answer is False:
            raise SignInRefusedError("sign_in.refused", rule=rule, space=called)
        if answer is not True:
            raise SignInRefusedError("sign_in.unclear", rule=rule, space=called, type=type(answer).__name__)
        # Only now: whoever does not know the password is not told where the space stands.
        if space.state is not SpaceState.ACTIVE:
            rule = space.rulebook.rule(space.table.cites(space.state))
            company, state = str(space.organisation), str(space.state)
            raise SpaceNotActiveError("space.not_active", rule=rule, space=called, company=company, state=state)

    # --- Steps 2 and 3 ---

    @Verb
    def request_adhesion(
        self,
        space: Space,
        form: AdhesionForm,
        renews: str | None = None,
        *,
        key: str | None = None,
        at: datetime | date | None = None,
    ) -> Decision[Adhesion]:
        """Request services: with Messaging the company's link, else the letter at once (rules 2.1 to 2.10).

        The id of a request that this one takes the place of is `renews` (A16). Raises what `Adhesion.request` raises.
        """
        instants = self._instants(at)
        rulebook = self._in_force(instants["at"])
        drawn = self._new_request(space, key, form, rulebook)
        return Adhesion.request(space, form, renews=renews, rulebook=rulebook, **drawn, **instants)

    @Verb
    def take_over_services(
        self,
        space: Space,
        *,
        organisation: Organisation | str,
        services: Iterable[Service | str],
        seen: date,
        source: str,
        key: str | None = None,
        at: datetime | date | None = None,
        **known: Unpack[KnownServices],
    ) -> Decision[Adhesion]:
        """Follow services that the space holds for a company already, or a request that is under way there (A19).

        Raises what `Adhesion.take_over` raises.
        """
        instants = self._instants(at)
        return Adhesion.take_over(
            space,
            organisation=organisation,
            services=services,
            id=self._id("adhesion", space, key),
            seen=seen,
            source=source,
            rulebook=self._in_force(instants["at"]),
            **known,
            **instants,
        )

    @Verb
    def confirm_company_email(
        self, adhesion: Adhesion, token: LinkToken | Held | str, *, at: datetime | date | None = None
    ) -> Decision[Adhesion]:
        """Use the company's link within 48 elapsed hours, so that the letter is posted (rules 2.8 to 2.11).

        Raises what `Adhesion.confirm_company_email` raises.
        """
        return adhesion.confirm_company_email(token, code=self._code(), **self._instants(at))

    @Verb
    def record_letter(
        self, adhesion: Adhesion, edited: date, *, at: datetime | date | None = None
    ) -> Decision[Adhesion]:
        """Record the civil day that the letter bears (A3).

        Raises what `Adhesion.record_letter` raises.
        """
        return adhesion.record_letter(edited, **self._instants(at))

    @Verb
    def activate_services(
        self, space: Space, adhesion: Adhesion, code: ActivationCode | Held | str, *, at: datetime | date | None = None
    ) -> Decision[Adhesion]:
        """Activate the requested services with the letter's code within 60 civil days (rules 3.1 to 3.5).

        Raises what `Adhesion.activate` raises.
        """
        return adhesion.activate(code, space=space, **self._instants(at))

    @Verb
    def declare_account(
        self, adhesion: Adhesion, account: BankAccount | str, *, at: datetime | date | None = None
    ) -> Decision[Adhesion]:
        """Declare an account of the company after the request (A17).

        Raises what `Adhesion.declare_account` raises.
        """
        return adhesion.declare_account(account, **self._instants(at))

    @Verb
    def renew_adhesion(
        self,
        space: Space,
        adhesion: Adhesion,
        form: AdhesionForm | None = None,
        *,
        key: str | None = None,
        at: datetime | date | None = None,
    ) -> Decision[Adhesion]:
        """Request the services again, by a new request that names the old one (2.11, 3.4, A16).

        A `form` corrects what was asked. Raises what `Adhesion.renew` raises.
        """
        instants = self._instants(at)
        rulebook = self._in_force(instants["at"])
        drawn = self._new_request(space, key, adhesion.origin.form if form is None else form, rulebook)
        return adhesion.renew(space, form=form, rulebook=rulebook, **drawn, **instants)

    # --- What the clock has decided ---

    @Verb
    def lapse(self, case: CaseT, *, at: datetime | date | None = None) -> Decision[CaseT]:
        """Carry out what the clock has decided: a case past its time limit lapses (rules 1.10, 2.11, 3.4, F1).

        Raises what the case's own `lapse` raises.
        """
        return case.lapse(**self._instants(at))

    @Verb
    def remind(self, case: CaseT, *, at: datetime | date | None = None) -> Decision[CaseT]:
        """Remind the user of the time limit of a case, once a reminder is due.

        Raises what the case's own `remind` raises.
        """
        return case.remind(**self._instants(at))

    # --- Mandates ---

    @Verb
    def issue_mandate(
        self,
        adhesion: Adhesion,
        account: BankAccount | str,
        *,
        legal_representative: PersonName | str | None = None,
        account_holder: str | None = None,
        managing_office: str | None = None,
        mandates: Iterable[Mandate] = (),
        key: str | None = None,
        at: datetime | date | None = None,
    ) -> Decision[Mandate]:
        """Issue the mandate of one declared account, unless one of `mandates` stands for it (2.14, 2.15 and A8).

        The `legal_representative` may sign it. The `account_holder` is the holder when he is not the company, and the
        `managing_office` is the tax office (SIE). Raises what `Mandate.issue` raises.
        """
        return Mandate.issue(
            adhesion,
            account,
            id=self._id("mandate", adhesion, key),
            reference=at_once("codes.mandate_reference", self.codes.mandate_reference()),
            legal_representative=legal_representative,
            account_holder=account_holder,
            managing_office=managing_office,
            mandates=mandates,
            **self._instants(at),
        )

    @Verb
    def take_over_mandate(
        self,
        space: Space,
        *,
        organisation: Organisation | str,
        account: BankAccount | str,
        seen: date,
        source: str,
        key: str | None = None,
        at: datetime | date | None = None,
        **known: Unpack[KnownMandate],
    ) -> Decision[Mandate]:
        """Follow a mandate that the bank has registered already (A19).

        Raises what `Mandate.take_over` raises.
        """
        instants = self._instants(at)
        return Mandate.take_over(
            space,
            organisation=organisation,
            account=account,
            id=self._id("mandate", space, key),
            seen=seen,
            source=source,
            rulebook=self._in_force(instants["at"]),
            **known,
            **instants,
        )

    @Verb
    def name_representative(
        self, mandate: Mandate, name: PersonName | str, *, at: datetime | date | None = None
    ) -> Decision[Mandate]:
        """Say before the signature who the legal representative is (2.16).

        Raises what `Mandate.name_representative` raises.
        """
        return mandate.name_representative(name, **self._instants(at))

    @Verb
    def sign_mandate(
        self, mandate: Mandate, signatory: Applicant | PersonName | str, *, at: datetime | date | None = None
    ) -> Decision[Mandate]:
        """Record the signature of the company's legal representative (rule 2.16).

        Raises what `Mandate.sign` raises.
        """
        return mandate.sign(signatory, **self._instants(at))

    @Verb
    def send_mandate(self, mandate: Mandate, *, at: datetime | date | None = None) -> Decision[Mandate]:
        """Record that the mandate was sent to the bank (rule 2.17).

        Raises what `Mandate.send` raises.
        """
        return mandate.send(**self._instants(at))

    @Verb
    def register_mandate(self, mandate: Mandate, *, at: datetime | date | None = None) -> Decision[Mandate]:
        """Record the statement that the bank has registered the mandate (rule 2.19).

        Raises what `Mandate.register` raises.
        """
        return mandate.register(**self._instants(at))

    @Verb
    def record_collection(self, mandate: Mandate, *, at: datetime | date | None = None) -> Decision[Mandate]:
        """Record a collection of the mandate, which is then good for 36 months again (F1).

        Raises what `Mandate.record_collection` raises.
        """
        return mandate.record_collection(**self._instants(at))

    # --- What they are decided with ---

    def _instants(self, at: datetime | date | None) -> _Instants:
        now = at_once("clock.now", self.clock.now())
        return {"at": now if at is None else at, "recorded_at": now}

    def _id(self, kind: str, of: Space | Adhesion | None, key: str | None) -> str:
        """The id of a new case: drawn, or by the key, which always gives the same one in the same space."""
        if key is None:
            return at_once("codes.case_id", self.codes.case_id())
        if not isinstance(key, str) or not key.strip():
            raise InvalidValueError("key.malformed", value=show(key))
        space = (
            None if of is None else of.space_id if isinstance(of, Adhesion) else check_kind(of, Space, what="space").id
        )
        return f"{kind}-{sha256(repr((kind, space, plain(key))).encode()).hexdigest()[:32]}"

    def _new_request(
        self, space: Space, key: str | None, form: AdhesionForm | KnownForm, rulebook: Rulebook
    ) -> _NewRequest:
        id = self._id("adhesion", space, key)
        if begins_with_link(form, rulebook):
            return {"id": id, "token": token_of("codes.link_token", self.codes.link_token())}
        return {"id": id, "code": self._code()}

    def _code(self) -> ActivationCode | Held:
        return code_of("codes.activation_code", self.codes.activation_code())

    def _hash(self, secret: Secret) -> str:
        return hashed(at_once("hasher.hash", self.hasher.hash(secret.reveal())))

    def _in_force(self, at: datetime | date) -> Rulebook:
        return in_force(self.rulebook, at)


@shows_half_built
@attrs.frozen(kw_only=True)
class Portal(Verbs):
    """Drives cases with a clock, a code generator, a notifier, a password hasher and, if wanted, a journal.

    Every verb gives the new snapshot. A fact happens at the instant of the clock. One that is told late is given its
    own instant as `at`, which is aware and is kept in UTC, or its civil day. New cases are made under `rulebook`, or
    under the one in force of several. Others keep their own.

    What the verb of a snapshot raises is listed with each verb here too. Every verb raises `NotificationError` when the
    notifier fails. Every verb raises `TypeError` for a port that answers an awaitable, which `AsyncPortal` is for, or
    False. An error of the journal comes out as it is.
    """

    notifier: Notifier
    journal: Journal | None = None

    def resend(self, error: NotificationError) -> None:
        """Send what could not be sent.

        Raises `NotificationError` again, with what is left, if it fails again.
        """
        self._notify(error.decision, error.unsent, None)

    def close(
        self, case: CaseT, reason: Reason | str, *, text: str | None = None, at: datetime | date | None = None
    ) -> CaseT:
        """Follow a case no more, for a reason (A21).

        Raises what the case's own `close` raises.
        """
        check_kind(case, Case, what="case")
        return self.carry_out(case.close(reason, text=text, **self._instants(at)))

    def reopen(self, case: CaseT, *, at: datetime | date | None = None) -> CaseT:
        """Follow a closed case again (A21).

        Raises what the case's own `reopen` raises.
        """
        check_kind(case, Case, what="case")
        return self.carry_out(case.reopen(**self._instants(at)))

    def withdraw(
        self, events: Iterable[Event], version: int, *, reason: str, at: datetime | date | None = None
    ) -> Case:
        """Withdraw a fact that was recorded by mistake, from all the events of a case (A20).

        Raises what `withdraw` raises.
        """
        return self.carry_out(withdraw(events, version, reason=reason, **self._instants(at)))

    def carry_out(self, decision: Decision[CaseT]) -> CaseT:
        """Record a decision and then send its messages, for the verbs of a host's own kinds of case.

        Raises `NotificationError` when the notifier fails. Raises `TypeError` for a port that answers an awaitable, or
        False. An error of the journal comes out as it is.
        """
        self._notify(decision, decision.messages, self.journal)
        return decision.case

    def _notify(self, decision: Decision[Case], unsent: tuple[Message, ...], journal: Journal | None) -> None:
        for port, answer in carried_out(decision, unsent, journal=journal, notifier=self.notifier):
            done(port, answer)


@shows_half_built
@attrs.frozen(kw_only=True)
class AsyncPortal(Verbs):
    """A `Portal` whose verbs are awaited, and whose notifier and journal are awaited in the same order.

    Its clock, generator and hasher answer at once as those of a `Portal` do, and `sign_in` is not awaited. A verb
    decides when it is awaited. One that is cancelled may have recorded its decision and sent a part of its messages.
    """

    notifier: AsyncNotifier
    journal: AsyncJournal | None = None

    async def resend(self, error: NotificationError) -> None:
        """Send what could not be sent.

        Raises `NotificationError` again, with what is left, if it fails again.
        """
        await self._notify(error.decision, error.unsent, None)

    async def close(
        self, case: CaseT, reason: Reason | str, *, text: str | None = None, at: datetime | date | None = None
    ) -> CaseT:
        """Follow a case no more, for a reason (A21).

        Raises what the case's own `close` raises.
        """
        check_kind(case, Case, what="case")
        return await self.carry_out(case.close(reason, text=text, **self._instants(at)))

    async def reopen(self, case: CaseT, *, at: datetime | date | None = None) -> CaseT:
        """Follow a closed case again (A21).

        Raises what the case's own `reopen` raises.
        """
        check_kind(case, Case, what="case")
        return await self.carry_out(case.reopen(**self._instants(at)))

    async def withdraw(
        self, events: Iterable[Event], version: int, *, reason: str, at: datetime | date | None = None
    ) -> Case:
        """Withdraw a fact that was recorded by mistake, from all the events of a case (A20).

        Raises what `withdraw` raises.
        """
        return await self.carry_out(withdraw(events, version, reason=reason, **self._instants(at)))

    async def carry_out(self, decision: Decision[CaseT]) -> CaseT:
        """Record a decision and then send its messages, for the verbs of a host's own kinds of case.

        Raises `NotificationError` when the notifier fails. Raises `TypeError` for a port that answers no awaitable, or
        False once awaited. An error of the journal comes out as it is.
        """
        await self._notify(decision, decision.messages, self.journal)
        return decision.case

    async def _notify(
        self, decision: Decision[Case], unsent: tuple[Message, ...], journal: AsyncJournal | None
    ) -> None:
        order = carried_out(decision, unsent, journal=journal, notifier=self.notifier)
        for port, answer in order:
            awaited = later(port, answer)
            try:
                answered = await awaited
            except Exception as error:  # noqa: BLE001 - the order says what becomes of it
                order.throw(error)
            else:
                done(port, answered)
