"""What every source holds for one kind of data, side by side, and what staff want it to hold instead (Art. 16).

The only writer of `Correction`. Nothing here writes a source: `rectification` freezes and carries out.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction

from connectors import maps
from connectors.base import Action, Connector, Instruction, Record
from connectors.errors import ConnectorError
from fulfilment import changes, chunks, ledger, restricted
from fulfilment.extract import shape
from fulfilment.extract.words import text
from fulfilment.fate import mark
from fulfilment.models import Correction
from law.reasons import Reason
from policies.columns import correctable
from policies.load import Controller
from policies.sources import MARKS
from requests_app import events, sources
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Actor, Stage

Place = tuple[str, str]
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


class NotNow(Exception):
    """It does not fit: `code` is stage, rows, same, or what a source says of the value; `column` in words."""

    def __init__(self, code: str, column: str = "") -> None:
        super().__init__(code)
        self.code, self.column = code, column


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
        for number, record in _records(claim):
            for key, one in reader.holdings(record, number):
                found.setdefault(key, []).append(one)
    return [Kind(key, holdings[0].label, tuple(holdings)) for key, holdings in found.items()]


def kind(claim: Claim, key: str, *, language: str) -> Kind | None:
    return next((one for one in kinds(claim, language=language) if one.key == key), None)


def of(claim: Claim) -> list[Correction]:
    """What staff want changed in the present round."""
    return list(claim.corrections.filter(round=ledger.round_of(claim, Stage.REVIEW)))


def propose(claim: Claim, chosen: Kind, *, new: str, at: Collection[str], user: Any, now: datetime) -> int:
    """Enter the new value once, for what is ticked (`Unit.id`); what is not ticked keeps what it holds.

    Asks each source whether it would take the value. Raises `NotNow`, and then nothing is kept; `ConnectorError`.
    """
    ids = set(at)
    ticked = [one for unit in chosen.units if unit.id in ids for one in unit.holdings]
    if not ticked or any(one.why_not and not one.by_hand for one in ticked):
        raise NotNow("rows")
    value: str | None = new.strip() or None
    if all(one.text == value for one in ticked):
        raise NotNow("same")
    _would_take(claim, [one for one in ticked if not one.by_hand], value)
    round = ledger.round_of(claim, Stage.REVIEW)
    with transaction.atomic():
        if not Claim.objects.select_for_update().filter(pk=claim.pk, stage=Stage.REVIEW).exists():
            raise NotNow("stage")
        _drop(claim, chosen, round)
        Correction.objects.bulk_create([
            Correction(claim=claim, round=round, source=one.source, collection=one.collection, number=one.number,
                       field=one.field, old=one.value, new=value, by_hand=one.by_hand, by=user, at=now)
            for one in ticked
        ])  # fmt: skip
        data = {"count": len(ticked)}
        events.record(claim.case, "correction_proposed", now=now, actor=Actor.STAFF, user=user, claim=claim, data=data)
    return len(ticked)


def forget(claim: Claim, chosen: Kind, *, user: Any, now: datetime) -> int:
    """Nothing of this kind is to be changed after all. Raises `NotNow`."""
    with transaction.atomic():
        if not Claim.objects.select_for_update().filter(pk=claim.pk, stage=Stage.REVIEW).exists():
            raise NotNow("stage")
        count = _drop(claim, chosen, ledger.round_of(claim, Stage.REVIEW))
        if count:
            data = {"count": count}
            events.record(
                claim.case, "correction_dropped", now=now, actor=Actor.STAFF, user=user, claim=claim, data=data
            )
    return count


def instructions(
    claim: Claim, wanted: Iterable[Correction]
) -> tuple[list[Instruction], list[tuple[Correction, Record]]]:
    """(one SET a row, each correction with its row as it is now). Raises `NotNow("outdated")` where a value changed.

    What was shown to staff must still be there: else they would overwrite what nobody has seen (Art. 5(1)(d)).
    """
    wanted = list(wanted)
    places: dict[tuple[str, str, int], list[Correction]] = {}
    for one in wanted:
        places.setdefault((one.source, one.collection, one.number), []).append(one)
    now_there = _present(claim, places)
    told, rows = [], []
    for place, mine in places.items():
        record = now_there.get(place)
        for one in mine:
            if record is None or _written(record.fields.get(one.field)) not in (_written(one.old), _written(one.new)):
                raise NotNow("outdated")
            rows.append((one, record))
        values = {one.field: one.new for one in mine if not one.by_hand}
        if values and record is not None:
            told.append(_set(record, values))
    return told, rows


def _written(value: Any) -> str:
    """A value as somebody would type it: 12 in a row is "12" in a form."""
    return "" if value is None else str(value)


def _set(record: Record, values: dict[str, Any]) -> Instruction:
    why = (Reason("decision.granted", "Art. 16 GDPR"),)
    return Instruction(
        record.source, record.collection, record.key, record.fingerprint, Action.SET, reasons=why, values=values
    )


def _present(claim: Claim, places: Collection[tuple[str, str, int]]) -> dict[tuple[str, str, int], Record]:
    """The rows named, as they are now; those without a key as they were collected."""
    found = {
        (one.source, one.collection, number): one
        for number, one in _records(claim)
        if (one.source, one.collection, number) in places
    }
    by_mark: dict[str, list[tuple[str, str, int]]] = {}
    for place, one in found.items():  # rows without a key may be each other's likeness
        by_mark.setdefault(mark(one), []).append(place)
    fresh = changes.present(controller(claim.case.controller), found.values())
    return {place: one for one in fresh for place in by_mark[mark(one)]}


def _would_take(claim: Claim, ticked: list[Holding], value: str | None) -> None:
    """Let each source check the value against its columns before it is kept."""
    told = [_set(one.record, {one.field: value}) for one in ticked]
    for _instruction, finding in changes.would_refuse(controller(claim.case.controller), told):
        label = next((one.label for one in ticked if one.field == finding.column), finding.column)
        raise NotNow(finding.code, label)


def _drop(claim: Claim, chosen: Kind, round: int) -> int:
    names = {one.name for one in chosen.holdings}
    mine = [
        one.pk for one in claim.corrections.filter(round=round)
        if (one.source, one.collection, one.number, one.field) in names
    ]  # fmt: skip
    return Correction.objects.filter(pk__in=mine).delete()[0]


def _records(claim: Claim) -> Iterator[tuple[int, Record]]:
    """(number within its table, record) of what was collected in the present round, in the order of the map."""
    order = {place[:2]: at for at, place in enumerate(controller(claim.case.controller).collections())}
    listed = sorted(chunks.of(claim), key=lambda one: (order.get((one.source, one.collection), len(order)), one.first))
    for chunk in listed:
        for number, line in chunks.read(chunk):
            yield number, Record(
                chunk.source, chunk.collection, line["key"], line["fields"], tuple(line["path"]), line["shared"],
                tuple(line["unmapped"]), line["fingerprint"],
            )  # fmt: skip


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

    def holdings(self, record: Record, number: int) -> Iterator[tuple[str, Holding]]:
        """(kind, holding) of each personal value that says something about the person, keys and references left out."""
        table = self._maps[record.source].collections.get(record.collection)
        meaning = self._ours.sources[record.source].collections.get(record.collection)
        if table is None or meaning is None:
            return
        system, label, _ = shape.named(self._ours, record.source, record.collection, language=self._language)
        marks = {column for mark_name in MARKS if (how := meaning.mark(mark_name)) for column in how.columns}
        names = [
            name for name, one in table.fields.items()
            if _says_something(one) and name in meaning.fields and name not in marks
        ]  # fmt: skip
        columns = shape.columns(self._ours, record.source, record.collection, names, language=self._language)
        for column in columns:
            why_not = self._why_not(record, column.name)
            if why_not in NO_CONTENT:
                continue
            value = record.fields.get(column.name)
            yield _kind_of(table.fields[column.name]), Holding(
                record.source, system, record.collection, label, number, column.name, column.label, value,
                text(value, language=self._language, tz=self._tz), record.shared, mark(record) in self._held,
                why_not, record,
                self._wanted.get((record.source, record.collection, number, column.name)),
            )  # fmt: skip

    def _why_not(self, record: Record, column: str) -> str:
        place = (record.source, record.collection, column)
        if place not in self._why:
            self._why[place] = self._of_column(*place)
        return self._why[place] or ("no_key" if record.key is None else "")

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
