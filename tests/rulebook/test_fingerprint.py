"""The fingerprint of a rulebook: it changes with anything that the rulebook says, and with nothing else."""

import pickle
import subprocess
import sys
from datetime import date

import attrs

from teleprocedures.deadlines import CivilDays, CivilMonths, Hours
from teleprocedures.errors import Rule
from teleprocedures.rulebook import CATALOGUE, EXPERT_2024_04_03, RULES, Catalogue, TimeLimit, catalogue
from teleprocedures.values import CreditorIdentifier
from tests.builders import each

EXPERT = EXPERT_2024_04_03
LINK = EXPERT.link_use


def with_service(**changes):
    """The catalogue with its first service changed."""
    first, *others = CATALOGUE.services
    return Catalogue((attrs.evolve(first, **changes), *others))


CHANGES = {
    "version": "other",
    "title": "Other",
    "in_force_from": date(2024, 4, 4),
    "space_activation": attrs.evolve(EXPERT.space_activation, duration=Hours(49)),
    "link_use": attrs.evolve(LINK, reminders=(24, 1)),
    "services_activation": attrs.evolve(EXPERT.services_activation, duration=CivilDays(60, "UTC")),
    "mandate_use": None,
    "letter_announced": CivilMonths(14),
    "creditor": CreditorIdentifier("FR72ZZZ123456"),
    "creditor_name": "DGFiP",
    "catalogue": with_service(title="Messages"),
    "own_limits": {"delegation_use": attrs.evolve(LINK)},
    "rules": (*RULES, Rule("H1", "a rule of a host")),
}
"""A change of each field."""

FINER = (
    *(
        {"link_use": attrs.evolve(LINK, **change)}
        for change in ({"rule": "2.8"}, {"past": "2.10"}, {"duration": CivilDays(48)})
    ),
    *(
        {"catalogue": with_service(**change)}
        for change in ({"pays": True}, {"open_to_file_number": True}, {"needs_company_email": False})
    ),
    {"catalogue": with_service(pays=True, needs_mandate=True)},
    {"catalogue": Catalogue(tuple(reversed(CATALOGUE.services)))},
    {"own_limits": {"delegation_end": attrs.evolve(LINK)}},
    *(
        {"rules": (*RULES[:-1], attrs.evolve(RULES[-1], **change))}
        for change in ({"line": "reworded"}, {"source": "elsewhere"}, {"sheet": "SL2"})
    ),
)
"""What a service, a limit and a rule say, each part of it."""


def test_a_change_of_each_field_is_tried():
    """A field that is added to a rulebook is added here too; what it replaces is no content."""
    assert {it.alias for it in attrs.fields(type(EXPERT)) if it.init} == {*CHANGES, "replaces"}


@each("changes", *({name: value} for name, value in CHANGES.items()), *FINER)
def test_a_changed_rulebook_is_another_one(changes):
    """Whatever is changed, down to one property of one service: another fingerprint, and no equality."""
    changed = attrs.evolve(EXPERT, **changes)

    assert EXPERT.fingerprint != changed.fingerprint
    assert EXPERT != changed
    assert not changed.reads(EXPERT.pin)


def test_the_same_content_is_the_same_rulebook():
    """Made again, in another process too, it has the same fingerprint; and it says which others it reads."""
    again = attrs.evolve(EXPERT, rules=RULES, catalogue=Catalogue(CATALOGUE.services))
    limits = {"a": attrs.evolve(LINK, reminders=()), "b": TimeLimit(rule="2.9", past="2.11", duration=Hours(1))}
    one, other = (attrs.evolve(EXPERT, own_limits=it) for it in (limits, dict(reversed(limits.items()))))
    run = "from teleprocedures import EXPERT_2024_04_03; print(EXPERT_2024_04_03.pin)"
    told = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=True).stdout

    assert (EXPERT, hash(EXPERT), EXPERT.pin) == (again, hash(again), again.pin)
    assert (one, one.fingerprint) == (other, other.fingerprint)
    assert EXPERT.pin == told.strip() == f"expert-2024-04-03#{EXPERT.fingerprint}"
    assert EXPERT == pickle.loads(pickle.dumps(EXPERT))
    assert EXPERT != EXPERT.version
    # What it replaces is no content of its own.
    assert EXPERT == attrs.evolve(EXPERT, replaces=["0" * 16])


def test_which_documents_a_rulebook_reads():
    """Those of its version with its own content, with one that it replaces, or from before there were fingerprints."""
    replacing = attrs.evolve(EXPERT, replaces=["0" * 16])

    assert [True, True, False, False, False] == [
        EXPERT.reads(pin)
        for pin in (EXPERT.pin, EXPERT.version, f"{EXPERT.version}#{'0' * 16}", "other", f"other#{EXPERT.fingerprint}")
    ]
    assert replacing.reads(f"{EXPERT.version}#{'0' * 16}")


@each("rules", (*RULES, Rule("Z1", "added")), (Rule(RULES[0].id, "reworded"), *RULES[1:]))
def test_contributors_are_told_what_a_new_rule_does_to_stored_documents(project, rules):
    """A rule that is added or reworded leaves them unread until the old fingerprint is written into `replaces`."""
    changed = attrs.evolve(EXPERT, rules=rules)
    page = (project / "CONTRIBUTING.md").read_text("utf-8")
    (row,) = (line for line in page.splitlines() if line.startswith("| reword a rule, add one |"))

    assert not changed.reads(EXPERT.pin)
    assert attrs.evolve(changed, replaces=[EXPERT.fingerprint]).reads(EXPERT.pin)
    assert "`replaces`" in row


def test_a_catalogue_is_all_that_its_services_say():
    """A service is its code wherever it is looked for; two catalogues compare by all that their services ask for."""
    asking = with_service(pays=True)

    assert catalogue.MESSAGING == asking["messagerie"]
    assert asking != CATALOGUE
    assert (CATALOGUE, hash(CATALOGUE)) == (Catalogue(CATALOGUE.services), hash(Catalogue(CATALOGUE.services)))
    assert CATALOGUE != dict(CATALOGUE)
