"""What is to be sent, as data: ids, and what a message shows of itself."""

from __future__ import annotations

import pickle

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.rulebook.catalogue import MESSAGING
from tests.builders import POSTED, TOKEN, asked, linked
from tests.instants import DAY, START, TICK, TWO_DAYS

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
def test_a_message_is_a_value_with_an_id_of_its_own(id: str, message: tp.Message) -> None:
    """The id is made of the case, the version and the kind; no secret shows, and pickle gives all of it back."""
    assert id == message.id == attrs.evolve(message).id
    assert id not in {attrs.evolve(message, version=9).id, attrs.evolve(message, case_id="other").id}
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        message.version = 3  # type: ignore[misc] # the point of the test
    assert message == pickle.loads(pickle.dumps(message))
    for secret in ("SPACE4711", "LETTER0815", "link_token-42", "camille@", "contact@"):
        assert secret not in repr(message)


@pytest.mark.rule("1.7", "2.6", "2.8", "2.11")
def test_what_each_message_carries() -> None:
    """The e-mail and the letter carry the code, the link its token; the letter is for the company, which is named."""
    email, link, letter, reminder, notice = MESSAGES.values()
    assert isinstance(email, tp.ActivationCodeEmail)
    assert isinstance(link, tp.ConfirmationLinkEmail)
    assert isinstance(letter, tp.ActivationCodeLetter)
    assert isinstance(reminder, tp.ReminderEmail)
    assert isinstance(notice, tp.LapseNotice)
    assert ("SPACE4711", tp.Siren("732829320")) == (email.code.reveal(), email.organisation)
    assert ("link_token-42", "Boulangerie Martin") == (link.token.reveal(), notice.company_name)
    assert ("LETTER0815", tp.Siren("552100554"), (MESSAGING,)) == (letter.code.reveal(), letter.to, letter.services)
    assert SPACE.case.next_steps(at=START + DAY) == reminder.steps
    assert [each.case.time_limit for each in (SPACE, REQUEST, POSTING, REMINDING, LAPSING)] == [
        message.deadline for message in (email, link, letter, reminder, notice)
    ]
