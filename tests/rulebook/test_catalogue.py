"""The services as data, and catalogues that hosts add to."""

from __future__ import annotations

import pickle
from typing import Any

import attrs
import pytest

from teleprocedures import catalogue
from teleprocedures.errors import InvalidValueError
from teleprocedures.rulebook import CATALOGUE, Catalogue, Service

CASINO = Service(code="payer-casinos", title="Payer le prélèvement sur les casinos", pays=True, needs_mandate=True)


@pytest.mark.rule("2.3", "2.7", "2.13", "2.14", "2.21", "A7", "A9")
@pytest.mark.parametrize(
    ("constant", "code", "asks_for"),
    [
        ("MESSAGING", "messagerie", {"needs_company_email"}),
        ("PAY_VAT", "payer-tva", {"pays", "needs_mandate"}),
        ("PAY_WAGE_TAX", "payer-ts", {"pays", "needs_mandate"}),
        ("PAY_CORPORATE_TAX", "payer-is", {"pays", "needs_mandate"}),
        ("PAY_CVAE", "payer-cvae", {"pays", "needs_mandate"}),
        ("PAY_WITHHOLDING", "payer-pas", {"pays", "needs_mandate"}),
        ("PAY_CFE", "payer-cfe", {"pays"}),
        ("PAY_PROPERTY_TAX", "payer-tf", {"pays"}),
        ("CONSULT_PROPERTY_TAX_NOTICES", "consulter-avis-tf", {"open_to_file_number"}),
    ],
)
def test_what_each_service_asks_for(constant: str, code: str, asks_for: set[str]) -> None:
    """Messaging needs an e-mail address, Pay needs an account, five taxes a mandate, notices open to file numbers."""
    service = getattr(catalogue, constant)
    flags = {"needs_company_email", "pays", "needs_mandate", "open_to_file_number"}

    assert code == service.code
    assert CATALOGUE[code] is service
    assert asks_for == {flag for flag in flags if getattr(service, flag)}


def test_the_catalogue_has_nothing_else() -> None:
    """The nine services of the page are the catalogue, in one order."""
    codes = ["messagerie", "payer-tva", "payer-ts", "payer-is", "payer-cvae", "payer-pas", "payer-cfe", "payer-tf"]

    assert [*codes, "consulter-avis-tf"] == list(CATALOGUE)
    assert 9 == len(CATALOGUE)
    assert CATALOGUE.services == tuple(CATALOGUE.values())


def test_a_service_reads_as_its_code() -> None:
    """A service shows as its code, which is what people type."""
    assert "payer-casinos" == str(CASINO)
    assert "Service(code='payer-casinos')" == repr(CASINO)


def test_a_service_of_a_host_asks_for_nothing_unless_it_is_said() -> None:
    """No e-mail of the company, no account, no mandate; and it is not open to a file number."""
    plain = Service(code="lire", title="Lire")

    assert [False] * 4 == [
        plain.needs_company_email,
        plain.pays,
        plain.needs_mandate,
        plain.open_to_file_number,
    ]


@pytest.mark.parametrize("code", ["", " ", None, 3, b"payer-tva"])
def test_a_service_has_a_code(code: object) -> None:
    """A service without a code is refused."""
    with pytest.raises(InvalidValueError) as caught:
        Service(code=code, title="…")

    value = "bytes" if isinstance(code, bytes) else repr(code)
    assert ("service.malformed", {"value": value}) == (caught.value.code, dict(caught.value.facts))


@pytest.mark.rule("2.14")
def test_a_mandate_is_for_paying() -> None:
    """A service that needs a mandate pays."""
    with pytest.raises(InvalidValueError) as caught:
        Service(code="payer-x", title="…", needs_mandate=True)

    assert "the service 'payer-x' needs a mandate but does not pay: expected pays=True too (rule 2.14)" == str(
        caught.value
    )


def test_a_catalogue_is_a_mapping() -> None:
    """A catalogue is read as any mapping, and cannot be written."""
    assert "payer-tva" in CATALOGUE
    assert "payer-x" not in CATALOGUE
    assert CATALOGUE.get("payer-x") is None
    assert "Catalogue(payer-casinos)" == repr(Catalogue([CASINO]))
    with pytest.raises(KeyError):
        CATALOGUE["payer-x"]
    with pytest.raises(TypeError):
        CATALOGUE["payer-casinos"] = CASINO
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        CATALOGUE.services = ()


def test_a_host_adds_its_services() -> None:
    """A larger catalogue has the host's services after the others; the smaller one stays as it is."""
    larger = CATALOGUE.extended(CASINO, Service(code="declarer-tva", title="Déclarer la TVA"))

    assert [*CATALOGUE, "payer-casinos", "declarer-tva"] == list(larger)
    assert CASINO is larger["payer-casinos"]
    assert "payer-casinos" not in CATALOGUE
    assert CATALOGUE == CATALOGUE.extended()
    assert larger != CATALOGUE


def test_a_code_stands_once() -> None:
    """Two services of one code are refused, and named."""
    with pytest.raises(InvalidValueError) as caught:
        CATALOGUE.extended(CASINO, CATALOGUE["payer-tva"], CASINO, CASINO)

    assert "a catalogue has each code once, but payer-casinos, payer-tva stands more than once" == str(caught.value)


def test_a_service_is_found_by_its_code() -> None:
    """A code finds its service, as this catalogue has it, and so does a service; anything else is refused."""
    small = Catalogue([CASINO])

    assert CASINO is small.find("payer-casinos")
    assert CASINO is small.find(attrs.evolve(CASINO, title="Casinos", pays=False, needs_mandate=False))
    for wrong in ("payer-tva", CATALOGUE["payer-tva"], "", 3, None, ["payer-casinos"]):
        with pytest.raises(InvalidValueError) as caught:
            small.find(wrong)
        assert ("service.unknown", ("payer-casinos",)) == (caught.value.code, caught.value.facts["expected"])


def test_a_service_is_its_code() -> None:
    """Whatever a rulebook calls it, and whatever that rulebook has it ask for."""
    plain = Service(code="lire", title="Lire")
    changes: tuple[dict[str, Any], ...] = (
        {"title": "Relire"},
        {"needs_company_email": True},
        {"pays": True},
        {"pays": True, "needs_mandate": True},
        {"open_to_file_number": True},
    )

    assert {plain} == {attrs.evolve(plain, **change) for change in changes}
    assert attrs.evolve(plain, code="relire") != plain


def test_a_long_text_is_cut_in_the_error() -> None:
    """An error shows the beginning of what was given, however long it is."""
    with pytest.raises(InvalidValueError) as caught:
        CATALOGUE.find("x" * 10_000)

    assert len(str(caught.value)) < 300


def test_a_catalogue_is_made_of_its_services_alone() -> None:
    """What finds them by their codes is its own."""
    with pytest.raises(TypeError):
        Catalogue(CATALOGUE.services, by_code={})  # type: ignore[call-arg] # the point of it


def test_a_catalogue_is_a_value() -> None:
    """Catalogues with the same services are equal and hash alike, in this process and in another."""
    again = pickle.loads(pickle.dumps(CATALOGUE))

    assert CATALOGUE == again
    assert hash(CATALOGUE) == hash(again)
    assert CATALOGUE["payer-tva"] == again["payer-tva"]


def test_a_catalogue_shows_its_codes() -> None:
    """A catalogue reads as the codes of its services, in order."""
    assert "Catalogue(payer-tva, payer-cfe)" == repr(Catalogue((CATALOGUE["payer-tva"], CATALOGUE["payer-cfe"])))


def test_titles_are_those_of_the_portal() -> None:
    """Services are shown under the names that people know from the portal."""
    assert [
        "Messagerie",
        "Payer la TVA",
        "Payer la taxe sur les salaires",
        "Payer l'impôt sur les sociétés",
        "Payer la CVAE",
        "Payer le prélèvement à la source",
        "Payer la CFE",
        "Payer les taxes foncières",
        "Consulter les avis de taxes foncières",
    ] == [service.title for service in CATALOGUE.values()]
