"""What messages say, to the letter in French: about whom, which services, until when, what to do, and a code once."""

from datetime import date
from typing import ClassVar

import attrs
import pytest
from hypothesis import given

import teleprocedures as tp
from teleprocedures import HELD_ELSEWHERE, ActivationCode, Applicant, Message, Rule, Siren
from teleprocedures.testing import strategies as a
from teleprocedures.wording import ENGLISH, FRENCH, MessageText
from teleprocedures.wording._messages import attributes, known_facts
from tests.builders import (
    FRENCH_IBAN,
    GERMAN_IBAN,
    POSTED,
    TOKEN,
    asked,
    each,
    failure,
    issued,
    linked,
    mandate_in,
    opened,
    paying,
    plain,
)
from tests.builders import requested as request_of
from tests.instants import DAY, HOUR, START, TICK
from tests.wording.drawn import without_none

LINK = "https://site.example/valider?jeton={token}"
COMPANY = {"company_name": "Boulangerie Martin", "company_address": "3 rue du Four, 75006 Paris"}
both = each("words", ENGLISH, FRENCH, ids=["english", "french"])


def read(message, wording=FRENCH):
    """The French subject and body, with plain spaces, as they are read aloud."""
    text = wording.message(message, link=LINK)
    return plain(text.subject), plain(text.body)


def reminder_of(case):
    """The first reminder of a case."""
    return case.remind(at=case.due_at).messages[0]


def notice_of(case):
    """The notice of a case that lapses as soon as it can."""
    return case.lapse(at=case.deadline.closes + TICK).messages[0]


def registered():
    """A mandate that the bank has."""
    return mandate_in(tp.MandateState.REGISTERED, paying(**COMPANY).case)


@pytest.mark.rule("1.7", "1.9", "1.10")
def test_the_code_of_a_space():
    """For which company, the code, until when, what then."""
    subject, body = read(asked().messages[0])

    assert "Activez votre espace professionnel : votre code d'activation" == subject
    assert (
        body
        == """\
Bonjour,

Vous avez demandé un espace professionnel en mode expert.

Entreprise à laquelle vous appartenez : SIREN 732 829 320.

Votre code d'activation :

    SPACE4711

Sur le site, choisissez « Activez votre espace » et saisissez ce code au plus tard le mercredi 8 janvier 2025 à 10 h \
(heure de Paris). Passé ce délai, il sera inopérant, et toute la procédure sera à reprendre.

Si vous n'avez rien demandé, ne tenez pas compte de ce courriel.
"""
    )


@pytest.mark.rule("2.8", "2.9", "2.10", "2.11", "3.2")
def test_the_link_of_a_company():
    """Who asks for what, for whom, the link with its token, until when, what if it is not used."""
    asks = linked("payer-tva", bank_accounts=[FRENCH_IBAN], applicant=Applicant.THIRD_PARTY, **COMPANY)
    subject, body = read(asks.messages[0])

    assert "Adresse électronique à valider pour Boulangerie Martin (SIREN 552 100 554)" == subject
    assert (
        body
        == """\
Bonjour,

Camille Durand (camille@cabinet-durand.fr), en qualité de tiers agissant pour le compte de l'entreprise, a demandé \
l'adhésion aux services en ligne suivants, pour Boulangerie Martin (SIREN 552 100 554) :

- Messagerie
- Payer TVA

Pour valider l'adresse électronique de l'entreprise, utilisez ce lien au plus tard le mercredi 8 janvier 2025 \
à 10 h (heure de Paris) :

    https://site.example/valider?jeton=link_token-42

Le courrier qui contient le code d'activation ne sera envoyé à l'entreprise qu'une fois le lien utilisé. Si le \
lien n'est pas utilisé à temps, la demande sera caduque et devra être renouvelée, pour tous les services.

Si vous ne connaissez pas le demandeur, n'utilisez pas ce lien.
"""
    )


@pytest.mark.rule("2.5", "2.6", "3.1", "3.2", "3.3", "3.4", "A3")
def test_the_letter_of_a_company():
    """To the company at its address, the day it is edited, the code, the safe day, to whom the code is to be given."""
    asks = request_of("payer-cfe", bank_accounts=[FRENCH_IBAN], applicant=Applicant.THIRD_PARTY, **COMPANY)
    subject, body = read(asks.messages[0])

    assert "Code d'activation du service en ligne demandé pour Boulangerie Martin (SIREN 552 100 554)" == subject
    assert (
        body
        == """\
Boulangerie Martin
SIREN 552 100 554
3 rue du Four, 75006 Paris

Édité le lundi 6 janvier 2025

Madame, Monsieur,

Camille Durand (camille@cabinet-durand.fr), en qualité de tiers agissant pour le compte de l'entreprise, a demandé \
l'adhésion au service en ligne suivant, pour Boulangerie Martin (SIREN 552 100 554) :

- Payer CFE

Code d'activation :

    LETTER0815

Ce code est à saisir au plus tard le jeudi 6 mars 2025, par prudence la veille de son dernier jour.

Communiquez ce code à Camille Durand (camille@cabinet-durand.fr) : les services s'activent dans l'espace \
professionnel d'où vient la demande.

Si vous ne connaissez pas le demandeur, ne communiquez pas ce code.

Faute d'activation à temps, la demande d'adhésion devra être renouvelée.
"""
    )


def test_what_is_not_known_of_a_letter_is_left_out():
    """No name, no address, nobody's name; a file number is called one; the company itself asked."""
    letter = attrs.evolve(request_of(organisation=tp.FileNumber("TF2024A17")).messages[0], requester_name=None)
    _, body = read(letter)

    assert body.startswith("identifiant de dossier TF2024A17\n\nÉdité le")
    assert "camille@cabinet-durand.fr, en qualité de représentant légal de l'entreprise, a demandé" in body
    assert "dans l'espace professionnel d'où vient la demande. Demandeur : camille@cabinet-durand.fr.\n" in body


def test_what_an_early_release_stored_is_said_without_what_it_did_not_say():
    """Neither whom it is about nor who asked for what: general words stand there."""
    unsaid = dict.fromkeys(("form", "requester", "requester_name"))
    letter, link = request_of().messages[0], linked().messages[0]
    subject, body = read(attrs.evolve(letter, **unsaid))

    assert "Code d'activation du service en ligne demandé pour l'entreprise concernée" == subject
    assert (
        body
        == """\
Édité le lundi 6 janvier 2025

Madame, Monsieur,

Le demandeur, dont la qualité n'est pas connue, a demandé l'adhésion au service en ligne suivant, pour l'entreprise \
concernée :

- les services de la demande

Code d'activation :

    LETTER0815

Ce code est à saisir au plus tard le jeudi 6 mars 2025, par prudence la veille de son dernier jour.

Saisissez ce code dans l'espace professionnel d'où vient la demande.

Si vous ne connaissez pas le demandeur, ne communiquez pas ce code.

Faute d'activation à temps, la demande d'adhésion devra être renouvelée.
"""
    )
    assert "Adresse électronique à valider pour l'entreprise concernée" == read(attrs.evolve(link, **unsaid))[0]
    assert (
        "Enter this code in the space that made the request.\n\nIf you do not know who asks, do not give this code to"
        " anybody.\n\nIf it is not entered in time, the services are to be requested again.\n"
    ) in ENGLISH.message(attrs.evolve(letter, **unsaid)).body


def test_a_letter_has_its_day_and_the_titles_of_services():
    """After midnight in Paris it is the next day already; a host's own service has its title, not its code."""
    own = tp.Service(code="remboursement-tva-ue", title="Remboursement de TVA UE")
    letter = request_of(at=START + 14.5 * HOUR).messages[0]
    _, body = read(attrs.evolve(letter, form=attrs.evolve(letter.form, services=[own])))

    assert "\nÉdité le mardi 7 janvier 2025\n" in body
    assert "pour l'entreprise (SIREN 552 100 554) :\n\n- Remboursement de TVA UE\n\nCode d'activation" in body


@pytest.mark.rule("3.1", "A3", "F2")
def test_a_reminder_with_an_estimated_day():
    """Who has what to do, the user as « vous »; the day is estimated, and what settles it is said once."""
    request = request_of(
        "payer-tva",
        bank_accounts=[FRENCH_IBAN],
        applicant=Applicant.THIRD_PARTY,
        code=HELD_ELSEWHERE,
        **COMPANY,
    ).case
    reminder = request.remind(at=START + 45 * DAY).messages[0]
    subject, body = read(reminder)

    assert subject == (
        "Rappel : sans attendre, demander à l'entreprise si le courrier, qui aurait dû arriver, est là (si oui,"
        " signaler sa date « édité le »"
        " ; sinon, renouveler la demande) ; le code, lui, n'est sûr que jusqu'au jeudi 6 mars 2025, date estimée, pour"
        " Boulangerie Martin (SIREN 552 100 554)"
    )
    assert (
        body
        == """\
Bonjour,

Demande d'adhésion faite pour Boulangerie Martin (SIREN 552 100 554) :

- Payer TVA

À faire :

- vous : sans attendre, demander à l'entreprise si le courrier, qui aurait dû arriver, est là (si oui, signaler sa \
date « édité le » ; sinon, renouveler la demande) ; le code, lui, n'est sûr que jusqu'au jeudi 6 mars 2025, date \
estimée
- vous : demander à l'entreprise le code d'activation du courrier, au plus tard le jeudi 6 mars 2025, date estimée
- l'entreprise : vous communiquer le code d'activation du courrier, au plus tard le jeudi 6 mars 2025, date estimée
- vous : saisir le code d'activation du courrier dans l'espace d'où vient la demande, au plus tard le jeudi 6 mars \
2025, date estimée

Cette date est estimée, car la date du courrier (« édité le ») n'est pas encore connue. Dès que vous l'aurez lue, \
signalez-la dans votre logiciel : l'échéance sera fixée.
"""
    )


def test_the_first_action_of_a_reminder_in_words_of_a_host_s_own():
    """By itself, without its day; nothing where nothing is to be done."""
    reminder = reminder_of(asked().case)
    own = FRENCH.with_words({"message.reminder-email.subject": "Cabinet : {first-action}"})

    assert (
        "Cabinet : saisir, par « Activez votre espace », le code d'activation reçu par courriel"
        == read(reminder, own)[0]
    )
    assert "Cabinet : " == read(attrs.evolve(reminder, steps=()), own)[0]
    assert read(attrs.evolve(reminder, steps=()))[0].startswith("Rappel, au plus tard le mercredi 8 janvier 2025 à 10")


@pytest.mark.rule("2.9", "A22")
def test_a_link_that_may_have_ended():
    """Where the day of the request alone is known, the link may have ended, and no code."""
    told = {"at": date(2025, 1, 7), "recorded_at": START + 2 * DAY}
    asks = linked(space=opened(), token=HELD_ELSEWHERE, code=HELD_ELSEWHERE, **told)
    (step,) = asks.case.next_steps(at=asks.case.deadline.closes)

    assert "(le lien a pu expirer après le mercredi 8 janvier 2025 à 24 h)" in plain(FRENCH.step(step))
    assert "the link may have ended after" in ENGLISH.step(step)


@pytest.mark.rule("2.8")
def test_the_subject_of_a_reminder_says_who_has_to_act():
    """The firm reads that its client has to use the link, and does not look for it itself."""
    waiting = reminder_of(linked(organisation="552008443", company_email="compta@le-fournil.fr").case)
    link = "l'entreprise doit utiliser le lien de validation qu'elle a reçu par courriel"

    assert read(waiting)[0].startswith(f"Rappel : {link}, au plus tard le ")
    assert ENGLISH.message(waiting).subject.startswith("Reminder: by Wednesday 8 January 2025 at 10:00")


def test_a_reminder_of_a_link_says_where_it_is():
    """Which address received it, while it is still to be used; no other reminder names any."""
    waiting = linked(organisation="552008443", company_email="compta@le-fournil.fr").case
    letter = waiting.confirm_company_email("link_token-42", code=HELD_ELSEWHERE, at=START).case

    assert "\n\nLe lien a été envoyé à l'adresse compta@le-fournil.fr.\n" in read(reminder_of(waiting))[1]
    assert "The link was sent to compta@le-fournil.fr.\n" in ENGLISH.message(reminder_of(waiting)).body
    assert "compta@" not in read(reminder_of(letter))[1]


@each("name", "space", "mandate")
def test_a_message_knows_its_kind_by_whatever_its_table_advises(name):
    """A state that is added says what is to be done there, and its messages say which kind of case they are about."""
    table = tp.LIFECYCLES[name]
    notice = notice_of(asked().case)
    actions = {advice.action for state in table.states for advice in table.advice(state)}
    bodies = {action: ENGLISH.message(attrs.evolve(notice, action=action)).body for action in actions}

    begins, *_ = ENGLISH.words[f"about.{name}"].partition("{")

    assert [] == [action for action, body in bodies.items() if begins not in body]


@pytest.mark.rule("A3")
def test_a_reminder_with_a_known_day():
    """Nothing is called estimated that is not; once the safe day is over, the last one is said."""
    asks = request_of(code=HELD_ELSEWHERE, applicant=Applicant.THIRD_PARTY)
    request = asks.case.record_letter(date(2025, 1, 6), at=START).case
    subject, body = read(request.remind(at=START + 45 * DAY).messages[0])
    ask = "demander à l'entreprise le code d'activation du courrier"
    enter = "saisir le code d'activation du courrier dans l'espace d'où vient la demande"
    about = "pour l'entreprise (SIREN 552 100 554)"

    assert f"Rappel : {ask}, au plus tard le jeudi 6 mars 2025, {about}" == subject
    assert "estim" not in body
    assert body.endswith(f"- vous : {enter}, au plus tard le jeudi 6 mars 2025\n")
    late = request.remind(at=request.deadline.closes).messages[0]
    assert (
        f"Sans attendre : le code a pu expirer, dernier délai le vendredi 7 mars 2025 ; {ask}, {about}" == read(late)[0]
    )
    assert (
        f"- vous : sans attendre, {enter} (le code a pu expirer après le jeudi 6 mars 2025) ; au plus tard le"
        " vendredi 7"
        " mars 2025\n"
    ) in read(late)[1]


@pytest.mark.rule("1.9", "F1")
def test_reminders_say_what_they_are_about():
    """A space, a mandate with its account; the day is that of the first step, one without a day does not count."""
    space, mandate, notice = reminder_of(asked().case), reminder_of(registered()), notice_of(registered())
    about = "Mandat de prélèvement SEPA interentreprises (B2B)"
    days = (START + HOUR, START, None)
    steps = tuple(attrs.evolve(space.steps[0], by=day) for day in days)

    assert (
        "Espace professionnel en mode expert ; entreprise à laquelle vous appartenez : SIREN 732 829 320.\n"
        in read(space)[1]
    )
    assert read(attrs.evolve(space, steps=steps))[0] == (
        "Rappel : saisir, par « Activez votre espace », le code d'activation reçu par courriel, au plus tard le lundi 6"
        " janvier 2025 à 10 h (heure de Paris), pour l'entreprise à laquelle vous appartenez (SIREN 732 829 320)"
    )
    assert "Rappel : au plus tard" not in read(attrs.evolve(space, steps=steps[2:]))[0]
    assert (
        "- vous : payer par prélèvement avec le mandat du compte FR76 **** 0189, au plus tard le mercredi 5 janvier"
        " 2028, faute de quoi il sera caduc\n"
    ) in read(mandate)[1]
    # Of the notice or of its steps, which say it alone in what an early release stored; or none.
    for message in (mandate, attrs.evolve(mandate, account=None), notice):
        assert f"{about} du compte FR76 **** 0189, pour Boulangerie Martin" in read(message)[1]
    assert f"{about}, pour Boulangerie Martin (SIREN 552 100 554).\n" in read(attrs.evolve(notice, account=None))[1]


@pytest.mark.rule("2.11")
def test_a_final_lapse():
    """What lapsed, when, under which rule, what to do; nothing is presumed where the token is held here."""
    subject, body = read(notice_of(linked("payer-tva", bank_accounts=[FRENCH_IBAN], **COMPANY).case))

    assert "Demande d'adhésion caduque pour Boulangerie Martin (SIREN 552 100 554)" == subject
    assert (
        body
        == """\
Bonjour,

Demande d'adhésion faite pour Boulangerie Martin (SIREN 552 100 554) :

- Messagerie
- Payer TVA

Le délai, qui courait jusqu'au mercredi 8 janvier 2025 à 10 h (heure de Paris), est passé : un lien qui \
n'est pas utilisé à temps met fin à la demande, pour la « Messagerie » et pour tous ses autres services.

À faire :

- renouveler, par « Mes services » puis « J'adhère », la demande d'adhésion
"""
    )


@pytest.mark.rule("3.4", "A3", "A15")
def test_a_presumed_lapse():
    """Presumed where the code is held elsewhere, with what would correct it; an unknown day of the letter is said."""
    subject, body = read(notice_of(request_of(code=HELD_ELSEWHERE).case))

    assert "Demande d'adhésion présumée caduque pour l'entreprise (SIREN 552 100 554)" == subject
    assert (
        "Le délai, qui courait jusqu'au vendredi 21 mars 2025 inclus, est passé : les services qui ne sont pas activés"
        in body
    )
    assert body.endswith(
        "Cette caducité est présumée, car seul le site fait foi. Si le code a été saisi à temps, ou si la date du"
        " courrier est plus tardive, signalez-le dans votre logiciel : la situation sera corrigée.\n\n"
        "La date du courrier (« édité le ») n'a pas été signalée : l'échéance n'était qu'estimée. La signaler suffit à"
        " la fixer.\n\n"
        "À faire :\n\n"
        "- vérifier sur le site ; si le code n'y a pas été saisi à temps, renouveler, par « Mes services » puis"
        " « J'adhère », la demande d'adhésion\n"
    )


@pytest.mark.rule("1.11", "2.11", "F1")
@each(
    "subject what case",
    ("Espace caduc", "reprendre toute la procédure, en", asked().case),
    (
        "Espace présumé caduc",
        (
            "Si le code a été saisi à temps, signalez-le dans votre logiciel : la situation sera corrigée.\n\nÀ"
            " faire :\n\n"
            "- vérifier sur le site ; si l'espace n'y a pas été activé à temps, reprendre toute la procédure, en"
        ),
        asked(code=HELD_ELSEWHERE).case,
    ),
    (
        "Demande d'adhésion présumée caduque",
        (
            "Si le lien a été utilisé à temps, signalez-le dans votre logiciel : la situation sera corrigée.\n\nÀ"
            " faire :\n\n"
            "- vérifier sur le site ; si le lien n'a pas été utilisé à temps, renouveler, par « Mes services »"
        ),
        linked(token=HELD_ELSEWHERE).case,
    ),
    (
        "Mandat présumé caduc",
        (
            "Cette caducité est présumée, car seule la banque connaît les prélèvements. S'il y en a eu un entre-temps,"
            " signalez-le dans votre logiciel : la situation sera corrigée.\n\nÀ faire :\n\n- vérifier auprès de la"
            " banque ;"
            " s'il n'y a eu aucun prélèvement, éditer, dans « Gérer les comptes bancaires », un nouveau mandat pour le"
            " compte FR76 **** 0189, à faire signer et enregistrer"
            " (d'ici l'enregistrement, tout paiement qui exige un mandat sera rejeté)\n"
        ),
        registered(),
    ),
    ids=range(4),
)
def test_every_kind_of_lapse(subject, what, case):
    """Each has its own words, and what would correct it."""
    text = read(notice_of(case))

    assert text[0].startswith(f"{subject} pour ")
    assert what in text[1]


def test_a_rule_of_a_host_s_own():
    """A lapse under another rule has general words, and says that rule without its number."""
    notice = attrs.evolve(
        notice_of(request_of(code=HELD_ELSEWHERE).case),
        rule=Rule("H1", "les dossiers se ferment"),
        services=(),
        action=None,
    )
    subject, body = read(notice)

    assert subject.startswith("Délai présumé passé pour ")
    assert "inclus, est passé : les dossiers se ferment.\n" in body
    assert "Cette caducité est présumée. Si ce qui était à faire l'a été à temps, signalez-le" in body
    assert "Dossier suivi pour l'entreprise (SIREN 552 100 554).\n" in body
    assert "À faire" not in body


def test_a_deadline_without_a_rule():
    """A time limit whose rule is not known is said without one."""
    email = asked().messages[0]
    email = attrs.evolve(email, deadline=attrs.evolve(email.deadline, rule=None))

    late = "et saisissez ce code au plus tard le mercredi 8 janvier 2025 à 10 h (heure de Paris). Passé ce délai"
    assert late in read(email)[1]
    assert "enter this code by Wednesday 8 January 2025 at 10:00 in Paris. After that" in ENGLISH.message(email).body


# --- Codes and links --------------------------------------------------------------------------------------------------


@both
def test_a_code_is_in_the_body_and_nowhere_else(words):
    """Whole where it is read, once; never in the subject nor in the repr, and no stars in its place."""
    for message, secret in (
        (asked().messages[0], "SPACE4711"),
        (request_of().messages[0], "LETTER0815"),
        (linked().messages[0], "link_token-42"),
    ):
        text = words.message(message, link=LINK)

        assert 1 == text.body.count(secret)
        assert secret not in text.subject + repr(text)
        assert "***" not in text.body + text.subject


@both
def test_the_address_of_a_link(words):
    """Without one the token stands alone; its other braces stay; one that has no place for the token is refused."""
    message = linked().messages[0]
    bodies = [words.message(message, link=it).body for it in ("{token}", "https://x.example/{a}/{token}")]
    error = failure(words.message, message, link="https://site.example/")

    assert "\n    link_token-42\n" in words.message(message).body == bodies[0]
    assert "\n    https://x.example/{a}/link_token-42\n" in bodies[1]
    assert ("link_address.malformed", {"expected": "{token}"}) == (error.code, error.facts)
    assert "{token}" in words.refusal(error)


# --- A host's own -----------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True, weakref_slot=False)
class PinLetter(Message):
    """A letter of a host's own, with a code."""

    kind: ClassVar[str] = "pin-letter"

    organisation: tp.Organisation
    code: ActivationCode
    token: tp.LinkToken


@attrs.frozen(kw_only=True, weakref_slot=False)
class Ping(Message):
    """A message that is about nobody."""

    kind: ClassVar[str] = "ping"


@attrs.frozen(kw_only=True, weakref_slot=False)
class Advice(Message):
    """A message that advises."""

    kind: ClassVar[str] = "advice"

    action: str


@attrs.frozen(kw_only=True, weakref_slot=False)
class Nudge(tp.Notice):
    """A kind of notice with steps of its own."""

    kind: ClassVar[str] = "nudge"

    steps: tuple[tp.NextStep, ...]


PIN = PinLetter(
    case_id="pin-1", version=1, organisation=Siren("552100554"), code=ActivationCode("PIN42"), token=tp.LinkToken("tok")
)


@both
def test_a_message_of_a_hosts_own(words):
    """Without words: its kind, whom it is about, its reference, and no code, for nobody said where it goes."""
    text = words.message(PIN)

    assert "pin letter" == text.subject
    assert ("552 100 554" in plain(text.body), "pin-1" in text.body, "PIN42" in text.body) == (True, True, False)
    assert words.message(Ping(case_id="x", version=1)).body.startswith("ping\n\n")


@both
def test_the_words_of_a_message_of_a_hosts_own(words):
    """Its fields, the company, the code in the body alone; what it lacks is left out; a part may have words alone."""

    def said(**parts):
        given = {f"message.pin-letter.{part}": template for part, template in parts.items()}
        text = words.with_words(given).message(PIN, link=LINK)
        return plain(text.subject), text.body

    general = words.message(PIN)
    subject, body = said(
        subject="PIN for {company-in-words}{to-do}{nothing}", body="{code} {confirmation-link} {nothing}"
    )
    assert subject.endswith("(SIREN 552 100 554)")
    assert "PIN42 https://site.example/valider?jeton=tok\n" == body
    assert ("PIN ***", general.body) == said(subject="PIN {code}")
    assert ("pin letter", "the code is PIN42\n") == said(body="the code is {code}")


def test_an_action_of_a_hosts_own():
    """What a message advises names the services of the request, if it is about some; steps are said with it."""
    notice = attrs.evolve(notice_of(linked().case), action="stamp_it")
    own = FRENCH.with_words(
        {
            "action.stamp_it": "tamponner {services:service and}",
            **{f"message.{kind}.{part}": "{to-do}" for kind in ("advice", "nudge") for part in ("subject", "body")},
        }
    )
    step = {"actor": "tax_office", "action": "file_it", "rule": Rule("H1", "x"), "case_id": "n-1"}
    company = {"organisation": Siren("552100554"), "company_name": None, "services": ()}
    nudge = Nudge(
        case_id="n-1",
        version=1,
        to=tp.EmailAddress("a@example.fr"),
        deadline=asked().case.deadline,
        steps=(tp.NextStep(**step, organisation=Siren("552100554")),),
        **company,
    )

    assert "\n\n- tamponner « Messagerie »\n" in read(notice, own)[1]
    assert read(Advice(case_id="n-1", version=1, action="call_the_bank"), own)[1].endswith(":\n\n- call the bank\n")
    assert "À faire :\n\n- tax office : file it\n" == read(nudge, own)[1]


# --- A message's own facts, and those that are derived ----------------------------------------------------------------

DERIVED = sorted(name for name in known_facts("message.own.body") if "-" in name)
LIKE_DERIVED = sorted(
    {part for name in DERIVED for part in (name.replace("-", "_"), *name.split("-"))} - {"in", "case"}
)
"""Names of fields like those of each derived fact, whole and in parts."""


def test_a_field_and_a_derived_fact_never_hide_one_another():
    """A message whose fields are named like every derived fact says each field as it is, and derives all the same."""
    kind = attrs.make_class(
        "Own", LIKE_DERIVED, bases=(Message,), class_body={"kind": "own"}, kw_only=True, frozen=True
    )
    message = kind(case_id="x-1", version=1, **{name: f"the {name}" for name in LIKE_DERIVED})
    fields = ENGLISH.with_words({"message.own.body": "\n".join(f"{{{name}}}" for name in LIKE_DERIVED)})
    derived = ENGLISH.with_words({"message.own.body": "{case-reference}"})

    assert {"case_reference", "reference", "company", "due_date", "to_do"} <= set(LIKE_DERIVED)
    assert [f"the {name}" for name in LIKE_DERIVED] == fields.message(message).body.splitlines()
    assert "Reference: x-1\n" == derived.message(message).body


@attrs.frozen
class Form:
    """What somebody filled in."""

    organisation: Siren
    company_name: str
    tax_year: str
    pin: ActivationCode
    tax_office: str = "SIE Paris 6e"

    @property
    def initials(self) -> str:
        """A property of it."""
        return self.company_name[0]


@attrs.frozen(kw_only=True, weakref_slot=False)
class FormLetter(Message):
    """A letter of a host's own, which carries the whole form."""

    kind: ClassVar[str] = "form-letter"

    form: Form | None

    @property
    def company_name(self) -> str:
        """Shorter than the form has it."""
        return "Martin"

    @property
    def tax_office(self):
        """Withheld, whatever the form says."""

    def sign(self) -> str:
        """A verb of it."""
        return "signed"


FORM_LETTER = FormLetter(
    case_id="f-1", version=2, form=Form(Siren("552100554"), "Boulangerie Martin", "2024", ActivationCode("PIN42"))
)


@each(
    "expected template",
    *(("2024", "{tax_year}"), ("B", "{initials}"), ("f-1/2/form-letter", "{id}"), ("PIN42", "{pin}")),
    *(("Martin", "{company_name}"), ("Martin (SIREN 552 100 554)", "{company-in-words}"), ("…", "{tax_office}")),
    ("nothing: .", "nothing: {sign}{_secret}{__class__}{nobody_has_it}."),
)
def test_a_template_names_attributes(expected, template):
    """Fields and properties of the message, then of its form; not its verbs, nor what is private."""
    own = FRENCH.with_words({"message.form-letter.body": template, "message.form-letter.subject": "{pin}{tax_year}"})

    assert (expected, "***2024") == (read(FORM_LETTER, own)[1].strip(), read(FORM_LETTER, own)[0])


def test_the_attributes_that_words_may_name():
    """Those of the kind of message, and of its form; of a shipped letter any, whether or not its words name it."""
    own = {"case_id", "version", "id", "kind", "form", "company_name", "tax_office"}
    reworded = FRENCH.with_words({"message.activation-code-letter.body": "{requester_name}, {estimate-mark}{version}"})

    assert own | {"organisation", "tax_year", "pin", "initials"} == set(attributes(FormLetter))
    assert {"case_id", "version", "id", "kind"} == set(attributes(Message))
    assert "Camille Durand, 2\n" == read(request_of().messages[0], reworded)[1]


@each(
    "key name",
    ("message.activation-code-letter.body", "tax_year"),
    ("message.activation-code-letter.subject", "due-dat"),
    ("message.form-letter.body", "due-dat"),
    ("message.todo", "due-date"),
    ("host.own", "due-date"),
)
def test_a_fact_that_no_message_has_is_refused(key, name):
    """When the words are given: a misspelt fact would be left out on the day of the letter."""
    error = failure(FRENCH.with_words, {key: f"{{{name}}}"})

    assert ("words.unknown_placeholder", key, name) == (error.code, error.facts["key"], error.facts["value"])


# --- Whatever the message ---------------------------------------------------------------------------------------------


@given(a.messages().filter(without_none))
def test_every_message_has_its_words(message):
    """No placeholder, no None, no stars but those of a masked account; one line of subject, a body that ends."""
    for words in (ENGLISH, FRENCH):
        made = words.message(message, link=LINK)
        text = f"{made.subject}\n{made.body}".replace(" **** ", "")

        assert (True, "MessageText()") == (isinstance(made, MessageText), repr(made))
        assert "\n" not in made.subject
        assert made.body.endswith("\n")
        assert "\n\n\n" not in made.body
        assert "None" not in text
        assert "***" not in text
        assert not {"{", "}"} & set(text)


# --- Whatever the form asks is said somewhere -------------------------------------------------------------------------

FORM = {
    "organisation": "552100554",
    "services": ["payer-tva"],
    "bank_accounts": [FRENCH_IBAN],
    "legal_representative": "Marie Le Goff",
    "applicant": "representative",
    **COMPANY,
}
CHANGED = {
    "organisation": "732829320",
    "services": ["payer-tva", "payer-is"],
    "bank_accounts": [GERMAN_IBAN],
    "legal_representative": "Jean Petit",
    "applicant": "third_party",
    "company_name": "Boulangerie Petit",
    "company_address": "5 rue du Four, 75006 Paris",
}
"""Each field of the form of a request, and something else that it may say."""
UNSAID = {"company_email": "the link is sent to it, which proves it, and no text repeats it"}
"""The fields that no text says, and why not."""


def said(wording, **form):
    """What the link, the letter and the form of the mandate of such a request say, one after the other."""
    fields = {**FORM, **form}
    asked_for = linked(*fields.pop("services"), **fields)
    request = asked_for.case.confirm_company_email(TOKEN, code=POSTED, at=START)
    mandate = issued(request.case, request.case.accounts[0].iban).case
    messages = (wording.message(it, link=LINK) for it in (*asked_for.messages, *request.messages))
    return "\n".join((*(f"{it.subject}\n{it.body}" for it in messages), wording.mandate(mandate.document())))


def test_every_field_of_a_form_is_said_or_left_out_on_purpose():
    """A field that is added reaches a text, and this test by another value of it; or it is said why no text has it."""
    fields = {it.name for it in attrs.fields(tp.AdhesionForm)}

    assert fields == {*CHANGED, *UNSAID}, "write another value of the field into CHANGED, or into UNSAID why not"


@both
@each("field", *CHANGED)
def test_what_a_form_says_reaches_a_text(words, field):
    """Another value of any one field makes another letter, another link or another form of a mandate."""
    assert said(words) != said(words, **{field: CHANGED[field]}), f"name {field} in a text of words/, or in UNSAID"
