"""A Delta table of cases, partitioned by the day on which they are due: a night reads what is due, and commits once.

One table holds everything, so that one commit covers it. Its partitions are what a row is, and a day:

    holds    day                            a row is
    case     that of its `due_at`, or none  a case, where it has been put
    change   none                           a case as it was decided by day; the next night puts it where it belongs
    left     that of an earlier `due_at`    a note that a case has left this day, and the version with which it did
    event    that of the event              an event
    message  that of the event              a message

Nothing is changed in place: the latest version of an id counts. Each day knows by itself which of its rows are
overtaken, by a row, a change or a note. So a night reads the days up to its own and what was changed since the last
night, and no other row. Days are those of UTC: whatever becomes of a time zone's rules, what is due is in a day that is
read.

Files are written first, by whoever decides, and count once a commit names them. Those of a killed process never do, and
`tidy` removes them. A commit is made for the version of the table that was read and for no later one: whoever comes
second reads again. That takes `deltalake` 1.6.6, the first that adds and removes files in one commit. Polars reads and
writes the files.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import attrs
import polars as pl
from deltalake import CommitProperties, DeltaTable, Field, Schema
from deltalake.exceptions import CommitFailedError
from deltalake.schema import PrimitiveType
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from teleprocedures import EXPERT_2024_04_03, Case, Decision, Rejection, Report, Rulebook, Sweep
from teleprocedures.codec import dumps, loads
from teleprocedures.errors import CodecError

INSTANT: Final = pl.Datetime("us", "UTC")
SCHEMA: Final = {"id": pl.String, "version": pl.Int64, "due_at": INSTANT, "was_due_at": INSTANT, "payload": pl.Binary}
"""The columns of a file. A change has in `was_due_at` when the case was due before it, if it was."""

NUMBERS: Final = {name: pl.Int64 if kind == INSTANT else kind for name, kind in SCHEMA.items()}
"""The same, as this module handles them: instants are microseconds since 1970."""

DELTA: Final = {
    "id": "string",
    "version": "long",
    "due_at": "timestamp",
    "was_due_at": "timestamp",
    "payload": "binary",
    "holds": "string",
    "day": "date",
}
PARTITIONS: Final = ["holds", "day"]

ROWS: Final = 5_000
"""The most rows of a file, and about as many as one task decides: some 5 MB of payload."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

UNREADABLE: Final = (OSError, pl.exceptions.PolarsError)
TRIES: Final = 100
"""How often a commit is tried when others come first again and again."""

Row = tuple[Any, ...]
"""The values of `NUMBERS`, in order."""


class StaleError(Exception):
    """Cases have changed since they were read: read them again, and decide again. `.ids` says which."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = frozenset(ids)
        super().__init__(f"{len(self.ids)} changed since they were read, such as {min(self.ids)!r}")


class BadRowError(Exception):
    """A row is not what it says: the text tells why."""


@attrs.frozen
class File:
    """A file of the table: its path from there, what it holds for which day, its rows and bytes, and when it came."""

    path: str
    holds: str
    day: date | None
    rows: int
    size: int
    written: int

    def removed(self) -> RemoveAction:
        """What takes it out of the table; the file itself stays until `tidy`."""
        day = None if self.day is None else self.day.isoformat()
        values = {"holds": self.holds, "day": day}
        return RemoveAction(
            self.path, data_change=True, deletion_timestamp=_now(), size=self.size, partition_values=values
        )


@attrs.frozen(kw_only=True)
class Task:
    """Files of one day, or of changes, to be decided in one go, and what all the other files say of their rows.

    What is `overtaken` (id, version) goes. What is `doubtful` is not decided: ids whose latest version is there twice.
    """

    root: Path
    at: datetime
    rulebooks: tuple[Rulebook, ...] = attrs.field(eq=False)
    files: tuple[File, ...]
    overtaken: frozenset[tuple[str, int]]
    doubtful: frozenset[str]

    @property
    def key(self) -> str:
        """A name for what comes of it, which is another one for every other task, and every other night."""
        paths, books = [file.path for file in self.files], [book.version for book in self.rulebooks]
        what = (str(self.root), books, paths, sorted(self.overtaken), sorted(self.doubtful))
        return f"night-{self.at.isoformat()}-{sha256(repr(what).encode()).hexdigest()}"


@attrs.frozen(kw_only=True)
class Outcome:
    """What a task decided, in files that count once they are committed; or the file that could not be read, and why."""

    report: Report = attrs.field(factory=Report)
    adds: tuple[AddAction, ...] = ()
    removes: tuple[File, ...] = ()
    unreadable: tuple[str, str] | None = None


Run = Callable[[Sequence[Task]], Iterable[Outcome]]
"""What has tasks decided, in this process or in others: an outcome for each, in order."""


def here(tasks: Sequence[Task]) -> Iterator[Outcome]:
    """Decide tasks in this process, one after the other."""
    return map(decide, tasks)


# --- A night ----------------------------------------------------------------------------------------------------------


def night(root: Path, *, at: datetime, run: Run = here, rulebooks: Iterable[Rulebook] = ()) -> Report:
    """Decide what is due as of an instant, in one commit, and give the report; a host names `rulebooks` of its own.

    A row that cannot be decided is told in the report, every night anew, and stays where it is; the others go on. A
    file that cannot be read is told as well, and its day stays as it is, because what it holds may overtake the rest of
    it; when it is one of changes, so does the whole table. What others commit meanwhile is taken into account: what
    they have decided is not decided again, and what they have changed is read anew. Raises what `run` raises, and what
    a full disk does; nothing has happened then.
    """
    root, books = root.resolve(), (*rulebooks, EXPERT_2024_04_03)
    done: dict[Task, Outcome] = {}
    unreadable: dict[str, str] = {}
    for _ in range(TRIES):
        table = DeltaTable(str(root))
        parts, notes = _plan(table, root, at, unreadable)
        tasks = [Task(root=root, at=at, rulebooks=books, **part) for part in parts]
        ahead = [task for task in tasks if task not in done]
        done.update(zip(ahead, run(ahead), strict=True))
        outcomes = [done[task] for task in tasks]
        if failed := [outcome.unreadable for outcome in outcomes if outcome.unreadable is not None]:
            unreadable.update(failed)
            continue
        report = sum((outcome.report for outcome in outcomes), _told(unreadable))
        adds = [add for outcome in outcomes for add in outcome.adds]
        removes = [file for outcome in outcomes for file in outcome.removes] + notes
        if not (adds or removes) or _is_committed(table, adds, removes, night=at.isoformat(), due=report.due):
            return report
    raise CommitFailedError(f"others came first, {TRIES} times")


def _told(unreadable: Mapping[str, str]) -> Report:
    return Report(rejected=tuple(Rejection(None, f"{path}: {why}", path) for path, why in sorted(unreadable.items())))


def _plan(
    table: DeltaTable, root: Path, at: datetime, unreadable: dict[str, str]
) -> tuple[list[dict[str, Any]], list[File]]:
    """What there is for each task, and the notes that are of no use after them; adds to what is unreadable."""
    today = at.astimezone(UTC).date()
    days: dict[date | None, list[File]] = defaultdict(list)
    ids: dict[File, pl.DataFrame] = {}
    for file in _files(table):
        if file.holds == "change" or (file.holds in {"case", "left"} and file.day is not None and file.day <= today):
            days[file.day].append(file)
            try:
                ids[file] = _read(root, file, "id", "version")
            except UNREADABLE as error:
                unreadable[file.path] = _first_line(error)
    apart = {day for day, files in days.items() if any(file.path in unreadable for file in files)}
    if None in apart:
        return [], []
    whole = {day: files for day, files in days.items() if day not in apart}
    overtaken, doubtful = _compared({file: ids[file] for files in whole.values() for file in files})
    parts = [
        {
            "files": together,
            "overtaken": frozenset(row for file in together for row in overtaken[file]),
            "doubtful": doubtful,
        }
        for files in whole.values()
        for together in _in_tasks(file for file in files if file.holds != "left")
    ]
    return parts, [file for files in whole.values() for file in files if file.holds == "left"]


def _compared(ids: Mapping[File, pl.DataFrame]) -> tuple[dict[File, list[tuple[str, int]]], frozenset[str]]:
    """Which rows of which file are overtaken, and which ids have their latest version in more rows than one."""
    files = list(ids)
    overtaken: dict[File, list[tuple[str, int]]] = defaultdict(list)
    latest: Counter[str] = Counter()
    if files:
        rows = pl.concat(
            frame.with_columns(place=pl.lit(place)) for place, frame in enumerate(ids.values())
        ).drop_nulls()
        several = rows.filter(pl.col("id").is_duplicated()).with_columns(last=pl.col("version").max().over("id"))
        for id_, version, place, last in several.iter_rows():
            if version < last:
                overtaken[files[place]].append((id_, version))
            elif files[place].holds != "left":
                latest[id_] += 1
    return overtaken, frozenset(id_ for id_, times in latest.items() if times > 1)


def _in_tasks(files: Iterable[File]) -> Iterator[tuple[File, ...]]:
    """Files together up to so many rows; one that comes later is behind the others, and changes few tasks."""
    together: list[File] = []
    rows = 0
    for file in files:
        if together and rows + file.rows > ROWS:
            yield tuple(together)
            together, rows = [], 0
        together.append(file)
        rows += file.rows
    if together:
        yield tuple(together)


def decide(task: Task) -> Outcome:
    """Decide what is due in some files, and write each row where it belongs; nothing of that counts yet."""
    frames = []
    for file in task.files:
        try:
            frames.append((file, _read(task.root, file, *NUMBERS)))
        except UNREADABLE as error:
            return Outcome(unreadable=(file.path, _first_line(error)))
    sweep, rows = Sweep(at=task.at, rulebooks=task.rulebooks), _Rows(task)
    for decision in sweep.over(rows.due(frames)):
        rows.put(decision)
    report = sweep.report + Report(seen=rows.passed_by, rejected=tuple(rows.rejected))
    if rows.is_as_it_was():
        return Outcome(report=report)
    return Outcome(report=report, adds=rows.written(), removes=task.files)


class _Rows:
    """The rows of a task, on their way through a sweep, one after the other, to where they belong."""

    def __init__(self, task: Task) -> None:
        self.passed_by = 0
        self.rejected: list[Rejection] = []
        self._task = task
        self._at = _microseconds(task.at)
        self._today = _day(self._at)
        self._writer = Writer(task.root)
        self._staying: list[tuple[File, Row]] = []
        self._swept: tuple[File, Row] | None = None
        self._changes = any(file.holds == "change" for file in task.files)

    def due(self, frames: Iterable[tuple[File, pl.DataFrame]]) -> Iterator[Case]:
        """The case of each row that is due. When the next one is asked for without a decision, the row stays."""
        at = self._at
        for file, frame in frames:
            for row in frame.rows():
                id_, version, due_at, _, payload = row
                if (id_, version) in self._task.overtaken:
                    self._changes = True
                    self._writer.leave(file, row)
                elif due_at > at if due_at is not None else file.holds == "change":
                    self.passed_by += 1
                    self._staying.append((file, row))
                else:
                    try:
                        case = _case(row, self._task)
                    except (BadRowError, CodecError) as error:
                        self.passed_by += 1
                        self.rejected.append(Rejection(id_, str(error), payload))
                        self._staying.append((file, row))
                        continue
                    self._swept = (file, row)
                    yield case
                    if self._swept is not None:
                        self._staying.append(self._swept)

    def put(self, decision: Decision[Any]) -> None:
        """Put the case of the row that was swept last where it belongs now, and what is told of it beside."""
        assert self._swept is not None
        (file, row), self._swept, self._changes = self._swept, None, True
        self._writer.move(file, row, _row(decision.case))
        self._writer.tell(decision, self._today)

    def is_as_it_was(self) -> bool:
        """Whether the files can stay as they are."""
        return not self._changes

    def written(self) -> tuple[AddAction, ...]:
        """Write what stays as well, and give all that is to be added."""
        for file, row in self._staying:
            self._writer.move(file, row, row)
        return self._writer.finished()


def _case(row: Row, task: Task) -> Case:
    id_, version, _, _, payload = row
    if id_ in task.doubtful:
        raise BadRowError(f"version {version} is there more than once")
    if payload is None:
        raise BadRowError("there is no payload")
    case = loads(payload, rulebooks=task.rulebooks)
    if not isinstance(case, Case):
        raise BadRowError(f"not a case: {type(case).__name__}")
    if (said := row[:3]) != (its := _key(case)):
        raise BadRowError(f"the row says {said}, and its payload {its}")
    return case


# --- By day -----------------------------------------------------------------------------------------------------------


def create(root: Path, rows: Iterable[tuple[str, int, datetime | None, bytes]]) -> None:
    """Make a table of encoded cases: id, version and `due_at` of each, and what `dumps` gave.

    The files come first, and the table is there when all of them are. Raises `DeltaError` when there is one already.
    """
    writer = Writer(root)
    for id_, version, due_at, payload in rows:
        due = _microseconds(due_at)
        writer.add("case", _day(due), (id_, version, due, None, payload))
    begin(root, writer.finished())


def begin(root: Path, adds: Iterable[AddAction]) -> None:
    """Make a table of files that a `Writer` has written there; raises `DeltaError` when there is one already."""
    schema = Schema([Field(name, PrimitiveType(kind)) for name, kind in DELTA.items()])
    root.mkdir(parents=True, exist_ok=True)
    create_table_with_add_actions(str(root), schema, list(adds), partition_by=PARTITIONS)
    DeltaTable(str(root)).create_checkpoint()  # which opens sooner than a long log


def append(root: Path, decisions: Iterable[tuple[Case | None, Decision[Any]]], *, since: int) -> int:
    """Append what was decided by day, each with the case that it was decided on, or None; the table's new version.

    `since` is the version of the table at which those cases were read. Snapshots, events and messages are one commit;
    the snapshots are one file, whatever days they are due on. Raises `StaleError`, with nothing appended, when one of
    the cases has changed since.
    """
    writer, read = Writer(root), dict[str, int]()
    for before, decision in decisions:
        id_, version, due_at, _, payload = _row(decision.case)
        was = None if before is None else _microseconds(before.due_at)
        writer.add("change", None, (id_, version, due_at, was, payload))
        writer.tell(decision, _day(_microseconds(decision.events[-1].at)))
        read.setdefault(id_, 0 if before is None else before.version)
    adds, known = writer.finished(), set(_files(DeltaTable(str(root), version=since)))
    for _ in range(TRIES):
        table = DeltaTable(str(root))
        new = set(_files(table)) - known
        if stale := _changed(root, new, read):
            raise StaleError(stale)
        if _is_committed(table, adds, ()):
            return table.version()
        known |= new
    raise CommitFailedError(f"others came first, {TRIES} times")


def _changed(root: Path, files: Iterable[File], read: Mapping[str, int]) -> set[str]:
    """Those of the ids of which one of the files has a later version than the one that was read."""
    holding = (file for file in files if file.holds in {"case", "change"})
    frames = (_read(root, file, "id", "version").filter(pl.col("id").is_in(list(read))) for file in holding)
    return {id_ for frame in frames for id_, version in frame.iter_rows() if version > read[id_]}


def look_up(root: Path, ids: Iterable[str] | None = None) -> tuple[int, dict[str, bytes]]:
    """The version of the table, and encoded cases as they stand in it, by their ids (None: all of them).

    It goes through the ids of all cases: for hundreds at a time, not for one after the other.
    """
    table, wanted = DeltaTable(str(root)), pl.lit(value=True)
    if ids is not None:
        wanted = pl.col("id").is_in(list(ids))
    latest: dict[str, tuple[int, bytes]] = {}
    for file in _files(table):
        if file.holds in {"case", "change"}:
            rows = pl.scan_parquet(root / file.path, hive_partitioning=False).filter(wanted)
            for id_, version, payload in rows.select("id", "version", "payload").collect().iter_rows():
                latest[id_] = max(latest.get(id_, (0, b"")), (version, payload))
    return table.version(), {id_: payload for id_, (_, payload) in latest.items()}


def told(root: Path, holds: str, *, since: int | None = None) -> tuple[int, list[bytes]]:
    """The version of the table, and the encoded events or messages (`holds`) of all commits after the one of `since`.

    A message may be sent twice without harm: it is known by its id.
    """
    table = DeltaTable(str(root))
    known = set() if since is None else set(_files(DeltaTable(str(root), version=since)))
    files = (file for file in _files(table) if file.holds == holds and file not in known)
    return table.version(), [payload for file in files for payload in _read(root, file, "payload")["payload"]]


def tidy(root: Path, *, keep: timedelta = timedelta(days=7)) -> list[str]:
    """Remove the files that have not counted for so long, of earlier versions and of killed processes; their paths.

    `keep` must be longer than a night takes: one that is under way loses what it has written.
    """
    hours = keep // timedelta(hours=1)
    return DeltaTable(str(root)).vacuum(hours, dry_run=False, enforce_retention_duration=False, full=True)


# --- Files ------------------------------------------------------------------------------------------------------------


class Writer:
    """Writes rows into files of the table, one for each thing that rows hold and each day; memory is bounded."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._rows: dict[tuple[str, date | None], list[Row]] = defaultdict(list)
        self._waiting = 0
        self._adds: list[AddAction] = []

    def add(self, holds: str, day: date | None, row: Row) -> None:
        """Add a row, and write a file when there are enough."""
        rows = self._rows[holds, day]
        rows.append(row)
        self._waiting += 1
        if len(rows) >= ROWS:
            self._write(holds, day)
        elif self._waiting >= 10 * ROWS:
            self._write(*max(self._rows, key=lambda key: len(self._rows[key])))

    def move(self, file: File, before: Row, after: Row) -> None:
        """Add a row that was in a file, to the day on which it is due now."""
        day = file.day if after is before and file.holds == "case" else _day(after[2])
        self.add("case", day, (*after[:3], None, after[4]))
        self.leave(file, before)

    def leave(self, file: File, row: Row) -> None:
        """Note for the day on which a case was due that it is elsewhere, if its row was a change."""
        if file.holds == "change" and (day := _day(row[3])) is not None:
            self.add("left", day, (row[0], row[1], None, None, None))

    def tell(self, decision: Decision[Any], day: date | None) -> None:
        """Add the events and messages of a decision, to a day."""
        for event in decision.events:
            self.add("event", day, (decision.case.id, event.version, None, None, dumps(event)))
        for message in decision.messages:
            self.add("message", day, (message.id, decision.case.version, None, None, dumps(message)))

    def finished(self) -> tuple[AddAction, ...]:
        """Write the rest, and give what adds all of it to the table."""
        for holds, day in list(self._rows):
            self._write(holds, day)
        return tuple(self._adds)

    def _write(self, holds: str, day: date | None) -> None:
        rows = self._rows.pop((holds, day))
        self._waiting -= len(rows)
        self.write(holds, day, pl.DataFrame(rows, NUMBERS, orient="row").cast(SCHEMA))

    def write(self, holds: str, day: date | None, rows: pl.DataFrame) -> None:
        """Write a file of rows that are in a data frame already, with the columns of `SCHEMA`."""
        named = None if day is None else day.isoformat()
        path = f"holds={holds}/day={named or '__HIVE_DEFAULT_PARTITION__'}/{uuid4()}.parquet"
        place = self._root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            rows.write_parquet(file, compression_level=1)
            file.flush()
            os.fsync(file.fileno())  # before a commit names it
        size, stats = place.stat().st_size, json.dumps({"numRecords": len(rows)})
        self._adds.append(AddAction(path, size, {"holds": holds, "day": named}, _now(), True, stats))  # noqa: FBT003


def _files(table: DeltaTable) -> list[File]:
    """The files of a version of the table, the oldest first."""
    found = pl.DataFrame(table.get_add_actions(flatten=True))
    if not len(found):
        return []
    columns = ["path", "partition.holds", "partition.day", "num_records", "size_bytes", "modification_time"]
    rows = found.select(columns).with_columns(pl.col("num_records").fill_null(ROWS)).sort("modification_time", "path")
    return [File(*row) for row in rows.with_columns(pl.col("modification_time").to_physical()).iter_rows()]


def _read(root: Path, file: File, *columns: str) -> pl.DataFrame:
    frame = pl.read_parquet(root / file.path, columns=list(columns), hive_partitioning=False, glob=False)
    return frame.select(columns).cast({name: NUMBERS[name] for name in columns})


def _is_committed(table: DeltaTable, adds: Sequence[AddAction], removes: Sequence[File], **told: object) -> bool:
    """Commit, unless another commit came after the version that was read; whether it did."""
    properties = CommitProperties(custom_metadata=told, max_commit_retries=0)
    try:
        table.create_write_transaction(
            [*adds, *(file.removed() for file in removes)],
            "append",
            table.schema(),
            PARTITIONS,
            commit_properties=properties,
        )
    except CommitFailedError:
        return False
    return True


def _key(case: Case) -> tuple[str, int, int | None]:
    return case.id, case.version, _microseconds(case.due_at)


def _row(case: Case) -> Row:
    return (*_key(case), None, dumps(case))


def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else (at - EPOCH) // MICROSECOND


def _day(microseconds: int | None) -> date | None:
    return None if microseconds is None else date.fromordinal(719_163 + microseconds // 86_400_000_000)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
