"""Tables without a key, such as logs: their rows can only be addressed by what stands in them.

Where a decision asks nothing but some columns of the row (the day of a log line, whether it is part of an incident),
all rows that hold the same there share one fate. So they go by those values, in one statement, and need no key.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import sqlalchemy as sa

from connectors.errors import ConnectorError
from connectors.sql import rights, select
from connectors.sql.database import Database
from connectors.sql.schema import LiveTable
from connectors.values import plain

Group: TypeAlias = tuple[tuple[Any, ...], int]  # JSON-safe values in the order of the columns, rows that hold them


def groups(database: Database, collection: str, *, by: Sequence[str], after: Any, count: int) -> list[Group]:
    """The rows by the values of these columns, for the next `count` values of the first one after `after`.

    Rows whose first column is NULL are left out. All groups of one value of the first column come together.
    """
    live = database.live(collection)
    columns = [live.table.c[name] for name in by]
    first = columns[0]
    beyond = first.is_not(None) if after is None else first > select.fit(live, by[0], after)
    with database.reading() as connection:
        page = list(
            connection.execute(sa.select(first).where(beyond).distinct().order_by(first).limit(count)).scalars()
        )
        if not page:
            return []
        query = (
            sa.select(*columns, sa.func.count()).where(beyond, first <= page[-1]).group_by(*columns).order_by(*columns)
        )
        return [(tuple(plain(value) for value in row[:-1]), row[-1]) for row in connection.execute(query)]


def held(database: Database, collection: str, *, by: Sequence[str], values: Sequence[Sequence[Any]]) -> int:
    """How many rows hold one of these."""
    live, count = database.live(collection), 0
    with database.reading() as connection:
        for chunk in select.chunks([(tuple(one),) for one in values], width=len(by)):
            query = sa.select(sa.func.count()).select_from(live.table)
            count += connection.execute(query.where(_hold(live, by, [one for (one,) in chunk]))).scalar_one()
    return count


def erase(
    database: Database, collection: str, *, by: Sequence[str], values: Sequence[Sequence[Any]], commit: bool
) -> int:
    """Rows gone, in one transaction; without `commit` it is rolled back. Repeating is harmless.

    ConnectorError read_only_role, no_transactions.
    """
    live, gone = database.live(collection), 0
    if not live.rolls_back:
        raise ConnectorError("no_transactions", True, collection, source=database.source)
    with database.reading() as connection:
        if not rights.may(database, connection, live, "DELETE"):
            raise ConnectorError("read_only_role", True, collection, source=database.source)
    with database.writing() as connection:
        for chunk in select.chunks([(tuple(one),) for one in values], width=len(by)):
            gone += connection.execute(live.table.delete().where(_hold(live, by, [one for (one,) in chunk]))).rowcount
        if commit:
            connection.commit()
        else:
            connection.rollback()
    return gone


def _hold(live: LiveTable, by: Sequence[str], values: Sequence[Sequence[Any]]) -> sa.ColumnElement[bool]:
    return sa.or_(*(sa.and_(*(_is(live, name, value) for name, value in zip(by, one, strict=True))) for one in values))


def _is(live: LiveTable, name: str, value: Any) -> sa.ColumnElement[bool]:
    column: sa.ColumnElement[Any] = live.table.c[name]
    return column.is_(None) if value is None else column == select.fit(live, name, value)
