"""What people and organisations are known by, and what people type.

The names of `__all__` are public. The others serve the rooms above.
"""

from teleprocedures.values._banking import SEPA_COUNTRIES as SEPA_COUNTRIES
from teleprocedures.values._banking import BankAccount, CreditorIdentifier, MandateReference
from teleprocedures.values._codes import CODE_ALPHABET as CODE_ALPHABET
from teleprocedures.values._codes import (
    HELD_ELSEWHERE,
    ActivationCode,
    Digest,
    Held,
    LinkToken,
    SealedCode,
    salt_of,
    seal,
)
from teleprocedures.values._codes import LONGEST_CODE as LONGEST_CODE
from teleprocedures.values._codes import LONGEST_TOKEN as LONGEST_TOKEN
from teleprocedures.values._codes import check_drawn as check_drawn
from teleprocedures.values._codes import opens as opens
from teleprocedures.values._contact import FRENCH_COUNTRIES as FRENCH_COUNTRIES
from teleprocedures.values._contact import LONGEST_LINE as LONGEST_LINE
from teleprocedures.values._contact import LONGEST_POSTAL_CODE as LONGEST_POSTAL_CODE
from teleprocedures.values._contact import ContactDetails
from teleprocedures.values._contact import read_city as read_city
from teleprocedures.values._contact import read_country as read_country
from teleprocedures.values._contact import read_phone as read_phone
from teleprocedures.values._contact import read_postal_code as read_postal_code
from teleprocedures.values._contact import read_street as read_street
from teleprocedures.values._identity import EmailAddress, FileNumber, Organisation, PersonName, Siren, organisation
from teleprocedures.values._secret import HidingMapping as HidingMapping
from teleprocedures.values._secret import Secret
from teleprocedures.values._secret import hidden as hidden
from teleprocedures.values._secret import hiding as hiding
from teleprocedures.values._secret import keeps_secret as keeps_secret
from teleprocedures.values._secret import typed_secret as typed_secret
from teleprocedures.values._text import LONGEST as LONGEST
from teleprocedures.values._text import Line as Line
from teleprocedures.values._text import Remark as Remark
from teleprocedures.values._text import as_plain as as_plain
from teleprocedures.values._text import grouped as grouped
from teleprocedures.values._text import hashed as hashed
from teleprocedures.values._text import in_utf_8 as in_utf_8
from teleprocedures.values._text import is_line as is_line
from teleprocedures.values._text import one_line as one_line
from teleprocedures.values._text import plain as plain
from teleprocedures.values._text import read_as as read_as
from teleprocedures.values._text import show_fields as show_fields
from teleprocedures.values._text import typed as typed
from teleprocedures.values._text import written_line as written_line
from teleprocedures.values._whole import Either as Either
from teleprocedures.values._whole import for_models as for_models
from teleprocedures.values._whole import whole as whole

__all__ = [
    "HELD_ELSEWHERE",
    "ActivationCode",
    "BankAccount",
    "ContactDetails",
    "CreditorIdentifier",
    "Digest",
    "EmailAddress",
    "FileNumber",
    "Held",
    "LinkToken",
    "MandateReference",
    "Organisation",
    "PersonName",
    "SealedCode",
    "Secret",
    "Siren",
    "organisation",
    "salt_of",
    "seal",
]
