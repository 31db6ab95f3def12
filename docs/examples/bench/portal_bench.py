# ruff: noqa: D102 - what each verb of the adapter is, `Host` says
"""How a test bench uses the simulator: it starts it with one command, moves its clock and reads its mailbox.

`started` gives a `PortalClient` of a simulator in a process of its own, and stops it in the end. `SimulatorHost` is the
adapter by which `check_conformance` compares the simulator with the library. It is a client and knows nothing else, so
it is what an adapter looks like for a portal written in another language.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from socket import socket
from time import sleep
from typing import Any

import httpx

from teleprocedures import AdhesionForm, Applicant, BankAccount, PersonName
from teleprocedures.testing.conformance import Host

SIMULATOR = Path(__file__).parents[1] / "portal_simulator"


class RefusedByPortalError(Exception):
    """The portal refused: `code`, `rule`, `facts` and `problems` are those of its problem details."""

    def __init__(self, status: int, details: dict[str, Any]) -> None:
        self.status, self.details = status, details
        self.code, self.rule = details["code"], details["rule"]
        self.facts, self.problems = details["facts"], details["problems"]
        super().__init__(details["detail"])


class PortalClient:
    """A client of the simulator; what is refused raises `RefusedByPortalError`."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def ask(self, method: str, path: str, given: Any = None, **query: str) -> Any:
        """What a request comes to."""
        answer = self.http.request(method, path, json=given, params=query)
        if answer.status_code in {404, 409, 422}:
            raise RefusedByPortalError(answer.status_code, answer.json())
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def move_clock(self, at: datetime) -> None:
        """Have the portal believe that it is this instant."""
        self.ask("PUT", "/bench/clock", {"at": at.isoformat()})

    def mail(self, case: str) -> list[dict[str, Any]]:
        """What was sent for a case, the oldest first."""
        return self.ask("GET", "/bench/mailbox", case=case)

    def secrets(self, case: str) -> list[str]:
        """The codes and tokens among it."""
        return [message["secret"] for message in self.mail(case) if message["secret"] is not None]


@contextmanager
def started() -> Iterator[PortalClient]:
    """A client of a simulator that is started for it on a free port, and stopped after it."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(SIMULATOR), "--port", str(port)])  # noqa: S603 - our own
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
            while not _answers(http):
                if process.poll() is not None:
                    message = f"the simulator ended with {process.returncode} before it answered"
                    raise RuntimeError(message)
                sleep(0.05)
            yield PortalClient(http)
    finally:
        process.terminate()
        process.wait()


def _answers(http: httpx.Client) -> bool:
    with suppress(httpx.TransportError):
        return http.get("/bench/clock").is_success
    return False


class SimulatorHost(Host):
    """The adapter: each verb is a request. The portal can be told late: its clock then shows when."""

    refusals = (RefusedByPortalError,)

    def __init__(self, portal: PortalClient) -> None:
        self.portal, self.shown = portal, None
        portal.ask("DELETE", "/bench")

    def tell(self, path: str, given: Any = None, *, at: datetime, recorded_at: datetime) -> str:
        """Tell the portal a fact, now or late, and give the id of the case."""
        self.show(recorded_at)
        late = {} if at == recorded_at else {"at": at.isoformat()}
        return self.portal.ask("POST", path, given, **late)["id"]

    def show(self, at: datetime) -> None:
        """Have the portal's clock show this instant."""
        if self.shown != at:
            self.portal.move_clock(at)
            self.shown = at

    def rule_of(self, refusal: RefusedByPortalError) -> str | None:
        return refusal.rule

    def deadline(self, case: str, *, at: datetime) -> datetime | None:
        del at
        limit = self.portal.ask("GET", f"/cases/{case}")["limit"]
        return limit and datetime.fromisoformat(limit["closes"])

    def may_request(self, space: str, fields: Mapping[str, object], *, at: datetime) -> bool:
        self.show(at)
        try:
            self.portal.ask("POST", f"/spaces/{space}/requests", fields)
        except RefusedByPortalError:
            return False
        return True

    def state(self, case: str, *, at: datetime) -> str:
        del at
        return self.portal.ask("GET", f"/cases/{case}")["state"]

    def sent(self, case: str) -> list[str]:
        return self.portal.secrets(case)

    def create_space(self, *, at: datetime, recorded_at: datetime) -> str:
        return self.tell("/spaces", SPACE, at=at, recorded_at=recorded_at)

    def activate_space(self, space: str, code: str, *, at: datetime, recorded_at: datetime) -> None:
        self.tell(f"/spaces/{space}/activation", {"code": code}, at=at, recorded_at=recorded_at)

    def request_adhesion(self, space: str, form: AdhesionForm, *, at: datetime, recorded_at: datetime) -> str:
        fields = {
            "organisation": str(form.organisation),
            "services": [service.code for service in form.services],
            "company_email": form.company_email and str(form.company_email),
            "bank_accounts": [account.iban for account in form.bank_accounts],
        }
        return self.tell(f"/spaces/{space}/requests", fields, at=at, recorded_at=recorded_at)

    def confirm_company_email(self, adhesion: str, token: str, *, at: datetime, recorded_at: datetime) -> None:
        self.tell(f"/requests/{adhesion}/confirmation", {"token": token}, at=at, recorded_at=recorded_at)

    def record_letter(self, adhesion: str, edited: date, *, at: datetime, recorded_at: datetime) -> None:
        self.tell(f"/requests/{adhesion}/letter", {"edited": edited.isoformat()}, at=at, recorded_at=recorded_at)

    def activate_services(self, adhesion: str, code: str, *, space: str, at: datetime, recorded_at: datetime) -> None:
        given = {"code": code, "space": space}
        self.tell(f"/requests/{adhesion}/activation", given, at=at, recorded_at=recorded_at)

    def renew_adhesion(self, adhesion: str, *, space: str, at: datetime, recorded_at: datetime) -> str:
        return self.tell(f"/requests/{adhesion}/renewal", {"space": space}, at=at, recorded_at=recorded_at)

    def declare_account(self, adhesion: str, account: BankAccount, *, at: datetime, recorded_at: datetime) -> None:
        self.tell(f"/requests/{adhesion}/accounts", {"account": account.iban}, at=at, recorded_at=recorded_at)

    def issue_mandate(self, adhesion: str, account: BankAccount, *, at: datetime, recorded_at: datetime) -> str:
        given = {"account": account.iban}
        return self.tell(f"/requests/{adhesion}/mandates", given, at=at, recorded_at=recorded_at)

    def name_representative(self, mandate: str, name: PersonName, *, at: datetime, recorded_at: datetime) -> None:
        self.tell(f"/mandates/{mandate}/representative", {"name": str(name)}, at=at, recorded_at=recorded_at)

    def sign_mandate(
        self, mandate: str, signatory: Applicant | PersonName, *, at: datetime, recorded_at: datetime
    ) -> None:
        self.tell(f"/mandates/{mandate}/signature", {"signatory": str(signatory)}, at=at, recorded_at=recorded_at)

    def send_mandate(self, mandate: str, *, at: datetime, recorded_at: datetime) -> None:
        self.tell(f"/mandates/{mandate}/sending", at=at, recorded_at=recorded_at)

    def register_mandate(self, mandate: str, *, at: datetime, recorded_at: datetime) -> None:
        self.tell(f"/mandates/{mandate}/registration", at=at, recorded_at=recorded_at)

    def record_collection(self, mandate: str, *, at: datetime, recorded_at: datetime) -> None:
        self.tell(f"/mandates/{mandate}/collections", at=at, recorded_at=recorded_at)

    def lapse(self, case: str, *, at: datetime, recorded_at: datetime) -> None:
        self.tell(f"/bench/cases/{case}/lapse", at=at, recorded_at=recorded_at)

    def may_pay(self, adhesion: str, service: str, account: BankAccount, *, at: datetime) -> bool:
        given = {"service": service, "account": account.iban}
        try:
            return self.portal.ask("POST", f"/requests/{adhesion}/payments", given, at=at.isoformat())["passes"]
        except RefusedByPortalError:
            return False


SPACE = {
    "email": "camille@cabinet-durand.fr",
    "password": "correct horse battery staple",
    "first_name": "Camille",
    "last_name": "Durand",
    "organisation": "552 008 443",
    "contact": {"phone": "01 23 45 67 89", "street": "12 rue des Lilas", "postal_code": "75019", "city": "Paris"},
    "security_question": "Which school?",
    "security_answer": "Les Lilas",
}
"""The form of a space, as a firm fills it in."""
