"""Step 1: asking for a space, entering its code within 48 elapsed hours, and starting again past them."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.testing import space_form
from tests.builders import EMAILED, HOUR, SECRETS, START, TICK, TWO_DAYS, WRONG, asked, paris, space_in

FIELDS = {
    "email": "1.1",
    "password": "1.2",
    "first_name": "1.3",
    "last_name": "1.3",
    "organisation": "1.4",
    "contact": "1.5",
    "security_question": "1.6",
    "security_answer": "1.6",
}
CONTACT = {"phone": "01 23 45 67 89", "street": "1 rue de la Paix", "postal_code": "75002", "city": "Paris"}


def typed(**changes: object) -> dict[str, object]:
    """What somebody types into the form of a space."""
    return {
        "email": "camille@cabinet-durand.fr",
        "password": "correct horse battery staple",
        "first_name": "Camille",
        "last_name": "Durand",
        "organisation": "732 829 320",
        "contact": CONTACT,
        "security_question": "the name of the first client",
        "security_answer": "Dupont et fils",
    } | changes


# --- The form (1.1 to 1.6) --------------------------------------------------------------------------------------------


@pytest.mark.rule("1.1", "1.2", "1.3", "1.4", "1.5", "1.6")
@pytest.mark.parametrize(("field", "rule"), FIELDS.items())
def test_every_field_is_required_by_its_rule(field: str, rule: str) -> None:
    """A field that is missing is one problem, at its path, and names the rule that asks for it."""
    data = typed()
    del data[field]
    with pytest.raises(tp.InvalidFormError) as caught:
        tp.SpaceForm.from_mapping(data)
    assert [(field, rule)] == [(problem.path, str(problem.rule)) for problem in caught.value.problems]


@pytest.mark.rule("1.1", "1.2", "1.3", "1.4", "1.5", "1.6")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "camille.cabinet-durand.fr"),
        ("password", "  "),
        ("first_name", ""),
        ("last_name", "-"),
        ("organisation", "732 829 321"),
        ("contact", "1 rue de la Paix"),
        ("security_question", ""),
        ("security_answer", " "),
    ],
)
def test_a_bad_field_is_refused_by_its_rule(field: str, value: str) -> None:
    """A field that is not well formed is one problem, which names the rule that asks for it."""
    with pytest.raises(tp.InvalidFormError) as caught:
        tp.SpaceForm.from_mapping(typed(**{field: value}))
    assert [(field, FIELDS[field])] == [(problem.path, str(problem.rule)) for problem in caught.value.problems]
    with pytest.raises(tp.InvalidValueError):
        space_form(**{field: value})


@pytest.mark.rule("1.1")
def test_the_email_is_normalised() -> None:
    """The domain of the address is kept in lower case, without the spaces around it."""
    assert "camille@cabinet-durand.fr" == str(asked(email=" camille@Cabinet-Durand.FR ").case.email)


@pytest.mark.rule("1.2", "1.6")
def test_the_password_and_the_answer_are_kept_only_as_hashes() -> None:
    """A space is given the hashes of both, and keeps nothing else of them."""
    origin = asked().case.origin
    assert "plain:correct horse battery staple" == origin.password_hash
    assert "plain:Dupont et fils" == origin.answer_hash
    assert "the name of the first client" == origin.security_question
    assert {"password", "security_answer"}.isdisjoint(field.name for field in attrs.fields(tp.SpaceRequested))


@pytest.mark.rule("1.3", "1.5")
def test_names_and_contact_details_are_kept() -> None:
    """Who asks for the space, and how to reach them, is part of its first event."""
    origin = asked(first_name=" Marie  Anne", last_name="Le Goff").case.origin
    assert ("Marie Anne", "Le Goff") == (str(origin.first_name), str(origin.last_name))
    assert "+33123456789" == origin.contact.phone


@pytest.mark.rule("1.4", "A13")
@pytest.mark.parametrize(
    ("organisation", "expected"), [("732.829.320", tp.Siren("732829320")), ("TF2024A17", tp.FileNumber("TF2024A17"))]
)
def test_the_organisation_is_the_users_own(organisation: str, expected: tp.Siren | tp.FileNumber) -> None:
    """The user belongs to an organisation, named by its SIREN or its file number."""
    assert expected == asked(organisation=organisation).case.organisation


@pytest.mark.rule("A13")
@pytest.mark.parametrize("number", ["TF-2024", "x" * 33, "d\N{LATIN SMALL LETTER E WITH ACUTE}p12"])
def test_a_file_number_is_opaque_but_plain(number: str) -> None:
    """A file number is 1 to 32 ASCII letters and digits."""
    with pytest.raises(tp.InvalidValueError, match="1 to 32 letters"):
        asked(organisation=number)
    assert "x" * 32 == str(asked(organisation="x" * 32).case.organisation)


@pytest.mark.rule("0.3")
def test_the_help_sheets_can_be_cited() -> None:
    """The rulebook names the three help sheets, each with what it explains."""
    title = tp.EXPERT_2024_04_03.rule("0.3").title
    assert all(sheet in title for sheet in ("EP2 (space)", "SL2 (adhesion)", "SL6 (bank accounts, mandate)"))


# --- Asking (1.7, A1) -------------------------------------------------------------------------------------------------


@pytest.mark.rule("1.7")
def test_the_code_goes_at_once_to_the_declared_email() -> None:
    """Asking for a space makes one message: the code, to the address of the form, with its deadline."""
    decision = asked()
    assert (
        tp.ActivationCodeEmail(
            case_id="space-1",
            version=1,
            to=decision.case.email,
            organisation=tp.Siren("732829320"),
            code=EMAILED,
            deadline=decision.case.origin.deadline,
        ),
    ) == decision.messages
    assert ["space-1/1/activation-code-email"] == [message.id for message in decision.messages]


@pytest.mark.rule("A1", "1.9", "A2")
def test_a_space_is_pending_from_its_creation() -> None:
    """One event makes a pending space, with 48 hours to run."""
    decision = asked()
    space = decision.case
    assert (tp.SpaceState.PENDING, 1, START, START) == (space.state, space.version, space.recorded_at, space.since)
    assert (tp.SpaceRequested,) == tuple(map(type, decision.events))
    assert space.deadline is not None
    assert (START, START + TWO_DAYS, "1.9") == (space.deadline.opened, space.deadline.closes, str(space.deadline.rule))
    assert space.deadline.safe_until == space.deadline.closes
    assert not space.deadline.estimated


def test_a_code_held_elsewhere_is_not_sent() -> None:
    """The portal sends its own codes: there is no message without the code."""
    decision = asked(code=tp.HELD_ELSEWHERE)
    assert () == decision.messages
    assert tp.SpaceState.PENDING is decision.case.state
    unsaid = tp.Space.create(space_form(), id="s", password_hash="p", answer_hash="a", at=START).case
    assert tp.HELD_ELSEWHERE is unsaid.origin.code
    assert (False, True) == (asked().case.held_elsewhere, unsaid.held_elsewhere)


@pytest.mark.parametrize("id", ["", "a b", "a\nb", "x" * 201, 12, None])
def test_an_id_is_plain_text(id: object) -> None:
    """The id of a case is 1 to 200 printable characters without a space."""
    with pytest.raises(tp.InvalidValueError, match="1 to 200 printable characters"):
        asked(id=id)  # type: ignore[arg-type]
    assert "x" * 200 == asked(id="x" * 200).case.id


# --- Activating (1.8 to 1.10, A1, A2, A12) ----------------------------------------------------------------------------


@pytest.mark.rule("1.8", "A1")
@pytest.mark.parametrize("code", [EMAILED, "space-4711", "SPACE 4711", " sp-ac e47 11 "])
def test_the_code_activates_the_space(code: tp.ActivationCode | str) -> None:
    """The code, as a value or as typed, makes the space active: nothing runs any more."""
    decision = asked().case.activate(code, at=START + HOUR)
    space = decision.case
    assert (tp.SpaceState.ACTIVE, 2, START + HOUR) == (space.state, space.version, space.recorded_at)
    assert (tp.SpaceActivated(case_id="space-1", version=2, at=START + HOUR),) == decision.events
    assert (None, None, ()) == (space.deadline, space.due_at, decision.messages)


@pytest.mark.rule("1.8", "1.9", "A14")
def test_the_48_hours_run_from_when_the_code_was_sent() -> None:
    """We send a code that is held here when the request is told; one held elsewhere was sent when it was made."""
    for code, sent_at in ((EMAILED, START + HOUR), (tp.HELD_ELSEWHERE, START)):
        space = asked(recorded_at=START + HOUR, code=code).case
        assert space.deadline is not None
        assert (START, START + HOUR) == (space.origin.at, space.recorded_at)
        assert (sent_at, sent_at + TWO_DAYS) == (space.deadline.opened, space.deadline.closes)


@pytest.mark.rule("1.9", "A2")
@pytest.mark.parametrize("after", [timedelta(0), TICK, TWO_DAYS - TICK, TWO_DAYS])
def test_the_48th_hour_is_included(after: timedelta) -> None:
    """From the sending to exactly 48 hours later, the code works."""
    assert tp.SpaceState.ACTIVE is asked().case.activate(EMAILED, at=START + after).case.state


@pytest.mark.rule("1.9", "1.10", "A2")
@pytest.mark.parametrize("after", [TWO_DAYS + TICK, TWO_DAYS + HOUR, timedelta(days=3000)])
@pytest.mark.parametrize("code", [EMAILED, WRONG, tp.HELD_ELSEWHERE, "", "not a code!", tp.LinkToken("x")])
def test_past_48_hours_no_code_works(after: timedelta, code: object) -> None:
    """From one microsecond past 48 hours, the refusal is the same whatever the code."""
    space = asked().case
    with pytest.raises(tp.DeadlinePassedError) as caught:
        space.activate(code, at=START + after)  # type: ignore[arg-type]
    assert "1.10" == caught.value.rule
    assert (START + TWO_DAYS, START + after) == (caught.value.closes, caught.value.at)
    assert "1.9" == caught.value.facts["limit"]
    assert asked().case == space


@pytest.mark.rule("1.9", "A2")
@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2025-03-29T12:00", "2025-03-31T13:00"),  # clocks go forward in between
        ("2026-03-28T02:30", "2026-03-30T03:30"),  # the same wall time never is on the 29th
        ("2026-10-24T02:30", "2026-10-26T01:30"),  # clocks go back in between
        ("2025-01-06T10:00", "2025-01-08T10:00"),
    ],
)
def test_48_hours_are_elapsed_hours(start: str, last: str) -> None:
    """A change of clocks in Paris neither gives nor takes an hour."""
    space = asked(at=paris(start)).case
    assert tp.SpaceState.ACTIVE is space.activate(EMAILED, at=paris(last)).case.state
    with pytest.raises(tp.DeadlinePassedError):
        space.activate(EMAILED, at=paris(last) + TICK)


@pytest.mark.rule("1.8", "A12")
def test_a_wrong_code_is_refused_and_can_be_tried_again() -> None:
    """A wrong code changes nothing, however often it is tried: how many tries there are is the host's to say."""
    space = asked().case

    for code in (
        WRONG,
        "SPACE-4712",
        "",
        "no code!",
        "x" * 999,
        tp.ActivationCode("SPACE4712"),
        tp.LinkToken("SPACE4711"),
    ):
        with pytest.raises(tp.WrongCodeError, match=r"this is not the code sent by e-mail: .*\(rule 1\.8: ") as caught:
            space.activate(code, at=START + TWO_DAYS)  # type: ignore[arg-type]
        assert "1.8" == caught.value.rule
    assert asked().case == space
    assert tp.SpaceState.ACTIVE is space.activate(EMAILED, at=START + TWO_DAYS).case.state


@pytest.mark.rule("1.8")
def test_a_code_opens_its_own_space_only() -> None:
    """The code that was sent for one space does not open another that was sent another."""
    space = asked(id="space-2", code=tp.ActivationCode("OTHER")).case
    with pytest.raises(tp.WrongCodeError):
        space.activate(EMAILED, at=START)


@pytest.mark.parametrize("code", [None, 4711, b"SPACE4711", object()])
def test_what_is_no_code_is_a_bad_value(code: object) -> None:
    """Something that can be no code is not a wrong code: it is an error of whoever gives it."""
    with pytest.raises(tp.InvalidValueError):
        asked().case.activate(code, at=START)  # type: ignore[arg-type]


@pytest.mark.rule("1.8", "A13")
def test_a_code_held_here_must_be_given() -> None:
    """Saying that the portal took the code is refused where the code is here to be checked."""
    with pytest.raises(tp.WrongCodeError, match="is checked here: expected itself, not HELD_ELSEWHERE") as caught:
        asked().case.activate(tp.HELD_ELSEWHERE, at=START)
    assert "1.8" == caught.value.rule


@pytest.mark.rule("1.8", "A13")
@pytest.mark.parametrize("code", [EMAILED, "SPACE-4711", ""])
def test_a_code_held_elsewhere_cannot_be_given(code: tp.ActivationCode | str) -> None:
    """A code that only the portal knows cannot be checked: all that can be said is that the portal took it."""
    space = asked(code=tp.HELD_ELSEWHERE).case
    with pytest.raises(tp.WrongCodeError, match="held elsewhere, not checked here: expected HELD_ELSEWHERE"):
        space.activate(code, at=START)
    assert tp.SpaceState.ACTIVE is space.activate(tp.HELD_ELSEWHERE, at=START + TWO_DAYS).case.state
    with pytest.raises(tp.DeadlinePassedError):
        space.activate(tp.HELD_ELSEWHERE, at=START + TWO_DAYS + TICK)


# --- Lapsing (1.10, 1.11) ---------------------------------------------------------------------------------------------


@pytest.mark.rule("1.10", "1.11")
@pytest.mark.parametrize("after", [TWO_DAYS + TICK, timedelta(days=3000)])
def test_a_space_lapses_past_48_hours(after: timedelta) -> None:
    """From one microsecond past 48 hours, the space can be ended, and its user is told."""
    decision = asked().case.lapse(at=START + after)
    space = decision.case
    assert (tp.SpaceState.LAPSED, 2, START + after) == (space.state, space.version, space.recorded_at)
    assert (tp.SpaceLapsed(case_id="space-1", version=2, at=START + after),) == decision.events
    assert (None, None) == (space.deadline, space.due_at)
    assert space.time_limit == asked().case.deadline
    (notice,) = decision.messages
    assert isinstance(notice, tp.LapseNotice)
    assert (space.email, "1.11", False) == (notice.to, str(notice.rule), notice.presumed)
    assert "space-1/2/lapse-notice" == notice.id


@pytest.mark.rule("1.9")
@pytest.mark.parametrize("after", [timedelta(0), TWO_DAYS - TICK, TWO_DAYS])
def test_a_space_does_not_lapse_in_time(after: timedelta) -> None:
    """Up to exactly 48 hours, ending the space is refused, and the refusal says from when it can be."""
    with pytest.raises(tp.DeadlineNotReachedError) as caught:
        asked().case.lapse(at=START + after)
    assert "1.9" == caught.value.rule
    assert (START + TWO_DAYS + TICK, START + after) == (caught.value.expected, caught.value.at)


@pytest.mark.rule("1.11")
def test_a_lapsed_space_is_never_revived() -> None:
    """Nothing is possible with a lapsed space, at any instant, and the refusal cites the rule that says so.

    Not even a code that is told to have been entered in time: it is checked here, so the lapse is final (A15).
    """
    lapsed = space_in(tp.SpaceState.LAPSED)
    at = START + TWO_DAYS + TICK

    for verb in (
        lapsed.lapse,
        lapsed.remind,
        lapsed.tick,
        lambda *, at: lapsed.activate(EMAILED, at=at),
        lambda *, at: lapsed.activate(EMAILED, at=START, recorded_at=at),
    ):
        with pytest.raises(tp.TransitionRefusedError, match="nothing changes it any more") as caught:
            verb(at=at)
        assert ("1.11", "lapsed", ()) == (str(caught.value.rule), caught.value.state, caught.value.allowed)
    with pytest.raises(tp.OutOfOrderError):
        lapsed.activate(EMAILED, at=START)


@pytest.mark.rule("1.11")
def test_the_same_form_can_be_submitted_anew() -> None:
    """Starting again is asking again: a new space, a new code, 48 new hours."""
    again = START + TWO_DAYS + TICK
    space = asked(id="space-2", at=again, code=tp.ActivationCode("SECOND")).case
    assert tp.SpaceState.ACTIVE is space.activate("SECOND", at=again + TWO_DAYS).case.state
    assert space_in(tp.SpaceState.LAPSED).email == space.email


@pytest.mark.rule("1.9", "1.10")
@pytest.mark.parametrize("after", [timedelta(0), TWO_DAYS - TICK, TWO_DAYS, TWO_DAYS + TICK, timedelta(days=9)])
def test_one_of_activate_and_lapse_is_possible(after: timedelta) -> None:
    """At any instant, a pending space can be activated or ended, and never both."""
    space, at = asked().case, START + after
    possible = [trigger for trigger in ("activate", "lapse") if space.refusal(trigger, at=at) is None]
    assert ["activate" if after <= TWO_DAYS else "lapse"] == possible


# --- Reminding --------------------------------------------------------------------------------------------------------


def test_a_reminder_is_due_24_hours_before_the_end() -> None:
    """At 24 hours and no sooner, the user is reminded of what is to be done, and by when."""
    space = asked().case
    assert START + 24 * HOUR == space.due_at
    assert not space.is_due(START + 24 * HOUR - TICK)
    assert space.is_due(START + 24 * HOUR)
    with pytest.raises(tp.DeadlineNotReachedError, match="nothing to remind of") as caught:
        space.remind(at=START + 24 * HOUR - TICK)
    assert START + 24 * HOUR == caught.value.expected

    decision = space.remind(at=START + 24 * HOUR)
    assert space.deadline is not None
    assert (tp.SpaceReminded(case_id="space-1", version=2, at=START + 24 * HOUR),) == decision.events
    assert (
        tp.ReminderEmail(
            case_id="space-1",
            version=2,
            to=space.email,
            organisation=tp.Siren("732829320"),
            company_name=None,
            services=(),
            steps=space.next_steps(at=START + 24 * HOUR),
            deadline=space.deadline,
        ),
    ) == decision.messages
    assert (tp.SpaceState.PENDING, 2, space.deadline) == (
        decision.case.state,
        decision.case.version,
        decision.case.deadline,
    )
    assert START + TWO_DAYS + TICK == decision.case.due_at


def test_a_reminded_space_is_reminded_once() -> None:
    """After the last reminder only the lapse is due; the code still works."""
    space = asked().case.remind(at=START + 25 * HOUR).case
    with pytest.raises(tp.DeadlineNotReachedError) as caught:
        space.remind(at=START + TWO_DAYS)
    assert START + TWO_DAYS + TICK == caught.value.expected
    assert tp.SpaceState.ACTIVE is space.activate(EMAILED, at=START + TWO_DAYS).case.state
    assert tp.SpaceState.LAPSED is space.tick(at=START + TWO_DAYS + TICK).case.state


def test_nobody_is_reminded_too_late() -> None:
    """Past the time limit there is nothing to remind of: the refusal says that it is too late."""
    with pytest.raises(tp.DeadlinePassedError):
        asked().case.remind(at=START + TWO_DAYS + TICK)


def test_missed_nights_give_one_reminder() -> None:
    """With two reminders and neither sent, one is sent, and the next thing due is the lapse."""
    limit = attrs.evolve(tp.EXPERT_2024_04_03.space_activation, reminders=(36, 12))
    space = asked(rulebook=attrs.evolve(tp.EXPERT_2024_04_03, version="more", space_activation=limit)).case
    assert START + 12 * HOUR == space.due_at
    assert START + 36 * HOUR == space.remind(at=START + 12 * HOUR).case.due_at
    late = space.tick(at=START + 36 * HOUR)
    assert 1 == len(late.messages)
    assert START + TWO_DAYS + TICK == late.case.due_at


# --- Rulebooks --------------------------------------------------------------------------------------------------------


def test_a_space_keeps_the_deadline_of_its_rulebook() -> None:
    """A host's own 72 hours hold for the spaces that it makes under them, and for no other."""
    limit = attrs.evolve(tp.EXPERT_2024_04_03.space_activation, duration=tp.Hours(72))
    rulebook = attrs.evolve(tp.EXPERT_2024_04_03, version="simplified", space_activation=limit)
    longer, expert = asked(rulebook=rulebook).case, asked().case
    assert tp.SpaceState.ACTIVE is longer.activate(EMAILED, at=START + 72 * HOUR).case.state
    assert tp.SpaceState.LAPSED is longer.lapse(at=START + 72 * HOUR + TICK).case.state
    assert tp.SpaceState.LAPSED is expert.lapse(at=START + 72 * HOUR).case.state
    assert (rulebook, tp.EXPERT_2024_04_03) == (longer.rulebook, expert.rulebook)


# --- What is over, naive instants, replay -----------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["activate", "remind", "lapse"])
@pytest.mark.parametrize("state", [tp.SpaceState.ACTIVE, tp.SpaceState.LAPSED])
def test_what_is_over_stays_over(state: tp.SpaceState, verb: str) -> None:
    """Every verb of a space that is active or lapsed is refused."""
    space = space_in(state)
    given = {"code": EMAILED} if verb == "activate" else {}
    with pytest.raises(tp.TransitionRefusedError):
        getattr(space, verb)(**given, at=space.recorded_at + 100 * HOUR)
    assert space_in(state) == space


@pytest.mark.parametrize("verb", ["activate", "remind", "lapse", "tick", "next_steps", "is_due"])
def test_naive_instants_are_refused(verb: str) -> None:
    """A datetime without an offset is nobody's instant."""
    call = getattr(asked().case, verb)
    naive = datetime(2025, 1, 7)
    with pytest.raises(tp.InvalidValueError, match="naive"):
        call(naive) if verb == "is_due" else call(**({"code": EMAILED} if verb == "activate" else {}), at=naive)
    with pytest.raises(tp.InvalidValueError, match="naive"):
        asked(at=naive)


@pytest.mark.parametrize("state", tp.SpaceState)
def test_replay_gives_the_space_back(state: tp.SpaceState) -> None:
    """A space is the fold of its events."""
    first = asked()
    events = list(first.events)
    if state is tp.SpaceState.ACTIVE:
        events += first.case.activate(EMAILED, at=START).events
    if state is tp.SpaceState.LAPSED:
        events += first.case.lapse(at=START + TWO_DAYS + TICK).events
    assert space_in(state) == tp.replay(events)


@pytest.mark.parametrize("state", tp.SpaceState)
def test_a_space_shows_no_secret(state: tp.SpaceState) -> None:
    """Neither the space, nor its events, nor its messages show the code, the password or the answer."""
    decision = asked()
    shown = [repr(thing) + str(thing) for thing in (decision, space_in(state), *decision.events, *decision.messages)]
    assert [] == [secret for secret in SECRETS for text in shown if secret in text]
