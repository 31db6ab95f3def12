"""Reads a firm's portfolio: one request a row, with the dates of what happened to it; or services held before.

The file is a table of any kind that `tables.py` reads. Headings are known in French and in English, in whatever case,
with accents or without; other columns are the firm's own. A cell that is wrong is told with its line, its company, its
column and the reason, and what else its row says is followed, as long as that is still a history. Instants are Paris
civil time (`03/02/2026 14:30`) unless they bear an offset. Where nobody noted the hour, a day will do (`03/02/2026`),
and the letter has one anyway. An empty cell: it has not happened.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import attrs
from printable import of_sheet_cell, printable, quoted
from tables import NoHeadingsError, UnreadableError, rows_of
from words import Reason, SaidError

from teleprocedures import (
    CATALOGUE,
    AdhesionForm,
    Applicant,
    BankAccount,
    InvalidFormError,
    InvalidValueError,
    KnownForm,
    Organisation,
    Problem,
    Service,
)
from teleprocedures import Reason as Reason_
from teleprocedures import organisation as to_organisation

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
TAKEN_OVER: Final = ("held_since", "last_collection", "closed")
"""What a file may have a column for of a clientele that was there before anybody followed it."""
REQUESTED: Final = ("company", *list(FIELDS.values())[:-1], *INSTANTS[:2], "letter_dated", *INSTANTS[2:])
COLUMNS: Final = (*REQUESTED, *TAKEN_OVER)
NEEDED: Final = ("company", "siren_or_file_number", "services")
EITHER: Final = ("requested", "held_since")
"""What a file has a column for, if it is a portfolio; without one of the others, nothing of it has happened."""
HEADINGS: Final[Mapping[str, str]] = {
    "company": "entreprise, client, société, raison sociale, dénomination, nom",
    "siren_or_file_number": (
        "SIREN ou identifiant de dossier, SIREN, n° SIREN, no SIREN, numéro SIREN, identifiant de dossier"
    ),
    "services": "services, service, services demandés, impôts",
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
    "held_since": "titulaire depuis, titulaire, obtenu le, détenu depuis, depuis",
    "last_collection": "dernier prélèvement, dernier prélèvement le",
    "closed": "clos, dossier clos, motif de clôture",
}
"""What each column may be called in French, besides its own name; the first is how the documentation calls it."""
LONGEST_NAME: Final = 200
YEARS: Final = range(2000, 2100)
APPLICANTS: Final = dict.fromkeys(("yes", "oui", "o", "x", "vrai", "true", "1"), Applicant.THIRD_PARTY)
APPLICANTS |= dict.fromkeys(("no", "non", "n", "faux", "false", "0"), Applicant.REPRESENTATIVE)
UNKNOWN: Final = frozenset({"oui", "yes", "o", "x", "", "inconnu", "unknown"})
"""What stands in the place of a day since which services are held, where nobody knows it."""
REASONS: Final = {
    "client parti": Reason_.CLIENT_LEFT,
    "parti": Reason_.CLIENT_LEFT,
    "societe radiee": Reason_.COMPANY_GONE,
    "radiee": Reason_.COMPANY_GONE,
    "cessation": Reason_.COMPANY_GONE,
    "autre titulaire": Reason_.ANOTHER_HOLDER,
    "autre cabinet": Reason_.ANOTHER_HOLDER,
    "doublon": Reason_.REPEATED,
    "erreur": Reason_.MISTAKE,
} | {str(reason).replace("_", " "): reason for reason in Reason_ if reason is not Reason_.OTHER}
"""Why a client is followed no more; any other text is the reason itself."""
ALL: Final = "(all)"
"""In the place of a column, for what is wrong with a row as a whole."""


AnyDate = TypeVar("AnyDate", bound=date)
Moment = datetime | date
"""When something happened: an instant (UTC), or a civil day in Paris of which nobody noted the hour."""
AnyValue = TypeVar("AnyValue")


class NoDateError(SaidError, ValueError):
    """A text is no date, or no instant, that a portfolio can have."""


@attrs.frozen
class Wrong:
    """What is wrong with one row: its line in the file, its column, and why.

    `why` is what said so, for `words.explained`: a problem of a form, an error, a bad row of the store, or a `Reason`.
    A line of 0 is none of the file's. `company` is the name in the row, or its number if it has none. The row is one of
    which nothing is followed where it `is_lost`; else this cell is left out, and the others count.
    """

    line: int
    column: str
    why: object
    company: str = ""
    is_lost: bool = False


@attrs.frozen(kw_only=True)
class Held:
    """One row of what a company held before anybody followed it: what is known of it, and None for what is not."""

    line: int
    company: str
    organisation: Organisation
    services: tuple[Service, ...]
    since: date | None
    applicant: Applicant | None
    account: BankAccount | None
    registered: date | None
    last_collection: date | None
    closed: str

    @property
    def called(self) -> str:
        """The company's name, or its number."""
        return self.company or str(self.organisation)

    @property
    def case_id(self) -> str:
        """The id of what is taken over: the same company and services always make the same one."""
        return f"{self.organisation}-held-{'+'.join(sorted(service.code for service in self.services))}"


@attrs.frozen(kw_only=True)
class Entry:
    """One row: the company's name, the form of its request, and when each thing happened, by column.

    That is an instant (UTC), or a civil day in Paris where the row has no hour (rule A22). The form is what is known of
    it where nobody knows the account (rule A19). A form of the portal has an applicant: where the row says none, the
    firm `is_assumed`.
    """

    line: int
    company: str
    form: AdhesionForm | KnownForm
    requested: Moment
    letter_dated: date | None
    instants: Mapping[str, Moment]
    last_collection: date | None = None
    closed: str = ""
    is_assumed: bool = False

    @property
    def called(self) -> str:
        """The company's name, or its number."""
        return self.company or str(self.form.organisation)

    @property
    def case_id(self) -> str:
        """The id of the request: the same row always makes the same one."""
        return f"{self.form.organisation}-{self.requested:%Y%m%dT%H%M%S}"


@attrs.frozen(kw_only=True)
class Book:
    """What a file says: its entries, the first requested first, and what is wrong with other cells and rows.

    `rows` is how many rows it has. `headings` are those of the file, by column, as they stand there; `unread` are those
    that nobody knows. Services that a row asks for and that are not followed are `left_out`, by company. Whoever
    plays the rows adds those that an earlier night left out.
    """

    rows: int
    entries: Sequence[Entry]
    held: Sequence[Held]
    wrong: list[Wrong]
    left_out: defaultdict[str, set[str]]
    headings: Mapping[str, str]
    unread: Sequence[str]


def read_portfolio(path: Path) -> Book:
    """The entries of a file, the first requested first, and what is wrong with the other rows.

    Raises `UnreadableError` for what is no table, without a column that is needed, or with two of one name.
    """
    rows = rows_of(path, lambda cells: len(_missing(cells)))
    try:
        _, titles = next(rows)
    except NoHeadingsError as error:
        raise _without_headings(path, error) from None
    assert not isinstance(titles, Reason), "headings are cells"
    columns = [column_of(title) for title in titles]
    _check(path, titles, columns)
    named = [(column, title) for column, title in zip(columns, titles, strict=True) if title.strip()]
    entries: dict[str, Entry | Held] = {}
    wrong: list[Wrong] = []
    left_out: defaultdict[str, set[str]] = defaultdict(set)
    count = 0
    for line, cells in rows:
        count += 1
        row = _row(columns, cells)
        entry = _entry(line, row, wrong)
        if not isinstance(row, Reason):
            _note_left_out(row, entry, left_out)
        if entry is None:
            continue
        first = entries.setdefault(entry.case_id, entry)
        if first is not entry:
            repeated = Reason("row.repeated", {"first": str(first.line)})
            column = "requested" if isinstance(entry, Entry) else "held_since"
            wrong.append(Wrong(line, column, repeated, entry.called))
    asked = [entry for entry in entries.values() if isinstance(entry, Entry)]
    return Book(
        rows=count,
        entries=sorted(asked, key=lambda entry: (first_of(entry.requested), entry.case_id)),
        held=[entry for entry in entries.values() if isinstance(entry, Held)],
        wrong=wrong,
        left_out=left_out,
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
CODES: Final = frozenset(TAXES.values())
PAYING: Final = frozenset(service.code for service in CATALOGUE.services if service.pays)
TAXES |= {
    folded(name): code
    for code, names in {
        "payer-tva": "TVA, taxe sur la valeur ajoutée, Déclarer / Payer la TVA",
        "payer-is": "impôt sur les sociétés, Déclarer / Payer l'Impôt sur les sociétés",
        "payer-ts": "taxe sur les salaires, Déclarer / Payer la Taxe sur les salaires",
        "payer-cvae": "CVAE, Déclarer / Payer la CVAE",
        "payer-pas": "prélèvement à la source, Payer prélèvement à la source",
        "payer-cfe": "cotisation foncière des entreprises",
        "payer-tf": "taxes foncières, taxe foncière",
    }.items()
    for name in names.split(", ")
}
"""What services are called in a cell: by their codes, as the site or this report has them, or by the tax alone."""
OF_A_CELL: Final = {"service.unknown": "services.unknown", "file_number.malformed": "company.malformed"}
"""What is said otherwise of a cell: services stand there by their names, and either number of a company."""
AROUND: Final = re.compile(
    r"""(?:="|(?:n[°o]\s*)?(?:siren|rcs|r\.c\.s\.)[^\d]*|fr\s*)(\d{3}\s?\d{3}\s?\d{3})"?""", re.IGNORECASE
)
"""A SIREN with what stands around it."""
WEEKDAYS: Final = frozenset(
    (
        *("le", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        *("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
    )
)
MONTHS: Final = {
    name: month
    for month, names in enumerate(
        (
            *("janvier janv jan", "fevrier fevr fev", "mars mar", "avril avr", "mai", "juin"),
            *("juillet juil jul", "aout aou", "septembre sept sep", "octobre oct", "novembre nov", "decembre dec"),
        ),
        1,
    )
    for name in names.split()
}
"""The months as people and spreadsheets write them in words, folded."""
FIRST_SERIAL: Final = date(1899, 12, 30)
"""Since when a spreadsheet counts the days that it keeps a date as."""


def column_of(title: str) -> str:
    """The column that a heading is for, or an empty text."""
    return KNOWN.get(folded(title), "")


def _missing(titles: Sequence[str]) -> list[str]:
    """The columns that a row lacks as headings."""
    columns = {column_of(title) for title in titles}
    missing = [column for column in NEEDED if column not in columns]
    return missing if columns & set(EITHER) else [*missing, EITHER[0]]


def _without_headings(path: Path, error: NoHeadingsError) -> UnreadableError:
    found = [quoted(title.strip()) for title in error.cells if title.strip()]
    sheets = [quoted(sheet) for sheet in error.sheets]
    code = "file.columns_of_sheets" if len(sheets) > 1 else "file.columns"
    return UnreadableError(code, file=str(path), columns=_missing(error.cells), found=found, sheets=sheets)


def _check(path: Path, titles: Sequence[str], columns: Sequence[str]) -> None:
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


def _entry(line: int, row: Mapping[str, str] | Reason, wrong: list[Wrong]) -> Entry | Held | None:
    """The entry of a row, without what is wrong with it, which is noted; None where nothing can be followed."""
    if isinstance(row, Reason):
        wrong.append(Wrong(line, ALL, row, is_lost=True))
        return None
    cell = {column: of_sheet_cell(row[column].strip()) for column in COLUMNS}
    company = printable(cell["company"] or cell["siren_or_file_number"], longest=LONGEST_NAME)
    found: list[tuple[str, object]] = []
    if not cell["company"]:
        found.append(("company", Reason("cell.missing")))
    read = _held if cell["held_since"] and not cell["requested"] else _asked
    made = read(line, cell, found)
    # Of a row that is closed nothing was to be followed: nothing is lost with it.
    is_lost = made is None and not cell["closed"]
    wrong += [Wrong(line, column, why, company, is_lost) for column, why in found]
    return made


def _note_left_out(row: Mapping[str, str], entry: Entry | Held | None, left_out: defaultdict[str, set[str]]) -> None:
    """Note the services that a row names and that are not followed of it."""
    followed: Sequence[Service] = ()
    if isinstance(entry, Entry):
        followed = entry.form.services
    elif entry is not None:
        followed = entry.services
    lost = set(services_of(of_sheet_cell(row["services"].strip()))) - {service.code for service in followed}
    if lost:
        try:
            left_out[str(to_company(of_sheet_cell(row["siren_or_file_number"].strip())))] |= lost
        except InvalidValueError:
            return  # nobody can say whose they are


def _asked(line: int, cell: Mapping[str, str], found: list[tuple[str, object]]) -> Entry | None:
    """A request, and what became of it."""
    moments: dict[str, Moment] = {}
    for column in INSTANTS:
        try:
            moments |= {column: moment(cell[column])} if cell[column] else {}
        except NoDateError as error:
            found.append((column, error))
    if not cell["requested"]:
        found.append(("requested", Reason("cell.missing")))
    letter = _day(cell, "letter_dated", found)
    last = _day(cell, "last_collection", found)
    applicant = _applicant(cell)
    is_proved = letter is not None or "code_entered" in moments
    form = _form(cell, applicant, found, is_link_proved=is_proved, is_link_used=is_proved or "link_used" in moments)
    is_assumed = applicant is None and isinstance(form, AdhesionForm)
    if applicant is None:
        found.append(("third_party", _no_applicant(cell, "third_party_assumed" if is_assumed else "third_party")))
    requested = moments.pop("requested", None)
    if form is None or requested is None:
        return None
    return Entry(
        line=line,
        company=cell["company"],
        form=form,
        requested=requested,
        letter_dated=letter,
        instants=moments,
        last_collection=last,
        closed=cell["closed"],
        is_assumed=is_assumed,
    )


def _held(line: int, cell: Mapping[str, str], found: list[tuple[str, object]]) -> Held | None:
    """Services that are held already, and the mandate, as far as it is known."""
    since = None if folded(cell["held_since"]) in UNKNOWN else _day(cell, "held_since", found)
    company = _value(cell, "siren_or_file_number", to_company, found)
    account = _value(cell, "iban", BankAccount, found) if cell["iban"] else None
    named = services_of(cell["services"])
    services = [_value({"services": code}, "services", CATALOGUE.find, found) for code in named]
    if not services:
        found.append(("services", Reason("cell.missing")))
    applicant = _applicant(cell)
    if applicant is None and cell["third_party"]:
        found.append(("third_party", _no_applicant(cell, "third_party")))
    registered = _day(cell, "mandate_registered", found)
    last = _day(cell, "last_collection", found)
    if account is None and (registered or last) and not cell["iban"]:
        found.append(("iban", Reason("cell.missing")))
    known = tuple(service for service in services if service is not None)
    if company is None or not known:
        return None
    return Held(
        line=line,
        company=cell["company"],
        organisation=company,
        services=known,
        since=since,
        applicant=applicant,
        account=account,
        registered=registered,
        last_collection=last,
        closed=cell["closed"],
    )


def number_of(cell: str) -> str:
    """A number without what people and programs write around it: `RCS Paris`, `SIREN`, `FR`, `=""`."""
    found = AROUND.fullmatch(cell)
    return found[1] if found else cell


def to_company(cell: str) -> Organisation:
    """The SIREN or the file number in a cell; raises `InvalidValueError`."""
    return to_organisation(number_of(cell))


def _applicant(cell: Mapping[str, str]) -> Applicant | None:
    """Who asks, or None where the cell does not say so."""
    return APPLICANTS.get(folded(cell["third_party"]))


def _no_applicant(cell: Mapping[str, str], of: str) -> Reason:
    """Why the cell does not say who asks, and what is assumed."""
    key = "unknown" if folded(cell["third_party"]) else "missing"
    return Reason(f"{of}.{key}", {"value": quoted(cell["third_party"])})


def _day(cell: Mapping[str, str], column: str, found: list[tuple[str, object]]) -> date | None:
    """The day in a cell, or None; an hour beside it is nobody's question."""
    try:
        return civil_date(cell[column]) if cell[column] else None
    except NoDateError as error:
        try:
            return paris_instant(cell[column]).astimezone(PARIS).date()
        except NoDateError:
            found.append((column, error))
            return None


def _value(
    cell: Mapping[str, str], column: str, read: Callable[[str], AnyValue], found: list[tuple[str, object]]
) -> AnyValue | None:
    try:
        return read(cell[column])
    except InvalidValueError as error:
        found.append((column, Reason(OF_A_CELL.get(error.code, error.code), error.facts)))
        return None


def _form(
    cell: Mapping[str, str],
    applicant: Applicant | None,
    found: list[tuple[str, object]],
    *,
    is_link_proved: bool,
    is_link_used: bool,
) -> AdhesionForm | KnownForm | None:
    """The form of a request, without what is wrong with it; None where that leaves no history.

    Without the account that it needs (2.13) it is no form that the portal takes, but what is known of one (A19). While
    its link is still to be used, it is a form of the services that need no account: their 48 hours come first.
    Without the company's address there is nobody to use the link of the « Messagerie » (2.9): the row is followed only
    where a letter or a code proves that the link was used (A23).
    """
    data: dict[str, Any] = {
        "organisation": number_of(cell["siren_or_file_number"]),
        "services": services_of(cell["services"]),
        "company_email": cell["company_email"] or None,
        "bank_accounts": [cell["iban"]] if cell["iban"] else [],
        "applicant": applicant,
        "legal_representative": cell["legal_representative"] or None,
        "company_name": printable(cell["company"], longest=LONGEST_NAME) or None,
    }
    kind: type[AdhesionForm | KnownForm] = AdhesionForm
    while True:
        try:
            return kind.from_mapping(_with_an_applicant(data) if kind is AdhesionForm else data)
        except InvalidFormError as error:
            problems = error.problems
        for problem in problems:
            why = attrs.evolve(problem, code=OF_A_CELL.get(problem.code, problem.code))
            found.append((FIELDS.get(problem.path.partition("[")[0], ALL), why))
        left = _without(data, problems, is_link_proved=is_link_proved, is_link_used=is_link_used)
        if left is None or (left == data and kind is KnownForm):
            return None
        lost = [code for code in data["services"] if code not in left["services"] and code in CODES]
        if lost:
            found.append(("services", Reason("services.left_out", {"services": tuple(lost)})))
        kind = AdhesionForm if left["bank_accounts"] or not PAYING & set(left["services"]) else KnownForm
        data = left


def _with_an_applicant(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of a form that the portal takes: somebody asked, a third party where nobody knows."""
    return data if data["applicant"] else {**data, "applicant": Applicant.THIRD_PARTY}


def _without(
    data: Mapping[str, Any], problems: Iterable[Problem], *, is_link_proved: bool, is_link_used: bool
) -> dict[str, Any] | None:
    """The data of a form without what is wrong in it; None where no request is left."""
    out: set[str] = set()
    unpaid: frozenset[str] = frozenset()
    left = dict(data)
    for problem in problems:
        field, _, place = problem.path.partition("[")
        if field == "services" and place:
            out.add(data["services"][int(place.rstrip("]"))])
        elif field == "bank_accounts":
            left["bank_accounts"] = []
            unpaid = PAYING
        elif field == "company_email":
            left["company_email"] = None
            linked = {service.code for service in CATALOGUE.services if service.needs_company_email}
            if linked & set(data["services"]) and not is_link_proved:
                return None
            out |= linked
        elif field in ("legal_representative", "company_name"):
            left[field] = None
        else:
            return None
    asked = [code for code in data["services"] if code not in out]
    # A link that is awaited is that of the others, if any are left. All are followed as they are known otherwise.
    left["services"] = asked if is_link_used else [code for code in asked if code not in unpaid] or asked
    return left if asked and (unpaid or left != data) else None


def services_of(cell: str) -> list[str]:
    """The codes of the services in a cell, however they are set apart; what is no service's name stays as it is."""
    return [code for piece in re.split(r"[,;|\n]+", cell) if piece.strip() for code in _services(piece.strip())]


def _services(piece: str) -> list[str]:
    """One service, or several set apart by signs or spaces; what has a name that nobody knows stays whole."""
    if folded(piece) in TAXES:
        return [TAXES[folded(piece)]]
    parts = [part.strip() for part in re.split(r"[/+&]", piece) if part.strip()]
    if len(parts) > 1:
        found = [_services(part) for part in parts]
        return [code for codes in found for code in codes] if all(map(_are_known, found)) else [piece]
    names = re.findall(r"(?:payer|consulter(?:\s+avis)?)\s+\S+|\S+", piece, re.IGNORECASE)
    codes = [TAXES.get(folded(name), name) for name in names]
    # Of several codes, one that is mistyped is told by itself; of words, no one is.
    return codes if 2 * sum(code in CODES for code in codes) >= len(codes) else [piece]


def _are_known(codes: Iterable[str]) -> bool:
    return all(code in CODES for code in codes)


def civil_date(text: str) -> date:
    """A date from `2026-02-03` or `03/02/2026`; raises `NoDateError` for another text, or a year of no request."""
    try:
        read = date.fromisoformat(_as_iso(text))
    except ValueError:
        raise NoDateError("date.malformed", value=quoted(text), example="03/02/2026") from None
    return plausible(read)


TIME: Final = r"(?:(?:\s+à)?[\sT]+(?P<hour>\d{1,2})\s?[:hH]\s?(?P<minute>\d{2})?(?::(?P<second>\d{2}))?)?"
NUMBERS: Final = re.compile(
    r"(?P<day>\d{1,2})(?P<sign>[/.-])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{4}|\d{2})" + TIME, re.ASCII
)
IN_WORDS: Final = re.compile(
    r"(?:(?P<before>[^\W\d_]+)\.?,?\s+)?(?P<day>[0-9]{1,2})(?:er)?[\s-]+(?P<month>[^\W\d_]+)\.?[\s-]+"
    r"(?P<year>[0-9]{4}|[0-9]{2})" + TIME.replace(r"\d", "[0-9]")
)
SERIAL: Final = re.compile(r"[0-9]{5}([.,][0-9]+)?")
"""How a date is written: 03/02/2026, mardi 3 février 2026, or as the number that a spreadsheet keeps it as."""


def _as_iso(text: str) -> str:
    """A French date, or date with its hour, as ISO has it; any other text as it is."""
    if (serial := SERIAL.fullmatch(text)) and (read := _of_a_serial(float(text.replace(",", ".")))).year in YEARS:
        return read.date().isoformat() if serial[1] is None else read.isoformat(" ", "seconds")
    found = NUMBERS.fullmatch(text) or IN_WORDS.fullmatch(text)
    if found is None:
        return text
    day, month, year, hour, minute, second = found.group("day", "month", "year", "hour", "minute", "second")
    if not month.isdecimal():
        month = MONTHS.get(folded(month), 0)
        if not month or (found["before"] and folded(found["before"]) not in WEEKDAYS):
            return text
    of_day = f"{int(year) + 2000 if len(year) == 2 else int(year):04}-{int(month):02}-{int(day):02}"
    return of_day if hour is None else f"{of_day} {int(hour):02}:{minute or '00'}:{second or '00'}"


def _of_a_serial(days: float) -> datetime:
    """The date and time that a spreadsheet keeps as a number, to the second."""
    return datetime.combine(FIRST_SERIAL, time()) + timedelta(seconds=round(days * 86400))


def plausible(read: AnyDate) -> AnyDate:
    """The date, or instant; raises `NoDateError` for a year of no request and no tax."""
    # A year that is mistyped is told here, before limits are counted from it.
    if read.year not in YEARS:
        raise NoDateError("date.implausible", year=str(read.year), first=str(YEARS[0]), last=str(YEARS[-1]))
    return read


def moment(text: str) -> Moment:
    """An instant (UTC) as `paris_instant` reads it, or the day from `03/02/2026`; raises `NoDateError` for neither."""
    if len(_as_iso(text)) == len("2026-02-03"):
        return civil_date(text)
    try:
        return paris_instant(text)
    except NoDateError as error:
        if error.reason.code != "moment.malformed":
            raise
        raise NoDateError("moment.or_day", **error.reason.facts) from None


def first_of(moment: Moment) -> datetime:
    """The first instant (UTC) of a moment: its own, or the one at which its day begins."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), PARIS).astimezone(UTC)


def last_of(moment: Moment) -> datetime:
    """The last instant (UTC) of a moment."""
    return moment if isinstance(moment, datetime) else first_of(moment + timedelta(days=1)) - timedelta.resolution


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
    if plausible(read).tzinfo is not None:
        return read.astimezone(UTC)
    here = read.replace(tzinfo=PARIS)
    if here.utcoffset() != here.replace(fold=1).utcoffset():
        raise NoDateError("moment.not_one", value=text)
    return here.astimezone(UTC)
