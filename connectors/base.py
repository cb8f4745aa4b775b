"""The contract every connector keeps, and the values that pass through it.

*describe* what is really there · *find* one person's records · *plan* what will happen to them · *rehearse* it ·
*execute* it · *verify* by asking again. No connector sees a Case.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from connectors.errors import ConnectorError, PlanOutdated
from connectors.frozen import Action, Finding, Instruction, Key, Level, SourcePlan, row_digest
from connectors.lots import Sweeping
from connectors.maps import DataMap
from connectors.receipts import Receipt
from connectors.values import fingerprint, is_empty, plain

__all__ = [
    "Ability", "Action", "Connector", "ConnectorError", "Finding", "Identity", "Instruction", "Key", "Level",
    "PlanOutdated", "Receipt", "Record", "SourcePlan", "fingerprint", "plain", "row_digest",
]  # fmt: skip


class Ability(StrEnum):
    """What a source lets a machine do. Whatever is missing is a person's work, and is said to be."""

    FIND = "find"  # one person's rows, by identity and by the keys in other rows
    KEYS = "keys"  # whole rows again by their key
    SCAN = "scan"  # every row, in the order of keys or in groups: for the monthly run
    CHANGE = "change"  # plan, rehearse, execute, verify: erasures and values
    LOTS = "lots"  # rows by what stands in them, any number at once: what has expired


HIDDEN = "***"
"""Stands for a credential: that there is one is told, the value never leaves the source (Art. 32 GDPR)."""


@dataclass(frozen=True)
class Identity:
    """Who is asked about: {"email": ("a@example.org", …), "customer_no": (…)}. Empty values match nobody."""

    values: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        kept = {kind: tuple(v for v in values if not is_empty(v)) for kind, values in self.values.items()}
        object.__setattr__(self, "values", {kind: values for kind, values in kept.items() if values})

    def __repr__(self) -> str:
        return f"Identity({', '.join(sorted(self.values))})"  # kinds only: this text may reach a log


@dataclass(frozen=True)
class Record:
    """One row found. All values are JSON-safe (`plain`).

    `key` is None where the table has no primary key: such a row cannot be addressed, so a person acts on it.
    `path` is how it was reached; its first part names the identity and the root row it began with, so that two
    people who fit one identity stay apart. `shared` says that the row is somebody else's too, or that it was
    reached through somebody else's key. `unmapped` names the columns no map mentions; their values are in `fields`.
    What opens a door (a password hash) is HIDDEN in `fields`; the fingerprint is of the row as it is.
    """

    source: str
    collection: str
    key: Key | None
    fields: Mapping[str, Any] = field(repr=False)
    path: tuple[str, ...]
    shared: bool
    unmapped: tuple[str, ...]
    fingerprint: str

    @property
    def needs_person(self) -> bool:
        """Whether no machine may act on it alone: no key, or somebody else's too."""
        return self.key is None or self.shared


class Mapped(Protocol):
    """What a row needs to become a Record: whose it is, what its map says, and what addresses it."""

    @property
    def source(self) -> str: ...

    @property
    def map(self) -> DataMap: ...

    def key_columns(self, collection: str) -> tuple[str, ...]:
        """The columns that address a row; empty where nothing does."""
        ...


@runtime_checkable
class Readable(Mapped, Protocol):
    """What `walk` needs of a source: its map, and rows by value."""

    def columns(self, collection: str) -> tuple[str, ...]:
        """Every column that is really there. ConnectorError missing_table where there is none."""
        ...

    def is_unique(self, collection: str, columns: Sequence[str]) -> bool:
        """Whether at most one row has given values in these columns."""
        ...

    def rows(
        self,
        collection: str,
        *,
        where: Sequence[str],
        values: Collection[tuple[Any, ...]],
        columns: Sequence[str],
        kind: str = "",
    ) -> Iterator[dict[str, Any]]:
        """Rows whose `where` columns hold one of the value tuples; streamed. With `kind`, matched as an identity."""
        ...

    def counts(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]]
    ) -> dict[tuple[Any, ...], int]:
        """How many rows hold each of these value tuples."""
        ...

    def normalised(self, kind: str, value: Any) -> str:
        """An identity value as this source compares it."""
        ...


@runtime_checkable
class Connector(Readable, Protocol):
    """One source system. Every method may raise ConnectorError; none of its texts holds personal data.

    A connector that lacks an ability keeps the contract all the same: `connectors.limited.Limited` says no for it.
    """

    @property
    def abilities(self) -> frozenset[Ability]: ...

    def looks(self, collection: str) -> dict[str, str]:
        """Column to what its values are (date, money, …), where the source tells; may be empty."""
        ...

    def describe(self) -> list[Finding]:
        """What is really there, against the map."""
        ...

    def find(self, identity: Identity, *, given: Mapping[str, Collection[Any]] | None = None) -> Iterator[Record]:
        """One person's records in this source; `given` holds values known from elsewhere by "collection.field"."""
        ...

    def by_key(self, collection: str, keys: Collection[Key]) -> Iterator[Record]:
        """Whole rows again by key, as they are now; rows that are gone are left out. `path` is ("by key",).

        Whose a row is is not asked: `shared` is False. ConnectorError missing_table, no_primary_key.
        """
        ...

    def scan(self, collection: str, *, after: Key | None, count: int) -> list[Record]:
        """The next `count` rows of a table in the order of their keys, after this one. `path` is ("scan",).

        ConnectorError no_primary_key where rows have no order to go on from; missing_table.
        """
        ...

    def why_not(self, collection: str, column: str) -> str:
        """Why no value can be set in this column, as a code; empty where one can, if it fits.

        missing_table, missing_column, key_column, reference, referenced, generated_column, read_only_column,
        credential.
        """
        ...

    def size(self, collection: str) -> int:
        """How many rows the table holds."""
        ...

    def masked(self, collection: str, fields: Mapping[str, Any]) -> dict[str, bool]:
        """Which columns hold what an earlier anonymisation left: True surely, False perhaps; content is not named."""
        ...

    def groups(
        self, collection: str, *, by: Sequence[str], after: Any, count: int
    ) -> list[tuple[tuple[Any, ...], int]]:
        """Rows by the values of these columns (JSON-safe), with their number: for tables without a key.

        For the next `count` values of the first column, in its order, after `after`; never NULL in it.
        """
        ...

    def held(self, collection: str, *, by: Sequence[str], values: Sequence[Sequence[Any]]) -> int:
        """How many rows hold one of these groups' values."""
        ...

    def erase_groups(
        self, collection: str, *, by: Sequence[str], values: Sequence[Sequence[Any]], commit: bool
    ) -> int:
        """Erase the rows of these groups in one transaction, rolled back without `commit`. Repeating is harmless."""
        ...

    def lots(self, collection: str) -> Sweeping:
        """One table by what stands in its rows. ConnectorError missing_table; not_able where there is no such way."""
        ...

    def plan(self, instructions: Sequence[Instruction]) -> SourcePlan:
        """Check the instructions against the live schema and freeze them. Changes nothing."""
        ...

    def rehearse(self, plan: SourcePlan) -> Sequence[Receipt]:
        """Carry the plan out in a transaction that is rolled back. PlanOutdated where a row changed."""
        ...

    def execute(self, plan: SourcePlan, *, ledger: Collection[str] = frozenset()) -> Iterable[Receipt]:
        """Carry the plan out in one transaction, done when this returns; ids in `ledger` are left alone.

        Repeating is harmless: what is gone or masked already counts as done. PlanOutdated where a row changed,
        and then nothing was written.
        """
        ...

    def verify(self, plan: SourcePlan) -> list[Record]:
        """Ask again for the plan's rows; what comes back still holds what should be gone. Empty = proved."""
        ...

    def close(self) -> None: ...
