"""What the printed form of a mandate bears (rule 2.15), as plain data and as a French text ready to print.

Drawing a PDF from it is the host's. The IBAN is whole in `as_dict` and `as_text`, and nowhere else: a `repr` or a log
line shows it masked.
"""

from __future__ import annotations

from textwrap import wrap
from typing import Final

import attrs

from teleprocedures.values import (
    BankAccount,
    CreditorIdentifier,
    FileNumber,
    MandateReference,
    Organisation,
    PersonName,
)

TITLE: Final = "Mandat de prélèvement SEPA interentreprises"
SCHEME: Final = "B2B"

# To be filled in by hand: what nobody told the library.
_BLANK: Final = "_" * 40
# Of what stands beside the labels: a line is a page's 80 characters at most.
_WIDTH: Final = 45

_AUTHORISATION: Final = """\
En signant, le débiteur autorise le créancier à présenter des ordres de
prélèvement sur ce compte, et sa banque à les payer en débitant le compte.

Ce mandat ne vaut qu'entre professionnels (B2B). Une fois le compte débité,
un prélèvement ainsi autorisé ne donne droit à aucun remboursement ; jusqu'à
son échéance, le débiteur peut demander à sa banque de ne pas le payer."""

_TO_DO: Final = """\
À faire avant le premier paiement : remettre ce mandat signé à la banque qui
tient le compte, puis vérifier qu'elle l'a enregistré. Sans enregistrement,
le paiement est rejeté."""


@attrs.frozen(kw_only=True)
class MandateDocument:
    """The content of a mandate's printed form: scheme B2B, recurrent. Its `repr` and its `str` mask the IBAN."""

    reference: MandateReference
    creditor: CreditorIdentifier
    creditor_name: str
    debtor: Organisation
    debtor_name: str | None
    debtor_address: str | None
    account_holder: str | None
    managing_office: str | None
    legal_representative: PersonName | None
    account: BankAccount

    def as_dict(self) -> dict[str, str | bool | None]:
        """The content as flat plain data, which JSON can carry; the IBAN is whole.

        `debtor_kind` is `siren` or `file_number`; what nobody said is None, and so is `account_holder` when it is the
        debtor.
        """
        return {
            "title": TITLE,
            "scheme": SCHEME,
            "recurrent": True,
            "reference": str(self.reference),
            "creditor_identifier": str(self.creditor),
            "creditor_name": self.creditor_name,
            "debtor": str(self.debtor),
            "debtor_kind": "file_number" if isinstance(self.debtor, FileNumber) else "siren",
            "debtor_name": self.debtor_name,
            "debtor_address": self.debtor_address,
            "account_holder": self.account_holder,
            "managing_office": self.managing_office,
            "legal_representative": None if self.legal_representative is None else str(self.legal_representative),
            "iban": self.account.iban,
            "bic": self.account.bic,
        }

    def as_text(self) -> str:
        """The form as a French text ready to print, with the IBAN whole and lines for what is filled in by hand."""
        if isinstance(self.debtor, FileNumber):
            debtor = ("Numéro de dossier", str(self.debtor))
        else:
            debtor = ("SIREN", _grouped(str(self.debtor), 3))
        parts = (
            f"{TITLE} ({SCHEME})".upper(),
            _lines(
                ("Référence unique du mandat (RUM)", str(self.reference)),
                ("Type de paiement", "récurrent"),
                ("Service gestionnaire", self.managing_office or _BLANK),
            ),
            _lines(
                ("Créancier", self.creditor_name),
                ("Identifiant créancier SEPA (ICS)", str(self.creditor)),
                ("Adresse", _BLANK),
            ),
            _lines(("Débiteur", self.debtor_name or _BLANK), debtor, ("Adresse", self.debtor_address or _BLANK)),
            _lines(
                ("Titulaire du compte", self.account_holder or "le débiteur"),
                ("IBAN du compte à débiter", _grouped(self.account.iban, 4)),
                ("BIC", self.account.bic or _BLANK),
            ),
            _AUTHORISATION,
            _lines(
                ("Représentant légal du débiteur", str(self.legal_representative or _BLANK)),
                ("Fait à", _BLANK),
                ("Le", _BLANK),
                ("Signature", ""),
            ),
            # Room to sign.
            "\n\n",
            _TO_DO,
        )
        return "\n\n".join(parts) + "\n"


def _lines(*rows: tuple[str, str]) -> str:
    """A row each, its value on as many lines as it takes to fit a page."""
    return "\n".join(
        f"{label if place == 0 else '':<32} {':' if place == 0 else ' '} {part}".rstrip()
        for label, value in rows
        for place, part in enumerate(wrap(value, _WIDTH) or [""])
    )


def _grouped(text: str, size: int) -> str:
    return " ".join(text[start : start + size] for start in range(0, len(text), size))
