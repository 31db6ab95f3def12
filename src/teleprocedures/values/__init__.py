"""What people and organisations are known by, and what is typed: numbers, names, addresses, accounts, codes."""

from teleprocedures.values._banking import SEPA_COUNTRIES, BankAccount, CreditorIdentifier, MandateReference
from teleprocedures.values._codes import (
    CODE_ALPHABET,
    HELD_ELSEWHERE,
    ActivationCode,
    Digest,
    Held,
    LinkToken,
    SealedCode,
    opens,
    seal,
)
from teleprocedures.values._contact import (
    FRENCH_COUNTRIES,
    ContactDetails,
    read_city,
    read_country,
    read_phone,
    read_postal_code,
    read_street,
)
from teleprocedures.values._identity import EmailAddress, FileNumber, Organisation, PersonName, Siren, organisation
from teleprocedures.values._text import LONGEST, Expected

__all__ = [
    "CODE_ALPHABET",
    "FRENCH_COUNTRIES",
    "HELD_ELSEWHERE",
    "LONGEST",
    "SEPA_COUNTRIES",
    "ActivationCode",
    "BankAccount",
    "ContactDetails",
    "CreditorIdentifier",
    "Digest",
    "EmailAddress",
    "Expected",
    "FileNumber",
    "Held",
    "LinkToken",
    "MandateReference",
    "Organisation",
    "PersonName",
    "SealedCode",
    "Siren",
    "opens",
    "organisation",
    "read_city",
    "read_country",
    "read_phone",
    "read_postal_code",
    "read_street",
    "seal",
]
