"""The strategies for Hypothesis: what they give is valid, or not, as they say; they reach all, and shrink well."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

import teleprocedures
from teleprocedures import (
    CATALOGUE,
    EXPERT_2024_04_03,
    AdhesionForm,
    BankAccount,
    Case,
    CivilDays,
    ContactDetails,
    EmailAddress,
    Event,
    FileNumber,
    Hours,
    InvalidFormError,
    InvalidValueError,
    LeadTimes,
    Message,
    Outcome,
    PersonName,
    Rulebook,
    Siren,
    Snapshot,
    SpaceForm,
)
from teleprocedures.cases import EVENTS, MESSAGES
from teleprocedures.codec import dump, load
from teleprocedures.core import Opening, RulebookChanged
from teleprocedures.testing import strategies
from teleprocedures.testing._registration import _by_type, known
from teleprocedures.testing.strategies import _accounts, _values
from teleprocedures.values import Secret, organisation, read_phone

FEW = settings(max_examples=25)
TICK = timedelta(microseconds=1)
INVALID = {
    strategies.invalid_sirens: Siren,
    strategies.invalid_file_numbers: FileNumber,
    strategies.invalid_email_addresses: EmailAddress,
    strategies.invalid_person_names: PersonName,
    strategies.invalid_ibans: BankAccount,
    strategies.invalid_phones: lambda text: read_phone(text, country="FR"),
}


def simplest(strategy: st.SearchStrategy) -> object:
    """The first example of a strategy, which is its simplest."""
    return find(strategy, lambda _: True, settings=settings(phases=[Phase.generate], database=None))


@pytest.mark.parametrize("kind", [it for it in known() if it is not RulebookChanged], ids=lambda kind: kind.__name__)
def test_types_are_known(kind: type) -> None:
    """`st.from_type` gives values of each type of the library."""

    @settings(FEW, max_examples=8)
    @given(st.from_type(kind))
    def check(value: object) -> None:
        assert isinstance(value, kind)

    check()


# What has no value to draw: the ports, what a host builds of them, what tables are made of, and what reports on others.
NOT_DRAWN = {
    *(teleprocedures.Clock, teleprocedures.CodeGenerator, teleprocedures.Notifier, teleprocedures.Journal),
    *(teleprocedures.AsyncNotifier, teleprocedures.AsyncJournal, teleprocedures.PasswordHasher),
    *(teleprocedures.ScryptHasher, teleprocedures.Argon2Hasher, teleprocedures.SystemClock, teleprocedures.FixedClock),
    *(teleprocedures.RandomCodes, teleprocedures.HeldElsewhere, teleprocedures.Portal, teleprocedures.AsyncPortal),
    *(teleprocedures.Sweep, teleprocedures.Lifecycle, teleprocedures.State, teleprocedures.Row, teleprocedures.Advice),
    *(teleprocedures.Problem, teleprocedures.Rejection, teleprocedures.Report, teleprocedures.Difference),
    *(teleprocedures.Comparison, teleprocedures.MovedDeadline, teleprocedures.RulebookChange),
    *(teleprocedures.Story, teleprocedures.StoryStep, teleprocedures.Entry, teleprocedures.Head),
    *(teleprocedures.Shown, teleprocedures.Finding, teleprocedures.Asked, teleprocedures.Explanation),
    *(teleprocedures.Forgotten, teleprocedures.JudgedEvent, teleprocedures.Reality),
}
EXPORTED = [getattr(teleprocedures, name) for name in teleprocedures.__all__]
VALUES = {one for one in EXPORTED if isinstance(one, type) and not issubclass(one, (Enum, Exception))}


def test_every_public_value_is_known() -> None:
    """No value of the library is left for Hypothesis to build by itself, from fields that say nothing of the rules."""
    assert VALUES - set(known()) == NOT_DRAWN


@pytest.mark.parametrize(
    "kind",
    [*(it for it in EVENTS.values() if it is not RulebookChanged), *MESSAGES.values()],
    ids=lambda kind: kind.kind,
)
def test_events_and_messages_of_every_kind(kind: type) -> None:
    """Each kind of event and of message can be asked for, is of some history, and is stored and read back."""

    @settings(FEW, max_examples=8)
    @given(st.from_type(kind))
    def check(record: object) -> None:
        # The overdue letter is a kind of letter recorded.
        assert isinstance(record, kind)
        assert not isinstance(record, Event) or UTC is record.at.tzinfo
        assert record == load(dump(record, secrets=True), rulebooks=(EXPERT_2024_04_03, *own(record)))

    check()


def own(record: object) -> tuple[Rulebook, ...]:
    """The rulebook of an event that opens a case."""
    return (record.rulebook,) if isinstance(record, Opening) else ()


@pytest.mark.parametrize("name", [name for name in strategies.__all__ if name.islower()])
def test_every_strategy_has_an_example(name: str, project: Path) -> None:
    """Its docstring shows what it gives, and the how-to has it in its table."""
    assert ">>> " in getattr(strategies, name).__doc__
    assert f"`{name}`" in (project / "docs" / "testing.md").read_text("utf-8")


def test_every_strategy_is_named() -> None:
    """The package has each strategy under its name, and each registered one exists."""
    values = {kind for kind in known() if not issubclass(kind, (Snapshot, Event, Message))}

    assert sorted(strategies.__all__) == list(strategies.__all__)
    assert {kind.__name__ for kind in values} <= set(_by_type(strategies))
    assert {strategies.cases, strategies.spaces, strategies.days} == {
        getattr(strategies, name) for name in ("cases", "spaces", "days") if name in strategies.__all__
    }


@pytest.mark.parametrize(("strategy", "parse"), INVALID.items(), ids=lambda one: getattr(one, "__name__", "phone"))
def test_invalid_texts_are_refused(strategy: object, parse: object) -> None:
    """What an `invalid_` strategy gives is refused, and nothing but `InvalidValueError` comes of it."""

    @settings(max_examples=60)
    @given(strategy())
    def check(text: str) -> None:
        with pytest.raises(InvalidValueError):
            parse(text)

    check()


@pytest.mark.rule("2.13")
@pytest.mark.parametrize("country", _accounts._COUNTRIES)
def test_ibans_of_every_country(country: str) -> None:
    """Every SEPA country has IBANs that are accepted."""

    @settings(max_examples=3, phases=[Phase.generate])
    @given(strategies.ibans(country))
    def check(iban: str) -> None:
        assert country == BankAccount(iban).iban[:2]

    check()


@FEW
@given(strategies.siren_texts())
def test_typed_sirens_are_read(text: str) -> None:
    """A SIREN typed in groups is read as one."""
    assert isinstance(organisation(text), Siren)


@FEW
@given(st.data(), strategies.phone_countries())
def test_phones_of_every_country(data: st.DataObject, country: str) -> None:
    """A phone number reads as one of its country."""
    assert read_phone(data.draw(strategies.phones(country)), country=country).startswith("+")


@FEW
@given(st.data(), strategies.zones())
def test_clocks_change(data: st.DataObject, key: str) -> None:
    """At a clock change, the offset is not the one of a second before, unless the zone's clocks never change."""
    at, zone = data.draw(strategies.clock_changes(key)), ZoneInfo(key)
    before, after = ((at + timedelta(seconds=second)).astimezone(zone).utcoffset() for second in (-1, 0))

    assert before != after or (at.month, at.day) == (1, 1)


def test_a_zone_without_changes() -> None:
    """Where clocks never change, a new year stands for a change."""
    assert datetime(2000, 1, 1, tzinfo=UTC) == simplest(strategies.clock_changes("UTC"))


@FEW
@given(strategies.around_clock_changes("Europe/Paris"))
def test_around_changes_is_within_three_days(at: datetime) -> None:
    """Instants around clock changes are in UTC, at most 72 hours from one."""
    hours = range(-73, 74)
    offsets = {(at + timedelta(hours=hour)).astimezone(ZoneInfo("Europe/Paris")).utcoffset() for hour in hours}

    assert at.tzinfo is UTC
    assert len(offsets) > 1


@pytest.mark.parametrize("ticks", [-1, 0, 1])
@pytest.mark.parametrize("edge", ["opened", "safe_until", "closes"])
def test_all_edges_of_a_deadline(edge: str, ticks: int) -> None:
    """Both sides of each edge of a deadline are given."""
    deadline = CivilDays(60).starting(datetime(2025, 3, 2, tzinfo=UTC))
    wanted = getattr(deadline, edge) + ticks * TICK

    assert wanted == find(strategies.deadline_edges(deadline), lambda at: at == wanted)


def test_plans_are_drawn_with_all_that_they_can_have() -> None:
    """A company may be too late, and lead times are three, of which none keeps its default."""
    generated = settings(phases=[Phase.generate], database=None)
    usual = {LeadTimes().letter, LeadTimes().company, LeadTimes().bank}
    late = find(strategies.prospects(), lambda it: it.plan.outcome is Outcome.TOO_LATE, settings=generated)
    found = find(
        strategies.lead_times(),
        lambda it: len(usual | {it.letter, it.company, it.bank}) == len(usual) + 3,
        settings=generated,
    )

    assert late.day == late.plan.ready_on
    assert isinstance(found, LeadTimes)


@FEW
@given(strategies.rulebooks())
def test_rulebooks_of_all_kinds(rulebook: Rulebook) -> None:
    """A rulebook is the shipped one, or another whose catalogue has all that the shipped one has."""
    assert set(CATALOGUE) <= set(rulebook.catalogue)


@FEW
@given(strategies.rulebooks().flatmap(lambda rulebook: strategies.cases(rulebook=rulebook)))
def test_cases_under_any_rulebook(case: Case) -> None:
    """Cases are made under any rulebook."""
    assert case.version >= 1


MAPPINGS = {
    strategies.space_mappings: SpaceForm,
    strategies.adhesion_mappings: AdhesionForm,
    strategies.invalid_space_mappings: SpaceForm,
    strategies.invalid_adhesion_mappings: AdhesionForm,
}


@pytest.mark.parametrize(("mappings", "form"), MAPPINGS.items(), ids=lambda one: one.__name__)
def test_mappings_are_accepted_or_not(mappings: object, form: type) -> None:
    """Mappings are accepted, unless they are called invalid: then they have problems, each with its path."""

    @settings(max_examples=100)
    @given(mappings())
    def check(data: dict) -> None:
        if not mappings.__name__.startswith("invalid"):
            assert isinstance(form.from_mapping(data), form)
            return
        with pytest.raises(InvalidFormError) as caught:
            form.from_mapping(data)
        assert all(problem.path for problem in caught.value.problems)

    check()


@pytest.mark.parametrize("form", [SpaceForm, AdhesionForm])
def test_every_field_of_a_form_is_drawn(form: type) -> None:
    """No field of a form keeps its default, or one value: what is added to a form is drawn, and lost nowhere unseen."""
    drawn, cells = {SpaceForm: "space", AdhesionForm: "adhesion"}[form], set[str]()
    seen: dict[str, set[str]] = {field.name: set() for field in attrs.fields(form)}

    @settings(max_examples=200, phases=[Phase.generate])
    @given(getattr(strategies, f"{drawn}_forms")(), getattr(strategies, f"{drawn}_mappings")())
    def check(one: object, mapping: dict[str, object]) -> None:
        cells.update(mapping)
        for name, values in seen.items():
            value = getattr(one, name)
            values.add(value.reveal() if isinstance(value, Secret) else repr(value))

    check()
    assert [] == [name for name, values in seen.items() if len(values) < 2]
    assert set(seen) == cells


def test_every_field_of_a_form_is_spoiled() -> None:
    """Each field of a form has something wrong to be drawn in its place."""
    from teleprocedures.testing.strategies import _mappings  # noqa: PLC0415 - its tables

    for form, wrong, apart in (
        (SpaceForm, _mappings._WRONG_IN_A_SPACE, {"contact"}),
        (AdhesionForm, _mappings._WRONG_IN_A_REQUEST, set()),
        (ContactDetails, _mappings._WRONG_CONTACT, set()),
    ):
        assert {field.name for field in attrs.fields(form)} == set(wrong) | apart


def test_hypothesis_knows_the_types_without_any_import() -> None:
    """The hook that Hypothesis calls registers the strategies and imports none of them."""
    code = (
        "from hypothesis import strategies as st; import sys\n"
        "from teleprocedures.testing._registration import _hypothesis_setup_hook\n"
        "from teleprocedures import Siren\n"
        "_hypothesis_setup_hook()\n"
        "assert 'teleprocedures.testing.strategies' not in sys.modules\n"
        "assert st.from_type(Siren).validate() is None\n"
        "assert 'teleprocedures.testing.strategies' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert "" == done.stderr
    assert 0 == done.returncode


def test_the_entry_point_is_declared(project: Path) -> None:
    """The package tells Hypothesis where its hook is."""
    declared = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["hypothesis"]

    assert {"teleprocedures": "teleprocedures.testing._registration:_hypothesis_setup_hook"} == declared


def test_filters_keep_what_is_wrong() -> None:
    """The filters of the invalid texts tell a good one from a bad one."""
    assert not _values._is_no_address("camille@cabinet-durand.fr")
    assert not _accounts._is_no_account("FR76 3000 6000 0112 3456 7890 189")
    assert _accounts._is_no_account("FR76")


def test_values_are_simple_first() -> None:
    """The simplest value of each kind is one that a person understands."""
    assert Siren("000000018") == simplest(strategies.sirens())
    assert Hours(1) == simplest(strategies.time_units())
    assert EXPERT_2024_04_03 == simplest(strategies.rulebooks())
    assert "FR" == simplest(strategies.contact_details()).country
    assert isinstance(simplest(strategies.contact_details()), ContactDetails)
