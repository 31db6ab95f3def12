"""An implementation of the procedure as a host may have one, its adapter, and one bug: it counts wall-clock hours.

The 48 hours of the rules are elapsed time. `WallClockPortal` adds two days to what the clock on the wall reads, which
is the same all year long but for two week-ends. `docs/testing.md` shows how the conformance suite finds it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from teleprocedures import AdhesionForm
from teleprocedures.testing.conformance import Host

PARIS = ZoneInfo("Europe/Paris")


class Refused(Exception):
    """What the portal says no with."""


class WallClockPortal:
    """Spaces and requests in dictionaries: what a small application would keep in two tables."""

    limit = timedelta(hours=48)

    def __init__(self) -> None:
        self.rows: dict[int, dict] = {}

    def add(self, kind: str, at: datetime, secret: str) -> int:
        """A new row; its key is its number."""
        key = len(self.rows) + 1
        state = "pending" if kind == "space" else "awaiting_email"
        self.rows[key] = {"state": state, "until": self.end(at), "sent": [secret]}
        return key

    def end(self, at: datetime) -> datetime:
        """The last instant at which a code works: here is the bug, for it adds to what clocks in Paris read."""
        return at.astimezone(PARIS) + self.limit

    def use(self, key: int, secret: str, at: datetime, *, source: str, dest: str) -> None:
        """Use the code or the token that was sent last."""
        row = self.rows[key]
        if row["state"] != source:
            raise Refused(f"it is {row['state']}")
        # Both in UTC: two instants of one and the same zone would be compared by what its clocks read.
        if at.timestamp() > row["until"].timestamp():
            raise Refused(f"the code worked until {row['until']}")
        if secret != row["sent"][-1]:
            raise Refused("wrong code")
        row["state"] = dest


class ElapsedPortal(WallClockPortal):
    """The same without the bug: elapsed time is counted in UTC."""

    def end(self, at: datetime) -> datetime:
        """The last instant at which a code works."""
        return at + self.limit


class WallClockHost(Host):
    """The adapter: each verb that the portal has, in the words of the library."""

    refusals = (Refused,)
    portal_class = WallClockPortal

    def __init__(self) -> None:
        self.portal = self.portal_class()

    def state(self, case: int, *, at: datetime) -> str:  # noqa: ARG002 - it changes with verbs, not with time
        """The portal's words are the library's."""
        return self.portal.rows[case]["state"]

    def sent(self, case: int) -> list[str]:
        """What the portal sent."""
        return self.portal.rows[case]["sent"]

    def create_space(self, *, at: datetime) -> int:
        """A code is sent."""
        return self.portal.add("space", at, f"CODE{len(self.portal.rows)}")

    def activate_space(self, space: int, code: str, *, at: datetime) -> None:
        """The code is entered."""
        self.portal.use(space, code, at, source="pending", dest="active")

    def request_adhesion(self, space: int, form: AdhesionForm, *, at: datetime) -> int:
        """With Messaging, a link is sent; without, the letter with its code."""
        if self.portal.rows[space]["state"] != "active":
            raise Refused("the space is not active")
        linked = any(service.needs_company_email for service in form.services)
        key = self.portal.add("request", at, f"SECRET{len(self.portal.rows)}")
        if not linked:
            self.portal.rows[key] |= {"state": "awaiting_code", "until": None}
        return key

    def confirm_company_email(self, adhesion: int, token: str, *, at: datetime) -> None:
        """The link is used: the letter is sent."""
        self.portal.use(adhesion, token, at, source="awaiting_email", dest="awaiting_code")
        self.portal.rows[adhesion]["sent"].append(f"LETTER{adhesion}")


class ElapsedHost(WallClockHost):
    """The adapter of the portal without the bug."""

    portal_class = ElapsedPortal
