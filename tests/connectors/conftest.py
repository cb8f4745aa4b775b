"""The shop in SQLite, PostgreSQL and MariaDB: every contract test runs in all three."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from connectors.sql import address
from connectors.sql.connector import SqlConnector
from tests.connectors import shop as shops

SERVERS = {"postgresql": "postgres_url", "mariadb": "mariadb_url"}


@pytest.fixture(params=["sqlite", *SERVERS])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[shops.Shop]:
    kind = request.param
    url = request.getfixturevalue(SERVERS[kind]) if kind in SERVERS else f"sqlite:///{tmp_path}/shop.sqlite"
    yield from _open(kind, url, tmp_path)


@pytest.fixture
def sqlite_shop(tmp_path: Path) -> Iterator[shops.Shop]:
    yield from _open("sqlite", f"sqlite:///{tmp_path}/shop.sqlite", tmp_path)


@pytest.fixture
def postgres_shop(postgres_url: str, tmp_path: Path) -> Iterator[shops.Shop]:
    yield from _open("postgresql", postgres_url, tmp_path)


def _open(kind: str, url: str, folder: Path) -> Iterator[shops.Shop]:
    crm_url = f"sqlite:///{folder}/crm.sqlite"
    engine = sa.create_engine(address.parse(url, source="test"), poolclass=sa.pool.NullPool)
    shops.fill(engine, shops.tables, shops.ROWS)
    shops.fill(sa.create_engine(crm_url, poolclass=sa.pool.NullPool), shops.crm_tables, shops.CRM_ROWS)
    opened = shops.Shop(
        kind, url, engine,
        SqlConnector("shop", url=url, dataset=shops.dataset("shop")),
        SqlConnector("crm", url=crm_url, dataset=shops.dataset("crm")),
    )  # fmt: skip
    yield opened
    for connector in (opened.connector, opened.crm, *opened.opened):
        connector.close()
    engine.dispose()
