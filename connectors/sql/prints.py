"""Fingerprints of rows made by the database itself, so that comparing a row does not mean fetching it.

One direction is certain: where the database comes to the fingerprint that was planned, the row is the one that was
planned, for its canonical text (`values.canonical`) is the same. Where it comes to another, the row may be the same all
the same (0.0000001 is written 1E-7 in Python), so nobody concludes anything: such rows are read and compared as ever.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from connectors.sql import select
from connectors.sql.schema import LiveTable

SAID_ALIKE = (sa.Boolean, sa.Integer, sa.String, sa.Uuid, sa.Date)
"""Types of which PostgreSQL makes the same JSON as `values.plain` and orjson."""
MOMENT = (
    "CASE WHEN {0} = date_trunc('second', {0}) THEN to_json({0}) #>> '{{}}' ELSE"
    " left(to_json(date_trunc('second', {0})) #>> '{{}}', 19) || to_char({0}, '.US')"
    " || substr(to_json(date_trunc('second', {0})) #>> '{{}}', 20) END"
)
"""Python writes six digits of a second or none; PostgreSQL as many as it needs."""


def of(live: LiveTable) -> sa.ColumnElement[bytes] | None:
    """The bytes of `values.fingerprint` of a whole row; None where a type has no such way. See `hashes`."""
    columns = [(_said(live, name), _quoted(name)) for name in sorted(live.columns)]
    if not all(said for said, _ in columns):
        return None
    row = ", ".join(f"{said} AS {name}" for said, name in columns)
    text = f"row_to_json((SELECT said FROM (SELECT {row}) AS said))::text"  # noqa: S608 - quoted names
    return sa.literal_column(f"sha256(convert_to({text}, 'UTF8'))", sa.LargeBinary())


def array(fingerprints: Sequence[str]) -> sa.ColumnElement[Any] | None:
    """Fingerprints of a plan as one parameter to compare with; None where one of them is none."""
    try:
        known = len(bytes.fromhex("".join(fingerprints))) == 32 * len(fingerprints)
    except ValueError:
        known = False
    if not known or set(map(len, fingerprints)) != {64}:
        return None
    written = '{"\\\\x' + '","\\\\x'.join(fingerprints) + '"}'
    return sa.cast(sa.literal(written, sa.types.NullType()), postgresql.ARRAY(sa.LargeBinary()))


def hashes(connection: sa.Connection) -> bool:
    """Whether this database can."""
    if connection.dialect.name != "postgresql" or (connection.dialect.server_version_info or ()) < (11,):
        return False
    return bool(connection.exec_driver_sql("SHOW server_encoding").scalar() == "UTF8")  # bytes of any kind elsewhere


def _said(live: LiveTable, name: str) -> str:
    """A value as `row_to_json` shall get it; empty for types that Python says in another way."""
    column, type_ = f"{_quoted(live.table.name)}.{_quoted(name)}", select.bare_type(live, name)
    if isinstance(type_, sa.DateTime):
        return MOMENT.format(column)
    if _is_exact(type_):
        return f"{column}::text"
    return column if isinstance(type_, SAID_ALIKE) else ""


def _is_exact(type_: TypeEngine[object]) -> bool:
    return isinstance(type_, sa.Numeric) and not isinstance(type_, sa.Float)


def _quoted(name: str) -> str:
    """As PostgreSQL writes names; per cent signs are the driver's affair."""
    return '"' + name.replace('"', '""') + '"'
