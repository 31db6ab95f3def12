"""What is kept: cases, what each claims, their events, and the messages to send.

A case is its document, which `teleprocedures.codec` reads. What stands beside it is for the database to find it by.
Nobody writes to these tables but the desk, so the admin can look at them and change nothing.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from teleprocedures import AnyCase, AnyEvent, AnyMessage
from teleprocedures.codec import load_case, load_event, load_message
from teleprocedures.contrib.django import OrganisationField


class Case(models.Model):
    """A case at its last version."""

    id = models.CharField("identifiant", max_length=200, primary_key=True)
    kind = models.CharField("nature", max_length=20)
    organisation = OrganisationField("entreprise", null=True, db_index=True)
    version = models.PositiveBigIntegerField()
    state = models.CharField("état", max_length=30)
    due_at = models.DateTimeField("échéance", null=True)
    document = models.TextField()
    wrong = models.TextField("anomalie", default="", blank=True)

    class Meta:
        default_permissions = ("view",)
        verbose_name = "dossier"
        indexes = (
            models.Index(fields=["due_at", "id"], name="cases_due", condition=Q(due_at__isnull=False, wrong="")),
        )

    def __str__(self) -> str:
        return self.id

    def read(self) -> AnyCase:
        """The case; raises `CodecError` for a document that is none, and `ValueError` for that of another case."""
        case = load_case(self.document.encode())
        if case.id != self.id:
            message = f"le document est celui du dossier {case.id}"
            raise ValueError(message)
        return case


class Claim(models.Model):
    """What may stand once among live cases, such as the mandate of an account (A8)."""

    claim = models.CharField("exclusivité", max_length=200, primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="claimed", verbose_name="dossier")

    class Meta:
        default_permissions = ("view",)
        verbose_name = "exclusivité"

    def __str__(self) -> str:
        return self.claim


class Event(models.Model):
    """A fact, as it was told."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", verbose_name="dossier")
    version = models.PositiveBigIntegerField()
    kind = models.CharField("nature", max_length=60)
    at = models.DateTimeField("survenu")
    recorded_at = models.DateTimeField("enregistré", db_index=True)
    document = models.TextField()

    class Meta:
        default_permissions = ("view",)
        verbose_name = "fait"
        constraints = (models.UniqueConstraint(fields=["case", "version"], name="events_once"),)
        ordering = ("case", "version")

    def __str__(self) -> str:
        return f"{self.case_id}/{self.version}"

    def read(self) -> AnyEvent:
        """The event; raises `CodecError` for a document that is none."""
        return load_event(self.document.encode())


class Message(models.Model):
    """A message to send, or that was sent: the document of one that carried a code is then erased."""

    id = models.CharField("identifiant", max_length=300, primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="messages", verbose_name="dossier")
    kind = models.CharField("nature", max_length=60)
    document = models.TextField(default="", blank=True)
    taken_until = models.DateTimeField("pris jusqu'à", null=True)
    sent_at = models.DateTimeField("envoyé", null=True)
    wrong = models.TextField("anomalie", default="", blank=True)

    class Meta:
        default_permissions = ("view",)
        verbose_name = "message"
        indexes = (models.Index(fields=["id"], name="messages_unsent", condition=Q(sent_at__isnull=True)),)

    def __str__(self) -> str:
        return self.id

    def read(self) -> AnyMessage:
        """The message; raises `CodecError` for a document that is none, or that was erased."""
        return load_message(self.document.encode())
