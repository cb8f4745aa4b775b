"""Carrying a plan out inside one transaction, and asking again afterwards.

All rows are read and locked before the first is written: a plan that no longer fits writes nothing. Updates come
first (they loosen references), then deletions, children before parents, in statements over many rows.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

import sqlalchemy as sa

from connectors.base import Action, Instruction, Receipt, Record, SourcePlan
from connectors.errors import ConnectorError, PlanOutdated
from connectors.rows import record
from connectors.sql import masks, order, select, setting
from connectors.sql.database import Database
from connectors.sql.schema import LiveTable
from connectors.values import canonical, fingerprint

Found: TypeAlias = Mapping[str, Mapping[str, Any]]  # canonical key -> row


@dataclass(frozen=True)
class Todo:
    """One instruction with the row as it stands; `row` is None where it is gone."""

    instruction: Instruction
    row: Mapping[str, Any] | None
    done: bool


def carry_out(
    database: Database, connection: sa.Connection, *, plan: SourcePlan, ledger: Collection[str]
) -> list[Receipt]:
    """Do it all, commit nothing. PlanOutdated before the first write where a row changed; ConnectorError otherwise."""
    if plan.source != database.source:
        raise ConnectorError("wrong_source", True, plan.source, source=database.source)
    wanted = [instruction for instruction in plan.instructions if instruction.id not in ledger]
    todo: list[Todo] = []
    for collection, group in _by_collection(wanted):
        live = _live(database, collection)
        if not live.rolls_back:
            raise ConnectorError("no_transactions", True, collection, source=database.source)
        found = rows(connection, live, group, lock=True)
        todo += [_state(database, live, instruction, found) for instruction in group]
    _refuse_outdated(database, todo)
    at = database.clock()
    open_ = [item for item in todo if not item.done]
    _update(database, connection, [item for item in open_ if item.instruction.action is not Action.ERASE])
    _delete(database, connection, [item for item in open_ if item.instruction.action is Action.ERASE])
    return [
        Receipt(database.source, item.instruction.collection, item.instruction.key_digest, item.instruction.action,
                0 if item.done else 1, at, item.instruction.id)
        for item in todo
    ]  # fmt: skip


def remaining(database: Database, connection: sa.Connection, *, plan: SourcePlan) -> list[Record]:
    """The plan's rows that still hold what should be gone."""
    left = []
    for collection, group in _by_collection(plan.instructions):
        live = _live(database, collection)
        found = rows(connection, live, group, lock=False)
        for instruction in group:
            item = _state(database, live, instruction, found)
            if not item.done and item.row is not None:
                left.append(record(database, instruction.collection, item.row, path=("plan",)))
    return left


def masks_of(database: Database, live: LiveTable, instruction: Instruction) -> list[masks.Mask]:
    """How each column of an instruction is masked. ConnectorError where the schema changed and one cannot be."""
    if instruction.action is Action.UNLINK:
        return [masks.Mask(column) for column in instruction.fields]
    if instruction.action is Action.SET:
        return []
    fields = database.map.collections[instruction.collection].fields
    try:
        return [masks.mask(live, fields.get(column), column) for column in instruction.fields]
    except masks.Blocked as blocked:
        raise ConnectorError("mask_blocked", True, blocked.code, source=database.source) from None


def parents_by(
    connection: sa.Connection, live: LiveTable, group: Sequence[Instruction], columns: Sequence[str]
) -> dict[tuple[Any, ...], Instruction]:
    """The instructions by what their rows hold in these columns: what children point at."""
    by_key = {canonical(instruction.key): instruction for instruction in group}
    found = rows(connection, live, group, lock=False)
    return {tuple(row[column] for column in columns): by_key[key] for key, row in found.items() if key in by_key}


def _live(database: Database, collection: str) -> LiveTable:
    return database.live(collection)


def _by_collection(instructions: Sequence[Instruction]) -> Iterator[tuple[str, list[Instruction]]]:
    for collection, group in groupby(
        sorted(instructions, key=lambda item: item.collection), key=lambda item: item.collection
    ):
        # Always in the same order, so that two runs wait for each other instead of dying in each other's arms.
        yield collection, sorted(group, key=lambda item: canonical(item.key))


def rows(connection: sa.Connection, live: LiveTable, group: Sequence[Instruction], *, lock: bool) -> Found:
    """The rows of these instructions as they stand, by canonical key; rows that are gone are left out."""
    found = {}
    for chunk in select.chunks(_keys(live, group), width=len(live.key)):
        query = sa.select(live.table).where(select.one_of(live, live.key, chunk))
        for row in connection.execute(query.with_for_update() if lock else query):
            values = dict(zip(live.columns, row, strict=True))
            found[canonical({column: values[column] for column in live.key})] = values
    return found


def _keys(live: LiveTable, group: Sequence[Instruction]) -> Iterator[tuple[Any, ...]]:
    keys = (tuple((instruction.key or {}).get(column) for column in live.key) for instruction in group)
    return select.fitting(live, live.key, keys)


def _state(database: Database, live: LiveTable, instruction: Instruction, found: Found) -> Todo:
    row = found.get(canonical(instruction.key))
    if row is None:
        return Todo(instruction, None, done=True)  # gone: nothing personal is left of it
    if instruction.action is Action.ERASE:
        return Todo(instruction, row, done=False)
    if instruction.action is Action.SET:
        values = instruction.values.items()
        return Todo(instruction, row, done=all(setting.holds(live, name, row[name], value) for name, value in values))
    chosen = masks_of(database, live, instruction)
    on = all(mask.is_on(row, fingerprint=instruction.fingerprint) for mask in chosen)
    if on and any(mask.per_row == "hash" for mask in chosen):  # a value may look like a hash from the start
        on = fingerprint(row) != instruction.fingerprint
    return Todo(instruction, row, done=on)


def _refuse_outdated(database: Database, todo: Sequence[Todo]) -> None:
    changed = [
        item.instruction
        for item in todo
        if not item.done and item.row is not None and fingerprint(item.row) != item.instruction.fingerprint
    ]
    if changed:
        tables = ", ".join(sorted({instruction.collection for instruction in changed}))
        raise PlanOutdated(f"{len(changed)} rows of {tables}", source=database.source,
                           instructions=tuple(instruction.id for instruction in changed))  # fmt: skip


def _update(database: Database, connection: sa.Connection, todo: Sequence[Todo]) -> None:
    def shape(item: Todo) -> tuple[str, bool, tuple[str, ...], str]:
        deed = item.instruction
        return deed.collection, deed.action is Action.UNLINK, deed.fields, canonical(deed.values)

    for (collection, *_), group in groupby(sorted(todo, key=shape), key=shape):
        items, live = list(group), _live(database, collection)
        chosen = masks_of(database, live, items[0].instruction)
        constants = {mask.column: mask.constant for mask in chosen if not mask.per_row}
        constants |= _given(database, live, items[0].instruction)
        if constants:
            for chunk in select.chunks(_keys(live, [item.instruction for item in items]), width=len(live.key)):
                statement = live.table.update().where(select.one_of(live, live.key, chunk)).values(constants)
                _expect(database, connection.execute(statement).rowcount, len(chunk), collection)
        _update_each(database, connection, live, items, [mask for mask in chosen if mask.per_row])


def _given(database: Database, live: LiveTable, instruction: Instruction) -> dict[str, Any]:
    """What set writes. ConnectorError where the schema changed and a value no longer fits."""
    fields = database.map.collections[instruction.collection].fields
    try:
        return setting.all_stored(live, fields, instruction.values)
    except masks.Blocked as blocked:
        raise ConnectorError("set_blocked", True, blocked.code, source=database.source) from None


def _update_each(
    database: Database, connection: sa.Connection, live: LiveTable, items: Sequence[Todo],
    chosen: Sequence[masks.Mask],
) -> None:  # fmt: skip
    """Where each row gets a value of its own: one CASE per column and chunk."""
    if not chosen:
        return
    width = len(live.key) * (1 + len(chosen)) + len(chosen)
    for chunk in select.chunks([(item,) for item in items], width=width):
        pairs = [(item, key) for (item,) in chunk for key in _keys(live, [item.instruction])]
        values = {mask.column: _case(live, mask, pairs) for mask in chosen}
        statement = live.table.update().where(select.one_of(live, live.key, [key for _, key in pairs])).values(values)
        _expect(database, connection.execute(statement).rowcount, len(pairs), live.table.name)


def _case(live: LiveTable, mask: masks.Mask, pairs: Sequence[tuple[Todo, tuple[Any, ...]]]) -> sa.Case[Any]:
    column = live.table.c[mask.column]
    whens = [
        (select.one_of(live, live.key, [key]), sa.literal(_new(live, mask, item), column.type)) for item, key in pairs
    ]
    return sa.case(*whens, else_=column)


def _new(live: LiveTable, mask: masks.Mask, item: Todo) -> Any:
    assert item.row is not None
    value = mask.value(fingerprint=item.instruction.fingerprint, current=item.row[mask.column])
    return select.fit(live, mask.column, value)


def _delete(database: Database, connection: sa.Connection, todo: Sequence[Todo]) -> None:
    by_table: dict[str, list[Instruction]] = {}
    for item in todo:
        by_table.setdefault(item.instruction.collection, []).append(item.instruction)
    for collection in order.children_first(database.schema, database.map, by_table):
        live, instructions = _live(database, collection), by_table[collection]
        for chunk in select.chunks(_keys(live, instructions), width=len(live.key)):
            _loosen(database, connection, live, chunk)
        for chunk in select.chunks(_keys(live, instructions), width=len(live.key)):
            statement = live.table.delete().where(select.one_of(live, live.key, chunk))
            _expect(database, connection.execute(statement).rowcount, len(chunk), collection)


def _loosen(database: Database, connection: sa.Connection, live: LiveTable, keys: list[tuple[Any, ...]]) -> None:
    """References within the table go first: MariaDB checks them row by row, in whatever order it meets them."""
    for foreign in database.schema.outgoing(live.table.name):
        if foreign.parent == live.table.name and all(live.nullable(column) for column in foreign.columns):
            nothing = dict.fromkeys(foreign.columns)
            connection.execute(live.table.update().where(select.one_of(live, live.key, keys)).values(nothing))


def _expect(database: Database, rows: int, wanted: int, collection: str) -> None:
    """A trigger, a rule or row-level security swallowed the statement: then it did not happen."""
    if rows != wanted:
        raise ConnectorError("rows_differ", True, f"{collection}: {rows} of {wanted}", source=database.source)
