"""Drives an implementation by the vectors: `python runner.py LEVEL COMMAND...`; `docs/vectors.md` tells the rest."""

import json
import subprocess
import sys
from collections import Counter, abc
from contextlib import suppress
from pathlib import Path


def documents(level: int) -> list[dict]:
    """The files of a level, and those of every level, with their names: all that the newest version has."""
    files = {file.name: json.loads(file.read_text("utf-8")) for file in Path(__file__).parent.glob("*.json")}
    _, newest = max(files["versions.json"].items(), key=lambda version: int(version[0]))
    return [{"file": name} | files[name] for name in sorted(newest) if files[name]["level"] in {None, level}]


def differences(expected: object, found: object, counted: Counter, place: str = "") -> list[str]:
    """What of an answer differs from what is expected; fields that it does not have, at any depth, are only counted."""
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        expected, found = dict(enumerate(expected)), dict(enumerate(found))
    if isinstance(expected, dict) and isinstance(found, dict):
        counted.update(f"not shown: {f'{place}.{it}'[1:]}" for it in expected if it not in found)
        both = {it: (expected[it], found[it]) for it in expected if it in found}
        return [one for it, pair in both.items() for one in differences(*pair, counted, f"{place}.{it}")]
    return [] if expected == found else [f"{place}: expected {json.dumps(expected)}, found {json.dumps(found)}"]


def play(told: dict, ask: abc.Callable[[dict], dict], counted: Counter) -> abc.Iterator[str]:
    """Play the histories of a file, count what is answered and left out, and give what differs."""
    begin = {"do": "begin"} | {name: told[name] for name in ("level", "rulebooks") if name in told}
    for history in told["histories"]:
        opening = told["openings"][history["opening"]][: history["first"]] if "opening" in history else []
        for number, step in enumerate([begin, *opening, *history["steps"]]):
            request = step | ({"form": told["forms"][step["form"]]} if isinstance(step.get("form"), str) else {})
            expected, answer = request.pop("expect", {}), ask(request)
            left_out = answer.get("left_out")
            counted[f"left out: {step['do']}" if left_out else "answered"] += 1
            wrong = [] if left_out else differences(expected, {"accepted": "not said"} | answer, counted)
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
