"""The printed form of a mandate, to the letter: what it bears, what is filled in by hand, the one whole IBAN."""

import attrs
import pytest
from hypothesis import given

from teleprocedures.testing import strategies as a
from teleprocedures.wording import ENGLISH, FRENCH
from tests.builders import DOCUMENT, UNKNOWN, plain
from tests.wording.drawn import without_none


@pytest.mark.rule("2.14", "2.15", "2.16", "2.17", "2.19", "2.20")
def test_the_form_to_the_letter():
    """All that is known of the creditor, the debtor, the account and its holder; the band says what to do with it."""
    band, blank = "=" * 78, "_" * 40

    assert (
        plain(FRENCH.mandate(DOCUMENT))
        == f"""\
MANDAT DE PRÉLÈVEMENT SEPA INTERENTREPRISES (B2B)

{band}
À imprimer, à faire signer par le représentant légal et à remettre à
l'établissement bancaire teneur du compte AVANT le premier paiement. Vérifier
ensuite que la banque a enregistré le mandat sous sa référence : faute
d'enregistrement, le paiement est rejeté. Si la référence ne vient pas du site,
c'est le mandat imprimé par le site qu'il faut remettre à la banque.
{band}

Référence unique de mandat (RUM) : NN552100554DGFIP2024000000000000017
Type de paiement                 : récurrent
Service gestionnaire             : SIE Paris 6e

Créancier                        : Direction générale des Finances publiques
Identifiant créancier SEPA (ICS) : FR46ZZZ005002
Adresse                          : {blank}

Débiteur                         : Boulangerie Martin
SIREN                            : 552 100 554
Adresse                          : 3 rue du Four, 75006 Paris

Titulaire du compte              : Immobilière du Fournil, SCI, 12 quai de la
                                   Mégisserie, bâtiment C, 75001 Paris
IBAN du compte à débiter         : FR76 3000 6000 0112 3456 7890 189
BIC                              : AGRIFRPP

En signant, le débiteur autorise le créancier à présenter des ordres de
prélèvement sur ce compte, et sa banque à les payer en débitant le compte.

Ce mandat ne vaut qu'entre professionnels (B2B). Une fois le compte débité,
un prélèvement ainsi autorisé ne donne droit à aucun remboursement ; jusqu'à
son échéance, le débiteur peut demander à sa banque de ne pas le payer.

Représentant légal               : Marie Le Goff
Fait à                           : {blank}
Le (JJMMAAAA)                    : {blank}
Signature                        :




"""
    )


@pytest.mark.rule("2.15")
def test_what_nobody_said_is_a_line_to_fill_in():
    """Names, addresses, the office, the BIC, the representative; the holder is the debtor unless somebody said else."""
    text, blank = plain(FRENCH.mandate(UNKNOWN)), "_" * 40

    for label in ("Service gestionnaire", "Débiteur", "BIC", "Représentant légal"):
        assert f"\n{label:<32} : {blank}\n" in text
    assert f"\nIdentifiant de dossier           : TF2024A17\nAdresse                          : {blank}\n" in text
    assert "\nTitulaire du compte              : le débiteur\n" in text
    # The English one, which is for reading, has the same lines but for one of its band.
    assert "SEPA BUSINESS-TO-BUSINESS MANDATE (B2B)\n" in ENGLISH.mandate(DOCUMENT)
    assert len(FRENCH.mandate(UNKNOWN).splitlines()) == len(ENGLISH.mandate(UNKNOWN).splitlines()) + 1


@pytest.mark.rule("2.15", "A19")
def test_a_reference_that_nobody_knows_is_left_blank():
    """Of a mandate that was taken over without its reference, the line is there to be filled in."""
    for words in (ENGLISH, FRENCH):
        (line,) = (it for it in words.mandate(attrs.evolve(UNKNOWN, reference=None)).splitlines() if "RUM" in it)

        assert line.endswith(": " + "_" * 40)


@given(a.mandate_documents().filter(without_none))
def test_every_form_is_ready_to_print(document):
    """Lines fit a page and end with no space; nothing is None; the IBAN is whole, once."""
    for words in (ENGLISH, FRENCH):
        text = words.mandate(document)

        assert max(map(len, text.splitlines())) <= 80
        assert [line.rstrip() for line in text.splitlines()] == text.splitlines()
        assert "None" not in text
        assert not {"{", "}"} & set(text)
        assert 1 == "".join(text.split()).count(document.account.iban)
