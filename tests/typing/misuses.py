"""What the type checkers must refuse: each expected error is named where it stands, and an unneeded one is an error.

Checked, never run: a module with a guard that is misspelt does not import.
"""

# Both checkers read these comments, and say so when one of them is not needed; the code in brackets is mypy's.
# pyright: reportUnnecessaryTypeIgnoreComment=true

from collections.abc import Iterator
from datetime import UTC, datetime

from teleprocedures import (
    Adhesion,
    AsyncPortal,
    Case,
    Decision,
    Event,
    Lifecycle,
    Message,
    Portal,
    RandomCodes,
    Row,
    ScryptHasher,
    Space,
    SpaceActivated,
    SpaceForm,
    SpaceState,
    State,
    Sweep,
    SystemClock,
)
from teleprocedures.building import builder
from teleprocedures.core import in_time
from teleprocedures.core import in_tmie as misspelt_guard  # type: ignore[attr-defined] # noqa: F401

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
PENDING, ACTIVE, LAPSED = SpaceState.PENDING, SpaceState.ACTIVE, SpaceState.LAPSED


# --- Rows of a table --------------------------------------------------------------------------------------------------


def of_a_space(space: Space, at: datetime) -> bool:
    """A guard of spaces."""
    return space.since <= at


def of_a_request(adhesion: Adhesion, at: datetime) -> bool:
    """A guard of requests."""
    return adhesion.since <= at


def says_when(space: Space, at: datetime) -> datetime:
    """No guard: it answers something else than yes or no."""
    return max(space.since, at)


right = Lifecycle["Space", SpaceState](
    "right",
    SpaceState,
    initial=PENDING,
    limit="space_activation",
    described=(State(PENDING, "1.8", runs=True), State(ACTIVE, "1.8", terminal=True)),
    rows=(Row("activate", PENDING, ACTIVE, SpaceActivated, (in_time, of_a_space)),),
)
misspelt: Row[Space] = Row("activate", PENDING, ACTIVE, SpaceActivated, (in_time, of_a_sapce))  # type: ignore[name-defined] # noqa: F821
of_another: Row[Space] = Row("activate", PENDING, ACTIVE, SpaceActivated, (of_a_request,))  # type: ignore[arg-type]
no_guard: Row[Space] = Row("activate", PENDING, ACTIVE, SpaceActivated, (says_when,))  # type: ignore[arg-type]
no_event: Row[Space] = Row("activate", PENDING, ACTIVE, Space, (in_time,))  # type: ignore[arg-type]
no_state: Row[Space] = Row("activate", "pending", ACTIVE, SpaceActivated)  # type: ignore[arg-type]

among_rows = Lifecycle[Space, SpaceState](
    "among rows",
    SpaceState,
    initial=PENDING,
    limit="space_activation",
    described=(State(PENDING, "1.8", runs=True), State(ACTIVE, "1.8", terminal=True)),
    rows=(Row("activate", PENDING, ACTIVE, SpaceActivated, (of_a_space, of_a_request)),),  # type: ignore[arg-type]
)
alone = Lifecycle["Space", SpaceState](
    "alone",
    SpaceState,
    initial=PENDING,
    limit="space_activation",
    described=(State(PENDING, "1.8", runs=True), State(ACTIVE, "1.8", terminal=True)),
    rows=(Row("activate", PENDING, ACTIVE, SpaceActivated, (in_time, of_a_request)),),  # type: ignore[arg-type]
)
no_limit = Lifecycle["Space", SpaceState](
    "no limit",
    SpaceState,
    initial=PENDING,
    limit=lambda rulebook: rulebook.space_activation,  # type: ignore[arg-type]
    described=(State(PENDING, "1.8", runs=True), State(ACTIVE, "1.8", terminal=True)),
    rows=(Row("activate", PENDING, ACTIVE, SpaceActivated, (in_time,)),),
)

# --- Snapshots --------------------------------------------------------------------------------------------------------

made = builder(Space)


def applied(space: Space, event: Event) -> Iterator[Space]:
    """Snapshots as `apply` makes them: a missing, misspelt or wrong field is an error, and so is another's state."""
    yield made(
        origin=space.origin,
        version=event.version,
        state=ACTIVE,
        recorded_at=AT,
        since=AT,
        due_at=None,
    )
    yield made(origin=space.origin, version=1, state=ACTIVE, recorded_at=AT, since=AT)  # type: ignore[call-arg]
    yield made(origin=space.origin, version=1, state=ACTIVE, recorded=AT, since=AT, due_at=None)  # type: ignore[call-arg]
    yield made(origin=space.origin, version="1", state=ACTIVE, recorded_at=AT, since=AT, due_at=None)  # type: ignore[arg-type]
    yield made(origin=space.origin, version=1, state="active", recorded_at=AT, since=AT, due_at=None)  # type: ignore[arg-type]


# --- Shells -----------------------------------------------------------------------------------------------------------


class Mailbox:
    """A notifier."""

    def notify(self, message: Message) -> None:
        """Send it."""


class AsyncMailbox:
    """An async notifier."""

    async def notify(self, message: Message) -> None:
        """Send it."""


def with_portals(form: SpaceForm, portal: Portal, later: AsyncPortal, adhesions: list[Adhesion]) -> None:
    """Ports of the other kind, a forgotten `await`, a case of another kind."""
    clock, codes, hasher = SystemClock(), RandomCodes(), ScryptHasher()
    Portal(clock=clock, codes=codes, hasher=hasher, notifier=AsyncMailbox())  # type: ignore[arg-type]
    AsyncPortal(clock=clock, codes=codes, hasher=hasher, notifier=Mailbox())  # type: ignore[arg-type]
    space: Space = later.create_space(form)  # type: ignore[assignment]
    portal.activate_space(adhesions[0], "K7MQ-2XW9")  # type: ignore[arg-type]
    portal.create_space(form, when=AT)  # type: ignore[call-arg]
    other: Adhesion = portal.lapse(space)  # type: ignore[assignment]
    swept: Iterator[Decision[Space]] = Sweep(at=AT).over(adhesions)  # type: ignore[arg-type]
    portal.lapse(other.activation)  # type: ignore[type-var]
    cases: Iterator[Decision[Case]] = swept
    print(cases)
