"""The sender of the outbox: each message once, however many senders there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand
from django.db.models import Q

from firm import desk
from firm.models import Message
from teleprocedures import InvalidValueError, LapseNotice, SystemClock
from teleprocedures.codec import dumps
from teleprocedures.wording import FRENCH

PATIENCE: Final = timedelta(minutes=10)
"""For how long a message is its sender's: of one that was killed, another one then takes it up."""


class Command(BaseCommand):
    """A message is taken, sent and marked: nobody waits for the mail server with a lock in hand."""

    help = "Envoie les messages en attente."

    def handle(self, *_: Any, **__: Any) -> None:
        """Send what nobody else is sending. Whatever is wrong with one message, the others go on."""
        sent = 0
        for id_ in list(Message.objects.filter(sent_at=None).order_by("id").values_list("id", flat=True)):
            now = SystemClock().now()
            free = Message.objects.filter(id=id_, sent_at=None).exclude(taken_until__gt=now)
            if not free.update(taken_until=now + PATIENCE):
                continue
            row = Message.objects.get(id=id_)
            try:
                send(row)
            except Exception as error:  # noqa: BLE001 - the next run tries again
                Message.objects.filter(id=id_).update(taken_until=None, wrong=type(error).__name__)
                self.stderr.write(f"{id_} : {type(error).__name__}")
                continue
            # Who was told what is kept, and no code is.
            Message.objects.filter(id=id_).update(
                sent_at=SystemClock().now(), document=kept(row), wrong="", taken_until=None
            )
            sent += 1
        waiting = Message.objects.filter(Q(sent_at=None)).count()
        self.stdout.write(f"{sent} message(s) envoyé(s), {waiting} en attente.")


def kept(row: Message) -> str:
    """What is kept of a message that was sent: nothing of one that carries a code, which the codec does not write."""
    try:
        return dumps(row.read()).decode()
    except InvalidValueError:
        return ""


def send(row: Message) -> None:
    """Send one message by e-mail; its id is the Message-ID, by which a mail server knows one that comes twice."""
    message = row.read()
    # What lapsed may have been renewed since the night, and then nothing is asked any more.
    known = desk.cases(message.organisation) if isinstance(message, LapseNotice) else ()
    text = FRENCH.message(message, cases=known)
    EmailMessage(text.subject, text.body, to=[str(message.to)], headers={"Message-ID": f"<{row.id}@firm>"}).send()
