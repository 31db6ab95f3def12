"""How kinds of case are opened, and what their verbs are given: by class methods and annotations, or as is said."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Self

import attrs
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample, Unsatisfiable

from teleprocedures import (
    CATALOGUE,
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationCode,
    Adhesion,
    Case,
    Decision,
    Held,
    InvalidValueError,
    PersonName,
    Rulebook,
    Service,
    Siren,
    Space,
    SpaceState,
)
from teleprocedures.cases import KINDS, RULEBOOKS, watch
from teleprocedures.core import Lifecycle
from teleprocedures.testing import Move, Opener, Play, _openers, add_opener, give, strategies
from teleprocedures.testing import _registration as registration
from teleprocedures.testing._makers import WRONG, user_form
from teleprocedures.testing._openers import opener_of, openers_of
from teleprocedures.testing._samples import samples
from teleprocedures.testing._shipped import straight_on
from teleprocedures.testing.strategies._arrivals import _anything, _makes, _passes, _wait, arrivals, beginnings

START = datetime(2025, 1, 6, 9, tzinfo=UTC)
FEW = settings(max_examples=25)


class Paper(Enum):
    """Two kinds of it."""

    LAID = "laid"
    WOVE = "wove"


@attrs.frozen
class Envelope:
    """Something of a host's own."""

    owner: Siren
    to: PersonName | str
    size: int = 3


@attrs.frozen(kw_only=True, weakref_slot=False)
class Letterhead(Space):  # type: ignore[misc] # a kind that has the table of another
    """A space of another kind, opened of a space, whose verb takes something of its own."""

    @classmethod
    def issue(
        cls,
        space: Space,
        envelope: Envelope,
        paper: Paper,
        services: tuple[Service, ...],
        *,
        note: str | None = None,
        id: str,
        at: datetime,
        code: ActivationCode | Held = HELD_ELSEWHERE,
        rulebook: Rulebook = EXPERT_2024_04_03,
    ) -> Decision[Self]:
        """Open one, by all that it is given."""
        assert space.kind == "space"
        assert note is None
        assert isinstance(paper, Paper)
        assert all(service in rulebook.catalogue.values() for service in services)
        if envelope.owner == Siren("000000018"):
            raise InvalidValueError("company_name.missing")
        opened = opener_of("create_space").act(
            Play(at=at, held=isinstance(code, Held)), None, {"id": id, "at": at, "recorded_at": at}, user_form()
        )
        fields = {field.name: getattr(opened.case, field.name) for field in attrs.fields(Space)}
        return Decision(cls(**fields), opened.events, opened.messages)

    @classmethod
    def count(cls) -> int:
        """What opens nothing."""
        return 0

    @classmethod
    def name(cls):
        """What says nothing of what it gives."""

    def activate(self, code: Any, *, colour: str, at: datetime, recorded_at: datetime | None = None) -> Any:
        """Activate it, in a colour."""
        if not colour.strip():
            raise InvalidValueError("company_name.missing")
        return super().activate(code, at=at, recorded_at=recorded_at)


Letterhead.kind = "letterhead"  # it has the table of another, whose name it would have


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said of kinds of case in a test is forgotten after it."""
    for name in ("_openers", "_gives", "_wrong"):
        monkeypatch.setattr(_openers, name, getattr(_openers, name) | {})


@pytest.fixture
def by_itself(own: None) -> None:
    """The kind of case above, opened by its class method, as if it were registered."""
    for opener in openers_of(Letterhead):
        if opener.verb == "issue_letterhead":
            add_opener(opener)


# --- By class methods and annotations ---------------------------------------------------------------------------------


def test_class_methods_open_cases() -> None:
    """Those that are annotated to return a decision about their own kind, the inherited ones too; no other."""
    verbs = ["create_letterhead", "issue_letterhead", "take_over_letterhead"]

    assert verbs == [opener.verb for opener in openers_of(Letterhead)]
    assert Space is openers_of(Letterhead)[1].of
    assert ["envelope", "paper", "services"] == list(openers_of(Letterhead)[1].gives)


@pytest.mark.usefixtures("by_itself")
def test_a_kind_is_played_by_itself() -> None:
    """A kind of case is opened of another, given samples of the types that it asks for; its verb too."""
    play = Play(at=START)
    play.make(Move("create_space", makes="space-1"))
    tried = [dict(move.given) for move in play.moves() if move.verb == "issue_letterhead" and move.at is None]
    step = play.make(Move("issue_letterhead", "space-1", "letterhead-1"))

    assert [Paper.LAID, (CATALOGUE["messagerie"],)] == [step.given[name] for name in ("paper", "services")]
    assert Envelope(Siren("552100554"), PersonName("Dominique Martin")) == step.given["envelope"]
    assert [{}, {"paper": Paper.WOVE}] == tried[:2]
    assert {"code": "CODE0000", "colour": "something said"} == dict(play.arguments(Move("activate", "letterhead-1")))
    assert play.make(Move("activate", "letterhead-1")).accepted


@pytest.mark.usefixtures("by_itself")
def test_a_kind_is_drawn_by_itself() -> None:
    """What it is given is drawn by its type; what it does not take is not given, and what it refuses is another way."""
    papers, colours = set(), set()

    @settings(max_examples=60)
    @given(arrivals(Letterhead, SpaceState.ACTIVE))
    def check(arrival: Any) -> None:
        for step in arrival.play.steps:
            papers.update({step.given["paper"]} if "paper" in step.given else ())
            colours.update({step.given["colour"]} if "colour" in step.given else ())
        assert arrival.case.state is SpaceState.ACTIVE

    check()
    assert set(Paper) == papers
    assert len(colours) > 1


class Sealed(Letterhead):  # type: ignore[misc] # a kind that has the table of another
    """A space of another kind, whose time limit is counted from an instant that no civil day can stand for."""

    @classmethod
    def stamp(cls, space: Space, *, id: str, at: datetime, code: ActivationCode | Held) -> Decision[Self]:
        """Open one at an instant."""
        assert isinstance(at, datetime), "a civil day was given for an instant"
        return cls.issue(
            space, Envelope(Siren("552100554"), "Dominique Martin"), Paper.LAID, (), id=id, at=at, code=code
        )


Sealed.kind = "sealed"


@pytest.mark.rule("A22")
@pytest.mark.usefixtures("own")
def test_an_opening_that_says_an_instant_is_given_no_day() -> None:
    """The civil day of a fact is drawn where the opening takes one, and `at: datetime` takes none."""
    for opener in openers_of(Sealed):
        if opener.verb == "stamp_sealed":
            add_opener(opener)

    @settings(max_examples=60)
    @given(arrivals(Sealed, SpaceState.PENDING))
    def check(arrival: Any) -> None:
        assert arrival.case.state is SpaceState.PENDING

    check()


def test_samples_of_every_kind() -> None:
    """Values of the scene where only those are right, one of each type that verbs ask for, and no other."""
    play = Play(at=START)
    play.make(Move("create_space", makes="space-1"))
    give_one = lambda hint: samples(play, Space, hint)[0]  # noqa: E731 - short

    assert [EXPERT_2024_04_03, CATALOGUE, START, START.date(), play.cases["space-1"]] == [
        give_one(hint) for hint in (Rulebook, EXPERT_2024_04_03.catalogue.__class__, datetime, date, Space)
    ]
    for hint in (*_anywhere(), ActivationCode, type(play.token())):
        assert isinstance(give_one(hint), hint)
    assert PersonName("Dominique Martin") == give_one(PersonName | str | None)
    assert "something said" == give_one(str | None)
    with pytest.raises(LookupError, match="no value of <class 'object'> is known"):
        give_one(object)


def _anywhere() -> tuple[Any, ...]:
    from teleprocedures.testing import _samples  # noqa: PLC0415 - the table itself

    return tuple(_samples._ANYWHERE)


def test_several_of_the_scene_are_drawn() -> None:
    """A list of services is of those of the catalogue, whatever else a host may add."""
    play = Play(at=START)

    @FEW
    @given(_anything(play, Space, tuple[Service, ...]), _anything(play, Space, Service | None))
    def check(several: tuple[Service, ...], one: Service) -> None:
        assert set(several) | {one} <= set(CATALOGUE.values())

    check()


def test_what_cannot_be_reached_is_left_out() -> None:
    """A play in which nothing lets a row pass, or opens a case, is none: where all are so, there is nothing to draw."""
    back = next(row for row in Space.lifecycle.rows if row.corrects is not None)
    of_codes_held_here = arrivals(Space, begin=beginnings(held=False), by=back)
    without_paper = Opener(Letterhead, "print", lambda *_: None, gives={"paper": lambda *_: ()})

    for strategy in (of_codes_held_here, nothing_from(without_paper)):
        with pytest.raises((Unsatisfiable, NoSuchExample)):
            find(strategy, lambda _: True, settings=settings(max_examples=5, database=None))


def nothing_from(opener: Opener) -> st.SearchStrategy[Any]:
    """Arrivals of the kind that this opens, and nothing else does."""

    @st.composite
    def draws(draw: st.DrawFn) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(_openers._openers, opener.kind, {opener.verb: opener})
            return draw(arrivals(opener.kind, SpaceState.PENDING))

    return draws()


@pytest.mark.rule("A3", "A15")
def test_a_move_is_made_only_through_its_row() -> None:
    """What is malformed at that instant, refused, or goes through another row changes nothing of the play."""
    play = Play(at=START, held=True)
    for move in straight_on()[:4]:
        play.make(move)
    tomorrow = Move("record_letter", "adhesion-1", given={"edited": START.date() + timedelta(days=1)})
    seen = next(row for row in Adhesion.lifecycles[1].rows if row.trigger == "activate")
    today, early = Move("record_letter", "adhesion-1"), Move("lapse", "adhesion-1")

    assert [False, False, False, True] == [
        _makes(play, tomorrow),
        _makes(play, early),
        _makes(play, today, seen),
        _makes(play, today),
    ]
    assert 5 == len(play.steps)


@pytest.mark.rule("A15")
@settings(max_examples=60)
@given(st.data())
def test_time_passes_as_a_row_asks(data: st.DataObject) -> None:
    """To the first late instant for a lapse, to a reminder, into the past for what corrects, and else within the limit.

    Of a code held here nothing comes back from a lapse, whatever is tried, and the play is where it was.
    """
    rows = {(row.trigger, row.corrects is None): row for row in Space.lifecycle.rows}
    play = Play(at=START)
    play.make(straight_on()[0])
    space = play.cases["space-1"]
    assert space.deadline is not None
    for trigger, first, last in (
        ("lapse", space.deadline.lapses_at, None),
        ("remind", space.due_at, None),
        ("activate", START, space.deadline.closes),
    ):
        play.at = START
        happened = _wait(data.draw, play, "space-1", rows[trigger, True])
        assert first <= (happened or play.at)
        assert last is None or (happened or play.at) <= last
        assert happened is None or happened < play.at
    play.at = space.deadline.lapses_at
    assert play.make(Move("lapse", "space-1")).accepted
    happened = _wait(data.draw, play, "space-1", rows["activate", False])
    assert happened is not None
    assert START <= happened <= space.deadline.closes
    before = play.at
    assert not _passes(data.draw, play, "space-1", rows["activate", False])
    assert before == play.at


# --- Said -------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("own")
def test_better_values_and_wrong_ones_are_said() -> None:
    """What opens a case of a host's own, what its verbs are given, and wrong things, for one verb or for all."""

    def issue(play: Any, _: None, new: Any, paper: str) -> Decision[Any]:
        assert paper
        space = opener_of("create_space").act(play, None, new, form=user_form())
        fields = {field.name: getattr(space.case, field.name) for field in attrs.fields(Space)}
        return Decision(Letterhead(**fields), space.events, space.messages)

    papers = {"paper": lambda *_: ("laid", "wove")}
    add_opener(Opener(Letterhead, "print", issue, gives=papers, wrong={"paper": lambda *_: ("none",)}))
    give(Letterhead, {"colour": lambda *_: ("blue",)}, wrong={"activate.colour": lambda *_: ("grey",)})
    play = Play(at=START)
    tried = [(move.verb, dict(move.given), move.right) for move in play.moves() if move.verb == "print"]
    play.make(Move("print", makes="letterhead-1"))
    wrong = [dict(move.given) for move in play.moves() if move.verb == "activate" and not move.right]

    assert [
        ("print", {}, True),
        ("print", {}, True),
        ("print", {"paper": "wove"}, True),
        ("print", {"paper": "none"}, False),
    ] == tried
    assert [{"code": WRONG}, {"code": HELD_ELSEWHERE}, {"colour": "grey"}] == wrong
    assert {"code": "CODE0000", "colour": "blue"} == dict(play.arguments(Move("activate", "letterhead-1")))


@pytest.mark.usefixtures("by_itself")
def test_what_nobody_said_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """An argument of which nobody said what it may be, of no known type, is an error that says how to say it."""

    def activate(self: Letterhead, code: Any, *, colour: object, at: datetime, recorded_at: Any = None) -> Any:
        raise NotImplementedError

    def bare(self, code, *, colour, at, recorded_at=None):
        raise NotImplementedError

    play = Play(at=START)
    play.make(Move("create_space", makes="space-1"))
    play.make(Move("issue_letterhead", "space-1", "letterhead-1"))
    for verb in (activate, bare):
        monkeypatch.setattr(Letterhead, "activate", verb)
        with pytest.raises(LookupError) as caught:
            play.moves()
        assert str(caught.value) == (
            "nobody said what 'activate' of a case of kind 'letterhead' is given as 'colour', and no value of"
            " <class 'object'> is known: expected give(Letterhead, {'colour': lambda play, case: [...]})"
        )


@pytest.mark.usefixtures("own")
def test_what_cannot_be_opened_is_not_tried() -> None:
    """Where there is nothing to give to what opens a case, it is no move, and strategies leave it out."""
    add_opener(Opener(Letterhead, "print", lambda *_: None, gives={"paper": lambda *_: ()}))

    assert "print" not in {move.verb for move in Play(at=START).moves()}


# --- Rulebooks --------------------------------------------------------------------------------------------------------


def test_a_kind_is_made_under_its_own_rulebook() -> None:
    """That of the play, if it has what the kind cites; else, and without one, that which it was registered with."""
    other = attrs.evolve(EXPERT_2024_04_03, version="other", mandate_use=None)

    assert {"space", "adhesion", "mandate"} <= set(RULEBOOKS)
    assert [(EXPERT_2024_04_03,)] * 3 == [RULEBOOKS[kind] for kind in ("space", "adhesion", "mandate")]
    assert EXPERT_2024_04_03 is Play(at=START).rulebook_of(Space)
    assert other is Play(at=START, rulebook=other).rulebook_of(KINDS["mandate"])
    assert EXPERT_2024_04_03 is Play(at=START, rulebook=other).rulebook_of(Pinned)


class Pinned(Case):
    """A kind of case whose table cites a rule, or a limit, that the shipped rulebook does not have."""

    table_of_its_own = Lifecycle(
        "pinned",
        SpaceState,
        initial=SpaceState.PENDING,
        described=[Space.lifecycle._described[state] for state in SpaceState],
        rows=Space.lifecycle.rows,
        limit="pinned",
    )
    lifecycle = table_of_its_own


# --- Types ------------------------------------------------------------------------------------------------------------


def test_kinds_to_come_are_known_to_hypothesis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever watches is told once of each kind that is registered; the hook watches, and registers its types."""
    from teleprocedures.cases import _registry  # noqa: PLC0415 - its list of watchers

    told: list[type[Case]] = []
    monkeypatch.setattr(_registry, "_watchers", [])
    watch(told.append)
    registration._hypothesis_setup_hook()
    registration._hypothesis_setup_hook()
    _registry.register(Space)

    assert [Space] == told
    assert 2 == len(_registry._watchers)
    assert st.from_type(Space).validate() is None
    assert "hypothesis" in sys.modules
    assert strategies.spaces.__doc__
