"""The admin, which can look at everything and break nothing: what it would change, no event would say."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from firm.models import Case, Claim, Event, Message


class ToLookAt(admin.ModelAdmin):
    """Rows to look at."""

    exclude: ClassVar[list[str]] = ["document"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes."""
        return False


@admin.register(Case)
class Cases(ToLookAt):
    """Cases, found by their company."""

    list_display = ("id", "kind", "organisation", "state", "due_at", "wrong")
    list_filter = ("kind", "state")
    search_fields = ("id", "organisation")


@admin.register(Event)
class Events(ToLookAt):
    """Facts, the latest first."""

    list_display = ("case", "version", "kind", "at", "recorded_at")
    list_filter = ("kind",)
    ordering = ("-recorded_at",)


@admin.register(Message)
class Messages(ToLookAt):
    """Messages, whatever became of them; what is in them is not shown."""

    list_display = ("id", "kind", "sent_at", "wrong")
    list_filter = ("kind",)


@admin.register(Claim)
class Claims(ToLookAt):
    """What stands once."""

    list_display = ("claim", "case")
