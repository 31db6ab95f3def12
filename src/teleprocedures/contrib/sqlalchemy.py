"""Columns of SQLAlchemy that hold values of this library (extra `sqlalchemy`).

>>> from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select
>>> from teleprocedures import BankAccount, Siren
>>> clients = Table(
...     "clients",
...     MetaData(),
...     Column("id", Integer, primary_key=True),
...     Column("siren", ValueType(Siren), unique=True),
...     Column("account", ValueType(BankAccount)),
... )
>>> engine = create_engine("sqlite://")
>>> clients.create(engine)
>>> row = {"siren": "552 008 443", "account": "FR76 3000 6000 0112 3456 7890 189"}
>>> with engine.begin() as connection:
...     _ = connection.execute(insert(clients), row)
...     connection.execute(select(clients.c.account).where(clients.c.siren == "552.008.443")).scalar_one()
BankAccount('FR76 **** 0189', bic='AGRIFRPPXXX')

What is bound is read as people type it and stored as canonical text. Neither an account nor an address is in what
SQLAlchemy prints: the statement, its parameters in a log or an error, the statement with its literals. What cannot be a
value is a `NotBoundError`, which comes out as it is. SQLAlchemy's own error would have all the parameters as typed.

>>> statement = select(clients.c.id).where(clients.c.account == row["account"])
>>> str(statement.compile(compile_kwargs={"literal_binds": True})).split("WHERE ")[1]
"clients.account = 'FR76 **** 0189'"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Dialect, Engine, ExceptionContext, String, event
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from teleprocedures.contrib._kinds import KINDS, Kind, kind_of, name_of
from teleprocedures.errors import InvalidValueError, show
from teleprocedures.rulebook import CATALOGUE, Catalogue
from teleprocedures.values import BankAccount, EmailAddress

__all__ = ["TYPES", "NotBoundError", "ValueType", "hide_details"]

V = TypeVar("V")

_WHOLE: Final[frozenset[object]] = frozenset(
    {operators.eq, operators.ne, operators.in_op, operators.not_in_op, operators.is_distinct_from}
)
"""What a column is compared by as a whole: what stands on the other side is a value. Else it is a text, as of LIKE."""


class NotBoundError(InvalidValueError, DontWrapMixin):
    """A value that cannot be bound: our own error, without a `StatementError` around it.

    A `StatementError` shows the parameters of all rows as they were handed in, with whole accounts and addresses.
    """


class _Masked(str):
    """A text that is bound as it is and printed masked."""

    __slots__ = ("masked",)
    masked: str

    def __repr__(self) -> str:
        return repr(self.masked)


def _masked(text: str, masked: str) -> _Masked:
    bound = _Masked(text)
    bound.masked = masked
    return bound


class _Part(TypeDecorator[str]):
    """A part of an account or of an address, as of LIKE: it is printed as three stars."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> object:
        del dialect
        return _masked(value, "***") if isinstance(value, str) else value

    def process_literal_param(self, value: object, dialect: Dialect) -> str:
        del value, dialect
        return "***"


class ValueType(TypeDecorator[V], Generic[V]):
    """The type of a column that holds values of a kind, such as `Siren`, `Organisation` or `BankAccount`, or null.

    The column is a text as long as the longest value. An account is kept as its IBAN, and its BIC is looked up when it
    is read. Services are found in the `catalogue`. Raises `InvalidValueError` for another kind, for a value that cannot
    be one when it is bound (`NotBoundError`), and for a text that no value wrote when it is read.
    """

    impl = String
    cache_ok = True

    def __init__(self, kind: Callable[..., V] | Any, catalogue: Catalogue = CATALOGUE) -> None:
        # Both are what SQLAlchemy compares types by.
        self.kind, self.catalogue = kind, catalogue
        self._known: Kind[V] = kind_of(kind, catalogue)
        super().__init__(self._known.longest)

    def __repr__(self) -> str:
        # What a tool for migrations writes.
        return f"ValueType({name_of(self.kind)})"

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        """The text of a value, or of what people type for one; raises `NotBoundError` for what cannot be one."""
        del dialect
        if value is None:
            return None
        try:
            read = self._known.read(value)
        except InvalidValueError as error:
            wrong = NotBoundError(error.code, **error.facts)
        else:
            text = self._known.write(read)
            return _masked(text, read.masked) if isinstance(read, (BankAccount, EmailAddress)) else text
        # Raised out of the handler: what was typed stands in its frames.
        raise wrong

    def process_literal_param(self, value: object, dialect: Dialect) -> str:
        """The text as a printed statement shows it, masked where it is personal; `***` for what cannot be a value.

        Raises `NotBoundError` for what cannot be a value and may be shown, such as a mistyped SIREN.
        """
        try:
            text = self.process_bind_param(value, dialect)
        except NotBoundError:
            # SQLAlchemy words what is raised here with the value whole.
            if self._known.personal or show(value) != repr(value):
                return "***"
            raise
        return text.masked if isinstance(text, _Masked) else str(text)

    def process_result_value(self, value: str | None, dialect: Dialect) -> V | None:
        """The value that was stored."""
        del dialect
        return None if value is None else self._known.restore(value)

    def coerce_compared_value(self, op: operators.OperatorType | None, value: object) -> TypeEngine[Any]:
        """The type of what a column is compared with: this one, or a text where a part of the text is looked for."""
        del value
        if op in _WHOLE:
            return self
        return _PART if self._known.personal else self.impl_instance


_PART: Final = _Part()


TYPES: Final[Mapping[Any, ValueType[Any]]] = MappingProxyType({kind: ValueType(kind) for kind in KINDS})
"""The type of each kind of value, for the `type_annotation_map` of a declarative base: `Mapped[Siren]` is enough."""


def hide_details(engine: Engine) -> None:
    """Have an engine leave out of its errors what a server says of a row, and parameters that are still as typed.

    PostgreSQL's `Key (account)=(FR76…)` of a unique violation is then `***`, in SQLAlchemy's error and in the driver's.
    The parameters are left out where an error comes before they are bound: no type of ours has masked them yet. A
    program that asks for `params`, or the driver's error for `diag.message_detail`, still has them.
    """
    event.listen(engine, "handle_error", _hide_detail)


def _hide_detail(context: ExceptionContext) -> None:
    said, told = context.original_exception, context.sqlalchemy_exception
    if told is not None and context.execution_context is None:
        told.hide_parameters = True
    detail = getattr(getattr(said, "diag", None), "message_detail", None)
    if detail:
        for error in (it for it in (said, told) if it is not None):
            error.args = tuple(it.replace(detail, "***") if isinstance(it, str) else it for it in error.args)
