"""Writes the parts of the documentation that follow from the library: rules, services, time limits, lifecycles, codes.

Run it after a change of the library: `python docs/generate.py`. A page keeps what stands outside of its marked regions;
`tests/project/test_documentation.py` fails while a region is not current.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

import spoken
from refusals import REFUSED, ROWS, outcome

import teleprocedures
from teleprocedures import EXPERT_2024_04_03, RULES, Adhesion, Lifecycle, Mandate, Row, Space, TimeLimit, catalogue
from teleprocedures.wording import ENGLISH, FRENCH
from teleprocedures.words import ENGLISH_WORDS, ERROR_CODES, FRENCH_WORDS

DOCS: Final = Path(__file__).parent
PACKAGE: Final = Path(teleprocedures.__file__).parent
REGION: Final = re.compile(
    r"(<!-- generated: (?P<name>[\w ]+) -->\n).*?(<!-- end of generated: (?P=name) -->)", re.DOTALL
)
LIMITS: Final = ("space_activation", "link_use", "services_activation", "mandate_use")
UNITS: Final = {"Hours": "elapsed hours", "CivilDays": "civil days", "CivilMonths": "calendar months"}
RULE_ID: Final = re.compile(r"(?<![\w.])(?:[0-3]\.\d+|A\d+|F\d+)(?![\w]|\.\d)")

GUARDS: Final = re.compile(r" \[[^]*]*\]")

# Where rules are looked for: the rooms that enforce them first, those that only tell of them last.
ROOMS: Final = ("cases", "forms", "core", "deadlines", "values", "rulebook", "portfolio", "shells", "codec")
TELLING: Final = ("shells/_portal.py", "portfolio/_plan.py")
MOST_PLACES: Final = 8


def table(head: tuple[str, ...], *rows: tuple[str, ...]) -> str:
    """A table in Markdown."""
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


# --- Rules, and where they are enforced -------------------------------------------------------------------------------

Place = tuple[str, str]
"""A file of the package, and a name in it."""


def citations(tree: ast.AST, path: str) -> Iterator[tuple[str, Place, bool]]:
    """Each rule that a module names, where, and whether by its code rather than by a docstring."""
    ids = {rule.id for rule in RULES}

    def walk(node: ast.AST, name: tuple[str, ...]) -> Iterator[tuple[str, Place, bool]]:
        for child in ast.iter_child_nodes(node):
            inner = name
            match child:
                case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef():
                    inner = (*name, child.name)
                    for id in RULE_ID.findall(ast.get_docstring(child) or ""):
                        yield id, (path, ".".join(inner)), False
                case ast.Assign(targets=[ast.Name(id=target)]) | ast.AnnAssign(target=ast.Name(id=target)) if not name:
                    inner = (target,)
                case ast.Expr(value=ast.Constant()):
                    continue  # a docstring: told with what it documents
                case ast.Constant(value=str() as text) if text in ids and name:
                    yield text, (path, ".".join(name)), True
            yield from walk(child, inner)

    return walk(tree, ())


def enforced() -> dict[str, tuple[Place, ...]]:
    """Where each rule is enforced, found in the code: what cites it by its id, then what says so in its docstring."""
    by_code: defaultdict[str, dict[Place, None]] = defaultdict(dict)
    by_text: defaultdict[str, dict[Place, None]] = defaultdict(dict)
    for room in ROOMS:
        for file in sorted((PACKAGE / room).rglob("*.py")):
            path = file.relative_to(PACKAGE).as_posix()
            for id, place, in_code in citations(ast.parse(file.read_text("utf-8")), path):
                if place[1] != "RULES":  # the rules themselves
                    (by_code if in_code else by_text)[id].setdefault(place)
    found: dict[str, tuple[Place, ...]] = {}
    for rule in RULES:
        every = dict.fromkeys((*by_code[rule.id], *by_text[rule.id]))
        enforcing = [place for place in every if place[0] not in TELLING or place in by_code[rule.id]]
        found[rule.id] = tuple((enforcing or list(every))[:MOST_PLACES])
    return found


def _places(places: tuple[Place, ...]) -> str:
    order = sorted(places, key=lambda place: places.index(next(it for it in places if it[0] == place[0])))
    return "<br>".join(
        f"`{path}`: {', '.join(f'`{name}`' for _, name in names)}"
        for path, names in groupby(order, key=lambda place: place[0])
    )


def rules() -> str:
    """Every rule, and what a refusal says."""
    rows = ((row.rule, EXPERT_2024_04_03.rule(row.rule).title, outcome(row)) for row in ROWS)
    return table(("Rule", "What it says", "What a refusal says"), *rows)


def places() -> str:
    """Where each rule is enforced, for those who change the library."""
    return table(("Rule", "Where it is enforced"), *((id, _places(found)) for id, found in enforced().items()))


# --- What the rulebook says -------------------------------------------------------------------------------------------


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
            limit.rule,
            _duration(limit),
            ", ".join(map(str, limit.reminders)) or "none",
            limit.past,
        )
        for name, limit in named.items()
    )
    return table(("Time limit", "Set by", "Lasts", "Reminders ahead of the end", "Once past"), *rows)


# --- Lifecycles -------------------------------------------------------------------------------------------------------


def _row(row: Row) -> tuple[str, ...]:
    guards = "<br>".join(f"`{guard.__name__}`" for guard in row.guards)
    stays = row.source is row.dest
    return (
        f"`{row.trigger}`",
        f"`{row.source}`",
        "the same" if stays else f"`{row.dest}`",
        "nothing: it asks" if row.makes is None else f"`{row.makes.__name__}`",
        guards,
        row.corrects or "",
    )


def lifecycle(one: Lifecycle) -> str:
    """The diagram of a lifecycle, its states with what they advise, its rows, and its guards in their own words."""
    # The engine's front matter is left out: MyST would take it for options of the directive.
    head, _, drawn = one.to_mermaid().rpartition("---\n")[2].partition("  direction LR\n")
    arrows = (f"from {row.source} by {row.trigger} to {row.dest}" for row in one.rows if row.source is not row.dest)
    # Told where it cannot be seen; drawn from top to bottom, as wide as a phone, with its guards in the table below.
    said = f"  accTitle: The lifecycle {one.name}\n  accDescr: {'; '.join(arrows)}\n  direction TB\n"
    diagram = f"{head}{said}{GUARDS.sub('', drawn).replace(' | ', '<br>')}"
    states = (
        (
            f"`{state}`",
            one.cites(state),
            "yes" if state in one.running else "",
            "yes" if state in one.terminal else "",
            "<br>".join(
                f"{ENGLISH_WORDS.name('actor', it.actor)}: `{it.action}` ({it.rule})" for it in one.advice(state)
            ),
        )
        for state in one.states
    )
    guards = dict.fromkeys(guard for row in one.rows for guard in row.guards)
    words = ((guard.__name__, " ".join((guard.__doc__ or "").split())) for guard in guards)
    return "\n".join(
        (
            f"```mermaid\n{diagram}```\n",
            table(("State", "Cites", "Time limit runs", "Terminal", "Advises"), *states),
            table(("On", "From", "To", "Makes", "If", "Corrects, by"), *map(_row, one.rows)),
            table(("Guard", "What it asks"), *((f"`{guard}`", said.removeprefix("Guard: ")) for guard, said in words)),
        )
    )


# --- Errors -----------------------------------------------------------------------------------------------------------


def _in_both(code: str) -> tuple[str, str]:
    """The words of a code in English and in French, with its facts in braces."""
    return f"`{ENGLISH_WORDS.words[code]}`", f"`{FRENCH_WORDS.words[code]}`"


def refusals() -> str:
    """Every code of a refusal: who raises it, under which rules, from which verbs, and its words."""
    rows = (
        (f"`{it.code}`", f"`{it.error}`", it.rules, ", ".join(f"`{verb}`" for verb in it.verbs), *_in_both(it.code))
        for it in REFUSED
    )
    return table(("Code", "Error", "Rules", "Of", "In English", "In French"), *rows)


def bad_values() -> str:
    """Every other code of an error, with its words."""
    codes = sorted(ERROR_CODES - {it.code for it in REFUSED})
    return table(("Code", "In English", "In French"), *((f"`{code}`", *_in_both(code)) for code in codes))


# --- Examples ---------------------------------------------------------------------------------------------------------


def delegation() -> str:
    """What the example of a host's own lifecycle prints; run apart, for it registers its kind of case."""
    program = DOCS / "examples" / "delegation" / "delegation.py"
    run = [sys.executable, program]
    printed = subprocess.run(run, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own program
    return f"```console\n$ python docs/examples/delegation/delegation.py\n{printed.rstrip()}\n```\n"


REGIONS: Final[dict[str, Callable[[], str]]] = {
    "rules": rules,
    "services": services,
    "limits": limits,
    "places": places,
    "refusals": refusals,
    "bad values": bad_values,
    "delegation": delegation,
    "words in English": lambda: spoken.page(ENGLISH),
    "words in French": lambda: spoken.page(FRENCH),
    # Those that are shipped, whatever a host has registered besides.
    **{
        f"lifecycle {one.name}": lambda one=one: lifecycle(one)
        for kind in (Space, Adhesion, Mandate)
        for one in kind.lifecycles
    },
}


def generated(text: str) -> str:
    """A page's text with each of its regions made anew; `KeyError` for one that has no generator."""
    return REGION.sub(lambda found: f"{found[1]}\n{REGIONS[found['name']]()}\n{found[3]}", text)


def pages() -> Iterator[Path]:
    """The pages that have generated regions."""
    return (
        path
        for path in sorted(DOCS.rglob("*.md"))
        if "_build" not in path.parts and REGION.search(path.read_text("utf-8"))
    )


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
