"""The rules as data: their ids, what they say, where they come from."""

from __future__ import annotations

import copy
import pickle

import attrs
import pytest

from teleprocedures.deadlines import CivilDays, CivilMonths, Hours
from teleprocedures.errors import PAGE, Rule
from teleprocedures.rulebook import EXPERT_2024_04_03, RULES, SETTLED

BY_ID = {rule.id: rule for rule in RULES}


def test_every_rule_is_there_in_order() -> None:
    """The scope has 3 rules, the steps 12, 21 and 5; 18 points are settled here, and 2 facts are cited."""
    counts = {"0": 3, "1": 12, "2": 21, "3": 5}
    steps = [f"{step}.{number}" for step, count in counts.items() for number in range(1, count + 1)]

    assert [*steps, *(f"A{number}" for number in range(1, 19)), "F1", "F2"] == [rule.id for rule in RULES]


def test_a_rule_says_one_thing_in_one_line() -> None:
    """A title is a short line, in lower case but for a name, fit to follow a colon, and no two rules say the same."""
    titles = [rule.title for rule in EXPERT_2024_04_03.rules]

    assert len(set(titles)) == len(titles)
    for title in titles:
        assert title == title.strip()
        assert title[0].islower() or title.startswith("Messaging")
        assert "\n" not in title
        assert not title.endswith(".")
        assert 10 < len(title) <= 120


def test_a_rule_names_its_source() -> None:
    """What the page says, what is settled here and what other pages state are told apart."""
    assert {PAGE} == {rule.source for rule in RULES if rule.id[0].isdigit()}
    assert {SETTLED} == {rule.source for rule in RULES if rule.id.startswith("A")}
    assert BY_ID["F1"].source.startswith("Banque de France")
    assert BY_ID["F2"].source.startswith("impots.gouv.fr")


@pytest.mark.rule("0.3")
def test_the_help_sheets_are_cited_by_the_rules_they_explain() -> None:
    """EP2 explains the space, SL2 the adhesion, SL6 bank accounts and the mandate; what else is said has no sheet."""
    for sheet in ("EP2", "SL2", "SL6"):
        assert sheet in BY_ID["0.3"].title
    expected = {
        **{f"1.{number}": "EP2" for number in range(1, 13)},
        **{f"2.{number}": "SL2" for number in range(1, 13)},
        **{f"2.{number}": "SL6" for number in range(13, 22)},
        **{f"3.{number}": "SL2" for number in range(1, 6)},
    }

    assert expected == {rule.id: rule.sheet for rule in RULES if rule.sheet is not None}
    assert expected == {rule.id: rule.sheet for rule in EXPERT_2024_04_03.rules if rule.sheet is not None}


def test_a_title_has_the_time_limits_of_its_rulebook() -> None:
    """Under another limit no title says the shipped one; a count of one has its unit in the singular."""
    expert = EXPERT_2024_04_03
    book = attrs.evolve(
        expert,
        version="other",
        space_activation=attrs.evolve(expert.space_activation, duration=Hours(72)),
        link_use=attrs.evolve(expert.link_use, duration=Hours(1), reminders=()),
        services_activation=attrs.evolve(expert.services_activation, duration=CivilDays(90)),
        mandate_use=attrs.evolve(expert.mandate_use, duration=CivilMonths(1)),
        letter_announced=CivilDays(1),
    )

    for limits, expected in (
        (expert, ("48 hours", "60 days", "36 months", "14 days")),
        (book, ("72 hours", "90 days")),
    ):
        titles = " ".join(rule.title for rule in limits.rules)
        assert all(text in titles for text in expected)
    two = attrs.evolve(book, letter_announced=CivilDays(2))
    assert "2 days" in two.rule("F2").title
    ones = {id: book.rule(id).title for id in ("2.9", "F1", "F2")}
    assert all(text in title for text, title in zip(("1 hour,", "1 month", "1 day"), ones.values(), strict=True))
    assert not [rule for rule in book.rules for limit in ("48", "60 ", "36", "14 ") if limit in rule.title]
    assert {"space_activation": (72, "hours"), "services_activation": (90, "days")}.items() <= (
        book.rule("1.9").limits.items()
    )


def test_a_limit_that_is_not_set_is_called_so() -> None:
    """A rulebook without a limit for idle mandates, and a rule by itself, say that there is a time limit, not which."""
    never = attrs.evolve(EXPERT_2024_04_03, version="never", mandate_use=None)

    assert "the time limit" in never.rule("F1").title
    assert "the time limit" in BY_ID["1.9"].title


def test_a_rule_is_its_id() -> None:
    """A rule compares and hashes as its id, which is also what it reads as."""
    rule = BY_ID["1.9"]

    assert "1.9" == rule
    assert rule == "1.9"
    assert rule != "1.10"
    assert rule != BY_ID["1.10"]
    assert rule != 1.9
    assert Rule("1.9", "in other words") == rule
    assert hash("1.9") == hash(rule)
    assert "1.9" == str(rule)
    assert "Rule(id='1.9')" == repr(rule)
    assert "found" == {"1.9": "found"}[rule]


def test_a_rule_is_frozen_and_travels() -> None:
    """A rule does not change, and comes out of pickle and copy as it went in."""
    rule = EXPERT_2024_04_03.rule("2.9")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        rule.line = "something else"

    for twin in (pickle.loads(pickle.dumps(rule)), copy.deepcopy(rule)):
        assert (rule.id, rule.title, rule.source, rule.sheet) == (twin.id, twin.title, twin.source, twin.sheet)
        assert "48 hours" in twin.title


def test_a_rule_leaves_others_to_compare() -> None:
    """A rule says nothing of what is neither a rule nor an id, which may compare itself with it."""

    class Cited:
        """What compares with rules, and with nothing else."""

        __hash__ = None  # type: ignore[assignment] # no key of anything

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Rule)

    rule = BY_ID["1.9"]

    assert rule == Cited()
    assert rule != 19
