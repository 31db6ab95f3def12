"""How values stand in JSON: a `Part` for each type, found by the annotations of the fields that have it.

Nobody lists the fields of what is stored. An event, a message or a kind of case is stored by the annotations of its
fields, those of a host too. What the type does not say, the name of a field says: of all the texts, `case_id` is an id.

Two halves. First msgspec reads JSON into *plain* structs, which have the fields of our classes with types that JSON
has. It refuses a wrong type, a missing field and an unknown one. Then each part makes its value of its plain form.
Where a class has `from_canonical`, that reads its canonical text only. So the libraries that validate whatever people
type are not imported. Writing is the way back.

Sources. A part does not hold functions but the sources of two expressions, of `{it}`. The part of a class puts the
sources of its fields together, and one function is made of the whole. A call for each field would cost more than the
field. Sources refer to functions by name, in `names`. They are written in this module only, and what is read from a
document never becomes a part of one. A value is filled into a draft, as `building` says, unless its class has to check
or convert something.

Errors. A generated function does not know where it is. So an error comes out of it without a path, and `locate` reads
the parts one after the other until one refuses again: its steps are the path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cached_property, reduce
from operator import or_
from types import GenericAlias, MappingProxyType, NoneType
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args, get_origin, get_type_hints

import attrs
from msgspec import UNSET, Meta, UnsetType, defstruct, to_builtins

from teleprocedures import values
from teleprocedures.building import builder, draft_of, function
from teleprocedures.cases import Action, Actor, Case
from teleprocedures.codec._problems import WRONG, Wrong, quote, translate
from teleprocedures.core import LONGEST_ID, Event, Message, case_id
from teleprocedures.deadlines import Deadline, instant
from teleprocedures.errors import CodecError, InvalidValueError, Rule, show
from teleprocedures.forms import AdhesionForm
from teleprocedures.rulebook import Rulebook, Service

SCHEMA: Final = 3
"""The form in which documents are written; `_upgrades` has what leads here from the older ones."""

MOST_VERSIONS: Final = 2**63 - 1
"""How many events a case has at most: what whole numbers of databases hold."""

_LINES: Final = (
    *("password_hash", "answer_hash", "security_question", "requester_name", "company_name", "company_address"),
    *("creditor_name", "debtor_name", "debtor_address", "account_holder", "managing_office"),
)
"""The plain texts that somebody typed on one line, or that a hasher answered."""

_LINE: Final = "(t if (t := {it}).isprintable() and '!' <= t and len(t) <= 1000 else written_line(t))"
"""Most of them are seen to be in order without a call: neither empty nor too long, nor beginning with a space."""

_TEXT: Final = "({it} if {it}.isascii() else in_utf_8({it}))"
"""Of a host's own texts, all that JSON can say is read."""

_CHECKED: Final = (Case, Event, Deadline)
"""The classes whose `check` says what holds of a whole value."""

Books: TypeAlias = tuple[Rulebook, ...]
"""The rulebooks to find things in: the one that a document pins, or else all those that the host gave."""

Plain: TypeAlias = Any
"""What msgspec reads and writes, or its type: a class, or a form such as `Annotated[str, …] | None`, of no type."""

RecordType: TypeAlias = type[Case] | type[Event] | type[Message]


# --- What sources call ------------------------------------------------------------------------------------------------


def instant_text(at: datetime) -> str:
    """An instant as text, in UTC and always 27 characters, so that texts compare as instants do.

    Raises `InvalidValueError` for a naive one.
    """
    # msgspec writes ten times faster than `isoformat`, but leaves out microseconds that are zero. What has 27
    # characters is in UTC, because another offset takes six, and a naive datetime has none.
    text: str = to_builtins(at if type(at) is datetime else instant(at))
    if len(text) == 27:
        return text
    return text[:19] + ".000000Z" if at.tzinfo is UTC else instant_text(instant(at))


def _not_utc(_: datetime) -> datetime:
    raise CodecError("codec.not_utc")


def _read_organisation(text: str) -> values.Organisation:
    if text.startswith("siren:"):
        return values.Siren.from_canonical(text[6:])
    if text.startswith("file:"):
        return values.FileNumber.from_canonical(text[5:])
    raise CodecError("codec.no_organisation")


_FINDERS: Final[Mapping[str, Callable[[Rulebook, str], object]]] = MappingProxyType(
    {
        "rulebook": lambda book, pin: {book.reads(pin): book}[True],
        "service": lambda book, code: book.catalogue[code],
        "rule": Rulebook.rule,
    }
)


def _find(what: str, code: str, books: Books) -> object:
    """What a document cites by a text, in the first of the rulebooks that has it.

    Raises `CodecError` when none has it.
    """
    for book in books:
        try:
            return _FINDERS[what](book, code)
        except (InvalidValueError, KeyError):
            continue
    if what == "rulebook":
        code, _, content = code.partition("#")
        known = tuple(book.fingerprint for book in books if book.version == code)
        if known:
            raise CodecError("codec.changed_rulebook", value=quote(code), found=quote(content), expected=known)
    raise CodecError(f"codec.unknown_{what}", value=quote(code), expected=tuple(book.version for book in books))


def no_version(record: object, version: object) -> InvalidValueError:
    """The error for a version that no document can have."""
    kind = type(record).__name__
    return InvalidValueError("codec.version", record=kind, version=show(version), most=MOST_VERSIONS)


def _refuse_version(record: object, version: object) -> int:
    raise no_version(record, version)


_CALLED: Final = (instant, instant_text, case_id, _not_utc, _read_organisation, _find, _refuse_version)
# Everything that the sources below call. A misspelt name in one of them fails when it is first used.
_NAMES: Final[Mapping[str, object]] = MappingProxyType(
    {
        **{it.__name__: it for it in (*_CALLED, values.Siren, values.Digest, values.written_line, values.in_utf_8)},
        "UTC": UTC,
        "UNSET": UNSET,
        "MOST_VERSIONS": MOST_VERSIONS,
        "HELD_ELSEWHERE": values.HELD_ELSEWHERE,
        # Actors and actions that are shipped are read as members, and those of a host stay texts.
        "CODES": {member.value: member for kind in (Actor, Action) for member in kind},
    }
)


# --- Parts ------------------------------------------------------------------------------------------------------------


@attrs.frozen
class Part:
    """How one kind of value stands in JSON.

    The type that msgspec reads and writes is `plain`. The source `read` makes the value of such a plain form, which it
    calls `{it}`, and has the rulebooks at hand as `books`. The source `write` is the way back. Both may refer to
    `names`. The function `inside` gives the parts of a plain form, each with its step of the path and its own plain
    form. A code or a token is among them where `secret` is true.
    """

    plain: Plain
    read: str = "{it}"
    write: str = "{it}"
    names: Mapping[str, object] = _NAMES
    inside: Callable[[Plain], Iterable[tuple[str, Part, Plain]]] = lambda _: ()
    secret: bool = False

    @cached_property
    def reader(self) -> Callable[[Plain, Books], Plain]:
        """What makes the value of its plain form."""
        return function("it, books", (f"return {self.read.format(it='it')}",), self.names)

    @cached_property
    def writer(self) -> Callable[[Plain], Plain]:
        """What makes the plain form of the value."""
        return function("it", (f"return {self.write.format(it='it')}",), self.names)


_INSTANT: Final = Part(
    Annotated[datetime, Meta(tz=True)],
    "(t if (t := {it}).tzinfo is UTC else _not_utc(t))",
    "(t if (t := {it}).tzinfo is UTC else instant(t))",
)
_ID: Final = Part(Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_ID})], "case_id({it})")

_KNOWN: Final[Mapping[object, Part]] = MappingProxyType(
    {
        **{kind: Part(kind) for kind in (bool, int, float, date)},
        str: Part(str, _TEXT),
        values.Line: Part(str, _LINE),
        values.Remark: Part(str, f"written_line({{it}}, {values.LONGEST_LINE})"),
        datetime: _INSTANT,
        values.Siren | values.FileNumber: Part(
            str, "_read_organisation({it})", "('siren:' if isinstance({it}, Siren) else 'file:') + {it}.number"
        ),
        values.SealedCode: Part(
            str,
            "HELD_ELSEWHERE if {it} == 'held-elsewhere' else Digest.from_hex({it})",
            "'held-elsewhere' if {it} is HELD_ELSEWHERE else {it}.hex()",
        ),
        # Nearly always the first one: a document's own rulebook was looked for before its parts are read.
        Rulebook: Part(
            str, "books[0] if books and {it} == books[0].pin else _find('rulebook', {it}, books)", "{it}.pin"
        ),
        Service: Part(str, "_find('service', {it}, books)", "{it}.code"),
        Rule: Part(str, "_find('rule', {it}, books)", "{it}.id"),
        ("version", int): Part(
            Annotated[int, Meta(ge=1, le=MOST_VERSIONS)],
            # Checked when it is written too: `dumps` writes nothing that `loads` refuses.
            write="{it} if type({it}) is int and 1 <= {it} <= MOST_VERSIONS else _refuse_version(it, {it})",
        ),
        ("due_at", datetime): attrs.evolve(_INSTANT, write="instant_text({it})"),
        **{(name, str): _ID for name in ("case_id", "space_id", "adhesion_id", "renews")},
        **{(name, str): Part(str, f"CODES.get({{it}}) or {_TEXT}") for name in ("actor", "action")},
        **{(name, values.Line): Part(str, f"CODES.get({{it}}) or {_LINE}") for name in ("actor", "action")},
        **{(name, str): Part(str, _LINE) for name in _LINES},
    }
)
"""The parts of values by type, or by name and type where the name says more. A class joins a copy when it is met."""


def part_of(annotation: Plain, known: dict[object, Part], name: str = "") -> Part:
    """The part of a field, by its annotation and its name.

    A field holds what has a known part, an enumeration, or a class of attrs. It may hold a tuple of one of these, or
    null in place of one. Raises `TypeError` for anything else.
    """
    # What it is annotated with besides its type counts only where it is known.
    if hasattr(annotation, "__metadata__") and annotation not in known:
        annotation = annotation.__origin__
    kinds = get_args(annotation)
    origin: object = get_origin(annotation)
    # The name and the type first: what the name says is more exact.
    for key in ((name, annotation), annotation):
        if key in known:
            return known[key]
    if NoneType in kinds:
        return _or_null(part_of(reduce(or_, (kind for kind in kinds if kind is not NoneType)), known, name))
    if origin is tuple and kinds[1:] == (...,):
        return _tuple_of(part_of(kinds[0], known))
    if len(kinds) > 1 and all(isinstance(kind, type) and issubclass(kind, Event) for kind in kinds):
        return _one_of(kinds, known)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return Part(annotation)
    if isinstance(annotation, type) and attrs.has(annotation):
        return known.setdefault(annotation, class_part(annotation, known))
    message = f"{annotation!r} has no stored form: expected a value of this library, a plain one, or a class of attrs"
    raise TypeError(message)


def _or_null(part: Part) -> Part:
    read, write = (it if it == "{it}" else f"None if {{it}} is None else {it}" for it in (part.read, part.write))
    return attrs.evolve(part, plain=or_(part.plain, None), read=read, write=write)


def _tuple_of(part: Part) -> Part:
    return attrs.evolve(
        part,
        plain=GenericAlias(tuple, (part.plain, ...)),
        read=f"tuple([{part.read.format(it='each')} for each in {{it}}]) if {{it}} else ()",
        write=f"[{part.write.format(it='each')} for each in {{it}}] if {{it}} else []",
        inside=lambda plains: ((f"[{place}]", part, plain) for place, plain in enumerate(plains)),
    )


def _one_of(kinds: tuple[type[Event], ...], known: dict[object, Part]) -> Part:
    """The part of an event of one of these classes, such as what opens a case: an object that says its kind."""
    parts = {
        it: object_part(it, parts_of(it, known), tag=it.kind, whole=False, name=f"{it.kind}-within") for it in kinds
    }
    by_plain = {part.plain: part for part in parts.values()}
    # The name of what is called is of these classes alone: several such parts may stand in one source.
    own = f"of_{id(kinds)}"
    return Part(
        reduce(or_, by_plain),
        f"read_{own}[type({{it}})]({{it}}, books)",
        f"write_{own}[type({{it}})]({{it}})",
        names={
            f"read_{own}": {plain: part.reader for plain, part in by_plain.items()},
            f"write_{own}": {kind: part.writer for kind, part in parts.items()},
            "kept": kinds,
        },
        inside=lambda plain: by_plain[type(plain)].inside(plain),
    )


# --- Classes ----------------------------------------------------------------------------------------------------------


def class_part(kind: type[attrs.AttrsInstance], known: dict[object, Part]) -> Part:
    """The part of a class: the text that its `from_canonical` reads if it has one field, else an object."""
    parts, make = parts_of(kind, known), getattr(kind, "from_canonical", None)
    if make is None or len(parts) > 1:
        return object_part(kind, parts)
    secret = kind in {values.ActivationCode, values.LinkToken}
    # Two classes of one name may stand in one source: the name there has to be of the class itself.
    read, (field, *_) = f"read_{id(kind)}", attrs.fields(kind)
    return Part(str, f"{read}({{it}})", f"{{it}}.{field.name}", {read: make}, secret=secret)


def says_kind(kind: type[Case]) -> bool:
    """Whether several events open cases of a kind, so that the origin of each says which one."""
    return len(get_args(get_type_hints(kind)["origin"])) > 1


def parts_of(kind: type[attrs.AttrsInstance], known: dict[object, Part]) -> dict[str, Part]:
    """The part of each field of a class, in the fields' order."""
    hints = get_type_hints(kind, include_extras=True)
    return {str(it.alias): part_of(hints[it.name], known, str(it.alias)) for it in attrs.fields(kind) if it.init}


def object_part(
    kind: type[attrs.AttrsInstance],
    parts: Mapping[str, Part],
    tag: str | None = None,
    name: str | None = None,
    *,
    whole: bool = True,
) -> Part:
    """The part of a class that stands as an object, with these fields and no other.

    A field with a default may be missing. With a `tag`, which is its kind, the object is a document, and has its schema
    where it is a `whole` one. A schema calls it by its `name`, or as the class is called.
    """
    fields = {str(field.alias): field for field in attrs.fields(kind)}
    late = {name: fields[name].default for name in parts if fields[name].default is not attrs.NOTHING}
    own: list[Plain] = [
        (name, part.plain | UnsetType, UNSET) if name in late else (name, part.plain) for name, part in parts.items()
    ]
    writes = [part.write.format(it=f"it.{fields[name].name}") for name, part in parts.items()]
    if tag is not None and whole:
        own, writes = [("schema", Literal[SCHEMA]), *own], [str(SCHEMA), *writes]
    # Structs without garbage collection: they refer to no struct that refers back, and are many in a batch.
    form: dict[str, Plain] = {"tag_field": tag and "kind", "tag": tag, "gc": False, "module": kind.__module__}
    plain = defstruct(name or tag or kind.__name__, own, kw_only=True, forbid_unknown_fields=True, **form)
    # A struct for writing has no defaults, so that it is filled by place, which is quicker.
    written = defstruct(plain.__name__, plain.__struct_fields__, **form)
    names = {name: value for part in parts.values() for name, value in part.names.items()} | {"written": written}
    reader, writer = f"read_{id(plain)}", f"write_{id(plain)}"
    return Part(
        plain,
        f"{reader}({{it}}, books)",
        f"{writer}({{it}})",
        names={
            reader: _reader(kind, parts, late, names),
            writer: function("it", (f"return written({', '.join(writes)})",), names),
        },
        inside=lambda plain: ((f".{name}", part, getattr(plain, name)) for name, part in parts.items()),
        secret=any(part.secret for part in parts.values()),
    )


def _reader(
    kind: type[attrs.AttrsInstance], parts: Mapping[str, Part], late: Mapping[str, Plain], names: Mapping[str, object]
) -> Callable[[Plain, Books], Plain]:
    """What makes a value of a class: it fills a draft, which is quickest, or calls what has to check its fields.

    Fields with a default are `late`: a document may lack them. Where one is missing, the class gives its default.
    """
    as_it_was = getattr(kind, "is_read_as_it_was", False)
    make: Callable[..., Plain] = builder(kind) if as_it_was else getattr(kind, "from_canonical", kind)

    def complete(plain: Plain, books: Books) -> Plain:
        # `from_canonical` knows no defaults: plain ones are given, and what a factory makes is left to the class.
        given = {name: default for name, default in late.items() if not hasattr(default, "takes_self")}
        there = ((name, part, getattr(plain, name)) for name, part in parts.items())
        return make(**given | {name: part.reader(value, books) for name, part, value in there if value is not UNSET})

    reads = {name: part.read.format(it=f"plain.{name}") for name, part in parts.items()}
    making = [f"it = make({', '.join(f'{name}={read}' for name, read in reads.items())})"]
    if as_it_was or (make is kind and _takes_as_they_are(kind)):
        filled = {str(field.alias): field.name for field in attrs.fields(kind)}
        making = [
            "it = draft()",
            *(f"it.{filled[name]} = {read}" for name, read in reads.items()),
            "it.__class__ = kind",
        ]
    # The common case stays without a loop: only a document that lacks a field goes through `complete`.
    if late:
        missing = " or ".join(f"plain.{name} is UNSET" for name in late)
        making = [f"if {missing}:", " it = complete(plain, books)", "else:", *(f" {line}" for line in making)]
    if issubclass(kind, _CHECKED):
        making.append("it.check()")
    own = {"make": make, "complete": complete, "draft": draft_of(kind), "kind": kind}
    return function("plain, books", (*making, "return it"), {**names, **own})


def _takes_as_they_are(kind: type[attrs.AttrsInstance]) -> bool:
    """Whether a class takes its fields as they are, but for what its `check` says, so that a draft can be filled."""
    plainly = all(field.init and field.validator is None is field.converter for field in attrs.fields(kind))
    # A deadline makes its instants plain, which these are already, and calls its `check`, which the reader does.
    checks = Deadline.__attrs_post_init__
    return plainly and getattr(kind, "__attrs_post_init__", checks) is checks


# --- Whole documents --------------------------------------------------------------------------------------------------

_HEAD: Final = ("due_at", "version", "state", "recorded_at", "since")
"""What a case starts with; whoever reads many cases looks at the first field, and at nothing else of most."""


def documents(kinds: Iterable[type[Case | Event]], messages: Iterable[type[Message]]) -> dict[RecordType, Part]:
    """The part of each kind of whole document."""
    known, wholes = dict(_KNOWN), dict[RecordType, Part]()
    for kind in kinds:
        parts = parts_of(kind, known)
        if issubclass(kind, Case):
            parts = {name: parts[name] for name in dict.fromkeys((*_HEAD, *parts))}
        wholes[kind] = object_part(kind, parts, kind.kind)
    # A message has no rulebook to find its services in, and whoever sends it may have none: they stand in full.
    # So does what has them: the form under a name of its own in the schema. All else is the same in both.
    known = {it: part for it, part in known.items() if it in _KNOWN or not _has_services(it)}
    known[Service] = class_part(Service, dict(_KNOWN))
    known[AdhesionForm] = object_part(AdhesionForm, parts_of(AdhesionForm, known), name="AdhesionFormInFull")
    return wholes | {it: object_part(it, parts_of(it, known), it.kind) for it in messages}


def _has_services(kind: object) -> bool:
    if not (isinstance(kind, type) and attrs.has(kind)):
        return False
    inside = {it for hint in get_type_hints(kind).values() for it in (hint, *get_args(hint))}
    return Service in inside or any(map(_has_services, inside))


def narrow(pin: str | None, books: Books) -> Books:
    """The rulebook that a document pins alone, or all of them where none is that one.

    In the second case the document is refused when its rulebook is read, with those that were expected.
    """
    for book in books:
        if pin is not None and book.reads(pin):
            return (book,)
    return books


def books_of(plain: Plain, books: Books) -> Books:
    """The rulebooks that a document is under: the one that it names, or that its origin names."""
    return books if len(books) == 1 else narrow(getattr(getattr(plain, "origin", plain), "rulebook", None), books)


def locate(error: Wrong, part: Part, plain: Plain, books: Books) -> CodecError:
    """The error that was raised when this plain form was read, with the path of what is wrong.

    The parts inside are read one by one. If none refuses, it is the whole that is wrong, and the path ends here.
    """
    for step, inner, value in part.inside(plain):
        try:
            _ = value is UNSET or inner.reader(value, books)
        except WRONG as refusal:
            return locate(refusal, inner, value, books).under(step)
    return translate(error)
