"""What was collected for a claim, read page by page, for the desk and the bundle; a plan reads the chunks alone."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.batch import Batch
from fulfilment import ledger
from fulfilment.collecting import blocks, chunks
from fulfilment.extract import shape
from fulfilment.extract.words import text
from fulfilment.models import Collected, Release, Step, Withholding
from law.decisions import GROUNDS
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Stage

Name = tuple[str, str, int]
"""(source, collection, number): names a record of a claim in its present round."""


@dataclass(frozen=True)
class TableView:
    """A table in the review: how many records, how many a reviewer must decide, how many are withheld."""

    source: str
    source_name: str
    collection: str
    label: str
    count: int
    shared: int
    undecided: int
    withheld: int


@dataclass(frozen=True)
class FieldView:
    name: str
    label: str
    text: str
    value: Any = field(repr=False)
    unmapped: bool
    ground: str  # empty: handed out


@dataclass(frozen=True)
class RecordView:
    """A record as the reviewer sees it. `state`: "" handed out | held (undecided) | released | withheld."""

    number: int
    state: str
    shared: bool
    ground: str
    path: tuple[str, ...]
    at: str
    fields: tuple[FieldView, ...]


class Decisions:
    """What reviewers decided about the records of a claim in its present round."""

    def __init__(self, claim: Claim) -> None:
        now_round = ledger.round_of(claim, Stage.REVIEW)
        self.withheld: dict[Name, dict[str, Withholding]] = {}
        for one in Withholding.objects.filter(claim=claim, round=now_round):
            self.withheld.setdefault((one.source, one.collection, one.number), {})[one.field] = one
        found = Release.objects.filter(claim=claim, round=now_round)
        self.released: set[Name] = set(found.values_list("source", "collection", "number"))

        self._numbers: dict[tuple[str, str], list[int]] = {}
        for source, collection, number in sorted({*self.withheld, *self.released}):
            self._numbers.setdefault((source, collection), []).append(number)

    def about(self, chunk: Collected) -> bool:
        """Whether anything was decided about a record of this chunk."""
        numbers = self._numbers.get((chunk.source, chunk.collection), [])
        place = bisect_left(numbers, chunk.first)
        return place < len(numbers) and numbers[place] < chunk.first + chunk.count

    def state(self, name: Name, *, shared: bool) -> str:
        if "" in self.withheld.get(name, {}):
            return "withheld"
        if shared:
            return "released" if name in self.released else "held"
        return ""


def tables(claim: Claim, *, language: str) -> list[TableView]:
    """Every table in which something was found, in the order of the company's map."""
    decided, ours = Decisions(claim), controller(claim.case.controller)
    views = []
    for (source, collection), found in _by_table(claim).items():
        system, label, _ = shape.named(ours, source, collection, language=language)
        withheld = sum("" in fields for name, fields in decided.withheld.items() if name[:2] == (source, collection))
        views.append(
            TableView(
                source, system, collection, label, sum(one.count for one in found), sum(one.shared for one in found),
                _held(decided, found), withheld,
            )
        )  # fmt: skip
    return views


def records(
    claim: Claim, *, source: str, collection: str, language: str, first: int = 0, count: int = 50
) -> list[RecordView]:
    """One page of a table; only the chunks it touches are opened."""
    decided, ours = Decisions(claim), controller(claim.case.controller)
    names, looks = seen(claim, source, collection)
    columns = shape.columns(ours, source, collection, names, language=language, looks=looks)
    found = [one for one in _by_table(claim).get((source, collection), []) if one.first < first + count]
    page = []
    for chunk in found:
        if chunk.first + chunk.count <= first:
            continue
        for number, line in chunks.read(chunk, first=first, count=count):
            name = (source, collection, number)
            page.append(_view(name, line, decided, columns, language=language, tz=ours.policy.tz))
    return page


def undecided(claim: Claim) -> int:
    """Records that also belong to somebody else and about which nobody has decided yet (Art. 15(4), 20(4))."""
    decided = Decisions(claim)
    return sum(_held(decided, found) for found in _by_table(claim).values())


def count(claim: Claim) -> int:
    return sum(chunk.count for chunk in chunks.of(claim))


def own(claim: Claim) -> int:
    """Records that are this person's alone."""
    return sum(chunk.count - chunk.shared for chunk in chunks.of(claim))


def extract(claim: Claim, *, taken: datetime | None = None) -> shape.Extract:
    """What may be handed out of the present round, as it is decided now."""
    case, decided = claim.case, Decisions(claim)
    ours, language = controller(case.controller), case.language
    tables = []
    for (source, collection), found in _by_table(claim).items():
        gone = _held(decided, found)
        gone += sum("" in fields for name, fields in decided.withheld.items() if name[:2] == (source, collection))
        total = sum(one.count for one in found) - gone
        if total:
            tables.append(_table(claim, decided, source, collection, found, total))
    at = taken or max((one.at for one in chunks.of(claim)), default=claim.stage_at)
    withheld = tuple(_withheld(ours, decided, language))
    return shape.Extract(ours, language, case.reference, claim.right, at, tuple(tables), withheld)


def seen(claim: Claim, source: str, collection: str) -> tuple[list[str], dict[str, str]]:
    """(columns seen while collecting, what they are) of a table."""
    now_round = ledger.round_of(claim, Stage.COLLECTING)
    step = Step.objects.filter(claim=claim, round=now_round, name="collect", source=source).first()
    table = (step.result if step else {}).get("tables", {}).get(collection, {})
    return list(table.get("columns", [])), dict(table.get("looks", {}))


def _table(
    claim: Claim, decided: Decisions, source: str, collection: str, found: list[Collected], total: int
) -> shape.Table:
    names, looks = seen(claim, source, collection)
    return shape.table(
        controller(claim.case.controller), source, collection, names=names, looks=looks, count=total,
        rows=shape.InBlocks(lambda: _blocks(decided, found)), language=claim.case.language,
    )  # fmt: skip


def _blocks(decided: Decisions, found: list[Collected]) -> Iterator[shape.Block]:
    """The rows of one table that may be handed out. Those nobody decided about are taken as they lie."""
    for chunk in found:
        untouched = not chunk.shared and not decided.about(chunk)
        for first, at, batch in chunks.batches(chunk):
            block = blocks.block(batch, first=first, at=at)
            if untouched:
                yield block
            else:
                yield from shape.grouped(_kept(decided, batch, block))


def _kept(decided: Decisions, batch: Batch, block: shape.Block) -> Iterator[shape.Row]:
    for row, shared in zip(block.rows(), batch.shared, strict=True):
        name = (batch.source, batch.collection, row.number)
        if decided.state(name, shared=shared) in ("", "released"):
            gone = frozenset(decided.withheld.get(name, ()))
            fields = {column: value for column, value in row.fields.items() if column not in gone}
            yield replace(row, fields=fields, withheld=gone)


def _by_table(claim: Claim) -> dict[tuple[str, str], list[Collected]]:
    """Chunks by table, in the order of the map; tables the map does not know last."""
    ours = controller(claim.case.controller)
    order = [(name, table) for name, source in ours.sources.items() for table in source.collections]
    found: dict[tuple[str, str], list[Collected]] = {}
    for chunk in chunks.of(claim):
        found.setdefault((chunk.source, chunk.collection), []).append(chunk)
    first = {place: found[place] for place in order if place in found}
    return first | {place: chunk for place, chunk in found.items() if place not in first}


def _held(decided: Decisions, found: Iterable[Collected]) -> int:
    """How many of these are somebody else's too and wait for a decision. Only chunks with decisions are opened."""
    held = 0
    for chunk in found:
        held += chunk.shared
        if chunk.shared and decided.about(chunk):
            place = (chunk.source, chunk.collection)
            held -= sum(decided.state((*place, number), shared=True) != "held" for number in chunks.shared(chunk))
    return held


def _view(
    name: Name, line: chunks.Line, decided: Decisions, columns: tuple[shape.Column, ...], *, language: str, tz: str
) -> RecordView:
    grounds: Mapping[str, Withholding] = decided.withheld.get(name, {})
    fields = tuple(
        FieldView(
            one.name, one.label, text(line["fields"].get(one.name), language=language, tz=tz, looks=one.looks),
            line["fields"].get(one.name), one.other, grounds[one.name].ground if one.name in grounds else "",
        )
        for one in columns
    )  # fmt: skip
    state = decided.state(name, shared=line["shared"])
    ground = grounds[""].ground if "" in grounds else ""
    return RecordView(name[2], state, line["shared"], ground, tuple(line["path"]), line["at"], fields)


def _withheld(ours: Any, decided: Decisions, language: str) -> Iterator[shape.Withheld]:
    """What is withheld, counted by table, field, ground and reason: never the content."""
    counts: dict[tuple[str, str, str, str, str], int] = {}
    for (source, collection, _), fields in decided.withheld.items():
        for name, one in fields.items():
            if name and "" in fields:
                continue
            kind = (source, collection, name, one.ground, one.reason)
            counts[kind] = counts.get(kind, 0) + 1
    for (source, collection, name, ground, reason), number in sorted(counts.items()):
        _, label, _ = shape.named(ours, source, collection, language=language)
        said = shape.columns(ours, source, collection, [name], language=language)[0].label if name else ""
        yield shape.Withheld(source, collection, label, said, number, ground, GROUNDS[ground].article, reason)
