"""What the printed form of a mandate bears (rule 2.15), as plain data; `wording` has its words, ready to print.

Drawing a PDF from it is the host's. Only `as_dict` has the IBAN whole: a `repr` or a log line shows it masked.
"""

from __future__ import annotations

from typing import Final

import attrs

from teleprocedures.errors import shows_half_built
from teleprocedures.values import (
    BankAccount,
    CreditorIdentifier,
    FileNumber,
    MandateReference,
    Organisation,
    PersonName,
)

SCHEME: Final = "B2B"


@shows_half_built
@attrs.frozen(kw_only=True)
class MandateDocument:
    """The content of a mandate's printed form, of the scheme B2B and recurrent; its `repr` and `str` mask the IBAN."""

    reference: MandateReference | None
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

        The text `debtor_kind` is `siren` or `file_number`. The `account_holder` is the account's holder where he is not
        the debtor, and the `managing_office` is the tax office. What nobody said is None.
        """
        return {
            "scheme": SCHEME,
            "recurrent": True,
            "reference": None if self.reference is None else str(self.reference),
            "creditor_identifier": str(self.creditor),
            "creditor_name": self.creditor_name,
            "debtor": self.debtor.number,
            "debtor_kind": "file_number" if isinstance(self.debtor, FileNumber) else "siren",
            "debtor_name": self.debtor_name,
            "debtor_address": self.debtor_address,
            "account_holder": self.account_holder,
            "managing_office": self.managing_office,
            "legal_representative": None if self.legal_representative is None else str(self.legal_representative),
            "iban": self.account.iban,
            "bic": self.account.bic,
        }
