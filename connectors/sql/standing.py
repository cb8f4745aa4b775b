"""Rows as they stand, against what a plan knew of them: locked, compared, and seen to be done or not."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa

from connectors.base import Action, Instruction
from connectors.errors import ConnectorError
from connectors.sql import keys, masks, select, setting
from connectors.sql.database import Database
from connectors.sql.schema import LiveTable
from connectors.values import plain_fingerprint, plain_rows

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Todo:
    """One instruction and whether it is done already. `same`: the row is the one that was planned for. `row`: of what
    stands there now, the columns whose masks are made of it."""

    instruction: Instruction
    done: bool
    same: bool = True
    row: Row | None = None


class Table:
    """One table of a plan: what it is like now, and how each set of its columns is masked there."""

    def __init__(self, database: Database, collection: str) -> None:
        self.database, self.live = database, database.live(collection)
        self._masks: dict[tuple[Action, tuple[str, ...]], list[masks.Mask]] = {}

    def masks_of(self, one: Instruction) -> list[masks.Mask]:
        """ConnectorError where the schema changed and a column can no longer be masked."""
        shape = (one.action, one.fields)
        if shape not in self._masks:
            self._masks[shape] = self._chosen(one)
        return self._masks[shape]

    def _chosen(self, one: Instruction) -> list[masks.Mask]:
        if one.action is Action.UNLINK:
            return [masks.Mask(column) for column in one.fields]
        if one.action not in (Action.ANONYMISE, Action.STRIP):
            return []
        fields = self.database.map.collections[one.collection].fields
        try:
            return [masks.mask(self.live, fields.get(column), column) for column in one.fields]
        except masks.Blocked as blocked:
            raise ConnectorError("mask_blocked", True, blocked.code, source=self.database.source) from None

    def is_done(self, one: Instruction, row: Row, *, print_: str) -> bool:
        """Whether the row is as the instruction wants it. `print_`: its fingerprint now."""
        if one.action is Action.ERASE:
            return False
        if one.action is Action.SET:
            return all(setting.holds(self.live, name, row[name], value) for name, value in one.values.items())
        chosen = self.masks_of(one)
        if print_ == one.fingerprint and any(mask.of_fingerprint for mask in chosen):
            return False  # untouched since: what looks like a mask of ours stood there from the start
        return all(mask.is_on(row, fingerprint=one.fingerprint) for mask in chosen)


def by_collection(instructions: Iterable[Instruction]) -> Iterator[tuple[str, list[Instruction]]]:
    """Table by table, rows in the order of their keys: two runs wait for each other, and none waits for itself."""
    tables: dict[str, list[Instruction]] = {}
    for one in instructions:
        tables.setdefault(one.collection, []).append(one)
    for collection in sorted(tables):
        yield collection, keys.in_order(tables[collection])


def rows(
    connection: sa.Connection, live: LiveTable, group: Iterable[Instruction], *, columns: Sequence[str] = ()
) -> dict[keys.Key, Row]:
    """The rows of these instructions as they are, by key; rows that are gone are left out."""
    found = read(connection, live, keys.by_key(live, group), columns=columns)
    return {key: row for key, row, _ in found}


def read(
    connection: sa.Connection, live: LiveTable, wanted: Collection[keys.Key], *, columns: Sequence[str] = (),
    lock: bool = False,
) -> Iterator[tuple[keys.Key, Row, Row]]:  # fmt: skip
    """(key, row, the same JSON-safe) of those there are, some thousand in memory at a time. Another spelling of a key
    is another row."""
    names = tuple(dict.fromkeys((*live.key, *columns))) if columns else live.columns
    query = sa.select(*(live.table.c[name] for name in names))
    names = tuple(map(str, names))  # SQLAlchemy's own kind of name is slower to write
    for chunk in keys.chunks(connection, live, wanted):
        found = query.where(keys.among(connection, live, chunk))
        batch = connection.execute(select.locked(found, live) if lock else found).fetchall()
        for row, said in zip(batch, plain_rows(names, batch), strict=True):
            key = tuple([said[name] for name in live.key])
            if key in wanted:
                yield key, dict(zip(names, row, strict=True)), said


def compared(connection: sa.Connection, table: Table, group: Iterable[Instruction]) -> Iterator[Todo]:
    """Each instruction against its row, which is locked from now on."""
    wanted = keys.by_key(table.live, group)
    missing = set(wanted)
    for key, row, said in read(connection, table.live, wanted, lock=True):
        missing.discard(key)
        print_ = plain_fingerprint(said)
        for one in wanted[key]:
            if one.action is Action.ERASE:
                yield Todo(one, done=False, same=print_ == one.fingerprint)
                continue
            done = table.is_done(one, row, print_=print_)
            needed = () if done else [mask.column for mask in table.masks_of(one) if mask.of_content]
            yield Todo(one, done, print_ == one.fingerprint, {name: row[name] for name in needed} if needed else None)
    for key in missing:
        yield from (Todo(one, done=True) for one in wanted[key])  # gone: nothing personal is left of it
