"""Rows that point at what is to go: a row others still point at stays, and if a child stays, so does its parent."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, TypeAlias

import sqlalchemy as sa

from connectors.base import Action, Finding, Instruction
from connectors.errors import ConnectorError, PlanOutdated
from connectors.reach import Same, same
from connectors.sql import keys, standing
from connectors.sql.database import Database
from connectors.sql.schema import ForeignKey, LiveTable

Refusals: TypeAlias = dict[str, Finding]  # Instruction.id -> why
HARSH = ("CASCADE",)  # the database would delete rows nobody decided about
GENTLE = ("SET NULL", "SET DEFAULT")
Pointing: TypeAlias = tuple[ForeignKey, Instruction, keys.Key]
"""A child row (its key, empty where it has none) and the erasure of the row it points at."""


def refuse_parents(database: Database, ordered: Sequence[Instruction], refusals: Refusals) -> None:
    """Until nothing changes: each refusal may keep a row that keeps another."""
    _refuse(database, ordered, refusals, list(_pointing(database, ordered, refusals)))


def refuse_new(database: Database, connection: sa.Connection, ordered: Sequence[Instruction]) -> None:
    """Once the rows are locked: PlanOutdated where a child made since the plan would go along, or be left pointing at
    nothing, without a word from the database. What it enforces itself it refuses itself."""
    pointing = list(_pointing(database, ordered, {}, connection=connection))
    refusals: Refusals = {}
    if pointing:
        _refuse(database, ordered, refusals, pointing)
    if refusals:
        tables = ", ".join(sorted({finding.detail for finding in refusals.values()}))
        raise PlanOutdated(f"{len(refusals)} rows have new ones of {tables}", source=database.source,
                           instructions=tuple(refusals))  # fmt: skip


def _refuse(
    database: Database, ordered: Sequence[Instruction], refusals: Refusals, pointing: Sequence[Pointing]
) -> None:
    ours = {foreign.child for foreign, _, _ in pointing if not foreign.child_schema}
    children = ours & database.schema.tables.keys()
    deeds = {table: keys.by_key(database.live(table), (one for one in ordered if one.collection == table))
             for table in children}  # fmt: skip
    changed = True
    while changed:
        changed = False
        for foreign, parent, key in pointing:
            child = deeds.get(foreign.child, {}).get(key, ()) if key and not foreign.child_schema else ()
            if not (refusals and parent.id in refusals) and not _loosened(foreign, child, refusals):
                code = "would_cascade" if foreign.on_delete in HARSH else "referenced"
                refusals[parent.id] = Finding("error", code, parent.collection, "", _named(foreign))
                changed = True


def _named(foreign: ForeignKey) -> str:
    return ".".join(filter(None, (foreign.child_schema, foreign.child)))


def _loosened(foreign: ForeignKey, child: Iterable[Instruction], refusals: Refusals) -> bool:
    return any(
        one.action is Action.ERASE or bool(set(foreign.columns) & set(one.fields))
        for one in child if not (refusals and one.id in refusals)
    )  # fmt: skip


def _pointing(
    database: Database, ordered: Sequence[Instruction], refusals: Refusals, *, connection: sa.Connection | None = None
) -> Iterator[Pointing]:
    """With a connection of the caller's: only by references whose break the database would not refuse."""
    by_table: dict[str, list[Instruction]] = {}
    for one in ordered:
        if one.action is Action.ERASE and not (refusals and one.id in refusals):
            by_table.setdefault(one.collection, []).append(one)
    for table, items in by_table.items():
        for foreign in database.pointing_at(table):
            if is_silent(foreign) or (connection is None and foreign.on_delete not in GENTLE):
                yield from _asked(database, foreign, items, connection=connection)


def is_silent(foreign: ForeignKey) -> bool:
    """Whether the database lets a row go that others point at by this, and says nothing: only we can refuse."""
    return foreign.on_delete not in GENTLE and (foreign.on_delete in HARSH or not foreign.enforced)


def _asked(
    database: Database, foreign: ForeignKey, items: Sequence[Instruction], *, connection: sa.Connection | None
) -> Iterator[Pointing]:
    """In a schema we may not look into, any row may point at any."""
    live = database.live(foreign.parent)
    try:
        with nullcontext(connection) if connection is not None else database.reading() as asking:
            yield from list(_children(database, asking, live, foreign, items))
    except ConnectorError as error:
        if error.code != "permission" or connection is not None:
            raise
        yield from ((foreign, one, ()) for one in items)


def _children(
    database: Database, connection: sa.Connection, live: LiveTable, foreign: ForeignKey,
    items: Sequence[Instruction],
) -> Iterator[Pointing]:  # fmt: skip
    parents = _ends(connection, live, items, foreign.parent_columns)
    child = None if foreign.child_schema else database.schema.tables.get(foreign.child)
    key = child.key if child else ()
    table, typed, where = _lean(live, foreign, key), live, foreign.parent_columns
    if child is not None and not foreign.enforced:  # no key makes both ends of one type: we ask in the child's own
        table, typed, where = child.table, child, foreign.columns
    columns = [table.c[name] for name in foreign.columns]
    width, meant = len(columns), _meant(parents)
    for chunk in keys.chunks(connection, typed, parents, where=where):
        wanted = keys.among(connection, typed, chunk, where=where, columns=columns)
        for row in connection.execute(sa.select(*columns, *(table.c[name] for name in key)).where(wanted)).fetchall():
            own = keys.named(row, range(width, len(row)))
            for parent in meant(keys.named(row, range(width)), chunk):
                if not (foreign.child == foreign.parent and own == keys.of(live, parent)):
                    yield foreign, parent, own


def _lean(live: LiveTable, foreign: ForeignKey, key: Sequence[str]) -> sa.FromClause:
    """The child as far as we need it; no map may know it."""
    ends = zip(foreign.columns, foreign.parent_columns, strict=True)
    return sa.table(
        foreign.child, *(sa.column(name, live.table.c[end].type) for name, end in ends),
        *(sa.column(name) for name in key if name not in foreign.columns),
        schema=foreign.child_schema or live.table.schema,
    )  # fmt: skip


def _meant(parents: Mapping[keys.Key, Instruction]) -> Callable[[keys.Key, Sequence[keys.Key]], Iterable[Instruction]]:
    """Which of the parents asked for a child's value names. A collation takes "a1001" for "A1001": where none is
    written just so, all that are alike; where none is even that, all: the database said that it names one of them."""
    alike: dict[Same, list[Instruction]] = {}

    def meant(value: keys.Key, asked: Sequence[keys.Key]) -> Iterable[Instruction]:
        if value in parents:
            return (parents[value],)
        if not alike:
            for key, one in parents.items():
                alike.setdefault(same(key), []).append(one)
        if found := alike.get(same(value)):
            return found
        return [parents[key] for one in asked if (key := _plain(one)) in parents] or parents.values()

    return meant


def _ends(
    connection: sa.Connection, live: LiveTable, items: Sequence[Instruction], columns: Sequence[str]
) -> Mapping[keys.Key, Instruction]:
    """The instructions by what their rows hold in these columns: what children point at."""
    if set(columns) <= set(live.key):
        return {tuple([(one.key or {})[name] for name in columns]): one for one in items}
    by_key = {keys.of(live, one): one for one in items}
    found = standing.rows(connection, live, items, columns=columns)
    ends = ((_plain([row[name] for name in columns]), by_key[key]) for key, row in found.items())
    return {end: one for end, one in ends if None not in end}  # nothing points at what is not there


def _plain(values: Sequence[Any]) -> keys.Key:
    return keys.named(values, range(len(values)))
