"""The pages: what they show, what they take, and what they say is wrong."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO, StringIO
from time import process_time
from typing import Any
from unittest import SkipTest

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client, TransactionTestCase
from django.utils import timezone

from firm import desk
from firm.models import Case, Event, Message
from firm.sheet import compared, rows_of
from firm.tests.base import BAKERY, IBAN, Signed, asked
from teleprocedures import HELD_ELSEWHERE, Adhesion, Mandate
from teleprocedures.codec import dumps
from teleprocedures.wording import FRENCH

FORM = {
    "key": "k",
    "company_name": "Garage Moreau",
    "organisation": "552 100 554",
    "services": ["messagerie", "payer-tva"],
    "company_email": "contact@garage.example",
    "bank_account": IBAN,
    "applicant": "third_party",
    "legal_representative": "Anne Moreau",
    "on": "",
}
SHEET = """Entreprise;SIREN;Services;Depuis;IBAN;Mandat enregistré le;Dernier prélèvement
Garage Moreau;552 100 554;TVA CFE;03/02/2019;FR76 3000 6000 0112 3456 7890 189;04/03/2019;15/10/2026
Boulangerie Petit;443061841;payer-cfe;;FR76 3000 6000 0112 3456 7890 189;;
Épicerie Zéro;552100555;TVA;;;;
;732829320;magie;31/02/2020;;;
"""


def workbook(text: str) -> bytes:
    """The same as a workbook; the test is skipped where nothing writes one."""
    try:
        import xlsxwriter  # noqa: PLC0415 - who has CSV may not have it
    except ImportError:
        raise SkipTest("XlsxWriter is not installed") from None
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for place, line in enumerate(text.splitlines()):
            sheet.write_row(place, 0, line.split(";"))
    return file.getvalue()


class Door(TransactionTestCase):
    """Who is let in."""

    def test_nobody_reads_who_has_not_signed_in(self) -> None:
        """Each page leads to the page where one signs in, and the admin to its own."""
        for page in ("/", "/clients/", "/clients/552100554/", "/demandes/nouvelle/", "/premier-jour/", "/admin/"):
            self.assertEqual(302, Client().get(page).status_code, page)


class Request(Signed):
    """The form of a request."""

    def test_what_is_wrong_stands_at_its_field(self) -> None:
        """In French, with the rule's own words, all of it at once; nothing is recorded."""
        wrong = FORM | {"organisation": "552 100 555", "company_email": "", "bank_account": "FR76 1", "services": []}
        response = self.client.post("/demandes/nouvelle/", wrong)
        errors = response.context["form"].errors

        self.assertEqual(422, response.status_code)
        self.assertEqual({"organisation", "bank_account", "services"}, set(errors))
        self.assertIn("552 100 555", str(errors["organisation"]))
        self.assertContains(response, 'aria-invalid="true"', status_code=422)
        self.assertEqual(0, Case.objects.filter(kind="adhesion").count())

    def test_what_the_procedure_refuses_stands_at_its_field(self) -> None:
        """Messaging without an e-mail address (2.7), Pay without an account (2.13)."""
        response = self.client.post("/demandes/nouvelle/", FORM | {"company_email": "", "bank_account": ""})

        self.assertEqual({"company_email", "bank_account"}, set(response.context["form"].errors))

    def test_a_form_that_is_right_is_recorded_once(self) -> None:
        """The page of the company follows; a second click on the same form meets what the first one made."""
        first = self.client.post("/demandes/nouvelle/", FORM)
        second = self.client.post("/demandes/nouvelle/", FORM)
        (row,) = Case.objects.filter(kind="adhesion")

        for answer in (first, second):
            self.assertRedirects(answer, "/clients/552100554/")
        self.assertEqual(("awaiting_email", 1), (row.state, row.version))

    def test_a_form_that_was_changed_since_is_another_request(self) -> None:
        """Whoever goes back and changes the form is told that the first one stands; a second click records both."""
        self.client.post("/demandes/nouvelle/", FORM)
        changed = FORM | {"services": ["payer-cfe"]}
        told = self.client.post("/demandes/nouvelle/", changed)
        before = Case.objects.filter(kind="adhesion").count()
        key = told.context["form"]["key"].value()
        again = self.client.post("/demandes/nouvelle/", changed | {"key": key})

        self.assertEqual((422, 1), (told.status_code, before))
        self.assertContains(told, "Cette page a déjà enregistré une autre demande", status_code=422)
        self.assertRedirects(again, "/clients/552100554/")
        self.assertEqual(2, Case.objects.filter(kind="adhesion").count())

    def test_a_day_without_its_hour_is_taken(self) -> None:
        """A request of yesterday, by the day: no hour is invented."""
        yesterday = timezone.localdate() - timedelta(days=1)
        self.client.post("/demandes/nouvelle/", FORM | {"on": yesterday.isoformat()})
        event = Event.objects.get(kind="adhesion-requested").read()

        self.assertEqual(yesterday, event.day)


class Company(Signed):
    """The page of a company."""

    def page(self, company: str = "552100554", **query: str) -> Any:
        """The page as it is now."""
        return self.client.get(f"/clients/{company}/", query)

    def tell(self, case: Adhesion | Mandate, verb: str, **more: str) -> Any:
        """Tell a fact of a case."""
        given = {"verb": verb, "on": timezone.localdate().isoformat()} | more
        return self.client.post(f"/dossiers/{case.id}/fait/", {f"{case.id}-{name}": it for name, it in given.items()})

    def now(self, case: Adhesion | Mandate) -> Any:
        """The case as it stands."""
        return Case.objects.get(id=case.id).read()

    def test_a_way_is_told_to_its_end(self) -> None:
        """The link, the letter, the code, the mandate: told late, by the day or by the hour."""
        request = asked(ago=timedelta(days=3))
        days = [(timezone.localdate() - timedelta(days=ago)).isoformat() for ago in (2, 1, 0)]
        self.tell(request, "confirm_company_email", on=days[0])
        self.assertEqual("validated", str(self.now(request).state))
        self.tell(request, "declare_account", value="DE89 3704 0044 0532 0130 00")
        self.tell(request, "record_letter", letter=days[1], on=days[1])
        self.tell(request, "activate", on=days[2], hour="00:01")
        self.tell(request, "issue", on=days[1])
        mandate = Case.objects.get(kind="mandate").read()
        for verb in ("sign", "send", "register"):
            self.tell(mandate, verb, on=days[2])
        page = self.page()

        self.assertTrue(self.now(request).holds("payer-tva"))
        self.assertEqual("registered", str(self.now(mandate).state))
        # Of two accounts, a mandate is for the first where none is said.
        self.assertEqual(self.now(request).accounts[0], mandate.account)
        self.assertContains(page, "Garage Moreau")
        self.assertContains(page, "FR76 **** 0189")
        self.assertNotContains(page, "30006000")

    def test_what_is_refused_is_said_at_its_form(self) -> None:
        """A fact before the request; the form has what was typed, and the case is as it was."""
        request = asked()
        response = self.tell(request, "confirm_company_email", on="2020-01-01")
        (file,) = response.context["files"]

        self.assertEqual(422, response.status_code)
        self.assertTrue(file["form"].non_field_errors())
        self.assertContains(response, 'value="2020-01-01"', status_code=422)
        self.assertContains(
            response, f'role="alert">Rien n\'est enregistré : <a href="#dossier-{request.id}">', status_code=422
        )
        self.assertContains(response, "<title>Erreur · ", status_code=422)
        self.assertEqual(request, self.now(request))

    def test_what_is_asked_beside_a_fact_is_said_at_its_field(self) -> None:
        """The date of a letter is a field of its own, and an account that is none is told where it was typed."""
        request = asked(ago=timedelta(days=3))
        self.tell(request, "confirm_company_email")
        nothing = self.tell(request, "record_letter")
        account = self.tell(request, "declare_account", value="FR76 1")

        self.assertContains(nothing, f'type="date" name="{request.id}-letter"', status_code=422)
        self.assertEqual({"letter"}, set(nothing.context["files"][0]["form"].errors))
        self.assertEqual({"value"}, set(account.context["files"][0]["form"].errors))

    def test_a_request_is_renewed_once(self) -> None:
        """A second click meets the renewal that the first one made."""
        request = asked(ago=timedelta(days=3))
        answers = [self.tell(request, "renew") for _ in range(2)]

        self.assertEqual([302, 302], [it.status_code for it in answers])
        self.assertEqual(2, Case.objects.filter(kind="adhesion").count())

    def test_who_comes_back_to_a_post_is_led_to_its_page(self) -> None:
        """As whoever had to sign in again on the way."""
        request = asked()
        for path in (
            f"/dossiers/{request.id}/fait/",
            f"/dossiers/{request.id}/retrait/",
            "/clients/552100554/cloture/",
        ):
            self.assertIn("/clients/552100554/", self.client.get(path).url)
        self.assertEqual("/premier-jour/", self.client.get("/premier-jour/ligne/").url)

    def test_a_plan_says_when_to_begin(self) -> None:
        """For a tax, by a day: each step in words."""
        asked()
        today = timezone.localdate()
        by = today + timedelta(days=120)
        page = self.page(service="payer-tva", pay_by=by.isoformat())
        plan = desk.portfolio().company("552100554").plan("payer-tva", pay_by=by, start=today)

        late = self.page(service="payer-tva", pay_by=today.isoformat())
        wrong = self.page(service="payer-tva", pay_by="demain")

        self.assertEqual(
            f"C'est possible : au plus tard, commencez le {FRENCH.day(plan.start_by)}.", page.context["outcome"]
        )
        self.assertTrue(page.context["plan"])
        self.assertEqual(
            f"C'est trop tard pour cette date : au mieux, ce sera le {FRENCH.day(plan.ready_on)}.",
            late.context["outcome"],
        )
        self.assertTrue(wrong.context["planned"].errors)

    def test_a_fact_that_was_a_mistake_is_withdrawn(self) -> None:
        """With a reason; the history keeps both, and only what nothing relies on can go."""
        request = asked(BAKERY)
        waiting, safe = self.page("443061841"), FRENCH.day(request.deadline.safe_until)
        desk.portal().activate_services(desk.space(), request, HELD_ELSEWHERE)
        page = self.page("443061841")
        able = [can for _, _, _, can in page.context["files"][0]["history"]]
        path = f"/dossiers/{request.id}/retrait/"
        self.client.post(path, {"version": "3", f"reason-{request.id}-reason": ""})
        before = self.now(request)
        self.client.post(path, {"version": "3", f"reason-{request.id}-reason": "autre client"})
        after = self.now(request)
        gone = [it for _, _, it, _ in self.page("443061841").context["files"][0]["history"]]

        self.assertContains(waiting, f"<td>jusqu&#x27;au {safe} (estimé)</td>")
        self.assertEqual([False, False, True], able)
        self.assertEqual((True, False), (before.holds("payer-cfe"), after.holds("payer-cfe")))
        self.assertEqual([False, False, True, False], gone)

    def test_a_company_that_left_is_closed_and_can_come_back(self) -> None:
        """All of its cases at once, or none where one is refused."""
        request = asked()
        closing = {"reason": "client_left", "text": "", "on": timezone.localdate().isoformat(), "hour": ""}
        wrong = self.client.post("/clients/552100554/cloture/", closing | {"reason": "other"})
        before = self.now(request)
        right = self.client.post("/clients/552100554/cloture/", closing)
        closed = self.now(request)
        listed = self.client.get("/clients/")
        reopened = self.client.post(f"/dossiers/{request.id}/reouverture/", follow=True)

        self.assertContains(reopened, "Le dossier est suivi de nouveau.")
        self.assertContains(listed, "n&#x27;est plus suivie")
        self.assertEqual(422, wrong.status_code)
        self.assertTrue(wrong.context["closing"].errors)
        self.assertRedirects(right, "/clients/552100554/")
        self.assertEqual((False, True, False), (before.is_closed, closed.is_closed, self.now(request).is_closed))

    def test_a_file_of_diligence_is_shown(self) -> None:
        """What was done for the company, to be printed; what was sent has its instant, and what waits says so."""
        request = asked(ago=timedelta(days=3))
        # A message with a code was sent, and its document erased then.
        Message.objects.create(id=f"{request.id}/1/link", case_id=request.id, kind="link", sent_at=timezone.now())
        call_command("nightly", stdout=StringIO())
        before = self.client.get("/clients/552100554/diligences/")
        call_command("send", stdout=StringIO())
        after = self.client.get("/clients/552100554/diligences/")

        self.assertContains(before, "<pre")
        self.assertContains(before, ", non envoyé")
        self.assertNotContains(after, ", non envoyé")
        self.assertContains(after, "message préparé, puis adressé à ")
        self.assertEqual({""}, set(Message.objects.values_list("wrong", flat=True)))

    def test_what_is_nobody_is_not_found(self) -> None:
        """A company without a case, a text that is no company, a case that is not there."""
        for page in ("/clients/443061841/", "/clients/personne/", "/clients/443061841/diligences/"):
            self.assertEqual(404, self.client.get(page).status_code)
        self.assertEqual(404, self.client.post("/dossiers/rien/fait/").status_code)


class Morning(Signed):
    """The first page."""

    def test_the_morning_says_what_happened_and_what_to_do(self) -> None:
        """A link that lapsed in the night, one that is at risk, and the messages that wait."""
        asked(ago=timedelta(days=3))
        asked(BAKERY | {"services": ["messagerie"]}, key="bakery")
        call_command("nightly", stdout=StringIO())
        page = self.client.get("/")

        self.assertEqual(1, len(page.context["lapsed"]))
        self.assertEqual(["Boulangerie Petit"], [name for _, name, _ in page.context["risks"]])
        self.assertContains(page, "Garage Moreau")
        self.assertContains(page, "1 message à envoyer")

    def test_one_document_that_does_not_read_is_in_nobodys_way(self) -> None:
        """It is marked and told; the pages and the other cases are there, and the night ends with 1."""
        asked(BAKERY, key="bakery")
        for place, document in enumerate(("{}", "?", dumps(desk.space()).decode())):
            broken = asked(key=str(place))
            Case.objects.filter(id=broken.id).update(document=document)
        for page in ("/", "/clients/", "/clients/443061841/", "/premier-jour/"):
            self.assertEqual(200, self.client.get(page).status_code, page)
        self.assertContains(self.client.get("/"), "3 dossiers en anomalie")
        self.assertContains(self.client.get("/"), "0 message à envoyer")
        self.assertEqual(["Boulangerie Petit"], [name for _, name, _ in self.client.get("/clients/").context["rows"]])

    def test_the_night_marks_what_does_not_read_before_it_is_due(self) -> None:
        """Nobody has to open a page for it."""
        broken = asked()
        Case.objects.filter(id=broken.id).update(document="{}")
        with self.assertRaises(SystemExit) as caught:
            call_command("nightly", stdout=StringIO(), stderr=StringIO())

        self.assertEqual(1, caught.exception.code)
        self.assertNotEqual("", Case.objects.get(id=broken.id).wrong)

    def test_an_event_that_does_not_read_is_in_nobodys_way(self) -> None:
        """Its case is marked, and the morning and the other companies are there."""
        lapsed = asked(ago=timedelta(days=3))
        asked(BAKERY, key="bakery")
        call_command("nightly", stdout=StringIO())
        Event.objects.filter(case_id=lapsed.id, kind="adhesion-lapsed").update(document="{}")

        self.assertEqual(404, self.client.get("/clients/552100554/").status_code)
        self.assertEqual([200, 200], [self.client.get(page).status_code for page in ("/", "/clients/443061841/")])
        self.assertNotEqual("", Case.objects.get(id=lapsed.id).wrong)

    def test_clients_are_found_by_name_or_number(self) -> None:
        """By a part of either, in small letters or capitals."""
        asked()
        asked(BAKERY, key="bakery")

        found = {
            q: [name for _, name, _ in self.client.get("/clients/", {"q": q}).context["rows"]]
            for q in ("GARAGE", "4430", "")
        }
        self.assertEqual(["Garage Moreau"], found["GARAGE"])
        self.assertEqual(["Boulangerie Petit"], found["4430"])
        self.assertEqual(["Boulangerie Petit", "Garage Moreau"], found[""])


class FirstDay(Signed):
    """The spreadsheet of the first day."""

    def compare(self, data: bytes = SHEET.encode("cp1252")) -> Any:
        """Hand a file in, and look at what was found."""
        given = {"file": SimpleUploadedFile("clients.csv", data)}
        return self.client.post("/premier-jour/", given, follow=True)

    def test_each_line_says_what_is_new_and_what_is_wrong(self) -> None:
        """In a file as French spreadsheets write it: semicolons, Windows' letters, days with slashes."""
        lines = self.compare().context["compared"].lines

        self.assertEqual([2, 3, 4, 5], [line.number for line in lines])
        self.assertEqual([2, 1, 0, 0], [len([key for key, _ in line.findings if key]) for line in lines])
        self.assertEqual([False, False, True, True], [any(not key for key, _ in line.findings) for line in lines])
        self.assertEqual("Épicerie Zéro", lines[2].company)
        self.assertNotContains(self.client.get("/premier-jour/"), "30006000")

    def test_what_is_ticked_is_taken_over_once(self) -> None:
        """What is held is held, since a day or nobody knows when; what was not ticked is asked again."""
        lines = self.compare().context["compared"].lines
        keys = [key for line in lines for key, _ in line.findings if key]
        for ticked in (keys[:2], keys[:2]):
            self.client.post("/premier-jour/ligne/", {"finding": ticked})
        garage = desk.portfolio().company("552100554")
        held = [code for code, one in garage.holdings(at=timezone.now()).items() if one.standing == "held"]
        left = self.client.get("/premier-jour/").context["compared"].lines

        self.assertEqual(["payer-tva", "payer-cfe"], held)
        self.assertEqual(["registered"], [str(it.state) for it in garage.mandates])
        self.assertEqual([[], [keys[2]]], [[key for key, _ in line.findings] for line in left[:2]])
        self.assertEqual(2, Case.objects.exclude(kind="space").count())

    def test_what_no_line_has_is_told(self) -> None:
        """A company that is followed and holds a service, and that the file does not have."""
        request = asked(BAKERY, key="bakery")
        desk.portal().activate_services(desk.space(), request, HELD_ELSEWHERE)
        only_garage = "".join(SHEET.splitlines(keepends=True)[:2]).encode()

        self.assertEqual(1, len(self.compare(only_garage).context["compared"].others))

    def test_files_are_read_as_the_nightly_job_reads_them(self) -> None:
        """UTF-16, a workbook, taxes set apart by commas, and the clients of the nightly job, the one that left too."""
        text = SHEET.replace("TVA CFE", "Payer TVA, taxe foncière").replace("Depuis", "Titulaire depuis")
        for data in (text.encode("utf-16"), workbook(text)):
            lines = self.compare(data).context["compared"].lines
            self.assertIn("payer-tva · payer-tf", lines[0].said)
            self.assertEqual([2, 3, 4, 5], [line.number for line in lines])
        page = self.compare((settings.BASE.parent / "nightly" / "clientele.csv").read_bytes()).context
        closed = [line for line in page["compared"].lines if "N'est plus suivi" in str(line.findings)]

        self.assertEqual(300, len(page["compared"].lines))
        self.assertEqual([2, 3], [line.number for line in page["compared"].lines[:2]])
        self.assertIn("Honoraires", page["sheet"]["unread"])
        self.assertTrue(closed)
        self.assertEqual([], [line for line in closed if any(key for key, _ in line.findings)])

    def test_the_same_mistake_is_told_once_with_its_lines(self) -> None:
        """The lines are those of the file, whatever the services of each."""
        rows = ["Entreprise;SIREN;Services;Depuis", "A;552100554;TVA, CFE, TF;"]
        rows += [f"B;{siren};TVA, CFE;ouais" for siren in ("443061841", "732829320")]
        compared = self.compare("\n".join(rows).encode()).context["compared"]
        ((text, lines),) = compared.wrong

        self.assertEqual([3, 4], lines)
        self.assertIn("ouais", text)
        self.assertEqual([1, 1], [len(line.findings) for line in compared.lines[1:]])

    def test_a_line_of_many_services_is_read_in_proportion(self) -> None:
        """Four times as many take about four times as long, and not sixteen times."""
        spent = []
        for count in (2_000, 8_000):
            sheet = rows_of(f"SIREN;Services\n552100554;{','.join(['TVA'] * count)}\n".encode())
            clients, own, before = desk.portfolio(), desk.space(), process_time()
            compared(sheet, clients, own, at=timezone.now())
            spent.append(process_time() - before)

        self.assertLess(spent[1], 9 * spent[0])

    def test_what_is_no_table_is_told(self) -> None:
        """Without the columns that are needed, or no text at all; the page says what was found."""
        for data in (b"a;b\n1;2\n", b"\xff\x00", b""):
            response = self.compare(data)
            self.assertEqual(422, response.status_code, data)
            self.assertTrue(response.context["form"].errors["file"])


class Admin(Signed):
    """The admin."""

    def test_the_admin_looks_and_breaks_nothing(self) -> None:
        """Every list and every row is shown, none can be added, changed or deleted, and no document is shown."""
        request = desk.portal().issue_mandate(asked(), IBAN)
        for kind in ("case", "event", "message", "claim"):
            self.assertEqual(200, self.client.get(f"/admin/firm/{kind}/").status_code)
            self.assertEqual(403, self.client.get(f"/admin/firm/{kind}/add/").status_code)
        row = f"/admin/firm/case/{request.id}"
        shown = self.client.get(f"{row}/change/")

        self.assertEqual((200, 403), (shown.status_code, self.client.get(f"{row}/delete/").status_code))
        self.assertEqual(403, self.client.post(f"{row}/change/", {"state": "held"}).status_code)
        self.assertNotContains(shown, "30006000")
        for page in ("event", "claim", "message"):
            self.assertNotContains(self.client.get(f"/admin/firm/{page}/"), "Case")
        for text, count in (("552100554", 1), ("552 100 554", 1), ("443061841", 0)):
            found = self.client.get("/admin/firm/case/", {"q": text}).context["cl"].queryset
            self.assertEqual(count, found.exclude(kind="mandate").count(), text)
        self.assertEqual(request, Case.objects.get(id=request.id).read())
