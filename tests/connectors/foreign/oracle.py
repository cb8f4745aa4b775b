"""An answer key of its own: one person's rows found by hand-written SQL over the foreign keys, breadth first.

It shares no line with the connectors. Names are quoted by hand, values are compared by the database or by `str`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

Rows = Counter[tuple[str, tuple[Any, ...]]]


@dataclass(frozen=True)
class Edge:
    """`child` holds the key of `parent`. Down: the person's parent rows own the child rows. Up: a look-up."""

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    way: str  # "down" or "up"


@dataclass(frozen=True)
class Foreign:
    """What a test knows of a database: where people are named, its edges, and the key of each table."""

    roots: Sequence[tuple[str, str]]  # table, column with an e-mail address
    edges: Sequence[Edge]
    keys: Mapping[str, tuple[str, ...]]  # () for a table without
    schema: str = ""
    people: Sequence[str] = field(default=())


def edge(text: str) -> Edge:
    """ "Invoice.CustomerId > Customer.CustomerId": down from the customer. "<" instead: up from the invoice."""
    way = "down" if " > " in text else "up"
    child, parent = text.split(" > " if way == "down" else " < ")
    (table, columns), (above, above_columns) = child.split("."), parent.split(".")
    return Edge(table, tuple(columns.split("+")), above, tuple(above_columns.split("+")), way)


def quoted(connection: sa.Connection, name: str) -> str:
    sign = "`" if connection.dialect.name in ("mysql", "mariadb") else '"'
    return f"{sign}{name}{sign}"


def table(connection: sa.Connection, foreign: Foreign, name: str) -> str:
    prefix = f"{quoted(connection, foreign.schema)}." if foreign.schema else ""
    return prefix + quoted(connection, name)


def rows_where(
    connection: sa.Connection, foreign: Foreign, name: str, columns: Sequence[str], values: Sequence[Any]
) -> list[dict[str, Any]]:
    where = " AND ".join(f"{quoted(connection, column)} = :v{n}" for n, column in enumerate(columns))
    query = sa.text(f"SELECT * FROM {table(connection, foreign, name)} WHERE {where}")
    bound = {f"v{n}": value for n, value in enumerate(values)}
    return [dict(row) for row in connection.execute(query, bound).mappings()]


def person(connection: sa.Connection, foreign: Foreign, email: str) -> Rows:
    """(table, key) of every row; rows without a key by all they hold, as often as they stand there."""
    owned: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    borrowed: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    todo: list[tuple[str, dict[str, Any], bool]] = []
    counts: Rows = Counter()

    def reach(name: str, found: Iterable[dict[str, Any]], *, own: bool) -> None:
        twins: Counter[tuple[Any, ...]] = Counter()
        for row in found:
            key = name_of(foreign, name, row)
            if not foreign.keys[name]:
                twins[key] += 1
                key = (*key, twins[key])
            if key in owned.get(name, {}) or (not own and key in borrowed.get(name, {})):
                continue
            counts[name, key] = 1
            (owned if own else borrowed).setdefault(name, {})[key] = row
            todo.append((name, row, own))

    for name, column in foreign.roots:
        query = sa.text(
            f"SELECT * FROM {table(connection, foreign, name)} WHERE LOWER({quoted(connection, column)}) = :email"
        )
        reach(name, (dict(row) for row in connection.execute(query, {"email": email}).mappings()), own=True)
    while todo:
        name, row, own = todo.pop(0)
        for one in foreign.edges:
            down = one.way == "down"
            if name != (one.parent if down else one.child) or (down and not own):
                continue
            here, there = (one.parent_columns, one.columns) if down else (one.columns, one.parent_columns)
            values = [row[column] for column in here]
            if None not in values:
                end = one.child if down else one.parent
                reach(end, rows_where(connection, foreign, end, there, values), own=down)
    return counts


def name_of(foreign: Foreign, name: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    columns = foreign.keys[name] or tuple(sorted(row))
    return tuple(str(row[column]) for column in columns)


def dangling(connection: sa.Connection, foreign: Foreign) -> list[tuple[str, ...]]:
    """Rows that point at nothing, by every edge; SQLite is asked by its own pragma as well."""
    wrong: list[tuple[str, ...]] = []
    if connection.dialect.name == "sqlite":
        wrong += [tuple(map(str, row)) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    for one in foreign.edges:
        on = " AND ".join(
            f"p.{quoted(connection, above)} = c.{quoted(connection, column)}"
            for column, above in zip(one.columns, one.parent_columns, strict=True)
        )
        full = " AND ".join(f"c.{quoted(connection, column)} IS NOT NULL" for column in one.columns)
        query = (
            f"SELECT COUNT(*) FROM {table(connection, foreign, one.child)} c WHERE {full} AND NOT EXISTS "
            f"(SELECT 1 FROM {table(connection, foreign, one.parent)} p WHERE {on})"
        )
        if connection.execute(sa.text(query)).scalar_one():
            wrong.append((one.child, one.parent))
    return wrong
