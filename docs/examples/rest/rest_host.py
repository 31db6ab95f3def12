# ruff: noqa: D102 - what each verb of the adapter is, `Host` says
"""A test bench of the portal behind HTTP, and the adapter by which the conformance suite compares it with the rules.

The service keeps each case as bytes, and answers a POST to the path of a verb: 200 with what came of it, or 409 with
the refusal and its rule. As on any test bench, a request says what time it is, and when what it tells happened. The
adapter is a client of it and knows nothing else: it does what one for a service written in another language would do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from teleprocedures import (
    EXPERT_2024_04_03,
    AdhesionForm,
    Applicant,
    BankAccount,
    Decision,
    Mandate,
    PersonName,
    Portal,
    RefusedError,
    Rulebook,
    check_payment,
)
from teleprocedures.codec import dumps, loads
from teleprocedures.testing import ManualClock, PlainHasher, RecordingNotifier, ScriptedCodes, space_form
from teleprocedures.testing.conformance import Host


class Bench:
    """The service: a portal, its clock, its outbox, and its cases as they are stored."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rows: dict[str, bytes] = {}
        self.clock, self.outbox = ManualClock(datetime(2000, 1, 1, tzinfo=UTC)), RecordingNotifier()
        ports = {"codes": ScriptedCodes(), "hasher": PlainHasher(), "notifier": self.outbox, "journal": self}
        self.portal = Portal(clock=self.clock, rulebook=rulebook, **ports)

    def record(self, decision: Decision[Any]) -> None:
        """Store the snapshot."""
        self.rows[decision.case.id] = dumps(decision.case)

    def secrets(self, case: str) -> list[str]:
        """The codes and tokens that were sent for a case."""
        messages = (message for message in self.outbox.messages if message.case_id == case)
        found = (getattr(one, "token", getattr(one, "code", None)) for one in messages)
        return [secret.reveal() for secret in found if secret is not None]

    def answer(self, verb: str, *, at: str, case: str = "", space: str = "", told: str = "", **given: Any) -> Any:
        """What comes of a verb that happened at an instant, told then or later; raises its refusal."""
        self.clock.set(datetime.fromisoformat(told or at))
        portal, now = self.portal, datetime.fromisoformat(at)
        found = {id: loads(row, rulebooks=portal.rulebook) for id, row in self.rows.items()}
        about, where = found.get(case), found.get(space)
        mandates = [one for one in found.values() if isinstance(one, Mandate)]
        verbs = {
            "state": lambda: about.stage,
            "sent": lambda: self.secrets(case),
            "may_pay": lambda: check_payment(about, given["service"], given["account"], mandates, at=now),
            "create_space": lambda: portal.create_space(space_form(), at=now).id,
            "request_adhesion": lambda: (
                portal.request_adhesion(about, AdhesionForm.from_mapping(given["form"]), at=now).id
            ),
            "renew_adhesion": lambda: portal.renew_adhesion(where, about, at=now).id,
            "record_letter": lambda: portal.record_letter(about, date.fromisoformat(given["edited"]), at=now).id,
            "activate_services": lambda: portal.activate_services(where, about, given["code"], at=now).id,
            "issue_mandate": lambda: portal.issue_mandate(about, given["account"], mandates=mandates, at=now).id,
        }
        return verbs[verb]() if verb in verbs else getattr(portal, verb)(about, *given.values(), at=now).id


@contextmanager
def served(rulebook: Rulebook = EXPERT_2024_04_03) -> Iterator[int]:
    """A service on a port of this machine, which is told; a POST to /start begins anew, without any case."""

    class Handler(BaseHTTPRequestHandler):
        """A request: its path is the verb, its body what the verb is given."""

        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer goes in one piece
        bench = Bench(rulebook)

        def do_POST(self) -> None:
            """Answer a verb."""
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/start":
                Handler.bench = Bench(rulebook)
                return self.give(200, None)
            try:
                return self.give(200, Handler.bench.answer(self.path[1:], **asked))
            except RefusedError as refusal:
                return self.give(409, {"rule": refusal.rule.id, "message": refusal.message})

        def give(self, status: int, answer: object) -> None:
            """Send an answer."""
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing of each request."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


class Refused(Exception):
    """What the service answers 409 with."""


class RestHost(Host):
    """The adapter: each verb is a request. The service can be told late: `told` is then when."""

    refusals = (Refused,)

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port)
        self.ask("start")

    def close(self) -> None:
        self.connection.close()

    def ask(self, verb: str, **given: object) -> Any:
        """Send a verb to the service, and give its answer."""
        self.connection.request("POST", f"/{verb}", json.dumps(given, default=datetime.isoformat))
        response = self.connection.getresponse()
        answer = json.loads(response.read())
        if response.status == 409:
            raise Refused(f"rule {answer['rule']}: {answer['message']}")
        return answer

    def state(self, case: str, *, at: datetime) -> str:
        return self.ask("state", at=at, case=case)

    def sent(self, case: str) -> list[str]:
        return self.ask("sent", at=datetime(2000, 1, 1, tzinfo=UTC), case=case)

    def create_space(self, *, at: datetime, recorded_at: datetime) -> str:
        return self.ask("create_space", at=at, told=recorded_at)

    def activate_space(self, space: str, code: str, *, at: datetime, recorded_at: datetime) -> None:
        self.ask("activate_space", at=at, told=recorded_at, case=space, code=code)

    def request_adhesion(self, space: str, form: AdhesionForm, *, at: datetime, recorded_at: datetime) -> str:
        fields = {
            "organisation": str(form.organisation),
            "services": [service.code for service in form.services],
            "company_email": form.company_email and str(form.company_email),
            "bank_accounts": [account.iban for account in form.bank_accounts],
        }
        return self.ask("request_adhesion", at=at, told=recorded_at, case=space, form=fields)

    def confirm_company_email(self, adhesion: str, token: str, *, at: datetime, recorded_at: datetime) -> None:
        self.ask("confirm_company_email", at=at, told=recorded_at, case=adhesion, token=token)

    def record_letter(self, adhesion: str, edited: date, *, at: datetime, recorded_at: datetime) -> None:
        self.ask("record_letter", at=at, told=recorded_at, case=adhesion, edited=edited.isoformat())

    def activate_services(self, adhesion: str, code: str, *, space: str, at: datetime, recorded_at: datetime) -> None:
        self.ask("activate_services", at=at, told=recorded_at, case=adhesion, code=code, space=space)

    def declare_account(self, adhesion: str, account: BankAccount, *, at: datetime, recorded_at: datetime) -> None:
        self.ask("declare_account", at=at, told=recorded_at, case=adhesion, account=account.iban)

    def renew_adhesion(self, adhesion: str, *, space: str, at: datetime, recorded_at: datetime) -> str:
        return self.ask("renew_adhesion", at=at, told=recorded_at, case=adhesion, space=space)

    def issue_mandate(self, adhesion: str, account: BankAccount, *, at: datetime, recorded_at: datetime) -> str:
        return self.ask("issue_mandate", at=at, told=recorded_at, case=adhesion, account=account.iban)

    def name_representative(self, mandate: str, name: PersonName, *, at: datetime, recorded_at: datetime) -> None:
        self.ask("name_representative", at=at, told=recorded_at, case=mandate, name=str(name))

    def sign_mandate(
        self, mandate: str, signatory: Applicant | PersonName, *, at: datetime, recorded_at: datetime
    ) -> None:
        self.ask("sign_mandate", at=at, told=recorded_at, case=mandate, signatory=str(signatory))

    def send_mandate(self, mandate: str, *, at: datetime, recorded_at: datetime) -> None:
        self.ask("send_mandate", at=at, told=recorded_at, case=mandate)

    def register_mandate(self, mandate: str, *, at: datetime, recorded_at: datetime) -> None:
        self.ask("register_mandate", at=at, told=recorded_at, case=mandate)

    def record_collection(self, mandate: str, *, at: datetime, recorded_at: datetime) -> None:
        self.ask("record_collection", at=at, told=recorded_at, case=mandate)

    def lapse(self, case: str, *, at: datetime, recorded_at: datetime) -> None:
        self.ask("lapse", at=at, told=recorded_at, case=case)

    def may_pay(self, adhesion: str, service: str, account: BankAccount, *, at: datetime) -> bool:
        try:
            self.ask("may_pay", at=at, case=adhesion, service=service, account=account.iban)
        except Refused:
            return False
        return True
