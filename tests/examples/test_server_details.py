"""What a PostgreSQL server says of a row that is there already is in no error."""

import traceback

import pytest
import sqlalchemy as sa

from teleprocedures import BankAccount
from teleprocedures.contrib.sqlalchemy import ValueType, hide_details

IBAN = "FR7630006000011234567890189"
CLIENTS = sa.Table("clients", sa.MetaData(), sa.Column("account", ValueType(BankAccount), unique=True))


@pytest.mark.parametrize("is_hidden", [True, False])
def test_a_unique_violation_shows_no_account(postgres, is_hidden):
    """Neither in SQLAlchemy's error nor in the driver's, which stands in the same traceback; else it is in both."""
    engine = sa.create_engine(postgres.new_database().replace("postgresql://", "postgresql+psycopg://"))
    if is_hidden:
        hide_details(engine)
    CLIENTS.create(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(CLIENTS), {"account": IBAN})

    with pytest.raises(sa.exc.IntegrityError, match="clients_account_key") as caught, engine.begin() as connection:
        connection.execute(sa.insert(CLIENTS), {"account": IBAN})
    engine.dispose()
    shown = "".join(traceback.format_exception(caught.value))

    assert (0 if is_hidden else 2) == shown.count(IBAN)
    assert is_hidden == ("DETAIL:  ***" in str(caught.value))
