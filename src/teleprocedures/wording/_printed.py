"""The printed form of a mandate (rule 2.15): what is known of it, and lines for what is filled in by hand.

It is the one text that shows a whole IBAN: the bank has to read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from teleprocedures.cases import MandateDocument
from teleprocedures.errors import say
from teleprocedures.values import FileNumber, grouped

if TYPE_CHECKING:
    from teleprocedures.wording._wording import Wording

_SCHEME: Final = "B2B"
_LABEL: Final = 32
_BLANK: Final = "_" * 40
_BAND: Final = "=" * 78
_TO_SIGN: Final = "\n\n"


def printed(wording: Wording, document: MandateDocument) -> str:
    """The form, in lines of at most 80 characters but for names and addresses that are longer."""
    words, debtor = wording.words, document.debtor
    colon = wording.language.typeset("x :")[1:]

    def lines(*rows: tuple[str, str | None]) -> str:
        written = ((words[f"printed.{key}"], _BLANK if value is None else value) for key, value in rows)
        return "\n".join(f"{label:<{_LABEL}}{colon} {value}".rstrip() for label, value in written)

    number = ("file_number", debtor.number) if isinstance(debtor, FileNumber) else ("siren", debtor.grouped)
    holder = document.account_holder
    signatory = document.legal_representative
    parts = (
        say(wording.language, words, "printed.title", {"scheme": _SCHEME}).upper(),
        f"{_BAND}\n{words['printed.band']}\n{_BAND}",
        lines(("reference", str(document.reference)), ("recurrent", words["printed.recurrent_payment"])),
        lines(("debtor", document.debtor_name), number, ("address", document.debtor_address)),
        "" if holder is None else lines(("holder", holder), ("address", None)),
        lines(("iban", grouped(document.account.iban, 4)), ("bic", document.account.bic)),
        lines(
            ("creditor", document.creditor_name),
            ("creditor_identifier", str(document.creditor)),
            ("office", document.managing_office),
        ),
        words["printed.authorisation"],
        lines(
            ("representative", None if signatory is None else str(signatory)),
            ("place", None),
            ("date", None),
            ("signature", ""),
        ),
        _TO_SIGN,
    )
    return "\n\n".join(part for part in parts if part).rstrip("\n") + "\n" * 6
