"""What is to be sent, as data: ids, and what a message shows of itself."""

from __future__ import annotations

import pickle

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.rulebook.catalogue import MESSAGING
from tests.builders import DAY, POSTED, START, TICK, TOKEN, TWO_DAYS, asked, linked, paying

SPACE, REQUEST = asked(), linked(company_name="Boulangerie Martin")
POSTING = REQUEST.case.confirm_company_email(TOKEN, code=POSTED, at=START)
REMINDING, LAPSING = SPACE.case.remind(at=START + DAY), REQUEST.case.lapse(at=START + TWO_DAYS + TICK)

MESSAGES: dict[str, tp.Message] = {
    "space-1/1/activation-code-email": SPACE.messages[0],
    "request-1/1/confirmation-link-email": REQUEST.messages[0],
    "request-1/2/activation-code-letter": POSTING.messages[0],
    "space-1/2/reminder-email": REMINDING.messages[0],
    "request-1/2/lapse-notice": LAPSING.messages[0],
}
every_message = pytest.mark.parametrize(("id", "message"), MESSAGES.items(), ids=MESSAGES)


@every_message
def test_a_message_has_an_id_of_its_own(id: str, message: tp.Message) -> None:
    """The id is made of the case, the version that made the message, and the kind: the same message has the same id."""
    assert id == message.id
    assert id == attrs.evolve(message).id
    assert id != attrs.evolve(message, version=9).id
    assert id != attrs.evolve(message, case_id="other").id


@every_message
def test_a_message_shows_no_secret(id: str, message: tp.Message) -> None:
    """Neither the code, nor the token, nor the whole address appears in a message's `repr`."""
    for secret in ("SPACE4711", "LETTER0815", "link_token-42", "camille@", "contact@"):
        assert secret not in repr(message)


@every_message
def test_a_message_is_a_value(id: str, message: tp.Message) -> None:
    """A message does not change, and comes out of pickle as it went in, code included."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        message.version = 3  # type: ignore[misc] # the point of the test
    assert message == pickle.loads(pickle.dumps(message))
    assert isinstance(message, tp.Message)


@pytest.mark.rule("1.7", "2.6", "2.8")
def test_what_each_message_carries() -> None:
    """The e-mail and the letter carry the code, the link its token; the letter is for the company."""
    email, link, letter, reminder, notice = MESSAGES.values()
    assert isinstance(email, tp.ActivationCodeEmail)
    assert isinstance(link, tp.ConfirmationLinkEmail)
    assert isinstance(letter, tp.ActivationCodeLetter)
    assert isinstance(reminder, tp.ReminderEmail)
    assert isinstance(notice, tp.LapseNotice)
    assert ("SPACE4711", tp.Siren("732829320")) == (email.code.reveal(), email.organisation)
    assert "link_token-42" == link.token.reveal()
    assert ("LETTER0815", tp.Siren("552100554"), (MESSAGING,)) == (letter.code.reveal(), letter.to, letter.services)
    assert SPACE.case.next_steps(at=START + DAY) == reminder.steps
    assert [each.case.time_limit for each in (SPACE, REQUEST, POSTING, REMINDING, LAPSING)] == [
        message.deadline for message in (email, link, letter, reminder, notice)
    ]


@pytest.mark.rule("2.11", "3.4", "1.11", "F1")
def test_a_notice_says_what_was_missed_and_what_to_do() -> None:
    """Which request, of which company, for which services, under which rule, and the step to take now."""
    (notice,) = LAPSING.messages
    assert isinstance(notice, tp.LapseNotice)
    assert ("Boulangerie Martin", tp.Siren("552100554"), (MESSAGING,)) == (
        notice.company_name,
        notice.organisation,
        notice.services,
    )
    assert ("2.11", "renew_adhesion", False) == (str(notice.rule), notice.action, notice.presumed)
    assert "camille@cabinet-durand.fr" == str(notice.to)


def test_kinds_are_told_apart() -> None:
    """Each kind of message has a name of its own."""
    assert 5 == len({type(message).kind for message in MESSAGES.values()})
    assert "message" == tp.Message.kind


def test_an_unnamed_company_is_paid_for_all_the_same() -> None:
    """The company's name is told where it was given, and is None where it was not."""
    (letter,) = paying().messages
    assert isinstance(letter, tp.ActivationCodeLetter)
    assert (None, None) == (letter.company_name, letter.company_address)
