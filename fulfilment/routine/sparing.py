"""A day that still decides about another row of the same person stays until that row has gone.

An order is over and loses all it says of a person; but the customer it belongs to is held by an open case, and how long
their name may stay is counted from that order's delivery. Without the day nobody could ever say again that it is over.
So the columns other decisions are counted from go last: a row that would be erased is emptied of everything else. What
a statute ends goes whole in any case.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.base import Action, Record
from fulfilment.planning.facts import FactBook
from fulfilment.planning.fate import mark
from fulfilment.routine.lanes import Place, read_from
from fulfilment.routine.verdicts import ALREADY, NEEDED, Bench, Verdict
from policies.load import Controller


@dataclass(frozen=True)
class Feeds:
    """Which columns of which other tables the facts of each table are read from."""

    of: Mapping[Place, Mapping[Place, frozenset[str]]]

    @classmethod
    def read(cls, company: Controller) -> "Feeds":
        tables = {(source, name): table for source, given in company.sources.items()
                  for name, table in given.collections.items()}  # fmt: skip
        return cls({place: read_from(place, table) for place, table in tables.items()})


def spare(
    records: Sequence[Record], verdicts: Mapping[str, Verdict], *, bench: Bench, book: FactBook, feeds: Feeds
) -> dict[str, Verdict]:
    """The verdicts about one person's rows, less the columns that rows which stay are still judged by."""
    if not any(one.instruction for one in verdicts.values()):
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
    if not needed:
        return dict(verdicts)
    by_mark = {mark(record): record for record in records}
    return {key: _less(one, by_mark[key], needed.get(one.place, set()), bench) for key, one in verdicts.items()}


def _as_left(records: Iterable[Record], verdicts: Mapping[str, Verdict]) -> Iterable[Record]:
    """The rows as they would be afterwards."""
    for record in records:
        verdict = verdicts.get(mark(record))
        deed = verdict.instruction if verdict else None
        if deed is None:
            yield record
        elif deed.action is not Action.ERASE:
            yield replace(record, fields={**record.fields, **dict.fromkeys(deed.fields)})


def _less(verdict: Verdict, record: Record, needed: set[str], bench: Bench) -> Verdict:
    deed = verdict.instruction
    if deed is None or not any(record.fields.get(name) is not None for name in needed):
        return verdict
    whole = deed.action is Action.ERASE
    if whole and bench.is_duty(verdict.rule):
        return verdict
    going = bench.personal(record) if whole else deed.fields
    left = tuple(name for name in going if name not in needed)
    if not whole and len(left) == len(going):
        return verdict
    if not left or bench.only_masks(record, left):
        return replace(verdict, outcome="hold", why=NEEDED, due=None, instruction=None)
    action = Action.ANONYMISE if whole else deed.action
    return replace(verdict, why=NEEDED, instruction=replace(deed, action=action, fields=left))
