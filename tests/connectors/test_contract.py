"""The contract, kept by every relational database that runs here."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from connectors.sql import address
from connectors.sql.connector import SqlConnector
from tests.connectors.contract import ROWS, Served, TableContract, dataset

tables = sa.MetaData()
sa.Table(
    "customers", tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(80)),
    sa.Column("customer_no", sa.String(20)),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("shoe_size", sa.String(10)),
)  # fmt: skip
sa.Table(
    "orders", tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("order_no", sa.String(20), nullable=False),
    sa.Column("customer_id", sa.ForeignKey("customers.id")),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("ordered_on", sa.String(10), nullable=False),
)  # fmt: skip
sa.Table(
    "order_lines", tables,
    sa.Column("order_id", sa.ForeignKey("orders.id"), primary_key=True),
    sa.Column("line_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("engraving", sa.String(60)),
)  # fmt: skip
NOWHERE = {"sqlite": "sqlite:////nowhere/at/all.sqlite", "postgresql": "postgresql://a:b@127.0.0.1:9/x",
           "mariadb": "mariadb://a:b@127.0.0.1:9/x"}  # fmt: skip


def filled(url: str) -> str:
    """The data set of the contract in this empty database."""
    engine = sa.create_engine(address.parse(url, source="test"), poolclass=sa.pool.NullPool)
    tables.create_all(engine)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            connection.execute(table.insert(), ROWS[table.name])
    return url


@pytest.fixture(scope="module")
def served(empty_url: str) -> Iterator[Any]:
    kind = sa.make_url(empty_url).get_backend_name()
    connector = SqlConnector("small", url=filled(empty_url), dataset=dataset())
    with connector, SqlConnector("small", url=NOWHERE[kind], dataset=dataset()) as gone:
        yield Served(connector, gone=gone)


class TestSql(TableContract):
    pass
