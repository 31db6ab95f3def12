"""What is typed and secret is in no local variable of a frame of the library, whatever goes wrong with it."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import attrs
import pytest

from teleprocedures import (
    ActivationCode,
    Argon2Hasher,
    AsyncPortal,
    FixedClock,
    InvalidValueError,
    LinkToken,
    Portal,
    ScryptHasher,
    Secret,
    SpaceForm,
    TeleproceduresError,
)
from teleprocedures.testing import PlainHasher, ScriptedCodes, space_form
from teleprocedures.values import HidingMapping
from tests.builders import asked, linked, opened, requested
from tests.instants import START

TYPED = "TYPED0TYPED0TYPED0"
MISTYPED = f"{TYPED}/{TYPED}"
LONG = TYPED * 100


class Deaf:
    """A journal and a notifier to which nothing comes."""

    def record(self, _: object) -> None:
        """Nothing."""

    def notify(self, _: object) -> None:
        """Nothing."""


@attrs.frozen
class Broken(PlainHasher):
    """A hasher that answers no text, and neither yes nor no."""

    def hash(self, _: object) -> Any:
        """None."""

    def verify(self, _: object, hashed: str) -> Any:
        """None."""


def desk(kind: type[Any] = Portal, hasher: Any = None) -> Any:
    """A portal of this kind."""
    return kind(
        clock=FixedClock(START), codes=ScriptedCodes(), notifier=Deaf(), journal=Deaf(), hasher=hasher or PlainHasher()
    )


def form(**changes: Any) -> dict[str, Any]:
    """The fields of a form, as a mapping."""
    made = space_form()
    return {field.name: getattr(made, field.name) for field in attrs.fields(SpaceForm)} | changes


def soon(coroutine: Any) -> object:
    """What a coroutine gives."""
    return asyncio.run(coroutine)


DOORS: dict[str, Callable[[], object]] = {
    "ActivationCode": lambda: ActivationCode(MISTYPED),
    "ActivationCode by name": lambda: ActivationCode(text=MISTYPED),
    "ActivationCode too long": lambda: ActivationCode(LONG),
    "LinkToken": lambda: LinkToken(MISTYPED),
    "LinkToken too long": lambda: LinkToken(LONG),
    "SpaceForm, password": lambda: SpaceForm(**form(password=LONG)),
    "SpaceForm, answer": lambda: SpaceForm(**form(security_answer=LONG)),
    "SpaceForm, another field": lambda: SpaceForm(**form(password=TYPED, security_answer=TYPED, email="x")),
    "SpaceForm, by place": lambda: SpaceForm(TYPED),  # type: ignore[misc] # the point of the test
    "from_mapping, password": lambda: SpaceForm.from_mapping(form(password=LONG)),
    "from_mapping, another field": lambda: SpaceForm.from_mapping(
        form(password=TYPED, security_answer=TYPED, email="x")
    ),
    "from_mapping, unknown field": lambda: SpaceForm.from_mapping(form(passwort=TYPED)),
    "from_mapping, as a name": lambda: SpaceForm.from_mapping(form(**{TYPED: ""})),
    "space_form": lambda: space_form(password=TYPED, email="x"),
    "Space.activate": lambda: asked().case.activate(TYPED, at=START),
    "Space.activate, by name": lambda: asked().case.activate(code=TYPED, at=START),
    "Space.refusal": lambda: asked().case.refusal("activate", code=TYPED, at=START.replace(tzinfo=None)),
    "Adhesion.confirm_company_email": lambda: linked().case.confirm_company_email(TYPED, at=START),
    "Adhesion.activate": lambda: requested().case.activate(TYPED, space=opened(), at=START),
    "Portal.create_space": lambda: desk(hasher=Broken()).create_space(
        space_form(password=TYPED, security_answer=TYPED)
    ),
    "Portal.activate_space": lambda: desk().activate_space(asked().case, TYPED),
    "Portal.activate_space, by name": lambda: desk().activate_space(asked().case, code=TYPED),
    "Portal.confirm_company_email": lambda: desk().confirm_company_email(linked().case, TYPED),
    "Portal.activate_services": lambda: desk().activate_services(opened(), requested().case, TYPED),
    "Portal.sign_in": lambda: desk().sign_in(opened(), TYPED),
    "Portal.sign_in, too long": lambda: desk().sign_in(opened(), LONG),
    "Portal.sign_in, no answer": lambda: desk(hasher=Broken()).sign_in(opened(), TYPED),
    "AsyncPortal.activate_space": lambda: soon(desk(AsyncPortal).activate_space(asked().case, TYPED)),
    "AsyncPortal.confirm_company_email": lambda: soon(
        desk(AsyncPortal).confirm_company_email(linked().case, token=TYPED)
    ),
    "ScryptHasher.hash": lambda: ScryptHasher(cost=2).hash(LONG),
    "ScryptHasher.verify": lambda: ScryptHasher(cost=2).verify(TYPED, "no hash"),
    "Argon2Hasher.hash": lambda: Argon2Hasher().hash(LONG),
    "Argon2Hasher.verify": lambda: Argon2Hasher().verify(TYPED, "no hash"),
}


def chain(error: BaseException | None) -> Iterator[TracebackType | None]:
    """The tracebacks of an error, of its cause and of its context, however deep."""
    while error is not None:
        yield error.__traceback__
        yield from chain(error.__cause__)
        error = error.__context__


def locals_of(error: BaseException) -> Iterator[tuple[str, str, str]]:
    """The local variables of the library's frames: where, the name, and what a tool that collects them shows."""
    for found in chain(error):
        for frame, _ in traceback.walk_tb(found):
            if str(frame.f_globals.get("__name__", "")).startswith("teleprocedures"):
                for name, value in frame.f_locals.items():
                    yield frame.f_code.co_name, name, repr(value)


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
def test_no_frame_holds_what_was_typed(door: Callable[[], object]) -> None:
    """Every local variable of every frame of the library has a `repr`, and none shows what was typed."""
    with pytest.raises((TeleproceduresError, TypeError)) as caught:
        door()

    assert [] == [(where, name) for where, name, shown in locals_of(caught.value) if TYPED in shown]
    assert TYPED not in str(caught.value)


def test_a_secret_is_compared_and_never_shown() -> None:
    """It equals its text and another of the same, whatever characters they have, and shows as stars."""
    typed = Secret("correct horse\ud800")

    assert ("Secret('***')", "***", "***") == (repr(typed), str(typed), f"{typed}")
    assert ("correct horse\ud800", 14) == (typed.reveal(), len(typed))
    assert typed == "correct horse\ud800" == typed
    assert typed == Secret("correct horse\ud800")
    assert typed != "correct horse"
    assert typed != b"correct horse"
    assert 1 == len({typed, Secret("correct horse\ud800"), "correct horse\ud800"})


def test_a_mapping_hides_what_is_not_open() -> None:
    """Texts of fields that are secret, or that nobody knows, are wrapped as they are read; nothing else is."""
    given = {"email": "a@example.fr", "password": TYPED, "passwort": TYPED, "contact": {}}
    hiding = HidingMapping(given, frozenset({"email", "contact"}))

    assert (4, list(given)) == (len(hiding), list(hiding))
    assert ("a@example.fr", {}) == (hiding["email"], hiding.get("contact"))
    assert [Secret, Secret, Secret] == [
        type(it) for it in (hiding["password"], hiding["passwort"], hiding.get("password"))
    ]
    assert hiding.get("city") is None
    assert TYPED not in repr(hiding) + repr(dict(hiding))


@pytest.mark.parametrize("value", [None, 5, b"correct horse"])
def test_a_secret_is_text(value: object) -> None:
    """What is no text is refused, and not shown."""
    with pytest.raises(InvalidValueError, match=rf"^not a secret: {type(value).__name__} is not text") as caught:
        Secret(value)  # type: ignore[arg-type] # the point of the test

    assert ("secret.wrong_type", {"type": type(value).__name__}) == (caught.value.code, caught.value.facts)
