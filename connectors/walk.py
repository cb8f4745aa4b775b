"""Finding one person in all sources of one controller: identity → rows → the keys in them → rows, across datasets.

Two passes. The first (`trace`) gathers the keys, in memory; the second reads every row whole, streamed and once, and
knows by then whose it is. Nothing but the references the maps declare is followed.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from connectors import rows
from connectors.base import Identity, Readable, Record
from connectors.errors import ConnectorError
from connectors.graph import Graph, Node
from connectors.reach import Entry, Reach, Standing, Values, naming, path
from connectors.trace import OnError, Trace
from connectors.values import canonical, sha256


def find(
    connectors: Sequence[Readable],
    identity: Identity,
    *,
    given: Mapping[tuple[str, str, str], Iterable[Any]] | None = None,
    on_error: OnError | None = None,
    only: Container[str] | None = None,
    graph: Graph | None = None,
) -> Iterator[Record]:
    """One person's records in all these sources, each once, in constant memory but for keys.

    `given` holds values known from elsewhere by (dataset, collection, field). A ConnectorError is raised; or, with
    `on_error`, told to it, the source left out, and what might be shared with it marked shared. `only` names the
    datasets whose rows are yielded; the walk goes through all. `graph`: of exactly these sources, for who walks often.
    """
    readers: dict[str, Readable] = {}
    for reader in connectors:
        if reader.map.name in readers:
            raise ConnectorError("dataset_twice", True, reader.map.name, source=reader.source)
        try:
            for collection in reader.map.collections:
                reader.columns(collection)
        except ConnectorError as error:
            if on_error is None:
                raise
            on_error(error)
        else:
            readers[reader.map.name] = reader
    trace = Trace(graph or Graph(readers), identity=identity, on_error=on_error)
    trace.run({((dataset, name), field): values for (dataset, name, field), values in (given or {}).items()})
    for node in sorted(trace.entries):
        if node[0] not in trace.dead and (only is None or node[0] in only):
            yield from _guarded(trace, node)


def _guarded(trace: Trace, node: Node) -> Iterator[Record]:
    try:
        yield from _records(trace, node)
    except ConnectorError as error:
        trace.fail(node[0], error)


def _records(trace: Trace, node: Node) -> Iterator[Record]:
    batches = list(_batches(trace, node))
    seen: set[tuple[str, int]] | None = set() if len(batches) > 1 else None
    for entry, values in batches:
        twins: dict[str, int] = {}
        for row, reach in _whole_rows(trace, node, entry, values):
            record = _record(trace, node, row, reach)
            if seen is not None:
                mark = sha256(canonical(record.key)) if record.key else record.fingerprint
                twins[mark] = 1 if record.key else twins.get(mark, 0) + 1
                if (mark, twins[mark]) in seen:
                    continue
                seen.add((mark, twins[mark]))
            yield record


def _batches(trace: Trace, node: Node) -> Iterator[tuple[Entry, list[Values]]]:
    """Where to look, the strongest right first, so that a row reached in two ways is told by the better one."""
    for standing in sorted(Standing, reverse=True):
        for entry, known in trace.entries[node].items():
            values = [values for values, reach in known.values() if reach.standing is standing]
            if values:
                yield entry, values


def _whole_rows(trace: Trace, node: Node, entry: Entry, values: list[Values]) -> Iterator[tuple[dict[str, Any], Reach]]:
    reader = trace.graph.readers[node[0]]
    for row in reader.rows(
        node[1], where=entry.fields, values=values, columns=reader.columns(node[1]), kind=entry.kind
    ):
        reach = trace.reach(node, entry, row)
        if reach and not (reach.standing is Standing.ASIDE and trace.is_beside(node, row, reach)):
            yield row, reach


def _record(trace: Trace, node: Node, row: Mapping[str, Any], reach: Reach) -> Record:
    reader = trace.graph.readers[node[0]]
    return rows.record(
        reader, node[1], row, path=path(reach, naming(reader.key_columns(node[1]), row)),
        shared=trace.ownership.is_shared(node, row, reach),
    )  # fmt: skip
