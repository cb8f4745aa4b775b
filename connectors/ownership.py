"""Whose a row is: this person's alone, or somebody else's too (Art. 15(4) GDPR). When unknown, somebody else's too.

Three signs: the row carries another person's identity; it carries the key of another person; or it is borrowed (an
address, a household) and rows of others borrow it as well.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from connectors.base import Identity
from connectors.graph import THINGS, Graph, Link, Node
from connectors.reach import Reach, Row, Same, Standing, Values, same, spread
from connectors.values import all_present, is_empty

Rows: TypeAlias = dict[Node, dict[Values, Row]]


class Ownership:
    """Answers for one person's walk. `forget` when rows were found since; `dead` names datasets that do not answer."""

    def __init__(self, graph: Graph, *, identity: Identity, rows: Rows, dead: set[str]) -> None:
        self.graph, self.rows, self.dead = graph, rows, dead
        self._identity = identity
        self._normal: dict[tuple[str, str], frozenset[str]] = {}
        self._to_persons: dict[Node, list[Link]] = {}
        for link in graph.links:
            if link.child != link.parent and graph.is_person(link.parent) and not graph.is_staff(link.parent):
                self._to_persons.setdefault(link.child, []).append(link)
        self.forget()

    def forget(self) -> None:
        self._keys: dict[Link, frozenset[Same]] = {}
        self._mine_above: dict[Link, frozenset[Same]] = {}
        self._mine: dict[Link, Counter[Same]] = {}
        self._totals: dict[Link, Mapping[Same, int]] = {}

    def names_another(self, node: Node, row: Mapping[str, Any]) -> bool:
        """Whether the row carries an identity of a kind we know, and it is not this person's."""
        return any(
            self._is_other(node[0], kind, value)
            for column, kind in self.graph.map(node).identities.items()
            if kind in self._identity.values and kind not in THINGS
            for (value,) in self._spread(node, row, (column,))
        )

    def points_at_another(self, node: Node, row: Mapping[str, Any], reach: Reach) -> bool:
        """Whether the row carries the key of somebody in a table of persons who is not this person."""
        return any(self._is_other_key(link, row, reach) for link in self._to_persons.get(node, ()))

    def may_follow(self, node: Node, row: Row) -> bool:
        """Whether this person's data goes on behind the row: not behind a row that names somebody else."""
        return row.reach.parent is None or not self.names_another(node, row.values)

    def is_shared(self, node: Node, row: Mapping[str, Any], reach: Reach) -> bool:
        """Whether the row is to be shown to a person before anything is disclosed or erased."""
        if reach.held or self.names_another(node, row) or self.points_at_another(node, row, reach):
            return True
        if reach.standing is Standing.LOOKUP and self.is_borrowed(node, row):
            return True
        if reach.parent is None and self._hangs_on_anothers(node, row):
            return True
        return reach.parent is not None and self._is_tainted(reach)

    def _hangs_on_anothers(self, node: Node, row: Mapping[str, Any]) -> bool:
        """Whether the row belongs to a thing that is not this person's: a card paid another customer's order."""
        return any(
            all_present(values) and same(values) not in self._things(link)
            for link in self.graph.links
            if link.child == node and link.parent != node and link.parent in self._to_persons
            and not self.graph.is_person(link.parent)
            for values in self._spread(node, row, link.child_fields)
        )  # fmt: skip

    def _things(self, link: Link) -> frozenset[Same]:
        """Keys of the rows a link leads up to that are this person's alone as far as we know."""
        if link not in self._mine_above:
            self._mine_above[link] = frozenset(
                same(values)
                for found in self.rows.get(link.parent, {}).values()
                if not self.names_another(link.parent, found.values)
                and not self.points_at_another(link.parent, found.values, found.reach)
                for values in self._spread(link.parent, found.values, link.parent_fields)
            )
        return self._mine_above[link]

    def is_borrowed(self, node: Node, row: Mapping[str, Any], *, persons_only: bool = False) -> bool:
        """Whether rows that are not this person's point at it as well, in any source."""
        return any(
            self._has_other_borrowers(link, row)
            for link in self.graph.links
            if link.parent == node and (not persons_only or self.graph.is_person(link.child))
        )

    def _is_tainted(self, reach: Reach) -> bool:
        """What was reached through a row that is somebody else's too is theirs too (no recursion: paths are long)."""
        chain = []
        parent = reach.parent
        while parent is not None and parent.shared is None:
            chain.append(parent)
            parent = parent.reach.parent
        shared = bool(parent and parent.shared)
        for row in reversed(chain):
            node = row.node
            shared = row.shared = (
                shared
                or row.reach.held
                or self.names_another(node, row.values)
                or self.points_at_another(node, row.values, row.reach)
                or (row.reach.standing is Standing.LOOKUP and self.is_borrowed(node, row.values))
            )
        return shared

    def _is_other(self, dataset: str, kind: str, value: Any) -> bool:
        if is_empty(value):
            return False
        normalised = self.graph.readers[dataset].normalised
        if (dataset, kind) not in self._normal:
            self._normal[dataset, kind] = frozenset(normalised(kind, ours) for ours in self._identity.values[kind])
        return normalised(kind, value) not in self._normal[dataset, kind]

    def _is_other_key(self, link: Link, row: Mapping[str, Any], reach: Reach) -> bool:
        carried = [values for values in self._spread(link.child, row, link.child_fields) if all_present(values)]
        if not carried:
            return False
        if link not in self._keys:
            self._keys[link] = frozenset(
                same(values)
                for found in self.rows.get(link.parent, {}).values()
                if self.may_follow(link.parent, found)
                for values in self._spread(link.parent, found.values, link.parent_fields)
            )
        mine = self._keys[link]
        # With no row of this person among them they may be people of another sort, such as staff; unless nothing
        # but an identity typed into the row ties it to this person.
        others = any(same(values) not in mine for values in carried)
        return others and bool(mine or reach.parent is None or link.parent[0] in self.dead)

    def _has_other_borrowers(self, link: Link, row: Mapping[str, Any]) -> bool:
        asked = [values for values in self._spread(link.parent, row, link.parent_fields) if all_present(values)]
        if not asked:
            return False
        if link.child[0] in self.dead:
            return True
        if link not in self._mine:
            self._count(link)
        return any(self._totals[link].get(key, 0) > self._mine[link][key] for key in map(same, asked))

    def _count(self, link: Link) -> None:
        """All borrowed rows of one table at once: the database counts, we subtract what is this person's."""
        wanted = {
            same(values): values
            for row in self.rows.get(link.parent, {}).values()
            if row.reach.standing is Standing.LOOKUP
            for values in self._spread(link.parent, row.values, link.parent_fields)
            if all_present(values)
        }
        totals: Counter[Same] = Counter()
        for values, number in self._counts(link, wanted.values()).items():
            totals[same(values)] += number
        self._totals[link] = totals
        self._mine[link] = Counter(
            same(values)
            for found in self.rows.get(link.child, {}).values()
            if not found.reach.held
            and not self.names_another(link.child, found.values)
            and not self.points_at_another(link.child, found.values, found.reach)
            for values in self._spread(link.child, found.values, link.child_fields)
        )

    def _spread(self, node: Node, row: Mapping[str, Any], fields: tuple[str, ...]) -> Iterable[Values]:
        return spread(row, fields, self.graph.inside(node))

    def _counts(self, link: Link, values: Iterable[Values]) -> Mapping[Values, int]:
        reader = self.graph.readers[link.child[0]]
        return reader.counts(link.child[1], where=link.child_fields, values=list(values))
