"""The rows of many people read at once, so that a walk for each of them asks the database almost nothing.

A walk must stay one person's: only so it knows whose a row is (Art. 15(4)). What it asks is the same for everybody,
though: rows by value. A hoard keeps the answers of one page of people; what it was not told to fetch it asks the
source, so it can make a walk quicker and never another.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from connectors.base import Connector
from connectors.graph import Graph, Node, Step
from connectors.maps import DataMap
from connectors.reach import Entry, Same, Values, pick, same, spread
from connectors.values import all_present

Row: TypeAlias = dict[str, Any]
MOST = 200_000
"""Rows held; beyond it rows pass through unkept: one customer with a million lines must not fill the memory."""


class Hoard:
    """A source as `connectors.walk` reads it, with a memory. ConnectorError as the source."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self.source: str = connector.source
        self.map: DataMap = connector.map
        self.held = 0
        self._rows: dict[tuple[str, tuple[str, ...], str], dict[Same, list[Row]]] = {}
        self._counts: dict[tuple[str, tuple[str, ...]], dict[Same, int]] = {}
        self._normal: dict[tuple[str, Any], str] = {}

    def columns(self, collection: str) -> tuple[str, ...]:
        return self.connector.columns(collection)

    def key_columns(self, collection: str) -> tuple[str, ...]:
        return self.connector.key_columns(collection)

    def is_unique(self, collection: str, columns: Sequence[str]) -> bool:
        return self.connector.is_unique(collection, columns)

    def normalised(self, kind: str, value: Any) -> str:
        found = self._normal.get((kind, value))
        if found is None:
            found = self._normal[kind, value] = self.connector.normalised(kind, value)
        return found

    def rows(
        self, collection: str, *, where: Sequence[str], values: Collection[Values], columns: Sequence[str],
        kind: str = "",
    ) -> Iterator[Row]:  # fmt: skip
        index = self._rows.setdefault((collection, tuple(where), kind), {})
        wanted = {same(value): value for value in values}
        missing = {key: value for key, value in wanted.items() if key not in index}
        scattered = not self.map.collections[collection].inside.isdisjoint(where)  # a row may hold many of the values
        if missing and (self.held > MOST or scattered):
            yield from self.connector.rows(
                collection, where=where, values=list(missing.values()), columns=columns, kind=kind
            )
        elif missing:
            self._fetch(index, collection, where=tuple(where), wanted=missing, kind=kind)
        for key in wanted:
            for row in index.get(key, ()):
                yield {name: row[name] for name in columns}

    def _fetch(
        self, index: dict[Same, list[Row]], collection: str, *, where: tuple[str, ...], wanted: Mapping[Same, Values],
        kind: str,
    ) -> None:  # fmt: skip
        index.update((key, []) for key in wanted)
        columns = self.connector.columns(collection)
        values_of = list(wanted.values())
        for row in self.connector.rows(collection, where=where, values=values_of, columns=columns, kind=kind):
            values = (self.normalised(kind, row[where[0]]),) if kind else pick(row, where)
            if (key := same(values)) in wanted:  # else only the database holds them equal
                index[key].append(row)
                self.held += 1

    def counts(self, collection: str, *, where: Sequence[str], values: Collection[Values]) -> dict[Values, int]:
        known = self._counts.setdefault((collection, tuple(where)), {})
        wanted = {same(value): value for value in values}
        missing = {key: value for key, value in wanted.items() if key not in known}
        if missing:
            known.update(dict.fromkeys(missing, 0))
            for found, number in self.connector.counts(collection, where=where, values=list(missing.values())).items():
                key = same(found)
                known[key] = known.get(key, 0) + number
        return {value: known[key] for key, value in wanted.items() if known[key]}


class Prefetch:
    """Fills the hoards with what the walks of a page will ask: level by level, one statement a table and level."""

    def __init__(self, graph: Graph, hoards: Mapping[str, Hoard]) -> None:
        self._graph, self._hoards = graph, hoards
        self._seen: dict[tuple[Node, Entry], dict[Same, bool]] = {}
        self._pending: dict[tuple[Node, Entry], dict[Same, Values]] = {}
        self._borrowed: dict[Node, list[Row]] = {}

    def run(self, identities: Iterable[Mapping[str, Iterable[str]]]) -> None:
        values: dict[str, set[str]] = {}
        for identity in identities:
            for kind, ones in identity.items():
                values.setdefault(kind, set()).update(ones)
        for node in self._graph.nodes():
            reader = self._hoards[node[0]]
            for column, kind in self._graph.map(node).identities.items():
                for value in values.get(kind, ()):
                    if normal := reader.normalised(kind, value):
                        self._add(node, Entry((column,), kind), (normal,), lookup=False)
        while self._pending:
            (node, entry), wanted = self._pending.popitem()
            self._look(node, entry, wanted)
        self._count()

    def _add(self, node: Node, entry: Entry, values: Values, *, lookup: bool) -> None:
        known, key = self._seen.setdefault((node, entry), {}), same(values)
        if key not in known or (known[key] and not lookup):
            known[key] = lookup
            self._pending.setdefault((node, entry), {})[key] = values

    def _look(self, node: Node, entry: Entry, wanted: Mapping[Same, Values]) -> None:
        reader, steps, inside = self._hoards[node[0]], self._graph.steps.get(node, ()), self._graph.inside(node)
        for row in reader.rows(node[1], where=entry.fields, values=list(wanted.values()),
                               columns=reader.columns(node[1]), kind=entry.kind):  # fmt: skip
            held = [(reader.normalised(entry.kind, values[0]),) if entry.kind else values
                    for values in spread(row, entry.fields, inside)]  # fmt: skip
            lookup = all(self._seen[node, entry].get(same(values), True) for values in held)
            if lookup:
                self._borrowed.setdefault(node, []).append(row)
            for step in steps:
                if step.up or not lookup:
                    self._follow(step, row)

    def _follow(self, step: Step, row: Row) -> None:
        for values in spread(row, step.start_fields, self._graph.inside(step.start)):
            if all_present(values):
                self._add(step.end, Entry(step.end_fields), values, lookup=step.up)

    def _count(self) -> None:
        """How many rows point at each borrowed one: what tells an address of two from an address of one."""
        for link in self._graph.links:
            rows = self._borrowed.get(link.parent, ())
            inside = self._graph.inside(link.parent)
            values = [one for row in rows for one in spread(row, link.parent_fields, inside) if all_present(one)]
            if values:
                self._hoards[link.child[0]].counts(link.child[1], where=link.child_fields, values=values)
