"""A lot's tests as conditions the database evaluates, and what it holds a column to contain.

Every condition is TRUE or FALSE for every row, or NULL where FALSE is meant: none is ever negated but `content` and
what is built of it, which know NULL.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from connectors.lots import FIRST_DAY, LAST_DAY, Box, Sort, Test
from connectors.maps import CollectionMap
from connectors.sql import masks
from connectors.sql.schema import LiveTable

Condition = sa.ColumnElement[bool]
MYSQL = ("mysql", "mariadb")
SHAPE = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
ONE_DAY = timedelta(days=1)


class Boxes:
    """Conditions on one table."""

    def __init__(self, live: LiveTable, mapped: CollectionMap) -> None:
        self.live, self._mapped = live, mapped

    def any_of(self, boxes: Iterable[Box]) -> Condition:
        return sa.or_(*(self._box(box) for box in boxes)) if (boxes := list(boxes)) else sa.true()

    def _box(self, box: Box) -> Condition:
        return sa.and_(sa.true(), *(sa.or_(*self._test(test)) for test in box))

    def _test(self, test: Test) -> Iterator[Condition]:
        column = self.live.table.c[test.column]
        if test.null:
            yield column.is_(None)
        for first, last in test.days:
            yield sa.and_(sa.true(), *self._span(test.column, first, last))
        if test.values:
            yield sa.or_(*(self.holds(test.column, value) for value in test.values))
        if test.zero:
            yield self._number(column, column == self._nought(test.column))
        if test.other:
            yield self._number(column, column != self._nought(test.column))

    # -- days ------------------------------------------------------------------------------------------------------

    def day(self, name: str) -> sa.ColumnElement[Any]:
        """The day a column holds, as the connector would read it out."""
        column = self.live.table.c[name]
        if self.live.as_stored:
            return sa.func.substr(column, 1, 10)
        return column if self._type(name) is date else sa.cast(column, sa.Date)

    def _span(self, name: str, first: str | None, last: str | None) -> Iterator[Condition]:
        column, type_ = self.live.table.c[name], self.live.types[name]
        if self.live.as_stored:
            day: sa.ColumnElement[Any] = sa.func.substr(column, 1, 10)
            yield from ([day >= first] if first else []) + ([day <= last] if last else [])
        elif self._type(name) is datetime and not getattr(type_, "timezone", False):  # so that an index serves
            yield from [column >= datetime.combine(date.fromisoformat(first), time())] if first else []
            yield from [column < datetime.combine(date.fromisoformat(last) + ONE_DAY, time())] if last else []
        else:
            yield from [self.day(name) >= date.fromisoformat(first)] if first else []
            yield from [self.day(name) <= date.fromisoformat(last)] if last else []
        if first is None and last is None:
            yield column.is_not(None)

    def is_no_day(self, name: str) -> Condition:
        """Something else than a day of the calendar: "unknown", 0000-00-00, infinity, text that is no date."""
        column: sa.ColumnElement[Any] = self.live.table.c[name]
        if self.live.as_stored:
            day = sa.func.substr(column, 1, 10)
            shape = sa.or_(column.op("GLOB")(SHAPE), column.op("GLOB")(f"{SHAPE}[T ]*"))
            real = sa.and_(sa.func.typeof(column) == "text", shape, sa.func.coalesce(sa.func.date(day), "") == day,
                           day >= FIRST_DAY.isoformat(), day <= LAST_DAY.isoformat())  # fmt: skip
        else:
            real = sa.and_(column >= self._like(name, FIRST_DAY), column <= self._like(name, LAST_DAY))
            if self.live.dialect in MYSQL:
                real = sa.and_(real, sa.extract("month", column) > 0, sa.extract("day", column) > 0)
        return sa.and_(column.is_not(None), sa.not_(sa.func.coalesce(real, sa.false())))

    def _like(self, name: str, day: date) -> date:
        return datetime.combine(day, time()) if self._type(name) is datetime else day

    # -- numbers and codes -----------------------------------------------------------------------------------------

    def _nought(self, name: str) -> Any:
        return False if self._type(name) is bool and not self.live.as_stored else 0

    def _number(self, column: sa.ColumnElement[Any], condition: Condition) -> Condition:
        return sa.and_(sa.func.typeof(column).in_(("integer", "real")), condition) if self.live.as_stored else condition

    def is_no_number(self, name: str) -> Condition:
        column = self.live.table.c[name]
        if not self.live.as_stored:
            return sa.false()
        return sa.func.typeof(column).in_(("text", "blob"))

    def exact(self, name: str) -> sa.ColumnElement[Any]:
        """The column as it compares byte by byte: a collation may hold "p" and "P", "a" and "a ", for equal."""
        column: sa.ColumnElement[Any] = self.live.table.c[name]
        if self._type(name) is not str:
            return column
        if self.live.dialect in MYSQL:
            return sa.cast(column, sa.LargeBinary)
        return sa.collate(column, "BINARY") if self.live.as_stored else column

    def holds(self, name: str, value: Any) -> Condition:
        return self.exact(name) == (value.encode() if self.live.dialect in MYSQL and isinstance(value, str) else value)

    def is_odd(self, name: str, sort: Sort) -> Condition:
        """Whether a column holds what its sort does not know."""
        if sort.how == "days":
            return self.is_no_day(name)
        if sort.how == "number":
            return self.is_no_number(name)
        known = sa.or_(sa.false(), *(self.holds(name, value) for value in sort.values))
        return sa.and_(self.live.table.c[name].is_not(None), sa.not_(known))

    def _type(self, name: str) -> type | None:
        return python_type(self.live, name)

    # -- content ---------------------------------------------------------------------------------------------------

    def content(self, name: str) -> Condition:
        """Whether a column holds anything: neither NULL nor empty text. Of a credential only NULL is told."""
        column, field = self.live.table.c[name], self._mapped.fields.get(name)
        there = column.is_not(None)
        if field and field.credential:
            return there
        if self.live.as_stored:
            return sa.and_(there, sa.or_(sa.func.typeof(column) != "text",
                                         sa.func.length(sa.cast(column, sa.LargeBinary)) > 0))  # fmt: skip
        text = isinstance(self.live.types[name], sa.String) and not isinstance(self.live.types[name], sa.Enum)
        return sa.and_(there, sa.func.octet_length(column) > 0) if text else there

    def live_in(self, fields: Collection[str]) -> Condition:
        """Whether any of these columns holds something that is not the mask of an earlier run."""
        return sa.or_(sa.false(), *(self._live(name) for name in fields))

    def _live(self, name: str) -> Condition:
        constant = self.constant(name)
        return self.content(name) if constant is None else sa.and_(self.content(name),
                                                                   sa.not_(self.holds(name, constant)))  # fmt: skip

    def constant(self, name: str) -> Any:
        """What masking writes into every row alike; None for nothing, and where there is no such value."""
        try:
            mask = masks.mask(self.live, self._mapped.fields.get(name), name)
        except masks.Blocked:
            return None
        return None if mask.per_row else mask.constant

    def unknown(self) -> Condition:
        """Whether a column no map names holds something: it may still point at the person."""
        names = [name for name in self.live.columns if name not in self._mapped.fields]
        return sa.or_(sa.false(), *(self.content(name) for name in names))


def python_type(live: LiveTable, name: str) -> type | None:
    """None where the driver has its own idea of the type."""
    try:
        found: type = live.types[name].python_type
    except NotImplementedError:
        return None
    return found
