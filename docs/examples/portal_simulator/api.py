"""The portal over HTTP. A path is a thing, and a POST to what one does with it; `/bench` is what only a test does.

Every verb takes `at` as a query: when the fact happened, if it is told later than that. Handlers are coroutines that
wait for nothing, so that one request is answered after the other.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path as File
from typing import Annotated, Any, TypeVar

from fastapi import Body, Depends, FastAPI, Query, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from portal_simulator import problems
from portal_simulator.diagram import diagram
from portal_simulator.simulator import Simulator
from teleprocedures import (
    EXPERT_2024_04_03,
    ActivationCode,
    AdhesionForm,
    BankAccount,
    Case,
    LinkToken,
    PersonName,
    Rulebook,
    Secret,
    Service,
    SpaceForm,
    check_payment,
    next_steps,
)
from teleprocedures.wording import Wording

PAGE = File(__file__).with_name("page.html")
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

T = TypeVar("T")


def _text(value: T) -> T:
    # pydantic reads numbers as instants, too.
    if not isinstance(value, str):
        message = "expected an ISO 8601 text"
        raise ValueError(message)  # noqa: TRY004 - pydantic takes a ValueError
    return value


def _near(at: datetime) -> datetime:
    if not FIRST <= at <= LAST:
        message = "expected an instant from 1900 to 2200"
        raise ValueError(message)
    return at


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_text),
    AfterValidator(_near),
    WithJsonSchema({"type": "string", "format": "instant", "examples": ["2024-04-03T08:00:00Z"]}),
]
Day = Annotated[
    date, BeforeValidator(_text), WithJsonSchema({"type": "string", "format": "date", "examples": ["2024-04-03"]})
]


Id = Annotated[str, Field(min_length=1, max_length=200)]


class Sent(BaseModel):
    """What is sent has the fields of its model and no others."""

    model_config = ConfigDict(extra="forbid")


class SignIn(Sent):
    """A password (2.1)."""

    password: Secret


class Code(Sent):
    """An activation code (1.8)."""

    code: ActivationCode


class Token(Sent):
    """The token of a validation link (2.8)."""

    token: LinkToken


class CodeFromSpace(Code):
    """The code of a letter, entered in a space (3.3)."""

    space: Id


class FromSpace(Sent):
    """A space."""

    space: Id


class Letter(Sent):
    """The day that a letter bears (A3)."""

    edited: Day


class Account(Sent):
    """A bank account."""

    account: Annotated[
        BankAccount, WithJsonSchema({"type": "string", "format": "iban", "minLength": 15, "maxLength": 68})
    ]


class Payment(Account):
    """A payment of the tax of a service."""

    service: Service


class Named(Sent):
    """The legal representative of the company (2.16)."""

    name: PersonName


class Signature(Sent):
    """Who signs: a name, `representative` or `third_party` (2.16)."""

    signatory: PersonName


class Clock(Sent):
    """What the clock shows."""

    at: Instant


class Limit(BaseModel):
    """A time limit that runs."""

    safe_until: datetime
    closes: datetime
    estimated: bool
    rule: str


class View(BaseModel):
    """A case as it stands."""

    id: str
    kind: str
    state: str
    words: str
    version: int
    services: list[str]
    limit: Limit | None
    next_steps: list[str]


class Mail(BaseModel):
    """A message as it was sent, with the code or the token that it carries."""

    id: str
    case: str
    kind: str
    subject: str
    body: str
    secret: str | None


class Passes(BaseModel):
    """A payment would pass."""

    passes: bool


def _view(simulator: Simulator, case: Case, words: Wording) -> View:
    now, deadline = simulator.clock.now(), case.deadline
    return View(
        id=case.id,
        kind=case.kind,
        state=str(case.stage),
        words=words.state(case.stage),
        version=case.version,
        services=[service.code for service in getattr(case, "services", ())],
        limit=deadline
        and Limit(
            safe_until=deadline.safe_until, closes=deadline.closes, estimated=deadline.estimated, rule=deadline.rule.id
        ),
        next_steps=[words.step(step) for step in next_steps(case, at=now, mandates=simulator.mandates)],
    )


def create_app(rulebook: Rulebook = EXPERT_2024_04_03) -> FastAPI:
    """The application, with a simulator of its own that is empty."""
    app = FastAPI(
        title="Portal simulator",
        version="1",
        description="The three steps of expert mode, for test benches.",
        generate_unique_id_function=lambda route: route.name,
        responses={status: {"model": problems.ProblemDetails} for status in (400, 404, 409, 413, 422)},
    )
    app.state.simulator = Simulator(rulebook)
    problems.handle(app)
    _add_steps(app)
    _add_mandates(app)
    _add_bench(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign] # as FastAPI's own manual has it
    return app


SEEN = ("see", "draw", "lapse")
LINKS = {
    "create_space": ("activate_space", "sign_in", "request_adhesion", *SEEN),
    "request_adhesion": (
        *("confirm_company_email", "record_letter", "activate_services", "renew_adhesion"),
        *("declare_account", "issue_mandate", "pay", *SEEN),
    ),
    "issue_mandate": (
        *("name_representative", "sign_mandate", "send_mandate", "register_mandate", "record_collection"),
        *SEEN,
    ),
}
"""What can be asked of the case that an operation opens, by its id."""


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's own document, in which what goes wrong has the media type of problem details, and links lead on."""
    if app.openapi_schema is None:
        app.openapi_schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        for path in app.openapi_schema["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    if status.startswith("4"):
                        response["content"] = {problems.MEDIA_TYPE: next(iter(response["content"].values()))}
                    elif operation["operationId"] in LINKS:
                        response["links"] = {
                            it: {"operationId": it, "parameters": {"id": "$response.body#/id"}}
                            for it in LINKS[operation["operationId"]]
                        }
    return app.openapi_schema


At = Annotated[
    Instant | None,
    WithJsonSchema({"type": "string", "format": "instant", "examples": ["2024-04-03T08:00:00Z"]}),
    Query(description="when it happened, if that was earlier than the clock shows"),
]
Words = Annotated[Wording, Depends(problems.wording)]


def _add_steps(app: FastAPI) -> None:  # noqa: C901 - a path after the other
    """The three steps."""

    def here() -> Simulator:
        simulator: Simulator = app.state.simulator
        return simulator

    @app.post("/spaces", status_code=201, tags=["step 1"])
    async def create_space(form: Annotated[SpaceForm, Body()], words: Words, at: At = None) -> View:
        """Ask for a space: a code is e-mailed (1.1 to 1.7)."""
        return _view(here(), here().portal.create_space(form, at=at), words)

    @app.post("/spaces/{id}/activation", tags=["step 1"])
    async def activate_space(id: str, given: Code, words: Words, at: At = None) -> View:
        """Enter the e-mailed code (1.8 to 1.10)."""
        return _view(here(), here().portal.activate_space(here().space(id), given.code, at=at), words)

    @app.post("/spaces/{id}/sign-in", status_code=204, tags=["step 2"])
    async def sign_in(id: str, given: SignIn) -> Response:
        """Sign in with the password (2.1)."""
        here().portal.sign_in(here().space(id), given.password)
        return Response(status_code=204)

    @app.post("/spaces/{id}/requests", status_code=201, tags=["step 2"])
    async def request_adhesion(id: str, form: Annotated[AdhesionForm, Body()], words: Words, at: At = None) -> View:
        """Request services for a company: a link by e-mail, or the letter at once (2.2 to 2.14)."""
        return _view(here(), here().portal.request_adhesion(here().space(id), form, at=at), words)

    @app.post("/requests/{id}/renewal", status_code=201, tags=["step 2"])
    async def renew_adhesion(id: str, given: FromSpace, words: Words, at: At = None) -> View:
        """Make a request again, once it has lapsed or while its letter is missing (2.11, 3.4, A16)."""
        request = here().request(id)
        return _view(here(), here().portal.renew_adhesion(here().space(given.space), request, at=at), words)

    @app.post("/requests/{id}/confirmation", tags=["step 2"])
    async def confirm_company_email(id: str, given: Token, words: Words, at: At = None) -> View:
        """Use the link that the company received (2.8 to 2.11)."""
        return _view(here(), here().portal.confirm_company_email(here().request(id), given.token, at=at), words)

    @app.post("/requests/{id}/letter", tags=["step 3"])
    async def record_letter(id: str, given: Letter, words: Words, at: At = None) -> View:
        """Say which day the letter bears (A3)."""
        return _view(here(), here().portal.record_letter(here().request(id), given.edited, at=at), words)

    @app.post("/requests/{id}/activation", tags=["step 3"])
    async def activate_services(id: str, given: CodeFromSpace, words: Words, at: At = None) -> View:
        """Enter the code of the letter, in the space that asked (3.1 to 3.5)."""
        space, request = here().space(given.space), here().request(id)
        return _view(here(), here().portal.activate_services(space, request, given.code, at=at), words)

    @app.get("/cases/{id}", tags=["cases"])
    async def see(id: str, words: Words) -> View:
        """A space, a request or a mandate as it stands."""
        return _view(here(), here().find(Case, id), words)

    @app.get("/cases/{id}/diagram", tags=["cases"], response_class=HTMLResponse)
    async def draw(id: str, words: Words) -> HTMLResponse:
        """The diagram of a case at its state."""
        return HTMLResponse(diagram(here().find(Case, id), words))


def _add_mandates(app: FastAPI) -> None:
    """Accounts, mandates and payments."""

    def here() -> Simulator:
        simulator: Simulator = app.state.simulator
        return simulator

    @app.post("/requests/{id}/accounts", tags=["payments"])
    async def declare_account(id: str, given: Account, words: Words, at: At = None) -> View:
        """Declare an account of the company after the request (A17)."""
        return _view(here(), here().portal.declare_account(here().request(id), given.account, at=at), words)

    @app.post("/requests/{id}/mandates", status_code=201, tags=["payments"])
    async def issue_mandate(id: str, given: Account, words: Words, at: At = None) -> View:
        """Print a mandate for an account (2.14, 2.15)."""
        mandates, request = here().mandates, here().request(id)
        return _view(here(), here().portal.issue_mandate(request, given.account, mandates=mandates, at=at), words)

    @app.post("/requests/{id}/payments", tags=["payments"])
    async def pay(id: str, given: Payment, at: At = None) -> Passes:
        """Ask whether a payment would pass (2.18 to 2.21); a 409 says why it would not."""
        when = at or here().clock.now()
        check_payment(here().request(id), given.service, given.account, here().mandates, at=when)
        return Passes(passes=True)

    @app.post("/mandates/{id}/representative", tags=["payments"])
    async def name_representative(id: str, given: Named, words: Words, at: At = None) -> View:
        """Say who the company's legal representative is (2.16)."""
        return _view(here(), here().portal.name_representative(here().mandate(id), given.name, at=at), words)

    @app.post("/mandates/{id}/signature", tags=["payments"])
    async def sign_mandate(id: str, given: Signature, words: Words, at: At = None) -> View:
        """Have the mandate signed (2.16)."""
        return _view(here(), here().portal.sign_mandate(here().mandate(id), str(given.signatory), at=at), words)

    @app.post("/mandates/{id}/sending", tags=["payments"])
    async def send_mandate(id: str, words: Words, at: At = None) -> View:
        """Send the mandate to the bank (2.17)."""
        return _view(here(), here().portal.send_mandate(here().mandate(id), at=at), words)

    @app.post("/mandates/{id}/registration", tags=["payments"])
    async def register_mandate(id: str, words: Words, at: At = None) -> View:
        """State that the bank has registered the mandate (2.19)."""
        return _view(here(), here().portal.register_mandate(here().mandate(id), at=at), words)

    @app.post("/mandates/{id}/collections", tags=["payments"])
    async def record_collection(id: str, words: Words, at: At = None) -> View:
        """State that a payment was collected (F1)."""
        return _view(here(), here().portal.record_collection(here().mandate(id), at=at), words)


def _add_bench(app: FastAPI) -> None:
    """What only a test does: it moves the clock, reads the mailbox, has the night decide, and begins anew."""

    def here() -> Simulator:
        simulator: Simulator = app.state.simulator
        return simulator

    @app.get("/bench/clock", tags=["bench"])
    async def read_clock() -> Clock:
        """What the clock shows."""
        return Clock.model_construct(at=here().clock.now())

    @app.put("/bench/clock", tags=["bench"])
    async def set_clock(given: Clock) -> Clock:
        """Move the clock."""
        return Clock.model_construct(at=here().clock.set(given.at.astimezone(UTC)))

    @app.get("/bench/mailbox", tags=["bench"])
    async def read_mailbox(words: Words, case: str | None = None) -> list[Mail]:
        """What was sent, the oldest first: e-mails and letters, with their codes."""
        return [_mail(message, words) for message in here().mail(case)]

    @app.get("/bench/cases", tags=["bench"])
    async def list_cases(words: Words) -> list[View]:
        """All cases as they stand."""
        return [_view(here(), case, words) for case in here().cases.values()]

    @app.post("/bench/night", tags=["bench"])
    async def night(words: Words) -> list[View]:
        """Have the clock decide: reminders are sent, and what is past its time limit lapses."""
        return [_view(here(), case, words) for case in here().night()]

    @app.post("/bench/cases/{id}/lapse", tags=["bench"])
    async def lapse(id: str, words: Words, at: At = None) -> View:
        """Have one case lapse, or be told why it does not."""
        return _view(here(), here().portal.lapse(here().find(Case, id), at=at), words)

    @app.delete("/bench", status_code=204, tags=["bench"])
    async def begin_anew() -> Response:
        """Forget all cases and messages, and put the clock back."""
        app.state.simulator = Simulator(here().rulebook)
        return Response(status_code=204)

    @app.get("/", include_in_schema=False)
    async def page() -> HTMLResponse:
        """The page to play the three steps by hand."""
        return HTMLResponse(PAGE.read_text("utf-8"))


def _mail(message: Any, words: Wording) -> Mail:
    text = words.message(message)
    secret = getattr(message, "token", getattr(message, "code", None))
    return Mail(
        id=message.id,
        case=message.case_id,
        kind=message.kind,
        subject=text.subject,
        body=text.body,
        secret=None if secret is None else secret.reveal(),
    )
