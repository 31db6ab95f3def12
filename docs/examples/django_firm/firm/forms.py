"""Forms in French. The library reads what is typed and says what is wrong; here it is put at its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import attrs
from django import forms
from django.utils import timezone

from teleprocedures import CATALOGUE, AdhesionForm, AnyCase, Applicant, InvalidFormError, Problem, Reason
from teleprocedures.wording import FRENCH

PARIS: Final = ZoneInfo("Europe/Paris")


def services(*, paying: bool = False) -> Iterator[tuple[str, str]]:
    """The services to choose from, by their codes."""
    for service in CATALOGUE.services:
        if service.pays or not paying:
            yield service.code, FRENCH.service(service)


def put(form: forms.Form, problems: tuple[Problem, ...], fields: Mapping[str, str]) -> None:
    """Put each problem at the field that its path begins with, or at the head of the form."""
    for problem in problems:
        name = problem.path.partition("[")[0]
        form.add_error(fields.get(name, name if name in form.fields else None), FRENCH.problem(problem, label=False))


class DayInput(forms.DateInput):
    """A day, with the calendar of the browser."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A time of the day."""

    input_type = "time"


class RequestForm(forms.Form):
    """A request of services (step 2); its `value` is the form that the library made of it."""

    key = forms.CharField(widget=forms.HiddenInput)
    company_name = forms.CharField(label="Nom de l'entreprise", required=False)
    organisation = forms.CharField(
        label="SIREN ou identifiant de dossier", required=False, help_text="Par exemple 552 100 554."
    )
    services = forms.MultipleChoiceField(
        label="Services demandés",
        required=False,
        choices=services,
        widget=forms.CheckboxSelectMultiple,
        help_text="Demandez en une fois tous ceux qui sont utiles.",
    )
    company_email = forms.CharField(
        label="Courriel de l'entreprise",
        required=False,
        help_text="La messagerie en a besoin.",
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    bank_account = forms.CharField(
        label="IBAN de l'entreprise",
        required=False,
        help_text="Un service « Payer » en a besoin.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    applicant = forms.ChoiceField(
        label="Demande faite par",
        required=False,
        initial=Applicant.THIRD_PARTY,
        choices=[
            (Applicant.THIRD_PARTY, "le cabinet (un tiers)"),
            (Applicant.REPRESENTATIVE, "l'entreprise elle-même"),
        ],
        widget=forms.RadioSelect,
    )
    legal_representative = forms.CharField(label="Représentant légal", required=False)
    on = forms.DateField(
        label="Demandé sur le portail le",
        required=False,
        widget=DayInput,
        help_text="À laisser vide si c'est maintenant.",
    )

    FIELDS: ClassVar[dict[str, str]] = {"bank_accounts": "bank_account"}
    value: AdhesionForm

    def __init__(self, *args: Any, **given: Any) -> None:
        # A second click on the same page meets the request that the first one made.
        super().__init__(*args, **{"initial": {"key": uuid4().hex, "applicant": Applicant.THIRD_PARTY}} | given)

    def begin_anew(self, why: str) -> None:
        """Say why nothing was recorded, and have the next click make a request of its own."""
        given: Any = self.data.copy()
        given["key"] = uuid4().hex
        self.data = given
        self.add_error(None, why)

    def clean(self) -> dict[str, Any]:
        """Have the library read what was typed."""
        given = super().clean() or self.cleaned_data
        account = given.get("bank_account")
        data = {name: given.get(name) or None for name in attrs.fields_dict(AdhesionForm) if name in self.fields}
        data |= {"services": given.get("services") or [], "bank_accounts": [account] if account else []}
        try:
            self.value = AdhesionForm.from_mapping(data)
        except InvalidFormError as error:
            put(self, error.problems, self.FIELDS)
        return given


class WhenForm(forms.Form):
    """When something happened: a day, and an hour where it is known."""

    on = forms.DateField(label="Le", widget=DayInput, initial=timezone.localdate)
    hour = forms.TimeField(label="À (si l'heure est connue)", required=False, widget=TimeInput)

    @property
    def at(self) -> datetime | date:
        """An instant, or a civil day where nobody knows the hour (A22)."""
        on, hour = self.cleaned_data["on"], self.cleaned_data.get("hour")
        return on if hour is None else datetime.combine(on, hour, PARIS)


ASKED: Final = {
    "declare_account": "IBAN",
    "issue": "IBAN du mandat",
    "name_representative": "Nom du représentant",
    "sign": "Nom de qui signe",
}
"""What is asked beside a fact, by its verb."""


class FactForm(WhenForm):
    """A fact of a case, told late or at once."""

    verb = forms.ChoiceField(label="Fait")
    letter = forms.DateField(label="Date que porte le courrier", required=False, widget=DayInput)
    value = forms.CharField(label="", required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    field_order = ("verb", "letter", "value", "on", "hour")

    def __init__(self, case: AnyCase, verbs: tuple[str, ...], *args: Any, **given: Any) -> None:
        super().__init__(*args, prefix=case.id, **given)
        self.fields["on"].label = "Survenu le"
        labels = list(dict.fromkeys(ASKED[verb] for verb in verbs if verb in ASKED))
        self.fields["value"].label = " ou ".join(labels)
        if not labels:
            del self.fields["value"]
        if "record_letter" not in verbs:
            del self.fields["letter"]
        field: Any = self.fields["verb"]
        field.choices = [(verb, said(case, verb)) for verb in verbs]

    @property
    def told(self) -> Any:
        """What was told beside the fact: the letter's date, or a text."""
        is_of_a_letter = self.cleaned_data["verb"] == "record_letter"
        return self.cleaned_data["letter"] if is_of_a_letter else self.cleaned_data.get("value", "").strip()

    def clean(self) -> dict[str, Any]:
        """See that a letter has its date."""
        given = super().clean() or self.cleaned_data
        if given.get("verb") == "record_letter" and not given.get("letter") and "letter" not in self.errors:
            self.add_error("letter", "Indiquez la date que porte le courrier.")
        return given


def said(case: AnyCase, verb: str) -> str:
    """What a verb of a case is called."""
    words = FRENCH.verb(verb, of=case.table.name)
    return words[:1].upper() + words[1:]


class ReasonForm(forms.Form):
    """Why a fact is withdrawn."""

    reason = forms.CharField(label="Motif", max_length=200)


class ClosingForm(WhenForm):
    """Why a company is followed no more."""

    reason = forms.ChoiceField(label="Motif", choices=[(it, FRENCH.name("reason", it)) for it in Reason])
    text = forms.CharField(label="Précision", required=False)
    field_order = ("reason", "text", "on", "hour")


class PlanForm(forms.Form):
    """A tax, and the day to pay it by."""

    service = forms.ChoiceField(label="Impôt", choices=lambda: services(paying=True))
    pay_by = forms.DateField(label="À payer le", widget=DayInput)


class FileForm(forms.Form):
    """The spreadsheet of the first day."""

    file = forms.FileField(
        label="Tableur (.xlsx, .ods, .xls ou CSV)",
        help_text="Colonnes : entreprise, SIREN, services, depuis, IBAN, mandat enregistré le, dernier prélèvement.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.ods,.xls,text/csv"}),
    )
