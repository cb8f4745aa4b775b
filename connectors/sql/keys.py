"""Rows by their keys, many at a time: as arrays where the database takes them, as lists of parameters elsewhere."""

import operator
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from connectors.base import Instruction
from connectors.sql import select
from connectors.sql.schema import LiveTable
from connectors.values import plain

Key: TypeAlias = tuple[Any, ...]

AS_ARRAY = 10_000
"""Keys in one statement as arrays: what is read back of them is held in memory, at most some ten megabytes."""
PARAMETERS = {"sqlite": 5_000, "mysql": 5_000, "mariadb": 5_000}
"""Of one statement elsewhere; SQL Server and whatever we do not know get `select.PARAMETERS`."""


def of(live: LiveTable, instruction: Instruction) -> Key:
    """The key as a plan holds it (JSON-safe): what a row's own `named` key is compared with."""
    key, names = instruction.key or {}, live.key
    return (key.get(names[0]),) if len(names) == 1 else tuple([key.get(name) for name in names])


def named(row: Sequence[Any], positions: Sequence[int]) -> Key:
    """The key of a row that was read, JSON-safe."""
    return tuple([plain(row[place]) for place in positions])


def in_order(instructions: Iterable[Instruction]) -> list[Instruction]:
    """Of one table, always in the same order: two runs wait for each other instead of dying in each other's arms."""

    def key(one: Instruction) -> list[Any]:
        return list((one.key or {}).values())

    some = list(instructions)
    try:
        return sorted(some, key=key)
    except TypeError:  # NULL, or text and numbers in one column
        return sorted(some, key=lambda one: [(type(part).__name__, str(part)) for part in key(one)])


def chunks(
    connection: sa.Connection, live: LiveTable, keys: Collection[Key], *, where: Sequence[str] = (), more: int = 0
) -> Iterator[list[Key]]:
    """The keys in the columns' own types, in lists that fit one statement; those no row can have are left out.

    `more`: other values each row brings along.
    """
    where = where or live.key
    size = room(connection, live, where, more=more)
    chunk: list[Key] = []
    for key in select.fitting(live, where, keys):
        chunk.append(key)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def room(connection: sa.Connection, live: LiveTable, where: Sequence[str] = (), *, more: int = 0) -> int:
    """How many keys fit one statement."""
    where = where or live.key
    if as_arrays(connection, live, where):
        return AS_ARRAY
    width = len(where) + more
    most = PARAMETERS.get(connection.dialect.name, select.PARAMETERS) if width == 1 else select.PARAMETERS
    return max(1, most // width)


def fitted(live: LiveTable, name: str, values: Sequence[Any]) -> Sequence[Any]:
    """The values of one column in its type, as `select.fit`; numbers and plain words are seen to fit all at once.
    `select.Unfit`."""
    kinds = set(map(type, values))
    if kinds == {int} == {select.kind(live, name)}:
        return values
    if kinds == {str} == {select.kind(live, name)} and "\x00" not in (said := "".join(values)) and said.isascii():
        return values
    return [select.fit(live, name, value) for value in values]


def as_arrays(connection: sa.Connection, live: LiveTable, columns: Iterable[str]) -> bool:
    """Whether values of these columns can travel as one array each: PostgreSQL, for types it names."""
    if connection.dialect.name != "postgresql":
        return False
    return all(_travels(live.types[name]) for name in columns)


def carries(live: LiveTable, columns: Iterable[str]) -> bool:
    """Whether new values for these columns can."""
    return all(_travels(live.types[name]) or isinstance(live.types[name], sa.CHAR) for name in columns)


def _travels(type_: TypeEngine[Any]) -> bool:
    if isinstance(type_, sa.CHAR | sa.Enum | sa.Float):
        return False
    return isinstance(type_, sa.Integer | sa.String | sa.Uuid | sa.Numeric | sa.Date | sa.DateTime)


def among(
    connection: sa.Connection, live: LiveTable, chunk: Sequence[Key], *, where: Sequence[str] = (),
    columns: Sequence[sa.ColumnElement[Any]] = (),
) -> sa.ColumnElement[bool]:  # fmt: skip
    """Rows with one of these keys; the chunk comes from `chunks`. `columns`: of another table, which point here."""
    where = where or live.key
    if not as_arrays(connection, live, where):
        return _listed(live, columns, chunk) if columns else select.one_of(live, where, chunk)
    columns = columns or [live.table.c[name] for name in where]
    if len(where) == 1:
        return columns[0] == sa.any_(array(live.types[where[0]], [value for (value,) in chunk]))
    wanted = table(live, where, [[key[place] for key in chunk] for place in range(len(where))])
    return sa.tuple_(*columns).in_(sa.select(*wanted.c))


def _listed(live: LiveTable, columns: Sequence[sa.ColumnElement[Any]], chunk: Sequence[Key]) -> sa.ColumnElement[bool]:
    if len(columns) == 1:
        return columns[0].in_([value for (value,) in chunk])
    if live.dialect in select.NO_ROW_VALUES:
        return sa.or_(*(sa.and_(*map(operator.eq, columns, key)) for key in chunk))
    return sa.tuple_(*columns).in_(chunk)


def table(live: LiveTable, names: Sequence[str], columns: Sequence[Sequence[Any]]) -> sa.TableValuedAlias:
    """Lists of equal length, one a column, as a table: unnest(…) AS dsar_wanted (v0, v1, …)."""
    arrays = [array(live.types[name], values) for name, values in zip(names, columns, strict=True)]
    named = [sa.column(f"v{place}", _bare(live.types[name])) for place, name in enumerate(names)]
    return sa.func.unnest(*arrays).table_valued(*named).render_derived(name="dsar_wanted")


def array(type_: TypeEngine[Any], values: Sequence[Any]) -> sa.ColumnElement[Any]:
    """A list as one parameter in this type."""
    whole: postgresql.ARRAY[Any] = postgresql.ARRAY(_bare(type_))
    if (written := _written(values)) is not None:
        return sa.cast(sa.literal(written, sa.types.NullType()), whole)
    return sa.cast(sa.literal(list(values), whole), whole)


def _written(values: Sequence[Any]) -> str | None:
    """Numbers or plain words as PostgreSQL writes an array, which the driver does one by one: that is JSON in other
    brackets, as long as nothing but quotes and backslashes has to be escaped. None: let the driver do it."""
    kinds = set(map(type, values))
    if kinds != {int} and not (kinds == {str} and "".join(values).isprintable()):
        return None
    try:
        return f"{{{orjson.dumps(values).decode()[1:-1]}}}"
    except TypeError:  # more than 64 bits, half a character
        return None


def _bare(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """Without its length or scale: a cast would cut a value that is too long, and so meet another row."""
    if isinstance(type_, sa.String):
        return sa.Text()
    return sa.Numeric() if isinstance(type_, sa.Numeric) else type_


def by_key(live: LiveTable, instructions: Iterable[Instruction]) -> Mapping[Key, list[Instruction]]:
    """What is to happen to each row; some rows are unlinked and masked."""
    found: dict[Key, list[Instruction]] = {}
    for one in instructions:
        found.setdefault(of(live, one), []).append(one)
    return found
