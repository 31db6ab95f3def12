"""Every state and trigger of every lifecycle: in the table, or refused, and the case stays what it was."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

import teleprocedures as tp
from tests.builders import (
    EMAILED,
    FRENCH_IBAN,
    GERMAN_IBAN,
    POSTED,
    TOKEN,
    linked_in,
    mandate_in,
    opened,
    requested_in,
    space_in,
)
from tests.instants import DAY, START

ELSEWHERE: dict[str, Any] = {"code": tp.HELD_ELSEWHERE, "token": tp.HELD_ELSEWHERE}
NEVER = {"validate"}  # no verb: a request without Messaging is validated as it is made


def cases() -> Iterator[tuple[str, tp.Case, dict[str, Any]]]:
    """A case in each state of each lifecycle, with codes held here and elsewhere, and the codes that open it."""
    pays = {"bank_accounts": [FRENCH_IBAN]}
    for where, given in (("here", {}), ("elsewhere", ELSEWHERE)):
        code = {name: value for name, value in given.items() if name == "code"}
        codes = {"emailed": EMAILED, "posted": POSTED, "token": TOKEN}
        codes = dict.fromkeys(codes, tp.HELD_ELSEWHERE) if given else codes
        for space_state in tp.SpaceState:
            yield f"space {space_state} {where}", space_in(space_state, **code), codes
        for adhesion_state in tp.AdhesionState:
            if adhesion_state is not tp.AdhesionState.VALIDATED:  # then it is its activation's table that answers
                yield (
                    f"adhesion {adhesion_state} {where}",
                    linked_in(adhesion_state, "payer-cfe", **pays, **given),
                    codes,
                )
        for activation_state in tp.ActivationState:
            case = requested_in(activation_state, "payer-cfe", **pays, **given)
            yield f"activation {activation_state} {where}", case, codes
    for mandate_state in tp.MandateState:
        yield f"mandate {mandate_state} elsewhere", mandate_in(mandate_state), {}


CASES = [pytest.param(case, codes, id=name) for name, case, codes in cases()]


def arguments(case: tp.Case, trigger: str, codes: dict[str, Any]) -> dict[str, Any]:
    """What a verb of this case is called with, all of it right."""
    every: dict[str, dict[str, Any]] = {
        "activate": {"code": codes.get("posted"), "space": opened()},
        "confirm_company_email": {"token": codes.get("token")},
        "record_letter": {"edited": START.date()},
        "renew": {"space": opened(), "id": "request-2"},
        "declare_account": {"account": tp.BankAccount(GERMAN_IBAN)},
        "sign": {"signatory": tp.Applicant.REPRESENTATIVE},
        "name_representative": {"name": "Marie Le Goff"},
    }
    return {"code": codes["emailed"]} if (case.kind, trigger) == ("space", "activate") else every.get(trigger, {})


def instants(case: tp.Case) -> Iterator[tuple[datetime, datetime]]:
    """Instants of a fact and of its telling: now, when something is due, at the last instant, late; told late too."""
    now, far = case.recorded_at, case.recorded_at + 3000 * DAY
    known = [case.since, now, now + DAY, far]
    if case.due_at is not None:
        known.append(case.due_at)
    if case.time_limit is not None:
        known += [case.time_limit.closes, case.time_limit.lapses_at]
    for at in known:
        yield at, max(at, now)
        yield at, far


def verbs_of(case: tp.Case) -> list[str]:
    """Every verb of a kind of case, those of its parts too."""
    return sorted({verb for lifecycle in case.lifecycles for verb in lifecycle.verbs} - NEVER)


@pytest.mark.parametrize(("case", "codes"), CASES)
def test_a_pair_that_is_not_in_the_table_is_refused(case: tp.Case, codes: dict[str, Any]) -> None:
    """At any instant it is refused under the rule of its state, and leaves the case equal to what it was."""
    before = copy.deepcopy(case)
    table = case.table
    for trigger in verbs_of(case):
        if trigger in table.triggers(case.stage):
            continue
        given = arguments(case, trigger, codes)
        for at, told_at in instants(case):
            with pytest.raises(tp.RefusedError) as caught:
                getattr(case, trigger)(**given, at=at, recorded_at=told_at)
            assert isinstance(caught.value, tp.TransitionRefusedError)
            assert (table.name, case.stage, trigger) == (caught.value.case, caught.value.state, caught.value.trigger)
            assert table.cites(case.stage) == caught.value.rule
            assert set(caught.value.allowed) <= set(table.triggers(case.stage))
            assert before == case


@pytest.mark.rule("A17")
@pytest.mark.parametrize(("case", "codes"), CASES)
def test_a_pair_that_is_in_the_table_is_possible_at_some_instant(case: tp.Case, codes: dict[str, Any]) -> None:
    """At one instant at least it passes, unless it only corrects, where codes are held here; the case stays equal."""
    before = copy.deepcopy(case)
    table = case.table
    for trigger in set(table.triggers(case.stage)) - NEVER:
        rows = [row for row in table.rows if row.source is case.stage and row.trigger == trigger]
        asks = [{guard.__name__ for guard in row.guards} for row in rows]
        only_elsewhere = all("held_elsewhere" in each for each in asks)
        given = arguments(case, trigger, codes)
        outcomes = [outcome(case, trigger, given, at, told_at) for at, told_at in instants(case)]
        assert any(outcomes) is (case.held_elsewhere or not only_elsewhere)
        assert before == case


def outcome(case: tp.Case, trigger: str, given: dict[str, Any], at: datetime, told_at: datetime) -> bool:
    """Whether the verb passes; `refusal` answers the same, twice is the same, and what is made is of the table."""
    asked = {name: value for name, value in given.items() if name != "id"}
    refusal = case.refusal(trigger, at=at, recorded_at=told_at, **asked)
    try:
        decided = getattr(case, trigger)(**given, at=at, recorded_at=told_at)
    except tp.RefusedError as error:
        decided = error
    if isinstance(decided, tp.RefusedError):
        assert str(refusal) == str(decided)
        return False
    assert refusal is None
    again = getattr(copy.deepcopy(case), trigger)(**copy.deepcopy(given), at=at, recorded_at=told_at)
    assert decided == again
    assert [message.id for message in decided.messages] == [message.id for message in again.messages]
    if trigger != "renew":
        assert (case.version + 1, case.apply(decided.events[0])) == (decided.case.version, decided.case)
        decided.case.check()
    return True


def test_every_state_of_every_lifecycle_is_tried() -> None:
    """The cases above stand in every state of the shipped lifecycles, but the one that its activation answers for."""
    tried = {(param.values[0].table.name, param.values[0].stage) for param in CASES}  # type: ignore[attr-defined]
    shipped = ("space", "adhesion", "activation", "mandate")
    every = {(name, state) for name in shipped for state in tp.LIFECYCLES[name].states}
    assert {("adhesion", tp.AdhesionState.VALIDATED)} == every - tried
