"""What is really there: tables, columns, keys and references of the live database, read once per connector."""

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NullType, TypeEngine

MOST_SEEN = 64
_SEEN: dict[tuple[Any, ...], "Schema"] = {}
TRANSACTIONAL = frozenset({"innodb", "rocksdb", "tokudb", "ndbcluster"})  # MySQL engines that can roll back


@dataclass(frozen=True)
class ForeignKey:
    """A reference the database itself enforces. `on_delete` in upper case, empty for none."""

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_delete: str


@dataclass(frozen=True)
class LiveTable:
    """One table. `types` as declared (the table of a SQLite source itself is untyped: rows come as stored)."""

    table: sa.Table
    types: Mapping[str, TypeEngine[Any]]
    key: tuple[str, ...]
    uniques: tuple[frozenset[str], ...]
    generated: frozenset[str]
    rolls_back: bool
    as_stored: bool = False  # SQLite: values come and go as they lie in the file, dates as text

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.types)

    def nullable(self, column: str) -> bool:
        return bool(self.table.c[column].nullable) and column not in self.key

    def is_unique(self, columns: Iterable[str]) -> bool:
        """Whether at most one row has given values in these columns."""
        wanted = frozenset(columns)
        return any(unique <= wanted for unique in self.uniques)

    def in_unique(self, column: str) -> bool:
        return any(column in unique for unique in self.uniques)


@dataclass
class Schema:
    """The live schema. Tables that are not there are not in `tables`."""

    tables: dict[str, LiveTable] = field(default_factory=dict)
    foreign_keys: tuple[ForeignKey, ...] = ()
    names: tuple[str, ...] = ()

    def incoming(self, table: str) -> list[ForeignKey]:
        return [key for key in self.foreign_keys if key.parent == table]

    def outgoing(self, table: str) -> list[ForeignKey]:
        return [key for key in self.foreign_keys if key.child == table]


def reflect(connection: sa.Connection, names: Iterable[str], *, schema: str | None) -> Schema:
    """The tables and views of these names, and every foreign key of the database schema.

    A SQLite file tells its whole schema in one line of text: the same text is not read apart twice.
    """
    if connection.dialect.name != "sqlite":
        return _reflect(connection, names, schema=schema)
    ddl = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all()
    known = (tuple(names), schema, tuple(tuple(row) for row in ddl))
    found = _SEEN.get(known)
    if found is None:
        if len(_SEEN) >= MOST_SEEN:
            _SEEN.clear()
        found = _SEEN[known] = _reflect(connection, known[0], schema=schema)
    return found


def _reflect(connection: sa.Connection, names: Iterable[str], *, schema: str | None) -> Schema:
    inspector = sa.inspect(connection)
    present = set(inspector.get_table_names(schema)) | set(inspector.get_view_names(schema))
    lite = connection.dialect.name == "sqlite"
    return Schema(
        tables={name: _table(connection, inspector, name, schema) for name in names if name in present},
        foreign_keys=tuple(_sqlite_keys(connection, present) if lite else _foreign_keys(inspector, schema)),
        names=tuple(sorted(present)),
    )


def _foreign_keys(inspector: sa.Inspector, schema: str | None) -> Iterator[ForeignKey]:
    for (_, child), keys in inspector.get_multi_foreign_keys(schema=schema).items():
        for key in keys:
            on_delete = (key.get("options") or {}).get("ondelete") or ""
            yield ForeignKey(
                child, tuple(key["constrained_columns"]), key["referred_table"], tuple(key["referred_columns"]),
                on_delete.upper(),
            )  # fmt: skip


def _sqlite_keys(connection: sa.Connection, names: Iterable[str]) -> Iterator[ForeignKey]:
    """Asked of SQLite itself: SQLAlchemy reads the table's text and may miss what happens on delete."""
    for child in sorted(names):
        rows = _pragma(connection, "foreign_key_list", child)
        for number in sorted({row["id"] for row in rows}):
            parts = sorted((row for row in rows if row["id"] == number), key=lambda row: row["seq"])
            parent = str(parts[0]["table"])
            key = [row["name"] for row in sorted(_pragma(connection, "table_info", parent), key=lambda r: r["pk"])
                   if row["pk"]]  # fmt: skip
            ends = tuple(str(part["to"] or key[part["seq"]]) for part in parts)
            columns = tuple(str(part["from"]) for part in parts)
            on_delete = str(parts[0]["on_delete"]).upper()
            yield ForeignKey(child, columns, parent, ends, "" if on_delete == "NO ACTION" else on_delete)


def _pragma(connection: sa.Connection, name: str, of: str) -> Sequence[sa.RowMapping]:
    quoted = connection.dialect.identifier_preparer.quote_identifier(of)
    return connection.exec_driver_sql(f"PRAGMA {name}({quoted})").mappings().all()


def _table(connection: sa.Connection, inspector: sa.Inspector, name: str, schema: str | None) -> LiveTable:
    types: dict[str, TypeEngine[Any]] = {}

    def declared(_inspector: Any, _table: Any, column: Any) -> None:
        types[column["name"]] = column["type"]
        if connection.dialect.name == "sqlite":  # any value may stand in any column there; a date may be "unknown"
            column["type"] = NullType()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sa.exc.SAWarning)  # types we need not know: values come as the driver gives
        table = sa.Table(name, sa.MetaData(), schema=schema, resolve_fks=False, autoload_with=connection,
                         listeners=[("column_reflect", declared)])  # fmt: skip
    primary = tuple(column.name for column in table.primary_key)
    lite = connection.dialect.name == "sqlite"
    uniques = _sqlite_uniques(connection, name) if lite else _uniques(inspector, name, schema)
    engine = str(table.dialect_options[connection.dialect.name].get("engine") or "innodb").lower()
    return LiveTable(
        table=table,
        types=types,
        key=primary or _key_of_uniques(table, uniques),
        uniques=(*((frozenset(primary),) if primary else ()), *uniques),
        generated=frozenset(c.name for c in table.c if c.computed is not None or _always_identity(c)),
        rolls_back=connection.dialect.name not in ("mysql", "mariadb") or engine in TRANSACTIONAL,
        as_stored=lite,
    )


def _always_identity(column: sa.Column[Any]) -> bool:
    return column.identity is not None and bool(column.identity.always)


def _uniques(inspector: sa.Inspector, name: str, schema: str | None) -> tuple[frozenset[str], ...]:
    """Unique constraints and indexes, but not those of some rows only or of expressions."""
    found = [frozenset(item["column_names"]) for item in inspector.get_unique_constraints(name, schema)]
    for index in inspector.get_indexes(name, schema):
        options = index.get("dialect_options") or {}
        partial = any(key.endswith("_where") and value is not None for key, value in options.items())
        columns = index["column_names"]
        if index["unique"] and not partial and None not in columns:
            found.append(frozenset(str(column) for column in columns))
    return tuple(dict.fromkeys(found))


def _sqlite_uniques(connection: sa.Connection, name: str) -> tuple[frozenset[str], ...]:
    """Asked of SQLite itself: SQLAlchemy reads the table's text and misses "VARCHAR(40) UNIQUE"."""
    found = []
    for index in _pragma(connection, "index_list", name):
        columns = _pragma(connection, "index_info", str(index["name"]))
        if index["unique"] and not index["partial"] and all(column["name"] is not None for column in columns):
            found.append(frozenset(str(column["name"]) for column in columns))
    return tuple(found)


def _key_of_uniques(table: sa.Table, uniques: Iterable[frozenset[str]]) -> tuple[str, ...]:
    """A unique key without NULLs addresses a row as well as a primary key does."""
    for unique in uniques:
        if not any(table.c[column].nullable for column in unique):
            return tuple(sorted(unique))
    return ()
