"""What every time limit of a case has alike: its last instant, the check of its code, its reminders, its lapse."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

import teleprocedures as tp
from tests.builders import COMPANY_EMAIL, EMAILED, POSTED, TOKEN, WRONG, asked, linked, opened, requested
from tests.instants import DAY, HOUR, LAST, START, TICK, TWO_DAYS, paris

USER, FIRM, COMPANY = opened().email, tp.Siren("732829320"), tp.Siren("552100554")
ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}
SEEN = requested(**ELSEWHERE).case.record_letter(START.date(), at=START).case  # its letter's day is known


@attrs.frozen(kw_only=True)
class Limit:
    """A case that waits, its code held here or elsewhere, for a verb until an instant; and what is cited and made."""

    here: Any
    elsewhere: Any
    verb: str
    name: str
    code: Any
    more: dict[str, Any] = attrs.field(factory=dict)
    closes: datetime
    rules: tuple[str, str, str, str]  # the code's, the time limit's, of what is too late, of what has lapsed
    made: tuple[type[tp.Event], type[tp.Event], type[tp.Event]]  # what happened in time, the lapse, a reminder
    reminders: tuple[datetime, ...]
    told: tuple[str, str]  # what the code is called, as its errors' codes and in words
    typed: tuple[str, ...]
    wrong: tuple[Any, ...]
    about: tuple[tp.Siren, str]  # the organisation, and what is advised after the lapse

    def do(self, case: Any, code: Any, **when: Any) -> tp.Decision[Any]:
        """What comes of it."""
        return getattr(case, self.verb)(**{self.name: code}, **self.more, **when)

    def refused(self, case: Any, error: type[tp.RefusedError], code: Any, **when: Any) -> Any:
        """The error of the verb, which `refusal` gives too; the case stays as it was."""
        before = attrs.evolve(case)
        with pytest.raises(error) as caught:
            self.do(case, code, **when)
        asked_for = case.refusal(self.verb, **{self.name: code}, **self.more, **when)
        assert (type(caught.value), str(caught.value)) == (type(asked_for), str(asked_for))
        assert before == case
        return caught.value


LIMITS = {
    "space": Limit(
        here=asked().case,
        elsewhere=asked(code=tp.HELD_ELSEWHERE).case,
        verb="activate",
        name="code",
        code=EMAILED,
        closes=START + TWO_DAYS,
        rules=("1.8", "1.9", "1.10", "1.11"),
        made=(tp.SpaceActivated, tp.SpaceLapsed, tp.SpaceReminded),
        reminders=(START + DAY,),
        told=("emailed_code", "the code sent by e-mail"),
        typed=("space-4711", "SPACE 4711", " sp-ac e47 11 "),
        wrong=(
            WRONG,
            "SPACE-4712",
            "",
            "no code!",
            "x" * 999,
            tp.ActivationCode("SPACE4712"),
            tp.LinkToken("SPACE4711"),
        ),
        about=(FIRM, "submit_space_again"),
    ),
    "link": Limit(
        here=linked().case,
        elsewhere=linked(**ELSEWHERE).case,
        verb="confirm_company_email",
        name="token",
        code=TOKEN,
        closes=START + TWO_DAYS,
        rules=("2.8", "2.9", "2.11", "2.11"),
        made=(tp.CompanyEmailConfirmed, tp.AdhesionLapsed, tp.AdhesionReminded),
        reminders=(START + DAY,),
        told=("link", "the token of the link"),
        typed=("link_token-42", " link_token-42\n"),
        wrong=(WRONG, "link_token-43", "LINK_TOKEN-42", "linktoken42", "", tp.LinkToken("x"), POSTED, EMAILED),
        about=(COMPANY, "renew_adhesion"),
    ),
    "letter": Limit(
        here=requested().case,
        elsewhere=SEEN,
        verb="activate",
        name="code",
        code=POSTED,
        more={"space": opened()},
        closes=LAST,
        rules=("3.3", "3.1", "3.4", "3.4"),
        made=(tp.ServicesActivated, tp.ActivationLapsed, tp.ActivationReminded),
        reminders=(paris("2025-02-19T00:00"), paris("2025-03-01T00:00"), paris("2025-03-05T00:00")),
        told=("letter_code", "the code of the letter"),
        typed=("letter-0815",),
        wrong=(WRONG, "LETTER-0816", "", EMAILED, tp.LinkToken("LETTER0815"), TOKEN),
        about=(COMPANY, "renew_adhesion"),
    ),
}
every_limit = pytest.mark.parametrize("it", LIMITS.values(), ids=LIMITS)


@pytest.mark.rule("1.8", "1.9", "2.9", "3.1", "A2", "A3", "A14")
@every_limit
@pytest.mark.parametrize("told_after", [timedelta(), 90 * DAY])
def test_to_its_last_instant_the_verb_passes_and_the_lapse_does_not(it: Limit, told_after: timedelta) -> None:
    """Told at once or months later, wherever the code is held, which may be typed in any way."""
    for at in (START, START + TICK, it.closes - TICK, it.closes):
        when = {"at": at, "recorded_at": at + told_after}
        for case, codes in ((it.here, (it.code, *it.typed)), (it.elsewhere, (tp.HELD_ELSEWHERE,))):
            for code in codes:
                decision = it.do(case, code, **when)
                made = [event for event in decision.events if isinstance(event, it.made[0])]
                assert [(case.version + 1, at, at + told_after)] == [(e.version, e.at, e.recorded_at) for e in made]
                assert (at + told_after, None) == (decision.case.recorded_at, case.refusal(it.verb, **when))
                assert it.verb == "confirm_company_email" or at == decision.case.since
        early = it.here.refusal("lapse", **when)
        assert isinstance(early, tp.DeadlineNotReachedError)
        assert ("deadline.not_reached", it.rules[1]) == (early.code, early.rule)
        assert (it.closes + TICK, at, it.closes) == (early.expected, early.at, early.facts["closes"])


@pytest.mark.rule("1.9", "1.10", "2.9", "2.11", "3.1", "3.4", "A2", "A3", "A14")
@every_limit
@pytest.mark.parametrize("told_after", [timedelta(), 90 * DAY])
def test_a_microsecond_later_no_code_passes_and_the_lapse_does(it: Limit, told_after: timedelta) -> None:
    """The refusal is the same whatever the code: until when it was, the instant given, both rules."""
    for at in (it.closes + TICK, it.closes + HOUR, it.closes + 3000 * DAY):
        when = {"at": at, "recorded_at": at + told_after}
        for case, codes in ((it.here, (it.code, tp.HELD_ELSEWHERE, *it.wrong)), (it.elsewhere, (tp.HELD_ELSEWHERE,))):
            for code in codes:
                late = it.refused(case, tp.DeadlinePassedError, code, **when)
                assert (it.rules[2], it.closes, at) == (late.rule, late.closes, late.at)
                assert {"closes": it.closes, "at": at, "limit": it.rules[1]} == dict(late.facts)
            assert case.refusal("lapse", **when) is None
            with pytest.raises(tp.DeadlinePassedError):
                case.remind(**when)


@pytest.mark.rule("1.8", "2.8", "3.3", "A12", "A13")
@every_limit
def test_a_wrong_code_is_refused_and_can_be_tried_again(it: Limit) -> None:
    """However often it is tried, to the last instant; the refusal names the code, and has neither it nor the right."""
    what, said = it.told
    for code in it.wrong:
        wrong = it.refused(it.here, tp.WrongCodeError, code, at=it.closes)
        assert (f"{what}.wrong", it.rules[0], {}) == (wrong.code, wrong.rule, dict(wrong.facts))
        assert str(wrong).startswith(f"this is not {said}: ")
    for case, code, where in (
        (it.here, tp.HELD_ELSEWHERE, "here"),
        *((it.elsewhere, each, "elsewhere") for each in (it.code, "")),
    ):
        held = it.refused(case, tp.WrongCodeError, code, at=it.closes)
        assert (f"{what}.held_{where}", it.rules[0]) == (held.code, held.rule)
    assert it.do(it.here, it.code, at=it.closes)
    for nothing in (None, 4711, b"SPACE4711", object()):
        with pytest.raises(tp.InvalidValueError):
            it.do(it.here, nothing, at=START)


@pytest.mark.rule("1.8", "2.8", "A4")
def test_the_code_of_another_case_opens_nothing() -> None:
    """Each case has its own code, and the same code in two cases is kept differently."""
    emailed, token, posted = tp.ActivationCode("OTHER"), tp.LinkToken("other"), tp.ActivationCode("OTHER")
    others = asked(id="b", code=emailed).case, linked(id="b", token=token).case, requested(id="b", code=posted).case
    twins = asked(id="b").case, linked(id="b").case, requested(id="b").case
    kept = (lambda it: it.origin.code), (lambda it: it.origin.token), (lambda it: it.activation.code)
    for it, other, twin, of in zip(LIMITS.values(), others, twins, kept, strict=True):
        it.refused(other, tp.WrongCodeError, it.code, at=START)
        assert of(twin) != of(it.here)


@pytest.mark.rule("1.10", "1.11", "2.11", "3.4", "A15")
@every_limit
@pytest.mark.parametrize("after", [TICK, 3000 * DAY])
def test_a_lapse_ends_the_case_and_is_told_to_the_user(it: Limit, after: timedelta) -> None:
    """Presumed where the code is held elsewhere, final where it is held here; the time limit stays known."""
    at, told_at = it.closes + after, it.closes + after + HOUR
    organisation, action = it.about
    for case in (it.here, it.elsewhere):
        decision = case.lapse(at=at, recorded_at=told_at)
        over, version, presumed = decision.case, case.version + 1, case is it.elsewhere
        assert (it.made[1](case_id=case.id, version=version, at=at, recorded_at=told_at),) == decision.events
        assert ("lapsed", True, presumed) == (over.stage, over.has_lapsed, over.is_presumed)
        assert (version, told_at, None, None) == (over.version, over.recorded_at, over.deadline, over.due_at)
        assert case.deadline == over.time_limit
        assert (
            tp.LapseNotice(
                case_id=case.id,
                version=version,
                to=USER,
                organisation=organisation,
                company_name=None,
                services=case.services,
                deadline=case.deadline,
                rule=tp.EXPERT_2024_04_03.rule(it.rules[3]),
                action=action,
                presumed=presumed,
            ),
        ) == decision.messages
        assert [action] == [step.action for step in over.next_steps(at=told_at)]
    final = it.here.lapse(at=at).case
    renewed = () if it.verb == "activate" and not it.more else ("renew",)
    for verb in (it.verb, "remind", "lapse"):
        ended = final.refusal(verb, at=it.closes, recorded_at=at + 100 * DAY)
        assert isinstance(ended, tp.TransitionRefusedError)
        assert (it.rules[3], "lapsed", renewed) == (ended.rule, ended.state, ended.allowed)
    with pytest.raises(tp.TransitionRefusedError):
        final.tick(at=at + 100 * DAY)


@every_limit
def test_the_user_is_reminded_ahead_of_the_end_and_once_each_time(it: Limit) -> None:
    """At each instant and no sooner, of what is to be done by when; after the last one only the lapse is due."""
    organisation, _ = it.about
    case = it.here
    for due in it.reminders:
        assert (due, False, True) == (case.due_at, case.is_due(due - TICK), case.is_due(due))
        for early in (case.remind, case.tick):
            with pytest.raises(tp.DeadlineNotReachedError, match="nothing to remind of") as caught:
                early(at=due - TICK)
            assert ("reminder.not_due", due, due - TICK) == (caught.value.code, caught.value.expected, caught.value.at)
        decision = case.tick(at=due)
        version = case.version + 1
        assert decision == case.remind(at=due)
        assert (it.made[2](case_id=case.id, version=version, at=due),) == decision.events
        assert (
            tp.ReminderEmail(
                case_id=case.id,
                version=version,
                to=USER,
                organisation=organisation,
                company_name=None,
                services=case.services,
                deadline=case.deadline,
                steps=case.next_steps(at=due),
                link_sent_to=tp.EmailAddress(COMPANY_EMAIL) if case.stage == "awaiting_email" else None,
            ),
        ) == decision.messages
        assert (case.stage, case.deadline, case.since) == (
            decision.case.stage,
            decision.case.deadline,
            decision.case.since,
        )
        case = decision.case
    with pytest.raises(tp.DeadlineNotReachedError) as lapse:
        case.remind(at=it.closes)
    assert it.closes + TICK == lapse.value.expected == case.due_at
    assert it.do(case, it.code, at=it.closes)
    assert case.tick(at=it.closes + TICK).case.has_lapsed


@pytest.mark.rule("1.9", "2.9", "A2")
@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2025-01-06T10:00", "2025-01-08T10:00"),
        ("2025-03-29T12:00", "2025-03-31T13:00"),  # clocks go forward in between
        ("2026-03-28T02:30", "2026-03-30T03:30"),  # the same wall time never is on the 29th
        ("2026-10-24T02:30", "2026-10-26T01:30"),  # clocks go back in between
    ],
)
def test_48_hours_are_elapsed_hours(start: str, last: str) -> None:
    """A change of clocks in Paris neither gives nor takes an hour, of a space's code or of a request's link."""
    for case, code in ((asked(at=paris(start)).case, EMAILED), (linked(at=paris(start)).case, TOKEN)):
        verb = case.activate if case.kind == "space" else case.confirm_company_email
        assert verb(code, at=paris(last))
        with pytest.raises(tp.DeadlinePassedError):
            verb(code, at=paris(last) + TICK)
        assert case.lapse(at=paris(last) + TICK).case.has_lapsed


@pytest.mark.rule("1.9", "2.9", "A2", "A14")
def test_what_we_send_runs_from_its_telling_and_what_the_portal_sends_from_the_fact() -> None:
    """Asked for earlier and told now: a code held here is sent now, one held elsewhere was sent then."""
    told_at = START + 30 * DAY
    for opens in (asked, linked):
        name, code = ("code", EMAILED) if opens is asked else ("token", TOKEN)
        for held, sent_at in ((code, told_at), (tp.HELD_ELSEWHERE, START)):
            decision = opens(recorded_at=told_at, **{name: held})
            case = decision.case
            assert (START, told_at, sent_at) == (case.origin.at, case.recorded_at, case.since)
            assert (sent_at, sent_at + TWO_DAYS) == (case.deadline.opened, case.deadline.closes)
            assert [sent_at + TWO_DAYS] * (held is code) == [message.deadline.closes for message in decision.messages]
            verb = "activate" if opens is asked else "confirm_company_email"
            early = case.refusal(verb, at=sent_at - TICK, recorded_at=told_at, **{name: held})
            assert isinstance(early, tp.OutOfOrderError)
            assert sent_at == early.last


def test_missed_nights_give_one_reminder() -> None:
    """A batch that did not run for weeks sends one reminder, not three, and goes on with the next one, or the lapse."""
    limit = attrs.evolve(tp.EXPERT_2024_04_03.space_activation, reminders=(36, 12))
    space = asked(rulebook=attrs.evolve(tp.EXPERT_2024_04_03, version="more", space_activation=limit)).case
    for case, dues, missed, following in (
        (space, [START + 12 * HOUR, START + 36 * HOUR], START + 36 * HOUR, START + TWO_DAYS + TICK),
        (
            requested().case,
            [paris("2025-02-19T00:00"), paris("2025-03-01T00:00")],
            paris("2025-03-01T08:00"),
            paris("2025-03-05T00:00"),
        ),
        (requested().case, [paris("2025-02-19T00:00"), paris("2025-03-01T00:00")], LAST, LAST + TICK),
    ):
        assert dues == [case.due_at, case.remind(at=case.due_at).case.due_at]
        late = case.tick(at=missed)
        assert (1, following) == (len(late.messages), late.case.due_at)


@pytest.mark.rule("1.9", "2.9", "3.1")
def test_a_case_keeps_the_time_limit_of_its_rulebook() -> None:
    """A host's own time limits hold for the cases made under them, letters and renewals too, and for no other."""
    book = tp.EXPERT_2024_04_03
    own = attrs.evolve(
        book,
        version="own",
        space_activation=attrs.evolve(book.space_activation, duration=tp.Hours(72)),
        link_use=attrs.evolve(book.link_use, duration=tp.Hours(96)),
        services_activation=attrs.evolve(
            book.services_activation, duration=tp.CivilDays(90, "Indian/Reunion"), reminders=()
        ),
        letter_announced=None,
    )
    reunion = datetime(2025, 4, 6, 19, 59, 59, 999999, tzinfo=START.tzinfo)
    renewed = linked().case.renew(opened(), id="request-2", at=START + 96 * HOUR, rulebook=own).case
    letter = requested(rulebook=own).case
    seen = letter.record_letter(datetime(2025, 1, 7).date(), at=datetime(2025, 1, 6, 20, tzinfo=START.tzinfo)).case
    for case, closes in (
        (asked(rulebook=own).case, START + 72 * HOUR),
        (linked(rulebook=own).case, START + 96 * HOUR),
        (renewed, START + 192 * HOUR),
        (letter, reunion),
        (seen, reunion + DAY),
    ):
        assert (own, closes) == (case.rulebook, case.deadline.closes)
        assert case.lapse(at=closes + TICK).case.has_lapsed
        with pytest.raises(tp.DeadlineNotReachedError):
            case.lapse(at=closes)
    assert reunion + TICK == letter.due_at
