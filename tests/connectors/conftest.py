"""The shop in SQLite, PostgreSQL and MariaDB: every contract test runs in all three."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connectors.sql import address
from connectors.sql.connector import SqlConnector
from tests.connectors import shop as shops

KINDS = ["sqlite", "postgresql", "mariadb"]


@pytest.fixture(scope="session")
def kept_databases() -> Iterator[dict[str, str]]:
    """URLs of databases this session made, by kind and use: filled anew for each test, dropped at the end."""
    made: dict[str, str] = {}
    yield made
    for url in made.values():
        name = str(sa.make_url(url).database)
        server = sa.create_engine(_beside(url), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        with server.connect() as connection:
            forced = " WITH (FORCE)" if server.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}{forced}")


@pytest.fixture(params=KINDS)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[shops.Shop]:
    """For tests that leave the shop's own tables as they are made; tables they add go away."""
    yield from _open(request.param, _kept(request, request.param, tmp_path), tmp_path)


@pytest.fixture(params=KINDS)
def fresh_shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[shops.Shop]:
    """A database of its own, for tests that change the shop's tables."""
    fixture = {"postgresql": "postgres_url", "mariadb": "mariadb_url"}.get(request.param)
    url = request.getfixturevalue(fixture) if fixture else f"sqlite:///{tmp_path}/shop.sqlite"
    yield from _open(request.param, url, tmp_path)


@pytest.fixture
def sqlite_shop(tmp_path: Path) -> Iterator[shops.Shop]:
    yield from _open("sqlite", f"sqlite:///{tmp_path}/shop.sqlite", tmp_path)


@pytest.fixture
def postgres_shop(postgres_url: str, tmp_path: Path) -> Iterator[shops.Shop]:
    yield from _open("postgresql", postgres_url, tmp_path)


@pytest.fixture(scope="module", params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of each kind for the tests of one file."""
    return _kept(request, request.param, tmp_path_factory.mktemp("sql"), use="contract")


def _kept(request: pytest.FixtureRequest, kind: str, folder: Path, *, use: str = "shop") -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder}/{use}.sqlite"
    kept: dict[str, str] = request.getfixturevalue("kept_databases")
    if (place := f"{kind} {use}") not in kept:
        name = f"dsar_connectors_{uuid.uuid4().hex[:10]}"
        login = request.getfixturevalue("needs_postgres" if kind == "postgresql" else "needs_mariadb")
        url = sa.URL.create(kind, login["user"], login["password"] or None, login["host"], login["port"], name)
        text = url.render_as_string(hide_password=False)
        server = sa.create_engine(_beside(text), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        with server.connect() as connection:
            charset = " CHARACTER SET utf8mb4" if kind == "mariadb" else ""
            connection.exec_driver_sql(f"CREATE DATABASE {name}{charset}")
        kept[place] = text
    return kept[place]


def _beside(url: str) -> sa.URL:
    """The same server, but no database that is to be made or dropped."""
    parsed = address.parse(url, source="test")
    return parsed.set(database="postgres" if parsed.get_backend_name() == "postgresql" else "")


def _fill(engine: sa.Engine, metadata: sa.MetaData, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Make the tables unless they are there; drop others; put exactly these rows in."""
    present = set(sa.inspect(engine).get_table_names())
    if not present:
        metadata.create_all(engine)
    with engine.begin() as connection:
        for extra in present - set(metadata.tables):
            connection.exec_driver_sql(f"DROP TABLE {extra}")
        for table in reversed(metadata.sorted_tables) if present else ():
            connection.execute(table.delete())
        for table in metadata.sorted_tables:
            connection.execute(table.insert(), rows[table.name])


def _open(kind: str, url: str, folder: Path) -> Iterator[shops.Shop]:
    crm_url = f"sqlite:///{folder}/crm.sqlite"
    engine = sa.create_engine(address.parse(url, source="test"))  # a pool: a new MariaDB connection costs 0.02 s of TLS
    _fill(engine, shops.tables, shops.ROWS)
    _fill(sa.create_engine(crm_url, poolclass=sa.pool.NullPool), shops.crm_tables, shops.CRM_ROWS)
    opened = shops.Shop(
        kind, url, engine,
        SqlConnector("shop", url=url, dataset=shops.dataset("shop")),
        SqlConnector("crm", url=crm_url, dataset=shops.dataset("crm")),
    )  # fmt: skip
    try:
        yield opened
    finally:
        for connector in (opened.connector, opened.crm, *opened.opened):
            connector.close()
        engine.dispose()
