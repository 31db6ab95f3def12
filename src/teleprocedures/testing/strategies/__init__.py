"""Hypothesis strategies for everything that a host handles: values, time, forms, cases and whole histories.

Each is a function that gives a strategy; what it draws is valid unless its name says `invalid_`, and shrinks to
something that a person understands. Importing this package has `st.from_type(Siren)` and the like find them, and so
has Hypothesis's own entry point, without any import.
"""

from teleprocedures.testing._registration import register
from teleprocedures.testing.strategies._accounts import (
    bank_accounts,
    creditor_identifiers,
    ibans,
    invalid_ibans,
    mandate_references,
)
from teleprocedures.testing.strategies._cases import STAGES, activations, adhesions, cases, mandates, spaces
from teleprocedures.testing.strategies._contacts import contact_details, invalid_phones, phone_countries, phones
from teleprocedures.testing.strategies._forms import adhesion_forms, secrets, space_forms
from teleprocedures.testing.strategies._histories import histories, how_far, jumps, moves
from teleprocedures.testing.strategies._mappings import (
    adhesion_mappings,
    invalid_adhesion_mappings,
    invalid_space_mappings,
    space_mappings,
)
from teleprocedures.testing.strategies._portfolios import (
    companies,
    holdings,
    lead_times,
    plan_steps,
    plans,
    portfolios,
    repeats,
)
from teleprocedures.testing.strategies._records import decisions, events, mandate_documents, messages, next_steps
from teleprocedures.testing.strategies._rulebooks import (
    catalogues,
    civil_limits,
    hour_limits,
    rulebooks,
    rules,
    services,
    time_limits,
)
from teleprocedures.testing.strategies._times import (
    around,
    around_clock_changes,
    civil_days,
    clock_changes,
    days,
    deadline_edges,
    deadlines,
    hours,
    instants,
    months,
    starts,
    time_units,
    zones,
)
from teleprocedures.testing.strategies._values import (
    activation_codes,
    digests,
    email_addresses,
    file_numbers,
    invalid_email_addresses,
    invalid_file_numbers,
    invalid_person_names,
    invalid_sirens,
    link_tokens,
    organisations,
    person_names,
    siren_texts,
    sirens,
)

register()

__all__ = [
    "STAGES",
    "activation_codes",
    "activations",
    "adhesion_forms",
    "adhesion_mappings",
    "adhesions",
    "around",
    "around_clock_changes",
    "bank_accounts",
    "cases",
    "catalogues",
    "civil_days",
    "civil_limits",
    "clock_changes",
    "companies",
    "contact_details",
    "creditor_identifiers",
    "days",
    "deadline_edges",
    "deadlines",
    "decisions",
    "digests",
    "email_addresses",
    "events",
    "file_numbers",
    "histories",
    "holdings",
    "hour_limits",
    "hours",
    "how_far",
    "ibans",
    "instants",
    "invalid_adhesion_mappings",
    "invalid_email_addresses",
    "invalid_file_numbers",
    "invalid_ibans",
    "invalid_person_names",
    "invalid_phones",
    "invalid_sirens",
    "invalid_space_mappings",
    "jumps",
    "lead_times",
    "link_tokens",
    "mandate_documents",
    "mandate_references",
    "mandates",
    "messages",
    "months",
    "moves",
    "next_steps",
    "organisations",
    "person_names",
    "phone_countries",
    "phones",
    "plan_steps",
    "plans",
    "portfolios",
    "repeats",
    "rulebooks",
    "rules",
    "secrets",
    "services",
    "siren_texts",
    "sirens",
    "space_forms",
    "space_mappings",
    "spaces",
    "starts",
    "time_limits",
    "time_units",
    "zones",
]
