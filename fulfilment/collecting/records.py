"""What was collected for a claim, read page by page, for the desk and the bundle; a plan reads the chunks alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fulfilment import ledger
from fulfilment.collecting import chunks
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
        held = [name for name in _shared(found) if decided.state(name, shared=True) == "held"]
        system, label, _ = shape.named(ours, source, collection, language=language)
        withheld = sum("" in fields for name, fields in decided.withheld.items() if name[:2] == (source, collection))
        views.append(
            TableView(
                source, system, collection, label, sum(one.count for one in found), sum(one.shared for one in found),
                len(held), withheld,
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
        for number, line in chunks.read(chunk):
            if first <= number < first + count:
                name = (source, collection, number)
                page.append(_view(name, line, decided, columns, language=language, tz=ours.policy.tz))
    return page


def undecided(claim: Claim) -> int:
    """Records that also belong to somebody else and about which nobody has decided yet (Art. 15(4), 20(4))."""
    decided = Decisions(claim)
    chunked = _by_table(claim).values()
    return sum(decided.state(name, shared=True) == "held" for found in chunked for name in _shared(found))


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
        gone = sum(decided.state(name, shared=True) == "held" for name in _shared(found))
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
        rows=lambda: _rows(decided, source, collection, found), language=claim.case.language,
    )  # fmt: skip


def _rows(decided: Decisions, source: str, collection: str, found: Iterable[Collected]) -> Iterator[shape.Row]:
    for chunk in found:
        for number, line in chunks.read(chunk):
            name = (source, collection, number)
            if decided.state(name, shared=line["shared"]) in ("", "released"):
                gone = frozenset(decided.withheld.get(name, {}))
                kept = {column: value for column, value in line["fields"].items() if column not in gone}
                yield shape.Row(number, line["key"], line["at"], tuple(line["path"]), kept, gone)


def _by_table(claim: Claim) -> dict[tuple[str, str], list[Collected]]:
    """Chunks by table, in the order of the map; tables the map does not know last."""
    ours = controller(claim.case.controller)
    order = [(name, table) for name, source in ours.sources.items() for table in source.collections]
    found: dict[tuple[str, str], list[Collected]] = {}
    for chunk in chunks.of(claim):
        found.setdefault((chunk.source, chunk.collection), []).append(chunk)
    first = {place: found[place] for place in order if place in found}
    return first | {place: chunk for place, chunk in found.items() if place not in first}


def _shared(found: Iterable[Collected]) -> Iterator[Name]:
    """Names of the shared records; chunks without any stay closed."""
    for chunk in found:
        if chunk.shared:
            yield from ((chunk.source, chunk.collection, no) for no, line in chunks.read(chunk) if line["shared"])


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
