"""What a mandate's printed form bears, as plain data; `wording` prints it."""

from __future__ import annotations

import json

import pytest

from tests.builders import DOCUMENT, UNKNOWN

IBAN = DOCUMENT.account.iban


@pytest.mark.rule("2.14", "2.15")
def test_the_content_is_plain_data() -> None:
    """The content is a flat mapping that JSON carries, with the whole IBAN."""
    expected = {
        "scheme": "B2B",
        "recurrent": True,
        "reference": "NN552100554DGFIP2024000000000000017",
        "creditor_identifier": "FR46ZZZ005002",
        "creditor_name": "Direction générale des Finances publiques",
        "debtor": "552100554",
        "debtor_kind": "siren",
        "debtor_name": "Boulangerie Martin",
        "debtor_address": "3 rue du Four, 75006 Paris",
        "account_holder": "Immobilière du Fournil, SCI, 12 quai de la Mégisserie, bâtiment C, 75001 Paris",
        "managing_office": "SIE Paris 6e",
        "legal_representative": "Marie Le Goff",
        "iban": IBAN,
        "bic": "AGRIFRPP",
    }
    assert expected == DOCUMENT.as_dict()
    assert expected == json.loads(json.dumps(DOCUMENT.as_dict()))


@pytest.mark.rule("2.15")
def test_what_is_not_known_is_none() -> None:
    """A file number is said to be one; names, addresses, an office and a BIC that nobody gave are None."""
    data = UNKNOWN.as_dict()
    unknown = ("debtor_name", "debtor_address", "account_holder", "managing_office", "legal_representative", "bic")
    assert ("TF2024A17", "file_number") == (data["debtor"], data["debtor_kind"])
    assert {None} == {data[key] for key in unknown}


def test_the_iban_is_masked_elsewhere() -> None:
    """Neither the repr of a document nor its str shows the IBAN."""
    for shown in (repr(DOCUMENT), str(DOCUMENT), f"{DOCUMENT}"):
        assert "FR76 **** 0189" in shown
        assert IBAN[4:-4] not in shown.replace(" ", "")
