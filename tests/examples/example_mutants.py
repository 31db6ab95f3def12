"""The examples, broken on purpose in ways that no tool thinks of: each is what a hurried hand would write.

    python -m tests.examples.example_mutants                 all of them (a part of make mutants)
    python -m tests.examples.example_mutants store durable   those of these files only; another name is refused

A mutant is a file, the text that is replaced there, the one put in its place, and a test that fails then. It is tried
in a copy of the examples and of their tests. The tests pass without any change, or the mutants would say nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

PROJECT: Final = Path(__file__).parents[2]
EXAMPLES: Final = Path("docs") / "examples"
TESTS: Final = Path("tests") / "examples"
COPIED: Final = ("docs", "src", "tests", "conftest.py", "pyproject.toml", "README.md", "LICENSE", "hatch_build.py")
LONGEST: Final = 900  # seconds, after which a mutant that waits for ever counts as killed


class Mutant(NamedTuple):
    """One change of an example, or of a file of the library by its path, and the test of the examples that kills it."""

    what: str
    file: str
    old: str
    new: str
    test: str


MUTANTS: Final = (
    Mutant(
        "the outbox is written in a second transaction",
        "store.py",
        """            self._do(lambda connection: _write(connection, rows))
        except (IntegrityError, _NotMovedError) as error:""",
        """            with self.engine.begin() as connection:
                _write(connection, attrs.evolve(rows, messages=[]))
            with self.engine.begin() as connection:
                messages = [message for decision in decisions for message in decision.messages]
                rows = [{"id": message.id, "payload": dumps(message, secrets=True)} for message in messages]
                if rows:
                    connection.execute(insert(OUTBOX), rows)
        except (IntegrityError, _NotMovedError) as error:""",
        "test_store_bad_rows.py::test_a_decision_is_one_transaction",
    ),
    Mutant(
        "the outbox of a sweep is written in a second transaction",
        "store.py",
        """                _write(connection, made)
            except Exception as error:
                if made is not None and is_of_the_database(error):
                    raise
                raise _NotWrittenError from error
            _mark(connection, CASES, _others(rows, decisions), bad)

        try:
            self._do(decide, unless=lambda: is_decided)
        except (IntegrityError""",
        """                _write(connection, attrs.evolve(made, messages=[]))
            except Exception as error:
                if made is not None and is_of_the_database(error):
                    raise
                raise _NotWrittenError from error
            _mark(connection, CASES, _others(rows, decisions), bad)

        try:
            self._do(decide, unless=lambda: is_decided)
            with self.engine.begin() as connection:
                messages = [message for decision in decisions for message in decision.messages]
                for message in messages:
                    connection.execute(insert(OUTBOX), {"id": message.id, "payload": dumps(message, secrets=True)})
        except (IntegrityError""",
        "test_store_bad_rows.py::test_a_decision_is_one_transaction",
    ),
    Mutant(
        "a batch of which every row is bad ends the sweep",
        "store.py",
        "        return rows\n\n    def _recorded_alone",
        "        return rows if decisions else ()\n\n    def _recorded_alone",
        "test_store_bad_rows.py::test_a_batch_of_bad_rows_does_not_end_the_sweep",
    ),
    Mutant(
        "a bad row is not marked",
        "store.py",
        '    marks = [mark for mark, row in zip(marks, rows, strict=True) if mark["why"] != row.rejected]\n',
        "    marks = []\n",
        "test_store_bad_rows.py::test_a_bad_case_is_told_every_night_until_it_is_repaired",
    ),
    Mutant(
        "what was marked once is told no more",
        "store.py",
        "        for query, after in ((REJECTED, _after_id), (due, _after_place)):\n",
        "        for query, after in ((due, _after_place),):\n",
        "test_store_bad_rows.py::test_a_bad_case_is_told_every_night_until_it_is_repaired",
    ),
    Mutant(
        "bad rows are read again each time",
        "store.py",
        "SWEPT.where(CASES.c.rejected.is_(None)).order_by(CASES.c.due_at, CASES.c.id)",
        "SWEPT.order_by(CASES.c.due_at, CASES.c.id)",
        "test_store_bad_rows.py::test_what_was_bad_is_read_once_a_sweep",
    ),
    Mutant(
        "a page of bad messages ends the sending",
        "store.py",
        "                sent, rejected = sent + len(gone), [*rejected, *messages.rejected]\n",
        "                sent, rejected = sent + len(gone), [*rejected, *messages.rejected]\n"
        "                if not messages:\n                    break\n",
        "test_store_bad_rows.py::test_a_whole_batch_of_bad_messages_does_not_end_the_sending",
    ),
    Mutant(
        "an error of one row in a batch that is written ends the night",
        "store.py",
        "                raise _NotWrittenError from error\n",
        "                raise\n",
        "test_store_any_value.py::test_the_last_version_there_is_stops_nobody",
    ),
    Mutant(
        "an error of one row that is recorded alone ends the night",
        "store.py",
        '                row = raised("cases", case.id, error)\n',
        "                raise\n",
        "test_store_any_value.py::test_the_last_version_there_is_stops_nobody",
    ),
    Mutant(
        "an error of one row that is decided ends the night",
        "store.py",
        '            failed.append((raised("cases", case.id, error), case))\n',
        "            raise\n",
        "test_store_any_value.py::test_a_case_that_raises_whatever_it_likes_stops_nobody",
    ),
    Mutant(
        "a database that fails is taken for a bad row",
        "failures.py",
        "    return (failed and not code.startswith(ROW_TOO_LARGE)) or code.startswith(NO_TABLE)\n",
        "    return False\n",
        "test_store_faults.py::test_a_full_disk_leaves_what_was_there",
    ),
    Mutant(
        "an integrity error of what is recorded is swallowed",
        "store.py",
        """            self._refuse(decisions, error)
            raise
""",
        """            self._refuse(decisions, error)
""",
        "test_store_bad_rows.py::test_an_integrity_error_that_nothing_explains_is_raised_by_who_records_and_isolated_by_a_sweep",
    ),
    Mutant(
        "another case's document is decided",
        "rows.py",
        "        if (case.id, case.kind) != (row.id, row.kind):\n",
        "        if case.kind != row.kind:\n",
        "test_store_bad_rows.py::test_a_bad_case_is_told_every_night_until_it_is_repaired",
    ),
    Mutant(
        "a version ahead of its row is decided",
        "rows.py",
        "        if case.version != row.version:\n",
        "        if case.version < row.version:\n",
        "test_store_bad_rows.py::test_a_bad_case_is_told_every_night_until_it_is_repaired",
    ),
    Mutant(
        "only OSError is taken for a failed sending",
        "store.py",
        "except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others go on\n"
        "                                failed",
        "except OSError as error:\n                                failed",
        "test_store.py::test_whatever_a_notifier_raises_is_a_failed_sending",
    ),
    Mutant(
        "any error is taken for a refusal of the file",
        "history.py",
        """before if is_proved else history)
            except (RefusedError, InvalidValueError) as error:""",
        """before if is_proved else history)
            except Exception as error:""",
        "test_nightly_disturbed.py::test_an_error_of_a_verb_records_nothing_of_its_row",
    ),
    Mutant(
        "any error is taken for a refusal of a request",
        "history.py",
        """            return []
        decisions += self._declared""",
        """            return []
        except Exception:
            return []
        decisions += self._declared""",
        "test_nightly_disturbed.py::test_an_error_of_the_program_is_told_of_its_row",
    ),
    Mutant(
        "rejected rows are not told by the night",
        "night.py",
        "[*untold, *rejected, *cases.rejected, *histories, *unsent.rejected]",
        "[*untold, *histories, *unsent.rejected]",
        "test_nightly_disturbed.py::test_a_bad_case_is_told_every_night_and_the_others_go_on",
    ),
    Mutant(
        "bad messages are not told by the night",
        "night.py",
        "*histories, *unsent.rejected]",
        "*histories]",
        "test_nightly_disturbed.py::test_a_bad_event_and_a_bad_message_are_told",
    ),
    Mutant(
        "what others did is not told",
        "night.py",
        "by_others, left = max(0, store.count_events() - events - made.events), ",
        "by_others, left = 0, ",
        "test_nightly_rivals.py::test_three_jobs_at_once_do_one_night",
    ),
    Mutant(
        "a lost race is an error",
        "store.py",
        'if error.code != "conflict.version" or tried == TRIES:',
        "if error is not None:",
        "test_store_rivals.py::test_who_was_slower_reads_again_and_decides_again",
    ),
    Mutant(
        "a decision is made once and tried again as it was",
        "store.py",
        """        for tried in range(1, TRIES + 1):
            decisions = decide()
""",
        """        decisions = decide()
        for tried in range(1, TRIES + 1):
""",
        "test_store_rivals.py::test_who_was_slower_reads_again_and_decides_again",
    ),
    Mutant(
        "a decision on a version that is still to come is recorded",
        "store.py",
        'CASES.c.id == bindparam("of"), CASES.c.version == bindparam("made_on")',
        'CASES.c.id == bindparam("of"), CASES.c.version <= bindparam("made_on")',
        "test_store.py::test_a_decision_that_skips_a_version_is_refused",
    ),
    Mutant(
        "events are written before cases: two on the way to each other wait for ever",
        "store.py",
        """    if _for_each(connection, MOVE, MOVED, rows.moved) != len(rows.moved):
        raise _NotMovedError
    if rows.given_up:
        connection.execute(GIVE_UP, rows.given_up)
    # How many rows an INSERT adds, not every driver says; of those who open a case at once, the others fail.
    for table, added in ((CASES, rows.opened), (EVENTS, rows.events), (OUTBOX, rows.messages), (CLAIMS, rows.claimed)):
        _for_each(connection, ADD[table], ADDED[table], added)
""",
        """    for table, added in ((EVENTS, rows.events), (OUTBOX, rows.messages), (CASES, rows.opened)):
        _for_each(connection, ADD[table], ADDED[table], added)
    if _for_each(connection, MOVE, MOVED, rows.moved) != len(rows.moved):
        raise _NotMovedError
""",
        "test_store_rivals.py::test_a_writer_waits_for_a_sweep_and_not_the_other_way_round",
    ),
    Mutant(
        "what is to be added unless it is there is copied all the same",
        "schema.py",
        "    found = _INSERT.fullmatch(statement)\n",
        "    found = _INSERT.match(statement)\n",
        "test_store_files.py::test_postgresql_copies_rows_and_nothing_else",
    ),
    Mutant(
        "a sender without FOR UPDATE",
        "store.py",
        "connection.execute(page.with_for_update(skip_locked=True)).all()",
        "connection.execute(page).all()",
        "test_store_rivals.py::test_a_sender_skips_what_another_one_holds",
    ),
    Mutant(
        "a sender without SKIP LOCKED",
        "store.py",
        "connection.execute(page.with_for_update(skip_locked=True)).all()",
        "connection.execute(page.with_for_update()).all()",
        "test_store_rivals.py::test_a_sender_skips_what_another_one_holds",
    ),
    Mutant(
        "senders on SQLite take no turns",
        "store.py",
        '        if self.engine.dialect.name != "sqlite":\n            yield\n            return\n        (name,)',
        "        if self.engine.url:\n            yield\n            return\n        (name,)",
        "test_store_rivals.py::test_a_sender_skips_what_another_one_holds",
    ),
    Mutant(
        "a sweep without FOR UPDATE",
        "store.py",
        "connection.execute(query.with_for_update(skip_locked=True)).all()",
        "connection.execute(query).all()",
        "test_store_rivals.py::test_a_sweep_skips_what_another_one_holds",
    ),
    Mutant(
        "a sweep without SKIP LOCKED",
        "store.py",
        "connection.execute(query.with_for_update(skip_locked=True)).all()",
        "connection.execute(query.with_for_update()).all()",
        "test_store_rivals.py::test_a_sweep_skips_what_another_one_holds",
    ),
    Mutant(
        "what is read on SQLite may be stale when it is written",
        "schema.py",
        '"BEGIN" if only_reads else "BEGIN IMMEDIATE"',
        '"BEGIN"',
        "test_store_rivals.py::test_sweeps_senders_and_writers_do_each_thing_once",
    ),
    Mutant(
        "tables are made by whoever comes first, and the second fails",
        "schema.py",
        "            connection.execute(select(func.pg_advisory_xact_lock(CREATING)))\n",
        "            pass\n",
        "test_store_rivals.py::test_the_tables_are_made_once_by_all_who_come_to_an_empty_database",
    ),
    Mutant(
        "what was sent stays in the log",
        "store.py",
        "        truncate(self.engine)\n        return Sent(",
        "        return Sent(",
        "test_store_files.py::test_a_code_that_was_sent_is_erased_from_the_log_too",
    ),
    Mutant(
        "whoever starts leaves in the log what one that was killed left",
        "schema.py",
        "            _complete(connection, table)\n    truncate(engine)\n",
        "            _complete(connection, table)\n",
        "test_store_files.py::test_a_code_that_a_killed_sender_left_is_erased_at_the_next_start",
    ),
    Mutant(
        "a file of another program is taken for a store",
        "schema.py",
        "        if head and int.from_bytes(head[68:72]) != APPLICATION:\n",
        "        if head and int.from_bytes(head[68:72]) not in {0, APPLICATION}:\n",
        "test_store_files.py::test_another_program_s_file_is_left_as_it_is",
    ),
    Mutant(
        "everybody reads the files",
        "schema.py",
        "0o600",
        "0o644",
        "test_store_files.py::test_the_owner_alone_reads_the_files",
    ),
    Mutant(
        "what a server gave up is not tried again",
        "store.py",
        "            if tried == TRIES or not has_lost(error) or unless():\n                raise\n",
        "            raise\n",
        "test_store_rivals.py::test_a_transaction_that_a_server_gives_up_is_tried_again",
    ),
    Mutant(
        "a night on a strict server fails",
        "store.py",
        'engine.execution_options(isolation_level="READ COMMITTED")',
        "engine",
        "test_nightly_rivals.py::test_rivals_on_a_strict_server_do_one_night_together",
    ),
    Mutant(
        "a report that cannot be written ends in a traceback",
        "streams.py",
        "                self.stream.flush()\n            except (OSError, ValueError) as error:\n",
        "                self.stream.flush()\n            except ValueError as error:\n",
        "test_nightly_status.py::test_a_report_that_cannot_be_written_is_told_once_all_is_recorded",
    ),
    Mutant(
        "a night in the future is swept",
        "store.py",
        "        if sweep.at > (now := self.now()):\n",
        "        if sweep.at > (now := self.now()) and not self.engine:\n",
        "test_store_rivals.py::test_a_night_in_the_future_is_refused",
    ),
    Mutant(
        "a job a few minutes ahead decides ahead",
        "night.py",
        "    at = now if at is None else min(at, now)\n",
        "    at = now if at is None else at\n",
        "test_nightly_disturbed.py::test_a_job_whose_clock_is_off_by_minutes_changes_nothing",
    ),
    Mutant(
        "a clock that was set back is not told",
        "night.py",
        "    return at, latest if latest > now else None\n",
        "    return at, None\n",
        "test_nightly_disturbed.py::test_a_clock_that_was_set_back_is_told_and_stops_nothing",
    ),
    Mutant(
        "what has changed after the night is decided before",
        "store.py",
        "                if case.recorded_at <= sweep.at:\n                    cases.append(case)\n",
        "                cases.append(case)\n",
        "test_store_rivals.py::test_what_has_changed_after_the_night_is_left",
    ),
    Mutant(
        "names are not escaped",
        "console.py",
        "escape(printable(text))",
        "escape(text)",
        "test_nightly_disturbed.py::test_a_company_s_name_moves_no_terminal",
    ),
    Mutant(
        "names are markup",
        "console.py",
        "escape(printable(text))",
        "printable(text)",
        "test_nightly_disturbed.py::test_a_company_s_name_moves_no_terminal",
    ),
    Mutant(
        "errors are not escaped",
        "nightly.py",
        'err.write(f"nightly.py: {stopped(printable(reason))}\\n")',
        'err.write(f"nightly.py: {stopped(reason)}\\n")',
        "test_nightly_disturbed.py::test_a_file_that_is_not_there_moves_no_terminal",
    ),
    Mutant(
        "formulas are written as they are",
        "make_portfolio.py",
        "{column: sheet_cell(cell) for column, cell in row.items()}",
        "{column: cell for column, cell in row.items()}",
        "test_printable.py::test_a_portfolio_that_is_written_has_no_formulas",
    ),
    Mutant(
        "the driver's words are printed as they are",
        "failures.py",
        'without_its_password(getattr(error, "orig", None) or error, database)',
        'str(getattr(error, "orig", None) or error)',
        "test_nightly_disturbed.py::test_a_password_is_never_printed",
    ),
    Mutant(
        "a bad row is told in English to French people",
        "rows.py",
        "reason=self._reason(wording)",
        "reason=self.reason",
        "test_nightly_disturbed.py::test_a_damaged_database_is_told_in_french",
    ),
    Mutant(
        "a refusal loses its code",
        "store.py",
        "        why = rejection.error\n",
        "        pass\n",
        "test_store_bad_rows.py::test_each_bad_row_is_handed_over_with_the_code_of_its_reason",
    ),
    Mutant(
        "the URL is printed as it is",
        "failures.py",
        "database=without_password(database)",
        "database=database",
        "test_nightly_disturbed.py::test_a_password_is_never_printed",
    ),
    Mutant(
        "durable takes any stale decision for its own",
        "durable.py",
        "            if set(decision.events) <= set(self.store.events(decision.case.id)):\n",
        "            if decision.events:\n",
        "test_durable.py",
    ),
    Mutant(
        "a stale decision stops the workflow",
        "durable.py",
        "            if case is None:\n                raise\n",
        "            raise\n",
        "test_durable.py",
    ),
    Mutant(
        "the instant of a workflow is no step",
        "durable.py",
        "    @DBOS.step()\n    def now(self) -> datetime:",
        "    def now(self) -> datetime:",
        "test_durable.py",
    ),
    Mutant(
        "any error is taken for a refused word",
        "durable.py",
        "    except RefusedError as refusal:\n",
        "    except Exception as refusal:\n",
        "test_durable.py::test_a_word_that_is_refused_changes_nothing_and_one_that_is_none_is_an_error",
    ),
    Mutant(
        "a clock that was set back loses a word",
        "durable.py",
        "        at = case.recorded_at\n",
        "        pass\n",
        "test_durable.py::test_a_word_that_is_said_while_the_clock_is_back_counts",
    ),
    Mutant(
        "the steps of a reminder are those of the instant at which it fell due",
        "src/teleprocedures/cases/_case.py",
        "steps=case.next_steps(at=at), link",
        "steps=case.next_steps(at=max(it for it in deadline.reminders if it <= at)), link",
        "test_store.py::test_a_reminder_says_what_there_is_to_do_on_the_night_it_is_sent",
    ),
    Mutant(
        "an event is said to have happened when it was told, and the other way round",
        "rows.py",
        "at=event.at, recorded_at=event.recorded_at)",
        "at=event.recorded_at, recorded_at=event.at)",
        "test_store_bad_rows.py::test_a_bad_event_is_told",
    ),
    Mutant(
        "a document is said to be due when its row is, and the other way round",
        "rows.py",
        "due_at=case.due_at, row_due_at=row.due_at",
        "due_at=row.due_at, row_due_at=case.due_at",
        "test_store_bad_rows.py::test_a_case_that_no_night_would_find_is_told",
    ),
    Mutant(
        "a mandate that is signed gives its account up",
        "docs/examples/django_firm/firm/desk.py",
        "held.difference(case.claims)",
        "held",
        "test_django_firm.py::test_its_own_tests_pass",
    ),
    Mutant(
        "an event has the instant of its telling in both columns",
        "docs/examples/django_firm/firm/desk.py",
        "            at=event.at,\n",
        "            at=event.recorded_at,\n",
        "test_django_firm.py::test_its_own_tests_pass",
    ),
)


def located(mutant: Mutant) -> Path:
    """The path of its file, within the project."""
    return (
        Path(mutant.file)
        if "/" in mutant.file
        else next(PROJECT.glob(f"{EXAMPLES}/*/{mutant.file}")).relative_to(PROJECT)
    )


def applied(mutant: Mutant, text: str) -> str:
    """The text of the file with the change; raises ValueError unless what is replaced stands there once."""
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.file}: {mutant.what}: its text stands there {text.count(mutant.old)} times")
    return text.replace(mutant.old, mutant.new)


def copied(place: Path) -> Path:
    """A copy of what the tests of the examples need."""
    for name in COPIED:
        source, target = PROJECT / name, place / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.sqlite*"))
        else:
            shutil.copy(source, target)
    return place


def passes(place: Path, *tests: str) -> bool:
    """Whether these tests pass on the copy in this place; they have to be there."""
    told = [str(TESTS / test) for test in tests]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", *told]
    # The copy goes before the library that is installed, for the plugin of Hypothesis too.
    environment = os.environ | {"PYTHONPATH": str(place / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=place, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        return False
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"pytest ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    if done.returncode == 0 and " passed" not in done.stdout:
        raise RuntimeError(f"no test ran: {done.stdout[-2000:]}")
    return done.returncode == 0


def survives(mutant: Mutant) -> bool:
    """Whether the test that should kill a mutant passes on it."""
    with tempfile.TemporaryDirectory() as place:
        root = copied(Path(place))
        path = root / located(mutant)
        path.write_text(applied(mutant, path.read_text("utf-8")), "utf-8")
        return passes(root, mutant.test)


def main(*names: str) -> int:
    """Print what survives; the status says whether anything does, or that a name is of no mutant (2)."""
    known = {Path(mutant.file).stem for mutant in MUTANTS}
    if unknown := set(names) - known:
        print(
            f"no mutant of {', '.join(sorted(unknown))}: expected some of {', '.join(sorted(known))}", file=sys.stderr
        )
        return 2
    mutants = [mutant for mutant in MUTANTS if not names or Path(mutant.file).stem in names]
    with tempfile.TemporaryDirectory() as place:
        if not passes(copied(Path(place)), *sorted({mutant.test for mutant in mutants})):
            print("the tests fail without any change")
            return 1
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        verdicts = list(zip(mutants, threads.map(survives, mutants), strict=True))
    survivors = [mutant for mutant, survived in verdicts if survived]
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} mutants of the examples killed")
    for mutant in survivors:
        print(f"  survives: {mutant.file}: {mutant.what} ({mutant.test})")
    return int(bool(survivors))


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
