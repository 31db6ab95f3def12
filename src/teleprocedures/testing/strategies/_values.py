"""Who people and organisations are, and the codes they are given: valid values, and texts that are none."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final

from hypothesis import strategies as st

from teleprocedures.errors import InvalidValueError
from teleprocedures.values import (
    CODE_ALPHABET,
    ActivationCode,
    Digest,
    EmailAddress,
    FileNumber,
    LinkToken,
    Organisation,
    PersonName,
    Siren,
)

__all__ = [
    "activation_codes",
    "digests",
    "email_addresses",
    "file_numbers",
    "invalid_email_addresses",
    "invalid_file_numbers",
    "invalid_person_names",
    "invalid_sirens",
    "link_tokens",
    "organisations",
    "person_names",
    "siren_texts",
    "sirens",
]

_DOUBLED: Final = str.maketrans(digits, "0246813579")
_LETTERS_AND_DIGITS: Final = digits + ascii_uppercase + ascii_lowercase
_FULL_WIDTH: Final = str.maketrans(digits, "".join(map(chr, range(0xFF10, 0xFF1A))))
_ENDINGS: Final = ("fr", "com", "eu", "org", "paris", "re", "co.uk")
_ACCENTED: Final = "éèêëàâîïôûùçœ"
_NO_ADDRESS: Final = (
    "",
    "@",
    "a@",
    "@b.fr",
    "a b@c.fr",
    "a@@b.fr",
    "a@b",
    "a@localhost",
    "a@b.test",
    "a..b@c.fr",
    "a@-b.fr",
)
_NO_NAME: Final = ("", "   ", "42", "-", "A\nB\x00", "A\u202eB", "A" * 101)


def _siren(first_eight: int) -> str:
    number = f"{first_eight:08}"
    # Luhn, from the right: the check digit counts once, the digit before it twice, and so on.
    total = sum(map(int, number[::2])) + sum(map(int, number[1::2].translate(_DOUBLED)))
    return number + str(-total % 10)


def sirens() -> st.SearchStrategy[Siren]:
    """Give SIRENs: nine digits whose last is their Luhn check digit (rules 1.4 and 2.2).

    >>> from hypothesis import find
    >>> find(sirens(), lambda _: True)
    Siren('000000018')
    """
    return st.integers(1, 99_999_999).map(_siren).map(Siren)


def siren_texts() -> st.SearchStrategy[str]:
    """Give SIRENs as people type them: in groups, with dots, with spaces around or no-break ones.

    >>> from hypothesis import find
    >>> find(siren_texts(), lambda text: " " in text)
    '000 000 018'
    """
    separators = st.sampled_from(("", " ", ".", "\u00a0", "\u202f"))
    return st.builds(
        lambda siren, gap: gap.join((siren.number[:3], siren.number[3:6], siren.number[6:])), sirens(), separators
    )


def _off_by(number: str, more: int) -> str:
    return number[:-1] + str((int(number[-1]) + more) % 10)


def invalid_sirens() -> st.SearchStrategy[str]:
    """Give texts that are no SIREN: a wrong check digit, another length, digits of other scripts, letters, zeros only.

    >>> from hypothesis import find
    >>> find(invalid_sirens(), lambda _: True)
    '000000000'
    """
    numbers = st.integers(1, 99_999_999).map(_siren)
    return st.one_of(
        st.builds(_off_by, numbers, st.integers(1, 9).map(lambda less: 10 - less)).filter(lambda text: int(text) > 0),
        st.text(digits, max_size=14).filter(lambda text: len(text) != len("552008443")),
        numbers.map(lambda number: number.translate(_FULL_WIDTH)),
        st.builds(lambda number, letter: letter + number[1:], numbers, st.sampled_from("OIlx-_/")),
        st.just("000000000"),
    )


def file_numbers() -> st.SearchStrategy[FileNumber]:
    """Give file numbers: 1 to 32 ASCII letters and digits (rules 2.3 and A13).

    >>> from hypothesis import find
    >>> find(file_numbers(), lambda _: True)
    FileNumber('0')
    """
    return st.text(_LETTERS_AND_DIGITS, min_size=1, max_size=32).map(FileNumber)


def invalid_file_numbers() -> st.SearchStrategy[str]:
    """Give texts that are no file number: empty, longer than 32 characters, or with another character inside.

    >>> from hypothesis import find
    >>> find(invalid_file_numbers(), lambda _: True)
    ''
    """
    other = st.sampled_from("-_/ .é\u0660\x00")
    return st.one_of(
        st.just(""),
        st.text(_LETTERS_AND_DIGITS, min_size=33, max_size=40),
        st.builds(
            "{}{}{}".format, st.sampled_from(digits), other, st.text(_LETTERS_AND_DIGITS, min_size=1, max_size=8)
        ),
    )


def organisations() -> st.SearchStrategy[Organisation]:
    """Give organisations: SIRENs, and file numbers too.

    >>> from hypothesis import find
    >>> find(organisations(), lambda _: True)
    Siren('000000018')
    """
    return sirens() | file_numbers()


def email_addresses() -> st.SearchStrategy[EmailAddress]:
    """Give e-mail addresses, of which some have dots, plus signs or an accented domain (rules 1.1 and 2.7).

    >>> from hypothesis import find
    >>> str(find(email_addresses(), lambda _: True))
    '0@a0.fr'
    """
    words = st.text(ascii_lowercase + digits, min_size=1, max_size=12)
    joined = st.lists(words, min_size=1, max_size=3)
    local = st.builds(str.join, st.sampled_from((".", "+", "_", "-")), joined)
    label = st.builds(
        "{}{}".format, st.sampled_from(ascii_lowercase), words | st.text(_ACCENTED, min_size=1, max_size=4)
    )
    return st.builds("{}@{}.{}".format, local, label, st.sampled_from(_ENDINGS)).map(EmailAddress)


def _is_no_address(text: str) -> bool:
    try:
        EmailAddress(text)
    except InvalidValueError:
        return True
    return False


def invalid_email_addresses() -> st.SearchStrategy[str]:
    """Give texts that are no e-mail address, or one of a domain that receives nothing.

    >>> from hypothesis import find
    >>> find(invalid_email_addresses(), lambda text: "@" in text)
    '@'
    """
    return st.sampled_from(_NO_ADDRESS) | st.text(max_size=30).filter(_is_no_address)


def person_names() -> st.SearchStrategy[PersonName]:
    """Give names of people: accents, hyphens, apostrophes, several words (rules 1.3 and 2.16).

    >>> from hypothesis import find
    >>> find(person_names(), lambda _: True)
    PersonName('A')
    """
    word = st.builds(
        "{}{}".format, st.sampled_from(ascii_uppercase + "ÉÈÇŒ"), st.text(ascii_lowercase + _ACCENTED, max_size=12)
    )
    return st.builds(str.join, st.sampled_from((" ", "-", "'")), st.lists(word, min_size=1, max_size=3)).map(PersonName)


def invalid_person_names() -> st.SearchStrategy[str]:
    """Give texts that are nobody's name: empty, without a letter, too long, or with characters that cannot be printed.

    >>> from hypothesis import find
    >>> len(find(invalid_person_names(), lambda text: len(text) > 20))
    101
    """
    return st.sampled_from(_NO_NAME) | st.text(digits + " -'", max_size=20)


def activation_codes() -> st.SearchStrategy[ActivationCode]:
    """Give activation codes, in the alphabet that survives being typed from paper (rules 1.8, 3.3 and A13).

    >>> from hypothesis import find
    >>> find(activation_codes(), lambda _: True).reveal()
    '22222222'
    """
    return st.text(CODE_ALPHABET, min_size=8, max_size=20).map(ActivationCode)


def link_tokens() -> st.SearchStrategy[LinkToken]:
    """Give link tokens, with every character that a link carries as it is (rules 2.8 and 2.9).

    >>> from hypothesis import find
    >>> find(link_tokens(), lambda _: True).reveal()
    '0000000000000000'
    """
    return st.text(_LETTERS_AND_DIGITS + "-_", min_size=16, max_size=43).map(LinkToken)


def digests() -> st.SearchStrategy[Digest]:
    """Give what is kept of codes and tokens: digests that open with none that anybody knows (rule A13).

    >>> from hypothesis import find
    >>> find(digests(), lambda _: True).hex()[:8]
    '00000000'
    """
    return st.binary(min_size=32, max_size=32).map(Digest)
