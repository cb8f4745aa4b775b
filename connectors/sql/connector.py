"""The connector of one relational database."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from fideslang.models import Dataset

from connectors import spelling, walk
from connectors.base import Ability, Finding, Identity, Instruction, Key, Record, SourcePlan
from connectors.errors import ConnectorError
from connectors.inside import held, top
from connectors.reach import pick, same, spread
from connectors.receipts import Receipts
from connectors.rows import record
from connectors.sql import deed, deferred, describe, inside, keyless, preflight, select, setting, spelled, spent
from connectors.sql.database import Database, utc_now
from connectors.sql.expiry import Expiry
from connectors.sql.looks import looks
from connectors.sql.schema import LiveTable
from connectors.values import plain
from policies.spelling import Normalise


class SqlConnector(Database):
    """One source. `url` is a SQLAlchemy URL of a database `address` knows; nothing is opened before use.

    `normalise` says by kind how identities compare (`policies.spelling`). Any method may raise ConnectorError; bad_url
    comes from the constructor, driver_missing at first use.
    """

    abilities = frozenset(Ability)

    def __init__(
        self, name: str, *, url: str, dataset: Dataset, normalise: Mapping[str, Normalise] | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:  # fmt: skip
        super().__init__(name, url=url, dataset=dataset, clock=clock)
        self.spelling: Mapping[str, Normalise] = {**spelling.DEFAULTS, **(normalise or {})}
        self._expiry: Expiry | None = None

    def describe(self) -> list[Finding]:
        return describe.describe(self)

    def columns(self, collection: str) -> tuple[str, ...]:
        return self.live(collection).columns

    def is_unique(self, collection: str, columns: Sequence[str]) -> bool:
        return self.live(collection).is_unique(columns)

    def looks(self, collection: str) -> dict[str, str]:
        """Column to what its values are, as the table declares it; a column of unknown type is left out."""
        return looks(self.live(collection).types)

    def overlooked(self, collections: Collection[str]) -> list[Finding]:
        """Tables of the database that no map names and whose foreign keys point at one of these."""
        keys = {(key.child, key.parent) for key in self.schema.foreign_keys if key.parent in collections}
        return [Finding("warning", "unmapped_table", child, "", parent) for child, parent in sorted(keys)
                if child not in self.map.collections]  # fmt: skip

    # -- find ------------------------------------------------------------------------------------------------------

    def find(self, identity: Identity, *, given: Mapping[str, Collection[Any]] | None = None) -> Iterator[Record]:
        """One person's records here. For all sources of a controller use `walk.find`: only it knows what is shared."""
        return walk.alone(self, identity, given)

    def by_key(self, collection: str, keys: Collection[Key]) -> Iterator[Record]:
        live = self._addressed(collection)
        wanted = set(select.fitting(live, live.key, (tuple(one.get(column) for column in live.key) for one in keys)))
        for row in self.rows(collection, where=live.key, values=wanted, columns=live.columns):
            if pick(row, live.key) in wanted:  # a collation may hold "a" and "Å" for equal
                yield record(self, collection, row, path=("by key",))

    def scan(self, collection: str, *, after: Key | None, count: int) -> list[Record]:
        live = self._addressed(collection)
        query = sa.select(live.table).order_by(*(live.table.c[name] for name in live.key)).limit(count)
        if after is not None:
            query = query.where(select.beyond(live, after))
        with self.reading() as connection:
            found = [dict(zip(live.columns, row, strict=True)) for row in connection.execute(query)]
        return [record(self, collection, row, path=("scan",)) for row in found]

    def why_not(self, collection: str, column: str) -> str:
        return setting.why_not(self, collection, column)

    def size(self, collection: str) -> int:
        query = sa.select(sa.func.count()).select_from(self.live(collection).table)
        with self.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def masked(self, collection: str, fields: Mapping[str, Any]) -> dict[str, bool]:
        return spent.masked(self, collection, fields)

    def groups(self, collection: str, *, by: Sequence[str], after: Any, count: int) -> list[keyless.Group]:
        self._with(collection, by)
        return keyless.groups(self, collection, by=by, after=after, count=count)

    def held(self, collection: str, *, by: Sequence[str], values: Sequence[Sequence[Any]]) -> int:
        return keyless.held(self, collection, by=by, values=values)

    def erase_groups(
        self, collection: str, *, by: Sequence[str], values: Sequence[Sequence[Any]], commit: bool
    ) -> int:
        return keyless.erase(self, collection, by=by, values=values, commit=commit)

    def lots(self, collection: str) -> Expiry:
        """One table at a time: with another one, whatever is still being read of the one before ends."""
        if self._expiry is None or self._expiry.collection != collection:
            self._end_expiry()
            self._expiry = Expiry(self, collection)
        return self._expiry

    def _end_expiry(self) -> None:
        if self._expiry:
            self._expiry.close()
        self._expiry = None

    def close(self) -> None:
        self._end_expiry()
        super().close()

    def _addressed(self, collection: str) -> LiveTable:
        live = self.live(collection)
        if not live.key:
            raise ConnectorError("no_primary_key", True, collection, source=self.source)
        return live

    def normalised(self, kind: str, value: Any) -> str:
        return spelling.normalised(self.spelling.get(kind, "exact"), value)

    def rows(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]],
        columns: Sequence[str], kind: str = "",
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        for batch in self.batches(collection, where=where, values=values, columns=columns, kind=kind):
            for row in batch:
                yield dict(zip(columns, row, strict=True))

    def batches(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]],
        columns: Sequence[str], kind: str = "",
    ) -> Iterator[Sequence[Sequence[Any]]]:  # fmt: skip
        """The same rows, many at a time, each its values in the order of `columns`."""
        live = self._with(collection, [*where, *columns])
        if self._inside(collection, where):
            for one in self._rows_inside(live, where, values, columns, kind):
                yield [[one[column] for column in columns]]
            return
        picked = [live.table.c[name] for name in columns]
        wanted = {str(value) for (value,) in values} if kind else set()
        position = tuple(columns).index(where[0]) if kind else 0
        with self.reading() as connection:
            streaming = connection.execution_options(stream_results=True, yield_per=select.ROWS_AT_ONCE)
            for condition in self._conditions(live, where, values, kind):
                for batch in select.ahead(streaming.execute(sa.select(*picked).where(condition)).partitions()):
                    # A collation may hold "ö" and "o", or "a" and "a ", for equal. People are not.
                    yield [row for row in batch if self.normalised(kind, row[position]) in wanted] if kind else batch

    def counts(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]]
    ) -> dict[tuple[Any, ...], int]:
        live = self._with(collection, where)
        found: dict[tuple[Any, ...], int] = {}
        if self._inside(collection, where):
            columns = sorted({top(name, live.columns) for name in where})
            for whole in self.rows(collection, where=where, values=values, columns=columns):
                for one in spread(whole, where, self.map.collections[collection].inside):
                    found[one] = found.get(one, 0) + 1
            return found
        picked = [live.table.c[name] for name in where]
        with self.reading() as connection:
            for condition in self._conditions(live, where, values, ""):
                query = sa.select(*picked, sa.func.count()).where(condition).group_by(*picked)
                for row in connection.execute(query):
                    found[tuple(row[:-1])] = row[-1]
        return found

    def _with(self, collection: str, columns: Sequence[str]) -> LiveTable:
        live = self.live(collection)
        missing = {top(name, live.columns) for name in columns} - set(live.columns)
        if missing:
            raise ConnectorError("missing_column", True, f"{collection}.{min(missing)}", source=self.source)
        return live

    def _conditions(
        self, live: LiveTable, where: Sequence[str], values: Collection[tuple[Any, ...]], kind: str
    ) -> Iterator[sa.ColumnElement[bool]]:
        if not kind:
            for chunk in select.chunks(select.fitting(live, where, values), width=len(where)):
                yield select.one_of(live, where, chunk)
            return
        how = self.spelling.get(kind, "exact")
        width = select.width((str(value) for (value,) in values), how=how)
        for chunk in select.chunks(((value,) for (value,) in values), width=width):
            condition = select.identity_in(live, where[0], [str(value) for (value,) in chunk], how=how)
            if condition is not None:
                yield condition

    def _inside(self, collection: str, where: Sequence[str]) -> bool:
        """Whether the values lie in an array or in JSON."""
        return not self.map.collections[collection].inside.isdisjoint(where)

    def _rows_inside(
        self, live: LiveTable, where: Sequence[str], values: Collection[tuple[Any, ...]], columns: Sequence[str],
        kind: str,
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        """One column or path; a key of several of which one lies inside is no key, and `Graph` makes none."""
        (name,), how = where, self.spelling.get(kind, "exact") if kind else "exact"
        names = tuple(dict.fromkeys((*columns, top(name, live.columns))))

        def normal(value: Any) -> str:
            return self.normalised(kind, value) if kind else same((value,))[0]

        wanted = {normal(value) for (value,) in values}
        with self.reading() as connection:
            streaming = connection.execution_options(stream_results=True, yield_per=select.ROWS_AT_ONCE)
            for chunk in select.chunks(((str(plain(value)),) for (value,) in values), width=spelled.WIDEST):
                texts = [text for (text,) in chunk]
                may_be = inside.any_of(live, name, texts, how=how)
                query = sa.select(*(live.table.c[one] for one in names)).where(may_be)
                here = {normal(text) for text in texts}
                for found in streaming.execute(query):
                    row = dict(zip(names, found, strict=True))
                    hits = [text for value in held(row, name) if (text := normal(value)) in wanted]
                    if hits and hits[0] in here:  # a row with values of two chunks comes with the first alone
                        yield {column: row[column] for column in columns}

    # -- erase -----------------------------------------------------------------------------------------------------

    def plan(self, instructions: Sequence[Instruction]) -> SourcePlan:
        return preflight.plan(self, instructions)

    def rehearse(self, plan: SourcePlan) -> Receipts:
        tables = {deed.collection for deed in plan.deeds}
        with self.writing() as connection:
            with deferred.checked(self, connection, tables):
                receipts = deed.carry_out(self, connection, plan=plan, ledger=frozenset())
            connection.rollback()
        return receipts

    def execute(self, plan: SourcePlan, *, ledger: Collection[str] = frozenset()) -> Receipts:
        with self.writing() as connection:
            receipts = deed.carry_out(self, connection, plan=plan, ledger=frozenset(ledger))
            connection.commit()
        return receipts

    def verify(self, plan: SourcePlan) -> list[Record]:
        with self.reading() as connection:
            return deed.remaining(self, connection, plan=plan)
