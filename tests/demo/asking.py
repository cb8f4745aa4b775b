"""Plain SQL against the sample databases, so that a test does not lean on the code it is there to check."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any


def ask(folder: Path, source: str, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """`source` is "aj-dk/shop"."""
    with closing(sqlite3.connect(f"file:{folder / source}.sqlite?mode=ro", uri=True)) as connection:
        return connection.execute(sql, values).fetchall()


def column(folder: Path, source: str, sql: str, values: Sequence[Any] = ()) -> list[Any]:
    return [row[0] for row in ask(folder, source, sql, values)]
