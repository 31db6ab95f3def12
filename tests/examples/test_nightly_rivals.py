"""The main job beside itself: several at once on one database."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter

import pytest

pytest.importorskip("sqlalchemy", reason="the main job is tested with SQLAlchemy and rich only")
pytest.importorskip("rich", reason="the main job is tested with SQLAlchemy and rich only")

from paths import EXAMPLES
from store import Store

NIGHTLY = str(EXAMPLES / "nightly" / "nightly.py")


def test_three_jobs_at_once_do_one_night(database, tmp_path):
    """From an empty database on: none fails, the store is as after one job alone, and what others did is told."""
    alone = str(tmp_path / "alone.sqlite")
    command = [sys.executable, NIGHTLY, "--lang", "en", "--database"]
    subprocess.run([*command, alone], capture_output=True, check=False, timeout=120)
    jobs = [
        subprocess.Popen([*command, database], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [job.communicate(timeout=240) for job in jobs]
    stores = Store(alone), Store(database)
    found = [
        (
            {case.id: case for case in store.cases()},
            Counter(event.kind for case in store.cases() for event in store.events(case.id)),
            [message.id for message in store.unsent()],
        )
        for store in stores
    ]
    for store in stores:
        store.close()
    pages = [" ".join(out.split()) for out, _ in said]
    own = [re.findall(r"([\d,]+) (?:facts? of the file|time limits? or reminder)", page) for page in pages]
    others = [re.search(r"Recorded by others meanwhile: (\d+) events", page) for page in pages]

    assert [(1, "")] * 3 == [(job.returncode, err) for job, (_, err) in zip(jobs, said, strict=True)]
    assert found[0] == found[1]
    assert 1323 + 27 == sum(int(count.replace(",", "")) for counts in own for count in counts)
    assert any(others)


@pytest.mark.parametrize("isolation", ["serializable", "repeatable read"])
def test_rivals_on_a_strict_server_do_one_night_together(postgres, isolation):
    """Three jobs at once, from an empty database on: none of them ends with 2."""
    url = postgres.new_database()
    postgres.query(
        f"ALTER DATABASE {url.partition('@/')[2].partition('?')[0]} SET default_transaction_isolation TO '{isolation}'"
    )
    command = [sys.executable, NIGHTLY, "--database", url, "--lang", "en"]
    jobs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [job.communicate(timeout=120) for job in jobs]

    assert [1, 1, 1] == [job.returncode for job in jobs], [err for _, err in said]
    assert [""] * 3 == [err for _, err in said]
