"""A host on Django that is nothing but a model, its form, its admin and its tables, in memory."""

from django import forms
from django.contrib import admin
from django.core.management import call_command
from django.db import connection, models
from django.urls import path

import teleprocedures as tp
from teleprocedures.contrib import django as own


class Client(models.Model):  # noqa: DJ008 - nobody prints it
    """A model as people write it."""

    siren = own.SirenField(unique=True)
    firm = own.OrganisationField(null=True, blank=True)
    email = own.EmailAddressField(null=True, blank=True)
    account = own.BankAccountField(null=True, blank=True)
    service = own.ServiceField(null=True, blank=True)

    class Meta:
        """Where there is no app."""

        app_label = "auth"


class ClientForm(forms.ModelForm):
    """The form of the model."""

    class Meta:
        """All of it."""

        model = Client
        fields = ("siren", "firm", "email", "account", "service")


class PlainForm(forms.Form):
    """A form of no model."""

    siren = own.ValueFormField(tp.Siren)
    account = own.ValueFormField(tp.BankAccount, required=False)


@admin.register(Client)
class ClientAdmin(admin.ModelAdmin):
    """The admin as people write it."""

    list_display = ("siren", "firm", "email", "account", "service")
    search_fields = ("siren", "email")
    list_filter = ("service",)


urlpatterns = [path("admin/", admin.site.urls)]


def create_tables():
    """The tables, in a database that is gone with the process."""
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Client)
