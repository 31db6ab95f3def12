"""Row on the codec: a request read and written, against msgspec on the same JSON, read and written as plain dicts."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from paired import Row, compared, ratio, timed
from samples import adhesions

from teleprocedures.codec import dumps, loads


def by_codec(lines: list[bytes]) -> None:
    """Every request, checked, as the snapshot that it was; and back."""
    for line in lines:
        dumps(loads(line))


def by_msgspec(lines: list[bytes]) -> None:
    """Every document as dicts, unchecked; and back."""
    decode, encode = msgspec.json.decode, msgspec.json.encode
    for line in lines:
        encode(decode(line))


def rows(*, short: bool) -> Iterator[Row]:
    """Requests whose letter is on its way, no two with the same text."""
    lines = [dumps(case) for case in adhesions(500 if short else 2_000)]
    found = ratio(
        timed(by_codec, lambda: lines, units=len(lines)),
        timed(by_msgspec, lambda: lines, units=len(lines)),
        repeat=15 if short else 41,
    )
    made_of = f"{{a}} / {{b}}, {len(lines[0])} bytes a document"
    yield compared(
        "`loads` + `dumps` of an adhesion, against msgspec on the same JSON as plain dicts",
        found,
        reach=4,
        made_of=made_of,
    )
