"""A day that still decides about another row of the same person stays until that row has gone.

An order is over and loses all it says of a person; but the customer it belongs to is held by an open case, and how long
their name may stay is counted from that order's delivery. Without the day nobody could ever say again that it is over.
So the columns other decisions are counted from are masked last. Rows a rule erases whole go in any case.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.base import Action, Record
from fulfilment.facts import FactBook
from fulfilment.fate import mark
from fulfilment.routine.lanes import Place
from fulfilment.routine.verdicts import ALREADY, NEEDED, Bench, Verdict
from policies.load import Controller
from policies.sources import CollectionMap, target


@dataclass(frozen=True)
class Feeds:
    """Which columns of which tables the facts of each table are read from, bar its own."""

    of: Mapping[Place, Mapping[Place, frozenset[str]]]

    @classmethod
    def read(cls, company: Controller) -> "Feeds":
        tables = {(source, name): table for source, given in company.sources.items()
                  for name, table in given.collections.items()}  # fmt: skip
        return cls({place: _read_from(place, table) for place, table in tables.items()})


def _read_from(place: Place, table: CollectionMap) -> dict[Place, frozenset[str]]:
    found: dict[Place, set[str]] = {}
    for fact in table.facts.values():
        if there := fact.target:
            columns = {there.column, *fact.match, *fact.where}
            found.setdefault((there.source or place[0], there.collection), set()).update(columns)
    if table.subject and table.subject.from_:
        there = target(table.subject.from_)
        columns = {there.column, *table.subject.match}
        found.setdefault((there.source or place[0], there.collection), set()).update(columns)
    return {other: frozenset(columns) for other, columns in found.items() if other != place}


def spare(
    records: Sequence[Record], verdicts: Mapping[str, Verdict], *, bench: Bench, book: FactBook, feeds: Feeds
) -> dict[str, Verdict]:
    """The verdicts about one person's rows, less the columns that rows which stay are still judged by."""
    if not any(one.instruction and one.instruction.action is not Action.ERASE for one in verdicts.values()):
        return dict(verdicts)
    after = bench.book(_as_left(records, verdicts))
    needed: dict[Place, set[str]] = {}
    for record in records:
        own = verdicts.get(mark(record))
        place = (record.source, record.collection)
        if own is None or own.instruction or own.why == ALREADY or not feeds.of.get(place):
            continue
        if bench.reading(record, book=book) != bench.reading(record, book=after):
            for other, columns in feeds.of[place].items():
                needed.setdefault(other, set()).update(columns)
    return {key: _less(one, needed.get(one.place, set())) for key, one in verdicts.items()}


def _as_left(records: Iterable[Record], verdicts: Mapping[str, Verdict]) -> Iterable[Record]:
    """The rows as they would be afterwards."""
    for record in records:
        verdict = verdicts.get(mark(record))
        deed = verdict.instruction if verdict else None
        if deed is None:
            yield record
        elif deed.action is not Action.ERASE:
            yield replace(record, fields={**record.fields, **dict.fromkeys(deed.fields)})


def _less(verdict: Verdict, needed: set[str]) -> Verdict:
    deed = verdict.instruction
    if deed is None or deed.action is Action.ERASE or not needed & set(deed.fields):
        return verdict
    left = tuple(name for name in deed.fields if name not in needed)
    if left and not verdict.only_masks(left):
        return replace(verdict, instruction=replace(deed, fields=left))
    return replace(verdict, outcome="hold", why=NEEDED, due=None, instruction=None)
