"""The page of a night, looked at in Chromium."""
# ruff: noqa: E402 - what is needed is asked for first

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

for needed in ("sqlalchemy", "rich", "jinja2", "icalendar", "xlsxwriter"):
    pytest.importorskip(needed, reason=f"the page of the night is not looked at: {needed} is not installed")

from one_night import nightly
from told import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CLICK = """
<script>
window.addEventListener("load", () => {
  const buttons = document.querySelectorAll("#now th button");
  buttons[1].click(); if (location.hash === "#twice") buttons[1].click();
});
</script>
"""
WIDTH = """
<script>
const root = document.documentElement;
document.title = String(root.scrollWidth - root.clientWidth);
</script>
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of the shipped night."""
    folder = tmp_path_factory.mktemp("page")
    nightly("--database", folder / "night.sqlite", "--pages", folder)
    return folder / "nuit.html"


def browsed(place, *options):
    """What Chromium makes of a page; the test is skipped, visibly, where there is none."""
    if CHROMIUM is None:
        pytest.skip("the page is not looked at: Chromium is not installed")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", *options, place]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.mark.parametrize(("fragment", "place", "sort"), [("", 0, "ascending"), ("#twice", -1, "descending")])
def test_a_table_is_sorted_by_a_click(page, tmp_path, fragment, place, sort):
    """By the company's name, and the other way round by a second click; a screen reader is told."""
    text = page.read_text("utf-8")
    (tmp_path / "page.html").write_text(text.replace("</body>", f"{CLICK}</body>"), "utf-8")
    dom = browsed(f"file://{tmp_path / 'page.html'}{fragment}", "--dump-dom")
    rows = Page(dom).tables["now"][1:]

    assert 14 == len(rows)
    assert "Boulangerie Faure & Colin" == rows[place][1]
    assert f'aria-sort="{sort}"' in dom


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_a_phone_and_a_desk(page, tmp_path, width, dark):
    """Nothing is wider than the window, in the light and in the dark; and it is drawn."""
    text = page.read_text("utf-8")
    (tmp_path / "page.html").write_text(text.replace("</body>", f"{WIDTH}</body>"), "utf-8")
    options = [f"--window-size={width},900", *(["--force-dark-mode"] if dark else [])]
    dom = browsed(f"file://{tmp_path / 'page.html'}", "--dump-dom", *options)
    browsed(f"file://{tmp_path / 'page.html'}", f"--screenshot={tmp_path / 'page.png'}", *options)

    assert "<title>0</title>" in dom
    assert 10_000 < (tmp_path / "page.png").stat().st_size


@pytest.mark.parametrize("width", [360, 1280])
def test_whoever_has_a_keyboard_alone_reaches_all_of_it(page, width):
    """axe-core finds nothing, where the picture has to be scrolled too."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it comes with axe

    if CHROMIUM is None:
        pytest.skip("the page is not looked at: Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        looked_at = browser.new_page(viewport={"width": width, "height": 800})
        # A policy of the page's keeps strange scripts out, and axe is one.
        text = re.sub("<meta http-equiv=.Content-Security-Policy[^>]*>", "", page.read_text("utf-8"))
        looked_at.set_content(text)
        found = axe.Axe().run(looked_at).response["violations"]
        browser.close()

    assert [] == [f"{it['id']}: {node['html'][:80]}" for it in found for node in it["nodes"]]


def test_the_page_is_printed_on_a4(page, tmp_path):
    """Each sheet is 210 by 297 millimetres: 595 by 842 points."""
    browsed(f"file://{page}", f"--print-to-pdf={tmp_path / 'page.pdf'}")
    boxes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", (tmp_path / "page.pdf").read_bytes()))

    assert {(595, 842)} == {(round(float(wide)), round(float(high))) for wide, high in boxes}
