"""The rules as data: their ids, what they say, where they come from."""

from __future__ import annotations

import copy
import pickle

import attrs
import pytest

from teleprocedures.errors import Rule
from teleprocedures.rulebook import PAGE, RULES, SETTLED

BY_ID = {rule.id: rule for rule in RULES}


def test_every_rule_is_there_in_order() -> None:
    """The scope has 3 rules, the steps 12, 21 and 5; 13 points are settled here, and 2 facts are cited."""
    counts = {"0": 3, "1": 12, "2": 21, "3": 5}
    steps = [f"{step}.{number}" for step, count in counts.items() for number in range(1, count + 1)]

    assert [*steps, *(f"A{number}" for number in range(1, 14)), "F1", "F2"] == [rule.id for rule in RULES]


def test_a_rule_says_one_thing_in_one_line() -> None:
    """A title is a short line, in lower case but for a name, fit to follow a colon, and no two rules say the same."""
    titles = [rule.title for rule in RULES]

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
def test_the_help_sheets_are_cited() -> None:
    """The help sheets of the space, of the adhesion and of the accounts are named."""
    for sheet in ("EP2", "SL2", "SL6"):
        assert sheet in BY_ID["0.3"].title


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
    rule = BY_ID["2.11"]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        rule.title = "something else"

    for twin in (pickle.loads(pickle.dumps(rule)), copy.deepcopy(rule)):
        assert (rule.id, rule.title, rule.source) == (twin.id, twin.title, twin.source)
