"""What is to be done next, by whom, before what, under which rule: the words of advice and of reminders."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import attrs

from teleprocedures.errors import Rule


class Actor(StrEnum):
    """Who has something to do."""

    USER = "user"
    COMPANY = "company"
    LEGAL_REPRESENTATIVE = "legal representative"
    BANK = "bank"


class Action(StrEnum):
    """What there is to do."""

    ENTER_EMAILED_CODE = "enter the code received by e-mail"
    SUBMIT_SPACE_AGAIN = "start again: submit the form of the space anew"
    REQUEST_SERVICES = "request services, all the useful ones at once"
    USE_LINK = "use the link received by e-mail"
    WATCH_LETTER = "check that the letter has come, and report the day it bears"
    PASS_CODE_ON = "give the code of the letter to the third party who asked for the services"  # noqa: S105 - no password
    ENTER_LETTER_CODE = "enter the code of the letter"
    RENEW_ADHESION = "request the services again"
    ISSUE_MANDATE = "issue a mandate for the account, and print it"
    SIGN_MANDATE = "sign the printed mandate"
    SEND_MANDATE = "send the signed mandate to the bank that holds the account"
    REGISTER_MANDATE = "register the mandate"
    CHECK_MANDATE = "check that the bank has registered the mandate"
    USE_MANDATE = "collect with the mandate, or it lapses"
    ISSUE_MANDATE_AGAIN = "issue a new mandate for the account"


@attrs.frozen
class NextStep:
    """One thing to do: who, what, by when (the last safe instant, UTC; None when no time limit runs), under which rule.

    For limits in days `by` is the end of the *safe* day, the one to show to people (A3). Its text says all of it.
    """

    actor: Actor
    action: Action
    by: datetime | None
    rule: Rule

    def __str__(self) -> str:
        limit = "" if self.by is None else f" by {self.by:%Y-%m-%d %H:%M:%S} UTC"
        return f"{self.actor}: {self.action}{limit} (rule {self.rule.id})"
