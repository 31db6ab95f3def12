"""Drives an implementation of the procedure by the vectors: `python runner.py LEVEL COMMAND...`, with Python alone.

At level 1 the portal holds the codes, at level 2 the command does. What it is to answer, `docs/vectors.md` tells.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path


def documents(level: int) -> list[dict]:
    """The files of a level, and those of every level, with their names."""
    told = ((file.name, json.loads(file.read_text("utf-8"))) for file in sorted(Path(__file__).parent.glob("*.json")))
    return [{"file": name} | it for name, it in told if it.get("level", 0) in {None, level}]


def differences(expected: object, found: object, place: str = "") -> list[str]:
    """What of an answer differs from what is expected; fields that the answer does not have are not compared."""
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        expected, found = dict(enumerate(expected)), dict(enumerate(found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return [one for it in expected if it in found for one in differences(expected[it], found[it], f"{place}.{it}")]
    return [] if expected == found else [f"{place}: expected {json.dumps(expected)}, found {json.dumps(found)}"]


def play(told: dict, ask: Callable[[dict], dict], counted: Counter) -> Iterator[str]:
    """Play the histories of a file, count what is answered and left out, and give what differs."""
    begin = {"do": "begin"} | {name: told[name] for name in ("level", "rulebooks") if name in told}
    for history in told["histories"]:
        opening = told["openings"][history["opening"]][: history["first"]] if "opening" in history else []
        for number, step in enumerate([begin, *opening, *history["steps"]]):
            request = step | ({"form": told["forms"][step["form"]]} if isinstance(step.get("form"), str) else {})
            expected, answer = request.pop("expect", {}), ask(request)
            left_out = answer.get("left_out")
            missing = [f"not shown: {name}" for name in expected if name not in answer]
            counted.update([f"left out: {step['do']}"] if left_out else ["answered", *missing])
            wrong = [] if left_out else differences(expected, {"accepted": "not said"} | answer)
            if wrong:
                yield "\n  ".join((f"{told['file']}: {history['name']}, step {number}: {json.dumps(step)}", *wrong))
            # Messages are expected of facts that are accepted: without one of these nobody can go on.
            if wrong or (left_out and (step is begin or "messages" in expected)):
                break


if __name__ == "__main__":
    counted = Counter()
    pipe = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(request: dict) -> dict:
        """The answer to a request."""
        with suppress(BrokenPipeError):
            print(json.dumps(request), file=pipe.stdin, flush=True)
        return json.loads(pipe.stdout.readline() or sys.exit(f"no answer to {request}"))

    wrong = [found for told in documents(int(sys.argv[1])) for found in play(told, ask, counted)]
    pipe.communicate()
    print(*wrong, *(f"{name}: {count}" for name, count in sorted(counted.items())), f"wrong: {len(wrong)}", sep="\n")
    sys.exit(1 if wrong else 0)
