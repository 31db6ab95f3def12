r"""What people read, in French and in English: refusals, next steps, messages, mandates, and what things are called.

    >>> from datetime import UTC, datetime
    >>> from teleprocedures.wording import FRENCH
    >>> FRENCH.until(datetime(2024, 6, 1, 21, 59, 59, 999999, tzinfo=UTC))
    "jusqu'au samedi 1er\xa0juin 2024 inclus"

`ENGLISH` and `FRENCH` are values with the same methods and the same keys. A host changes some words with
`FRENCH.with_words({"service.payer-tva": "TVA"})`, and adds those of its own services, rules and codes.
"""

from teleprocedures.wording._digest import DigestEmail, digest
from teleprocedures.wording._diligence import Diligence, diligence, first_changed
from teleprocedures.wording._messages import MessageText
from teleprocedures.wording._wording import ENGLISH, FRENCH, Reader, Wording
from teleprocedures.words import Language

__all__ = [
    "ENGLISH",
    "FRENCH",
    "DigestEmail",
    "Diligence",
    "Language",
    "MessageText",
    "Reader",
    "Wording",
    "digest",
    "diligence",
    "first_changed",
]
