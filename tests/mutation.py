"""The score of a run of `make mutants`, module by module, and which mutants survived."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

REACHED = 95.0
SURVIVED = (0, 33)  # the tests passed; no test runs the code


def main(folder: Path) -> int:
    """Print the score; the status says whether enough mutants were killed."""
    killed: Counter[str] = Counter()
    checked: Counter[str] = Counter()
    survivors: list[str] = []
    for path in sorted(folder.rglob("*.meta")):
        for mutant, code in json.loads(path.read_text("utf-8"))["exit_code_by_key"].items():
            if code is None:
                continue
            module = mutant.partition(".x")[0]
            checked[module] += 1
            killed[module] += code not in SURVIVED
            survivors += [mutant] if code in SURVIVED else []
    for module, count in sorted(checked.items()):
        print(f"{module:45} {killed[module]:5} of {count:5} killed")
    total = sum(checked.values())
    score = 100 * sum(killed.values()) / max(total, 1)
    print(f"{'mutation score':45} {score:5.1f} % of {total} mutants; {len(survivors)} survived:")
    print("\n".join(survivors))
    return int(score < REACHED)


if __name__ == "__main__":
    raise SystemExit(main(Path("mutants")))
