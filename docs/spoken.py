"""Every word of a language with real values, for the pages that a person reads from top to bottom.

Each key of the table is said once at least, and in each of its forms: of one thing and of several. What is made of many
keys is said of real cases. They are held here and elsewhere, before and after the safe day, in time and told late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

import attrs

from teleprocedures import (
    EVENTS,
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    MESSAGES,
    ActivationCode,
    Adhesion,
    BankAccount,
    ContactDetails,
    CreditorIdentifier,
    Decision,
    EmailAddress,
    FileNumber,
    InvalidValueError,
    LinkToken,
    Mandate,
    MandateReference,
    Message,
    PersonName,
    Siren,
    Space,
    organisation,
    plan,
    withdraw,
)
from teleprocedures.cases import Case
from teleprocedures.testing import PlainHasher, adhesion_form, space_form
from teleprocedures.wording import Reader, Wording, digest, diligence
from teleprocedures.words import ERROR_CODES, placeholders

START: Final = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
DAY: Final = timedelta(days=1)
IBAN: Final = "FR76 3000 6000 0112 3456 7890 189"
COMPANIES: Final = (
    ("552100554", "Boulangerie Martin"),
    ("552008443", "Garage Lefèvre"),
    ("441672110", "Librairie Renard"),
    ("368403887", "Plomberie Morin"),
    ("542143045", "Cave Girard"),
    ("943244517", "Salon Colin"),
    ("995683232", "Imprimerie Dumas"),
    ("641840491", "Auto-école Caron"),
    ("848366944", "Épicerie Roussel"),
    ("672344017", "Brasserie Brun"),
    ("374887529", "Transports Rivière"),
    ("831637426", "Menuiserie Faure"),
)
"""Whom the messages of a night are about, each of its own."""
OTHER_IBAN: Final = "DE89 3704 0044 0532 0130 00"
ACCOUNT: Final = "FR76 **** 0189"
LINK: Final = "https://site.example/valider/{token}"


@attrs.frozen
class Each:
    """A fact in several forms, each of which is said."""

    forms: tuple[object, ...]


def each(*forms: object) -> Each:
    """These forms of a fact."""
    return Each(forms)


def _company(words: Wording) -> str:
    return words.organisation("552100554", "Boulangerie Martin")


def _about_a_step(words: Wording) -> str:
    return words.sentence("step.about_services", company=_company(words), services=("payer-tva",))


def _cited(words: Wording) -> str:
    return words.sentence("step.rule", rule="3.1")


DATED: Final = ("", ".by", ".estimated", ".unsafe")
UNDATED: Final = (".unseen", ".overdue", ".planned", ".assumed")
"""In what forms a step is said, by the ends of keys."""
ANOTHER: Final[Mapping[str, object]] = {
    "action": lambda words: words.sentence("reader.firm.pass_code_on"),
    "actor": lambda words: words.sentence("reader.firm.company"),
}
"""What somebody else has to do than who reads it."""
SERVICES: Final = each(("payer-tva",), ("messagerie", "payer-cfe"))
BY_NAME: Final[Mapping[str, object]] = {
    "about": lambda words: words.sentence("digest.about_services", company=_company(words), services=("payer-tva",)),
    "accepts": "2024-04-03",
    "account": each(ACCOUNT, None),
    "action": lambda words: words.action("enter_letter_code"),
    "actions": each(("…",), ("…", "…")),
    "actor": lambda words: words.sentence("reader.firm.user"),
    "allowed": each(("sign",), ("name_representative", "sign")),
    "at": START + DAY / 3,
    "answer": "…",
    "asked": "…",
    "bits": 40,
    "block_size": 8,
    "by": each(datetime(2024, 4, 29, 21, 59, 59, 999999, tzinfo=UTC), datetime(2024, 8, 1, 22, tzinfo=UTC)),
    "case": "mandate",
    "cited": _cited,
    "case_id": "'adhesion-15fc'",
    "closes": each(START, datetime(2024, 4, 30, 21, 59, 59, 999999, tzinfo=UTC), datetime(2024, 8, 1, 22, tzinfo=UTC)),
    "company": _company,
    "cost": 3,
    "count": each(1, 2),
    "country": "US",
    "differs": each((".deadline",), (".deadline", ".edited")),
    "day": date(2024, 6, 1),
    "doubt": lambda words: words.sentence("doubt.code"),
    "due": each(START, datetime(2024, 4, 29, 21, 59, 59, 999999, tzinfo=UTC)),
    "email": "camille@cabinet-durand.fr",
    "event": "'space-activated'",
    "example": "2024-03-01T09:30:00+00:00",
    "expected": each(("2024-04-03",), ("2024-04-03", "2025-01-01")),
    "expected_version": 3,
    "facts": each(("…",), ("…", "…")),
    "first": "2024-03-01",
    "follows": each("the_request", "the_letter", "space.active", "mandate.signed"),
    "form": each("SpaceForm", "AdhesionForm"),
    "found": "…",
    "given": each(("…",), ("…", "…")),
    "holder": each("mandate-7c2a", None),
    "key": "message.own.body",
    "kind": "Siren",
    "lanes": each(1, 2),
    "last": START,
    "least": 80,
    "length": 1_200,
    "limit": "3.1",
    "lines": ("…", "…"),
    "looked_at": 120,
    "mandate": "NN552100554DGFIP2024000000000000017",
    "mandates": each(("RUM-1",), ("RUM-1", "RUM-2")),
    "mark": "",
    "memory": 65_536,
    "messages": each(("LapseNotice",), ("LapseNotice", "ReminderEmail")),
    "most": 100,
    "most_lanes": 16,
    "name": "at",
    "near": "2024-03-01",
    "number": "552 100 554",
    "organisation": "552100554",
    "otherwise": "",
    "parallelism": 1,
    "parts": "…",
    "passes": each(1, 2),
    "path": "$.origin.at",
    "place": 2,
    "pressing": each(1, 2),
    "problem": "…",
    "problems": each(("…",), ("…", "…")),
    "question": "…",
    "reason": "client_left",
    "record": "Space",
    "refusal": "…",
    "refuses": "2025-01-01",
    "relying": each(("mandate-sent",), ("mandate-sent", "mandate-registered")),
    "request": "'adhesion-15fc'",
    "requester": "Camille Durand (camille@cabinet-durand.fr)",
    "row": 3,
    "rule": "3.1",
    "rulebook": "'2024-04-03'",
    "rules": each(("3.1",), ("3.4", "A15")),
    "schema": 2,
    "scheme": "B2B",
    "sent": START + DAY / 2,
    "service": "payer-tva",
    "services": SERVICES,
    "signatory": each("third_party", "Élise Aubert"),
    "since": datetime(2024, 4, 14, 21, 59, 59, 999999, tzinfo=UTC),
    "siren": "552100554",
    "space": "'space-1'",
    "state": "issued",
    "status": "…",
    "step": "…",
    "steps": ("…", "…"),
    "subject": "…",
    "title": "…",
    "to": "camille@cabinet-durand.fr",
    "told": START + 3 * DAY,
    "trigger": "send",
    "type": "int",
    "value": "'x'",
    "version": 2,
    "versions": each((4,), (4, 5)),
    "what": "…",
    "verb": "…",
}
"""What stands for a fact by its name, wherever nothing else is said of it; a function says it in a language."""

OWN: Final[Mapping[str, Mapping[str, object]]] = {
    "service.unknown": {"expected": ("payer-tva", "payer-cfe"), "value": "'payer-tav'"},
    "service.not_in_catalogue": {"expected": ("payer-tva", "payer-cfe"), "value": "'payer-tav'"},
    "rulebook.none_in_force": {"expected": each(("2024-04-03",), ("2024-04-03", "2025-01-01"))},
    "rulebook.taken_limits": {"value": each(("link_use",), ("link_use", "mandate_use"))},
    "argument.wrong_type": {
        "value": "dict",
        "what": each("space", "form", "state", "case", "event"),
        "expected": "Space",
    },
    "event.cannot_follow": {"case": "space", "state": "active"},
    "event.wrong_case": {
        "at": "2024-03-01T09:30:00+00:00",
        "last": "2024-03-02T09:30:00+00:00",
        "expected": "'space-2'",
    },
    "history.withdrawal": {"value": each((1,), (1, 3))},
    "case.contradiction": {"path": ".state", "expected": "opening_version"},
    "codec.contradiction": {"expected": "opening_version"},
    "letter.not_allowed": {"value": "2024-03-09", "last": "2024-03-08"},
    "day.not_allowed": {"last": "2024-03-08", "value": "2024-03-09", "name": "seen"},
    "version.unknown": {"last": 5},
    "reason.unknown": {"expected": ("client_left", "company_gone")},
    "taken_over.held_and_awaited": {"value": "2024-03-09"},
    "renews.other_company": {"expected": "552008443", "value": "552100554"},
    "payment.companies": {"value": ("552008443", "552100554")},
    "plan.not_a_payment": {"value": each(("messagerie",), ("messagerie", "consulter-avis-tf"))},
    "plan.lead_times_not_allowed": {"value": 60},
    "transition.ended": {"case": "space", "state": each("active", "lapsed"), "trigger": "activate"},
    "transition.not_allowed": {"case": "mandate", "state": "issued"},
    "reminder.not_due": {"expected": START + DAY},
    "space.not_active": {"company": "732829320", "state": each("pending", "lapsed")},
    "space.wrong": {"company": "552100554"},
    "forget.not_over": {"company": "552100554"},
    **{
        f"withdrawal.{code}": {"event": event, "day": "2024-03-01"}
        for code, event in {
            "opening": "space-requested",
            "clock": "activation-reminded",
            "withdrawal": "fact-withdrawn",
            "repeated": "letter-recorded",
            "relied_on": "mandate-signed",
        }.items()
    },
    "payment.mandate_lapsed": {"idle_since": date(2021, 4, 30)},
    "signatory.not_allowed": {"expected": each("representative", "Marie Le Goff")},
    "payment.not_a_payment": {"expected": "payer-tva", "service": "messagerie"},
    "mandate.account_unknown": {"account": "DE89 **** 3000", "expected": each((), (ACCOUNT,))},
    "payment.account_unknown": {"account": "DE89 **** 3000", "expected": each((), (ACCOUNT,))},
    "payment.mandate_later": {"since": START},
    "payment.mandate_on_its_way": {"state": each("issued", "signed", "sent")},
    "applicant.unknown": {"expected": ("representative", "third_party")},
    "field.unknown": {"expected": ("email", "password", "first_name")},
    "creditor_identifier.length": {"expected": ("35",)},
    "deadline.not_utc": {"value": "2024-03-01T10:30:00+01:00", "expected": "2024-03-01T09:30:00+00:00"},
    "deadline.out_of_order": {"expected": "2024-03-01T09:30:00+00:00", "value": "2024-03-02T09:30:00+00:00"},
    "words.unknown_placeholder": {"expected": ("email", "name"), "value": "address"},
    "link_address.malformed": {"expected": "{token}"},
    "note.signatory": {"value": "Élise Aubert"},
    "note.text": {"value": "fusion"},
    "note.reference": {"value": "RUM-1"},
    **{f"note.{name}": {"value": date(2024, 2, 26)} for name in ("since", "letter", "registered", "collected")},
    "note.requested": {"value": date(2024, 2, 26)},
    **{f"errand{dated}": ANOTHER for dated in DATED},
    **{f"reminder.for_another{dated}": ANOTHER for dated in DATED if dated},
    **{f"step{dated}": {"about": _about_a_step} for dated in (*DATED, *UNDATED)},
    "check.submit_space_again": {"action": lambda words: words.action("submit_space_again")},
    "check.renew_adhesion.2.11": {"action": lambda words: words.action("renew_adhesion")},
    "check.renew_adhesion.3.4": {"action": lambda words: words.action("renew_adhesion")},
    "check.issue_mandate_again": {"action": lambda words: words.action("issue_mandate_again")},
    "digest.lapse": {
        "action": lambda words: words.action("renew_adhesion"),
        "what": lambda words: words.sentence("lapsed.adhesion"),
    },
    "digest.lapse_only": {"what": lambda words: words.sentence("lapsed.adhesion")},
    "lapsed.renewed": {"what": lambda words: words.sentence("lapsed.adhesion")},
    "withdrawn.fact": {"event": "letter-recorded", "day": date(2024, 3, 9)},
    "note.limit": {"value": date(2027, 4, 29)},
    "diligence.event": {"event": "…"},
    "about.adhesion": {"services": each(("Payer TVA",), ("Messagerie", "Payer CFE"))},
    "reconcile.space_missing": {"value": ("espace-1", "espace-2")},
    "codec.other_record": {"value": "space", "expected": each("case", "event", "message")},
    **{
        f"finding.{found}": {"services": SERVICES}
        for found in (
            "taken_over",
            "activated",
            "not_lapsed",
            "no_longer_shown",
            "not_a_client",
            "closed",
            "unexplained",
        )
    },
    "same.letter.not_allowed": {"value": "2024-03-09"},
    "number.file_number": {"number": "TF2024A17"},
    "actor.named": {"actor": lambda words: words.actor("legal_representative"), "name": "Élise Aubert"},
    "company.own": {"number": "SIREN 732 829 320"},
    "step.about_space": {"number": "SIREN 732 829 320"},
    "company.named": {"name": "Boulangerie Martin", "number": "SIREN 552 100 554"},
    "company.unnamed": {
        "number": each("SIREN 552 100 554", lambda words: words.sentence("number.file_number", number="TF2024A17"))
    },
    "requester.named": {"name": "Camille Durand"},
    "siren.length": {"length": each(1, 8)},
    "activation_code.malformed": {"length": each(1, 70)},
    "link_token.malformed": {"length": each(1, 70)},
    "status.closed": {"day": "samedi 1er juin 2024"},
    "case.closed": {"reason": each("client_left", "other")},
    "conflict.version": {"expected": 2, "found": 3},
    "opened.conflict.version": {"expected": 0, "found": 3},
    "deadline.passed": {
        "at": each(START + 3 * DAY, datetime(2024, 5, 2, 7, tzinfo=UTC), datetime(2024, 8, 2, 7, tzinfo=UTC)),
        "limit": each("1.9", "3.1", "2.9"),
        "closes": each(
            START + 2 * DAY, datetime(2024, 4, 30, 21, 59, 59, 999999, tzinfo=UTC), datetime(2024, 8, 1, 22, tzinfo=UTC)
        ),
    },
    "deadline.not_reached": {"at": START - DAY},
    "order.future": {"at": START + 4 * DAY},
    "order.before_fact": {"at": START - DAY},
    "order.before_telling": {"at": START - DAY},
    "company_email.missing": {"services": each(("messagerie",))},
    "services.not_allowed": {"services": SERVICES},
    "bank_accounts.missing": {"services": each(("payer-tva",), ("payer-tva", "payer-cfe"))},
    "account.not_allowed": {"services": each(("messagerie",), ("messagerie", "consulter-avis-tf"))},
    "mandate.not_needed": {"services": each(("payer-cfe",), ("payer-cfe", "payer-tf"))},
    "activation_code.too_weak": {"bits": 20, "least": 40},
    "link_token.too_weak": {"bits": 20, "least": 40},
    "forget.key_too_short": {"least": 16},
    "rulebook.no_fingerprint": {"expected": len(EXPERT_2024_04_03.fingerprint), "value": "'abc'"},
    "plan.not_open": {"value": each(("payer-tva",), ("payer-tva", "payer-cfe"))},
    "count.not_allowed": {"value": "'deux'", "least": 1, "most": 36_500},
    "reminder.malformed": {"value": "'deux'"},
    "codec.wrong_type": {"type": "int", "expected": "str"},
    "codec.version": {"version": 0},
    "codec.out_of_bounds": {"expected": "`int` >= 1"},
    "sweep.no_case": {"type": "str"},
    "line.wrong_type": {"type": "str"},
    "digest.subject_pressing": {"count": each(2, 3)},
}
"""What stands for a fact in the words of one key."""


def _contact(field: str) -> Callable[[str], object]:
    """Contact details of which one field is what somebody typed."""
    known = {"phone": "01 23 45 67 89", "street": "3 rue du Four", "postal_code": "75006", "city": "Paris"}
    return lambda typed: ContactDetails(**{**known, field: typed})


TYPED: Final[Mapping[str, tuple[Callable[[str], object], str]]] = {
    "siren.malformed": (Siren, "552 100 55A"),
    "siren.mistyped": (Siren, "552 1OO 554"),
    "siren.siret": (Siren, "552 100 554 00013"),
    "siren.vat_number": (Siren, "FR 59 552 100 554"),
    "siren.monaco": (Siren, "FR 00 000 045 678"),
    "siren.length": (Siren, "552 100 55"),
    "siren.zeros": (Siren, "000 000 000"),
    "siren.check_digit": (Siren, "552 100 555"),
    "file_number.malformed": (FileNumber, "TF-2024"),
    "organisation.account": (organisation, "FR76 3000 6000 0112 3456 7890 189"),
    "email.no_at_sign": (EmailAddress, "jeanne.martin"),
    "email.at_signs": (EmailAddress, "jeanne@martin@example.fr"),
    "email.no_local_part": (EmailAddress, "@example.fr"),
    "email.no_domain": (EmailAddress, "jeanne@"),
    "email.local_part": (EmailAddress, "jeanne..martin@example.fr"),
    "email.domain": (EmailAddress, "jeanne@exa_mple.fr"),
    "email.no_period": (EmailAddress, "jeanne@example"),
    "email.reserved": (EmailAddress, "jeanne@cabinet.test"),
    "name.no_letter": (PersonName, "123"),
    "phone.malformed": (_contact("phone"), "à rappeler"),
    "phone.unknown": (_contact("phone"), "00 23 45 67 89"),
    "phone.extension": (_contact("phone"), "01 23 45 67 89 ext. 3"),
    "postal_code.malformed": (_contact("postal_code"), "7501"),
    "country.unknown": (_contact("country"), "ZZ"),
    "iban.malformed": (BankAccount, "FR76 3000"),
    "iban.not_sepa": (BankAccount, "AE07 0331 2345 6789 0123 456"),
    "iban.length": (BankAccount, "FR76 3000 6000 0112 3456 7890 18"),
    "iban.structure": (BankAccount, "FR76 3000 6000 0112 3456 7890 18A"),
    "iban.check_digits": (BankAccount, "FR77 3000 6000 0112 3456 7890 189"),
    "iban.national_check_digits": (BankAccount, "FR0630006000011234567890188"),
    "bic.malformed": (partial(BankAccount, IBAN), "AGRIFR"),
    "creditor_identifier.malformed": (CreditorIdentifier, "FR7"),
    "creditor_identifier.not_sepa": (CreditorIdentifier, "AE72ZZZ123456"),
    "creditor_identifier.length": (CreditorIdentifier, "FR72ZZZ12345"),
    "creditor_identifier.check_digits": (CreditorIdentifier, "FR72ZZZ123457"),
    "mandate_reference.malformed": (MandateReference, "RUM_1"),
    "mandate_reference.slash": (MandateReference, "/RUM"),
}
"""What somebody typed, by the code of what is wrong with it: the facts are those of the very error."""


def _wrong(key: str) -> Mapping[str, object]:
    """The facts of what somebody typed under this code, if anybody did."""
    if key not in TYPED:
        return {}
    make, text = TYPED[key]
    try:
        make(text)
    except InvalidValueError as error:
        if error.code == key:
            return error.facts
    raise AssertionError(key)


def facts_of(key: str, words: Wording) -> Iterator[dict[str, object]]:
    """The facts of each form in which this key is said."""
    own = {**OWN.get(key, {}), **_wrong(key)}
    given = {name: own[name] if name in own else BY_NAME[name] for name in placeholders(words.words[key])}
    forms = max((len(it.forms) for it in given.values() if isinstance(it, Each)), default=1)
    for form in range(forms):
        of_it = {name: it.forms[form % len(it.forms)] if isinstance(it, Each) else it for name, it in given.items()}
        yield {name: it(words) if callable(it) else it for name, it in of_it.items()}


# --- Real cases -------------------------------------------------------------------------------------------------------


def _asks(space: Space, *services: str, here: bool, id: str = "demande-1", **changes: Any) -> Decision[Adhesion]:
    form = adhesion_form(services=services, **{"company_name": "Boulangerie Martin", **changes})
    token, code = (LinkToken("jeton-42"), ActivationCode("COURRIER")) if here else (HELD_ELSEWHERE, HELD_ELSEWHERE)
    return Adhesion.request(space, form, id=id, token=token, code=code, at=START)


def _spaces(here: bool) -> Decision[Space]:  # noqa: FBT001 - here or elsewhere is all that differs
    form, hasher = space_form(), PlainHasher()
    code = ActivationCode("ESPACE") if here else HELD_ELSEWHERE
    hashes = {"password_hash": hasher.hash(form.password), "answer_hash": hasher.hash(form.security_answer)}
    return Space.create(form, id=f"espace-{'ici' if here else 'ailleurs'}", at=START, code=code, **hashes)


def decisions() -> list[Decision[Any]]:
    """What happens to spaces, requests and mandates, here and elsewhere: every kind of event and of message."""
    made: list[Decision[Any]] = []

    def do(decision: Decision[Any]) -> Any:
        made.append(decision)
        return decision.case

    def lapsed(case: Case) -> Any:
        while not case.has_lapsed:
            assert case.due_at is not None
            case = do(case.tick(at=case.due_at))
        return case

    for here in (True, False):
        asked = do(_spaces(here))
        over = lapsed(asked)
        if not here:
            do(over.activate(HELD_ELSEWHERE, at=START + DAY / 24, recorded_at=over.recorded_at + DAY))
        code = ActivationCode("ESPACE") if here else HELD_ELSEWHERE
        space = do(asked.activate(code, at=START))
        third = {"applicant": "third_party", "company_email": "contact@boulangerie-martin.fr", "bank_accounts": [IBAN]}
        linked = do(_asks(space, "messagerie", "payer-tva", here=here, **third))
        lapsed(linked)
        letter = do(
            linked.confirm_company_email(
                LinkToken("jeton-42") if here else HELD_ELSEWHERE,
                code=ActivationCode("COURRIER") if here else HELD_ELSEWHERE,
                at=START + DAY,
                recorded_at=START + (1 if here else 3) * DAY,
            )
        )
        lapsed(letter)
    # Of what is held elsewhere, the day of the letter; then the code, told by the day.
    seen = do(letter.record_letter(date(2024, 3, 9), at=START + 20 * DAY))
    held = do(seen.activate(HELD_ELSEWHERE, space=space, at=date(2024, 3, 25), recorded_at=START + 26 * DAY))
    do(lapsed(letter).record_letter(date(2024, 3, 9), at=START + 100 * DAY))
    paying = _asks(space, "payer-cfe", here=False, id="demande-4", bank_accounts=[IBAN])
    account = paying.case.declare_account(OTHER_IBAN, at=START + DAY)
    do(account)
    events = (*paying.events, *account.events)
    do(withdraw(events, account.case.version, reason="compte d'un autre client", at=START + 2 * DAY))
    newer = attrs.evolve(held.rulebook, version="2025-01-01")
    do(held.change_rulebook(newer, at=START + 39 * DAY))
    do(do(held.close("client_left", at=date(2024, 4, 2), recorded_at=START + 40 * DAY)).reopen(at=START + 41 * DAY))
    do(held.close("other", text="fusion", at=START + 42 * DAY))
    do(_asks(space, "payer-cfe", here=False, id="demande-2", bank_accounts=[IBAN]))
    do(_asks(space, "consulter-avis-tf", here=True, id="demande-3"))
    do(lapsed(linked).renew(space, id="demande-99", at=START + 10 * DAY))
    for fact in ("letter", "code"):
        waiting = _asks(space, "messagerie", here=False, company_email="contact@boulangerie-martin.fr").case
        if fact == "letter":
            do(waiting.record_letter(date(2024, 3, 4), at=START + 9 * DAY))
        else:
            do(waiting.activate(HELD_ELSEWHERE, space=space, at=START + 9 * DAY))
    _of_mandates(do, lapsed, held)
    _taken_over(do)
    return made


def _of_mandates(do: Callable[[Decision[Any]], Any], lapsed: Callable[[Case], Any], held: Adhesion) -> None:
    """What happens to mandates of a request, signed by name or by role, and idle too long."""
    for name in ("Élise Aubert", None):
        printed = do(Mandate.issue(held, IBAN, id="mandat-1", reference="RUM-1", at=START + 30 * DAY))
        if name is None:
            signed = do(printed.sign("representative", at=START + 31 * DAY))
        else:
            named = do(printed.name_representative(name, at=START + 30 * DAY))
            signed = do(named.sign(name, at=START + 31 * DAY))
    registered = do(do(signed.send(at=START + 32 * DAY)).register(at=date(2024, 4, 8), recorded_at=START + 40 * DAY))
    idle = lapsed(do(registered.record_collection(at=START + 60 * DAY)))
    do(idle.record_collection(at=START + 50 * DAY, recorded_at=START + 1_300 * DAY))


def _taken_over(do: Callable[[Decision[Any]], Any]) -> None:
    """What was there before anybody began to follow it (A19)."""
    known = {"seen": date(2024, 2, 27), "source": "liste du site", "at": START}
    taken = do(
        Space.take_over(
            id="espace-repris",
            email="camille@cabinet-durand.fr",
            first_name="Camille",
            last_name="Durand",
            organisation="732829320",
            **known,
        )
    )
    company = {"organisation": "552100554", **known}
    do(Adhesion.take_over(taken, services=["payer-tva"], id="reprise-1", **company))
    do(Adhesion.take_over(taken, services=["payer-tva", "payer-cfe"], id="reprise-2", **company))
    do(Adhesion.take_over(taken, services=["payer-tva"], id="reprise-3", letter=date(2024, 2, 26), **company))
    do(Mandate.take_over(taken, account=IBAN, id="reprise-4", **company))


# --- The page ---------------------------------------------------------------------------------------------------------


def page(words: Wording) -> str:
    """All that a language says, in parts, each a block of text."""
    made = decisions()
    parts = {
        "Errors": errors(words),
        "Words": others(words),
        "Steps": steps(words),
        "History": history(words, made),
        "Messages": messages(words, made),
        "One e-mail a night": nights(words, made),
        "File of diligence": file_of_diligence(words),
        "Mandate": [words.mandate(_mandate().document())],
    }
    return "\n".join(f"## {title}\n\n```text\n{_block(lines)}\n```\n" for title, lines in parts.items())


def _block(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for text in lines for line in text.split("\n"))


def _entry(key: str, texts: Iterable[str]) -> Iterator[str]:
    """A key, and what it says in each form."""
    yield key
    for text in dict.fromkeys(texts):
        yield "\n".join(f"    {line}" for line in text.split("\n"))


def errors(words: Wording) -> Iterator[str]:
    """What each error says by its code."""
    for code in (key for key in words.words if key in ERROR_CODES):
        made = (InvalidValueError(code, **facts) for facts in facts_of(code, words))
        yield from _entry(code, map(words.refusal, made))


def others(words: Wording) -> Iterator[str]:
    """What each other key says; facts and messages, which are of real cases, come after."""
    limits = EXPERT_2024_04_03
    for key in words.words:
        if key.startswith("rule.") and key not in ERROR_CODES:
            yield from _entry(key, [words.rule(limits.rule(key.removeprefix("rule.")))])
        elif key not in ERROR_CODES and not key.startswith("fact.") and not _of_a_message(key):
            yield from _entry(key, (words.sentence(key, **facts) for facts in facts_of(key, words)))


def _of_a_message(key: str) -> bool:
    return any(key in (f"message.{kind}.subject", f"message.{kind}.body") for kind in MESSAGES)


def steps(words: Wording) -> Iterator[str]:
    """Steps as each reader has them: before and after the safe day, overdue, undated, planned."""
    space = _spaces(here=False).case.activate(HELD_ELSEWHERE, at=START).case
    accounts = {"bank_accounts": [IBAN], "legal_representative": "Élise Aubert"}
    unseen = _asks(space, "payer-tva", "payer-cfe", here=False, applicant="third_party", **accounts).case
    his_own = _asks(space, "payer-tva", "payer-cfe", here=False, applicant="representative", **accounts).case
    closes = unseen.deadline
    assert closes is not None
    mandate = _mandate()
    for case, at in (
        (space, START),
        (unseen, START),
        (unseen, START + 20 * DAY),
        (unseen, closes.closes),
        (unseen, closes.lapses_at),
        (his_own, START),
        (mandate, START),
    ):
        for step in case.next_steps(at=at):
            yield words.step(step)
    for reader in Reader:
        yield ""
        for step in (*unseen.next_steps(at=START), *his_own.next_steps(at=START), *mandate.next_steps(at=START)):
            yield words.step(step, reader=reader, name="Boulangerie Martin")
    yield ""
    yield from map(words.step, plan(["payer-tva"], pay_by=date(2024, 6, 19)).steps)


def history(words: Wording, made: list[Decision[Any]]) -> Iterator[str]:
    """Each kind of event, in each form that the cases have."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    declared = next(event for decision in made for event in decision.events if event.kind == "account-declared")
    for decision in made:
        limit = decision.case.time_limit
        for event in decision.events:
            found[event.kind].append(words.event(event))
            if event.kind in ("fact-withdrawn", "mandate-reminded"):
                found[event.kind].append(words.event(event, deadline=limit, withdrawn=declared))
            if limit is not None and limit.estimated:
                found[f"{event.kind}.unseen"].append(words.event(event, deadline=limit))
    for key in (f"{kind}{form}" for kind in EVENTS for form in ("", ".unseen") if f"fact.{kind}{form}" in words.words):
        yield from _entry(f"fact.{key}", found[key])


def messages(words: Wording, made: Iterable[Decision[Any]]) -> Iterator[str]:
    """Each kind of message, in each form that the cases have."""
    found: defaultdict[str, list[Message]] = defaultdict(list)
    for decision in made:
        for message in decision.messages:
            found[message.kind].append(message)
    for kind in (kind for kind in MESSAGES if f"message.{kind}.subject" in words.words):
        texts = [words.message(message, link=LINK) for message in found[kind]]
        for place, text in enumerate(dict.fromkeys(texts)):
            if place == 0:
                yield f"message.{kind}.subject\nmessage.{kind}.body"
            yield "\n".join(f"    {line}" for line in (text.subject, "", *text.body.split("\n")))


def nights(words: Wording, made: Iterable[Decision[Any]]) -> Iterator[str]:
    """Two nights as one e-mail each, of as many companies as there are cases, then lapses that were renewed already."""
    sent = [message for decision in made for message in decision.messages]
    reminders = [message for message in sent if message.kind == "reminder-email"]
    lapses = [message for message in sent if message.kind == "lapse-notice"]
    renewals = [decision.case for decision in made if isinstance(decision.case, Adhesion)]
    of_companies = [message for message in (*reminders[:7], *lapses) if message.company_name is not None]
    several = (*_of_companies(of_companies[:8]), reminders[0])
    for some, cases in ((several, ()), ((lapses[0], *_of_companies(lapses[-4:])), ()), (lapses[1:2], renewals)):
        for one in digest(some, cases=cases, words=words):
            yield f"{one.subject}\n\n{one.body}"


def _of_companies(messages: Iterable[Message]) -> list[Message]:
    """The same messages, each of a case and of a company of its own."""
    return [
        attrs.evolve(message, case_id=siren, organisation=Siren(siren), company_name=name)
        for message, (siren, name) in zip(messages, COMPANIES, strict=False)
    ]


def file_of_diligence(words: Wording) -> Iterator[str]:
    """The file of one company, of all that is known and as known on a day."""
    space = _spaces(here=False).case.activate(HELD_ELSEWHERE, at=START).case
    third = {"applicant": "third_party", "company_email": "contact@boulangerie-martin.fr", "bank_accounts": [IBAN]}
    made: list[Decision[Any]] = [_asks(space, "messagerie", "payer-tva", here=False, **third)]
    made.append(made[-1].case.remind(at=START + DAY))
    made.append(
        made[-1].case.confirm_company_email(
            HELD_ELSEWHERE, code=HELD_ELSEWHERE, at=START + DAY, recorded_at=START + 3 * DAY
        )
    )
    made.append(made[-1].case.lapse(at=made[-1].case.deadline.lapses_at))
    events = [event for decision in made for event in decision.events]
    sent = [message for decision in made for message in decision.messages]
    left = {sent[0].id: START + DAY * 1.1}
    for on, instants in ((None, left), (date(2024, 3, 3), None), (date(2024, 2, 29), None)):
        yield diligence(events, sent, of="552100554", on=on, sent=instants, words=words).text


def _mandate() -> Mandate:
    space = _spaces(here=False).case.activate(HELD_ELSEWHERE, at=START).case
    request = _asks(space, "payer-tva", here=False, bank_accounts=[IBAN]).case
    return Mandate.issue(request, IBAN, id="mandat-9", reference="RUM-9", at=START).case
