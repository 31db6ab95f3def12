"""Plans played through a portal with their own days, codes held here and elsewhere: nothing refuses a step of them.

They are made of nothing, backwards and forwards, and on from where a request and its mandate stand, whatever became of
them; begun a day later than the last safe one, they come too late.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import teleprocedures as tp
from teleprocedures.testing import ManualClock, PlainHasher, RecordingNotifier, ScriptedCodes, adhesion_form, space_form
from tests.builders import COMPANY_EMAIL, FRENCH_IBAN
from tests.instants import DAY, PARIS

LEADS = tp.LeadTimes(letter=14, company=3, bank=5)
HELD = (ScriptedCodes, tp.HeldElsewhere)
CODES = st.sampled_from(["payer-cfe", "payer-tva", "payer-is", "messagerie", "payer-tf"])
some_services = st.lists(CODES, min_size=1, unique=True)
lead_times = st.builds(tp.LeadTimes, letter=st.integers(0, 25), company=st.integers(0, 20), bank=st.integers(0, 60))
days = st.dates(date(2024, 6, 1), date(2027, 6, 1))
held = st.sampled_from(HELD)

ORDER = (
    "request_services",
    "renew_adhesion",
    "use_link",
    "watch_letter",
    "enter_letter_code",
    "issue_mandate",
    "sign_mandate",
    "send_mandate",
    "check_mandate",
    "pay",
)
"""What is played of a plan, in the order of a day; what else it says is for people, and changes no case."""


def noon(day: date) -> datetime:
    """Noon in Paris."""
    return datetime.combine(day, time(12), PARIS).astimezone(UTC)


def civil(at: datetime) -> date:
    """The day that clocks in Paris read."""
    return at.astimezone(PARIS).date()


class Firm:
    """A firm with an active space, its portal, and all that it follows of one company; what is refused raises."""

    def __init__(self, codes: Callable[[], Any], day: date) -> None:
        self.clock, self.notifier = ManualClock(noon(day)), RecordingNotifier()
        self.portal = tp.Portal(clock=self.clock, codes=codes(), notifier=self.notifier, hasher=PlainHasher())
        asked = self.portal.create_space(space_form())
        self.space = self.portal.activate_space(asked, self.sent(tp.ActivationCodeEmail, asked.id, "code"))
        self.wanted: tuple[tp.Service, ...] = ()
        self.requests: list[tp.Adhesion] = []
        self.mandates: list[tp.Mandate] = []

    def until(self, at: datetime) -> datetime:
        """Wait until then, if it is ahead."""
        return self.clock.set(max(at, self.clock.now()))

    def sent(self, kind: type[Any], case_id: str, name: str) -> Any:
        """The code or the token that was sent for a case; held elsewhere, where none was."""
        found = (it for it in reversed(self.notifier.messages) if isinstance(it, kind) and it.case_id == case_id)
        return next((getattr(message, name) for message in found), tp.HELD_ELSEWHERE)

    def waiting(self, stage: object) -> int:
        """The place of the first request of what is wanted that waits for this, and still counts as the day begins."""
        now = datetime.combine(civil(self.clock.now()), time(), PARIS)
        return next(
            place
            for place, request in enumerate(self.requests)
            if request.stage is stage and not request.is_over(now) and set(self.wanted) & set(request.services)
        )

    def replace(self, state: tp.MandateState, verb: Callable[..., tp.Mandate], *given: object) -> None:
        """Do this to the last mandate in this state."""
        places = range(len(self.mandates) - 1, -1, -1)
        place = next(place for place in places if self.mandates[place].state is state)
        self.mandates[place] = verb(self.mandates[place], *given)

    def holds(self, service: tp.Service) -> bool:
        """Whether the service is held."""
        return any(request.holds(service) for request in self.requests)

    # --- The steps, by what each is called ---

    def request_services(self) -> None:
        """A request for those of the services that no request that still counts has."""
        now = self.clock.now()
        known = {it for request in self.requests if not request.is_over(now) for it in request.services}
        self.ask(*(service.code for service in self.wanted if service not in known))

    def ask(self, *services: str) -> None:
        """A request of a third party."""
        form = adhesion_form(
            services=services, company_email=COMPANY_EMAIL, bank_accounts=[FRENCH_IBAN], applicant="third_party"
        )
        self.requests.append(self.portal.request_adhesion(self.space, form))

    def renew_adhesion(self) -> None:
        """The request that takes the place of the one there was."""
        self.requests[0] = self.portal.renew_adhesion(self.space, self.requests[0])

    def use_link(self) -> None:
        """On the day of the step, within 48 elapsed hours whatever clocks do."""
        place = self.waiting(tp.AdhesionState.AWAITING_EMAIL)
        request = self.requests[place]
        assert request.deadline is not None
        used = min(self.clock.now(), request.deadline.closes)
        assert civil(self.clock.now()) == civil(used)
        token = self.sent(tp.ConfirmationLinkEmail, request.id, "token")
        self.requests[place] = self.portal.confirm_company_email(request, token, at=used)

    def watch_letter(self) -> None:
        """The letter has come, and bears the earliest day that it can: where we posted it, that is known."""
        place = self.waiting(tp.ActivationState.AWAITING_CODE)
        request = self.requests[place]
        if request.deadline is not None and request.deadline.estimated:
            self.requests[place] = self.portal.record_letter(request, civil(request.since))

    def enter_letter_code(self) -> None:
        """All of the request's services are held."""
        place = self.waiting(tp.ActivationState.AWAITING_CODE)
        request = self.requests[place]
        code = self.sent(tp.ActivationCodeLetter, request.id, "code")
        self.requests[place] = self.portal.activate_services(self.space, request, code)

    def issue_mandate(self) -> None:
        """For the account of the last request with a service that needs one."""
        asked = (it for it in reversed(self.requests) if any(service.needs_mandate for service in it.services))
        self.mandates.append(self.portal.issue_mandate(next(asked), FRENCH_IBAN, mandates=self.mandates))

    def sign_mandate(self) -> None:
        """By the legal representative."""
        self.replace(tp.MandateState.ISSUED, self.portal.sign_mandate, "representative")

    def send_mandate(self) -> None:
        """To the bank."""
        self.replace(tp.MandateState.SIGNED, self.portal.send_mandate)

    def check_mandate(self) -> None:
        """The bank has it."""
        self.replace(tp.MandateState.SENT, self.portal.register_mandate)

    def pay(self) -> None:
        """With each service that pays."""
        for service in self.wanted:
            if service.pays:
                tp.check_payment(self.requests, service, FRENCH_IBAN, self.mandates, at=self.clock.now())

    def play(self, found: tp.Plan, *, late: int = 0, last: date = date.max) -> None:
        """Play a plan with its own days, up to this one; `late` shifts every day but that of the payment."""
        steps = [
            (step.day + (0 if step.action == "pay" else late) * DAY, ORDER.index(step.action))
            for step in found.steps
            if step.action in ORDER
        ]
        self.wanted = found.services
        for day, place in sorted(steps):
            if day <= last:
                self.until(noon(day))
                getattr(self, ORDER[place])()


def played(codes: Callable[[], Any], found: tp.Plan, **how: Any) -> Firm:
    """The firm that has played this plan, which begins with nothing."""
    firm = Firm(codes, found.steps[0].day - DAY)
    firm.play(found, **how)
    return firm


def wanted_by(services: list[str], day: date) -> dict[str, Any]:
    """The day to pay by, where a service pays, or else to hold them by."""
    return {"pay_by" if any(it.startswith("payer") for it in services) else "held_by": day}


# --- Begun with nothing -----------------------------------------------------------------------------------------------


@given(services=some_services, leads=lead_times, day=days, codes=held)
@pytest.mark.rule("A11", "0.2", "2.18", "2.20", "2.21", "3.1")
def test_a_plan_played_with_its_own_days_succeeds(
    services: list[str], leads: tp.LeadTimes, day: date, codes: Callable[[], Any]
) -> None:
    """Backwards or forwards, the portal refuses no step of a plan, nor the payment at its end, and all is held."""
    for found in (
        tp.plan(services, start=day, lead_times=leads),
        tp.plan(services, held_by=day, lead_times=leads),
        tp.plan(services, lead_times=leads, **wanted_by(services, day)),
    ):
        firm = played(codes, found)
        assert all(map(firm.holds, found.services))
        assert civil(firm.clock.now()) == found.ready_on


@given(services=some_services, leads=lead_times, day=days, codes=held)
def test_a_day_later_than_the_last_one_is_too_late(
    services: list[str], leads: tp.LeadTimes, day: date, codes: Callable[[], Any]
) -> None:
    """Begun on the last safe day a plan meets its day; a day later, with the same lead times, it does not."""
    backwards = wanted_by(services, day)
    found = tp.plan(services, lead_times=leads, **backwards)
    assert found.start_by is not None
    next_day = tp.plan(services, lead_times=leads, start=found.start_by + DAY, **backwards)
    assert (day, False) == (found.ready_on, found.too_late)
    assert (day + DAY, True) == (next_day.ready_on, next_day.too_late)
    if found.start_by == day:
        assert [] == played(codes, found, late=1, last=day - DAY).requests
    elif "pay_by" in backwards:
        with pytest.raises(tp.PaymentRefusedError):
            played(codes, found, late=1)
    else:
        firm = played(codes, found, late=1, last=day)
        assert not any(map(firm.holds, found.services))


@pytest.mark.parametrize("codes", HELD)
@pytest.mark.parametrize(
    ("services", "pay_by"),
    [
        (["payer-cfe"], date(2024, 12, 15)),
        (["payer-tva"], date(2024, 6, 19)),
        (["payer-tva", "messagerie"], date(2024, 6, 19)),
    ],
)
@pytest.mark.rule("A11", "2.18", "2.21")
def test_worked_cases_are_played(codes: Callable[[], Any], services: list[str], pay_by: date) -> None:
    """The worked cases pass the portal with their own days, and are refused the payment a day later."""
    found = tp.plan(services, pay_by=pay_by, lead_times=LEADS)
    firm = played(codes, found)
    assert noon(pay_by) == firm.clock.now()
    assert all(map(firm.holds, found.services))
    with pytest.raises(tp.PaymentRefusedError):
        played(codes, found, late=1)


# --- On from where a request stands -----------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Standing:
    """What became of a request and its mandate: after how many days each thing was done, None for never."""

    services: list[str]
    link: int | None
    letter: int | None
    code: int | None
    mandate: tuple[int, ...]
    days: int
    recorded: bool

    def firm(self, codes: Callable[[], Any], day: date) -> Firm:
        """The firm whose request stands so, so many days after this one at noon."""
        firm = Firm(codes, day)
        firm.ask(*self.services)
        firm.wanted = firm.requests[0].services
        linked = firm.requests[0].stage is tp.AdhesionState.AWAITING_EMAIL
        done: list[tuple[int, int, Callable[[], None]]] = []
        if linked and self.link is not None:
            done.append((self.link, 0, firm.use_link))
        if self.letter is not None and (not linked or self.link is not None):
            done.append((max(self.letter, self.link or 0), 1, firm.watch_letter))
        if self.code is not None and (not linked or self.link is not None):
            done.append((max(self.code, self.letter or 0, self.link or 0), 2, firm.enter_letter_code))
        if any(service.needs_mandate for service in firm.requests[0].services):
            verbs = (firm.issue_mandate, firm.sign_mandate, firm.send_mandate, firm.check_mandate)
            done += ((after, 3 + place, verbs[place]) for place, after in enumerate(sorted(self.mandate)))
        for after, _, verb in sorted(done, key=lambda one: one[:2]):
            over = firm.requests[0].is_over(noon(day + after * DAY))
            # A request that is over has no mandate.
            if after <= self.days and (firm.mandates or not over):
                firm.until(noon(day + after * DAY))
                verb()
        now = firm.until(noon(day + self.days * DAY))
        if self.recorded:
            for cases in (firm.requests, firm.mandates):
                cases[:] = [
                    firm.portal.lapse(case) if case.is_over(now) and not case.has_lapsed else case for case in cases
                ]
        return firm


soon = st.integers(0, 30)
standings = st.builds(
    Standing,
    services=some_services,
    link=st.none() | st.integers(0, 2),
    letter=st.none() | soon,
    code=st.none() | soon,
    mandate=st.lists(soon, max_size=4).map(tuple),
    days=st.integers(0, 90) | st.integers(1_000, 1_150),
    recorded=st.booleans(),
)


@given(
    standing=standings,
    services=some_services,
    leads=lead_times,
    day=days,
    codes=held,
    goal=st.none() | st.integers(0, 120) | st.integers(1_000, 1_300),
    known=st.sampled_from(["both", "both", "adhesion", "mandates"]),
)
@pytest.mark.rule("2.11", "2.18", "2.20", "3.1", "3.4", "A3", "A16", "F1")
def test_a_plan_on_from_where_a_request_stands_succeeds(
    *,
    standing: Standing,
    services: list[str],
    leads: tp.LeadTimes,
    day: date,
    codes: Callable[[], Any],
    goal: int | None,
    known: str,
) -> None:
    """Whatever became of a request and its mandate, the portal refuses no step of what is planned on from there."""
    firm = standing.firm(codes, day)
    today = civil(firm.clock.now())
    firm.requests = [] if known == "mandates" else firm.requests
    firm.mandates = [] if known == "adhesion" else firm.mandates
    from_there: dict[str, Any] = {"adhesion": next(iter(firm.requests), None), "mandates": tuple(firm.mandates)}
    by = {} if goal is None else wanted_by(services, today + goal * DAY)
    found = tp.plan(services, start=today, lead_times=leads, **from_there, **by)
    firm.play(found)
    assert all(map(firm.holds, found.services))
    if goal is None:
        return
    assert found.too_late is (found.ready_on > today + goal * DAY)
    if known == "both":
        # The last safe day meets the day that matters, and the next one does not.
        assert found.too_late is (found.start_by is None)
        begun = () if found.start_by is None else (found.start_by, found.start_by + DAY)
        late = [tp.plan(services, start=start, lead_times=leads, **from_there, **by).too_late for start in begun]
        assert late in ([], [False, True])
