"""What every error says, in English: one table from its code to its words, with its facts in braces.

The code that decides knows codes and facts; words are looked up here when an error is printed. The same codes, with the
same facts, have their French words in `teleprocedures.wording`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final


def said(fact: object) -> str:
    """A fact as an English sentence shows it: an instant or a day in ISO 8601, a list with commas."""
    if isinstance(fact, (datetime, date)):
        return fact.isoformat()
    if isinstance(fact, (tuple, list, frozenset)):
        return ", ".join(map(said, fact))
    return str(fact)


def sentence(code: str, facts: Mapping[str, object]) -> str:
    """The English sentence of an error; a code that is not in the table, a host's own, is told with its facts."""
    shown = {name: said(fact) for name, fact in facts.items()}
    template = ENGLISH.get(code)
    if template is None:
        told = ", ".join(f"{name}={fact}" for name, fact in shown.items())
        return f"{code} ({told})" if told else code
    return template.format_map(shown)


ENGLISH: Final[Mapping[str, str]] = MappingProxyType(
    {
        # --- Time ---
        "instant.malformed": "{name} {value} is not a datetime; expected an aware one, {example}",
        "instant.naive": "{name} {value} is naive; expected an aware datetime, {example}",
        "instant.out_of_range": "{name} {value} is outside the years 1 to 9999 in UTC; expected one inside, {example}",
        "deadline.not_utc": "{name} {value} is not in UTC; expected {expected}",
        "deadline.out_of_order": "{name} {value} is after closes; expected {expected} or before",
        "deadline.endless": "closes {value} leaves no instant for what is late; expected an earlier one",
        "count.not_allowed": "count {value} cannot be used; expected a whole number from {least} to {most}, such as 48",
        "limit.out_of_range": "{limit} {near} is outside the years 1 to 9999; expected a limit that stays within them",
        "day.malformed": "{name} {value} is not a day; expected a date or an aware datetime, {example}",
        "time_zone.unknown": "time zone {value} is not known; expected an IANA key, such as 'Europe/Paris'",
        "time_zone.missing": (
            "this system has no time zone {value}; expected 'pip install teleprocedures[tzdata]' to have been run"
        ),
        # --- The rulebook ---
        "service.malformed": "a service's code is a text such as 'payer-tva', not {value}",
        "service.not_allowed": (
            "the service {value} needs a mandate but does not pay: expected pays=True too (rule 2.14)"
        ),
        "service.unknown": "unknown service {value}: expected one of {expected}",
        "service.not_in_catalogue": (
            "service {value} is not in the catalogue of {rulebook}: expected one of {expected}"
        ),
        "catalogue.repeated": "a catalogue has each code once, but {value} stands more than once",
        "reminder.malformed": "a reminder is a whole number of hours or days, 1 or more, not {value}",
        "rulebook.malformed": "a rulebook's version is a text such as '2024-04-03', not {value}",
        "rulebook.missing_rules": "rulebook {version} has each rule of the procedure once, but {value} missing",
        "rulebook.repeated_rules": "rulebook {version} has each rule of the procedure once, but {value} more than once",
        "rulebook.hours_for_letter": (
            "the code of a letter counts from a day (A3), not in {value}: expected CivilDays or CivilMonths"
        ),
        "rulebook.none_in_force": "no rulebook is in force on {day}: expected one of those from {expected} on",
        "rule.unknown": "rulebook {version} has no rule {value}",
        # --- Cases ---
        "case_id.malformed": (
            "a case's id is a text of 1 to {most} printable characters without a space, not {value}"
        ),
        "argument.wrong_type": "{value} is not {what}: expected {expected}",
        "event.cannot_follow": "event {event}, version {version}, cannot follow: the {case} is '{state}'",
        "event.wrong_case": (
            "event {event} of case {case_id}, version {version}, at {at} cannot follow: expected case {expected},"
            " version {expected_version}, told at {last} or later"
        ),
        "history.empty": "no event to replay: expected at least the one that opens the case",
        "history.no_opening": "a history starts with the event that opens a case, version 1, not with {value}",
        "case.contradiction": "{path}: {expected}",
        "letter.not_allowed": "the letter cannot bear {value}: expected a date from {first} to {last}",
        "renews.not_allowed": "a request cannot renew {value}: expected the id of another one",
        # --- Refusals ---
        "transition.not_allowed": "'{trigger}' is not possible while the {case} is '{state}'; expected: {allowed}",
        "transition.ended": "'{trigger}' is not possible while the {case} is '{state}': nothing changes it any more",
        "deadline.passed": "too late at {at}: rule {limit} left until {closes} included",
        "deadline.not_reached": "too early at {at}: the time limit runs until {closes} included",
        "reminder.not_due": "nothing to remind of at {at}: the clock's next word is at {expected}",
        "order.future": "{at} is after its telling, {last}: expected {last} or earlier",
        "order.before_fact": "{at} is before the fact that it follows, at {last}: expected {last} or later",
        "order.before_telling": "told at {at}, before what was told last, at {last}: expected {last} or later",
        "emailed_code.wrong": "this is not the code sent by e-mail: expected the one that was sent for this request",
        "emailed_code.held_elsewhere": "the code sent by e-mail is held elsewhere and cannot be checked here: expected HELD_ELSEWHERE",
        "emailed_code.held_here": "the code sent by e-mail is checked here: expected the code itself, not HELD_ELSEWHERE",
        "link.wrong": "this is not the token of the link: expected the one that was sent for this request",
        "link.held_elsewhere": "the token of the link is held elsewhere and cannot be checked here: expected HELD_ELSEWHERE",
        "link.held_here": "the token of the link is checked here: expected the code itself, not HELD_ELSEWHERE",
        "letter_code.wrong": "this is not the code of the letter: expected the one that was sent for this request",
        "letter_code.held_elsewhere": "the code of the letter is held elsewhere and cannot be checked here: expected HELD_ELSEWHERE",
        "letter_code.held_here": "the code of the letter is checked here: expected the code itself, not HELD_ELSEWHERE",
        "space.not_active": "the space {space} is '{state}': expected an active one",
        "space.wrong": "space {space} did not make request {request}: expected space {expected}",
        "sign_in.refused": "the password is not that of space {space}",
        "account.not_allowed": "the request has no service that pays ({services}): expected one for bank details",
        "account.repeated": "{account} is declared already: expected another account",
        "mandate.request_over": "the request has lapsed: expected the one that renews it",
        "mandate.not_needed": (
            "no service of the request needs a mandate ({services}): expected one that pays by B2B debit"
        ),
        "mandate.account_unknown": "the request does not declare {account}: expected one of {expected}",
        "mandate.repeated": "{account} has a mandate already, {mandates}: expected an account without one",
        "signatory.not_allowed": (
            "{signatory} cannot sign: only the company's legal representative can; expected {expected}"
        ),
        "signatory.unknown": (
            "{signatory} cannot sign: nobody said yet who the legal representative is; expected"
            " Applicant.REPRESENTATIVE, or the name to be given first"
        ),
        "payment.not_a_payment": "{service} pays nothing: expected a service that pays, such as {expected}",
        "payment.not_held": "{service} is not held",
        "payment.account_unknown": "the account {account} is not declared: expected one of {expected}",
        "payment.no_mandate": "{service} needs a registered mandate for the account {account}, and none was issued",
        "payment.mandate_lapsed": (
            "{service} needs a registered mandate for the account {account}, and {mandate} has lapsed"
        ),
        "payment.mandate_later": (
            "{service} needs a registered mandate for the account {account}, and {mandate} is so only from {since} on"
        ),
        "payment.mandate_on_its_way": (
            "{service} needs a registered mandate for the account {account}, and {mandate} is '{state}'"
        ),
        # --- Forms ---
        "form.invalid": "form {form} has {count} problem(s): {problems}",
        "form.refused": "form {form} has {count} problem(s): {problems}",
        "field.missing": "missing",
        "field.unknown": "unknown field: expected one of {expected}",
    }
)
"""The words of each code. `test_errors` holds that every code raised stands here, and that nothing else does."""
