"""The printed form of a mandate (rule 2.15): what is known of it, and lines for what is filled in by hand.

It is the one text that shows a whole IBAN: the bank has to read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Final, TypeAlias

from teleprocedures.cases import MandateDocument
from teleprocedures.values import FileNumber, grouped
from teleprocedures.words import Phrasebook

Blank: TypeAlias = tuple[str, str | None]

_SCHEME: Final = "B2B"
_LABEL: Final = 32
# A line is a page's 80 characters at most.
_WIDTH: Final = 45
_BLANK: Final = "_" * 40
_RULE: Final = "=" * 78
_ROOM_TO_SIGN: Final = "\n" * 5


def mandate_form(book: Phrasebook, document: MandateDocument) -> str:
    """The form, in lines of 80 characters at most."""
    words, debtor = book.words, document.debtor
    number = ("file_number", debtor.number) if isinstance(debtor, FileNumber) else ("siren", debtor.grouped)
    signatory = document.legal_representative
    sections: tuple[str | tuple[Blank, ...], ...] = (
        book.sentence("printed.title", scheme=_SCHEME).upper(),
        f"{_RULE}\n{words['printed.band']}\n{_RULE}",
        (
            ("reference", None if document.reference is None else str(document.reference)),
            ("recurrent", words["printed.recurrent_payment"]),
            ("office", document.managing_office),
        ),
        (("creditor", document.creditor_name), ("creditor_identifier", str(document.creditor)), ("address", None)),
        (("debtor", document.debtor_name), number, ("address", document.debtor_address)),
        (
            ("holder", words["printed.same_holder"] if document.account_holder is None else document.account_holder),
            ("iban", grouped(document.account.iban, 4)),
            ("bic", document.account.bic),
        ),
        words["printed.authorisation"],
        (
            ("representative", None if signatory is None else str(signatory)),
            ("place", None),
            ("date", None),
            ("signature", ""),
        ),
    )
    colon = book.language.typeset("x :").removeprefix("x")
    texts = (part if isinstance(part, str) else "\n".join(_lines(part, words, colon)) for part in sections)
    return "\n\n".join(texts) + _ROOM_TO_SIGN


def _lines(rows: tuple[Blank, ...], words: Mapping[str, str], colon: str) -> Iterator[str]:
    """A row each, its value on as many lines as it takes to fit a page."""
    for key, value in rows:
        label = f"{words[f'printed.{key}']:<{_LABEL}}{colon}"
        for part in wrap(_BLANK if value is None else value, _WIDTH) or [""]:
            yield f"{label} {part}".rstrip()
            label = " " * len(label)
