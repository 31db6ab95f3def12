"""How each kind of value is read, and how it stands as one text: the one list that all adapters go by.

What is read is what people type, what was written, or the value. What is written is what the codec writes, but for an
account: in a column it is its IBAN alone, so that equal accounts are equal texts. Its BIC is looked up again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType, NoneType
from typing import Any, Final, Generic, TypeVar, cast, get_args, get_origin, get_type_hints

import attrs

from teleprocedures.errors import InvalidFormError, InvalidValueError
from teleprocedures.forms import AdhesionForm, Reading, SpaceForm, read_account, read_contact_fields
from teleprocedures.rulebook import CATALOGUE, Catalogue, Service
from teleprocedures.values import (
    ActivationCode,
    BankAccount,
    ContactDetails,
    CreditorIdentifier,
    EmailAddress,
    FileNumber,
    LinkToken,
    MandateReference,
    Organisation,
    PersonName,
    Secret,
    Siren,
    as_plain,
    organisation,
)

V = TypeVar("V")

_LONGEST_CODE: Final = 100


@attrs.frozen(kw_only=True)
class Kind(Generic[V]):
    """A kind of value: its `name`, the classes of its values, and how it is read and written.

    `read` takes what people type, what was written, or a value, and raises `InvalidValueError`. `write` gives a text of
    `longest` characters at most, and `restore` reads it back. `shape` is the JSON Schema of that text, and `example`
    what somebody may type, in so many characters as it has `least` and `most`. A `personal` one is shown masked.
    """

    name: str
    classes: tuple[type, ...]
    read: Callable[[Any], V]
    write: Callable[[V], str]
    restore: Callable[[str], V]
    longest: int
    shape: Mapping[str, object] = attrs.field(factory=dict)
    example: str
    least: int = 1
    most: int = attrs.field(default=attrs.Factory(lambda kind: kind.longest, takes_self=True))
    personal: bool = False


def _in_groups(least: int, longest: int) -> dict[str, int]:
    """How many characters somebody types of a number that may have a space behind each of its signs."""
    return {"least": least, "most": 2 * longest}


def _kind(of: type[V], name: str, *, longest: int, example: str, **more: Any) -> Kind[V]:
    """The kind of a class with one field, of which `from_canonical` reads the text."""
    (field,) = attrs.fields(cast("type[attrs.AttrsInstance]", of))
    return Kind(
        name=name,
        classes=(of,),
        read=lambda value: as_plain(value, of) if isinstance(value, of) else cast("Callable[[object], V]", of)(value),
        write=lambda value: str(getattr(value, field.name)),
        restore=cast("Any", of).from_canonical,
        longest=longest,
        example=example,
        **more,
    )


def _restore_organisation(text: str) -> Organisation:
    kind, _, number = text.partition(":")
    return Siren.from_canonical(number) if kind == "siren" else FileNumber.from_canonical(number)


def _restore_account(iban: str) -> BankAccount:
    # A country may have left the payments area since: what was stored is read all the same.
    try:
        return BankAccount(iban)
    except InvalidValueError:
        return BankAccount.from_canonical(iban, None)


def service_kind(catalogue: Catalogue = CATALOGUE) -> Kind[Service]:
    """Services by their codes, as a catalogue has them; one that is a value already may be of another."""
    return Kind(
        name="service",
        classes=(Service,),
        read=lambda value: as_plain(value, Service) if isinstance(value, Service) else catalogue.find(value),
        write=lambda service: service.code,
        restore=catalogue.find,
        longest=_LONGEST_CODE,
        example="payer-tva",
    )


KINDS: Final[Mapping[object, Kind[Any]]] = MappingProxyType(
    {
        Siren: _kind(
            Siren, "siren", longest=9, example="552 008 443", shape={"pattern": "^[0-9]{9}$"}, **_in_groups(9, 9)
        ),
        FileNumber: _kind(
            FileNumber, "file-number", longest=32, example="TF2024A17", shape={"pattern": "^[A-Za-z0-9]{1,32}$"}
        ),
        Organisation: Kind(
            name="organisation",
            classes=(Siren, FileNumber),
            read=organisation,
            write=lambda value: f"{'siren' if isinstance(value, Siren) else 'file'}:{value.number}",
            restore=_restore_organisation,
            longest=38,
            shape={"pattern": "^(siren:[0-9]{9}|file:[A-Za-z0-9]{1,32})$"},
            example="552 008 443",
        ),
        EmailAddress: _kind(
            EmailAddress, "email", longest=254, example="jeanne@example.fr", shape={"format": "email"}, personal=True
        ),
        PersonName: _kind(PersonName, "person-name", longest=100, example="Jeanne Martin"),
        BankAccount: Kind(
            name="iban",
            classes=(BankAccount,),
            read=read_account,
            write=lambda account: account.iban,
            restore=_restore_account,
            longest=34,
            shape={"pattern": "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"},
            example="FR76 3000 6000 0112 3456 7890 189",
            personal=True,
            **_in_groups(15, 34),
        ),
        CreditorIdentifier: _kind(
            CreditorIdentifier,
            "creditor-identifier",
            longest=35,
            example="FR72 ZZZ 123456",
            **_in_groups(8, 35),
            shape={"pattern": "^[A-Z]{2}[0-9]{2}[A-Z0-9]{4,31}$"},
        ),
        MandateReference: _kind(MandateReference, "mandate-reference", longest=35, example="IMPOTS-2024/000017"),
        Service: service_kind(),
    }
)
"""Every kind of value that stands as one text, by its class; an organisation by its annotation."""


def name_of(kind: object) -> str:
    """What a kind of value is called in a program."""
    return "Organisation" if kind == Organisation else str(getattr(kind, "__name__", kind))


def kind_of(kind: object, catalogue: Catalogue = CATALOGUE) -> Kind[Any]:
    """The kind of a class; raises `InvalidValueError` for one that does not stand as one text."""
    known = service_kind(catalogue) if kind is Service else KINDS.get(kind)
    if known is None:
        kinds = ", ".join(map(name_of, KINDS))
        raise InvalidValueError("argument.wrong_type", value=name_of(kind), what="kind", expected=kinds)
    return known


SECRET: Final = (Secret, ActivationCode, LinkToken)
"""What is read and never written."""


# --- In JSON ----------------------------------------------------------------------------------------------------------


def _contact(value: object) -> ContactDetails:
    reading = Reading()
    found: ContactDetails = read_contact_fields(reading, value, "", None)
    if reading.problems:
        raise InvalidFormError("ContactDetails", reading.problems)
    return found


def _value(kind: Kind[object], value: object, _: Catalogue) -> object:
    return kind.read(value)


def _form(form: type[AdhesionForm | SpaceForm], value: Any, catalogue: Catalogue) -> AdhesionForm | SpaceForm:
    return value if isinstance(value, form) else form.from_mapping(value, catalogue=catalogue)


def _secret(kind: type[Any], value: object, _: Catalogue) -> object:
    return value if isinstance(value, kind) else kind(value)


READERS: Final[Mapping[object, Callable[[object, Catalogue], object]]] = MappingProxyType(
    {
        **{kind: partial(_secret, kind) for kind in SECRET},
        **{kind: partial(_value, it) for kind, it in KINDS.items()},
        Service: lambda value, catalogue: service_kind(catalogue).read(value),
        ContactDetails: lambda value, _: _contact(value),
        AdhesionForm: partial(_form, AdhesionForm),
        SpaceForm: partial(_form, SpaceForm),
    }
)
"""How values and forms are read, with the catalogue in which services are found; raises `InvalidValueError`, or
`InvalidFormError` with every problem."""


def fields_of(kind: type[attrs.AttrsInstance]) -> dict[attrs.Attribute[object], object]:
    """The fields of a class, each with its annotation."""
    hints = get_type_hints(kind, include_extras=True)
    return {field: hints[field.name] for field in attrs.fields(kind)}


def writer_of(annotation: Any) -> Callable[[Any], object]:
    """How what has this annotation is written in JSON, which is how the codec writes it; what is secret is left out."""
    kinds = get_args(annotation)
    if annotation is BankAccount:
        return attrs.asdict
    if annotation in KINDS:
        return KINDS[annotation].write
    if NoneType in kinds:
        write = writer_of(next(kind for kind in kinds if kind is not NoneType))
        return lambda value: None if value is None else write(value)
    if get_origin(annotation) is tuple:
        return partial(_listed, writer_of(kinds[0]))
    if annotation in SECRET or issubclass(annotation, str):
        return str
    writers = {field.name: writer_of(it) for field, it in fields_of(annotation).items() if it not in SECRET}
    return lambda value: {name: write(getattr(value, name)) for name, write in writers.items()}


def _listed(write: Callable[[object], object], values: Iterable[object]) -> list[object]:
    return list(map(write, values))
