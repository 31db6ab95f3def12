"""The messages of a night as one e-mail for each person: what is due soonest first, then what lapsed."""

import attrs
import pytest

import teleprocedures as tp
from teleprocedures import HELD_ELSEWHERE
from teleprocedures.wording import ENGLISH, FRENCH, digest
from tests.builders import FRENCH_IBAN, asked, each, failure, linked, mandate_in, opened, paying, plain, requested
from tests.instants import DAY, START, TICK

UNSEEN = paying("payer-tva", code=HELD_ELSEWHERE, company_name="Boulangerie Martin", applicant="third_party").case
LINKED = linked(id="request-2", token=HELD_ELSEWHERE, organisation="732829320").case
MANDATE = mandate_in(tp.MandateState.REGISTERED, paying("payer-tva", company_name="Boulangerie Martin").case)


def night():
    """Two reminders, a notice of each kind, and messages with codes, in no order."""
    late = UNSEEN.remind(at=START + 45 * DAY).messages
    pressing = attrs.evolve(UNSEEN.remind(at=UNSEEN.deadline.closes).messages[0], case_id="request-3")
    lapsed = requested(id="request-4").case
    return (
        *asked().messages,
        *requested().messages,
        pressing,
        *late,
        *lapsed.lapse(at=lapsed.deadline.lapses_at).messages,
        *MANDATE.lapse(at=MANDATE.deadline.lapses_at).messages,
        *LINKED.remind(at=START + DAY).messages,
    )


@pytest.mark.rule("A3", "F2", "F1")
def test_a_night_of_one_person():
    """What cannot wait, and why; then the soonest; what carries a code is sent by itself."""
    (one,) = digest(night())

    assert "camille@cabinet-durand.fr" == str(one.to)
    assert "5 dossiers à suivre, dont 1 sans attendre" == plain(one.subject)
    cases = ["request-3", "request-2", "request-1", "request-4", "mandate-1"]
    assert cases == [it.partition("/")[0] for it in one.messages]
    assert (
        plain(one.body)
        == """\
Bonjour,

À faire, du plus urgent au moins urgent :

- sans attendre (le code a pu expirer après le jeudi 6 mars 2025), et au plus tard le vendredi 21 mars 2025, date \
estimée, pour Boulangerie Martin (SIREN 552 100 554), « Payer TVA » : demander à l'entreprise si le courrier, qui \
aurait dû arriver, est là (si oui, signaler sa date « édité le » ; sinon, renouveler la demande) ; demander à \
l'entreprise le code d'activation du courrier ; saisir le code d'activation du courrier dans l'espace d'où vient la \
demande
- au plus tard le mercredi 8 janvier 2025 à 10 h (heure de Paris), pour l'entreprise (SIREN 732 829 320), \
« Messagerie » : l'entreprise doit utiliser le lien de validation qu'elle a reçu par courriel
- sans attendre, pour Boulangerie Martin (SIREN 552 100 554), « Payer TVA » : \
demander à l'entreprise si le courrier, qui aurait dû arriver, est là (si oui, signaler sa date « édité le » ; sinon, \
renouveler la demande) ; demander à l'entreprise le code d'activation du courrier ; saisir le code d'activation du \
courrier dans l'espace d'où vient la demande (le code, lui, n'est sûr que jusqu'au jeudi 6 mars 2025, date estimée)

Délais passés :

- Demande d'adhésion caduque, pour l'entreprise (SIREN 552 100 554), « Consulter les avis de taxes foncières » : \
renouveler, par « Mes services » puis « J'adhère », la demande d'adhésion
- Mandat présumé caduc, pour Boulangerie Martin (SIREN 552 100 554), compte FR76 **** 0189 : vérifier auprès de la \
banque ; s'il n'y a eu aucun prélèvement, éditer, dans « Gérer les comptes bancaires », un nouveau mandat pour le \
compte concerné, à faire signer et enregistrer (d'ici l'enregistrement, tout paiement qui exige un mandat sera rejeté)
"""
    )


def test_what_is_said_of_several_is_said_once():
    """One sentence, with how many cases it is of, then each of them; what is said of one stays on its line."""
    lapsed = UNSEEN.lapse(at=UNSEEN.deadline.closes + TICK).messages[0]
    other = attrs.evolve(lapsed, case_id="request-2", company_name="Garage Lefèvre")
    (one,) = digest([lapsed, other])
    (english,) = digest([lapsed, other], words=ENGLISH)

    assert plain(one.body).endswith(
        "- Demande d'adhésion présumée caduque, pour 2 dossiers : vérifier sur le site ; si le code n'y a pas été saisi"
        " à temps, renouveler, par « Mes services » puis « J'adhère », la demande d'adhésion\n"
        "  - Boulangerie Martin (SIREN 552 100 554), « Payer TVA »\n"
        "  - Garage Lefèvre (SIREN 552 100 554), « Payer TVA »\n"
    )
    assert "- Request presumed lapsed, for 2 cases: look at the site; if the code was not" in english.body
    assert 1 == plain(digest([lapsed])[0].body).count("\n- ")


def test_one_for_each_person_in_either_language():
    """People in the order in which they are met; the same messages make the same id, others another one."""
    reminder = LINKED.remind(at=START + DAY).messages[0]
    other = attrs.evolve(reminder, to=tp.EmailAddress("elise@cabinet-durand.fr"))
    first, second = digest([other, reminder], words=ENGLISH)

    assert ["elise@cabinet-durand.fr", "camille@cabinet-durand.fr"] == [str(it.to) for it in (first, second)]
    assert (reminder.id,) == first.messages
    assert first.id == digest([other])[0].id
    assert first.id != digest([*night()])[0].id
    assert "1 case to follow by Wednesday 8 January 2025 at 10:00 in Paris" == first.subject
    assert first.body == (
        "Hello,\n\nTo be done, the most urgent first:\n\n- by Wednesday 8 January 2025 at 10:00 in Paris, for the"
        " company"
        " (SIREN 732 829 320), 'Messagerie (messaging)': the company has to use the link that it received by"
        " e-mail\n"
    )
    assert () == digest([])


@pytest.mark.rule("A16")
def test_what_was_renewed_already_asks_for_nothing():
    """Of a request that somebody renewed, the day is said, and nothing is to be done; alone it says so too."""
    lapsed = UNSEEN.lapse(at=UNSEEN.deadline.closes + TICK)
    renewed = lapsed.case.renew(opened(), id="request-9", at=START + 80 * DAY, recorded_at=START + 85 * DAY)
    (one,) = digest(lapsed.messages, cases=[renewed.case, opened(), requested(id="x").case])
    alone = FRENCH.message(lapsed.messages[0], cases=[lapsed.case, renewed.case])

    assert "1 délai passé, rien à faire" == plain(one.subject)
    assert plain(one.body).endswith(
        "Délais passés de demandes déjà renouvelées, pour lesquelles il n'y a rien à faire :\n\n"
        "- Demande d'adhésion présumée caduque, déjà renouvelée le jeudi 27 mars 2025, pour"
        " Boulangerie"
        " Martin (SIREN 552 100 554), « Payer TVA »\n"
    )
    assert plain(alone.subject) == (
        "Demande d'adhésion présumée caduque, déjà renouvelée le jeudi 27 mars 2025, pour Boulangerie Martin"
        " (SIREN 552 100 554)"
    )
    assert "est passé ; la demande a déjà été renouvelée le jeudi 27 mars 2025, et il n'y a rien à faire.\n" in plain(
        alone.body
    )
    assert not [it for it in ("À faire", "à demander de nouveau", "La signaler") if it in plain(alone.body)]
    assert "À faire" in plain(FRENCH.message(lapsed.messages[0]).body)


@pytest.mark.rule("A16")
def test_what_is_left_to_do_is_counted_by_cases():
    """Two messages of one case are one case; what was renewed comes last, and is not counted as to do."""
    late = UNSEEN.remind(at=START + 45 * DAY).messages[0]
    lapsed = [requested(id=f"request-{it}").case.lapse(at=START + 90 * DAY).messages[0] for it in "56"]
    renewed = requested(id="request-7", renews="request-5", at=START + 91 * DAY).case
    (one,) = digest([late, attrs.evolve(late, version=9), *lapsed], cases=[renewed])
    (over,) = digest(lapsed, cases=[renewed])

    assert "2 dossiers à suivre, dont 1 sans attendre" == plain(one.subject)
    assert "1 dossier caduc à traiter" == plain(over.subject)
    parts = ("Délais passés :", "Demande d'adhésion caduque, pour", "Délais passés de demandes", "déjà renouvelée le")
    places = [plain(over.body).index(it) for it in parts]
    assert sorted(places) == places


@each("given", [{"messages": [FRENCH_IBAN]}], [{"messages": [], "cases": [7]}])
def test_what_is_no_message_and_no_case(given):
    """Each is an error."""
    assert "argument.wrong_type" == failure(digest, **given[0]).code


def test_a_digest_shows_no_text_in_its_repr():
    """Whom it is for and which messages it has; a subject and a body name people."""
    assert "Boulangerie" not in repr(digest(night())[0])


@pytest.mark.rule("F2")
def test_a_letter_that_is_overdue_does_not_wait_for_the_end_of_its_code():
    """The day on which its code ends is no day to act by: no time would be left to renew."""
    first, *_ = UNSEEN.next_steps(at=START + 45 * DAY)

    assert (
        "le cabinet : sans attendre, vous demander si le courrier, qui aurait dû arriver, est là (sinon, renouveler la"
        " demande), pour l'entreprise (SIREN 552 100 554), « Payer TVA » ; le code, lui, n'est sûr que jusqu'au jeudi 6"
        " mars 2025, date estimée"
    ) == plain(FRENCH.step(first, reader="client"))
    assert "without waiting, ask the company" in ENGLISH.step(first)
    assert "; the code itself is safe only until Thursday 6 March 2025, estimated (rule F2)" in ENGLISH.step(first)
