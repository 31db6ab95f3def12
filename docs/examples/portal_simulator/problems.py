"""What is refused or wrong, as problem details (RFC 9457), in the language that the request asks for.

A refusal of the procedure is a 409, and what cannot be read a 422. Each has its code, the rule that it cites and its
facts for programs, and `title` and `detail` for people. A form has a problem for each field, at its `pointer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal_simulator.simulator import NoCaseError
from teleprocedures import EXPERT_2024_04_03, InvalidFormError, Problem, RefusedError, TeleproceduresError
from teleprocedures.contrib.pydantic import worded
from teleprocedures.wording import ENGLISH, FRENCH, Wording

MEDIA_TYPE = "application/problem+json"
LARGEST = 1 << 15
"""How many bytes may be sent at once, ten times the longest form."""
MOST = 20
"""How many problems are told of what was sent."""
# What the procedure refuses of a form whose fields are well formed: it can be read, and is refused under a rule.
_CONFLICTS = {"services.missing", "services.not_allowed", "company_email.missing", "bank_accounts.missing"}
_LANGUAGES = {"fr": FRENCH, "en": ENGLISH}
_OTHER = "Cette valeur n'est pas de la sorte attendue."
_IN_FRENCH = {
    "missing": "Ce champ est nécessaire.",
    "extra_forbidden": "Ce champ n'est pas prévu.",
    "model_attributes_type": "Il faut un objet, avec ses champs.",
    "json_invalid": "Ce n'est pas du JSON.",
    "string_too_short": "Ce texte est trop court.",
    "string_too_long": "Ce texte est trop long.",
    "string_type": "Il faut un texte.",
}
"""What pydantic says by itself, by its codes; of the library's own problems, the library has the words."""


class FieldProblem(BaseModel):
    """What is wrong with one field: its place in what was sent, its code, the words, and the facts."""

    pointer: str
    code: str
    detail: str
    rule: str | None
    facts: dict[str, Any]


class ProblemDetails(BaseModel):
    """A problem of RFC 9457, with the code, the rule and the facts of the library."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    rule: str | None
    facts: dict[str, Any]
    problems: list[FieldProblem]


def language(request: Request) -> str:
    """The language that is asked for: of those that there are the one with the highest quality, else French."""
    asked: list[tuple[float, str]] = []
    for place in request.headers.get("accept-language", "").split(","):
        name, _, quality = place.strip().lower().partition(";q=")
        try:
            asked.append((float(quality or 1), name[:2]))
        except ValueError:
            continue
    ranked = sorted(asked, key=lambda it: -it[0])
    return next((name for _, name in ranked if name in _LANGUAGES), "fr")


def wording(request: Request) -> Wording:
    """The words of the language that is asked for."""
    return _LANGUAGES[language(request)]


def _answer(
    request: Request,
    status: HTTPStatus,
    code: str,
    title: str,
    detail: str,
    *,
    rule: str | None = None,
    facts: Any = None,
    problems: Sequence[FieldProblem] = (),
    headers: Any = None,
) -> JSONResponse:
    body = ProblemDetails(
        type=f"urn:teleprocedures:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        rule=rule,
        facts=jsonable_encoder(dict(facts or {})),
        problems=list(problems),
    )
    sent = {**(headers or {}), "Content-Language": language(request), "Vary": "Accept-Language"}
    return JSONResponse(body.model_dump(mode="json"), status, sent, media_type=MEDIA_TYPE)


def _field(problem: Problem, words: Wording) -> FieldProblem:
    place = problem.path.replace("[", "/").replace("]", "").replace(".", "/").removeprefix("$")
    pointer = f"/{place}" if place else ""
    return FieldProblem(
        pointer=pointer,
        code=problem.code,
        detail=words.sentence(problem.code, **problem.facts),
        rule=None if problem.rule is None else problem.rule.id,
        facts=jsonable_encoder(dict(problem.facts)),
    )


async def refused(request: Request, error: Exception) -> JSONResponse:
    """A refusal of the procedure, under its rule, or a value that a verb cannot take."""
    assert isinstance(error, TeleproceduresError)
    words = wording(request)
    problems = [_field(it, words) for it in error.problems] if isinstance(error, InvalidFormError) else []
    if not isinstance(error, RefusedError):
        return _unread(request, problems or [_field(Problem("$", error.code, error.facts), words)])
    return _answer(
        request,
        HTTPStatus.CONFLICT,
        error.code,
        words.rule(error.rule),
        words.sentence(error.code, **error.facts) if not problems else "; ".join(it.detail for it in problems),
        rule=error.rule.id,
        facts={} if problems else error.facts,
        problems=problems,
    )


async def invalid(request: Request, error: Exception) -> JSONResponse:
    """What was sent cannot be read: each problem at its place, and nothing of what was typed."""
    assert isinstance(error, RequestValidationError)
    words, english, errors = wording(request), language(request) == "en", error.errors()[:MOST]
    ours = ["message" in it.get("ctx", {}) for it in errors]
    problems = [
        FieldProblem(
            pointer="".join(f"/{step}" for step in it["loc"] if step != "body"),
            code=it["type"],
            detail=it["msg"] if is_ours or english else _IN_FRENCH.get(it["type"], _OTHER),
            rule=it.get("ctx", {}).get("rule"),
            facts=jsonable_encoder({name: fact for name, fact in it.get("ctx", {}).items() if name != "error"}),
        )
        for it, is_ours in zip(worded(errors, words), ours, strict=True)
    ]
    if problems and {problem.code for problem in problems} <= _CONFLICTS:
        return _answer(
            request,
            HTTPStatus.CONFLICT,
            "form.refused",
            words.rule(EXPERT_2024_04_03.rule(str(problems[0].rule))),
            "; ".join(problem.detail for problem in problems),
            rule=problems[0].rule,
            problems=problems,
        )
    return _unread(request, problems)


def _unread(request: Request, problems: list[FieldProblem]) -> JSONResponse:
    title = {"fr": "La demande ne peut pas être lue.", "en": "The request cannot be read."}[language(request)]
    detail = "; ".join(problem.detail for problem in problems)
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "request.invalid", title, detail, problems=problems)


async def missing(request: Request, error: Exception) -> JSONResponse:
    """No case has this id."""
    words = {"fr": "Aucun dossier n'a cet identifiant.", "en": "No case has this id."}
    text = words[language(request)]
    return _answer(request, HTTPStatus.NOT_FOUND, "case.unknown", text, text, facts={"id": str(error)[:100]})


async def of_http(request: Request, error: Exception) -> JSONResponse:
    """What HTTP itself refuses: a path that leads nowhere, a method that it does not have."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    code = f"http.{status.phrase.lower().replace(' ', '_')}"
    headers = dict(error.headers or {})
    if status is HTTPStatus.METHOD_NOT_ALLOWED:  # of all that have the path, and not of the first one alone
        found = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
        headers["Allow"] = ", ".join(sorted({method for route in found for method in getattr(route, "methods", ())}))
    return _answer(request, status, code, status.phrase, str(error.detail), headers=headers)


class Limited:
    """An application that is sent no more than it can answer soon: a body that is larger is a 413."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read what is sent, and hand it on as one piece."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body, message = b"", await receive()
        while message["type"] == "http.request":
            body += message.get("body", b"")
            if len(body) > LARGEST:
                await too_large(Request(scope))(scope, receive, send)
                return
            if not message.get("more_body", False):
                message = {"type": "http.request", "body": body, "more_body": False}
                break
            message = await receive()
        first = [message]

        async def whole() -> Message:
            return first.pop() if first else await receive()

        await self.app(scope, whole, send)


def too_large(request: Request) -> JSONResponse:
    """More was sent than is read."""
    words = {
        "fr": f"La demande est trop longue ; elle a {LARGEST} octets au plus.",
        "en": f"The request is too large: expected {LARGEST} bytes at most.",
    }
    text = words[language(request)]
    return _answer(request, HTTPStatus(413), "request.too_large", text, text)


def handle(app: FastAPI) -> None:
    """Have an application answer all that goes wrong with problem details."""
    app.add_exception_handler(TeleproceduresError, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(NoCaseError, missing)
    app.add_exception_handler(HTTPException, of_http)
    app.add_middleware(Limited)
