"""Who people and organisations are: SIREN, file number, e-mail address, names.

An organisation is known by its SIREN (système d'identification du répertoire des entreprises), the nine digits that
INSEE gives to a legal unit, the last of which is a Luhn check digit; article R. 123-221 of the commercial code defines
it. Spaces (no-break ones too) and dots are accepted and dropped:

>>> from teleprocedures.values._identity import EmailAddress, FileNumber, PersonName, Siren, organisation
>>> Siren("552 008 443")
Siren('552008443')
>>> Siren("552 008 444")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not a SIREN: '552 008 444' fails its check digit; expected nine digits, ...

or else, only to consult property-tax notices, by the file number (identifiant de dossier) that a tax office gave (rules
2.3 and A7). No source says what it looks like, so it is opaque: 1 to 32 ASCII letters and digits (rule A13), kept as
typed.

>>> FileNumber(" TF2024A17 ")
FileNumber('TF2024A17')

Forms take either. A text made of digits only is always read as a SIREN, so that a mistyped one never passes for a file
number:

>>> organisation("552.008.443"), organisation("TF2024A17")
(Siren('552008443'), FileNumber('TF2024A17'))
>>> organisation("55200844")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not a SIREN: '55200844' has 8 digits; expected nine digits, such as 552 008 443

An e-mail address is checked as it is written, never looked up; it is masked wherever a person could read it by
accident:

>>> address = EmailAddress("jeanne.martin@Example.FR")
>>> address
EmailAddress('j***@example.fr')
>>> str(address)
'jeanne.martin@example.fr'
>>> EmailAddress("jm@example")
Traceback (most recent call last):
    ...
teleprocedures.errors.InvalidValueError: not an e-mail address: 'j***@example' is refused, ... have a period; ...

>>> PersonName("  Marie   Le Goff ")
PersonName('Marie Le Goff')
"""

from __future__ import annotations

import re
from typing import Final, Self, TypeAlias

import attrs

from teleprocedures.building import builder
from teleprocedures.errors import quoted, without_spaces
from teleprocedures.values._text import Expected

LONGEST_NAME: Final = 100

_SIREN: Final = Expected("a SIREN", "nine digits, such as 552 008 443")
_SIREN_SHAPE: Final = re.compile(r"(?!0{9})[0-9]{9}")
_DOUBLED: Final = {ord("0") + digit: sum(divmod(2 * digit, 10)) for digit in range(10)}

_FILE_NUMBER: Final = Expected("a file number", "1 to 32 letters (A to Z) and digits")
_FILE_NUMBER_SHAPE: Final = re.compile(r"[A-Za-z0-9]{1,32}")

_EMAIL: Final = Expected("an e-mail address", "one such as contact@example.fr")
_LONGEST_EMAIL: Final = 254

_NAME: Final = Expected("a name", f"1 to {LONGEST_NAME} characters, of which one letter at least")
_NAME_SHAPE: Final = re.compile(rf"(?=.{{1,{LONGEST_NAME}}}\Z)[^\s\x00-\x1f\x7f]+(?: [^\s\x00-\x1f\x7f]+)*")


def _siren_number(text: str) -> str:
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - slow to import, and stored SIRENs do not need it
    from stdnum.fr import siren  # noqa: PLC0415 - same

    text = _SIREN.typed(text)
    number = without_spaces(text).replace(".", "")
    # python-stdnum reads full-width digits as digits, and zeros only as a number: nobody was ever given either.
    if not (number.isascii() and number.isdigit()):
        raise _SIREN.refusal(quoted(text), "has something else than digits 0 to 9" if number else "is empty")
    if len(number) != 9:
        raise _SIREN.refusal(quoted(text), f"has {len(number)} digits")
    if not int(number):
        raise _SIREN.refusal(quoted(text), "is all zeros, which is nobody's")
    try:
        return siren.validate(number)
    except ValidationError:
        raise _SIREN.refusal(quoted(text), "fails its check digit") from None


@attrs.frozen(repr=False, weakref_slot=False)
class Siren:
    """The SIREN of an organisation; `number` is its nine digits (rules 1.4 and 2.2).

    Spaces and dots are dropped. InvalidValueError unless nine ASCII digits remain, not all zeros, that pass Luhn's
    check.
    """

    number: str = attrs.field(converter=_siren_number)

    @classmethod
    def from_canonical(cls, text: str) -> Self:
        """Read nine digits back from storage, quickly; InvalidValueError if they are not a SIREN's."""
        if isinstance(text, str) and _SIREN_SHAPE.fullmatch(text):
            a, b, c, d, e, f, g, h, i = text.encode()
            # Luhn on character codes: five of the digits count 48 (the code of "0") too many, and 5 x 48 ends in 0.
            if (a + _DOUBLED[b] + c + _DOUBLED[d] + e + _DOUBLED[f] + g + _DOUBLED[h] + i) % 10 == 0:
                siren: Self = _siren(number=text)
                return siren
        raise _SIREN.unlike(cls)

    def __str__(self) -> str:
        return self.number

    def __repr__(self) -> str:
        return f"Siren({self.number!r})"


def _file_number(text: str) -> str:
    number = _FILE_NUMBER.typed(text).strip()
    if not _FILE_NUMBER_SHAPE.fullmatch(number):
        raise _FILE_NUMBER.refusal(quoted(number), "is empty, too long, or has another character")
    return number


@attrs.frozen(repr=False, weakref_slot=False)
class FileNumber:
    """The file number (identifiant de dossier) of an organisation; `number` is kept as typed (rules 1.4, 2.3 and A13).

    Surrounding spaces are dropped. InvalidValueError unless it is 1 to 32 ASCII letters and digits.
    """

    number: str = attrs.field(converter=_file_number)

    @classmethod
    def from_canonical(cls, text: str) -> Self:
        """Read a file number back from storage, quickly; InvalidValueError if it is not one."""
        return _FILE_NUMBER.restore(cls, "number", text, _FILE_NUMBER_SHAPE)

    def __str__(self) -> str:
        return self.number

    def __repr__(self) -> str:
        return f"FileNumber({self.number!r})"


Organisation: TypeAlias = Siren | FileNumber


def organisation(value: str | Organisation) -> Organisation:
    """Give the SIREN or the file number that a text stands for; a value is given back (rules 1.4, 2.2 and 2.3).

    Digits alone, with spaces and dots or not, are a SIREN whatever their number, so that a mistyped SIREN is an error
    and not a file number; a file number that has only digits is given as `FileNumber("…")`. InvalidValueError if it is
    neither.
    """
    if isinstance(value, (Siren, FileNumber)):
        return value
    text = Expected("an organisation", "a SIREN or a file number").typed(value)
    # `isdigit` knows more digits than 0 to 9: a number typed in full-width digits is a SIREN to be refused as such.
    return Siren(text) if without_spaces(text).replace(".", "").isdigit() else FileNumber(text)


def _masked(address: str) -> str:
    local, at, domain = address.rpartition("@") if "@" in address else (address, "", "")
    return f"{local[:1] if len(local) > 1 else ''}***{at}{domain}"


def _email_address(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - slow, and of no use to stored addresses

    text = _EMAIL.typed(text).strip()
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        # What follows a colon or a parenthesis may quote the address itself.
        why = re.sub(r"(?s)[. ]*([:(].*)?\Z", "", str(error)).replace(". It", ", it")
    # Raised out of the handler: the library's own error, which may quote the address, is not kept as its context.
    raise _EMAIL.refusal(quoted(_masked(text)), f"is refused, {why[:1].lower()}{why[1:]}")


@attrs.frozen(repr=False, weakref_slot=False)
class EmailAddress:
    """An e-mail address; `address` is its normalised text, the domain in lower case (rules 1.1, 1.7 and 2.7).

    Surrounding spaces are dropped; nothing is looked up. InvalidValueError, with the address masked, if it is badly
    formed or if its domain is reserved and can receive nothing, such as `localhost` or `.test`.
    """

    address: str = attrs.field(converter=_email_address)

    @classmethod
    def from_canonical(cls, text: str) -> Self:
        """Read an address back from storage, quickly; InvalidValueError if it does not look like one."""
        # Faster than a regular expression. The only space that counts as printed is the plain one.
        if isinstance(text, str) and len(text) <= _LONGEST_EMAIL and text.isprintable() and " " not in text:
            local, _, domain = text.partition("@")
            if local and domain and "@" not in domain:
                address: Self = _email(address=text)
                return address
        raise _EMAIL.unlike(cls)

    @property
    def masked(self) -> str:
        """The address as logs and errors may show it: `j***@example.fr`."""
        return _masked(self.address)

    def __str__(self) -> str:
        return self.address

    def __repr__(self) -> str:
        return f"EmailAddress({self.masked!r})"


def _person_name(text: str) -> str:
    name = _NAME.one_line(text, longest=LONGEST_NAME)
    if not any(map(str.isalpha, name)):
        raise _NAME.refusal(quoted(name), "has no letter")
    return name


@attrs.frozen(repr=False, weakref_slot=False)
class PersonName:
    """The last or first name of a person; `name` has single spaces inside and none around (rules 1.3 and 2.16).

    InvalidValueError unless it has 1 to 100 characters, all of them printable, with one letter at least.
    """

    name: str = attrs.field(converter=_person_name)

    @classmethod
    def from_canonical(cls, text: str) -> Self:
        """Read a name back from storage, quickly; InvalidValueError if it does not look like one."""
        return _NAME.restore(cls, "name", text, _NAME_SHAPE)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"PersonName({self.name!r})"


_siren: Final = builder(Siren)
_email: Final = builder(EmailAddress)
