"""Collects the rows of one company before they are written, so that counters and choices stay in one place."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import MetaData

Row = dict[str, Any]


class Sheet:
    def __init__(self, schemas: Mapping[str, MetaData], *, seed: str) -> None:
        self.schemas = schemas
        self.rng = Random(seed)
        self.tables: dict[str, list[Row]] = defaultdict(list)
        self.marks: dict[str, str] = {}  # trap -> the customer_no it sits at
        self.address_table = "shop.addresses"
        self._numbers: dict[str, int] = {}

    def add(self, table: str, **row: Any) -> Row:
        """`table` is "source.table". A missing `id` is the next one; an unknown column is a mistake here and raises."""
        source, _, name = table.partition(".")
        columns = self.schemas[source].tables[name].columns
        if "id" in columns and "id" not in row:
            row["id"] = len(self.tables[table]) + 1
        unknown = row.keys() - columns.keys()
        if unknown:
            raise KeyError(f"{table}: no column {sorted(unknown)}")
        self.tables[table].append(row)
        return row

    def number(self, series: str, *, start: int) -> int:
        self._numbers[series] = self._numbers.get(series, start - 1) + 1
        return self._numbers[series]

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, items: Sequence[Any]) -> Any:
        return items[self.rng.randrange(len(items))]

    def day(self, first: date, last: date) -> date:
        return date.fromordinal(self.rng.randint(first.toordinal(), last.toordinal()))

    def ip(self) -> str:
        """From the blocks kept for documentation (RFC 5737)."""
        return f"{self.pick(('192.0.2', '198.51.100', '203.0.113'))}.{self.rng.randint(1, 254)}"

    def digest_like(self) -> str:
        """Looks like a stored password; nothing was ever hashed to make it."""
        return f"pbkdf2_sha256$600000$demo${self.rng.getrandbits(128):032x}"
