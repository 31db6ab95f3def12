"""The rules' table: for each rule, what provokes its refusal, or what it does instead. Then every refusal by its code.

Refusals are provoked with the fakes of `teleprocedures.testing`, so that the documentation shows what they really say.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationCodeEmail,
    ActivationCodeLetter,
    Adhesion,
    Case,
    ConfirmationLinkEmail,
    Hours,
    InvalidFormError,
    Mandate,
    Portal,
    RefusedError,
    Space,
    TeleproceduresError,
    catalogue,
    check_payment,
    next_steps,
    withdraw,
)
from teleprocedures.testing import (
    ManualClock,
    PlainHasher,
    RecordingNotifier,
    ScriptedCodes,
    adhesion_form,
    space_form,
)

PARIS: Final = ZoneInfo("Europe/Paris")
START: Final = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
IBAN: Final = "FR76 3000 6000 0112 3456 7890 189"
COMPANY_EMAIL: Final = "contact@boulangerie-martin.fr"


@attrs.frozen
class Scene:
    """A portal at a known instant, with the fakes that a host would test with."""

    clock: ManualClock = attrs.field(factory=lambda: ManualClock(START))
    post: RecordingNotifier = attrs.field(factory=RecordingNotifier)
    codes: ScriptedCodes = attrs.field(factory=ScriptedCodes)

    @property
    def portal(self) -> Portal:
        """The portal."""
        return Portal(clock=self.clock, codes=self.codes, notifier=self.post, hasher=PlainHasher())

    def pending(self) -> Space:
        """A space that waits for its code."""
        return self.portal.create_space(space_form())

    def space(self) -> Space:
        """An active space."""
        return self.portal.activate_space(self.pending(), self.post.last(ActivationCodeEmail).code)

    def request(self, *services: str, **fields: object) -> Adhesion:
        """A request: with Messaging it waits for its link, else for the code of its letter."""
        if "messagerie" in services:
            fields["company_email"] = COMPANY_EMAIL
        if any(catalogue.CATALOGUE[service].pays for service in services):
            fields["bank_accounts"] = [IBAN]
        form = adhesion_form(services=services or ["consulter-avis-tf"], **fields)
        return self.portal.request_adhesion(self.space(), form)

    def activated(self, *services: str) -> Adhesion:
        """A request whose services are held."""
        adhesion = self.request(*services)
        return adhesion.activate(self.letter.code, space=self.space_of(adhesion), at=self.clock.now()).case

    def space_of(self, adhesion: Adhesion) -> Space:
        """An active space with the id of the one that asked."""
        return elsewhere(adhesion.space_id).activate(HELD_ELSEWHERE, at=START).case

    def mandate(self, *verbs: str) -> Mandate:
        """A mandate for a request of VAT payments, after these verbs."""
        mandate = self.portal.issue_mandate(self.request("payer-tva"), IBAN)
        for verb in verbs:
            given = ("representative",) if verb == "sign" else ()
            mandate = getattr(mandate, verb)(*given, at=START).case
        return mandate

    @property
    def letter(self) -> ActivationCodeLetter:
        """The last letter posted."""
        return self.post.last(ActivationCodeLetter)

    def after(self, case: Case) -> None:
        """Move the clock to the first instant that is too late for a case."""
        assert case.deadline is not None
        self.clock.set(case.deadline.lapses_at)


def elsewhere(id: str) -> Space:
    """A pending space whose code the real portal holds."""
    return Space.create(space_form(), id=id, password_hash="-", answer_hash="-", at=START).case


Provocation = Callable[[Scene], object]


@attrs.frozen
class Row:
    """One line of the table: a rule, and what shows it.

    `shows` is a text for a rule that refuses nothing, or a function that provokes the refusal or else returns such a
    text.
    """

    rule: str
    shows: Provocation | str


# --- What provokes each refusal, in the order of the rules ---------------------------------------------------------


def _held_after_three_steps(scene: Scene) -> object:
    waiting, held = scene.request("payer-cfe"), scene.activated("payer-cfe")
    answers = waiting.holds("payer-cfe"), held.holds("payer-cfe")
    assert answers == (False, True)
    return "`holds` answers no until the code of step 3 was entered, yes from then on"


def _wrong_space_code(scene: Scene) -> object:
    return scene.portal.activate_space(scene.pending(), "WRONG")


def _space_lapses_too_early(scene: Scene) -> object:
    space = scene.pending()
    return space.lapse(at=space.deadline.closes)


def _space_code_too_late(scene: Scene) -> object:
    space = scene.pending()
    scene.after(space)
    return scene.portal.activate_space(space, scene.post.last(ActivationCodeEmail).code)


def _lapsed_space(scene: Scene) -> object:
    space = scene.pending()
    scene.after(space)
    return scene.portal.activate_space(scene.portal.lapse(space), "CODE0001")


def _sign_in_with_another_password(scene: Scene) -> object:
    return scene.portal.sign_in(scene.space(), "another password")


def _request_from_a_pending_space(scene: Scene) -> object:
    return scene.portal.request_adhesion(scene.pending(), adhesion_form())


def _letter(scene: Scene) -> object:
    scene.request()
    return f"posts one `{type(scene.letter).__name__}`, unless the code is held elsewhere"


def _addressee(scene: Scene) -> object:
    adhesion = scene.request()
    assert scene.letter.to == adhesion.organisation
    return "the letter's `to` is the company of the request"


def _wrong_token(scene: Scene) -> object:
    return scene.portal.confirm_company_email(scene.request("messagerie"), "wrong")


def _link_lapses_too_early(scene: Scene) -> object:
    adhesion = scene.request("messagerie")
    return adhesion.lapse(at=adhesion.deadline.closes)


def _code_before_the_link(scene: Scene) -> object:
    adhesion = scene.request("messagerie")
    return scene.portal.activate_services(scene.space_of(adhesion), adhesion, "CODE0001")


def _link_too_late(scene: Scene) -> object:
    adhesion = scene.request("messagerie", "payer-cfe")
    scene.after(adhesion)
    return scene.portal.confirm_company_email(adhesion, scene.post.last(ConfirmationLinkEmail).token)


def _advice_to_ask_for_all(scene: Scene) -> object:
    return f"advises, once the space is active: “{next_steps(scene.space(), at=START)[0]}”"


def _needless_mandate(scene: Scene) -> object:
    return scene.portal.issue_mandate(scene.request("payer-cfe"), IBAN)


def _printed(scene: Scene) -> object:
    document = scene.mandate().document().as_dict()
    return f"gives the content of the printed form: scheme {document['scheme']}, reference, creditor, debtor, IBAN, BIC"


def _signed_by_a_third_party(scene: Scene) -> object:
    return scene.portal.sign_mandate(scene.mandate(), "third_party")


def _registered_before_it_was_sent(scene: Scene) -> object:
    return scene.portal.register_mandate(scene.mandate("sign"))


def _signed_once_registered(scene: Scene) -> object:
    return scene.portal.sign_mandate(scene.mandate("sign", "send", "register"), "representative")


def _collected_before_it_is_registered(scene: Scene) -> object:
    return scene.portal.record_collection(scene.mandate("sign", "send"))


def _payment_without_a_mandate(scene: Scene) -> object:
    return check_payment(scene.activated("payer-tva"), "payer-tva", IBAN, at=START)


def _payment_without_need_of_a_mandate(scene: Scene) -> object:
    check_payment(scene.activated("payer-cfe"), "payer-cfe", IBAN, at=START)
    return "a payment of `payer-cfe` or `payer-tf` passes without a mandate"


def _services_lapse_too_early(scene: Scene) -> object:
    adhesion = scene.request()
    return adhesion.lapse(at=adhesion.deadline.closes)


def _third_party(scene: Scene) -> object:
    return f"says what to do: “{next_steps(scene.request(applicant='third_party'), at=START)[0]}”"


def _from_another_space(scene: Scene) -> object:
    return scene.portal.activate_services(scene.space(), scene.request(), scene.letter.code)


def _letter_code_too_late(scene: Scene) -> object:
    adhesion = scene.request()
    scene.after(adhesion)
    return scene.portal.activate_services(scene.space_of(adhesion), adhesion, scene.letter.code)


def _payment_before_activation(scene: Scene) -> object:
    return check_payment(scene.request("payer-cfe"), "payer-cfe", IBAN, at=START)


def _pending_then_active(scene: Scene) -> object:
    return f"a space is `{scene.pending().state}` from its form on, `{scene.space().state}` from its code on"


def _across_a_change_of_clocks(_: Scene) -> object:
    noon = datetime.fromisoformat("2025-03-29T12:00+01:00")
    closes = Hours(48).starting(noon).closes.astimezone(PARIS)
    return f"`Hours(48)` from {noon:%Y-%m-%d %H:%M %z} closes at {closes:%Y-%m-%d %H:%M %z}, that instant included"


def _letter_of_tomorrow(scene: Scene) -> object:
    return scene.portal.record_letter(scene.request(), date(2024, 3, 2))


def _one_code_for_all(scene: Scene) -> object:
    adhesion = scene.activated("payer-cfe", "payer-tf")
    assert all(map(adhesion.holds, adhesion.services))
    return "the code of the letter activates all the services of its request"


def _others_stay(scene: Scene) -> object:
    lapsing, other = scene.request("messagerie"), scene.request()
    scene.after(lapsing)
    scene.portal.lapse(lapsing)
    assert other.refusal("activate", at=scene.clock.now()) is None
    return "a lapse is an event of its own request, and of no other"


def _link_sent_again(scene: Scene) -> object:
    adhesion = scene.request("messagerie")
    scene.portal.confirm_company_email(adhesion, scene.post.last(ConfirmationLinkEmail).token)
    scene.request("messagerie")
    sent = sum(isinstance(message, ConfirmationLinkEmail) for message in scene.post.messages)
    return f"two requests with Messaging for one address send {sent} links"


def _second_mandate(scene: Scene) -> object:
    adhesion = scene.request("payer-tva")
    first = scene.portal.issue_mandate(adhesion, IBAN)
    return Mandate.issue(adhesion, IBAN, id="second", reference="RUM-2", at=START, mandates=[first])


def _vat_next_to_cfe(scene: Scene) -> object:
    check_payment(scene.activated("payer-tva", "payer-cfe"), "payer-cfe", IBAN, at=START)
    return "`payer-cfe` passes while the mandate that `payer-tva` needs is not registered"


def _ends_on_a_holiday(_: Scene) -> object:
    closes = EXPERT_2024_04_03.starting(EXPERT_2024_04_03.services_activation, date(2025, 3, 2)).closes
    return f"60 days from 2025-03-02 end on {closes.astimezone(PARIS):%Y-%m-%d}, a holiday, and stay there"


def _tries(scene: Scene) -> object:
    space = scene.pending()
    refusals = [space.refusal("activate", at=START, code=code) for code in ("WRONG1", "WRONG2", "WRONG3")]
    assert all(refusals)
    assert space.version == 1
    return "each wrong code is refused (1.8, 2.8, 3.3) and changes nothing: no try is counted"


def _told_before_it_happened(scene: Scene) -> object:
    return scene.pending().activate("CODE0001", at=START + timedelta(seconds=1), recorded_at=START)


def _presumed_then_corrected(_: Scene) -> object:
    pending = elsewhere("space-1")
    entered, told = START + timedelta(hours=2), START + timedelta(days=3)
    lapsed = pending.lapse(at=told).case
    assert lapsed.is_presumed
    corrected = lapsed.activate(HELD_ELSEWHERE, at=entered, recorded_at=told).case
    return f"a lapse is presumed where the code is held elsewhere: a code entered in time makes it `{corrected.state}`"


def _renewed_before_its_lapse_is_recorded(scene: Scene) -> object:
    request = scene.request("payer-cfe")
    scene.after(request)
    again = scene.portal.renew_adhesion(scene.space_of(request), request)
    assert again.origin.renews == request.id
    return "a request past its time limit is renewed whether or not its lapse was recorded; the new one names it"


def _account_declared_twice(scene: Scene) -> object:
    return scene.portal.declare_account(scene.request("payer-cfe"), IBAN)


def _requested_again(scene: Scene) -> object:
    first, second = scene.request("payer-cfe"), scene.request("payer-cfe")
    step = next(step for step in next_steps((first, second), at=START) if step.other)
    return f"says so: “{step}”"


def _idle_mandate(scene: Scene) -> object:
    return scene.portal.lapse(scene.mandate("sign", "send", "register"))


SEEN: Final = {"seen": date(2024, 2, 28), "source": "the portal's list of services"}


def _taken_over(scene: Scene) -> object:
    known = {"organisation": "552100554", "services": ["payer-cfe"], "id": "old-1", "at": START, **SEEN}
    old = Adhesion.take_over(scene.space(), **known).case
    return f"services that were held are held, with {len(old.accounts)} accounts known and none invented"


def _relied_on(scene: Scene) -> object:
    mandate = scene.mandate()
    signed = mandate.sign("representative", at=START)
    sent = signed.case.send(at=START)
    return withdraw((mandate.origin, *signed.events, *sent.events), 2, reason="typed twice", at=START)


def _closed_twice(scene: Scene) -> object:
    closed = scene.portal.close(scene.request("payer-cfe"), "client_left")
    return scene.portal.close(closed, "client_left")


def _on_a_day(_: Scene) -> object:
    day = (
        elsewhere("space-1")
        .activate(HELD_ELSEWHERE, at=START.date(), recorded_at=START + timedelta(days=3))
        .events[0]
        .day
    )
    return f"the fact is of {day}, and no hour is shown"


def _proved(scene: Scene) -> object:
    form = adhesion_form(services=["messagerie"], company_email=COMPANY_EMAIL)
    waiting = Adhesion.request(scene.space(), form, id="request-1", at=START).case
    seen = waiting.record_letter(START.date(), at=START)
    return f"the day of a letter makes `{seen.events[0].kind}` of a request whose link nobody noted"


def _letter_not_seen(scene: Scene) -> object:
    asked = Adhesion.request(scene.space(), adhesion_form(), id="request-1", at=START)  # the portal posts the letter
    step, *_ = next_steps(asked.case, at=START)
    return f"says what to do: “{step}”"


ROWS: Final[tuple[Row, ...]] = (
    Row("0.1", "a space takes any number of requests, for any number of companies"),
    Row("0.2", _held_after_three_steps),
    Row("0.3", "the sheets are cited for whoever wants to read more"),
    Row("1.1", lambda _: space_form(email="camille@cabinet")),
    Row("1.2", lambda _: space_form(password=" ")),
    Row("1.3", lambda _: space_form(last_name="")),
    Row("1.4", lambda _: space_form(organisation="732 829 321")),
    Row("1.5", lambda _: space_form(contact=None)),
    Row("1.6", lambda _: space_form(security_answer="")),
    Row(
        "1.7",
        "sends one `ActivationCodeEmail` to the address of the form, unless the code is held elsewhere",
    ),
    Row("1.8", _wrong_space_code),
    Row("1.9", _space_lapses_too_early),
    Row("1.10", _space_code_too_late),
    Row("1.11", _lapsed_space),
    Row("1.12", _request_from_a_pending_space),
    Row("2.1", _sign_in_with_another_password),
    Row("2.2", lambda _: adhesion_form(organisation="552 100 555")),
    Row(
        "2.3",
        lambda _: adhesion_form(organisation="TF2024A17", services=["payer-is"], bank_accounts=[IBAN]),
    ),
    Row("2.4", lambda _: adhesion_form(services=[])),
    Row("2.5", _letter),
    Row("2.6", _addressee),
    Row("2.7", lambda _: adhesion_form(services=["messagerie"])),
    Row("2.8", _wrong_token),
    Row("2.9", _link_lapses_too_early),
    Row("2.10", _code_before_the_link),
    Row("2.11", _link_too_late),
    Row("2.12", _advice_to_ask_for_all),
    Row("2.13", lambda _: adhesion_form(services=["payer-tva"])),
    Row("2.14", _needless_mandate),
    Row("2.15", _printed),
    Row("2.16", _signed_by_a_third_party),
    Row("2.17", _registered_before_it_was_sent),
    Row("2.18", _signed_once_registered),
    Row("2.19", _collected_before_it_is_registered),
    Row("2.20", _payment_without_a_mandate),
    Row("2.21", _payment_without_need_of_a_mandate),
    Row("3.1", _services_lapse_too_early),
    Row("3.2", _third_party),
    Row(
        "3.3",
        _from_another_space,
    ),
    Row("3.4", _letter_code_too_late),
    Row("3.5", _payment_before_activation),
    Row("A1", _pending_then_active),
    Row("A2", _across_a_change_of_clocks),
    Row("A3", _letter_of_tomorrow),
    Row("A4", _one_code_for_all),
    Row("A5", _others_stay),
    Row("A6", _link_sent_again),
    Row(
        "A7",
        lambda _: adhesion_form(organisation="TF2024A17", services=["messagerie"], company_email=COMPANY_EMAIL),
    ),
    Row("A8", _second_mandate),
    Row("A9", lambda _: adhesion_form(services=["payer-cfe"])),
    Row("A10", _vat_next_to_cfe),
    Row("A11", _ends_on_a_holiday),
    Row("A12", _tries),
    Row("A13", lambda _: adhesion_form(organisation="552 100 554 00013")),
    Row("A14", _told_before_it_happened),
    Row("A15", _presumed_then_corrected),
    Row("A16", _renewed_before_its_lapse_is_recorded),
    Row("A17", _account_declared_twice),
    Row("A18", _requested_again),
    Row("A19", _taken_over),
    Row("A20", _relied_on),
    Row("A21", _closed_twice),
    Row("A22", _on_a_day),
    Row("A23", _proved),
    Row("F1", _idle_mandate),
    Row("F2", _letter_not_seen),
)


def outcome(row: Row) -> str:
    """What a rule says when it refuses, or what it does instead; `RuntimeError` if a refusal does not come."""
    if isinstance(row.shows, str):
        return f"refuses nothing: {row.shows}"
    try:
        instead = row.shows(Scene())
    except TeleproceduresError as error:
        code = error.problems[0].code if isinstance(error, InvalidFormError) else error.code
        cited = f", rule {error.rule}" if isinstance(error, RefusedError) and error.rule != row.rule else ""
        return f"{type(error).__name__}, `{code}`{cited}: `{error.message}`"
    if isinstance(instead, str):
        return f"refuses nothing: {instead}"
    raise RuntimeError(f"rule {row.rule} was to refuse, and did not")


# --- Refusals by their codes ------------------------------------------------------------------------------------------


@attrs.frozen
class Refusal:
    """A code that the procedure refuses with: its error, the rules that it may cite, and the verbs that raise it."""

    code: str
    error: str
    rules: str
    verbs: tuple[str, ...]


LIVING: Final = ("activate", "confirm_company_email")
CODES: Final = (
    ("emailed_code", "1.8", "activate"),
    ("link", "2.8", "confirm_company_email"),
    ("letter_code", "3.3", "activate"),
)

REFUSED: Final = (
    Refusal("account.not_allowed", "AccountRefusedError", "2.13", ("declare_account",)),
    Refusal("account.repeated", "AccountRefusedError", "A17", ("declare_account",)),
    Refusal("deadline.not_reached", "DeadlineNotReachedError", "1.9, 2.9, 3.1, F1", ("lapse", "renew")),
    Refusal("deadline.passed", "DeadlinePassedError", "1.10, 2.11, 3.4, F1", (*LIVING, "record_letter", "remind")),
    Refusal("case.closed", "ClosedError", "A21", ("close", "lapse", "remind")),
    Refusal("case.not_closed", "ClosedError", "A21", ("reopen",)),
    *(
        Refusal(f"{what}.{why}", "WrongCodeError", rule, (verb,))
        for what, rule, verb in CODES
        for why in ("held_elsewhere", "held_here", "wrong")
    ),
    Refusal("form.refused", "RefusedFormError", "2.3, 2.4, 2.7, 2.13", ("AdhesionForm", "from_mapping")),
    Refusal("mandate.account_unknown", "MandateRefusedError", "2.13", ("issue",)),
    Refusal("mandate.not_needed", "MandateRefusedError", "2.14", ("issue",)),
    Refusal("mandate.repeated", "MandateRefusedError", "A8", ("issue",)),
    Refusal("mandate.request_over", "MandateRefusedError", "2.11, 3.4", ("issue",)),
    Refusal("order.before_fact", "OutOfOrderError", "A14", ("every verb",)),
    Refusal("order.before_telling", "OutOfOrderError", "A14", ("every verb",)),
    Refusal("order.future", "OutOfOrderError", "A14", ("every verb",)),
    Refusal("payment.account_unknown", "PaymentRefusedError", "2.13", ("check_payment",)),
    Refusal("payment.mandate_lapsed", "PaymentRefusedError", "F1", ("check_payment",)),
    Refusal("payment.mandate_later", "PaymentRefusedError", "2.19", ("check_payment",)),
    Refusal("payment.mandate_on_its_way", "PaymentRefusedError", "2.20", ("check_payment",)),
    Refusal("payment.no_mandate", "PaymentRefusedError", "2.20", ("check_payment",)),
    Refusal("payment.not_a_payment", "PaymentRefusedError", "2.13", ("check_payment",)),
    Refusal("payment.not_held", "PaymentRefusedError", "3.5", ("check_payment",)),
    Refusal("reminder.not_due", "DeadlineNotReachedError", "1.9, 2.9, 3.1, F1", ("remind",)),
    Refusal("sign_in.refused", "SignInRefusedError", "2.1", ("sign_in",)),
    Refusal("sign_in.taken_over", "SignInRefusedError", "2.1", ("sign_in",)),
    Refusal("sign_in.unclear", "SignInRefusedError", "2.1", ("sign_in",)),
    Refusal("signatory.not_allowed", "MandateRefusedError", "2.16", ("sign",)),
    Refusal("signatory.unknown", "MandateRefusedError", "2.16", ("sign",)),
    Refusal("space.not_active", "SpaceNotActiveError", "1.12, 2.1, 3.3", ("request", "renew", "activate", "sign_in")),
    Refusal("space.wrong", "WrongSpaceError", "3.3", ("activate", "renew")),
    Refusal("transition.ended", "TransitionRefusedError", "of the state", ("every verb",)),
    Refusal("transition.not_allowed", "TransitionRefusedError", "of the state", ("every verb",)),
    *(
        Refusal(f"withdrawal.{why}", "WithdrawalRefusedError", "A20", ("withdraw",))
        for why in ("clock", "opening", "relied_on", "repeated", "withdrawal")
    ),
)
