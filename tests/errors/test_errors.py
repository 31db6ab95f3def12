"""Every error: its family, what it says, what it carries between processes, and what it never shows."""

from __future__ import annotations

import ast
import copy
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

import teleprocedures
from teleprocedures import errors
from teleprocedures.cases import Adhesion, Space
from teleprocedures.errors import (
    CodecError,
    DeadlineNotReachedError,
    DeadlinePassedError,
    InvalidFormError,
    InvalidValueError,
    MandateRefusedError,
    NotificationError,
    OutOfOrderError,
    PaymentRefusedError,
    Problem,
    RefusedError,
    RefusedFormError,
    SpaceNotActiveError,
    TeleproceduresError,
    TransitionRefusedError,
    WrongCodeError,
    WrongSpaceError,
)
from teleprocedures.forms import AdhesionForm, SpaceForm
from teleprocedures.rulebook import EXPERT_2024_04_03
from teleprocedures.testing import PlainHasher, adhesion_form, space_form
from teleprocedures.values import ActivationCode

PACKAGE = Path(teleprocedures.__file__).parent
RULE = EXPERT_2024_04_03.rule
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATER = datetime(2026, 1, 7, 9, tzinfo=UTC)
CREATED = Space.create(space_form(), id="s-1", hasher=PlainHasher(), at=AT, code=ActivationCode("SECRET42"))
MISSING = Problem("company_email", "missing: messagerie needs the company's e-mail address", RULE("2.7"))
EMPTY = Problem("services", "empty: expected one service or more", RULE("2.4"))

EVERY = {
    TeleproceduresError("anything"): "anything",
    InvalidValueError("not a SIREN: '1' has 1 digits"): "not a SIREN: '1' has 1 digits",
    InvalidFormError("SpaceForm", [Problem("email", "missing", RULE("1.1"))]): (
        "form SpaceForm has 1 problem: email: missing"
    ),
    RefusedError("no", rule=RULE("0.2")): f"no (rule 0.2: {RULE('0.2').title})",
    RefusedFormError("AdhesionForm", [MISSING, EMPTY]): (
        "form AdhesionForm has 2 problems: company_email: missing: messagerie needs the company's e-mail address;"
        f" services: empty: expected one service or more (rule 2.7: {RULE('2.7').title})"
    ),
    TransitionRefusedError("space", "pending", "renew", ["activate", "lapse"], rule=RULE("1.8")): (
        "'renew' is not possible while the space is 'pending'; expected one of: activate, lapse"
        f" (rule 1.8: {RULE('1.8').title})"
    ),
    TransitionRefusedError("space", "lapsed", "activate", [], rule=RULE("1.11")): (
        "'activate' is not possible while the space is 'lapsed'; nothing is possible any more"
        f" (rule 1.11: {RULE('1.11').title})"
    ),
    DeadlinePassedError("too late", closes=AT, at=LATER, rule=RULE("1.10")): (
        f"too late (rule 1.10: {RULE('1.10').title})"
    ),
    DeadlineNotReachedError("too early", expected=LATER, at=AT, rule=RULE("1.9")): (
        f"too early (rule 1.9: {RULE('1.9').title})"
    ),
    WrongCodeError("this is not the code", rule=RULE("1.8")): f"this is not the code (rule 1.8: {RULE('1.8').title})",
    SpaceNotActiveError("the space is pending", rule=RULE("1.12")): (
        f"the space is pending (rule 1.12: {RULE('1.12').title})"
    ),
    WrongSpaceError("another space", rule=RULE("3.3")): f"another space (rule 3.3: {RULE('3.3').title})",
    MandateRefusedError("not needed", rule=RULE("2.14")): f"not needed (rule 2.14: {RULE('2.14').title})",
    PaymentRefusedError("no mandate", remedy="issue one", rule=RULE("2.20")): (
        f"no mandate; what to do: issue one (rule 2.20: {RULE('2.20').title})"
    ),
    OutOfOrderError("before the last event", at=AT, last=LATER, rule=RULE("0.2")): (
        f"before the last event (rule 0.2: {RULE('0.2').title})"
    ),
    NotificationError(CREATED, CREATED.messages): (
        "the decision is recorded, and 1 message(s) are still to be sent: ActivationCodeEmail"
    ),
    CodecError("$.origin.at", "missing"): "$.origin.at: missing",
}
every_error = pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)


@every_error
def test_an_error_says_what_is_wrong(error: TeleproceduresError) -> None:
    """The text of an error is its message, then, for a refusal, the rule that it enforces and what the rule says."""
    assert EVERY[error] == str(error)


def test_all_errors_are_listed_here() -> None:
    """No error of the module is left out of these tests."""
    defined = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)}

    assert defined == {type(error) for error in EVERY}


@every_error
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_goes_between_processes(error: TeleproceduresError, protocol: int) -> None:
    """An error comes out of pickle as it went in: its type, its text, all that it carries, the notes added."""
    noted = copy.copy(error)
    # Not `add_note`: a copy shares the list of notes of what it was copied from.
    noted.__notes__ = ["row 12"]
    back = pickle.loads(pickle.dumps(noted, protocol))

    assert type(error) is type(back)
    assert str(error) == str(back)
    assert noted.__dict__ == back.__dict__
    assert error.args == back.args
    assert ["row 12"] == back.__notes__


@every_error
def test_an_error_can_be_copied(error: TeleproceduresError) -> None:
    """A copy says the same and carries the same."""
    for twin in (copy.copy(error), copy.deepcopy(error)):
        assert (type(error), str(error), error.__dict__) == (type(twin), str(twin), twin.__dict__)


@every_error
def test_the_family_of_errors(error: TeleproceduresError) -> None:
    """All are `TeleproceduresError`; bad values and forms are `ValueError`; every refusal has the rule it enforces."""
    bad_value = isinstance(error, (InvalidValueError, InvalidFormError, CodecError))

    assert isinstance(error, TeleproceduresError)
    assert bad_value is isinstance(error, ValueError)
    assert isinstance(error, RefusedError) is hasattr(error, "rule")


def test_a_refused_form_is_both() -> None:
    """A form that the procedure refuses is a bad form with problems and a refusal with the first one's rule."""
    error = RefusedFormError("AdhesionForm", [EMPTY, MISSING])

    assert isinstance(error, InvalidFormError)
    assert isinstance(error, RefusedError)
    assert (EMPTY, MISSING) == error.problems
    assert "2.4" == error.rule
    assert "AdhesionForm" == error.form


def test_what_errors_carry() -> None:
    """Hosts read instants, states and remedies from the error, not from its text."""
    transition = TransitionRefusedError("space", "pending", "renew", iter(["activate"]), rule=RULE("1.8"))
    passed = DeadlinePassedError("too late", closes=AT, at=LATER, rule=RULE("1.10"))
    early = DeadlineNotReachedError("too early", expected=LATER, at=AT, rule=RULE("1.9"))
    order = OutOfOrderError("out of order", at=AT, last=LATER, rule=RULE("0.2"))
    payment = PaymentRefusedError("no mandate", remedy="issue one", rule=RULE("2.20"))
    unsent = NotificationError(CREATED, list(CREATED.messages))
    codec = CodecError("$.at", "missing")

    assert ("space", "pending", "renew", ("activate",)) == (
        transition.case,
        transition.state,
        transition.trigger,
        transition.allowed,
    )
    assert (AT, LATER) == (passed.closes, passed.at)
    assert (LATER, AT) == (early.expected, early.at)
    assert (AT, LATER) == (order.at, order.last)
    assert "issue one" == payment.remedy
    assert CREATED is unsent.decision
    assert CREATED.messages == unsent.unsent
    assert ("$.at", "missing") == (codec.path, codec.message)
    assert "too late" == passed.message


def test_a_problem_reads_as_its_path_and_what_is_wrong() -> None:
    """A problem says where it is; its rule is None when no rule asks for the field."""
    assert "company_email: missing: messagerie needs the company's e-mail address" == str(MISSING)
    assert Problem("$", "not a mapping").rule is None


SPACE = CREATED.case
REQUEST = Adhesion.request(
    SPACE.activate("SECRET42", at=AT).case, adhesion_form(), id="a-1", at=AT, code=ActivationCode("LETTER77")
).case
IBAN = "FR7630006000011234567890188"
FAILING = {
    "wrong code": lambda: SPACE.activate("WRONG999", at=AT),
    "code of another type": lambda: SPACE.activate(b"WRONG999", at=AT),
    "code after the limit": lambda: SPACE.activate("SECRET42", at=datetime(2026, 2, 1, tzinfo=UTC)),
    "code before the creation": lambda: SPACE.activate("SECRET42", at=datetime(2026, 1, 1, tzinfo=UTC)),
    "naive instant": lambda: SPACE.activate("SECRET42", at=datetime(2026, 1, 5, 10)),
    "letter from a pending space": lambda: REQUEST.activate("LETTER77", space=SPACE, at=AT),
    "letter with a wrong code": lambda: REQUEST.activate("WRONG999", space=SPACE, at=AT),
    "renewal too soon": lambda: REQUEST.renew(SPACE, id="a-2", at=AT),
    "bad form of a space": lambda: SpaceForm.from_mapping(
        {
            "email": "camille.durand@cabinet",
            "password": "  ",
            "security_answer": 1234567,
            "security_question": "x",
            "organisation": "732829321",
            "contact": {"phone": "06 98 76 54", "street": "", "postal_code": "1", "city": "Paris"},
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


def failure(name: str) -> TeleproceduresError:
    """An error of real life, made with secrets and personal data at hand."""
    with pytest.raises(TeleproceduresError) as caught:
        FAILING[name]()
    return caught.value


@pytest.mark.rule("1.2", "1.6", "A12")
@pytest.mark.parametrize("name", FAILING)
def test_no_error_shows_a_secret(name: str) -> None:
    """Codes, passwords, answers, IBANs, e-mail addresses and phone numbers stay out of texts and of `repr`."""
    error = failure(name)
    shown = f"{error} {error!r} {error.__cause__!r} {error.__context__!r}"

    for secret in (
        *("SECRET42", "WRONG999", "LETTER77", "correct horse", "Dupont", "1234567", "hunter2"),
        *("11234567890188", "camille.durand@", "compta@", "98 76"),
    ):
        assert secret not in shown


@pytest.mark.parametrize("name", FAILING)
def test_errors_start_in_lower_case(name: str) -> None:
    """An error's text can follow a colon: it starts with no capital letter."""
    text = str(failure(name))

    assert not text[0].isupper()


def literal_start(node: ast.expr) -> str | None:
    """The first characters of a text written in the code, or None when it starts with a value."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=[first, *_]):
            return literal_start(first)
        case _:
            return None


def messages_written(tree: ast.AST) -> list[tuple[int, str]]:
    """What the code gives to errors: the texts of `message = …`, and the texts inside `raise` and `…Error(…)`."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id="message" | "error" | "expected" | "why" | "wrong")], value=value):
                given = [value]
            case ast.Call(func=ast.Name(id=name), args=args) if name.endswith(("Error", "Problem")):
                given = args
            case ast.Call(func=ast.Attribute(attr="refusal"), args=args):
                given = args
            case _:
                continue
        found += [(value.lineno, text) for value in given if (text := literal_start(value))]
    return found


def test_every_message_in_the_code_starts_in_lower_case() -> None:
    """No message written for an error starts with a capital letter, so that all read the same after a colon."""
    found = {
        f"{path.relative_to(PACKAGE)}:{line}": text
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, text in messages_written(ast.parse(path.read_text("utf-8")))
    }
    names = {"SpaceForm", "AdhesionForm"}

    assert len(found) > 50
    assert {} == {where: text for where, text in found.items() if text[0].isupper() and text not in names}


def test_a_refused_verb_changes_nothing() -> None:
    """A case is equal to what it was after any refusal."""
    snapshots = (SPACE, REQUEST, REQUEST.activation)
    before = copy.deepcopy(snapshots)
    for name in FAILING:
        failure(name)

    assert before == snapshots
