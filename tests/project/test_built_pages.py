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
        ("delai", "fr.html"),
        ("worded", "contrib.html"),
    ],
)
def test_the_search_finds(built, page, typed, found):
    """A rule by its number, a library, a French word with its accent or without, a name of the library."""
    page.goto(f"{(built / 'search.html').as_uri()}?q={typed}")

    page.locator(f"ul.search a[href^='{found}']").first.wait_for(timeout=60_000)


BROKEN = """() => [...document.querySelectorAll("table.docutils td")].flatMap(cell => {
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = document.createRange();
  const found = [];
  while (walker.nextNode()) {
    for (const word of walker.currentNode.data.matchAll(/[\\p{Letter}\\p{Number}_.,]+/gu)) {
      range.setStart(walker.currentNode, word.index);
      range.setEnd(walker.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(it => Math.round(it.top))).size > 1) found.push(word[0]);
    }
  }
  return found;
})"""


def test_no_word_and_no_figure_of_a_table_is_broken(built, page):
    """On a phone, what stands in a cell is broken between words; only what is wider than the screen is not."""
    broken = []
    for path in pages_of(built):
        page.goto(path.as_uri())
        broken += [(path.name, word) for word in page.evaluate(BROKEN) if len(word) <= 30]

    assert [] == broken


def test_a_diagram_and_the_first_line_of_an_example_can_be_read(built, page):
    """On a phone the text of a diagram has 10 pixels at least, and no button lies on what is copied."""
    page.goto((built / "lifecycles.html").as_uri())
    sizes = page.evaluate(
        "[...document.querySelectorAll('.diagram svg')]"
        ".map(it => 12 * it.getBoundingClientRect().width / it.viewBox.baseVal.width)"
    )
    page.goto((built / "tutorial.html").as_uri())
    covered = page.evaluate(
        "[...document.querySelectorAll('.example')].filter(it =>"
        " it.querySelector('button').getBoundingClientRect().bottom"
        " > it.querySelector('pre span').getBoundingClientRect().top + 1).length"
    )

    assert 4 <= len(sizes)
    assert 9.9 <= min(sizes)
    assert 0 == covered


def test_a_page_says_its_language(built):
    """What reads aloud or translates knows French from English."""
    languages = {path.relative_to(built).as_posix(): said_by(path) for path in pages_of(built)}

    assert ["fr.html", "fr/cabinet.html", "fr/tutoriel.html", "words-fr.html"] == sorted(
        name for name, language in languages.items() if language == "fr"
    )
    assert {"en", "fr"} == {*languages.values()}


def said_by(path):
    """The language that a page says."""
    return re.search(r'<html[^>]*\blang="(\w+)"', path.read_text("utf-8"))[1]


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


UNREAD = re.compile(r'<(details|svg)\b.*?</\1>|<pre class="copied".*?</pre>|<span class="column">.*?</span>', re.DOTALL)
"""What stands in a page twice, or is drawn."""


def words_of(text):
    """The words of a page, without its marks."""
    return re.findall(r"\w+", unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL)))


def test_programs_are_led_to_texts_that_say_something(built):
    """What `llms.txt` links to has the words of the page, and not the name of a module that is to be put there."""
    poor = []
    for link in re.findall(r"\]\(([^)]*)\)", (built / "llms.txt").read_text("utf-8")):
        page = built / re.sub(r"^_sources/(.*)\.md\.txt$", r"\1.html", link)
        article = page.read_text("utf-8").partition('<article role="main"')[2].partition("</article>")[0]
        shown = words_of(UNREAD.sub("", article))
        if len(words_of((built / link).read_text("utf-8"))) < len(shown) / 2:
            poor.append(link)

    assert [] == poor


# --- The reference ----------------------------------------------------------------------------------------------------

FIELD = re.compile(
    r'<dl class="py (?:attribute|property)">\s*<dt[^>]*id="([\w.]+)".*?</dt>\s*<dd>(.*?)</dd>', re.DOTALL
)
EXAMPLE = re.compile(r'<div class="doctest.*?<pre>(.*?)</pre>.*?<pre class="copied" hidden>(.*?)</pre>', re.DOTALL)


def reference(built):
    """The pages of the reference by their names."""
    return {path.name: path.read_text("utf-8") for path in sorted((built / "reference").glob("*.html"))}


def test_no_page_of_the_reference_is_too_big_for_a_phone(built):
    """Half a megabyte at most, each."""
    assert {} == {name: len(text) for name, text in reference(built).items() if len(text) > 512_000}


def test_the_reference_says_in_place_what_is_raised(built):
    """Nothing raises "what something else raises": each error is listed where it can come."""
    said = {name: " ".join(words_of(text)) for name, text in reference(built).items()}

    assert [] == [name for name, text in said.items() if re.search(r"[Rr]aises? what", text)]


def test_the_reference_has_nothing_private_and_nothing_of_python_alone(built):
    """No private module or default is shown, and nothing that every exception or every state machine has."""
    noise = r"teleprocedures\.(?:\w+\.)*_\w+|= _\w+|\badd_note\b|\bwith_traceback\b|\bnames_counters\b"
    texts = {name: unescape(re.sub(r"<[^>]+>", "", text)) for name, text in reference(built).items()}

    assert {} == {name: found for name, text in texts.items() if (found := re.findall(noise, text))}


def test_most_fields_have_a_sentence(built):
    """At least three in four attributes say what they are, in words of their own or of their class."""
    fields = [field for text in reference(built).values() for field in FIELD.findall(text)]
    said = [name for name, text in fields if words_of(text)]

    assert len(fields) > 1_000
    assert 0.75 < len(said) / len(fields)


def test_each_example_of_the_reference_runs_when_it_is_pasted_alone(built, tmp_path):
    """What is copied of a docstring has its imports; what shows an error raises one."""
    found = [(unescape(part) for part in it) for text in reference(built).values() for it in EXAMPLE.findall(text)]
    pasted = [(code, "Traceback" in shown) for shown, code in found]
    program = tmp_path / "pasted.py"
    program.write_text(
        f"""
for code, fails in {pasted!r}:
    try:
        exec(compile(code, code, "exec"), {{"__name__": "__main__"}})
    except Exception as error:
        assert fails, (code, error)
    else:
        assert not fails, code
""",
        "utf-8",
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False)

    assert len(pasted) > 75
    assert 0 == done.returncode, done.stderr[-2000:]


# --- Downloads --------------------------------------------------------------------------------------------------------


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
