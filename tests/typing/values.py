"""What the type checkers must understand of values, forms, rules and time limits: checked, never run."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, assert_type

import attrs

from teleprocedures import (
    CATALOGUE,
    EXPERT_2024_04_03,
    HELD_ELSEWHERE,
    LIFECYCLES,
    AdhesionForm,
    Applicant,
    BankAccount,
    CivilDays,
    ContactDetails,
    Deadline,
    EmailAddress,
    FileNumber,
    Hours,
    InvalidFormError,
    Lifecycle,
    Problem,
    RefusedError,
    RefusedFormError,
    Rule,
    Rulebook,
    Service,
    Siren,
    SpaceForm,
    TimeLimit,
)
from teleprocedures.values import Held

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)

# Values.
assert_type(Siren("552 100 554").number, str)
assert_type(EmailAddress("contact@example.fr").masked, str)
assert_type(BankAccount("FR76 3000 6000 0112 3456 7890 189").bic, str | None)
held: Held = HELD_ELSEWHERE

# Forms take what people type, or values.
contact = ContactDetails(phone="01 23 45 67 89", street="1 rue de la Paix", postal_code="75002", city="Paris")
space_form = SpaceForm(
    email="camille@cabinet-durand.fr",
    password="correct horse battery staple",
    first_name="Camille",
    last_name="Durand",
    organisation="732 829 320",
    contact=contact,
    security_question="the first client",
    security_answer="Dupont",
)
assert_type(space_form.email, EmailAddress)
assert_type(space_form.organisation, Siren | FileNumber)
assert_type(SpaceForm.from_mapping({}), SpaceForm)
typed = AdhesionForm(
    organisation="552 100 554", services=["payer-tva"], bank_accounts=["FR76 3000 6000 0112 3456 7890 189"]
)
valued = AdhesionForm(
    organisation=Siren("552 100 554"),
    services=[CATALOGUE["payer-tva"]],
    bank_accounts=[BankAccount("FR76 3000 6000 0112 3456 7890 189")],
    applicant=Applicant.THIRD_PARTY,
)
assert_type(typed.services, tuple[Service, ...])
assert_type(typed.bank_accounts, tuple[BankAccount, ...])
assert_type(typed.company_email, EmailAddress | None)
assert_type(AdhesionForm.from_mapping({}, catalogue=CATALOGUE), AdhesionForm)

try:
    pass
except RefusedFormError as refused_form:
    assert_type(refused_form.problems, tuple[Problem, ...])
    assert_type(refused_form.rule, Rule)
    refusal: RefusedError = refused_form
    bad_form: InvalidFormError = refused_form
    bad_value: ValueError = refused_form

# Rules, rulebooks, catalogues.
simplified = attrs.evolve(
    EXPERT_2024_04_03,
    version="simplified-2025",
    in_force_from=date(2025, 1, 1),
    link_use=attrs.evolve(EXPERT_2024_04_03.link_use, duration=Hours(72)),
    catalogue=CATALOGUE.extended(Service(code="declarer-tva", title="Déclarer la TVA")),
)
assert_type(simplified, Rulebook)
assert_type(simplified.link_use, TimeLimit)
assert_type(simplified.rule("2.9"), Rule)
services: Mapping[str, Service] = CATALOGUE
assert_type(CATALOGUE["payer-tva"], Service)

# Time limits.
assert_type(Hours(48).starting(AT), Deadline)
assert_type(CivilDays(60, "Europe/Paris").starting(date(2024, 3, 1)), Deadline)
assert_type(Hours(48).starting(AT).closes, datetime)
assert_type(Hours(48).starting(AT).has_passed(AT), bool)

# Lifecycles.
assert_type(LIFECYCLES["space"], Lifecycle[Any, Any])
assert_type(LIFECYCLES["space"].triggers("pending"), tuple[str, ...])
assert_type(LIFECYCLES["space"].to_mermaid(), str)
