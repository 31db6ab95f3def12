"""Step 2: requesting services, the company's link within 48 elapsed hours, the letter, and starting again past them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import attrs
import pytest

import teleprocedures as tp
from teleprocedures.rulebook.catalogue import CONSULT_PROPERTY_TAX_NOTICES, MESSAGING, PAY_CFE, PAY_VAT
from teleprocedures.testing import adhesion_form
from tests.builders import (
    DAY,
    EMAILED,
    FRENCH_IBAN,
    HOUR,
    POSTED,
    SECRETS,
    START,
    TICK,
    TOKEN,
    TWO_DAYS,
    WRONG,
    asked,
    linked,
    linked_in,
    opened,
    paris,
    requested,
)

PAYING = [code for code, service in tp.CATALOGUE.items() if service.pays]
CLOSED = [code for code in tp.CATALOGUE if code != "consulter-avis-tf"]
GIVEN = {"confirm_company_email": {"token": TOKEN}, "record_letter": {"edited": date(2025, 1, 6)}}


# --- Who asks, and for whom (0.1, 1.12, 2.1 to 2.4, A7) ---------------------------------------------------------------


@pytest.mark.rule("1.12", "2.1")
@pytest.mark.parametrize(
    ("space", "state"), [(asked().case, "pending"), (asked().case.lapse(at=START + TWO_DAYS + TICK).case, "lapsed")]
)
def test_only_an_active_space_requests_services(space, state) -> None:
    """A request from a space that is pending or lapsed is refused, and the refusal says which it is."""
    with pytest.raises(tp.SpaceNotActiveError, match=f"'{state}': expected an active one") as caught:
        requested(space=space, at=START + 3 * DAY)
    assert "1.12" == caught.value.rule


@pytest.mark.rule("1.12", "2.1")
def test_a_request_comes_after_the_activation_of_its_space() -> None:
    """An instant before the space was activated is out of order, and the very instant is not."""
    space = asked().case.activate(EMAILED, at=START + HOUR).case
    with pytest.raises(tp.OutOfOrderError) as caught:
        requested(space=space, at=START + HOUR - TICK)
    assert START + HOUR == caught.value.last
    assert space.id == requested(space=space, at=START + HOUR).case.space_id


@pytest.mark.rule("2.1")
def test_a_request_belongs_to_the_space_that_made_it() -> None:
    """The request keeps which space made it, and its user's address."""
    request = requested(space=opened(id="space-7")).case
    assert ("space-7", "camille@cabinet-durand.fr") == (request.space_id, str(request.origin.requester))
    assert tp.AdhesionRequested is type(request.origin)


@pytest.mark.rule("0.1")
def test_one_space_serves_any_number_of_companies() -> None:
    """The same space makes requests for several companies, each a case of its own."""
    space = opened()
    companies = [tp.Siren("552100554"), tp.Siren("552008443"), tp.Siren("732829320")]
    requests = [requested(space=space, id=f"r-{company}", organisation=company).case for company in companies]
    assert companies == [request.organisation for request in requests]
    assert {space.id} == {request.space_id for request in requests}


@pytest.mark.rule("2.2")
@pytest.mark.parametrize("organisation", ["552 100 555", "000 000 000", "55210055", "", None])
def test_the_company_is_named_by_its_siren(organisation: object) -> None:
    """A SIREN that is not one is refused, at its path, under the rule that asks for it."""
    with pytest.raises(tp.InvalidFormError) as caught:
        tp.AdhesionForm.from_mapping(
            {"organisation": organisation, "services": ["payer-cfe"], "bank_accounts": [FRENCH_IBAN]}
        )
    assert [("organisation", "2.2")] == [(problem.path, str(problem.rule)) for problem in caught.value.problems]
    assert tp.Siren("552100554") == requested(organisation="552.100.554").case.organisation


@pytest.mark.rule("2.3", "A7")
@pytest.mark.parametrize("code", CLOSED)
def test_a_file_number_is_for_property_tax_notices_only(code: str) -> None:
    """With a file number, any service but the consultation of notices is refused, and the refusal names it."""
    with pytest.raises(tp.RefusedFormError, match=rf"{code} cannot be requested with a file number") as caught:
        requested(
            "consulter-avis-tf",
            code,
            organisation="TF2024A17",
            company_email="contact@boulangerie-martin.fr",
            bank_accounts=[FRENCH_IBAN],
        )
    assert ["2.3"] == [str(problem.rule) for problem in caught.value.problems]
    assert "2.3" == caught.value.rule
    assert "consulter-avis-tf" not in str(caught.value)


@pytest.mark.rule("2.3", "A7")
def test_a_file_number_consults_property_tax_notices() -> None:
    """With a file number, the notices are consulted, and nothing else is held."""
    request = requested("consulter-avis-tf", organisation="TF2024A17").case
    active = request.activate(POSTED, space=opened(), at=START).case
    assert tp.FileNumber("TF2024A17") == active.organisation
    assert ["consulter-avis-tf"] == [code for code in tp.CATALOGUE if active.holds(code)]


@pytest.mark.rule("2.4")
def test_a_request_names_one_service_or_more() -> None:
    """An empty choice is refused; one service is enough; one given twice counts once."""
    with pytest.raises(tp.RefusedFormError, match="expected one service or more") as caught:
        adhesion_form(services=[])
    assert "2.4" == caught.value.rule
    assert (CONSULT_PROPERTY_TAX_NOTICES,) == requested("consulter-avis-tf", "consulter-avis-tf").case.services


@pytest.mark.rule("2.12")
def test_asking_for_one_service_only_is_never_refused() -> None:
    """Asking for all useful services at once is an advice: the space gives it, and no request is refused for it."""
    space = opened()
    (step,) = space.next_steps(at=START)
    assert ("2.12", "request_services", None) == (str(step.rule), step.action, step.by)
    assert "all the useful ones at once" in str(step)
    assert (CONSULT_PROPERTY_TAX_NOTICES,) == requested("consulter-avis-tf", space=space).case.services


def test_a_service_of_another_catalogue_is_refused() -> None:
    """A service that the rulebook does not have is a bad value."""
    with pytest.raises(tp.InvalidValueError, match="'autre' is not in the catalogue"):
        requested(tp.Service(code="autre", title="Autre"))  # type: ignore[arg-type]


@pytest.mark.rule("2.13")
def test_a_service_is_its_code() -> None:
    """A service that is asked for as another catalogue has it is the rulebook's own, title and needs included."""
    reworded = attrs.evolve(PAY_CFE, title="CFE", needs_mandate=True)
    request = requested(reworded, bank_accounts=[FRENCH_IBAN]).case  # type: ignore[arg-type]
    held = request.activate(POSTED, space=opened(), at=START).case

    (service,) = request.services
    assert (PAY_CFE.title, False) == (service.title, service.needs_mandate)
    assert held.holds(reworded)
    assert held.holds("payer-cfe")


@pytest.mark.parametrize("thing", [None, "552100554", {"services": ["payer-cfe"]}])
def test_what_is_no_form_and_no_space_is_a_bad_value(thing: object) -> None:
    """A request takes a form and a space, and so does a renewal: anything else is an error of whoever gives it."""
    lapsed, at = linked_in(tp.AdhesionState.LAPSED), START + 3 * DAY
    calls = (
        lambda: tp.Adhesion.request(opened(), thing, id="r", at=START),  # type: ignore[arg-type]
        lambda: tp.Adhesion.request(thing, adhesion_form(), id="r", at=START),  # type: ignore[arg-type]
        lambda: lapsed.renew(thing, id="r", at=at),  # type: ignore[arg-type]
        lambda: lapsed.renew(opened(), id="r", at=at, form=thing or "form"),  # type: ignore[arg-type]
    )

    for call in calls:
        with pytest.raises(tp.InvalidValueError) as caught:
            call()
        assert "argument.wrong_type" == caught.value.code


def test_a_host_adds_a_service_of_its_own() -> None:
    """A service added to a rulebook's catalogue is requested and held like the others."""
    refunds = tp.Service(code="demarches-tva-ue", title="Remboursement de TVA UE")
    rulebook = attrs.evolve(tp.EXPERT_2024_04_03, version="wider", catalogue=tp.CATALOGUE.extended(refunds))
    request = requested(refunds, rulebook=rulebook).case  # type: ignore[arg-type]
    assert request.activate(POSTED, space=opened(), at=START).case.holds("demarches-tva-ue")


# --- Without Messaging: the letter at once (2.5, 2.6, 2.13, A8) -------------------------------------------------------


@pytest.mark.rule("2.9", "A14")
def test_the_link_waits_from_when_it_was_sent() -> None:
    """We send a link that is held here when the request is told; one held elsewhere was sent when it was made."""
    for token, sent_at in ((TOKEN, START + HOUR), (tp.HELD_ELSEWHERE, START)):
        request = linked(recorded_at=START + HOUR, token=token).case
        assert request.deadline is not None
        assert (sent_at, sent_at) == (request.since, request.deadline.opened)


@pytest.mark.rule("2.5", "2.6")
def test_without_messaging_the_letter_is_posted_at_once() -> None:
    """The request is validated as it is made: two events, one letter, sixty days running, counted from now."""
    decision = requested("consulter-avis-tf", "payer-cfe", bank_accounts=[FRENCH_IBAN])
    request = decision.case
    assert (tp.AdhesionRequested, tp.AdhesionValidated) == tuple(map(type, decision.events))
    assert [1, 2] == [event.version for event in decision.events]
    assert (tp.AdhesionState.VALIDATED, tp.ActivationState.AWAITING_CODE, 2) == (
        request.state,
        request.stage,
        request.version,
    )
    assert request.activation is not None
    assert (
        tp.ActivationCodeLetter(
            case_id="request-1",
            version=2,
            form=adhesion_form(services=["consulter-avis-tf", "payer-cfe"], bank_accounts=[FRENCH_IBAN]),
            requester=opened().email,
            requester_name="Camille Durand",
            deadline=request.activation.deadline,
            code=POSTED,
        ),
    ) == decision.messages
    letter = decision.messages[0]
    assert isinstance(letter, tp.ActivationCodeLetter)
    assert (CONSULT_PROPERTY_TAX_NOTICES, PAY_CFE) == letter.services
    assert (tp.Siren("552100554"), tp.Siren("552100554"), None) == (
        letter.to,
        letter.organisation,
        letter.company_address,
    )
    assert (tp.Applicant.REPRESENTATIVE, None) == (letter.applicant, letter.company_name)
    assert "request-1/2/activation-code-letter" == decision.messages[0].id


@pytest.mark.rule("2.5", "2.6", "3.2")
def test_the_letter_can_be_written_without_looking_anything_up() -> None:
    """The letter and the link say for which company, at which address, who asked for which services."""
    named = {"company_name": "Boulangerie Martin", "company_address": "3 rue du Four, 75006 Paris"}
    first = linked(applicant="third_party", **named)
    (link,), (letter,) = (first.messages, first.case.confirm_company_email(TOKEN, code=POSTED, at=START).messages)
    assert isinstance(link, tp.ConfirmationLinkEmail)
    assert isinstance(letter, tp.ActivationCodeLetter)
    assert named["company_address"] == letter.company_address
    for message in (link, letter):
        assert (named["company_name"], (MESSAGING,)) == (message.company_name, message.services)
        assert (tp.Siren("552100554"), tp.Applicant.THIRD_PARTY) == (message.organisation, message.applicant)
        assert ("camille@cabinet-durand.fr", "Camille Durand") == (str(message.requester), message.requester_name)


@pytest.mark.rule("2.6")
def test_the_letter_goes_to_the_company_and_not_to_the_requester() -> None:
    """Whoever asks, the letter is to the organisation of the request; a third party gets nothing by post."""
    for applicant in tp.Applicant:
        decision = requested(applicant=applicant, space=opened())
        (letter,) = decision.messages
        assert isinstance(letter, tp.ActivationCodeLetter)
        assert decision.case.organisation == letter.to
        assert opened().organisation != letter.to


@pytest.mark.rule("2.5")
def test_a_letter_held_elsewhere_is_not_sent_here() -> None:
    """The portal posts its own letters: the sixty days run all the same."""
    decision = requested(code=tp.HELD_ELSEWHERE)
    assert () == decision.messages
    assert tp.ActivationState.AWAITING_CODE is decision.case.stage


@pytest.mark.rule("2.13")
@pytest.mark.parametrize("code", PAYING)
def test_paying_needs_bank_details(code: str) -> None:
    """A Pay service without an account is refused, and the refusal names it; with one it is requested."""
    with pytest.raises(tp.RefusedFormError, match=rf"missing: {code} needs the company's bank details") as caught:
        requested(code)
    assert ("2.13", "bank_accounts") == (str(caught.value.rule), caught.value.problems[0].path)

    request = requested(code, bank_accounts=[FRENCH_IBAN]).case
    assert request.declares(tp.BankAccount(FRENCH_IBAN))
    assert not request.declares(tp.BankAccount("DE89 3704 0044 0532 0130 00"))


@pytest.mark.rule("A8", "2.13")
def test_a_missing_mandate_stops_no_request() -> None:
    """A request to pay VAT is made, and its services activated, without any mandate."""
    request = requested("payer-tva", bank_accounts=[FRENCH_IBAN]).case
    assert request.activate(POSTED, space=opened(), at=START).case.holds(PAY_VAT)


def test_a_request_keeps_its_form() -> None:
    """The form is kept as it was accepted, whole, and so are the messages' to the company."""
    form = adhesion_form(
        services=["messagerie", "payer-cfe"],
        company_email="contact@boulangerie-martin.fr",
        bank_accounts=[FRENCH_IBAN],
        applicant="third_party",
        legal_representative="Jeanne Martin",
        company_name="Boulangerie Martin",
        company_address="3 rue du Four, 75006 Paris",
    )
    first = tp.Adhesion.request(opened(), form, id="request-1", at=START, token=TOKEN)
    request, (link,) = first.case, first.messages
    (letter,) = request.confirm_company_email(TOKEN, code=POSTED, at=START).messages
    assert form == request.origin.form == link.form == letter.form  # type: ignore[attr-defined] # to the company
    assert (MESSAGING, PAY_CFE) == request.services
    assert tp.Applicant.THIRD_PARTY is request.applicant
    assert (tp.BankAccount(FRENCH_IBAN),) == request.accounts


# --- With Messaging: the link (2.7 to 2.10, A2, A6) -------------------------------------------------------------------


@pytest.mark.rule("2.7")
def test_messaging_needs_the_companys_email() -> None:
    """Messaging without the company's address is refused; other services do without."""
    with pytest.raises(tp.RefusedFormError, match="messagerie needs the company's e-mail address") as caught:
        linked(company_email=None)
    assert ("2.7", "company_email") == (str(caught.value.rule), caught.value.problems[0].path)
    assert requested(company_email=None).case.origin.form.company_email is None


@pytest.mark.rule("2.8", "2.10")
def test_the_link_goes_to_the_companys_email_and_no_letter_is_posted() -> None:
    """With Messaging, the only message is the link, to the company; there is no code before it is used."""
    decision = linked("payer-cfe", bank_accounts=[FRENCH_IBAN])
    request = decision.case
    assert (tp.AdhesionRequested,) == tuple(map(type, decision.events))
    assert (tp.AdhesionState.AWAITING_EMAIL, tp.AdhesionState.AWAITING_EMAIL) == (request.state, request.stage)
    assert request.activation is None
    assert request.deadline is not None
    assert request.origin.form.company_email is not None
    assert (
        tp.ConfirmationLinkEmail(
            case_id="request-1",
            version=1,
            form=request.origin.form,
            requester=opened().email,
            requester_name="Camille Durand",
            deadline=request.deadline,
            to=request.origin.form.company_email,
            token=TOKEN,
        ),
    ) == decision.messages
    assert ("request-1/1/confirmation-link-email",) == tuple(message.id for message in decision.messages)
    assert (START, START + TWO_DAYS, "2.9") == (
        request.deadline.opened,
        request.deadline.closes,
        str(request.deadline.rule),
    )


@pytest.mark.rule("2.8")
def test_a_link_is_sent_for_messaging_only() -> None:
    """A company's address given without Messaging is kept, and no link is sent to it."""
    decision = requested(company_email="contact@boulangerie-martin.fr")
    assert [tp.ActivationCodeLetter] == [type(message) for message in decision.messages]
    assert decision.case.origin.token is None


@pytest.mark.rule("2.10", "2.5", "2.6")
@pytest.mark.parametrize("token", [TOKEN, "link_token-42", " link_token-42\n"])
def test_using_the_link_has_the_letter_posted(token: tp.LinkToken | str) -> None:
    """The company's link, used in time, makes the letter to the company, with its sixty days counted from today."""
    at = START + 5 * HOUR
    decision = linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case.confirm_company_email(token, code=POSTED, at=at)
    request = decision.case
    assert (tp.CompanyEmailConfirmed,) == tuple(map(type, decision.events))
    assert (tp.AdhesionState.VALIDATED, tp.ActivationState.AWAITING_CODE, 2) == (
        request.state,
        request.stage,
        request.version,
    )
    assert request.activation is not None
    assert request.deadline == request.activation.deadline
    assert (at, False, "3.1") == (request.deadline.opened, request.deadline.estimated, str(request.deadline.rule))
    (letter,) = decision.messages
    assert isinstance(letter, tp.ActivationCodeLetter)
    assert (request.organisation, POSTED, request.deadline) == (letter.to, letter.code, letter.deadline)
    assert (2, (MESSAGING, PAY_CFE)) == (letter.version, letter.services)


@pytest.mark.rule("2.10", "3.3")
def test_no_code_activates_anything_before_the_link_is_used() -> None:
    """Before the link is used there is no letter to record and no code to enter."""
    request = linked().case

    for verb in (
        lambda: request.activate(POSTED, space=opened(), at=START),
        lambda: request.activate(tp.HELD_ELSEWHERE, space=opened(), at=START),
        lambda: request.record_letter(START.date(), at=START),
    ):
        with pytest.raises(tp.TransitionRefusedError, match="awaiting_email") as caught:
            verb()
        assert "2.10" == caught.value.rule
    assert not any(request.holds(code) for code in tp.CATALOGUE)


@pytest.mark.rule("2.9", "A2")
@pytest.mark.parametrize("after", [timedelta(0), TICK, TWO_DAYS - TICK, TWO_DAYS])
def test_the_link_works_for_48_hours(after: timedelta) -> None:
    """From the sending to exactly 48 hours later, the link works."""
    request = linked().case.confirm_company_email(TOKEN, at=START + after).case
    assert tp.AdhesionState.VALIDATED is request.state


@pytest.mark.rule("2.9", "2.11", "A2")
@pytest.mark.parametrize("after", [TWO_DAYS + TICK, timedelta(days=3000)])
@pytest.mark.parametrize("token", [TOKEN, WRONG, tp.HELD_ELSEWHERE, "", tp.ActivationCode("X")])
def test_past_48_hours_no_token_works(after: timedelta, token: object) -> None:
    """From one microsecond past 48 hours, the refusal is the same whatever the token."""
    request = linked().case
    with pytest.raises(tp.DeadlinePassedError) as caught:
        request.confirm_company_email(token, at=START + after)  # type: ignore[arg-type]
    assert "2.11" == caught.value.rule
    assert (START + TWO_DAYS, START + after) == (caught.value.closes, caught.value.at)
    assert linked().case == request


@pytest.mark.rule("2.9", "A2")
@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2025-03-29T12:00", "2025-03-31T13:00"),  # clocks go forward in between
        ("2026-10-24T02:30", "2026-10-26T01:30"),  # clocks go back in between
    ],
)
def test_the_links_48_hours_are_elapsed_hours(start: str, last: str) -> None:
    """A change of clocks in Paris neither gives nor takes an hour."""
    request = linked(at=paris(start)).case
    assert tp.AdhesionState.VALIDATED is request.confirm_company_email(TOKEN, at=paris(last)).case.state
    with pytest.raises(tp.DeadlinePassedError):
        request.confirm_company_email(TOKEN, at=paris(last) + TICK)
    assert tp.AdhesionState.LAPSED is request.lapse(at=paris(last) + TICK).case.state


@pytest.mark.rule("2.8", "A12")
def test_a_wrong_token_is_refused_and_can_be_tried_again() -> None:
    """A wrong token changes nothing, however often it is tried; every character of a token counts."""
    request = linked().case

    for token in (WRONG, "link_token-43", "LINK_TOKEN-42", "linktoken42", "", tp.LinkToken("x"), POSTED, EMAILED):
        with pytest.raises(tp.WrongCodeError, match=r"this is not the token of the link: .*\(rule 2\.8: ") as caught:
            request.confirm_company_email(token, at=START + TWO_DAYS)
        assert "2.8" == caught.value.rule
    assert linked().case == request
    assert tp.AdhesionState.VALIDATED is request.confirm_company_email(TOKEN, at=START + TWO_DAYS).case.state


@pytest.mark.rule("2.8", "A13")
def test_a_token_is_held_here_or_elsewhere() -> None:
    """A token held here must be given; one held elsewhere cannot be, and is in no message."""
    here, elsewhere = linked().case, linked(token=tp.HELD_ELSEWHERE)
    assert () == elsewhere.messages
    with pytest.raises(tp.WrongCodeError, match="the token of the link is checked here"):
        here.confirm_company_email(tp.HELD_ELSEWHERE, at=START)
    with pytest.raises(tp.WrongCodeError, match="the token of the link is held elsewhere"):
        elsewhere.case.confirm_company_email(TOKEN, at=START)
    confirmed = elsewhere.case.confirm_company_email(tp.HELD_ELSEWHERE, at=START)
    assert (tp.AdhesionState.VALIDATED, ()) == (confirmed.case.state, confirmed.messages)


@pytest.mark.rule("A6", "2.8")
def test_the_link_is_sent_again_for_an_address_confirmed_before() -> None:
    """A second request with Messaging waits for its own link, though the company's address was confirmed already."""
    space = opened()
    linked(space=space).case.confirm_company_email(TOKEN, at=START)
    second = linked(space=space, id="request-2", token=tp.LinkToken("second"), at=START + HOUR)
    assert [tp.ConfirmationLinkEmail] == [type(message) for message in second.messages]
    assert tp.AdhesionState.AWAITING_EMAIL is second.case.state
    with pytest.raises(tp.WrongCodeError):
        second.case.confirm_company_email(TOKEN, at=START + HOUR)


def test_the_link_is_used_once() -> None:
    """A validated request, with Messaging or without, has no link to use, whatever the token."""
    for request in (linked_in(tp.AdhesionState.VALIDATED), requested().case):
        with pytest.raises(tp.TransitionRefusedError, match="confirm_company_email"):
            request.confirm_company_email(TOKEN, at=START + 2 * HOUR)


# --- Lapsing and renewing (2.11, 3.4, A5) -----------------------------------------------------------------------------


@pytest.mark.rule("2.11")
def test_a_request_lapses_for_all_its_services() -> None:
    """From one microsecond past 48 hours, the request ends for Messaging and for every other service of it."""
    at = START + TWO_DAYS + TICK
    decision = linked("payer-cfe", bank_accounts=[FRENCH_IBAN]).case.lapse(at=at)
    request = decision.case
    assert (tp.AdhesionLapsed(case_id="request-1", version=2, at=at),) == decision.events
    assert (tp.AdhesionState.LAPSED, tp.AdhesionState.LAPSED, True) == (
        request.state,
        request.stage,
        request.has_lapsed,
    )
    assert (None, None, None) == (request.deadline, request.due_at, request.activation)
    (notice,) = decision.messages
    assert isinstance(notice, tp.LapseNotice)
    assert (opened().email, "2.11", False) == (notice.to, str(notice.rule), notice.presumed)
    assert ((MESSAGING, PAY_CFE), request.organisation) == (notice.services, notice.organisation)
    assert not any(request.holds(service) for service in request.services)
    with pytest.raises(tp.TransitionRefusedError) as caught:
        request.activate(POSTED, space=opened(), at=at)
    assert "2.11" == caught.value.rule


@pytest.mark.rule("2.9")
@pytest.mark.parametrize("after", [timedelta(0), TWO_DAYS])
def test_a_request_does_not_lapse_in_time(after: timedelta) -> None:
    """Up to exactly 48 hours, ending the request is refused, and the refusal says from when it can be."""
    with pytest.raises(tp.DeadlineNotReachedError) as caught:
        linked().case.lapse(at=START + after)
    assert ("2.9", START + TWO_DAYS + TICK) == (str(caught.value.rule), caught.value.expected)


@pytest.mark.rule("2.9", "2.11")
@pytest.mark.parametrize("after", [timedelta(0), TWO_DAYS, TWO_DAYS + TICK, timedelta(days=9)])
def test_one_of_confirm_and_lapse_is_possible(after: timedelta) -> None:
    """At any instant, a request that waits can be confirmed or ended, and never both."""
    request, at = linked().case, START + after
    possible = [trigger for trigger in ("confirm_company_email", "lapse") if request.refusal(trigger, at=at) is None]
    assert ["confirm_company_email" if after <= TWO_DAYS else "lapse"] == possible


@pytest.mark.rule("2.11", "3.4")
def test_a_lapsed_request_is_renewed_by_a_new_one_that_names_it() -> None:
    """The same services are asked for again: a new case, new secrets, a new time limit, the old one left as it was."""
    lapsed = (
        linked("payer-cfe", bank_accounts=[FRENCH_IBAN], applicant="third_party").case.lapse(at=START + 3 * DAY).case
    )
    decision = lapsed.renew(opened(), id="request-2", at=START + 4 * DAY, token=tp.LinkToken("new"), code=POSTED)
    renewed = decision.case
    assert ("request-2", "request-1", 1) == (renewed.id, renewed.origin.renews, renewed.version)
    assert (lapsed.services, lapsed.organisation) == (renewed.services, renewed.organisation)
    same = ("form", "requester", "requester_name", "space_id")
    assert [getattr(lapsed.origin, name) for name in same] == [getattr(renewed.origin, name) for name in same]
    assert [tp.ConfirmationLinkEmail] == [type(message) for message in decision.messages]
    assert renewed.deadline is not None
    assert START + 6 * DAY == renewed.deadline.closes
    assert tp.AdhesionState.LAPSED is lapsed.state
    with pytest.raises(tp.WrongCodeError):
        renewed.confirm_company_email(TOKEN, at=START + 5 * DAY)
    assert tp.AdhesionState.VALIDATED is renewed.confirm_company_email("new", at=START + 6 * DAY).case.state


@pytest.mark.rule("2.11", "3.4")
def test_a_renewal_asks_for_the_services_as_they_are_now() -> None:
    """Under a newer rulebook the same codes are asked for, as that one knows them: what it refuses is refused."""
    lapsed = linked_in(tp.AdhesionState.LAPSED)
    plain = attrs.evolve(MESSAGING, title="Messages", needs_company_email=False)
    paid = attrs.evolve(MESSAGING, pays=True)
    at = START + 3 * DAY

    def under(*services: tp.Service) -> tp.Rulebook:
        return attrs.evolve(tp.EXPERT_2024_04_03, version="newer", catalogue=tp.Catalogue(services))

    renewed = lapsed.renew(opened(), id="request-2", at=at, rulebook=under(plain)).case
    assert ((plain,), tp.ActivationState.AWAITING_CODE) == (renewed.services, renewed.stage)
    with pytest.raises(tp.RefusedFormError) as caught:
        lapsed.renew(opened(), id="request-2", at=at, rulebook=under(paid))
    assert "2.13" == caught.value.rule
    with pytest.raises(tp.InvalidValueError, match="service 'messagerie' is not in the catalogue"):
        lapsed.renew(opened(), id="request-2", at=at, rulebook=under(PAY_CFE))


@pytest.mark.rule("3.5", "A16")
def test_a_request_whose_services_are_held_is_not_renewed() -> None:
    """Once the services are held there is nothing to ask for again."""
    held = requested().case.activate(POSTED, space=opened(), at=START).case
    with pytest.raises(tp.TransitionRefusedError, match="'renew' is not possible while the activation is") as caught:
        held.renew(opened(), id="request-2", at=START + 100 * DAY)
    assert ("3.5", "active") == (str(caught.value.rule), caught.value.state)
    assert requested().case.origin.renews is None


@pytest.mark.rule("3.3", "2.11")
def test_a_request_is_renewed_from_the_space_that_made_it() -> None:
    """Another space, an inactive one, or an instant before the lapse was told is refused."""
    lapsed = linked_in(tp.AdhesionState.LAPSED)
    with pytest.raises(tp.WrongSpaceError) as caught:
        lapsed.renew(opened(id="space-2"), id="request-2", at=START + 3 * DAY)
    assert "3.3" == caught.value.rule
    with pytest.raises(tp.SpaceNotActiveError):
        lapsed.renew(asked().case, id="request-2", at=START + 3 * DAY)
    with pytest.raises(tp.OutOfOrderError):
        lapsed.renew(opened(), id="request-2", at=START + TWO_DAYS)


@pytest.mark.rule("A5")
def test_a_lapsed_request_leaves_the_others_as_they_are() -> None:
    """Two requests of one company wait side by side: the first lapses, and the second is activated in its time."""
    space = opened()
    first = linked(space=space, id="first").case
    second = requested(space=space, id="second", at=START + HOUR).case
    assert first.lapse(at=START + 3 * DAY).case.has_lapsed
    assert second.activate(POSTED, space=space, at=START + 4 * DAY).case.holds("consulter-avis-tf")
    assert tp.SpaceState.ACTIVE is space.state


# --- Reminding --------------------------------------------------------------------------------------------------------


def test_the_user_is_reminded_of_the_companys_link() -> None:
    """24 hours before the end and no sooner, the user is reminded, and by whom the link is to be used."""
    request, due = linked().case, START + 24 * HOUR
    assert (due, False, True) == (request.due_at, request.is_due(due - TICK), request.is_due(due))
    with pytest.raises(tp.DeadlineNotReachedError):
        request.remind(at=due - TICK)

    decision = request.remind(at=due)
    assert (tp.AdhesionReminded(case_id="request-1", version=2, at=due),) == decision.events
    assert request.deadline is not None
    assert (
        tp.ReminderEmail(
            case_id="request-1",
            version=2,
            to=opened().email,
            organisation=request.organisation,
            company_name=None,
            services=(MESSAGING,),
            steps=request.next_steps(at=due),
            deadline=request.deadline,
        ),
    ) == decision.messages
    assert START + TWO_DAYS + TICK == decision.case.due_at
    assert tp.AdhesionState.VALIDATED is decision.case.confirm_company_email(TOKEN, at=START + TWO_DAYS).case.state
    assert tp.AdhesionState.LAPSED is decision.case.tick(at=START + TWO_DAYS + TICK).case.state
    with pytest.raises(tp.DeadlinePassedError):
        request.remind(at=START + TWO_DAYS + TICK)


# --- Rulebooks, the table, replay -------------------------------------------------------------------------------------


def test_a_request_keeps_the_deadline_of_its_rulebook() -> None:
    """A host's own 72 hours hold for the requests made under them; a case made before keeps its 48."""
    limit = attrs.evolve(tp.EXPERT_2024_04_03.link_use, duration=tp.Hours(72))
    rulebook = attrs.evolve(tp.EXPERT_2024_04_03, version="simplified", link_use=limit)
    longer, expert = linked(rulebook=rulebook).case, linked().case
    assert tp.AdhesionState.VALIDATED is longer.confirm_company_email(TOKEN, at=START + 72 * HOUR).case.state
    assert tp.AdhesionState.LAPSED is expert.lapse(at=START + 72 * HOUR).case.state
    lapsed = expert.lapse(at=START + 72 * HOUR).case
    renewed = lapsed.renew(opened(), id="request-2", at=START + 72 * HOUR, rulebook=rulebook).case
    assert renewed.deadline is not None
    assert (START + 144 * HOUR, rulebook) == (renewed.deadline.closes, renewed.rulebook)


@pytest.mark.rule("2.10")
def test_a_request_with_messaging_is_not_validated_without_its_link() -> None:
    """The branch on Messaging is a guard of the table: the row without the link does not let such a request pass."""
    (way,) = tp.LIFECYCLES["adhesion"].turns("awaiting_email", "validate")
    (guard,) = way.guards
    assert ("validated", "without_messaging") == (way.dest, guard.name)
    assert not guard(linked().case, START)
    with pytest.raises(ValueError, match="'validate' is no verb"):
        linked().case.refusal("validate", at=START)


@pytest.mark.parametrize("verb", ["confirm_company_email", "record_letter", "remind", "lapse", "tick"])
def test_a_lapsed_request_stays_lapsed(verb: str) -> None:
    """Every verb of a lapsed request is refused, at its instant and at any later one: all it can be is renewed."""
    lapsed = linked_in(tp.AdhesionState.LAPSED)

    for at in (lapsed.recorded_at, lapsed.recorded_at + 100 * DAY):
        with pytest.raises(tp.TransitionRefusedError, match="expected: renew ") as caught:
            getattr(lapsed, verb)(**GIVEN.get(verb, {}), at=at)
        assert ("2.11", ("renew",)) == (str(caught.value.rule), caught.value.allowed)
    assert linked_in(tp.AdhesionState.LAPSED) == lapsed


@pytest.mark.parametrize("verb", ["confirm_company_email", "record_letter", "remind", "lapse", "tick", "next_steps"])
def test_naive_instants_are_refused(verb: str) -> None:
    """A datetime without an offset is nobody's instant."""
    with pytest.raises(tp.InvalidValueError, match="naive"):
        getattr(linked().case, verb)(**GIVEN.get(verb, {}), at=datetime(2025, 1, 7))
    with pytest.raises(tp.InvalidValueError, match="naive"):
        requested(space=opened(), at=datetime(2025, 1, 7))


def test_a_request_has_a_plain_id() -> None:
    """The id of a request is 1 to 200 printable characters without a space."""
    with pytest.raises(tp.InvalidValueError, match="1 to 200 printable characters"):
        requested(id="two words")


def test_replay_gives_the_request_back() -> None:
    """A request is the fold of its events, along both branches."""
    first = linked()
    confirmed = first.case.confirm_company_email(TOKEN, code=POSTED, at=START + HOUR)
    lapsed = first.case.lapse(at=START + 3 * DAY)
    reminded = first.case.remind(at=START + DAY)
    assert first.case == tp.replay(first.events)
    assert confirmed.case == tp.replay([*first.events, *confirmed.events])
    assert lapsed.case == tp.replay([*first.events, *lapsed.events])
    assert reminded.case == tp.replay([*first.events, *reminded.events])
    assert requested().case == tp.replay(requested().events)


@pytest.mark.parametrize("state", tp.AdhesionState)
def test_a_request_shows_no_secret(state: tp.AdhesionState) -> None:
    """Neither the request, nor its events, nor its messages show the token, the code or an account."""
    decisions = linked("payer-cfe", bank_accounts=[FRENCH_IBAN]), requested("payer-cfe", bank_accounts=[FRENCH_IBAN])
    things = [linked_in(state), *decisions]
    for decision in decisions:
        things += [*decision.events, *decision.messages]
    shown = [repr(thing) + str(thing) for thing in things]
    assert [] == [secret for secret in (*SECRETS, "contact@boulangerie") for text in shown if secret in text]


def test_holds_refuses_an_unknown_service() -> None:
    """Asking about a service that the catalogue does not have is an error, whatever is held."""
    for request in (linked().case, requested().case, requested().case.activate(POSTED, space=opened(), at=START).case):
        with pytest.raises(tp.InvalidValueError, match="unknown service 'payer-tout'"):
            request.holds("payer-tout")


def test_the_repr_of_an_activation_leaves_its_request_out() -> None:
    """What was asked is told by the request itself."""
    assert repr(requested().case.activation).startswith("Activation(state=<ActivationState.AWAITING_CODE")
