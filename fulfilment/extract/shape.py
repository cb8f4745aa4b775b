"""What an extract is made of, whoever asked for it: tables with columns in words, and rows that stream."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import orjson

from fulfilment.extract.sayable import dumps
from policies.load import Controller
from policies.sources import CollectionMap


@dataclass(frozen=True)
class Column:
    """A column. `other`: no map mentions it, so it is shown under "other fields" by its own name.

    `looks`: what its values are (`connectors.base`), empty where unknown.
    """

    name: str
    label: str
    explain: str = ""
    other: bool = False
    looks: str = ""


@dataclass(frozen=True)
class Row:
    """A record as it may be handed out. `withheld`: names of fields whose values were taken out."""

    number: int
    key: Mapping[str, Any] | None
    at: str
    path: tuple[str, ...]
    fields: Mapping[str, Any] = field(repr=False)
    withheld: frozenset[str] = frozenset()


class Rows(Protocol):
    """The rows of a table, again at each call. May offer `lines() -> Iterator[bytes]`, too: see `lines`."""

    def __call__(self) -> Iterator[Row]: ...


@dataclass(frozen=True)
class Table:
    """One table of one source. `count` is how many rows `rows()` yields."""

    source: str
    source_name: str
    collection: str
    label: str
    explain: str
    kind: str
    purposes: tuple[str, ...]
    columns: tuple[Column, ...]
    count: int
    rows: Rows = field(repr=False)


@dataclass(frozen=True)
class Withheld:
    """Records, or one field of them, not handed out, and why (Art. 12(4), 15(4))."""

    source: str
    collection: str
    label: str
    field: str
    count: int
    ground: str
    article: str
    reason: str


@dataclass(frozen=True)
class Extract:
    """All of it. `taken`: when the data was read (first and last moment are one day apart at most)."""

    ours: Controller = field(repr=False)
    language: str
    reference: str
    right: str
    taken: datetime
    tables: tuple[Table, ...]
    withheld: tuple[Withheld, ...] = ()
    count_shared_left_out: int = 0

    @property
    def records(self) -> int:
        return sum(table.count for table in self.tables)


def lines(table: Table) -> Iterator[bytes]:
    """All rows as text, some at a time: a JSON object a line, no line end at the end, never empty.

    {"key", "time", "path", "fields", "withheld"}, as data.json has them. Rows that rest as such text are not read apart
    and written anew; they belong to the very rows of the table: whoever replaces these replaces the text.
    """
    ready = getattr(table.rows, "lines", None)
    return ready() if ready else map(line, table.rows())


def line(row: Row) -> bytes:
    return dumps({
        "key": row.key, "time": row.at, "path": row.path, "fields": row.fields, "withheld": sorted(row.withheld),
    })  # fmt: skip


def row(number: int, line: bytes) -> Row:
    """What `line` wrote."""
    said = orjson.loads(line)
    return Row(number, said["key"], said["time"], tuple(said["path"]), said["fields"], frozenset(said["withheld"]))


def named(ours: Controller, source: str, collection: str, *, language: str) -> tuple[str, str, str]:
    """(name of the system, label of the table, explanation) in words; names of the map where nobody gave words."""
    system = ours.sources[source]
    mapped = system.collections.get(collection)
    label = say(mapped.label, language) if mapped else collection
    return say(system.name, language), label, say(mapped.explain, language) if mapped else ""


def columns(
    ours: Controller, source: str, collection: str, names: list[str], *, language: str,
    looks: Mapping[str, str] | None = None,
) -> tuple[Column, ...]:  # fmt: skip
    """The columns in the order in which sources.yaml puts them into words; those that no map mentions last."""
    mapped = ours.sources[source].collections.get(collection)
    known = dict.fromkeys([*(mapped.fields if mapped else ()), *_known(ours, source, collection)])
    order = [name for name in known if name in names] + [name for name in names if name not in known]
    return tuple(
        replace(_column(mapped, name, other=name not in known, language=language), looks=(looks or {}).get(name, ""))
        for name in order
    )


def table(
    ours: Controller, source: str, collection: str, *, names: list[str], count: int, rows: Rows,
    language: str, looks: Mapping[str, str] | None = None,
) -> Table:  # fmt: skip
    """A table with the words of the map."""
    mapped = ours.sources[source].collections.get(collection)
    system, label, explain = named(ours, source, collection, language=language)
    said = columns(ours, source, collection, names, language=language, looks=looks)
    kind, purposes = (mapped.kind, mapped.purposes) if mapped else ("", ())
    return Table(source, system, collection, label, explain, kind, purposes, said, count, rows)


def _column(mapped: CollectionMap | None, name: str, *, other: bool, language: str) -> Column:
    words = mapped.fields.get(name) if mapped else None
    if words is None:
        return Column(name, name.replace("_", " "), other=other)
    return Column(name, say(words.label, language), say(words.explain, language), other=other)


def _known(ours: Controller, source: str, collection: str) -> list[str]:
    dataset = ours.datasets[ours.sources[source].dataset]
    return [f.name for one in dataset.collections if one.name == collection for f in one.fields]


def say(text: Any, language: str) -> str:
    """A text of a map in this language, else English, else what there is: a label is better than a bare column name."""
    if text is None:
        return ""
    spoken = text.languages()
    return str(text.say(language if language in spoken else "en" if "en" in spoken else spoken[0]))
