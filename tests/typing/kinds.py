"""A `match` over every kind of case, event and message is exhaustive for the type checkers: checked, never run."""

# Both checkers say so when a comment that expects an error is not needed.
# pyright: reportUnnecessaryTypeIgnoreComment=true

from typing import assert_never

from teleprocedures import (
    AccountDeclared,
    ActivationCodeEmail,
    ActivationCodeLetter,
    ActivationLapsed,
    ActivationReminded,
    Adhesion,
    AdhesionLapsed,
    AdhesionReminded,
    AdhesionRequested,
    AdhesionValidated,
    AnyCase,
    AnyEvent,
    AnyMessage,
    CaseClosed,
    CaseReopened,
    CollectionRecorded,
    CompanyEmailConfirmed,
    ConfirmationLinkEmail,
    FactWithdrawn,
    LapseNotice,
    LetterRecorded,
    LinkProvedByLetter,
    Mandate,
    MandateIssued,
    MandateLapsed,
    MandateRegistered,
    MandateReminded,
    MandateSent,
    MandateSigned,
    MandateTakenOver,
    OverdueLetterRecorded,
    ReminderEmail,
    RepresentativeNamed,
    RequestTakenOver,
    RulebookChanged,
    ServicesActivated,
    ServicesTakenOver,
    Space,
    SpaceActivated,
    SpaceLapsed,
    SpaceReminded,
    SpaceRequested,
    SpaceState,
    SpaceTakenOver,
)


def of_case(case: AnyCase) -> str:
    """Every kind of case."""
    match case:
        case Space():
            return case.email.masked
        case Adhesion():
            return case.space_id
        case Mandate():
            return case.account.iban
        case _:
            assert_never(case)


def of_message(message: AnyMessage) -> object:
    """Every kind of message."""
    match message:
        case ActivationCodeEmail() | ConfirmationLinkEmail() | ReminderEmail() | LapseNotice():
            return message.to
        case ActivationCodeLetter():
            return message.company_address
        case _:
            assert_never(message)


def of_event(event: AnyEvent) -> object:  # noqa: C901, PLR0911, PLR0912 - one for each group
    """Every kind of event."""
    match event:
        case SpaceRequested() | AdhesionRequested() | MandateIssued():
            return event.rulebook
        case (
            AdhesionValidated()
            | CompanyEmailConfirmed()
            | LinkProvedByLetter()
            | LetterRecorded()
            | OverdueLetterRecorded()
        ):
            return event.edited
        case SpaceTakenOver() | RequestTakenOver() | ServicesTakenOver() | MandateTakenOver():
            return event.source
        case CaseClosed() | FactWithdrawn():
            return event.reason
        case RulebookChanged():
            return event.rulebook
        case MandateRegistered() | CollectionRecorded():
            return event.deadline
        case AccountDeclared():
            return event.account
        case RepresentativeNamed():
            return event.name
        case MandateSigned():
            return event.signatory
        case SpaceReminded() | AdhesionReminded() | ActivationReminded() | MandateReminded():
            return event.recorded_at
        case SpaceLapsed() | AdhesionLapsed() | ActivationLapsed() | MandateLapsed():
            return event.at
        case SpaceActivated() | ServicesActivated() | MandateSent() | CaseReopened():
            return event.version
        case _:
            assert_never(event)


def of_state(state: SpaceState) -> str:
    """Every state of a lifecycle."""
    match state:
        case SpaceState.PENDING:
            return "enter the code"
        case SpaceState.ACTIVE:
            return "request services"
        case SpaceState.LAPSED:
            return "start again"
        case _:
            assert_never(state)


def forgotten(case: AnyCase) -> str:
    """A kind of case that was forgotten is an error of both checkers."""
    match case:
        case Space():
            return case.email.masked
        case Adhesion():
            return case.space_id
        case _:
            assert_never(case)  # type: ignore[arg-type]
