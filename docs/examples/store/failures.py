"""What a database's failure is, in words: its kind by the driver's own code, then the driver's words as a quotation.

A driver has words in one language or another, and nobody translates them; kinds have theirs in the table.
"""

from __future__ import annotations

from typing import Final

from printable import without_its_password, without_password
from schema import ForeignError
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)
from words import Reason, explained, said

from teleprocedures.wording import Wording

KINDS: Final = {
    # SQLite, by name: https://sqlite.org/rescode.html
    "SQLITE_CANTOPEN": "not_opened",
    "SQLITE_NOTADB": "none",
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_FULL": "full",
    "SQLITE_IOERR": "disk",
    "SQLITE_READONLY": "read_only",
    "SQLITE_BUSY": "locked",
    "SQLITE_LOCKED": "locked",
    "SQLITE_PERM": "not_allowed",
    "SQLITE_AUTH": "not_allowed",
    # PostgreSQL, by code or class of codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
    "08": "no_connection",
    "28": "not_allowed",
    "42501": "not_allowed",
    "3D": "not_there",
    "53100": "full",
    "53": "busy",
    "58": "disk",
    "XX": "damaged",
    "25006": "read_only",
    "40": "locked",
    "55": "locked",
    "57P": "stopped",
}
"""Kinds of failure, by how the codes of drivers begin; the longest beginning counts."""
ROW_TOO_LARGE: Final = "54"
NO_TABLE: Final = "42"
"""How PostgreSQL's codes begin for what is of one row, and for what is of all, though its classes say otherwise."""


def unusable(wording: Wording, error: Exception, database: str) -> str:
    """That a database cannot be used and why, without its password, for what SQLAlchemy raises and for ImportError."""
    reason = explained(wording, kind(error))
    if not isinstance(error, ArgumentError | ForeignError | ImportError):  # those say what their kind says
        words = without_its_password(getattr(error, "orig", None) or error, database)
        reason = said(wording, "database.said", reason=reason, words=words)
    return said(wording, "database.unusable", database=without_password(database), reason=reason)


def kind(error: Exception) -> Reason:
    """What kind of failure it is, as a key of the table."""
    if isinstance(error, ArgumentError):
        return Reason("database.no_url", {"example": "postgresql://user@host/name"})
    if isinstance(error, ForeignError):
        return Reason("database.foreign")
    if isinstance(error, ImportError):
        return Reason("database.no_driver", {"driver": str(error.name)})
    code = code_of(error)
    if not code and isinstance(error, OperationalError):
        code = "08"  # psycopg has none for a connection that it cannot make, or has lost
    known = max((begins for begins in KINDS if code.startswith(begins)), key=len, default=None)
    return Reason(f"database.{'failed' if known is None else KINDS[known]}")


def code_of(error: Exception) -> str:
    """The code that the driver has for an error, such as `SQLITE_FULL` or `40001`; none is an empty text."""
    orig = getattr(error, "orig", None)
    return str(getattr(orig, "sqlite_errorname", None) or getattr(orig, "sqlstate", None) or "")


def is_of_the_database(error: Exception) -> bool:
    """Whether it is the database or the machine that fails, whatever row it is given, and not what is in one row."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, OSError | MemoryError | SQLAlchemyError) and not isinstance(error, StatementError)
    code = code_of(error)
    failed = isinstance(error, OperationalError | InterfaceError | InternalError) or error.connection_invalidated
    return (failed and not code.startswith(ROW_TOO_LARGE)) or code.startswith(NO_TABLE)


def has_lost(error: Exception) -> bool:
    """Whether a server gave up a transaction because others were quicker: tried again, it may do."""
    return code_of(error).startswith("40")
