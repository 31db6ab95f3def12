"""Values as columns of SQLAlchemy: stored as text, read as values, compared as typed, and in no printed statement."""

import logging
import sqlite3
import traceback
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

import teleprocedures as tp
from teleprocedures.contrib.sqlalchemy import TYPES, NotBoundError, ValueType, hide_details
from tests.builders import FRENCH_IBAN, each, failure
from tests.contrib.samples import IBAN, OTHER_IBAN, OTHER_SIREN, SIREN, TYPED, WRONG


class Base(DeclarativeBase):
    """A declarative base whose models need no types of columns."""

    type_annotation_map = TYPES


class Client(Base):
    """A model as people write it."""

    __tablename__ = "clients"

    id: Mapped[int] = mapped_column(primary_key=True)
    siren: Mapped[tp.Siren] = mapped_column(unique=True)
    firm: Mapped[tp.Organisation | None] = mapped_column(ValueType(tp.Organisation))
    email: Mapped[tp.EmailAddress | None]
    account: Mapped[tp.BankAccount | None]


@pytest.fixture
def engine():
    """An engine with the table of clients, empty."""
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine):
    """A session with two clients, of which one has nothing but a SIREN."""
    with Session(engine) as session:
        session.add(Client(siren="552 008 443", firm="TF17", email="a@B.fr", account=FRENCH_IBAN))
        session.add(Client(siren=OTHER_SIREN))
        session.commit()
        session.expire_all()
        yield session


@each("kind typed value written", *TYPED, ids=str)
def test_a_value_is_a_column(kind, typed, value, written):
    """What is typed or the value is bound as its text; that text is read as the value, and null as None."""
    column, dialect = ValueType(kind), sa.create_engine("sqlite://").dialect

    for given_ in (typed, value, written):
        assert written == column.process_bind_param(given_, dialect)
    assert (value, type(value)) == ((read := column.process_result_value(written, dialect)), type(read))
    assert None is column.process_bind_param(None, dialect) is column.process_result_value(None, dialect)
    assert len(written) <= column.length
    assert f"VARCHAR({column.length})" == column.compile(dialect)


@each("kind typed code shown", *WRONG, ids=str)
def test_what_is_wrong_is_not_bound(kind, typed, code, shown):
    """What cannot be a value is refused before anything is sent."""
    assert code == failure(ValueType(kind).process_bind_param, typed, None).code


def test_another_kind():
    """A class that stands in no column as one text is refused."""
    error = failure(ValueType, tp.ContactDetails)

    assert ("argument.wrong_type", "ContactDetails") == (error.code, error.facts["value"])
    assert str(error).startswith("ContactDetails is not a kind of value: expected Siren, FileNumber, Organisation, ")


def test_models_hold_values(session):
    """A model is stored from what is typed and read as values."""
    first, second = session.scalars(sa.select(Client).order_by(Client.id))

    assert (SIREN, tp.FileNumber("TF17")) == (first.siren, first.firm)
    assert (tp.EmailAddress("a@b.fr"), IBAN, "AGRIFRPPXXX") == (first.email, first.account.iban, first.account.bic)
    assert (OTHER_SIREN, None, None) == (second.siren, second.firm, second.account)
    assert [(str(SIREN), IBAN), (str(OTHER_SIREN), None)] == [
        tuple(row) for row in session.execute(sa.text("SELECT siren, account FROM clients ORDER BY id"))
    ]


@each(
    "found condition",
    ([SIREN], lambda: Client.siren == "552.008.443"),
    ([OTHER_SIREN], lambda: Client.siren != SIREN),
    ([SIREN], lambda: Client.siren.in_([SIREN, "552 100 554"])),
    ([SIREN], lambda: Client.siren.like("5520%")),
    ([SIREN], lambda: Client.siren.startswith("552")),
    ([SIREN], lambda: Client.account == FRENCH_IBAN),
    ([SIREN], lambda: Client.firm == "TF17"),
    ([OTHER_SIREN], lambda: Client.account.is_(None)),
    ([OTHER_SIREN, SIREN], lambda: Client.siren.is_not(None)),
    ids=range(9),
)
def test_columns_are_compared_with_what_people_type(session, found, condition):
    """Equality takes values and what people type; a part of a text is looked for as text."""
    assert found == list(session.scalars(sa.select(Client.siren).where(condition()).order_by(Client.siren)))


def test_no_account_is_printed(engine, caplog):
    """Neither a statement, with its literals or without, nor a log or an error has an account or an address whole."""
    both = (tp.BankAccount(IBAN), tp.EmailAddress("jeanne.martin@acme.fr"))
    statement = sa.select(Client.id).where(Client.account == both[0], Client.email == both[1])
    bare = sa.select(Client.id).where(Client.account == FRENCH_IBAN)
    literal = str(statement.compile(compile_kwargs={"literal_binds": True}))
    with caplog.at_level(logging.INFO, "sqlalchemy.engine"), Session(engine) as session:
        session.execute(statement)
        session.execute(bare)
        session.add(Client(siren=SIREN, account=both[0], email=both[1]))
        session.commit()
        session.add(Client(siren=SIREN, account=OTHER_IBAN))
        with pytest.raises(sa.exc.IntegrityError) as caught:
            session.commit()

    assert "clients.account = 'FR76 **** 0189' AND clients.email = 'j***@acme.fr'" in literal
    assert "FR76 **** 0189" in caplog.text
    assert "FR14 **** 2606" in str(caught.value)
    for text in (literal, str(statement), str(statement.compile().params), caplog.text, str(caught.value)):
        assert [] == [it for it in (IBAN, FRENCH_IBAN, OTHER_IBAN, "jeanne.martin") if it in text]
    assert "clients.siren = '552008443'" in str(
        sa.select(Client.id).where(Client.siren == SIREN).compile(compile_kwargs={"literal_binds": True})
    )


@each("email account", ("jeanne.martin@acme", FRENCH_IBAN), ("jeanne.martin@acme.fr", IBAN[:-1] + "8"))
def test_no_typing_error_prints_an_account(engine, email, account):
    """A value that is none is told as our error: neither it nor what stands beside it is shown, in any row."""
    good = {"siren": OTHER_SIREN, "email": "paul.petit@acme.fr", "account": OTHER_IBAN}
    bad = {"siren": SIREN, "email": email, "account": account}
    with Session(engine) as session:
        session.add_all([Client(**good), Client(**bad)])
        with pytest.raises(NotBoundError) as added:
            session.commit()
    with engine.begin() as connection, pytest.raises(tp.InvalidValueError) as executed:
        connection.execute(sa.insert(Client), [good, bad])
    with Session(engine) as session, pytest.raises(NotBoundError) as compared:
        session.scalars(sa.select(Client).where(Client.email == good["email"], Client.account == IBAN[:-1]))

    for caught in (added, executed, compared):
        said = "".join(traceback.format_exception(caught.value))
        assert [] == [it for it in (account, IBAN[:-1], FRENCH_IBAN, OTHER_IBAN, "jeanne", "paul.petit") if it in said]


@each(
    "name typed",
    ("account", IBAN[:-1] + "8"),
    ("account", "FR76 3000"),
    ("email", "jeanne.martin@acme"),
    ("siren", IBAN),
)
def test_what_cannot_be_a_value_is_no_literal(name, typed):
    """A statement with its literals shows three stars for a text that cannot be a value and may not be shown."""
    statement = sa.select(Client.id).where(Client.__table__.c[name] == typed)

    assert str(statement.compile(compile_kwargs={"literal_binds": True})).endswith(f"clients.{name} = '***'")


def test_what_may_be_shown_is_refused_as_a_literal():
    """A mistyped SIREN stops a statement with its literals, by an error that names it."""
    statement = sa.select(Client.id).where(Client.siren == "552 008 444")

    with pytest.raises(sa.exc.CompileError, match="552 008 444") as caught:
        statement.compile(compile_kwargs={"literal_binds": True})
    assert isinstance(caught.value.__cause__, NotBoundError)


@each("key row", ("email", {"siren": OTHER_SIREN, "account": OTHER_IBAN}), ("extra", {"extra": "no number"}))
def test_parameters_that_are_not_bound_are_hidden(engine, key, row):
    """Rows with different keys, or a value that another type refuses, show no parameter of any row as typed."""
    hide_details(engine)
    extra = sa.Column("extra", sa.Uuid)
    table = sa.Table("rows", sa.MetaData(), *(sa.Column(it.key, it.type) for it in Client.__table__.c), extra)
    first = {"siren": SIREN, "account": IBAN, key: "jeanne.martin@acme.fr" if key == "email" else None}

    with engine.connect() as connection, pytest.raises(sa.exc.StatementError) as caught:
        connection.execute(sa.insert(table), [first, first | row if key == "extra" else row])
    said = "".join(traceback.format_exception(caught.value))

    assert "parameters hidden" in said
    assert [] == [it for it in (IBAN, OTHER_IBAN, "jeanne.martin") if it in said]


def test_no_part_of_an_account_is_printed(session, caplog):
    """What is looked for as a part of an account or of an address is bound whole, and shown as three stars."""
    parts = (Client.account.like(f"{IBAN[:20]}%"), Client.email.startswith("a@b"), Client.account < "FR99")
    with caplog.at_level(logging.INFO, "sqlalchemy.engine"):
        found = session.scalars(sa.select(Client.siren).where(*parts)).all()
    literal = str(sa.select(Client.siren).where(*parts).compile(compile_kwargs={"literal_binds": True}))

    assert [SIREN] == found
    for text in (literal, caplog.text):
        assert "***" in text
        assert [] == [it for it in (IBAN[:20], "a@b", "FR99") if it in text]


def test_types_are_cached_and_told_apart():
    """Statements are cached by the kind and the catalogue of a column, and a tool for migrations can write a type."""
    own = tp.CATALOGUE.extended(tp.Service(code="payer-droits", title="Payer les droits"))

    assert "ValueType(Siren) ValueType(Organisation)" == f"{ValueType(tp.Siren)!r} {ValueType(tp.Organisation)!r}"
    keys = {ValueType(kind, it)._static_cache_key for kind in (tp.Siren, tp.Service) for it in (tp.CATALOGUE, own)}
    assert 4 == len(keys)
    assert "payer-droits" == ValueType(tp.Service, own).process_bind_param("payer-droits", None)
    assert "service.unknown" == failure(ValueType(tp.Service).process_bind_param, "payer-droits", None).code


def test_an_account_of_a_country_that_left_is_read():
    """What was stored is read whatever became of the country, as the codec reads it; what no value wrote is refused."""
    column, gone = ValueType(tp.BankAccount), "TR330006100519786457841326"

    assert (gone, None) == ((read := column.process_result_value(gone, None)).iban, read.bic)
    assert "stored.malformed" == failure(column.process_result_value, "FR76 **** 0189", None).code


@given(
    data=st.data(), kind=st.sampled_from([tp.Siren, tp.Organisation, tp.EmailAddress, tp.BankAccount, tp.PersonName])
)
def test_whatever_is_stored_is_read_back(data, kind):
    """A value is read back equal from a column, with the same type, and stands as a text of its length."""
    value, column = data.draw(st.from_type(kind)), ValueType(kind)
    text = column.process_bind_param(value, None)
    read = column.process_result_value(str(text), None)

    assert (value, type(value)) == (read, type(read))
    assert len(text) <= column.length


def test_what_a_server_says_of_a_row_is_hidden(engine):
    """Of the detail that a driver has apart, nothing is shown; what is said of columns and of other errors stays."""
    hide_details(engine)
    detail = f"Key (account)=({IBAN}) already exists."

    @sa.event.listens_for(engine, "before_cursor_execute")
    def refuse(*given):
        error = sqlite3.IntegrityError(f"duplicate key\nDETAIL: {detail}", 7)
        error.diag = SimpleNamespace(message_detail=detail if "clients" in given[2] else None)
        raise error

    with engine.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError) as caught:
            connection.execute(sa.select(Client.id))
        with pytest.raises(sa.exc.IntegrityError, match="already exists"):
            connection.execute(sa.select(sa.literal(1)))
    shown = "".join(traceback.format_exception(caught.value))

    assert IBAN not in shown
    assert ("duplicate key\nDETAIL: ***", 7) == caught.value.orig.args
    assert 2 == shown.count("DETAIL: ***")
