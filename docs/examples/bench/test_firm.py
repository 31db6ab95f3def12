"""A bench of a firm's own program: it goes through the three steps on the simulator, in time and too late.

python -m pytest docs/examples/bench/test_firm.py
"""

from datetime import UTC, datetime, timedelta

import pytest
from portal_bench import SPACE, RefusedByPortalError, started

MONDAY = datetime(2024, 5, 6, 9, tzinfo=UTC)
IBAN = "FR76 3000 6000 0112 3456 7890 189"
FORM = {"organisation": "404 833 048", "services": ["payer-tva"], "bank_accounts": [IBAN], "applicant": "third_party"}


@pytest.fixture(scope="module")
def portal():
    """The simulator, in a process of its own."""
    with started() as portal:
        yield portal


@pytest.fixture
def space(portal):
    """An active space, on a Monday."""
    portal.ask("DELETE", "/bench")
    portal.move_clock(MONDAY)
    id = portal.ask("POST", "/spaces", SPACE)["id"]
    portal.ask("POST", f"/spaces/{id}/activation", {"code": portal.secrets(id)[-1]})
    portal.ask("POST", f"/spaces/{id}/sign-in", {"password": SPACE["password"]})
    return id


def test_the_three_steps(portal, space):
    """The code of the letter, entered within sixty days, gives the services."""
    request = portal.ask("POST", f"/spaces/{space}/requests", FORM)
    portal.move_clock(MONDAY + timedelta(days=58))
    given = {"space": space, "code": portal.secrets(request["id"])[-1]}
    held = portal.ask("POST", f"/requests/{request['id']}/activation", given)

    assert (request["state"], held["state"]) == ("awaiting_code", "active")


def test_too_late(portal, space):
    """A day after the sixtieth the portal refuses, under rule 3.4, and a firm's program has to say so."""
    request = portal.ask("POST", f"/spaces/{space}/requests", FORM)
    portal.move_clock(MONDAY + timedelta(days=61))
    given = {"space": space, "code": portal.secrets(request["id"])[-1]}
    with pytest.raises(RefusedByPortalError, match="trop tard") as caught:
        portal.ask("POST", f"/requests/{request['id']}/activation", given)

    assert (caught.value.code, caught.value.rule) == ("deadline.passed", "3.4")
    assert [case["state"] for case in portal.ask("POST", "/bench/night")] == ["lapsed"]


def test_what_is_wrong_with_a_form(portal, space):
    """Each field has its own problem, and no account is shown."""
    wrong = FORM | {"organisation": "404 833 049", "bank_accounts": [IBAN[:-1] + "8"]}
    with pytest.raises(RefusedByPortalError) as caught:
        portal.ask("POST", f"/spaces/{space}/requests", wrong)

    assert [(problem["pointer"], problem["code"]) for problem in caught.value.problems] == [
        ("/organisation", "siren.check_digit"),
        ("/bank_accounts/0", "iban.check_digits"),
    ]
    assert "3000 6000" not in str(caught.value.details)
