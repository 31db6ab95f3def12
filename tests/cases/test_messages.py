"""What is to be sent, as data: ids, and what a message shows of itself."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import attrs
import pytest

from teleprocedures.core import (
    Action,
    ActivationCodeEmail,
    ActivationCodeLetter,
    Actor,
    ConfirmationLinkEmail,
    Message,
    NextStep,
    ReminderEmail,
)
from teleprocedures.rulebook import EXPERT_2024_04_03, MESSAGING
from teleprocedures.values import ActivationCode, EmailAddress, LinkToken, Siren

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
DEADLINE = EXPERT_2024_04_03.space_activation.starting(AT)
TO = EmailAddress("camille@cabinet-durand.fr")
STEP = NextStep(Actor.USER, Action.ENTER_EMAILED_CODE, DEADLINE.safe_until, EXPERT_2024_04_03.rule("1.9"))
CODE, TOKEN = ActivationCode("SECRET42"), LinkToken("secret-token")

MESSAGES = {
    "s-1/1/activation-code-email": ActivationCodeEmail(case_id="s-1", version=1, to=TO, code=CODE, deadline=DEADLINE),
    "a-1/1/confirmation-link-email": ConfirmationLinkEmail(
        case_id="a-1", version=1, to=TO, token=TOKEN, deadline=DEADLINE
    ),
    "a-1/2/activation-code-letter": ActivationCodeLetter(
        case_id="a-1", version=2, to=Siren("552100554"), code=CODE, services=(MESSAGING,), deadline=DEADLINE
    ),
    "s-1/2/reminder-email": ReminderEmail(case_id="s-1", version=2, to=TO, steps=(STEP,), deadline=DEADLINE),
}
every_message = pytest.mark.parametrize(("id", "message"), MESSAGES.items(), ids=MESSAGES)


@every_message
def test_a_message_has_an_id_of_its_own(id: str, message: Message) -> None:
    """The id is made of the case, the version that made the message, and the kind: the same message has the same id."""
    assert id == message.id
    assert id == attrs.evolve(message).id
    assert id != attrs.evolve(message, version=9).id
    assert id != attrs.evolve(message, case_id="other").id


@every_message
def test_a_message_shows_no_secret(id: str, message: Message) -> None:
    """Neither the code, nor the token, nor the whole address appears in a message's `repr`."""
    for secret in ("SECRET42", "secret-token", "camille@"):
        assert secret not in repr(message)


@every_message
def test_a_message_is_a_value(id: str, message: Message) -> None:
    """A message does not change, and comes out of pickle as it went in, code included."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        message.version = 3

    assert message == pickle.loads(pickle.dumps(message))
    assert isinstance(message, Message)


@pytest.mark.rule("1.7", "2.6", "2.8")
def test_what_each_message_carries() -> None:
    """The e-mail and the letter carry the code, the link its token; the letter is for the company."""
    email, link, letter, reminder = MESSAGES.values()

    assert "SECRET42" == email.code.reveal()
    assert "secret-token" == link.token.reveal()
    assert ("SECRET42", Siren("552100554"), (MESSAGING,)) == (letter.code.reveal(), letter.to, letter.services)
    assert (STEP,) == reminder.steps
    assert {DEADLINE} == {message.deadline for message in MESSAGES.values()}


def test_kinds_are_told_apart() -> None:
    """Each kind of message has a name of its own."""
    assert 4 == len({type(message).kind for message in MESSAGES.values()})
    assert "message" == Message.kind
