"""No statement of ours may hold up a company's own system for long."""

import sqlalchemy as sa

READ_SECONDS = 900  # a stream lasts as long as its reader: MariaDB counts that in
WRITE_SECONDS = 120
LOCK_SECONDS = 10


def for_reading(connection: sa.Connection) -> None:
    _limit(connection, READ_SECONDS)


def for_writing(connection: sa.Connection) -> None:
    _limit(connection, WRITE_SECONDS)


def _limit(connection: sa.Connection, seconds: int) -> None:
    """For this transaction in PostgreSQL, this session elsewhere. SQLite waits for locks only."""
    name = connection.dialect.name
    if name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{seconds}s'")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
    elif name in ("mysql", "mariadb"):
        maria = getattr(connection.dialect, "is_mariadb", False)
        limit = f"max_statement_time = {seconds}" if maria else f"max_execution_time = {seconds * 1000}"
        connection.exec_driver_sql(
            f"SET SESSION {limit}, innodb_lock_wait_timeout = {LOCK_SECONDS}, net_write_timeout = {READ_SECONDS}"
        )
    elif name == "mssql":  # the time of a statement is told to the driver: `address`
        connection.exec_driver_sql(f"SET LOCK_TIMEOUT {LOCK_SECONDS * 1000}")
    elif name == "oracle":
        connection.connection.driver_connection.call_timeout = seconds * 1000  # type: ignore[union-attr]
