"""The forms, read with every problem at once."""

from teleprocedures.forms._fields import read_account as read_account
from teleprocedures.forms._fields import read_answer as read_answer
from teleprocedures.forms._fields import read_contact_fields as read_contact_fields
from teleprocedures.forms._fields import read_password as read_password
from teleprocedures.forms._fields import read_question as read_question
from teleprocedures.forms._forms import AdhesionForm, Applicant, KnownForm, SpaceForm
from teleprocedures.forms._forms import check_form as check_form
from teleprocedures.forms._reading import MOST_PROBLEMS as MOST_PROBLEMS
from teleprocedures.forms._reading import UNREAD as UNREAD
from teleprocedures.forms._reading import Reading as Reading
from teleprocedures.forms._reading import listed as listed
from teleprocedures.forms._shown import Shown

__all__ = ["AdhesionForm", "Applicant", "KnownForm", "Shown", "SpaceForm"]
