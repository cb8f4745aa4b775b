"""What was carried out in a source. Part of `base`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import overload

from connectors.frozen import Action, Deed, Instruction


@dataclass(frozen=True, slots=True)
class Receipt:
    """One instruction carried out. `rows` is 0 where it had been done before; `at` is aware (UTC)."""

    source: str
    collection: str
    action: Action
    rows: int
    at: datetime
    instruction: str  # Instruction.id, for the ledger


class Receipts(Sequence[Receipt]):
    """What was carried out in a source at one time, each receipt written when it is looked at: a rehearsal asks for
    none. `each`: (instruction, rows changed); `whole`: deeds of which every row was changed."""

    def __init__(self, each: Sequence[tuple[Instruction, int]], whole: Sequence[Deed], *, at: datetime) -> None:
        self.each, self.whole, self.at = each, whole, at

    @property
    def rows(self) -> int:
        """Rows that were changed."""
        return sum(rows for _, rows in self.each) + sum(len(deed.rows) for deed in self.whole)

    @cached_property
    def _written(self) -> list[Receipt]:
        return [
            *(Receipt(one.source, one.collection, one.action, rows, self.at, one.id) for one, rows in self.each),
            *(Receipt(deed.source, deed.collection, deed.action, 1, self.at, id_)
              for deed in self.whole for id_ in deed.ids),
        ]  # fmt: skip

    @overload
    def __getitem__(self, place: int) -> Receipt: ...
    @overload
    def __getitem__(self, place: slice) -> list[Receipt]: ...
    def __getitem__(self, place: int | slice) -> Receipt | list[Receipt]:
        return self._written[place]

    def __iter__(self) -> Iterator[Receipt]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self.each) + sum(len(deed.rows) for deed in self.whole)


@dataclass(frozen=True, slots=True)
class Part:
    """One action carried out on one table: `asked` of so many rows, of which `rows` were changed. `instructions`: the
    ids, made when they are looked at, once."""

    collection: str
    action: Action
    asked: int
    rows: int
    at: datetime
    instructions: Iterable[str]


def changed(done: Iterable[Receipt]) -> int:
    """How many rows were changed."""
    return done.rows if isinstance(done, Receipts) else sum(one.rows for one in done)


def parts(done: Iterable[Receipt]) -> Iterator[Part]:
    """The same by table and action; where several deeds were of one kind, a part for each."""
    each = done
    if isinstance(done, Receipts):
        for deed in done.whole:
            yield Part(deed.collection, deed.action, len(deed.rows), len(deed.rows), done.at, deed.ids)
        each = Receipts(done.each, (), at=done.at)
    found: dict[tuple[str, Action], list[Receipt]] = {}
    for one in each:
        found.setdefault((one.collection, one.action), []).append(one)
    for (collection, action), some in found.items():
        rows, ids = sum(one.rows for one in some), [one.instruction for one in some]
        yield Part(collection, action, len(some), rows, some[0].at, ids)
