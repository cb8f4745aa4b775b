"""Foreign keys that point at our tables from other schemas: nobody mapped those rows, and they break all the same."""

from collections.abc import Iterator
from itertools import groupby

import sqlalchemy as sa

from connectors.sql.schema import ForeignKey

MARIA = """
SELECT k.table_schema AS place, k.constraint_name AS name, k.table_name AS child, k.column_name AS col,
  k.referenced_table_name AS above, k.referenced_column_name AS above_col, r.delete_rule AS rule
FROM information_schema.key_column_usage k
JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema
  AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
WHERE k.referenced_table_schema = COALESCE(:schema, DATABASE()) AND k.table_schema <> k.referenced_table_schema
ORDER BY place, child, name, k.ordinal_position
"""
POSTGRESQL = """
SELECT ns.nspname AS place, k.conname AS name, child.relname AS child, a.attname AS col, above.relname AS above,
  b.attname AS above_col,
  CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE '' END AS rule
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class child ON child.oid = k.conrelid
JOIN pg_catalog.pg_namespace ns ON ns.oid = child.relnamespace
JOIN pg_catalog.pg_class above ON above.oid = k.confrelid
JOIN pg_catalog.pg_namespace home ON home.oid = above.relnamespace
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS pair (here, there, place)
JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.here
JOIN pg_catalog.pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.there
WHERE k.contype = 'f' AND home.nspname = COALESCE(:schema, current_schema()) AND ns.oid <> home.oid
  AND NOT child.relispartition
ORDER BY ns.nspname, child.relname, k.conname, pair.place
"""
QUERIES = {"postgresql": POSTGRESQL, "mysql": MARIA, "mariadb": MARIA}


def pointing_here(connection: sa.Connection, *, schema: str | None) -> Iterator[ForeignKey]:
    """Each with the schema its child lies in. SQLite knows one file alone."""
    query = QUERIES.get(connection.dialect.name)
    rows = connection.execute(sa.text(query), {"schema": schema}).all() if query else []
    for _, parts in groupby(rows, key=lambda row: (row.place, row.child, row.name)):
        columns = list(parts)
        first, rule = columns[0], str(columns[0].rule).upper()
        yield ForeignKey(
            first.child, tuple(row.col for row in columns), first.above, tuple(row.above_col for row in columns),
            "" if rule in ("NO ACTION", "RESTRICT") else rule, first.place,
        )  # fmt: skip
