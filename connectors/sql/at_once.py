"""Many rows of a table erased by statements that compare them as they go: key and fingerprint are the condition.

A row that somebody changed since does not meet it and stays, and then nothing of it stays done (`Differs`). Where a row
that goes could take others along without a word, or rows of the table point at each other, it is not done this way.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from operator import attrgetter
from typing import Any, TypeAlias

import sqlalchemy as sa

from connectors.base import Action
from connectors.frozen import Deed
from connectors.sql import keys, pointing, prints, select
from connectors.sql.database import Database
from connectors.sql.schema import LiveTable

AT_ONCE = 50_000
"""Rows a statement: PostgreSQL looks at each key before it begins, and is quicker with few long lists."""
TIMED_OUT = "57014"
ByTable: TypeAlias = dict[str, list[Deed]]
Rows: TypeAlias = Sequence[Sequence[Any]]


class Differs(Exception):
    """Some row is not as it was planned, or is gone: which one, the statement does not tell."""


def erasures(database: Database, connection: sa.Connection, deeds: Iterable[Deed]) -> ByTable:
    """The deeds of the tables whose rows all go, and may go like this."""
    if not prints.hashes(connection):
        return {}
    tables = _erased(database, deeds)
    silent = [foreign for table in tables for foreign in database.pointing_at(table) if pointing.is_silent(foreign)]
    looked_at = {end for foreign in silent for end in (foreign.parent, foreign.child)}
    return {
        table: some for table, some in tables.items()
        if table not in looked_at and not within(database, table) and _compares(connection, database.live(table))
    }  # fmt: skip


def _erased(database: Database, deeds: Iterable[Deed]) -> ByTable:
    found: ByTable = {}
    for deed in deeds:
        found.setdefault(deed.collection, []).append(deed)
    return {table: some for table, some in found.items() if all(_erases(database.live(table), deed) for deed in some)}


def _erases(live: LiveTable, deed: Deed) -> bool:
    return deed.action is Action.ERASE and bool(live.key) and set(deed.key or ()) == set(live.key)


def _compares(connection: sa.Connection, live: LiveTable) -> bool:
    return keys.as_arrays(connection, live, live.key) and prints.of(live) is not None


def within(database: Database, collection: str) -> dict[str, None]:
    """References within the table, to be emptied first: MariaDB checks them row by row, in whatever order it meets
    them."""
    live = database.live(collection)
    own = [key for key in database.schema.outgoing(live.table.name) if key.parent == live.table.name]
    return {name: None for key in own for name in key.columns if all(map(live.nullable, key.columns))}


def erase(connection: sa.Connection, live: LiveTable, deeds: Iterable[Deed]) -> None:
    """Differs, and then all of it has to be rolled back."""
    made = prints.of(live)
    assert made is not None  # _compares
    for key, rows in _lots(deeds, AT_ONCE):
        chunk = list(zip(*_columns(live, key, rows), strict=True))
        wanted = prints.array([print_ for *_, print_ in rows])
        if wanted is None:
            raise Differs
        # The key is part of what is hashed: a row with one of these fingerprints is the one it was planned for.
        statement = live.table.delete().where(keys.among(connection, live, chunk), made == sa.any_(wanted))
        if _done(connection, statement) != len(rows):
            raise Differs


def _done(connection: sa.Connection, statement: sa.Delete) -> int:
    """How many rows went. Differs where there was no time for so many in one statement: then they go in lots."""
    try:
        return connection.execute(statement).rowcount
    except sa.exc.OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != TIMED_OUT:
            raise
        raise Differs from None


def gone(database: Database, connection: sa.Connection, deeds: Iterable[Deed]) -> set[str]:
    """Tables of which nothing but erasures was asked, and no row is there any more."""
    found = _erased(database, deeds)
    return {table for table, some in found.items() if not _standing(connection, database.live(table), some)}


def _standing(connection: sa.Connection, live: LiveTable, deeds: Iterable[Deed]) -> bool:
    """Whether there may be some: another spelling of a key is another row, and looks the same here."""
    for key, rows in _lots(deeds, keys.room(connection, live)):
        try:
            chunk = list(zip(*_columns(live, key, rows), strict=True))
        except Differs:
            return True
        query = sa.select(sa.literal(1)).select_from(live.table).where(keys.among(connection, live, chunk)).limit(1)
        if connection.execute(query).first():
            return True
    return False


def _lots(deeds: Iterable[Deed], size: int) -> Iterator[tuple[Sequence[str], Rows]]:
    """The rows of all these deeds, so many at a time, with the names of their keys' columns."""
    for key, some in groupby(deeds, attrgetter("key")):
        rows = chain.from_iterable(deed.rows for deed in some)
        while lot := list(islice(rows, size)):
            yield key or (), lot


def _columns(live: LiveTable, key: Sequence[str], rows: Rows) -> list[Sequence[Any]]:
    """The values of each column of the key in its type. Differs where it can hold no such value."""
    named = dict(zip(key, zip(*rows, strict=True), strict=False))
    try:
        return [keys.fitted(live, name, named[name]) for name in live.key]
    except select.Unfit:
        raise Differs from None
