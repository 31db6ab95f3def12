"""What the rows of the store hold, and which of them are bad: nobody reads one, and the others go on.

A row is bad when its document cannot be read, is no case, event or message, or is that of another row. A case is bad
when it is not what its events make. A row is bad as well when anything at all is raised by reading it, deciding on it
or writing it. Why it is, is an error of the library's
or a `Reason`: a code and its facts, which have their words in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import attrs
from attrs.validators import deep_iterable, instance_of
from printable import printable
from sqlalchemy import Row
from words import LANGUAGES, Reason, explained, said

from teleprocedures import Case, CodecError, Event, Message, RefusedError, Rulebook, TeleproceduresError, verify
from teleprocedures.codec import loads
from teleprocedures.wording import Wording

LONGEST: Final = 500
"""How much of a reason is said and kept: it may quote what somebody put into the row."""

Found_ = TypeVar("Found_")


@attrs.frozen
class BadRow:
    """A row that is left as it is: its table, its id, and why. Rows are equal when they say the same."""

    table: str
    id: str
    why: Reason | CodecError | RefusedError = attrs.field(eq=str)

    @property
    def reason(self) -> str:
        """Why, in English: what the database and reports for programs keep."""
        return self._reason(LANGUAGES["en"])

    def said(self, wording: Wording) -> str:
        """The row and why, in words."""
        return said(wording, "row.bad", id=printable(self.id), table=self.table, reason=self._reason(wording))

    def _reason(self, wording: Wording) -> str:
        return printable(explained(wording, self.why), longest=LONGEST)

    def __str__(self) -> str:
        return self.said(LANGUAGES["en"])


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
    """Reads rows, under these rulebooks; raises `BadRowError` for a bad one, and TypeError for what is no rulebook."""

    rulebooks: Sequence[Rulebook] = attrs.field(validator=deep_iterable(instance_of(Rulebook)))

    def case(self, row: Row[Any]) -> Case:
        """The case of a row that has `id kind version payload`."""
        return _read("cases", row.id, self._case, row)

    def _case(self, row: Row[Any]) -> Case:
        case = self._document("cases", row.id, row.payload, Case)
        if (case.id, case.kind) != (row.id, row.kind):
            raise _bad("cases", row.id, "row.other_case", id=repr(case.id), of=case.kind, kind=row.kind)
        if case.version != row.version:
            raise _bad("cases", row.id, "row.other_version", found=str(case.version), version=str(row.version))
        return case

    def filed_case(self, row: Row[Any]) -> Case:
        """The same, of a row that has `due_at` too, and that the night will find when it is due."""
        case = self.case(row)
        if case.due_at is not None and (row.due_at is None or row.due_at > case.due_at):
            raise _bad("cases", row.id, "row.other_due", due_at=case.due_at, row_due_at=row.due_at)
        return case

    def event(self, row: Row[Any]) -> Event:
        """The event of a row that has `case_id version at recorded_at payload`."""
        return _read("events", f"{row.case_id}/{row.version}", self._event, row)

    def _event(self, row: Row[Any]) -> Event:
        id_ = f"{row.case_id}/{row.version}"
        event = self._document("events", id_, row.payload, Event)
        if (event.case_id, event.version) != (row.case_id, row.version):
            raise _bad("events", id_, "row.other_event", version=str(event.version), of=repr(event.case_id))
        if (event.at, event.recorded_at) != (row.at, row.recorded_at):
            raise _bad("events", id_, "row.other_instant", at=event.at, recorded_at=event.recorded_at)
        return event

    def message(self, row: Row[Any]) -> Message:
        """The message of a row that has `id payload`."""
        return _read("outbox", row.id, self._message, row)

    def _message(self, row: Row[Any]) -> Message:
        message = self._document("outbox", row.id, row.payload, Message)
        if message.id != row.id:
            raise _bad("outbox", row.id, "row.other_message", id=repr(message.id))
        return message

    def _document(self, table: str, id_: str, payload: Any, kind: type[Found_]) -> Found_:
        found = loads(payload, rulebooks=self.rulebooks)
        if not isinstance(found, kind):
            raise _bad(table, id_, "row.wrong_document", kind=found.kind, expected=kind.__name__.lower())
        return found


def _read(table: str, id_: object, read: Callable[[Row[Any]], Found_], row: Row[Any]) -> Found_:
    """What is read of a row; whatever is raised, it is this row that is bad."""
    try:
        return read(row)
    except BadRowError:
        raise
    except CodecError as error:
        raise BadRowError(BadRow(table, str(id_), error)) from None
    except Exception as error:  # noqa: BLE001 - a row of a kind of the host's, say: the others are read
        raise BadRowError(raised(table, id_, type(error).__name__)) from None  # its words may quote a message's code


def raised(table: str, id_: object, error: Exception | str) -> BadRow:
    """The row that has this raised, an error or the name of one; the library's says it in its own words."""
    if isinstance(error, TeleproceduresError):
        return BadRow(table, str(id_), Reason(error.code, error.facts))
    if isinstance(error, str):
        return BadRow(table, str(id_), Reason("row.raised", {"error": error}))
    cause = getattr(error, "orig", None) or error
    try:
        words = f": {next(iter(str(cause).splitlines()), '')}"
    except Exception:  # noqa: BLE001 - an error of the host's that cannot say itself: its class can
        words = ""
    return BadRow(table, str(id_), Reason("row.raised", {"error": f"{type(cause).__name__}{words}"}))


def sound(rows: Iterable[Row[Any]], read: Callable[[Row[Any]], Found_]) -> Found[Found_]:
    """What could be read of these rows, in their order, and which ones are bad."""
    found, bad = [], []
    for row in rows:
        try:
            found.append(read(row))
        except BadRowError as error:
            bad.append(error.row)
    return Found(found, bad)


def untrue(case: Case, history: Found[Event]) -> BadRow | None:
    """The row of a case that is not what its events make, with the first difference; None when it is.

    `history` are its events, in order; later ones than the case do not count. A case that has a bad one is not true.
    """
    if history.rejected:
        why = Reason("row.unread_event", {"id": history.rejected[0].id})
        return BadRow("cases", case.id, why)
    try:
        found = verify(case, [event for event in history if event.version <= case.version])
    except Exception as error:  # noqa: BLE001 - they make no case at all, or one of a kind of the host's raises
        return raised("cases", case.id, error)
    if not found:
        return None
    first = attrs.asdict(found[0], recurse=False)
    return BadRow("cases", case.id, Reason("row.other_history", first))


def apart(case_id: str, *, last: int, version: int | None) -> BadRow:
    """The row of a case that is not at its last event, or, without a version, is not there."""
    facts = {"last": str(last), "version": str(version)}
    return BadRow("cases", case_id, Reason("row.apart", facts) if version else Reason("row.gone", facts))


def _bad(table: str, id_: object, key: str, **facts: object) -> BadRowError:
    return BadRowError(BadRow(table, str(id_), Reason(key, facts)))
