"""What messages say, to the letter in French: about whom, which services, until when, what to do, and a code once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

import attrs
import pytest
from hypothesis import given

from teleprocedures import (
    HELD_ELSEWHERE,
    ActivationCode,
    ActivationCodeEmail,
    Applicant,
    EmailAddress,
    FileNumber,
    InvalidValueError,
    LapseNotice,
    LinkToken,
    Mandate,
    Message,
    NextStep,
    Notice,
    Organisation,
    ReminderEmail,
    Rule,
    Service,
    Siren,
)
from teleprocedures.testing import strategies as a
from teleprocedures.wording import ENGLISH, FRENCH, MessageText, Wording
from teleprocedures.wording._messages import attributes, known_facts
from tests.builders import FRENCH_IBAN, HOUR, START, TICK, TOKEN, asked, linked, opened, requested
from tests.wording.drawn import without_none

LINK = "https://site.example/valider?jeton={token}"
COMPANY = {"company_name": "Boulangerie Martin", "company_address": "3 rue du Four, 75006 Paris"}
both = pytest.mark.parametrize("words", [ENGLISH, FRENCH], ids=["english", "french"])


def read(message: Message, wording: Wording = FRENCH) -> tuple[str, str]:
    """The French subject and body, with plain spaces, as they are read aloud."""
    text = wording.message(message, link=LINK)
    plain = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "})
    return text.subject.translate(plain), text.body.translate(plain)


@pytest.mark.rule("1.7", "1.9", "1.10")
def test_the_code_of_a_space() -> None:
    """For which company, the code, until when, what then."""
    subject, body = read(asked().messages[0])

    assert "Code d'activation de votre espace professionnel" == subject
    assert body == (
        """\
Bonjour,

Vous avez demandé un espace professionnel en mode expert, pour l'entreprise (SIREN 732 829 320).

Votre code d'activation :

    SPACE4711

Saisissez-le au plus tard le mercredi 8 janvier 2025 à 10 h (règle 1.9). Passé ce délai, il sera inopérant, et toute \
la procédure sera à reprendre.

Si vous n'avez rien demandé, ne tenez pas compte de ce courriel.

Référence : space-1
"""
    )


@pytest.mark.rule("2.8", "2.9", "2.10", "2.11", "3.2")
def test_the_link_of_a_company() -> None:
    """Who asks for what, for whom, the link with its token, until when, what if it is not used."""
    asks = linked("payer-tva", bank_accounts=[FRENCH_IBAN], applicant=Applicant.THIRD_PARTY, **COMPANY)
    subject, body = read(asks.messages[0])

    assert "Adresse électronique à valider pour Boulangerie Martin (SIREN 552 100 554)" == subject
    assert body == (
        """\
Bonjour,

Camille Durand (camille@cabinet-durand.fr), tiers agissant pour le compte de l'entreprise, a demandé l'adhésion \
aux services en ligne suivants, pour Boulangerie Martin (SIREN 552 100 554) :

- Messagerie
- Payer TVA

Pour valider l'adresse électronique de l'entreprise, utilisez ce lien au plus tard le mercredi 8 janvier 2025 \
à 10 h (règle 2.9) :

    https://site.example/valider?jeton=link_token-42

Le courrier qui contient le code d'activation ne sera envoyé à l'entreprise qu'une fois le lien utilisé. Si le \
lien n'est pas utilisé à temps, la demande sera caduque et devra être renouvelée, pour tous les services (règle 2.11).

Si vous ne connaissez pas le demandeur, n'utilisez pas ce lien.

Référence : request-1
"""
    )


@pytest.mark.rule("2.5", "2.6", "3.1", "3.2", "3.3", "3.4", "A3")
def test_the_letter_of_a_company() -> None:
    """To the company at its address, the day it is edited, the code, the safe day, to whom the code is to be given."""
    asks = requested("payer-cfe", bank_accounts=[FRENCH_IBAN], applicant=Applicant.THIRD_PARTY, **COMPANY)
    subject, body = read(asks.messages[0])

    assert "Code d'activation des services en ligne demandés pour Boulangerie Martin (SIREN 552 100 554)" == subject
    assert body == (
        """\
Boulangerie Martin
SIREN 552 100 554
3 rue du Four, 75006 Paris

Édité le lundi 6 janvier 2025

Madame, Monsieur,

Camille Durand (camille@cabinet-durand.fr), tiers agissant pour le compte de l'entreprise, a demandé l'adhésion au \
service en ligne suivant, pour Boulangerie Martin (SIREN 552 100 554) :

- Payer CFE

Code d'activation :

    LETTER0815

Ce code est valable jusqu'au jeudi 6 mars 2025 inclus (règle 3.1).

Communiquez ce code à Camille Durand (camille@cabinet-durand.fr) : les services s'activent dans l'espace \
professionnel d'où vient la demande (règles 3.2 et 3.3).

Faute d'activation à temps, la demande d'adhésion devra être renouvelée (règle 3.4).

Référence : request-1
"""
    )


def test_what_is_not_known_of_a_letter_is_left_out() -> None:
    """No name, no address, nobody's name; a file number is called one; the company itself asked."""
    letter = attrs.evolve(requested(organisation=FileNumber("TF2024A17")).messages[0], requester_name=None)
    _, body = read(letter)

    assert body.startswith("identifiant de dossier TF2024A17\n\nÉdité le")
    assert "camille@cabinet-durand.fr, représentant de l'entreprise, a demandé" in body
    assert "Saisissez ce code dans l'espace professionnel de camille@cabinet-durand.fr" in body


def test_what_an_early_release_stored_is_said_without_what_it_did_not_say() -> None:
    """Neither whom it is about nor who asked for what: general words stand there."""
    unsaid = dict.fromkeys(("form", "requester", "requester_name"))
    letter, link = requested().messages[0], linked().messages[0]
    subject, body = read(attrs.evolve(letter, **unsaid))

    assert "Code d'activation des services en ligne demandés pour l'entreprise concernée" == subject
    assert body == (
        """\
Édité le lundi 6 janvier 2025

Madame, Monsieur,

Le demandeur, dont la qualité n'est pas connue, a demandé l'adhésion au service en ligne suivant, pour l'entreprise \
concernée :

- les services de la demande

Code d'activation :

    LETTER0815

Ce code est valable jusqu'au jeudi 6 mars 2025 inclus (règle 3.1).

Saisissez ce code dans l'espace professionnel d'où vient la demande (règle 3.3).

Faute d'activation à temps, la demande d'adhésion devra être renouvelée (règle 3.4).

Référence : request-1
"""
    )
    assert "Adresse électronique à valider pour l'entreprise concernée" == read(attrs.evolve(link, **unsaid))[0]
    assert "Enter this code in the space that made the request (rule 3.3)." in (
        ENGLISH.message(attrs.evolve(letter, **unsaid)).body
    )


def test_a_letter_is_edited_on_the_day_that_it_is_in_paris() -> None:
    """After midnight in Paris, it is the next day already."""
    letter = requested(at=START + 14.5 * HOUR).messages[0]

    assert "\nÉdité le mardi 7 janvier 2025\n" in read(letter)[1]


def test_a_service_of_a_host_s_own_has_its_title() -> None:
    """Not its code, which nobody would know."""
    own = Service(code="remboursement-tva-ue", title="Remboursement de TVA UE")
    letter = requested().messages[0]
    _, body = read(attrs.evolve(letter, form=attrs.evolve(letter.form, services=[own])))

    assert "pour l'entreprise (SIREN 552 100 554) :\n\n- Remboursement de TVA UE\n\nCode d'activation" in body


@pytest.mark.rule("3.1", "A3", "F2")
def test_a_reminder_with_an_estimated_day() -> None:
    """Who has what to do, the user as « vous »; the day is estimated, and what settles it is said once."""
    request = requested(
        "payer-tva",
        bank_accounts=[FRENCH_IBAN],
        applicant=Applicant.THIRD_PARTY,
        code=HELD_ELSEWHERE,
        **COMPANY,
    ).case
    reminder = request.remind(at=START + timedelta(days=45)).messages[0]
    subject, body = read(reminder)

    assert subject == (
        "Rappel : à faire au plus tard le jeudi 6 mars 2025 (date estimée), pour Boulangerie Martin (SIREN 552 100 554)"
    )
    assert body == (
        """\
Bonjour,

Demande d'adhésion faite pour Boulangerie Martin (SIREN 552 100 554) :

- Payer TVA

À faire :

- vous : vérifier que le courrier est arrivé, et indiquer le jour qu'il porte (« édité le »), jusqu'au jeudi 6 mars \
2025 inclus (date estimée ; règle F2)
- vous : demander à l'entreprise le code d'activation du courrier, jusqu'au jeudi 6 mars 2025 inclus (date estimée ; \
règle 3.2)
- entreprise : communiquer le code d'activation du courrier au tiers qui a demandé les services, jusqu'au jeudi 6 mars \
2025 inclus (date estimée ; règle 3.2)
- vous : saisir le code d'activation du courrier, jusqu'au jeudi 6 mars 2025 inclus (date estimée ; règle 3.1)

Cette date est estimée : le jour que porte le courrier (« édité le ») n'est pas encore connu. Indiquez-le dès que \
vous l'aurez lu, et l'échéance sera fixée (règle A3).

Référence : request-1
"""
    )


def test_a_reminder_with_a_known_day() -> None:
    """Nothing is called estimated that is not."""
    request = requested(code=HELD_ELSEWHERE).case.record_letter(date(2025, 1, 6), at=START).case
    subject, body = read(request.remind(at=START + timedelta(days=45)).messages[0])

    assert "Rappel : à faire au plus tard le jeudi 6 mars 2025, pour l'entreprise (SIREN 552 100 554)" == subject
    assert "estim" not in body
    assert body.endswith(
        "- vous : saisir le code d'activation du courrier, jusqu'au jeudi 6 mars 2025 inclus (règle 3.1)\n\n"
        "Référence : request-1\n"
    )


@pytest.mark.rule("A3")
def test_a_reminder_of_the_last_days() -> None:
    """Once the safe day is over, the last one is said."""
    request = requested(code=HELD_ELSEWHERE).case.record_letter(date(2025, 1, 6), at=START).case
    subject, _ = read(request.remind(at=request.deadline.closes).messages[0])

    assert "Rappel : à faire au plus tard le vendredi 7 mars 2025, pour l'entreprise (SIREN 552 100 554)" == subject


def test_the_day_of_a_reminder_is_that_of_the_first_step() -> None:
    """A step with an earlier day than the others counts; one without a day does not."""
    reminder = reminder_of(asked().case)
    first, days = reminder.steps[0], (START, START + HOUR, None)
    steps = tuple(attrs.evolve(first, by=day) for day in days)

    assert (
        "Rappel : à faire au plus tard le lundi 6 janvier 2025 à 10 h, pour l'entreprise (SIREN 732 829 320)"
        == (read(attrs.evolve(reminder, steps=steps))[0])
    )


@pytest.mark.rule("1.9", "F1")
def test_reminders_say_what_they_are_about() -> None:
    """A space, a request with its services, a mandate with its account."""
    space = asked().case
    mandate = registered()

    assert "Espace professionnel demandé pour l'entreprise (SIREN 732 829 320)." in read(reminder_of(space))[1]
    assert (
        "Mandat de prélèvement SEPA interentreprises (B2B) du compte FR76 **** 0189, pour"
        in read(reminder_of(mandate))[1]
    )
    assert (
        "éviter la caducité du mandat du compte FR76 **** 0189, par un prélèvement, jusqu'au"
        in read(reminder_of(mandate))[1]
    )


@pytest.mark.rule("F1")
def test_the_account_of_a_mandate() -> None:
    """Of the notice or of its steps, which say it alone in what an early release stored; or none."""
    reminder, notice = reminder_of(registered()), notice_of(registered())
    about = "Mandat de prélèvement SEPA interentreprises (B2B)"

    for message in (reminder, attrs.evolve(reminder, account=None), notice):
        assert f"{about} du compte FR76 **** 0189, pour Boulangerie Martin" in read(message)[1]
    assert f"{about}, pour Boulangerie Martin (SIREN 552 100 554).\n" in read(attrs.evolve(notice, account=None))[1]


def registered() -> Mandate:
    """A mandate that the bank has."""
    request = requested("payer-tva", bank_accounts=[FRENCH_IBAN], **COMPANY).case
    mandate = Mandate.issue(request, FRENCH_IBAN, id="mandate-1", reference="RUM-1", at=START).case
    return mandate.sign("representative", at=START).case.send(at=START).case.register(at=START).case


def reminder_of(case: object) -> ReminderEmail:
    """The first reminder of a case."""
    return case.remind(at=case.due_at).messages[0]  # type: ignore[attr-defined, no-any-return]


def notice_of(case: object) -> LapseNotice:
    """The notice of a case that lapses as soon as it can."""
    return case.lapse(at=case.deadline.closes + TICK).messages[0]  # type: ignore[attr-defined, no-any-return]


@pytest.mark.rule("2.11")
def test_a_final_lapse() -> None:
    """What lapsed, when, under which rule, what to do; nothing is presumed where the token is held here."""
    subject, body = read(notice_of(linked("payer-tva", bank_accounts=[FRENCH_IBAN], **COMPANY).case))

    assert "Demande d'adhésion caduque pour Boulangerie Martin (SIREN 552 100 554)" == subject
    assert body == (
        """\
Bonjour,

Demande d'adhésion faite pour Boulangerie Martin (SIREN 552 100 554) :

- Messagerie
- Payer TVA

Le délai, qui courait jusqu'au mercredi 8 janvier 2025 à 10 h (règle 2.9), est passé. Règle 2.11 : un lien qui n'est \
pas utilisé à temps met fin à la demande, pour la « Messagerie » et pour tous ses autres services.

À faire :

- renouveler la demande d'adhésion

Référence : request-1
"""
    )


@pytest.mark.rule("3.4", "A3", "A15")
def test_a_presumed_lapse() -> None:
    """Presumed where the code is held elsewhere, with what would correct it; an unknown day of the letter is said."""
    subject, body = read(notice_of(requested(code=HELD_ELSEWHERE).case))

    assert "Demande d'adhésion présumée caduque pour l'entreprise (SIREN 552 100 554)" == subject
    assert "Le délai, qui courait jusqu'au vendredi 21 mars 2025 inclus (règle 3.1), est passé. Règle 3.4 : " in body
    assert (
        "Cette caducité est présumée, car seul le site fait foi : si le code a été saisi à temps, ou si le courrier"
        " porte un jour plus tardif, signalez-le, et la situation sera corrigée (règle A15).\n\n"
        "Le jour que porte le courrier (« édité le ») n'a pas été indiqué : l'échéance n'était qu'estimée. L'indiquer"
        " suffit à la fixer (règle A3).\n"
    ) in body


@pytest.mark.rule("1.11", "2.11", "F1")
@pytest.mark.parametrize(
    ("subject", "what", "case"),
    [
        ("Espace caduc", "reprendre toute la procédure, en", asked().case),
        ("Espace présumé caduc", "si le code a été saisi à temps, signalez-le", asked(code=HELD_ELSEWHERE).case),
        (
            "Demande d'adhésion présumée caduque",
            "si le lien a été utilisé à temps, signalez-le",
            linked(token=HELD_ELSEWHERE).case,
        ),
        ("Mandat présumé caduc", "car seule la banque connaît les prélèvements", registered()),
        ("Mandat présumé caduc", "- éditer un nouveau mandat pour le compte FR76 **** 0189", registered()),
    ],
)
def test_every_kind_of_lapse(subject: str, what: str, case: object) -> None:
    """Each has its own words, and what would correct it."""
    text = read(notice_of(case))

    assert text[0].startswith(f"{subject} pour ")
    assert what in text[1]


def test_a_rule_of_a_host_s_own() -> None:
    """A lapse under another rule has general words, and that rule."""
    notice = attrs.evolve(
        notice_of(requested(code=HELD_ELSEWHERE).case),
        rule=Rule("H1", "les dossiers se ferment"),
        services=(),
        action=None,
    )
    subject, body = read(notice)

    assert subject.startswith("Délai présumé passé pour ")
    assert "Règle H1 : les dossiers se ferment.\n" in body
    assert "Cette caducité est présumée : si ce qui était à faire l'a été à temps" in body
    assert "Dossier suivi pour l'entreprise (SIREN 552 100 554).\n" in body
    assert "À faire" not in body


def test_a_deadline_without_a_rule() -> None:
    """A time limit whose rule is not known is said without one."""
    email = asked().messages[0]
    email = attrs.evolve(email, deadline=attrs.evolve(email.deadline, rule=None))

    assert "Saisissez-le au plus tard le mercredi 8 janvier 2025 à 10 h. Passé ce délai" in read(email)[1]
    assert "Enter it by Wednesday 8 January 2025 at 10:00 in Paris. After that" in ENGLISH.message(email).body


# --- Codes and links --------------------------------------------------------------------------------------------------


@both
def test_a_code_is_in_the_body_and_nowhere_else(words: Wording) -> None:
    """Whole where it is read, once; never in the subject nor in the repr, and no stars in its place."""
    for message, secret in (
        (asked().messages[0], "SPACE4711"),
        (requested().messages[0], "LETTER0815"),
        (linked().messages[0], "link_token-42"),
    ):
        text = words.message(message, link=LINK)

        assert 1 == text.body.count(secret)
        assert secret not in text.subject + repr(text)
        assert "***" not in text.body + text.subject


def test_without_an_address_the_token_stands_alone() -> None:
    """A host that gives no address has the token on a line of its own."""
    assert "\n    link_token-42\n" in FRENCH.message(linked().messages[0]).body


def test_braces_of_an_address_stay() -> None:
    """Only the token's place is filled in."""
    body = FRENCH.message(linked().messages[0], link="https://x.example/{a}/{token}").body

    assert "\n    https://x.example/{a}/link_token-42\n" in body


@both
def test_an_address_without_a_place_for_the_token_is_refused(words: Wording) -> None:
    """A link that confirms nothing would be sent otherwise."""
    with pytest.raises(InvalidValueError) as refused:
        words.message(linked().messages[0], link="https://site.example/")

    assert ("link_address.malformed", {"expected": "{token}"}) == (refused.value.code, refused.value.facts)
    assert "{token}" in words.refusal(refused.value)


# --- A host's own -----------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True, weakref_slot=False)
class PinLetter(Message):
    """A letter of a host's own, with a code."""

    kind: ClassVar[str] = "pin-letter"

    organisation: Organisation
    code: ActivationCode
    token: LinkToken


PIN = PinLetter(
    case_id="pin-1", version=1, organisation=Siren("552100554"), code=ActivationCode("PIN42"), token=LinkToken("tok")
)


@both
def test_a_message_without_words(words: Wording) -> None:
    """What it is, whom it is about, its reference, and no code: nobody said where it goes."""
    text = words.message(PIN)

    assert "pin letter" == text.subject
    assert "552\N{NO-BREAK SPACE}100\N{NO-BREAK SPACE}554" in text.body
    assert "pin-1" in text.body
    assert "PIN42" not in text.body


@both
def test_a_bare_message(words: Wording) -> None:
    """A message that is about nobody is called by its kind."""

    @attrs.frozen(kw_only=True, weakref_slot=False)
    class Ping(Message):
        kind: ClassVar[str] = "ping"

    assert words.message(Ping(case_id="x", version=1)).body.startswith("ping\n\n")


@both
def test_the_words_of_a_message_of_a_host_s_own(words: Wording) -> None:
    """Its own fields, the company, and the code in the body; what it does not have is left out."""
    own = words.with_words(
        {
            "message.pin-letter.subject": "PIN for {company-in-words}{to-do}{nothing}",
            "message.pin-letter.body": "{code} {confirmation-link} {nothing}",
        }
    )
    text = own.message(PIN, link=LINK)

    assert "PIN42 https://site.example/valider?jeton=tok\n" == text.body
    assert text.subject.endswith("(SIREN\N{NO-BREAK SPACE}552\N{NO-BREAK SPACE}100\N{NO-BREAK SPACE}554)") or (
        text.subject.endswith("(SIREN 552\N{NO-BREAK SPACE}100\N{NO-BREAK SPACE}554)")
    )


@both
def test_the_words_of_a_part_of_a_message(words: Wording) -> None:
    """A host that words the subject alone, or the body alone, has the general words of the other."""
    subject = words.with_words({"message.pin-letter.subject": "PIN {code}"}).message(PIN)
    body = words.with_words({"message.pin-letter.body": "the code is {code}"}).message(PIN)

    assert ("PIN ***", words.message(PIN).body) == (subject.subject, subject.body)
    assert ("pin letter", "the code is PIN42\n") == (body.subject, body.body)


def test_an_action_of_a_host_s_own() -> None:
    """What a message advises names the services of the request, if it is about some."""

    @attrs.frozen(kw_only=True, weakref_slot=False)
    class Advice(Message):
        kind: ClassVar[str] = "advice"

        action: str

    notice = attrs.evolve(notice_of(linked().case), action="stamp_it")
    advice = Advice(case_id="n-1", version=1, action="call_the_bank")
    own = FRENCH.with_words({"action.stamp_it": "tamponner {services:service and}", "message.advice.body": "{to-do}"})

    assert "\n\n- tamponner «\N{NO-BREAK SPACE}Messagerie\N{NO-BREAK SPACE}»\n" in own.message(notice).body
    assert own.message(advice).body.endswith(":\n\n- call the bank\n")


def test_a_notice_of_a_host_s_own() -> None:
    """A kind of notice with steps of its own is said with them."""

    @attrs.frozen(kw_only=True, weakref_slot=False)
    class Nudge(Notice):
        kind: ClassVar[str] = "nudge"

        steps: tuple[NextStep, ...]

    step = NextStep(
        actor="tax_office", action="stamp_it", rule=Rule("H1", "x"), case_id="n-1", organisation=Siren("552100554")
    )
    nudge = Nudge(
        case_id="n-1",
        version=1,
        to=EmailAddress("a@example.fr"),
        organisation=Siren("552100554"),
        company_name=None,
        services=(),
        deadline=asked().case.deadline,
        steps=(step,),
    )
    own = FRENCH.with_words({"message.nudge.subject": "x", "message.nudge.body": "{to-do}"})

    assert (
        "À faire\N{NO-BREAK SPACE}:\n\n- tax office\N{NO-BREAK SPACE}: stamp it (règle H1)\n" == own.message(nudge).body
    )


# --- A message's own facts, and those that are derived ----------------------------------------------------------------

DERIVED = sorted(name for name in known_facts("message.own.body") if "-" in name)
LIKE_DERIVED = sorted(
    {part for name in DERIVED for part in (name.replace("-", "_"), *name.split("-"))} - {"in", "case"}
)
"""Names of fields like those of each derived fact, whole and in parts."""


def test_a_field_and_a_derived_fact_never_hide_one_another() -> None:
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
    def tax_office(self) -> None:
        """Withheld, whatever the form says."""

    def sign(self) -> str:
        """A verb of it."""
        return "signed"


FORM_LETTER = FormLetter(
    case_id="f-1", version=2, form=Form(Siren("552100554"), "Boulangerie Martin", "2024", ActivationCode("PIN42"))
)


@pytest.mark.parametrize(
    ("expected", "template"),
    [
        ("2024", "{tax_year}"),
        ("B", "{initials}"),
        ("Martin", "{company_name}"),
        ("Martin (SIREN 552 100 554)", "{company-in-words}"),
        ("f-1/2/form-letter", "{id}"),
        ("PIN42", "{pin}"),
        ("…", "{tax_office}"),
        ("nothing: .", "nothing: {sign}{_secret}{__class__}{nobody_has_it}."),
    ],
)
def test_a_template_names_attributes(expected: str, template: str) -> None:
    """Fields and properties of the message, then of its form; not its verbs, nor what is private."""
    own = FRENCH.with_words({"message.form-letter.body": template, "message.form-letter.subject": "{pin}{tax_year}"})

    assert (expected, "***2024") == (read(FORM_LETTER, own)[1].strip(), read(FORM_LETTER, own)[0])


def test_the_attributes_that_words_may_name() -> None:
    """Those of the kind of message, and those of its form, whether or not it must have one."""
    own = {"case_id", "version", "id", "kind", "form", "company_name", "tax_office"}

    assert own | {"organisation", "tax_year", "pin", "initials"} == set(attributes(FormLetter))
    assert {"case_id", "version", "id", "kind"} == set(attributes(Message))


def test_a_letter_reworded_names_what_it_has() -> None:
    """Any field of the shipped letter, and any derived fact, whether or not the shipped words name it."""
    own = FRENCH.with_words({"message.activation-code-letter.body": "{requester_name}, {estimate-mark}{version}"})

    assert "Camille Durand, 2\n" == read(requested().messages[0], own)[1]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("message.activation-code-letter.body", "tax_year"),
        ("message.activation-code-letter.subject", "due-dat"),
        ("message.form-letter.body", "due-dat"),
        ("message.todo", "due-date"),
        ("host.own", "due-date"),
    ],
)
def test_a_fact_that_no_message_has_is_refused(key: str, name: str) -> None:
    """When the words are given: a misspelt fact would be left out on the day of the letter."""
    with pytest.raises(InvalidValueError) as refused:
        FRENCH.with_words({key: f"{{{name}}}"})

    assert ("words.unknown_placeholder", key, name) == (
        refused.value.code,
        refused.value.facts["key"],
        refused.value.facts["value"],
    )


# --- Whatever the message ---------------------------------------------------------------------------------------------


@given(a.messages().filter(without_none))
def test_every_message_has_its_words(message: Message) -> None:
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
        assert message.case_id in made.body


def test_the_time_of_these_tests() -> None:
    """Their spaces and links run for 48 hours."""
    assert START + 48 * HOUR == asked().case.deadline.closes
    assert TOKEN.reveal() == "link_token-42"
    assert isinstance(asked().messages[0], ActivationCodeEmail)
    assert opened().has_lapsed is False
