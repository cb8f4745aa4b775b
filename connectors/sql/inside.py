"""Rows whose array or JSON holds one of the values somewhere inside. No index serves it: `describe` says so.

PostgreSQL and SQLite look themselves; elsewhere every row that holds anything comes, and the caller looks.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from connectors.inside import top
from connectors.sql import select, spelled
from connectors.sql.schema import LiveTable
from policies.spelling import Normalise


def any_of(
    live: LiveTable, name: str, values: Sequence[str], *, how: Normalise = "exact"
) -> sa.ColumnElement[bool]:  # fmt: skip
    """Rows that may hold one of these (as text) in the column or at the path; the caller compares again."""
    column = top(name, live.columns)
    held, type_ = live.table.c[column], select.bare_type(live, column)
    if isinstance(type_, sa.ARRAY):
        each = sa.func.unnest(held).column_valued("each_held")
        return _exists(each, sa.cast(each, sa.Text()), values, how)
    if isinstance(type_, sa.JSON) and live.dialect == "postgresql":
        whole = sa.cast(held, postgresql.JSONB())
        path = sa.cast(_path(name.split(".")[1:] if column != name else []), postgresql.JSONPATH())
        each = sa.func.jsonb_path_query(whole, path).column_valued("each_held")
        return _exists(each, each.op("#>>")(sa.cast([], postgresql.ARRAY(sa.Text()))), values, how)
    if live.as_stored:
        return sa.and_(_starts_as_json(held), _in_tree(held, values, how)) | spelled.may_be(
            sa.cast(held, sa.Text()), values, how=how
        )
    return held.is_not(None)


def _exists(each: Any, text: sa.ColumnElement[Any], values: Sequence[str], how: Normalise) -> sa.ColumnElement[bool]:
    return sa.exists(sa.select(sa.literal(1)).where(spelled.may_be(text, values, how=how), each.is_not(None)))


def _path(parts: Sequence[str]) -> str:
    """SQL/JSON path, lax: arrays on the way are gone through."""
    quoted = (part.replace("\\", "\\\\").replace('"', '\\"') for part in parts)
    return "$" + "".join(f'."{part}"' for part in quoted) + "[*]"


def _starts_as_json(held: Any) -> sa.ColumnElement[bool]:
    return sa.func.json_valid(held) == 1


def _in_tree(held: Any, values: Sequence[str], how: Normalise) -> sa.ColumnElement[bool]:
    """CASE, because SQLite may ask the tree before it asks whether there is one."""
    whole = sa.case((_starts_as_json(held), held), else_="null")
    tree = sa.func.json_tree(whole).table_valued("atom", name="tree")
    text = sa.cast(tree.c.atom, sa.Text())
    return sa.exists(sa.select(sa.literal(1)).select_from(tree).where(spelled.may_be(text, values, how=how)))
