"""Rows that are over, as sets: counted in one walk, picked in the order of their keys, masked or erased together.

A statement is given the keys that were approved and asks the lot's own conditions again: a row that has become due
since is not among them, and one whose day was moved is left alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import sqlalchemy as sa

from connectors.base import Action, Instruction
from connectors.errors import ConnectorError
from connectors.lots import Lot, Part, RowKey, Sort
from connectors.maps import CollectionMap
from connectors.sql import catalog, deferred, masks, places, preflight, select
from connectors.sql import keys as keyed
from connectors.sql.boxes import Boxes, Condition, python_type
from connectors.sql.database import Database
from connectors.sql.onward import Onward
from connectors.sql.pointing import GENTLE
from connectors.sql.schema import LiveTable
from connectors.values import plain

MOST_VALUES = 40
"""Different codes of a column that are told apart one by one; a column with more is no code."""
NUMBERS: tuple[type, ...] = (int, float, bool)


class Expiry:
    """`connectors.lots.Sweeping` for one table of a database."""

    def __init__(self, database: Database, collection: str) -> None:
        self._database, self.collection = database, collection
        self.live: LiveTable = database.live(collection)
        self._mapped: CollectionMap = database.map.collections[collection]
        self._boxes = Boxes(self.live, self._mapped)
        self._silenced: bool | None = None
        self._written: list[str] = []  # where, of the last rows it was done to
        self._ended: tuple[Lot, RowKey] | None = None  # where the last look at rows ended
        self._onward: Onward | None = None

    def close(self) -> None:
        if self._onward:
            self._onward.close()
        self._onward = self._ended = None

    # -- what can be told ------------------------------------------------------------------------------------------

    def sorts(self, columns: Collection[str], *, one_by_one: Collection[str]) -> dict[str, Sort]:
        found = {name: self._sort(name, code=name in one_by_one) for name in columns if name in self.live.types}
        return {name: sort for name, sort in found.items() if sort}

    def _sort(self, name: str, *, code: bool) -> Sort | None:
        wanted = python_type(self.live, name)
        if wanted is not None and wanted.__name__ in ("date", "datetime"):
            return None if code else Sort("days")
        if not code and wanted is not None and (issubclass(wanted, NUMBERS) or wanted.__name__ == "Decimal"):
            return Sort("number")
        if self.live.as_stored and not code and not self._any(self._boxes.is_no_day(name)):
            return Sort("days")  # text that is a date in every row
        return self._codes(name) if wanted in (str, int) or self.live.as_stored else None

    def _codes(self, name: str) -> Sort | None:
        column = self._boxes.exact(name)
        query = sa.select(column).where(self.live.table.c[name].is_not(None)).distinct().limit(MOST_VALUES + 1)
        with self._database.reading() as connection:
            values = list(connection.execute(query).scalars())
        try:
            read = [value.decode("ascii") if isinstance(value, bytes) else value for value in values]
        except UnicodeDecodeError:
            return None
        known = all(isinstance(value, str | int) for value in read) and len(read) <= MOST_VALUES
        return Sort("codes", tuple(sorted(read, key=str))) if known else None

    def _any(self, condition: Condition) -> bool:
        with self._database.reading() as connection:
            return connection.execute(sa.select(sa.literal(1)).where(condition).limit(1)).first() is not None

    def why_not(self, lot: Lot) -> str:
        """As for a row by itself; and rows others point at and masks made of the row are for who looks at each row."""
        if not self.live.key:
            return "no_primary_key"
        if lot.action == "anonymise" and self._mapped.deletes:
            return "deletes"
        pointing = self._database.pointing_at(self.collection)
        if lot.action == "erase" and any(key.on_delete not in GENTLE for key in pointing):
            return "referenced"
        with self._database.reading() as connection:
            if catalog.look(connection, self.live).checking(lot.fields):
                return "check_constraint"
        any_row = Instruction(self._database.source, self.collection, dict.fromkeys(self.live.key), "",
                              Action(lot.action), lot.fields)  # fmt: skip
        plan = preflight.plan(self._database, [any_row])
        if plan.refused:
            return next((finding.code for finding in plan.findings if finding.level == "error"), "refused")
        return "own_mask" if any(map(self._has_own_mask, lot.fields)) else ""

    def _has_own_mask(self, column: str) -> bool:
        mask = masks.mask(self.live, self._mapped.fields.get(column), column)
        if mask.per_row or isinstance(mask.constant, dict | list | bytes):
            return True
        return self.live.as_stored and not (mask.constant is None or isinstance(mask.constant, str))

    def unsure(self, fields: Collection[str]) -> bool:
        for name in fields:
            try:
                mask = masks.mask(self.live, self._mapped.fields.get(name), name)
            except masks.Blocked:
                continue
            if mask.per_row or (mask.constant is not None and not isinstance(mask.constant, str)):
                return True
        return False

    def more_than(self, rows: int) -> bool:
        some = sa.select(sa.literal(1)).select_from(self.live.table).limit(rows + 1).subquery()
        with self._database.reading() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()) > rows

    # -- asking ----------------------------------------------------------------------------------------------------

    def counts(self, parts: Sequence[Part], *, sorts: Mapping[str, Sort]) -> list[int]:
        """No grouping: the database may walk with several workers, and remembers nothing."""
        each = [sa.func.count(sa.case((self._part(part, sorts), 1))) for part in parts]
        with self._database.reading() as connection:
            row = connection.execute(sa.select(*each).select_from(self.live.table)).one()
        return [int(number) for number in row]

    def _part(self, part: Part, sorts: Mapping[str, Sort]) -> Condition:
        inside, live = self._boxes.any_of(part.boxes), self._boxes.live_in(part.fields)
        if part.state == "odd":
            return sa.or_(sa.false(), *(self._boxes.is_odd(name, sorts[name]) for name in part.fields))
        if part.state == "unknown":
            return sa.and_(inside, live, self._boxes.unknown())
        if part.state == "live":
            return sa.and_(inside, live)
        return sa.and_(inside, sa.not_(live)) if part.state == "spent" else inside

    def rows(
        self, lot: Lot, *, sorts: Mapping[str, Sort], after: RowKey | None, count: int
    ) -> tuple[list[RowKey], list[tuple[Any, ...]]]:
        """Page by page where a table lies in the order of its key; else whoever goes on gets one walk for all the rest:
        a heap read by its index, piece by piece, takes several times as long.
        """
        goes_on = after is not None and self._ended == (lot, after)
        if not goes_on:
            self.close()
        onward, self._onward = self._onward, None
        if onward is None and goes_on and self.live.dialect == "postgresql":
            onward = Onward(self._database, self._ordered(lot, sorts, after), count=count)
        if onward:
            found = onward.next()
        else:
            with self._database.reading() as connection:
                found = connection.execute(self._ordered(lot, sorts, after).limit(count)).all()
        keys = self._keys(found)
        if len(found) == count:
            self._onward, self._ended = onward, (lot, keys[-1])
        elif onward:
            onward.close()
        return keys, [row[len(self.live.key) :] for row in found]

    def _keys(self, found: Sequence[Sequence[Any]]) -> list[RowKey]:
        """Of rows that begin with their keys."""
        width = len(self.live.key)
        return [tuple(row[:width]) for row in found] if self._key_is_json() else [_plain(row[:width]) for row in found]

    def _ordered(self, lot: Lot, sorts: Mapping[str, Sort], after: RowKey | None) -> sa.Select[Any]:
        told = [self._boxes.day(name) if sort.how == "days" else self.live.table.c[name]
                for name, sort in sorts.items()]  # fmt: skip
        query = sa.select(*self._key(), *told).where(self._in(lot)).order_by(*self._key())
        if after is None:
            return query
        return query.where(select.beyond(self.live, dict(zip(self.live.key, after, strict=True))))

    def remaining(self, lot: Lot, keys: Sequence[RowKey]) -> list[RowKey]:
        written, self._written = self._written, []
        return [] if written and self._all_out(lot, keys, written) else self._among(keys, self._in(lot))

    def _all_out(self, lot: Lot, keys: Sequence[RowKey], written: Sequence[str]) -> bool:
        """Whether all of these rows are where they were written, and out of the lot."""
        out = sa.not_(sa.func.coalesce(self._in(lot), sa.false()))
        with self._database.reading() as connection:
            pairs = zip(self._chunks(connection, keys), written, strict=False)
            found = sum(places.number_there(connection, self.live, some, places=where, like=out)
                        for some, where in pairs)  # fmt: skip
        return found == len(keys)

    def standing(self, lot: Lot, keys: Sequence[RowKey]) -> list[RowKey]:
        return self._among(keys, sa.true() if lot.action == "erase" else self._boxes.live_in(lot.fields))

    def _among(self, keys: Sequence[RowKey], condition: Condition) -> list[RowKey]:
        found: list[RowKey] = []
        with self._database.reading() as connection:
            for wanted, _number in self._some(connection, keys):
                found += map(_plain, connection.execute(sa.select(*self._key()).where(wanted, condition)))
        return found

    # -- doing -----------------------------------------------------------------------------------------------------

    def carry_out(self, lot: Lot, keys: Sequence[RowKey], *, commit: bool) -> list[RowKey]:
        """ConnectorError as any statement; whatever is raised, nothing is written.

        Where it is done to all of them, their number says so; only where some are left must the statement tell which.
        """
        if not keys:
            return []
        if commit and self._done_to_all(lot, keys):
            return list(keys)
        done: list[RowKey] = []
        with self._database.writing() as connection:
            with nullcontext() if commit else deferred.checked(self._database, connection, ()):
                for wanted, _number in self._some(connection, keys):
                    done += self._do(connection, lot, sa.and_(wanted, self._in(lot)))
            if commit:
                connection.commit()
            else:
                connection.rollback()
        return done

    def _done_to_all(self, lot: Lot, keys: Sequence[RowKey]) -> bool:
        """All of them, or none: rolled back where one is not there, or not in the lot any more."""
        left, written = len(keys), []
        with self._database.writing() as connection:
            for wanted, number in self._some(connection, keys):
                deed, where = self._deed(lot).where(wanted, self._in(lot)), ""
                if lot.action == "anonymise" and places.told(connection):
                    rows, where = places.write(connection, deed)
                else:
                    rows = connection.execute(deed).rowcount
                if rows != number:
                    return False
                left -= rows
                written += [where] if where else []
            if left:
                return False
            connection.commit()
        self._written = written
        return True

    def _deed(self, lot: Lot) -> Any:
        table = self.live.table
        return table.delete() if lot.action == "erase" else table.update().values(self._masked(lot.fields))

    def _do(self, connection: sa.Connection, lot: Lot, wanted: Condition) -> list[RowKey]:
        """The keys it was done to: read back from the statement, or locked before it where it tells nothing."""
        dialect = connection.dialect
        tells = dialect.delete_returning if lot.action == "erase" else dialect.update_returning
        if tells and not self._is_silenced(connection):
            found = connection.execute(self._deed(lot).where(wanted).returning(*self._key())).all()
            return [row[:] for row in found] if self._key_is_json() else list(map(_plain, found))
        locked = select.locked(sa.select(*self._key()).where(wanted), self.live)
        done = list(map(_plain, connection.execute(locked)))
        rows = connection.execute(self._deed(lot).where(wanted)).rowcount if done else 0
        if rows != len(done):
            raise ConnectorError("rows_differ", True, f"{self.collection}: {rows} of {len(done)}",
                                 source=self._database.source)  # fmt: skip
        return done

    def _is_silenced(self, connection: sa.Connection) -> bool:
        """Whether triggers keep a statement from telling: SQL Server's error 334."""
        if self._silenced is None:
            asked = connection.dialect.name == "mssql"
            self._silenced = asked and bool(catalog.look(connection, self.live).triggers)
        return self._silenced

    def _masked(self, fields: Collection[str]) -> dict[str, Any]:
        """What is empty stays as it is: a row by itself would be left the same."""
        written: dict[str, Any] = {}
        for name in fields:
            column, constant = self.live.table.c[name], self._boxes.constant(name)
            mask = sa.null() if constant is None else sa.literal(constant, column.type)
            written[name] = sa.case((self._boxes.content(name), mask), else_=column)
        return written

    def _in(self, lot: Lot) -> Condition:
        inside = self._boxes.any_of(lot.boxes)
        if lot.action == "erase":
            return inside
        return sa.and_(inside, self._boxes.live_in(lot.fields), sa.not_(self._boxes.unknown()))

    # -- keys ------------------------------------------------------------------------------------------------------

    def _key(self) -> list[sa.ColumnElement[Any]]:
        return [self.live.table.c[name] for name in self.live.key]

    def _key_is_json(self) -> bool:
        """Whether its values come as JSON has them: then a million of them need no look."""
        kinds = {python_type(self.live, name) for name in self.live.key}
        return kinds <= {int, str} and not self.live.as_stored

    def _chunks(self, connection: sa.Connection, given: Sequence[RowKey]) -> Iterator[Sequence[RowKey]]:
        """As many keys at a time as one statement takes."""
        if self._key_is_json() and keyed.as_arrays(connection, self.live, self.live.key):  # as they were read
            return (given[at : at + keyed.AS_ARRAY] for at in range(0, len(given), keyed.AS_ARRAY))
        return keyed.chunks(connection, self.live, given)

    def _some(self, connection: sa.Connection, given: Sequence[RowKey]) -> Iterator[tuple[Condition, int]]:
        """(which rows, how many keys they have)."""
        for chunk in self._chunks(connection, given):
            yield keyed.among(connection, self.live, chunk), len(chunk)


def _plain(row: Sequence[Any]) -> RowKey:
    return tuple(map(plain, row))
