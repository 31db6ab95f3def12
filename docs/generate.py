"""Writes the parts of the documentation that follow from the library: rules, services, time limits, lifecycles.

Run it after a change of the library: `python docs/generate.py`. A page keeps what stands outside of its marked regions;
`tests/test_documentation.py` fails while a region is not current.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from refusals import ROWS, shown

from teleprocedures import (
    EXPERT_2024_04_03,
    LIFECYCLES,
    RULES,
    Activation,
    Adhesion,
    Lifecycle,
    Mandate,
    Space,
    TimeLimit,
    catalogue,
)

DOCS: Final = Path(__file__).parent
REGION: Final = re.compile(
    r"(<!-- generated: (?P<name>[\w ]+) -->\n).*?(<!-- end of generated: (?P=name) -->)", re.DOTALL
)
LIMITS: Final = ("space_activation", "link_use", "services_activation", "mandate_use")
UNITS: Final = {"Hours": "elapsed hours", "CivilDays": "civil days", "CivilMonths": "calendar months"}


def table(head: tuple[str, ...], *rows: tuple[str, ...]) -> str:
    """A table in Markdown."""
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def rules() -> str:
    """Every rule, where it is enforced, and what a refusal says."""
    titles = {rule.id: rule.title for rule in RULES}
    rows = ((row.rule, titles[row.rule], "<br>".join(f"`{name}`" for name in row.where), shown(row)) for row in ROWS)
    return table(("Rule", "What it says", "Where it is enforced", "What a refusal says"), *rows)


def services() -> str:
    """The catalogue, with the constant of each service and what it asks for."""
    constants = {value: name for name, value in vars(catalogue).items() if isinstance(value, catalogue.Service)}
    rows = (
        (
            f"`{service.code}`",
            f"`{constants[service]}`",
            service.title,
            "yes" if service.needs_company_email else "",
            "yes" if service.pays else "",
            "yes" if service.needs_mandate else "",
            "yes" if service.open_to_file_number else "",
        )
        for service in catalogue.CATALOGUE.values()
    )
    head = (
        "Code",
        "Constant",
        "Title",
        "Company's e-mail (2.7)",
        "Bank details (2.13)",
        "Mandate (2.14)",
        "With a file number (2.3)",
    )
    return table(head, *rows)


def _duration(limit: TimeLimit) -> str:
    unit = UNITS[type(limit.duration).__name__]
    zone = getattr(limit.duration, "zone", None)
    return f"{limit.duration.count} {unit}{f', {zone}' if zone else ''}"


def limits() -> str:
    """The time limits of the rulebook, with their reminders."""
    named = {name: getattr(EXPERT_2024_04_03, name) for name in LIMITS}
    rows = (
        (
            f"`{name}`",
            str(limit.rule),
            _duration(limit),
            ", ".join(map(str, limit.reminders)) or "none",
            str(limit.past),
        )
        for name, limit in named.items()
    )
    return table(("Time limit", "Set by", "Lasts", "Reminders ahead of the end", "Once past"), *rows)


GUARDED: Final[dict[str, type]] = {"space": Space, "adhesion": Adhesion, "activation": Activation, "mandate": Mandate}


def lifecycle(one: Lifecycle) -> str:
    """The diagram of a lifecycle, its terminal states, and its guards in their own words."""
    # The engine's front matter is left out: MyST would take it for options of the directive.
    diagram = one.to_mermaid().rpartition("---\n")[2]
    guards = dict.fromkeys(guard.lstrip("!") for *_, names in one.transitions for guard in names)
    words = ((guard, " ".join(getattr(GUARDED[one.name], guard).__doc__.split())) for guard in guards)
    terminal = ", ".join(f"`{state}`" for state in one.states if state in one.terminal)
    return f"```mermaid\n{diagram}```\n\nTerminal: {terminal}.\n\n" + table(
        ("Guard", "What it asks"), *((f"`{guard}`", said.removeprefix("Guard: ")) for guard, said in words)
    )


REGIONS: Final[dict[str, Callable[[], str]]] = {
    "rules": rules,
    "services": services,
    "limits": limits,
    **{f"lifecycle {name}": lambda one=one: lifecycle(one) for name, one in LIFECYCLES.items()},
}


def generated(text: str) -> str:
    """A page's text with each of its regions made anew; `KeyError` for one that has no generator."""
    return REGION.sub(lambda found: f"{found[1]}\n{REGIONS[found['name']]()}\n{found[3]}", text)


def pages() -> Iterator[Path]:
    """The pages that have generated regions."""
    return (path for path in sorted(DOCS.glob("*.md")) if REGION.search(path.read_text("utf-8")))


def main() -> int:
    """Write every page whose regions are not current; say which."""
    for path in pages():
        old = path.read_text("utf-8")
        new = generated(old)
        if new != old:
            path.write_text(new, "utf-8")
            print(f"written: {path.relative_to(DOCS.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
