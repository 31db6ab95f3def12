"""The library and a host side by side: the same moves on both, and what they say compared after each.

A move is made in the play, which is the library's side. Then the host's method of that verb is called with the same
things, by the names that `Host` has for them. A case is replaced by the key that the host gave for it. A code that was
sent is replaced by the one that the host sent, since the two never send the same. Both must accept, or both refuse;
then the states of all cases and what was sent are compared, and whatever else the host has eyes for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

import attrs

from teleprocedures.cases import Adhesion, Case, Mandate, Space, explain
from teleprocedures.core import Answer, Decision, TakenOver
from teleprocedures.errors import RefusedError
from teleprocedures.forms import AdhesionForm
from teleprocedures.portfolio import PAYMENT_QUESTIONS, explain_payment
from teleprocedures.testing._askable import NO_MANDATE, OPENED, broken_by, rules_asked
from teleprocedures.testing._hosts import CITES, Host, NonConformanceError, has, may_be_late, method_of, takes
from teleprocedures.testing._makers import WRONG
from teleprocedures.testing._moves import Move, Step
from teleprocedures.testing._openers import values_of
from teleprocedures.testing._play import WITHDRAW, Play
from teleprocedures.testing._scene import carried
from teleprocedures.values import BankAccount


@attrs.frozen(kw_only=True)
class Conformance:
    """What was tried on a host, all of it with the same outcome as in the library.

    The counters `accepted` and `refused` are by the host's verbs, and `rules` by the rules of the refusals. Payments
    and forms are among them as `may_pay` and `may_request`. The rules that guards of the tables stand for, and the
    questions about openings and payments, are counted in `asked` each time they are asked, whatever is answered. What
    the host does not have, verbs and eyes, is `left_out`: nothing is known of it.
    The rules that no verb of the host asks are `never_asked`.
    """

    accepted: Counter[str] = attrs.field(factory=Counter)
    refused: Counter[str] = attrs.field(factory=Counter)
    rules: Counter[str] = attrs.field(factory=Counter)
    asked: Counter[str] = attrs.field(factory=Counter)
    left_out: tuple[str, ...] = ()
    never_asked: tuple[str, ...] = ()

    def __str__(self) -> str:
        verbs = dict.fromkeys((*self.accepted, *self.refused))
        lines = [f"{verb}: {self.accepted[verb]} accepted, {self.refused[verb]} refused" for verb in verbs]
        rules = ", ".join(f"{rule} ({count})" for rule, count in sorted(self.rules.items()))
        left_out = ", ".join(self.left_out) or "nothing"
        never = ", ".join(self.never_asked) or "none"
        said = (f"refused under: {rules}", f"left out by the host: {left_out}", f"rules that it never asks: {never}")
        return "\n".join((*lines, *said))


@attrs.define
class Sides:
    """A play and a host, empty at first; what is tried on both is counted in `tried`."""

    play: Play
    host: Host
    tried: Conformance
    keys: dict[str, object] = attrs.field(factory=dict)

    def can(self, move: Move) -> bool:
        """Whether the host has the verb of a move, as the move gives it: told late, or with a form that corrects."""
        verb = method_of(self.play, move)
        if verb not in CITES or not has(self.host, verb) or (verb == "renew_adhesion" and "form" in move.given):
            return False
        return move.at is None or may_be_late(self.host, verb)

    def go(self, moves: Iterable[Move]) -> None:
        """Make these moves one after the other, as far as the host has them and the cases are there."""
        for move in moves:
            if self.can(move) and (not move.case or move.case in self.play.cases):
                self._make(move)

    def make(self, move: Move) -> None:
        """Make a move on both sides, and compare all that both have then.

        Raises `NonConformanceError` where they differ. An error of the host that is no refusal comes out as it is.
        """
        self._make(move)
        for name, case in self.play.cases.items():
            self._compare(name, case)

    def _make(self, move: Move) -> None:
        verb = method_of(self.play, move)
        ours = self.play.arguments(move)
        given, named = self._arguments(verb, move, ours)
        rules = tuple(self._rules_of(move, ours))
        step = self.play.make(move)
        late = {"recorded_at": step.at} if may_be_late(self.host, verb) else {}
        try:
            made = getattr(self.host, verb)(*given, **named, at=step.happened, **late)
        except self.host.refusals as refusal:
            if step.accepted:
                message = f"the host refuses {move}, which is possible: {refusal}"
                raise NonConformanceError(_rule(verb, step), message, self.play) from refusal
            self._compare_rule(refusal, step)
        except Exception as fault:
            fault.add_note(f"the host failed in {move}\n{self.play!r}")
            raise
        else:
            if isinstance(step.outcome, RefusedError):
                message = f"the host accepts {move}: expected a refusal, {step.outcome.message}"
                raise NonConformanceError(step.outcome.rule.id, message, self.play)
            if move.makes is not None:
                self.keys[move.makes] = made
        self._count(verb, step.outcome)
        refused = step.outcome if isinstance(step.outcome, RefusedError) else None
        self.tried.asked.update((*rules, *rules_asked(OPENED.get(move.verb, ()), refused)))

    def pay(self) -> None:
        """Compare whether each service of each request may be paid, from each account, declared or not."""
        if has(self.host, "may_pay"):
            every = tuple(dict.fromkeys(account for case in self.play.of(Adhesion) for account in case.accounts))
            for case in self.play.of(Adhesion):
                for service in case.services:
                    for account in every:
                        self._compare_payment(case, service.code, account)

    def fill_in(self, space: Space, fields: Mapping[str, object]) -> None:
        """Compare whether a request from this space with these fields would be accepted.

        Raises `NonConformanceError` where the two differ.
        """
        rulebook = self.play.rulebook_of(Adhesion)
        broken = broken_by(fields, rulebook)
        refused: RefusedError | None = None
        if not broken:
            form = AdhesionForm.from_mapping(fields, catalogue=rulebook.catalogue)
            judged = self.play.judge(Move("request_adhesion", space.id, self.play.name(Adhesion), given={"form": form}))
            refused = judged if isinstance(judged, RefusedError) else None
        rules = (*broken, *(() if refused is None else (refused.rule.id,)))
        found = self.host.may_request(self.keys[space.id], fields, at=self.play.at)
        (self.tried.refused if rules else self.tried.accepted)["may_request"] += 1
        self.tried.rules.update(rules)
        if found is bool(rules):
            message = f"the host says that a request of {space.id} with {fields} may {'' if found else 'not '}be made"
            raise NonConformanceError(rules[0] if rules else "2.5", message, self.play)

    def misdate(self, case: Adhesion) -> None:
        """Compare that a letter bears no day before the first that it can bear, and none that is still to come (A3).

        Raises `NonConformanceError` where the host takes one.
        """
        days: Sequence[date] = values_of(self.play, case, "record_letter", "edited")  # type: ignore[assignment] # days
        late = {"recorded_at": self.play.at} if may_be_late(self.host, "record_letter") else {}
        # Of what was there before, the letter is as old as it is (A19).
        early = () if isinstance(case.origin, TakenOver) else (min(days) - timedelta(days=1),)
        refusals: tuple[type[Exception], ...] = (ValueError, *self.host.refusals)
        for day in (*early, max(days) + timedelta(days=1)):
            try:
                self.host.record_letter(self.keys[case.id], day, at=self.play.at, **late)
            # A day that cannot be is a bad value, and some hosts refuse it as one.
            except refusals:
                self.tried.refused["record_letter"] += 1
                self.tried.rules["A3"] += 1
            else:
                message = f"the host takes {day} for the day of the letter of {case.id}: expected one of {days}"
                raise NonConformanceError("A3", message, self.play)

    # --- What the host is given ---

    def _arguments(
        self, verb: str, move: Move, ours: Mapping[str, object]
    ) -> tuple[tuple[object, ...], dict[str, object]]:
        """What the host is given, by position and by name: the key of the case first, then what its verb takes."""
        known = takes(getattr(Host, verb))
        theirs = dict(self._theirs(name, value, move) for name, value in ours.items())
        given = {name: theirs[name] for name in known if name in theirs}
        key = (self.keys[move.case],) if move.case else ()
        positional = (value for name, value in given.items() if not known[name])
        return (*key, *positional), {name: value for name, value in given.items() if known[name]}

    def _theirs(self, name: str, value: object, move: Move) -> tuple[str, object]:
        """A value as the host has it, and its name there.

        A case is the host's own key for it. Codes and tokens are those that the host sent in the place of the play's. A
        fact is counted as it was told, since a decision may have made several events.
        """
        if name in {"code", "token"}:
            return name, value if self.play.is_held(move.case) else self._sent(value)
        if name == "version":
            accepted = (step for step in self.play.steps if step.accepted and step.move.about == move.case)
            made = enumerate((step.outcome.events for step in accepted if isinstance(step.outcome, Decision)), start=1)
            return "fact", next(number for number, events in made if any(it.version == value for it in events))
        return name, self.keys[value.id] if isinstance(value, Case) else value

    def _sent(self, secret: object) -> str:
        """What the host sent where the play sent this, for whatever case; a wrong one where it was never sent."""
        for name, sent in self.play.sent.items():
            if secret in sent:
                theirs = self.host.sent(self.keys[name])
                return theirs[sent.index(str(secret))] if len(theirs) == len(sent) else [WRONG, *theirs][-1]
        return WRONG

    # --- What is compared ---

    def _rules_of(self, move: Move, ours: Mapping[str, object]) -> Iterator[str]:
        """The rules of what the tables ask about a move, each as often as it is asked."""
        case = self.play.cases.get(move.case)
        if move.verb == WITHDRAW:
            yield "A20"
        elif case is not None and (takes := _taken(case, move.verb)) is not None:
            given = {name: value for name, value in ours.items() if name in takes}
            at = move.at if isinstance(move.at, datetime) else self.play.at
            explained = explain(case, move.verb, at=at, recorded_at=self.play.at, **given)
            yield from (rule for it in explained.asked if it.answer is not Answer.NOT_ASKED for rule in it.rules)

    def _count(self, verb: str, outcome: object) -> None:
        (self.tried.refused if isinstance(outcome, RefusedError) else self.tried.accepted)[verb] += 1
        if isinstance(outcome, RefusedError):
            self.tried.rules[outcome.rule.id] += 1

    def _compare_rule(self, refusal: Exception, step: Step) -> None:
        if has(self.host, "rule_of") and isinstance(step.outcome, RefusedError):
            expected, found = step.outcome.rule.id, self.host.rule_of(refusal)
            if found is not None:
                self._differ(expected, f"the host refuses {step.move} under rule {found}", found, expected)

    def _compare(self, name: str, case: Case) -> None:
        """The same state on both sides, where a lapse that nobody has recorded may be told already; as much sent."""
        at, key = self.play.at, self.keys[name]
        expected, found = str(case.stage), self.host.state(key, at=at)
        is_recorded = case.is_over(at) and found == "lapsed"
        if found != expected and not is_recorded:
            message = f"the host says that {name} is {found!r}: expected {expected!r}"
            # The rule that each state cites is the one by which it refuses what it does not know.
            raise NonConformanceError(case.table.cites(case.stage), message, self.play)
        sent, wanted = len(self.host.sent(key)), len(self.play.sent[name])
        if sent != wanted:
            message = f"the host has sent {sent} codes and tokens for {name}: expected {wanted}"
            raise NonConformanceError("2.10" if isinstance(case, Adhesion) else "1.7", message, self.play)
        for eye, (rule, ours) in _EYES.items():
            # A host that records a lapse by itself has its deadline over, and other things to be done.
            if has(self.host, eye) and not (is_recorded and found != expected):
                theirs = getattr(self.host, eye)(key, at=at)
                self._differ(rule, f"the host says that the {eye} of {name} is {theirs}", theirs, ours(self.play, case))

    def _differ(self, rule: str, says: str, found: object, expected: object) -> None:
        if found != expected:
            raise NonConformanceError(rule, f"{says}: expected {expected}", self.play)

    def _compare_payment(self, case: Adhesion, service: str, account: BankAccount) -> None:
        found = self.host.may_pay(self.keys[case.id], service, account, at=self.play.at)
        refused = explain_payment(case, service, account, self.play.of(Mandate), at=self.play.at).refusal
        by_mandate = case.rulebook.catalogue[service].needs_mandate
        self._count("may_pay", refused)
        self.tried.asked.update(rules_asked(PAYMENT_QUESTIONS if by_mandate else PAYMENT_QUESTIONS[:-1], refused))
        self.tried.asked.update(() if by_mandate or refused is not None else (NO_MANDATE,))
        if found is not (refused is None):
            rule = "2.20" if by_mandate else NO_MANDATE
            why = "" if refused is None else f": {refused.message}"
            message = f"the host says that {service} of {case.id} may {'' if found else 'not '}be paid{why}"
            raise NonConformanceError(
                refused.rule.id if isinstance(refused, RefusedError) else rule, message, self.play
            )


def _rule(verb: str, step: Step) -> str:
    # Where a time limit runs, a host that refuses in time has counted it wrong.
    case = step.outcome.case if isinstance(step.outcome, Decision) else None
    return case.limit.past if verb == "lapse" and isinstance(case, Case) else CITES[verb]


def _taken(case: Case, verb: str) -> frozenset[str] | None:
    """What a verb of a case takes by name, None for what is no verb of its tables."""
    every = [names for it in case.lifecycles if (names := it.takes(verb)) is not None]
    return frozenset[str]().union(*every) - {"recorded_at"} if every else None


# --- Eyes: what a host may show besides -------------------------------------------------------------------------------


def _deadline(_: Play, case: Case) -> Hashable:
    return None if case.deadline is None else case.deadline.closes


def _next_steps(play: Play, case: Case) -> Hashable:
    return [(str(step.actor), str(step.action)) for step in case.next_steps(at=play.at)]  # type: ignore[return-value] # compared


def _recipients(play: Play, case: Case) -> Hashable:
    carry = (message for message in play.messages if message.case_id == case.id and any(carried(message)))
    return [str(message.to) for message in carry]  # type: ignore[return-value, attr-defined] # compared; it has an addressee


_EYES: dict[str, tuple[str, Callable[[Play, Case], object]]] = {
    "deadline": ("A2", _deadline),
    "due_at": ("A2", lambda _, case: case.due_at),
    "next_steps": ("2.12", _next_steps),
    "recipients": ("2.6", _recipients),
}
