"""The shell for one request at a time: decide, then record, then notify; and what happens when one of them fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationCodeEmail,
    ActivationCodeLetter,
    ActivationState,
    Adhesion,
    AdhesionState,
    Applicant,
    ConfirmationLinkEmail,
    DeadlinePassedError,
    FixedClock,
    HeldElsewhere,
    Hours,
    MandateRefusedError,
    MandateState,
    Message,
    NotificationError,
    Portal,
    RefusedError,
    ReminderEmail,
    SpaceNotActiveError,
    SpaceState,
    TransitionRefusedError,
    WrongCodeError,
    replay,
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
from tests.builders import DAY, FRENCH_IBAN, HOUR, SECRETS, START, TICK, TWO_DAYS, WRONG, asked, opened, paris

WITH_MESSAGING = {
    "services": ["messagerie", "payer-tva"],
    "company_email": "contact@boulangerie-martin.fr",
    "bank_accounts": [FRENCH_IBAN],
}


@attrs.define
class Diary:
    """A journal and a notifier that write what they do in one list, and fail when told to."""

    done: list[str] = attrs.field(factory=list)
    journal_fails: bool = False
    failures: int = 0
    error: BaseException = attrs.field(factory=lambda: OSError("no network"))

    def record(self, decision: Any) -> None:
        """Keep what was recorded, or fail."""
        if self.journal_fails:
            raise OSError("disk full")
        self.done += [f"record {event.kind}" for event in decision.events]

    def notify(self, message: Message) -> None:
        """Keep what was sent, or fail."""
        if self.failures:
            self.failures -= 1
            raise self.error
        self.done.append(f"notify {message.id}")


@attrs.frozen
class Desk:
    """A portal, and what it was given."""

    portal: Portal
    clock: ManualClock
    notifier: RecordingNotifier
    journal: RecordingJournal


@pytest.fixture
def desk() -> Desk:
    """A portal with every fake, at `START`."""
    clock, notifier, journal = ManualClock(START), RecordingNotifier(), RecordingJournal()
    portal = Portal(clock=clock, codes=ScriptedCodes(), notifier=notifier, journal=journal, hasher=PlainHasher())
    return Desk(portal, clock, notifier, journal)


def dull(diary: Diary, *, at: Any = START, journal: bool = True) -> Portal:
    """A portal that writes in this diary."""
    return Portal(
        clock=FixedClock(at),
        codes=ScriptedCodes(),
        notifier=diary,
        journal=diary if journal else None,
        hasher=PlainHasher(),
    )


# --- The whole way ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("0.2", "1.7", "1.8", "2.5", "2.8", "2.10", "3.3", "3.5", "A13")
def test_the_three_steps_end_to_end(desk: Desk) -> None:
    """From the form of a space to the services held, with what each message carried."""
    portal, sent = desk.portal, desk.notifier

    space = portal.create_space(space_form())
    assert SpaceState.PENDING is space.state
    desk.clock.advance(TWO_DAYS)
    space = portal.activate_space(space, sent.last(ActivationCodeEmail).code)
    assert SpaceState.ACTIVE is space.state

    adhesion = portal.request_adhesion(space, adhesion_form(**WITH_MESSAGING))
    assert AdhesionState.AWAITING_EMAIL is adhesion.stage
    desk.clock.advance(TWO_DAYS)
    adhesion = portal.confirm_company_email(adhesion, sent.last(ConfirmationLinkEmail).token)
    desk.clock.advance(3 * DAY)
    adhesion = portal.record_letter(adhesion, date(2025, 1, 11))
    desk.clock.set(paris("2025-03-12T23:59:59.999999"))
    adhesion = portal.activate_services(space, adhesion, sent.last(ActivationCodeLetter).code)

    assert (True, True, False) == tuple(adhesion.holds(code) for code in ("messagerie", "payer-tva", "payer-cfe"))
    assert [ActivationCodeEmail, ConfirmationLinkEmail, ActivationCodeLetter] == [
        type(message) for message in sent.messages
    ]
    assert len(sent.messages) == len({message.id for message in sent.messages})


def test_the_journal_can_be_replayed(desk: Desk) -> None:
    """What the journal kept makes every case again."""
    space = desk.portal.create_space(space_form())
    space = desk.portal.activate_space(space, "CODE0001")
    adhesion = desk.portal.request_adhesion(space, adhesion_form())
    events = [event for decision in desk.journal.decisions for event in decision.events]

    assert space == replay(event for event in events if event.case_id == space.id)
    assert adhesion == replay(event for event in events if event.case_id == adhesion.id)


@pytest.mark.rule("A13")
def test_codes_come_from_the_injected_generator(desk: Desk) -> None:
    """Every code, token and id is drawn from the generator, each once."""
    space = desk.portal.activate_space(desk.portal.create_space(space_form()), "code 0001")
    linked = desk.portal.request_adhesion(space, adhesion_form(**WITH_MESSAGING))
    posted = desk.portal.request_adhesion(space, adhesion_form())
    secrets = [
        desk.notifier.last(ActivationCodeEmail).code.reveal(),
        desk.notifier.last(ConfirmationLinkEmail).token.reveal(),
        desk.notifier.last(ActivationCodeLetter).code.reveal(),
    ]

    assert ["CODE", "token-", "CODE"] == [secret.rstrip("0123456789") for secret in secrets]
    assert 6 == len({*secrets, space.id, linked.id, posted.id})


@pytest.mark.rule("A13", "3.3")
def test_codes_held_elsewhere_are_never_sent() -> None:
    """A firm that follows its requests on the real portal sends no code, and says what the portal took."""
    clock, notifier = ManualClock(START), RecordingNotifier()
    portal = Portal(clock=clock, codes=HeldElsewhere(), notifier=notifier, hasher=PlainHasher())

    space = portal.activate_space(portal.create_space(space_form()), HELD_ELSEWHERE)
    adhesion = portal.request_adhesion(space, adhesion_form(**WITH_MESSAGING))
    with pytest.raises(WrongCodeError):
        portal.confirm_company_email(adhesion, "token-0001")
    adhesion = portal.confirm_company_email(adhesion, HELD_ELSEWHERE)
    with pytest.raises(WrongCodeError):
        portal.activate_services(space, adhesion, "CODE0001")
    adhesion = portal.activate_services(space, adhesion, HELD_ELSEWHERE)

    assert [] == notifier.messages
    assert adhesion.holds("messagerie")


@pytest.mark.rule("2.11", "3.4")
def test_a_lapsed_request_is_renewed(desk: Desk) -> None:
    """Past the time limit the request lapses, and a new one names it, with a new link."""
    space = desk.portal.activate_space(desk.portal.create_space(space_form()), "CODE0001")
    adhesion = desk.portal.request_adhesion(space, adhesion_form(**WITH_MESSAGING))
    desk.clock.advance(TWO_DAYS + TICK)
    with pytest.raises(DeadlinePassedError):
        desk.portal.confirm_company_email(adhesion, desk.notifier.last(ConfirmationLinkEmail).token)

    lapsed = desk.portal.lapse(adhesion)
    renewed = desk.portal.renew_adhesion(space, lapsed)

    assert AdhesionState.LAPSED is lapsed.stage
    assert (lapsed.id, START + 2 * TWO_DAYS + TICK) == (
        renewed.origin.renews,
        renewed.deadline and renewed.deadline.closes,
    )
    assert lapsed.id != renewed.id
    renewed = desk.portal.confirm_company_email(renewed, desk.notifier.last(ConfirmationLinkEmail).token)
    assert ActivationState.AWAITING_CODE is renewed.stage


def test_a_reminder_is_sent_when_it_is_due(desk: Desk) -> None:
    """The portal reminds, once, and ends a space past its time limit."""
    space = desk.portal.create_space(space_form())
    desk.clock.advance(24 * HOUR)
    space = desk.portal.remind(space)

    assert (space.email, 2) == (desk.notifier.last(ReminderEmail).to, space.version)
    with pytest.raises(RefusedError):
        desk.portal.remind(space)
    desk.clock.advance(24 * HOUR + TICK)
    assert SpaceState.LAPSED is desk.portal.lapse(space).state


@pytest.mark.rule("2.15", "2.16", "2.17", "2.19")
def test_a_mandate_goes_its_way(desk: Desk) -> None:
    """Issued, signed, sent, registered, collected with: each step is recorded, and sends nothing."""
    portal = desk.portal
    space = portal.activate_space(portal.create_space(space_form()), "CODE0001")
    adhesion = portal.request_adhesion(space, adhesion_form(services=["payer-tva"], bank_accounts=[FRENCH_IBAN]))
    sent = list(desk.notifier.messages)

    mandate = portal.issue_mandate(adhesion, FRENCH_IBAN, legal_representative="Jeanne Martin")
    mandate = portal.sign_mandate(mandate, Applicant.REPRESENTATIVE)
    mandate = portal.send_mandate(mandate)
    mandate = portal.register_mandate(mandate)
    mandate = portal.record_collection(mandate)

    assert (MandateState.REGISTERED, 5, sent) == (mandate.state, mandate.version, desk.notifier.messages)
    assert 5 == len([decision for decision in desk.journal.decisions if decision.case.id == mandate.id])


@pytest.mark.rule("A8")
def test_a_second_mandate_of_an_account_is_refused(desk: Desk) -> None:
    """The portal is told of the mandates that stand: one is enough for an account."""
    portal = desk.portal
    space = portal.activate_space(portal.create_space(space_form()), "CODE0001")
    adhesion = portal.request_adhesion(space, adhesion_form(services=["payer-tva"], bank_accounts=[FRENCH_IBAN]))
    mandate = portal.issue_mandate(adhesion, FRENCH_IBAN)

    with pytest.raises(MandateRefusedError) as caught:
        portal.issue_mandate(adhesion, FRENCH_IBAN, mandates=[mandate])
    assert "A8" == caught.value.rule


def test_new_cases_are_made_under_the_portals_rulebook(desk: Desk) -> None:
    """A portal with a newer rulebook moves no deadline of a case that exists, and gives its own to new ones."""
    limit = attrs.evolve(EXPERT_2024_04_03.link_use, duration=Hours(72))
    newer = attrs.evolve(desk.portal, rulebook=attrs.evolve(EXPERT_2024_04_03, version="simplified", link_use=limit))
    space = desk.portal.activate_space(desk.portal.create_space(space_form()), "CODE0001")
    before = desk.portal.request_adhesion(space, adhesion_form(**WITH_MESSAGING))
    after = newer.request_adhesion(space, adhesion_form(**WITH_MESSAGING))

    assert [TWO_DAYS, 72 * HOUR] == [
        case.deadline.closes - START if case.deadline else None for case in (before, after)
    ]
    desk.clock.advance(TWO_DAYS + TICK)
    lapsed = newer.lapse(before)
    renewed = newer.renew_adhesion(space, lapsed)
    assert ("expert-2024-04-03", "simplified") == (lapsed.rulebook.version, renewed.rulebook.version)
    assert "simplified" == newer.create_space(space_form()).rulebook.version


# --- Decide, record, notify -------------------------------------------------------------------------------------------


def test_a_decision_is_recorded_before_it_is_notified() -> None:
    """All the events of the decision are recorded, then its messages are sent, in this order."""
    diary = Diary()

    dull(diary).request_adhesion(opened(), adhesion_form())

    assert [
        "record adhesion-requested",
        "record adhesion-validated",
        "notify case-0001/2/activation-code-letter",
    ] == diary.done


def test_without_a_journal_messages_are_sent() -> None:
    """A journal is not needed: what is decided is returned and notified."""
    diary = Diary()

    assert SpaceState.PENDING is dull(diary, journal=False).create_space(space_form()).state
    assert ["notify case-0002/1/activation-code-email"] == diary.done


REFUSED: list[Callable[[Portal], object]] = [
    lambda portal: portal.activate_space(asked().case, WRONG),
    lambda portal: portal.request_adhesion(asked().case, adhesion_form()),
    lambda portal: portal.lapse(asked().case),
    lambda portal: portal.remind(asked().case),
    lambda portal: portal.renew_adhesion(opened(), Adhesion.request(opened(), adhesion_form(), id="r", at=START).case),
]


@pytest.mark.parametrize("verb", REFUSED)
def test_a_refusal_records_and_sends_nothing(verb: Callable[[Portal], object]) -> None:
    """When the procedure says no, neither the journal nor the notifier hears of it."""
    diary = Diary()

    with pytest.raises(RefusedError):
        verb(dull(diary))

    assert [] == diary.done


@pytest.mark.rule("1.12")
def test_a_refusal_is_that_of_the_verb() -> None:
    """The portal refuses nothing by itself: the error is the snapshot's."""
    portal = dull(Diary())

    with pytest.raises(SpaceNotActiveError):
        portal.request_adhesion(asked().case, adhesion_form())
    with pytest.raises(TransitionRefusedError):
        portal.activate_space(opened(), "SPACE4711")


def test_if_the_journal_fails_nothing_is_sent() -> None:
    """The journal's own error comes out, and no message has left."""
    diary = Diary(journal_fails=True)

    with pytest.raises(OSError, match="disk full"):
        dull(diary).create_space(space_form())

    assert [] == diary.done


def test_if_the_notifier_fails_the_decision_stands() -> None:
    """The error carries the decision, already recorded, and what is still to be sent; its cause is the notifier's."""
    diary = Diary(failures=1)

    with pytest.raises(NotificationError) as caught:
        dull(diary).create_space(space_form())

    error = caught.value
    assert ["record space-requested"] == diary.done
    assert SpaceState.PENDING is error.decision.case.state
    assert error.decision.messages == error.unsent
    assert isinstance(error.__cause__, OSError)
    assert "1 message(s) are still to be sent: ActivationCodeEmail" in str(error)
    both = NotificationError(error.decision, error.unsent * 2)
    assert "2 message(s) are still to be sent: ActivationCodeEmail, ActivationCodeEmail" in str(both)
    assert [] == [secret for secret in (*SECRETS, "CODE0001") if secret in str(error) + repr(error)]


def test_what_was_not_sent_can_be_sent_again() -> None:
    """Sending again sends the same messages by their ids, records nothing twice, and can fail again."""
    diary = Diary(failures=2)
    portal = dull(diary)
    with pytest.raises(NotificationError) as first:
        portal.create_space(space_form())
    with pytest.raises(NotificationError) as second:
        portal.resend(first.value)

    portal.resend(second.value)

    assert (first.value.decision, first.value.unsent) == (second.value.decision, second.value.unsent)
    assert ["record space-requested", "notify case-0002/1/activation-code-email"] == diary.done
    assert SpaceState.ACTIVE is portal.activate_space(first.value.decision.case, "CODE0001").state


def test_only_what_was_not_sent_is_sent_again() -> None:
    """Of two messages, the first is sent and the second fails: the second alone is left."""
    diary = Diary()
    portal = dull(diary)
    one, two = asked(id="one"), asked(id="two")
    decision = attrs.evolve(one, messages=(*one.messages, *two.messages))

    @attrs.define
    class Once(Diary):
        def notify(self, message: Message) -> None:
            if message.case_id == "two":
                raise OSError("no network")
            Diary.notify(self, message)

    partly = Once()
    with pytest.raises(NotificationError) as caught:
        attrs.evolve(portal, notifier=partly).resend(NotificationError(decision, decision.messages))

    assert ["notify one/1/activation-code-email"] == partly.done
    assert two.messages == caught.value.unsent
    portal.resend(caught.value)
    assert ["notify two/1/activation-code-email"] == diary.done


def test_an_interruption_is_no_notification_error() -> None:
    """Stopping the program is not a failure to send: it comes out as it is."""
    diary = Diary(failures=1, error=KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        dull(diary).create_space(space_form())


def test_time_is_the_clocks(desk: Desk) -> None:
    """Every verb takes its instant from the clock, at the time of the verb."""
    space = desk.portal.create_space(space_form())
    desk.clock.advance(timedelta(hours=5))
    space = desk.portal.activate_space(space, "CODE0001")

    assert (START, START + 5 * HOUR) == (space.origin.at, space.changed_at)
