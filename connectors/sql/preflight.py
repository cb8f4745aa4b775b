"""Before anything is written: what of this cannot be done here, and why. What can is frozen as the plan.

A refused instruction is never dropped: it stands in the plan with its finding, and goes to a person (Art. 12(4)).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.base import Action, Finding, Instruction, SourcePlan
from connectors.errors import ConnectorError
from connectors.sql import catalog, checks, keys, masks, pointing, rights, setting, taken
from connectors.sql.catalog import Beyond
from connectors.sql.database import Database
from connectors.sql.pointing import Refusals
from connectors.sql.schema import LiveTable
from connectors.values import canonical
from law.reasons import Reason


def plan(database: Database, instructions: Sequence[Instruction]) -> SourcePlan:
    """The frozen plan. ConnectorError wrong_source or conflict where the instructions make no sense together."""
    ordered = _ordered(database, instructions)
    tables = sorted({one.collection for one in ordered} & database.schema.tables.keys())
    with database.reading() as connection:
        beyond = {table: catalog.look(connection, database.live(table)) for table in tables}
        refusals = _problems(database, ordered, beyond)
        refusals |= rights.missing(database, connection, _open(ordered, refusals))
        refusals |= taken.missing(database, connection, _open(ordered, refusals))
    refusals |= checks.missing(database, _open(ordered, refusals), beyond)
    pointing.refuse_parents(database, ordered, refusals)
    told = {finding for table in tables for finding in beyond[table].warnings(table)}
    findings = sorted({*refusals.values(), *told}, key=lambda item: (item.level, item.table, item.column, item.code))
    return SourcePlan(
        database.source,
        tuple(_open(ordered, refusals)),
        tuple(item for item in ordered if item.id in refusals) if refusals else (),
        tuple(findings),
    )


def _open(ordered: Sequence[Instruction], refusals: Refusals) -> Sequence[Instruction]:
    return [item for item in ordered if item.id not in refusals] if refusals else ordered


def _ordered(database: Database, instructions: Iterable[Instruction]) -> list[Instruction]:
    """Each once, those of one deed together, rows in the order of their keys. A row is erased or changed, and each of
    its columns is changed in one way: ConnectorError conflict. ConnectorError wrong_source."""
    deeds: dict[tuple[Any, ...], dict[tuple[keys.Key, str], Instruction]] = {}
    claimed: dict[str, dict[keys.Key, tuple[str, ...]]] = {}
    said = _Said()
    for given in instructions:
        if given.source != database.source:
            raise ConnectorError("wrong_source", True, given.source, source=database.source)
        one = _as_mapped(database, given)
        live = database.schema.tables.get(one.collection)
        key = keys.of(live, one) if live and live.key and one.key else (canonical(one.key),)
        values = canonical(one.values) if one.values else ""
        same = deeds.setdefault((one.collection, one.action, one.fields, values, said.text(one.reasons)), {})
        if (row := (key, one.fingerprint)) in same:
            continue
        same[row] = one
        if one.key is not None:
            _claim(database, one, key, claimed.setdefault(one.collection, {}))
    return [one for deed in sorted(deeds) for one in keys.in_order(deeds[deed].values())]


def _as_mapped(database: Database, instruction: Instruction) -> Instruction:
    """Where the map says that masking this table means deleting its rows, anonymising is erasing."""
    if instruction.action is not Action.ANONYMISE:
        return instruction
    mapped = database.map.collections.get(instruction.collection)
    return replace(instruction, action=Action.ERASE, fields=()) if mapped and mapped.deletes else instruction


class _Said:
    """Reasons as text, each tuple of them written once: a million rows share a few."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[tuple[Reason, ...], str]] = {}

    def text(self, reasons: tuple[Reason, ...]) -> str:
        if id(reasons) not in self._known:
            self._known[id(reasons)] = (reasons, canonical([reason.to_json() for reason in reasons]))
        return self._known[id(reasons)][1]


def _claim(database: Database, one: Instruction, key: keys.Key, claimed: dict[keys.Key, tuple[str, ...]]) -> None:
    mine = ("*",) if one.action is Action.ERASE else one.fields
    others = claimed.get(key, ())
    if others and ({"*"} & {*others, *mine} or set(others) & set(mine)):
        raise ConnectorError("conflict", True, one.collection, source=database.source)
    claimed[key] = others + mine if others else mine


def _problems(database: Database, ordered: Iterable[Instruction], beyond: Mapping[str, Beyond]) -> Refusals:
    """By Instruction.id; the same deed on another row of the table meets the same."""
    known: dict[tuple[Any, ...], Finding | None] = {}
    refusals: Refusals = {}
    for one in ordered:
        key = None if one.key is None else tuple(one.key)
        shape = (one.collection, one.action, one.fields, key, canonical(one.values) if one.values else "")
        if shape not in known:
            is_view = one.collection in beyond and beyond[one.collection].is_view
            known[shape] = Finding("error", "view", one.collection) if is_view else _problem(database, one)
        if finding := known[shape]:
            refusals[one.id] = finding
    return refusals


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
    if (unlink or database.leads_on(collection, column)) and not live.nullable(column):
        return "not_null_reference"  # any other value would point at somebody else
    if unlink:
        return "generated_column" if column in live.generated else ""
    if any(column in key.parent_columns for key in database.pointing_at(collection)):
        return "referenced"
    try:
        masks.mask(live, database.map.collections[collection].fields.get(column), column)
    except masks.Blocked as blocked:
        return blocked.code
    return ""
