"""What a reviewer must know beside the records: two who fit, what the map names in vain, tables it does not name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fulfilment import ledger
from fulfilment.collecting import chunks
from fulfilment.collecting.find import UNPROVED
from fulfilment.collecting.records import Decisions, Name
from fulfilment.models import Step
from requests_app.models import Claim
from requests_app.states import Stage


@dataclass(frozen=True)
class Person:
    """One of several who fit: the root rows that are theirs, and how many records hang on them."""

    number: int
    root: str  # "email = shop/customers.email[id=17]"
    proved: bool
    records: int
    undecided: int
    held: Mapping[tuple[str, str], tuple[int, ...]] = field(repr=False)  # (source, collection) to undecided numbers


@dataclass(frozen=True)
class Noted:
    """Findings as {"source", "code", "table", "column", "detail"}; ambiguous as {"source", "collection", "roots",
    "people"}."""

    gaps: list[dict[str, Any]]
    overlooked: list[dict[str, Any]]
    ambiguous: list[dict[str, Any]]


def of(claim: Claim) -> Noted:
    """Of the round that was collected."""
    now_round = ledger.round_of(claim, Stage.COLLECTING)
    steps = list(Step.objects.filter(claim=claim, round=now_round, name="collect").order_by("source"))

    def told(kind: str) -> list[dict[str, Any]]:
        return [{"source": step.source, **one} for step in steps for one in step.result.get(kind, ())]

    return Noted(told("gaps"), told("overlooked"), told("ambiguous"))


def people(claim: Claim, noted: Noted) -> list[Person]:
    """Records by the root row they hang on, where two people fit; every record is named once. Reads the records."""
    places = {(one["source"], one["collection"]) for one in noted.ambiguous}
    if not places:
        return []
    decided, found = Decisions(claim), dict[tuple[str, bool], dict[Name, bool]]()
    for chunk in chunks.of(claim):
        for number, line in chunks.read(chunk):
            path = tuple(line["path"])
            root, proved = (path[1], False) if path[0] == UNPROVED else (path[0], True)
            if _place(root) in places:
                name = (chunk.source, chunk.collection, number)
                held = decided.state(name, shared=line["shared"]) == "held"
                found.setdefault((root, proved), {})[name] = held
    return [_person(place, *key, names) for place, (key, names) in enumerate(found.items(), 1)]


def _place(root: str) -> tuple[str, str]:
    """ "email = shop/customers.email[id=17]" -> ("shop", "customers")."""
    source, _, rest = root.partition(" = ")[2].partition("/")
    return source, rest.partition("[")[0].rpartition(".")[0]


def _person(number: int, root: str, proved: bool, names: Mapping[Name, bool]) -> Person:
    tables: dict[tuple[str, str], list[int]] = {}
    for source, collection, one in (name for name, held in names.items() if held):
        tables.setdefault((source, collection), []).append(one)
    return Person(number, root, proved, len(names), sum(names.values()),
                  {place: tuple(numbers) for place, numbers in tables.items()})  # fmt: skip
