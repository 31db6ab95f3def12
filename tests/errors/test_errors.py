"""Every error: its family, its code and facts, what it says, what it carries between processes, what it never shows."""

import ast
import copy
import pickle
import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

from teleprocedures import errors
from teleprocedures.errors import (
    CodecError,
    DeadlineNotReachedError,
    DeadlinePassedError,
    InvalidFormError,
    InvalidValueError,
    OutOfOrderError,
    Problem,
    RefusedError,
    RefusedFormError,
    Rule,
    TeleproceduresError,
    TransitionRefusedError,
    sentence,
)
from teleprocedures.forms import AdhesionForm, SpaceForm
from teleprocedures.values import ActivationCode, Siren
from teleprocedures.words import ENGLISH_WORDS, ERROR_CODES
from tests.builders import each, failure

PACKAGE = Path(errors.__file__).parent.parent
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATER = datetime(2026, 1, 7, 9, tzinfo=UTC)
LAST = datetime(2026, 1, 9, 9, tzinfo=UTC)
RULE = Rule("1.9", "Activation within {space_activation}", limits={"space_activation": (48, "hours")})
CITED = " (rule 1.9: Activation within 48 hours)"
MISSING = Problem("company_email", "company_email.missing", {"services": ("messagerie", "payer-tva")}, Rule("2.7", "x"))
EMPTY = Problem("services", "services.missing", rule=RULE)

EVERY = {
    TeleproceduresError("host.own", value=3, day=date(2026, 1, 5)): "host.own (value=3, day=2026-01-05)",
    InvalidValueError("siren.length", value="1", length=1): (
        "not a SIREN: '1' has 1 digit; expected nine digits, such as 552 008 443"
    ),
    InvalidFormError("SpaceForm", [Problem("email", "field.missing", rule=RULE)]): (
        "form SpaceForm has 1 problem: email: missing"
    ),
    RefusedError("host.no", rule=RULE): f"host.no{CITED}",
    RefusedFormError("AdhesionForm", [EMPTY, MISSING]): (
        "form AdhesionForm has 2 problems: services: empty: expected one service or more;"
        f" company_email: missing: messagerie, payer-tva needs the company's e-mail address{CITED}"
    ),
    TransitionRefusedError("space", "pending", "renew", ["activate", "lapse"], rule=RULE): (
        f"'renew' is not possible while the space is 'pending'; expected: activate, lapse{CITED}"
    ),
    TransitionRefusedError("space", "lapsed", "activate", [], rule=RULE): (
        f"'activate' is not possible while the space is 'lapsed': nothing changes it any more{CITED}"
    ),
    DeadlinePassedError(closes=AT, at=LATER, limit="1.9", rule=RULE): (
        "too late on Wednesday 7 January 2026 at 10:00 in Paris: rule 1.9 left until Monday 5 January 2026 at 10:00 in"
        f" Paris{CITED}"
    ),
    DeadlineNotReachedError("reminder.not_due", expected=LATER, at=AT, rule=RULE): (
        "nothing to remind of on Monday 5 January 2026 at 10:00 in Paris: the clock's next word is on Wednesday 7"
        f" January 2026 at 10:00 in Paris{CITED}"
    ),
    errors.WrongCodeError("link.wrong", rule=RULE): (
        f"this is not the token of the link: expected the one that was sent for this request{CITED}"
    ),
    errors.SignInRefusedError(
        "sign_in.refused", space="s-1", rule=RULE
    ): f"the password is not that of the space{CITED}",
    errors.SpaceNotActiveError("space.not_active", space="s-1", company="552100554", state="pending", rule=RULE): (
        f"the space of 552100554 is 'pending': expected an active one{CITED}"
    ),
    errors.WrongSpaceError("space.wrong", space="s-1", company="552100554", services=("payer-tva",), rule=RULE): (
        f"this space did not make the request of 552100554 (payer-tva): expected the space that did{CITED}"
    ),
    errors.AccountRefusedError("account.repeated", account="FR76 **** 0189", rule=RULE): (
        f"FR76 **** 0189 is declared already: expected another account{CITED}"
    ),
    errors.MandateRefusedError("mandate.request_over", rule=RULE): (
        f"the request has lapsed: expected the one that renews it{CITED}"
    ),
    OutOfOrderError("order.future", at=LATER, last=AT, rule=RULE): (
        "the fact is of Wednesday 7 January 2026 at 10:00 in Paris, after its telling, of Monday 5 January 2026 at"
        f" 10:00 in Paris: expected that or an earlier instant{CITED}"
    ),
    errors.ClosedError("case.closed", since=date(2026, 1, 5), reason="client_left", rule=RULE): (
        "the case is closed since Monday 5 January 2026: the client left; expected one that is not closed, or to reopen"
        f" it{CITED}"
    ),
    errors.WithdrawalRefusedError(
        "withdrawal.relied_on",
        event="mandate-signed",
        version=2,
        relying=("mandate-sent", "mandate-registered"),
        versions=(3, 4),
        day="2026-01-05",
        rule=RULE,
    ): (
        "the event mandate-signed, of Monday 5 January 2026, is relied on by mandate-sent and mandate-registered:"
        f" expected to withdraw the last of them first{CITED}"
    ),
    errors.ConflictError.version("a-1", expected=2, found=3): (
        "case a-1 is of version 3, and the decision expects 2: expected to decide again on what is there now"
    ),
    errors.ConflictError.version("a-1", expected=0, found=3): (
        "case a-1 was recorded already, and nothing is recorded twice: expected to go on with the one that is there"
    ),
    errors.ConflictError.claim("m-2"): ("case m-2 claims what another live case has: expected to go on with that one"),
    CodecError("host.bad", path="$.origin.at"): "$.origin.at: host.bad",
}
every_error = each("error", *EVERY, ids=lambda error: type(error).__name__)


def test_all_errors_are_listed_here():
    """No error of the room is left out of these tests."""
    defined = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)}

    assert defined == {type(error) for error in EVERY}


@every_error
def test_an_error_says_what_is_wrong(error):
    """Its message, and for a refusal the rule and what it says; a code and read-only facts tell it apart."""
    assert EVERY[error] == str(error)
    assert error.message in str(error)
    assert re.fullmatch(r"[a-z0-9_]+\.[a-z0-9_]+", error.code)
    with pytest.raises(TypeError):
        error.facts["value"] = "x"


@every_error
def test_an_error_goes_between_processes(error):
    """It comes out of pickle and of a copy as it went in: its type, its text, all that it carries, the notes added."""
    noted = copy.copy(error)
    # Not `add_note`: a copy shares the list of notes of what it was copied from.
    noted.__notes__ = ["row 12"]
    pickled = [pickle.loads(pickle.dumps(noted, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]

    for back in (*pickled, copy.copy(noted), copy.deepcopy(noted)):
        assert (type(error), str(error), noted.__dict__) == (type(back), str(back), back.__dict__)
        assert (error.code, error.facts, error.args) == (back.code, back.facts, back.args)
        assert ["row 12"] == back.__notes__


@every_error
def test_the_family_of_errors(error):
    """All are `TeleproceduresError`; bad values and forms are `ValueError`; every refusal has the rule it enforces."""
    assert isinstance(error, TeleproceduresError)
    assert isinstance(error, (InvalidValueError, InvalidFormError, CodecError)) is isinstance(error, ValueError)
    assert isinstance(error, RefusedError) is hasattr(error, "rule")


def test_a_refused_form_is_both():
    """A form that the procedure refuses is a bad form with problems and a refusal with the first one's rule."""
    error = RefusedFormError("AdhesionForm", [EMPTY, MISSING])

    assert isinstance(error, InvalidFormError)
    assert isinstance(error, RefusedError)
    assert (EMPTY, MISSING) == error.problems
    assert ("AdhesionForm", "form.refused", "1.9") == (error.form, error.code, error.rule)
    assert {"form": "AdhesionForm", "count": 2, "problems": f"{EMPTY}; {MISSING}"} == error.facts


def test_errors_carry_what_they_know():
    """What an error was made with is an attribute of it, a fact, or both."""
    at, last = {"at": AT}, {"last": LATER}
    for error, facts, own in (
        (
            TransitionRefusedError("space", "pending", "renew", ["activate"], rule=RULE),
            {"case": "space", "state": "pending", "trigger": "renew", "allowed": ("activate",)},
            ("case", "state", "trigger", "allowed"),
        ),
        (
            DeadlinePassedError(closes=AT, at=LATER, limit="1.9", rule=RULE),
            {"closes": AT, "at": LATER, "limit": "1.9"},
            ("closes", "at"),
        ),
        (
            DeadlineNotReachedError("deadline.not_reached", expected=LATER, at=AT, rule=RULE, closes=LAST),
            {"expected": LATER, "closes": LAST} | at,
            ("expected", "at"),
        ),
        (OutOfOrderError("order.future", at=AT, last=LATER, rule=RULE), at | last, ("at", "last")),
    ):
        assert (facts, "1.9", (error.code,)) == (error.facts, error.rule, error.args)
        assert {name: facts[name] for name in own} == {name: getattr(error, name) for name in own}
    form = InvalidFormError("SpaceForm", iter([EMPTY]))
    assert ("SpaceForm", (EMPTY,), "form.invalid") == (form.form, form.problems, form.code)
    assert {"form": "SpaceForm", "count": 1, "problems": str(EMPTY)} == form.facts


def test_an_error_of_a_document_is_seen_from_further_out():
    """Each step of the way out is put before the path; code and facts stay."""
    error = CodecError("instant.naive", path=".at", value="x").under(".origin").under("$")

    assert "$.origin.at" == error.path
    assert ("instant.naive", {"value": "x"}) == (error.code, error.facts)


def test_a_problem_is_a_value():
    """It says where and what; problems with the same content are equal, hash alike, travel, and cannot change."""
    for twin in (pickle.loads(pickle.dumps(MISSING)), copy.deepcopy(MISSING), copy.copy(MISSING)):
        assert (MISSING, hash(MISSING)) == (twin, hash(twin))
        with pytest.raises(TypeError):
            twin.facts["services"] = ()
    assert MISSING != EMPTY
    assert "company_email: missing: messagerie, payer-tva needs the company's e-mail address" == str(MISSING)
    assert "expected a mapping of fields, not list" == Problem("$", "fields.wrong_type", {"type": "list"}).message
    assert Problem("$", "field.missing").rule is None
    of = Problem.of(InvalidValueError("siren.missing"), "organisation", RULE)
    assert Problem("organisation", "siren.missing", {}, RULE) == of


def test_a_rule_says_its_time_limit():
    """As its rulebook has it, or as what it is; whatever that is, it is the same rule."""
    hour = Rule("1.9", RULE.line, limits={"space_activation": (1, "hours")})

    assert (1, "Rule(id='1.9')") == (len({RULE, hour, "1.9"}), repr(RULE))
    assert "Activation within 48 hours" == RULE.title == copy.deepcopy(RULE).title
    assert "Activation within 1 hour" == hour.title == pickle.loads(pickle.dumps(hour)).title
    assert "Activation within the time limit" == Rule("1.9", RULE.line).title


# --- Words ------------------------------------------------------------------------------------------------------------


@each(
    "expected code facts",
    ("host.own", "host.own", {}),
    ("host.own (at=2026-01-05T09:00:00+00:00)", "host.own", {"at": AT}),
    ("host.own (days=2026-01-05, x)", "host.own", {"days": [date(2026, 1, 5), "x"]}),
    ("service.unknown (value=x)", "service.unknown", {"value": "x"}),
    ("unknown service x: expected one of a, b", "service.unknown", {"value": "x", "expected": ("a", "b")}),
    ("unknown service {value}: expected one of none", "service.unknown", {"value": "{value}", "expected": ()}),
)
def test_a_sentence_is_looked_up(expected, code, facts):
    """A code has its sentence with its facts; one that a host made, or one without its facts, is told as it is."""
    assert expected == sentence(code, facts)


def test_sentences_are_well_formed():
    """A code is `subject.what`; its sentence starts with no capital letter, and names its facts."""
    for code in sorted(ERROR_CODES):
        template = ENGLISH_WORDS.words[code]

        assert re.fullmatch(r"[a-z0-9_]+\.[a-z0-9_]+", code), code
        assert not template[0].isupper(), code
        assert not template.endswith("."), code
        assert all(name is None or name.isidentifier() for _, name, _, _ in Formatter().parse(template)), code
        assert template == " ".join(template.split()), code


def modules():
    """The code of the library, by module, but for the tables of words."""
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if path.name not in {"_english.py", "_french.py"}]
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def pattern_of(node: ast.expr) -> str:
    """A text written in the code, with a star for each value in it."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(pattern_of, parts))
        case _:
            return "*"


def codes_raised() -> dict[str, str]:
    """The codes written where errors and problems are made, with the module; a star stands for what is known then."""
    found: dict[str, str] = {}
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = 1 if called in {"Problem", "note"} else 0
            if not (called.endswith("Error") or place) or len(node.args) <= place:
                continue
            code = pattern_of(node.args[place])
            if re.fullmatch(r"[a-z*][a-z0-9_*]*\.[a-z0-9_*]+", code):
                found.setdefault(code, module)
    return found


def test_every_code_raised_has_its_sentence_and_no_other_has():
    """No error is told by its code alone, and nothing stands in the table that the library never says."""
    raised = codes_raised()
    constants = (node for tree in modules().values() for node in ast.walk(tree) if isinstance(node, ast.Constant))
    texts = {node.value for node in constants if isinstance(node.value, str)}
    patterns = {code: re.escape(code).replace(r"\*", "[a-z0-9_]+") for code in raised}

    def is_said(code):
        subject, what = code.split(".")
        composed = subject in texts and (what in texts or f"*.{what}" in raised)
        return code in texts or composed or any(re.fullmatch(it, code) for it in patterns.values() if it[0] != "[")

    assert 60 < len(raised)
    assert [] == [
        (code, raised[code])
        for code, it in patterns.items()
        if not any(re.fullmatch(it, known) for known in ERROR_CODES)
    ]
    assert [] == [code for code in sorted(ERROR_CODES) if not is_said(code)]


# --- Secrets ----------------------------------------------------------------------------------------------------------

IBAN = "FR7630006000011234567890188"
FAILING = {
    "a code": lambda: ActivationCode("SECRET42!"),
    "a stored code": lambda: ActivationCode.from_canonical("secret42"),
    "a SIREN": lambda: Siren(IBAN),
    "bad form of a space": lambda: SpaceForm.from_mapping(
        {
            "email": "camille.durand@cabinet",
            "password": "  ",
            "security_answer": 1234567,
            "security_question": "x",
            "organisation": "732829321",
            "contact": {"phone": "06 98 76 54", "street": "", "postal_code": "1", "city": "Paris"},
            "hunter2hunter2": "x",
        }
    ),
    "bad form of a request": lambda: AdhesionForm.from_mapping(
        {
            "organisation": "552100554",
            "services": ["payer-tva", "x"],
            "company_email": "compta@boulangerie",
            "bank_accounts": [IBAN, {"iban": IBAN, "password": "hunter2hunter2"}],
        }
    ),
}


@pytest.mark.rule("1.2", "1.6", "A12")
@each("name", *FAILING)
def test_no_error_shows_a_secret(name):
    """Codes, passwords, answers, IBANs, e-mail addresses and phone numbers stay out of texts, facts and `repr`."""
    error = failure(FAILING[name])
    problems = getattr(error, "problems", ())
    shown = f"{error} {error!r} {error.facts!r} {problems!r} {error.__cause__!r} {error.__context__!r}"

    assert not str(error)[0].isupper()
    for secret in ("secret42", "1234567", "hunter2", "11234567890188", "camille.durand@", "compta@", "98 76"):
        assert secret not in shown.lower()


@each(
    "loc path",
    *(((), "$"), (("email",), "email"), (("contact", "phone"), "contact.phone"), (("services", 1), "services[1]")),
    *((("bank_accounts", 0, "iban"), "bank_accounts[0].iban"), (("at",), "$.at")),
)
def test_where_a_problem_is(loc, path):
    """The path as names and indexes, for whoever looks the field up; the whole form has none."""
    assert loc == Problem(path, "field.missing").loc


def test_a_refusal_of_a_day_says_no_hour():
    """Where it has an instant of the fact, the day takes its place; another refusal stays as it was."""
    late = DeadlinePassedError(closes=AT, at=LATER, limit="1.9", rule=RULE).on(date(2026, 1, 7))
    wrong = errors.WrongCodeError("link.wrong", rule=RULE)

    assert (date(2026, 1, 7), date(2026, 1, 7), AT) == (late.at, late.facts["at"], late.closes)
    assert ({}, wrong) == (dict(wrong.on(date(2026, 1, 7)).facts), wrong.on(date(2026, 1, 7)))
