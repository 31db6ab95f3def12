"""What is stored comes back equal, always written alike, with the instant that a sweep looks at in its place."""

from __future__ import annotations

import json
import re
from datetime import datetime
from hashlib import sha256
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    LIFECYCLES,
    Action,
    ActivationCode,
    Actor,
    Adhesion,
    AnyCase,
    Case,
    CodecError,
    Deadline,
    Event,
    Hours,
    InvalidValueError,
    LinkToken,
    Mandate,
    Message,
    NextStep,
    ReminderEmail,
    Rule,
    codec,
    replay,
)
from teleprocedures.codec import Record, due_mark, dump, dumps, load, loads, peek_due_at
from teleprocedures.testing import Play, space_form
from teleprocedures.testing.strategies import histories
from tests.builders import POSTED, asked, linked, paying, requested
from tests.codec.records import (
    BOOKS,
    DECISIONS,
    DOCUMENTS,
    HERE,
    KINDS,
    OTHER,
    RECORDS,
    REMINDING,
    SECRETS,
    changed,
    one_of_each,
    read,
    the,
    titles_read_back,
)
from tests.instants import DAY, HOUR, START

CASES = [record for record in RECORDS if isinstance(record, Case)]
MESSAGES = [record for record in RECORDS if isinstance(record, Message)]


def of_kind(kind: str) -> Any:
    """The first record of this kind."""
    return next(record for record in RECORDS if record.kind == kind)


# --- What is written comes back ---------------------------------------------------------------------------------------


def test_the_records_are_of_every_kind_and_state() -> None:
    """What these tests look at leaves nothing out."""
    shipped = {lifecycle for case in get_args(AnyCase) for lifecycle in case.lifecycles}
    every = {(lifecycle.name, str(state)) for lifecycle in shipped for state in lifecycle.states}
    states = {(case.kind, str(case.state)) for case in CASES}
    states |= {("activation", str(it.activation.state)) for it in CASES if isinstance(it, Adhesion) and it.activation}

    assert every == states
    assert set(KINDS) == {record.kind for record in RECORDS}
    assert {lifecycle.name for lifecycle in shipped} <= set(LIFECYCLES)


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
        assert message == loads(dumps(message, secrets=True), rulebooks=(EXPERT_2024_04_03,))


def test_what_is_not_compared_comes_back_too() -> None:
    """A BIC, which two accounts do not need to have in common, and what makes codes: states are members again."""
    case = loads(dumps(paying().case))

    assert isinstance(case, Adhesion)
    assert ["AGRIFRPPXXX"] == [account.bic for account in case.origin.form.bank_accounts]
    assert case.activation is not None
    assert case.stage is type(case.activation.state).AWAITING_CODE


def test_codes_of_steps_are_members_where_they_are_known() -> None:
    """The shipped actors and actions come back as members, those of a host as they were written."""
    reminder = of_kind("reminder-email")
    own = attrs.evolve(reminder, steps=(attrs.evolve(reminder.steps[0], actor="notary", action="witness"),))
    (shipped,), (of_host,) = (loads(dumps(it)).steps for it in (reminder, own))  # type: ignore[union-attr] # reminders

    assert (Actor.USER, Action.ENTER_EMAILED_CODE) == (shipped.actor, shipped.action)
    assert (Actor, Action) == (type(shipped.actor), type(shipped.action))
    assert ("notary", "witness") == (of_host.actor, of_host.action)
    assert Action is type(loads(dumps(of_kind("lapse-notice"))).action)  # type: ignore[union-attr] # a notice


def test_instants_of_another_offset_are_written_in_utc() -> None:
    """An event that a host made by hand is written like all others and comes back, and a naive instant is refused."""
    paris = datetime.fromisoformat("2024-03-02T10:30:00+01:00")
    event = attrs.evolve(of_kind("space-lapsed"), at=paris, recorded_at=paris)

    assert "2024-03-02T09:30:00Z" == dump(event)["at"]
    assert event == loads(dumps(event))
    with pytest.raises(InvalidValueError, match="naive"):
        dump(attrs.evolve(event, at=paris.replace(tzinfo=None)))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document[:60].decode())
def test_spaces_and_order_do_not_matter(document: bytes) -> None:
    """A database that keeps JSON its own way gives the same record back."""
    turned = json.dumps(dict(reversed(json.loads(document).items())), indent=2)

    assert loads(document, rulebooks=BOOKS) == loads(turned, rulebooks=BOOKS)


DIGEST = re.compile(rb'"[0-9a-f]{64}"')
CONTENT = re.compile(rb'(?<="rulebook":")([^"#]+)#[0-9a-f]{16}')
"""A rulebook with its fingerprint, which documents stored before have not."""


def test_what_is_written_stays_as_it_was() -> None:
    """Documents of schema 3, one of each kind and state, as they were written once: written so still, and read."""
    stored = (HERE / "documents-3.jsonl").read_bytes().splitlines()

    assert [DIGEST.sub(b"", line) for line in stored] == [DIGEST.sub(b"", line) for line in one_of_each()]
    for document in stored:
        assert document == dumps(loads(document, rulebooks=BOOKS), secrets=True)


FROZEN = {
    "first": "13339685753084d5b0ba0bb9fd4c28b0401e67676afdcdbecac0d0eb5a5b8de7",
    "second": "2f4fdda8eadc1ba934808af0eecc4de20ff758a411d5f274c0ea5cbcdef35362",
    "third": "9f9c7c9d85441809e791f3e673cec97a96622c6ea9cc45d958d763c430a9360d",
}
"""The documents of schema 3 as they were stored, each before something came to be kept.

First it was cases that are taken over, closed or told by the day, then the doubt of a step. Last it was who asked for
the services that a step is about.
"""


def frozen(name: str) -> bytes:
    """The record of this name."""
    return (HERE / f"documents-3-{name}.jsonl").read_bytes()


@pytest.mark.parametrize("name", FROZEN)
def test_the_records_of_schema_3_are_never_edited(name: str) -> None:
    """They are what was really stored."""
    assert FROZEN[name] == sha256(frozen(name)).hexdigest()
    assert {3} == {json.loads(line)["schema"] for line in frozen(name).splitlines()}


@pytest.mark.parametrize(
    "stored", [line for name in FROZEN for line in frozen(name).splitlines()], ids=lambda line: line[:50].decode()
)
def test_what_schema_3_was_is_read(stored: bytes) -> None:
    """It is the same record as the one that is written now, and contradicts nothing."""
    record = loads(stored, rulebooks=BOOKS)

    assert record == loads(dumps(record, secrets=True), rulebooks=BOOKS)
    if isinstance(record, (Case, Event)):
        record.check()


def test_a_mandate_stored_before_its_registration_was_kept_still_tells_it() -> None:
    """Nothing led on from there, so `since` is that instant."""
    read = [loads(line, rulebooks=BOOKS) for line in frozen("third").splitlines() if b'"kind":"mandate"' in line]
    told = {it.state: it.registered_at for it in read if isinstance(it, Mandate)}
    since = {it.state: it.since for it in read if isinstance(it, Mandate)}

    assert {"issued": None, "signed": None, "sent": None} | {it: since[it] for it in ("registered", "lapsed")} == told


# --- What may be missing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("adhesion-requested", ("requester_name",)),
        ("adhesion-requested", ("form", "company_name")),
        ("adhesion-requested", ("form", "bank_accounts", 0, "bic")),
        ("mandate-issued", ("account_holder",)),
        ("mandate-signed", ("signatory",)),
        ("company-email-confirmed", ("edited",)),
        ("adhesion", ("later_accounts",)),
        ("adhesion", ("origin", "form", "company_address")),
        ("space-requested", ("deadline", "reminders")),
        ("space", ("origin", "deadline", "estimated")),
        ("reminder-email", ("steps", 0, "services")),
        ("activation-code-letter", ("form", "services", 0, "pays")),
    ],
    ids=str,
)
def test_a_field_with_a_default_may_be_missing(kind: str, path: tuple[str | int, ...]) -> None:
    """A field that a later release adds is no reason to refuse what was stored before it: its default stands there."""
    data = changed(the(kind), path, ...)
    record = load(data, rulebooks=BOOKS)
    value: Any = dump(record, secrets=True)
    for step in path:
        value = value[step]

    assert value in (None, False, [], ())
    assert record == loads(json.dumps(data), rulebooks=BOOKS)


def test_an_event_that_does_not_say_when_it_was_told_was_told_at_once() -> None:
    """The default of a field may be made of another: it is so when read, as when the event is made."""
    for kind in ("mandate-sent", "space-requested"):
        data = changed(the(kind), ("recorded_at",), ...)
        for event in (load(data), loads(json.dumps(data))):
            assert isinstance(event, Event)
            assert event.at == event.recorded_at


def test_every_field_is_written() -> None:
    """What has no value is null: a document says all that it can say."""
    case = of_kind("adhesion")

    assert {"kind", "schema", *(field.name for field in attrs.fields(type(case)))} == set(dump(case))
    assert "rule" in dump(case)["origin"]["deadline"]  # type: ignore[index, call-overload] # an object


# --- The head that a sweep looks at -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_the_head_says_when_a_case_is_due(case: Case) -> None:
    """The head is at a fixed place, and compares with an instant as the case does."""
    line = dumps(case)
    due_at = peek_due_at(line)

    assert line.startswith(b'{"kind":"%b","schema":3,"due_at":' % case.kind.encode())
    assert due_at == (b"null" if case.due_at is None else due_mark(case.due_at))
    for at in (START, START + 24 * HOUR, START + 48 * HOUR, START + 4000 * DAY):
        assert case.is_due(at) == (due_at <= due_mark(at))


HEAD = DOCUMENTS[0]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        dumps(of_kind("space-lapsed")),
        HEAD.replace(b":", b": "),
        HEAD.replace(b'"schema":3', b'"schema":4'),
        HEAD.replace(b'"schema":3', b'"schema":2'),
        HEAD.replace(b'"kind":"space"', b'"kind":"castle"'),
        HEAD.replace(b'.000000Z"', b'Z"'),
        HEAD[:60],
        # The head of a case that stands later in a line is another's.
        b" " + HEAD,
        b"[" + HEAD,
        HEAD.replace(b'"version"', b'"note":' + HEAD + b',"version"', 1).replace(b'"schema":3', b'"schema":1', 1),
        dumps(of_kind("space-lapsed")) + HEAD,
        dumps(of_kind("space-lapsed")) + b"\n" + HEAD,
    ],
)
def test_another_head_is_to_be_decoded(line: bytes) -> None:
    """What does not start as a case does is no answer at all, whatever comes later in the line."""
    assert peek_due_at(line) is None


def test_only_the_head_is_read() -> None:
    """What comes after the head may be cut off, and may be anything but another `due_at`."""
    for line in (None, "", HEAD.decode(), bytearray(HEAD)):
        with pytest.raises(InvalidValueError, match=r"^expected lines of bytes, not "):
            peek_due_at(line)  # type: ignore[arg-type] # the point of the test
    assert due_mark(START + DAY) == peek_due_at(HEAD[:66]) == peek_due_at(HEAD)
    assert peek_due_at(HEAD[:66] + b'"due_at":') is None
    assert peek_due_at(HEAD[:66] + b'"due\\u005fat":') is None


def test_a_mark_is_of_an_aware_instant() -> None:
    """A naive datetime has no mark; one of another offset has that of the same instant."""
    with pytest.raises(InvalidValueError, match="naive"):
        due_mark(datetime(2024, 3, 1))

    assert due_mark(START) == due_mark(datetime.fromisoformat("2025-01-06T10:00:00+01:00"))
    assert b'"2025-01-06T09:00:00.000000Z"' == due_mark(START)


# --- What is not written ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.kind)
def test_a_code_is_written_only_when_asked_for(message: Message) -> None:
    """A message that carries a code or a token is refused, unless secrets are asked for; others carry none."""
    if not any(isinstance(getattr(message, name, None), (ActivationCode, LinkToken)) for name in ("code", "token")):
        assert dumps(message) == dumps(message, secrets=True)
        return
    for write in (dump, dumps):
        with pytest.raises(InvalidValueError, match="secrets=True") as caught:
            write(message)
        assert ("codec.secret", {"record": type(message).__name__}) == (caught.value.code, dict(caught.value.facts))
        assert not any(secret in str(caught.value) for secret in SECRETS)


def test_cases_and_events_say_no_secret() -> None:
    """Neither a code nor a token stands in what is stored of a case; passwords are hashed by the host's hasher."""
    for record, document in zip(RECORDS, DOCUMENTS, strict=True):
        if not isinstance(record, Message):
            assert not any(secret.encode() in document for secret in SECRETS[1:4])


@pytest.mark.parametrize("stranger", ["space", None, space_form(), START])
def test_what_has_no_kind_is_not_written(stranger: Any) -> None:
    """Only cases, events and messages are."""
    with pytest.raises(InvalidValueError, match="expected a case, an event or a message") as caught:
        dumps(stranger)

    assert ("codec.no_record", {"record": type(stranger).__name__}) == (caught.value.code, dict(caught.value.facts))


def test_half_a_surrogate_pair_is_not_written() -> None:
    """UTF-8 cannot say it: the record is named, and its text is not shown."""
    space = attrs.evolve(of_kind("space-requested"), security_question="\ud800 Dupont")
    with pytest.raises(InvalidValueError) as caught:
        dumps(space)

    assert "a text of this SpaceRequested has half a surrogate pair: expected text that UTF-8 can say" == str(
        caught.value
    )
    assert caught.value.__context__ is None


# --- What is cited ----------------------------------------------------------------------------------------------------


def test_an_unknown_rulebook_says_how_to_pass_it() -> None:
    """A case under a host's own rulebook is read with that one at hand, whose catalogue its services are found in."""
    case = paying("payer-tva", OTHER, rulebook=REMINDING).case  # type: ignore[arg-type] # a form takes services too
    line = dumps(case)

    with pytest.raises(CodecError, match=r"^\$\.origin\.rulebook: 'reminding' is no .* rulebooks="):
        loads(line)
    with pytest.raises(CodecError, match=r"^\$\.origin\.rulebook"):
        loads(line, rulebooks=())
    assert case == loads(line, rulebooks=BOOKS)
    assert loads(line, rulebooks=iter(reversed(BOOKS))).rulebook is REMINDING  # type: ignore[union-attr] # a case


def test_a_rulebook_that_changed_under_its_version_is_refused() -> None:
    """A document says under which content it was made; the one that it pins is found, and another is refused."""
    changed = attrs.evolve(EXPERT_2024_04_03, link_use=attrs.evolve(EXPERT_2024_04_03.link_use, duration=Hours(49)))
    taking = attrs.evolve(changed, replaces=(EXPERT_2024_04_03.fingerprint,))
    line = dumps(paying().case)
    said = (
        f"$.origin.rulebook: 'expert-2024-04-03' has another content here ({changed.fingerprint}) than when this was"
        f" written ('{EXPERT_2024_04_03.fingerprint}'): give the rulebook as it was, too, or give the changed one"
        " another version and move its cases there"
    )

    with pytest.raises(CodecError, match=re.escape(said)):
        loads(line, rulebooks=(changed,))
    assert loads(line, rulebooks=(changed, EXPERT_2024_04_03)).rulebook is EXPERT_2024_04_03  # type: ignore[union-attr] # a case
    assert loads(line, rulebooks=(taking,)).rulebook is taking  # type: ignore[union-attr] # a case
    # What was stored before documents had fingerprints is under the first of the version.
    assert loads(CONTENT.sub(rb"\1", line), rulebooks=(changed,)).rulebook is changed  # type: ignore[union-attr] # a case


def test_a_case_keeps_the_rulebook_it_pins() -> None:
    """A rulebook that comes first and has other services and other time limits changes nothing."""
    case = paying().case
    newer = attrs.evolve(
        EXPERT_2024_04_03, version="newer", link_use=attrs.evolve(EXPERT_2024_04_03.link_use, duration=Hours(72))
    )
    read_back = loads(dumps(case), rulebooks=(newer, EXPERT_2024_04_03))

    assert isinstance(read_back, Adhesion)
    assert read_back.rulebook is EXPERT_2024_04_03
    assert case == read_back


def test_what_is_cited_is_found_in_a_later_rulebook() -> None:
    """What is under no rulebook of its own cites rules of any that is given: the first one that has it."""
    own = Rule("H1", "our firm reminds twice")
    books = tuple(
        attrs.evolve(book, version=f"v{n}", rules=(*book.rules, *([own] if n else []))) for n, book in enumerate(BOOKS)
    )
    reminder = attrs.evolve(of_kind("reminder-email"), deadline=Hours(48).starting(START, rule=own))
    read_back = loads(dumps(reminder), rulebooks=books)

    assert isinstance(read_back, ReminderEmail)
    assert reminder == read_back
    assert own == read_back.deadline.rule
    with pytest.raises(CodecError, match=r"^\$\.deadline\.rule: '…' is no rule of the rulebooks given \(v0\)"):
        loads(dumps(reminder), rulebooks=books[:1])


def test_of_two_rulebooks_that_have_a_rule_the_first_words_it() -> None:
    """A host that hands its own rulebook first has its own wording, though the shipped one has the rule too."""
    worded = [attrs.evolve(rule, line="our words") if rule.id == "1.9" else rule for rule in EXPERT_2024_04_03.rules]
    own = attrs.evolve(EXPERT_2024_04_03, version="own", rules=worded)
    reminder = attrs.evolve(of_kind("reminder-email"), deadline=asked().case.deadline)
    read_back = [loads(dumps(reminder), rulebooks=books) for books in ((own, *BOOKS), (*BOOKS, own))]

    assert ["our words", EXPERT_2024_04_03.rule("1.9").line] == [message.deadline.rule.line for message in read_back]  # type: ignore[union-attr] # reminders


def test_a_service_is_the_one_of_the_rulebook_that_is_pinned() -> None:
    """An opening event finds its services in its own rulebook, as its case does, in whatever order they are given."""
    expected = ["Payer la TVA"] * 2 + ["Payer la TVA !"] * 2

    assert [expected, expected] == titles_read_back()


def test_a_message_needs_no_catalogue() -> None:
    """A message's services are whole, and those of its steps, so that its sender depends on no catalogue of the day."""
    decision = paying(OTHER, rulebook=REMINDING)  # type: ignore[arg-type] # a form takes services too
    due_at = decision.case.due_at
    assert due_at is not None
    letter, reminder = decision.messages[0], decision.case.remind(at=due_at).messages[0]

    assert (letter, reminder) == (loads(dumps(letter, secrets=True)), loads(dumps(reminder)))


def test_a_code_held_elsewhere_is_said_so() -> None:
    """What the real portal holds has no digest."""
    case = asked(code=HELD_ELSEWHERE).case

    assert "held-elsewhere" == dump(case)["origin"]["code"]  # type: ignore[index, call-overload] # an object
    assert HELD_ELSEWHERE is loads(dumps(case)).origin.code  # type: ignore[union-attr] # a space


def test_a_deadline_that_the_class_would_make_is_made() -> None:
    """Reminders at its last instant, an opening at it: what the class takes is read too."""
    deadline = Deadline(opened=START, safe_until=START, closes=START, reminders=(START,))
    reminder = attrs.evolve(of_kind("reminder-email"), deadline=deadline)

    assert reminder == loads(dumps(reminder))


def test_a_step_of_no_company_is_read() -> None:
    """What an early release did not say is null."""
    reminder = of_kind("reminder-email")
    step: NextStep = attrs.evolve(reminder.steps[0], organisation=None)
    unsaid = attrs.evolve(reminder, organisation=None, steps=(step,))

    assert unsaid == read(loads, dumps(unsaid))


def test_decisions_are_of_known_codes() -> None:
    """The codes of these tests open what they are for, so that documents with digests of them are real."""
    assert DECISIONS
    assert requested(code=POSTED).case.held_elsewhere is False
    assert linked().case.held_elsewhere is False


# --- Of one kind only -------------------------------------------------------------------------------------------------

ONE_OF = {"case": (codec.load_case, "space"), "event": (codec.load_event, "space-requested")}
ONE_OF["message"] = (codec.load_message, "lapse-notice")


@pytest.mark.parametrize("what", ONE_OF)
@pytest.mark.parametrize("form", [dump, dumps, lambda record: dumps(record).decode()], ids=["data", "bytes", "text"])
def test_a_case_an_event_or_a_message_is_read_for_sure(what: str, form: Any) -> None:
    """From data, bytes or text; another one is refused with what it is, and what is no document as ever."""
    for other, (reader, kind) in ONE_OF.items():
        document = form(of_kind(ONE_OF[what][1]))
        if other == what:
            assert kind == reader(document, rulebooks=BOOKS).kind
            continue
        with pytest.raises(CodecError) as caught:
            reader(document, rulebooks=BOOKS)
        facts = {"value": ONE_OF[what][1], "expected": other}
        assert ("codec.other_record", "$.kind", facts) == (
            caught.value.code,
            caught.value.path,
            dict(caught.value.facts),
        )
    with pytest.raises(CodecError, match="not a document"):
        ONE_OF[what][0](7)
