"""Drives an implementation of the procedure by the vectors: `python runner.py LEVEL COMMAND...`, with Python alone.

The command reads requests from its standard input, each a line of JSON, and answers each by a line on its standard
output. The level is 1 where the portal holds the codes, and 2 where the implementation does. What differs is printed,
with what was left out, and the status is 1. The protocol is told in `docs/vectors.md`.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

QUESTIONS = {"look", "may_pay", "next_steps", "deadline", "value", "service", "adhesion_form", "space_form", "plan"}
"""What changes nothing: whoever leaves such a step out can go on."""


def documents(level: int) -> list[dict]:
    """The files of a level, and those of every level."""
    files = sorted(Path(__file__).parent.glob("*.json"))
    every = [json.loads(file.read_text("utf-8")) | {"file": file.name} for file in files]
    return [told for told in every if told.get("level", 0) in {None, level}]


def differences(expected: object, found: object, place: str = "") -> list[str]:
    """What of an answer differs from what is expected; fields that the answer does not have are not compared."""
    if isinstance(expected, dict) and isinstance(found, dict):
        pairs = {f".{name}": (expected[name], found[name]) for name in expected if name in found}
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = {f"[{number}]": pair for number, pair in enumerate(zip(expected, found, strict=True))}
    else:
        told = f"{place}: expected {json.dumps(expected)}, found {json.dumps(found)}"
        return [] if expected == found else [told]
    return [told for name, pair in pairs.items() for told in differences(*pair, place + name)]


def play(told: dict, ask: Callable[[dict], dict], counted: Counter) -> Iterator[str]:
    """Play the histories of a file, count what is asked and left out, and give what differs."""
    begin = {"do": "begin"} | {name: told[name] for name in ("level", "rulebooks") if name in told}
    for history in told["histories"]:
        opening = told["openings"][history["opening"]][: history["first"]] if "opening" in history else []
        for number, step in enumerate([begin, *opening, *history["steps"]]):
            request = {name: value for name, value in step.items() if name != "expect"}
            if isinstance(request.get("form"), str):
                request["form"] = told["forms"][request["form"]]
            answer, expected = ask(request), step.get("expect", {"accepted": True})
            if answer.get("left_out"):
                counted[f"left out: {step['do']}"] += 1
                if expected["accepted"] and step["do"] not in QUESTIONS:
                    break
            elif step is not begin:
                counted.update(["steps", *(f"not shown: {name}" for name in expected if name not in answer)])
                wrong = differences(expected, {"accepted": "not said"} | answer)
                if wrong:
                    place = f"{told['file']}: {history['name']}, step {number}: {json.dumps(step)}"
                    yield "\n  ".join((place, *wrong))
                    break


def main() -> int:
    """Run the command and say how it did."""
    level, command, counted = int(sys.argv[1]), sys.argv[2:], Counter()
    pipe = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(request: dict) -> dict:
        with suppress(BrokenPipeError):
            print(json.dumps(request), file=pipe.stdin, flush=True)
        return json.loads(pipe.stdout.readline() or sys.exit(f"no answer to {request}"))

    wrong = [found for told in documents(level) for found in play(told, ask, counted)]
    pipe.communicate()
    print(*wrong, *(f"{name}: {count}" for name, count in sorted(counted.items())), f"wrong: {len(wrong)}", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
