"""The second half of finding: every row of a table, read whole and streamed, many at a time.

By what right a row is the person's, and whether it is somebody else's too, hangs on few of its columns: the value it
was looked for by, the identities in it and the keys it holds. So it is asked once per combination of these.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from typing import Any, Protocol, runtime_checkable

from connectors.batch import Batch
from connectors.graph import Graph, Node
from connectors.reach import Entry, Reach, Standing, Values, naming, path
from connectors.rows import Table
from connectors.seen import Seen
from connectors.trace import Trace
from connectors.values import canonical, plain_columns

HELD, TABLES = 10_000, 100  # combinations, and sets of columns, remembered of one table
AT_ONCE = 500  # rows


@runtime_checkable
class Batched(Protocol):
    """A reader that can give rows many at a time; otherwise as `Readable.rows`."""

    def batches(
        self, collection: str, *, where: Sequence[str], values: Collection[Values], columns: Sequence[str],
        kind: str = "",
    ) -> Iterator[Sequence[Sequence[Any]]]: ...  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    """How a row is reached. `way` is the same for all such rows, unless each begins a path of its own."""

    reach: Reach
    way: tuple[str, ...] | None
    shared: bool


def batches(trace: Trace, node: Node) -> Iterator[Batch]:
    """The rows of one table, each once, in constant memory (`Seen`)."""
    entries = list(_entries(trace, node))
    if len(entries) < 2:  # no row can come twice
        for entry, values in entries:
            yield from _Telling(trace, node, entry).batches(values)
        return
    seen = Seen()
    for entry, values in entries:
        twins = Seen()
        for batch in _Telling(trace, node, entry).batches(values):
            if some := batch.picked([seen.add(mark) == 1 for mark in _marks(batch, twins)]):
                yield some


def _marks(batch: Batch, twins: Seen) -> Iterator[str]:
    """What tells each row from all others. Rows without a key and alike in every column are as many as any one way
    finds."""
    if batch.key:
        return map(canonical, batch.addresses())
    return (f"{mark} {twins.add(mark)}" for mark in batch.marks())


def deciding(graph: Graph, node: Node, entry: Entry) -> tuple[str, ...]:
    """The columns on which `Trace.reach`, `Trace.is_beside` and `Ownership.is_shared` hang, but for a LOOKUP."""
    columns = frozenset(graph.readers[node[0]].columns(node[1]))
    names = {*entry.fields, *graph.map(node).identities}
    names.update(field for link in graph.links if link.child == node for field in link.child_fields)
    return tuple(sorted({name if name in columns else name.partition(".")[0] for name in names} & columns))


class _Telling:
    """One table's rows, found by one entry."""

    def __init__(self, trace: Trace, node: Node, entry: Entry) -> None:
        self._trace, self._node, self._entry = trace, node, entry
        self._reader = trace.graph.readers[node[0]]
        # SQLAlchemy's names are more than text, and slow to write as JSON.
        self._columns = tuple(map(str, self._reader.columns(node[1])))
        self._tables: dict[tuple[str, ...], Table] = {}
        self._deciding = deciding(trace.graph, node, entry)
        self._known: dict[Any, _Told | None] = {}

    def batches(self, values: list[Values]) -> Iterator[Batch]:
        """Never an empty one."""
        for names, rows in self._found(values):
            if not rows:  # a collation held all of them for equal
                continue
            columns = plain_columns(rows)
            told = self._all_told(names, rows, columns)
            if not all(told):
                columns = [list(compress(column, told)) for column in columns]
            if ours := [one for one in told if one is not None]:
                table = self._table(names)
                paths = _paths(ours, table.key, dict(zip(names, columns, strict=True)))
                yield table.batch(columns, paths=paths, shared=[one.shared for one in ours])

    def _all_told(
        self, names: tuple[str, ...], rows: Sequence[Sequence[Any]], columns: Sequence[Sequence[Any]]
    ) -> list[_Told | None]:
        marks = list(zip(*(columns[names.index(name)] for name in self._deciding), strict=True))
        told = self._told(marks[0], names, rows[0])
        if marks.count(marks[0]) == len(marks) and _of_all_alike(told):
            return [told] * len(rows)
        return [self._told(mark, names, row) for mark, row in zip(marks, rows, strict=True)]

    def _told(self, mark: Any, names: tuple[str, ...], row: Sequence[Any]) -> _Told | None:
        try:
            return self._known[mark]
        except KeyError:
            return self._known_from_now(mark, dict(zip(names, row, strict=True)))
        except TypeError:  # a list or an object is no key of a dict
            return self._ask(dict(zip(names, row, strict=True)))

    def _found(self, values: list[Values]) -> Iterator[tuple[tuple[str, ...], Sequence[Sequence[Any]]]]:
        """(columns, rows as their values in this order); many at a time where the connector has a way for that. Other
        sources may have rows of different columns."""
        collection, entry, columns = self._node[1], self._entry, self._columns
        if isinstance(self._reader, Batched):
            for batch in self._reader.batches(
                collection, where=entry.fields, values=values, columns=columns, kind=entry.kind
            ):
                yield columns, batch
            return
        names, some = columns, list[tuple[Any, ...]]()
        for row in self._reader.rows(collection, where=entry.fields, values=values, columns=columns, kind=entry.kind):
            if tuple(row) != names or len(some) >= AT_ONCE:
                if some:
                    yield names, some
                names, some = tuple(row), []
            some.append(tuple(row.values()))
        if some:
            yield names, some

    def _table(self, names: tuple[str, ...]) -> Table:
        if names not in self._tables:
            if len(self._tables) >= TABLES:
                self._tables.clear()
            self._tables[names] = Table(self._reader, self._node[1], names=names)
        return self._tables[names]

    def _known_from_now(self, mark: Any, row: Mapping[str, Any]) -> _Told | None:
        told = self._ask(row)
        if _of_all_alike(told):
            if len(self._known) >= HELD:
                self._known.clear()
            self._known[mark] = told
        return told

    def _ask(self, row: Mapping[str, Any]) -> _Told | None:
        """None for a row that is not this person's: the database alone holds its value equal, or it is beside."""
        trace, node = self._trace, self._node
        reach = trace.reach(node, self._entry, row)
        if reach is None or (reach.standing is Standing.ASIDE and trace.is_beside(node, row, reach)):
            return None
        way = path(reach, "") if reach.parent is not None else None
        return _Told(reach, way, trace.ownership.is_shared(node, row, reach))


def _of_all_alike(told: _Told | None) -> bool:
    """Whether it holds for every row with the same mark; of a LOOKUP the row itself is asked."""
    return told is None or told.reach.standing is not Standing.LOOKUP


def _paths(told: Sequence[_Told], key: tuple[str, ...], columns: Mapping[str, Sequence[Any]]) -> list[tuple[str, ...]]:
    ways = [one.way for one in told]
    if all(ways):
        return ways  # type: ignore[return-value]  # just looked
    addresses: Iterable[Values] = zip(*(columns[name] for name in key), strict=True) if key else repeat((), len(told))
    return [
        one.way or path(one.reach, naming(key, dict(zip(key, address, strict=True))))
        for one, address in zip(told, addresses, strict=True)
    ]


def _entries(trace: Trace, node: Node) -> Iterator[tuple[Entry, list[Values]]]:
    """Where to look, the strongest right first, so that a row reached in two ways is told by the better one."""
    for standing in sorted(Standing, reverse=True):
        for entry, known in trace.entries[node].items():
            values = [values for values, reach in known.values() if reach.standing is standing]
            if values:
                yield entry, values
