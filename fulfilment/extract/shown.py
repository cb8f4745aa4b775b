"""What a person sees of each table: labels and the first records in words. The PDF and index.html show the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from fulfilment.extract.shape import Column, Extract, Row, Table
from fulfilment.extract.words import text, word

SHOWN = 1000
"""Records of a table laid out; the rest is in its CSV. Nobody reads page 4,000, and the file stays small (R-40)."""
CELLS = 20_000
"""Values laid out in all. A hundred wide tables share them."""
LEAST = 20
"""Records of a table that are shown whatever the others take."""
LETTERS = 1_000_000
"""Letters laid out of one table: long messages count for more than short numbers."""
KEY = 40
"""Letters of a value up to which it is sorted by as it is."""
LONGEST = 20_000
"""Letters of one value; whoever needs more reads data.json."""


@dataclass(frozen=True)
class Shown:
    """The first records of a table. `rows`: a value in words for each column. `exact`: the same values to sort by."""

    table: Table
    labels: tuple[str, ...]
    rows: list[list[str]] = field(repr=False)
    exact: list[list[Any]] = field(repr=False)

    @property
    def whole(self) -> bool:
        return len(self.rows) == self.table.count

    @cached_property
    def known(self) -> int:
        """How many columns a map explains; the others come after them."""
        return sum(not column.other for column in self.table.columns)


class View:
    """The tables of an extract as people see them, each read once."""

    def __init__(self, extract: Extract) -> None:
        self.extract = extract

    @cached_property
    def tables(self) -> list[Shown]:
        wanted = sum(min(table.count, SHOWN) * len(table.columns) for table in self.extract.tables)
        share = CELLS if wanted <= CELLS else CELLS // max(1, len(self.extract.tables))
        return [_seen(self.extract, table, share) for table in self.extract.tables]


def _seen(extract: Extract, table: Table, share: int) -> Shown:
    most = min(SHOWN, max(LEAST, share // max(1, len(table.columns))))
    rows, exact, letters = [], [], 0
    for row in islice(table.rows(), most):
        said = [_value(extract, row, column) for column in table.columns]
        letters += sum(map(len, said))
        if rows and letters > LETTERS:
            break
        rows.append(said)
        exact.append([_key(row, column, value) for column, value in zip(table.columns, said, strict=True)])
    other = word("other_fields", extract.language).lower()
    labels = tuple(f"{column.label} ({other})" if column.other else column.label for column in table.columns)
    return Shown(table, labels, rows, exact)


def _key(row: Row, column: Column, said: str) -> Any:
    """What to sort by; a long text by its words: a picture as text would lie here a thousand times."""
    raw = None if column.name in row.withheld else row.fields.get(column.name)
    return said if isinstance(raw, str) and len(raw) > KEY else raw


def _value(extract: Extract, row: Row, column: Column) -> str:
    if column.name in row.withheld:
        return word("withheld_here", extract.language)
    tz = extract.ours.policy.tz
    said = text(row.fields.get(column.name), language=extract.language, tz=tz, looks=column.looks)
    return said if len(said) <= LONGEST else said[:LONGEST] + " " + word("cut", extract.language)


def explanations(table: Table) -> Iterator[str]:
    if table.explain:
        yield table.explain
    yield from (f"{column.label}: {column.explain}" for column in table.columns if column.explain)


def how_many(count: int, language: str) -> str:
    return word("records_one", language) if count == 1 else word("records", language, count=count)


def title(extract: Extract) -> str:
    return word("your_portable_data" if extract.right == "portability" else "your_data", extract.language)
