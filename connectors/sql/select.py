"""Rows by value: chunks of at most 500 parameters, and values in the type the column wants."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from itertools import repeat
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from connectors.sql import spelled
from connectors.sql.schema import LiveTable
from connectors.values import from_base64, plain
from policies.spelling import Normalise

Rows = TypeVar("Rows")
PARAMETERS = 500  # well below SQL Server's 2,100, Oracle's 1,000 in a list and SQLite's old 999
ROWS_AT_ONCE = 1000
NO_ROW_VALUES = frozenset({"mssql"})  # dialects without (a, b) IN ((1, 2), …)


class Unfit(ValueError):
    """The column cannot hold such a value, so no row has it."""


def chunks(values: Iterable[tuple[Any, ...]], *, width: int) -> Iterator[list[tuple[Any, ...]]]:
    """Lists of tuples, each with at most PARAMETERS values in all."""
    size = max(1, PARAMETERS // max(1, width))
    chunk: list[tuple[Any, ...]] = []
    for value in values:
        chunk.append(value)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def ahead(batches: Iterator[Sequence[Rows]]) -> Iterator[Sequence[Rows]]:
    """The same. A thread fetches the next batch while the last one is worked on: most of that is waiting."""
    first = next(batches, ())
    if len(first) < ROWS_AT_ONCE:  # all of it: not worth a thread
        yield first
        yield from batches
        return
    with ThreadPoolExecutor(1, "fetching") as pool:
        waiting = pool.submit(next, batches, None)
        yield first
        while (batch := waiting.result()) is not None:
            waiting = pool.submit(next, batches, None)
            yield batch


def one_of(live: LiveTable, where: Sequence[str], values: Sequence[tuple[Any, ...]]) -> sa.ColumnElement[bool]:
    """columns IN (values); the values must have been made fit before."""
    columns = [live.table.c[name] for name in where]
    if len(columns) == 1:
        return columns[0].in_([value for (value,) in values])
    if live.dialect in NO_ROW_VALUES:
        return sa.or_(*(sa.and_(*(one == part for one, part in zip(columns, value, strict=True))) for value in values))
    return sa.tuple_(*columns).in_(values)


def locked(query: sa.Select[Any], live: LiveTable) -> sa.Select[Any]:
    """The rows are ours until the transaction ends; SQL Server has no FOR UPDATE, but a hint that does the same."""
    if live.dialect == "mssql":
        return query.with_hint(live.table, "WITH (UPDLOCK, ROWLOCK)", "mssql")
    return query.with_for_update()


def fitting(live: LiveTable, where: Sequence[str], values: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The tuples in the types of the columns; without those that no row can hold, and each once."""
    seen = set()
    kinds = [kind(live, name) for name in where]
    for value in values:
        try:
            fitted = value if _fits(value, kinds) else tuple(map(fit, repeat(live), where, value))
        except Unfit:
            continue
        if fitted not in seen:
            seen.add(fitted)
            yield fitted


def kind(live: LiveTable, column: str) -> type:
    """Of values that `fit` leaves alone; object: ask it each time."""
    type_ = bare_type(live, column)
    try:
        wanted = type_.python_type
    except NotImplementedError:
        return object
    return wanted if wanted in (int, str) and not getattr(type_, "enums", None) else object


def _fits(value: Sequence[Any], kinds: Sequence[type]) -> bool:
    for part, wanted in zip(value, kinds, strict=True):
        if type(part) is not wanted or (isinstance(part, str) and not (part.isascii() and "\x00" not in part)):
            return False
    return True


def fit(live: LiveTable, column: str, value: Any) -> Any:
    """A value from a form, a JSON key or another system in the type of this column. Unfit where it cannot be."""
    type_ = bare_type(live, column)
    try:
        wanted = type_.python_type
    except NotImplementedError:
        return value
    if live.as_stored and wanted not in (int, str, bytes):
        return plain(value)
    if isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
        fitted = value
    else:
        try:
            fitted = CASTS[wanted](value) if wanted in CASTS else value
        except (ValueError, TypeError, InvalidOperation, OverflowError):
            if live.as_stored:  # SQLite keeps words in a column of numbers, too
                return plain(value)
            raise Unfit from None
    if isinstance(fitted, str):
        _sayable(live, type_, fitted)
    return fitted


def bare_type(live: LiveTable, column: str) -> TypeEngine[Any]:
    """The type of a column, seen through the name of a domain (PostgreSQL)."""
    found = live.types[column]
    return found.data_type if isinstance(found, postgresql.DOMAIN) else found


def _sayable(live: LiveTable, type_: TypeEngine[Any], text: str) -> None:
    """What a database would refuse to look for is in none of its rows."""
    if live.dialect != "sqlite" and "\x00" in text:
        raise Unfit
    choices = getattr(type_, "enums", None)
    if choices and not live.as_stored and text not in choices:
        raise Unfit
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Unfit from None


def beyond(live: LiveTable, after: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    """Rows whose key comes after this one, written so that an index serves. Unfit where no row has such a key."""
    *outer, last = ((live.table.c[name], fit(live, name, after[name])) for name in live.key)
    column, value = last
    condition: sa.ColumnElement[bool] = column > value
    for column, value in reversed(outer):
        condition = sa.and_(column >= value, sa.or_(column > value, condition))
    return condition


def _int(value: Any) -> int:
    number = int(value) if isinstance(value, str | int) else int(Decimal(str(value)))
    if not isinstance(value, str) and number != value:
        raise Unfit
    return number


def _bool(value: Any) -> bool:
    known = {"1": True, "true": True, "0": False, "false": False}.get(str(plain(value)).lower())
    if known is None:
        raise Unfit
    return known


CASTS: dict[type, Callable[[Any], Any]] = {
    int: _int,
    str: lambda value: str(plain(value)),
    float: float,
    Decimal: lambda value: Decimal(str(value)),
    uuid.UUID: lambda value: uuid.UUID(str(value)),
    datetime: lambda value: datetime.fromisoformat(str(value)),
    date: lambda value: date.fromisoformat(str(value)),
    time: lambda value: time.fromisoformat(str(value)),
    bytes: lambda value: from_base64(str(value)),
    bool: _bool,
}


def identity_in(
    live: LiveTable, column: str, values: Sequence[str], *, how: Normalise
) -> sa.ColumnElement[bool] | None:
    """Rows that may hold one of these normalised values; the caller compares again. None where none can."""
    written = [value for value in values if _is_sayable(live, value)]
    type_ = bare_type(live, column)
    if not isinstance(type_, sa.String) and not live.as_stored:
        numbers = ((number,) for value in written for number in spelled.as_numbers(value, how=how))
        fitted = [value for (value,) in fitting(live, (column,), numbers)]
        return live.table.c[column].in_(fitted) if fitted else None
    text: sa.ColumnElement[Any] = live.table.c[column]
    if not isinstance(type_, sa.String) or isinstance(type_, sa.Enum):
        text = sa.cast(text, sa.Text())
    return spelled.may_be(text, written, how=how) if written else None


def _is_sayable(live: LiveTable, text: str) -> bool:
    try:
        _sayable(live, sa.Text(), text)
    except Unfit:
        return False
    return True


def width(values: Iterable[str], *, how: Normalise) -> int:
    """How many parameters one identity takes at most."""
    return 1 if how in ("exact", "lower", "upper", "digits") and all(map(str.isascii, values)) else spelled.WIDEST
