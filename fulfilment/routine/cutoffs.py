"""From what day on a row is over: the law asked about a few days, so that a database can pick ten million rows itself.

Nothing of the law is written here a second time. For every combination of what is told one by one (whose data, a debt
or none) the day on which the answer changes is searched by halves; between two such days the answer is the same. That
it is so is tried out on other days, and each row that goes is still judged by the very days it holds (`sets`).
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any, TypeAlias

from connectors.base import Action, Connector, Record
from connectors.lots import FIRST_DAY, LAST_DAY, Box, Lot, Sort, Test
from connectors.values import plain
from fulfilment.routine.lanes import Place
from fulfilment.routine.verdicts import LATER, Bench, Verdict
from policies.load import Controller

Values: TypeAlias = tuple[Any, ...]  # in the order of the columns asked about
MOST_ASKED, MOST_CELLS, MOST_KNOWN = 20_000, 20_000, 200_000
ONE_DAY = timedelta(days=1)
TRIED = 400
SOMETHING = "\u2420"
NUMBERS = (0, 1, -3, 0.01, 7, "120000.50")


class NotAlike(Exception):
    """These rows must be looked at one by one; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Saying:
    """What becomes of rows that hold the same where the rules look, and still all that is personal."""

    outcome: str
    rule: str
    why: str
    action: str
    fields: tuple[str, ...]
    long_held: bool


@dataclass(frozen=True)
class Told:
    """A table, told: what is said of which rows. `lots`: those something is done with."""

    sorts: Mapping[str, Sort]
    said: tuple[tuple[Saying, tuple[Box, ...]], ...]
    lots: tuple[Lot, ...]


class Asking:
    """The rules of one table, asked about values instead of rows; every answer is remembered."""

    def __init__(self, company: Controller, place: Place, connector: Connector, bench: Bench) -> None:
        table = company.sources[place[0]].collections[place[1]]
        subject = table.subject.column if table.subject else None
        self.one_by_one = {fact.column for fact in table.facts.values() if fact.column and fact.unit}
        self.one_by_one |= {subject} if subject else set()
        self.columns = tuple(sorted({fact.column for fact in table.facts.values() if fact.column} | self.one_by_one))
        self._place, self._bench = place, bench
        mapped = connector.map.collections[place[1]].fields
        self._whole = self._record({name: SOMETHING for name in connector.columns(place[1]) if name in mapped})
        self.personal = tuple(bench.personal(self._whole))
        self._known: dict[Values, Verdict] = {}

    def __call__(self, values: Values) -> Verdict:
        """NotAlike where the rules cannot count with such values."""
        found = self._known.get(values)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            facts = self._record(dict(zip(self.columns, map(plain, values), strict=True)))
            try:
                found = self._bench.like(facts, self._whole)
            except (TypeError, ValueError, OverflowError):
                raise NotAlike("no_answer") from None
            self._known[values] = found
        return found

    def saying(self, values: Values) -> Saying:
        """NotAlike, too, where only a look at the row tells which of its columns decides, or the day of the deed."""
        one = self(values)
        if one.action == Action.STRIP or one.why == LATER:
            raise NotAlike("by_row")
        fields = one.instruction.fields if one.instruction else ()
        return Saying(one.outcome, one.rule, one.why, one.action, fields, one.long_held)

    def asked(self) -> int:
        return len(self._known)

    def _record(self, fields: dict[str, Any]) -> Record:
        return Record(*self._place, {}, fields, ("scan",), False, (), "")


def told(asking: Asking, sorts: Mapping[str, Sort], *, on: date) -> Told:
    """Raises `NotAlike` where the rules do not divide the rows by days and codes."""
    if set(sorts) != set(asking.columns):
        raise NotAlike("column")
    axes = [_Axis(name, sorts[name]) for name in asking.columns]
    _find_cuts(asking, axes, on=on)
    said: dict[Saying, list[tuple[int, ...]]] = {}
    cells: dict[tuple[int, ...], Saying] = {}
    for cell in _cells(axes):
        saying = asking.saying(tuple(axis.values[at] for axis, at in zip(axes, cell, strict=True)))
        cells[cell] = saying
        said.setdefault(saying, []).append(cell)
    _try_out(asking, axes, cells)
    boxes = tuple((saying, _boxes(axes, found)) for saying, found in said.items())
    return Told(sorts, boxes, tuple(_lots(axes, said)))


def _lots(axes: Sequence["_Axis"], said: Mapping[Saying, list[tuple[int, ...]]]) -> Iterator[Lot]:
    deeds: dict[tuple[str, tuple[str, ...]], list[tuple[int, ...]]] = {}
    for saying, cells in said.items():
        if saying.action:
            deeds.setdefault((saying.action, saying.fields), []).extend(cells)
    for (action, fields), cells in sorted(deeds.items()):
        yield Lot(_boxes(axes, cells), "erase" if action == Action.ERASE else "anonymise", fields)


class _Axis:
    """One column: kinds of values (`tests`), each with one of it to ask the rules about (`values`)."""

    def __init__(self, column: str, sort: Sort) -> None:
        self.column, self.sort = column, sort
        self.cuts: list[date] = []

    @property
    def values(self) -> list[Any]:
        if self.sort.how == "days":
            return [None, *(day.isoformat() for day in (FIRST_DAY, *self.cuts))]
        return [None, *(self.sort.values if self.sort.how == "codes" else (0, 1))]

    @property
    def tests(self) -> list[Test]:
        nothing, name = Test(self.column, null=True), self.column
        if self.sort.how == "codes":
            return [nothing, *(Test(name, values=(value,)) for value in self.sort.values)]
        if self.sort.how == "number":
            return [nothing, Test(name, zero=True), Test(name, other=True)]
        edges: list[date | None] = [None, *self.cuts, None]
        spans = [(_iso(first), _iso(after and after - ONE_DAY)) for first, after in pairwise(edges)]
        return [nothing, *(Test(name, days=(span,)) for span in spans)]

    def at(self, value: Any) -> int:
        """Which kind of value this is."""
        if value is None:
            return 0
        if self.sort.how == "days":
            return 1 + sum(cut.isoformat() <= value for cut in self.cuts)
        return self.values.index(value) if self.sort.how == "codes" else 2 - (float(value) == 0)

    def some(self, dice: random.Random) -> Any:
        """Any value, days near a change and at the ends of months and years more often."""
        if dice.random() < 0.1:
            return None
        if self.sort.how != "days":
            return dice.choice(NUMBERS if self.sort.how == "number" else self.sort.values or (None,))
        near = [cut + timedelta(days) for cut in self.cuts for days in (-2, -1, 0, 1, 2)]
        year = dice.randint(1960, 2060)
        edges = [date(year, 12, 31), date(year, 1, 1), date(year, 3, 1) - ONE_DAY, date(year, 3, 1)]
        return dice.choice([*near, *edges, date(year, 1, 1) + timedelta(dice.randint(0, 364))]).isoformat()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _find_cuts(asking: Asking, axes: Sequence[_Axis], *, on: date) -> None:
    """The days on which an answer changes, for whatever the other columns hold: until no new one is found."""
    years = range(on.year - 60, on.year + 31, 5)
    grid = [FIRST_DAY, *(date(year, 1, 1) for year in years), LAST_DAY]
    before, found_in_all = -1, 0
    while found_in_all > before:
        before = found_in_all
        for number, axis in enumerate(axes):
            if axis.sort.how != "days":
                continue
            found = set(axis.cuts)
            others = [[""] if one is axis else one.values for one in axes]
            for rest in product(*others):
                found.update(_changes(lambda day, rest=rest, number=number: asking.saying(  # type: ignore[misc]
                    (*rest[:number], day.isoformat(), *rest[number + 1 :])), grid))  # fmt: skip
                if asking.asked() > MOST_ASKED:
                    raise NotAlike("too_many")
            axis.cuts = sorted(found)
        found_in_all = sum(len(axis.cuts) for axis in axes)


def _changes(say: Callable[[date], Saying], grid: Iterable[date]) -> Iterator[date]:
    for first, last in pairwise(grid):
        yield from _between(say, first, last)


def _between(say: Callable[[date], Saying], first: date, last: date) -> Iterator[date]:
    """The first days of another answer, after `first` and up to `last`."""
    if say(first) == say(last):
        return
    if last - first == ONE_DAY:
        yield last
        return
    middle = first + (last - first) // 2
    yield from _between(say, first, middle)
    yield from _between(say, middle, last)


def _cells(axes: Sequence[_Axis]) -> Iterator[tuple[int, ...]]:
    sizes = [len(axis.values) for axis in axes]
    number = 1
    for size in sizes:
        number *= size
    if number > MOST_CELLS:
        raise NotAlike("too_many")
    yield from product(*map(range, sizes))


def _try_out(asking: Asking, axes: Sequence[_Axis], cells: Mapping[tuple[int, ...], Saying]) -> None:
    dice = random.Random(0)  # noqa: S311 - the same every time
    for _ in range(TRIED):
        values = tuple(axis.some(dice) for axis in axes)
        if asking.saying(values) != cells[tuple(axis.at(value) for axis, value in zip(axes, values, strict=True))]:
            raise NotAlike("no_cut")


def _boxes(axes: Sequence[_Axis], cells: Iterable[tuple[int, ...]]) -> tuple[Box, ...]:
    """As few boxes as joining neighbours gives; a column that may hold anything is not tested."""
    boxes = {tuple(frozenset([at]) for at in cell) for cell in cells}
    before = 0
    while before != len(boxes):
        before = len(boxes)
        for number in range(len(axes)):
            joined: dict[tuple[frozenset[int], ...], frozenset[int]] = {}
            for box in boxes:
                beside = (*box[:number], *box[number + 1 :])
                joined[beside] = joined.get(beside, frozenset()) | box[number]
            boxes = {(*beside[:number], here, *beside[number:]) for beside, here in joined.items()}
    return tuple(sorted((_box(axes, box) for box in boxes), key=repr))


def _box(axes: Sequence[_Axis], box: Sequence[frozenset[int]]) -> Box:
    return tuple(_union([axis.tests[at] for at in sorted(some)]) for axis, some in zip(axes, box, strict=True)
                 if len(some) < len(axis.tests))  # fmt: skip


def _union(tests: Sequence[Test]) -> Test:
    days: list[tuple[str | None, str | None]] = []
    for first, last in (span for test in tests for span in test.days):
        if days and first and days[-1][1] and date.fromisoformat(first) == date.fromisoformat(days[-1][1]) + ONE_DAY:
            days[-1] = (days[-1][0], last)
        else:
            days.append((first, last))
    return Test(
        tests[0].column, null=any(test.null for test in tests), days=tuple(days),
        values=tuple(value for test in tests for value in test.values),
        zero=any(test.zero for test in tests), other=any(test.other for test in tests),
    )  # fmt: skip
