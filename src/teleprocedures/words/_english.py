"""English: how it says days and lists, and its words. French has the same keys in the same order.

It is for developers, so errors name services, states, verbs and fields by their codes. A template has its facts in
braces, and `_phrasebook.py` says what may follow a colon there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar, Final

import attrs

from teleprocedures.words._language import MICROSECONDS, MINUTES, SECONDS, Language
from teleprocedures.words._values import sentences

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_CLOCK: Final = {MINUTES: "%H:%M", SECONDS: "%H:%M:%S", MICROSECONDS: "%H:%M:%S.%f"}


@attrs.frozen
class English(Language):
    """English, as developers read it. Errors name services, states, verbs and fields by their codes."""

    code: ClassVar[str] = "en"
    by_code: ClassVar[bool] = True
    joins: ClassVar[Mapping[str, str]] = MappingProxyType({"and": " and ", "or": " or "})

    def day(self, day: date) -> str:
        """`Saturday 1 June 2024`."""
        return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"

    def hour(self, local: datetime, precision: int) -> str:
        """`10:30`, `10:30:05`, `10:30:05.000001`."""
        return local.strftime(_CLOCK[precision])

    def on(self, day: str, hour: str, *, summer: bool | None, named: bool = False) -> str:
        """`Sunday 3 March 2024 at 10:30 in Paris`; that is always said."""
        del named
        season = "" if summer is None else f" ({'summer' if summer else 'winter'} time)"
        return f"{day} at {hour} in Paris{season}"

    def until_the(self, moment: str, *, end: bool) -> str:
        """`until Saturday 1 June 2024 included`, `until Sunday 3 March 2024 at 10:30 in Paris`."""
        return f"until {moment}{' included' if end else ''}"

    def number(self, count: int) -> str:
        """In digits."""
        return str(count)

    def is_plural(self, count: int) -> bool:
        """Whether it is anything but one."""
        return abs(count) != 1


_WRONG: Final = {
    "wrong_type": "{type} is not text",
    "missing": "text is empty",
    "too_long": "text of {length} characters is too long",
}
_UNSEEN: Final = {
    "not_printable": "text has a character that cannot be printed",
    "has_account": "text has a bank account in it, for all to read: expected it in a field of its own",
    "invisible": "text has only characters that nobody sees",
}


def _not(why: str, form: str, what: str) -> str:
    return f"not {what}: {why}; expected {form}"


_value: Final = sentences(_not, _WRONG)
_line: Final = sentences(_not, _WRONG | _UNSEEN)

ERRORS: Final[dict[str, str]] = {
    # --- Time ---
    "instant.malformed": "{name} {value} is not a datetime; expected an aware one, such as {example}",
    "instant.naive": "{name} {value} is naive; expected an aware datetime, such as {example}",
    "instant.out_of_range": "{name} {value} is outside the years 1 to 9999 in UTC; expected one inside, such as"
    " {example}",
    "deadline.not_utc": "{name} {value} is not in UTC; expected {expected}",
    "deadline.out_of_order": "{name} {value} is after closes; expected {expected} or before",
    "deadline.endless": "closes {value} leaves no instant for what is late; expected an earlier one",
    "count.not_allowed": "count {value} cannot be used; expected a whole number from {least} to {most}, such as 48",
    "limit.out_of_range": "{limit} from {near} is outside the years 1 to 9999; expected a limit that stays within them",
    "limit.reminder_out_of_range": "{limit} ahead of {near} is outside the years 1 to 9999; expected a limit that stays"
    " within them",
    "day.malformed": "{name} {value} is not a day; expected a date or an aware datetime, such as {example}",
    "time_zone.unknown": "time zone {value} is not known; expected an IANA key, such as 'Europe/Paris'",
    "time_zone.missing": "this system has no time zone {value}; expected 'pip install tzdata' to have been run",
    # --- The rulebook ---
    "service.malformed": "a service's code is a text of 1 to {most} characters on one line, such as 'payer-tva', not"
    " {value}",
    "service.title_malformed": "a service's title is a text of 1 to {most} characters on one line, not {value}",
    "service.not_allowed": "the service {value} needs a mandate but does not pay: expected pays=True too (rule 2.14)",
    "service.unknown": "unknown service {value}: expected one of {expected}",
    "service.not_in_catalogue": "service {value} is not in the catalogue of rulebook {rulebook}: expected one of"
    " {expected}",
    "catalogue.repeated": "a catalogue has each code once, but {value} stands more than once",
    "reminder.malformed": "a reminder is a whole number of hours or days, 1 or more, not {value}",
    "rulebook.malformed": "a rulebook's version is a text such as '2024-04-03', without #, not {value}",
    "forget.key_too_short": "the key of the marks is too short: expected {least} characters or more",
    "forget.other_case": "a message is of the case {value}: expected those of {expected} only",
    "forget.not_over": "the {case} of {company} is {state}: expected one that has lapsed or is closed, before it is"
    " forgotten",
    "rulebook.same": "the case is under rulebook {version} already: expected another one",
    "rulebook.no_limit": "rulebook {version} has no time limit {limit}, which was set for the case",
    "rulebook.no_fingerprint": "a rulebook replaces contents by their fingerprints, each of {expected} hexadecimal"
    " digits, not {value}",
    "rulebook.missing_rules": "rulebook {version} has each rule of the procedure once, but {value} missing",
    "rulebook.repeated_rules": "rulebook {version} has each rule of the procedure once, but {value} more than once",
    "rulebook.taken_limits": "{value} {value:is|are} of the procedure: expected another name for your own limit",
    "rulebook.hours_for_letter": "the code of a letter counts from a day (A3), not in {value}: expected CivilDays or"
    " CivilMonths",
    "rulebook.none_in_force": "no rulebook is in force on {day:day}: expected one of those from {expected:day} on",
    "rule.unknown": "rulebook {version} has no rule {value}",
    # --- Cases ---
    "case_id.malformed": "a case's id is a text of 1 to {most} printable characters without a space, not {value}",
    "case_id.repeated": "two cases have the id {value}: expected another id for each case",
    "value.not_built": "this {type} has no content: expected one that was made by its class or read by it",
    "argument.wrong_type": "{value} is not {what:thing}: expected {expected}",
    "event.cannot_follow": "event {event}, version {version}, cannot follow: the {case} is '{state}'",
    "event.wrong_case": "event {event} of case {case_id}, version {version}, at {at} cannot follow: expected case"
    " {expected}, version {expected_version}, told at {last} or later",
    "history.empty": "no event to replay: expected at least the one that opens the case",
    "history.no_opening": "a history starts with the event that opens a case, version 1, not with {value}",
    "verify.differs": "{path}: {found} is stored, and the events make {expected}",
    "case.contradiction": "{path}: expected {expected:contradiction}",
    "event.needs_history": "event {event}, version {version}, cannot follow a snapshot: expected the whole history, to"
    " be"
    " replayed",
    "history.withdrawal": "version {version} withdraws {value}: expected facts between the opening and itself, each"
    " once",
    "version.unknown": "no event has version {value}: expected a whole number from 2 to {last}",
    "day.not_allowed": "{name} {value} is not possible: expected a day, {last:day} at the latest",
    "day.out_of_range": "{value} is not a day in Paris of the years 1 to 9999: expected one that is",
    "reason.unknown": "{value} is no reason to close a case: expected {expected}",
    "taken_over.held_and_awaited": "services that are held since {value:day} are not awaited: expected since=, or"
    " letter=, requested= or under_way=",
    "key.malformed": "a key is a text of one character or more, not {value}",
    "letter.not_allowed": "the letter cannot bear {value:day}: expected a day from {first:day} to {last:day}",
    "renews.not_allowed": "a request cannot renew {value}: expected the id of another one",
    "renews.other_company": "a request of {expected} cannot be renewed for {value}: expected the same organisation",
    "company.several": "a company has its own cases alone: expected those of one company, not {value}",
    "quantile.not_allowed": "{value} is not a share: expected a number above 0 and at most 1, such as 0.9",
    "payment.companies": "a payment is one company's: expected the requests of one, not {value}",
    "payment.no_request": "no request of the company {company} is known: expected one, from which it pays",
    # --- Plans ---
    "reconcile.space_missing": "{value} are the active spaces here: expected one, or space= to say which is meant",
    "civil_day.malformed": "{value} is not a day; expected one such as 2016-05-02 or 02/05/2016",
    "service.missing": "no service and no account is named; expected one of them",
    "account.missing": "a mandate has an account; expected its IBAN",
    "lead_time.malformed": "{name} {value} is no lead time: expected whole civil days, 0 to {most}",
    "plan.day_malformed": "{name} {value} is not a day to plan with: expected a date, such as date(2024, 12, 15)",
    "at_risk.not_allowed": "{value} from {at} leads to no instant of the years 1 to 9999: expected a timedelta, such as"
    " timedelta(days=15)",
    "plan.days_missing": "a plan has a day that matters, or one to start on: expected pay_by=, held_by= or start=",
    "plan.days_not_allowed": "a plan has one day that matters: expected pay_by= or held_by=, not both",
    "plan.not_open": "a file number does not open {value}: expected services that consult property-tax notices"
    " (rule 2.3)",
    "plan.not_a_payment": "{value} cannot be paid with: expected a service that pays, or held_by=",
    "plan.lead_times_not_allowed": "with {value} civil days for the letter and the company, the code of the letter"
    " would end first (rule {limit}): expected shorter lead times",
    # --- Refusals ---
    "transition.not_allowed": "'{trigger}' is not possible while the {case} is '{state}'; expected: {allowed}",
    "transition.ended": "'{trigger}' is not possible while the {case} is '{state}': nothing changes it any more",
    "deadline.passed": "too late on {at}: rule {limit} left {closes:until}",
    "deadline.not_reached": "too early on {at}: the time limit runs {closes:until}",
    "reminder.not_due": "nothing to remind of on {at}: the clock's next word is on {expected}",
    "order.future": "the fact is of {at}, after its telling, of {last}: expected that or an earlier instant",
    "order.before_fact": "the fact is of {at}, before {follows:follows}, of {last}: expected that or a later instant",
    "order.before_telling": "told on {at}, before what was told last, on {last}: expected that or a later instant",
    "case.closed": "the case is closed since {since}: {reason:reason}; expected one that is not closed, or to reopen"
    " it",
    "case.not_closed": "the case is not closed: expected one that is",
    "withdrawal.opening": "the event {event}, of {day:day}, opens the case and is not withdrawn: expected to close the"
    " case as a mistake",
    "withdrawal.clock": "the event {event}, of {day:day}, was told by nobody: expected a fact; what the clock decided"
    " falls with the fact that it follows",
    "withdrawal.withdrawal": "the event {event}, of {day:day}, is a withdrawal: expected to tell the fact again",
    "withdrawal.repeated": "the event {event}, of {day:day}, is withdrawn already: expected a fact that stands",
    "withdrawal.relied_on": "the event {event}, of {day:day}, is relied on by {relying:and}: expected to withdraw"
    " {relying:that one|the last of them} first",
    "emailed_code.wrong": "this is not the code sent by e-mail: expected the one that was sent for this request",
    "emailed_code.held_elsewhere": "the code sent by e-mail is held elsewhere, not checked here: expected"
    " HELD_ELSEWHERE",
    "emailed_code.held_here": "the code sent by e-mail is checked here: expected itself, not HELD_ELSEWHERE",
    "link.wrong": "this is not the token of the link: expected the one that was sent for this request",
    "link.held_elsewhere": "the token of the link is held elsewhere, not checked here: expected HELD_ELSEWHERE",
    "link.held_here": "the token of the link is checked here: expected itself, not HELD_ELSEWHERE",
    "letter_code.wrong": "this is not the code of the letter: expected the one that was sent for this request",
    "letter_code.held_elsewhere": "the code of the letter is held elsewhere, not checked here: expected HELD_ELSEWHERE",
    "letter_code.held_here": "the code of the letter is checked here: expected itself, not HELD_ELSEWHERE",
    "space.not_active": "the space of {company} is '{state}': expected an active one",
    "space.wrong": "this space did not make the request of {company} ({services}): expected the space that did",
    "sign_in.refused": "the password is not that of the space",
    "sign_in.taken_over": "the password of the space is not known, because the space was taken over: expected the"
    " portal to be asked",
    "sign_in.unclear": "whether the password is that of the space is not known: the hasher answers {type}; expected"
    " True or False",
    "account.not_allowed": "the request has no service that pays ({services}): expected one for bank details",
    "account.repeated": "{account} is declared already: expected another account",
    "mandate.request_over": "the request has lapsed: expected the one that renews it",
    "mandate.not_needed": "no service of the request needs a mandate ({services}): expected one that pays by B2B debit",
    "mandate.account_unknown": "the request does not declare {account}: expected one of {expected}",
    "mandate.repeated": "{account} has a mandate already, {mandates}: expected an account without one",
    "signatory.not_allowed": "{signatory:person} cannot sign: only the company's legal representative can; expected"
    " {expected:person}",
    "signatory.unknown": "{signatory} cannot sign: nobody said yet who the legal representative is; expected"
    " Applicant.REPRESENTATIVE, or the name to be given first",
    "payment.not_a_payment": "{service} pays nothing: expected a service that pays, such as {expected}",
    "payment.not_held": "{service} is not held",
    "payment.account_unknown": "the account {account} is not declared: expected one of {expected}",
    "payment.no_mandate": "{service} needs a registered mandate for the account {account}, and none was issued",
    "payment.mandate_lapsed": "{service} needs a registered mandate for the account {account}, and {mandate} is"
    " presumed to have lapsed: no collection was reported since {idle_since}",
    "payment.mandate_later": "{service} needs a registered mandate for the account {account}, and {mandate} is so only"
    " from {since} on",
    "payment.mandate_on_its_way": "{service} needs a registered mandate for the account {account}, and {mandate} is"
    " '{state}'",
    # --- The shells ---
    "notification.failed": "the decision is recorded, and {count} {count:message is|messages are} still to be sent:"
    " {messages}",
    "conflict.version": "case {case_id} is of version {found}, and the decision expects {expected}: expected to decide"
    " again on what is there now",
    "conflict.claim": "case {case_id} claims what {holder} has: expected to go on with that one",
    "sweep.no_case": "not a case: {type}",
    "line.wrong_type": "expected lines of bytes, not {type}: open the file in binary mode",
    "scrypt_cost.not_allowed": "scrypt cannot run with cost={cost}, block_size={block_size} and"
    " parallelism={parallelism}: expected whole numbers from 1 on, a cost that is a power of two from 2 on and below"
    " 2**(16 * block_size), and {most} blocks at most (cost * block_size * parallelism), in less than 2 GiB",
    "scrypt_hash.malformed": "this is not a hash that ScryptHasher made: expected"
    " 'scrypt$cost$blocks$parallelism$salt$digest'",
    "scrypt_hash.too_costly": "this hash costs too much to be verified, with cost={cost}, block_size={block_size} and"
    " parallelism={parallelism}: expected {most} blocks at most (cost * block_size * parallelism), in less than 2 GiB",
    "argon2_cost.not_allowed": "hashes of {memory} KiB in {passes} {passes:pass|passes} and {lanes} {lanes:lane|lanes}"
    " cost too much: expected {most} KiB at most over all passes, and {most_lanes} lanes at most",
    "argon2_hash.malformed": "this is not a hash that argon2 made: expected '$argon2id$v=19$m=…,t=…,p=…$salt$digest'",
    "argon2_hash.too_costly": "this hash costs too much to be verified, {memory} KiB in {passes} {passes:pass|passes}"
    " and {lanes} {lanes:lane|lanes}: expected {most} KiB at most over all passes, and {most_lanes} lanes at most",
    # --- Documents ---
    "codec.no_record": "{record} is not stored: expected a case, an event or a message of a registered kind",
    "codec.secret": "{record} carries a code or a token: expected secrets=True, to write it all the same",
    "codec.not_utf_8": "a text of this {record} has half a surrogate pair: expected text that UTF-8 can say",
    "codec.no_document": "not a document: expected one JSON object, in UTF-8 where it is encoded",
    "codec.missing": "this field is missing",
    "codec.repeated_field": "this field stands twice in one object: expected it once",
    "codec.version": "{record} has the version {version}: expected a whole number from 1 to {most}",
    "codec.unknown_field": "this field is unknown",
    "codec.unknown_kind": "{value} is no kind of case, event or message here: expected a registered one; register the"
    " kind of case first, or read this with the release that wrote it",
    "codec.other_record": "this is the document of {value}; expected one of {expected:thing}",
    "codec.unknown_schema": "not a schema that this version reads: expected one of {expected}",
    "codec.not_upgraded": "not a document of schema {schema}: expected what the release that wrote it did write",
    "codec.wrong_type": "expected {expected}, not {type}",
    "codec.out_of_bounds": "expected {expected}",
    "codec.malformed": "not a date or an instant; expected one such as 2024-03-02T09:30:00Z",
    "codec.not_utc": "not an instant in UTC; expected one such as 2024-03-02T09:30:00Z",
    "codec.no_organisation": "not an organisation; expected siren: or file:, followed by the number",
    "codec.unknown_value": "not a value that is known here; expected one of those that are",
    "codec.unknown_rulebook": "{value} is no version of the rulebooks given ({expected}): expected others, as"
    " rulebooks=(…,)",
    "codec.changed_rulebook": "{value} has another content here ({expected}) than when this was written ({found}): give"
    " the rulebook as it was, too, or give the changed one another version and move its cases there",
    "codec.unknown_service": "{value} is no service of the rulebooks given ({expected}): expected others, as"
    " rulebooks=(…,)",
    "codec.unknown_rule": "{value} is no rule of the rulebooks given ({expected}): expected others, as rulebooks=(…,)",
    "codec.contradiction": "expected {expected:contradiction}",
    "codec.not_allowed": "not a value that this field can have ({reason}); expected one that it was written with",
    # --- Values ---
    "stored.malformed": "not the stored form of {kind}; expected what {kind} keeps",
    **_value(
        "siren",
        "nine digits, such as 552 008 443",
        "a SIREN",
        malformed="'{value}' has something else than digits 0 to 9",
        mistyped="'{value}' has the letter O, I or l in the place of a digit, a 0 or a 1",
        siret="'{value}' is a SIRET, of which the first nine digits, {siren}, are the SIREN",
        vat_number="'{value}' is a French VAT number, of which the last nine digits, {siren}, are the SIREN",
        monaco="'{value}' is a VAT number of Monaco, which has no SIREN in it",
        length="'{value}' has {length} {length:digit|digits}",
        zeros="'{value}' is all zeros, which is nobody's",
        check_digit="'{value}' fails its check digit",
    ),
    **_value(
        "file_number",
        "1 to 32 letters (A to Z) and digits",
        "a file number",
        malformed="'{value}' has another character",
    ),
    **_value(
        "organisation",
        "a SIREN or a file number",
        "an organisation",
        account="text is like a bank account, which belongs elsewhere",
    ),
    **_value(
        "email",
        "one such as contact@example.fr",
        "an e-mail address",
        no_at_sign="text must have an @-sign",
        at_signs="text has more than one @-sign",
        no_local_part="text must have something before the @-sign",
        no_domain="text must have something after the @-sign",
        local_part="text has something before the @-sign that no address has",
        domain="text has something after the @-sign that no address has",
        no_period="text has no period after the @-sign",
        reserved="text has a reserved domain, which receives nothing",
    ),
    **_line("name", "1 to 100 characters, of which one letter at least", "a name", no_letter="'{value}' has no letter"),
    **_value(
        "phone",
        "a number of the country, such as 01 23 45 67 89, or an international one, such as +33 1 23 45 67 89",
        "a phone number",
        malformed="'{value}' (A is a letter, 9 a digit, # anything else) is no number",
        unknown="'{value}' ({length} {length:digit|digits}) is not in use in {country}",
        extension="'{value}' has an extension",
    ),
    **_line("street", "1 to 200 characters", "a street"),
    **_line("city", "1 to 200 characters", "a city"),
    **_line(
        "postal_code",
        "five digits in France, such as 75019, and 1 to 16 characters elsewhere",
        "a postal code",
        malformed="'{value}' does not have five digits",
    ),
    **_value(
        "country",
        "the two letters of its ISO 3166-1 code, such as FR",
        "a country",
        unknown="'{value}' is unknown",
    ),
    **_value(
        "iban",
        "one of a SEPA country, in France FR, two digits, then 23 letters and digits",
        "an IBAN",
        malformed="'{value}' (A is a letter, 9 a digit, # anything else; {length} {length:character|characters}) does"
        " not have two letters, two digits, then 11 to 30 letters and digits",
        not_sepa="'{value}' is of {country}, which is out of the SEPA zone",
        length="'{value}' has {length} characters, and not the length of an IBAN of {country}",
        structure="'{value}' does not have the structure of an IBAN of {country}",
        check_digits="'{value}' fails its check digits",
        national_check_digits="'{value}' fails the check digits of its country (in France, the RIB key)",
    ),
    **_value(
        "bic",
        "8 or 11 letters and digits, such as AGRIFRPP",
        "a BIC",
        malformed="'{value}' has another length, another character or an unknown country",
    ),
    **_value(
        "creditor_identifier",
        "one such as FR72 ZZZ 123456",
        "a creditor identifier",
        malformed="'{value}' does not have two letters, two digits, then 4 to 31 letters and digits",
        not_sepa="'{value}' is of {country}, which is out of the SEPA zone",
        length="'{value}' does not have the length of an identifier of {country}, {expected} characters",
        check_digits="'{value}' fails its check digits",
    ),
    **_value(
        "mandate_reference",
        "1 to 35 characters among letters (A to Z), digits, spaces and /-?:().,'+, a slash neither first, last nor"
        " doubled",
        "a mandate reference",
        malformed="'{value}' has another character",
        has_account=_UNSEEN["has_account"],
        slash="'{value}' has a misplaced slash",
    ),
    **_value(
        "activation_code",
        "1 to 64 letters (A to Z) and digits, in groups or not",
        "an activation code",
        malformed="text of {length} characters has another character",
    ),
    "activation_code.too_weak": "a code of {bits} bits was drawn, which can be guessed: expected {least} bits at least,"
    " such as 8 letters and digits",
    **_value(
        "link_token",
        "1 to 256 letters (A to Z), digits, dashes and underscores",
        "a link token",
        malformed="text of {length} characters has another character",
    ),
    "link_token.too_weak": "a token of {bits} bits was drawn, which can be guessed: expected {least} bits at least,"
    " such as 8 letters and digits",
    "secret.wrong_type": "not a secret: {type} is not text; expected the text that was typed",
    **_value(
        "hash",
        "1 to 1000 characters, all of them printable, from a hasher",
        "a hash",
        not_printable="text has a character that cannot be printed",
    ),
    "digest.malformed": "not a digest: {type} is not 32 bytes; expected 32 bytes, written as 64 hexadecimal digits",
    "code.wrong_type": "not a code: {type} is of another type; expected a code, a token, text or HELD_ELSEWHERE",
    **_value("salt", "some text that is the case's own", "a salt"),
    # --- Words ---
    "words.malformed": "the words of {key} have braces amiss; expected facts as {{name}}, a brace itself twice",
    "words.unknown_placeholder": "the words of {key} name {value}; expected {expected}",
    "link_address.malformed": "the address of the link has no place for its token; expected {expected} in it",
    # --- Forms ---
    "form.invalid": "form {form} has {count} {count:problem|problems}: {problems:apart}",
    "form.refused": "form {form} has {count} {count:problem|problems}: {problems:apart}",
    "field.missing": "missing",
    "field.unknown": "unknown field: expected one of {expected}",
    "fields.wrong_type": "expected a mapping of fields, not {type}",
    "problems.too_many": "more is wrong than is told: expected at most {most} problems",
    "list.wrong_type": "expected a list of values, not {type}",
    "services.too_many": "too many services: expected {most} at most",
    "services.missing": "empty: expected one service or more",
    "services.not_allowed": "{services} cannot be requested with a file number: expected a SIREN",
    "company_email.missing": "missing: {services} needs the company's e-mail address",
    "bank_accounts.too_many": "too many bank accounts: expected {most} at most",
    "bank_accounts.missing": "missing: {services} needs the company's bank details, such as an IBAN",
    "bank_account.missing_iban": "not a bank account: a mapping has no 'iban'; expected an IBAN, or a mapping with"
    " 'iban', perhaps 'bic'",
    "bank_account.unknown_field": "not a bank account: a mapping has other fields; expected an IBAN, or a mapping with"
    " 'iban', perhaps 'bic'",
    **_value("password", "1 to 1000 characters, not all of them blank", "a password"),
    **_line("security_question", "1 to 200 characters", "a trust question"),
    **_value("security_answer", "1 to 1000 characters, not all of them blank", "an answer to the trust question"),
    "contact.wrong_type": "not contact details: {type} is of another type; expected a ContactDetails, or, where a whole"
    " form is a mapping, one of its fields",
    "applicant.unknown": "unknown applicant {value}: expected one of {expected}",
    **_line("company_name", "1 to 200 characters", "a company's name"),
    **_line("company_address", "1 to 200 characters, on one line", "a company's address"),
    **_line("account_holder", "1 to 200 characters, on one line", "an account holder's name"),
    **_line("remark", "1 to 200 characters, on one line", "a reason or a source"),
    **_line("creditor_name", "1 to 200 characters, on one line", "a creditor's name"),
    **_line("managing_office", "1 to 200 characters, on one line", "a tax office"),
}
"""What each error says, by its code. `tests/errors` holds that every code raised stands here, and nothing else."""

OTHERS: Final[dict[str, str]] = {
    # --- What errors name ---
    "thing.space": "a space",
    "thing.form": "a form",
    "thing.state": "a state",
    "thing.case": "a case",
    "thing.event": "an event",
    "thing.message": "a message",
    "thing.adhesion": "a request",
    "thing.mandate": "a mandate",
    "thing.rulebook": "a rulebook",
    "thing.lead_times": "lead times",
    "thing.answer": "a yes or no",
    "thing.portfolio": "a portfolio",
    "thing.kind": "a kind of value",
    "kind.ActivationCodeEmail": "e-mail with the activation code",
    "kind.ActivationCodeLetter": "letter with the activation code",
    "kind.ConfirmationLinkEmail": "e-mail with the link",
    "kind.ReminderEmail": "reminder",
    "kind.LapseNotice": "notice of a lapse",
    "person.representative": "Applicant.REPRESENTATIVE",
    "person.third_party": "third_party",
    "capacity.representative": "legal representative",
    "capacity.third_party": "third party",
    "signer.representative": "Applicant.REPRESENTATIVE",
    "contradiction.opening_version": "1 for the event that opens a case",
    "contradiction.after_its_origin": "no instant before the origin's",
    "contradiction.after_it_happened": "no instant before `at`",
    "contradiction.due_while_running": "an instant while a time limit runs, else null",
    "contradiction.due_by_the_time_limit": "a reminder of the time limit, or the first instant after its end",
    "contradiction.activation_once_validated": "an activation once the request is validated, else null",
    "contradiction.deadline_with_a_token": "a deadline with a token, else null",
    "contradiction.idle_once_registered": "null before the mandate is registered",
    "contradiction.idle_by_the_rulebook": "null, because the rulebook sets no such time limit",
    "contradiction.named_before_the_signature": "empty once it is signed, and the representative last before",
    # What a fact follows: by what the case has been through, or by the state that it brought the case to.
    "follows.the_opening": "the opening of the case",
    "follows.the_closing": "the closing of the case",
    "follows.the_request": "the request",
    "follows.the_letter": "the day that the letter bears",
    "follows.the_registration": "the registration of the mandate",
    "follows.what_is_withdrawn": "the telling of what is withdrawn",
    "follows.space.pending": "the form of the space",
    "follows.space.active": "the activation of the space",
    "follows.space.lapsed": "the form of the space",
    "follows.adhesion.awaiting_email": "the request",
    "follows.adhesion.lapsed": "the request",
    "follows.activation.awaiting_code": "the validation of the request",
    "follows.activation.active": "the activation of the services",
    "follows.activation.lapsed": "the validation of the request",
    "follows.mandate.issued": "the issuing of the mandate",
    "follows.mandate.signed": "the signature of the mandate",
    "follows.mandate.sent": "the sending of the mandate",
    "follows.mandate.registered": "the registration of the mandate",
    "follows.mandate.lapsed": "the registration of the mandate",
    "unknown.account": "concerned",
    "unknown.mandate": "one without a known reference",
    "unknown.holder": "another live case",
    "unknown.list": "none",
    "opened.conflict.version": "case {case_id} was recorded already, and nothing is recorded twice: expected to go on"
    " with the one that is there",
    "same.letter.not_allowed": "the letter cannot bear {value:day}: expected {first:day}",
    "type.bool": "yes or no",
    "type.bytes": "bytes",
    "type.date": "a date",
    "type.datetime": "a date with its hour",
    "type.dict": "fields",
    "type.float": "a decimal number",
    "type.int": "a whole number",
    "type.list": "a list",
    "type.null": "nothing",
    "type.object": "fields",
    "type.NoneType": "nothing",
    "type.array": "a list",
    "type.str": "text",
    "type.tuple": "a list",
    "value.siren": "SIREN",
    "value.file_number": "file number",
    "value.organisation": "organisation",
    "value.email": "e-mail address",
    "value.name": "name",
    "value.phone": "phone number",
    "value.street": "street",
    "value.city": "city",
    "value.postal_code": "postal code",
    "value.country": "country",
    "value.iban": "IBAN",
    "value.bic": "BIC",
    "value.creditor_identifier": "SEPA creditor identifier (ICS)",
    "value.mandate_reference": "mandate reference (RUM)",
    "value.activation_code": "activation code",
    "value.link_token": "token of a link",
    "value.hash": "hash",
    "value.salt": "salt",
    "value.password": "password",
    "value.security_question": "trust question",
    "value.security_answer": "answer to the trust question",
    "value.company_name": "company's name",
    "value.company_address": "company's address",
    "value.account_holder": "account holder",
    "value.creditor_name": "creditor's name",
    "value.managing_office": "managing tax office",
    "value.bank_account": "bank account",
    "value.contact": "contact details",
    "value.remark": "reason or source",
    # --- Who does what ---
    "actor.user": "user",
    "actor.company": "company",
    "actor.legal_representative": "legal representative",
    "actor.bank": "bank",
    "actor.named": "{actor} ({name})",
    "action.enter_emailed_code": "enter, under 'Activez votre espace', the code received by e-mail",
    "action.submit_space_again": "start again: submit the form of the space anew",
    "action.request_services": "request, under 'Mes services' then 'J'adhère', all the useful services at once",
    "action.know_repeated": "know that another request has {services:service and} already",
    "action.use_link": "use the link received at the company's e-mail address",
    "action.watch_letter": "check that the letter has come, and report the day it bears",
    "action.chase_letter": "ask the company whether the letter, which is overdue, has come (if so, report the day it"
    " bears; if not, request the services again)",
    "action.ask_for_code": "ask the company for the code of the letter",
    "action.pass_code_on": "give the code of the letter to the third party who asked for the services",
    "action.enter_letter_code": "enter, in the space that asked, the code of the letter",
    "action.renew_adhesion": "request the services again, under 'Mes services' then 'J'adhère'",
    "action.declare_account": "declare the account {account} under 'Gérer les comptes bancaires'",
    "action.issue_mandate": "issue, under 'Gérer les comptes bancaires', a mandate for the account {account}, and print"
    " it",
    "action.sign_mandate": "sign the printed mandate of the account {account}",
    "action.send_mandate": "send the signed mandate to the bank that holds the account {account}",
    "action.register_mandate": "register the mandate of the account {account}",
    "action.check_mandate": "check that the bank has registered the mandate of the account {account}",
    "action.pay": "pay from the account {account}",
    "action.use_mandate": "pay by a debit with the mandate of the account {account}, which lapses otherwise",
    "action.issue_mandate_again": "issue, under 'Gérer les comptes bancaires', a new mandate for the account {account},"
    " to be signed and registered (until"
    " it is registered, each payment that needs a mandate is rejected)",
    # --- What the representative does himself, for services that he asked for ---
    "representative.enter_letter_code": "enter, in the space that asked, the code of the letter that his"
    " company receives",
    # --- The same, in the words of who reads it ---
    "reader.firm.user": "you",
    "reader.firm.company": "the company",
    "reader.firm.legal_representative": "the company's legal representative",
    "reader.firm.bank": "the bank",
    "reader.client.user": "the firm",
    "reader.client.company": "you",
    "reader.client.legal_representative": "your legal representative",
    "reader.client.bank": "your bank",
    "reader.bank.user": "the applicant",
    "reader.bank.company": "your client",
    "reader.bank.legal_representative": "your client's legal representative",
    "reader.bank.bank": "you",
    "reader.firm.use_link": "use the link that it received by e-mail",
    "reader.firm.pass_code_on": "give you the code of the letter",
    "reader.client.use_link": "use the link that you received by e-mail",
    "reader.client.watch_letter": "check with you that the letter has come, and note the day it bears",
    "reader.client.chase_letter": "ask you whether the letter, which is overdue, has come (if not, request the"
    " services again)",
    "reader.client.ask_for_code": "ask you for the code of the letter",
    "reader.client.pass_code_on": "give the code of the letter to the firm",
    "reader.client.send_mandate": "send the signed mandate to your bank, for the account {account}",
    "reader.bank.send_mandate": "send you the signed mandate of the account {account}",
    "reader.bank.check_mandate": "check with you that the mandate of the account {account} is registered",
    # --- Sentences made of others ---
    "doubt.code": "the code may have ended",
    "doubt.link": "the link may have ended",
    "doubt.mandate": "the mandate may have ended",
    "bare.use_mandate": "pay by a debit with the mandate of the account {account}",
    "otherwise.use_mandate": ", or it lapses",
    "step": "{actor}: {action}{about}{cited}",
    "step.by": "{actor}: by {by:end paris}, {action}{about}{otherwise}{cited}",
    "step.estimated": "{actor}: by {by:end paris} (estimated), {action}{about}{otherwise}{cited}",
    "step.unseen": "{actor}: by {by:end paris} (estimated, until the day that the letter bears is known),"
    " {action}{about}{cited}",
    "step.overdue": "{actor}: without waiting, {action}{about}; the code itself is safe only until {by:end},"
    " estimated{cited}",
    "step.unsafe": "{actor}: without waiting, and by {by:end paris} at the latest, {action}{about}{otherwise}: {doubt}"
    " after {since:end}{cited}",
    "step.planned": "{day}, {actor}: {action}{about}{cited}",
    "step.assumed": "{day} (assumed), {actor}: {action}{about}{cited}",
    "step.rule": " (rule {rule})",
    "step.about": ", for {company}",
    "step.about_space": ", for the professional space (the company of its user: {number})",
    "step.of_services": ", for {services:service and}",
    "step.about_services": ", for {company}, {services:service and}",
    "refusal.cited": "{refusal} (rule {rule}: {title})",
    "form.cited": "{refusal} (rule {rule}: {title})",
    "problem": "{path}: {problem}",
    "refusal.remedy": "{refusal}; what to do: {steps:apart}",
    # --- Rules, with the time limits of their rulebook ---
    "unit.hours": "{count} {count:hour|hours}",
    "unit.days": "{count} {count:day|days}",
    "unit.months": "{count} {count:month|months}",
    "unit.unset": "the time limit",
    # --- Services: what there is to click on, on the site ---
    "service.messagerie": "Messagerie (messaging)",
    "service.payer-tva": "Payer TVA (pay VAT)",
    "service.payer-ts": "Déclarer / Payer la Taxe sur les salaires (wage tax)",
    "service.payer-is": "Déclarer / Payer l'Impôt sur les sociétés (corporate tax)",
    "service.payer-cvae": "Déclarer / Payer la CVAE (contribution on added value)",
    "service.payer-pas": "Payer le Prélèvement à la source (tax withheld from wages)",
    "service.payer-cfe": "Payer CFE (companies' property contribution)",
    "service.payer-tf": "Payer Taxes foncières (property taxes)",
    "service.consulter-avis-tf": "Consulter les avis de taxes foncières (property-tax notices)",
    # --- Lifecycles, their states, what a case is in each, their verbs ---
    "lifecycle.space": "space",
    "lifecycle.adhesion": "adhesion",
    "lifecycle.activation": "activation",
    "lifecycle.mandate": "mandate",
    "state.space.pending": "to be activated",
    "state.space.active": "active",
    "state.space.lapsed": "lapsed",
    "state.adhesion.awaiting_email": "waiting for the company's e-mail address to be confirmed",
    "state.adhesion.validated": "validated",
    "state.adhesion.lapsed": "lapsed",
    "state.activation.awaiting_code": "waiting for the code of the letter",
    "state.activation.active": "services active",
    "state.activation.lapsed": "lapsed",
    "state.mandate.issued": "issued",
    "state.mandate.signed": "signed",
    "state.mandate.sent": "sent to the bank",
    "state.mandate.registered": "registered",
    "state.mandate.lapsed": "lapsed",
    "stage.space.pending": "space to be activated",
    "stage.space.active": "space active",
    "stage.space.lapsed": "space lapsed",
    "stage.space.presumed": "space presumed lapsed",
    "stage.adhesion.awaiting_email": "request waiting for the company's e-mail address to be confirmed",
    "stage.adhesion.validated": "request validated",
    "stage.adhesion.lapsed": "request lapsed",
    "stage.adhesion.presumed": "request presumed lapsed",
    "stage.activation.awaiting_code": "request waiting for the code of the letter",
    "stage.activation.active": "services active",
    "stage.activation.lapsed": "request lapsed",
    "stage.activation.presumed": "request presumed lapsed",
    "stage.mandate.issued": "mandate issued",
    "stage.mandate.signed": "mandate signed",
    "stage.mandate.sent": "mandate sent to the bank",
    "stage.mandate.registered": "mandate registered",
    "stage.mandate.lapsed": "mandate lapsed",
    "stage.mandate.presumed": "mandate presumed lapsed",
    "status.closed": "{status}, closed on {day} ({reason:reason})",
    "standing.held": "held",
    "standing.awaited": "awaited",
    "standing.lapsed": "lapsed",
    "standing.never": "never asked for",
    "ended.active": "what it activates is active already",
    "ended.lapsed": "the time limit has passed: start again",
    "verb.activate": "activate the services",
    "verb.space.activate": "activate the space",
    "verb.validate": "validate the request",
    "verb.confirm_company_email": "confirm the company's e-mail address",
    "verb.declare_account": "declare an account",
    "verb.renew": "renew the request",
    "verb.record_letter": "report the day of the letter",
    "verb.name_representative": "give the legal representative's name",
    "verb.sign": "record the signature",
    "verb.send": "record the sending to the bank",
    "verb.register": "record the registration",
    "verb.record_collection": "record a collection",
    "verb.remind": "send a reminder",
    "verb.lapse": "record the lapse",
    "verb.close": "close the case",
    "verb.reopen": "reopen the case",
    "verb.change_rulebook": "move the case to another rulebook",
    "verb.withdraw": "withdraw a fact",
    "verb.create": "submit the form of a space",
    "verb.request": "request services",
    "verb.issue": "issue a mandate",
    "verb.space.take_over": "take over a space",
    "verb.adhesion.take_over": "take over services",
    "verb.mandate.take_over": "take over a mandate",
    "verb.pay": "pay a tax",
    # --- Why something is possible or not, and a stored history asked again ---
    "question.told_in_order": "told after the last telling",
    "question.is_not_to_come": "told once it had happened",
    "question.is_of_the_company": "it asks for the same company",
    "question.form_is_complete": "the form that it asks with is complete",
    "question.follows_its_fact": "happened after the fact that it follows",
    "question.is_followed": "the case is followed",
    "question.is_closed": "the case is closed",
    "question.is_another_rulebook": "it is another rulebook, which has what the case needs",
    "question.is_in_the_table": "the state allows it",
    "question.is_well_formed": "what is given is well formed",
    "question.in_time": "the time limit has not passed",
    "question.time_is_up": "the time limit has passed",
    "question.reminder_is_due": "a reminder is due",
    "question.held_elsewhere": "the site or the bank holds what is awaited",
    "question.opens_the_space": "the code is the one of the e-mail",
    "question.without_messaging": "there is no e-mail address to confirm",
    "question.token_opens": "the token is the link's",
    "question.letter_can_bear": "the letter can bear this day",
    "question.from_the_space_that_asked": "it comes from the space that asked",
    "question.entered_elsewhere": "the code was entered on the site",
    "question.pays": "a service of the request pays",
    "question.account_is_new": "the account was not declared before",
    "question.letter_counts": "the day of the letter still counts",
    "question.code_still_works": "the code still works",
    "question.opens_the_services": "the code is the one of the letter",
    "question.letter_runs_again": "the time limit runs again from this day",
    "question.signed_by_the_representative": "the legal representative signs",
    "question.can_lapse": "there is a time limit for idle mandates",
    "question.used_in_time": "the mandate was used in time",
    "question.space_is_active": "the space is active",
    "question.services_are_known": "the services are in the catalogue",
    "question.renews_another": "it renews no request, or another one",
    "question.request_is_live": "the request is not over",
    "question.needs_a_mandate": "a service of the request needs a mandate",
    "question.account_is_declared": "the account is declared",
    "question.has_no_other_mandate": "the account has no other mandate",
    "question.services_are_chosen": "there is one service or more",
    "question.file_number_opens_them": "a file number opens these services, where there is one",
    "question.days_are_possible": "its days can be",
    "question.held_or_awaited": "the services are either held or awaited",
    "question.service_pays": "the service pays",
    "question.service_is_held": "the service is held",
    "question.mandate_is_registered": "the mandate is registered, where one is needed",
    "question.is_no_opening": "the fact does not open the case",
    "question.somebody_told_it": "somebody told the fact",
    "question.is_no_withdrawal": "the fact is no withdrawal",
    "question.stands": "the fact still stands",
    "question.nothing_relies_on_it": "no later fact relies on it",
    "looked.recorded_at": "last told",
    "looked.since": "since",
    "looked.state": "state",
    "looked.closes": "last usable instant",
    "looked.due_at": "next reminder",
    "looked.held_elsewhere": "held elsewhere",
    "looked.services": "services",
    "looked.space_id": "space",
    "looked.estimated": "estimated",
    "looked.legal_representative": "legal representative",
    "looked.nothing": "none",
    "looked.happened": "happened",
    "looked.told": "told",
    "looked.fact_told": "the fact was told",
    "looked.closed": "closed",
    "looked.follows": "the fact before it",
    "looked.given_space": "space given",
    "looked.edited": "edited",
    "looked.earliest": "at the earliest",
    "looked.signatory": "signatory",
    "looked.new_rulebook": "new rulebook",
    "looked.asks_for": "company of the form",
    "looked.requested": "requested",
    "looked.letter": "day of the letter",
    "looked.seen": "seen",
    "looked.registered": "registered",
    "looked.last_collected": "last collection",
    "looked.under_way": "under way",
    "looked.account": "account",
    "looked.accounts": "accounts declared",
    "looked.organisation": "company",
    "looked.renews": "request that it renews",
    "looked.rulebook": "rulebook",
    "looked.service": "service",
    "looked.pays": "pays",
    "looked.needs_mandate": "needs a mandate",
    "looked.pay_day": "to be paid",
    "looked.event": "fact",
    "looked.version": "version",
    "looked.withdrawn_by": "version that withdrew it",
    "looked.later": "later facts, by version",
    "looked.said": "{name} {value}",
    "looked.services.said": "{name} {value:service}",
    "looked.service.said": "{name} {value:service}",
    "looked.organisation.said": "{name} {value:siren}",
    "looked.asks_for.said": "{name} {value:siren}",
    "looked.space_id.said": "{name} {value}",
    "looked.given_space.said": "{name} {value}",
    "looked.renews.said": "{name} {value}",
    "answer.yes": "yes",
    "answer.no": "no",
    "answer.not_asked": "not asked",
    "asked.question": "{question}: {answer} ({rules:rule|rules} {rules})",
    "asked.bare": "{question}: {answer}",
    "asked.looked_at": "{asked}; {facts}",
    "explained.possible": "{verb}: possible",
    "explained.refused": "{verb}: refused, {refusal}",
    "judged.refused": "{event}, version {version} of {case_id}: {refusal}",
    "judged.differs": "{event}, version {version} of {case_id}: today's rules make of it otherwise: {differs:differs"
    " and}",
    "differs..kind": "the kind of fact",
    "differs..deadline": "the time limit",
    "differs..edited": "the day of the letter",
    "differs..day": "the day of the fact",
    "reality.letter_late": "letters later than announced: {found} of {looked_at} (rule {rule})",
    "reality.code_after_its_end": "codes taken after our end of them: {found} of {looked_at} (rule {rule})",
    "reality.lapse_that_was_none": "presumed lapses that were none: {found} of {looked_at} (rule {rule})",
    # --- Stories of what another rulebook changes ---
    "given.email": "the company's e-mail address",
    "given.account": "an account",
    "given.file_number": "a file number",
    "story.about": "{step} ({services:service})",
    "story.given": "{step}, with {given:and}",
    "story.step": "{at}: {step}",
    "story.end": "{accepts} accepts that, {refuses} refuses it: {refusal}",
    # --- Forms and their fields ---
    "form.name.SpaceForm": "creation of the space",
    "form.name.AdhesionForm": "request of services",
    "label.email": "e-mail address",
    "label.password": "password",
    "label.first_name": "first name",
    "label.last_name": "last name",
    "label.organisation": "SIREN or file number",
    "label.contact": "contact details",
    "label.phone": "phone number",
    "label.street": "street",
    "label.postal_code": "postal code",
    "label.city": "city",
    "label.country": "country",
    "label.security_question": "trust question",
    "label.security_answer": "answer to the trust question",
    "label.services": "services",
    "label.company_email": "company's e-mail address",
    "label.bank_accounts": "bank details",
    "label.applicant": "who asks",
    "label.legal_representative": "legal representative",
    "label.service": "service",
    "label.since": "held since",
    "label.account": "bank account",
    "label.reference": "mandate's reference",
    "label.seen": "seen on",
    "label.requested": "requested on",
    "label.letter": "letter edited on",
    "label.registered": "mandate registered on",
    "label.last_collected": "last collection on",
    "label.company_name": "company's name",
    "label.company_address": "company's address",
    "label.whole": "the whole form",
    "label.item": "no. {place}",
    # --- Whom and what messages are about ---
    "company.named": "{name} ({number})",
    "company.unknown": "the company concerned",
    "company.services": "those of the request",
    "company.unnamed": "the company ({number})",
    "company.own": "the company that you belong to ({number})",
    "number.siren": "SIREN {number}",
    "number.file_number": "file number {number}",
    "requester.unknown": "Whoever asked",
    "requester.named": "{name} ({email})",
    "requester.email": "{email}",
    "finding.taken_over": "{company}: {services:service and} {services:is|are} shown on the portal and not"
    " followed; to be taken over",
    "finding.mandate_taken_over": "{company}: the mandate of {account} is not followed; to be taken over",
    "finding.activated": "{company}: {services:service and} {services:is|are} shown on the portal, so the"
    " code was entered; to be recorded",
    "finding.not_lapsed": "{company}: {services:service and} {services:was|were} presumed to have lapsed,"
    " and {services:is|are} shown on the portal; to be recorded",
    "finding.no_longer_shown": "{company}: {services:service and} {services:is|are} held here and not"
    " shown on the portal; has the client left, or does somebody else hold {services:it|them}?",
    "finding.not_a_client": "{company}: {services:service and} {services:is|are} shown on the portal, and"
    " the company is no client; whose is it?",
    "finding.closed": "{company}: {services:service and} {services:is|are} shown on the portal, and the"
    " case is closed; to be reopened?",
    "finding.unexplained": "{company}: {services:service and} {services:is|are} shown on the portal, and"
    " nothing known here explains it; on which day was the code entered?",
    "finding.mandate_used": "{company}: the mandate of {account} has collected later than is known here; to"
    " be recorded",
    "finding.account_told": "{company}: the account {account} was not declared here; to be recorded",
    "finding.account_unexplained": "{company}: the account {account} is shown on the portal, and no request"
    " that is followed can declare it; which service is paid with it?",
    "finding.mandate_closed": "{company}: the mandate of {account} is shown, and its case is closed; to be reopened?",
    "finding.mandate_unexplained": "{company}: what is shown of the mandate of {account} does not agree"
    " with what is known here; when did it collect last?",
    "finding.unreadable": "row {row} does not read: {problems:apart}",
    "refused.unexplained": "{company}: {services:service and} {services:is|are} shown on the portal, and"
    " cannot be recorded: {problems:apart}",
    "refused.mandate_unexplained": "{company}: what is shown of the mandate of {account} cannot be recorded:"
    " {problems:apart}",
    "reason.client_left": "the client left",
    "reason.company_gone": "the company is no more",
    "reason.another_holder": "somebody else holds the services",
    "reason.repeated": "requested twice",
    "reason.mistake": "opened by mistake",
    "reason.other": "another reason",
    "applicant.representative": "as the legal representative of the company",
    "applicant.third_party": "a third party acting for the company",
    "applicant.unsaid": "in a capacity that is not known",
    "about.space": "The professional space in expert mode; the company that you belong to: {company}.",
    "about.adhesion": "The request of services for {company}:\n\n{services:lines}",
    "about.mandate": "The SEPA business-to-business (B2B) mandate of {company}.",
    "about.mandate_of_account": "The SEPA business-to-business (B2B) mandate of {company}, account {account}.",
    "about.other": "About {company}.",
    "reminder.by": "Reminder: by {by:end paris}, {action}{otherwise}",
    "reminder.estimated": "Reminder: by {by:end paris} (estimated), {action}{otherwise}",
    "reminder.overdue": "Reminder: without waiting, {action}; the code itself is safe only until {by:end}, estimated",
    "reminder.unsafe": "Without waiting: {doubt}, {by:end paris} at the latest; {action}{otherwise}",
    "reminder.for_another.by": "Reminder: by {by:end paris}, {actor} has to {action}{otherwise}",
    "reminder.for_another.estimated": "Reminder: by {by:end paris} (estimated), {actor} has to {action}{otherwise}",
    "reminder.for_another.unsafe": "Without waiting: {doubt}, {by:end paris} at the latest; {actor} has to"
    " {action}{otherwise}",
    "reminder.other": "Reminder, by {by:end paris}",
    "message.sent_to": "The link was sent to {to}.",
    "message.mark": ", estimated",
    "message.todo": "To be done:\n\n{steps:lines}",
    "message.estimated": "That day is estimated: the day that the letter bears is not known yet. Report it in your"
    " software as soon as you have read it, and the time limit is settled.",
    "message.reference": "Reference: {case_id}",
    # --- Messages ---
    "message.activation-code-email.subject": "Activate your professional space: your activation code",
    "message.activation-code-email.body": "Hello,\n\n"
    "You have asked for a professional space in expert mode.\n\n"
    "The company that you belong to: {company-number}.\n\n"
    "Your activation code:\n\n"
    "    {code}\n\n"
    "On the site, choose 'Activez votre espace', and enter this code by {due-date:end paris}. After that it no longer"
    " works, and the whole procedure starts again.\n\n"
    "If you did not ask for anything, ignore this e-mail.\n",
    "message.confirmation-link-email.subject": "E-mail address to confirm for {company-in-words}",
    "message.confirmation-link-email.body": "Hello,\n\n"
    "{requester-in-words}, {applicant-in-words}, has requested for {company-in-words} the following online"
    " {services-in-words:service|services}:\n\n"
    "{services-in-words:lines}\n\n"
    "To confirm the company's e-mail address, use this link by {due-date:end paris}:\n\n"
    "    {confirmation-link}\n\n"
    "The letter with the activation code is posted to the company only once the link has been used. If it is not used"
    " in time, the whole request lapses and is to be made again, for every service.\n\n"
    "If you do not know who asks, do not use the link.\n",
    "message.activation-code-letter.subject": "Activation code of the {services-in-words:service|services} requested"
    " for {company-in-words}",
    "message.activation-code-letter.body": "{address-lines}\n\n"
    "Dated {letter-date}\n\n"
    "Dear Sir or Madam,\n\n"
    "{requester-in-words}, {applicant-in-words}, has requested for {company-in-words} the following online"
    " {services-in-words:service|services}:\n\n"
    "{services-in-words:lines}\n\n"
    "Activation code:\n\n"
    "    {code}\n\n"
    "It is to be entered by {due-date:end}, for safety the day before its last.\n\n"
    "{code-advice}\n\n"
    "If you do not know who asks, do not give this code to anybody.\n\n"
    "If it is not entered in time, the services are to be requested again.\n",
    "message.activation-code-letter.third_party": "Give this code to {requester}, who will activate the services from"
    " the space that asked.",
    "message.activation-code-letter.representative": "Enter this code in the space that made the request, by"
    " {requester}.",
    "message.activation-code-letter.unsaid": "Enter this code in the space that made the request.",
    "message.reminder-email.subject": "{reminder-in-words}, for {company-in-words}",
    "message.reminder-email.body": "Hello,\n\n{about-case}\n\n{to-do}\n\n{link-address}\n\n{estimate-note}\n",
    "message.lapse-notice.subject": "{what-lapsed} for {company-in-words}",
    "message.lapse-notice.body": "Hello,\n\n"
    "{about-case}\n\n"
    "The time limit, which ran {due-date:until paris}, has passed{what-follows}.\n\n"
    "{presumption-note}\n\n"
    "{estimate-note}\n\n"
    "{to-do}\n",
    "lapsed.space": "Space lapsed",
    "lapsed.adhesion": "Request lapsed",
    "lapsed.mandate": "Mandate lapsed",
    "lapsed.renewed": "{what}, renewed already on {day},",
    "lapsed.other": "Time limit missed",
    "lapse.rule": ": {title}",
    "lapse.renewed": "; the services were requested again on {day}, and nothing is to be done",
    "presumed.space": "Space presumed lapsed",
    "presumed.adhesion": "Request presumed lapsed",
    "presumed.mandate": "Mandate presumed lapsed",
    "presumed.other": "Time limit presumed missed",
    "if.1.11": "This lapse is presumed: only the site knows. If the code was entered in time, say so in your software,"
    " and it is corrected.",
    "if.2.11": "This lapse is presumed: only the site knows. If the link was used in time, say so in your software,"
    " and it is corrected.",
    "if.3.4": "This lapse is presumed: only the site knows. If the code was entered in time, or if the letter bears a"
    " later day, say so in your software, and it is corrected.",
    "if.F1": "This lapse is presumed: only the bank knows. If there was a collection in the meantime, say so in your"
    " software, and it is corrected.",
    "if.other": "This lapse is presumed. If what was to be done was done in time, say so in your software, and it is"
    " corrected.",
    "check.submit_space_again": "look at the site; if the space was not activated in time, {action}",
    "check.renew_adhesion.2.11": "look at the site; if the link was not used in time, {action}",
    "check.renew_adhesion.3.4": "look at the site; if the code was not entered in time, {action}",
    "check.issue_mandate_again": "ask the bank; if nothing was collected, {action}",
    "message.was_estimated": "The day that the letter bears was never reported, so that the time limit was estimated:"
    " reporting it settles the matter.",
    # --- A history in sentences: what happened, when, and when it was told ---
    "told.at_once": "on {at}, {what}",
    "told.late": "on {at}, {what}; told on {told}",
    "told.letter": "on {told}, {what}",
    "told.lapse": "noted on {at}: {what}",
    "told.missed": "noted on {at}: the time limit ran {closes:until}, and {what}",
    "note.renewal": " (which renews an earlier request)",
    "note.text": " ({value})",
    "note.signatory": " ({value})",
    "note.link": "; the link, meant for {to}, is to be used by {due:end paris}",
    "note.since": " since {value}",
    "note.requested": ", made on {value}",
    "note.letter": ", whose letter is dated {value}",
    "note.limit": " by {value:end}",
    "withdrawn.number": "fact {version} of the case",
    "withdrawn.fact": "{event:occurrence} of {day:day}",
    "note.reference": " {value}",
    "note.registered": " on {value}",
    "note.collected": ", and whose last collection was on {value}",
    "fact.space-requested": "{first_name} {last_name} asked for a professional space in expert mode (company:"
    " {company-number}); the code, meant for {email}, is to be entered by {due-date:end paris}",
    "fact.space-activated": "the code received by e-mail was entered: the space is active",
    "fact.space-reminded": "a reminder was made, because nobody had reported that the code received by e-mail was"
    " entered",
    "fact.space-lapsed": "nobody reported in time that the code was entered; the space counts as lapsed",
    "fact.adhesion-requested": "{requester-in-words}, {applicant-in-words}, requested {services:service and} for"
    " {company-in-words}{renewal-note}{link-note}",
    "fact.adhesion-validated": "the request was validated online; the code of the letter is to be entered by"
    " {due-date:end}{estimate-mark}",
    "fact.company-email-confirmed": "the company used the link; the code of the letter is to be entered by"
    " {due-date:end}{estimate-mark}",
    "fact.adhesion-reminded": "a reminder was made, because nobody had reported that the link was used",
    "fact.adhesion-lapsed": "nobody reported in time that the link was used; the request counts as lapsed, for all its"
    " services",
    "fact.letter-recorded": "the letter, dated {edited}, was reported; its code is to be entered by {due-date:end}",
    "fact.overdue-letter-recorded": "the letter, dated {edited}, was reported; its code had ended, and the request"
    " stays lapsed",
    "fact.services-activated": "the code of the letter was entered: the services are active",
    "fact.account-declared": "the account {account} was declared",
    "fact.activation-reminded": "a reminder was made, because nobody had reported that the code of the letter was"
    " entered",
    "fact.activation-reminded.unseen": "a reminder was made, because nobody had reported the day of the letter",
    "fact.activation-lapsed": "nobody reported in time that the code of the letter was entered; the request counts as"
    " lapsed",
    "fact.mandate-issued": "the mandate {reference} of the account {account} was issued for {company-in-words}",
    "fact.representative-named": "the legal representative's name was given: {name}",
    "fact.mandate-signed": "the legal representative{signatory-note} signed the mandate",
    "fact.mandate-sent": "the signed mandate was sent to the bank",
    "fact.mandate-registered": "the bank registered the mandate",
    "fact.collection-recorded": "a payment was collected with the mandate",
    "fact.overdue-collection-recorded": "a payment was collected with the mandate, but the time limit from then is"
    " over too: the mandate still counts as lapsed",
    "fact.mandate-reminded": "a reminder was made, because the mandate lapses without a collection{limit-note}",
    "fact.mandate-lapsed": "nobody reported a collection in time; the mandate counts as lapsed",
    "fact.space-taken-over": "the professional space of {first_name} {last_name} ({email}) was taken over, as seen"
    " on {seen}; source: {source}",
    "fact.services-taken-over": "{services:service and}, which {company-in-words} held already{since-note},"
    " {services:was|were} taken over, as seen on {seen}; source: {source}",
    "fact.request-taken-over": "the request of {services:service and} for {company-in-words}, which was under"
    " way{requested-note}{letter-note}, was taken over, as seen on {seen}; source: {source}",
    "fact.mandate-taken-over": "the mandate{reference-note} of the account {account} of {company-in-words}, which was"
    " registered{registered-note}{collected-note}, was taken over, as seen on {seen}; source: {source}",
    "fact.link-proved-by-letter": "the letter, dated {edited}, was reported, which proves that the link was used"
    " in time; its code is to be entered by {due-date:end}",
    "fact.link-proved-by-code": "the code of the letter was entered, which proves that the link was used in time:"
    " the services are active",
    "fact.fact-withdrawn": "a fact that was recorded by mistake was withdrawn: {withdrawn-fact}; reason: {reason}",
    "fact.case-closed": "the case was closed; reason: {reason:reason}{text-note}",
    "fact.case-reopened": "the case was reopened",
    "fact.rulebook-changed": "the case was moved to rulebook {rulebook-version}",
    "occurrence.space-requested": "the request of the space",
    "occurrence.space-activated": "the activation of the space",
    "occurrence.space-reminded": "the reminder of the code received by e-mail",
    "occurrence.space-lapsed": "the lapse of the space",
    "occurrence.adhesion-requested": "the request of services",
    "occurrence.adhesion-validated": "the validation of the request",
    "occurrence.company-email-confirmed": "the use of the link",
    "occurrence.adhesion-reminded": "the reminder of the link",
    "occurrence.adhesion-lapsed": "the lapse of the request",
    "occurrence.letter-recorded": "the report of the letter",
    "occurrence.overdue-letter-recorded": "the report of a letter whose code had ended",
    "occurrence.services-activated": "the activation of the services",
    "occurrence.account-declared": "the declaration of an account",
    "occurrence.activation-reminded": "the reminder of the code of the letter",
    "occurrence.activation-lapsed": "the lapse of the request, for want of the code",
    "occurrence.mandate-issued": "the issuing of the mandate",
    "occurrence.representative-named": "the naming of the legal representative",
    "occurrence.mandate-signed": "the signature of the mandate",
    "occurrence.mandate-sent": "the sending of the mandate",
    "occurrence.mandate-registered": "the registration of the mandate",
    "occurrence.collection-recorded": "a collection",
    "occurrence.overdue-collection-recorded": "a collection that is too old",
    "occurrence.mandate-reminded": "the reminder of the mandate",
    "occurrence.mandate-lapsed": "the lapse of the mandate",
    "occurrence.space-taken-over": "the taking over of the space",
    "occurrence.services-taken-over": "the taking over of the services",
    "occurrence.request-taken-over": "the taking over of the request",
    "occurrence.mandate-taken-over": "the taking over of the mandate",
    "occurrence.link-proved-by-letter": "the report of the letter",
    "occurrence.link-proved-by-code": "the activation of the services",
    "occurrence.fact-withdrawn": "a withdrawal",
    "occurrence.case-closed": "the closing of the case",
    "occurrence.case-reopened": "the reopening of the case",
    "occurrence.rulebook-changed": "the move to another rulebook",
    # --- The file of diligence ---
    "diligence.title": "File of diligence of {company}, in the order of telling",
    "diligence.title_on": "File of diligence of {company}, as known on {day}, in the order of telling",
    "diligence.nothing": "Nothing is known.",
    "diligence.nothing_on": "Nothing was known on that day.",
    "diligence.event": "{event} ({rules:rule|rules} {rules:and}).",
    "diligence.message": 'On {at}, message made for {to}: "{subject}".',
    "diligence.message_sent": 'On {at}, message made, and sent to {to} on {sent}: "{subject}".',
    "diligence.message_unsent": 'On {at}, message made for {to}, not sent: "{subject}".',
    "diligence.standing_services": "Case of {day}, {services:service and}: {status}.",
    "diligence.standing_account": "Case of {day}, account {account}: {status}.",
    "diligence.standing": "Case of {day}: {status}.",
    "diligence.of_case_services": "{event}; case of {day}, {services:service and}.",
    "diligence.of_case_account": "{event}; case of {day}, account {account}.",
    "diligence.of_case": "{event}; case of {day}.",
    "diligence.renewed": "{status}; requested again on {day}",
    # --- The messages of a night as one ---
    "digest.subject": "{count} {count:case to follow|cases to follow, the most urgent} by {due:end paris}{mark}",
    "digest.subject_pressing": "{count} {count:case|cases} to follow, {pressing} of them without waiting",
    "digest.subject_lapsed": "{count} lapsed {count:case|cases} to deal with",
    "digest.subject_renewed": "{count} {count:time limit|time limits} missed, nothing to be done",
    "digest.body": "Hello,\n\n{parts}\n",
    "digest.due": "To be done, the most urgent first:\n\n{lines:lines}",
    "digest.reminder": "by {due:end paris}{mark}, for {about}: {actions:apart}",
    "digest.overdue": "without waiting, for {about}: {actions:apart} (the code itself is safe only until"
    " {due:end}{mark})",
    "digest.pressing": "without waiting ({doubt} after {since:end}), and by {due:end paris} at the latest{mark}, for"
    " {about}: {actions:apart}",
    "errand": "{actor} has to {action}",
    "errand.by": "{actor} has to {action}",
    "errand.estimated": "{actor} has to {action}",
    "errand.unsafe": "{actor} has to {action}",
    "digest.lapsed": "Time limits missed:\n\n{lines:lines}",
    "digest.renewed": "Time limits missed of requests that were made again already, where nothing is to be"
    " done:\n\n{lines:lines}",
    "digest.lapse": "{what}, for {about}: {action}",
    "digest.lapse_only": "{what}, for {about}",
    "digest.each": "{count} {count:case|cases}",
    "digest.about": "{company}",
    "digest.about_services": "{company}, {services:service and}",
    "digest.about_account": "{company}, account {account}",
    # --- The printed form of a mandate ---
    "printed.title": "SEPA business-to-business mandate ({scheme})",
    "printed.band": "To be printed, signed by the legal representative and handed to the bank that\n"
    "holds the account BEFORE the first payment. Make sure then that the bank has\n"
    "registered it under its reference: without that the payment is rejected. Unless\n"
    "the reference comes from the site, hand the bank the form that the site prints.",
    "printed.reference": "Mandate reference (RUM)",
    "printed.recurrent": "Type of payment",
    "printed.recurrent_payment": "recurrent",
    "printed.debtor": "Debtor",
    "printed.siren": "SIREN",
    "printed.file_number": "File number",
    "printed.address": "Address",
    "printed.holder": "Account holder",
    "printed.same_holder": "the debtor",
    "printed.iban": "IBAN of the account to debit",
    "printed.bic": "BIC",
    "printed.creditor": "Creditor",
    "printed.creditor_identifier": "SEPA creditor identifier (ICS)",
    "printed.office": "Managing tax office",
    "printed.authorisation": "By signing, the debtor lets the creditor present direct debits on this account,\nand the"
    " bank pay them by debiting it.\n\n"
    "This mandate is for business-to-business debits only. Once the account has been\ndebited, a debit so authorised"
    " is not refunded; until the day it falls due, the\ndebtor can ask the bank not to pay it.",
    "printed.representative": "Legal representative",
    "printed.place": "Place",
    "printed.date": "Date (DDMMYYYY)",
    "printed.signature": "Signature",
}
"""What people read besides. Rules are not here: the English of each stands with it, in `rulebook`."""
