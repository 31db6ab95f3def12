"""What the rows of the store hold, and which of them are bad: nobody reads one, and the others go on.

A row is bad when its document cannot be read, is no case, event or message, or is that of another row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import attrs
from printable import printable
from sqlalchemy import Row

from teleprocedures import Case, CodecError, Event, Message, Rulebook
from teleprocedures.codec import loads

LONGEST: Final = 500
"""How much of a reason is kept: it may quote what somebody put into the row."""

Found_ = TypeVar("Found_")


@attrs.frozen
class BadRow:
    """A row that is left as it is: its table, its id, and what is wrong with it."""

    table: str
    id: str
    reason: str = attrs.field(converter=lambda reason: printable(reason, longest=LONGEST))

    def __str__(self) -> str:
        return f"{printable(self.id)} ({self.table}): {self.reason}"


class BadRowError(Exception):
    """What was asked for stands in a bad row."""

    def __init__(self, row: BadRow) -> None:
        self.row = row
        super().__init__(row)

    def __str__(self) -> str:
        return str(self.row)


class Found(list[Found_]):
    """What could be read of the rows that were asked for, and in `rejected` those that could not."""

    def __init__(self, found: Iterable[Found_] = (), rejected: Iterable[BadRow] = ()) -> None:
        super().__init__(found)
        self.rejected = tuple(rejected)


@attrs.frozen
class Reader:
    """Reads rows, under these rulebooks; raises `BadRowError` for a bad one."""

    rulebooks: Sequence[Rulebook]

    def case(self, row: Row[Any]) -> Case:
        """The case of a row that has `id kind version payload`."""
        case = self._document("cases", row.id, row.payload, Case)
        if (case.id, case.kind) != (row.id, row.kind):
            raise _bad("cases", row.id, f"its document is that of {case.kind} {case.id!r}, its row says {row.kind}")
        if case.version != row.version:
            raise _bad("cases", row.id, f"its document is at version {case.version}, its row at {row.version}")
        return case

    def filed_case(self, row: Row[Any]) -> Case:
        """The same, of a row that has `due_at` too, and that the night will find when it is due."""
        case = self.case(row)
        if case.due_at is not None and (row.due_at is None or row.due_at > case.due_at):
            raise _bad(
                "cases", row.id, f"it is due at {case.due_at}, its row says {row.due_at}: no night would find it"
            )
        return case

    def event(self, row: Row[Any]) -> Event:
        """The event of a row that has `case_id version payload`."""
        id_ = f"{row.case_id}/{row.version}"
        event = self._document("events", id_, row.payload, Event)
        if (event.case_id, event.version) != (row.case_id, row.version):
            raise _bad("events", id_, f"its document is event {event.version} of {event.case_id!r}")
        return event

    def message(self, row: Row[Any]) -> Message:
        """The message of a row that has `id payload`."""
        message = self._document("outbox", row.id, row.payload, Message)
        if message.id != row.id:
            raise _bad("outbox", row.id, f"its document is the message {message.id!r}")
        return message

    def _document(self, table: str, id_: str, payload: Any, kind: type[Found_]) -> Found_:
        try:
            found = loads(payload, rulebooks=self.rulebooks)
        except CodecError as error:
            raise _bad(table, id_, str(error)) from None
        if not isinstance(found, kind):
            raise _bad(table, id_, f"its document is of kind {found.kind}: expected {kind.__name__.lower()}")
        return found


def sound(rows: Iterable[Row[Any]], read: Callable[[Row[Any]], Found_]) -> Found[Found_]:
    """What could be read of these rows, in their order, and which ones are bad."""
    found, bad = [], []
    for row in rows:
        try:
            found.append(read(row))
        except BadRowError as error:
            bad.append(error.row)
    return Found(found, bad)


def _bad(table: str, id_: object, reason: str) -> BadRowError:
    return BadRowError(BadRow(table, str(id_), reason))
