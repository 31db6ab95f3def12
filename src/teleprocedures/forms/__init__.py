"""The two forms, read with every problem at once."""

from teleprocedures.forms._fields import read_account, read_answer, read_password, read_question
from teleprocedures.forms._forms import AdhesionForm, Applicant, SpaceForm
from teleprocedures.forms._reading import UNREAD, Reading, listed

__all__ = [
    "UNREAD",
    "AdhesionForm",
    "Applicant",
    "Reading",
    "SpaceForm",
    "listed",
    "read_account",
    "read_answer",
    "read_password",
    "read_question",
]
