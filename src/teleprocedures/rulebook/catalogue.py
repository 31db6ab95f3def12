"""The services that a company can hold, and what each one asks for before it can be requested or used.

Rules 2.3, 2.7, 2.13, 2.14 and 2.21 are columns of this table. No complete public list of the portal's services exists,
so a catalogue is open: `CATALOGUE.extended(Service(...))` makes a larger one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from teleprocedures.errors import InvalidValueError, built, check_kind, half_built, show, shows_half_built
from teleprocedures.values import LONGEST, is_line, plain, whole


def _code(text: str) -> str:
    return _line("service.malformed", text)


def _title(text: str) -> str:
    return _line("service.title_malformed", text)


def _line(code: str, text: str) -> str:
    if not is_line(text):
        raise InvalidValueError(code, value=show(text), most=LONGEST)
    return plain(text)


def _is_answer(service: Service, field: attrs.Attribute[bool], value: object) -> None:
    del service, field
    check_kind(value, bool, what="answer")


def _is_for_paying(service: Service, field: attrs.Attribute[bool], value: object) -> None:
    _is_answer(service, field, value)
    if value and not service.pays:
        raise InvalidValueError("service.not_allowed", value=show(service.code))


@whole
@shows_half_built
@attrs.frozen(kw_only=True)
class Service:
    """One online service: its code, its French title, and what it asks for.

    A service compares as its code: it is the same one in another rulebook, which may ask other things for it. What it
    asks for counts where catalogues and rulebooks are compared.

    Where it `needs_company_email`, its request has the company's e-mail address confirmed by a link (2.7). Where it
    `pays`, it needs bank details (2.13). Where it `needs_mandate`, it pays by SEPA business-to-business debit (2.14).
    Where it is `open_to_file_number`, it can be requested with a file number (2.3).

    Raises `InvalidValueError` for a code or a title that is not 1 to 1,000 characters on one line. Raises it for a
    mandate without payment, and for what is neither True nor False where a service asks for something.
    """

    code: str = attrs.field(converter=_code)
    title: str = attrs.field(converter=_title, repr=False, eq=False)
    needs_company_email: bool = attrs.field(default=False, validator=_is_answer, repr=False, eq=False)
    pays: bool = attrs.field(default=False, validator=_is_answer, repr=False, eq=False)
    needs_mandate: bool = attrs.field(default=False, validator=_is_for_paying, repr=False, eq=False)
    open_to_file_number: bool = attrs.field(default=False, validator=_is_answer, repr=False, eq=False)

    def __str__(self) -> str:
        return self.code


def _together(services: Iterable[Service]) -> tuple[Service, ...]:
    return tuple(services)


def _index(catalogue: Catalogue) -> dict[str, Service]:
    codes = Counter(service.code for service in catalogue.services)
    repeated = sorted(code for code, count in codes.items() if count > 1)
    if repeated:
        raise InvalidValueError("catalogue.repeated", value=tuple(repeated))
    return {service.code: service for service in catalogue.services}


@attrs.frozen(repr=False, eq=False)
class Catalogue(Mapping[str, Service]):
    """An immutable mapping from a service's code to the `Service`; equal to one with the same services in all they say.

    Raises `InvalidValueError` for two services of one code.
    """

    services: tuple[Service, ...] = attrs.field(converter=_together)
    _by_code: dict[str, Service] = attrs.field(init=False, default=attrs.Factory(_index, takes_self=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Catalogue):
            return NotImplemented
        # Not the services as such, which compare by their codes.
        return self is other or [*map(attrs.astuple, self.services)] == [*map(attrs.astuple, other.services)]

    def __hash__(self) -> int:
        return hash(self.services)

    def __getitem__(self, code: str) -> Service:
        return self._by_code[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_code)

    def __len__(self) -> int:
        return len(self.services)

    @half_built
    def __repr__(self) -> str:
        return f"Catalogue({', '.join(self)})"

    def extended(self, *services: Service) -> Catalogue:
        """A larger catalogue with these services too.

        Raises `InvalidValueError` for a code that is there already.
        """
        return Catalogue((*self.services, *services))

    def find(self, service: Service | str) -> Service:
        """The service of this code as this catalogue has it.

        Raises `InvalidValueError` for a code that it does not have, with those that it has.
        """
        code = built(service).code if isinstance(service, Service) else service
        own = self._by_code.get(code) if isinstance(code, str) else None
        if own is None:
            raise InvalidValueError("service.unknown", value=show(code), expected=tuple(self))
        return own


MESSAGING: Final = Service(code="messagerie", title="Messagerie", needs_company_email=True)
PAY_VAT: Final = Service(code="payer-tva", title="Payer la TVA", pays=True, needs_mandate=True)
PAY_WAGE_TAX: Final = Service(code="payer-ts", title="Payer la taxe sur les salaires", pays=True, needs_mandate=True)
PAY_CORPORATE_TAX: Final = Service(
    code="payer-is", title="Payer l'impôt sur les sociétés", pays=True, needs_mandate=True
)
PAY_CVAE: Final = Service(code="payer-cvae", title="Payer la CVAE", pays=True, needs_mandate=True)
PAY_WITHHOLDING: Final = Service(
    code="payer-pas", title="Payer le prélèvement à la source", pays=True, needs_mandate=True
)
PAY_CFE: Final = Service(code="payer-cfe", title="Payer la CFE", pays=True)
PAY_PROPERTY_TAX: Final = Service(code="payer-tf", title="Payer les taxes foncières", pays=True)
CONSULT_PROPERTY_TAX_NOTICES: Final = Service(
    code="consulter-avis-tf", title="Consulter les avis de taxes foncières", open_to_file_number=True
)

CATALOGUE: Final = Catalogue(
    (
        MESSAGING,
        PAY_VAT,
        PAY_WAGE_TAX,
        PAY_CORPORATE_TAX,
        PAY_CVAE,
        PAY_WITHHOLDING,
        PAY_CFE,
        PAY_PROPERTY_TAX,
        CONSULT_PROPERTY_TAX_NOTICES,
    )
)
