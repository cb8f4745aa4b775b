"""How each table is decided: by the row alone, or with everything else a person has at the company."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from connectors.base import Ability
from connectors.graph import Graph, Node
from law.rules import Rule
from policies.load import Controller
from policies.sources import CollectionMap, target

Place: TypeAlias = tuple[str, str]  # source, collection


@dataclass(frozen=True)
class Lanes:
    """`rows`: tables whose rows tell all the rules ask, and whose going changes nothing for any other row.

    `people`: the others. `seeds`: where people are looked up. `by_hand`: tables no machine can go through, in a mailbox
    or with a person, and those judged by what nobody can be asked for.
    """

    rows: tuple[Place, ...]
    people: tuple[Place, ...]
    seeds: tuple[Place, ...]
    by_hand: tuple[Place, ...]


def lanes(company: Controller, graph: Graph, *, abilities: Mapping[str, Collection[Ability]]) -> Lanes:
    """Every table of the map in its lane. The graph holds all sources of the company; `abilities`: what each can."""
    rules = company.policy.law_rules()
    every = [(source, name) for source, given in company.sources.items() for name in given.collections]
    silent = {place for place in every if not _is_found(company, place, abilities)}
    scanned = {place for place in every if place not in silent and Ability.SCAN in abilities[place[0]]}
    places = [place for place in every if place not in silent]
    feeding = _feeding(company)
    alone = tuple(
        place for place in places
        if place in scanned
        and _tells_all(table := company.sources[place[0]].collections[place[1]], rules)
        and (place not in feeding or _is_duty(table, rules))
    )  # fmt: skip
    people = tuple(place for place in places if place not in alone)
    seeds = tuple(place for place in _seeds(company, graph, frozenset(people)) if place in scanned)
    return Lanes(alone, people, seeds, tuple(place for place in every if place not in scanned))


def _is_found(company: Controller, place: Place, abilities: Mapping[str, Collection[Ability]]) -> bool:
    """Whether a person's rows are found there, and in every table they are judged by: a debt nobody can be asked for is
    not taken for none.
    """
    table = company.sources[place[0]].collections[place[1]]
    return all(Ability.FIND in abilities[source] for source, _ in (place, *read_from(place, table)))


def _tells_all(table: CollectionMap, rules: tuple[Rule, ...]) -> bool:
    """Whether every fact is a column of the row itself, and so is whose it is, where a rule asks that at all."""
    if not all(fact.column for fact in table.facts.values()):
        return False
    whose = table.subject is None or not table.subject.from_
    return whose or not any(rule.subjects for rule in rules if table.kinds() & set(rule.data))


def _feeding(company: Controller) -> set[Place]:
    """Tables that rows of other tables are judged by: the day of an order decides about the customer."""
    return {
        other
        for source, given in company.sources.items()
        for name, table in given.collections.items()
        for other in read_from((source, name), table)
    }


def _is_duty(table: CollectionMap, rules: tuple[Rule, ...]) -> bool:
    """What a statute lets nobody keep longer goes whatever is counted from it (R-53)."""
    return any(rule.status == "statute" and table.kind in rule.data for rule in rules)


def read_from(place: Place, table: CollectionMap) -> dict[Place, frozenset[str]]:
    """Columns of other tables that the facts of this one are read from."""
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


def _seeds(company: Controller, graph: Graph, people: frozenset[Place]) -> Iterator[Place]:
    """Tables that name a person and hold, or lead to, what can only be decided person by person.

    Rows without a key cannot be gone through; staff are not the people this is about (C-579/21).
    """
    for place in ((source, name) for source, given in company.sources.items() for name in given.collections):
        node = node_of(company, place)
        if not graph.has(node) or not graph.is_person(node) or graph.is_staff(node):
            continue
        if not graph.readers[node[0]].key_columns(node[1]):
            continue
        ends = (step.end for step in graph.steps.get(node, ()) if not step.up)
        if place in people or any(_place_of(company, end) in people for end in ends):
            yield place


def node_of(company: Controller, place: Place) -> Node:
    return company.sources[place[0]].dataset, place[1]


def _place_of(company: Controller, node: Node) -> Place | None:
    return next(((key, node[1]) for key, given in company.sources.items() if given.dataset == node[0]), None)
