"""The firm on Django, copied out of the tree as a host would: its own tests, its commands, rivals and kills."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

pytest.importorskip("django", reason="the firm on Django is tested with Django only")

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PORTFOLIO = EXAMPLES / "nightly" / "portfolio.csv"
REASONS = re.compile(r"skipped '(.*)'")


class Firm:
    """A copy of the folder, with a database of its own and the library of a wheel."""

    def __init__(self, place: Path, database: str, library: Path) -> None:
        self.place = place / "firm"
        shutil.copytree(EXAMPLES / "django_firm", self.place)
        for beside in ("nightly", "shared"):  # which read its spreadsheets
            shutil.copytree(EXAMPLES / beside, place / beside)
        self.mails = place / "mails"
        self.environment = os.environ | {
            "FIRM_DATABASE": database,
            "PYTHONPATH": str(library),
            "DJANGO_EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend",
            "PYTHONUNBUFFERED": "1",
        }

    def command(self, *words: str) -> list[str]:
        """What runs one of its commands."""
        return [sys.executable, "-W", "error::ResourceWarning", "manage.py", *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*words), cwd=self.place, env=self.environment, capture_output=True, text=True, check=False
        )

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Begin a command beside others."""
        return subprocess.Popen(
            self.command(*words),
            cwd=self.place,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def demo(self, clients: int = 40) -> subprocess.CompletedProcess[str]:
        """Prepare it with clients."""
        return self.run("demo", "--no-server", "--csv", str(PORTFOLIO), "--clients", str(clients))

    def ask(self, program: str) -> str:
        """What a line of Python says of it."""
        return self.run("shell", "--no-imports", "-c", program).stdout.strip()


@pytest.fixture
def firm(tmp_path, database, library):
    """A firm on each kind of database."""
    return Firm(tmp_path, database, library)


def ids_of(printed: str) -> list[str]:
    """The ids of the messages that a sender printed."""
    return re.findall(r"^Message-ID: (.*)$", printed, re.MULTILINE)


@pytest.mark.parametrize("part", ["test_desk", "test_pages"])
def test_its_own_tests_pass(firm, part):
    """On both databases: what is recorded by several at once, and what each page takes and shows."""
    done = firm.run("test", f"firm.tests.{part}")

    assert 0 == done.returncode, done.stderr[-6000:]
    assert "OK" in done.stderr


def test_it_is_looked_at_in_a_browser(tmp_path, library):
    """Desktop, phone, dark, the keyboard alone, axe-core; where a browser is missing, this is skipped and says why."""
    firm = Firm(tmp_path, str(tmp_path / "firm.sqlite3"), library)
    done = firm.run("test", "firm.tests.test_browser", "--verbosity", "2")
    why = REASONS.search(done.stderr)

    assert 0 == done.returncode, done.stderr[-6000:]
    if why:
        pytest.skip(why[1])


def test_nothing_is_left_to_migrate_and_nothing_to_warn_of(firm):
    """The migrations say what the models say."""
    assert "No changes detected" in firm.run("makemigrations", "--check", "--dry-run").stdout
    assert "no issues" in firm.run("check").stdout


def test_what_a_copy_changes_comes_from_the_environment(tmp_path, library):
    """The mail server, which is given up before another sender takes its message; the database is for its owner."""
    firm = Firm(tmp_path, str(tmp_path / "firm.sqlite3"), library)
    firm.environment |= {"EMAIL_HOST": "mail.example", "EMAIL_PORT": "587", "EMAIL_SECURITY": "starttls"}
    asked = "EMAIL_HOST EMAIL_PORT EMAIL_USE_TLS EMAIL_USE_SSL EMAIL_TIMEOUT"
    found = firm.ask(f"from django.conf import settings; print(*(getattr(settings, it) for it in '{asked}'.split()))")

    assert "mail.example 587 True False 30" == found
    firm.run("migrate")
    assert [0o600] == [it.stat().st_mode & 0o777 for it in tmp_path.glob("firm.sqlite3*")]


def test_one_command_prepares_it_and_a_second_one_changes_nothing(firm):
    """The shipped portfolio is played once; what is there stays as it is."""
    first, second = firm.demo(), firm.demo()

    assert (0, 0) == (first.returncode, second.returncode), first.stderr + second.stderr
    assert re.match(r"[1-9]\d* demande\(s\) de plus", first.stdout)
    assert second.stdout.startswith("0 demande(s) de plus")


def test_it_answers(tmp_path, library):
    """The server of the one command has the page where one signs in."""
    firm = Firm(tmp_path, str(tmp_path / "firm.sqlite3"), library)
    serving = firm.begin("demo", "--csv", str(PORTFOLIO), "--clients", "3", "--port", "8765")
    try:
        for _ in range(300):
            try:
                with urlopen("http://127.0.0.1:8765/") as answer:
                    page = answer.read().decode()
                break
            except OSError:
                assert serving.poll() is None, serving.stdout.read()
                time.sleep(0.1)
        assert "<h1>Connexion</h1>" in page
    finally:
        serving.kill()
        serving.communicate()


def test_rivals_decide_and_send_each_thing_once(firm):
    """Four nights at once, then four senders at once, each a process of its own."""
    firm.demo(60)
    nights = [firm.begin("nightly") for _ in range(4)]
    printed = [it.communicate()[0] for it in nights]
    assert [0] * 4 == [it.returncode for it in nights], printed
    due = sum(int(found) for text in printed for found in re.findall(r"(\d+) dossier\(s\) à échéance", text))
    events = int(
        firm.ask("from firm.models import *; print(Event.objects.filter(kind__regex='lapsed|reminded').count())")
    )
    waiting = int(firm.ask("from firm.models import *; print(Message.objects.count())"))
    senders = [firm.begin("send") for _ in range(4)]
    sent = [found for it in senders for found in ids_of(it.communicate()[0])]

    assert 0 < due == events
    assert waiting == len(sent) == len(set(sent))
    assert "0" == firm.ask("from firm.models import *; print(Message.objects.filter(sent_at=None).count())")


def test_who_is_killed_loses_nothing(firm):
    """A night and a sender that are killed: the next ones do the rest, and each event stands once."""
    firm.demo(60)
    night = firm.begin("nightly")
    time.sleep(1.2)
    night.send_signal(signal.SIGKILL)
    night.communicate()
    again = firm.run("nightly")
    waiting = set(firm.ask("from firm.models import *; print(*Message.objects.values_list('id', flat=True))").split())
    sender = firm.begin("send")
    time.sleep(0.8)
    sender.send_signal(signal.SIGKILL)
    before = ids_of(sender.communicate()[0])
    firm.ask("from firm.models import *; Message.objects.update(taken_until=None)")  # ten minutes later
    after = ids_of(firm.run("send").stdout)
    facts = firm.ask("from firm.models import *; print(*(f'{it.case_id}/{it.version}' for it in Event.objects.all()))")

    assert 0 == again.returncode, again.stderr
    assert {f"<{it}@firm>" for it in waiting} == {*before, *after}
    assert len(after) == len(set(after))
    assert len({*before} & {*after}) <= 1  # the one that was sent and not marked yet
    assert len(facts.split()) == len(set(facts.split()))
