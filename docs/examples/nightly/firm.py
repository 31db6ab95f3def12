"""The firm, its lead times and the taxes that it watches, from `teleprocedures.toml` beside the portfolio.

What is wrong in that file is told with its line. Keys that nobody knows are wrong: a misspelt one would do nothing.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import attrs
from coming import Tax
from portfolio import NoDateError, plausible
from printable import printable, quoted
from tables import regular_file
from words import Reason, SaidError

from teleprocedures import CATALOGUE, InvalidFormError, InvalidValueError, LeadTimes, SpaceForm

NAME: Final = "teleprocedures.toml"
SHIPPED: Final = Path(__file__).with_name(NAME)
LARGEST: Final = 1 << 16
"""How many bytes the file may have."""
LONGEST_LINE: Final = 1000
"""How many letters a line may have: of thousands of names in a row, TOML takes minutes."""
LEADS: Final = {"courrier": "letter", "entreprise": "company", "banque": "bank"}
FIELDS: Final = {
    "email": ("courriel",),
    "organisation": ("siren",),
    "first_name": ("responsable", "prenom"),
    "last_name": ("responsable", "nom"),
    "contact.phone": ("telephone",),
    "contact.street": ("adresse", "rue"),
    "contact.postal_code": ("adresse", "code_postal"),
    "contact.city": ("adresse", "ville"),
}
"""The fields of the firm's form, and where each stands under `cabinet`."""
ELSEWHERE: Final = "held on the portal"
Tables = Mapping[str, Any]


class WrongFirmError(SaidError):
    """The file of the firm cannot be used, and why; on which line, if it is one."""


@attrs.frozen(kw_only=True)
class FirmFile:
    """What the file says: the firm's name, the form of its space, its lead times, and what it has to pay."""

    path: Path
    name: str
    form: SpaceForm
    leads: LeadTimes
    taxes: Sequence[Tax]


def read_firm(path: Path) -> FirmFile:
    """The firm of a file; raises `WrongFirmError`, with the line of what is wrong, if something is."""
    text = _text(path)
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # brackets within brackets without an end are no TOML either
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else 1 + text.count("\n")
        why = _of_a_line("".join(text.splitlines()[line - 1 : line]))
        raise WrongFirmError("firm.line", file=str(path), line=str(line), why=why) from None

    def wrong(keys: Sequence[str], why: object) -> WrongFirmError:
        return WrongFirmError("firm.wrong", file=str(path), line=str(_line(text, keys)), key=".".join(keys), why=why)

    for keys, expected in _unknown(tables):
        raise wrong(keys, Reason("firm.unknown", {"expected": tuple(sorted(expected))}))
    firm = tables.get("cabinet", {})
    try:
        form = SpaceForm.from_mapping(_form(firm))
    except InvalidFormError as error:
        problem = error.problems[0]
        # What is masked for others is shown to whoever typed it.
        typed, facts = _typed(firm, FIELDS.get(problem.path, ())), dict(problem.facts)
        if "**" in str(facts.get("value")):
            facts["value"] = printable(typed, longest=60)
        raise wrong(("cabinet", *FIELDS.get(problem.path, ())), attrs.evolve(problem, facts=facts)) from None
    leads = tables.get("delais", {})
    try:
        times = LeadTimes(**{LEADS[key]: days for key, days in leads.items()})
    except InvalidValueError as error:
        name = next(key for key, field in LEADS.items() if field == error.facts.get("name"))
        raise wrong(("delais", name), Reason("firm.no_days", error.facts)) from None
    taxes = []
    for code, days in tables.get("impots", {}).items():
        for day in days if isinstance(days, list) else [days]:
            if not isinstance(day, date) or isinstance(day, datetime):
                raise wrong(("impots", code), Reason("date.malformed", {"value": quoted(day), "example": "2026-12-15"}))
            taxes.append(_tax(code, day, wrong))
    return FirmFile(path=path, name=printable(firm.get("nom", "")), form=form, leads=times, taxes=taxes)


def _text(path: Path) -> str:
    try:
        with regular_file(path) as (file, size):
            if size > LARGEST:
                raise WrongFirmError("firm.too_large", file=str(path), most=str(LARGEST >> 10))
            found = file.read(LARGEST)
        text = found.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = str(1 + error.object[: error.start].count(b"\n"))
        raise WrongFirmError("firm.not_utf_8", file=str(path), line=line) from None
    except OSError:
        raise WrongFirmError("firm.not_read", file=str(path)) from None
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST_LINE:
            why = Reason("firm.line_too_long", {"most": str(LONGEST_LINE)})
            raise WrongFirmError("firm.line", file=str(path), line=str(number), why=why)
    return text


def _form(firm: Tables) -> dict[str, Any]:
    data: dict[str, Any] = {"password": ELSEWHERE, "security_question": ELSEWHERE, "security_answer": ELSEWHERE}
    data["contact"] = {}
    for field, keys in FIELDS.items():
        value = _typed(firm, keys)
        if value is not None:
            place, _, name = field.rpartition(".")
            (data[place] if place else data)[name] = value
    return data


def _typed(firm: Tables, keys: Sequence[str]) -> Any:
    """What stands under these keys, or None."""
    value: Any = firm
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _unknown(tables: Tables) -> Iterator[tuple[Sequence[str], set[str]]]:
    """Where keys stand that mean nothing, and which would mean something there."""
    known: dict[str, set[str]] = {"cabinet": {"nom"} | {keys[0] for keys in FIELDS.values()}, "delais": {*LEADS}}
    for name, table in tables.items():
        if name not in {*known, "impots"} or not isinstance(table, Mapping):
            yield (name,), {*known, "impots"}
            continue
        yield from (((name, key), known[name]) for key in table if key not in known.get(name, table))
        for key, inner in table.items():
            if name == "cabinet" and isinstance(inner, Mapping):
                inside = {keys[1] for keys in FIELDS.values() if keys[0] == key and keys[1:]}
                yield from (((name, key, it), inside) for it in inner if it not in inside)


def _of_a_line(line: str) -> Reason:
    """What is wrong with a line that is no TOML, as far as people are likely to have meant something."""
    for name in re.findall(r"(?:^|[\[{,])\s*([^\s=\"',\[\]{}#]+)\s*(?=[=\]])", line):
        if not name.isascii():
            plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
            return Reason("firm.accent", {"value": quoted(name), "expected": quoted(plain)})
    if day := re.search(r"=\s*\[?[^#\"]*?(\d{4}-\d{2}-\d{2})", line):
        return Reason("date.not_there", {"value": quoted(day[1])})
    if day := re.search(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", line):
        iso = f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"
        return Reason("date.malformed", {"value": quoted(day[0]), "example": iso})
    return Reason("firm.no_toml")


def _tax(code: str, day: date, wrong: Any) -> Tax:
    try:
        service = CATALOGUE.find(code)
    except InvalidValueError as error:
        raise wrong(("impots", code), error) from None
    if not service.pays:
        paying = tuple(it.code for it in CATALOGUE.services if it.pays)
        raise wrong(("impots", code), Reason("pay_by.not_a_payment", {"service": service.code, "expected": paying}))
    try:
        return Tax(service=service, day=plausible(day))
    except NoDateError as error:
        raise wrong(("impots", code), error) from None


def _line(text: str, keys: Sequence[str]) -> int:
    """The line on which the last of these keys is set, or that of its table where it is missing."""
    table, *rest = keys
    best, inside, lines = 0, False, text.splitlines() or [""]
    names = "|".join(map(re.escape, rest or [table]))
    sets = re.compile(rf"""\s*["']?({names})["']?\s*[.=]""")
    for number, line in enumerate(lines, 1):
        if header := re.match(r"\s*\[+\s*([^\]]*?)\s*\]+", line):
            name = header[1].replace('"', "").replace(" ", "")
            inside = name.split(".")[0] == table
            if inside and (not best or name == ".".join(keys[:2])):
                best = number
        elif (inside or not rest) and sets.match(line):
            best = number
    return best or len(lines)
