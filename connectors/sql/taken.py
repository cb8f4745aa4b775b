"""Values that only one row may hold, and another row has: seen before the database says so, with the value in it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from connectors.base import Action, Finding, Instruction
from connectors.sql import keys, setting, standing
from connectors.sql.database import Database
from connectors.sql.schema import LiveTable
from connectors.values import canonical


def missing(
    database: Database, connection: sa.Connection, instructions: Sequence[Instruction]
) -> dict[str, Finding]:
    """By Instruction.id, the values to be set that a unique index keeps for another row."""
    found: dict[str, Finding] = {}
    by_table: dict[str, list[Instruction]] = {}
    for item in instructions:
        if item.action is Action.SET and any(database.live(item.collection).in_unique(name) for name in item.fields):
            by_table.setdefault(item.collection, []).append(item)
    for collection, items in by_table.items():
        for item, column in _taken(database, connection, database.live(collection), items):
            found.setdefault(item.id, Finding("error", "unique_taken", collection, column))
    return found


def _taken(
    database: Database, connection: sa.Connection, live: LiveTable, items: Sequence[Instruction]
) -> Iterator[tuple[Instruction, str]]:
    rows = standing.rows(connection, live, items)
    fields = database.map.collections[items[0].collection].fields
    after = {key: dict(row) for key, row in rows.items()}
    for item in items:
        if (key := keys.of(live, item)) in after:
            after[key] |= setting.all_stored(live, fields, item.values)
    claimed: dict[str, keys.Key] = {}
    for item in items:
        key = keys.of(live, item)
        row = after.get(key)
        for unique in live.uniques if row else ():
            held = {name: (row or {})[name] for name in sorted(unique)}
            if not unique & set(item.fields) or None in held.values():
                continue  # any number of rows may hold NULL
            first = claimed.setdefault(canonical([sorted(unique), held]), key)
            if first != key or _another(connection, live, held, key):
                yield item, min(unique & set(item.fields))


def _another(connection: sa.Connection, live: LiveTable, held: Mapping[str, Any], mine: keys.Key) -> bool:
    """Whether another row holds this, by the database's own idea of equal."""
    same = sa.and_(*(live.table.c[name] == value for name, value in held.items()))
    query = sa.select(*(live.table.c[name] for name in live.key)).where(same).limit(2)
    return any(keys.named(row, range(len(live.key))) != mine for row in connection.execute(query))
