"""The rules of the procedure as data: an id to cite, what the rule says, where it comes from.

The numbers are this project's own. Rules 0 to 3 follow the three steps of the source page. Rules A are points that the
page leaves open and that are settled here. Rules F are facts that other public pages state. Code, tests and
documentation cite the same ids, and so do refusals, deadlines and advice. A line names a time limit in braces, and the
rulebook says how long it is.
"""

from __future__ import annotations

from typing import Final

from teleprocedures.errors import PAGE, Rule

SETTLED: Final = "settled by this project"


def _sheet(id: str) -> str | None:
    """The help sheet of a rule (0.3).

    Sheet EP2 explains the space, SL6 accounts and mandates, and SL2 the rest of a request.
    """
    if id.startswith("1."):
        return "EP2"
    step, _, number = id.partition(".")
    if step == "2":
        return "SL6" if int(number) >= 13 else "SL2"
    return "SL2" if step == "3" else None


def _rules(rows: tuple[tuple[str, str], ...], source: str = PAGE) -> tuple[Rule, ...]:
    return tuple(Rule(id, line, source, _sheet(id)) for id, line in rows)


RULES: Final[tuple[Rule, ...]] = (
    *_rules(
        (
            ("0.1", "expert mode is for those who act for several legal persons, or for those they represent"),
            ("0.2", "services take effect only once the three steps are done, in order"),
            ("0.3", "help sheets EP2 (space), SL2 (adhesion) and SL6 (bank accounts, mandate) explain the steps"),
            ("1.1", "a space is asked for with an e-mail address"),
            ("1.2", "a password is chosen"),
            ("1.3", "last name and first name are both given"),
            ("1.4", "the SIREN or file number is that of the organisation the user belongs to"),
            ("1.5", "contact details are given"),
            ("1.6", "the trust question is answered"),
            ("1.7", "an activation code goes at once to the declared e-mail address"),
            ("1.8", "entering the code activates the space, which exists only from then on"),
            ("1.9", "the space is activated within {space_activation}, the last instant included"),
            ("1.10", "after {space_activation} the code no longer works"),
            ("1.11", "after {space_activation} the whole procedure starts again"),
            ("1.12", "the space comes before any adhesion"),
            ("2.1", "services are requested from a space to which the user is connected"),
            ("2.2", "the request gives the SIREN of the company concerned"),
            ("2.3", "a file number stands for a SIREN only to consult property-tax notices"),
            ("2.4", "a request names one service or more"),
            ("2.5", "a request validated online has a letter with an activation code posted"),
            ("2.6", "the letter goes to the company concerned, not to the requester"),
            ("2.7", "Messaging needs the company's e-mail address"),
            ("2.8", "a validation link is sent to the company's e-mail address"),
            ("2.9", "the link can be used for {link_use}, the last instant included"),
            ("2.10", "the letter is posted only once the link has been used"),
            ("2.11", "a link not used in time ends the request for Messaging and for all its other services"),
            ("2.12", "it saves time to ask for all useful services in one request"),
            ("2.13", "a Pay service needs the company's bank details"),
            ("2.14", "paying TVA, TS, IS, CVAE and PAS needs a SEPA business-to-business mandate"),
            ("2.15", "the mandate is printed"),
            ("2.16", "the company's legal representative signs the mandate"),
            ("2.17", "the mandate is sent to the bank that holds the account"),
            ("2.18", "the mandate comes before the first payment from its account"),
            ("2.19", "one checks that the bank has registered the mandate before the first payment"),
            ("2.20", "a payment without a registered mandate is rejected"),
            ("2.21", "paying CFE and TF needs no mandate sent to the bank"),
            ("3.1", "the code of the letter works for {services_activation}"),
            ("3.2", "a third party asks the company for the code"),
            ("3.3", "the code activates the requested services in the space that asked for them"),
            ("3.4", "services not activated within {services_activation} are requested again"),
            ("3.5", "once activated, the services are held at once"),
        )
    ),
    *_rules(
        (
            ("A1", "a space is pending from its creation and active from its code"),
            ("A2", "hours run from the sending, in elapsed time, to the last microsecond included"),
            (
                "A3",
                "days run from the day the letter bears to the end of the last day in Paris; the day before is shown",
            ),
            ("A4", "one code opens all the services of a request"),
            ("A5", "a lapsed request leaves the others as they are"),
            ("A6", "the link is sent again even if an earlier request had the e-mail address confirmed"),
            ("A7", "a file number gives access to property-tax notices and to nothing else"),
            ("A8", "a missing mandate blocks the payment, never the request; there is one mandate per account"),
            ("A9", "paying CFE and TF needs bank details all the same"),
            ("A10", "a request with TVA and CFE has one mandate, and CFE is payable without waiting for it"),
            ("A11", "a time limit that ends on a weekend or a holiday is not moved"),
            ("A12", "wrong codes are refused, and how many tries there are is the host's to say"),
            ("A13", "codes come from the injected generator; a file number is 1 to 32 ASCII letters and digits"),
            ("A14", "time limits judge when a fact happened; a history is in the order in which facts were told"),
            (
                "A15",
                "a lapse is final where the code is held here, presumed where it is held elsewhere: facts correct it",
            ),
            ("A16", "a request is renewed as soon as its time limit has passed, corrected or not; a pending one too"),
            ("A17", "an account can be declared after the request; a payment may use any that the company declared"),
            ("A18", "a service that is held or awaited already is requested again with an advice, not a refusal"),
            ("A19", "what was there before it was followed is taken over as it was seen, and nothing is invented"),
            ("A20", "a fact recorded by mistake is withdrawn with a reason, unless later facts rely on it"),
            ("A21", "a case is closed with a reason: nothing runs or is asked, facts are taken, it can be reopened"),
            ("A22", "a fact whose civil day alone is known is possible if some instant of that day in Paris is"),
            ("A23", "a letter's day, or a code that was entered on the portal, proves that the link was used in time"),
        ),
        SETTLED,
    ),
    Rule("F1", "a mandate that has collected nothing for {mandate_use} lapses", "Banque de France, SEPA direct debit"),
    Rule(
        "F2",
        "the letter is announced within {letter_announced}",
        "impots.gouv.fr, frequent questions on creating a space",
    ),
)
