"""The pages in a real browser: on a desktop and on a phone, in the light and in the dark, by the keyboard alone.

Playwright drives Chromium, the system's own or that of CHROMIUM. Where one of them is missing these tests skip, and say
so. axe-core looks at every page that is shown.
"""

from __future__ import annotations

import os
import shutil
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.util import find_spec
from typing import Any, ClassVar, Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.utils import timezone

from firm import desk
from firm.models import Case
from firm.tests.base import BAKERY, GARAGE, IBAN, asked
from teleprocedures import HELD_ELSEWHERE

CHROMIUM: Final = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
MISSING: Final = [name for name in ("playwright", "axe_playwright_python") if find_spec(name) is None]
SCREENS: Final[dict[str, dict[str, Any]]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "dark phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark", "is_mobile": True},
}
# Playwright's own loop runs in this thread, and Django is not used from within it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@unittest.skipUnless(CHROMIUM, "no Chromium: the pages are not looked at in a browser")
@unittest.skipIf(MISSING, f"{', '.join(MISSING)} not installed: the pages are not looked at in a browser")
class Browser(StaticLiveServerTestCase):
    """A browser, one for all the tests; a user who is signed in."""

    playwright: ClassVar[Any]
    chromium: ClassVar[Any]

    @classmethod
    def setUpClass(cls) -> None:
        """Start the browser, once a server listens."""
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it may be missing

        super().setUpClass()
        cls.playwright = sync_playwright().start()
        cls.addClassCleanup(cls.playwright.stop)
        cls.chromium = cls.playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        cls.addClassCleanup(cls.chromium.close)

    @contextmanager
    def page(self, screen: str = "desktop") -> Iterator[Any]:
        """A page of a user who is signed in, on one of the screens; what the console says is wrong fails the test."""
        user, _ = get_user_model().objects.get_or_create(username="camille", is_staff=True, is_superuser=True)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        context = self.chromium.new_context(locale="fr-FR", **SCREENS[screen])
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": self.live_server_url}]
        )
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        try:
            yield page
            self.assertEqual([], wrong)
        finally:
            context.close()

    def look(self, page: Any, path: str | None = None) -> None:
        """Go there, and have axe-core look: no violation, and nothing wider than the screen."""
        from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - it may be missing

        if path is not None:
            page.goto(self.live_server_url + path)
        found = Axe().run(page).response["violations"]
        told = [f"{it['id']}: {node['html']}" for it in found for node in it["nodes"]]
        self.assertEqual([], told, page.url)
        width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        self.assertLessEqual(width[0], width[1], page.url)

    def test_every_page_on_every_screen(self) -> None:
        """No violation of axe-core, and nothing to scroll sideways for: with clients, with forms open, with none."""
        with self.page() as page:
            self.look(page, "/")
        clients()
        pages = (
            *("/", "/clients/", "/clients/552100554/", "/clients/443061841/", "/clients/552100554/diligences/"),
            *("/demandes/nouvelle/", "/premier-jour/"),
        )
        for screen in SCREENS:
            with self.page(screen) as page:
                for path in pages:
                    with self.subTest(screen=screen, path=path):
                        page.goto(self.live_server_url + path)
                        page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
                        self.look(page)

    def test_a_form_is_filled_in_wrongly_and_then_rightly(self) -> None:
        """On a desktop and on a phone: what is wrong stands at its field, what was typed stays, and it is recorded."""
        for screen, company in (("desktop", "552 100 554"), ("phone", "443 061 841")):
            with self.subTest(screen=screen), self.page(screen) as page:
                page.goto(f"{self.live_server_url}/demandes/nouvelle/")
                page.get_by_label("SIREN ou identifiant de dossier").fill("552 100 555")
                page.get_by_label("Messagerie").check()
                page.get_by_role("button", name="Enregistrer la demande").click()
                siren = page.get_by_label("SIREN ou identifiant de dossier")
                said = page.locator(f"#{siren.get_attribute('aria-describedby').split()[-1]}").inner_text()
                self.assertEqual(("true", "552 100 555"), (siren.get_attribute("aria-invalid"), siren.input_value()))
                self.assertIn("552 100 555", said)
                self.look(page)
                siren.fill(company)
                page.get_by_label("Courriel de l'entreprise").fill("contact@garage.example")
                page.get_by_role("button", name="Enregistrer la demande").click()
                page.get_by_text("La demande est enregistrée.").wait_for()
                self.look(page)
        self.assertEqual(2, Case.objects.filter(kind="adhesion").count())

    def test_a_fact_is_told_by_the_keyboard_alone(self) -> None:
        """From the head of the page, past the links, to the fact; what has the focus is seen to have it."""
        request = asked(BAKERY)
        with self.page() as page:
            page.goto(f"{self.live_server_url}/clients/443061841/")
            page.keyboard.press("Tab")
            self.assertEqual("Aller au contenu", focused(page))
            page.keyboard.press("Enter")
            for _ in range(60):
                page.keyboard.press("Tab")
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                self.assertNotEqual("none", outline, page.evaluate("document.activeElement.outerHTML"))
                if focused(page).startswith("Indiquer un fait"):
                    break
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            page.keyboard.type("Activer")
            while focused(page) != "Enregistrer":
                page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            page.get_by_text("C'est enregistré.").wait_for()
        self.assertTrue(Case.objects.get(id=request.id).read().holds("payer-cfe"))

    def test_a_morning_leads_to_a_company(self) -> None:
        """What is at risk is a link to the company, where the fact is told that settles it."""
        request = asked(GARAGE | {"services": ["messagerie"]})
        with self.page("phone") as page:
            page.goto(self.live_server_url)
            page.locator("section", has=page.get_by_role("heading", name="À risque")).get_by_role("link").first.click()
            page.get_by_role("heading", name="Garage Moreau").wait_for()
            page.get_by_text("Indiquer un fait").click()
            page.get_by_role("button", name="Enregistrer").click()
            page.get_by_text("C'est enregistré.").wait_for()
        self.assertIsNotNone(Case.objects.get(id=request.id).read().activation)

    def test_a_spreadsheet_is_taken_over(self) -> None:
        """A file is handed in, what is new is ticked, and the second time nothing is."""
        sheet = f"Entreprise;SIREN;Services;IBAN;Mandat enregistré le\nGarage Moreau;552100554;CFE;{IBAN};04/03/2019\n"
        with self.page() as page:
            for found in (2, 0):
                page.goto(f"{self.live_server_url}/premier-jour/")
                given = {"name": "clients.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
                page.get_by_label("Tableur (").set_input_files([given])
                page.get_by_role("button", name="Comparer").click()
                self.look(page)
                self.assertEqual(found, page.get_by_role("checkbox").count())
                if found:
                    page.get_by_role("button", name="Enregistrer ce qui est coché").click()
                    page.get_by_text("2 constat(s) enregistré(s).").wait_for()
        self.assertEqual(
            ["adhesion", "mandate"], sorted(Case.objects.exclude(kind="space").values_list("kind", flat=True))
        )

    def test_who_has_not_signed_in_signs_in(self) -> None:
        """With a wrong password first, and then the right one."""
        get_user_model().objects.create_user("camille", password="cabinet")
        context = self.chromium.new_context(locale="fr-FR")
        page = context.new_page()
        self.look(page, "/clients/")
        for password in ("autre", "cabinet"):
            page.get_by_label("Nom d’utilisateur").fill("camille")
            page.get_by_label("Mot de passe").fill(password)
            page.get_by_role("button", name="Se connecter").click()
            self.look(page)
        self.assertEqual("Clients", page.get_by_role("heading", level=1).inner_text())
        context.close()


def focused(page: Any) -> str:
    """What has the focus, by its text."""
    text: str = page.evaluate("document.activeElement.innerText || document.activeElement.value || ''")
    return text.strip()


def clients() -> None:
    """A company that waits for its letter, with a mandate, and one that holds its service."""
    request = asked(GARAGE | {"services": ["payer-tva", "payer-cfe"]}, ago=timedelta(days=50))
    desk.portal().issue_mandate(request, IBAN, at=timezone.now() - timedelta(days=40))
    held = asked(BAKERY, key="bakery")
    desk.portal().activate_services(desk.space(), held, HELD_ELSEWHERE)
    asked(BAKERY | {"services": ["messagerie"]}, key="messaging")
