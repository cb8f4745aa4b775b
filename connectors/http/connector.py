"""The connector of one JSON API: it finds by the requests its map describes, and changes only where they say how."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import product
from typing import Any

from fideslang.models import Dataset

from connectors import maps, spelling, walk
from connectors.base import Ability, Finding, Identity, Instruction, Key, Receipt, Record, SourcePlan
from connectors.errors import ConnectorError
from connectors.http import asking, changing
from connectors.http.auth import auth
from connectors.http.exchange import Exchange, Limits, Pause
from connectors.inside import held, top
from connectors.limited import Limited
from connectors.maps import CollectionMap
from connectors.reach import pick, same
from connectors.rows import record
from policies.http_way import HttpCollection, HttpFind, HttpWay
from policies.spelling import Normalise

NOBODY = "nobody@example.invalid"  # RFC 2606: no such address ever


class HttpConnector(Limited):
    """`url` is the base of every request. ConnectorError bad_url, not_configured, bad_secret from the constructor."""

    def __init__(
        self, name: str, *, url: str, dataset: Dataset, way: HttpWay, environ: Mapping[str, str],
        normalise: Mapping[str, Normalise] | None = None, pause: Pause = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self.source, self.map, self.way, self.clock = name, maps.read(dataset), way, clock
        self.exchange = Exchange(
            name, url=url, auth=auth(way.auth, environ=environ, source=name), headers=way.headers,
            near=way.private_addresses, pause=pause,
            limits=Limits(way.seconds, way.answer_bytes, way.depth, way.attempts),
        )  # fmt: skip
        self._normalise = {**spelling.DEFAULTS, **(normalise or {})}

    def __repr__(self) -> str:
        return f"HttpConnector({self.source!r})"

    def close(self) -> None:
        self.exchange.close()

    @property
    def abilities(self) -> frozenset[Ability]:  # type: ignore[override]  # depends on what the map describes
        asked = self.map.collections.keys() & self.way.collections.keys()
        addressed = {name for name in asked if self.chosen(name, self.key_columns(name))}
        able = {Ability.FIND}
        if addressed == set(self.map.collections):
            able.add(Ability.KEYS)
        if any(self.asked(name).erase or self.asked(name).update for name in addressed):
            able.add(Ability.CHANGE)
        return frozenset(able)

    def describe(self) -> list[Finding]:
        """What the map leaves unsaid; and each table is asked for an address nobody has. ConnectorError of the API."""
        findings = [Finding("error", "missing_table", name) for name in self.map.collections
                    if name not in self.way.collections]  # fmt: skip
        for name, collection in self.map.collections.items():
            findings += self._unasked(name, collection)
        for name, table in self.way.collections.items():
            if name not in self.map.collections:
                findings.append(Finding("warning", "unmapped_table", name))
            elif table.erase or table.update:
                findings.append(Finding("info", changing.NO_REHEARSAL, name))
        if not findings or all(one.level != "error" for one in findings):
            self._try_out()
        return findings

    def columns(self, collection: str) -> tuple[str, ...]:
        """Those of the map: what else an answer holds is only known when it comes."""
        self.asked(collection)
        return tuple(self.map.collections[collection].fields)

    def key_columns(self, collection: str) -> tuple[str, ...]:
        return self.map.collections[collection].key

    def is_unique(self, collection: str, columns: Sequence[str]) -> bool:
        key = self.key_columns(collection)
        return bool(key) and set(key) <= set(columns)

    def normalised(self, kind: str, value: Any) -> str:
        return spelling.normalised(self._normalise.get(kind, "exact"), value)

    def find(self, identity: Identity, *, given: Mapping[str, Collection[Any]] | None = None) -> Iterator[Record]:
        """One person's records here. For all sources of a controller use `walk.find`."""
        return walk.alone(self, identity, given)

    def rows(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]], columns: Sequence[str],
        kind: str = "",
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        mapped, inside = self.columns(collection), self.map.collections[collection].inside
        if unknown := {top(name, mapped) for name in (*where, *columns)} - set(mapped):
            raise ConnectorError("missing_column", True, f"{collection}.{min(unknown)}", source=self.source)
        find = self.chosen(collection, where)
        if find is None:
            raise ConnectorError("no_request", True, f"{collection}.{'+'.join(where)}", source=self.source)
        whole = set(columns) >= set(mapped)
        for given, wanted in self._questions(find, where, list(values), kind):
            for page in asking.pages(self.exchange, find, given, most=self.way.pages):
                for raw in page:
                    row = dict.fromkeys(mapped) | raw
                    # An API may find by part of a value, or page through everything: what was not asked for is left.
                    if any(self._mark(values, kind) in wanted for values in _held(row, where, inside)):
                        yield row if whole else {column: row[column] for column in columns}

    def counts(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]]
    ) -> dict[tuple[Any, ...], int]:
        mapped, found = self.map.collections[collection], Counter[tuple[Any, ...]]()
        columns = {top(name, mapped.fields) for name in where}
        for row in self.rows(collection, where=where, values=values, columns=tuple(columns)):
            found.update(_held(row, where, mapped.inside))
        return found

    def by_key(self, collection: str, keys: Collection[Key]) -> Iterator[Record]:
        key = self.key_columns(collection)
        if not key:
            raise ConnectorError("no_primary_key", True, collection, source=self.source)
        if self.chosen(collection, key) is None:
            self._not_able("by_key")
        wanted = [tuple(one.get(column) for column in key) for one in keys]
        for row in self.rows(collection, where=key, values=wanted, columns=self.columns(collection)):
            yield record(self, collection, row, path=("by key",))

    # -- change ----------------------------------------------------------------------------------------------------

    def why_not(self, collection: str, column: str) -> str:
        return changing.why_not(self, collection, column)

    def plan(self, instructions: Sequence[Instruction]) -> SourcePlan:
        return changing.plan(self, instructions)

    def rehearse(self, plan: SourcePlan) -> list[Receipt]:
        """Read and compared only: an API has no transaction to roll back, and the plan says so (no_rehearsal)."""
        return changing.receipts(self, changing.there(self, plan))

    def execute(self, plan: SourcePlan, *, ledger: Collection[str] = frozenset()) -> Iterator[Receipt]:
        return iter(changing.carry_out(self, plan, frozenset(ledger)))

    def verify(self, plan: SourcePlan) -> list[Record]:
        return changing.remaining(self, plan)

    # -- what the map describes ------------------------------------------------------------------------------------

    def asked(self, collection: str) -> HttpCollection:
        """ConnectorError missing_table where neither map describes it."""
        if collection not in self.map.collections or collection not in self.way.collections:
            raise ConnectorError("missing_table", True, collection, source=self.source)
        return self.way.collections[collection]

    def chosen(self, collection: str, where: Sequence[str]) -> HttpFind | None:
        """The request that says most of what is asked; one that lists everything comes last."""
        able = [find for find in self.asked(collection).find if where and set(find.by) <= set(where)]
        return max(able, key=lambda find: (len(find.by), find.batch), default=None)

    def _unasked(self, name: str, collection: CollectionMap) -> Iterator[Finding]:
        if name in self.way.collections:
            for column in sorted({*collection.identities, *(f.name for f in collection.all_fields() if f.references)}):
                if self.chosen(name, (column,)) is None:
                    yield Finding("error", "no_request", name, column)
            if collection.key and self.chosen(name, collection.key) is None:
                yield Finding("warning", "no_request", name, "+".join(collection.key), "a person must act there")

    def _try_out(self) -> None:
        for name, collection in self.map.collections.items():
            for column, kind in collection.identities.items():
                if kind == "email":
                    nobody = self.rows(name, where=(column,), values=[(NOBODY,)], columns=(), kind=kind)
                    next(nobody, None)

    def _questions(
        self, find: HttpFind, where: Sequence[str], values: list[tuple[Any, ...]], kind: str
    ) -> Iterator[tuple[asking.Given, frozenset[Any]]]:
        """What one request asks for, and the values its rows may hold. No value is in two of them, so no row is."""
        groups: dict[Any, tuple[tuple[Any, ...], set[Any]]] = {}
        for value in values:
            asked = pick(dict(zip(where, value, strict=True)), find.by)
            _, marks = groups.setdefault(self._mark(asked, kind if find.by else ""), (asked, set()))
            marks.add(self._mark(value, kind))
        parts = list(groups.values())
        for start in range(0, len(parts), find.batch):
            some = parts[start : start + find.batch]
            wanted = frozenset(mark for _, marks in some for mark in marks)
            if find.batch == 1:
                yield dict(zip(find.by, some[0][0], strict=True)), wanted
            else:
                yield {find.by[0]: [asked[0] for asked, _ in some]}, wanted

    def _mark(self, values: tuple[Any, ...], kind: str) -> Any:
        return self.normalised(kind, values[0]) if kind else same(values)


def _held(row: Mapping[str, Any], where: Sequence[str], inside: Collection[str]) -> Iterator[tuple[Any, ...]]:
    """What a row has in these columns; several values where one lies inside a list or an object."""
    return product(*(held(row, name) if name in inside else (row[name],) for name in where))
