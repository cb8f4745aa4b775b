"""Rows by value: chunks of at most 500 parameters, and values in the type the column wants."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa

from connectors.sql.schema import LiveTable
from connectors.values import from_base64, plain

PARAMETERS = 500  # well below SQL Server's 2,100 and SQLite's old 999
ROWS_AT_ONCE = 1000
SEPARATORS = " -+./()"  # what people put between digits


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


def one_of(live: LiveTable, where: Sequence[str], values: Sequence[tuple[Any, ...]]) -> sa.ColumnElement[bool]:
    """columns IN (values); the values must have been made fit before."""
    columns = [live.table.c[name] for name in where]
    if len(columns) == 1:
        return columns[0].in_([value for (value,) in values])
    return sa.tuple_(*columns).in_(values)


def fitting(live: LiveTable, where: Sequence[str], values: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The tuples in the types of the columns; without those that no row can hold, and each once."""
    seen = set()
    for value in values:
        try:
            fitted = tuple(fit(live, name, part) for name, part in zip(where, value, strict=True))
        except Unfit:
            continue
        if fitted not in seen:
            seen.add(fitted)
            yield fitted


def fit(live: LiveTable, column: str, value: Any) -> Any:
    """A value from a form, a JSON key or another system in the type of this column. Unfit where it cannot be."""
    try:
        wanted = live.types[column].python_type
    except NotImplementedError:
        return value
    if live.as_stored and wanted not in (int, str, bytes):
        return plain(value)
    if isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
        return value
    try:
        return CASTS[wanted](value) if wanted in CASTS else value
    except (ValueError, TypeError, InvalidOperation, OverflowError):
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
    return {"1": True, "true": True, "0": False, "false": False}.get(str(plain(value)).lower()) or False


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


def normalise(how: str, value: Any) -> str:
    """An identity value for comparing: exact, lower, upper (both trimmed) or digits only."""
    text = "" if value is None else str(plain(value))
    if how == "lower":
        return text.strip().lower()
    if how == "upper":
        return text.strip().upper()
    if how == "digits":
        return "".join(character for character in text if character.isdigit())
    return text


def identity_in(live: LiveTable, column: str, values: Sequence[str], *, how: str) -> sa.ColumnElement[bool] | None:
    """Rows that may hold one of these normalised values; the caller compares again. None where none can."""
    expression: sa.ColumnElement[Any] = live.table.c[column]
    if how == "exact" or not isinstance(live.types[column], sa.String):
        fitted = [value for (value,) in fitting(live, (column,), ((value,) for value in values))]
        return expression.in_(fitted) if fitted else None
    if how == "digits":
        for separator in SEPARATORS:
            expression = sa.func.replace(expression, separator, "")
        return expression.in_(values)
    # Some databases lower only ASCII letters, so a name's capital Å may survive on their side.
    variants = {form for value in values for form in (value.lower(), _ascii_lower(value), _ascii_lower(value.upper()))}
    return sa.func.lower(sa.func.trim(expression)).in_(sorted(variants))


def _ascii_lower(text: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in text)
