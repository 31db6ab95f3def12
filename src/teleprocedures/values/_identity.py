"""Who people and organisations are: SIREN or file number, e-mail address and names.

An organisation is known by its SIREN (système d'identification du répertoire des entreprises). INSEE gives these nine
digits to a legal unit, and the last one is a Luhn check digit. Article R. 123-221 of the commercial code defines it.
Spaces (no-break ones too) and dots are accepted and dropped:

>>> from teleprocedures.values import EmailAddress, FileNumber, PersonName, Siren, organisation
>>> Siren("552 008 443")
Siren('552008443')
>>> Siren("552 008 444")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not a SIREN: '552 008 444' fails its check digit; expected nine digits, ...

Only to consult property-tax notices, it may be known by the file number (identifiant de dossier) that a tax office gave
(rules 2.3 and A7). No source says what a file number looks like. So it is opaque, and kept as typed: 1 to 32 ASCII
letters and digits (rule A13).

>>> FileNumber(" TF2024A17 ")
FileNumber('TF2024A17')

Forms take either. What looks like a SIREN is always read as one, so that a mistyped one never passes for a file number
(rule A13). A text looks so if it has digits only, or nine characters of which some are a letter O, I or l in the place
of a digit. A SIRET and a French VAT number look so too.

>>> organisation("552.008.443"), organisation("TF2024A17")
(Siren('552008443'), FileNumber('TF2024A17'))
>>> organisation("55200844")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not a SIREN: '55200844' has 8 digits; expected nine digits, such as 552 008 443
>>> organisation("FR 40 552 008 443")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not a SIREN: ... is a French VAT number, of which the last nine digits, ...

A bank account in the place of an organisation is an error that does not show it. The columns of a file may have
shifted:

>>> organisation("FR76 3000 6000 0112 3456 7890 189")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not an organisation: text is like a bank account, which belongs elsewhere; ...

A file number that looks so all the same keeps its kind through text:

>>> str(FileNumber("12345")), organisation("file:12345")
('file:12345', FileNumber('12345'))

An e-mail address is checked as it is written, and never looked up. It is masked wherever a person could read it by
accident:

>>> address = EmailAddress("jeanne.martin@Example.FR")
>>> address
EmailAddress('j***@example.fr')
>>> str(address)
'jeanne.martin@example.fr'
>>> EmailAddress("jm@example")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not an e-mail address: text has no period after the @-sign; expected one ...

>>> PersonName("  Marie   Le Goff ")
PersonName('Marie Le Goff')
"""

from __future__ import annotations

import re
import unicodedata
from string import digits
from typing import Annotated, Final, Self, TypeAlias

import attrs

from teleprocedures.building import builder
from teleprocedures.errors import (
    InvalidValueError,
    excerpt,
    half_built,
    is_like_an_account,
    mask_address,
    without_spaces,
)
from teleprocedures.values._text import (
    UNWRITTEN,
    as_plain,
    filled,
    grouped,
    has_letter,
    one_line,
    only_seen,
    plain,
    restore,
    unlike,
)
from teleprocedures.values._whole import Either, whole

LONGEST_NAME: Final = 100

_SIREN_SHAPE: Final = re.compile(r"(?!0{9})[0-9]{9}")
_DOUBLED: Final = {ord(digit): sum(divmod(2 * int(digit), 10)) for digit in digits}
# What people type for a SIREN, spaces and dots dropped, beside digits only.
_MISTYPED_SHAPE: Final = re.compile(r"[0-9OIl]{9}")
_BETWEEN: Final = re.compile(r"(?<=[0-9])-(?=[0-9])")
_SIRET_SHAPE: Final = re.compile(r"[0-9]{14}")
_VAT_NUMBER_SHAPE: Final = re.compile(r"[Ff][Rr][0-9A-HJ-NP-Za-hj-np-z]{2}([0-9]{9})")

_SIREN: Final = "siren:"
_FILE: Final = "file:"
_LONGEST_FILE_NUMBER: Final = 32
_FILE_NUMBER_SHAPE: Final = re.compile(rf"[A-Za-z0-9]{{1,{_LONGEST_FILE_NUMBER}}}")

_LONGEST_EMAIL: Final = 254

_NAME_SHAPE: Final = re.compile(rf"(?=.{{1,{LONGEST_NAME}}}\Z)[^\s{UNWRITTEN}]+(?: [^\s{UNWRITTEN}]+)*")
# Typographic apostrophes and hyphens, which word processors put in the place of typed ones.
_TYPED_FOR: Final = str.maketrans(
    {
        **dict.fromkeys(
            "\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}", "'"
        ),
        **dict.fromkeys("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}", "-"),
    }
)


def _bare(text: str) -> str:
    """What is left of a number written in groups, with dots, hyphens or spaces between them."""
    return _BETWEEN.sub("", without_spaces(text).translate(_TYPED_FOR)).replace(".", "")


def _is_meant_as_a_siren(text: str) -> bool:
    """Whether a text stands for a SIREN, right or wrong (A13).

    `isdigit` knows more digits than 0 to 9: a number typed in full-width digits is a SIREN to be refused as such.
    """
    bare = _bare(text)
    return bare.isdigit() or bool(_MISTYPED_SHAPE.fullmatch(bare) or _VAT_NUMBER_SHAPE.fullmatch(bare))


def _is_meant_otherwise(text: str) -> bool:
    """Whether a text that could be a file number stands for something else: a SIREN, a bank account."""
    return _is_meant_as_a_siren(text) or is_like_an_account(text)


def _siren_number(text: str) -> str:
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - slow to import, and stored SIRENs do not need it
    from stdnum.fr import siren  # noqa: PLC0415 - same

    number = _bare(filled("siren", text))
    if not number:
        raise InvalidValueError("siren.missing")
    typed = excerpt(text.strip())
    vat_number = _VAT_NUMBER_SHAPE.fullmatch(number)
    if vat_number:
        # Monaco's are written as French ones, and what follows their key is no SIREN.
        code = "monaco" if vat_number[1].startswith("000") else "vat_number"
        raise InvalidValueError(f"siren.{code}", value=typed, siren=vat_number[1])
    # python-stdnum reads full-width digits as digits, and zeros only as a number: nobody was ever given either.
    if not (number.isascii() and number.isdigit()):
        what = "mistyped" if _MISTYPED_SHAPE.fullmatch(number) else "malformed"
        raise InvalidValueError(f"siren.{what}", value=typed)
    if _SIRET_SHAPE.fullmatch(number):
        raise InvalidValueError("siren.siret", value=typed, siren=number[:9])
    if len(number) != 9:
        raise InvalidValueError("siren.length", value=typed, length=len(number))
    if not int(number):
        raise InvalidValueError("siren.zeros", value=typed)
    try:
        return siren.validate(number)
    except ValidationError:
        raise InvalidValueError("siren.check_digit", value=typed) from None


@whole
@attrs.frozen(repr=False, weakref_slot=False)
class Siren:
    """The SIREN of an organisation; `number` is its nine digits (rules 1.4 and 2.2).

    Spaces, dots and hyphens are dropped. Raises `InvalidValueError` unless nine ASCII digits remain that pass Luhn's
    check and are not all zeros.
    """

    number: str = attrs.field(converter=_siren_number)

    @classmethod
    def from_canonical(cls, number: str) -> Siren:
        """Read nine digits back from storage, quickly.

        Raises `InvalidValueError` if they are not a SIREN's.
        """
        if isinstance(number, str) and _SIREN_SHAPE.fullmatch(number):
            a, b, c, d, e, f, g, h, i = number.encode()
            # Luhn on character codes: five of the digits count 48 (the code of "0") too many, and 5 x 48 ends in 0.
            if (a + _DOUBLED[b] + c + _DOUBLED[d] + e + _DOUBLED[f] + g + _DOUBLED[h] + i) % 10 == 0:
                return _siren(number if type(number) is str else plain(number))
        raise unlike(cls)

    @property
    def grouped(self) -> str:
        """The number as people read it, in threes, with no-break spaces between."""
        return grouped(self.number, 3)

    def __str__(self) -> str:
        return self.number

    @half_built
    def __repr__(self) -> str:
        return f"Siren({self.number!r})"


def _file_number(text: str) -> str:
    number = filled("file_number", filled("file_number", text).removeprefix(_FILE))
    if len(number) > _LONGEST_FILE_NUMBER:
        raise InvalidValueError("file_number.too_long", length=len(number))
    if not _FILE_NUMBER_SHAPE.fullmatch(number):
        raise InvalidValueError("file_number.malformed", value=excerpt(number))
    return number


@whole
@attrs.frozen(repr=False, weakref_slot=False)
class FileNumber:
    """The file number (identifiant de dossier) of an organisation; `number` is kept as typed (rules 1.4, 2.3 and A13).

    Surrounding spaces are dropped, and `file:` before it. Its text is the number, after `file:` if the number would
    else be read as something else. Raises `InvalidValueError` unless it is 1 to 32 ASCII letters and digits.
    """

    number: str = attrs.field(converter=_file_number)

    @classmethod
    def from_canonical(cls, number: str) -> Self:
        """Read a file number back from storage, quickly.

        Raises `InvalidValueError` if it is not one.
        """
        return restore(cls, "number", number, _FILE_NUMBER_SHAPE)

    def __str__(self) -> str:
        return f"{_FILE}{self.number}" if _is_meant_otherwise(self.number) else self.number

    @half_built
    def __repr__(self) -> str:
        # A number with letters may be an account that somebody insisted on.
        return f"FileNumber({self.number if self.number.isdecimal() else excerpt(self.number)!r})"


Organisation: TypeAlias = Annotated[Siren | FileNumber, Either]


def organisation(value: str | Organisation) -> Organisation:
    """Give the SIREN or the file number that a text stands for; a value is given back (rules 1.4, 2.2, 2.3 and A13).

    Digits alone are a SIREN whatever their number, with spaces, dots and hyphens or without. So are nine digits of
    which some were typed as the letter O, I or l, a SIRET, and a French VAT number. Each of these is an error that says
    so, and none is a file number. A file number that looks like one of these is given as `FileNumber("…")`, or as text
    after `file:`. So `organisation(str(x)) == x` for every x.

    Raises `InvalidValueError` if the text is neither. Raises it for a bank account, without showing it.
    """
    for kind in (Siren, FileNumber):
        if isinstance(value, kind):
            return as_plain(value, kind)
    text = filled("organisation", value)
    if text.startswith(_SIREN):
        return Siren(text.removeprefix(_SIREN))
    if is_like_an_account(text) and not text.startswith(_FILE):
        raise InvalidValueError("organisation.account")
    return Siren(text) if _is_meant_as_a_siren(text) else FileNumber(text)


def _email_address(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - slow, and of no use to stored addresses

    text = filled("email", text)
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        wrong = _wrong_with(text)
    # Raised out of the handler: the library's own error, which may quote the address, is not kept as its context.
    raise InvalidValueError(f"email.{wrong}", value=excerpt(mask_address(text)))


def _wrong_with(address: str) -> str:
    """What is wrong with an address, as the second half of the code that says so."""
    from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email  # noqa: PLC0415 - as above

    local, at, domain = address.rpartition("@")
    if not (local and at and domain):
        return "no_at_sign" if not at else "no_domain" if local else "no_local_part"
    if "@" in local and '"' not in local:
        return "at_signs"
    if any(f".{domain.lower()}".endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES):
        return "reserved"
    if "." not in domain:
        return "no_period"
    try:
        validate_email(f"a@{domain}", check_deliverability=False)
    except EmailNotValidError:
        return "domain"
    return "local_part"


@whole
@attrs.frozen(repr=False, weakref_slot=False)
class EmailAddress:
    """An e-mail address; `address` is its normalised text, with the domain in lower case (rules 1.1, 1.7 and 2.7).

    Surrounding spaces are dropped, and nothing is looked up. Raises `InvalidValueError`, with the address masked, if it
    is badly formed. Raises it for a domain that is reserved and can receive nothing, such as `localhost` or `.test`.
    """

    address: str = attrs.field(converter=_email_address)

    @classmethod
    def from_canonical(cls, address: str) -> EmailAddress:
        """Read an address back from storage, quickly.

        Raises `InvalidValueError` if it does not look like one.
        """
        # Faster than a regular expression. The only space that counts as printed is the plain one.
        if isinstance(address, str) and len(address) <= _LONGEST_EMAIL and address.isprintable() and " " not in address:
            local, _, domain = address.partition("@")
            if local and domain and "@" not in domain:
                return _email(address if type(address) is str else plain(address))
        raise unlike(cls)

    @property
    def masked(self) -> str:
        """The address as logs and errors may show it: `j***@example.fr`."""
        return mask_address(self.address)

    def __str__(self) -> str:
        return self.address

    @half_built
    def __repr__(self) -> str:
        return f"EmailAddress({self.masked!r})"


def _person_name(text: str) -> str:
    name = one_line("name", text, longest=LONGEST_NAME)
    if not has_letter(name):
        raise InvalidValueError("name.no_letter", value=excerpt(name))
    return name


def _compared(name: str) -> str:
    """The name as it is compared."""
    # Twice: what a capital is folded to may be in another form of Unicode again.
    for _ in range(2):
        name = unicodedata.normalize("NFKC", only_seen(name).translate(_TYPED_FOR)).casefold()
    return " ".join(name.split())


@whole
@attrs.frozen(repr=False, weakref_slot=False)
class PersonName:
    """The last or first name of a person; `name` has single spaces inside and none around (rules 1.3 and 2.16).

    Raises `InvalidValueError` unless it has 1 to 100 characters, all of them printable, and one letter at least.
    """

    name: str = attrs.field(converter=_person_name)

    @classmethod
    def from_canonical(cls, name: str) -> Self:
        """Read a name back from storage, quickly.

        Raises `InvalidValueError` if it does not look like one.
        """
        return restore(cls, "name", name, _NAME_SHAPE)

    def same_as(self, other: PersonName) -> bool:
        """Say whether it is the same name, however it was typed (rule 2.16).

        Capitals do not make another name, and neither do shapes of a letter that Unicode tells apart (a ligature or a
        full-width letter). Typographic apostrophes and hyphens do not either, nor do characters that nobody sees.
        Accents do, and so does a space in the place of a hyphen.
        """
        return _compared(self.name) == _compared(other.name)

    def __str__(self) -> str:
        return self.name

    @half_built
    def __repr__(self) -> str:
        return f"PersonName({self.name!r})"


_siren: Final = builder(Siren)
_email: Final = builder(EmailAddress)
