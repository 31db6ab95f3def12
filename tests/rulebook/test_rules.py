"""The rules as data: their ids, what they say, where they come from."""

import copy
import pickle

import attrs
import pytest

from teleprocedures.deadlines import CivilDays, CivilMonths, Hours
from teleprocedures.errors import PAGE, Rule
from teleprocedures.rulebook import EXPERT_2024_04_03, RULES, SETTLED

EXPERT = EXPERT_2024_04_03
BY_ID = {rule.id: rule for rule in RULES}


@pytest.mark.rule("0.3")
def test_every_rule_is_there_in_order_with_its_source_and_its_sheet():
    """The scope, three steps, what is settled here, what is cited; EP2, SL2 and SL6 explain rules of the steps."""
    counts = {"0": 3, "1": 12, "2": 21, "3": 5}
    steps = [f"{step}.{number}" for step, count in counts.items() for number in range(1, count + 1)]
    sheets = {
        **{f"1.{number}": "EP2" for number in range(1, 13)},
        **{f"2.{number}": "SL2" for number in range(1, 13)},
        **{f"2.{number}": "SL6" for number in range(13, 22)},
        **{f"3.{number}": "SL2" for number in range(1, 6)},
    }

    settled = [rule.id for rule in RULES if rule.source == SETTLED]
    assert [*steps, *settled, "F1", "F2"] == [rule.id for rule in RULES]
    assert [f"A{number}" for number in range(1, len(settled) + 1)] == settled
    assert {PAGE} == {BY_ID[id].source for id in steps}
    assert BY_ID["F1"].source.startswith("Banque de France")
    assert BY_ID["F2"].source.startswith("impots.gouv.fr")
    assert all(sheet in BY_ID["0.3"].title for sheet in ("EP2", "SL2", "SL6"))
    for rules in (RULES, EXPERT.rules):
        assert sheets == {rule.id: rule.sheet for rule in rules if rule.sheet is not None}


def test_a_rule_says_one_thing_in_one_line():
    """A title is a short line, in lower case but for a name, fit to follow a colon, and no two rules say the same."""
    titles = [rule.title for rule in EXPERT.rules]

    assert len(set(titles)) == len(titles)
    for title in titles:
        assert title == " ".join(title.split())
        assert title[0].islower() or title.startswith("Messaging")
        assert not title.endswith(".")
        assert 10 < len(title) <= 120


def test_a_title_has_the_time_limits_of_its_rulebook():
    """Under another limit no title says the shipped one; one that is not set is called so, one of one is singular."""
    book = attrs.evolve(
        EXPERT,
        version="other",
        space_activation=attrs.evolve(EXPERT.space_activation, duration=Hours(72)),
        link_use=attrs.evolve(EXPERT.link_use, duration=Hours(1), reminders=()),
        services_activation=attrs.evolve(EXPERT.services_activation, duration=CivilDays(90)),
        mandate_use=attrs.evolve(EXPERT.mandate_use, duration=CivilMonths(1)),
        letter_announced=CivilDays(1),
    )
    cited = ("1.9", "2.9", "3.1", "F1", "F2")
    said = {
        EXPERT: ("48 hours", "48 hours", "60 days", "36 months", "14 days"),
        book: ("72 hours", "1 hour,", "90 days", "1 month", "1 day"),
    }

    for rules, expected in said.items():
        assert [] == [(id, text) for id, text in zip(cited, expected, strict=True) if text not in rules.rule(id).title]
    assert "2 days" in attrs.evolve(book, letter_announced=CivilDays(2)).rule("F2").title
    assert not [rule for rule in book.rules for limit in ("48", "60 ", "36", "14 ") if limit in rule.title]
    limits = {"space_activation": (72, "hours"), "services_activation": (90, "days")}
    assert limits.items() <= book.rule("1.9").limits.items()
    assert "the time limit" in attrs.evolve(EXPERT, version="never", mandate_use=None).rule("F1").title
    assert "the time limit" in BY_ID["1.9"].title


def test_a_rule_is_its_id():
    """A rule compares, hashes and reads as its id, and as nothing else; what compares itself with rules may."""

    class Cited:
        """What compares with rules, and with nothing else."""

        __hash__ = None  # type: ignore[assignment] # no key of anything

        def __eq__(self, other):
            return isinstance(other, Rule)

    rule = BY_ID["1.9"]

    assert "1.9" == rule == Rule("1.9", "in other words") == Cited()
    assert not [other for other in ("1.10", BY_ID["1.10"], 1.9, 19) if rule == other]
    assert ("1.9", "Rule(id='1.9')", hash("1.9")) == (str(rule), repr(rule), hash(rule))
    assert "found" == {"1.9": "found"}[rule]


def test_a_rule_is_frozen_and_travels():
    """A rule does not change, and comes out of pickle and copy as it went in."""
    rule = EXPERT.rule("2.9")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        rule.line = "something else"

    for twin in (pickle.loads(pickle.dumps(rule)), copy.deepcopy(rule)):
        assert (rule.id, rule.title, rule.source, rule.sheet) == (twin.id, twin.title, twin.source, twin.sheet)
        assert "48 hours" in twin.title
