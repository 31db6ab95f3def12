"""Step 2: requesting services, the company's link, the letter; what time limits have alike is in `test_time_limits`."""

from __future__ import annotations

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.rulebook.catalogue import CONSULT_PROPERTY_TAX_NOTICES, MESSAGING, PAY_CFE
from teleprocedures.testing import adhesion_form
from tests.builders import (
    COMPANY_EMAIL,
    EMAILED,
    FRENCH_IBAN,
    POSTED,
    TOKEN,
    asked,
    linked,
    linked_in,
    opened,
    requested,
)
from tests.instants import DAY, HOUR, START, TICK, TWO_DAYS

BAKER = tp.Siren("552100554")


# --- Who asks, and for whom (0.1, 1.12, 2.1 to 2.4, A7) ---------------------------------------------------------------


@pytest.mark.rule("1.12", "2.1", "A14")
def test_a_request_is_made_from_a_space_that_was_active_by_then() -> None:
    """One that is pending or lapsed is refused, and so is an instant before the activation, whenever that was told."""
    for space, state in ((asked().case, "pending"), (asked().case.lapse(at=START + TWO_DAYS + TICK).case, "lapsed")):
        with pytest.raises(tp.SpaceNotActiveError, match=f"'{state}': expected an active one") as inactive:
            requested(space=space, at=START + 3 * DAY)
        assert "1.12" == inactive.value.rule
    space = asked().case.activate(EMAILED, at=START + HOUR, recorded_at=START + DAY).case
    with pytest.raises(tp.OutOfOrderError) as early:
        requested(space=space, at=START + HOUR - TICK, recorded_at=START + DAY)
    facts = {"at": START + HOUR - TICK, "last": START + HOUR, "follows": "space.active"}
    assert ("order.before_fact", facts, "A14") == (early.value.code, dict(early.value.facts), early.value.rule)
    # The telling of one case orders no other: another worker may have told of the space later.
    assert START + HOUR == requested(space=space, at=START + HOUR).case.recorded_at


@pytest.mark.rule("0.1", "2.1", "2.2")
def test_one_space_serves_any_number_of_companies() -> None:
    """Each request is a case of its own, and keeps which space made it, with its user's address."""
    space = opened(id="space-7")
    companies = [BAKER, tp.Siren("552008443"), tp.Siren("732829320")]
    requests = [requested(space=space, id=f"r-{company}", organisation=company).case for company in companies]
    assert companies == [request.organisation for request in requests]
    assert {("space-7", "camille@cabinet-durand.fr", None)} == {
        (request.space_id, str(request.origin.requester), request.origin.renews) for request in requests
    }


@pytest.mark.rule("2.3", "A7")
def test_a_file_number_consults_property_tax_notices() -> None:
    """With a file number, the notices are consulted, and nothing else is held; an unknown service is an error."""
    request = requested("consulter-avis-tf", organisation="TF2024A17").case
    active = request.activate(POSTED, space=opened(), at=START).case
    assert tp.FileNumber("TF2024A17") == active.organisation
    assert ["consulter-avis-tf"] == [code for code in tp.CATALOGUE if active.holds(code)]
    for case in (linked().case, request, active):
        with pytest.raises(tp.InvalidValueError, match="unknown service 'payer-tout'"):
            case.holds("payer-tout")


@pytest.mark.rule("2.13")
def test_a_service_is_its_code() -> None:
    """One that is asked for as another catalogue has it is the rulebook's own; a host adds its own to a rulebook."""
    reworded = attrs.evolve(PAY_CFE, title="CFE", needs_mandate=True)
    refunds = tp.Service(code="demarches-tva-ue", title="Remboursement de TVA UE")
    book = attrs.evolve(tp.EXPERT_2024_04_03, version="wider", catalogue=tp.CATALOGUE.extended(refunds))
    request = requested(reworded, refunds, bank_accounts=[FRENCH_IBAN], rulebook=book).case  # type: ignore[arg-type]
    held = request.activate(POSTED, space=opened(), at=START).case
    assert (PAY_CFE, refunds) == request.services
    assert all(held.holds(service) for service in (reworded, "payer-cfe", refunds, "demarches-tva-ue"))


# --- The letter, at once or once the link was used (2.5 to 2.10, A6, A8) ----------------------------------------------


@pytest.mark.rule("2.5", "2.6")
def test_without_messaging_the_letter_is_posted_at_once() -> None:
    """The request is validated as it is made: two events, one letter to the company, sixty days running."""
    decision = requested("consulter-avis-tf", "payer-cfe", bank_accounts=[FRENCH_IBAN])
    request = decision.case
    assert [(tp.AdhesionRequested, 1), (tp.AdhesionValidated, 2)] == [(type(it), it.version) for it in decision.events]
    assert (tp.AdhesionState.VALIDATED, "awaiting_code", 2) == (request.state, request.stage, request.version)
    assert request.activation is not None
    (letter,) = decision.messages
    assert (
        tp.ActivationCodeLetter(
            case_id="request-1",
            version=2,
            form=adhesion_form(services=["consulter-avis-tf", "payer-cfe"], bank_accounts=[FRENCH_IBAN]),
            requester=opened().email,
            requester_name="Camille Durand",
            deadline=request.activation.deadline,
            code=POSTED,
        )
        == letter
    )
    assert (CONSULT_PROPERTY_TAX_NOTICES, PAY_CFE) == letter.services
    assert (BAKER, BAKER, None, None) == (letter.to, letter.organisation, letter.company_address, letter.company_name)
    assert (tp.Applicant.REPRESENTATIVE, "request-1/2/activation-code-letter") == (letter.applicant, letter.id)
    told_late = requested(at=START, recorded_at=START + DAY).events
    assert [(START, START + DAY)] * 2 == [(it.at, it.recorded_at) for it in told_late]


@pytest.mark.rule("2.8", "2.10")
def test_with_messaging_the_companys_link_is_awaited_and_no_letter_is_posted() -> None:
    """The only message is the link, to the company's address; there is no code to enter and no letter to record."""
    decision = linked("payer-cfe", bank_accounts=[FRENCH_IBAN])
    request, limit = decision.case, decision.case.deadline
    assert (tp.AdhesionRequested,) == tuple(map(type, decision.events))
    assert ("awaiting_email", "awaiting_email", None) == (request.state, request.stage, request.activation)
    assert (START, START + TWO_DAYS, "2.9") == (limit.opened, limit.closes, limit.rule)
    assert (
        tp.ConfirmationLinkEmail(
            case_id="request-1",
            version=1,
            form=request.origin.form,
            requester=opened().email,
            requester_name="Camille Durand",
            deadline=limit,
            to=tp.EmailAddress(COMPANY_EMAIL),
            token=TOKEN,
        ),
    ) == decision.messages
    for verb, given in (
        ("activate", {"code": POSTED, "space": opened()}),
        ("activate", {"code": tp.HELD_ELSEWHERE, "space": opened()}),
        ("record_letter", {"edited": START.date()}),
    ):
        with pytest.raises(tp.TransitionRefusedError, match="awaiting_email") as caught:
            getattr(request, verb)(**given, at=START)
        assert "2.10" == caught.value.rule
    assert not any(request.holds(code) for code in tp.CATALOGUE)
    # The branch is a guard of the table, and no verb.
    (way,) = tp.LIFECYCLES["adhesion"].turns("awaiting_email", "validate")
    assert ("validated", "without_messaging", False) == (way.dest, way.guards[0].name, way.guards[0](request, START))
    # The address of a company that does not ask for Messaging is kept, and no link is sent to it.
    other = requested(company_email=COMPANY_EMAIL)
    assert ([tp.ActivationCodeLetter], None) == ([type(it) for it in other.messages], other.case.origin.token)


@pytest.mark.rule("2.10", "2.5", "2.6", "3.2")
def test_using_the_link_has_the_letter_posted_which_says_all_there_is_to_say() -> None:
    """To the company, with the sixty days from then; form, requester and company are those of the link."""
    form = adhesion_form(
        services=["messagerie", "payer-cfe"],
        company_email=COMPANY_EMAIL,
        bank_accounts=[FRENCH_IBAN],
        applicant="third_party",
        legal_representative="Jeanne Martin",
        company_name="Boulangerie Martin",
        company_address="3 rue du Four, 75006 Paris",
    )
    first = tp.Adhesion.request(opened(), form, id="request-1", at=START, token=TOKEN)
    decision = first.case.confirm_company_email(TOKEN, code=POSTED, at=START + 5 * HOUR)
    request, limit, (link,), (letter,) = decision.case, decision.case.deadline, first.messages, decision.messages
    assert (tp.CompanyEmailConfirmed,) == tuple(map(type, decision.events))
    assert (tp.AdhesionState.VALIDATED, "awaiting_code", 2) == (request.state, request.stage, request.version)
    assert (START + 5 * HOUR, False, "3.1") == (limit.opened, limit.estimated, limit.rule)
    assert isinstance(letter, tp.ActivationCodeLetter)
    assert (BAKER, POSTED, limit, 2) == (letter.to, letter.code, letter.deadline, letter.version)
    assert "3 rue du Four, 75006 Paris" == letter.company_address
    for message in (link, letter):
        assert form == request.origin.form == message.form
        assert (BAKER, "Boulangerie Martin", tp.Applicant.THIRD_PARTY, (MESSAGING, PAY_CFE)) == (
            message.organisation,
            message.company_name,
            message.applicant,
            message.services,
        )
        assert ("camille@cabinet-durand.fr", "Camille Durand") == (str(message.requester), message.requester_name)
    assert ((tp.BankAccount(FRENCH_IBAN),), tp.Applicant.THIRD_PARTY) == (request.accounts, request.applicant)


@pytest.mark.rule("2.5", "2.8", "A13")
def test_what_is_held_elsewhere_is_not_sent_here() -> None:
    """The portal sends its own links and posts its own letters: time runs all the same."""
    posted, link = requested(code=tp.HELD_ELSEWHERE), linked(token=tp.HELD_ELSEWHERE)
    confirmed = link.case.confirm_company_email(tp.HELD_ELSEWHERE, at=START)
    assert [()] * 3 == [decision.messages for decision in (posted, link, confirmed)]
    assert ["awaiting_code", "awaiting_email", "awaiting_code"] == [it.case.stage for it in (posted, link, confirmed)]


@pytest.mark.rule("A6", "2.8")
def test_the_link_is_sent_again_for_an_address_confirmed_before() -> None:
    """A second request with Messaging waits for its own link, though the company's address was confirmed already."""
    linked().case.confirm_company_email(TOKEN, at=START)
    second = linked(id="request-2", token=tp.LinkToken("second"), at=START + HOUR)
    assert [tp.ConfirmationLinkEmail] == [type(message) for message in second.messages]
    assert tp.AdhesionState.AWAITING_EMAIL is second.case.state


# --- Lapsing and renewing (2.11, 3.4, A5) -----------------------------------------------------------------------------


@pytest.mark.rule("2.11")
def test_a_request_lapses_for_all_its_services() -> None:
    """For Messaging and for every other service of it: none is held, and no code opens any."""
    at = START + TWO_DAYS + TICK
    decision = linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case.lapse(at=at)
    request, (notice,) = decision.case, decision.messages
    assert (tp.AdhesionState.LAPSED, None, (MESSAGING, PAY_CFE)) == (request.state, request.activation, notice.services)
    assert not any(request.holds(service) for service in request.services)
    with pytest.raises(tp.TransitionRefusedError) as caught:
        request.activate(POSTED, space=opened(), at=at)
    assert "2.11" == caught.value.rule


@pytest.mark.rule("2.11", "3.4")
def test_a_lapsed_request_is_renewed_by_a_new_one_that_names_it() -> None:
    """The same services are asked for again: a new case, new secrets, a new time limit, the old one left as it was."""
    lapsed = (
        linked("payer-cfe", bank_accounts=[FRENCH_IBAN], applicant="third_party").case.lapse(at=START + 3 * DAY).case
    )
    before = attrs.evolve(lapsed)
    decision = lapsed.renew(opened(), id="request-2", at=START + 4 * DAY, token=tp.LinkToken("new"), code=POSTED)
    renewed = decision.case
    assert ("request-2", "request-1", 1) == (renewed.id, renewed.origin.renews, renewed.version)
    same = ("form", "requester", "requester_name", "space_id")
    assert [getattr(lapsed.origin, name) for name in same] == [getattr(renewed.origin, name) for name in same]
    assert ["request-2/1/confirmation-link-email"] == [message.id for message in decision.messages]
    assert START + 6 * DAY == renewed.deadline.closes
    with pytest.raises(tp.WrongCodeError):
        renewed.confirm_company_email(TOKEN, at=START + 5 * DAY)
    assert tp.AdhesionState.VALIDATED is renewed.confirm_company_email("new", at=START + 6 * DAY).case.state
    assert before == lapsed


@pytest.mark.rule("2.11", "3.4")
def test_a_renewal_asks_for_the_services_as_they_are_now() -> None:
    """Under a newer rulebook the same codes are asked for, as that one knows them: what it refuses is refused."""
    lapsed, at = linked_in(tp.AdhesionState.LAPSED), START + 3 * DAY
    plain = attrs.evolve(MESSAGING, title="Messages", needs_company_email=False)
    paid = attrs.evolve(MESSAGING, pays=True)

    def again(*services: tp.Service) -> tp.Adhesion:
        newer = attrs.evolve(tp.EXPERT_2024_04_03, version="newer", catalogue=tp.Catalogue(services))
        return lapsed.renew(opened(), id="request-2", at=at, rulebook=newer).case

    assert ((plain,), tp.ActivationState.AWAITING_CODE) == (again(plain).services, again(plain).stage)
    with pytest.raises(tp.RefusedFormError) as caught:
        again(paid)
    assert "2.13" == caught.value.rule
    with pytest.raises(tp.InvalidValueError, match="service 'messagerie' is not in the catalogue"):
        again(PAY_CFE)


@pytest.mark.rule("A5")
def test_a_lapsed_request_leaves_the_others_as_they_are() -> None:
    """Two requests of one company wait side by side: the first lapses, and the second is activated in its time."""
    space = opened()
    first = linked(space=space, id="first").case
    second = requested(space=space, id="second", at=START + HOUR).case
    assert first.lapse(at=START + 3 * DAY).case.has_lapsed
    assert second.activate(POSTED, space=space, at=START + 4 * DAY).case.holds("consulter-avis-tf")


def test_the_repr_of_an_activation_leaves_its_request_out() -> None:
    """What was asked is told by the request itself."""
    assert repr(requested().case.activation).startswith("Activation(state=<ActivationState.AWAITING_CODE")
