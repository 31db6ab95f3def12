"""The conformance suite: the library itself passes as a host, and each planted bug is found under its rule."""

# ruff: noqa: D102 - what each verb is, `Host` says

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import attrs
import pytest
from hypothesis import Phase, settings

from teleprocedures import (
    EXPERT_2024_04_03,
    ActivationCodeEmail,
    ActivationCodeLetter,
    CivilDays,
    CivilMonths,
    ConfirmationLinkEmail,
    Hours,
    InvalidValueError,
    Mandate,
    MandateRefusedError,
    PaymentRefusedError,
    RefusedError,
    check_payment,
)
from teleprocedures.testing import Move, Play
from teleprocedures.testing._hosts import CITES, EYES, may_be_late
from teleprocedures.testing._makers import WRONG, company_forms
from teleprocedures.testing._trials import try_everything
from teleprocedures.testing.conformance import (
    Conformance,
    ConformanceMachine,
    Host,
    NonConformanceError,
    check_conformance,
    conformance,
)

SOME = settings(max_examples=60, stateful_step_count=15, deadline=None, database=None)
SHIPPED = EXPERT_2024_04_03.limits
SEARCH = settings(SOME, max_examples=1_500, phases=[Phase.generate])


class LibraryHost(Host):
    """The library as a host that is told at once: each key is the name of a case, and each verb the play's own."""

    rulebook = EXPERT_2024_04_03
    refusals = (RefusedError, InvalidValueError)
    """The latter too: the day of a letter has not come yet where a host counts days in another zone."""

    def __init__(self) -> None:
        self.play: Play | None = None
        self.told: datetime | None = None

    def move(self, at: datetime, verb: str, case: str = "", makes: str | None = None, **given: Any) -> str:
        """Make a move, or raise its refusal."""
        told = self.told or at
        self.play = self.play or Play(at=told, rulebook=self.rulebook)
        self.play.at = told
        step = self.play.make(Move(verb, case, makes, given=given, at=at))
        if not step.accepted:
            raise step.outcome
        return step.move.about

    def new(self, kind: str) -> str:
        """The name of the next case of this kind."""
        return f"{kind}-{1 + sum(name.startswith(kind) for name in self.play.cases) if self.play else 1}"

    def state(self, case, *, at):
        return str(self.play.cases[case].stage)

    def sent(self, case):
        return list(self.play.sent[case])

    def create_space(self, *, at):
        return self.move(at, "create_space", makes=self.new("space"))

    def activate_space(self, space, code, *, at):
        self.move(at, "activate", space, code=code)

    def request_adhesion(self, space, form, *, at):
        return self.move(at, "request_adhesion", space, self.new("adhesion"), form=form)

    def confirm_company_email(self, adhesion, token, *, at):
        self.move(at, "confirm_company_email", adhesion, token=token)

    def record_letter(self, adhesion, edited, *, at):
        self.move(at, "record_letter", adhesion, edited=edited)

    def activate_services(self, adhesion, code, *, space, at):
        self.move(at, "activate", adhesion, code=code, space=self.play.cases[space])

    def declare_account(self, adhesion, account, *, at):
        self.move(at, "declare_account", adhesion, account=account)

    def renew_adhesion(self, adhesion, *, space, at):
        return self.move(at, "renew", adhesion, self.new("adhesion"), space=self.play.cases[space])

    def issue_mandate(self, adhesion, account, *, at):
        return self.move(at, "issue_mandate", adhesion, self.new("mandate"), account=account)

    def name_representative(self, mandate, name, *, at):
        self.move(at, "name_representative", mandate, name=name)

    def sign_mandate(self, mandate, signatory, *, at):
        self.move(at, "sign", mandate, signatory=signatory)

    def send_mandate(self, mandate, *, at):
        self.move(at, "send", mandate)

    def register_mandate(self, mandate, *, at):
        self.move(at, "register", mandate)

    def record_collection(self, mandate, *, at):
        self.move(at, "record_collection", mandate)

    def lapse(self, case, *, at):
        self.move(at, "lapse", case)

    def may_pay(self, adhesion, service, account, *, at):
        try:
            check_payment(self.play.cases[adhesion], service, account, self.play.of(Mandate), at=at)
        except PaymentRefusedError:
            return False
        return True


def late(verb: str) -> Any:
    """A verb of the library as a host, that can be told late."""

    def told(self: LibraryHost, *given: Any, at: datetime, recorded_at: datetime, **named: Any) -> Any:
        self.told = recorded_at
        try:
            return getattr(super(LateHost, self), verb)(*given, at=at, **named)
        finally:
            self.told = None

    return told


class LateHost(LibraryHost):
    """The library as a host that is told late."""


for verb in CITES:
    setattr(LateHost, verb, late(verb))


class DatesByTelling(LateHost):
    """Takes what it is told for what happens now."""

    def move(self, at, verb, case="", makes=None, **given):
        return super().move(self.told or at, verb, case, makes, **given)


class EarlyLetter(LibraryHost):
    """Posts the letter together with the link."""

    def sent(self, case):
        return [*super().sent(case), *(["EARLY"] if self.state(case, at=None) == "awaiting_email" else [])]


class TalkativeSpace(LibraryHost):
    """Sends the code of a space twice."""

    def sent(self, case):
        return super().sent(case) * (2 if case.startswith("space") else 1)


class AnyCode(LibraryHost):
    """Takes any code."""

    def activate_space(self, space, code, *, at):
        super().activate_space(space, self.play.sent[space][-1], at=at)

    def confirm_company_email(self, adhesion, token, *, at):
        super().confirm_company_email(adhesion, self.play.sent[adhesion][-1] if token == WRONG else token, at=at)

    def activate_services(self, adhesion, code, *, space, at):
        super().activate_services(adhesion, self.play.sent[adhesion][-1], space=space, at=at)


class NeverLapses(LibraryHost):
    """Has a batch that never finds anything to end."""

    def lapse(self, case, *, at):
        self.move(at, "activate", "space-1", code=WRONG)


class LapsesEverything(LibraryHost):
    """Has a batch that ends what is not over."""

    def lapse(self, case, *, at):
        return


class AnySpace(LibraryHost):
    """Takes the code from any space."""

    def activate_services(self, adhesion, code, *, space, at):
        asked_from = self.play.cases[adhesion].space_id
        super().activate_services(adhesion, code, space=asked_from, at=at)


class Liar(LibraryHost):
    """Says that everything is active."""

    def state(self, case, *, at):
        return "active"


class PaysAnything(LibraryHost):
    """Lets every payment pass."""

    def may_pay(self, adhesion, service, account, *, at):
        return True


class PaysNothing(LibraryHost):
    """Lets no payment pass."""

    def may_pay(self, adhesion, service, account, *, at):
        return False


class DropsTheSecondAccount(LibraryHost):
    """Keeps one account of each request."""

    def request_adhesion(self, space, form, *, at):
        return super().request_adhesion(space, attrs.evolve(form, bank_accounts=form.bank_accounts[:1]), at=at)


class TakesAnotherCompanysCode(LibraryHost):
    """Takes any code that was ever sent, to whomever."""

    def activate_services(self, adhesion, code, *, space, at):
        sent = {secret for every in self.play.sent.values() for secret in every}
        right = self.play.sent[adhesion][-1] if self.play.sent[adhesion] else code
        super().activate_services(adhesion, right if code in sent else code, space=space, at=at)


class NotifiesBeforeRecording(LibraryHost):
    """Posts the letter, and then finds that the link was not the right one."""

    def __init__(self):
        super().__init__()
        self.early = Counter()

    def sent(self, case):
        return [*super().sent(case), *["EARLY"] * self.early[case]]

    def confirm_company_email(self, adhesion, token, *, at):
        self.early[adhesion] += 1
        super().confirm_company_email(adhesion, token, at=at)
        self.early[adhesion] -= 1


class TakesACodeAfterItsLapse(LibraryHost):
    """Opens the services whatever became of the request, if the code is right."""

    def __init__(self):
        super().__init__()
        self.revived = set()

    def state(self, case, *, at):
        return "active" if case in self.revived else super().state(case, at=at)

    def activate_services(self, adhesion, code, *, space, at):
        case = self.play.cases[adhesion]
        if case.has_lapsed and self.play.sent[adhesion][-1:] == (code,):
            self.revived.add(adhesion)
        else:
            super().activate_services(adhesion, code, space=space, at=at)


class IssuesASecondMandate(LibraryHost):
    """Issues a mandate whatever the account has already."""

    def issue_mandate(self, adhesion, account, *, at):
        try:
            return super().issue_mandate(adhesion, account, at=at)
        except MandateRefusedError as refusal:
            if refusal.code != "mandate.repeated":
                raise
            name = self.new("mandate")
            self.play.cases[name] = Mandate.issue(
                self.play.cases[adhesion], account, id=name, reference="RUM", at=at
            ).case
            self.play.sent[name] = ()
            return name


class SignsForAnybody(LibraryHost):
    """Takes the signature of a third party."""

    def sign_mandate(self, mandate, signatory, *, at):
        super().sign_mandate(mandate, "representative", at=at)


class PaysFromAnyAccount(LibraryHost):
    """Looks whether there is a mandate, and not of which account."""

    def may_pay(self, adhesion, service, account, *, at):
        accounts = self.play.cases[adhesion].accounts
        return any(super(PaysFromAnyAccount, self).may_pay(adhesion, service, it, at=at) for it in accounts)


class RenewsFromAnySpace(LibraryHost):
    """Lets anybody renew anything."""

    def renew_adhesion(self, adhesion, *, space, at):
        return super().renew_adhesion(adhesion, space=self.play.cases[adhesion].space_id, at=at)


class DeclaresTwice(LibraryHost):
    """Takes an account that it has already."""

    def declare_account(self, adhesion, account, *, at):
        if not self.play.cases[adhesion].declares(account):
            super().declare_account(adhesion, account, at=at)


class ActivatesOneServiceOnly(LibraryHost):
    """Holds the first service of a request, and forgets the others."""

    def may_pay(self, adhesion, service, account, *, at):
        services = self.play.cases[adhesion].services
        return services[0].code == service and super().may_pay(adhesion, service, account, at=at)


FAULTY = (
    *(EarlyLetter, TalkativeSpace, AnyCode, NeverLapses, LapsesEverything, AnySpace, DatesByTelling, Liar),
    *(PaysAnything, PaysNothing, DropsTheSecondAccount, TakesAnotherCompanysCode, NotifiesBeforeRecording),
    *(TakesACodeAfterItsLapse, IssuesASecondMandate, SignsForAnybody, PaysFromAnyAccount, RenewsFromAnySpace),
    *(DeclaresTwice, ActivatesOneServiceOnly),
)


@pytest.mark.parametrize("host", FAULTY, ids=lambda host: host.__name__)
def test_a_faulty_host_is_found_without_drawing_anything(host: type) -> None:
    """What is tried everywhere finds each of these faults every time, whatever would be drawn afterwards."""
    with pytest.raises(NonConformanceError) as caught:
        try_everything(host, EXPERT_2024_04_03, Conformance())

    assert str(caught.value.rule) in EXPERT_2024_04_03._index


class SeeingHost(LibraryHost):
    """The library as a host that shows all there is to see."""

    def deadline(self, case, *, at):
        limit = self.play.cases[case].deadline
        return None if limit is None else limit.closes

    def due_at(self, case, *, at):
        return self.play.cases[case].due_at

    def next_steps(self, case, *, at):
        return [(step.actor, step.action) for step in self.play.cases[case].next_steps(at=at)]

    def recipients(self, case, *, at):
        carried = (ActivationCodeEmail, ConfirmationLinkEmail, ActivationCodeLetter)
        return [str(it.to) for it in self.play.messages if it.case_id == case and isinstance(it, carried)]

    def rule_of(self, refusal):
        return refusal.rule.id if isinstance(refusal, RefusedError) else "A3"


def blind(eye: str, answer: Callable[..., Any]) -> type[LibraryHost]:
    """A host that is wrong in what it shows, and right in all that it does."""
    return type(f"Blind{eye}", (SeeingHost,), {eye: answer})


@pytest.mark.parametrize(
    ("host", "told"),
    [
        (blind("deadline", lambda self, case, *, at: self.play.cases[case].due_at), "the deadline of space-1 is"),
        (blind("due_at", lambda self, case, *, at: None), "the due_at of space-1 is None: expected 20"),
        (
            blind("next_steps", lambda self, case, *, at: []),
            "the next_steps of space-1 is []: expected [('user', 'enter_emailed_code')]",
        ),
        (
            blind("recipients", lambda self, case, *, at: ["camille@cabinet-durand.fr"] * len(self.sent(case))),
            "the recipients of adhesion-1 is ['camille@cabinet-durand.fr'",
        ),
        (blind("rule_of", lambda self, refusal: "1.8"), "under rule 1.8: expected "),
    ],
    ids=["deadline", "due_at", "next_steps", "recipients", "rule_of"],
)
def test_what_a_host_shows_is_compared(host: type, told: str) -> None:
    """Time limits, due instants, next steps, recipients and cited rules are compared where the host shows them."""
    with pytest.raises(NonConformanceError, match=re.escape(told)):
        try_everything(host, EXPERT_2024_04_03, Conformance())


def test_what_was_tried_is_counted() -> None:
    """Each verb accepted and refused so many times, each rule so many; what the host left out is named."""
    told = check_conformance(SeeingHost, settings=settings(SOME, max_examples=1))

    assert {*CITES, "may_pay"} == set(told.accepted)
    assert {*CITES, "may_pay"} - {"create_space"} == set(told.refused)
    assert {
        "1.8",
        "1.10",
        "1.11",
        "1.12",
        "2.8",
        "2.11",
        "2.13",
        "2.16",
        "2.20",
        "3.3",
        "3.4",
        "A8",
        "A17",
        "F1",
    } <= set(told.rules)
    assert () == told.left_out
    assert f"lapse: {told.accepted['lapse']} accepted, {told.refused['lapse']} refused" in str(told)
    assert "left out by the host: nothing" in str(told)


def test_a_verb_that_nothing_leads_to_is_told() -> None:
    """A host that activates services and requests none was never asked to: that is no conformance."""

    class Lost(Host):
        create_space = LibraryHost.create_space
        activate_services = LibraryHost.activate_services
        state, sent, new, move = LibraryHost.state, LibraryHost.sent, LibraryHost.new, LibraryHost.move
        rulebook, __init__ = EXPERT_2024_04_03, LibraryHost.__init__

    with pytest.raises(NonConformanceError, match="nothing that activate_services could do was ever accepted"):
        check_conformance(Lost, settings=settings(SOME, max_examples=1))


@pytest.mark.parametrize("host", [LibraryHost, LateHost])
def test_the_library_conforms_to_itself(host: type[Host]) -> None:
    """The library, seen as a host that is told at once, or late too, differs in nothing."""
    assert may_be_late(host(), "activate_space") is (host is LateHost)

    check_conformance(host, settings=SOME, everything=host is LateHost)


LAPSE = {
    "1.8",
    "1.9",
    "1.10",
    "1.11",
    "2.5",
    "2.9",
    "2.10",
    "2.11",
    "2.16",
    "2.17",
    "2.18",
    "2.19",
    "3.1",
    "3.4",
    "3.5",
    "F1",
}
"""The rules of the time limits, and of the states in which none runs."""


@pytest.mark.parametrize(
    ("host", "rules", "told"),
    [
        (EarlyLetter, {"2.10"}, "the host has sent 2 codes and tokens for adhesion-"),
        (TalkativeSpace, {"1.7"}, "the host has sent 2 codes and tokens for space-"),
        (AnyCode, {"1.8", "2.8", "3.3"}, "giving a wrong one: expected a refusal"),
        (NeverLapses, {"1.10", "2.11", "3.4", "F1"}, "the host refuses lapse"),
        (LapsesEverything, LAPSE, "lapse"),
        (AnySpace, {"3.3", "1.12"}, "the host accepts activate adhesion-"),
        (DatesByTelling, {rule.id for rule in EXPERT_2024_04_03.rules}, "which happened at"),
        (Liar, {"1.8"}, "the host says that space-1 is 'active': expected 'pending'"),
        (PaysAnything, {"2.13", "2.19", "2.20", "3.5", "F1"}, "may be paid"),
        (PaysNothing, {"2.20", "2.21"}, "may not be paid"),
    ],
)
def test_planted_bugs_are_found(host: type, rules: set[str], told: str) -> None:
    """Each bug is found, and the error cites the rule, tells the difference and the story."""
    with pytest.raises(NonConformanceError) as caught:
        check_conformance(host, settings=SEARCH)

    assert str(caught.value.rule) in rules
    assert told in str(caught.value)
    assert "create_space space-1: pending" in str(caught.value)


class ForgetsTheLetter(LibraryHost):
    """Counts the 60 days from the validation for ever."""

    def record_letter(self, adhesion, edited, *, at):
        return


def counting(**durations: Any) -> type[LibraryHost]:
    """A host that counts one of its time limits in another way, and is right in all the rest."""
    limits = {
        name: attrs.evolve(getattr(EXPERT_2024_04_03, name), duration=duration) for name, duration in durations.items()
    }
    rulebook = attrs.evolve(EXPERT_2024_04_03, version="wrong", **limits)
    return type("Counting", (LibraryHost,), {"rulebook": rulebook})


@pytest.mark.rule("1.9", "2.9", "3.1", "A2", "A3", "F1")
@pytest.mark.parametrize(
    "host",
    [
        counting(space_activation=Hours(47)),
        counting(space_activation=Hours(49)),
        counting(space_activation=CivilDays(2)),
        counting(link_use=Hours(47)),
        counting(link_use=Hours(49)),
        counting(services_activation=CivilDays(59)),
        counting(services_activation=CivilDays(61)),
        counting(services_activation=CivilDays(60, "UTC")),
        counting(services_activation=CivilMonths(2)),
        counting(mandate_use=CivilMonths(35)),
        counting(mandate_use=CivilMonths(37)),
        counting(mandate_use=CivilDays(1095)),
        ForgetsTheLetter,
    ],
    ids=lambda host: str(next((limit for limit in host.rulebook.limits if limit not in SHIPPED), host.__name__)),
)
def test_a_time_limit_counted_in_another_way_is_found(host: type) -> None:
    """An hour, a day or a month too many or too few, another zone, another unit: the suite finds each of them.

    Which rule is cited depends on the story that was found: the limit's own, or one of what a case that is over, or is
    not, no longer allows.
    """
    with pytest.raises(NonConformanceError) as caught:
        check_conformance(host, settings=SEARCH)

    assert caught.value.rule in EXPERT_2024_04_03.rules
    assert "create_space space-1: pending" in str(caught.value)


def test_a_verb_refused_in_time_cites_its_rule() -> None:
    """A host that refuses what is possible is told under which rule it is."""

    class Closed(LibraryHost):
        def activate_space(self, space, code, *, at):
            super().activate_space(space, "", at=at)

    with pytest.raises(NonConformanceError, match=r"rule 1\.9: the space is activated within 48 hours"):
        check_conformance(Closed, settings=SEARCH)


def test_the_machine_needs_a_host() -> None:
    """The machine by itself has no host to compare."""
    with pytest.raises(NotImplementedError):
        ConformanceMachine().new_host()


def test_faults_are_not_refusals() -> None:
    """An error of the host's that is no refusal comes out as it is, with the story."""

    class Broken(LibraryHost):
        def create_space(self, *, at):
            raise KeyError("no such table")

    with pytest.raises(KeyError) as caught:
        check_conformance(Broken, settings=SEARCH)

    assert any("the host failed in create_space space-1" in note for note in caught.value.__notes__)


def test_what_a_host_lacks_is_not_tried() -> None:
    """An adapter with the least that there is: a space that is asked for, and that is all."""

    class Least(Host):
        refusals = (RefusedError,)

        def create_space(self, *, at):
            return "space"

        def state(self, case, *, at):
            return "pending"

        def sent(self, case):
            return ["CODE"]

    check_conformance(Least, settings=settings(SOME, max_examples=10))


@pytest.mark.parametrize("verb", [*CITES, "state", "sent", *EYES])
def test_every_method_is_the_adapters(verb: str) -> None:
    """What an adapter leaves out says so when it is called all the same."""
    given = {
        "create_space": (),
        "activate_space": (1, "CODE"),
        "request_adhesion": (1, company_forms()[0]),
        "confirm_company_email": (1, "token"),
        "record_letter": (1, None),
        "activate_services": (1, "CODE"),
        "issue_mandate": (1, "iban"),
        "declare_account": (1, "iban"),
        "name_representative": (1, "Louise Petit"),
        "sign_mandate": (1, "representative"),
        "may_pay": (1, "payer-tva", "iban"),
    }.get(verb, (1,))
    more = {"space": 1} if verb in {"activate_services", "renew_adhesion"} else {}
    at = {} if verb in {"sent", "rule_of"} else {"at": None}

    with pytest.raises(NotImplementedError):
        getattr(Host(), verb)(*given, **more, **at)


def test_an_adapter_is_closed_after_each_history() -> None:
    """What an adapter opens for a history, it can close."""
    opened, closed = [], []

    class Opening(LibraryHost):
        def __init__(self):
            super().__init__()
            opened.append(self)

        def close(self):
            closed.append(self)

    check_conformance(Opening, settings=settings(SOME, max_examples=5, phases=[Phase.generate]), everything=False)

    assert opened
    assert set(opened) == set(closed)
    assert len(opened) == len(closed)


def test_the_machine_is_a_test_case() -> None:
    """A test runner finds the comparison as a test case."""
    machine = conformance(LibraryHost)

    assert "LibraryHostConformance" == machine.__name__
    assert issubclass(machine.TestCase, __import__("unittest").TestCase)
