"""The vectors: what is committed is what the library makes, and the schema refuses what is wrong."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from teleprocedures import Adhesion, Lifecycle, Mandate, Row, Space
from teleprocedures.testing.vectors import NAMES, VERSION, text_of
from teleprocedures.testing.vectors._scenes import scenes
from teleprocedures.testing.vectors._search import _JUDGED, Telling, histories, places

FOLDER = Path(__file__).parents[2] / "vectors"
SCHEMA = Draft202012Validator(json.loads((FOLDER / "schema.json").read_text("utf-8")))
QUICK = [name for name in NAMES if not name.startswith("histories")]
"""The others take a minute: `tests/heavy/test_vectors.py` makes them, and compares all files with the schema."""


def committed(name: str) -> dict:
    """A file of vectors as it is committed."""
    return json.loads((FOLDER / name).read_text("utf-8"))


@pytest.mark.parametrize("name", QUICK)
def test_what_is_committed_is_what_the_library_makes(name: str) -> None:
    """Where this fails, an expectation has changed: run `make vectors` and have the difference reviewed."""
    assert (FOLDER / name).read_text("utf-8") == text_of(name)


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2024-06-03 11:30"},
        {"do": "guess"},
        {"case": "Garage Moreau"},
        {"code": "ABCD-1234"},
        {"expect": {"state": "active"}},
        {"colour": "red"},
    ],
)
def test_the_schema_refuses_what_is_wrong(change: dict) -> None:
    """A step with another form of instant, an unknown verb, a real code or a field of its own is refused."""
    found = committed("histories-2.json")
    found["histories"][0]["steps"][0] |= change

    assert not SCHEMA.is_valid(found)


@pytest.mark.parametrize("level", [1, 2])
def test_no_code_is_told_at_level_1_and_only_references_at_level_2(level: int) -> None:
    """Level 1 needs no code; level 2 tells right ones, those of others, and one that was never sent."""
    steps = [step for it in committed(f"histories-{level}.json")["histories"] for step in it["steps"]]
    codes = {step["code"] for step in steps if "code" in step}

    assert codes >= {"code 1", "code 2", "another code"} if level == 2 else not codes


@pytest.mark.parametrize("held", [True, False])
def test_histories_show_what_can_be_told(held: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Near the first places and a change of clocks: told at once, late, by the day, right, wrong; each time alike."""
    first, *more = places()
    near = [first, *more[:16], next(place for place in more if place[1] != first[1])]
    found = list(histories(held=held, near=near))
    steps = [step for it in found for step in it["steps"]]

    assert {True, False} == {step["expect"]["accepted"] for step in steps}
    assert {10, 20} <= {len(step["at"]) for step in steps}
    assert any("told" in step for step in steps)
    assert {"look", "withdraw", "close", "take_over_space"} <= {step["do"] for step in steps}
    assert len(found) == len({it["name"] for it in found})
    assert found == list(histories(held=held, near=near))


@pytest.mark.parametrize("held", [True, False])
def test_scenes_come_to_what_they_wait_for(held: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Each edge of a time limit is there, so that no scene waits for nothing."""
    for name, start, way in scenes():
        told = Telling.at(start, held=held)
        assert all(told.goes(step, way[:number]) for number, step in enumerate(way)), name


def test_what_a_company_has_is_asked_about() -> None:
    """At both levels: payments now and of before, next steps and plans, of companies that have something."""
    for level in (1, 2):
        steps = [step for it in committed(f"companies-{level}.json")["histories"] for step in it["steps"]]
        plans = [step["expect"] for step in steps if step["do"] == "plan"]

        assert {"ready", "in_time"} == {plan["outcome"] for plan in plans}
        assert {"renew_adhesion", "declare_account", "issue_mandate", "enter_letter_code", "use_link"} <= {
            step["action"] for plan in plans for step in plan["steps"]
        }
        assert any(step["do"] == "may_pay" and "told" in step for step in steps)
        assert "know_repeated" in {it["action"] for step in steps for it in step["expect"].get("next_steps", ())}
        assert {"letter.not_allowed", "renews.other_company"} <= {step["expect"].get("code") for step in steps}


def test_rulebooks_are_told_with_their_zones() -> None:
    """Both are the rules of some case, and instants are told in an offset of their own."""
    found = committed("rulebooks-2.json")
    steps = [step for it in found["histories"] for step in it["steps"]]

    assert ["2024-01-01", "2024-06-04"] == [book["in_force_from"] for book in found["rulebooks"]]
    assert {"Pacific/Noumea", "America/Martinique"} == {book["mandate_use"]["zone"] for book in found["rulebooks"]}
    assert {"+11:00"} == {step["at"][-6:] for step in steps if "T" in step["at"]}


def test_a_version_has_one_content() -> None:
    """Where this fails, vectors have changed under a version that is there: the manual says how to go on."""
    versions = json.loads((FOLDER / "versions.json").read_text("utf-8"))
    found = {name: sha256((FOLDER / name).read_bytes()).hexdigest() for name in NAMES}

    assert [str(number) for number in range(1, VERSION + 1)] == [*versions]
    assert versions[str(VERSION)] == found


def test_a_file_that_is_none_is_refused() -> None:
    """The error names those that there are."""
    with pytest.raises(LookupError, match=r"^there are no vectors in 'codes.json': expected one of deadlines.json,"):
        text_of("codes.json")


AT_ANY_INSTANT = {"declare_account"}
"""The verbs that pass while a time limit runs, whenever that is."""


def test_the_verbs_that_time_judges_are_those_of_states_where_it_runs() -> None:
    """A verb that is added where a time limit runs is tried beside its edges, unless it is said that none matters."""
    rows = [
        (kind, row)
        for kind in (Space, Adhesion, Mandate)
        for table in kind.lifecycles
        for row in rows_where_time(table)
    ]
    verbs = {row.trigger for kind, row in rows if hasattr(kind, row.trigger)}

    assert verbs - AT_ANY_INSTANT == _JUDGED, "add the verb to _JUDGED of testing/vectors/_search.py, or here"


def rows_where_time(table: Lifecycle) -> list[Row]:
    """The rows of a table that leave a state in which its time limit runs."""
    return [row for row in table.rows if row.source in table.running]
