"""How a host uses the portal, the ports and the verbs, as the type checkers must understand it: checked, never run."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, assert_type

from teleprocedures import (
    HELD_ELSEWHERE,
    Activation,
    ActivationCode,
    ActivationCodeEmail,
    Adhesion,
    AdhesionForm,
    Applicant,
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
    ScryptHasher,
    Space,
    SpaceForm,
    SpaceState,
    SystemClock,
    check_payment,
    next_steps,
    replay,
)
from teleprocedures.shells import Argon2Hasher
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

    def record(self, decision: Decision[Any]) -> None:
        """Look at what was decided."""
        assert_type(decision.events, tuple[Event, ...])
        assert_type(decision.messages, tuple[Message, ...])


def through_the_portal(form: SpaceForm, request: AdhesionForm) -> None:
    """The three steps and a payment."""
    portal = Portal(
        clock=SystemClock(), codes=RandomCodes(), notifier=Mailbox(), journal=Table(), hasher=ScryptHasher()
    )
    space = portal.create_space(form)
    assert_type(space, Space)
    assert_type(portal.activate_space(space, "K7MQ-2XW9"), Space)
    assert_type(portal.activate_space(space, HELD_ELSEWHERE), Space)
    adhesion = portal.request_adhesion(space, request)
    assert_type(adhesion, Adhesion)
    assert_type(portal.confirm_company_email(adhesion, LinkToken("token")), Adhesion)
    assert_type(portal.activate_services(space, adhesion, ActivationCode("K7MQ2XW9")), Adhesion)
    assert_type(portal.renew_adhesion(space, adhesion), Adhesion)
    assert_type(portal.lapse(space), Space)
    assert_type(portal.lapse(adhesion), Adhesion)
    mandate = portal.issue_mandate(adhesion, "FR76 3000 6000 0112 3456 7890 189")
    assert_type(portal.sign_mandate(mandate, Applicant.REPRESENTATIVE), Mandate)
    assert_type(portal.send_mandate(mandate), Mandate)
    assert_type(portal.register_mandate(mandate), Mandate)
    check_payment(adhesion, "payer-tva", mandate.account, [mandate], at=AT)


def through_the_verbs(space: Space, adhesion: Adhesion, events: list[Event]) -> None:
    """The functional core: verbs take `at` and give decisions."""
    assert_type(Space.create(space_form(), id="s-1", hasher=PlainHasher(), at=AT), Decision[Space])
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
    portal.resend(error)
    assert_type(RecordingNotifier().last(ActivationCodeEmail), ActivationCodeEmail)
