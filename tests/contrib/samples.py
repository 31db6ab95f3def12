"""What people type for each kind of value, rightly and wrongly, and what is written of it: one table for all models."""

import teleprocedures as tp
from tests.builders import FRENCH_IBAN

IBAN = FRENCH_IBAN.replace(" ", "")
OTHER_IBAN = "FR1420041010050500013M02606"
SIREN, OTHER_SIREN = tp.Siren("552008443"), tp.Siren("404833048")

TYPED = [
    (tp.Siren, "552 008 443", SIREN, "552008443"),
    (tp.FileNumber, " TF17", tp.FileNumber("TF17"), "TF17"),
    (tp.Organisation, "552.008.443", SIREN, "siren:552008443"),
    (tp.Organisation, "TF17", tp.FileNumber("TF17"), "file:TF17"),
    (tp.Organisation, "file:12345", tp.FileNumber("12345"), "file:12345"),
    (tp.EmailAddress, "jeanne@EXAMPLE.fr", tp.EmailAddress("jeanne@example.fr"), "jeanne@example.fr"),
    (tp.PersonName, "Le  Goff", tp.PersonName("Le Goff"), "Le Goff"),
    (tp.BankAccount, FRENCH_IBAN.lower(), tp.BankAccount(IBAN), IBAN),
    (tp.CreditorIdentifier, "FR72 ZZZ 123456", tp.CreditorIdentifier("FR72ZZZ123456"), "FR72ZZZ123456"),
    (tp.MandateReference, " R1", tp.MandateReference("R1"), "R1"),
    (tp.Service, "payer-tva", tp.catalogue.PAY_VAT, "payer-tva"),
]
"""A kind, what is typed, its value, and the text that is written of it."""

WRONG = [
    (tp.Siren, "552 008 444", "siren.check_digit", "552 008 444"),
    (tp.FileNumber, "TF-17", "file_number.malformed", "TF-17"),
    (tp.Organisation, "552008444", "siren.check_digit", "552008444"),
    (tp.Organisation, "siren:TF17", "siren.malformed", "TF17"),
    (tp.Organisation, FRENCH_IBAN, "organisation.account", "***"),
    (tp.EmailAddress, "jeanne.martin@example", "email.no_period", "j***@example"),
    (tp.PersonName, "42{}", "name.no_letter", "42{}"),
    (tp.BankAccount, IBAN[:-1] + "8", "iban.check_digits", "FR76 **** 0188"),
    (tp.CreditorIdentifier, "FR73 ZZZ 123456", "creditor_identifier.check_digits", "FR73 ZZZ 123456"),
    (tp.MandateReference, "R//1", "mandate_reference.slash", "R//1"),
    (tp.Service, "payer-rien", "service.unknown", "'payer-rien'"),
]
"""A kind, what is typed wrongly, the code of its error, and what the error may show of it."""
