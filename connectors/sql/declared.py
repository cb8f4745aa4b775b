"""References the map declares and no foreign key stands behind: usual in SQLite, and in shops that began with MyISAM.

Nobody but us keeps their rows from pointing at nothing. Only what is certain counts: the parent's end is unique, and a
value that names somebody by itself (an address in two tables) hangs on no other row unless that row's key is meant.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from connectors.base import Readable
from connectors.graph import Graph, Link
from connectors.maps import CollectionMap, DataMap
from connectors.sql.schema import ForeignKey, Schema


@dataclass(frozen=True)
class _Ends:
    """As much of a source as its links need. `map` names only what is really there, and no view."""

    map: DataMap
    schema: Schema

    def columns(self, collection: str) -> tuple[str, ...]:
        return self.schema.tables[collection].columns

    def is_unique(self, collection: str, columns: Sequence[str]) -> bool:
        return self.schema.tables[collection].is_unique(columns)


def references(schema: Schema, data_map: DataMap) -> list[ForeignKey]:
    """As foreign keys, within this dataset; those a foreign key of the database covers are left out."""
    there = {name: _there(schema, one) for name, one in data_map.collections.items()
             if name in schema.tables and name not in schema.views}  # fmt: skip
    ends = _Ends(replace(data_map, collections=there), schema)
    graph = Graph({data_map.name: cast(Readable, ends)})
    return list(dict.fromkeys(key for link in graph.links if _is_certain(ends, link)
                              for key in _uncovered(schema, link)))  # fmt: skip


def _there(schema: Schema, collection: CollectionMap) -> CollectionMap:
    live = schema.tables[collection.name].types
    fields = {name: one for name, one in collection.fields.items() if name in live and not one.inside}
    return replace(collection, fields=fields, inner={})


def _is_certain(ends: _Ends, link: Link) -> bool:
    """Of two unique ends (one row beside one) the map tells by "from" which holds the other's key."""
    child, parent = link.child[1], link.parent[1]
    if not ends.is_unique(parent, link.parent_fields) or (link.up and ends.is_unique(child, link.child_fields)):
        return False
    fields = ends.map.collections[child].fields
    names = any(fields[name].identity for name in link.child_fields)
    return not names or set(link.parent_fields) == set(ends.schema.tables[parent].key)


def _uncovered(schema: Schema, link: Link) -> Iterator[ForeignKey]:
    child, parent, columns = link.child[1], link.parent[1], set(link.child_fields)
    if (child, link.child_fields) == (parent, link.parent_fields):
        return
    if not any(key.parent == parent and columns <= set(key.columns) for key in schema.outgoing(child)):
        yield ForeignKey(child, link.child_fields, parent, link.parent_fields, "", enforced=False)
