"""Fingerprints of rows made by the database itself, so that comparing a row does not mean fetching it.

One direction is certain: where the database comes to the fingerprint that was planned, the row is the one that was
planned, for its canonical text (`values.canonical`) is the same. Where it comes to another, the row may be the same all
the same (0.0000001 is written 1E-7 in Python), so nobody concludes anything: such rows are read and compared as ever.
"""

from functools import reduce
from operator import add
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from connectors.sql import select
from connectors.sql.schema import LiveTable

SECONDS = 20  # characters of "2026-11-22T10:00:00 with its quotation mark


def of(live: LiveTable) -> sa.ColumnElement[str] | None:
    """`values.fingerprint` of a whole row, as an expression; None where a type has no such way. See `hashes`."""
    parts: list[sa.ColumnElement[str]] = []
    for opening, name in zip("{" + "," * len(live.columns), sorted(live.columns), strict=False):
        if (said := _said(live, name)) is None:
            return None
        parts += [_text(f"{opening}{orjson.dumps(str(name)).decode()}:"), sa.func.coalesce(said, "null")]
    text = reduce(add, [*parts, _text("}")])
    return sa.func.encode(sa.func.sha256(sa.func.convert_to(text, "UTF8")), "hex", type_=sa.Text())


def hashes(connection: sa.Connection) -> bool:
    """Whether this database can."""
    if connection.dialect.name != "postgresql" or (connection.dialect.server_version_info or ()) < (11,):
        return False
    return bool(connection.exec_driver_sql("SHOW server_encoding").scalar() == "UTF8")  # bytes of any kind elsewhere


def _said(live: LiveTable, name: str) -> sa.ColumnElement[str] | None:
    """A value as JSON, NULL for NULL; None for types that Python says in another way."""
    column, type_ = live.table.c[name], select.bare_type(live, name)
    if isinstance(type_, sa.Boolean | sa.Integer):
        return sa.cast(column, sa.Text())
    if isinstance(type_, sa.DateTime):
        return _moment(column)
    if isinstance(type_, sa.Float):
        return None
    if isinstance(type_, sa.Numeric):
        return _json(sa.cast(column, sa.Text()))
    return _json(column) if _is_said_alike(type_) else None


def _is_said_alike(type_: TypeEngine[Any]) -> bool:
    return isinstance(type_, sa.String | sa.Uuid | sa.Date)


def _moment(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Python writes six digits of a second or none; PostgreSQL as many as it needs."""
    whole = sa.func.date_trunc("second", column)
    said = _json(whole)
    fraction = sa.func.left(said, SECONDS, type_=sa.Text()) + sa.func.to_char(column, ".US", type_=sa.Text())
    return sa.case((column == whole, said), else_=fraction + sa.func.substr(said, SECONDS + 1, type_=sa.Text()))


def _json(value: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return sa.cast(sa.func.to_json(value), sa.Text())


def _text(value: str) -> sa.ColumnElement[str]:
    return sa.literal(value, sa.Text())
