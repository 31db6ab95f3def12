"""What a mandate's printed form bears, as plain data and as text."""

from __future__ import annotations

import json

import attrs
import pytest

from teleprocedures.cases import MandateDocument
from teleprocedures.values import BankAccount, CreditorIdentifier, FileNumber, MandateReference, PersonName, Siren

IBAN = "FR7630006000011234567890189"
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
    account=BankAccount(IBAN, bic="AGRIFRPP"),
)
UNKNOWN = attrs.evolve(
    DOCUMENT,
    debtor=FileNumber("TF2024A17"),
    debtor_name=None,
    debtor_address=None,
    account_holder=None,
    managing_office=None,
    legal_representative=None,
    account=BankAccount.from_canonical(IBAN, None),
)


@pytest.mark.rule("2.14", "2.15")
def test_the_content_is_plain_data() -> None:
    """The content is a flat mapping that JSON carries, with the whole IBAN."""
    expected = {
        "title": "Mandat de prélèvement SEPA interentreprises",
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


@pytest.mark.rule("2.14", "2.15", "2.16", "2.17", "2.20")
@pytest.mark.parametrize(
    "mention",
    [
        "MANDAT DE PRÉLÈVEMENT SEPA INTERENTREPRISES (B2B)\n",
        "Référence unique du mandat (RUM) : NN552100554DGFIP2024000000000000017\n",
        "Type de paiement                 : récurrent\n",
        "Créancier                        : Direction générale des Finances publiques\n",
        "Identifiant créancier SEPA (ICS) : FR46ZZZ005002\n",
        "Service gestionnaire             : SIE Paris 6e\n",
        "Débiteur                         : Boulangerie Martin\n",
        "SIREN                            : 552 100 554\n",
        "Adresse                          : 3 rue du Four, 75006 Paris\n",
        (
            "Titulaire du compte              : Immobilière du Fournil, SCI, 12 quai de la\n"
            "                                   Mégisserie, bâtiment C, 75001 Paris\n"
        ),
        "IBAN du compte à débiter         : FR76 3000 6000 0112 3456 7890 189\n",
        "BIC                              : AGRIFRPP\n",
        "ne vaut qu'entre professionnels (B2B)",
        "ne donne droit à aucun remboursement",
        "Représentant légal du débiteur   : Marie Le Goff\n",
        "Fait à                           : ____",
        "Le                               : ____",
        "Signature                        :\n",
        "remettre ce mandat signé à la banque qui\ntient le compte",
        "le paiement est rejeté",
    ],
)
def test_the_text_bears_every_mention(mention: str) -> None:
    """The printed text has the mentions of a business-to-business mandate."""
    assert mention in DOCUMENT.as_text()


@pytest.mark.rule("2.15")
def test_the_text_leaves_lines_to_fill_in() -> None:
    """What nobody told the library is a line to be filled in by hand."""
    text = UNKNOWN.as_text()

    assert "Numéro de dossier                : TF2024A17\n" in text
    assert "Titulaire du compte              : le débiteur\n" in text
    assert "Service gestionnaire             : ____" in text
    assert "Représentant légal du débiteur   : ____" in text
    assert "BIC                              : ____" in text
    assert "None" not in text


@pytest.mark.rule("2.15")
@pytest.mark.parametrize("document", [DOCUMENT, UNKNOWN])
def test_the_text_is_ready_to_print(document: MandateDocument) -> None:
    """Lines fit a page, none ends with a space, and the text ends with a line's end."""
    text = document.as_text()

    assert max(map(len, text.splitlines())) <= 80
    assert [line.rstrip() for line in text.splitlines()] == text.splitlines()
    assert text.endswith(".\n")


def test_the_iban_is_masked_elsewhere() -> None:
    """Neither the repr of a document nor its str shows the IBAN."""
    for shown in (repr(DOCUMENT), str(DOCUMENT), f"{DOCUMENT}"):
        assert "FR76 **** 0189" in shown
        assert IBAN[4:-4] not in shown.replace(" ", "")


@pytest.mark.rule("2.15")
def test_the_form_is_printed_to_the_letter() -> None:
    """The whole text, as it is printed when names, addresses, the office and the representative are not known."""
    blank = "_" * 40
    expected = f"""\
MANDAT DE PRÉLÈVEMENT SEPA INTERENTREPRISES (B2B)

Référence unique du mandat (RUM) : NN552100554DGFIP2024000000000000017
Type de paiement                 : récurrent
Service gestionnaire             : {blank}

Créancier                        : Direction générale des Finances publiques
Identifiant créancier SEPA (ICS) : FR46ZZZ005002
Adresse                          : {blank}

Débiteur                         : {blank}
SIREN                            : 552 100 554
Adresse                          : {blank}

Titulaire du compte              : le débiteur
IBAN du compte à débiter         : FR76 3000 6000 0112 3456 7890 189
BIC                              : AGRIFRPP

En signant, le débiteur autorise le créancier à présenter des ordres de
prélèvement sur ce compte, et sa banque à les payer en débitant le compte.

Ce mandat ne vaut qu'entre professionnels (B2B). Une fois le compte débité,
un prélèvement ainsi autorisé ne donne droit à aucun remboursement ; jusqu'à
son échéance, le débiteur peut demander à sa banque de ne pas le payer.

Représentant légal du débiteur   : {blank}
Fait à                           : {blank}
Le                               : {blank}
Signature                        :





À faire avant le premier paiement : remettre ce mandat signé à la banque qui
tient le compte, puis vérifier qu'elle l'a enregistré. Sans enregistrement,
le paiement est rejeté.
"""

    unknown = dict.fromkeys(
        ("debtor_name", "debtor_address", "account_holder", "managing_office", "legal_representative")
    )
    assert expected == attrs.evolve(DOCUMENT, **unknown).as_text()
