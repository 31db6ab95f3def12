# ruff: noqa: E402 - Django is set up before its models are imported
"""The firm on Django behind the pipe, at level 1: its desk writes and reads, and facts are told as its pages tell them.

    python vectors/runner.py 1 python docs/examples/vectors/firm_adapter.py

The firm has one space, and renews a request once. What else it has no page for goes through its desk. Questions, and
what the desk cannot do, are left out.
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[1]
sys.path += [str(EXAMPLES / name) for name in ("vectors", "django_firm")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firm.settings")
os.environ.setdefault("FIRM_DATABASE", ":memory:")

import django

django.setup()

from django.core.management import call_command
from firm import desk, models, views
from library_adapter import OWN, Library, Plain, serve

from teleprocedures import Case, Event, HeldElsewhere, Mandate, Portal
from teleprocedures.testing import PlainHasher

PAGES = {
    "confirm_company_email": ("confirm_company_email", None),
    "record_letter": ("record_letter", "edited"),
    "activate_services": ("activate", None),
    "declare_account": ("declare_account", "account"),
    "renew_adhesion": ("renew", None),
    "issue_mandate": ("issue", "account"),
    "name_representative": ("name_representative", "name"),
    "sign_mandate": ("sign", "signatory"),
    "send_mandate": ("send", None),
    "register_mandate": ("register", None),
    "record_collection": ("record_collection", None),
}
"""What the page of a company calls each verb, and which field has its value."""
SPACES = ("create_space", "take_over_space")


class Firm(Library):
    """The firm, as it answers requests."""

    def begin(self, request: Plain) -> Plain:
        """Forget everything; the firm has one rulebook."""
        if "rulebooks" in request:
            return {"left_out": True}
        for table in (models.Message, models.Event, models.Claim, models.Case):
            table.objects.all().delete()
        answer = super().begin(request)
        self.renewed: set[str] = set()
        self.portal = Portal(
            clock=self.clock,
            codes=HeldElsewhere(),
            hasher=PlainHasher(),
            notifier=self.notifier,
            journal=desk.Desk(),
        )
        return answer

    def answer(self, request: Plain) -> Plain:
        """The answer to one request; what the firm does not have is left out, and counts as a step all the same."""
        if request["do"] in OWN[2:] or self.lacks(request):
            self.number += 1
            return {"left_out": True}
        return super().answer(request)

    def lacks(self, request: Plain) -> bool:
        """Whether the firm cannot do this."""
        if request["do"] in SPACES:
            return bool(self.cases)
        if request.get("space") not in {None, "space-1"}:
            return True
        return request["do"] == "renew_adhesion" and ("form" in request or request["case"] in self.renewed)

    def decide(self, request: Plain, case: Any) -> Case:
        """Have the page of a company tell a fact, or else the desk."""
        case = None if case is None else self.of(request["case"])
        if request["do"] not in PAGES:
            return super().decide(request, case)
        verb, field = PAGES[request["do"]]
        value = request[field] if field else ""
        given = date.fromisoformat(value) if field == "edited" else value  # as the page's field of the letter gives it
        told: Case = views.FACTS[verb](self.portal, case, given, self.moment(request))
        if verb == "renew":
            self.renewed.add(request["case"])
        return told

    def of(self, name: str) -> Any:
        """The case of this name, as the desk has it."""
        return models.Case.objects.get(id=self.cases[name].id).read()

    def mandates(self) -> list[Mandate]:
        """All the mandates, as the desk has them."""
        return [case for case in desk.cases() if isinstance(case, Mandate)]

    def events(self, case: Case) -> list[Event]:
        """The history of a case, as the desk has it."""
        found: list[Event] = list(desk.history([case.id]))
        return found


def prepared() -> Firm:
    """A firm with its tables."""
    call_command("migrate", verbosity=0)
    return Firm()


if __name__ == "__main__":
    serve(prepared().answer)
