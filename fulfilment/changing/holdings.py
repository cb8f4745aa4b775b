"""What every source holds for one kind of data, side by side (Art. 16). Reads only."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from connectors import maps
from connectors.base import Connector, Record
from connectors.errors import ConnectorError
from fulfilment import ledger
from fulfilment.collecting import chunks
from fulfilment.extract import shape
from fulfilment.extract.words import text
from fulfilment.models import Correction
from fulfilment.planning import restricted
from fulfilment.planning.fate import mark
from policies.columns import correctable
from policies.load import Controller
from policies.sources import MARKS
from requests_app import sources
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Stage

Name = tuple[str, str, int, str]
"""(source, collection, number, field): one value of one row of the present round."""

VOUCHERS = frozenset({"invoice", "voucher"})
"""They show what was agreed and paid at the time; bookkeeping forbids to rewrite them, so a new one is made instead."""
BY_HAND = frozenset({"no_key", "source_down", "not_provided", "generated_column", "read_only_column"})
"""Why a machine cannot, where a person still may, in the system itself."""
NO_CONTENT = frozenset({"key_column", "reference", "credential"})
"""Columns that address a row, tie it to another or open a door: they say nothing about the person."""


ALIKE = ("user.name", "user.contact.", "user.job_title", "user.workplace", "user.demographic.", "user.government_id")
"""Categories (fideslang) narrow enough to mean one thing in every system, whatever its column is called."""
TOGETHER = 20
"""More rows of a table than this that hold the same value are ticked as one: a form has its limits, and so a person."""


@dataclass(frozen=True)
class Holding:
    """One value of one row. `why_not`: code of what keeps a machine from changing it, empty where it can."""

    source: str
    system: str
    collection: str
    table: str
    number: int
    field: str
    label: str
    value: Any = field(repr=False)
    text: str = field(repr=False)
    shared: bool
    restricted: bool
    why_not: str
    record: Record = field(repr=False)
    correction: Correction | None = field(repr=False)

    @property
    def name(self) -> Name:
        return (self.source, self.collection, self.number, self.field)

    @property
    def id(self) -> str:
        return ":".join(map(str, self.name))

    @property
    def by_hand(self) -> bool:
        """Whether somebody may correct it in the system itself, since no machine can."""
        return self.why_not in BY_HAND


@dataclass(frozen=True)
class Unit:
    """What is ticked together: one row; or, where a table holds the same value very often, all of those rows."""

    id: str
    holdings: tuple[Holding, ...]

    @property
    def first(self) -> Holding:
        return self.holdings[0]


@dataclass(frozen=True)
class Kind:
    """All the person's values of one kind of data, such as the telephone number, in every source."""

    key: str
    label: str
    holdings: tuple[Holding, ...]

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The different values held, the one most rows hold first."""
        counted: dict[str, int] = {}
        for one in self.holdings:
            counted[one.text] = counted.get(one.text, 0) + 1
        return tuple(sorted(counted, key=lambda value: -counted[value]))

    @cached_property
    def table(self) -> str:
        """The table, where one alone holds it."""
        tables = {(one.source, one.collection): one.table for one in self.holdings}
        return next(iter(tables.values())) if len(tables) == 1 else ""

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        together: dict[tuple[Any, ...], list[Holding]] = {}
        for one in self.holdings:
            alike = (one.source, one.collection, one.field, one.text, one.shared, one.why_not, one.restricted)
            together.setdefault(alike, []).append(one)
        return tuple(unit for alike in together.values() for unit in _units(alike))

    @property
    def corrections(self) -> int:
        return sum(one.correction is not None for one in self.holdings)


def _units(alike: list[Holding]) -> Iterator[Unit]:
    if len(alike) <= TOGETHER:
        yield from (Unit(one.id, (one,)) for one in alike)
    else:
        yield Unit(f"{alike[0].id}:{len(alike)}", tuple(alike))


def kinds(claim: Claim, *, language: str) -> list[Kind]:
    """Every kind of personal data found, in the order of the company's map, each with what every source holds."""
    found: dict[str, list[Holding]] = {}
    with ExitStack() as stack:
        reader = _Reader(claim, language, stack)
        for number, record in records(claim):
            for key, one in reader.holdings(record, number):
                found.setdefault(key, []).append(one)
    return [Kind(key, holdings[0].label, tuple(holdings)) for key, holdings in found.items()]


def kind(claim: Claim, key: str, *, language: str) -> Kind | None:
    return next((one for one in kinds(claim, language=language) if one.key == key), None)


def of(claim: Claim) -> list[Correction]:
    """What staff want changed in the present round."""
    return list(claim.corrections.filter(round=ledger.round_of(claim, Stage.REVIEW)))


def records(claim: Claim) -> Iterator[tuple[int, Record]]:
    """(number within its table, record) of what was collected in the present round, in the order of the map."""
    order = {place[:2]: at for at, place in enumerate(controller(claim.case.controller).collections())}
    listed = sorted(chunks.of(claim), key=lambda one: (order.get((one.source, one.collection), len(order)), one.first))
    for chunk in listed:
        for number, line in chunks.read(chunk):
            yield number, Record(
                chunk.source, chunk.collection, line["key"], line["fields"], tuple(line["path"]), line["shared"],
                tuple(line["unmapped"]), line["fingerprint"],
            )  # fmt: skip


@dataclass(frozen=True)
class _Table:
    """A table in words: its system, its name, and each column with the kind it belongs to."""

    system: str
    label: str
    columns: tuple[tuple[str, shape.Column], ...]


class _Reader:
    """What the map and the sources say of each column; each source is opened once, and only asked."""

    def __init__(self, claim: Claim, language: str, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[str, Connector | None] = {}
        self._ours: Controller = controller(claim.case.controller)
        self._language, self._tz = language, self._ours.policy.tz
        self._held = restricted.marks_of_others(claim)
        self._maps = {key: maps.read(self._ours.datasets[one.dataset]) for key, one in self._ours.sources.items()}
        self._wanted = {(one.source, one.collection, one.number, one.field): one for one in of(claim)}
        self._why: dict[tuple[str, str, str], str] = {}
        self._tables: dict[tuple[str, str], _Table | None] = {}

    def holdings(self, record: Record, number: int) -> Iterator[tuple[str, Holding]]:
        """(kind, holding) of each personal value that says something about the person, keys and references left out."""
        place = (record.source, record.collection)
        if place not in self._tables:
            self._tables[place] = self._table(*place)
        table = self._tables[place]
        if table is None:
            return
        resting = bool(self._held) and mark(record) in self._held
        for key, column in table.columns:
            value = record.fields.get(column.name)
            why_not = self._why[*place, column.name] or ("no_key" if record.key is None else "")
            yield key, Holding(
                record.source, table.system, record.collection, table.label, number, column.name, column.label, value,
                text(value, language=self._language, tz=self._tz), record.shared, resting, why_not, record,
                self._wanted.get((*place, number, column.name)),
            )  # fmt: skip

    def _table(self, source: str, collection: str) -> "_Table | None":
        table = self._maps[source].collections.get(collection)
        meaning = self._ours.sources[source].collections.get(collection)
        if table is None or meaning is None:
            return None
        system, label, _ = shape.named(self._ours, source, collection, language=self._language)
        marks = {column for name in MARKS if (how := meaning.mark(name)) for column in how.columns}
        names = [
            name for name, one in table.fields.items()
            if _says_something(one) and name in meaning.fields and name not in marks
        ]  # fmt: skip
        for name in names:
            self._why[source, collection, name] = self._of_column(source, collection, name)
        names = [name for name in names if self._why[source, collection, name] not in NO_CONTENT]
        columns = shape.columns(self._ours, source, collection, names, language=self._language)
        return _Table(system, label, tuple((_kind_of(table.fields[one.name]), one) for one in columns))

    def _of_column(self, source: str, collection: str, column: str) -> str:
        meaning = self._ours.sources[source].collections[collection]
        if meaning.kind_of(column) in VOUCHERS:
            return "voucher"
        try:
            connector = self._connector(source)
            why = connector.why_not(collection, column) if connector else "source_down"
        except ConnectorError:
            self._open[source], why = None, "source_down"
        if why:
            return why
        return "" if column in correctable(self._ours, source, collection) else "not_provided"

    def _connector(self, source: str) -> Connector | None:
        """Opened once, and asked no more once it did not answer."""
        if source not in self._open:
            connector = sources.open_one(self._ours, source)
            self._stack.callback(connector.close)
            self._open[source] = connector
        return self._open[source]


def _kind_of(one: maps.FieldMap) -> str:
    """What belongs side by side: the same contact data wherever it lies; of anything broader, the same field."""
    category = one.categories[0]
    return category if category.startswith(ALIKE) else f"{category}.{one.name}"


def _says_something(one: maps.FieldMap) -> bool:
    """Personal, and not what addresses the row, ties it to others or opens a door."""
    return one.personal and not one.primary_key and not one.references and not one.credential
