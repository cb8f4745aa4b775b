"""What law and policy say about each record of a persona, read through the maps as they are written.

Meant to be small and plain, so that it can stand against the portal's own planning: collect with the connectors, read
the facts the map names, ask `law.retention`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from connectors.base import Identity, Record
from connectors.registry import connect
from connectors.walk import find
from demo import REFERENCE_DATE
from law.retention import Decision, decide
from policies.load import Controller, load_controller
from policies.sources import CollectionMap, FactMap
from tests.demo.conftest import CONTROLLERS


class Verdict(NamedTuple):
    kind: str
    record: Record
    decision: Decision


def records(controller: Controller, folder: Path, identity: Mapping[str, tuple[str, ...]]) -> list[Record]:
    connectors = [
        connect(source, controller.datasets[source.dataset], name=name, environ={}, demo=folder)
        for name, source in controller.sources.items()
    ]
    try:
        return list(find(connectors, Identity(dict(identity))))
    finally:
        for connector in connectors:
            connector.close()


def verdicts(slug: str, folder: Path, identity: Mapping[str, tuple[str, ...]]) -> list[Verdict]:
    """One for each record and each kind of data in it, for an erasure request made on the reference date."""
    controller = load_controller(CONTROLLERS / slug)
    found = records(controller, folder, identity)
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for record in found:
        rows[f"{record.source}/{record.collection}"].append(record.fields)
    rules = controller.policy.law_rules()
    return [
        Verdict(
            kind,
            record,
            decide(data=kind, subject=subject, facts=facts, rules=rules, on=REFERENCE_DATE, requested=True),
        )
        for record in found
        if not record.shared
        for mapped in [controller.sources[record.source].collections[record.collection]]
        for subject in [_subject(mapped, record, rows)]
        for facts in [{name: _fact(fact, record, rows) for name, fact in mapped.facts.items()}]
        for kind in sorted(mapped.kinds())
    ]


def _subject(mapped: CollectionMap, record: Record, rows: Mapping[str, list[Mapping[str, Any]]]) -> str | None:
    where = mapped.subject
    if where is None or where.is_:
        return where.is_ if where else None
    if where.column:
        return where.values.get(str(record.fields[where.column]))
    assert where.from_
    values = {where.values.get(str(value)) for value in _column(where.from_, where.match, {}, record, rows)}
    return values.pop() if len(values) == 1 else None


def _column(
    reference: str,
    match: Mapping[str, str],
    where: Mapping[str, Any],
    record: Record,
    rows: Mapping[str, list[Mapping[str, Any]]],
) -> Iterator[Any]:
    source, _, rest = reference.rpartition("/")
    collection, _, column = rest.partition(".")
    for row in rows.get(f"{source or record.source}/{collection}", []):
        if all(row[theirs] == record.fields[ours] for theirs, ours in match.items()) and all(
            row[name] == value for name, value in where.items()
        ):
            yield row[column]


def _fact(
    fact: FactMap, record: Record, rows: Mapping[str, list[Mapping[str, Any]]]
) -> date | Decimal | bool | str | None:
    if fact.column:
        value = record.fields[fact.column]
        return f"P{value}Y" if fact.unit == "years" else _value(value)
    operation = fact.operation
    assert operation
    values = [
        value for value in _column(getattr(fact, operation), fact.match, fact.where, record, rows) if value is not None
    ]
    return _aggregate(operation, [_value(value) for value in values])


def _aggregate(operation: str, values: Sequence[Any]) -> Any:
    match operation:
        case "any":
            return any(values)
        case "sum":
            return sum((Decimal(str(value)) for value in values), Decimal(0))
        case "max":
            return max(values, default=None)
    raise AssertionError(operation)


def _value(value: Any) -> Any:
    """As the connectors give it: a date is text of ten signs or more."""
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == value[7:8] == "-":
        return date.fromisoformat(value[:10])
    if isinstance(value, float | int) and not isinstance(value, bool):
        return Decimal(str(value))
    return value
