"""What shall happen to rows, frozen before anything is written, and the proof that it did. Part of `base`."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from types import MappingProxyType
from typing import Any, Literal, overload

import orjson

from connectors.errors import ConnectorError
from connectors.values import canonical, plain, sha256
from law.reasons import Reason

Level = Literal["error", "warning", "info"]
Key = Mapping[str, Any]


class Action(StrEnum):
    """What happens to one record."""

    ERASE = "erase"  # the row goes
    ANONYMISE = "anonymise"  # the fields named lose what points at a person; the row stays
    STRIP = "strip"  # the same deed on a row kept for a duty: only what the duty needs survives
    UNLINK = "unlink"  # the references named become NULL; the row they pointed at is somebody else's too
    SET = "set"  # the fields named take the values given: a correction (Art. 16), a mark (Art. 18, 21)


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


def row_digest(source: str, collection: str, key: Key | str | None) -> str:
    """Names a row whatever becomes of its content: by its key, or by its fingerprint where there is none."""
    parts = key.values() if isinstance(key, Mapping) else (key,)
    if all(type(part) in (str, int) for part in parts):  # fractions are written otherwise
        return _digest([source, collection, key])
    return sha256(canonical([source, collection, key]))


def _digest(said: Any) -> str:
    """Hex SHA-256 of what is JSON-safe already; a million times, so by the quickest road."""
    try:
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except TypeError:  # a number of more than 64 bits, half a character, names of SQLAlchemy's own kind
        return sha256(canonical(said))


NO_VALUES: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Instruction:
    """What shall happen to one record, and why. `fields` are the columns of anonymise, strip, unlink and set.

    `values` (column to JSON-safe value) belong to set alone, and to nothing that may reach a log: they are somebody's
    data. ValueError where set has none, or another action has some. There may be a million of them: no more is kept of
    each than this.
    """

    source: str
    collection: str
    key: Key | None
    fingerprint: str
    action: Action
    fields: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    values: Mapping[str, Any] = field(default_factory=lambda: NO_VALUES, repr=False)
    _id: str = field(default="", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.action.__class__ is not Action:
            object.__setattr__(self, "action", Action(self.action))
        if (self.action is Action.SET) is not bool(self.values):
            raise ValueError(f"values: found {len(self.values)}, expected some for set and none for {self.action}")
        if self.values:
            object.__setattr__(self, "values", {name: plain(value) for name, value in self.values.items()})
        if self.values or self.fields:
            object.__setattr__(self, "fields", tuple(sorted(self.values or set(self.fields))))

    @property
    def id(self) -> str:
        """32 hex digits, the same whenever the same deed on the same row is asked for: the ledger's word."""
        if not self._id:
            deed = [self.source, self.collection, self.key, self.fingerprint, self.action, self.fields]
            object.__setattr__(self, "_id", _digest([*deed, self.values] if self.values else deed)[:32])
        return self._id

    @property
    def key_digest(self) -> str:
        return row_digest(self.source, self.collection, self.key)


@dataclass(frozen=True)
class Deed:
    """One deed on many rows of a table, as a plan holds it: what they have in common, and of each row the values of its
    key columns (`key`) and its fingerprint. `key` is None where the row has none."""

    source: str
    collection: str
    action: Action
    fields: tuple[str, ...]
    values: Mapping[str, Any] = field(repr=False)
    reasons: tuple[Reason, ...]
    key: tuple[str, ...] | None
    rows: Sequence[Sequence[Any]] = field(repr=False)

    def __iter__(self) -> Iterator[Instruction]:
        for *key, print_ in self.rows:
            named = None if self.key is None else dict(zip(self.key, key, strict=True))
            yield Instruction(
                self.source, self.collection, named, print_, self.action, self.fields, self.reasons, self.values
            )

    @property
    def ids(self) -> Iterator[str]:
        """`Instruction.id` of each row, in order, without making them."""
        if self.fields or self.key is None:
            yield from (one.id for one in self)
            return
        for *key, print_ in self.rows:
            named = dict(zip(self.key, key, strict=True))
            yield _digest([self.source, self.collection, named, print_, self.action, self.fields])[:32]

    def columns(self) -> list[tuple[Any, ...]]:
        """The key's columns, then the fingerprints."""
        return list(zip(*self.rows, strict=True))

    def to_json(self) -> dict[str, Any]:
        return {
            "collection": self.collection, "action": str(self.action), "fields": list(self.fields),
            "values": dict(self.values), "reasons": [reason.to_json() for reason in self.reasons],
            "key": None if self.key is None else list(self.key), "rows": self.rows,
        }  # fmt: skip


class Frozen(Sequence[Instruction]):
    """The instructions of a plan that was read, each made when it is looked at: a million rows may go without."""

    def __init__(self, deeds: Iterable[Deed]) -> None:
        self.deeds = tuple(deeds)

    @cached_property
    def _each(self) -> tuple[Instruction, ...]:
        return tuple(one for deed in self.deeds for one in deed)

    @overload
    def __getitem__(self, place: int) -> Instruction: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Instruction, ...]: ...
    def __getitem__(self, place: int | slice) -> Instruction | tuple[Instruction, ...]:
        return self._each[place]

    def __iter__(self) -> Iterator[Instruction]:
        return iter(self._each)

    def __len__(self) -> int:
        return sum(len(deed.rows) for deed in self.deeds)

    def __eq__(self, other: object) -> bool:
        return self._each == (other._each if isinstance(other, Frozen) else other)

    def __hash__(self) -> int:
        return hash(self._each)


@dataclass(frozen=True)
class SourcePlan:
    """What will happen in one source, frozen before anything is written.

    `refused` are the instructions that cannot be carried out there, `findings` say why: they go to a person.
    The digest covers all of it, so an approval is of exactly this plan.
    """

    source: str
    instructions: Sequence[Instruction]
    refused: tuple[Instruction, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """The instructions, those of one deed together."""
        return _deeds(self.instructions)

    @property
    def digest(self) -> str:
        """Hex SHA-256; the same instructions in any order give the same plan and the same digest."""
        return _digest(self._body())

    def _body(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "deeds": [deed.to_json() for deed in self.deeds],
            "refused": [deed.to_json() for deed in _deeds(self.refused)],
            "findings": [finding.to_json() for finding in self.findings],
        }

    def to_json(self) -> dict[str, Any]:
        """Rows of one deed stand together under it: {collection, action, fields, values, reasons, key, rows: [[value of
        each key column, fingerprint], …]}; of a row without a key, the fingerprint alone."""
        body = self._body()
        return body | {"digest": _digest(body)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "SourcePlan":
        """The plan that `to_json` wrote. ConnectorError plan_altered where it is not what its digest says; KeyError or
        ValueError where it is something else."""
        source, body = data["source"], {name: part for name, part in data.items() if name != "digest"}
        each = "instructions" in data  # plans of years ago: every instruction by itself
        if data["digest"] != (sha256(canonical(body)) if each else _digest(body)):
            raise ConnectorError("plan_altered", True, source=source)
        return cls(
            source,
            Frozen(_read(source, data["instructions" if each else "deeds"])),
            tuple(one for deed in _read(source, data["refused"]) for one in deed),
            tuple(Finding(**item) for item in data["findings"]),
        )


def _deeds(instructions: Sequence[Instruction]) -> tuple[Deed, ...]:
    """Instructions in their order, those of one deed under one head."""
    if isinstance(instructions, Frozen):
        return instructions.deeds

    def head(one: Instruction) -> tuple[Any, ...]:
        values = canonical(one.values) if one.values else ""  # 1 and True are equal, and not the same value
        return one.collection, one.action, one.fields, values, one.reasons, None if one.key is None else [*one.key]

    return tuple(_deed(list(group)) for _, group in groupby(instructions, head))


def _deed(group: Sequence[Instruction]) -> Deed:
    one = group[0]
    key = None if one.key is None else tuple(one.key)
    rows = [[*map(plain, (each.key or {}).values()), each.fingerprint] for each in group]
    return Deed(one.source, one.collection, one.action, one.fields, one.values, one.reasons, key, rows)


def _read(source: str, deeds: Iterable[Mapping[str, Any]]) -> Iterator[Deed]:
    for deed in deeds:
        key, rows = deed["key"], deed.get("rows")
        if rows is None:  # an instruction by itself
            rows = [[*(key or {}).values(), deed["fingerprint"]]]
        yield Deed(
            source, deed["collection"], Action(deed["action"]), tuple(deed["fields"]),
            deed.get("values") or NO_VALUES, tuple(Reason.from_json(reason) for reason in deed["reasons"]),
            None if key is None else tuple(key), rows,
        )  # fmt: skip
