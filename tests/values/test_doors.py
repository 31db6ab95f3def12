"""What every kind of value promises: read as typed and as stored, plain, equal by content, frozen, quiet."""

import pickle
import subprocess
import sys
import traceback
from enum import Enum

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import teleprocedures as tp
from teleprocedures.codec import dumps, loads
from teleprocedures.errors import InvalidValueError
from teleprocedures.testing import adhesion_form, space_form
from teleprocedures.values import Digest, opens, organisation, seal
from teleprocedures.wording import FRENCH
from tests.builders import EMAILED, FRENCH_IBAN, POSTED, TOKEN, asked, each, failure, issued, linked, opened, requested
from tests.instants import START

IBAN = FRENCH_IBAN.replace(" ", "")
STORED = {"phone": "+33123456789", "street": "1 rue Neuve", "postal_code": "75002", "city": "Paris", "country": "FR"}
CONTACT = tp.ContactDetails(**STORED | {"phone": "0123456789"})
KINDS = [
    (tp.Siren, "siren", "552 008 443", "552008443", "404833048"),
    (tp.FileNumber, "file_number", " TF17", "TF17", "tf17"),
    (tp.EmailAddress, "email", "a@EXAMPLE.fr", "a@example.fr", "b@example.fr"),
    (tp.PersonName, "name", "Le  Goff", "Le Goff", "Goff"),
    (tp.BankAccount, "iban", FRENCH_IBAN, IBAN, "FR1420041010050500013M02606"),
    (tp.CreditorIdentifier, "creditor_identifier", "FR72 ZZZ 123456", "FR72ZZZ123456", "DE98ZZZ09999999999"),
    (tp.MandateReference, "mandate_reference", " R1\n", "R1", "r1"),
    (tp.ActivationCode, "activation_code", "ab-12", "AB12", "AB13"),
    (tp.LinkToken, "link_token", " AB12", "AB12", "ab12"),
]
kinds = each("kind", *(kind for kind, *_ in KINDS), ids=str)


class Id(str, Enum):  # noqa: UP042 - what hosts have, and what formats otherwise
    """Ids of an enumeration of a host's, whose members are formatted by their names."""

    SPACE = "space-1"
    REQUEST = "request-1"
    RENEWED = "request-0"


class Text(str):
    """A host's own text, as a database or a template engine gives it."""

    __slots__ = ()

    def __str__(self):
        return "something else"


def restored(kind, text):
    """The value that was stored as this text."""
    return kind.from_canonical(*([text, None] if kind is tp.BankAccount else [text]))


def kept(value):
    """The text that a value keeps."""
    return getattr(value, attrs.fields(type(value))[0].name)


def texts_of(value):
    """The types of the texts that a value keeps."""
    return {type(it) for field in attrs.fields(type(value)) if isinstance(it := getattr(value, field.name), str)}


# --- Every kind of value ----------------------------------------------------------------------------------------------


@each("kind subject typed stored other", *KINDS, ids=str)
def test_a_value_is_its_content(kind, subject, typed, stored, other):
    """As typed, as stored, of a host's own text, pickled: equal, of one hash, frozen, plain; another is not."""
    value = kind(typed)

    assert stored == kept(value)
    for same in (kind(stored), restored(kind, stored), restored(kind, Text(stored)), kind(Text(typed))):
        assert (value, hash(value), {str}) == (same, hash(same), texts_of(same))
    assert value == pickle.loads(pickle.dumps(value)) != kind(other)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(value, attrs.fields(kind)[0].name, other)


@each("kind subject", *((kind, subject) for kind, subject, *_ in KINDS), ids=str)
def test_what_is_hardly_text(kind, subject):
    """Nothing, too much and what is no text are invalid values, when typed and when stored, and never a TypeError."""
    assert f"{subject}.missing" == failure(kind, " \N{NO-BREAK SPACE}").code
    assert (f"{subject}.too_long", {"length": 1_001}) == ((error := failure(kind, "5" * 1_001)).code, error.facts)
    for value in (None, 12, b"R1", ["R1"], tp.HELD_ELSEWHERE):
        error = failure(kind, value)

        assert (f"{subject}.wrong_type", {"type": type(value).__name__}) == (error.code, error.facts)
        assert "stored.malformed" == failure(restored, kind, value).code


@each(
    "code text",
    *(("missing", ""), ("missing", " \N{NO-BREAK SPACE}"), ("too_long", "5" * 1_001), ("wrong_type", 10**5_000)),
    ids=range(4),
)
def test_what_is_hardly_an_organisation(code, text):
    """Neither a SIREN nor a file number is blamed for it."""
    assert f"organisation.{code}" == failure(organisation, text).code


@kinds
@given(
    text=st.text(st.characters(exclude_categories=()))
    | st.text("0123456789 .@-_/?'\"<>()aéxyFRGBZXY٣\N{EN DASH}\N{FULLWIDTH DIGIT ONE}\N{LATIN SMALL LETTER LONG S}")
)
def test_any_text_is_a_value_or_an_invalid_value(kind, text):
    """Whatever is typed or was stored: a value reads back from its text as itself, and keeps what was stored."""
    for build in (kind, lambda text: restored(kind, text)):
        try:
            value = build(text)
        except InvalidValueError:
            continue

        assert value == build(kept(value)) == restored(kind, kept(value))
        assert build is kind or text == kept(value)


@each(
    "kind texts",
    (tp.Siren, ["552 008 443", "552008444", "000000000", "552008443\n", "52"]),
    (tp.FileNumber, ["TF 17", "", "x" * 33]),
    (tp.EmailAddress, ["jeanne", "je anne@example.fr", "a@b@example.fr", "x" * 250 + "@x.fr"]),
    (tp.PersonName, ["", " Martin", "Le  Goff", "x" * 101]),
    (tp.BankAccount, [FRENCH_IBAN, "FR7630006000011234567890188", IBAN.lower(), ""]),
    (tp.CreditorIdentifier, ["FR73ZZZ123456", "FR72 ZZZ 123456", "fr72zzz123456", ""]),
    (tp.MandateReference, ["", " A", "A ", "/A", "A/", "A//B", "x" * 36, "A\n"]),
    (tp.ActivationCode, ["ab", "A-B", "A" * 65]),
    (tp.LinkToken, [" ab", "a" * 257]),
    ids=str,
)
def test_stored_text_is_in_canonical_form(kind, texts):
    """Only what a value could have written reads back, and the error shows nothing of it."""
    expected = f"not the stored form of {kind.__name__}; expected what {kind.__name__} keeps"

    assert [expected] * len(texts) == [str(failure(restored, kind, text)) for text in texts]


def test_the_edges_of_what_was_stored():
    """The longest address is one; a BIC is checked where it is given."""
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.fr"

    assert (254, longest) == (len(longest), tp.EmailAddress.from_canonical(longest).address)
    for bic in ("agrifrpp", "AGRIFRPPX", "", 12):
        assert "not the stored form of BankAccount; expected what BankAccount keeps" == str(
            failure(tp.BankAccount.from_canonical, IBAN, bic)
        )


def test_contact_details_are_a_value():
    """Each of their fields is plain, typed or read back; they are equal, of one hash, pickled, evolved and frozen."""
    made = tp.ContactDetails(**{name: Text(text) for name, text in STORED.items()})
    read = tp.ContactDetails.from_canonical(**{name: Text(text) for name, text in STORED.items()})

    assert STORED == attrs.asdict(CONTACT)
    assert {str} == texts_of(made) == texts_of(read)
    assert CONTACT == made == read == pickle.loads(pickle.dumps(read))
    assert hash(CONTACT) == hash(read)
    assert "Lyon" == attrs.evolve(read, city="Lyon", postal_code="69001").city
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        CONTACT.city = "Lyon"


# --- Where they enter -------------------------------------------------------------------------------------------------


def test_ids_hashes_and_names_of_a_hosts_own_class_are_stored():
    """A space, a request and a mandate that are made of them read back equal."""
    space = asked(id=Text("space-1"), security_question=Text("Which?"), last_name=Text("Durand")).case
    hashed = tp.Space.create(
        space_form(), id="space-1", password_hash=Text("plain:a"), answer_hash=Text("plain:b"), at=START
    ).case
    request = requested(id=Text("request-1"), renews=Text("request-0"), company_name=Text("ACME")).case
    paying = requested("payer-tva", bank_accounts=[Text(FRENCH_IBAN)]).case
    mandate = issued(paying, Text(FRENCH_IBAN), id=Text("mandate-1"), account_holder=Text("Holding")).case

    for case in (space, hashed, request, mandate):
        assert (case, str) == (loads(dumps(case)), type(case.id))
    assert (str, str) == (type(hashed.origin.password_hash), type(hashed.origin.answer_hash))
    assert (str, str) == (type(request.origin.renews), type(request.origin.form.company_name))
    assert "space-1" == space.id


def test_codes_and_links_open_whatever_class_an_id_is_of():
    """What is sealed is salted by the letters of the id, which are what is kept of it."""
    space = asked(id=Id.SPACE).case
    linked_to = linked(id=Id.REQUEST).case
    posted = requested(id=Id.REQUEST, renews=Id.RENEWED).case

    assert "active" == space.activate(EMAILED, at=START).case.state
    assert "validated" == linked_to.confirm_company_email(TOKEN, at=START).case.state
    assert "active" == posted.activate(POSTED, space=opened(), at=START).case.stage
    assert ("request-0", str) == (posted.origin.renews, type(posted.origin.renews))
    assert tp.salt_of("link", "request-1") == tp.salt_of("link", Id.REQUEST)
    with pytest.raises(tp.InvalidValueError, match="request-1"):
        requested(id="request-1", renews=Id.REQUEST)


def subclass(value):
    """The same value, of a host's own subclass."""
    kind = type("Own", (type(value),), {"__slots__": ()})
    own = kind.__new__(kind)
    for field in attrs.fields(type(value)):
        object.__setattr__(own, field.name, getattr(value, field.name))
    return own


def test_values_of_a_hosts_own_class_are_made_plain():
    """Forms keep plain values, which equal those that are read back; a code that is one is sealed as the code."""
    space = space_form()
    own = ("email", "first_name", "last_name", "organisation", "contact")
    adhesion = adhesion_form(legal_representative="Anne Roy", company_email="a@example.fr", bank_accounts=[FRENCH_IBAN])
    one = ("organisation", "company_email", "legal_representative")
    changed = {name: subclass(getattr(adhesion, name)) for name in one}
    changed |= {name: list(map(subclass, getattr(adhesion, name))) for name in ("services", "bank_accounts")}

    assert space == space_form(**{name: subclass(getattr(space, name)) for name in own})
    assert adhesion == adhesion_form(**changed)
    number = organisation(subclass(tp.FileNumber("TF17")))
    assert (tp.FileNumber("TF17"), tp.FileNumber) == (number, type(number))
    for kind in (tp.ActivationCode, tp.LinkToken):
        code = kind("K7MQ2XW9")
        sealed = seal(subclass(code), salt="s")

        assert seal(code, salt="s") == sealed
        assert all(opens(sealed, it, salt="s") for it in (subclass(code), code, Text("K7MQ2XW9")))


@each("name", "password_hash", "answer_hash")
@each(
    "value code",
    *((None, "hash.wrong_type"), ("", "hash.missing"), ("a\n", "hash.not_printable"), ("x" * 1_001, "hash.too_long")),
)
def test_a_hash_is_text(name, value, code):
    """A space is not made with a hash that could not be stored."""
    hashes = {"password_hash": "plain:a", "answer_hash": "plain:b", name: value}

    assert code == failure(tp.Space.create, space_form(), id="space-1", at=START, **hashes).code


# --- Half built -------------------------------------------------------------------------------------------------------

PUBLIC = {kind for name in tp.__all__ if isinstance(kind := getattr(tp, name), type) and attrs.has(kind)}
BUILT = {kind for kind in PUBLIC if kind.__module__.startswith("teleprocedures.")} | {Digest}


@each("kind", *sorted(BUILT, key=str), ids=str)
def test_what_is_half_built_says_so(kind):
    """A value whose fields are not set, as a tool that collects local variables meets it, has a `repr`."""
    name = kind.__name__
    without_fields = {f"{it}()" for it in ("SystemClock", "RandomCodes", "HeldElsewhere")}

    assert repr(kind.__new__(kind)) in {f"<{name}, not built>", f"{name}('***')", *without_fields}


@each(
    "shown build",
    ("Hours(count=0)", lambda: tp.Hours(0)),
    ("<Siren, not built>", lambda: tp.Siren("1")),
    ("<BankAccount, not built>", lambda: tp.BankAccount("FR")),
    ("<ContactDetails, not built>", lambda: tp.ContactDetails(**STORED | {"phone": "12"})),
)
def test_a_traceback_with_its_locals_can_be_shown(shown, build):
    """Whoever shows the locals of a failed construction gets them, not a second error."""
    frames = traceback.TracebackException.from_exception(failure(build), capture_locals=True)

    assert f"self = {shown}" in "".join(frames.format())


def test_stored_values_need_no_heavy_library():
    """Reading values back imports none of the libraries that validate what people type."""
    program = f"""
import sys
from teleprocedures.values import BankAccount, ContactDetails, CreditorIdentifier, Digest, EmailAddress, Siren

Siren.from_canonical("552008443")
EmailAddress.from_canonical("contact@example.fr")
ContactDetails.from_canonical(**{STORED})
Digest.from_hex("0" * 64)
BankAccount.from_canonical("{IBAN}", None)
CreditorIdentifier.from_canonical("FR72ZZZ123456")
print(*sorted({{"stdnum", "email_validator", "phonenumbers", "schwifty"}} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "" == run.stdout.strip()


# --- Values without their fields --------------------------------------------------------------------------------------


def empty(kind):
    """A value of this kind that no class made, as a faulty copy or a mock gives it."""
    return object.__new__(kind)


HALF = {"id": "x", "at": START}
TAKEN = {"seen": START.date(), "source": "a list", **HALF}
SECRET = tp.Secret
DOORS = {
    "a form": (tp.SpaceForm, lambda it: tp.Space.create(it, password_hash="a", answer_hash="b", **HALF)),
    "a form of services": (tp.AdhesionForm, lambda it: tp.Adhesion.request(opened(), it, **HALF)),
    "a space": (tp.Space, lambda it: tp.Adhesion.request(it, adhesion_form(), **HALF)),
    "a request": (tp.Adhesion, lambda it: tp.Mandate.issue(it, FRENCH_IBAN, reference="R1", **HALF)),
    "a code": (tp.ActivationCode, lambda it: asked(code=it)),
    "a code that is given": (tp.ActivationCode, lambda it: asked().case.activate(it, at=START)),
    "a text that is given": (tp.Secret, lambda it: asked().case.activate(it, at=START)),
    "a company": (tp.Siren, lambda it: tp.close_company([], it, "mistake", at=START)),
    "an account": (tp.BankAccount, lambda it: requested().case.declare_account(it, at=START)),
    "a name": (tp.PersonName, lambda it: adhesion_form(legal_representative=it)),
    "a service": (tp.Service, lambda it: tp.plan([it])),
    "a service in words": (tp.Service, FRENCH.service),
    "a rulebook": (tp.Rulebook, lambda it: tp.compare(it, tp.EXPERT_2024_04_03)),
    "an event": (tp.SpaceRequested, lambda it: tp.replay([it])),
    "a case": (tp.Mandate, lambda it: tp.Portfolio([it])),
    "a portfolio": (tp.Portfolio, lambda it: tp.reconcile(it, [], at=START, source="x")),
    "what is stored": (tp.Space, dumps),
}


@each("kind door", *DOORS.values(), ids=DOORS)
def test_what_has_no_content_is_refused_at_the_door(kind, door):
    """The error says so, by the name of the class, and not that an attribute is missing somewhere inside."""
    with pytest.raises((tp.InvalidValueError, tp.InvalidFormError)) as caught:
        door(empty(kind))

    problems = getattr(caught.value, "problems", (caught.value,))
    assert [("value.not_built", {"type": kind.__name__})] == [(it.code, dict(it.facts)) for it in problems]


AT = {"at": START}
ASKED = {
    "lapse": lambda it: it.lapse(**AT),
    "remind": lambda it: it.remind(**AT),
    "tick": lambda it: it.tick(**AT),
    "close": lambda it: it.close("mistake", **AT),
    "close, told by the day": lambda it: it.close("mistake", at=START.date()),
    "reopen": lambda it: it.reopen(**AT),
    "change_rulebook": lambda it: it.change_rulebook(tp.EXPERT_2024_04_03, **AT),
    "apply": lambda it: it.apply(asked().events[0]),
    "refusal": lambda it: it.refusal("lapse", **AT),
    "possible": lambda it: it.possible(**AT),
    "next_steps": lambda it: it.next_steps(**AT),
    "is_due": lambda it: it.is_due(START),
    "is_over": lambda it: it.is_over(START),
    "id": lambda it: it.id,
    "deadline": lambda it: it.deadline,
    "has_lapsed": lambda it: it.has_lapsed,
    "limit": lambda it: it.limit,
}
VERBS = {
    "activate": (tp.Space, lambda it: it.activate(tp.HELD_ELSEWHERE, **AT)),
    "confirm_company_email": (tp.Adhesion, lambda it: it.confirm_company_email(tp.HELD_ELSEWHERE, **AT)),
    "record_letter": (tp.Adhesion, lambda it: it.record_letter(START.date(), **AT)),
    "activate services": (tp.Adhesion, lambda it: it.activate(tp.HELD_ELSEWHERE, space=opened(), **AT)),
    "declare_account": (tp.Adhesion, lambda it: it.declare_account(FRENCH_IBAN, **AT)),
    "renew": (tp.Adhesion, lambda it: it.renew(opened(), **HALF)),
    "holds": (tp.Adhesion, lambda it: it.holds("payer-tva")),
    "is_held": (tp.Adhesion, lambda it: it.is_held(START)),
    "sign": (tp.Mandate, lambda it: it.sign("representative", **AT)),
    "send": (tp.Mandate, lambda it: it.send(**AT)),
    "register": (tp.Mandate, lambda it: it.register(**AT)),
    "record_collection": (tp.Mandate, lambda it: it.record_collection(**AT)),
    "name_representative": (tp.Mandate, lambda it: it.name_representative("Camille Martin", **AT)),
    "is_registered": (tp.Mandate, lambda it: it.is_registered(START)),
} | {f"{kind.kind}: {name}": (kind, ask) for kind in (tp.Space, tp.Adhesion, tp.Mandate) for name, ask in ASKED.items()}


@each("kind ask", *VERBS.values(), ids=VERBS)
def test_what_has_no_content_is_asked_for_nothing(kind, ask):
    """A verb or a question of an empty snapshot says so too, and names no field of it."""
    with pytest.raises(tp.InvalidValueError) as caught:
        ask(empty(kind))

    assert ("value.not_built", {"type": kind.__name__}) == (caught.value.code, dict(caught.value.facts))
    assert caught.value.__suppress_context__


@each("door", lambda it: requested().case.close(it, at=START), FRENCH.state, lambda it: adhesion_form(company_name=it))
@each("kind", tp.Secret, tp.Rule)
def test_what_has_no_content_is_no_text(door, kind):
    """Where a text is expected it is refused as any other value."""
    with pytest.raises((tp.InvalidValueError, tp.InvalidFormError)):
        door(empty(kind))


def test_what_is_missing_inside_a_record_comes_out():
    """Only a value that no class made is told apart: any other fault is somebody's."""
    with pytest.raises(AttributeError, match="case_id"):
        dumps(attrs.evolve(asked().case, origin=empty(tp.SpaceRequested)))
