"""Where a map and its source part: what the map names and is not there is told, and what stands is answered."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeAlias, runtime_checkable

from connectors.base import Finding, Readable
from connectors.errors import ConnectorError
from connectors.inside import top
from connectors.maps import CollectionMap, DataMap
from connectors.telling import Batched

Tell: TypeAlias = Callable[[str, Finding], None]
"""(source, finding): names of tables and columns, never data."""


@runtime_checkable
class Overlooking(Protocol):
    """A source that knows of tables its map does not name."""

    def overlooked(self, collections: Collection[str]) -> list[Finding]:
        """Tables no map names that point at one of these: they may hold more of the same person."""
        ...


class Narrowed:
    """A source as far as its map is true of it. ConnectorError as the source, but for what is missing."""

    def __init__(self, reader: Readable, collections: Mapping[str, CollectionMap]) -> None:
        self._reader = reader
        self.source: str = reader.source
        self.map: DataMap = replace(reader.map, collections=collections)
        if isinstance(reader, Batched):
            self.batches = reader.batches

    def columns(self, collection: str) -> tuple[str, ...]:
        return self._reader.columns(collection)

    def key_columns(self, collection: str) -> tuple[str, ...]:
        return self._reader.key_columns(collection)

    def is_unique(self, collection: str, columns: Sequence[str]) -> bool:
        return self._reader.is_unique(collection, columns)

    def rows(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]], columns: Sequence[str],
        kind: str = "",
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        return self._reader.rows(collection, where=where, values=values, columns=columns, kind=kind)

    def counts(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]]
    ) -> dict[tuple[Any, ...], int]:
        return self._reader.counts(collection, where=where, values=values)

    def normalised(self, kind: str, value: Any) -> str:
        return self._reader.normalised(kind, value)


def narrowed(reader: Readable, tell: Tell) -> Readable:
    """The reader with the part of its map that is there. ConnectorError where the source does not answer at all."""
    standing: dict[str, CollectionMap] = {}
    for name, collection in reader.map.collections.items():
        try:
            there = reader.columns(name)
        except ConnectorError as error:
            if error.code != "missing_table":
                raise
            tell(reader.source, Finding("error", "missing_table", name))
            continue
        missing = sorted(column for column in collection.fields if column not in there)
        for column in missing:
            tell(reader.source, Finding("error", "missing_column", name, column))
        standing[name] = _without(collection, frozenset(missing)) if missing else collection
    if all(standing.get(name) is one for name, one in reader.map.collections.items()):
        return reader
    return Narrowed(reader, standing)


def _without(collection: CollectionMap, missing: frozenset[str]) -> CollectionMap:
    return replace(
        collection,
        fields={name: one for name, one in collection.fields.items() if name not in missing},
        inner={name: one for name, one in collection.inner.items() if top(name, collection.fields) not in missing},
    )


def broken(readers: Mapping[str, Readable], tell: Tell) -> None:
    """References to a table or column that none of these maps names: nothing is found by them."""
    for reader in readers.values():
        for collection, field, reference in reader.map.references():
            other = readers.get(reference.dataset)
            target = other.map.collections.get(reference.collection) if other else None
            if other and (target is None or target.at(reference.field) is None):
                where = f"{reference.collection}.{reference.field}"
                tell(reader.source, Finding("error", "broken_reference", collection.name, field.name, where))
