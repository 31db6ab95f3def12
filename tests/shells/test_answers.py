"""What ports answer is looked at: only what has happened has happened, and only True signs in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import Any

import attrs
import pytest

from teleprocedures import (
    HELD_ELSEWHERE,
    ActivationCode,
    ActivationCodeEmail,
    AsyncPortal,
    FixedClock,
    InvalidValueError,
    LinkToken,
    Portal,
    SignInRefusedError,
    SpaceNotActiveError,
)
from teleprocedures.codec import dumps, loads
from teleprocedures.testing import (
    PlainHasher,
    RecordingJournal,
    RecordingNotifier,
    ScriptedCodes,
    adhesion_form,
    space_form,
)
from tests.builders import asked, linked, opened
from tests.instants import START


def asking() -> Iterator[None]:
    """A generator, which does nothing before it is asked."""
    yield


async def asking_later() -> AsyncIterator[None]:
    """The same, of an async one."""
    yield


def promised() -> Future[None]:
    """A future of a thread."""
    return Future()


LAZY: dict[str, Callable[[], object]] = {
    "generator": asking,
    "async generator": asking_later,
    "future": promised,
    "map": lambda: map(print, ["saved"]),
    "iterator": lambda: iter([None]),
    "function": lambda: print,
    "partial": lambda: partial(print, "saved"),
}


@attrs.define
class Answering:
    """A journal and a notifier that answer what they are told to."""

    answer: Callable[[], object]

    def record(self, _: object) -> Any:
        """The answer."""
        return self.answer()

    def notify(self, _: object) -> Any:
        """The answer."""
        return self.answer()


@attrs.define
class AnsweringSoon(Answering):
    """The same, to be awaited."""

    async def record(self, _: object) -> Any:  # type: ignore[override] # the async port
        """The answer, later."""
        return self.answer()

    async def notify(self, _: object) -> Any:  # type: ignore[override] # the async port
        """The answer, later."""
        return self.answer()


@attrs.define
class Hashing(PlainHasher):
    """A hasher that answers what it is told to."""

    answer: object

    def hash(self, _: object) -> Any:
        """The answer."""
        return self.answer

    def verify(self, _: object, hashed: str) -> Any:
        """The answer."""
        return self.answer


def desk(kind: type[Any] = Portal, **changes: Any) -> Any:
    """A portal of this kind, with fakes but for these ports."""
    ports = {
        "clock": FixedClock(START),
        "codes": ScriptedCodes(),
        "notifier": RecordingNotifier(),
        "journal": RecordingJournal(),
        "hasher": PlainHasher(),
    }
    return kind(**ports | changes)


# --- Journals and notifiers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("port", ["journal", "notifier"])
@pytest.mark.parametrize("answer", LAZY.values(), ids=LAZY.keys())
def test_what_has_not_happened_yet_is_refused(port: str, answer: Callable[[], object]) -> None:
    """A generator that nobody asks, or a future, has recorded and sent nothing: the error names the port."""
    portal = desk(**{port: Answering(answer)})

    with pytest.raises(TypeError, match=rf"^the {port} answers .*of which nothing has happened yet: expected a port"):
        portal.create_space(space_form())


@pytest.mark.parametrize("port", ["journal", "notifier"])
@pytest.mark.parametrize("answer", LAZY.values(), ids=LAZY.keys())
def test_what_has_not_happened_once_awaited_is_refused(port: str, answer: Callable[[], object]) -> None:
    """What an awaited port answers is looked at too."""
    silent = AnsweringSoon(lambda: None)
    portal = desk(AsyncPortal, **{"journal": silent, "notifier": silent, port: AnsweringSoon(answer)})

    with pytest.raises(TypeError, match=rf"^the {port} answers .*of which nothing has happened yet"):
        asyncio.run(portal.create_space(space_form()))


def test_an_awaitable_that_was_awaited_for_is_refused() -> None:
    """Of an async port that forgot to await, what it answers is closed, and is an error."""

    async def forgotten() -> None:
        """Never awaited."""

    silent = AnsweringSoon(lambda: None)
    portal = desk(AsyncPortal, journal=AnsweringSoon(forgotten), notifier=silent)

    with pytest.raises(TypeError, match=r"^the journal answers an awaitable"):
        asyncio.run(portal.create_space(space_form()))


@pytest.mark.parametrize("kind", [Portal, AsyncPortal])
@pytest.mark.parametrize("port", ["journal", "notifier"])
@pytest.mark.parametrize(
    ("answer", "called"),
    [(False, "False"), (NotImplemented, "NotImplemented"), (OSError("secret"), "OSError")],
    ids=["False", "NotImplemented", "an error"],
)
def test_a_port_that_says_that_it_did_nothing_is_refused(kind: Any, port: str, answer: object, called: str) -> None:
    """False is how some ports say that they failed: nothing is recorded or sent then, and nothing goes on."""
    awaited = kind is AsyncPortal
    answering = AnsweringSoon if awaited else Answering
    quiet, sends = answering(lambda: None), RecordingNotifier()
    portal = desk(kind, **{"journal": quiet, "notifier": quiet if awaited else sends, port: answering(lambda: answer)})

    with pytest.raises(TypeError) as caught:
        asyncio.run(portal.create_space(space_form())) if awaited else portal.create_space(space_form())

    expected = "expected a port that has done its work when it answers, or raises"
    assert f"the {port} answers {called}, which says that nothing was done: {expected}" == str(caught.value)
    assert [] == sends.messages


@pytest.mark.parametrize("answer", [None, True, 0, 1, "sent", [], {"rows": 1}], ids=repr)
def test_whatever_else_a_port_answers_is_its_own(answer: object) -> None:
    """None, how many rows there were, or an exit status of 0: what was done is done."""
    space = desk(journal=Answering(lambda: answer), notifier=Answering(lambda: answer)).create_space(space_form())

    assert "pending" == space.state


# --- The hasher -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("2.1")
@pytest.mark.parametrize("answer", [(False, None), "False", 1, [1], ..., None, 0, "", ()], ids=repr)
def test_only_true_signs_in(answer: object) -> None:
    """An answer that is true without being True lets nobody in, and the refusal says what was answered."""
    with pytest.raises(SignInRefusedError) as caught:
        desk(hasher=Hashing(answer)).sign_in(opened(), "correct horse battery staple")

    assert ("sign_in.unclear", "2.1") == (caught.value.code, caught.value.rule.id)
    assert {"space": "'space-1'", "type": type(answer).__name__} == caught.value.facts


@pytest.mark.rule("2.1")
@pytest.mark.parametrize("answer", LAZY.values(), ids=LAZY.keys())
def test_an_answer_to_come_signs_nobody_in(answer: Callable[[], object]) -> None:
    """A generator, an async one and a future are true: taken for an answer, they would let anybody in."""
    with pytest.raises(TypeError, match=r"^hasher\.verify answers .*of which nothing has happened yet"):
        desk(hasher=Hashing(answer())).sign_in(opened(), "correct horse battery staple")


@pytest.mark.rule("2.1")
def test_true_and_false_are_what_they_are() -> None:
    """True lets the user of an active space in, and of no other; False is the refusal of always."""
    assert desk(hasher=Hashing(answer=True)).sign_in(opened(), "x") is None
    with pytest.raises(SpaceNotActiveError):
        desk(hasher=Hashing(answer=True)).sign_in(asked().case, "x")
    with pytest.raises(SignInRefusedError) as caught:
        desk(hasher=Hashing(answer=False)).sign_in(opened(), "x")

    assert "sign_in.refused" == caught.value.code


@pytest.mark.rule("2.1")
def test_a_password_that_is_too_long_is_not_hashed() -> None:
    """A thousand characters are compared; more are nobody's password, and cost nothing."""
    tried: list[str] = []

    class Counting(PlainHasher):
        def verify(self, secret: Any, hashed: str) -> bool:
            tried.append(secret)
            return super().verify(secret, hashed)

    portal = desk(hasher=Counting())
    for password in ("x" * 1_000, "x" * 1_001, "x" * 1_000_000):
        with pytest.raises(SignInRefusedError) as caught:
            portal.sign_in(opened(), password)
        assert "sign_in.refused" == caught.value.code

    assert ["x" * 1_000] == tried


@pytest.mark.rule("2.1")
@pytest.mark.parametrize("password", [None, 5, b"correct horse"])
def test_a_password_is_text(password: object) -> None:
    """What is no text is an invalid value, and is not hashed."""
    with pytest.raises(InvalidValueError) as caught:
        desk(hasher=Hashing(answer=True)).sign_in(opened(), password)

    assert "password.wrong_type" == caught.value.code


@pytest.mark.rule("1.2", "1.6")
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (None, "hash.wrong_type"),
        (b"scrypt$", "hash.wrong_type"),
        (True, "hash.wrong_type"),
        ("", "hash.missing"),
        (" ", "hash.missing"),
        ("x" * 1_001, "hash.too_long"),
        ("a\x1b[2J", "hash.not_printable"),
        ("a\nb", "hash.not_printable"),
    ],
)
def test_a_hash_is_looked_at_when_it_is_answered(answer: object, code: str) -> None:
    """A hasher that answers no text is refused before anything is recorded or sent."""
    journal, notifier = RecordingJournal(), RecordingNotifier()
    portal = desk(hasher=Hashing(answer), journal=journal, notifier=notifier)

    with pytest.raises(InvalidValueError) as caught:
        portal.create_space(space_form())

    assert (code, [], []) == (caught.value.code, journal.decisions, notifier.messages)


# --- The generator ----------------------------------------------------------------------------------------------------


def drawing(**answers: object) -> ScriptedCodes:
    """A generator that answers so."""

    def method(answer: object) -> Callable[[object], object]:
        return lambda _: answer

    made: ScriptedCodes = type("Drawing", (ScriptedCodes,), {name: method(it) for name, it in answers.items()})()
    return made


@pytest.mark.rule("A13")
@pytest.mark.parametrize("answer", [None, "CODE0001", b"CODE0001", 1, LinkToken("token-0002")], ids=repr)
def test_a_code_is_a_value(answer: object) -> None:
    """A generator that answers something else than a code is refused where it answers."""
    with pytest.raises(TypeError, match=r"^codes\.activation_code answers .*: expected ActivationCode, or HELD_EL"):
        desk(codes=drawing(activation_code=answer)).create_space(space_form())


@pytest.mark.rule("A13")
def test_a_token_is_a_value() -> None:
    """So it is of a token, and neither is shown."""
    with pytest.raises(TypeError) as caught:
        desk(codes=drawing(link_token=ActivationCode("CODE0001"))).request_adhesion(opened(), linked().case.origin.form)

    assert "codes.link_token answers ActivationCode: expected LinkToken, or HELD_ELSEWHERE" == str(caught.value)


@pytest.mark.rule("A13")
@pytest.mark.parametrize(
    ("code", "bits"),
    [("1", 3), ("123456", 19), ("123456789012", 39), ("ABCDEFGH", 37), ("CODE001", 36), ("A1B2C3D", 36)],
)
def test_a_code_that_could_be_guessed_is_refused(code: str, bits: int) -> None:
    """A code that is held here has 40 bits at least; the error says how many, and not the code."""
    with pytest.raises(InvalidValueError) as caught:
        desk(codes=drawing(activation_code=ActivationCode(code))).create_space(space_form())

    assert ("activation_code.too_weak", {"bits": bits, "least": 40}) == (caught.value.code, caught.value.facts)
    assert str(caught.value).startswith(f"a code of {bits} bits was drawn, which can be guessed: expected 40 bits")


@pytest.mark.rule("A13")
@pytest.mark.parametrize("code", ["CODE0001", "1234567890123", "ABCDEFGHJ", "K7MQ-2XW9"])
def test_a_code_of_forty_bits_is_drawn(code: str) -> None:
    """Eight letters and digits will do, those of the fakes among them."""
    assert "pending" == desk(codes=drawing(activation_code=ActivationCode(code))).create_space(space_form()).state


@pytest.mark.rule("A13")
def test_every_code_and_token_is_looked_at() -> None:
    """The link's token, and the code of the letter that is posted once it is used."""
    weak = drawing(link_token=LinkToken("a-1"), activation_code=ActivationCode("1"))
    messaging = adhesion_form(services=["messagerie"], company_email="contact@boulangerie-martin.fr")
    with pytest.raises(InvalidValueError) as token:
        desk(codes=weak).request_adhesion(opened(), messaging)
    with pytest.raises(InvalidValueError) as code:
        desk(codes=weak).confirm_company_email(linked().case, "link_token-42")

    assert ("link_token.too_weak", {"bits": 15, "least": 40}) == (token.value.code, token.value.facts)
    assert "activation_code.too_weak" == code.value.code
    held = drawing(activation_code=HELD_ELSEWHERE, link_token=HELD_ELSEWHERE)
    assert desk(codes=held).request_adhesion(opened(), messaging).held_elsewhere


@pytest.mark.rule("1.8", "A13")
def test_a_code_of_a_hosts_own_class_is_sent_stored_and_opens() -> None:
    """A subclass of the code is a code: its message reads back as itself, and what was sent opens the space."""

    class Pretty(ActivationCode):
        """A host's own."""

    notifier = RecordingNotifier()
    portal = desk(codes=drawing(activation_code=Pretty("K7MQ2XW9")), notifier=notifier)
    space = portal.create_space(space_form())
    email = notifier.last(ActivationCodeEmail)

    assert ActivationCode is type(email.code)
    assert email == loads(dumps(email, secrets=True))
    for code in ("K7MQ-2XW9", email.code, Pretty("K7MQ2XW9")):
        assert "active" == portal.activate_space(space, code).state
