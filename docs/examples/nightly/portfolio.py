"""Reads a firm's portfolio: one request a row, with the dates of what happened to it.

The file is a table of any kind that `tables.py` reads. Headings are known in French and in English, in whatever case,
with accents or without; other columns are the firm's own. A row that is wrong is told with its line, its company, its
column and the reason, and the others are read. Instants are Paris civil time (`03/02/2026 14:30`) unless they bear an
offset; the letter has a date. An empty cell: it has not happened.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import attrs
from printable import of_sheet_cell, printable, quoted
from tables import UnreadableError, rows_of
from words import Reason, SaidError

from teleprocedures import CATALOGUE, AdhesionForm, Applicant, InvalidFormError

PARIS: Final = ZoneInfo("Europe/Paris")

FIELDS: Final = {
    "organisation": "siren_or_file_number",
    "services": "services",
    "company_email": "company_email",
    "bank_accounts": "iban",
    "applicant": "third_party",
    "legal_representative": "legal_representative",
    "company_name": "company",
}
"""The fields of the form, and the columns that they come from."""

INSTANTS: Final = (
    "requested",
    "link_used",
    "code_entered",
    "mandate_issued",
    "mandate_signed",
    "mandate_sent",
    "mandate_registered",
)
COLUMNS: Final = ("company", *list(FIELDS.values())[:-1], *INSTANTS[:2], "letter_dated", *INSTANTS[2:])
NEEDED: Final = ("company", "siren_or_file_number", "services", "third_party", "requested")
"""What a file has a column for, if it is a portfolio; without one of the others, nothing of it has happened."""
HEADINGS: Final[Mapping[str, str]] = {
    "company": "entreprise, client, société, raison sociale, dénomination, nom",
    "siren_or_file_number": "SIREN ou identifiant de dossier, SIREN, n° SIREN, numéro SIREN, identifiant de dossier",
    "services": "services, service, services demandés",
    "company_email": "courriel, courriel de l'entreprise, e-mail, email, mail, adresse électronique",
    "iban": "IBAN, compte, compte bancaire",
    "third_party": "tiers, demandé par un tiers, cabinet",
    "legal_representative": "représentant légal, dirigeant, gérant",
    "requested": "demandé le, demande, date de la demande, demande du",
    "link_used": "lien utilisé le, lien utilisé",
    "letter_dated": "courrier édité le, édité le, courrier daté du, date du courrier",
    "code_entered": "code saisi le, code saisi",
    "mandate_issued": "mandat édité le, mandat édité",
    "mandate_signed": "mandat signé le, mandat signé",
    "mandate_sent": "mandat transmis le, mandat transmis, mandat envoyé le",
    "mandate_registered": "mandat enregistré le, mandat enregistré",
}
"""What each column may be called in French, besides its own name; the first is how the documentation calls it."""
LONGEST_NAME: Final = 200
YEARS: Final = range(2000, 2100)
APPLICANTS: Final = dict.fromkeys(("yes", "oui", "o", "x", "vrai", "true", "1"), Applicant.THIRD_PARTY)
APPLICANTS |= dict.fromkeys(("no", "non", "n", "faux", "false", "0"), Applicant.REPRESENTATIVE)
ALL: Final = "(all)"
"""In the place of a column, for what is wrong with a row as a whole."""


AnyDate = TypeVar("AnyDate", bound=date)


class NoDateError(SaidError, ValueError):
    """A text is no date, or no instant, that a portfolio can have."""


@attrs.frozen
class Wrong:
    """What is wrong with one row: its line in the file, its column, and why.

    `why` is what said so, for `words.explained`: a problem of a form, an error, a bad row of the store, or a `Reason`.
    A line of 0 is none of the file's. `company` is the name in the row, if it has one.
    """

    line: int
    column: str
    why: object
    company: str = ""


@attrs.frozen(kw_only=True)
class Entry:
    """One row: the company's name, the form of its request, and when each thing happened (UTC), by column."""

    line: int
    company: str
    form: AdhesionForm
    requested: datetime
    letter_dated: date | None
    instants: Mapping[str, datetime]

    @property
    def case_id(self) -> str:
        """The id of the request: the same row always makes the same one."""
        return f"{self.form.organisation}-{self.requested:%Y%m%dT%H%M%S}"


@attrs.frozen(kw_only=True)
class Book:
    """What a file says: its entries, the first requested first, and what is wrong with the other rows.

    `headings` are those of the file, by column, as they stand there; `unread` are those that nobody knows.
    """

    entries: Sequence[Entry]
    wrong: list[Wrong]
    headings: Mapping[str, str]
    unread: Sequence[str]


def read_portfolio(path: Path) -> Book:
    """The entries of a file, the first requested first, and what is wrong with the other rows.

    Raises `UnreadableError` for what is no table, without a column that is needed, or with two of one name.
    """
    rows = rows_of(path)
    _, titles = next(rows)
    if isinstance(titles, Reason):
        raise UnreadableError("file.no_csv", file=str(path), line="1")
    columns = [column_of(title) for title in titles]
    _check(path, titles, columns)
    named = [(column, title) for column, title in zip(columns, titles, strict=True) if title.strip()]
    entries: dict[str, Entry] = {}
    wrong: list[Wrong] = []
    for line, cells in rows:
        entry = _entry(line, _row(columns, cells), wrong)
        if entry is None:
            continue
        first = entries.setdefault(entry.case_id, entry)
        if first is not entry:
            repeated = Reason("row.repeated", {"first": str(first.line)})
            wrong.append(Wrong(line, "requested", repeated, entry.company))
    return Book(
        entries=sorted(entries.values(), key=lambda entry: (entry.requested, entry.case_id)),
        wrong=wrong,
        headings={column: printable(title.strip(), longest=LONGEST_NAME) for column, title in named if column},
        unread=[printable(title.strip(), longest=LONGEST_NAME) for column, title in named if not column],
    )


def folded(text: str) -> str:
    """A text as headings are compared: without accents, cases and signs."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("n°", "n"))
    return " ".join(re.findall(r"[a-z0-9]+", "".join(char for char in plain if not unicodedata.combining(char))))


KNOWN: Final = {folded(name): column for column, names in HEADINGS.items() for name in (column, *names.split(", "))}
TAXES: Final = {
    folded(name): service.code
    for service in CATALOGUE.services
    for name in (service.code, service.title, *([service.code.removeprefix("payer-")] if service.pays else ()))
}
"""What services are called in a cell: by their codes, as the site has them, or by the tax alone."""


def column_of(title: str) -> str:
    """The column that a heading is for, or an empty text."""
    return KNOWN.get(folded(title), "")


def _check(path: Path, titles: Sequence[str], columns: Sequence[str]) -> None:
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        found = [quoted(title.strip()) for title in titles if title.strip()]
        raise UnreadableError("file.columns", file=str(path), columns=missing, found=found)
    names = [column or title for column, title in zip(columns, titles, strict=True)]
    counts = Counter(names)
    twice = [
        printable(title, longest=LONGEST_NAME)
        for name, title in zip(names, titles, strict=True)
        if name and counts[name] > 1
    ]
    if twice:
        raise UnreadableError("file.columns_twice", file=str(path), columns=list(dict.fromkeys(twice)))


def _row(columns: Sequence[str], cells: Sequence[str] | Reason) -> Mapping[str, str] | Reason:
    """The cells of a row, by column; empty ones beyond the last column are a spreadsheet's."""
    if isinstance(cells, Reason):
        return cells
    if len(cells) < len(columns):
        return Reason("cells.fewer")
    if any(cell.strip() for cell in cells[len(columns) :]):
        return Reason("cells.more")
    return dict.fromkeys(COLUMNS, "") | dict(zip(columns, cells, strict=False))


def _entry(line: int, row: Mapping[str, str] | Reason, wrong: list[Wrong]) -> Entry | None:
    """The entry of a row, or None once all that is wrong with it is noted."""
    if isinstance(row, Reason):
        wrong.append(Wrong(line, ALL, row))
        return None
    cell = {column: of_sheet_cell(row[column].strip()) for column in COLUMNS}
    company = printable(cell["company"], longest=LONGEST_NAME)
    found: list[tuple[str, object]] = [
        (name, Reason("cell.missing")) for name in ("company", "requested") if not cell[name]
    ]
    form = _form(cell, found)
    moments: dict[str, datetime] = {}
    for column in INSTANTS:
        try:
            moments |= {column: paris_instant(cell[column])} if cell[column] else {}
        except NoDateError as error:
            found.append((column, error))
    letter = None
    try:
        letter = civil_date(cell["letter_dated"]) if cell["letter_dated"] else None
    except NoDateError as error:
        found.append(("letter_dated", error))
    if form is None or found:
        wrong += [Wrong(line, column, why, company) for column, why in found]
        return None
    return Entry(
        line=line,
        company=cell["company"],
        form=form,
        requested=moments.pop("requested"),
        letter_dated=letter,
        instants=moments,
    )


def _form(cell: Mapping[str, str], found: list[tuple[str, object]]) -> AdhesionForm | None:
    third_party = folded(cell["third_party"])
    if third_party not in APPLICANTS:
        key = "third_party.unknown" if third_party else "third_party.missing"
        found.append(("third_party", Reason(key, {"value": quoted(cell["third_party"])})))
    data = {
        "organisation": cell["siren_or_file_number"],
        "services": services_of(cell["services"]),
        "company_email": cell["company_email"] or None,
        "bank_accounts": [cell["iban"]] if cell["iban"] else [],
        "applicant": APPLICANTS.get(third_party, Applicant.REPRESENTATIVE),
        "legal_representative": cell["legal_representative"] or None,
        "company_name": printable(cell["company"], longest=LONGEST_NAME) or None,
    }
    try:
        return AdhesionForm.from_mapping(data)
    except InvalidFormError as error:
        found += [(FIELDS.get(problem.path.partition("[")[0], ALL), problem) for problem in error.problems]
        return None


def services_of(cell: str) -> list[str]:
    """The codes of the services in a cell, however they are set apart; what is no service's name stays as it is."""
    found = []
    for piece in re.split(r"[,;/|+\n]+", cell):
        if folded(piece) in TAXES:
            found.append(TAXES[folded(piece)])
        else:
            names = re.findall(r"(?:payer|consulter(?:\s+avis)?)\s+\S+|\S+", piece, re.IGNORECASE)
            found += [TAXES.get(folded(name), name) for name in names]
    return found


def civil_date(text: str) -> date:
    """A date from `2026-02-03` or `03/02/2026`; raises `NoDateError` for another text, or a year of no request."""
    try:
        read = date.fromisoformat(_as_iso(text))
    except ValueError:
        raise NoDateError("date.malformed", value=quoted(text), example="03/02/2026") from None
    return _plausible(read)


def _as_iso(text: str) -> str:
    """A French date, or date with its hour, as ISO has it; any other text as it is."""
    found = re.fullmatch(
        r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:(?:\s+à)?[\sT]+(\d{1,2})\s?[:hH]\s?(\d{2})?(?::(\d{2}))?)?",
        text,
        re.ASCII,
    )
    if found is None:
        return text
    day, _, month, year, hour, minute, second = found.groups()
    of_day = f"{int(year) + 2000 if len(year) == 2 else int(year):04}-{int(month):02}-{int(day):02}"
    return of_day if hour is None else f"{of_day} {int(hour):02}:{minute or '00'}:{second or '00'}"


def _plausible(read: AnyDate) -> AnyDate:
    # A year that is mistyped is told here, before limits are counted from it.
    if read.year not in YEARS:
        raise NoDateError("date.implausible", year=str(read.year), first=str(YEARS[0]), last=str(YEARS[-1]))
    return read


def paris_instant(text: str) -> datetime:
    """An instant (UTC) from `2026-02-03 14:30` or `03/02/2026 14:30`, in Paris civil time unless it bears an offset.

    Raises `NoDateError` for another text, a date without a time, a time that clocks in Paris skip or read twice.
    """
    try:
        read = datetime.fromisoformat(_as_iso(text))
    except ValueError:
        read = None
    if read is None or len(_as_iso(text)) <= len("2026-02-03"):
        raise NoDateError("moment.malformed", value=quoted(text), example="03/02/2026 14:30")
    if _plausible(read).tzinfo is not None:
        return read.astimezone(UTC)
    here = read.replace(tzinfo=PARIS)
    if here.utcoffset() != here.replace(fold=1).utcoffset():
        raise NoDateError("moment.not_one", value=text)
    return here.astimezone(UTC)
