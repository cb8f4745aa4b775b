"""CHECK constraints against what a plan would write: the database is asked, on the very rows, before the first write.

A mask is NULL, a neutral value or one at random, and a company's CHECK may want a telephone number to be one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from connectors.base import Action, Finding, Instruction
from connectors.errors import ConnectorError
from connectors.sql import keys, setting
from connectors.sql.catalog import Beyond, mentions
from connectors.sql.database import Database
from connectors.sql.standing import Table

SAMPLE = "0" * 64  # in place of a fingerprint: a mask at random is as long whoever's it is


def missing(
    database: Database, instructions: Sequence[Instruction], beyond: Mapping[str, Beyond]
) -> dict[str, Finding]:
    """By Instruction.id, the rows a CHECK would not take."""
    deeds: dict[tuple[Any, ...], list[Instruction]] = {}
    for one in instructions:
        if one.action is not Action.ERASE and beyond[one.collection].checking(one.fields):
            values = repr(sorted(one.values.items())) if one.values else ""
            deeds.setdefault((one.collection, one.action, one.fields, values), []).append(one)
    found: dict[str, Finding] = {}
    for (collection, *_), some in deeds.items():
        table = Table(database, collection)
        for check in beyond[collection].checking(some[0].fields):
            column = next(name for name in some[0].fields if mentions(check, name))
            for one in _broken(database, table, some, check):
                found[one.id] = Finding("error", "check_constraint", collection, column)
    return found


def _broken(database: Database, table: Table, some: list[Instruction], check: str) -> Iterator[Instruction]:
    """Those whose rows would break it. A check nobody can ask is left to the rehearsal."""
    live, by_key, new = table.live, keys.by_key(table.live, some), _after(table, some[0])
    columns = [new.get(name, live.table.c[name]).label(name) for name in live.columns]
    breaks = sa.text(f"NOT ({check})".replace(":", r"\:"))
    try:
        with database.reading() as connection:
            for chunk in keys.chunks(connection, live, by_key):
                after = sa.select(*columns).where(keys.among(connection, live, chunk)).subquery(live.table.name)
                query = sa.select(*(after.c[name] for name in live.key)).where(breaks)
                for row in connection.execute(query).fetchall():
                    yield from by_key.get(keys.named(row, range(len(live.key))), ())
    except ConnectorError as error:
        if not error.permanent:
            raise


def _after(table: Table, one: Instruction) -> dict[str, sa.ColumnElement[Any]]:
    """What the columns of a deed would hold; those made less exact are left as they are."""
    fields = table.database.map.collections[one.collection].fields
    new = dict(setting.all_stored(table.live, fields, one.values))
    new |= {
        mask.column: mask.value(fingerprint=SAMPLE, current="") for mask in table.masks_of(one) if not mask.of_shape
    }
    return {name: _literal(table, name, value) for name, value in new.items()}


def _literal(table: Table, name: str, value: Any) -> sa.ColumnElement[Any]:
    if table.live.as_stored:
        return sa.literal(value)
    type_ = table.live.types[name]
    return sa.cast(sa.null() if value is None else sa.literal(value, type_), type_)
