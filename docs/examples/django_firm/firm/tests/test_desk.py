"""What is recorded, by one or by several at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Barrier
from typing import Any

from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import timezone

from firm import desk
from firm.models import Case, Claim, Event, Message
from firm.tests.base import BAKERY, GARAGE, IBAN, asked
from teleprocedures import HELD_ELSEWHERE, AdhesionForm, ConflictError, Mandate, replay
from teleprocedures.codec import dumps

AT_ONCE = 4


def at_once(work: Callable[[], Any]) -> list[Any]:
    """What each of several gives who do the same at the same time: a result, or the error that it raised."""
    start = Barrier(AT_ONCE)

    def one() -> Any:
        try:
            start.wait(timeout=30)
            return work()
        except Exception as error:  # noqa: BLE001 - it is what is asked for
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [it.result() for it in [threads.submit(one) for _ in range(AT_ONCE)]]


class Recording(TransactionTestCase):
    """Decisions, one transaction each."""

    def test_a_decision_is_whole(self) -> None:
        """The case, its events and what it claims are there, and the case is what its events make."""
        request = asked(BAKERY)
        request = desk.portal().activate_services(desk.space(), request, HELD_ELSEWHERE)
        row = Case.objects.get(id=request.id)

        self.assertEqual(request, row.read())
        self.assertEqual(request, replay(desk.history([request.id])))
        self.assertEqual(("adhesion", "443061841", "active"), (row.kind, str(row.organisation), row.state))
        self.assertEqual([1, 2, 3], [event.version for event in row.events.all()])
        # What was told an hour late has both its instants beside its document.
        told = [(it.at, it.recorded_at) for it in desk.history([request.id])]
        self.assertEqual(told, list(row.events.values_list("at", "recorded_at")))
        self.assertLess(*told[0])

    def test_a_decision_that_cannot_be_whole_leaves_nothing(self) -> None:
        """Where an event stands in its place already, the case stays as it was."""
        request = asked(BAKERY)
        Event.objects.create(
            case_id=request.id, version=3, kind="?", at=timezone.now(), recorded_at=timezone.now(), document="{}"
        )
        with self.assertRaises(Exception), transaction.atomic():  # noqa: B017 - whatever the database says
            desk.portal().activate_services(desk.space(), request, HELD_ELSEWHERE)

        self.assertEqual(request, Case.objects.get(id=request.id).read())

    def test_a_decision_on_a_case_that_went_on_is_refused(self) -> None:
        """The error is the library's: nothing is recorded, and whoever reads again decides on what is there."""
        request = asked(BAKERY)
        desk.portal().declare_account(request, "DE89 3704 0044 0532 0130 00")
        with self.assertRaises(ConflictError) as caught:
            desk.portal().activate_services(desk.space(), request, HELD_ELSEWHERE)

        self.assertEqual("conflict.version", caught.exception.code)
        self.assertEqual({"case_id": request.id, "expected": 2, "found": 3}, dict(caught.exception.facts))

    def test_of_several_at_once_one_opens(self) -> None:
        """By the same key it is the same request: the others are told that it is there."""
        desk.space()
        form, at = AdhesionForm.from_mapping(GARAGE), timezone.now()
        found = at_once(lambda: desk.portal().request_adhesion(desk.space(), form, key="one", at=at))

        self.assertEqual(1, len([it for it in found if not isinstance(it, Exception)]))
        self.assertEqual({"conflict.version"}, {it.code for it in found if isinstance(it, ConflictError)})
        self.assertEqual(1, Case.objects.filter(kind="adhesion").count())

    def test_of_several_at_once_one_takes_the_space_over(self) -> None:
        """All of them have the same space then."""
        found = at_once(desk.space)

        self.assertEqual([found[0]] * AT_ONCE, found)
        self.assertEqual(1, Case.objects.filter(kind="space").count())

    def test_an_account_has_one_mandate(self) -> None:
        """Two requests of one company have the account: of several who issue its mandate at once, one does (A8)."""
        request = asked(BAKERY | {"services": ["payer-tva"]})
        found = at_once(lambda: desk.portal().issue_mandate(request, IBAN))
        issued = [it for it in found if isinstance(it, Mandate)]

        self.assertEqual(1, len(issued))
        self.assertEqual({"conflict.claim"}, {it.code for it in found if isinstance(it, ConflictError)})
        self.assertEqual([issued[0].id], list(Claim.objects.values_list("case_id", flat=True)))
        # What happens to the mandate then leaves it its account.
        desk.portal().sign_mandate(issued[0], "representative")
        self.assertEqual([issued[0].id], list(Claim.objects.values_list("case_id", flat=True)))

    def test_a_mandate_that_is_closed_gives_its_account_up(self) -> None:
        """Another one can then stand for it, and the first cannot come back beside it."""
        request = asked(BAKERY | {"services": ["payer-tva"]})
        first = desk.portal().issue_mandate(request, IBAN)
        first = desk.portal().close(first, "mistake")
        desk.portal().issue_mandate(request, IBAN)
        with self.assertRaises(ConflictError) as caught:
            desk.portal().reopen(first)

        self.assertEqual("conflict.claim", caught.exception.code)
        self.assertEqual(first, Case.objects.get(id=first.id).read())


class Nights(TransactionTestCase):
    """What the clock decides, and what is sent of it."""

    def night(self, ago: timedelta = timedelta(0)) -> str:
        """One night, and what it says."""
        out = StringIO()
        call_command("nightly", at=timezone.now() - ago, stdout=out, stderr=out)
        return out.getvalue()

    def test_what_is_due_is_decided_once(self) -> None:
        """Links that nobody used and a code that nobody entered lapse, the first due first; the next finds nothing."""
        links = [asked(ago=timedelta(days=days), key=str(days)) for days in (3, 4, 5, 6)]
        code = asked(ago=timedelta(days=90), key="90")
        used = timezone.now() - timedelta(days=89)
        desk.portal().confirm_company_email(code, HELD_ELSEWHERE, at=used)
        first, second = self.night(), self.night()
        lapsed = Event.objects.filter(kind__endswith="-lapsed").order_by("id").values_list("case_id", flat=True)

        self.assertIn("5 dossier(s) à échéance : 5 caducité(s), 0 rappel(s) ; 0 en anomalie.", first)
        self.assertIn("0 dossier(s) à échéance", second)
        self.assertEqual([it.id for it in (code, *reversed(links))], list(lapsed))
        self.assertEqual([True] * 5, [it.read().has_lapsed for it in Case.objects.exclude(kind="space")])
        self.assertEqual(5, Message.objects.count())

    def test_several_nights_at_once_are_one(self) -> None:
        """Each case is decided by one of them."""
        for number in range(6):
            asked(ago=timedelta(days=3), key=str(number))
        found = at_once(self.night)

        self.assertEqual([], [it for it in found if isinstance(it, Exception)])
        self.assertEqual(6, Event.objects.filter(kind="adhesion-lapsed").count())
        self.assertEqual(6, Message.objects.count())

    def test_a_case_that_is_wrong_stops_nobody(self) -> None:
        """One that does not read and one that its events do not make are marked and told; the other is decided."""
        wrong, forged, sound = (asked(ago=timedelta(days=3), key=key) for key in ("a", "b", "c"))
        Case.objects.filter(id=wrong.id).update(document="?")
        document = dumps(forged).decode().replace("552100554", "443061841")
        Case.objects.filter(id=forged.id).update(document=document)
        with self.assertRaises(SystemExit) as caught:
            self.night()

        self.assertEqual(1, caught.exception.code)
        self.assertEqual({wrong.id, forged.id}, set(Case.objects.exclude(wrong="").values_list("id", flat=True)))
        self.assertTrue(Case.objects.get(id=sound.id).read().has_lapsed)

    def test_a_message_is_sent_once(self) -> None:
        """Several senders at once send each message once, and what has no code in it is kept to be shown."""
        for number in range(6):
            asked(ago=timedelta(days=3), key=str(number))
        self.night()
        found = at_once(lambda: call_command("send", stdout=StringIO()))

        self.assertEqual([None] * AT_ONCE, found)
        self.assertEqual(6, len(mail.outbox))
        self.assertEqual(6, len({it.extra_headers["Message-ID"] for it in mail.outbox}))
        self.assertEqual(["camille@cabinet-durand.example"], mail.outbox[0].to)
        self.assertEqual({"lapse-notice"}, {it.read().kind for it in Message.objects.all()})
        self.assertEqual(6, Message.objects.exclude(sent_at=None).count())

    def test_a_notice_of_what_was_renewed_since_asks_for_nothing(self) -> None:
        """The night told of the lapse; whoever renewed the request before it was sent is not told to renew it."""
        lapsed = asked(ago=timedelta(days=3))
        self.night()
        desk.again(lambda: desk.portal().renew_adhesion(desk.space(), Case.objects.get(id=lapsed.id).read()))
        call_command("send", stdout=StringIO())
        (notice,) = (it for it in mail.outbox if "caduque" in it.subject)

        self.assertIn("déjà renouvelée", notice.subject)
        self.assertNotIn("À faire", notice.body)

    def test_what_a_sender_left_is_taken_up(self) -> None:
        """A message whose sender was killed is sent once its time is over; one that a sender has is left alone."""
        asked(ago=timedelta(days=3))
        self.night()
        Message.objects.update(taken_until=timezone.now() + timedelta(minutes=1))
        call_command("send", stdout=StringIO())
        before = len(mail.outbox)
        Message.objects.update(taken_until=timezone.now() - timedelta(seconds=1))
        call_command("send", stdout=StringIO())

        self.assertEqual((0, 1), (before, len(mail.outbox)))

    def test_a_message_that_cannot_be_sent_waits(self) -> None:
        """It is told, and the next sender tries again."""
        asked(ago=timedelta(days=3))
        self.night()
        document = Message.objects.get().document
        Message.objects.update(document="?")
        err = StringIO()
        call_command("send", stdout=StringIO(), stderr=err)
        failed = Message.objects.get()
        Message.objects.update(document=document)
        call_command("send", stdout=StringIO())

        self.assertEqual((None, "CodecError"), (failed.sent_at, failed.wrong))
        self.assertIn("CodecError", err.getvalue())
        self.assertEqual(1, len(mail.outbox))
