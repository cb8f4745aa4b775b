"""What a database puts off until COMMIT, checked at once: a rehearsal never commits (every key Django makes waits)."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from connectors.errors import ConnectorError
from connectors.sql.database import Database

SETS = frozenset({"postgresql", "oracle"})  # dialects that take SET CONSTRAINTS
WAITING = sa.text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%INITIALLY%DEFERRED%'")


@contextmanager
def checked(database: Database, connection: sa.Connection, tables: Collection[str]) -> Iterator[None]:
    """For deeds on these tables. ConnectorError integrity where a row points at nothing that did not before."""
    before = _dangling(database, connection, tables)
    yield
    if connection.dialect.name in SETS:
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    elif wrong := _dangling(database, connection, tables) - before:
        raise ConnectorError("integrity", True, ", ".join(sorted({table for table, _ in wrong})),
                             source=database.source)  # fmt: skip


def _dangling(database: Database, connection: sa.Connection, tables: Collection[str]) -> set[tuple[str, object]]:
    """(table, what SQLite says of the row). An old file may have held such rows for years."""
    if connection.dialect.name != "sqlite":
        return set()
    concerned = {key.child for key in database.schema.foreign_keys if {key.child, key.parent} & set(tables)}
    if not concerned:
        return set()
    quote = connection.dialect.identifier_preparer.quote_identifier
    return {
        (name, tuple(row))
        for name in concerned & set(connection.execute(WAITING).scalars())
        for row in connection.exec_driver_sql(f"PRAGMA foreign_key_check({quote(name)})")
    }
