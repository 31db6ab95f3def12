"""The shell for one request at a time: the whole way, what it is decided with, and the order of carrying out."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, get_args, get_type_hints

import attrs
import pytest

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationCodeEmail,
    ActivationCodeLetter,
    ActivationState,
    Adhesion,
    AdhesionForm,
    AdhesionState,
    Applicant,
    AsyncPortal,
    Case,
    ConfirmationLinkEmail,
    DeadlinePassedError,
    Decision,
    FixedClock,
    HeldElsewhere,
    Hours,
    InvalidValueError,
    KnownForm,
    Mandate,
    MandateRefusedError,
    MandateState,
    Message,
    OutOfOrderError,
    Portal,
    RefusedError,
    ReminderEmail,
    SignInRefusedError,
    Space,
    SpaceNotActiveError,
    SpaceState,
    TransitionRefusedError,
    WrongCodeError,
    replay,
)
from teleprocedures.cases import AlsoKnown
from teleprocedures.testing import (
    ManualClock,
    PlainHasher,
    RecordingJournal,
    RecordingNotifier,
    ScriptedCodes,
    adhesion_form,
    space_form,
)
from teleprocedures.testing._hosts import named
from tests.builders import (
    EMAILED,
    FRENCH_IBAN,
    GERMAN_IBAN,
    POSTED,
    TOKEN,
    asked,
    issued,
    linked,
    opened,
    paying,
    requested,
)
from tests.instants import DAY, HOUR, START, TICK, TWO_DAYS, paris

WITH_MESSAGING = {
    "services": ["messagerie", "payer-tva"],
    "company_email": "contact@boulangerie-martin.fr",
    "bank_accounts": [FRENCH_IBAN],
}


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
    assert "case-0007" == desk.portal.codes.case_id()  # a link and no code, or a code and no link
    renewed = desk.portal.renew_adhesion(space, linked)
    assert "case-0008" == renewed.id
    assert "token-0009" == desk.notifier.last(ConfirmationLinkEmail).token.reveal()
    assert "case-0010" == desk.portal.codes.case_id()


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


@pytest.mark.rule("1.12")
def test_a_refusal_is_that_of_the_verb(desk: Desk) -> None:
    """The portal refuses nothing by itself: the error is the snapshot's."""
    portal = desk.portal

    with pytest.raises(SpaceNotActiveError):
        portal.request_adhesion(asked().case, adhesion_form())
    with pytest.raises(TransitionRefusedError):
        portal.activate_space(opened(), "SPACE4711")


def test_time_is_the_clocks(desk: Desk) -> None:
    """Every verb takes its instant from the clock, at the time of the verb."""
    space = desk.portal.create_space(space_form())
    desk.clock.advance(timedelta(hours=5))
    space = desk.portal.activate_space(space, "CODE0001")

    assert (START, START + 5 * HOUR) == (space.origin.at, space.recorded_at)


# --- Facts told late --------------------------------------------------------------------------------------------------

NOON = START + 3 * HOUR
EARLIER = START + HOUR

SEEN: dict[str, Any] = {"seen": date(2025, 1, 3), "source": "the portal's page of services"}
OLD_SPACE: dict[str, Any] = {
    "email": "camille@cabinet-durand.fr",
    "first_name": "Camille",
    "last_name": "Durand",
    "organisation": "732829320",
}
VERBS: dict[str, Callable[[Any, datetime | None], Any]] = {
    "create_space": lambda portal, at: portal.create_space(space_form(), at=at),
    "activate_space": lambda portal, at: portal.activate_space(asked().case, EMAILED, at=at),
    "request_adhesion": lambda portal, at: portal.request_adhesion(opened(), adhesion_form(**WITH_MESSAGING), at=at),
    "confirm_company_email": lambda portal, at: portal.confirm_company_email(linked().case, TOKEN, at=at),
    "record_letter": lambda portal, at: portal.record_letter(requested().case, date(2025, 1, 6), at=at),
    "activate_services": lambda portal, at: portal.activate_services(opened(), requested().case, POSTED, at=at),
    "declare_account": lambda portal, at: portal.declare_account(paying().case, GERMAN_IBAN, at=at),
    "renew_adhesion": lambda portal, at: portal.renew_adhesion(opened(), requested().case, at=at),
    "take_over_space": lambda portal, at: portal.take_over_space(**OLD_SPACE, **SEEN, at=at),
    "take_over_services": lambda portal, at: portal.take_over_services(
        opened(), organisation="552100554", services=["payer-tva"], **SEEN, at=at
    ),
    "take_over_mandate": lambda portal, at: portal.take_over_mandate(
        opened(), organisation="552100554", account=FRENCH_IBAN, **SEEN, at=at
    ),
    "close": lambda portal, at: portal.close(paying().case, "client_left", at=at),
    "reopen": lambda portal, at: portal.reopen(paying().case.close("client_left", at=START).case, at=at),
    "withdraw": lambda portal, at: portal.withdraw(
        (*asked().events, *asked().case.activate(EMAILED, at=START).events), 2, reason="typed twice", at=at
    ),
    "lapse": lambda portal, at: portal.lapse(asked(at=START - TWO_DAYS).case, at=at),
    "remind": lambda portal, at: portal.remind(asked(at=START - DAY).case, at=at),
    "issue_mandate": lambda portal, at: portal.issue_mandate(paying().case, FRENCH_IBAN, at=at),
    "name_representative": lambda portal, at: portal.name_representative(issued().case, "Jeanne Martin", at=at),
    "sign_mandate": lambda portal, at: portal.sign_mandate(issued().case, Applicant.REPRESENTATIVE, at=at),
    "send_mandate": lambda portal, at: portal.send_mandate(signed(), at=at),
    "register_mandate": lambda portal, at: portal.register_mandate(signed().send(at=START).case, at=at),
    "record_collection": lambda portal, at: portal.record_collection(
        signed().send(at=START).case.register(at=START).case, at=at
    ),
}


def signed() -> Mandate:
    """A mandate that was signed."""
    return issued().case.sign(Applicant.REPRESENTATIVE, at=START).case


def test_every_verb_stands_here() -> None:
    """The verbs that this file tries are all that a portal has, and an async portal has the same."""
    known = {
        name
        for name, _ in inspect.getmembers(Portal, inspect.isfunction)
        if not name.startswith("_") and name not in {"sign_in", "carry_out", "resend"}
    }

    assert set(VERBS) == known
    assert [] == [name for name in known if not inspect.iscoroutinefunction(getattr(AsyncPortal, name))]


@pytest.mark.parametrize("kind", [Space, Adhesion, Mandate])
def test_a_portal_has_every_verb_of_a_case(kind: type[Case]) -> None:
    """What makes an event, by a verb of the case, is a verb of the portal, under its own name or as called."""
    rows = [row for lifecycle in kind.lifecycles for row in lifecycle.rows if row.makes is not None]
    verbs = dict.fromkeys(row.trigger for row in rows if hasattr(kind, row.trigger))
    missing = [verb for verb in verbs if not hasattr(Portal, named(kind.kind, verb))]

    assert [] == missing, (
        f"write verbs in shells/_portal.py for {missing} of {kind.__name__}, and try them here; one that is called"
        f" otherwise there, such as {[f'{verb}_{kind.kind}' for verb in missing]}, has its row in _NAMED of"
        " testing/_hosts.py"
    )


@pytest.mark.parametrize(
    ("portal", "kind"),
    [(Portal.take_over_space, Space), (Portal.take_over_services, Adhesion), (Portal.take_over_mandate, Mandate)],
)
def test_a_portal_takes_what_a_take_over_takes(portal: Callable[..., object], kind: Any) -> None:
    """What may be known of a case that is taken over can be given to the portal too, with the same annotations.

    The portal draws the id, and has the rulebook; a type checker sees no other name than those that are listed.
    """
    own = {"id", "rulebook", "recorded_at", "return", "key", "at", "known", "space"}
    takes, listed = get_type_hints(kind.take_over), get_type_hints(portal)
    asked_of_kind, asked_of_portal = (
        hints | (get_type_hints(get_args(hints["known"])[0]) if "known" in hints else {}) for hints in (takes, listed)
    )

    assert {name: hint for name, hint in asked_of_kind.items() if name not in own} == {
        name: hint for name, hint in asked_of_portal.items() if name not in own
    }, "list what else may be known: KnownSpace, KnownServices or KnownMandate of shells/_portal.py"


def test_what_else_is_known_of_services_is_what_a_known_form_has() -> None:
    """Whatever the form of a request has can be given by name of services that are taken over, where it is known."""
    fields = {field.name for field in attrs.fields(KnownForm)}

    assert fields - {"organisation", "services", "bank_accounts"} == {*AlsoKnown.__annotations__}, (
        "list the field in AlsoKnown of cases/_adhesion.py"
    )
    assert fields == {field.name for field in attrs.fields(AdhesionForm)}, (
        "add the field to KnownForm of forms/_forms.py too: it may be known of services that are taken over"
    )


@pytest.mark.rule("A14")
@pytest.mark.parametrize("name", VERBS)
def test_a_fact_may_be_told_late(desk: Desk, name: str) -> None:
    """What is told happened at `at`, and is told at the clock's instant; without `at`, both are the clock's."""
    desk.clock.set(NOON)
    VERBS[name](desk.portal, EARLIER)
    VERBS[name](desk.portal, None)

    late, now = desk.journal.decisions
    assert {(EARLIER, NOON)} == {(event.at, event.recorded_at) for event in late.events}
    assert {(NOON, NOON)} == {(event.at, event.recorded_at) for event in now.events}


@pytest.mark.rule("A14")
@pytest.mark.parametrize("name", VERBS)
def test_a_fact_to_come_is_refused(desk: Desk, name: str) -> None:
    """One microsecond after the clock's instant, nothing has happened yet."""
    desk.clock.set(NOON)

    with pytest.raises(OutOfOrderError) as caught:
        VERBS[name](desk.portal, NOON + TICK)
    assert ("A14", "order.future") == (caught.value.rule.id, caught.value.code)
    assert [] == desk.journal.decisions


@pytest.mark.parametrize("name", VERBS)
def test_an_async_host_has_the_same_verbs(desk: Desk, name: str) -> None:
    """Each verb, awaited, decides what it decides at once."""

    class Awaited:
        """A journal and a notifier that are awaited."""

        def __init__(self) -> None:
            self.journal, self.notifier = RecordingJournal(), RecordingNotifier()

        async def record(self, decision: Decision[Case]) -> None:
            self.journal.record(decision)

        async def notify(self, message: Message) -> None:
            self.notifier.notify(message)

    ports = Awaited()
    portal = AsyncPortal(
        clock=FixedClock(NOON), codes=ScriptedCodes(), notifier=ports, journal=ports, hasher=PlainHasher()
    )
    desk.clock.set(NOON)

    assert VERBS[name](desk.portal, None) == asyncio.run(VERBS[name](portal, None))
    assert desk.journal == ports.journal
    assert desk.notifier == ports.notifier


@pytest.mark.parametrize("name", VERBS)
def test_help_shows_a_verb_as_it_is_called(desk: Desk, name: str) -> None:
    """Its docstring, its parameters and what it gives are there, on the class and on the portal."""
    verb = getattr(Portal, name)

    assert (verb.__doc__ or "")[:1].isupper()
    assert name in verb.__qualname__
    assert get_type_hints(verb)["return"] in (Space, Adhesion, Mandate, Case, get_type_hints(Portal.lapse)["return"])
    assert "at" in inspect.signature(getattr(desk.portal, name)).parameters
    assert "Decision" not in str(inspect.signature(verb))


# --- Signing in -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("2.1")
def test_the_right_password_lets_the_user_in(desk: Desk) -> None:
    """Nothing is given, recorded or sent."""
    assert desk.portal.sign_in(opened(), "correct horse battery staple") is None
    assert ([], []) == (desk.journal.decisions, desk.notifier.messages)


@pytest.mark.rule("2.1")
@pytest.mark.parametrize("password", ["", "incorrect", "correct horse battery staple "])
def test_another_password_is_refused(desk: Desk, password: str) -> None:
    """Whatever the state of the space, which is not told to who does not know the password."""
    for space in (asked().case, opened()):
        with pytest.raises(SignInRefusedError) as caught:
            desk.portal.sign_in(space, password)

        assert ("sign_in.refused", "2.1", {"space": "'space-1'"}) == (
            caught.value.code,
            caught.value.rule.id,
            dict(caught.value.facts),
        )
        assert not password or password not in str(caught.value)


@pytest.mark.rule("1.8", "1.11")
def test_nobody_signs_in_to_a_space_that_is_not_active(desk: Desk) -> None:
    """Pending, it does not exist yet; lapsed, it never will: the refusal cites which."""
    pending = asked().case
    lapsed = pending.lapse(at=START + TWO_DAYS + TICK).case

    for space, rule in ((pending, "1.8"), (lapsed, "1.11")):
        with pytest.raises(SpaceNotActiveError) as caught:
            desk.portal.sign_in(space, "correct horse battery staple")
        assert ("space.not_active", rule) == (caught.value.code, caught.value.rule.id)
        assert {"space": "'space-1'", "company": "732829320", "state": str(space.state)} == dict(caught.value.facts)


# --- What new cases are made under ------------------------------------------------------------------------------------


def test_of_several_rulebooks_the_one_in_force_is_taken(desk: Desk) -> None:
    """By the day, in Paris, on which the fact happened; an older case keeps its own."""
    newer = attrs.evolve(EXPERT_2024_04_03, version="newer", in_force_from=date(2025, 1, 8))
    portal = attrs.evolve(desk.portal, rulebook=iter((newer, EXPERT_2024_04_03)))
    first = paris("2025-01-08T00:00:00")
    desk.clock.set(first + HOUR)

    made = [portal.create_space(space_form(), at=at).rulebook.version for at in (first - TICK, first, None)]
    assert ["expert-2024-04-03", "newer", "newer"] == made
    space = opened()
    assert "newer" == portal.request_adhesion(space, adhesion_form()).rulebook.version
    renewed = portal.renew_adhesion(space, requested().case, at=first - TICK)
    assert "expert-2024-04-03" == renewed.rulebook.version
    assert "expert-2024-04-03" == portal.confirm_company_email(linked(at=first).case, TOKEN).rulebook.version


def test_before_every_rulebook_nothing_is_made(desk: Desk) -> None:
    """Of several that all come later none is taken, and the error says from when there is one."""
    later = [
        attrs.evolve(EXPERT_2024_04_03, version=f"v{year}", in_force_from=date(year, 1, 1)) for year in (2026, 2027)
    ]
    portal = attrs.evolve(desk.portal, rulebook=later)

    with pytest.raises(InvalidValueError, match="2027"):
        portal.create_space(space_form())


# --- What a verb is given beside its form -----------------------------------------------------------------------------


@pytest.mark.rule("1.2", "1.6")
def test_secrets_are_hashed_by_the_hasher(desk: Desk) -> None:
    """The password and the answer are kept as the hasher makes them, each by itself."""
    origin = desk.portal.create_space(space_form()).origin

    assert ("plain:correct horse battery staple", "plain:Dupont et fils") == (origin.password_hash, origin.answer_hash)


@pytest.mark.rule("A16")
def test_a_request_can_take_the_place_of_another(desk: Desk) -> None:
    """By its id with a new form, or renewed with a corrected one."""
    lost = requested().case
    replaced = desk.portal.request_adhesion(opened(), adhesion_form(), lost.id)
    corrected = desk.portal.renew_adhesion(opened(), lost, adhesion_form(**WITH_MESSAGING))

    assert [lost.id, lost.id] == [replaced.origin.renews, corrected.origin.renews]
    assert ("messagerie", "payer-tva") == tuple(service.code for service in corrected.services)


@pytest.mark.rule("2.15")
def test_a_mandate_is_issued_with_all_that_its_form_says(desk: Desk) -> None:
    """The representative, the holder and the tax office are handed on."""
    mandate = desk.portal.issue_mandate(
        paying().case,
        FRENCH_IBAN,
        legal_representative="Jeanne Martin",
        account_holder="SCI Martin",
        managing_office="SIE Paris 19",
    )
    document = mandate.document()

    assert ("Jeanne Martin", "SCI Martin", "SIE Paris 19") == (
        str(document.legal_representative),
        document.account_holder,
        document.managing_office,
    )


# --- What no verb takes -----------------------------------------------------------------------------------------------

BY_CASE: dict[str, tuple[str, tuple[object, ...]]] = {
    "activate_space": ("space", (EMAILED,)),
    "sign_in": ("space", ("a password",)),
    "request_adhesion": ("space", (adhesion_form(),)),
    "confirm_company_email": ("adhesion", (TOKEN,)),
    "record_letter": ("adhesion", (date(2025, 1, 6),)),
    "declare_account": ("adhesion", (FRENCH_IBAN,)),
    "lapse": ("case", ()),
    "close": ("case", ("client_left",)),
    "reopen": ("case", ()),
    "remind": ("case", ()),
    "issue_mandate": ("adhesion", (FRENCH_IBAN,)),
    "name_representative": ("mandate", ("Martin",)),
    "sign_mandate": ("mandate", ("Martin",)),
    "send_mandate": ("mandate", ()),
    "register_mandate": ("mandate", ()),
    "record_collection": ("mandate", ()),
}
"""The verbs, each with what it calls its case and what else it is given."""


@pytest.mark.parametrize("verb", BY_CASE)
@pytest.mark.parametrize("given", [None, "space-1", 1, asked(), opened, linked().case.activation])
def test_what_is_no_case_is_told(desk: Desk, verb: str, given: object) -> None:
    """A case that was not found, an id, a decision: the error is the library's own, by place and by name."""
    what, others = BY_CASE[verb]
    call = getattr(desk.portal, verb)
    named = {what: given} | dict(zip(list(inspect.signature(call).parameters)[1:], others, strict=False))
    expected = ("argument.wrong_type", type(given).__name__, what)
    for args, by_name in ([given, *others], {}), ([], named):
        with pytest.raises(InvalidValueError) as caught:
            call(*args, **by_name)

        assert expected == (caught.value.code, caught.value.facts["value"], caught.value.facts["what"])
    assert [] == desk.journal.decisions


@pytest.mark.parametrize("verb", ["activate_services", "renew_adhesion"])
def test_what_is_no_request_of_a_space_is_told(desk: Desk, verb: str) -> None:
    """Where a verb takes two cases, the one that is wrong is named, and the two are not exchanged."""
    others: list[Any] = [TOKEN] if verb == "activate_services" else []
    for space, request, what, found in (
        (opened(), None, "adhesion", "NoneType"),
        (None, paying().case, "space", "NoneType"),
        (paying().case, opened(), "space", "Adhesion"),
    ):
        with pytest.raises(InvalidValueError) as caught:
            getattr(desk.portal, verb)(space, request, *others)

        assert ("argument.wrong_type", what, found) == (
            caught.value.code,
            caught.value.facts["what"],
            caught.value.facts["value"],
        )


def test_an_async_portal_tells_what_is_no_case(desk: Desk) -> None:
    """When it is awaited."""
    portal = AsyncPortal(clock=desk.clock, codes=ScriptedCodes(), notifier=Slow(), hasher=PlainHasher())

    with pytest.raises(InvalidValueError, match="NoneType is not a request: expected Adhesion"):
        asyncio.run(portal.record_letter(None, date(2025, 1, 6)))  # type: ignore[arg-type] # no case


class Slow:
    """A notifier that is awaited."""

    async def notify(self, message: Message) -> None:
        """Send nothing."""


# --- Once (a second try meets the first) ------------------------------------------------------------------------------

TRIES: dict[str, Callable[[Any, str], Any]] = {
    "create_space": lambda portal, key: portal.create_space(space_form(), key=key),
    "request_adhesion": lambda portal, key: portal.request_adhesion(opened(), adhesion_form(), key=key),
    "renew_adhesion": lambda portal, key: portal.renew_adhesion(opened(), requested().case, key=key),
    "issue_mandate": lambda portal, key: portal.issue_mandate(paying().case, FRENCH_IBAN, key=key),
    "take_over_space": lambda portal, key: portal.take_over_space(**OLD_SPACE, **SEEN, key=key),
    "take_over_services": lambda portal, key: portal.take_over_services(
        opened(), organisation="552100554", services=["payer-tva"], **SEEN, key=key
    ),
    "take_over_mandate": lambda portal, key: portal.take_over_mandate(
        opened(), organisation="552100554", account=FRENCH_IBAN, **SEEN, key=key
    ),
}


@pytest.mark.parametrize("name", TRIES)
def test_the_same_key_in_the_same_space_gives_the_same_id(desk: Desk, name: str) -> None:
    """A double click meets the first; another key, another kind of case, and no key at all give another id."""
    first, again, other = (TRIES[name](desk.portal, key).id for key in ("row 7", "row 7", "row 8"))

    assert (first, True) == (again, other != first)
    assert first.startswith(("space-", "adhesion-", "mandate-"))
    drawn = {TRIES[name](desk.portal, None).id for _ in range(2)}
    assert (2, set()) == (len(drawn), drawn & {first, other})
    for bad in ("", "  ", 7):
        with pytest.raises(InvalidValueError) as caught:
            TRIES[name](desk.portal, bad)  # type: ignore[arg-type] # on purpose
        assert "key.malformed" == caught.value.code


def test_a_key_is_of_its_space_and_of_its_kind(desk: Desk) -> None:
    """Two spaces may number their rows alike, and a request and a mandate may have one number."""
    spaces = [opened(), opened(id="space-2")]
    requests = [desk.portal.request_adhesion(space, adhesion_form(), key="row 7").id for space in spaces]
    mandate = desk.portal.issue_mandate(paying().case, FRENCH_IBAN, key="row 7").id

    assert 3 == len({*(each.partition("-")[2] for each in requests), mandate.partition("-")[2]})
    with pytest.raises(InvalidValueError, match="expected Space"):
        desk.portal.request_adhesion("space-1", adhesion_form(), key="row 7")  # type: ignore[arg-type] # on purpose


def test_what_a_journal_has_to_find(desk: Desk) -> None:
    """An opening expects nothing, what follows the version before it; a mandate claims its account when it opens."""
    opening, following = issued(), issued().case.sign(Applicant.REPRESENTATIVE, at=START)

    assert ((0, 1), (1, ())) == (
        (opening.expects, len(opening.claims)),
        (following.expects, following.claims),
    )
    assert 0 == requested().expects
    assert 2 == requested().case.record_letter(START.date(), at=START).expects


# --- By the day, closed, withdrawn ------------------------------------------------------------------------------------


@pytest.mark.rule("A22")
def test_a_portal_tells_facts_by_the_day(desk: Desk) -> None:
    """The clock says when they are told; a new case is under the rulebook in force on that day."""
    desk.clock.advance(timedelta(days=3))
    space = desk.portal.activate_space(asked().case, EMAILED, at=date(2025, 1, 7))
    newer = attrs.evolve(EXPERT_2024_04_03, version="newer", in_force_from=date(2025, 1, 8))
    portal = attrs.evolve(desk.portal, rulebook=(EXPERT_2024_04_03, newer))
    requests = [portal.request_adhesion(space, adhesion_form(), at=date(2025, 1, day)) for day in (7, 8)]

    assert (date(2025, 1, 7), START + timedelta(days=3)) == (space.since_day, space.recorded_at)
    assert ["expert-2024-04-03", "newer"] == [request.rulebook.version for request in requests]


@pytest.mark.rule("A20", "A21")
def test_an_async_portal_closes_reopens_and_withdraws() -> None:
    """The same verbs, awaited."""
    recorded: list[Decision[Any]] = []

    class Ports:
        async def notify(self, message: Message) -> None:
            raise AssertionError(message)

        async def record(self, decision: Decision[Any]) -> None:
            recorded.append(decision)

    async def play(portal: AsyncPortal) -> Case:
        closed = await portal.close(paying().case, "other", text="merged")
        again = await portal.reopen(closed)
        events = (*paying().events, *(it for decision in recorded for it in decision.events))
        assert (closed.is_closed, again.is_closed) == (True, False)
        return await portal.withdraw(events, 4, reason="somebody left")

    ports = Ports()
    portal = AsyncPortal(
        clock=ManualClock(START), codes=ScriptedCodes(), hasher=PlainHasher(), notifier=ports, journal=ports
    )
    case = asyncio.run(play(portal))

    assert (True, 5) == (case.is_closed, case.version)
    assert ["case-closed", "case-reopened", "fact-withdrawn"] == [it.events[0].kind for it in recorded]


@pytest.mark.rule("A19", "2.1")
def test_nobody_signs_in_to_a_space_that_was_taken_over(desk: Desk) -> None:
    """Its password is not known here."""
    space = desk.portal.take_over_space(**OLD_SPACE, **SEEN)
    with pytest.raises(SignInRefusedError) as caught:
        desk.portal.sign_in(space, "correct horse battery staple")

    assert ("sign_in.taken_over", "2.1") == (caught.value.code, caught.value.rule)


@pytest.mark.rule("A16", "A19")
def test_a_request_that_was_taken_over_is_renewed(desk: Desk) -> None:
    """By a portal too, with what is known of it."""
    known: dict[str, Any] = {"organisation": "552100554", "services": ["payer-tva"], "bank_accounts": [FRENCH_IBAN]}
    request = desk.portal.take_over_services(opened(), **known, **SEEN, under_way=True)
    again = desk.portal.renew_adhesion(opened(), request)

    assert (request.id, request.accounts) == (again.origin.renews, again.accounts)
