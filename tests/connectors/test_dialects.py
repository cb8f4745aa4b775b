"""SQL Server and Oracle without a server: the SQL we would send them, their limits, a driver that is not installed."""

from importlib.util import find_spec
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, oracle
from sqlalchemy.sql import ClauseElement

from connectors.base import ConnectorError, Identity
from connectors.sql import failures, select
from connectors.sql.connector import SqlConnector
from connectors.sql.schema import LiveTable
from policies.spelling import Spelling
from tests.connectors.shop import dataset

DIALECTS: dict[str, Any] = {"mssql": mssql.dialect(), "oracle": oracle.dialect()}
MOST = {"mssql": 2100, "oracle": 1000}  # parameters of a statement; values in a list
EMAIL = Spelling.model_validate({"as": "email", "plus": ["*"], "dots": ["gmail.com"]})
PHONE = Spelling.model_validate({"as": "phone", "country": "45"})
NUMBER = Spelling.model_validate({"as": "number", "prefixes": ["SO"]})
FOLDED = Spelling.model_validate({"as": "folded"})


def live(dialect: str) -> LiveTable:
    table = sa.Table(
        "Order Details", sa.MetaData(), sa.Column("order", sa.Integer, primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True), sa.Column("e-mail", sa.String(80)),
        sa.Column("amount", sa.Numeric(10, 2)), schema="dbo",
    )  # fmt: skip
    types = {column.name: column.type for column in table.c}
    return LiveTable(table, types, ("order", "line"), (), frozenset(), True, dialect=dialect)


def sql(dialect: str, statement: ClauseElement) -> str:
    compiled = statement.compile(dialect=DIALECTS[dialect], compile_kwargs={"render_postcompile": True})
    assert len(compiled.params) <= MOST[dialect]
    return " ".join(str(compiled).split())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_rows_by_composite_keys_in_chunks_a_server_takes(dialect: str) -> None:
    here = live(dialect)
    chunks = list(select.chunks(((n, 1) for n in range(900)), width=2))
    assert len(chunks) == 4
    query = sa.select(here.table).where(select.one_of(here, here.key, chunks[0]))
    text = sql(dialect, query)
    assert ("OR" in text and ") IN (" not in text) if dialect == "mssql" else ") IN ((" in text
    gone = sql(dialect, here.table.delete().where(select.one_of(here, here.key, chunks[0])))
    assert gone.startswith("DELETE FROM dbo.")
    sql(dialect, sa.select(here.table).where(select.one_of(here, ("order",), [(n,) for n in range(select.PARAMETERS)])))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_next_page_after_a_key(dialect: str) -> None:
    here = live(dialect)
    page = sa.select(here.table).where(select.beyond(here, {"order": 5, "line": 2}))
    text = sql(dialect, page.order_by(*(here.table.c[name] for name in here.key)).limit(100))
    assert "LIMIT" not in text and ("TOP" in text if dialect == "mssql" else "FETCH FIRST" in text)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_rows_are_locked_before_they_are_written(dialect: str) -> None:
    here = live(dialect)
    text = sql(dialect, select.locked(sa.select(here.table).where(select.one_of(here, here.key, [(1, 2)])), here))
    assert "WITH (UPDLOCK, ROWLOCK)" in text if dialect == "mssql" else text.endswith("FOR UPDATE")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("how", ["exact", "lower", "upper", "digits", EMAIL, PHONE, NUMBER, FOLDED], ids=str)
def test_an_identity_in_every_spelling(dialect: str, how: Any) -> None:
    here = live(dialect)
    value = "4520123456" if how in ("digits", PHONE, NUMBER) else "a.b%_[@gmail.com"
    condition = select.identity_in(here, "e-mail", [value], how=how)
    assert condition is not None
    text = sql(dialect, sa.select(here.table).where(condition))
    assert value not in text  # a parameter, always
    assert "normalize" not in text and "CONVERT" not in text
    compiled = condition.compile(dialect=DIALECTS[dialect], compile_kwargs={"render_postcompile": True})
    for parameter in compiled.params.values():
        if "%" in str(parameter) and "@" in str(parameter) and "+%" in str(parameter):
            assert "/%" in str(parameter) and "/_" in str(parameter) and "/[" in str(parameter)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_value_of_its_own_for_each_row(dialect: str) -> None:
    here = live(dialect)
    whens = [(select.one_of(here, here.key, [(n, 1)]), sa.literal(f"x{n}", sa.String(80))) for n in range(3)]
    column = here.table.c["e-mail"]
    text = sql(dialect, here.table.update().values({"e-mail": sa.case(*whens, else_=column)}))
    assert text.count("WHEN") == 3 and "ELSE" in text
    groups = sa.select(column, sa.func.count()).group_by(column).order_by(column)
    assert "GROUP BY" in sql(dialect, groups)


@pytest.mark.parametrize(("scheme", "driver"), [("mssql", "pymssql"), ("oracle", "oracledb")])
def test_a_driver_nobody_installed_is_named(scheme: str, driver: str) -> None:
    if find_spec(driver):
        pytest.skip(f"{driver} is installed here")
    connector = SqlConnector("shop", url=f"{scheme}://u:hemmelig@127.0.0.1:9/db", dataset=dataset("shop"))
    with pytest.raises(ConnectorError) as caught:
        list(connector.find(Identity({"email": ("anna@example.org",)})))
    assert (caught.value.code, caught.value.permanent, caught.value.detail) == ("driver_missing", True, driver)
    assert "hemmelig" not in repr(caught.value)


@pytest.mark.parametrize(("module", "number", "code"), [
    ("pymssql._pymssql", 1205, "locked"), ("pymssql.exceptions", 547, "integrity"), ("pymssql", 229, "permission"),
    ("oracledb.exceptions", 54, "locked"), ("oracledb", 2291, "integrity"), ("pymysql.err", 1451, "integrity"),
])  # fmt: skip
def test_their_error_numbers_are_told_apart(module: str, number: int, code: str) -> None:
    class Told:  # what python-oracledb raises holds an object
        def __init__(self) -> None:
            self.code = number

    raised = type("DatabaseError", (Exception,), {"__module__": module})
    error = raised(Told() if "oracle" in module else number, "secret")
    told = failures.translate(sa.exc.DBAPIError("SELECT 1", {}, error), source="shop")
    assert told.code == code and "secret" not in str(told)
