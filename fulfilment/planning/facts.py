"""What the rules need to know about a record: dates and holds, from the row itself or this person's other rows."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.base import Record
from law.retention import Fact
from policies.load import Controller
from policies.sources import CollectionMap, FactMap, Target, target

_DATE = re.compile(r"^(\d{4}-\d{2}-\d{2})([T ]|$)")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
REMEMBERED = 10_000  # texts and what they say: the same few days stand in many rows
_UNIT = {"years": "Y", "months": "M", "days": "D"}

Row = Mapping[str, Any]
Place = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the rules are told of a row."""

    subject: str | None
    facts: Mapping[str, Fact]


class FactBook:
    """The columns other rows' facts depend on, and nothing else: an order book of ten thousand lines is not kept whole.

    Fill it with every record of one person (`add`), then ask. It holds one person only, so an aggregate over it
    can never be moved by somebody else's rows.
    """

    def __init__(self, controller: Controller) -> None:
        self._maps: dict[tuple[str, str], CollectionMap] = {
            (source, name): collection
            for source, given in controller.sources.items()
            for name, collection in given.collections.items()
        }
        self._columns: dict[Place, set[str]] = defaultdict(set)
        for place, columns in self._targets():
            self._columns[place].update(columns)
        self.wanted = frozenset(self._columns)
        self._looks = {place: tuple(sorted(set(_looks(collection)))) for place, collection in self._maps.items()}
        self._rows: dict[Place, list[Row]] = defaultdict(list)
        self._read: dict[str, Fact] = {}
        self._told: dict[tuple[Any, ...], Told] = {}

    def _targets(self) -> Iterator[tuple[Place, Iterable[str]]]:
        """Tables that are asked for other rows' sake, and for which columns."""
        for (source, _), collection in self._maps.items():
            for fact in collection.facts.values():
                if there := fact.target:
                    yield _place(there, source), (there.column, *fact.match, *fact.where)
            if collection.subject and collection.subject.from_:
                there = target(collection.subject.from_)
                yield _place(there, source), (there.column, *collection.subject.match)

    def add(self, record: Record) -> None:
        place = (record.source, record.collection)
        if place in self.wanted:
            fields = record.fields
            self._rows[place].append({name: fields.get(name) for name in self._columns[place]})
            self._told.clear()

    def told(self, record: Record) -> Told:
        """Subject and facts of a record: one and the same for rows of a table that hold the same where they look."""
        place, fields = (record.source, record.collection), record.fields
        values = [fields.get(name) for name in self._looks.get(place, ())]
        asked = (place, *values, *map(type, values))
        try:
            known = self._told.get(asked)
        except TypeError:  # a list in one of these columns
            return self._ask(record)
        if known is None:
            if len(self._told) >= REMEMBERED:
                self._told.clear()
            known = self._told[asked] = self._ask(record)
        return known

    def _ask(self, record: Record) -> Told:
        return Told(self.subject(record), self.facts(record))

    def facts(self, record: Record) -> dict[str, Fact]:
        """Facts of one record by name; a fact nobody knows is None."""
        collection = self._maps.get((record.source, record.collection))
        if collection is None:
            return {}
        return {name: self._fact(fact, record) for name, fact in collection.facts.items()}

    def subject(self, record: Record) -> str | None:
        """Whose data the record is, in the words of the policy, or None when nothing tells."""
        collection = self._maps.get((record.source, record.collection))
        given = collection.subject if collection else None
        if given is None:
            return None
        if given.is_:
            return given.is_
        values: list[Any] = []
        if given.column:
            values = [record.fields.get(given.column)]
        elif given.from_:
            there = target(given.from_)
            rows = self._matching(there, record, match=given.match, where={})
            values = [row.get(there.column) for row in rows]
        said = {given.values[str(value)] for value in values if str(value) in given.values}
        return said.pop() if len(said) == 1 else None

    def _fact(self, fact: FactMap, record: Record) -> Fact:
        if fact.column:
            value = self._as_fact(record.fields.get(fact.column))
            return f"P{value}{_UNIT[fact.unit]}" if fact.unit and value is not None else value
        there = fact.target
        assert there is not None  # FactMap holds exactly one of the two
        rows = self._matching(there, record, match=fact.match, where=fact.where)
        return aggregate(fact.operation or "", [row.get(there.column) for row in rows])

    def _as_fact(self, value: Any) -> Fact:
        if type(value) is not str:
            return as_fact(value)
        if value not in self._read:
            if len(self._read) >= REMEMBERED:
                self._read.clear()
            self._read[value] = as_fact(value)
        return self._read[value]

    def _matching(
        self, there: Target, record: Record, *, match: Mapping[str, str], where: Mapping[str, Any]
    ) -> list[Row]:
        here = record.fields
        return [
            row
            for row in self._rows.get(_place(there, record.source), [])
            if all(row.get(theirs) == here.get(ours) and here.get(ours) is not None for theirs, ours in match.items())
            and all(_holds(row.get(column), wanted) for column, wanted in where.items())
        ]


def _looks(collection: CollectionMap) -> Iterator[str]:
    """The columns of a row on which its facts and its subject hang."""
    for fact in collection.facts.values():
        yield from (fact.column,) if fact.column else fact.match.values()
    if given := collection.subject:
        yield from (given.column,) if given.column else given.match.values()


def _place(there: Target, source: str) -> tuple[str, str]:
    return (there.source or source, there.collection)


def _holds(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, tuple) else value == wanted


def as_fact(value: Any) -> Fact:
    """A JSON-safe value of a row as the law reads it: dates as dates, numbers as Decimal, text as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return Decimal(str(value))
    text = str(value)
    if found := _DATE.match(text):
        return date.fromisoformat(found[1])
    return Decimal(text) if _NUMBER.match(text) else text


def aggregate(operation: str, values: list[Any]) -> Fact:
    """max, min, sum, count or any over the values that are there; None where none is (count: 0, any: False)."""
    known = [fact for value in values if (fact := as_fact(value)) is not None]
    if operation == "count":
        return Decimal(len(known))
    if operation == "any":
        return any(bool(fact) for fact in known)
    if not known:
        return None
    if operation == "sum":
        return sum((_number(fact) for fact in known), Decimal(0))
    return max(known) if operation == "max" else min(known)  # type: ignore[type-var]


def _number(fact: Fact) -> Decimal:
    try:
        return Decimal(str(fact))
    except InvalidOperation:
        return Decimal(0)
