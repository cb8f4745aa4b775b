"""Many rows by what stands in them: which rows of a table share one fate, told so that a database can pick them itself.

The monthly run decides about values, not rows: what holds for one invoice of 2 March 2019 holds for all of them. A
`Lot` names such rows by tests on their columns; no row is named, so ten million of them are as easy as ten.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, Protocol, TypeAlias

Days: TypeAlias = tuple[str | None, str | None]
RowKey: TypeAlias = tuple[Any, ...]  # JSON-safe, in the order of the key columns
State: TypeAlias = Literal["", "live", "spent", "unknown", "odd"]
FIRST_DAY, LAST_DAY = date(1000, 1, 1), date(9000, 12, 31)
"""Days the rules are asked about: years added to others would leave the calendar. What lies outside is odd."""


@dataclass(frozen=True)
class Sort:
    """How the values of a column are told apart: by day, as a number that is nothing or something, or one by one.

    `values`: all that are there, where they are told one by one.
    """

    how: Literal["days", "number", "codes"]
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Test:
    """What one column may hold: any of these. `days` are ISO 8601 and inclusive, None is open."""

    column: str
    null: bool = False
    days: tuple[Days, ...] = ()
    values: tuple[Any, ...] = ()
    zero: bool = False
    other: bool = False  # a number that is not zero


Box: TypeAlias = tuple[Test, ...]  # all of them


@dataclass(frozen=True)
class Lot:
    """Rows in any of these boxes, and what becomes of them: erase or anonymise. `fields`: the columns that masks."""

    boxes: tuple[Box, ...]
    action: Literal["erase", "anonymise"]
    fields: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        boxes = [[asdict(test) for test in box] for box in self.boxes]
        return {"boxes": boxes, "action": self.action, "fields": list(self.fields)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Lot":
        """KeyError where the dict is something else."""
        boxes = tuple(tuple(_test(test) for test in box) for box in data["boxes"])
        return cls(boxes, data["action"], tuple(data["fields"]))


def _test(data: Mapping[str, Any]) -> Test:
    days = tuple((first, last) for first, last in data["days"])
    return Test(data["column"], data["null"], days, tuple(data["values"]), data["zero"], data["other"])


@dataclass(frozen=True)
class Part:
    """Rows to be counted: in any of these boxes (none: everywhere), and in this state.

    live: one of `fields` still holds something that masking would take · spent: none does · unknown: live, and a
    column no map names holds something, too · odd: one of `fields` holds what its `Sort` does not know.
    """

    boxes: tuple[Box, ...] = ()
    state: State = ""
    fields: tuple[str, ...] = ()


class Sweeping(Protocol):
    """One table by lots. Every method may raise ConnectorError; nothing is written but by `carry_out`."""

    def more_than(self, rows: int) -> bool:
        """Whether the table has more rows than that."""
        ...

    def sorts(self, columns: Collection[str], *, one_by_one: Collection[str]) -> dict[str, Sort]:
        """How these columns can be told apart; one that cannot be is left out. `one_by_one`: value by value."""
        ...

    def why_not(self, lot: Lot) -> str:
        """Why these rows cannot be done as a set here, as a code; empty where they can."""
        ...

    def unsure(self, fields: Collection[str]) -> bool:
        """Whether only a look at each row tells if these columns still hold something."""
        ...

    def counts(self, parts: Sequence[Part], *, sorts: Mapping[str, Sort]) -> list[int]:
        """Rows of each part, in one walk over the table. A row may be in several."""
        ...

    def rows(
        self, lot: Lot, *, sorts: Mapping[str, Sort], after: RowKey | None, count: int
    ) -> tuple[list[RowKey], list[tuple[Any, ...]]]:
        """The next rows of the lot in the order of their keys: (keys, what the columns of `sorts` hold in each).

        Quickest when each call begins where the one before ended.
        """
        ...

    def carry_out(self, lot: Lot, keys: Sequence[RowKey], *, commit: bool) -> list[RowKey]:
        """Do it in one transaction, rolled back without `commit`; the keys of the rows it was done to.

        Only these rows, and only those that still are in the lot.
        """
        ...

    def remaining(self, lot: Lot, keys: Sequence[RowKey]) -> list[RowKey]:
        """Which of these rows are in the lot now: asked after the deed, the proof is that none is.

        Quickest of the very rows `carry_out` was done to a moment ago.
        """
        ...

    def standing(self, lot: Lot, keys: Sequence[RowKey]) -> list[RowKey]:
        """Which of these rows are there and not as the deed leaves them, whether or not they are in the lot now."""
        ...
