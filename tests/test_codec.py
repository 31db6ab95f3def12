"""What is stored comes back equal, nothing else is taken for it, and every error says where, without the value."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleprocedures import EXPERT_2024_04_03, CodecError, Hours, InvalidValueError, Rule, Service, replay
from teleprocedures.cases import CASES, EVENTS, Adhesion, Mandate, Space
from teleprocedures.codec import MESSAGES, Record, due_mark, dump, dumps, load, loads, peek_due_at
from teleprocedures.core import Case, Decision, Event, Message
from teleprocedures.rulebook import Rulebook
from teleprocedures.testing import PlainHasher, adhesion_form, space_form
from teleprocedures.testing.play import Play
from teleprocedures.testing.strategies import histories
from teleprocedures.values import HELD_ELSEWHERE, ActivationCode, FileNumber, LinkToken

AT = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
IBAN = "FR7630006000011234567890189"
CODE, TOKEN, PASSWORD = "K7MQ2XW9HD4T", "Tok-EN_secret", "correct horse battery staple"
EMAIL, PHONE, STREET = "camille@cabinet-durand.fr", "+33123456789", "1 rue de la Paix"
SECRETS = (IBAN, CODE, TOKEN, PASSWORD, EMAIL, PHONE, STREET)
REMINDING = attrs.evolve(
    EXPERT_2024_04_03,
    version="reminding",
    mandate_use=attrs.evolve(EXPERT_2024_04_03.mandate_use, reminders=(30,)),
    catalogue=EXPERT_2024_04_03.catalogue.extended(Service(code="payer-autre", title="Payer autre chose", pays=True)),
)
IDLE = attrs.evolve(EXPERT_2024_04_03, version="idle", mandate_use=None)
BOOKS = (EXPERT_2024_04_03, REMINDING, IDLE)


def asked(
    rulebook: Rulebook, *services: Service | str, id: str = "adhesion-1", organisation: object = "552 100 554"
) -> Decision[Adhesion]:
    """A request from an active space, with all that a request can say."""
    code = ActivationCode(CODE)
    space = Space.create(
        space_form(email=EMAIL, password=PASSWORD), id="space-1", hasher=PlainHasher(), at=AT, code=code
    )
    form = adhesion_form(
        organisation=organisation,
        services=[rulebook.catalogue.find(service) for service in services],
        company_email="contact@acme.fr",
        bank_accounts=[IBAN, "DE89 3704 0044 0532 0130 00"],
        applicant="third_party",
        legal_representative="Jeanne Martin",
    )
    active = space.case.activate(CODE, at=AT).case
    return Adhesion.request(active, form, id=id, at=AT, token=LinkToken(TOKEN), code=code, rulebook=rulebook)


def walked() -> Iterator[Decision[Any]]:
    """Decisions that go through every state of every case, and every kind of event and of message."""
    code = ActivationCode(CODE)
    pending = Space.create(
        space_form(email=EMAIL, password=PASSWORD), id="space-1", hasher=PlainHasher(), at=AT, code=code
    )
    other = Space.create(space_form(organisation="FILE42"), id="space-2", hasher=PlainHasher(), at=AT)
    reminded = pending.case.remind(at=AT + 24 * HOUR)
    active = reminded.case.activate(CODE, at=AT + 25 * HOUR)
    yield from (pending, other, reminded, active, other.case.lapse(at=AT + 49 * HOUR))

    linked = asked(EXPERT_2024_04_03, "messagerie", "payer-tva")
    nudged = linked.case.remind(at=AT + 24 * HOUR)
    missed = nudged.case.lapse(at=AT + 49 * HOUR)
    renewed = missed.case.renew(active.case, id="adhesion-2", at=AT + 50 * HOUR)
    confirmed = nudged.case.confirm_company_email(TOKEN, at=AT + 25 * HOUR, code=code)
    late = confirmed.case.remind(at=AT + 30 * 24 * HOUR)
    recorded = late.case.record_letter(date(2024, 3, 4), at=AT + 31 * 24 * HOUR)
    opened = recorded.case.activate(CODE, space=active.case, at=AT + 32 * 24 * HOUR)
    yield from (linked, nudged, missed, renewed, confirmed, late, recorded, opened)
    yield recorded.case.lapse(at=AT + 99 * 24 * HOUR)

    for rulebook in BOOKS:
        letter = asked(rulebook, "payer-tva", *(["payer-autre"] if rulebook is REMINDING else []))
        issued = Mandate.issue(letter.case, IBAN, id="mandate-1", reference="RUM-1", at=AT, legal_representative=None)
        signed = issued.case.sign("Jeanne Martin", at=AT)
        sent = signed.case.send(at=AT)
        registered = sent.case.register(at=AT)
        collected = registered.case.record_collection(at=AT + HOUR)
        yield from (letter, issued, signed, sent, registered, collected)
        if rulebook is not IDLE:
            yield collected.case.lapse(at=AT + 2000 * 24 * HOUR)
        if rulebook is REMINDING:
            yield collected.case.remind(at=collected.case.due_at)
    yield asked(EXPERT_2024_04_03, "consulter-avis-tf", organisation=FileNumber("TF2024A17"))


DECISIONS = tuple(walked())
RECORDS: tuple[Record, ...] = tuple(
    record for decision in DECISIONS for record in (decision.case, *decision.events, *decision.messages)
)
DOCUMENTS = tuple(dumps(record, secrets=True) for record in RECORDS)


def the(kind: str, *, state: str | None = None) -> dict[str, Any]:
    """The data of the first record of this kind, in this state (of its activation, if it has one)."""
    for document in DOCUMENTS:
        data: dict[str, Any] = json.loads(document)
        if data["kind"] == kind and state in {None, (data.get("activation") or data).get("state")}:
            return data
    raise AssertionError(kind)


def steps_of(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every node inside this one."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, inner in inside:
        yield (*path, step)
        yield from steps_of(inner, (*path, step))


def changed(data: dict[str, Any], path: tuple[str | int, ...], value: object, *, name: str | None = None) -> Any:
    """The same data with another value there, under another name if one is given; `...` takes it away."""
    data = copy.deepcopy(data)
    node: Any = data
    for step in path[:-1]:
        node = node[step]
    if value is ...:
        del node[path[-1]]
    elif name is not None:
        node[name] = node.pop(path[-1])
    else:
        node[path[-1]] = value
    return data


def read(reader: Any, given: object) -> Record | CodecError:
    """What the reader makes of this, or its error, which is always of one kind and carries nothing along."""
    try:
        record: Record = reader(given, rulebooks=BOOKS)
    except CodecError as caught:
        error = caught
    else:
        assert record == loads(dumps(record, secrets=True), rulebooks=BOOKS)
        return record
    assert error.path.startswith("$")
    assert error.__context__ is None
    assert error.__cause__ is None
    return error


# --- What is written comes back ---------------------------------------------------------------------------------------


def test_the_records_are_of_every_kind_and_state() -> None:
    """What these tests look at leaves nothing out."""
    cases = [record for record in RECORDS if isinstance(record, Case)]
    stages = {(case.kind, str(case.stage if isinstance(case, Adhesion) else case.state)) for case in cases}
    states = {(name, str(state)) for name, case in CASES.items() for state in case.lifecycle.states}
    validated = {("adhesion", "awaiting_code"), ("adhesion", "active")}

    assert (states - {("adhesion", "validated")}) | validated == stages
    assert {*CASES, *EVENTS, *MESSAGES} == {record.kind for record in RECORDS}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.kind)
def test_what_is_written_comes_back(record: Record) -> None:
    """A record is equal to what is read of it, from data and from bytes, and is written the same again."""
    data = dump(record, secrets=True)
    line = dumps(record, secrets=True)

    assert record == load(data, rulebooks=BOOKS)
    assert record == loads(line, rulebooks=BOOKS)
    assert record == loads(line.decode(), rulebooks=BOOKS)
    assert line == dumps(loads(line, rulebooks=BOOKS), secrets=True)
    assert data == json.loads(line)
    assert b"\n" not in line


@given(histories())
def test_any_history_comes_back(play: Play) -> None:
    """Whatever happens, its events read back make the snapshot read back."""
    for name, case in play.cases.items():
        events = [loads(dumps(event), rulebooks=(case.rulebook,)) for event in play.events[name]]

        assert list(play.events[name]) == events
        assert case == loads(dumps(case), rulebooks=(case.rulebook,))
        assert case == replay(event for event in events if isinstance(event, Event))
    for message in play.messages:
        assert message == loads(dumps(message, secrets=True), rulebooks=(play.rulebook,))


def test_replayed_events_are_the_snapshot() -> None:
    """The events that are read back make the snapshot that is read back."""
    (request,) = (decision for decision in DECISIONS if decision.case.id == "adhesion-2")
    events = [loads(dumps(event)) for event in request.events]

    assert replay(event for event in events if isinstance(event, Event)) == loads(dumps(request.case))


def test_what_is_not_compared_comes_back_too() -> None:
    """A BIC, which two accounts do not need to have in common, and the one deadline that a snapshot shares."""
    case = loads(dumps(asked(EXPERT_2024_04_03, "payer-tva").case))

    assert isinstance(case, Adhesion)
    assert case.activation is not None
    assert ["AGRIFRPPXXX", "COBADEFFXXX"] == [account.bic for account in case.origin.bank_accounts]
    assert case.activation.deadline is case.deadline
    assert case.origin is case.activation.origin


def test_a_deadline_that_is_equal_and_not_the_same_is_written_alike() -> None:
    """A snapshot whose parts were copied is written as it was."""
    case = asked(EXPERT_2024_04_03, "payer-tva").case

    assert dumps(case) == dumps(attrs.evolve(case, deadline=attrs.evolve(case.deadline)))


def test_instants_of_another_offset_are_written_in_utc() -> None:
    """An event that a host made by hand is written like all others and comes back, and a naive instant is refused."""
    event = next(record for record in RECORDS if record.kind == "space-lapsed")
    paris = datetime.fromisoformat("2024-03-02T10:30:00+01:00")

    assert dump(attrs.evolve(event, at=paris))["at"] == "2024-03-02T09:30:00Z"
    assert attrs.evolve(event, at=paris) == loads(dumps(attrs.evolve(event, at=paris)))
    with pytest.raises(InvalidValueError, match="naive"):
        dump(attrs.evolve(event, at=paris.replace(tzinfo=None)))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document[:60].decode())
def test_spaces_and_order_do_not_matter(document: bytes) -> None:
    """A database that keeps JSON its own way gives the same record back."""
    data = json.loads(document)
    turned = json.dumps(dict(reversed(data.items())), indent=2)

    assert loads(document, rulebooks=BOOKS) == loads(turned, rulebooks=BOOKS)


# --- The head that a sweep looks at -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [record for record in RECORDS if isinstance(record, Case)], ids=lambda case: case.kind)
def test_the_head_says_when_a_case_is_due(case: Case) -> None:
    """The head is at a fixed place, and compares with an instant as the case does."""
    line = dumps(case)
    due_at = peek_due_at(line)

    assert line.startswith(b'{"kind":"%b","schema":1,"due_at":' % case.kind.encode())
    assert due_at == (b"null" if case.due_at is None else due_mark(case.due_at))
    for at in (AT, AT + 24 * HOUR, AT + 48 * HOUR, AT + 4000 * 24 * HOUR):
        assert case.is_due(at) == (due_at <= due_mark(at))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        dumps(next(record for record in RECORDS if record.kind == "space-lapsed")),
        DOCUMENTS[0].replace(b":", b": "),
        DOCUMENTS[0].replace(b'"schema":1', b'"schema":2'),
        DOCUMENTS[0].replace(b'.000000Z"', b'Z"'),
        DOCUMENTS[0][:60],
    ],
)
def test_another_head_is_to_be_decoded(line: bytes) -> None:
    """What does not start as a case does is no answer at all."""
    assert peek_due_at(line) is None


def test_a_mark_is_of_an_aware_instant() -> None:
    """A naive datetime has no mark."""
    with pytest.raises(InvalidValueError, match="naive"):
        due_mark(datetime(2024, 3, 1))


# --- What is not written ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", [record for record in RECORDS if isinstance(record, Message)], ids=lambda m: m.kind)
def test_a_code_is_written_only_when_asked_for(message: Message) -> None:
    """A message that carries a code or a token is refused, unless secrets are asked for; a reminder carries none."""
    if message.kind == "reminder-email":
        assert dumps(message) == dumps(message, secrets=True)
        return
    for write in (dump, dumps):
        with pytest.raises(InvalidValueError, match="secrets=True") as caught:
            write(message)
        assert not any(secret in str(caught.value) for secret in SECRETS)


def test_cases_and_events_say_no_secret() -> None:
    """Neither a code nor a token stands in what is stored of a case; passwords are hashed by the host's hasher."""
    for record, document in zip(RECORDS, DOCUMENTS, strict=True):
        if not isinstance(record, Message):
            assert CODE.encode() not in document
            assert TOKEN.encode() not in document


@pytest.mark.parametrize("stranger", ["space", None, space_form(), AT])
def test_what_has_no_kind_is_not_written(stranger: Any) -> None:
    """Only cases, events and messages are."""
    with pytest.raises(InvalidValueError, match="expected a case, an event or a message"):
        dumps(stranger)


def test_half_a_surrogate_pair_is_not_written() -> None:
    """UTF-8 cannot say it, and the error does not show the text."""
    event = next(record for record in RECORDS if record.kind == "space-requested")
    space = attrs.evolve(event, security_question="\ud800 Dupont")

    with pytest.raises(InvalidValueError, match="surrogate") as caught:
        dumps(space)
    assert "Dupont" not in str(caught.value)
    assert caught.value.__context__ is None


# --- What is not read -------------------------------------------------------------------------------------------------

ADHESION = ("adhesion", "awaiting_code")
LINKED = ("adhesion", "awaiting_email")
SPACE = ("space", "pending")
MANDATE = ("mandate", "registered")
LETTER = ("activation-code-letter", None)


@pytest.mark.parametrize(
    ("record", "path", "value", "expected"),
    [
        (ADHESION, ("schema",), 2, "$.schema"),
        (ADHESION, ("schema",), True, "$.schema"),
        (ADHESION, ("schema",), ..., "$.schema"),
        (ADHESION, ("kind",), "invoice", "$.kind"),
        (ADHESION, ("kind",), None, "$.kind"),
        (ADHESION, ("kind",), ..., "$.kind"),
        (ADHESION, ("colour",), "red", "$.colour"),
        (ADHESION, ("origin", "colour"), "red", "$.origin.colour"),
        (ADHESION, ("origin", "organisation"), ..., "$.origin.organisation"),
        (ADHESION, ("origin", "organisation"), 732829320, "$.origin.organisation"),
        (ADHESION, ("origin", "organisation"), "siren:732829321", "$.origin.organisation"),
        (ADHESION, ("origin", "organisation"), "siret:73282932000074", "$.origin.organisation"),
        (ADHESION, ("origin", "rulebook"), "of-another-host", "$.origin.rulebook"),
        (ADHESION, ("origin", "services", 1), "payer-rien", "$.origin.services[1]"),
        (ADHESION, ("origin", "services", 1), "payer-autre", "$.origin.services[1]"),
        (ADHESION, ("origin", "services", 1), 1, "$.origin.services[1]"),
        (ADHESION, ("origin", "services"), "payer-tva", "$.origin.services"),
        (ADHESION, ("origin", "bank_accounts", 1, "iban"), "FR7630006000011234567890188", "$.origin.bank_accounts[1]"),
        (ADHESION, ("origin", "applicant"), "accountant", "$.origin.applicant"),
        (ADHESION, ("origin", "version"), 2, "$.origin.version"),
        (ADHESION, ("origin", "case_id"), "", "$.origin.case_id"),
        (ADHESION, ("origin", "space_id"), "x" * 201, "$.origin.space_id"),
        (ADHESION, ("activation",), None, "$.activation"),
        (ADHESION, ("activation", "code"), "ABC", "$.activation.code"),
        (ADHESION, ("activation", "deadline", "rule"), "9.9", "$.activation.deadline.rule"),
        (ADHESION, ("activation", "deadline", "closes"), "tomorrow", "$.activation.deadline.closes"),
        (ADHESION, ("activation", "deadline", "closes"), "2020-01-01T00:00:00.000000Z", "$.activation.deadline"),
        (ADHESION, ("activation", "deadline", "closes"), "9999-12-31T23:59:59.999999Z", "$.activation.deadline"),
        (ADHESION, ("activation", "deadline", "opened"), "2024-03-01T10:30:00+01:00", "$.activation.deadline.opened"),
        (ADHESION, ("activation", "deadline", "estimated"), 1, "$.activation.deadline.estimated"),
        (ADHESION, ("activation", "state"), "lapsed", "$.deadline"),
        (ADHESION, ("state",), "lapsed", "$.activation"),
        (ADHESION, ("state",), "issued", "$.state"),
        (ADHESION, ("deadline",), None, "$.due_at"),
        (ADHESION, ("deadline", "closes"), "2024-05-09T21:59:59.999999Z", "$.deadline"),
        (ADHESION, ("due_at",), None, "$.due_at"),
        (ADHESION, ("version",), 0, "$.version"),
        (ADHESION, ("version",), 2**63, "$.version"),
        (ADHESION, ("version",), 1.5, "$.version"),
        (ADHESION, ("changed_at",), "2024-02-29T00:00:00.000000Z", "$.changed_at"),
        (ADHESION, ("changed_at",), "2024-03-05T00:00:00", "$.changed_at"),
        (LINKED, ("origin", "token"), None, "$.origin.deadline"),
        (SPACE, ("origin", "contact", "phone"), "0123456789", "$.origin.contact"),
        (SPACE, ("origin", "contact", "phone"), None, "$.origin.contact.phone"),
        (SPACE, ("origin", "deadline"), None, "$.origin.deadline"),
        (SPACE, ("state",), "active", "$.deadline"),
        (MANDATE, ("registered_at",), None, "$.registered_at"),
        (MANDATE, ("state",), "sent", "$.registered_at"),
        (MANDATE, ("origin", "rulebook"), "idle", "$.deadline"),
        (MANDATE, ("deadline", "safe_until"), "2099-01-01T00:00:00.000000Z", "$.deadline"),
        (LETTER, ("services", 0, "code"), " ", "$.services[0]"),
        (LETTER, ("code",), "not a code", "$.code"),
        (LETTER, ("deadline", "rule"), "9.9", "$.deadline.rule"),
        (("letter-recorded", None), ("edited",), "2024-02-30", "$.edited"),
        (("reminder-email", None), ("steps", 0, "actor"), "nobody", "$.steps[0].actor"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_with_its_path(
    record: tuple[str, str | None], path: tuple[str | int, ...], value: object, expected: str
) -> None:
    """The error names the place, whether the document came as bytes or as data."""
    data = changed(the(record[0], state=record[1]), path, value)
    found = read(load, data), read(loads, json.dumps(data))

    assert [expected, expected] == [error.path for error in found if isinstance(error, CodecError)]
    assert str(found[0]) == str(found[1])
    assert ": " in str(found[0])


@pytest.mark.parametrize(
    "given_",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b"[" * 100_000,
        b"1" * 5_000,
        b"\xff",
        b'{"schema":1,"kind":"\xff"}',
        b'{"schema":NaN}',
        b'{"schema":1e999}',
        b'{"kind":"\\ud800"}',
        DOCUMENTS[0][:-1],
        DOCUMENTS[0] + b"{}",
        b"\xef\xbb\xbf" + DOCUMENTS[0],
        "\ud800",
        None,
        1,
    ],
    ids=lambda given_: repr(given_)[:30],
)
def test_what_is_no_document_is_refused(given_: Any) -> None:
    """Truncated, trailing, badly encoded, too deep, not JSON, no text at all: it is one error, and it says where."""
    assert isinstance(read(loads, given_), CodecError)


@pytest.mark.parametrize(
    "given_", [None, 1, float("nan"), "text", b"bytes", [], {}, {1: 2}, {"kind": []}, {"kind": "space", 1: 2}, object()]
)
def test_data_that_is_no_document_is_refused(given_: object) -> None:
    """Whatever a host hands over."""
    assert isinstance(read(load, given_), CodecError)


@pytest.mark.parametrize("kind", [*CASES, *EVENTS, *MESSAGES])
def test_a_document_is_of_its_kind_only(kind: str) -> None:
    """Called by the name of another kind, it lacks fields or has too many, unless both have the same ones."""
    for document in DOCUMENTS:
        found = read(loads, json.dumps(json.loads(document) | {"kind": kind}))

        assert isinstance(found, CodecError) or found.kind == kind


def test_data_that_holds_itself_is_refused() -> None:
    """Data goes no deeper than documents do."""
    data = the("space")
    data["origin"]["deadline"] = data

    assert isinstance(read(load, data), CodecError)


def test_an_unknown_rulebook_says_how_to_pass_it() -> None:
    """A case under a host's own rulebook is read with that one at hand, whose catalogue its services are found in."""
    case = asked(REMINDING, "payer-autre").case
    line = dumps(case)

    with pytest.raises(
        CodecError, match=r"^\$\.origin\.rulebook: 'reminding' is no version .* pass others as rulebooks="
    ):
        loads(line)
    with pytest.raises(CodecError, match=r"\(none\)"):
        loads(line, rulebooks=())
    assert loads(line, rulebooks=BOOKS) == case
    assert loads(line, rulebooks=reversed(BOOKS)).rulebook is REMINDING


def test_a_case_keeps_the_rulebook_it_pins() -> None:
    """A rulebook that comes first and has other services and other time limits changes nothing."""
    case = asked(EXPERT_2024_04_03, "payer-tva").case
    newer = attrs.evolve(
        EXPERT_2024_04_03, version="newer", link_use=attrs.evolve(EXPERT_2024_04_03.link_use, duration=Hours(72))
    )
    read_back = loads(dumps(case), rulebooks=(newer, EXPERT_2024_04_03))

    assert isinstance(read_back, Adhesion)
    assert read_back.rulebook is EXPERT_2024_04_03
    assert case == read_back


def test_a_message_needs_no_catalogue() -> None:
    """A letter's services are whole, so that its sender does not depend on the catalogue of the day."""
    letter = asked(REMINDING, "payer-autre").messages[0]

    assert letter == loads(dumps(letter, secrets=True))


def test_a_code_held_elsewhere_is_said_so() -> None:
    """What the real portal holds has no digest."""
    case = Space.create(space_form(), id="space-1", hasher=PlainHasher(), at=AT).case

    assert "held-elsewhere" == dump(case)["origin"]["code"]  # type: ignore[index] # an object
    assert HELD_ELSEWHERE is loads(dumps(case)).origin.code  # type: ignore[union-attr] # a space


# --- Whatever is done to a document -----------------------------------------------------------------------------------

NODES: tuple[tuple[dict[str, Any], tuple[tuple[str | int, ...], ...]], ...] = tuple(
    (json.loads(document), tuple(steps_of(json.loads(document)))) for document in dict.fromkeys(DOCUMENTS)
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.datetimes().map(datetime.isoformat),
    st.sampled_from([2**63, 2**64, 10**30, -1, 1e300, "", [], {}, [[]], IBAN, "9999-12-31T23:59:59.999999Z"]),
)


@given(st.data())
def test_a_document_with_another_node_is_refused_or_good(data: st.DataObject) -> None:
    """A node dropped, renamed or replaced is refused with a path, or is a record that is written and read again."""
    document, paths = data.draw(st.sampled_from(NODES))
    path = data.draw(st.sampled_from(paths))
    change = data.draw(st.sampled_from(("drop", "rename", "replace", "copy")))
    if change == "replace" or (change == "rename" and isinstance(path[-1], int)):
        other = changed(document, path, data.draw(VALUES))
    elif change == "rename":
        other = changed(document, path, None, name=data.draw(st.text()))
    elif change == "copy":
        source: Any = document
        for step in data.draw(st.sampled_from(paths)):
            source = source[step]
        other = changed(document, path, source)
    else:
        other = changed(document, path, ...)

    by_data, by_bytes = read(load, other), read(loads, json.dumps(other))

    # Of several errors either may come first; but there is one, or none.
    assert type(by_data) is type(by_bytes)
    assert isinstance(by_data, CodecError) or by_data == by_bytes


@given(st.data())
def test_a_damaged_document_is_refused_or_good(data: st.DataObject) -> None:
    """Cut short, or with any byte changed, it is refused with a path, or is a record that is written and read again."""
    document = data.draw(st.sampled_from(DOCUMENTS))
    place = data.draw(st.integers(0, len(document) - 1))
    byte = data.draw(st.integers(0, 255))

    assert isinstance(read(loads, document[:place]), CodecError)
    read(loads, document[:place] + bytes([byte]) + document[place + 1 :])


def test_no_error_shows_a_secret() -> None:
    """Wherever a secret stands by mistake, as a value or as a name, the error does not show it."""
    for document, paths in NODES:
        for path in paths:
            for secret in SECRETS:
                placed = [changed(document, path, secret)]
                if isinstance(path[-1], str):
                    placed += [changed(document, path, None, name=secret), changed(document, (*path[:-1], secret), 1)]
                for other in placed:
                    told = read(loads, json.dumps(other))
                    assert not (isinstance(told, CodecError) and any(each in str(told) for each in SECRETS))


@given(st.text())
def test_no_field_is_shown_that_is_not_a_plain_name(name: str) -> None:
    """The name of an unknown field is shown when it looks like a name, and whatever it is the error has a path."""
    told = read(loads, json.dumps(the("space") | {f"{IBAN}{name}": 1, "schema": 1}))

    assert isinstance(told, CodecError)
    assert IBAN not in str(told)


def test_an_unknown_field_cannot_pass_for_a_path() -> None:
    """A name made to look like the end of an error of the decoder is still only a name."""
    told = read(loads, json.dumps(the("space") | {f"x` - at `${IBAN}": 1}))

    assert "$.…" == told.path  # type: ignore[union-attr] # an error


def test_errors_are_told_to_the_letter() -> None:
    """What is expected is said whole, and a text that is not one of the library's own names is not repeated."""
    pending = the("space", state="pending")
    unknown = "is no version of the rulebooks given (expert-2024-04-03, reminding, idle): pass others as rulebooks=(…,)"

    assert [
        "$.changed_at: expected an instant in UTC, such as 2024-03-02T09:30:00Z",
        f"$.origin.rulebook: this text {unknown}",
        f"$.origin.rulebook: 'of-another-host' {unknown}",
    ] == [
        str(read(load, changed(pending, path, value)))
        for path, value in (
            (("changed_at",), "2024-03-01T10:30:00+01:00"),
            (("origin", "rulebook"), "A text of my own"),
            (("origin", "rulebook"), "of-another-host"),
        )
    ]


def test_a_deadline_that_contradicts_its_case_is_told_from_a_missing_one() -> None:
    """One that runs is the same as in the field that set it; one that no longer runs is null."""
    other = "2024-05-09T21:59:59.999999Z"
    moved = changed(the("adhesion", state="awaiting_code"), ("deadline", "closes"), other)
    linked = changed(the("adhesion", state="awaiting_email"), ("deadline", "closes"), other)
    active = changed(the("space", state="pending"), ("state",), "active")

    for data, expected in ((moved, "the same as in activation"), (linked, "the same as in origin"), (active, "null")):
        with pytest.raises(CodecError) as refused:
            load(data)
        assert f"$.deadline: expected {expected}" == str(refused.value)


def test_a_text_that_utf_8_cannot_say_is_told_by_its_record() -> None:
    """Half a surrogate pair in a field: the record is named, and not its text."""
    event = attrs.evolve(DECISIONS[0].events[0], security_question="\ud800")
    with pytest.raises(InvalidValueError) as refused:
        dumps(event)

    assert "a text of this SpaceRequested has half a surrogate pair: expected text that UTF-8 can say" == str(
        refused.value
    )


def test_what_is_cited_is_found_in_a_later_rulebook() -> None:
    """What is under no rulebook of its own cites rules of any that is given: the first one that has it."""
    own = Rule("H1", "our firm reminds twice")
    books = tuple(
        attrs.evolve(book, version=f"v{n}", rules=(*book.rules, *([own] if n else []))) for n, book in enumerate(BOOKS)
    )
    deadline = Hours(48).starting(AT, rule=own)
    reminder = next(message for message in RECORDS if message.kind == "reminder-email")
    reminder = attrs.evolve(reminder, deadline=deadline)

    assert reminder == loads(dumps(reminder), rulebooks=books)
    assert own == loads(dumps(reminder), rulebooks=books).deadline.rule
    with pytest.raises(CodecError, match=r"^\$\.deadline\.rule: this text is no rule of the rulebooks given \(v0\)"):
        loads(dumps(reminder), rulebooks=books[:1])


def titles_read_back() -> list[list[str]]:
    """The titles of a service that two rulebooks have under one code, read from a case and from its first event."""
    shipped = EXPERT_2024_04_03
    services = [attrs.evolve(service, title=f"{service.title} !") for service in shipped.catalogue.values()]
    books = (shipped, attrs.evolve(shipped, version="retitled", catalogue=type(shipped.catalogue)(services)))
    decisions = [asked(book, "payer-tva") for book in books]
    stored = [dumps(record) for decision in decisions for record in (decision.case, decision.events[0])]
    return [
        [loads(document, rulebooks=given).services[0].title for document in stored] for given in (books, books[::-1])
    ]


def test_a_service_is_the_one_of_the_rulebook_that_is_pinned() -> None:
    """An opening event finds its services in its own rulebook, as its case does, in whatever order they are given."""
    expected = ["Payer la TVA"] * 2 + ["Payer la TVA !"] * 2

    assert [expected, expected] == titles_read_back()


def test_what_was_stored_is_read_for_ever() -> None:
    """Documents of schema 1, one of each kind and state, as they were written once: read, and written the same."""
    stored = Path(__file__).with_name("documents.jsonl").read_bytes().splitlines()
    written = {}
    for record, document in zip(RECORDS, DOCUMENTS, strict=True):
        part = getattr(record, "activation", None) or record
        written.setdefault((record.kind, getattr(part, "state", None)), document)

    assert stored == list(written.values())
    for document in stored:
        assert document == dumps(loads(document, rulebooks=BOOKS), secrets=True)


def test_what_is_expected_of_the_envelope_is_said() -> None:
    """Another schema, and no kind that is known, say what is expected in their place."""
    for field, given_, expected in (
        ("schema", 2, "$.schema: expected 1, the form of documents that this version reads"),
        ("kind", "spaces", "$.kind: expected the kind of a case, an event or a message"),
    ):
        with pytest.raises(CodecError) as refused:
            loads(json.dumps(the("space") | {field: given_}))
        assert expected == str(refused.value)


@pytest.mark.parametrize(("kind", "id"), [("adhesion-requested", "space_id"), ("mandate-issued", "adhesion_id")])
@pytest.mark.parametrize(("text", "accepted"), [("x", True), ("x" * 200, True), ("", False), ("x" * 201, False)])
def test_ids_have_a_length(kind: str, id: str, text: str, accepted: object) -> None:
    """The id of a case, and of the one that it comes from, has 1 to 200 characters."""
    for name in ("case_id", id):
        assert accepted is isinstance(read(load, changed(the(kind), (name,), text)), Event)


def test_versions_have_a_range() -> None:
    """The version of an event is 1 to what a database's whole numbers hold."""
    for version, accepted in ((0, False), (1, True), (2**63 - 1, True), (2**63, False)):
        found = read(load, changed(the("space-lapsed"), ("version",), version))
        assert accepted is isinstance(found, Event)
