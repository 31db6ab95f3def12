"""The README as a package index shows it: rendered as an index does, with no link that leads nowhere."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from html import unescape
from importlib import import_module
from importlib.metadata import metadata
from pathlib import Path
from types import ModuleType

import pytest

import teleprocedures

ADDRESS = "https://example.org/owner/teleprocedures"


@pytest.fixture(scope="module")
def build(project: Path) -> Iterator[ModuleType]:
    """What the build makes of the README."""
    pytest.importorskip("hatchling", reason="hatchling is not installed, which builds the package")
    sys.path.insert(0, str(project))
    yield import_module("hatch_build")
    sys.path.remove(str(project))
    del sys.modules["hatch_build"]


@pytest.fixture(scope="module")
def readme(project: Path) -> str:
    """The README of the repository."""
    return (project / "README.md").read_text("utf-8")


def rendered(text: str) -> str:
    """The page that an index shows."""
    render = pytest.importorskip("readme_renderer.markdown", reason="readme_renderer is not installed").render
    page = render(text, variant="GFM")
    assert page is not None
    return page


def lines(block: str) -> list[str]:
    """The lines of a block as they are shown."""
    return unescape(re.sub(r"<[^>]+>", "", block)).splitlines()


def links(page: str) -> list[str]:
    """Where the links and the pictures of a page lead."""
    found = re.findall(r"<(?:a|img)\b[^>]*?\b(?:href|src)=\"([^\"]*)\"", page)
    return [link for link in found if not link.startswith("#user-content-")]  # anchors that the index adds


def test_without_an_address_the_packaged_readme_has_no_dead_link(build: ModuleType, readme: str, project: Path) -> None:
    """As long as nobody knows where the repository will be, no link of the page leads into it."""
    page = rendered(build.packaged(readme, project, "", "1.2.3"))

    assert [] == [link for link in links(page) if not link.startswith("https://")]
    assert "<img" not in page
    assert [] == [
        line for block in re.findall(r"<pre.*?</pre>", page, re.DOTALL) for line in lines(block) if len(line) > 80
    ]
    assert "mermaid" not in page
    assert "To do today or tomorrow" in page


def test_with_an_address_every_link_leads_to_the_files_of_the_release(
    build: ModuleType, readme: str, project: Path
) -> None:
    """Each link leads to a file of the project, as it was in that release."""
    found = links(rendered(build.packaged(readme, project, ADDRESS, "1.2.3")))
    ours = [link for link in found if link.startswith(ADDRESS)]
    paths = [re.sub(rf"^{ADDRESS}/(?:blob|raw)/v1\.2\.3/([^#]*).*$", r"\1", link) for link in ours]

    assert [] == [link for link in found if not link.startswith("https://")]
    assert len(ours) >= 10
    assert [] == [path for path in paths if not (project / path).is_file()]


def test_links_are_told_from_code_and_pictures(build: ModuleType, tmp_path: Path) -> None:
    """A picture becomes the text beside it where it cannot be shown, and what is code stays as it is."""
    (tmp_path / "night.txt").write_text("seven cases end today\n", "utf-8")
    text = "[a](b.md) [c](https://d.example/) [e](#f)\n\n![night](night.svg)\n\n```text\n[g](h.md)\n```\n"
    diagram = "```mermaid\nflowchart TB\n  accDescr: A to B.\n  A --> B\n```\n"
    parts = f"<!-- links -->\n[i](j.md)\n<!-- end of links -->\n{diagram}"

    assert (
        "a [c](https://d.example/) [e](#f)\n\n```text\nseven cases end today\n```\n\n```text\n[g](h.md)\n```\n"
        == build.packaged(text, tmp_path, "", "1")
    )
    assert (
        f"[a]({ADDRESS}/blob/v1/b.md) [c](https://d.example/) [e](#f)\n\n![night]({ADDRESS}/raw/v1/night.svg)\n\n"
        "```text\n[g](h.md)\n```\n"
    ) == build.packaged(text, tmp_path, ADDRESS, "1")
    assert "A to B.\n" == build.packaged(parts, tmp_path, "", "1")
    assert f"[i]({ADDRESS}/blob/v1/j.md)\nA to B.\n" == build.packaged(parts, tmp_path, ADDRESS, "1")


def test_the_address_is_in_one_place(build: ModuleType, project: Path) -> None:
    """The addresses of the project all follow from the one that is configured, and are absent without it."""
    settings = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    address = settings["tool"]["hatch"]["metadata"]["hooks"]["custom"]["address"]
    given = metadata("teleprocedures").get_all("Project-URL") or []

    assert {"readme", "urls"} <= {*settings["project"]["dynamic"]}
    assert ([] if not address else [f"Homepage, {address}"]) == [url for url in given if url.startswith("Homepage")]
    assert {
        "Homepage": ADDRESS,
        "Documentation": f"{ADDRESS}/blob/v1/docs/index.md",
        "Changelog": f"{ADDRESS}/blob/v1/CHANGELOG.md",
        "Issues": f"{ADDRESS}/issues",
    } == build.urls(ADDRESS, "1")


def test_the_build_gives_the_package_its_readme(build: ModuleType, project: Path) -> None:
    """The hook sets the README of the package, in Markdown, and its addresses once there is one."""
    made: dict[str, dict[str, str]] = {}
    build.CustomMetadataHook(str(project), {"address": f"{ADDRESS}/"}).update(made)
    version = teleprocedures.__version__

    assert "text/markdown" == made["readme"]["content-type"]
    assert f"{ADDRESS}/blob/v{version}/docs/index.md" == made["urls"]["Documentation"]

    bare: dict[str, dict[str, str]] = {}
    build.CustomMetadataHook(str(project), {"address": ""}).update(bare)
    assert ["readme"] == list(bare)
