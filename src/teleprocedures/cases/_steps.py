"""Who has something to do, and what there is to do: the codes of the advice of all lifecycles."""

from __future__ import annotations

from enum import StrEnum


class Actor(StrEnum):
    """Who has something to do; `wording` has what each is called."""

    USER = "user"
    COMPANY = "company"
    LEGAL_REPRESENTATIVE = "legal_representative"
    BANK = "bank"


class Action(StrEnum):
    """What there is to do; `wording` has how each is said."""

    ENTER_EMAILED_CODE = "enter_emailed_code"
    SUBMIT_SPACE_AGAIN = "submit_space_again"
    REQUEST_SERVICES = "request_services"
    KNOW_REPEATED = "know_repeated"
    USE_LINK = "use_link"
    WATCH_LETTER = "watch_letter"
    ASK_FOR_CODE = "ask_for_code"
    PASS_CODE_ON = "pass_code_on"  # noqa: S105 - no password
    ENTER_LETTER_CODE = "enter_letter_code"
    RENEW_ADHESION = "renew_adhesion"
    DECLARE_ACCOUNT = "declare_account"
    ISSUE_MANDATE = "issue_mandate"
    SIGN_MANDATE = "sign_mandate"
    SEND_MANDATE = "send_mandate"
    REGISTER_MANDATE = "register_mandate"
    CHECK_MANDATE = "check_mandate"
    PAY = "pay"
    USE_MANDATE = "use_mandate"
    ISSUE_MANDATE_AGAIN = "issue_mandate_again"
