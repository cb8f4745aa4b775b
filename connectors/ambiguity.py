"""Whether one person was found, or two who fit the same identity: a mailbox of two, a telephone number used again.

The rows found by an identity alone (roots) of one table are compared in what tells people apart: a name, a date of
birth, a number of their own. They are never merged: what hangs on any of them is held until a person has looked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from connectors.errors import ConnectorError
from connectors.graph import THINGS, Node
from connectors.inside import held, top
from connectors.maps import CollectionMap
from connectors.reach import Entry, Reach, Same, Values, pick
from connectors.spelling import normalised
from connectors.trace import Trace
from connectors.values import is_empty
from policies.spelling import Spelling

APART = ("user.name", "user.demographic.date_of_birth", "user.government_id")
"""Categories of what two people do not share. One person may have two customer numbers: they count where nothing else
could tell."""
NUMBERS = ("user.unique_id",)
LOOKED_AT = 1000
"""Rows of a table compared: an identity two people share shows among the first."""
Known: TypeAlias = Mapping[Same, tuple[Values, Reach]]
FOLDED = Spelling.model_validate({"as": "folded"})


@dataclass(frozen=True)
class Ambiguity:
    """`people` differ among the `roots` rows of this table that fit. Counts and names, no data."""

    source: str
    collection: str
    roots: int
    people: int
    labels: tuple[str, ...] = ()  # how a path begins that comes from one of them

    def to_json(self) -> dict[str, Any]:
        return {"source": self.source, "collection": self.collection, "roots": self.roots, "people": self.people}


def found(trace: Trace) -> Iterator[Ambiguity]:
    """Of a walk that is done with its first half. ConnectorError as the sources."""
    for node, entries in trace.entries.items():
        reader, mapped = trace.graph.readers[node[0]], trace.graph.map(node)
        columns = telling(mapped)
        by_identity = {entry: known for entry, known in entries.items() if entry.kind and entry.kind not in THINGS}
        if node[0] in trace.dead or not columns or not by_identity or _at_most_one(trace, node):
            continue
        try:
            roots = _roots(trace, node, by_identity, columns)
        except ConnectorError as error:
            trace.fail(node[0], error)
            continue
        people = _people(roots, columns)
        if people > 1:
            labels = tuple(f"{entry.kind} = {reader.source}/{node[1]}.{entry.fields[0]}" for entry in by_identity)
            yield Ambiguity(reader.source, node[1], len(roots), people, labels)


def _roots(
    trace: Trace, node: Node, entries: Mapping[Entry, Known], columns: tuple[str, ...]
) -> list[Mapping[str, Any]]:  # fmt: skip
    """What tells people apart in the rows an identity alone leads to, each once."""
    reader, found = trace.graph.readers[node[0]], dict[Any, Mapping[str, Any]]()
    keys, there = reader.key_columns(node[1]), reader.columns(node[1])
    for entry, known in entries.items():
        names = dict.fromkeys((*columns, *keys, *(top(name, there) for name in entry.fields)))
        wanted = tuple(name for name in names if name in there)
        rows = reader.rows(node[1], where=entry.fields, values=[values for values, _ in known.values()],
                           columns=wanted, kind=entry.kind)  # fmt: skip
        for row in islice(rows, LOOKED_AT):
            found[pick(row, keys) if keys else len(found)] = {name: row.get(name) for name in columns}
    return list(found.values())


def telling(mapped: CollectionMap) -> tuple[str, ...]:
    """The columns whose values two people do not share: no keys, which differ between two rows of one person."""
    return _of(mapped, APART) or _of(mapped, NUMBERS)


def _of(mapped: CollectionMap, categories: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        name for name, field in mapped.fields.items()
        if not field.primary_key and not field.references and not field.inside and not field.credential
        and any(f"{one}.".startswith(f"{apart}.") for one in field.categories for apart in categories)
    )  # fmt: skip


def _at_most_one(trace: Trace, node: Node) -> bool:
    """Whether the first half already knows that at most one row of this table was found by an identity."""
    if not trace.holds(node):
        return False
    return sum(row.reach.parent is None for row in trace.rows.get(node, {}).values()) < 2


def _people(rows: Sequence[Mapping[str, Any]], columns: tuple[str, ...]) -> int:
    """How many people at least: rows that differ in a column both fill are not one person's."""
    kept: list[dict[str, str]] = []
    for row in rows:
        values = ((name, value) for name in columns for value in held(row, name)[:1])
        said = {name: normalised(FOLDED, value) for name, value in values if not is_empty(value)}
        for one in kept:
            if all(one.get(name, text) == text for name, text in said.items()):
                one.update(said)
                break
        else:
            kept.append(said)
    return len(kept)
