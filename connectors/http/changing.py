"""Rows of an API erased or changed, one request a row, where the map says how.

There is no transaction: all rows are read and compared before the first is written, each request is of a kind that may
arrive twice, and whatever was cut off goes on where it stopped. What the map does not describe is a person's work.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectors import instructed
from connectors.base import Action, Finding, Instruction, Receipt, Record, SourcePlan
from connectors.errors import ConnectorError, PlanOutdated
from connectors.http import asking
from connectors.limited import BY_HAND
from connectors.values import canonical
from policies.http_way import FIELDS

if TYPE_CHECKING:
    from connectors.http.connector import HttpConnector

NO_REHEARSAL = "no_rehearsal"
"""Code of the finding: this plan can be compared with the source beforehand, but not tried."""


@dataclass(frozen=True)
class Todo:
    """One instruction with the row as it stands; `record` is None where it is gone."""

    instruction: Instruction
    record: Record | None
    done: bool


def plan(connector: "HttpConnector", instructions: Sequence[Instruction]) -> SourcePlan:
    """The frozen plan. ConnectorError wrong_source or conflict where the instructions make no sense together."""
    ordered = instructed.ordered(connector, instructions)
    refusals = {one.id: finding for one in ordered if (finding := _problem(connector, one))}
    taken = tuple(one for one in ordered if one.id not in refusals)
    findings = {*refusals.values(), *(Finding("warning", NO_REHEARSAL, one.collection) for one in taken)}
    return SourcePlan(
        connector.source, taken, tuple(one for one in ordered if one.id in refusals),
        tuple(sorted(findings, key=lambda one: (one.table, one.column, one.code))),
    )  # fmt: skip


def why_not(connector: "HttpConnector", collection: str, column: str) -> str:
    """Why a column cannot be written, as a code; empty where it can."""
    mapped = connector.map.collections.get(collection)
    if mapped is None or collection not in connector.way.collections:
        return "missing_table"
    field = mapped.fields.get(column)
    if connector.way.collections[collection].update is None:
        return BY_HAND
    if field is None:
        return ""  # in the answers, in no map: what it may hold only the API knows
    if column in mapped.key:
        return "key_column"
    if field.references:
        return "reference"
    if field.credential:
        return "credential"
    return "read_only_column" if field.read_only else ""


def todo(connector: "HttpConnector", plan: SourcePlan, ledger: Collection[str]) -> list[Todo]:
    """Every instruction beside its row as it is now. PlanOutdated where one changed, before anything is written."""
    if plan.source != connector.source:
        raise ConnectorError("wrong_source", True, plan.source, source=connector.source)
    found = list(_states(connector, [one for one in plan.instructions if one.id not in ledger]))
    changed = [
        item.instruction
        for item in found
        if not item.done and item.record and item.record.fingerprint != item.instruction.fingerprint
    ]
    if changed:
        tables = ", ".join(sorted({one.collection for one in changed}))
        raise PlanOutdated(f"{len(changed)} rows of {tables}", source=connector.source,
                           instructions=tuple(one.id for one in changed))  # fmt: skip
    return found


def there(connector: "HttpConnector", plan: SourcePlan) -> list[Todo]:
    """`todo` before anything was written. PlanOutdated also where all rows of a table that shall go are gone already:
    an API whose address moved says the same, and "erased" would be a guess."""
    found = todo(connector, plan, frozenset())
    erased: dict[str, list[Todo]] = {}
    for item in found:
        if item.instruction.action is Action.ERASE:
            erased.setdefault(item.instruction.collection, []).append(item)
    lost = [item for table in erased.values() if all(one.record is None for one in table) for item in table]
    if lost:
        raise PlanOutdated(f"all {len(lost)} rows gone", source=connector.source,
                           instructions=tuple(item.instruction.id for item in lost))  # fmt: skip
    return found


def carry_out(connector: "HttpConnector", plan: SourcePlan, ledger: Collection[str]) -> list[Receipt]:
    found = todo(connector, plan, ledger)
    order = _children_first(connector, {item.instruction.collection for item in found})
    for item in sorted(found, key=lambda item: order.index(item.instruction.collection)):
        if not item.done:
            _do(connector, item.instruction)
    return receipts(connector, found)


def receipts(connector: "HttpConnector", found: Sequence[Todo]) -> list[Receipt]:
    at = connector.clock()
    return [
        Receipt(source=connector.source, collection=item.instruction.collection, action=item.instruction.action,
                rows=0 if item.done else 1, at=at, instruction=item.instruction.id)
        for item in found
    ]  # fmt: skip


def remaining(connector: "HttpConnector", plan: SourcePlan) -> list[Record]:
    return [item.record for item in _states(connector, plan.instructions) if item.record and not item.done]


def _states(connector: "HttpConnector", instructions: Sequence[Instruction]) -> Iterator[Todo]:
    by_table: dict[str, list[Instruction]] = {}
    for one in instructions:
        by_table.setdefault(one.collection, []).append(one)
    for collection, group in by_table.items():
        keys = {canonical(one.key): one.key for one in group if one.key}
        found = {canonical(record.key): record for record in connector.by_key(collection, list(keys.values()))}
        for one in group:
            record = found.get(canonical(one.key))
            written = values(connector, one)
            done = record is None or (one.action is not Action.ERASE and all(
                record.fields.get(name) == value for name, value in written.items()))  # fmt: skip
            yield Todo(one, record, done)


def values(connector: "HttpConnector", instruction: Instruction) -> Mapping[str, Any]:
    """What the columns of an instruction shall hold: what is set, or nothing, or what the map writes instead."""
    if instruction.action is Action.SET:
        return instruction.values
    fields = connector.map.collections[instruction.collection].fields
    written: dict[str, Any] = {}
    for column in instruction.fields:
        masking = fields[column].masking if column in fields else None
        constant = masking is not None and masking.strategy == "string_rewrite"
        written[column] = str(masking.configuration.get("rewrite_value", "")) if masking and constant else None
    return written


def _do(connector: "HttpConnector", one: Instruction) -> None:
    asked = connector.asked(one.collection)
    deed = asked.erase if one.action is Action.ERASE else asked.update
    if deed is None or one.key is None:
        raise ConnectorError("not_able", True, one.collection, source=connector.source)
    fields = None if one.action is Action.ERASE else values(connector, one)
    asking.change(connector.exchange, deed, one.key, fields=fields, again=one.id)


def _problem(connector: "HttpConnector", one: Instruction) -> Finding | None:
    mapped, asked = connector.map.collections.get(one.collection), connector.way.collections.get(one.collection)
    if mapped is None or asked is None:
        return Finding("error", "missing_table", one.collection)
    if not mapped.key or one.key is None or set(one.key) != set(mapped.key):
        return Finding("error", "no_primary_key", one.collection)
    deed = asked.erase if one.action is Action.ERASE else asked.update
    if deed is None or deed.places - {FIELDS} - set(one.key) or not connector.chosen(one.collection, mapped.key):
        return Finding("warning", BY_HAND, one.collection)
    if one.action is Action.ERASE:
        return None
    return next(_column_problems(connector, one), None)


def _column_problems(connector: "HttpConnector", one: Instruction) -> Iterator[Finding]:
    mapped = connector.map.collections[one.collection]
    if not one.fields:
        yield Finding("error", "no_fields", one.collection)
    for column in one.fields:
        field = mapped.fields.get(column)
        if one.action is Action.SET and (code := why_not(connector, one.collection, column)):
            yield Finding("error", code, one.collection, column)
        elif column in mapped.key:
            yield Finding("error", "key_column", one.collection, column)
        elif field and field.masking and field.masking.strategy not in ("null_rewrite", "string_rewrite"):
            yield Finding("error", "masking_strategy", one.collection, column, field.masking.strategy)


def _children_first(connector: "HttpConnector", tables: Collection[str]) -> list[str]:
    """What points at a row goes before it, as far as the map tells; the rest, and rings, by name."""
    left, order = sorted(tables), []
    parents = {name: {reference.collection for field in connector.map.collections[name].fields.values()
                      for reference in field.references if reference.dataset == connector.map.name}
               for name in left}  # fmt: skip
    while left:
        free = [name for name in left if not any(name in parents[other] for other in left if other != name)]
        order += free or left
        left = [name for name in left if name not in order]
    return order
