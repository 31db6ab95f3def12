"""A firm's world: its spaces, its companies and its portal, which refuses; and somebody who follows what is advised.

A world is drawn as a list of moves. What the portal refuses of them has not happened. Whatever is advised of the world
that is left is then followed through the same portal, each step by what it names: its case, its services, its account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

import teleprocedures as tp
from teleprocedures.testing import ManualClock, PlainHasher, RecordingNotifier, ScriptedCodes, adhesion_form, space_form
from tests.builders import COMPANY_EMAIL, FRENCH_IBAN, GERMAN_IBAN
from tests.instants import DAY, PARIS

BAKER, GROCER, FILED = "552008443", "732829320", "TF2024A17"
COMPANIES = (BAKER, GROCER, FILED)
ACCOUNTS = (FRENCH_IBAN, GERMAN_IBAN)
SAID = {"ask_for_code", "pass_code_on", "register_mandate", "know_repeated", "chase_letter"}
"""What is to be said or known, and changes no case."""
HELD: tuple[Callable[[], Any], ...] = (ScriptedCodes, tp.HeldElsewhere)


def noon(day: date) -> datetime:
    """Noon in Paris."""
    return datetime.combine(day, time(12), PARIS).astimezone(UTC)


def civil(at: datetime) -> date:
    """The day that clocks in Paris read."""
    return at.astimezone(PARIS).date()


class World:
    """Two spaces, and all the cases of some companies by their ids; verbs raise what the portal refuses."""

    def __init__(self, codes: Callable[[], Any], at: datetime) -> None:
        self.clock, self.notifier = ManualClock(at), RecordingNotifier()
        self.portal = tp.Portal(clock=self.clock, codes=codes(), notifier=self.notifier, hasher=PlainHasher())
        self.cases: dict[str, Any] = {}
        self.spaces = [self.kept(self.portal.create_space(space_form())) for _ in range(2)]
        for place, space in enumerate(self.spaces):
            code = self.sent(tp.ActivationCodeEmail, space.id, "code")
            self.spaces[place] = self.kept(self.portal.activate_space(space, code))
        self.new: dict[str | None, str] = {}

    def copy(self) -> World:
        """The same world once more: what happens in the one does not happen in the other."""
        twin = object.__new__(World)
        twin.__dict__ |= self.__dict__
        twin.clock = ManualClock(self.clock.now())
        twin.portal = tp.Portal(
            clock=twin.clock, codes=self.portal.codes, notifier=self.notifier, hasher=self.portal.hasher
        )
        twin.cases, twin.new = dict(self.cases), {}
        return twin

    def kept(self, case: Any) -> Any:
        """The case, which is known from now on."""
        self.cases[case.id] = case
        return case

    def sent(self, kind: type[Any], case_id: str, name: str) -> Any:
        """The code or the token that was sent for a case; held elsewhere, where none was."""
        found = (it for it in reversed(self.notifier.messages) if isinstance(it, kind) and it.case_id == case_id)
        return next((getattr(message, name) for message in found), tp.HELD_ELSEWHERE)

    def of(self, kind: type[Any]) -> list[Any]:
        """The cases of this kind, in the order in which they were made."""
        return [case for case in self.cases.values() if isinstance(case, kind)]

    @property
    def portfolio(self) -> tp.Portfolio:
        """All of it."""
        return tp.Portfolio(self.cases.values())

    @property
    def today(self) -> date:
        """The civil day."""
        return civil(self.clock.now())

    # --- What can be done ---

    def ask(self, space: Any, company: Any, services: Iterable[str], accounts: Iterable[Any] = ()) -> Any:
        """A request of a third party, with an account if one of its services pays."""
        return self.kept(self.portal.request_adhesion(space, self.form(company, services, accounts)))

    def form(self, company: Any, services: Iterable[str], accounts: Iterable[Any] = ()) -> Any:
        """The form of such a request."""
        codes = [str(service) for service in services]
        given = [it for it in accounts if it is not None] or [FRENCH_IBAN]
        return adhesion_form(
            organisation=str(company),
            services=codes,
            company_email=COMPANY_EMAIL,
            bank_accounts=given if any(code.startswith("payer") for code in codes) else [],
            applicant="third_party",
        )

    def renew(self, request: Any, services: Iterable[str] | None = None, accounts: Iterable[Any] = ()) -> Any:
        """The request that takes the place of this one; of these services only, if they are given (A16)."""
        space = self.cases[request.space_id]
        form = None
        if services is not None:
            form = self.form(request.organisation, services, dict.fromkeys((*request.accounts, *accounts)))
        return self.kept(self.portal.renew_adhesion(space, request, form=form))

    def use_link(self, request: Any) -> None:
        """The company uses its link."""
        token = self.sent(tp.ConfirmationLinkEmail, request.id, "token")
        self.kept(self.portal.confirm_company_email(request, token))

    def watch_letter(self, request: Any, after: int = 0) -> None:
        """The letter has come, and bears a day so long after the earliest one; our own has its day already."""
        if request.deadline is None or request.deadline.estimated:
            self.kept(self.portal.record_letter(request, min(civil(request.since) + after * DAY, self.today)))

    def enter_letter_code(self, request: Any) -> None:
        """All of the request's services are held."""
        code = self.sent(tp.ActivationCodeLetter, request.id, "code")
        self.kept(self.portal.activate_services(self.cases[request.space_id], request, code))

    def declare(self, request: Any, account: Any) -> None:
        """An account, declared later."""
        self.kept(self.portal.declare_account(request, account))

    def issue(self, request: Any, account: Any) -> Any:
        """A mandate of an account, which has no other one that counts."""
        return self.kept(self.portal.issue_mandate(request, account, mandates=self.of(tp.Mandate)))

    def move_on(self, mandate: Any) -> None:
        """The next thing that is done to a mandate: signed, sent, registered, used."""
        verbs = {
            tp.MandateState.ISSUED: lambda it: self.portal.sign_mandate(it, "representative"),
            tp.MandateState.SIGNED: self.portal.send_mandate,
            tp.MandateState.SENT: self.portal.register_mandate,
            tp.MandateState.REGISTERED: self.portal.record_collection,
            tp.MandateState.LAPSED: self.portal.record_collection,
        }
        self.kept(verbs[mandate.state](mandate))

    def take_over(self, space: Any, company: Any, services: Iterable[str], account: Any, days: int) -> Any:
        """Services that are held already, or that are awaited: so many days ago they were asked for, if any are."""
        awaited: dict[str, Any] = {"requested": self.today - days * DAY} if days % 2 == 0 else {}
        case = tp.Adhesion.take_over(
            space,
            organisation=company,
            services=list(services),
            bank_accounts=[account] if days > 2 else [],
            id=f"taken-{len(self.cases)}",
            seen=self.today,
            source="portal",
            at=self.clock.now(),
            **(awaited if days else {"under_way": True}),
        ).case
        return self.kept(case)

    def take_mandate_over(self, space: Any, company: Any, account: Any, days: int) -> Any:
        """A mandate that the bank has, registered so many days ago, or nobody knows when."""
        case = tp.Mandate.take_over(
            space,
            organisation=company,
            account=account,
            id=f"taken-{len(self.cases)}",
            seen=self.today,
            source="bank",
            at=self.clock.now(),
            registered=self.today - days * DAY if days else None,
            mandates=self.of(tp.Mandate),
        ).case
        return self.kept(case)

    # --- Following ---

    company: Any = BAKER
    account: Any = FRENCH_IBAN

    def follow(self, step: tp.NextStep | tp.PlanStep) -> None:
        """Do what is advised, to what the step names; what is only to be known or said changes nothing."""
        steps: dict[str, Callable[[Any], None]] = {
            "request_services": self._ask_as_told,
            "renew_adhesion": self._renew_as_told,
            "use_link": lambda it: self.use_link(self.case_of(it)),
            "watch_letter": lambda it: self.watch_letter(self.case_of(it)),
            "enter_letter_code": lambda it: self.enter_letter_code(self.case_of(it)),
            "declare_account": lambda it: self.declare(self.case_of(it), it.account or self.account),
            "pay": self._pay,
        }
        steps |= dict.fromkeys(("issue_mandate", "issue_mandate_again"), self._issue_as_told)
        steps |= dict.fromkeys(("sign_mandate", "send_mandate", "check_mandate", "use_mandate"), self._move_as_told)
        if step.action in steps:
            steps[step.action](step)
        else:
            assert step.action in SAID

    def _ask_as_told(self, step: Any) -> None:
        if not step.services:
            return  # of a space of whose companies nothing is known
        named = self.cases.get(step.case_id)
        space = named if isinstance(named, tp.Space) else self.cases.get(getattr(named, "space_id", ""))
        company = getattr(step, "organisation", self.company)
        made = self.ask(space or self.spaces[0], company, step.services, [step.account or self.account])
        self.new[step.case_id] = self.new[None] = made.id

    def _renew_as_told(self, step: Any) -> None:
        made = self.renew(self.cases[step.case_id], step.services, [step.account])
        self.new[step.case_id] = self.new[None] = made.id

    def _issue_as_told(self, step: Any) -> None:
        made = self.issue(self.case_of(step), step.account or self.account)
        self.new[f"mandate of {step.account}"] = made.id

    def _move_as_told(self, step: Any) -> None:
        self.move_on(self.cases[self.new.get(f"mandate of {step.account}", step.case_id)])

    def _pay(self, step: Any) -> None:
        company = self.portfolio.company(self.company)
        for service in step.services:
            company.check_payment(service, step.account or self.account, at=self.clock.now())

    def case_of(self, step: tp.NextStep | tp.PlanStep) -> Any:
        """The case that a step names; the new one, if that took its place."""
        return self.cases[self.new.get(step.case_id, str(step.case_id))]

    def play(self, found: tp.Plan, *, late: int = 0) -> None:
        """Play a plan with its own days; `late` shifts every day but that of the payment."""
        dated = [(step.day + (0 if step.action == "pay" else late) * DAY, step) for step in found.steps]
        for day, step in sorted(dated, key=lambda it: it[0]):
            self.clock.set(max(noon(day), self.clock.now()))
            if step.action == "use_link":
                request = self.case_of(step)
                assert request.deadline is None or self.clock.now() <= request.deadline.closes
            self.follow(step)


# --- Worlds that are drawn --------------------------------------------------------------------------------------------

SERVICES = st.lists(
    st.sampled_from(["payer-cfe", "payer-tva", "payer-is", "messagerie", "payer-tf", "consulter-avis-tf"]),
    min_size=1,
    max_size=3,
    unique=True,
)
_PLACE = st.integers(0, 7)
_MOVES = st.one_of(
    st.tuples(st.just("ask"), st.integers(0, 1), st.sampled_from(COMPANIES), SERVICES, st.sampled_from(ACCOUNTS)),
    st.tuples(st.just("renew"), _PLACE, st.none() | SERVICES),
    st.tuples(st.sampled_from(["link", "code", "code", "lapse"]), _PLACE),
    st.tuples(st.just("letter"), _PLACE, st.integers(0, 14)),
    st.tuples(st.just("declare"), _PLACE, st.sampled_from(ACCOUNTS)),
    st.tuples(st.just("issue"), _PLACE, st.sampled_from(ACCOUNTS)),
    st.tuples(st.just("move on"), _PLACE, st.integers(1, 4)),
    st.tuples(
        st.just("take over"),
        st.integers(0, 1),
        st.sampled_from(COMPANIES),
        SERVICES,
        st.sampled_from(ACCOUNTS),
        st.integers(0, 60),
    ),
    st.tuples(
        st.just("take a mandate over"),
        st.integers(0, 1),
        st.sampled_from(COMPANIES[:2]),
        st.sampled_from(ACCOUNTS),
        st.sampled_from([0, 1, 400, 1_080, 1_200]),
    ),
    st.tuples(st.just("close"), _PLACE, st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([1, 5, 24, 47, 48, 49, 24 * 14, 24 * 40, 24 * 59, 24 * 61])),
    st.tuples(st.just("wait"), st.integers(1, 24 * 80)),
    st.tuples(st.just("wait"), st.just(24 * 1_090)),
)
STARTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)).map(
    lambda at: at.replace(tzinfo=UTC, microsecond=0)
)


def _lapse(world: World) -> None:
    for case in (*world.of(tp.Adhesion), *world.of(tp.Mandate)):
        if case.is_over(world.clock.now()) and not case.has_lapsed:
            world.kept(world.portal.lapse(case))


def _close(world: World, place: int, closes: bool) -> None:  # noqa: FBT001 - drawn
    every = [*world.of(tp.Adhesion), *world.of(tp.Mandate)]
    case, at = every[place % len(every)], world.clock.now()
    world.kept((case.close("client_left", at=at) if closes else case.reopen(at=at)).case)


def _move_on(world: World, times: int) -> None:
    place = times % len(world.of(tp.Mandate))
    for _ in range(times):
        world.move_on(world.of(tp.Mandate)[place])


_OF_A_REQUEST: dict[str, Callable[..., object]] = {
    "renew": World.renew,
    "link": World.use_link,
    "code": World.enter_letter_code,
    "letter": World.watch_letter,
    "declare": World.declare,
    "issue": World.issue,
}
_OF_A_SPACE: dict[str, Callable[..., object]] = {
    "ask": lambda world, space, company, services, account: world.ask(space, company, services, [account]),
    "take over": World.take_over,
    "take a mandate over": World.take_mandate_over,
}
_OTHERS: dict[str, Callable[..., object]] = {
    "lapse": lambda world, _: _lapse(world),
    "close": _close,
    "move on": lambda world, _, times: _move_on(world, times),
    "wait": lambda world, hours: world.clock.advance(timedelta(hours=hours)),
}


def _moved(world: World, move: tuple[Any, ...]) -> None:
    what, *given = move
    if what in _OF_A_SPACE:
        space, *rest = given
        _OF_A_SPACE[what](world, world.spaces[space], *rest)
    elif what in _OF_A_REQUEST:
        place, *rest = given
        requests = world.of(tp.Adhesion)
        _OF_A_REQUEST[what](world, requests[place % len(requests)], *rest)
    else:
        _OTHERS[what](world, *given)


def made(codes: Callable[[], Any], at: datetime, moves: Iterable[tuple[Any, ...]]) -> World:
    """The world after these moves; what was refused of them has not happened."""
    world = World(codes, at)
    for move in moves:
        with suppress(tp.TeleproceduresError, ZeroDivisionError):  # of nothing yet, none can be chosen
            _moved(world, move)
    return world


worlds = st.builds(made, st.sampled_from(HELD), STARTS, st.lists(_MOVES, min_size=1, max_size=14))
"""Worlds of several companies, with codes here or elsewhere."""
lead_times = st.builds(tp.LeadTimes, letter=st.integers(0, 25), company=st.integers(0, 20), bank=st.integers(0, 60))
