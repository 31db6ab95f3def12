"""The simulator of the portal behind the pipe, at level 2: each request becomes one over HTTP.

    python vectors/runner.py 2 python docs/examples/vectors/simulator_adapter.py

What the simulator does not have is left out: a fact told by its day, a corrected form, what was there before.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path += [str(Path(__file__).parents[1] / name) for name in ("bench", "vectors")]

from library_adapter import WRONG, Plain, serve
from portal_bench import PortalClient, RefusedByPortalError, started

PATHS = {
    "create_space": ("/spaces", ()),
    "activate_space": ("/spaces/{case}/activation", ("code",)),
    "request_adhesion": ("/spaces/{case}/requests", ()),
    "confirm_company_email": ("/requests/{case}/confirmation", ("token",)),
    "record_letter": ("/requests/{case}/letter", ("edited",)),
    "activate_services": ("/requests/{case}/activation", ("code", "space")),
    "renew_adhesion": ("/requests/{case}/renewal", ("space",)),
    "declare_account": ("/requests/{case}/accounts", ("account",)),
    "issue_mandate": ("/requests/{case}/mandates", ("account",)),
    "name_representative": ("/mandates/{case}/representative", ("name",)),
    "sign_mandate": ("/mandates/{case}/signature", ("signatory",)),
    "send_mandate": ("/mandates/{case}/sending", ()),
    "register_mandate": ("/mandates/{case}/registration", ()),
    "record_collection": ("/mandates/{case}/collections", ()),
    "lapse": ("/bench/cases/{case}/lapse", ()),
    "may_pay": ("/requests/{case}/payments", ("service", "account")),
}
"""Where each verb is on the simulator, and what it is given."""
OPENS = ("create_space", "request_adhesion")


class Simulator:
    """The simulator, as it answers requests."""

    def __init__(self, portal: PortalClient) -> None:
        self.portal = portal
        self.begin()

    def begin(self) -> Plain:
        """Forget everything."""
        self.portal.ask("DELETE", "/bench")
        self.ids: dict[str, str] = {}
        self.secrets: dict[str, str] = {}
        self.read: dict[str, int] = {}
        self.shown = ""
        return {"accepted": True}

    def answer(self, request: Plain) -> Plain:
        """The answer to one request."""
        do = request["do"]
        if do == "begin":
            return {"left_out": True} if "rulebooks" in request else self.begin()
        if do == "look":
            self.move_clock(request["at"])
            return {"accepted": True, **self.view(request["case"])}
        if (
            do not in PATHS
            or "organisation" in request
            or "T" not in request["at"]
            or (do == "renew_adhesion" and "form" in request)
        ):
            return {"left_out": True}
        return self.tell(request)

    def tell(self, request: Plain) -> Plain:
        """Tell the portal, and say what came of it."""
        path, names = PATHS[request["do"]]
        late = {"at": request["at"]} if "told" in request else {}
        case = request.get("case", "")
        self.move_clock(request.get("told", request["at"]))
        given = request["form"] if request["do"] in OPENS else {name: self.given(name, request) for name in names}
        try:
            made = self.portal.ask("POST", path.format(case=self.ids.get(case, "")), given or None, **late)
        except RefusedByPortalError as refusal:
            stands = {"state": self.view(case)["state"]} if case else {}
            # What is no value is a problem of the request.
            code = refusal.problems[0]["code"] if refusal.problems else refusal.code
            return {"accepted": False, "code": code, "rule": refusal.rule, **stands}
        if request["do"] == "may_pay":
            return {"accepted": made["passes"]}
        self.ids[request.get("makes") or case] = made["id"]
        return {"accepted": True, **_view(made), "messages": self.messages(made["id"])}

    def move_clock(self, at: str) -> None:
        """Have the portal show this instant."""
        if at != self.shown:
            self.portal.ask("PUT", "/bench/clock", {"at": at})
            self.shown = at

    def given(self, name: str, request: Plain) -> Any:
        """What is given under a name: codes as the portal sent them, cases by its own ids."""
        if name in {"code", "token"}:
            return self.secrets.get(request[name], WRONG)
        return self.ids[request[name]] if name == "space" else request[name]

    def view(self, name: str) -> Plain:
        """A case as the portal shows it."""
        return _view(self.portal.ask("GET", f"/cases/{self.ids[name]}"))

    def messages(self, case: str) -> list[Plain]:
        """What was sent for a case since somebody looked; the mailbox does not show to whom."""
        mails, read = self.portal.mail(case), self.read.get(case, 0)
        self.read[case] = len(mails)
        return [self.message(mail) for mail in mails[read:]]

    def message(self, mail: Plain) -> Plain:
        """A message, with the reference of what it carries."""
        if mail["secret"] is None:
            return {"kind": mail["kind"]}
        name = "token" if mail["kind"] == "confirmation-link-email" else "code"
        reference = f"{name} {1 + sum(it.startswith(name) for it in self.secrets)}"
        self.secrets[reference] = mail["secret"]
        return {"kind": mail["kind"], name: reference}


def _view(shown: Plain) -> Plain:
    limit = shown["limit"] and {name: shown["limit"][name] for name in ("safe_until", "closes", "estimated")}
    return {"state": shown["state"], "deadline": limit}


if __name__ == "__main__":
    with started() as portal:
        serve(Simulator(portal).answer)
