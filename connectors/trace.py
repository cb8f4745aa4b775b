"""The first half of finding: which keys are this person's, followed through every map until nothing new appears.

Only keys are held here, never whole rows, and nothing for tables that lead nowhere: those are read once, later, in a
stream. What is reached by going up is borrowed (LOOKUP) and leads down again only where nobody else borrows it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from connectors.base import Identity
from connectors.errors import ConnectorError
from connectors.graph import Graph, Node, Step
from connectors.inside import top
from connectors.ownership import Ownership, Rows
from connectors.reach import Entry, Reach, Row, Same, Standing, Values, naming, pick, same, spread
from connectors.values import all_present, is_empty

OnError: TypeAlias = Callable[[ConnectorError], None]
Given: TypeAlias = Mapping[tuple[Node, str], Iterable[Any]]


class Trace:
    """The keys of one person. After `run`, `entries` says where to look and `rows` what leads there."""

    def __init__(self, graph: Graph, *, identity: Identity, on_error: OnError | None = None) -> None:
        self.graph, self.identity, self.on_error = graph, identity, on_error
        self.dead: set[str] = set()
        self.entries: dict[Node, dict[Entry, dict[Same, tuple[Values, Reach]]]] = {}
        self.rows: Rows = {}
        self.ownership = Ownership(graph, identity=identity, rows=self.rows, dead=self.dead)
        self._pending: dict[tuple[Node, Entry], dict[Same, Values]] = {}
        self._beyond: set[tuple[Node, Values]] = set()
        self._columns = {node: _needed(graph, node) for node in graph.nodes()}

    def run(self, given: Given | None = None) -> None:
        """Until nothing new appears. ConnectorError of a source is raised, or told to `on_error` and left out."""
        self._seed_identity()
        self._seed_given(given or {})
        self._drain()
        while self._go_beyond_lookups():
            self._drain()
        self.ownership.forget()

    def holds(self, node: Node) -> bool:
        """Whether the rows of this table are held here; those of tables that lead nowhere are not."""
        return bool(self._columns[node])

    def fail(self, dataset: str, error: ConnectorError) -> None:
        """One source that does not answer fails alone, where the caller wants to be told."""
        if self.on_error is None:
            raise error
        self.dead.add(dataset)
        self.on_error(error)

    def reach(self, node: Node, entry: Entry, row: Mapping[str, Any]) -> Reach | None:
        """By which of the values looked for this row came; None where only the database holds them equal."""
        known, best = self.entries[node][entry], None
        for values in spread(row, entry.fields, self.graph.inside(node)):
            if entry.kind:
                values = (self.graph.readers[node[0]].normalised(entry.kind, values[0]),)
            found = known.get(same(values))
            if found and (best is None or best.standing < found[1].standing):
                best = found[1]
        return best

    def _seed_identity(self) -> None:
        for node in self.graph.nodes():
            reader = self.graph.readers[node[0]]
            for column, kind in self.graph.map(node).identities.items():
                label = f"{kind} = {reader.source}/{node[1]}.{column}"
                for value in self.identity.values.get(kind, ()):
                    if normal := reader.normalised(kind, value):
                        self._add(node, Entry((column,), kind), (normal,), Reach(label, Standing.OWN))

    def _seed_given(self, given: Given) -> None:
        for (node, column), values in given.items():
            label = f"given = {self.graph.readers[node[0]].source}/{node[1]}.{column}"
            for value in values:
                if not is_empty(value):
                    self._add(node, Entry((column,)), (value,), Reach(label, Standing.OWN))

    def _add(self, node: Node, entry: Entry, values: Values, reach: Reach) -> None:
        known = self.entries.setdefault(node, {}).setdefault(entry, {})
        key = same(values)
        if key not in known or known[key][1].standing < reach.standing:
            known[key] = (values, reach)
            if self._columns[node]:
                self._pending.setdefault((node, entry), {})[key] = values

    def _drain(self) -> None:
        while self._pending:
            node, entry = next(iter(self._pending))
            wanted = self._pending.pop((node, entry))
            if node[0] in self.dead:
                continue
            try:
                self._look(node, entry, wanted)
            except ConnectorError as error:
                self.fail(node[0], error)
        self.ownership.forget()

    def _look(self, node: Node, entry: Entry, wanted: Mapping[Same, Values]) -> None:
        known = self.rows.setdefault(node, {})
        for key, row in self._found(node, entry, wanted):
            if key in known and known[key].reach.standing >= row.reach.standing:
                continue
            if row.reach.standing is Standing.ASIDE and self.is_beside(node, row.values, row.reach):
                continue
            known[key] = row
            if self.ownership.may_follow(node, row):
                self._expand(node, row)

    def _found(self, node: Node, entry: Entry, wanted: Mapping[Same, Values]) -> Iterator[tuple[Values, Row]]:
        reader, columns = self.graph.readers[node[0]], self._columns[node]
        key_columns = reader.key_columns(node[1])
        twins: Counter[Values] = Counter()
        there = reader.columns(node[1])
        # A value given from outside may stand in any column.
        columns = tuple(sorted({*columns, *(top(name, there) for name in entry.fields)}))
        for values in reader.rows(
            node[1], where=entry.fields, values=list(wanted.values()), columns=columns, kind=entry.kind
        ):
            reach = self.reach(node, entry, values)
            if reach is None:
                continue
            key = pick(values, key_columns) if key_columns else same(pick(values, self._columns[node]))
            if not key_columns:  # rows alike in every column held are told apart by their number
                twins[key] += 1
                key = (*key, twins[key])
            yield key, Row(node, values, reach, naming(key_columns, values))

    def is_beside(self, node: Node, row: Mapping[str, Any], reach: Reach) -> bool:
        """Whether a row reached in a roundabout way is another person's: then it is not this person's at all."""
        return self.ownership.names_another(node, row) or self.ownership.points_at_another(node, row, reach)

    def _expand(self, node: Node, row: Row) -> None:
        for step in self.graph.steps.get(node, ()):
            if step.up:
                self._follow(step, row, Standing.LOOKUP)
            elif row.reach.standing is not Standing.LOOKUP:
                # What answers a row of the same table (a reply, a correction) may be another person's.
                standing = Standing.ASIDE if step.start == step.end else row.reach.standing
                self._follow(step, row, standing, held=row.reach.held)

    def _follow(self, step: Step, row: Row, standing: Standing, *, held: bool = False) -> None:
        source = self.graph.readers[step.end[0]].source
        label = f"{source}/{step.end[1]}.{'+'.join(step.end_fields)}"
        for values in spread(row.values, step.start_fields, self.graph.inside(step.start)):
            if all_present(values):
                self._add(step.end, Entry(step.end_fields), values, Reach(label, standing, row, held))

    def _go_beyond_lookups(self) -> bool:
        """Down from what the person's root row points at, where no other person's row does: an account behind a log-in.

        Where the map does not name the direction, what is found so is held for a person.
        """
        for node, found in list(self.rows.items()):
            downs = [step for step in self.graph.steps.get(node, ()) if not step.up]
            for key, row in list(found.items()) if downs else ():
                if (node, key) not in self._beyond and _is_rooted_lookup(row):
                    self._beyond.add((node, key))
                    if not self.ownership.is_borrowed(node, row.values, persons_only=True):
                        for step in downs:
                            self._follow(step, row, Standing.ASIDE, held=not step.link.explicit)
        return bool(self._pending)


def _is_rooted_lookup(row: Row) -> bool:
    parent = row.reach.parent
    return row.reach.standing is Standing.LOOKUP and parent is not None and parent.reach.parent is None


def _needed(graph: Graph, node: Node) -> tuple[str, ...]:
    """The columns to hold for rows of this table; empty for a table that leads nowhere and decides nothing."""
    lookups = {step.end for steps in graph.steps.values() for step in steps if step.up}
    columns = {field for step in graph.steps.get(node, ()) for field in step.start_fields}
    for link in graph.links:
        if link.child == node and link.parent in lookups:
            columns.update(link.child_fields)
        if link.parent == node and (node in lookups or graph.is_person(node)):
            columns.update(link.parent_fields)
    if not columns:
        return ()
    for link in graph.links:  # by which value a row came, and to whom it points, is read from the row itself
        columns.update(link.child_fields if link.child == node else ())
        columns.update(link.parent_fields if link.parent == node else ())
    columns.update(graph.map(node).identities, graph.readers[node[0]].key_columns(node[1]))
    there = graph.readers[node[0]].columns(node[1])
    return tuple(sorted({top(column, there) for column in columns}))
