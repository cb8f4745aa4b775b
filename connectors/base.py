"""The contract every connector keeps, and the values that pass through it.

*describe* what is really there · *find* one person's records · *plan* what will happen to them · *rehearse* it ·
*execute* it · *verify* by asking again. No connector sees a Case.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, Protocol, runtime_checkable

from connectors.errors import ConnectorError, PlanOutdated
from connectors.maps import DataMap
from connectors.values import canonical, fingerprint, is_empty, plain, sha256
from law.reasons import Reason

__all__ = [
    "Action", "Connector", "ConnectorError", "Finding", "Identity", "Instruction", "PlanOutdated", "Receipt",
    "Record", "SourcePlan", "fingerprint", "plain",
]  # fmt: skip

Level = Literal["error", "warning", "info"]
Key = Mapping[str, Any]


class Action(StrEnum):
    """What happens to one record."""

    ERASE = "erase"  # the row goes
    ANONYMISE = "anonymise"  # the fields named lose what points at a person; the row stays
    STRIP = "strip"  # the same deed on a row kept for a duty: only what the duty needs survives
    UNLINK = "unlink"  # the references named become NULL; the row they pointed at is somebody else's too
    SET = "set"  # the fields named take the values given: a correction (Art. 16), a mark (Art. 18, 21)


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


@dataclass(frozen=True)
class Finding:
    """Where map and source differ, or what cannot be done. `detail` holds names and codes, never data."""

    level: Level
    code: str
    table: str
    column: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, str]:
        return {"level": self.level, "code": self.code, "table": self.table, "column": self.column,
                "detail": self.detail}  # fmt: skip


@dataclass(frozen=True)
class Instruction:
    """What shall happen to one record, and why. `fields` are the columns of anonymise, strip, unlink and set.

    `values` (column to JSON-safe value) belong to set alone, and to nothing that may reach a log: they are somebody's
    data. ValueError where set has none, or another action has some.
    """

    source: str
    collection: str
    key: Key | None
    fingerprint: str
    action: Action
    fields: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "action", Action(self.action))
        if (self.action is Action.SET) is not bool(self.values):
            raise ValueError(f"values: found {len(self.values)}, expected some for set and none for {self.action}")
        object.__setattr__(self, "values", {name: plain(value) for name, value in self.values.items()})
        object.__setattr__(self, "fields", tuple(sorted(self.values or set(self.fields))))

    @cached_property
    def id(self) -> str:
        """32 hex digits, the same whenever the same deed on the same row is asked for: the ledger's word."""
        deed = [self.source, self.collection, self.key, self.fingerprint, self.action, self.fields]
        return sha256(canonical([*deed, self.values] if self.values else deed))[:32]

    @cached_property
    def key_digest(self) -> str:
        return sha256(canonical([self.source, self.collection, self.key]))

    def to_json(self) -> dict[str, Any]:
        written = {
            "source": self.source, "collection": self.collection, "key": plain(self.key),
            "fingerprint": self.fingerprint, "action": str(self.action), "fields": list(self.fields),
            "reasons": [reason.to_json() for reason in self.reasons],
        }  # fmt: skip
        return written | ({"values": dict(self.values)} if self.values else {})  # other plans keep their digests

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Instruction":
        """KeyError or ValueError where the dict is something else."""
        return cls(
            data["source"], data["collection"], data["key"], data["fingerprint"], Action(data["action"]),
            tuple(data["fields"]), tuple(Reason.from_json(reason) for reason in data["reasons"]),
            data.get("values", {}),
        )  # fmt: skip


@dataclass(frozen=True)
class SourcePlan:
    """What will happen in one source, frozen before anything is written.

    `refused` are the instructions that cannot be carried out there, `findings` say why: they go to a person.
    The digest covers all of it, so an approval is of exactly this plan.
    """

    source: str
    instructions: tuple[Instruction, ...]
    refused: tuple[Instruction, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def digest(self) -> str:
        """Hex SHA-256; the same instructions in any order give the same plan and the same digest."""
        return sha256(canonical(self._body()))

    def _body(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "instructions": [instruction.to_json() for instruction in self.instructions],
            "refused": [instruction.to_json() for instruction in self.refused],
            "findings": [finding.to_json() for finding in self.findings],
        }

    def to_json(self) -> dict[str, Any]:
        return self._body() | {"digest": self.digest}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "SourcePlan":
        """The plan that `to_json` wrote. ConnectorError plan_altered where it is not what its digest says."""
        plan = cls(
            data["source"],
            tuple(Instruction.from_json(item) for item in data["instructions"]),
            tuple(Instruction.from_json(item) for item in data["refused"]),
            tuple(Finding(**item) for item in data["findings"]),
        )
        if plan.digest != data["digest"]:
            raise ConnectorError("plan_altered", True, source=plan.source)
        return plan


@dataclass(frozen=True)
class Receipt:
    """One instruction carried out. `rows` is 0 where it had been done before; `at` is aware (UTC)."""

    source: str
    collection: str
    key_digest: str
    action: Action
    rows: int
    at: datetime
    instruction: str  # Instruction.id, for the ledger


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
    """One source system. Every method may raise ConnectorError; none of its texts holds personal data."""

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

    def plan(self, instructions: Sequence[Instruction]) -> SourcePlan:
        """Check the instructions against the live schema and freeze them. Changes nothing."""
        ...

    def rehearse(self, plan: SourcePlan) -> list[Receipt]:
        """Carry the plan out in a transaction that is rolled back. PlanOutdated where a row changed."""
        ...

    def execute(self, plan: SourcePlan, *, ledger: Collection[str] = frozenset()) -> Iterator[Receipt]:
        """Carry the plan out in one transaction, done when this returns; ids in `ledger` are left alone.

        Repeating is harmless: what is gone or masked already counts as done. PlanOutdated where a row changed,
        and then nothing was written.
        """
        ...

    def verify(self, plan: SourcePlan) -> list[Record]:
        """Ask again for the plan's rows; what comes back still holds what should be gone. Empty = proved."""
        ...

    def close(self) -> None: ...
