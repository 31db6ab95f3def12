"""Cases at known instants, with known codes: what the tests of the three steps start from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, get_args, get_type_hints

import attrs
import pytest

from teleprocedures import (
    EVENTS,
    EXPERT_2024_04_03,
    KINDS,
    MESSAGES,
    ActivationCode,
    ActivationState,
    Adhesion,
    AdhesionState,
    Applicant,
    Case,
    Decision,
    LinkToken,
    Mandate,
    MandateState,
    Space,
    SpaceState,
    TeleproceduresError,
    TransitionRefusedError,
)
from teleprocedures.cases import MandateDocument
from teleprocedures.testing import PlainHasher, adhesion_form, space_form
from teleprocedures.values import BankAccount, CreditorIdentifier, FileNumber, MandateReference, PersonName, Siren
from tests.instants import DAY, HOUR, START

EMAILED = ActivationCode("SPACE-4711")
POSTED = ActivationCode("LETTER-0815")
TOKEN = LinkToken("link_token-42")
WRONG = "WR0NG-C0DE"

FOREVER = attrs.evolve(EXPERT_2024_04_03, version="forever", mandate_use=None)
"""A rulebook in which a mandate never lapses."""

COMPANY_EMAIL = "contact@boulangerie-martin.fr"
FRENCH_IBAN = "FR76 3000 6000 0112 3456 7890 189"
GERMAN_IBAN = "DE89 3704 0044 0532 0130 00"
SECRETS = (
    "SPACE4711",
    "LETTER0815",
    "link_token-42",
    "correct horse",
    "Dupont et fils",
    "30006000011234567890189",
    "camille@",
)
"""What no `repr` and no error may show, when cases are made with what stands above and `space_form`'s own fields."""


def each(names: str, *rows: Any, ids: Any = None) -> pytest.MarkDecorator:
    """Ask a test of each of these rows; the names are those of its arguments, with spaces between."""
    return pytest.mark.parametrize(names.split() if " " in names else names, rows, ids=ids)


def failure(call: Any, *given: Any, **named: Any) -> Any:
    """The error of the library that a call raises; fails when it raises none."""
    with pytest.raises(TeleproceduresError) as caught:
        call(*given, **named)
    return caught.value


def plain(text: str) -> str:
    """The text with plain spaces, as it is read aloud."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def asked(
    *,
    at: datetime = START,
    recorded_at: datetime | None = None,
    id: str = "space-1",
    code: Any = EMAILED,
    **changes: Any,
) -> Decision[Space]:
    """A space that was asked for, with the code `EMAILED`; `changes` are fields of its form, or its `rulebook`."""
    rulebook = {"rulebook": changes.pop("rulebook")} if "rulebook" in changes else {}
    form, hasher = space_form(**changes), PlainHasher()
    return Space.create(
        form,
        id=id,
        password_hash=hasher.hash(form.password),
        answer_hash=hasher.hash(form.security_answer),
        at=at,
        recorded_at=recorded_at,
        code=code,
        **rulebook,
    )


def opened(*, at: datetime = START, id: str = "space-1") -> Space:
    """A space that was asked for and activated at one instant."""
    return asked(at=at, id=id).case.activate(EMAILED, at=at).case


def requested(
    *services: str, at: datetime = START, space: Space | None = None, id: str = "request-1", **changes: Any
) -> Decision[Adhesion]:
    """A request of services, by default one that asks for nothing more, with the token `TOKEN` and the code `POSTED`.

    `changes` are fields of its form, or the `recorded_at`, `token`, `code`, `rulebook` and `renews` of the request.
    """
    own = ("recorded_at", "token", "code", "rulebook", "renews")
    given = {name: changes.pop(name) for name in own if name in changes}
    form = adhesion_form(services=services or ("consulter-avis-tf",), **changes)
    space = opened(at=at) if space is None else space
    return Adhesion.request(space, form, id=id, at=at, **{"token": TOKEN, "code": POSTED} | given)


def linked(*services: str, at: datetime = START, **changes: Any) -> Decision[Adhesion]:
    """A request with Messaging among its services: it waits for the company's link."""
    return requested("messagerie", *services, at=at, **{"company_email": COMPANY_EMAIL} | changes)


def paying(*services: str, at: datetime = START, **changes: Any) -> Decision[Adhesion]:
    """A request to pay TVA, or these taxes, from the French account."""
    return requested(*services or ("payer-tva",), at=at, **{"bank_accounts": [FRENCH_IBAN]} | changes)


def held(*services: str, at: datetime = START, **changes: Any) -> Adhesion:
    """A request to pay whose services are held: its code was entered at the instant of the request."""
    request = paying(*services, at=at, **changes).case
    return request.activate(POSTED, space=opened(at=at), at=at).case


def space_taken_over(*, id: str = "space-old", **changes: Any) -> Decision[Space]:
    """A space that was seen on the third of January, and is followed from the sixth."""
    given = {
        "email": "camille@cabinet-durand.fr",
        "first_name": "Camille",
        "last_name": "Durand",
        "organisation": "732829320",
        "seen": date(2025, 1, 3),
        "source": "the portal's page of services",
        "at": START,
    }
    return Space.take_over(id=id, **given | changes)


def services_taken_over(*services: str, id: str = "old-1", **changes: Any) -> Decision[Adhesion]:
    """Services of the baker, by default the payment of TVA, that were held when they were seen on the third."""
    given: dict[str, Any] = {
        "organisation": Siren("552100554"),
        "seen": date(2025, 1, 3),
        "source": "the portal's page of services",
        "at": START,
    }
    space = changes.pop("space", None) or opened()
    return Adhesion.take_over(space, services=services or ("payer-tva",), id=id, **given | changes)


def mandate_taken_over(account: str = FRENCH_IBAN, *, id: str = "mandate-old", **changes: Any) -> Decision[Mandate]:
    """A mandate of the baker that was alive when it was seen on the third of January."""
    given: dict[str, Any] = {
        "organisation": Siren("552100554"),
        "seen": date(2025, 1, 3),
        "source": "the bank's letter",
        "at": START,
    }
    space = changes.pop("space", None) or opened()
    return Mandate.take_over(space, account=account, id=id, **given | changes)


def issued(
    request: Adhesion | None = None, account: str = FRENCH_IBAN, *, at: datetime = START, **changes: Any
) -> Decision[Mandate]:
    """A mandate issued for an account of a request, by default one to pay TVA."""
    given = {"id": "mandate-1", "reference": "RUM-1", **changes}
    return Mandate.issue(paying(at=at).case if request is None else request, account, at=at, **given)


def mandate_history(
    state: MandateState,
    request: Adhesion | None = None,
    account: str = FRENCH_IBAN,
    *,
    at: datetime = START,
    **changes: Any,
) -> tuple[Decision[Mandate], ...]:
    """The decisions that lead a new mandate to this state, all at one instant but the lapse."""
    decisions = [issued(request, account, at=at, **changes)]
    verbs = (
        (MandateState.SIGNED, lambda mandate: mandate.sign(Applicant.REPRESENTATIVE, at=at)),
        (MandateState.SENT, lambda mandate: mandate.send(at=at)),
        (MandateState.REGISTERED, lambda mandate: mandate.register(at=at)),
        (MandateState.LAPSED, lambda mandate: mandate.lapse(at=mandate.deadline.lapses_at)),
    )
    for reached, verb in verbs:
        if decisions[-1].case.state is state:
            break
        decisions.append(verb(decisions[-1].case))
        assert reached is decisions[-1].case.state
    return tuple(decisions)


def mandate_in(state: MandateState, *args: Any, **changes: Any) -> Mandate:
    """A mandate in this state."""
    return mandate_history(state, *args, **changes)[-1].case


def space_in(state: SpaceState, **changes: Any) -> Space:
    """A space in this state; `changes` are those of `asked`."""
    space = asked(**changes).case
    match state:
        case SpaceState.PENDING:
            return space
        case SpaceState.ACTIVE:
            return space.activate(changes.get("code", EMAILED), at=START).case
        case SpaceState.LAPSED:
            assert space.deadline is not None
            return space.lapse(at=space.deadline.lapses_at).case


def linked_in(state: AdhesionState, *services: str, **changes: Any) -> Adhesion:
    """A request with Messaging in this state; `changes` are those of `linked`."""
    request = linked(*services, **changes).case
    match state:
        case AdhesionState.AWAITING_EMAIL:
            return request
        case AdhesionState.VALIDATED:
            token, code = changes.get("token", TOKEN), changes.get("code", POSTED)
            return request.confirm_company_email(token, code=code, at=START + HOUR).case
        case AdhesionState.LAPSED:
            assert request.deadline is not None
            return request.lapse(at=request.deadline.lapses_at).case


def requested_in(state: ActivationState, *services: str, **changes: Any) -> Adhesion:
    """A request without Messaging whose activation is in this state; `changes` are those of `requested`."""
    request = requested(*services, **changes).case
    match state:
        case ActivationState.AWAITING_CODE:
            return request
        case ActivationState.ACTIVE:
            return request.activate(changes.get("code", POSTED), space=opened(), at=START + DAY).case
        case ActivationState.LAPSED:
            assert request.deadline is not None
            return request.lapse(at=request.deadline.lapses_at).case


def refused(case: Case, trigger: str, *, at: datetime, **given: object) -> TransitionRefusedError:
    """The refusal of a trigger that the state of a case does not allow; fails when it is another, or none."""
    refusal = case.refusal(trigger, at=at, **given)
    assert isinstance(refusal, TransitionRefusedError)
    return refusal


# --- What is stored ---


def stored_texts(closed: Collection[type]) -> tuple[set[str], set[type]]:
    """The names of all stored fields that may hold a plain text, and the classes met; not looked into are these."""
    met: set[type] = set()
    plain_texts: set[str] = set()

    def parts(hint: object) -> set[object]:
        return {it for arg in get_args(hint) for it in parts(arg)} or {hint}

    def walk(kind: type[Any]) -> None:
        if kind in met or kind in closed:
            met.add(kind)
            return
        met.add(kind)
        hints = get_type_hints(kind)
        for field in attrs.fields(kind):
            for part in parts(hints[field.name]) if field.init else ():
                if part is str:
                    plain_texts.add(field.alias)
                elif isinstance(part, type) and attrs.has(part):
                    walk(part)

    for kind in (*EVENTS.values(), *KINDS.values(), *MESSAGES.values()):
        if kind.__module__.startswith("teleprocedures."):
            walk(kind)
    return plain_texts, met


# --- The printed form of a mandate: all of it known, and nothing that can be left out ---

DOCUMENT = MandateDocument(
    reference=MandateReference("NN552100554DGFIP2024000000000000017"),
    creditor=CreditorIdentifier("FR46ZZZ005002"),
    creditor_name="Direction générale des Finances publiques",
    debtor=Siren("552100554"),
    debtor_name="Boulangerie Martin",
    debtor_address="3 rue du Four, 75006 Paris",
    account_holder="Immobilière du Fournil, SCI, 12 quai de la Mégisserie, bâtiment C, 75001 Paris",
    managing_office="SIE Paris 6e",
    legal_representative=PersonName("Marie Le Goff"),
    account=BankAccount(FRENCH_IBAN, bic="AGRIFRPP"),
)
UNKNOWN = attrs.evolve(
    DOCUMENT,
    debtor=FileNumber("TF2024A17"),
    debtor_name=None,
    debtor_address=None,
    account_holder=None,
    managing_office=None,
    legal_representative=None,
    account=BankAccount.from_canonical(DOCUMENT.account.iban, None),
)
