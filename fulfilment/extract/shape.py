"""What an extract is made of, whoever asked for it: tables with columns in words, and rows that stream."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, repeat
from typing import Any, Protocol

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


@dataclass(frozen=True)
class Block:
    """Rows of one table, a column at a time: with the same columns, the same of them withheld, read at the same time.

    `fields`: column to the values of all rows; `key`: the same of the columns that address a row, None where nothing
    does. `numbers` and `paths` have one entry a row.
    """

    numbers: Sequence[int]
    at: str
    key: Mapping[str, Sequence[Any]] | None
    fields: Mapping[str, Sequence[Any]] = field(repr=False)
    paths: Sequence[Sequence[str]]
    withheld: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(self) -> Iterator[Row]:
        keys = repeat(None, len(self)) if self.key is None else _turned(self.key, len(self))
        for number, key, path, fields in zip(
            self.numbers, keys, self.paths, _turned(self.fields, len(self)), strict=True
        ):
            yield Row(number, key, self.at, tuple(path), fields, self.withheld)


class Rows(Protocol):
    """The rows of a table, again at each call. May offer `blocks() -> Iterator[Block]`, too: see `blocks`."""

    def __call__(self) -> Iterator[Row]: ...


class InBlocks:
    """Rows that lie a column at a time. `blocks`: all of them, again at each call."""

    def __init__(self, blocks: Callable[[], Iterator[Block]]) -> None:
        self.blocks = blocks

    def __call__(self) -> Iterator[Row]:
        return (row for block in self.blocks() for row in block.rows())


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


def blocks(table: Table) -> Iterator[Block]:
    """All rows, many at a time where they lie so, never none. They belong to the very rows of the table: whoever
    replaces these replaces them."""
    ready = getattr(table.rows, "blocks", None)
    return ready() if ready else (block for row in table.rows() for block in grouped([row]))


def grouped(rows: Iterable[Row]) -> Iterator[Block]:
    """The same rows in the same order; all that follow each other and are alike are held at once."""
    for (at, key, names, withheld), alike in groupby(rows, _kind):
        some = list(alike)
        fields = zip(*(row.fields.values() for row in some), strict=True)
        keys = zip(*((row.key or {}).values() for row in some), strict=True)
        yield Block(
            [row.number for row in some], at, None if key is None else dict(zip(key, keys, strict=True)),
            dict(zip(names, fields, strict=True)), [row.path for row in some], withheld,
        )  # fmt: skip


def _kind(row: Row) -> tuple[str, tuple[str, ...] | None, tuple[str, ...], frozenset[str]]:
    return row.at, None if row.key is None else tuple(row.key), tuple(row.fields), row.withheld


def _turned(columns: Mapping[str, Sequence[Any]], count: int) -> Iterator[dict[str, Any]]:
    """A dict for each row."""
    each = zip(*columns.values(), strict=True) if columns else repeat((), count)
    return map(dict, map(zip, repeat(tuple(columns)), each))


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
