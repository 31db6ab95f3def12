"""How what was there before anybody followed it is opened in plays (A19): a space, services, a request, a mandate.

What is known of it varies: since when services are held, when a request was made and what day its letter bears, when a
mandate was registered and last used. The first of the values is always the one of which least is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import attrs

from teleprocedures.cases import ActivationState, Adhesion, Mandate, MandateState, Space, SpaceState
from teleprocedures.core import Decision
from teleprocedures.deadlines import PARIS, time_zone
from teleprocedures.forms import AdhesionForm, KnownForm
from teleprocedures.testing._makers import ACCOUNTS, company_forms, user_form
from teleprocedures.testing._openers import New, Opener, Values, add_opener
from teleprocedures.testing._scene import Scene
from teleprocedures.values import BankAccount, Organisation

_SOURCE: Final = "the portal's list of services"
_MONTHS: Final = 1_096
"""Days that are 36 months or more, so that a mandate used so long ago was idle too long."""


def _space(scene: Scene, _: None, new: New, seen: date) -> Decision[Space]:
    form = user_form()
    return Space.take_over(
        email=form.email,
        first_name=form.first_name,
        last_name=form.last_name,
        organisation=form.organisation,
        seen=seen,
        source=_SOURCE,
        rulebook=scene.rulebook_of(Space),
        **new,
    )


def _services(scene: Scene, space: Space, new: New, form: AdhesionForm | KnownForm, **known: Any) -> Decision[Adhesion]:
    fields = {field.name: getattr(form, field.name) for field in attrs.fields(KnownForm)}
    rulebook = scene.rulebook_of(Adhesion)
    return Adhesion.take_over(space, **fields, source=_SOURCE, rulebook=rulebook, **known, **new)


def _request(
    scene: Scene, space: Space, new: New, form: AdhesionForm | KnownForm, **known: object
) -> Decision[Adhesion]:
    return _services(scene, space, new, form, under_way=True, **known)


def _forms(_scene: Scene, _case: object) -> Sequence[AdhesionForm | KnownForm]:
    """Taxes to be paid, and Messaging without the e-mail address that a request would need."""
    _, messaging, paying = company_forms()
    return paying, KnownForm(organisation=messaging.organisation, services=messaging.services)


def _mandate(scene: Scene, space: Space, new: New, **known: Any) -> Decision[Mandate]:
    return Mandate.take_over(
        space,
        source=_SOURCE,
        mandates=scene.of(Mandate),
        rulebook=scene.rulebook_of(Mandate),
        **known,
        **new,
    )


def _today(scene: Scene) -> date:
    return scene.at.astimezone(time_zone(PARIS)).date()


def _seen(scene: Scene, _: object) -> Sequence[date]:
    """The day itself, and one some weeks before."""
    return (_today(scene), _today(scene) - timedelta(days=40))


def _before(*days: int) -> Values:
    """Nothing, or the days that came so many days before anything that was seen."""
    return lambda scene, _: (None, *(_today(scene) - timedelta(days=40 + ago) for ago in days))


def _accounts(*_: object) -> Sequence[BankAccount]:
    return ACCOUNTS[:2]


def _companies(_scene: Scene, _case: object) -> Sequence[Organisation]:
    """The company with taxes to be paid, and another one."""
    _, messaging, paying = company_forms()
    return paying.organisation, messaging.organisation


add_opener(Opener(Space, "take_over_space", _space, begins=SpaceState.ACTIVE, gives={"seen": _seen}))
add_opener(
    Opener(
        Adhesion,
        "take_over_services",
        _services,
        of=Space,
        stages=(SpaceState.ACTIVE,),
        begins=ActivationState.ACTIVE,
        gives={"form": _forms, "seen": _seen, "since": _before(0, 3_000)},
    )
)
add_opener(
    Opener(
        Adhesion,
        "take_over_request",
        _request,
        of=Space,
        stages=(SpaceState.ACTIVE,),
        begins=ActivationState.AWAITING_CODE,
        gives={"form": _forms, "seen": _seen, "requested": _before(9, 80), "letter": _before(0, 9)},
    )
)
add_opener(
    Opener(
        Mandate,
        "take_over_mandate",
        _mandate,
        of=Space,
        stages=(SpaceState.ACTIVE,),
        begins=MandateState.REGISTERED,
        gives={
            "seen": _seen,
            "organisation": _companies,
            "account": _accounts,
            "registered": _before(900, _MONTHS, 3_000),
            "last_collected": _before(0, 500, 900),
        },
    )
)
