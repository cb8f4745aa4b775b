"""What a plan writes, in as few statements as there are deeds: never one a row where the database can do better."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from connectors.base import Instruction
from connectors.errors import ConnectorError
from connectors.frozen import Deed
from connectors.sql import at_once, keys, masks, order, select, setting
from connectors.sql.masks import Mask
from connectors.sql.schema import LiveTable
from connectors.sql.standing import Table, Todo
from connectors.values import canonical


def update(connection: sa.Connection, tables: Mapping[str, Table], todo: Iterable[Todo]) -> None:
    """Columns that become the same in all rows of a deed by one value; what each row gets for itself, row by row."""
    deeds: dict[tuple[Any, ...], list[Todo]] = {}
    for item in todo:
        one = item.instruction
        deed = (one.collection, one.action, one.fields, canonical(one.values) if one.values else "")
        deeds.setdefault(deed, []).append(item)
    for deed in sorted(deeds):
        items, table = deeds[deed], tables[deed[0]]
        first = items[0].instruction
        chosen = table.masks_of(first)
        same = {mask.column: mask.constant for mask in chosen if not mask.per_row} | _given(table, first)
        own = [mask for mask in chosen if mask.per_row]
        if own:
            _update_each(connection, table, items, own)
        if same:
            _update_all(connection, table, items, same)


def _given(table: Table, instruction: Instruction) -> dict[str, Any]:
    """What set writes. ConnectorError where the schema changed and a value no longer fits."""
    fields = table.database.map.collections[instruction.collection].fields
    try:
        return setting.all_stored(table.live, fields, instruction.values)
    except masks.Blocked as blocked:
        raise ConnectorError("set_blocked", True, blocked.code, source=table.database.source) from None


def _update_all(connection: sa.Connection, table: Table, items: Sequence[Todo], same: Mapping[str, Any]) -> None:
    live, wanted = table.live, [keys.of(table.live, item.instruction) for item in items]
    for chunk in keys.chunks(connection, live, wanted):
        statement = live.table.update().where(keys.among(connection, live, chunk)).values(dict(same))
        _expect(table, connection.execute(statement).rowcount, len(chunk))


def _update_each(connection: sa.Connection, table: Table, items: Sequence[Todo], own: Sequence[Mask]) -> None:
    live = table.live
    by_key = {_fitted(live, item.instruction): item for item in items}
    width = len(own) * (1 + len(live.key))
    joined = keys.as_arrays(connection, live, live.key) and keys.carries(live, [mask.column for mask in own])
    for chunk in keys.chunks(connection, live, by_key, more=width):
        new = {mask.column: [_new(live, mask, by_key[key]) for key in chunk] for mask in own}
        statement = _joined(live, chunk, new) if joined else _cases(live, chunk, new)
        _expect(table, connection.execute(statement).rowcount, len(chunk))


def _joined(live: LiveTable, chunk: Sequence[keys.Key], new: Mapping[str, list[Any]]) -> sa.Update:
    """Keys and values as one table to join with."""
    columns = [[key[place] for key in chunk] for place in range(len(live.key))]
    wanted = keys.table(live, [*live.key, *new], [*columns, *new.values()])
    found = sa.and_(*(live.table.c[name] == wanted.c[f"v{place}"] for place, name in enumerate(live.key)))
    values = {name: wanted.c[f"v{place}"] for place, name in enumerate(new, len(live.key))}
    return live.table.update().where(found).values(values)


def _cases(live: LiveTable, chunk: Sequence[keys.Key], new: Mapping[str, list[Any]]) -> sa.Update:
    """One CASE a column, for few rows at once."""
    values = {name: _case(live, name, chunk, given) for name, given in new.items()}
    return live.table.update().where(select.one_of(live, live.key, chunk)).values(values)


def _case(live: LiveTable, name: str, chunk: Sequence[keys.Key], given: Sequence[Any]) -> sa.ColumnElement[Any]:
    column = live.table.c[name]
    whens = [
        (select.one_of(live, live.key, [key]), sa.literal(value, column.type))
        for key, value in zip(chunk, given, strict=True)
    ]
    return sa.case(*whens, else_=column)


def _new(live: LiveTable, mask: Mask, item: Todo) -> Any:
    current = item.row[mask.column] if item.row and mask.of_content else None
    return select.fit(live, mask.column, mask.value(fingerprint=item.instruction.fingerprint, current=current))


def _fitted(live: LiveTable, instruction: Instruction) -> keys.Key:
    return next(select.fitting(live, live.key, [keys.of(live, instruction)]))


def delete(
    connection: sa.Connection, tables: Mapping[str, Table], instructions: Iterable[Instruction],
    whole: Mapping[str, Sequence[Deed]],
) -> None:  # fmt: skip
    """Children before parents. `whole`: tables whose rows are compared only now (`at_once.Differs`)."""
    by_table: dict[str, list[Instruction]] = {}
    for one in instructions:
        by_table.setdefault(one.collection, []).append(one)
    if not by_table and not whole:
        return
    database = next(iter(tables.values())).database
    for collection in order.children_first(database.schema, database.map, {*by_table, *whole}):
        table = tables[collection]
        if collection in whole:
            at_once.erase(connection, table.live, whole[collection])
            continue
        live, wanted = table.live, [keys.of(table.live, one) for one in by_table[collection]]
        if nothing := at_once.within(table.database, collection):
            for chunk in keys.chunks(connection, live, wanted):
                connection.execute(live.table.update().where(keys.among(connection, live, chunk)).values(nothing))
        for chunk in keys.chunks(connection, live, wanted):
            statement = live.table.delete().where(keys.among(connection, live, chunk))
            _expect(table, connection.execute(statement).rowcount, len(chunk))


def _expect(table: Table, rows: int, wanted: int) -> None:
    """A trigger, a rule or row-level security swallowed the statement: then it did not happen."""
    if rows != wanted:
        name = table.live.table.name
        raise ConnectorError("rows_differ", True, f"{name}: {rows} of {wanted}", source=table.database.source)
