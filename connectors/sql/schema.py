"""What is really there: tables, columns, keys and references of the live database, read once per connector."""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NullType, TypeEngine

MOST_SEEN = 64
# Whatever changes a table writes new rows of these catalogs (xmin: by which transaction); VACUUM and ANALYZE do not.
POSTGRESQL_STATE = """
SELECT current_schemas(false)::text, count(*), sum(hashtextextended(line, 0)) FROM (
  SELECT 'c' || oid || ' ' || xmin || ctid FROM pg_catalog.pg_class WHERE relkind IN ('r', 'v', 'm', 'f', 'p', 'i', 'I')
  UNION ALL SELECT 'a' || attrelid || ' ' || attnum || ' ' || xmin || ctid FROM pg_catalog.pg_attribute
    WHERE attrelid >= 16384
  UNION ALL SELECT 'd' || oid || ' ' || xmin || ctid FROM pg_catalog.pg_attrdef
  UNION ALL SELECT 'k' || oid || ' ' || xmin || ctid FROM pg_catalog.pg_constraint
  UNION ALL SELECT 'i' || indexrelid || ' ' || xmin || ctid FROM pg_catalog.pg_index
  UNION ALL SELECT 'p' || inhrelid || ' ' || xmin || ctid FROM pg_catalog.pg_inherits
  UNION ALL SELECT 't' || oid || ' ' || xmin || ctid FROM pg_catalog.pg_type WHERE oid >= 16384
  UNION ALL SELECT 'e' || oid || ' ' || xmin || ctid FROM pg_catalog.pg_enum
  UNION ALL SELECT 'n' || oid || ' ' || xmin || ctid FROM pg_catalog.pg_namespace
) AS every (line)
"""
_SEEN: dict[tuple[Any, ...], "Schema"] = {}
TRANSACTIONAL = frozenset({"innodb", "rocksdb", "tokudb", "ndbcluster"})  # MySQL engines that can roll back


@dataclass(frozen=True)
class ForeignKey:
    """A reference, which the database itself enforces unless only the map declares it. `on_delete` in upper case, empty
    for none."""

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_delete: str
    child_schema: str = ""  # where it is another one than the map's: then `child` is no table of ours
    enforced: bool = True


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
    dialect: str = ""
    indexed: frozenset[str] = frozenset()  # first columns of indexes: a search by one of these reads only what it finds
    also_unique: frozenset[str] = frozenset()  # unique in some rows only, or as part of an expression

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
        return column in self.also_unique or any(column in unique for unique in self.uniques)


@dataclass
class Schema:
    """The live schema. Tables that are not there are not in `tables`."""

    tables: dict[str, LiveTable] = field(default_factory=dict)
    foreign_keys: tuple[ForeignKey, ...] = ()
    names: tuple[str, ...] = ()
    views: frozenset[str] = frozenset()

    def incoming(self, table: str) -> list[ForeignKey]:
        return [key for key in self.foreign_keys if key.parent == table]

    def outgoing(self, table: str) -> list[ForeignKey]:
        return [key for key in self.foreign_keys if key.child == table]


def reflect(connection: sa.Connection, names: Iterable[str], *, schema: str | None) -> Schema:
    """The tables and views of these names, and every foreign key of the database schema.

    What SQLite and PostgreSQL hold about tables can be told apart in one short question: the same is not read again,
    which would take most of the time of a small case.
    """
    state = _state(connection)
    if state is None:
        return _reflect(connection, names, schema=schema)
    known = (tuple(names), schema, state)
    found = _SEEN.get(known)
    if found is None:
        if len(_SEEN) >= MOST_SEEN:
            _SEEN.clear()
        found = _SEEN[known] = _reflect(connection, known[0], schema=schema)
    return found


def _state(connection: sa.Connection) -> tuple[Any, ...] | None:
    """Another value whenever any table changed its shape; None where a database does not tell."""
    match connection.dialect.name:
        case "sqlite":
            ddl = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all()
            return tuple(tuple(row) for row in ddl)
        case "postgresql" if connection.dialect.server_version_info >= (11,):  # type: ignore[operator]
            return (str(connection.engine.url), *connection.exec_driver_sql(POSTGRESQL_STATE).one())
    return None


def _reflect(connection: sa.Connection, names: Iterable[str], *, schema: str | None) -> Schema:
    inspector = sa.inspect(connection)
    views = frozenset(inspector.get_view_names(schema))
    present = {*inspector.get_table_names(schema), *views}
    parts = _partitions(connection, schema) - set(names)  # the rows are those of the table they are parts of
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sa.exc.SAWarning)  # types we need not know: values come as the driver gives
        return Schema(
            tables={name: _table(connection, inspector, name, schema) for name in names if name in present},
            foreign_keys=tuple(
                key for key in _keys_of(connection, inspector, present, schema) if key.child not in parts
            ),
            names=tuple(sorted(present - parts)),
            views=views,
        )


def _partitions(connection: sa.Connection, schema: str | None) -> set[str]:
    if connection.dialect.name != "postgresql":
        return set()
    query = sa.text(
        "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relispartition AND n.nspname = COALESCE(:schema, current_schema())"
    )
    return set(connection.execute(query, {"schema": schema}).scalars())


def _keys_of(
    connection: sa.Connection, inspector: sa.Inspector, present: Iterable[str], schema: str | None
) -> Iterator[ForeignKey]:
    match connection.dialect.name:
        case "sqlite":
            return _sqlite_keys(connection, present)
        case "mysql" | "mariadb":
            return _mysql_keys(connection, schema)
    return _foreign_keys(inspector, schema)


def _mysql_keys(connection: sa.Connection, schema: str | None) -> Iterator[ForeignKey]:
    """Asked of the server: SQLAlchemy reads the text of SHOW CREATE TABLE and misses columns such as "region (id)"."""
    query = sa.text(
        "SELECT k.constraint_name AS name, k.table_name AS child, k.column_name AS col,"
        " k.referenced_table_name AS above, k.referenced_column_name AS above_col, r.delete_rule AS rule"
        " FROM information_schema.key_column_usage k"
        " JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema"
        " AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name"
        " WHERE k.table_schema = COALESCE(:schema, DATABASE()) AND k.referenced_table_name IS NOT NULL"
        " ORDER BY k.table_name, k.constraint_name, k.ordinal_position"
    )
    rows = connection.execute(query, {"schema": schema}).all()
    for (_, child), parts in groupby(rows, key=lambda row: (row.name, row.child)):
        columns = list(parts)
        rule = str(columns[0].rule).upper()
        yield ForeignKey(
            child, tuple(row.col for row in columns), columns[0].above, tuple(row.above_col for row in columns),
            "" if rule in ("NO ACTION", "RESTRICT") else rule,
        )  # fmt: skip


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
        also_unique=_also_unique(connection, name, types, schema=schema),
        as_stored=lite,
        dialect=connection.dialect.name,
        indexed=frozenset(
            {primary[0] if primary else ""}
            | {str(index["column_names"][0]) for index in inspector.get_indexes(name, schema) if index["column_names"]}
            | {str(one["column_names"][0]) for one in inspector.get_unique_constraints(name, schema)}
        ),
    )


ODD_UNIQUES = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql LIKE '%UNIQUE%'",
    "postgresql": "SELECT pg_get_indexdef(indexrelid) FROM pg_catalog.pg_index WHERE indrelid = to_regclass(:quoted)"
                  " AND indisunique AND (indpred IS NOT NULL OR indexprs IS NOT NULL)",
}  # fmt: skip


def _also_unique(
    connection: sa.Connection, name: str, columns: Iterable[str], *, schema: str | None
) -> frozenset[str]:
    """Columns in a unique index of some rows only or of an expression: a mask must be unique there, too."""
    query = ODD_UNIQUES.get(connection.dialect.name)
    if query is None:
        return frozenset()
    quoted = connection.dialect.identifier_preparer.format_table(sa.table(name, schema=schema))
    about = {"name": name} if ":name" in query else {"quoted": quoted}
    found = [str(text).partition("(")[2] for text in connection.execute(sa.text(query), about).scalars()]
    return frozenset(
        column for column in columns
        if any(re.search(rf"(?<!\w){re.escape(column)}(?!\w)", text, re.IGNORECASE) for text in found)
    )  # fmt: skip


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
