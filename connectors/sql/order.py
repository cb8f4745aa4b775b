"""In which order rows of several tables go: whatever points at another goes before it."""

from collections.abc import Collection
from graphlib import CycleError, TopologicalSorter

from connectors.maps import DataMap
from connectors.sql import declared
from connectors.sql.schema import Schema


def children_first(schema: Schema, data_map: DataMap, tables: Collection[str]) -> list[str]:
    """The tables, children before parents by the live foreign keys, then by the map's references and erase_after.

    A circle of references has no right order: then the map's wishes give way first, and what is left goes by name;
    the rehearsal shows whether the database allows it.
    """
    before: dict[str, set[str]] = {table: set() for table in sorted(tables)}
    for foreign in schema.foreign_keys:
        if foreign.child in before and foreign.parent in before and foreign.child != foreign.parent:
            before[foreign.parent].add(foreign.child)
    wished = {table: set(earlier) for table, earlier in before.items()}
    for foreign in declared.references(schema, data_map):
        if foreign.child in before and foreign.parent in before and foreign.child != foreign.parent:
            wished[foreign.parent].add(foreign.child)
    for table in before:
        for name in data_map.collections[table].erase_after:
            dataset, _, collection = name.partition(".")
            if dataset == data_map.name and collection in before and collection != table:
                wished[table].add(collection)
    for graph in (wished, before):
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError:
            continue
    return sorted(before)
