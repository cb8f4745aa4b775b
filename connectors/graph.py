"""Which table leads to which: the references of all maps of one controller, and the steps a walk may take.

A link has a child, whose column holds the key, and a parent, whose key it is. Going down, a parent's rows own what
points at them; going up, a child's rows only borrow what they point at: an address two customers live at belongs to
neither alone (Art. 15(4) GDPR). Only references the maps declare are here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from connectors.base import Readable
from connectors.errors import ConnectorError
from connectors.inside import top
from connectors.maps import CollectionMap, Direction, Reference

Node: TypeAlias = tuple[str, str]  # dataset, collection

# Kinds of identity that name a thing a person had: many of them belong to one person, so that another value is no
# sign of another person.
THINGS = frozenset({"order_no", "order_number", "invoice_no", "invoice_number", "case_no", "case_number"})
STAFF = frozenset({"employee"})  # fideslang data_subjects: whoever served the person is not a second person (C-579/21)


@dataclass(frozen=True)
class Link:
    """The child's columns hold the parent's. `explicit`: the map names the direction of flow."""

    child: Node
    child_fields: tuple[str, ...]
    parent: Node
    parent_fields: tuple[str, ...]
    down: bool
    up: bool
    explicit: bool


@dataclass(frozen=True)
class Step:
    """One way along a link, from the rows held to rows to look for."""

    link: Link
    up: bool

    @property
    def start(self) -> Node:
        return self.link.child if self.up else self.link.parent

    @property
    def start_fields(self) -> tuple[str, ...]:
        return self.link.child_fields if self.up else self.link.parent_fields

    @property
    def end(self) -> Node:
        return self.link.parent if self.up else self.link.child

    @property
    def end_fields(self) -> tuple[str, ...]:
        return self.link.parent_fields if self.up else self.link.child_fields


class Graph:
    """The links among the given sources. ConnectorError missing_table or missing_column where a link has no ground."""

    def __init__(self, readers: Mapping[str, Readable]) -> None:
        self.readers = readers
        self.links = tuple(dict.fromkeys(link for name in readers for link in self._links_of(name)))
        self.steps: dict[Node, list[Step]] = {}
        for link in self.links:
            for step in (Step(link, up) for up in (False, True) if (link.up if up else link.down)):
                if self._may_take(step):
                    self.steps.setdefault(step.start, []).append(step)

    def map(self, node: Node) -> CollectionMap:
        return self.readers[node[0]].map.collections[node[1]]

    def inside(self, node: Node) -> frozenset[str]:
        """The columns and paths of this table that hold none, one or many values."""
        return self.map(node).inside

    def nodes(self) -> Iterator[Node]:
        for dataset, reader in self.readers.items():
            for collection in reader.map.collections:
                yield dataset, collection

    def is_person(self, node: Node) -> bool:
        """Whether the rows of this table name a person by themselves."""
        return any(kind not in THINGS for kind in self.map(node).identities.values())

    def is_staff(self, node: Node) -> bool:
        subjects = self.map(node).subjects
        return bool(subjects) and subjects <= STAFF

    def has(self, node: Node) -> bool:
        return node[0] in self.readers and node[1] in self.readers[node[0]].map.collections

    def _may_take(self, step: Step) -> bool:
        """Never up into a table of persons, nor from a person to another of the same table."""
        return not (self.is_person(step.end) and (step.up or step.start == step.end))

    def _links_of(self, dataset: str) -> Iterator[Link]:
        for collection in self.readers[dataset].map.collections.values():
            pairs = [(field.name, reference) for field in collection.all_fields() for reference in field.references]
            pairs = [(name, reference) for name, reference in pairs if self._known(reference)]
            pairs.sort(key=lambda pair: _target(pair[1]))
            for (target_set, target, direction), group in groupby(pairs, key=lambda pair: _target(pair[1])):
                columns = [(name, reference.field) for name, reference in group]
                for fields in self._together((target_set, target), columns):
                    yield self._link((dataset, collection.name), (target_set, target), fields, direction or None)

    def _known(self, reference: Reference) -> bool:
        node = (reference.dataset, reference.collection)
        return self.has(node) and self.map(node).at(reference.field) is not None

    def _together(self, target: Node, columns: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
        """Columns that make up one composite key are one link; anything else is a link of its own."""
        ends = [end for _, end in columns]
        composite = len(set(ends)) == len(ends) > 1 and self._unique(target, ends)
        if composite and not any(self._unique(target, [end]) for end in ends):
            yield columns
        else:
            yield from ([column] for column in columns)

    def _link(
        self, here: Node, there: Node, columns: Sequence[tuple[str, str]], direction: Direction | str | None
    ) -> Link:
        ours, theirs = tuple(name for name, _ in columns), tuple(end for _, end in columns)
        out, back = direction != "from", direction != "to"  # out: from here to there
        if self._unique(there, theirs) or not self._unique(here, ours):
            return Link(here, ours, there, theirs, down=back, up=out, explicit=bool(direction))
        return Link(there, theirs, here, ours, down=out, up=back, explicit=bool(direction))

    def _unique(self, node: Node, columns: Sequence[str]) -> bool:
        reader = self.readers[node[0]]
        there = reader.columns(node[1])
        missing = {top(column, there) for column in columns} - set(there)
        if missing:
            raise ConnectorError("missing_column", True, f"{node[1]}.{min(missing)}", source=reader.source)
        return self.inside(node).isdisjoint(columns) and reader.is_unique(node[1], columns)


def _target(reference: Reference) -> tuple[str, str, str]:
    return reference.dataset, reference.collection, reference.direction or ""
