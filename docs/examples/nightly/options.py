"""The command line of a night, in the language that it asks for: its options, its help, and what is wrong with it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

import attrs
from coming import Tax
from firm import NAME, FirmFile, read_firm
from portfolio import NoDateError, civil_date, paris_instant
from printable import quoted
from words import DEFAULT, LANGUAGES, SaidError, explained, said

from teleprocedures import CATALOGUE, InvalidValueError, LeadTimes, Organisation, organisation, plan
from teleprocedures.wording import Wording

SHIPPED: Final = Path(__file__).with_name("portfolio.csv")
NIGHT: Final = "2026-03-04T06:00+01:00"
"""The night of the shipped portfolio, so that it looks the same whenever it is run."""
PAY_BY: Final = ("payer-tva=2026-04-20", "payer-cfe=2026-12-15")
"""How a tax date is given."""
DATABASE: Final = "portfolio.sqlite"
"""Of the shipped portfolio, where the program is run; another has its own beside it."""
FACES: Final = ("nuit.html", "nuit.ics", "nuit.xlsx")
"""What a night writes into the folder that it is given: a page, a calendar and a workbook."""
EMPTY: Final = {"database": "run.no_database", "pages": "run.no_folder", "at": "run.no_at"}
"""What is said of options that are there and empty, as a variable of a shell that was never set leaves them."""
LEADS: Final = {"letter": "letter", "answer": "company", "bank": "bank"}
"""The options of days, and the lead times that they are."""


class CannotRunError(SaidError):
    """Nothing can be done this night, and why."""


@attrs.frozen(kw_only=True)
class Options:
    """What a night is asked for; `at` is None for now, `pages` where nothing but the report is asked for.

    `is_theirs` says that the firm is the user's own, and not that of the example.
    """

    csv: Path
    database: str
    at: datetime | None
    firm: FirmFile
    is_theirs: bool
    pages: Path | None
    taxes: Sequence[Tax]
    leads: LeadTimes
    everything: bool
    verify: bool
    judge: bool
    companies: Sequence[Organisation]


def language(arguments: Sequence[str]) -> Wording:
    """The words of the language that the command line asks for; `CannotRunError` for an unknown one."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--lang", default=DEFAULT)
    given = _parsed(parser, arguments)[0].lang
    if given not in LANGUAGES:
        raise CannotRunError("run.unknown_language", value=quoted(given), expected=tuple(LANGUAGES))
    return LANGUAGES[given]


def options(wording: Wording, arguments: Sequence[str]) -> Options:
    """What the command line asks for; raises `CannotRunError` for what it cannot ask for. Asked for help, it exits."""
    given, unknown = _parsed(_parser(wording), arguments)
    if unknown:
        raise CannotRunError("run.unknown_arguments", value=tuple(map(quoted, unknown)))
    for option, code in EMPTY.items():
        if getattr(given, option) == "":
            raise CannotRunError(code, option=f"--{option}")
    is_shipped = given.csv.resolve().parent == SHIPPED.resolve().parent
    beside = given.csv.parent / NAME
    is_theirs = given.firm is not None or beside.exists()
    firm = read_firm(given.firm or (beside if is_theirs else SHIPPED.with_name(NAME)))
    leads = _lead_times(given, firm.leads)
    taxes = firm.taxes if is_theirs else ()
    database = given.database or (
        f"{given.csv.stem}.sqlite" if is_shipped else str(given.csv.parent / f"{given.csv.name}.sqlite")
    )
    return Options(
        csv=given.csv,
        database=database,
        firm=firm,
        is_theirs=is_theirs,
        pages=None
        if given.pages is None
        else _pages(Path(given.pages), given.csv, firm.path, Path(database.removeprefix("sqlite:///"))),
        at=_instant(wording, given.at or (NIGHT if is_shipped else None)),
        taxes=_taxes(wording, given.pay_by, taxes, leads),
        leads=leads,
        everything=given.all,
        verify=given.verify,
        judge=given.judge,
        companies=_companies(wording, given.company),
    )


def _parsed(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    try:
        return parser.parse_known_args(arguments)
    except argparse.ArgumentError as error:
        raise CannotRunError("run.malformed_argument", option=error.argument_name) from None


def _parser(wording: Wording) -> argparse.ArgumentParser:
    def words(key: str, **facts: object) -> str:
        return said(wording, f"help.{key}", **facts)

    class Formatter(argparse.HelpFormatter):
        def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
            super().add_usage(usage, actions, groups, words("usage") if prefix is None else prefix)

        def _split_lines(self, text: str, width: int) -> list[str]:
            return wrap(text, width, break_on_hyphens=False)

    parser = argparse.ArgumentParser(
        prog="nightly.py",
        description=words("about"),
        epilog=words("status"),
        formatter_class=Formatter,
        add_help=False,
        allow_abbrev=False,
        exit_on_error=False,
    )
    group = parser.add_argument_group(words("options"))
    group.add_argument("-h", "--help", action="help", help=words("help"))
    group.add_argument("--lang", default=DEFAULT, metavar=words("language"), help=words("lang"))
    group.add_argument("--csv", type=Path, default=SHIPPED, metavar=words("file"), help=words("csv"))
    group.add_argument("--firm", type=Path, metavar=words("file"), help=words("firm", name=NAME))
    group.add_argument("--database", metavar=words("place"), help=words("database", default=DATABASE))
    group.add_argument("--at", metavar=words("instant"), help=words("at", night=NIGHT))
    group.add_argument(
        "--pay-by", action="append", metavar=words("tax"), help=words("pay_by", example=", ".join(PAY_BY))
    )
    for option, name in LEADS.items():
        days = getattr(LeadTimes(), name)
        group.add_argument(f"--{option}", metavar=words("days"), help=words(option, default=days))
    group.add_argument("--company", action="append", default=[], metavar=words("number"), help=words("company"))
    group.add_argument("--pages", metavar=words("folder"), help=words("pages"))
    group.add_argument("--verify", action="store_true", help=words("verify"))
    group.add_argument("--judge", action="store_true", help=words("judge"))
    group.add_argument("--all", action="store_true", help=words("all"))
    return parser


def writer_of_faces() -> Callable[..., list[Path]]:
    """What writes the faces of a night; raises `CannotRunError` where something that it needs is not installed."""
    try:
        from faces import write_faces  # noqa: PLC0415 - who asks for none may not have what they need
    except ImportError as error:
        raise CannotRunError("run.not_installed", option="--pages", package=str(error.name)) from None
    return write_faces


def _pages(folder: Path, *kept: Path) -> Path:
    """The folder for the faces, where none of them takes the place of a file that is kept, by whatever name."""
    for place in (folder / name for name in FACES):
        if any(_are_one(place, file) for file in kept):
            raise CannotRunError("run.pages_over", option="--pages", file=str(place))
    return folder


def _are_one(place: Path, other: Path) -> bool:
    """Whether these are one file, which need not be there yet."""
    with suppress(OSError):
        if place.samefile(other):
            return True
    return place.resolve() == other.resolve()


def _instant(wording: Wording, text: str | None) -> datetime | None:
    try:
        return None if text is None else paris_instant(text)
    except NoDateError as error:
        raise _option(wording, "--at", error) from None


def _lead_times(given: argparse.Namespace, of_the_firm: LeadTimes) -> LeadTimes:
    texts = {name: getattr(given, option) for option, name in LEADS.items()}
    try:
        return attrs.evolve(of_the_firm, **{name: _number(text) for name, text in texts.items() if text is not None})
    except InvalidValueError as error:
        option = next(option for option, name in LEADS.items() if name == error.facts["name"])
        raise CannotRunError(error.code, **{**error.facts, "name": f"--{option}"}) from None


def _companies(wording: Wording, texts: Sequence[str]) -> list[Organisation]:
    try:
        return list(dict.fromkeys(map(organisation, texts)))
    except InvalidValueError as error:
        raise _option(wording, "--company", error) from None


def _number(text: str) -> Any:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def _taxes(wording: Wording, texts: Sequence[str] | None, of_the_firm: Sequence[Tax], leads: LeadTimes) -> list[Tax]:
    taxes = [] if texts else list(of_the_firm)
    for text in texts or ():
        try:
            taxes.append(_tax(text))
        except (CannotRunError, NoDateError, InvalidValueError) as error:
            raise _option(wording, "--pay-by", error) from None
    try:
        for tax in taxes:
            plan([tax.service], pay_by=tax.day, lead_times=leads)
    except InvalidValueError as error:
        raise _option(wording, "--letter, --answer", error) from None
    return sorted(dict.fromkeys(taxes), key=lambda tax: (tax.day, tax.service.code))


def _tax(text: str) -> Tax:
    code, equals, day = text.partition("=")
    if not equals:
        raise CannotRunError("pay_by.malformed", value=quoted(text), example=PAY_BY[0])
    service = CATALOGUE.find(code)
    if not service.pays:
        paying = tuple(it.code for it in CATALOGUE.services if it.pays)
        raise CannotRunError("pay_by.not_a_payment", service=service.code, expected=paying)
    return Tax(service=service, day=civil_date(day))


def _option(wording: Wording, option: str, why: Exception) -> CannotRunError:
    return CannotRunError("run.option", option=option, reason=explained(wording, why))
