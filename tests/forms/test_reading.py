"""Reading a mapping of fields to the end: every problem is noted, under its path."""

from itertools import count

import attrs
import pytest

from teleprocedures.errors import InvalidValueError, Problem, Rule
from teleprocedures.forms import MOST_PROBLEMS, UNREAD, Reading, listed
from tests.builders import each, failure

RULE = Rule("1.1", "An e-mail address is entered")


@attrs.frozen
class Point:
    """A form of the tests: one field that a rule asks for, one that has a default."""

    x: int = attrs.field(metadata={"rule": RULE})
    y: int = 0


def whole(value: object) -> int:
    """An integer, or an error that says so."""
    if not isinstance(value, int):
        raise InvalidValueError("number.malformed", value=value)
    return value


def test_a_value_is_parsed_or_noted():
    """A good value is given back; a bad one becomes a problem with its path, its text and its rule."""
    reading = Reading()

    assert (3, []) == (reading.value(whole, 3, "x", RULE), reading.problems)
    assert UNREAD is reading.value(whole, "a", "x", RULE) is reading.value(whole, "b", "y")
    assert [
        Problem("x", "number.malformed", {"value": "a"}, RULE),
        Problem("y", "number.malformed", {"value": "b"}),
    ] == reading.problems


def test_any_other_error_goes_through():
    """Only a bad value is a problem of the form: a mistake in the code is not hidden."""
    with pytest.raises(ZeroDivisionError):
        Reading().value(lambda value: 1 // value, 0, "x")


def test_items_have_their_own_paths():
    """Each bad item of a list is noted under its place; the list is then not read."""
    reading = Reading()

    assert (1, 2) == reading.items(whole, [1, 2], "all", most=3)
    assert UNREAD is reading.items(whole, ["a", 1, "b"], "some", RULE, most=3)
    assert [("some[0]", RULE), ("some[2]", RULE)] == [(problem.path, problem.rule) for problem in reading.problems]


@each("values", "text", b"bytes", {"a": 1}, 3, None)
def test_what_is_no_list_is_noted(values):
    """One text, a mapping and what cannot be listed are no list of values."""
    reading = Reading()
    error = failure(listed, values, subject="services", most=3)

    assert f"expected a list of values, not {type(values).__name__}" == str(error)
    assert UNREAD is reading.items(whole, values, "x", RULE, most=3)
    assert [Problem("x", "list.wrong_type", {"type": type(values).__name__}, RULE)] == reading.problems


def test_a_list_has_an_end():
    """A list of more than its most is refused as a whole, without reading it to its end."""
    reading = Reading()

    assert (1, 2, 3) == listed(range(1, 4), subject="services", most=3)
    given = count()
    assert UNREAD is reading.items(whole, given, "services", RULE, most=3)
    assert 4 == next(given)  # one more than its most was looked at
    assert [Problem("services", "services.too_many", {"most": 3}, RULE)] == reading.problems


def test_a_reading_notes_a_hundred_problems():
    """After those, it is told once that there are more, and they are still counted."""
    reading = Reading()
    for place in range(MOST_PROBLEMS + 2):
        reading.note(f"x[{place}]", "number.malformed")

    assert MOST_PROBLEMS + 2 == reading.count
    assert [f"x[{place}]" for place in range(MOST_PROBLEMS)] + ["$"] == [problem.path for problem in reading.problems]
    assert Problem("$", "problems.too_many", {"most": MOST_PROBLEMS}) == reading.problems[-1]


def test_fields_are_read_by_name():
    """What could be read is given by name; a default is left to the form."""
    reading = Reading()
    readers = {name: lambda value, path, rule: reading.value(whole, value, path, rule) for name in ("x", "y")}

    assert {"x": 1} == reading.fields(Point, {"x": 1}, readers)
    assert {"y": 2} == reading.fields(Point, {"x": "a", "y": 2, "z": 3}, readers, "points[0]")
    assert {} == reading.fields(Point, {}, readers)
    assert {} == reading.fields(Point, {"x": " ", "y": None}, readers)
    assert {} == reading.fields(Point, [1, 2], readers)
    assert {} == reading.fields(Point, None, readers, "points[1]")
    assert [
        Problem("points[0].z", "field.unknown", {"expected": ("x", "y"), "place": 3}),
        Problem("points[0].x", "number.malformed", {"value": "a"}, RULE),
        Problem("x", "field.missing", rule=RULE),
        Problem("x", "field.missing", rule=RULE),
        Problem("$", "fields.wrong_type", {"type": "list"}),
        Problem("points[1]", "fields.wrong_type", {"type": "NoneType"}),
    ] == reading.problems
