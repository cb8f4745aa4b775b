"""Deciding again about rows an erasure left, with the facts of the day: gone, going, staying, or for a person.

The request stands (Art. 17): whatever nothing carries any more goes. What still carries it – an open balance, a claim,
a restriction, an open request for a copy – puts the day off, with its reason.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from connectors import walk
from connectors.base import Action, Connector, Identity, Record
from fulfilment.collecting.whose import Ties, still
from fulfilment.planning.facts import FactBook
from fulfilment.planning.fate import GOING, KEEPING, NO_KEY, Fate, Judge, by_person, mark
from fulfilment.removing.kept import Remembering, Row
from law.retention import Decision
from policies.load import Controller
from requests_app import sources

PERIOD_ENDED, HOLD, RUNNING, FROZEN = "period_ended", "hold", "running", "frozen"
WITHOUT_DAY, UNDECIDED, NO_SOURCE = "kept_without_day", "undecided", "unknown_source"


@dataclass
class Verdicts:
    """`people`: (row, code) of what no machine may decide. `gone`, `changed`, `empty`: rows that are no longer there,
    belong to somebody else now, or hold nothing personal any more."""

    goes: list[Fate] = field(default_factory=list)
    stays: list[Row] = field(default_factory=list)
    people: list[tuple[Row, str]] = field(default_factory=list)
    gone: int = 0
    changed: int = 0
    empty: int = 0

    def counts(self) -> dict[str, int]:
        return {"gone": self.gone, "changed": self.changed, "empty": self.empty}


def decide(
    rows: list[Row], company: Controller, *, identity: Identity, on: date, known: Mapping[str, Any] | None,
    held: Collection[str],
) -> Verdicts:  # fmt: skip
    """What becomes of each row today. Reads only. `held`: marks of rows nothing may happen to. ConnectorError."""
    found, addressed = Verdicts(), []
    for row in rows:
        if row.source not in company.sources:
            found.people.append((row, NO_SOURCE))
        elif row.key is None:
            found.people.append((row, NO_KEY))
        else:
            addressed.append(row)
    with ExitStack() as stack:
        readers = {name: stack.enter_context(closing(sources.open_one(company, name))) for name in company.sources}
        now = present(addressed, readers)
        book = Remembering(company, rows)
        for record in _around(addressed, now, company, readers, identity=identity):
            book.add(record)
    bench = Bench(company, on=on, known=known)
    for number, row in enumerate(addressed):
        record = now.get(row.mark)
        if record is None:
            found.gone += 1
        elif not still(row.ties, bench.ties.of(record)):
            found.changed += 1
        elif row.mark in held:
            found.stays.append(row.put_off(due=first_of_month(on), why=FROZEN))
        else:
            bench.judge(row, replace(record, shared=row.shared), number=number, book=book, into=found)
    return found


class Bench:
    """Judges the rows of one company on one day."""

    def __init__(self, company: Controller, *, on: date, known: Mapping[str, Any] | None) -> None:
        self._company, self._on = company, on
        self._judge = Judge(company, on=on, requested=True, known=known)
        self.ties = Ties(company)

    def judge(self, row: Row, record: Record, *, number: int, book: Remembering, into: Verdicts) -> None:
        if row.why == WITHOUT_DAY:
            into.people.append((row, WITHOUT_DAY))
            return
        decisions = self._judge.decisions(record, book=book)
        fate = self._judge.held(self._judge.deed(record, number=number, decisions=decisions))
        if fate.outcome == "undetermined" and row.by_person and not (fate.held_for or row.shared):
            # Somebody decided how long this is kept, and a second person approved it: the day has come.
            fate = by_person(fate, decision=row.by_person, outcome="erase", keep_through=None)
        if fate.outcome == "undetermined":
            into.people.append((row, fate.held_for or UNDECIDED))
        elif fate.outcome in KEEPING or fate.action:
            if fate.action and fate.outcome in GOING:
                into.goes.append(fate)
            self._stay(row, fate, decisions, book=book, into=into)
        else:
            into.empty += 1

    def _stay(self, row: Row, fate: Fate, decisions: Mapping[str, Decision], *, book: FactBook, into: Verdicts) -> None:
        """What is left of the row after the deed, if anything is."""
        if fate.action is Action.ERASE:
            return
        rest = self.rest(fate.record, book=book, outcome=fate.outcome, going=fate.fields, decisions=decisions)
        if rest:
            day, why, decision = rest
            into.stays.append(row.put_off(due=day, why=why, decision=decision))

    def rest(
        self, record: Record, *, book: FactBook, outcome: str, going: Collection[str],
        decisions: Mapping[str, Decision] | None = None,
    ) -> tuple[date, str, Decision] | None:  # fmt: skip
        """(first day anything left in the row may go, code, decision) once `going` went; None: nothing has a day."""
        meaning = self._company.sources[record.source].collections.get(record.collection)
        if meaning is None:
            return None
        by_kind = decisions or self._judge.decisions(record, book=book)
        kinds = {meaning.kind_of(name) for name in self._judge.personal(record) if name not in going}
        kinds |= {meaning.kind} if outcome in KEEPING else set()
        days = [(*day, by_kind[kind]) for kind in sorted(kinds) if (day := self._day(by_kind[kind]))]
        return min(days, key=lambda one: one[:2], default=None)

    def _day(self, decision: Decision) -> tuple[date, str] | None:
        if decision.outcome == "retain" and decision.keep_through:
            return max(decision.keep_through, self._on) + timedelta(days=1), PERIOD_ENDED
        if decision.outcome in KEEPING:
            return first_of_month(self._on), HOLD if decision.outcome == "hold" else RUNNING
        return None


def present(rows: Iterable[Row], readers: Mapping[str, Connector]) -> dict[str, Record]:
    """The rows as they are now, by mark; those that are gone are left out."""
    wanted: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row.key is not None:
            wanted.setdefault((row.source, row.collection), []).append(row.key)
    return {
        mark(record): record
        for (source, collection), keys in wanted.items()
        for record in readers[source].by_key(collection, keys)
    }  # fmt: skip


def first_of_month(day: date) -> date:
    """The first of the next month: when what has no day is looked at again."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _around(
    rows: Iterable[Row], now: Mapping[str, Record], company: Controller, readers: Mapping[str, Connector], *,
    identity: Identity,
) -> Iterator[Record]:  # fmt: skip
    """The rows and whatever hangs together with them today: the facts lie there (an open balance, a complaint)."""
    ties, values = Ties(company), {kind: set(known) for kind, known in identity.values.items()}
    given: dict[tuple[str, str, str], list[Any]] = {}
    for row in rows:
        record = now.get(row.mark)
        if record is None or row.shared:
            continue
        for kind, carried in ties.identity(record).items():
            values.setdefault(kind, set()).update(carried)
        if row.key is not None and len(row.key) == 1:  # a part of a key alone leads to other people's rows
            ((column, value),) = row.key.items()
            given.setdefault((company.sources[row.source].dataset, row.collection, column), []).append(value)
    met = set()
    known = Identity({kind: tuple(sorted(found)) for kind, found in values.items()})
    for record in walk.find(list(readers.values()), known, given=given):
        met.add(mark(record))
        yield record
    yield from (record for name, record in now.items() if name not in met)
