"""The exhaustive search: all short histories, with all invariants; `make exhaustive` goes as deep as 8 verbs."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import attrs
import pytest

from teleprocedures import EXPERT_2024_04_03, Adhesion, Hours
from teleprocedures.testing.invariants import BrokenPromiseError
from tests.builders import START, TICK, WRONG, asked, linked, opened
from tests.heavy.exhaustive import CODE, DEPTH, MESSAGING, SEARCHES, TOKEN, Search, Try, explore, judge, main


@pytest.mark.rule("0.2", "1.11", "2.10", "2.20", "3.3", "A2")
@pytest.mark.parametrize("name", SEARCHES)
def test_short_histories(name: str) -> None:
    """Every history of four verbs keeps every promise, around both changes of clocks, wherever codes are held."""
    told = []
    search = explore(name, 4, told.append)

    assert 3 == len(told)
    assert search.states > 700
    assert search.transitions > 6_000


def test_what_was_visited_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The search prints the number of states and of transitions."""
    monkeypatch.setitem(DEPTH, "short", 2)
    main("short")

    assert "depth 2: 48 states visited, 200 transitions tried" in capsys.readouterr().out


def test_no_state_twice() -> None:
    """A state that was visited is not visited again."""
    one = explore("spring", 2)
    before = one.states

    assert 15 == before
    assert one.states == len(one._seen)


@pytest.mark.rule("1.8")
def test_a_wrong_code_that_passes_is_found() -> None:
    """If a try that is wrong passed, the search would say under which rule."""
    space = asked().case
    planted = Try("space", "activate", partial(space.activate, "SPACE-4711"), "1.8")

    with pytest.raises(BrokenPromiseError, match=r"\(rule 1\.8\)"):
        judge(space, planted, START)


@pytest.mark.rule("1.11")
def test_a_lapsed_case_that_comes_back_is_found() -> None:
    """If something passed on a lapsed case, the search would say so."""
    space = asked().case
    lapsed = space.lapse(at=START + timedelta(hours=48) + TICK).case
    planted = Try("space", "activate", partial(space.activate, "SPACE-4711"))

    with pytest.raises(BrokenPromiseError, match=r"had lapsed"):
        judge(lapsed, planted, START)


@pytest.mark.rule("2.10")
def test_an_early_letter_is_found() -> None:
    """If a letter was posted before the link was used, the search would say so."""
    decision = linked()
    early = attrs.evolve(
        decision.case.confirm_company_email("link_token-42", code=CODE, at=START), events=decision.events
    )

    with pytest.raises(BrokenPromiseError, match=r"a letter before the link was used"):
        judge(decision.case, Try("request", "request", lambda at: early), START)


@pytest.mark.rule("A2")
def test_neither_of_two_is_found() -> None:
    """If neither the awaited verb nor the lapse was possible, the search would say so."""
    search = Search(opened())
    known = search.know(asked().case, asked().events)
    search._tries[known] = []

    with pytest.raises(BrokenPromiseError, match=r"space-1 allows \[\]"):
        search.answer("space", known, START)


@pytest.mark.rule("0.2")
def test_a_verb_in_the_past_is_found() -> None:
    """If a verb passed before the last event of its case, the search would say so."""
    search = Search(opened())
    known = search.know(asked().case, asked().events)
    search._tries[known] = [Try("space", "activate", lambda at: asked())]

    with pytest.raises(BrokenPromiseError, match=r"passed before the last event"):
        search.refuse_the_past(known)


def test_the_search_asks_for_messaging() -> None:
    """One of the requests that are searched has a link, and the search's own code is not one that others use."""
    adhesion = Adhesion.request(opened(), MESSAGING, id="request-1", at=START, token=TOKEN, code=CODE).case

    assert Hours(48) == EXPERT_2024_04_03.link_use.duration
    assert adhesion.origin.token is not None
    assert WRONG != CODE.reveal()
