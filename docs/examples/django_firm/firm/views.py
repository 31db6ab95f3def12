"""The pages. Each post is one decision, or a few in one transaction; then the page is shown again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from firm import desk
from firm.forms import ClosingForm, FactForm, FileForm, PlanForm, ReasonForm, RequestForm
from firm.models import Case, Event, Message
from firm.sheet import Sheet, UnreadableError, compared, found, key_of, rows_of
from teleprocedures import (
    HELD_ELSEWHERE,
    Adhesion,
    AnyCase,
    AnyEvent,
    Deadline,
    InvalidValueError,
    Lapse,
    Mandate,
    Organisation,
    Outcome,
    Plan,
    Portal,
    RefusedError,
    Space,
    SystemClock,
    TeleproceduresError,
    close_company,
    organisation,
    withdraw,
)
from teleprocedures.wording import FRENCH, diligence

SHEET: Final = "sheet"
"""Where the session keeps what was handed in."""
SOON: Final = timedelta(days=15)
MOST: Final = 60
"""How many things to do the morning page has; the rest is on the pages of the companies."""
LAPSES: Final = tuple(kind.kind for kind in Lapse.__subclasses__())

Fact = Callable[[Portal, Any, str, Any], AnyCase]
FACTS: Final[dict[str, Fact]] = {
    "confirm_company_email": lambda it, case, _, at: it.confirm_company_email(case, HELD_ELSEWHERE, at=at),
    "record_letter": lambda it, case, value, at: it.record_letter(case, value, at=at),
    "activate": lambda it, case, _, at: it.activate_services(desk.space(), case, HELD_ELSEWHERE, at=at),
    "declare_account": lambda it, case, value, at: it.declare_account(case, value, at=at),
    "renew": lambda it, case, _, at: desk.met(
        lambda: it.renew_adhesion(desk.space(), case, at=at, key=f"renew {case.id}")
    ),
    "issue": lambda it, case, value, at: it.issue_mandate(
        case, value or (case.accounts[0] if case.accounts else ""), mandates=mandates_of(case.organisation), at=at
    ),
    "name_representative": lambda it, case, value, at: it.name_representative(case, value, at=at),
    "sign": lambda it, case, value, at: it.sign_mandate(case, value or case.legal_representative, at=at),
    "send": lambda it, case, _, at: it.send_mandate(case, at=at),
    "register": lambda it, case, _, at: it.register_mandate(case, at=at),
    "record_collection": lambda it, case, _, at: it.record_collection(case, at=at),
}
"""What can be told of a case, by the verb: the portal's verb, with what was typed beside."""


def to_post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that takes posts; whoever comes by its address, as after signing in again, is led to its page."""

    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def either(request: HttpRequest, **of: str) -> HttpResponse:
        if request.method == "POST":
            return view(request, **of)
        if "case_id" in of:
            return back(case_of(of["case_id"]))
        return redirect("company", **of) if of else redirect("first_day")

    return either


# --- To read ----------------------------------------------------------------------------------------------------------


@require_GET
def morning(request: HttpRequest) -> HttpResponse:
    """What lapsed in the night, what is at risk, what to do today."""
    at, clients = SystemClock().now(), desk.portfolio()
    names = {it: company.name for it, company in clients.companies.items()}
    lapsed = Event.objects.filter(kind__in=LAPSES, recorded_at__gt=at - timedelta(days=1)).select_related("case")
    of = {row.case_id: row.case.organisation for row in lapsed}
    steps = clients.next_steps(at=at)
    shown = {
        "at": FRENCH.instant(at),
        "lapsed": [(of[it.case_id], names.get(of[it.case_id]), FRENCH.event(it)) for it in desk.readable(lapsed)],
        "risks": [
            (step, names.get(step.organisation), FRENCH.step(step)) for step in clients.at_risk(at=at, within=SOON)
        ],
        "steps": [(step, names.get(step.organisation), FRENCH.step(step)) for step in steps[:MOST]],
        "more": max(0, len(steps) - MOST),
        "wrong": Case.objects.exclude(wrong="").count(),
        "waiting": Message.objects.filter(sent_at=None).count(),
        "companies": len(names),
    }
    return render(request, "firm/morning.html", shown)


@require_GET
def companies(request: HttpRequest) -> HttpResponse:
    """The clients, found by a part of their name or number, and those that are followed no more."""
    at, wanted = SystemClock().now(), request.GET.get("q", "").strip()
    every = desk.cases()
    clients = desk.Portfolio(every).companies
    names = {case.organisation: case.company_name or "" for case in every if not isinstance(case, Space)}
    names |= {it: company.name for it, company in clients.items() if company.name}
    followed = {case.organisation for case in every if not isinstance(case, Space) and not case.is_closed}
    found = [it for it, name in names.items() if wanted.casefold() in f"{it} {name}".casefold()]
    rows = []
    for it in sorted(found, key=lambda it: (names[it].casefold(), str(it))):
        holdings = clients[it].holdings(at=at).values() if it in clients else ()
        said = [f"{FRENCH.service(one.service)} : {FRENCH.standing(one.standing)}" for one in holdings if one.adhesion]
        rows.append((it, names[it], said if it in followed else ["n'est plus suivie"]))
    return render(request, "firm/companies.html", {"rows": rows, "wanted": wanted})


@require_GET
def company(request: HttpRequest, organisation: str) -> HttpResponse:
    """All of one company, and what can be told of it."""
    return shown(request, read_organisation(organisation))


@require_GET
def diligences(request: HttpRequest, organisation: str) -> HttpResponse:
    """The file of diligence of a company, to be printed."""
    it = read_organisation(organisation)
    ids = [case.id for case in cases_of(it)]
    file = diligence(desk.history(ids), desk.messages(ids), of=it, sent=desk.sent(ids))
    return render(request, "firm/diligences.html", {"organisation": it, "text": file.text})


def shown(request: HttpRequest, it: Organisation, **forms: Any) -> HttpResponse:
    """The page of a company, with the forms that were wrong as they were filled in."""
    at, followed = SystemClock().now(), cases_of(it)
    clients = desk.Portfolio(desk.cases(it))
    client = clients.company(it)
    planned, plan = PlanForm(request.GET if "service" in request.GET else None), None
    if planned.is_bound and planned.is_valid():
        given = planned.cleaned_data
        try:
            plan = client.plan([given["service"]], pay_by=given["pay_by"], start=timezone.localdate())
        except TeleproceduresError as error:
            planned.add_error(None, FRENCH.refusal(error))
    files = []
    for case in followed:
        events = desk.history([case.id])
        gone = {version for event in events for version in withdrawn(event)}
        verbs = facts_of(case)
        files.append(
            {
                "case": case,
                "title": title(case),
                "status": FRENCH.status(case, at=at),
                "closing": case.closing and FRENCH.event(case.closing),
                "history": [
                    (event, FRENCH.event(event), event.version in gone, can_be_withdrawn(events, event))
                    for event in events
                ],
                "form": forms.get(case.id) or (FactForm(case, verbs) if verbs else None),
                "reason": ReasonForm(prefix=f"reason-{case.id}"),
            }
        )
    context = {
        "organisation": it,
        "called": FRENCH.organisation(it),
        "name": client.name,
        "holdings": [
            (FRENCH.service(one.service), FRENCH.standing(one.standing), one.standing, until(one.deadline))
            for one in client.holdings(at=at).values()
        ],
        "steps": [(step, FRENCH.step(step)) for step in client.next_steps(at=at)],
        "files": files,
        "planned": planned,
        "plan": plan and [FRENCH.step(step) for step in plan.steps],
        "outcome": plan and outcome(plan),
        "closing": forms.get("closing") or ClosingForm(),
        "refused": [("cloture" if name == "closing" else f"dossier-{name}", form) for name, form in forms.items()],
        "is_closed": all(case.is_closed for case in followed),
    }
    return render(request, "firm/company.html", context)


# --- To tell ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form of a request of services."""
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def decide() -> Adhesion:
            begin = desk.portal().request_adhesion
            return desk.met(lambda: begin(desk.space(), form.value, key=given["key"], at=given["on"]))

        made = done(form, decide)
        if made and (made.origin.form, made.origin.day) != (form.value, given["on"]):
            form.begin_anew("Cette page a déjà enregistré une autre demande. Pour enregistrer aussi celle-ci, validez.")
        elif made:
            messages.success(request, "La demande est enregistrée.")
            return redirect("company", organisation=str(form.value.organisation))
    return render(request, "firm/ask.html", {"form": form}, status=422 if form.errors else 200)


@to_post
def tell(request: HttpRequest, case_id: str) -> HttpResponse:
    """A fact of a case."""
    case = case_of(case_id)
    form = FactForm(case, facts_of(case), request.POST)
    if form.is_valid():
        verb = form.cleaned_data["verb"]
        if done(form, lambda: FACTS[verb](desk.portal(), case_of(case_id), form.told, form.at)):
            messages.success(request, "C'est enregistré.")
            return back(case)
    return again(request, case.organisation, **{case.id: form})


@to_post
def take_back(request: HttpRequest, case_id: str) -> HttpResponse:
    """Withdraw a fact that was recorded by mistake."""
    case = case_of(case_id)
    form = ReasonForm(request.POST, prefix=f"reason-{case.id}")
    version = request.POST.get("version", "")
    if not form.is_valid() or not version.isdecimal():
        messages.error(request, "Pour retirer un fait, dites pourquoi.")
        return back(case)
    reason = form.cleaned_data["reason"]
    if done(form, lambda: desk.portal().withdraw(desk.history([case_id]), int(version), reason=reason)):
        messages.success(request, "Le fait est retiré ; l'historique garde les deux.")
    else:
        messages.error(request, " ".join(form.non_field_errors()))
    return back(case)


@to_post
def close(request: HttpRequest, organisation: str) -> HttpResponse:
    """Follow a company no more."""
    it = read_organisation(organisation)
    form = ClosingForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data

        @transaction.atomic
        def decide() -> bool:
            now = SystemClock().now()
            decisions = close_company(
                cases_of(it), it, given["reason"], at=form.at, recorded_at=now, text=given["text"] or None
            )
            for decision in decisions:
                desk.write(decision)
            return True

        if done(form, decide):
            messages.success(request, "L'entreprise n'est plus suivie.")
            return redirect("company", organisation=str(it))
    return again(request, it, closing=form)


@to_post
def reopen(request: HttpRequest, case_id: str) -> HttpResponse:
    """Follow a case again."""
    case = case_of(case_id)
    try:
        desk.again(lambda: desk.portal().reopen(case_of(case_id)))
        messages.success(request, "Le dossier est suivi de nouveau.")
    except TeleproceduresError as error:
        messages.error(request, FRENCH.refusal(error))
    return back(case)


# --- The first day ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def first_day(request: HttpRequest) -> HttpResponse:
    """A spreadsheet of clients, compared line by line with what is followed."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            request.session[SHEET] = rows_of(form.cleaned_data["file"].read())
            return redirect("first_day")
        except UnreadableError as error:
            form.add_error("file", str(error))
    context: dict[str, Any] = {"form": form}
    if SHEET in request.session:
        own = desk.space()
        sheet = request.session[SHEET]
        context |= {"sheet": sheet, "compared": compared(sheet, desk.portfolio(), own, at=SystemClock().now())}
    return render(request, "firm/first_day.html", context, status=422 if form.errors else 200)


@to_post
def take_over(request: HttpRequest) -> HttpResponse:
    """Record the findings that were ticked, each in a transaction of its own."""
    ticked, taken, own = set(request.POST.getlist("finding")), 0, desk.space()
    nothing = Sheet(rows=[], wrong=[], unread=[])
    for finding in found(request.session.get(SHEET, nothing), desk.portfolio(), own, at=SystemClock().now()):
        if finding.decision is not None and key_of(finding.decision) in ticked:
            try:
                desk.Desk().record(finding.decision)
                taken += 1
            except TeleproceduresError as error:
                messages.error(request, FRENCH.refusal(error))
    messages.success(request, f"{taken} constat(s) enregistré(s).")
    return redirect("first_day")


# --- What they share --------------------------------------------------------------------------------------------------


def done(form: Any, decide: Callable[[], Any]) -> Any:
    """What a decision gave, or None: what refuses it stands at the field of the value, or at the head of the form."""
    try:
        return desk.again(decide)
    except TeleproceduresError as error:
        is_of_the_value = isinstance(error, InvalidValueError) and "value" in form.fields
        form.add_error("value" if is_of_the_value else None, FRENCH.refusal(error))
        return None


def read_organisation(text: str) -> Organisation:
    """The organisation of an address; anything else is not found."""
    try:
        return organisation(text)
    except InvalidValueError:
        raise Http404 from None


def case_of(case_id: str) -> AnyCase:
    """A case as it stands, or not found."""
    row = Case.objects.filter(id=case_id, wrong="").first()
    if row is None:
        raise Http404
    return row.read()


def cases_of(it: Organisation) -> list[Adhesion | Mandate]:
    """The cases of a company, oldest first; not found without any."""
    every = [case for case in desk.cases(it) if not isinstance(case, Space)]
    found = [case for case in every if len(desk.history([case.id])) == case.version]
    if not found:
        raise Http404
    return sorted(found, key=lambda case: (case.origin.at, case.id))


def mandates_of(it: Organisation) -> list[Mandate]:
    """The mandates of a company."""
    return [case for case in desk.cases(it) if isinstance(case, Mandate)]


def facts_of(case: AnyCase) -> tuple[str, ...]:
    """The verbs that can be told of a case now; a mandate is issued from a request that has an account.

    What happened in time can be told once the time limit has passed: the verbs of its last usable instant are told too.
    """
    now = SystemClock().now()
    instants = [now] if case.deadline is None else [now, min(now, case.deadline.closes)]
    possible = dict.fromkeys(verb for at in instants for verb in case.possible(at=at))
    verbs = tuple(verb for verb in possible if verb in FACTS)
    return (*verbs, "issue") if isinstance(case, Adhesion) and case.accounts else verbs


def withdrawn(event: Any) -> tuple[int, ...]:
    """The versions that an event withdraws, and those that fall with them."""
    return (event.withdrawn, *event.fallen) if hasattr(event, "withdrawn") else ()


def can_be_withdrawn(events: list[AnyEvent], event: AnyEvent) -> bool:
    """Whether an event is a fact that somebody told and that no later one relies on."""
    try:
        withdraw(events, event.version, reason="?", at=SystemClock().now())
    except RefusedError:
        return False
    return True


def outcome(plan: Plan) -> str:
    """How a plan comes out, with the day that matters."""
    ready, begin = FRENCH.day(plan.ready_on), FRENCH.day(plan.start_by)
    return {
        Outcome.READY: "Tout est prêt : l'impôt peut être payé.",
        Outcome.IN_TIME: f"C'est possible : au plus tard, commencez le {begin}.",
        Outcome.TOO_LATE: f"C'est trop tard pour cette date : au mieux, ce sera le {ready}.",
    }[plan.outcome]


def until(deadline: Deadline | None) -> str:
    """The day that a time limit leaves, which is the safe one."""
    if deadline is None:
        return "—"
    return f"jusqu'au {FRENCH.day(deadline.safe_until)}{' (estimé)' if deadline.estimated else ''}"


def title(case: AnyCase) -> str:
    """What a case is called on the page of its company."""
    if isinstance(case, Mandate):
        return f"Mandat {case.account.masked}"
    return ", ".join(FRENCH.service(it) for it in case.services)  # type: ignore[union-attr] # a request


def back(case: Any) -> HttpResponse:
    """The page of the company of a case, at the case."""
    return redirect(reverse("company", kwargs={"organisation": str(case.organisation)}) + f"#dossier-{case.id}")


def again(request: HttpRequest, it: Organisation, **forms: Any) -> HttpResponse:
    """The page of a company, with a form as it was filled in, which its head tells of."""
    response = shown(request, it, **forms)
    response.status_code = 422
    return response
