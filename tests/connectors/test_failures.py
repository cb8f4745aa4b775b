"""What real servers say, as our own codes: which of them pass by themselves, and which need somebody."""

import pytest
import sqlalchemy as sa

from connectors.errors import ConnectorError
from connectors.sql.failures import translated

LIMIT = {"mysql": "SET SESSION innodb_lock_wait_timeout = 1", "postgresql": "SET lock_timeout = '300ms'"}


@pytest.fixture(params=["mariadb_url", "postgres_url"])
def engine(request):
    engine = sa.create_engine(request.getfixturevalue(request.param).replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE held (id INTEGER PRIMARY KEY, name VARCHAR(9) NOT NULL)")
        connection.exec_driver_sql("INSERT INTO held VALUES (1, 'a')")
    yield engine
    engine.dispose()


def _failure(engine, *statements):
    with pytest.raises(ConnectorError) as caught, translated("shop"), engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    return caught.value.code, caught.value.permanent


def test_a_row_that_somebody_holds_is_asked_for_again_later(engine):
    with engine.begin() as holding:
        holding.exec_driver_sql("SELECT * FROM held FOR UPDATE")
        found = _failure(engine, LIMIT[engine.dialect.name], "SELECT * FROM held FOR UPDATE")
    assert found == ("locked", False)


@pytest.mark.parametrize(("statement", "code"), [
    ("SELECT * FROM nowhere", "missing_table"),
    ("SELECT nothing FROM held", "missing_column"),
    ("INSERT INTO held VALUES (1, 'b')", "integrity"),
    ("INSERT INTO held VALUES (2, 'far too long')", "value"),
])
def test_what_needs_somebody_says_what_it_is(engine, statement, code):
    assert _failure(engine, statement) == (code, True)
