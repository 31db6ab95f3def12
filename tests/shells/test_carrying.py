"""The order of carrying out: decide, record, notify; what happens when one of them fails, or is to be awaited."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from datetime import datetime
from typing import Any

import attrs
import pytest

from teleprocedures import (
    ActivationCode,
    AsyncPortal,
    Case,
    Decision,
    FixedClock,
    Message,
    NotificationError,
    Portal,
    RefusedError,
    SpaceState,
    TeleproceduresError,
)
from teleprocedures.testing import (
    PlainHasher,
    ScriptedCodes,
    adhesion_form,
    space_form,
)
from tests.builders import EMAILED, FRENCH_IBAN, SECRETS, TOKEN, WRONG, asked, held, linked, opened
from tests.instants import START


@attrs.define
class Diary:
    """A journal and a notifier that write what they do in one list, and fail when told to."""

    done: list[str] = attrs.field(factory=list)
    journal_fails: bool = False
    failures: int = 0
    error: BaseException = attrs.field(factory=lambda: OSError("no network"))

    def record(self, decision: Any) -> None:
        """Keep what was recorded, or fail."""
        if self.journal_fails:
            raise OSError("disk full")
        self.done += [f"record {event.kind}" for event in decision.events]

    def notify(self, message: Message) -> None:
        """Keep what was sent, or fail."""
        if self.failures:
            self.failures -= 1
            raise self.error
        self.done.append(f"notify {message.id}")


def dull(diary: Diary, *, at: Any = START, journal: bool = True) -> Portal:
    """A portal that writes in this diary."""
    return Portal(
        clock=FixedClock(at),
        codes=ScriptedCodes(),
        notifier=diary,
        journal=diary if journal else None,
        hasher=PlainHasher(),
    )


# --- Decide, record, notify -------------------------------------------------------------------------------------------


def test_a_decision_is_recorded_before_it_is_notified() -> None:
    """All the events of the decision are recorded, then its messages are sent, in this order."""
    diary = Diary()

    dull(diary).request_adhesion(opened(), adhesion_form())

    assert [
        "record adhesion-requested",
        "record adhesion-validated",
        "notify case-0001/2/activation-code-letter",
    ] == diary.done


def test_without_a_journal_messages_are_sent() -> None:
    """A journal is not needed: what is decided is returned and notified."""
    diary = Diary()

    assert SpaceState.PENDING is dull(diary, journal=False).create_space(space_form()).state
    assert ["notify case-0002/1/activation-code-email"] == diary.done


REFUSED: list[Callable[[Portal], object]] = [
    lambda portal: portal.activate_space(asked().case, WRONG),
    lambda portal: portal.request_adhesion(asked().case, adhesion_form()),
    lambda portal: portal.lapse(asked().case),
    lambda portal: portal.remind(asked().case),
    lambda portal: portal.renew_adhesion(opened(), held()),
]


@pytest.mark.parametrize("verb", REFUSED)
def test_a_refusal_records_and_sends_nothing(verb: Callable[[Portal], object]) -> None:
    """When the procedure says no, neither the journal nor the notifier hears of it."""
    diary = Diary()

    with pytest.raises(RefusedError):
        verb(dull(diary))

    assert [] == diary.done


def test_if_the_journal_fails_nothing_is_sent() -> None:
    """The journal's own error comes out, and no message has left."""
    diary = Diary(journal_fails=True)

    with pytest.raises(OSError, match="disk full"):
        dull(diary).create_space(space_form())

    assert [] == diary.done


def test_if_the_notifier_fails_the_decision_stands() -> None:
    """The error carries the decision, already recorded, and what is still to be sent; its cause is the notifier's."""
    diary = Diary(failures=1)

    with pytest.raises(NotificationError) as caught:
        dull(diary).create_space(space_form())

    error = caught.value
    assert ["record space-requested"] == diary.done
    assert SpaceState.PENDING is error.decision.case.state
    assert error.decision.messages == error.unsent
    assert isinstance(error.__cause__, OSError)
    assert "1 message is still to be sent: ActivationCodeEmail" in str(error)
    both = NotificationError(error.decision, error.unsent * 2)
    assert "2 messages are still to be sent: ActivationCodeEmail, ActivationCodeEmail" in str(both)
    assert [] == [secret for secret in (*SECRETS, "CODE0001") if secret in str(error) + repr(error)]


def test_what_was_not_sent_can_be_sent_again() -> None:
    """Sending again sends the same messages by their ids, records nothing twice, and can fail again."""
    diary = Diary(failures=2)
    portal = dull(diary)
    with pytest.raises(NotificationError) as first:
        portal.create_space(space_form())
    with pytest.raises(NotificationError) as second:
        portal.resend(first.value)

    portal.resend(second.value)

    assert (first.value.decision, first.value.unsent) == (second.value.decision, second.value.unsent)
    assert ["record space-requested", "notify case-0002/1/activation-code-email"] == diary.done
    assert SpaceState.ACTIVE is portal.activate_space(first.value.decision.case, "CODE0001").state


def test_only_what_was_not_sent_is_sent_again() -> None:
    """Of two messages, the first is sent and the second fails: the second alone is left."""
    diary = Diary()
    portal = dull(diary)
    one, two = asked(id="one"), asked(id="two")
    decision = attrs.evolve(one, messages=(*one.messages, *two.messages))

    @attrs.define
    class Once(Diary):
        def notify(self, message: Message) -> None:
            if message.case_id == "two":
                raise OSError("no network")
            Diary.notify(self, message)

    partly = Once()
    with pytest.raises(NotificationError) as caught:
        attrs.evolve(portal, notifier=partly).resend(NotificationError(decision, decision.messages))

    assert ["notify one/1/activation-code-email"] == partly.done
    assert two.messages == caught.value.unsent
    portal.resend(caught.value)
    assert ["notify two/1/activation-code-email"] == diary.done


def test_an_interruption_is_no_notification_error() -> None:
    """Stopping the program is not a failure to send: it comes out as it is."""
    diary = Diary(failures=1, error=KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        dull(diary).create_space(space_form())


def test_the_error_travels_between_processes() -> None:
    """It is one of the family, with a code and facts, and comes back whole from a pickle."""
    diary = Diary(failures=1)
    with pytest.raises(NotificationError) as caught:
        dull(diary).create_space(space_form())

    again = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(again, TeleproceduresError)
    assert "notification.failed" == again.code
    assert {"case_id": "case-0002", "count": 1, "messages": ("ActivationCodeEmail",)} == dict(again.facts)
    assert (caught.value.decision, caught.value.unsent) == (again.decision, again.unsent)
    assert str(caught.value) == str(again)


def test_a_hosts_own_decision_is_carried_out_in_the_same_order() -> None:
    """What a verb of a host's own decided is recorded, then sent, and its snapshot is given."""
    diary, decision = Diary(), asked()

    assert decision.case is dull(diary).carry_out(decision)
    assert ["record space-requested", "notify space-1/1/activation-code-email"] == diary.done


# --- Ports that are to be awaited -------------------------------------------------------------------------------------


@attrs.define
class AsyncDiary:
    """A diary whose methods are awaited: what it is asked is written only then."""

    diary: Diary = attrs.field(factory=Diary)

    async def record(self, decision: Decision[Case]) -> None:
        """Keep what was recorded, or fail, later."""
        await asyncio.sleep(0)
        self.diary.record(decision)

    async def notify(self, message: Message) -> None:
        """Keep what was sent, or fail, later."""
        await asyncio.sleep(0)
        self.diary.notify(message)


def soon(diary: AsyncDiary, *, journal: bool = True) -> AsyncPortal:
    """An async portal that writes in this diary."""
    return AsyncPortal(
        clock=FixedClock(START),
        codes=ScriptedCodes(),
        notifier=diary,
        journal=diary if journal else None,
        hasher=PlainHasher(),
    )


def test_an_async_portal_awaits_its_ports_in_the_same_order() -> None:
    """The same verb, awaited: the same snapshot, recorded, then sent; a journal is not needed."""
    for journal in (True, False):
        now, later = Diary(), AsyncDiary()
        space = asyncio.run(soon(later, journal=journal).create_space(space_form()))

        assert dull(now, journal=journal).create_space(space_form()) == space
        assert now.done == later.diary.done


def test_an_async_verb_decides_when_it_is_awaited() -> None:
    """Until then nothing is drawn, recorded or sent; a refusal comes out of the `await`, and is the verb's."""
    later = AsyncDiary()
    coroutine = soon(later).activate_space(asked().case, WRONG)

    assert [] == later.diary.done
    with pytest.raises(RefusedError):
        asyncio.run(coroutine)  # type: ignore[arg-type] # a coroutine
    assert [] == later.diary.done


def test_an_async_host_signs_in_without_awaiting() -> None:
    """A forgotten `await` would let anybody in: the check is made at once."""
    portal = soon(AsyncDiary())

    assert portal.sign_in(opened(), "correct horse battery staple") is None
    with pytest.raises(RefusedError):
        portal.sign_in(opened(), "incorrect")


def test_if_the_async_journal_fails_nothing_is_sent() -> None:
    """The journal's own error comes out of the `await`, and no message has left."""
    later = AsyncDiary(Diary(journal_fails=True))

    with pytest.raises(OSError, match="disk full"):
        asyncio.run(soon(later).create_space(space_form()))
    assert [] == later.diary.done


def test_if_the_async_notifier_fails_the_decision_stands_and_is_sent_again() -> None:
    """The error is the same as a portal's, with its cause, and `resend` is awaited."""
    later = AsyncDiary(Diary(failures=2))
    portal = soon(later)
    with pytest.raises(NotificationError) as first:
        asyncio.run(portal.create_space(space_form()))
    with pytest.raises(NotificationError) as second:
        asyncio.run(portal.resend(first.value))

    asyncio.run(portal.resend(second.value))

    assert isinstance(first.value.__cause__, OSError)
    assert (first.value.decision, first.value.unsent) == (second.value.decision, second.value.unsent)
    assert ["record space-requested", "notify case-0002/1/activation-code-email"] == later.diary.done


def test_a_verb_that_is_cancelled_is_cancelled() -> None:
    """Cancelling is not a failure to send: it comes out as it is."""
    later = AsyncDiary(Diary(failures=1, error=asyncio.CancelledError()))

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(soon(later).create_space(space_form()))


def test_an_async_host_carries_out_its_own_decisions() -> None:
    """What a verb of a host's own decided is recorded, then sent, each awaited."""
    later, decision = AsyncDiary(), asked()

    assert decision.case is asyncio.run(soon(later).carry_out(decision))
    assert ["record space-requested", "notify space-1/1/activation-code-email"] == later.diary.done


class Later:
    """Every port, each answering a coroutine."""

    async def now(self) -> datetime:
        """The instant, later."""
        return START

    async def case_id(self) -> str:
        """The id, later."""
        return "space-1"

    async def activation_code(self) -> ActivationCode:
        """The code, later."""
        return EMAILED

    async def hash(self, secret: str) -> str:
        """The hash, later."""
        return f"plain:{secret}"

    async def verify(self, secret: str, hashed: str) -> bool:
        """Whether it is, later."""
        return True

    async def record(self, decision: Decision[Case]) -> None:
        """Nothing, later."""

    async def notify(self, message: Message) -> None:
        """Nothing, later."""


class Halfway(ScriptedCodes):
    """A generator of which one method is async."""

    case_id = Later.case_id  # type: ignore[assignment] # the point of it


@pytest.mark.parametrize(
    ("port", "given"),
    [
        ("clock.now", {"clock": Later()}),
        ("codes.activation_code", {"codes": Later()}),
        ("codes.case_id", {"codes": Halfway()}),
        ("hasher.hash", {"hasher": Later()}),
        ("the journal", {"journal": Later()}),
        ("the notifier", {"notifier": Later()}),
    ],
)
def test_a_portal_refuses_a_port_that_is_to_be_awaited(port: str, given: dict[str, Any]) -> None:
    """The error names the port and the way out, nothing is sent, and no coroutine is left behind."""
    diary = Diary()
    portal = attrs.evolve(dull(diary), **given)

    with pytest.raises(TypeError) as caught:
        portal.create_space(space_form())

    assert str(caught.value).startswith(f"{port} answers an awaitable, which this portal would not await")
    assert "an AsyncPortal" in str(caught.value)
    assert [] == [line for line in diary.done if line.startswith("notify")]


DRAWS: list[tuple[Callable[[Portal], object], tuple[str, ...]]] = [
    (lambda portal: portal.create_space(space_form()), ("case_id", "activation_code")),
    (lambda portal: portal.request_adhesion(opened(), adhesion_form()), ("case_id", "activation_code")),
    (lambda portal: portal.request_adhesion(opened(), linked().case.origin.form), ("case_id", "link_token")),
    (lambda portal: portal.confirm_company_email(linked().case, TOKEN), ("activation_code",)),
    (lambda portal: portal.issue_mandate(held(), FRENCH_IBAN), ("case_id", "mandate_reference")),
]


@pytest.mark.parametrize(("verb", "drawn"), [(verb, drawn) for verb, every in DRAWS for drawn in every])
def test_what_a_verb_draws_is_there_at_once(verb: Callable[[Portal], object], drawn: str) -> None:
    """The error names which of the generator's methods is to be awaited."""

    async def soon_drawn(_: object) -> str:
        return "later"

    codes = type("Codes", (ScriptedCodes,), {drawn: soon_drawn})()
    portal = attrs.evolve(dull(Diary()), codes=codes)

    with pytest.raises(TypeError, match=rf"^codes\.{drawn} answers an awaitable"):
        verb(portal)


def test_both_secrets_of_a_space_are_hashed_at_once() -> None:
    """The password's hash is there; that of the answer would have to be awaited."""

    class Tired(PlainHasher):
        def hash(self, secret: str) -> Any:
            return Later().hash(secret) if secret == space_form().security_answer else super().hash(secret)

    with pytest.raises(TypeError, match=r"^hasher\.hash answers an awaitable"):
        attrs.evolve(dull(Diary()), hasher=Tired()).create_space(space_form())


def test_a_hasher_that_is_to_be_awaited_lets_nobody_in() -> None:
    """A coroutine is true: taken for an answer, it would let anybody in."""
    portal = attrs.evolve(dull(Diary()), hasher=Later())

    with pytest.raises(TypeError, match=r"hasher\.verify answers an awaitable"):
        portal.sign_in(opened(), "incorrect")


def test_an_awaitable_that_is_no_coroutine_is_refused_too() -> None:
    """A future has nothing to close."""

    class Promise:
        def __await__(self) -> Any:
            yield

    class Promising(Diary):
        def record(self, decision: Any) -> Any:
            return Promise()

    with pytest.raises(TypeError, match="the journal answers an awaitable"):
        dull(Promising()).create_space(space_form())


@pytest.mark.parametrize(
    ("port", "given"), [("the journal", {"journal": Diary()}), ("the notifier", {"notifier": Diary()})]
)
def test_an_async_portal_refuses_a_port_that_answers_at_once(port: str, given: dict[str, Any]) -> None:
    """The error names the port and the way out."""
    portal = attrs.evolve(soon(AsyncDiary()), **given)

    with pytest.raises(TypeError) as caught:
        asyncio.run(portal.create_space(space_form()))

    assert str(caught.value) == (
        f"{port} answers NoneType, which cannot be awaited: expected an async port, or a Portal, whose ports answer at"
        " once"
    )


def test_a_port_that_answers_something_else_is_told_so() -> None:
    """The error says what kind of thing was answered."""

    class Chatty(Diary):
        def record(self, _: object) -> Any:
            return "done"

    portal = attrs.evolve(soon(AsyncDiary()), journal=Chatty())

    with pytest.raises(TypeError, match=r"^the journal answers str, which cannot be awaited"):
        asyncio.run(portal.create_space(space_form()))
