"""The services as data, and catalogues that hosts add to."""

import pickle

import attrs
import pytest

from teleprocedures import catalogue
from teleprocedures.rulebook import CATALOGUE, Catalogue, Service
from tests.builders import each, failure

CASINO = Service(code="payer-casinos", title="Payer le prélèvement sur les casinos", pays=True, needs_mandate=True)
FLAGS = ("needs_company_email", "pays", "needs_mandate", "open_to_file_number")
MANDATED = {"pays", "needs_mandate"}
SERVICES = (
    ("MESSAGING", "messagerie", "Messagerie", {"needs_company_email"}),
    ("PAY_VAT", "payer-tva", "Payer la TVA", MANDATED),
    ("PAY_WAGE_TAX", "payer-ts", "Payer la taxe sur les salaires", MANDATED),
    ("PAY_CORPORATE_TAX", "payer-is", "Payer l'impôt sur les sociétés", MANDATED),
    ("PAY_CVAE", "payer-cvae", "Payer la CVAE", MANDATED),
    ("PAY_WITHHOLDING", "payer-pas", "Payer le prélèvement à la source", MANDATED),
    ("PAY_CFE", "payer-cfe", "Payer la CFE", {"pays"}),
    ("PAY_PROPERTY_TAX", "payer-tf", "Payer les taxes foncières", {"pays"}),
    (
        "CONSULT_PROPERTY_TAX_NOTICES",
        "consulter-avis-tf",
        "Consulter les avis de taxes foncières",
        {"open_to_file_number"},
    ),
)


def asked_by(service):
    """What a service asks for."""
    return {flag for flag in FLAGS if getattr(service, flag)}


@pytest.mark.rule("2.3", "2.7", "2.13", "2.14", "2.21", "A7", "A9")
def test_the_catalogue_is_that_of_the_page():
    """Nine services in one order, under the names of the portal, each with what it asks for."""
    found = [(getattr(catalogue, constant), code) for constant, code, *_ in SERVICES]

    assert [(code, title, flags) for _, code, title, flags in SERVICES] == [
        (service.code, service.title, asked_by(service)) for service in CATALOGUE.values()
    ]
    assert all(CATALOGUE[code] is service for service, code in found)
    assert [code for _, code, *_ in SERVICES] == list(CATALOGUE)
    assert (9, CATALOGUE.services) == (len(CATALOGUE), tuple(CATALOGUE.values()))


def test_a_service_is_its_code():
    """It shows as its code, whatever a rulebook calls it and has it ask for; unless it is said, it asks for nothing."""
    plain = Service(code="lire", title="Lire")
    given = [{"title": "Relire"}, {"pays": True}, {"pays": True, "needs_mandate": True}]
    given += [{"needs_company_email": True}, {"open_to_file_number": True}]

    assert ("payer-casinos", "Service(code='payer-casinos')", set()) == (str(CASINO), repr(CASINO), asked_by(plain))
    assert {plain} == {attrs.evolve(plain, **changes) for changes in given}
    assert attrs.evolve(plain, code="relire") != plain


@each("value code", *((repr(code), code) for code in ("", " ", None, 3)), ("bytes", b"payer-tva"))
def test_a_service_has_a_code(value, code):
    """A service without a code is refused, and so is one without a title."""
    for error, expected in (
        (failure(Service, code=code, title="…"), "service.malformed"),
        (failure(Service, code="payer-casinos", title=code), "service.title_malformed"),
    ):
        assert (expected, {"value": value, "most": 1_000}) == (error.code, dict(error.facts))


@each("text", "\x1b[2J", "two\nlines", "\u202e", "\ud800", "x" * 1_001)
def test_a_service_is_said_on_one_line(text):
    """Messages carry its code and its title, and what no form takes is in no message."""
    assert "service.malformed" == failure(Service, code=text, title="…").code
    assert "service.title_malformed" == failure(Service, code="payer-casinos", title=text).code
    assert "x" * 1_000 == Service(code="payer-casinos", title="x" * 1_000).title


@each("asks", *(field.name for field in attrs.fields(Service) if field.default is False), ids=str)
def test_what_a_service_asks_for_is_a_yes_or_a_no(asks):
    """Nothing else is taken for one: it would be one of them by accident."""
    assert "str is not a yes or no: expected bool" == str(failure(attrs.evolve, CASINO, **{asks: "no"}))


@pytest.mark.rule("2.14")
def test_a_mandate_is_for_paying():
    """A service that needs a mandate pays."""
    assert "the service 'payer-x' needs a mandate but does not pay: expected pays=True too (rule 2.14)" == str(
        failure(Service, code="payer-x", title="…", needs_mandate=True)
    )


def test_a_catalogue_is_a_mapping_and_a_value():
    """It is read as any mapping, shows its codes in order, cannot be written, and is equal in another process."""
    again = pickle.loads(pickle.dumps(CATALOGUE))

    assert ("payer-tva" in CATALOGUE, "payer-x" in CATALOGUE, CATALOGUE.get("payer-x")) == (True, False, None)
    assert "Catalogue(payer-tva, payer-casinos)" == repr(Catalogue((CATALOGUE["payer-tva"], CASINO)))
    assert (CATALOGUE, hash(CATALOGUE), CATALOGUE["payer-tva"]) == (again, hash(again), again["payer-tva"])
    with pytest.raises(KeyError):
        CATALOGUE["payer-x"]
    with pytest.raises(TypeError):
        CATALOGUE["payer-casinos"] = CASINO
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        CATALOGUE.services = ()
    # What finds services by their codes is its own.
    with pytest.raises(TypeError):
        Catalogue(CATALOGUE.services, by_code={})  # type: ignore[call-arg] # the point of it


def test_a_host_adds_its_services():
    """They come after the others, each code once; the smaller catalogue stays as it is."""
    larger = CATALOGUE.extended(CASINO, Service(code="declarer-tva", title="Déclarer la TVA"))
    repeated = failure(CATALOGUE.extended, CASINO, CATALOGUE["payer-tva"], CASINO, CASINO)

    assert [*CATALOGUE, "payer-casinos", "declarer-tva"] == list(larger)
    assert CASINO is larger["payer-casinos"]
    assert "payer-casinos" not in CATALOGUE
    assert CATALOGUE == CATALOGUE.extended() != larger
    assert "a catalogue has each code once, but payer-casinos, payer-tva stands more than once" == str(repeated)


def test_a_service_is_found_by_its_code():
    """A code finds its service, as this catalogue has it, and so does a service; anything else is refused, shortly."""
    small = Catalogue([CASINO])

    assert CASINO is small.find("payer-casinos")
    assert CASINO is small.find(attrs.evolve(CASINO, title="Casinos", pays=False, needs_mandate=False))
    for wrong in ("payer-tva", CATALOGUE["payer-tva"], "", 3, None, ["payer-casinos"], "x" * 10_000):
        error = failure(small.find, wrong)

        assert ("service.unknown", ("payer-casinos",)) == (error.code, error.facts["expected"])
        assert len(str(error)) < 300
