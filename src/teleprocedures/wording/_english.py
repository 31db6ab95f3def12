"""The English words of what errors do not say: services, states, verbs, fields, rules, messages, the mandate's form.

Those of errors and steps stand in `teleprocedures.errors`, which says them by itself; here both are one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from teleprocedures.errors import WORDS as ERRORS
from teleprocedures.rulebook import RULES

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **ERRORS,
        # --- Rules, with the time limits of their rulebook ---
        **{f"rule.{rule.id}": rule.line for rule in RULES},
        "unit.hours": "{count} {count:hour|hours}",
        "unit.days": "{count} {count:day|days}",
        "unit.months": "{count} {count:month|months}",
        "unit.unset": "the time limit",
        # --- Services: the label of the site first, which is what there is to click on ---
        "service.messagerie": "Messagerie (messaging)",
        "service.payer-tva": "Payer TVA (pay VAT)",
        "service.payer-ts": "Déclarer / Payer la Taxe sur les salaires (wage tax)",
        "service.payer-is": "Déclarer / Payer l'Impôt sur les sociétés (corporate tax)",
        "service.payer-cvae": "Déclarer / Payer la CVAE (contribution on added value)",
        "service.payer-pas": "Payer le Prélèvement à la source (tax withheld from wages)",
        "service.payer-cfe": "Payer CFE (companies' property contribution)",
        "service.payer-tf": "Payer Taxes foncières (property taxes)",
        "service.consulter-avis-tf": "Consulter les avis de taxes foncières (property-tax notices)",
        # --- Lifecycles, their states, their verbs ---
        "lifecycle.space": "space",
        "lifecycle.adhesion": "adhesion",
        "lifecycle.activation": "activation",
        "lifecycle.mandate": "mandate",
        "state.space.pending": "created, to be activated",
        "state.space.active": "active",
        "state.space.lapsed": "lapsed",
        "state.adhesion.awaiting_email": "waiting for the company's e-mail address to be confirmed",
        "state.adhesion.validated": "validated",
        "state.adhesion.lapsed": "lapsed",
        "state.activation.awaiting_code": "waiting for the code of the letter",
        "state.activation.active": "services active",
        "state.activation.lapsed": "lapsed",
        "state.mandate.issued": "issued",
        "state.mandate.signed": "signed",
        "state.mandate.sent": "sent to the bank",
        "state.mandate.registered": "registered",
        "state.mandate.lapsed": "lapsed",
        "verb.space.activate": "activate the space",
        "verb.space.remind": "send a reminder",
        "verb.space.lapse": "record the lapse",
        "verb.adhesion.validate": "validate the request",
        "verb.adhesion.confirm_company_email": "confirm the company's e-mail address",
        "verb.adhesion.declare_account": "declare an account",
        "verb.adhesion.renew": "renew the request",
        "verb.adhesion.remind": "send a reminder",
        "verb.adhesion.lapse": "record the lapse",
        "verb.activation.record_letter": "report the day of the letter",
        "verb.activation.activate": "activate the services",
        "verb.activation.declare_account": "declare an account",
        "verb.activation.renew": "renew the request",
        "verb.activation.remind": "send a reminder",
        "verb.activation.lapse": "record the lapse",
        "verb.mandate.name_representative": "name the legal representative",
        "verb.mandate.sign": "record the signature",
        "verb.mandate.send": "record the sending to the bank",
        "verb.mandate.register": "record the registration",
        "verb.mandate.record_collection": "record a collection",
        "verb.mandate.remind": "send a reminder",
        "verb.mandate.lapse": "record the lapse",
        # --- Forms and their fields ---
        "form.name.SpaceForm": "creation of the space",
        "form.name.AdhesionForm": "request of services",
        "label.email": "e-mail address",
        "label.password": "password",
        "label.first_name": "first name",
        "label.last_name": "last name",
        "label.organisation": "SIREN or file number",
        "label.contact": "contact details",
        "label.phone": "phone number",
        "label.street": "street",
        "label.postal_code": "postal code",
        "label.city": "city",
        "label.country": "country",
        "label.security_question": "trust question",
        "label.security_answer": "answer to the trust question",
        "label.services": "services",
        "label.company_email": "company's e-mail address",
        "label.bank_accounts": "bank details",
        "label.applicant": "who asks",
        "label.legal_representative": "legal representative",
        "label.company_name": "company's name",
        "label.company_address": "company's address",
        "label.whole": "the whole form",
        "label.item": "no. {place}",
        # --- Whom and what messages are about ---
        "company.named": "{name} ({number})",
        "company.unknown": "the company concerned",
        "requester.unknown": "Whoever asked",
        "applicant.unsaid": "in a capacity that is not known",
        "company.services": "those of the request",
        "company.unnamed": "the company ({number})",
        "number.siren": "SIREN {number}",
        "number.file_number": "file number {number}",
        "requester.named": "{name} ({email})",
        "requester.email": "{email}",
        "applicant.representative": "a representative of the company",
        "applicant.third_party": "a third party acting for the company",
        "about.space": "The professional space asked for, for {company}.",
        "about.adhesion": "The request of services for {company}:\n\n{services:service lines}",
        "about.mandate": "The SEPA business-to-business (B2B) mandate of {company}.",
        "about.mandate_of_account": "The SEPA business-to-business (B2B) mandate of {company}, account {account}.",
        "about.other": "About {company}.",
        "message.you": "you",
        "message.step": "{actor}: {action} by {by} (estimated; rule {rule})",
        "message.mark": " (estimated)",
        "message.rule": " (rule {rule})",
        "message.todo": "To be done:\n\n{steps:lines}",
        "message.estimated": (
            "That day is estimated: the day that the letter bears is not known yet. Report it as soon as you have read"
            " it, and the time limit is settled (rule A3)."
        ),
        "message.reference": "Reference: {case_id}",
        # --- Messages ---
        "message.activation-code-email.subject": "Activation code of your professional space",
        "message.activation-code-email.body": (
            "Hello,\n\n"
            "You have asked for a professional space in expert mode, for {company}.\n\n"
            "Your activation code:\n\n"
            "    {code}\n\n"
            "Enter it by {deadline}{rule}. After that it no longer works, and the whole procedure starts again.\n\n"
            "If you did not ask for anything, ignore this e-mail.\n\n"
            "{reference}\n"
        ),
        "message.confirmation-link-email.subject": "E-mail address to confirm for {company}",
        "message.confirmation-link-email.body": (
            "Hello,\n\n"
            "{requester}, {applicant}, has requested for {company} the following online"
            " {services:service|services}:\n\n"
            "{services:service lines}\n\n"
            "To confirm the company's e-mail address, use this link by {deadline}{rule}:\n\n"
            "    {link}\n\n"
            "The letter with the activation code is posted to the company only once the link has been used. If it is"
            " not used in time, the whole request lapses and is to be made again, for every service (rule 2.11).\n\n"
            "If you do not know who asks, do not use the link.\n\n"
            "{reference}\n"
        ),
        "message.activation-code-letter.subject": "Activation code of the services requested for {company}",
        "message.activation-code-letter.body": (
            "{address}\n\n"
            "Edited on {edited:day}\n\n"
            "Dear Sir or Madam,\n\n"
            "{requester}, {applicant}, has requested for {company} the following online"
            " {services:service|services}:\n\n"
            "{services:service lines}\n\n"
            "Activation code:\n\n"
            "    {code}\n\n"
            "It works {deadline:until}{rule}.\n\n"
            "{how}\n\n"
            "If it is not entered in time, the services are to be requested again (rule 3.4).\n\n"
            "{reference}\n"
        ),
        "message.activation-code-letter.third_party": (
            "Give this code to {requester}, who will activate the services from the space that asked (rules 3.2 and"
            " 3.3)."
        ),
        "message.activation-code-letter.representative": (
            "Enter this code in the space of {requester}, which made the request (rule 3.3)."
        ),
        "message.activation-code-letter.unsaid": "Enter this code in the space that made the request (rule 3.3).",
        "message.reminder-email.subject": "Reminder: to be done by {deadline}{mark}, for {company}",
        "message.reminder-email.body": "Hello,\n\n{about}\n\n{todo}\n\n{estimated}\n\n{reference}\n",
        "message.lapse-notice.subject": "{lapsed} for {company}",
        "message.lapse-notice.body": (
            "Hello,\n\n"
            "{about}\n\n"
            "The time limit, which ran {deadline:until}{limit}, has passed. Rule {rule}: {title}.\n\n"
            "{presumed}\n\n{estimated}\n\n{todo}\n\n{reference}\n"
        ),
        "lapsed.space": "Space lapsed",
        "lapsed.adhesion": "Request lapsed",
        "lapsed.mandate": "Mandate lapsed",
        "lapsed.other": "Time limit missed",
        "presumed.space": "Space presumed lapsed",
        "presumed.adhesion": "Request presumed lapsed",
        "presumed.mandate": "Mandate presumed lapsed",
        "presumed.other": "Time limit presumed missed",
        "if.1.11": (
            "This lapse is presumed: only the site knows. If the code was entered in time, say so, and it is corrected"
            " (rule A15)."
        ),
        "if.2.11": (
            "This lapse is presumed: only the site knows. If the link was used in time, say so, and it is corrected"
            " (rule A15)."
        ),
        "if.3.4": (
            "This lapse is presumed: only the site knows. If the code was entered in time, or if the letter bears a"
            " later day, say so, and it is corrected (rule A15)."
        ),
        "if.F1": (
            "This lapse is presumed: only the bank knows. If there was a collection in the meantime, say so, and it is"
            " corrected (rule A15)."
        ),
        "if.other": (
            "This lapse is presumed. If what was to be done was done in time, say so, and it is corrected (rule A15)."
        ),
        "message.was_estimated": (
            "The day that the letter bears was never reported, so that the time limit was estimated: reporting it"
            " settles the matter (rule A3)."
        ),
        # --- The printed form of a mandate ---
        "printed.title": "SEPA business-to-business mandate ({scheme})",
        "printed.band": (
            "To be printed, signed by the legal representative and handed to the bank that\n"
            "holds the account BEFORE the first payment. Make sure then that the bank has\n"
            "registered it under its reference: without that the payment is rejected."
        ),
        "printed.reference": "Mandate reference (RUM)",
        "printed.recurrent": "Type of payment",
        "printed.recurrent_payment": "recurrent",
        "printed.debtor": "Debtor",
        "printed.siren": "SIREN",
        "printed.file_number": "File number",
        "printed.address": "Address",
        "printed.holder": "Account holder",
        "printed.same_holder": "the debtor",
        "printed.iban": "IBAN of the account to debit",
        "printed.bic": "BIC",
        "printed.creditor": "Creditor",
        "printed.creditor_identifier": "SEPA creditor identifier (ICS)",
        "printed.office": "Managing tax office",
        "printed.authorisation": (
            "By signing, the debtor lets the creditor present direct debits on this account,\n"
            "and the bank pay them by debiting it.\n\n"
            "This mandate is for business-to-business debits only. Once the account has been\n"
            "debited, a debit so authorised is not refunded; until the day it falls due, the\n"
            "debtor can ask the bank not to pay it."
        ),
        "printed.representative": "Legal representative",
        "printed.place": "Place",
        "printed.date": "Date (DDMMYYYY)",
        "printed.signature": "Signature",
    }
)
"""Every key has its French words under the same key, with the same placeholders."""
