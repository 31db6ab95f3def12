"""Hosts for the conformance suite: the library itself, told at once or late, and hosts that are wrong in one thing."""

# ruff: noqa: D102 - what each verb is, `Host` says

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from hypothesis import Phase, settings

from teleprocedures import (
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    ActivationCodeEmail,
    ActivationCodeLetter,
    Adhesion,
    AdhesionForm,
    ConfirmationLinkEmail,
    InvalidFormError,
    InvalidValueError,
    Mandate,
    MandateRefusedError,
    OutOfOrderError,
    PaymentRefusedError,
    RefusedError,
    Siren,
    Space,
    WithdrawalRefusedError,
    check_payment,
)
from teleprocedures.cases import KINDS
from teleprocedures.testing import Move, Play
from teleprocedures.testing._hosts import CITES
from teleprocedures.testing._makers import WRONG
from teleprocedures.testing.conformance import (
    Host,
)

SOME = settings(max_examples=60, stateful_step_count=15, deadline=None, database=None)
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
        return self.play.name(KINDS[kind]) if self.play else f"{kind}-1"

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

    def take_over_space(self, *, seen, at):
        return self.move(at, "take_over_space", makes=self.new("space"), seen=seen)

    def take_over_services(self, space, form, *, seen, since, at):
        name = self.new("adhesion")
        return self.move(at, "take_over_services", space, name, form=form, seen=seen, since=since)

    def take_over_request(self, space, form, *, seen, requested, letter, at):
        known = {"seen": seen, "requested": requested, "letter": letter}
        return self.move(at, "take_over_request", space, self.new("adhesion"), form=form, **known)

    def take_over_mandate(self, space, organisation, account, *, seen, registered, last_collected, at):
        known = {"seen": seen, "registered": registered, "last_collected": last_collected}
        about = {"organisation": organisation, "account": account}
        return self.move(at, "take_over_mandate", space, self.new("mandate"), **about, **known)

    def withdraw_fact(self, case, fact, *, at):
        told = [step for step in self.play.steps if step.accepted and step.move.about == case]
        self.move(at, "withdraw", case, version=told[fact - 1].outcome.events[-1].version)

    def close_case(self, case, reason, *, at):
        self.move(at, "close", case, reason=reason)

    def reopen_case(self, case, *, at):
        self.move(at, "reopen", case)

    def may_request(self, space, fields, *, at):
        try:
            Adhesion.request(self.play.cases[space], AdhesionForm.from_mapping(fields), id="another", at=at)
        except (RefusedError, InvalidFormError):
            return False
        return True

    def may_pay(self, adhesion, service, account, *, at):
        try:
            check_payment(self.play.cases[adhesion], service, account, self.play.of(Mandate), at=at)
        except PaymentRefusedError:
            return False
        return True


def late(host: type[LibraryHost], verb: str) -> Any:
    """A verb of the library as a host, that can be told late."""

    def told(self: LibraryHost, *given: Any, at: datetime, recorded_at: datetime, **named: Any) -> Any:
        self.told = recorded_at
        try:
            return getattr(host, verb)(self, *given, at=at, **named)
        finally:
            self.told = None

    return told


def told_late(host: type[LibraryHost]) -> type[LibraryHost]:
    """The same host, told late."""
    return type(f"Late{host.__name__}", (host,), {verb: late(host, verb) for verb in CITES})


LateHost = told_late(LibraryHost)


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


class TakesAnyForm(LibraryHost):
    """Takes a form whatever is in it."""

    def may_request(self, space, fields, *, at):
        return True


class WantsAnEmailForAnything(LibraryHost):
    """Wants the e-mail address of the company whatever is requested."""

    def may_request(self, space, fields, *, at):
        return "company_email" in fields and super().may_request(space, fields, at=at)


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


class EndsByItself(LibraryHost):
    """Keeps some ends of its own, and lapses what is past them."""

    def __init__(self):
        super().__init__()
        self.ends = {}
        self.over = set()

    def state(self, case, *, at):
        return "lapsed" if case in self.over else super().state(case, at=at)

    def lapse(self, case, *, at):
        if at > self.ends.get(case, at) and case not in self.over:
            self.over.add(case)
        else:
            super().lapse(case, at=at)


class CountsFromTheRegistration(EndsByItself):
    """Ends a mandate 36 months after its registration, whatever it collects."""

    def register_mandate(self, mandate, *, at):
        super().register_mandate(mandate, at=at)
        self.ends[mandate] = self.play.cases[mandate].deadline.closes


class RenewsToTheOldEnd(EndsByItself):
    """Ends a renewal when what it renews ends."""

    def renew_adhesion(self, adhesion, *, space, at):
        limit = self.play.cases[adhesion].time_limit
        made = super().renew_adhesion(adhesion, space=space, at=at)
        self.ends[made] = limit.closes
        return made


class PaysFromTheFirstAccounts(LibraryHost):
    """Lets nothing be paid from an account that was declared later."""

    def may_pay(self, adhesion, service, account, *, at):
        later = self.play.cases[adhesion].later_accounts
        return account not in later and super().may_pay(adhesion, service, account, at=at)


class HoldsNothingOfARenewal(LibraryHost):
    """Activates a renewal, and pays none of its taxes."""

    def may_pay(self, adhesion, service, account, *, at):
        renewed = self.play.cases[adhesion].origin.renews is not None
        return not renewed and super().may_pay(adhesion, service, account, at=at)


# --- What was there before, what is closed, what is withdrawn ---------------------------------------------------------


class LapsesWhatIsClosed(LibraryHost):
    """Has a batch that looks at the time limits of cases that nobody follows any more."""

    def lapse(self, case, *, at):
        if self.play.cases[case].is_closed:
            self.move(at, "reopen", case)
        super().lapse(case, at=at)


class TakesNothingOfWhatIsClosed(LibraryHost):
    """Refuses what the portal knows of a case that is closed here."""

    def move(self, at, verb, case="", makes=None, **given):
        if verb in {"activate", "confirm_company_email", "record_collection"} and self.play.cases[case].is_closed:
            super().move(at, "close", case, reason="other")
        return super().move(at, verb, case, makes, **given)


class ClosesTwice(LibraryHost):
    """Closes what is closed."""

    def close_case(self, case, reason, *, at):
        if not self.play.cases[case].is_closed:
            super().close_case(case, reason, at=at)


class ReopensWhatIsOpen(LibraryHost):
    """Reopens what was never closed."""

    def reopen_case(self, case, *, at):
        if self.play.cases[case].is_closed:
            super().reopen_case(case, at=at)


class ReopensAtTheFirstStep(LibraryHost):
    """Forgets, in what was closed, how far it had come."""

    def __init__(self):
        super().__init__()
        self.again = set()

    def state(self, case, *, at):
        first = self.play.cases[case].lifecycle.initial
        return str(first) if case in self.again else super().state(case, at=at)

    def reopen_case(self, case, *, at):
        super().reopen_case(case, at=at)
        self.again.add(case)


class KeepsTheMandateOfWhatIsClosed(LibraryHost):
    """Refuses a mandate for an account whose mandate is followed no more."""

    def issue_mandate(self, adhesion, account, *, at):
        if any(it.account == account and it.is_closed for it in self.play.of(Mandate)):
            super().issue_mandate(adhesion, "FR7630006000011234567890189", at=at)
        return super().issue_mandate(adhesion, account, at=at)


class WithdrawsInWordsOnly(LibraryHost):
    """Notes that a fact was a mistake, and goes on as if it were none."""

    def __init__(self):
        super().__init__()
        self.before = {}

    def state(self, case, *, at):
        return self.before.get(case) or super().state(case, at=at)

    def withdraw_fact(self, case, fact, *, at):
        before = self.state(case, at=at)
        super().withdraw_fact(case, fact, at=at)
        self.before[case] = before


class WithdrawsTheLastFact(LibraryHost):
    """Withdraws the last fact, whichever was meant."""

    def withdraw_fact(self, case, fact, *, at):
        told = [step for step in self.play.steps if step.accepted and step.move.about == case]
        super().withdraw_fact(case, len(told), at=at)


class WithdrawsAnything(LibraryHost):
    """Withdraws also what later facts rely on."""

    def withdraw_fact(self, case, fact, *, at):
        try:
            super().withdraw_fact(case, fact, at=at)
        except WithdrawalRefusedError as refusal:
            if refusal.code != "withdrawal.relied_on":
                raise


class WithdrawsTwice(LibraryHost):
    """Takes a second withdrawal of one fact."""

    def withdraw_fact(self, case, fact, *, at):
        try:
            super().withdraw_fact(case, fact, at=at)
        except WithdrawalRefusedError as refusal:
            if refusal.code != "withdrawal.repeated":
                raise


class ForgetsTheLinkThatWasWithdrawn(LibraryHost):
    """Takes no link a second time, though its use was a mistake."""

    def confirm_company_email(self, adhesion, token, *, at):
        used = any(step.move.verb == "confirm_company_email" and step.accepted for step in self.play.steps)
        super().confirm_company_email(adhesion, WRONG if used else token, at=at)


class TakesOverTwice(LibraryHost):
    """Follows two mandates of one account."""

    def take_over_mandate(self, space, organisation, account, **known):
        try:
            return super().take_over_mandate(space, organisation, account, **known)
        except MandateRefusedError:
            return next(it.id for it in self.play.of(Mandate) if it.account == account)


class TakesOverOneAccountOnly(LibraryHost):
    """Takes accounts of two companies for one."""

    def take_over_mandate(self, space, organisation, account, **known):
        for other in self.play.of(Mandate):
            super().take_over_mandate(space, other.organisation, account, **known)
        return super().take_over_mandate(space, organisation, account, **known)


class TakesOverIntoAnySpace(LibraryHost):
    """Follows what is held in a space that is not active."""

    def take_over_services(self, space, form, **known):
        active = (it.id for it in self.play.of(Space) if it.state == "active")
        return super().take_over_services(next(active, space), form, **known)


class TakesOverAsPending(LibraryHost):
    """Waits for the code of services that are held already."""

    def take_over_services(self, space, form, *, seen, since, at):
        return self.take_over_request(space, form, seen=seen, requested=None, letter=None, at=at)


class EndsWhatItTookOver(LibraryHost):
    """Ends a request that was taken over on the day that people are shown, though the letter may be younger."""

    def lapse(self, case, *, at):
        limit = self.play.cases[case].deadline
        if limit is not None and limit.estimated and at > limit.safe_until:
            at = limit.lapses_at
        super().lapse(case, at=at)


class BelievesNoPortal(LibraryHost):
    """Takes no code for a request that was taken over and has lapsed, though the portal took it."""

    def activate_services(self, adhesion, code, *, space, at):
        lapsed = self.play.cases[adhesion].has_lapsed
        super().activate_services(adhesion, WRONG if lapsed else code, space=space, at=at)


class TakesAnyCodeOfThePortal(LibraryHost):
    """Takes any code for a request that was taken over."""

    def activate_services(self, adhesion, code, *, space, at):
        held = self.play.cases[adhesion].held_elsewhere
        super().activate_services(adhesion, HELD_ELSEWHERE if held else code, space=space, at=at)


class KnowsNoFileNumber(LibraryHost):
    """Takes a SIREN only."""

    def request_adhesion(self, space, form, *, at):
        organisation = form.organisation if isinstance(form.organisation, Siren) else None
        return super().request_adhesion(space, attrs.evolve(form, organisation=organisation), at=at)


class KnowsNoOrder(LateHost):
    """Takes what happened before the fact that it follows."""

    def move(self, at, verb, case="", makes=None, **given):
        try:
            return super().move(at, verb, case, makes, **given)
        except OutOfOrderError:
            return super().move(self.told or at, verb, case, makes, **given)


class KnowsNoFuture(LateHost):
    """Takes over what is only to come."""

    def move(self, at, verb, case="", makes=None, **given):
        return super().move(
            min(at, self.told or at) if verb.startswith("take_over") else at, verb, case, makes, **given
        )


class TakesTheCodeOfWhatItRenews(LibraryHost):
    """Takes for a renewal the code of the request that it replaces, which still awaits its own."""

    def activate_services(self, adhesion, code, *, space, at):
        renews = getattr(self.play.cases[adhesion].origin, "renews", None)
        right = self.play.sent[adhesion][-1:] if code in self.play.sent.get(renews, ()) else ()
        super().activate_services(adhesion, *right or (code,), space=space, at=at)


class EndsWhatIsRenewed(LibraryHost):
    """Takes no code for a request that was renewed, though it is pending as before (A5)."""

    def activate_services(self, adhesion, code, *, space, at):
        renewed = any(getattr(it.origin, "renews", None) == adhesion for it in self.play.of(Adhesion))
        super().activate_services(adhesion, WRONG if renewed else code, space=space, at=at)


class DropsTheLetterOfAnOldRequest(LibraryHost):
    """Counts from the day of a request that it takes over, though the letter's day is known too."""

    def take_over_request(self, space, form, *, seen, requested, letter, at):
        letter = None if requested else letter
        return super().take_over_request(space, form, seen=seen, requested=requested, letter=letter, at=at)


class TakesTheLetterOfTomorrow(LibraryHost):
    """Takes a day that is still to come for that of a letter."""

    def record_letter(self, adhesion, edited, *, at):
        super().record_letter(adhesion, min(edited, at.astimezone(ZoneInfo("Europe/Paris")).date()), at=at)


class ForgetsTheAccountsOfWhatIsReopened(LibraryHost):
    """Lets nothing be paid from an account that was declared later, once the request was closed and reopened."""

    def may_pay(self, adhesion, service, account, *, at):
        case = self.play.cases[adhesion]
        reopened = any(step.move.verb == "reopen" and step.move.case == adhesion for step in self.play.steps)
        forgotten = reopened and account in case.later_accounts
        return not forgotten and super().may_pay(adhesion, service, account, at=at)


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


FAULTY = (
    *(EarlyLetter, TalkativeSpace, AnyCode, NeverLapses, LapsesEverything, AnySpace, DatesByTelling, Liar),
    *(TakesAnyForm, WantsAnEmailForAnything),
    *(PaysAnything, PaysNothing, DropsTheSecondAccount, TakesAnotherCompanysCode, NotifiesBeforeRecording),
    *(TakesACodeAfterItsLapse, IssuesASecondMandate, SignsForAnybody, PaysFromAnyAccount, RenewsFromAnySpace),
    *(DeclaresTwice, ActivatesOneServiceOnly, CountsFromTheRegistration, RenewsToTheOldEnd),
    *(PaysFromTheFirstAccounts, HoldsNothingOfARenewal, LapsesWhatIsClosed, TakesNothingOfWhatIsClosed, ClosesTwice),
    *(ReopensWhatIsOpen, ReopensAtTheFirstStep, KeepsTheMandateOfWhatIsClosed, WithdrawsInWordsOnly),
    *(WithdrawsTheLastFact, WithdrawsAnything, WithdrawsTwice, ForgetsTheLinkThatWasWithdrawn, TakesOverTwice),
    *(TakesOverOneAccountOnly, TakesOverIntoAnySpace, TakesOverAsPending, EndsWhatItTookOver, BelievesNoPortal),
    *(TakesAnyCodeOfThePortal, KnowsNoFileNumber, KnowsNoOrder, KnowsNoFuture),
    *(TakesTheCodeOfWhatItRenews, EndsWhatIsRenewed, DropsTheLetterOfAnOldRequest, TakesTheLetterOfTomorrow),
    ForgetsTheAccountsOfWhatIsReopened,
)


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


LAPSE = {
    *("1.8", "1.9", "1.10", "1.11", "2.5", "2.9", "2.10", "2.11", "2.16", "2.17", "2.18", "2.19", "3.1", "3.4", "3.5"),
    "F1",
}
"""The rules of the time limits, and of the states in which none runs."""
TOLD = {
    EarlyLetter: ({"2.10"}, "the host has sent 2 codes and tokens for adhesion-"),
    TalkativeSpace: ({"1.7"}, "the host has sent 2 codes and tokens for space-"),
    AnyCode: ({"1.8", "2.8", "3.3"}, "giving a wrong one: expected a refusal"),
    NeverLapses: ({"1.10", "2.11", "3.4", "F1"}, "the host refuses lapse"),
    LapsesEverything: (LAPSE, "lapse"),
    AnySpace: ({"3.3", "1.12"}, "the host accepts activate adhesion-"),
    DatesByTelling: ({rule.id for rule in EXPERT_2024_04_03.rules}, "which happened at"),
    Liar: ({"1.8"}, "the host says that space-1 is 'active': expected 'pending'"),
    TakesAnyForm: ({"1.12", "2.2", "2.3", "2.4", "2.7", "2.13"}, " may be made"),
    WantsAnEmailForAnything: ({"2.5"}, " may not be made"),
    PaysAnything: ({"2.13", "2.19", "2.20", "3.5", "F1"}, "may be paid"),
    PaysNothing: ({"2.20", "2.21"}, "may not be paid"),
    TakesTheLetterOfTomorrow: ({"A3"}, "for the day of the letter of adhesion-"),
}
"""Of some, the rules of which one is cited, and what is told."""
