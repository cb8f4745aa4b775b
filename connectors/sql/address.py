"""From a source's URL to engines: one that can only read, one that can write. Passwords stay inside."""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from connectors.errors import ConnectorError
from connectors.spelling import normalised
from connectors.sql import timeouts
from policies.spelling import Spelling

DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "mssql": "mssql+pymssql",  # these two drivers are not shipped: whoever has such a server installs one
    "oracle": "oracle+oracledb",
}
CONNECT_SECONDS = 10
FOLDED = Spelling.model_validate({"as": "folded"})
READ_ONLY = {
    "mysql": "START TRANSACTION READ ONLY", "mariadb": "START TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
}  # fmt: skip
CONNECT = {"mssql": "login_timeout", "oracle": "tcp_connect_timeout"}
POOL: dict[str, Any] = {"pool_size": 2, "max_overflow": 3, "pool_recycle": 600}


def parse(text: str, *, source: str) -> URL:
    """The URL with the driver we ship. ConnectorError bad_url, which does not repeat it: it holds a password."""
    try:
        url = make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        raise ConnectorError("bad_url", True, "not a database URL", source=source) from None
    scheme = url.drivername.partition("+")[0]
    if scheme not in DRIVERS:
        raise ConnectorError("bad_url", True, f"scheme is none of {', '.join(sorted(DRIVERS))}", source=source)
    if url.drivername not in (scheme, DRIVERS[scheme]):
        raise ConnectorError("bad_url", True, f"driver is not {DRIVERS[scheme]}", source=source)
    if scheme == "sqlite" and (not url.database or url.database.startswith((":memory:", "file:"))):
        raise ConnectorError("bad_url", True, "sqlite needs the path of a file", source=source)
    return url.set(drivername=DRIVERS[scheme])


def reading_engine(url: URL) -> sa.Engine:
    """Every transaction on it is read-only, by the database's own means. SQL Server has none: the role must be it."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, mode="ro", begin="BEGIN")
    engine = _server(url)
    if url.get_backend_name() == "postgresql":
        return engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
    begin = READ_ONLY.get(url.get_backend_name())
    if begin:
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def writing_engine(url: URL) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, mode="rw", begin="BEGIN IMMEDIATE")  # the lock first: rows read stay as read
    return _server(url)


def _server(url: URL) -> sa.Engine:
    """ConnectorError driver_missing where the driver is one we do not ship and nobody has installed."""
    arguments: dict[str, Any] = {CONNECT.get(url.get_backend_name(), "connect_timeout"): CONNECT_SECONDS}
    if url.get_backend_name() == "mssql":
        arguments["timeout"] = timeouts.READ_SECONDS  # of a statement; the server itself has no word for it
    try:
        return sa.create_engine(url, connect_args=arguments, hide_parameters=True, **POOL)
    except ImportError:
        raise ConnectorError("driver_missing", True, url.get_driver_name()) from None


def _sqlite(url: URL, *, mode: str, begin: str) -> sa.Engine:
    path = f"file:{quote(str(Path(str(url.database)).resolve()))}?mode={mode}"  # rw does not create a missing file

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, uri=True, timeout=CONNECT_SECONDS, check_same_thread=False)
        connection.isolation_level = None  # we begin and end transactions ourselves, reads included
        connection.text_factory = _lenient_text
        connection.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows ASCII only
        connection.create_function("dsar_folded", 1, _folded, deterministic=True)
        connection.execute("PRAGMA foreign_keys = ON")
        if mode == "ro":
            connection.execute("PRAGMA query_only = ON")
        return connection

    engine = sa.create_engine("sqlite+pysqlite://", creator=connect, poolclass=sa.pool.QueuePool,
                              hide_parameters=True, **POOL)  # fmt: skip
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _lenient_text(raw: bytes) -> str:
    """Old files hold Latin-1 bytes in text columns; a row must not be lost for that."""
    return raw.decode("utf-8", "surrogateescape")


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _folded(value: Any) -> str:
    return normalised(FOLDED, value)
