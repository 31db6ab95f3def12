"""How a host uses the portal, the ports and the verbs, as the type checkers must understand it: checked, never run."""

from collections.abc import Coroutine, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import assert_type

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    Activation,
    ActivationCode,
    ActivationCodeEmail,
    Adhesion,
    AdhesionForm,
    Applicant,
    Argon2Hasher,
    AsyncJournal,
    AsyncNotifier,
    AsyncPortal,
    Case,
    Clock,
    CodeGenerator,
    Deadline,
    Decision,
    Event,
    FixedClock,
    HeldElsewhere,
    Journal,
    LinkToken,
    Mandate,
    Message,
    NextStep,
    NotificationError,
    Notifier,
    PasswordHasher,
    Portal,
    RandomCodes,
    RefusedError,
    Rejection,
    Report,
    ScryptHasher,
    Space,
    SpaceForm,
    SpaceState,
    Sweep,
    SystemClock,
    check_payment,
    next_steps,
    replay,
    sweep_lines,
)
from teleprocedures.testing import (
    ManualClock,
    PlainHasher,
    RecordingJournal,
    RecordingNotifier,
    ScriptedCodes,
    adhesion_form,
    space_form,
)

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)

# What is shipped fits the ports.
clocks: Sequence[Clock] = (SystemClock(), FixedClock(AT), ManualClock(AT))
codes: Sequence[CodeGenerator] = (RandomCodes(), HeldElsewhere(), ScriptedCodes())
hashers: Sequence[PasswordHasher] = (ScryptHasher(), PlainHasher(), Argon2Hasher())
notifiers: Sequence[Notifier] = (RecordingNotifier(),)
journals: Sequence[Journal] = (RecordingJournal(),)


class Mailbox:
    """A host's own notifier: nothing is inherited."""

    def notify(self, message: Message) -> None:
        """Look at what kind of message it is."""
        if isinstance(message, ActivationCodeEmail):
            assert_type(message.code, ActivationCode)
            assert_type(message.code.reveal(), str)
        assert_type(message.id, str)


class Table:
    """A host's own journal."""

    def record(self, decision: Decision[Case]) -> None:
        """Look at what was decided."""
        assert_type(decision.events, tuple[Event, ...])
        assert_type(decision.messages, tuple[Message, ...])


class AsyncMailbox:
    """A host's own async notifier."""

    async def notify(self, message: Message) -> None:
        """Send it."""


class AsyncTable:
    """A host's own async journal."""

    async def record(self, decision: Decision[Case]) -> None:
        """Keep it."""


async_notifiers: Sequence[AsyncNotifier] = (AsyncMailbox(),)
async_journals: Sequence[AsyncJournal] = (AsyncTable(),)


def through_the_portal(form: SpaceForm, request: AdhesionForm) -> None:
    """The three steps and a payment."""
    portal = Portal(
        clock=SystemClock(), codes=RandomCodes(), notifier=Mailbox(), journal=Table(), hasher=ScryptHasher()
    )
    space = portal.create_space(form)
    assert_type(space, Space)
    assert_type(portal.activate_space(space, "K7MQ-2XW9"), Space)
    assert_type(portal.activate_space(space, HELD_ELSEWHERE, at=AT), Space)
    portal.sign_in(space, "correct horse")
    adhesion = portal.request_adhesion(space, request)
    assert_type(adhesion, Adhesion)
    assert_type(portal.confirm_company_email(adhesion, LinkToken("token")), Adhesion)
    assert_type(portal.activate_services(space, adhesion, ActivationCode("K7MQ2XW9")), Adhesion)
    assert_type(portal.request_adhesion(space, request, renews=adhesion.id), Adhesion)
    assert_type(portal.record_letter(adhesion, date(2026, 1, 7)), Adhesion)
    assert_type(portal.declare_account(adhesion, "FR76 3000 6000 0112 3456 7890 189"), Adhesion)
    assert_type(portal.renew_adhesion(space, adhesion), Adhesion)
    assert_type(portal.renew_adhesion(space, adhesion, request, at=AT), Adhesion)
    assert_type(portal.lapse(space), Space)
    assert_type(portal.lapse(adhesion, at=AT), Adhesion)
    assert_type(portal.remind(adhesion), Adhesion)
    mandate = portal.issue_mandate(adhesion, "FR76 3000 6000 0112 3456 7890 189")
    assert_type(portal.sign_mandate(mandate, Applicant.REPRESENTATIVE), Mandate)
    assert_type(portal.send_mandate(mandate), Mandate)
    assert_type(portal.register_mandate(mandate), Mandate)
    assert_type(portal.name_representative(mandate, "Jeanne Martin"), Mandate)
    assert_type(portal.record_collection(mandate), Mandate)
    assert_type(portal.lapse(mandate), Mandate)
    check_payment(adhesion, "payer-tva", mandate.account, [mandate], at=AT)


def any_case_through_the_portal(portal: Portal, case: Case, cases: list[Space | Adhesion]) -> None:
    """What takes any kind of case gives the same kind, a union too; a host's own decisions are carried out."""
    assert_type(portal.lapse(case), Case)
    assert_type([portal.remind(case) for case in cases], list[Space | Adhesion])
    assert_type(portal.carry_out(case.lapse(at=AT)), Case)


async def through_the_async_portal(form: SpaceForm, request: AdhesionForm) -> None:
    """The same verbs, awaited."""
    portal = AsyncPortal(
        clock=SystemClock(),
        codes=RandomCodes(),
        notifier=AsyncMailbox(),
        journal=AsyncTable(),
        hasher=ScryptHasher(),
        rulebook=[EXPERT_2024_04_03],
    )
    space = await portal.create_space(form)
    assert_type(space, Space)
    coroutine: Coroutine[object, None, Space] = portal.activate_space(space, "K7MQ-2XW9", at=AT)
    assert_type(await coroutine, Space)
    assert_type(await portal.request_adhesion(space, request), Adhesion)
    assert_type(await portal.lapse(space), Space)
    assert_type(await portal.carry_out(space.lapse(at=AT)), Space)
    portal.sign_in(space, "correct horse")


def through_the_verbs(space: Space, adhesion: Adhesion, events: list[Event]) -> None:
    """The functional core: verbs take `at` and give decisions."""
    assert_type(Space.create(space_form(), id="s-1", password_hash="p", answer_hash="a", at=AT), Decision[Space])
    assert_type(space.activate("K7MQ-2XW9", at=AT), Decision[Space])
    assert_type(space.activate("K7MQ-2XW9", at=AT).case.state, SpaceState)
    assert_type(Adhesion.request(space, adhesion_form(), id="a-1", at=AT), Decision[Adhesion])
    assert_type(adhesion.record_letter(date(2026, 1, 7), at=AT), Decision[Adhesion])
    assert_type(adhesion.activation, Activation | None)
    assert_type(adhesion.holds("payer-tva"), bool)
    assert_type(space.deadline, Deadline | None)
    assert_type(space.due_at, datetime | None)
    assert_type(space.is_due(AT), bool)
    assert_type(space.refusal("activate", at=AT), RefusedError | None)
    assert_type(next_steps(adhesion, at=AT), tuple[NextStep, ...])
    assert_type(replay(events), Case)
    with_any_case(space.lapse(at=AT))
    with_any_case(adhesion.lapse(at=AT))


def with_any_case(decision: Decision[Case]) -> None:
    """A host that handles all kinds of cases alike: decisions are covariant."""
    assert_type(decision.case, Case)
    assert_type(decision.case.lapse(at=AT), Decision[Case])


def sending_again(portal: Portal, error: NotificationError) -> None:
    """What could not be sent is sent again."""
    assert_type(error.decision, Decision[Case])
    assert_type(error.unsent, tuple[Message, ...])
    portal.resend(error)
    assert_type(RecordingNotifier().last(ActivationCodeEmail), ActivationCodeEmail)


def sweeping(adhesions: list[Adhesion], mixed: Sequence[Space | Mandate], lines: list[bytes]) -> None:
    """A sweep gives decisions of the kind of cases that it is given."""
    sweep = Sweep(at=AT, rulebooks=[EXPERT_2024_04_03])
    assert_type(sweep.over(adhesions), Iterator[Decision[Adhesion]])
    assert_type(next(sweep.over(mixed)).case, Space | Mandate)
    assert_type(sweep.decide(adhesions[0]), Decision[Adhesion] | None)
    assert_type(sweep.lines(lines, record=Table().record), Iterator[bytes])
    assert_type(sweep_lines(lines, at=AT, rulebooks=(EXPERT_2024_04_03,)), Iterator[bytes])
    assert_type(sweep.report, Report)
    assert_type(sweep.report.rejected, tuple[Rejection, ...])
    assert_type(sweep.report.presumed["space-lapsed"], int)
