"""Before anything is written: what of this cannot be done here, and why. What can is frozen as the plan.

A refused instruction is never dropped: it stands in the plan with its finding, and goes to a person (Art. 12(4)).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import sqlalchemy as sa

from connectors.base import Action, Finding, Instruction, SourcePlan
from connectors.errors import ConnectorError
from connectors.sql import deed, masks, rights, select, setting, taken
from connectors.sql.database import Database
from connectors.sql.schema import ForeignKey, LiveTable
from connectors.values import canonical

Refusals: TypeAlias = dict[str, Finding]  # Instruction.id -> why
HARSH = ("CASCADE",)  # the database would delete rows nobody decided about
GENTLE = ("SET NULL", "SET DEFAULT")


def plan(database: Database, instructions: Sequence[Instruction]) -> SourcePlan:
    """The frozen plan. ConnectorError wrong_source or conflict where the instructions make no sense together."""
    unique = {instruction.id: _as_mapped(database, instruction) for instruction in instructions}
    ordered = sorted(
        {instruction.id: instruction for instruction in unique.values()}.values(),
        key=lambda item: (item.collection, canonical(item.key), item.action, item.fields, canonical(item.values)),
    )
    _no_conflicts(database, ordered)
    refusals = {item.id: finding for item in ordered if (finding := _problem(database, item))}
    with database.reading() as connection:
        refusals |= rights.missing(database, connection, [item for item in ordered if item.id not in refusals])
        refusals |= taken.missing(database, connection, [item for item in ordered if item.id not in refusals])
        _refuse_parents(database, connection, ordered, refusals)
    findings = sorted(set(refusals.values()), key=lambda item: (item.table, item.column, item.code))
    return SourcePlan(
        database.source,
        tuple(item for item in ordered if item.id not in refusals),
        tuple(item for item in ordered if item.id in refusals),
        tuple(findings),
    )


def _as_mapped(database: Database, instruction: Instruction) -> Instruction:
    """Where the map says that masking this table means deleting its rows, anonymising is erasing."""
    mapped = database.map.collections.get(instruction.collection)
    if not mapped or not mapped.deletes or instruction.action is not Action.ANONYMISE:
        return instruction
    return Instruction(instruction.source, instruction.collection, instruction.key, instruction.fingerprint,
                       Action.ERASE, (), instruction.reasons)  # fmt: skip


def _no_conflicts(database: Database, instructions: Sequence[Instruction]) -> None:
    """A row is erased or changed, and each of its columns is changed in one way."""
    taken: dict[str, set[str]] = {}
    for item in instructions:
        if item.source != database.source:
            raise ConnectorError("wrong_source", True, item.source, source=database.source)
        if item.key is None:
            continue
        mine = {"*"} if item.action is Action.ERASE else set(item.fields)
        others = taken.setdefault(item.key_digest, set())
        if others & mine or (others and "*" in others | mine):
            raise ConnectorError("conflict", True, item.collection, source=database.source)
        others |= mine


def _problem(database: Database, item: Instruction) -> Finding | None:
    live = database.schema.tables.get(item.collection)
    if live is None or item.collection not in database.map.collections:
        return Finding("error", "missing_table", item.collection)
    if not live.key or item.key is None or set(item.key) != set(live.key):
        return Finding("error", "no_primary_key", item.collection)
    if not live.rolls_back:
        return Finding("error", "no_transactions", item.collection)
    if item.action is Action.ERASE:
        return None
    if not item.fields:
        return Finding("error", "no_fields", item.collection)
    return next(_column_problems(database, live, item), None)


def _column_problems(database: Database, live: LiveTable, item: Instruction) -> Iterator[Finding]:
    for column in item.fields:
        if item.action is Action.SET:
            code = setting.why_not(database, item.collection, column) or _unfit(database, live, item, column)
            if code:
                yield Finding("error", code, item.collection, column)
        elif code := column_problem(database, live, item.collection, column, unlink=item.action is Action.UNLINK):
            yield Finding("error", code, item.collection, column)


def _unfit(database: Database, live: LiveTable, item: Instruction, column: str) -> str:
    field = database.map.collections[item.collection].fields.get(column)
    try:
        setting.stored(live, field, column, item.values[column])
    except masks.Blocked as blocked:
        return blocked.code
    return ""


def column_problem(
    database: Database, live: LiveTable, collection: str, column: str, *, unlink: bool = False
) -> str:
    """Why this column cannot be masked or emptied; empty where it can."""
    if column not in live.types:
        return "missing_column"
    outgoing = [key for key in database.schema.outgoing(collection) if column in key.columns]
    if (unlink or outgoing) and not live.nullable(column):
        return "not_null_reference"  # any other value would point at somebody else
    if unlink:
        return "generated_column" if column in live.generated else ""
    if any(column in key.parent_columns for key in database.schema.incoming(collection)):
        return "referenced"
    try:
        masks.mask(live, database.map.collections[collection].fields.get(column), column)
    except masks.Blocked as blocked:
        return blocked.code
    return ""


# -- rows that point at what is to go ------------------------------------------------------------------------------


def _refuse_parents(
    database: Database, connection: sa.Connection, ordered: Sequence[Instruction], refusals: Refusals
) -> None:
    """A row others still point at stays; and if a child stays, so does its parent: until nothing changes."""
    pointing = list(_pointing(database, connection, ordered, refusals))
    deeds = {(item.collection, canonical(item.key)): item for item in ordered}
    changed = True
    while changed:
        changed = False
        for foreign, parent, child_key in pointing:
            child = deeds.get((foreign.child, child_key)) if child_key else None
            if parent.id not in refusals and not _loosened(foreign, child, refusals):
                code = "would_cascade" if foreign.on_delete in HARSH else "referenced"
                refusals[parent.id] = Finding("error", code, parent.collection, "", foreign.child)
                changed = True


def _loosened(foreign: ForeignKey, child: Instruction | None, refusals: Refusals) -> bool:
    if child is None or child.id in refusals:
        return False
    return child.action is Action.ERASE or bool(set(foreign.columns) & set(child.fields))


def _pointing(
    database: Database, connection: sa.Connection, ordered: Sequence[Instruction], refusals: Refusals
) -> Iterator[tuple[ForeignKey, Instruction, str]]:
    """(foreign key, erasure of the parent, canonical key of the child or "" where it has none)."""
    by_table: dict[str, list[Instruction]] = {}
    for item in ordered:
        if item.action is Action.ERASE and item.id not in refusals:
            by_table.setdefault(item.collection, []).append(item)
    for table, items in by_table.items():
        live = database.live(table)
        for foreign in database.schema.incoming(table):
            if foreign.on_delete not in GENTLE:
                for parent, child_key in _children(database, connection, live, foreign, items):
                    yield foreign, parent, child_key


def _children(
    database: Database, connection: sa.Connection, live: LiveTable, foreign: ForeignKey,
    items: Sequence[Instruction],
) -> Iterator[tuple[Instruction, str]]:  # fmt: skip
    parents = deed.parents_by(connection, live, items, foreign.parent_columns)
    child = database.schema.tables.get(foreign.child)
    key = child.key if child else ()
    lean = sa.table(foreign.child, *(sa.column(name) for name in (*key, *foreign.columns)), schema=live.table.schema)
    columns = [lean.c[name] for name in foreign.columns]
    for chunk in select.chunks(parents, width=len(columns)):
        wanted = columns[0].in_([value for (value,) in chunk]) if len(columns) == 1 else sa.tuple_(*columns).in_(chunk)
        for row in connection.execute(sa.select(*columns, *(lean.c[name] for name in key)).where(wanted)):
            values = tuple(row)
            parent = parents.get(values[: len(columns)])
            child_key: Mapping[str, Any] = dict(zip(key, values[len(columns) :], strict=True))
            if parent is not None and not (foreign.child == foreign.parent and child_key == parent.key):
                yield parent, canonical(child_key) if key else ""
