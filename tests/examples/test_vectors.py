"""The vectors: the library and the simulator of the portal pass, and what is wrong in one thing is found."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import datetime
from functools import cache
from itertools import chain

import pytest
from library_adapter import Library
from paths import EXAMPLES
from vector_mutants import mutants

VECTORS = EXAMPLES.parents[1] / "vectors"
RUNNER = VECTORS / "runner.py"
_spec = importlib.util.spec_from_file_location("vectors_runner", RUNNER)
runner = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(runner)


@cache
def documents(level):
    """The files of a level, the shortest first."""
    return tuple(sorted(runner.documents(level), key=lambda told: len(told["histories"])))


def differences(implementation, level, counted=None):
    """What differs, as it is found."""
    counted = Counter() if counted is None else counted
    return (found for told in documents(level) for found in runner.play(told, implementation.answer, counted))


def run(level, *command):
    """What the runner prints of a command, and its status."""
    words = [sys.executable, str(RUNNER), str(level), *command]
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("level", [1, 2])
def test_the_library_passes_behind_a_pipe(level):
    """All steps of a level are answered as the files say, and nothing is left out."""
    status, told, _ = run(level, sys.executable, str(EXAMPLES / "vectors" / "library_adapter.py"))
    every = [it for told in documents(level) for it in told["histories"]]
    requests = sum(1 + it.get("first", 0) + len(it["steps"]) for it in every)

    assert (0, f"answered: {requests}\nwrong: 0\n") == (status, told)


def test_the_levels_have_files_of_their_own():
    """What needs no history is asked at both levels."""
    common = ["deadlines.json", "plans.json", "values.json"]

    for level in (1, 2):
        own = ("companies", "histories", "payments", "rulebooks")
        names = [*(f"{name}-{level}.json" for name in own), *common]
        assert sorted(names) == sorted(it["file"] for it in documents(level))


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.__name__)
def test_what_is_wrong_in_one_thing_is_found(mutant):
    """The lapse at the safe day among them."""
    assert next(differences(mutant(), getattr(mutant, "level", 2)), "")


def test_there_are_twenty_of_them_and_more():
    """No mutant is the library itself."""
    assert 20 <= len(mutants())
    assert not any(differences(Library(), 2))


# --- The files --------------------------------------------------------------------------------------------------------


def faults(told):
    """What is wrong with a file: by the schema, and by what the schema says that it cannot say."""
    validator = pytest.importorskip("jsonschema").Draft202012Validator
    schema = validator(json.loads((VECTORS / "schema.json").read_text("utf-8")))
    yield from (error.message for error in schema.iter_errors(told))
    openings = told.get("openings", {})
    for history in told["histories"]:
        if "opening" in history and history["first"] > len(openings.get(history["opening"], ())):
            yield f"opening of {history['name']}"
    for step in (*chain(*openings.values()), *chain(*(history["steps"] for history in told["histories"]))):
        if isinstance(step.get("form"), str) and step["form"] not in told["forms"]:
            yield f"form of {step}"
        limit = step["expect"].get("deadline") or step["expect"]
        if "closes" in limit and datetime.fromisoformat(limit["closes"]) < datetime.fromisoformat(limit["safe_until"]):
            yield f"deadline of {step}"


BENT = {
    "an unknown form": lambda told: told["histories"][0]["steps"][0].update(form="nobody's"),
    "an unknown opening": lambda told: told["histories"][0].update(opening="nowhere", first=1),
    "beyond the opening": lambda told: told["histories"][0].update(first=2),
    "an unknown state": lambda told: told["histories"][0]["steps"][0]["expect"].update(state="asleep"),
    "closing before the safe end": lambda told: told["histories"][0]["steps"][0]["expect"]["deadline"].update(
        closes="2024-04-04T09:59:59.999999Z"
    ),
}
"""What bends a file in one thing."""


@pytest.mark.parametrize("bend", [None, *BENT])
def test_a_bent_file_is_noticed(bend):
    """Each of these alone, and nothing where nothing is bent."""
    at = "2024-04-03T10:00:00Z"
    limit = {"safe_until": "2024-04-04T10:00:00Z", "closes": "2024-04-04T10:00:00Z", "estimated": False}
    step = {"do": "create_space", "makes": "space-1", "form": "user", "at": at, "expect": {"accepted": True}}
    told = {
        "format": "teleprocedures-vectors",
        "version": 1,
        "rulebook": "expert-2024-04-03",
        "level": 1,
        "forms": {"user": {}},
        "openings": {"road": [step]},
        "histories": [
            {
                "name": "one",
                "opening": "road",
                "first": 1,
                "steps": [step | {"expect": {"accepted": True, "state": "pending", "deadline": limit}}],
            }
        ],
    }
    if bend:
        BENT[bend](told)

    assert (1 if bend else 0) == len([*faults(told)])


def test_no_file_is_bent():
    """The files of both levels, as the schema and its description say."""
    every = (it for level in (1, 2) for it in runner.documents(level))

    assert [] == [found for it in every for found in faults({name: it[name] for name in it if name != "file"})]


# --- The runner -------------------------------------------------------------------------------------------------------


def program(tmp_path, text):
    """A command that runs a program."""
    (tmp_path / "program.py").write_text(text, "utf-8")
    return sys.executable, str(tmp_path / "program.py")


def test_what_is_left_out_is_told(tmp_path):
    """An implementation that has nothing passes, and the runner says how little that is."""
    answer = "import sys\nfor line in sys.stdin:\n    print('{\"left_out\": true}', flush=True)\n"
    status, told, _ = run(1, *program(tmp_path, answer))

    assert 0 == status
    assert "left out: begin: " in told
    assert "answered: " not in told


def test_an_answer_that_says_too_little_is_wrong(tmp_path):
    """Whether it was accepted is the one thing that every answer says."""
    answer = "import sys\nfor line in sys.stdin:\n    print('{}', flush=True)\n"
    status, told, _ = run(1, *program(tmp_path, answer))

    assert 1 == status
    assert '.accepted: expected true, found "not said"' in told


def test_what_cannot_begin_is_left_out():
    """A history under rulebooks that an implementation does not have is counted, and not played."""
    step = {"do": "x", "expect": {"accepted": True}}
    told = {"file": "a.json", "level": 1, "rulebooks": [{}], "histories": [{"name": "one", "steps": [step]}]}
    counted = Counter()

    assert [] == list(runner.play(told, lambda _: {"left_out": True}, counted))
    assert {"left out: begin": 1} == counted


def test_a_program_that_ends_is_told(tmp_path):
    """The request that it did not answer is named."""
    status, _, error = run(2, *program(tmp_path, "raise SystemExit"))

    assert 1 == status
    assert "no answer to {'do': 'begin'" in error


def test_a_difference_is_told_with_its_place():
    """The file, the history, the step, and both values."""
    step = {"do": "x", "form": "user", "expect": {"accepted": True, "sent": [{"to": "b"}]}}
    told = {
        "file": "a.json",
        "level": 1,
        "forms": {"user": {"email": "a@b.fr"}},
        "openings": {"road": [{"do": "y", "expect": {"accepted": True}}, {"do": "z", "expect": {"accepted": True}}]},
        "histories": [{"name": "one", "opening": "road", "first": 1, "steps": [step]}],
    }
    asked = []

    def ask(request):
        asked.append(request)
        return {"accepted": True, "sent": [{"to": "c", "kind": "letter"}]}

    (found,) = runner.play(told, ask, Counter())

    assert [{"do": "begin", "level": 1}, {"do": "y"}, {"do": "x", "form": {"email": "a@b.fr"}}] == asked
    assert found.startswith("a.json: one, step 2: ")
    assert found.endswith('\n  .sent.0.to: expected "b", found "c"')


def test_what_an_answer_does_not_show_is_counted_at_any_depth():
    """An empty deadline, or an empty step within a list, says as little as none."""
    expected = {"accepted": True, "state": "sent", "deadline": {"closes": "a"}, "next_steps": [{"actor": "bank"}]}
    told = {"file": "a.json", "level": 1, "histories": [{"name": "one", "steps": [{"do": "look", "expect": expected}]}]}
    answer = {"accepted": True, "deadline": {}, "next_steps": [{}]}
    counted = Counter()

    assert [] == list(runner.play(told, lambda _: answer, counted))
    shown = ("deadline.closes", "next_steps.0.actor", "state")
    assert {"answered": 2} | {f"not shown: {name}": 1 for name in shown} == counted


def test_a_file_that_is_missing_is_told(tmp_path):
    """Whoever copied the folder without a file of the newest version passes nothing by it."""
    shutil.copytree(VECTORS, tmp_path / "vectors")
    (tmp_path / "vectors" / "histories-1.json").unlink()
    words = [sys.executable, str(tmp_path / "vectors" / "runner.py"), "1", *program(tmp_path, "raise SystemExit")]
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=False)

    assert 1 == done.returncode
    assert "histories-1.json" in done.stderr.splitlines()[-1]


def test_a_question_that_is_left_out_does_not_end_its_history():
    """A fact does, where the files accept it, since nobody can go on without it; what would be refused does not."""
    answered = {"accepted": True}
    refused = {"do": "send", "expect": {"accepted": False}}
    fact = {"do": "sign", "expect": {"accepted": True, "messages": []}}
    steps = [{"do": "look", "expect": answered}, refused, fact, {"do": "look", "expect": answered}]
    told = {"file": "a.json", "level": 1, "histories": [{"name": "one", "steps": steps}]}
    counted = Counter()

    assert [] == list(runner.play(told, lambda it: {} if it["do"] == "begin" else {"left_out": True}, counted))
    assert {"answered": 1, "left out: look": 1, "left out: send": 1, "left out: sign": 1} == counted


def test_the_runner_needs_python_alone():
    """It can be copied: it imports nothing but the standard library, and is fifty lines that are not blank."""
    text = RUNNER.read_text("utf-8")

    assert 50 >= sum(1 for line in text.splitlines() if line.strip())
    assert "teleprocedures" not in "".join(line for line in text.splitlines() if "import" in line)
    assert json.loads((VECTORS / "schema.json").read_text("utf-8"))["title"]


# --- The simulator ----------------------------------------------------------------------------------------------------


def test_the_simulator_passes():
    """Over HTTP, in this process: every twentieth history here, all of them in `tests/heavy`."""
    client = pytest.importorskip("fastapi.testclient")
    from portal_bench import PortalClient  # noqa: PLC0415 - where FastAPI is installed only
    from portal_simulator.api import create_app  # noqa: PLC0415
    from simulator_adapter import Simulator  # noqa: PLC0415

    counted = Counter()
    with client.TestClient(create_app()) as http:
        simulator = Simulator(PortalClient(http))
        wrong = [
            found
            for told in documents(2)
            if told["level"]
            for found in runner.play(told | {"histories": told["histories"][::20]}, simulator.answer, counted)
        ]

    assert [] == wrong
    assert counted["answered"] > 90
    assert counted["not shown: next_steps"]
