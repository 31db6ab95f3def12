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
from pathlib import Path

QUESTIONS = {"look", "may_pay", "deadline", "value", "service", "adhesion_form", "space_form", "plan"}
"""What changes nothing: whoever leaves such a step out can go on."""


def documents(level: int) -> Iterator[dict]:
    """The files of a level, and those of every level."""
    for file in sorted(Path(__file__).parent.glob("*.json")):
        told = json.loads(file.read_text("utf-8"))
        if told.get("level", 0) in {None, level}:
            yield told | {"file": file.name}


def differences(expected: object, found: object, place: str = "") -> Iterator[str]:
    """What of an answer differs from what is expected; fields that the answer does not have are not compared."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in [name for name in expected if name in found]:
            yield from differences(expected[name], found[name], f"{place}.{name}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, pair in enumerate(zip(expected, found, strict=True)):
            yield from differences(*pair, f"{place}[{number}]")
    elif expected != found:
        yield f"{place}: expected {json.dumps(expected)}, found {json.dumps(found)}"


def play(told: dict, ask: Callable[[dict], dict], counted: Counter) -> Iterator[str]:
    """Play the histories of a file, count what is asked and left out, and give what differs."""
    for history in told["histories"]:
        ask({"do": "begin", "level": told["level"]})
        opening = told["openings"][history["opening"]][: history["first"]] if "opening" in history else []
        for number, step in enumerate([*opening, *history["steps"]], start=1):
            request = {name: value for name, value in step.items() if name != "expect"}
            if isinstance(request.get("form"), str):
                request["form"] = told["forms"][request["form"]]
            answer, expected = ask(request), step["expect"]
            if answer.get("left_out"):
                counted[f"left out: {step['do']}"] += 1
                if expected["accepted"] and step["do"] not in QUESTIONS:
                    break
                continue
            counted["steps"] += 1
            counted.update(f"not shown: {name}" for name in expected if name not in answer)
            wrong = [f"the answer lacks 'accepted': {answer}"] if "accepted" not in answer else []
            wrong.extend(differences(expected, answer))
            if wrong:
                yield "\n  ".join((f"{told['file']}: {history['name']}, step {number}: {json.dumps(step)}", *wrong))
                break


def main() -> int:
    """Run the command and say how it did."""
    level, command, counted = int(sys.argv[1]), sys.argv[2:], Counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as it:

        def ask(request: dict) -> dict:
            print(json.dumps(request), file=it.stdin, flush=True)
            return json.loads(it.stdout.readline() or sys.exit(f"no answer to {request}"))

        wrong = [found for told in documents(level) for found in play(told, ask, counted)]
        it.stdin.close()
    print(*wrong, *(f"{name}: {count}" for name, count in sorted(counted.items())), f"wrong: {len(wrong)}", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
