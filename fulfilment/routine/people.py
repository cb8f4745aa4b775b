"""Who the rows of a page are: people, each with every address and number their rows tie together, each found once.

Rows of one person lie in several tables and may carry several addresses (an older e-mail, the number of a customer).
Rows that share an e-mail or a customer number are one person here, from whichever of them the page came; so a person
met in three tables is walked once, and their records are judged by everything they have. Only a table whose rows are
the people (a customer number, an address nobody else has) ties an address to a number: what somebody typed into a chat
may be anybody's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from connectors.base import Identity, Record
from connectors.graph import THINGS, Graph, Node
from connectors.reach import pick, spread
from connectors.values import canonical, is_empty, plain, sha256
from fulfilment.routine.hoard import Hoard

Token: TypeAlias = tuple[str, str]  # kind, normalised value

WEAK = frozenset({"phone"})  # a household shares one: it finds rows but ties nobody together
ROUNDS = 4
MOST_TOKENS = 40  # a placeholder such as info@… ties a whole company together; those rows are looked at one by one
NOBODY = ("@erased.invalid",)  # what an earlier anonymisation left


@dataclass
class _Group:
    tokens: set[Token] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)


class Kin:
    """The people of one page. `seeds`: the tables people are looked up in. ConnectorError as the sources."""

    def __init__(self, graph: Graph, hoards: Mapping[str, Hoard], *, seeds: Sequence[Node]) -> None:
        self._graph, self._hoards = graph, hoards
        self._columns: dict[str, list[tuple[Node, str]]] = {}
        for node in seeds:
            for column, kind in graph.map(node).identities.items():
                if kind not in THINGS:
                    self._columns.setdefault(kind, []).append((node, column))
        self._tying = {node for node in seeds if self._is_register(node)}
        self._group_of: dict[Token, _Group] = {}
        self._open: set[Token] = set()

    def people(self, page: Iterable[Record], *, node: Node) -> list[Identity]:
        """Whoever is to be looked at because of this page; those another page answers for are left out."""
        rows = [(self._mark(node, record.key or {}), self._tokens(node, record.fields)) for record in page]
        self._tie((mark, self._tied(node, tokens)) for mark, tokens in rows)
        found: dict[frozenset[Token], Identity] = {}
        for mark, tokens in rows:
            for one in self._answered_for(mark, tokens, node=node):
                found[frozenset(one)] = _identity(one)
        return list(found.values())

    def _answered_for(self, mark: str, tokens: frozenset[Token], *, node: Node) -> Iterator[Iterable[Token]]:
        if not _strong(tokens):
            yield from self._by_phone(mark, tokens)
        for tied in self._tied(node, tokens):
            group = self._group_of[next(iter(tied))]
            if len(group.tokens) > MOST_TOKENS or group.tokens & self._open:
                yield tied
            elif mark == min(group.marks):
                yield group.tokens

    def _by_phone(self, mark: str, tokens: frozenset[Token]) -> Iterator[Iterable[Token]]:
        """A row of which only a telephone number is known: a person of its own, unless the number is known elsewhere.

        Then it may be any of them, and nobody is taken for another: the row counts as not reached.
        """
        if not tokens:
            return
        same = list(self._having(tokens))
        if not any(tied for _, tied in same) and mark == min({mark, *(other for other, _ in same)}):
            yield tokens

    def _tie(self, rows: Iterable[tuple[str, list[frozenset[Token]]]]) -> None:
        for mark, tied in rows:
            self._join(mark, tied)
        asked: set[Token] = set()
        for _ in range(ROUNDS):
            wanted = set(self._group_of) - asked
            if not wanted:
                break
            asked |= wanted
            for mark, tied in self._having(wanted):
                self._join(mark, tied)
        self._open = set(self._group_of) - asked

    def _join(self, mark: str, tied: Iterable[frozenset[Token]]) -> None:
        for tokens in tied:
            joined = _Group(set(tokens), {mark})
            for group in (self._group_of[token] for token in tokens if token in self._group_of):
                joined.tokens |= group.tokens
                joined.marks |= group.marks
            for token in joined.tokens:
                self._group_of[token] = joined

    def _having(self, tokens: Iterable[Token]) -> Iterator[tuple[str, list[frozenset[Token]]]]:
        """(mark, what it ties together) of every row of a seed table that carries one of these."""
        by_kind: dict[str, list[str]] = {}
        for kind, value in tokens:
            by_kind.setdefault(kind, []).append(value)
        for kind, values in by_kind.items():
            for node, column in self._columns.get(kind, ()):
                reader, (_, table) = self._hoards[node[0]], node
                normal = [(text,) for value in values if (text := reader.normalised(kind, value))]
                names, every = reader.key_columns(table), reader.columns(table)
                for row in reader.rows(table, where=(column,), values=normal, columns=every, kind=kind):
                    key = dict(zip(names, pick(row, names), strict=True))
                    yield self._mark(node, key), self._tied(node, self._tokens(node, row))

    def _is_register(self, node: Node) -> bool:
        """Whether the rows are the people: one of their identities is nobody else's there."""
        kinds = self._graph.map(node).identities
        unique = self._hoards[node[0]].is_unique
        return any(kind not in THINGS | WEAK and unique(node[1], (column,)) for column, kind in kinds.items())

    def _tied(self, node: Node, tokens: frozenset[Token]) -> list[frozenset[Token]]:
        """Identities of a row that are one person's: all of them in a register of people, elsewhere each alone."""
        strong = _strong(tokens)
        if node in self._tying:
            return [strong] if strong else []
        return [frozenset([token]) for token in sorted(strong)]

    def _tokens(self, node: Node, row: Mapping[str, Any]) -> frozenset[Token]:
        normalised, inside = self._hoards[node[0]].normalised, self._graph.inside(node)
        pairs = ((kind, value) for column, kind in self._graph.map(node).identities.items() if kind not in THINGS
                 for (value,) in spread(row, (column,), inside))  # fmt: skip
        return frozenset(
            (kind, text)
            for kind, value in pairs
            if not is_empty(value) and (text := normalised(kind, value)) and not text.endswith(NOBODY)
        )

    def _mark(self, node: Node, key: Mapping[str, Any]) -> str:
        return sha256(canonical([self._hoards[node[0]].source, node[1], plain(key)]))


def _strong(tokens: frozenset[Token]) -> frozenset[Token]:
    return frozenset(token for token in tokens if token[0] not in WEAK)


def _identity(tokens: Iterable[Token]) -> Identity:
    values: dict[str, tuple[str, ...]] = {}
    for kind, value in sorted(tokens):
        values[kind] = (*values.get(kind, ()), value)
    return Identity(values)
