"""Finding one person in all sources of one controller: identity → rows → the keys in them → rows, across datasets.

Two passes. The first (`trace`) gathers the keys, in memory; the second (`telling`) reads every row whole, streamed and
once, and knows by then whose it is. Nothing but the references the maps declare is followed.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from connectors import telling
from connectors.ambiguity import Ambiguity
from connectors.ambiguity import found as ambiguities
from connectors.base import Identity, Readable, Record
from connectors.batch import Batch
from connectors.errors import ConnectorError
from connectors.gaps import Tell, broken
from connectors.gaps import narrowed as gaps_told
from connectors.graph import Graph, Node
from connectors.trace import OnError, Trace


def find(connectors: Sequence[Readable], identity: Identity, **how: Any) -> Iterator[Record]:
    """One person's records in all these sources, each once; as `batches`, one by one."""
    return (record for batch in batches(connectors, identity, **how) for record in batch.records())


def alone(reader: Readable, identity: Identity, given: Mapping[str, Iterable[Any]] | None = None) -> Iterator[Record]:
    """One person's records in this source: what others know of them, and whose they are too, stays unknown. `given`:
    values by "collection.field"."""
    known = {}
    for place, values in (given or {}).items():
        collection, _, field = place.partition(".")
        known[reader.map.name, collection, field] = values
    return find([reader], identity, given=known)


def batches(
    connectors: Sequence[Readable],
    identity: Identity,
    *,
    given: Mapping[tuple[str, str, str], Iterable[Any]] | None = None,
    on_error: OnError | None = None,
    only: Container[str] | None = None,
    graph: Graph | None = None,
    gaps: Tell | None = None,
    ambiguous: Callable[[Ambiguity], None] | None = None,
) -> Iterator[Batch]:
    """One person's rows in all these sources, each once, in constant memory but for keys.

    `given` holds values known from elsewhere by (dataset, collection, field). A ConnectorError is raised; or, with
    `on_error`, told to it, the source left out, and what might be shared with it marked shared. `only` names the
    datasets whose rows are yielded; the walk goes through all. `graph`: of exactly these sources, for who walks often.
    What a map names and is not there is an error; or, with `gaps`, told to it, and what stands is found. With
    `ambiguous`, two people who fit are told to it before the first record, and what hangs on either is marked shared.
    """
    readers: dict[str, Readable] = {}
    for reader in connectors:
        if reader.map.name in readers:
            raise ConnectorError("dataset_twice", True, reader.map.name, source=reader.source)
        try:
            readers[reader.map.name] = gaps_told(reader, gaps) if gaps else _whole(reader)
        except ConnectorError as error:
            if on_error is None:
                raise
            on_error(error)
    if gaps:
        broken(readers, gaps)
    trace = Trace(graph or Graph(readers), identity=identity, on_error=on_error)
    trace.run({((dataset, name), field): values for (dataset, name, field), values in (given or {}).items()})
    apart = frozenset(label for one in _ambiguities(trace, ambiguous) for label in one.labels) if ambiguous else ()
    for node in sorted(trace.entries):
        if node[0] not in trace.dead and (only is None or node[0] in only):
            found = _guarded(trace, node)
            yield from (_held(batch, apart) for batch in found) if apart else found


def _whole(reader: Readable) -> Readable:
    for collection in reader.map.collections:
        reader.columns(collection)
    return reader


def _ambiguities(trace: Trace, tell: Callable[[Ambiguity], None]) -> Iterator[Ambiguity]:
    for one in ambiguities(trace):
        tell(one)
        yield one


def _held(batch: Batch, apart: Container[str]) -> Batch:
    """What began at one of two people who fit is shown to a person before anything becomes of it (Art. 15(4))."""
    began = (path[0].partition("[")[0] for path in batch.paths)
    return batch.held([shared or start in apart for shared, start in zip(batch.shared, began, strict=True)])


def _guarded(trace: Trace, node: Node) -> Iterator[Batch]:
    try:
        yield from telling.batches(trace, node)
    except ConnectorError as error:
        trace.fail(node[0], error)
