"""Implementations that are wrong in one thing each, as somebody would get it wrong; the vectors find all of them."""

# ruff: noqa: D102 - what each method is, `Library` says

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import attrs
from library_adapter import Library, _text

from teleprocedures import (
    EXPERT_2024_04_03,
    CivilDays,
    CivilMonths,
    Hours,
    LeadTimes,
    Mandate,
)
from teleprocedures.rulebook import Catalogue

PARIS = ZoneInfo("Europe/Paris")
TICK = timedelta(microseconds=1)


def lasting(**durations):
    """The rules with other durations of these time limits."""
    limits = {
        name: attrs.evolve(EXPERT_2024_04_03.limits[name], duration=duration) for name, duration in durations.items()
    }
    return attrs.evolve(EXPERT_2024_04_03, version="wrong", **limits)


def selling(code, **changes):
    """The rules with a service that is another one."""
    services = EXPERT_2024_04_03.catalogue.services
    changed = [attrs.evolve(it, **changes) if it.code == code else it for it in services]
    return attrs.evolve(EXPERT_2024_04_03, version="wrong", catalogue=Catalogue(changed))


# --- Time -------------------------------------------------------------------------------------------------------------


class LapsesAtTheSafeDay(Library):
    """Ends a case once its safe day is over, and not once its last day is."""

    def verb(self, request):
        case = self.cases.get(request.get("case", ""))
        limit = None if case is None else case.deadline
        told = request.get("told", request["at"])
        if request["do"] == "lapse" and limit and limit.safe_until < datetime.fromisoformat(told) <= limit.closes:
            self.number += 1
            return {"accepted": True, "state": "lapsed"}
        return super().verb(request)


class RefusesAfterTheSafeDay(Library):
    """Refuses a code on the last day."""

    def verb(self, request):
        case = self.cases.get(request.get("case", ""))
        limit = None if case is None else case.deadline
        if request["do"] == "activate_services" and limit and request["at"] == _text(limit.closes):
            return {"accepted": False, "code": "deadline.passed", "rule": "3.4", "state": "awaiting_code"}
        return super().verb(request)


class TakesACodeAnHourLate(Library):
    """Takes a code as if it had been entered an hour before."""

    def moment(self, request):
        at = Library.moment(request)
        if request["do"] != "activate_space" or not isinstance(at, datetime):
            return at
        return max(self.of(request["case"]).since, at - timedelta(hours=1))


class LateFromTheLastMicrosecond(Library):
    """Takes the end for the first late instant."""

    def moment(self, request):
        at = Library.moment(request)
        case = self.cases.get(request.get("case", ""))
        limit = None if case is None else case.time_limit
        return at + TICK if limit and at == limit.closes and "told" in request else at


class CountsWallTime(Library):
    """Adds 48 hours to what clocks in Paris read."""

    def view(self, case, at):
        shown = super().view(case, at)
        if shown["deadline"] and str(case.stage) in {"pending", "awaiting_email"} and case.since_day is None:
            end = (case.deadline.opened.astimezone(PARIS) + timedelta(hours=48)).astimezone(UTC)
            shown["deadline"]["closes"] = shown["deadline"]["safe_until"] = _text(end)
        return shown


class CountsFromTheRequest(Library):
    """Counts sixty days from the request, and not from the letter."""

    def view(self, case, at):
        shown = super().view(case, at)
        if shown["deadline"] and str(case.stage) == "awaiting_code" and not shown["deadline"]["estimated"]:
            shown["deadline"]["closes"] = _text(CivilDays(60).starting(case.origin.at).closes)
        return shown


class FiftyNineDays(Library):
    """Counts the first day."""

    rulebook = lasting(services_activation=CivilDays(59))


class DaysOfUtc(Library):
    """Counts civil days of UTC."""

    rulebook = lasting(services_activation=CivilDays(60, "UTC"))


class MonthsOfThirtyDays(Library):
    """Counts 36 months as 1,080 days."""

    rulebook = lasting(mandate_use=CivilDays(1_080))


class ThreeYearsAndADay(Library):
    """Lets a mandate live a month more."""

    rulebook = lasting(mandate_use=CivilMonths(37))


class TwoDaysForTheLink(Library):
    """Gives the link until the end of a civil day, as a letter has."""

    rulebook = lasting(link_use=Hours(72))


class LettersAtOnce(Library):
    """Takes a letter to be edited on the day of the validation, where nobody has said which day it bears."""

    rulebook = attrs.evolve(EXPERT_2024_04_03, version="wrong", letter_announced=CivilDays(1))


class RemindsAtTheEnd(Library):
    """Has nothing to decide before the end."""

    def view(self, case, at):
        shown = super().view(case, at)
        return shown | ({"due_at": _text(case.deadline.lapses_at)} if shown["due_at"] else {})


class NoonOfTheDay(Library):
    """Takes a civil day for its noon."""

    def moment(self, request):
        at = Library.moment(request)
        if isinstance(at, datetime):
            return at
        return min(datetime.combine(at, time(12), PARIS), datetime.fromisoformat(request["told"]))


# --- Told late --------------------------------------------------------------------------------------------------------


class JudgesByTheTelling(Library):
    """Takes what it is told for what happens now."""

    def moment(self, request):
        return datetime.fromisoformat(request.get("told", request["at"]))


class TakesAPresumedLapseForFinal(Library):
    """Refuses what corrects a lapse."""

    level = 1

    def verb(self, request):
        case = self.cases.get(request.get("case", ""))
        if case is not None and case.is_presumed and request["do"] in {"activate_space", "activate_services"}:
            return {"accepted": False, "code": "transition.ended", "rule": "3.4", "state": "lapsed"}
        return super().verb(request)


class OrdersByReminders(Library):
    """Takes a reminder for a fact that nothing can come before."""

    def begin(self, request):
        self.reminded = {}
        return super().begin(request)

    def verb(self, request):
        name = request.get("case", "")
        at = Library.moment(request)
        if isinstance(at, datetime) and at < self.reminded.get(name, at) and request["do"] != "withdraw":
            return {"accepted": False, "code": "order.before_fact", "rule": "A14", "state": "lapsed"}
        answer = super().verb(request)
        if request["do"] == "remind" and answer["accepted"] and isinstance(at, datetime):
            self.reminded[name] = at
        return answer


class WithdrawsNothing(Library):
    """Records a withdrawal, and leaves the case as it was."""

    def verb(self, request):
        before = self.cases.get(request.get("case", ""))
        answer = super().verb(request)
        return answer | {"state": str(before.stage)} if request["do"] == "withdraw" and answer["accepted"] else answer


class ClosedCasesAreDue(Library):
    """Has the clock decide on what is closed."""

    def view(self, case, at):
        limit = case.time_limit
        shown = super().view(case, at)
        return shown | ({"due_at": _text(limit.lapses_at)} if case.is_closed and limit else {})


# --- Who and what -----------------------------------------------------------------------------------------------------


class PostsTheLetterAtOnce(Library):
    """Posts the letter before the link was used."""

    def verb(self, request):
        answer = super().verb(request)
        if answer.get("state") == "awaiting_email" and request["do"] == "request_adhesion":
            letter = {"kind": "activation-code-letter", "to": request["form"]["organisation"], "code": "code 2"}
            answer["messages"] = [*answer["messages"], letter]
        return answer


class WritesToTheRequester(Library):
    """Sends the letter to whoever asked."""

    def message(self, message):
        shown = super().message(message)
        return shown | ({"to": str(message.requester)} if message.kind == "activation-code-letter" else {})


class TellsNobodyOfALapse(Library):
    """Sends no notice."""

    level = 1

    def verb(self, request):
        answer = super().verb(request)
        return answer | {"messages": []} if request["do"] == "lapse" and answer["accepted"] else answer


class ForgetsAStep(Library):
    """Never says that the letter is to be watched for."""

    level = 1

    def view(self, case, at):
        shown = super().view(case, at)
        return shown | {"next_steps": [step for step in shown["next_steps"] if step["action"] != "watch_letter"]}


class AdvisesTheLastDay(Library):
    """Shows people the last day, and not the safe one."""

    def view(self, case, at):
        shown = super().view(case, at)
        for step in shown["next_steps"]:
            step["by"] = step["by"] and case.deadline and _text(case.deadline.closes)
        return shown


class AnyCode(Library):
    """Takes any code."""

    def secret(self, request, name):
        sent = [it for it in self.secrets if it.startswith(name)]
        return self.secrets[sent[-1]] if name in request and sent else super().secret(request, name)


class SaysLateToAWrongCode(Library):
    """Looks at the code before it looks at the time."""

    def verb(self, request):
        if str(request.get("code", "")).startswith("another"):
            self.number += 1
            state = str(self.cases[request["case"]].stage)
            return {"accepted": False, "code": "emailed_code.wrong", "rule": "1.8", "state": state}
        return super().verb(request)


class AnySpace(Library):
    """Takes the letter's code in any space."""

    def of(self, name):
        return self.cases["space-1"] if name.startswith("space") else super().of(name)


class RenewsRecordedLapsesOnly(Library):
    """Renews a request only once its lapse was recorded."""

    def verb(self, request):
        case = self.cases.get(request.get("case", ""))
        told = datetime.fromisoformat(request.get("told", request["at"]))
        if request["do"] == "renew_adhesion" and not case.has_lapsed and case.is_over(told):
            return {"accepted": False, "code": "deadline.not_reached", "rule": "3.1", "state": str(case.stage)}
        return super().verb(request)


class DropsTheSecondAccount(Library):
    """Keeps one account of each request."""

    def decide(self, request, case):
        if "form" in request and request["do"] == "request_adhesion":
            accounts = request["form"].get("bank_accounts", [])[:1]
            request = request | {"form": request["form"] | {"bank_accounts": accounts}}
        return super().decide(request, case)


class RenewsWithTheFirstAccounts(Library):
    """Drops, from what is renewed, the accounts that were declared after the request."""

    def begin(self, request):
        self.forms = {}
        return super().begin(request)

    def decide(self, request, case):
        if request["do"] == "request_adhesion":
            self.forms[request["makes"]] = request["form"]
        asked = self.forms.get(request.get("case", "")) if request["do"] == "renew_adhesion" else None
        return super().decide({"form": asked} | request if asked else request, case)


class AThirdPartySigns(Library):
    """Has anybody sign a mandate."""

    def decide(self, request, case):
        signs = {"signatory": "representative"} if request["do"] == "sign_mandate" else {}
        return super().decide(request | signs, case)


class IssuesTwoMandates(Library):
    """Does not look at the mandates that are there."""

    def mandates(self):
        return []


# --- Payments and plans -----------------------------------------------------------------------------------------------


class MandateForCfe(Library):
    """Wants a mandate for CFE."""

    rulebook = selling("payer-cfe", needs_mandate=True)


class NoMandateForTva(Library):
    """Wants no mandate for TVA."""

    rulebook = selling("payer-tva", needs_mandate=False)


class PaysOnceSent(Library):
    """Lets a payment pass before the bank has registered the mandate."""

    def may_pay(self, request):
        answer = super().may_pay(request)
        sent = any(str(it.stage) == "sent" for it in self.cases.values() if isinstance(it, Mandate))
        return {"accepted": True} if answer.get("rule") == "2.20" and sent else answer


class PaysByTodaysMandate(Library):
    """Asks what stands now, whenever the payment was."""

    def may_pay(self, request):
        return super().may_pay(request | {"at": request.get("told", request["at"])})


class PlansWithoutTheBank(Library):
    """Forgets how long the bank takes."""

    def plan(self, request):
        leads = LeadTimes(**request["lead_times"] | {"bank": 0})
        return super().plan(request | {"lead_times": {"letter": leads.letter, "company": leads.company, "bank": 0}})


class TakesAnyIban(Library):
    """Does not compute check digits."""

    def value(self, request):
        answer = super().value(request)
        wrong = str(answer.get("code", "")).endswith(".check_digits")
        return {"accepted": True, "value": request["text"]} if wrong else answer


class CvaeForFree(Library):
    """Wants no mandate for CVAE."""

    rulebook = selling("payer-cvae", needs_mandate=False)


class MessagingWithoutAnEmail(Library):
    """Takes a request for Messaging without the company's e-mail address."""

    def adhesion_form(self, request):
        email = {"company_email": "somebody@acme.fr"}
        return super().adhesion_form(request | {"form": email | request["form"]})


def mutants() -> list[type[Library]]:
    """All of them."""
    return [it for it in globals().values() if isinstance(it, type) and issubclass(it, Library) and it is not Library]
