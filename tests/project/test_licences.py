"""The licences of what is installed with the library, as the page on support tells them."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement


def needed(name: str, known: dict[str, str]) -> dict[str, str]:
    """What a distribution needs, itself included, however far down: the text of each licence by name."""
    called = re.sub(r"[-_.]+", "-", name).lower()
    if called in known:
        return known
    try:
        found = distribution(name)
    except PackageNotFoundError:  # for another system, such as the time zones of Windows
        return known
    fields = [found.metadata.get("License-Expression"), found.metadata.get("License")]
    fields += [it for it in found.metadata.get_all("Classifier") or [] if it.startswith("License ::")]
    known[called] = " ".join(filter(None, fields))
    for line in found.requires or []:
        one = Requirement(line)
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            needed(one.name, known)
    return known


def names(cell: str) -> list[str]:
    """The names in a cell of the table, without what stands in brackets."""
    return re.sub(r"\(.*?\)", "", cell).replace(" ", "").split(",")


def test_the_licence_of_each_dependency_is_told(project: Path) -> None:
    """Each library stands once, and those under the LGPL stand together."""
    page = (project / "docs" / "support.md").read_text("utf-8").partition("## Licences")[2].partition("\n## ")[0]
    rows = [row.strip("| ").split(" | ") for row in page.splitlines() if row.startswith("|")][2:]
    (lenient, permissive), (_, copyleft), (_, extra) = rows
    told = {name: kind for kind, text in (("free", permissive), ("lgpl", copyleft)) for name in names(text)}

    assert "MIT, BSD, ISC, Apache-2.0, PSF-2.0, Unlicense" == lenient
    assert {name: "lgpl" if "GPL" in licence else "free" for name, licence in LIBRARIES.items()} == {
        name: told.get(name) for name in LIBRARIES
    }
    assert "MPL-2.0" == distribution("hypothesis").metadata["License-Expression"]
    assert extra.startswith("hypothesis")


LIBRARIES = needed("teleprocedures", {})
del LIBRARIES["teleprocedures"]
