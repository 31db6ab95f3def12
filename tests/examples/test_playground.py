"""The playground in Chromium: the three steps played, what comes too late refused, and nothing asked of a network.

It is gathered from npm and the package index, and tested in the system's Chromium or that of CHROMIUM. Where one of
these is missing the tests skip, and say so.
"""

from __future__ import annotations

import os
import re
import shutil
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, DocTestParser, OutputChecker
from pathlib import Path
from threading import Thread

import gather
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

PROJECT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ("no-sandbox", "disable-gpu", "disable-quic", "disable-background-networking", "disable-component-update")
SCREENS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 800}, "is_mobile": True, "has_touch": True},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "dark phone": {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark", "is_mobile": True},
}
# A machine under load is no bug: Python starts within some seconds on one that is idle.
PATIENCE = 180_000


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where the playground is served, on this machine alone."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: the playground is not looked at in a browser")
    place = tmp_path_factory.mktemp("playground")
    try:
        gather.gather(place)
    except gather.MissingError as reason:
        pytest.skip(f"the playground cannot be gathered: {reason}")
    with gather.server(place, 0) as serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()


@pytest.fixture(scope="module")
def chromium(address):
    """A browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in QUIET])
        yield browser
        browser.close()


class Page:
    """A page of the playground, what it asked for, and what went wrong in it."""

    def __init__(self, chromium, address, **screen):
        self.browser = chromium.new_context(locale="fr-FR", **screen)
        self.page = self.browser.new_page()
        self.asked, self.wrong = [], []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        self.page.goto(address)
        self.page.locator("#main").wait_for(timeout=PATIENCE)

    def send(self, verb, **fields):
        """Fill a form in and send it, and wait for the answer."""
        form = self.page.locator(f"form[data-do={verb}]")
        form.evaluate("it => { const around = it.closest('details'); if (around) around.open = true; }")
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        self.answered(form.locator("button").click)

    def press(self, name):
        """Press a button of the clock, and wait for the answer."""
        self.answered(self.page.get_by_role("button", name=name, exact=True).click)

    def answered(self, act):
        """Act, and wait until the page has shown what Python answers."""
        html = self.page.locator("html")
        before = html.get_attribute("data-answers")
        act()
        expect(html).not_to_have_attribute("data-answers", before, timeout=60_000)

    def open_mail(self):
        """Have the newest message's code put into the field that asks for it."""
        self.page.get_by_role("button", name="Mettre le code dans son champ").first.click()

    def text(self, id):
        """What a part of the page says, with plain spaces."""
        return re.sub(r"\s+", " ", self.page.locator(f"#{id}").inner_text())


@pytest.fixture(scope="module")
def started(chromium, address):
    """A page whose Python has started, on a desktop."""
    page = Page(chromium, address, **SCREENS["desktop"])
    yield page
    page.browser.close()


@pytest.fixture
def play(started):
    """The page with no case, in French; what its console says is wrong fails the test."""
    started.press("Recommencer")
    yield started
    assert [] == started.wrong


def asked_with_messaging(play):
    """Steps 1 and 2: an active space, and a request whose link is awaited."""
    play.send("create")
    play.open_mail()
    play.send("activate")
    play.send("request")


def all_three_steps(play):
    """Up to the services."""
    asked_with_messaging(play)
    play.open_mail()
    play.send("confirm")
    play.open_mail()
    play.send("enter")


# --- Played -----------------------------------------------------------------------------------------------------------


def test_it_starts(started, capsys):
    """A bar is seen first, then the page; how long that took is printed, and hangs on how busy the machine is."""
    seen = started.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    took = started.page.evaluate("Number(document.documentElement.dataset.started)")
    with capsys.disabled():
        print(f"\nplayground: the bar after {seen / 1000:.1f} s, started after {took / 1000:.1f} s")

    assert 0 < seen < took < PATIENCE


def test_the_three_steps_are_played(play):
    """Each code comes by e-mail or letter, goes into its field, and leads on; the diagram is at the state."""
    play.send("create")
    assert "Activez votre espace" in play.text("mails")
    play.open_mail()
    play.send("activate")
    assert "activé" in play.text("status")
    play.send("request")
    assert "Boulangerie Martin" in play.text("mails")
    play.open_mail()
    play.send("confirm")
    assert "en attente du code du courrier" in play.text("status")
    play.send("letter", edited="2024-04-03")
    play.open_mail()
    play.send("enter")

    assert "services sont activés" in play.text("said")
    expect(play.page.locator("#diagram text", has_text="●")).to_have_text("● services activés")


def test_the_last_instant_is_in_time_and_the_next_one_is_not(play):
    """One microsecond past the time limit the link is refused, in French and under its rule."""
    asked_with_messaging(play)
    play.open_mail()
    play.page.locator("#night").uncheck()
    play.press("Au dernier instant du délai")
    assert "vendredi 5 avril 2024 à 10 h" in play.text("clock")
    play.press("Une microseconde après")
    play.send("confirm")
    play.page.locator("#night").check()

    assert "Trop tard le vendredi 5 avril 2024 à 10 h" in play.text("said")
    assert "règle 2.11" in play.text("said")
    assert "refused" == play.page.locator("#said").get_attribute("class")


def test_the_night_carries_out_what_the_clock_has_decided(play):
    """The space lapses, its notice is in the mailbox, and the code is refused."""
    play.send("create")
    play.open_mail()
    play.press("Une microseconde après")
    assert "caduc" in play.text("status")
    assert 2 <= play.page.locator("#mails article").count()
    play.send("activate")

    assert "règle 1.11" in play.text("said") or "règle 1.10" in play.text("said")


def test_a_payment_waits_for_its_mandate(play):
    """It is refused with what is to be done, and passes once the bank has registered the mandate."""
    all_three_steps(play)
    play.send("pay")
    assert "mandat" in play.text("said")
    assert "règle 2.20" in play.text("said")
    for verb in ("issue", "sign", "send", "register", "pay"):
        play.send(verb)

    assert "Le paiement passerait." == play.text("said")


def test_what_is_wrong_stands_at_its_field(play):
    """The field is marked, has the focus, and says what is expected; what was typed stays."""
    play.send("create", email="camille", organisation="732 829 321")
    email = play.page.locator("form[data-do=create] [name=email]")
    said = play.page.locator(f"#{email.get_attribute('aria-describedby')}")

    assert "signe @" in said.inner_text()
    assert 2 == play.page.locator("form[data-do=create] [aria-invalid]").count()
    expect(email).to_be_focused()
    expect(email).to_have_value("camille")
    play.send("create", email="camille@cabinet-durand.fr", organisation="732 829 320")
    assert 0 == play.page.locator("form[data-do=create] [aria-invalid]").count()


def test_it_speaks_both_languages(play):
    """Steps, verbs and the page's own words change, and nothing of the case does."""
    play.send("create")
    french = play.text("steps")
    play.answered(play.page.get_by_role("button", name="English").click)
    english = play.text("steps")
    html = play.page.locator("html")
    assert ("en", "Activate the space") == (
        html.get_attribute("lang"),
        play.page.locator("form[data-do=activate] button").inner_text(),
    )
    play.answered(play.page.get_by_role("button", name="Français").click)

    assert "règle 1.9" in french
    assert "rule 1.9" in english
    assert french == play.text("steps")


def test_it_is_played_by_the_keyboard_alone(play):
    """The form is sent by Enter, and the code goes into its field and on by two keys."""
    play.page.locator("form[data-do=create] [name='contact.city']").focus()
    play.answered(lambda: play.page.keyboard.press("Enter"))
    play.page.get_by_role("button", name="Mettre le code dans son champ").first.focus()
    play.page.keyboard.press("Space")
    play.answered(lambda: play.page.keyboard.press("Enter"))

    assert "espace professionnel est activé" in play.text("said")


# --- Python in the browser --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "docs/tutorial.md", "docs/fr/tutoriel.md"])
def test_the_blocks_of_a_page_run_in_it(play, name):
    """What the README and the tutorial print, in both languages, is what Python in the browser prints."""
    text = (PROJECT / name).read_text("utf-8")
    blocks = "".join(re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    examples = DocTestParser().get_examples(blocks)
    play.send("run", program=blocks)
    printed = play.page.locator("#printed").inner_text()

    assert len(examples) >= 10
    assert OutputChecker().check_output(
        "".join(it.want for it in examples), printed, ELLIPSIS | NORMALIZE_WHITESPACE
    ), printed


# --- Looked at --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", SCREENS)
def test_it_fits_every_screen(chromium, address, screen):
    """With a case on show, axe-core finds nothing, nothing is scrolled sideways for, and only this machine is asked."""
    page = Page(chromium, address, **SCREENS[screen])
    try:
        asked_with_messaging(page)
        page.page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        found = Axe().run(page.page).response["violations"]
        width, room = page.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")

        assert [] == [f"{it['id']}: {node['html']}" for it in found for node in it["nodes"]]
        assert width <= room
        assert [] == [url for url in page.asked if not url.startswith((address, "data:"))]
        assert len(page.asked) >= len(gather.PAGE) + len(gather.INTERPRETER)
        assert [] == page.wrong
    finally:
        page.browser.close()
