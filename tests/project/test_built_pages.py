"""The built documentation as people read it: in Chromium, on a phone, by day and by night, with the network off.

Sphinx builds the pages, unless TELEPROCEDURES_PAGES is the folder of those that `make docs` has just built. Playwright
drives the system's Chromium or that of CHROMIUM. Where one of them is missing these tests skip, and say so.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZipFile

import pytest

NEEDS = ("sphinx", "myst_parser", "furo", "mmdr", "sphinx_copybutton", "django")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
BUILT = Path(place).absolute() if (place := os.environ.get("TELEPROCEDURES_PAGES")) else None
PHONE = {"viewport": {"width": 390, "height": 800}, "is_mobile": True, "has_touch": True}
LINK = re.compile(r'<(?:a|link|script|img)\b[^>]*?\b(?:href|src)="([^"]*)"')


@pytest.fixture(scope="module")
def built(project, tmp_path_factory):
    """The folder of the pages, built anew unless they just were; a warning fails."""
    if BUILT is not None:
        assert (BUILT / "index.html").exists(), f"TELEPROCEDURES_PAGES is {BUILT}, which has no pages"
        return BUILT
    if lacking := [name for name in NEEDS if find_spec(name) is None]:
        pytest.skip(f"the documentation is not built: {', '.join(lacking)} not installed")
    place = tmp_path_factory.mktemp("docs")
    parts = ("-d", place / "doctrees", project / "docs", place / "html")
    command = (sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", *parts)
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert 0 == done.returncode, done.stderr[-4000:]
    return place / "html"


@pytest.fixture(scope="module")
def chromium():
    """A browser."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: the pages are not looked at in a browser")
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, request):
    """A page of a phone whose network is off; what it asks for that is no file of the disk fails the test."""
    context = chromium.new_context(offline=True, color_scheme=getattr(request, "param", "light"), **PHONE)
    asked = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()

    assert [] == [url for url in asked if not url.startswith(("file:", "data:"))]


def pages_of(built):
    """Every page that was built; what is to download is none."""
    return sorted(path for path in built.rglob("*.html") if not {"_static", "_downloads"} & {*path.parts})


# --- Looked at --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_nothing_is_wider_than_a_phone(built, page):
    """No page is to be scrolled sideways, by day or by night, and each asks for nothing but files beside it."""
    wide = []
    for path in pages_of(built):
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        width, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        if width > room:
            wide.append((path.relative_to(built).as_posix(), width))

    assert len(pages_of(built)) > 50
    assert [] == wide


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2.13", "procedure.html#rule-2-13"),
        ("pydantic", "contrib.html"),
        ("délai", "fr.html"),
        ("worded", "contrib.html"),
    ],
)
def test_the_search_finds(built, page, typed, found):
    """A rule by its number, a library, a French word with its accent, a name of the library."""
    page.goto(f"{(built / 'search.html').as_uri()}?q={typed}")

    page.locator(f"ul.search a[href^='{found}']").first.wait_for(timeout=60_000)


# --- Linked -----------------------------------------------------------------------------------------------------------


def test_no_link_of_a_page_is_dead(built):
    """Every page, picture, script and download that a page links to is a file that was built."""
    dead = []
    for path in pages_of(built):
        for link in map(unescape, LINK.findall(path.read_text("utf-8"))):
            target = unquote(re.sub(r"[#?].*$", "", link))
            if target and not re.match(r"[a-z]+:", target) and not (path.parent / target).exists():
                dead.append((path.relative_to(built).as_posix(), link))

    assert [] == dead


def test_each_example_is_a_page_and_a_download(built, project):
    """Its page shows its programs and links to each file; its archive has them all, and so has that of all examples."""
    folders = sorted(path.name for path in (project / "docs" / "examples").iterdir() if (path / "README.md").exists())
    every = set(ZipFile(built / "examples" / "examples.zip").namelist())
    for name in folders:
        folder = project / "docs" / "examples" / name
        page = (built / "examples" / name / "README.html").read_text("utf-8")
        programs = {path.relative_to(folder).as_posix() for path in folder.rglob("*.py") if path.stat().st_size}
        archived = set(ZipFile(built / "examples" / f"{name}.zip").namelist())

        assert {f"docs/examples/{name}/{program}" for program in programs} <= archived <= every
        assert [] == [program for program in programs if f"<summary><code>{program}</code></summary>" not in page]
        assert len(programs) <= len(re.findall(r'class="[^"]*download[^"]*"', page))

    assert len(folders) >= 12
