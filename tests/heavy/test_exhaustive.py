"""The exhaustive search: all short histories, with all invariants; `make exhaustive` goes deeper."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import attrs
import pytest

from teleprocedures import EXPERT_2024_04_03, HELD_ELSEWHERE, Adhesion, FactWithdrawn, Hours, MandateState, SpaceState
from teleprocedures.testing.invariants import BrokenPromiseError
from tests.builders import EMAILED, WRONG, asked, linked, opened
from tests.heavy.exhaustive import (
    CODE,
    DEPTH,
    ELSEWHERE,
    HERE,
    MESSAGING,
    PLAIN,
    SEARCHES,
    TOKEN,
    Begun,
    Known,
    Search,
    Told,
    Try,
    World,
    explore,
    first,
    main,
    verb,
)
from tests.instants import START, TICK
from tests.testing.test_invariants import always, saying

NOW = Told(START, START)
OVER = START + timedelta(hours=48) + TICK
BEGUN = Begun(START, HERE, PLAIN)


def searching() -> Search:
    """A search that has visited nothing."""
    return Search(BEGUN, opened())


@pytest.mark.rule("0.2", "1.11", "2.10", "2.20", "3.3", "A2", "A14", "A15", "A19", "A20", "A21", "A22", "A23")
@pytest.mark.parametrize("name", SEARCHES)
def test_short_histories(name: str) -> None:
    """Every history of four verbs keeps every promise, around both changes of clocks, wherever codes are held."""
    told: list[str] = []
    # What is known by its whole history makes many more states.
    depth = 3 if SEARCHES[name].more else 4
    search = explore(name, depth, told.append)

    assert depth - 1 == len(told)
    assert search.states > 400
    assert search.transitions > 3_000


@pytest.mark.rule("A15")
def test_facts_are_told_late() -> None:
    """Among the states are lapses that were corrected, where codes are held elsewhere, and none where they are here."""
    corrected = {}
    searches = [name for name, begun in SEARCHES.items() if not begun.more]
    for name in searches:
        answers = explore(name, 3)._answers.items()
        back = {told for (known, _, told), answer in answers if known.case.has_lapsed and answer.made}
        corrected[name] = all(told.at < told.recorded_at for told in back) and len(back)

    assert {name: int("elsewhere" in name) for name in searches} == corrected


def test_what_was_visited_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The search prints the number of states and of transitions."""
    monkeypatch.setitem(DEPTH, "short", 2)
    main("short")

    assert "depth 2: 225 states visited, 1,026 transitions tried" in capsys.readouterr().out


def test_no_state_twice() -> None:
    """A state that was visited is not visited again."""
    one = explore("spring, with Messaging", 2)

    assert 17 == one.states
    assert one.states == len(one._seen)


def test_what_is_tried_is_told_at_once_and_late() -> None:
    """Now, what happened before now, and the end of a time limit told a microsecond after it."""
    search = searching()
    world = World(START, search.know(asked().case, asked().events))
    tellings = search.tellings(world)
    late = [told for told in tellings if told.at < told.recorded_at]

    assert [Told(OVER - TICK, OVER)] == late
    assert Told(OVER, OVER) in tellings
    assert Told(OVER, OVER + 8 * TICK) == search.tellings(world._replace(now=OVER + 8 * TICK))[-1]


@pytest.mark.rule("1.8")
def test_a_wrong_code_that_passes_is_found() -> None:
    """If a try that is wrong passed, the search would say under which rule."""
    space = asked().case
    planted = Try("space", "activate", partial(space.activate, EMAILED), "1.8")

    with pytest.raises(BrokenPromiseError, match=r"\(rule 1\.8\)"):
        searching().judge(space, planted, NOW)


@pytest.mark.rule("1.11", "A15")
def test_a_lapsed_case_that_comes_back_is_found() -> None:
    """If something brought back a lapsed case whose code is held here, the search would say so."""
    space, lapsed = asked(), asked().case.lapse(at=OVER)
    elsewhere = asked(code=HELD_ELSEWHERE).case.lapse(at=OVER).case
    back = elsewhere.activate(HELD_ELSEWHERE, at=START, recorded_at=OVER)
    case = attrs.evolve(back.case, origin=space.case.origin)

    with pytest.raises(BrokenPromiseError, match="brings space-1 back, whose code is held here"):
        searching().know(case, (*space.events, *lapsed.events, *back.events))


@pytest.mark.rule("2.10")
def test_an_early_letter_is_found() -> None:
    """If a letter was posted before the link was used, the search would say so."""
    decision = linked()
    confirmed = decision.case.confirm_company_email(TOKEN_SENT, code=CODE, at=START)
    plain = attrs.evolve(
        confirmed, case=attrs.evolve(confirmed.case, origin=attrs.evolve(decision.case.origin, token=None))
    )

    with pytest.raises(BrokenPromiseError, match=r"a letter before the link was used"):
        searching().judge(decision.case, Try("request", "request", lambda **_: plain), NOW)


TOKEN_SENT = "link_token-42"


@pytest.mark.rule("A2")
def test_neither_of_two_is_found() -> None:
    """If neither the awaited verb nor the lapse was possible, the search would say so."""
    search = searching()
    known = search.know(asked().case, asked().events)
    search._tries[known, None] = []

    with pytest.raises(BrokenPromiseError, match=r"space-1 allows \[\]"):
        search.answer("space", known, None, NOW)


@pytest.mark.rule("A2")
def test_a_night_that_misses_something_is_found() -> None:
    """If the clock decided something before `due_at`, or nothing from then on, the search would say so."""
    search, space = searching(), asked().case
    never, idle = attrs.evolve(space, due_at=None), saying(space, tick=lambda self, at: self.activate(WRONG, at=at))

    with pytest.raises(BrokenPromiseError, match="decides something of space-1, which is not due"):
        search.look_at(Known(never, (), 0), OVER)
    with pytest.raises(BrokenPromiseError, match="decides nothing of space-1, which is due"):
        search.look_at(Known(idle, (), 0), OVER)


@pytest.mark.rule("A3")
def test_advice_in_vain_is_found() -> None:
    """If what is advised could not be done, or its day was past, the search would say so, at any instant it asks."""
    search = searching()
    known = search.know(opened(), (*asked().events, *asked().case.activate(EMAILED, at=START).events))
    search._tries[known, None] = [Try("request", "request", lambda **_: asked().case.lapse(at=START))]
    late = asked().case.next_steps(at=START)

    with pytest.raises(BrokenPromiseError, match="space-1 is advised to request, in vain"):
        search.answer("space", known, None, NOW)
    with pytest.raises(BrokenPromiseError, match="which is past"):
        search.look_at(Known(saying(asked().case, next_steps=always(answer=late)), (), 0), OVER)


@pytest.mark.rule("1.11", "A15")
def test_a_lapse_that_is_not_final_is_found() -> None:
    """If something was allowed after a lapse whose code is held here, the search would say so, at any instant."""
    lapsed = asked().case.lapse(at=OVER).case

    with pytest.raises(BrokenPromiseError, match="space-1 has lapsed and allows 'activate'"):
        searching().look_at(Known(saying(lapsed, refusal=always(answer=None)), (), 0), OVER)


@pytest.mark.rule("A14")
def test_a_refusal_that_does_not_agree_is_found() -> None:
    """If `refusal` said something else than what the verb did, the search would say so, of a refused verb too."""
    space = saying(asked().case, refusal=always(answer=None))
    planted = verb("space", space, "activate", "1.8", code=WRONG)

    with pytest.raises(BrokenPromiseError, match="'activate' of space-1 ends with"):
        searching().judge(space, planted, NOW)


def test_a_question_is_asked_once() -> None:
    """What is advised at an instant is asked of a case once, not once a transition."""
    search = searching()
    known = search.know(asked().case, asked().events)
    search.look_at(known, OVER)
    search.look_at(known, OVER)

    assert {(known, START), (known, OVER)} == search._looked_at


def test_a_search_can_begin_further_on() -> None:
    """From a mandate that was sent, a few verbs reach a collection that was told after the mandate had lapsed."""
    search = explore("on from a mandate that was sent", 4)
    world = first(SEARCHES["on from a mandate that was sent"])[1]
    mandates = [known for known in search._known.values() if known.case.kind == "mandate"]
    back = [answer.made for (known, _, _), answer in search._answers.items() if known.case.state is MandateState.LAPSED]

    assert world.mandate is not None
    assert (SpaceState.ACTIVE, MandateState.SENT) == (world.space.case.state, world.mandate.case.state)
    assert set(MandateState) == {known.case.state for known in mandates}
    assert any(back)


@pytest.mark.rule("A14")
def test_a_verb_in_the_past_is_found() -> None:
    """If a verb was told before the last event of its case, the search would say so."""
    search = searching()
    known = search.know(asked().case, asked().events)
    search._tries[known, None] = [Try("space", "activate", lambda **_: asked(), given={})]

    with pytest.raises(BrokenPromiseError, match=r"passed before the last event"):
        search.refuse_the_past(known, None)


def test_the_search_asks_for_messaging() -> None:
    """One of the requests that are searched has a link, and the search's own code is not one that others use."""
    adhesion = Adhesion.request(opened(), MESSAGING, id="request-1", at=START, token=TOKEN, code=CODE).case
    given: Any = ELSEWHERE.code

    assert Hours(48) == EXPERT_2024_04_03.link_use.duration
    assert adhesion.origin.token is not None
    assert WRONG != CODE.reveal()
    assert given is HELD_ELSEWHERE


@pytest.mark.rule("A19", "A20", "A21", "A22")
def test_what_is_searched_besides() -> None:
    """Among the states are cases taken over, closed, reopened, told by their day, and facts withdrawn with a lapse."""
    kinds, days, fallen = set(), set(), set()
    for name in (name for name, begun in SEARCHES.items() if begun.more):
        for known in explore(name, 3)._known.values():
            kinds |= {event.kind for event in known.events}
            days |= {event.kind for event in known.events if event.day is not None}
            fallen |= {event.fallen for event in known.events if isinstance(event, FactWithdrawn)}

    assert {"space-taken-over", "request-taken-over", "mandate-taken-over", "services-activated"} <= kinds
    assert {"case-closed", "case-reopened", "fact-withdrawn", "link-proved-by-letter", "link-proved-by-code"} <= kinds
    assert {"case-closed", "link-proved-by-code", "collection-recorded"} <= days
    assert () in fallen
