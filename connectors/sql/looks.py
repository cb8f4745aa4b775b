"""What the values of a column are, in words that need no database: for showing them to a person."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine


def looks(types: Mapping[str, TypeEngine[Any]]) -> dict[str, str]:
    """Column to text, boolean, integer, date, datetime, or decimal:2 (digits after the point)."""
    return {name: said for name, kind in types.items() if (said := _look(kind))}


def _look(kind: TypeEngine[Any]) -> str:
    if isinstance(kind, sa.Boolean):
        return "boolean"
    if isinstance(kind, sa.Integer):
        return "integer"
    if isinstance(kind, sa.Numeric):
        return f"decimal:{kind.scale}" if kind.scale else ""
    if isinstance(kind, sa.DateTime):
        return "datetime"
    if isinstance(kind, sa.Date):
        return "date"
    return "text" if isinstance(kind, sa.String) else ""
