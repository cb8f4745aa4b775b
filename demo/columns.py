"""Shorthands so that a schema reads as a list of columns, the same on SQLite, PostgreSQL and MariaDB."""

from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, Numeric, String


def key(name: str = "id") -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=False)


def text(name: str, length: int = 120, **options: Any) -> Column[str]:
    return Column(name, String(length), **options)


def money(name: str, **options: Any) -> Column[Any]:
    return Column(name, Numeric(12, 2), **options)


def link(name: str, target: str, **options: Any) -> Column[int]:
    """A foreign key to an integer id, indexed as the lookups of a shop need it."""
    options.setdefault("index", True)
    return Column(name, Integer, ForeignKey(target), **options)


def text_link(name: str, target: str, length: int = 20, **options: Any) -> Column[str]:
    options.setdefault("index", True)
    return Column(name, String(length), ForeignKey(target), **options)
