"""One page of a table found and decided: row by row, or person by person with all they have at the company."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from typing import Self

from connectors import walk
from connectors.base import Action, Connector, Instruction, Record, SourcePlan
from connectors.graph import Graph
from fulfilment.planning import frozen
from fulfilment.routine.cutoffs import Asking
from fulfilment.routine.hoard import Hoard, Prefetch
from fulfilment.routine.lanes import Lanes, Place, lanes, node_of
from fulfilment.routine.people import Kin
from fulfilment.routine.sparing import Feeds, spare
from fulfilment.routine.verdicts import AFTER, Bench, Verdict, careful, refuse
from policies.load import Controller
from requests_app import sources

ROWS, PEOPLE = 2000, 100
"""Rows a page: of tables that are decided row by row, and of tables people are looked up in."""


class Floor:
    """All sources of a company, open for one page; what is asked of a page is asked here.

    Raises ConnectorError: with a source missing nobody can say that a person has nothing else.
    """

    def __init__(self, company: Controller, connectors: Mapping[str, Connector]) -> None:
        self.company, self.connectors = company, connectors
        abilities = {name: connector.abilities for name, connector in connectors.items()}
        self.lanes: Lanes = lanes(company, Graph(self.hoards()), abilities=abilities)
        self._feeds = Feeds.read(company)
        self._asking: dict[tuple[Place, date], Asking] = {}

    def asking(self, place: Place, *, on: date) -> Asking:
        """The rules of one table, with all they have answered so far."""
        known = self._asking.get((place, on))
        if known is None:
            bench = self.bench(on=on, frozen=set())
            known = self._asking[place, on] = Asking(self.company, place, self.connectors[place[0]], bench)
        return known

    def hoards(self) -> dict[str, Hoard]:
        return {connector.map.name: Hoard(connector) for connector in self.connectors.values()}

    def bench(self, *, on: date, frozen: set[str]) -> Bench:
        return Bench(self.company, on=on, frozen=frozen, sources=self.connectors)

    def by_row(self, page: Iterable[Record], *, bench: Bench) -> list[Verdict]:
        return [bench.verdict(record, book=bench.nothing_else) for record in page]

    def by_person(self, page: Sequence[Record], *, place: Place, bench: Bench) -> list[Verdict]:
        """Every row of tables decided person by person that the people of this page have, each once."""
        hoards = self.hoards()
        graph = Graph(hoards)
        kin = Kin(graph, hoards, seeds=[node_of(self.company, seed) for seed in self.lanes.seeds])
        people = kin.people(page, node=node_of(self.company, place))
        Prefetch(graph, hoards).run([person.values for person in people])
        mine, found = frozenset(self.lanes.people), dict[str, Verdict]()
        for person in people:
            records = list(walk.find(list(hoards.values()), person, graph=graph))
            book = bench.book(records)
            judged = [bench.verdict(one, book=book) for one in records if (one.source, one.collection) in mine]
            own = {verdict.mark: verdict for verdict in judged}
            for key, verdict in spare(records, own, bench=bench, book=book, feeds=self._feeds).items():
                found[key] = careful(found[key], verdict) if key in found else verdict
        return list(found.values())

    def freeze(self, verdicts: Iterable[Verdict]) -> tuple[list[Verdict], list[SourcePlan], list[SourcePlan]]:
        """(verdicts, plans, plans that wait): one of each a source, checked against its live schema. Reads only.

        A row that others still point at waits until those have gone, in the same run if it is their time, too. Anything
        else a source would not take is left to a person.
        """
        verdicts = list(verdicts)
        by_source: dict[str, dict[str, Instruction]] = {}
        for one in verdicts:
            if one.instruction:
                by_source.setdefault(one.place[0], {})[one.mark] = one.instruction
        planned, waiting, ids, waits_for = [], [], set[str](), set[str]()
        for source, ones in sorted(by_source.items()):
            plan, waits = checked(self.connectors[source], list(ones.values()))
            planned.append(plan)
            waiting.append(waits)
            ids |= {item.key_digest for item in plan.instructions}
            waits_for |= {item.key_digest for item in waits.instructions}

        def told(one: Verdict) -> Verdict:
            if one.instruction is None or one.instruction.key_digest in ids:
                return one
            return replace(one, why=AFTER) if one.instruction.key_digest in waits_for else refuse(one)

        return (
            [told(one) for one in verdicts],
            [one for one in planned if one.instructions],
            [one for one in waiting if one.instructions],
        )


def checked(connector: Connector, instructions: Sequence[Instruction]) -> tuple[SourcePlan, SourcePlan]:
    """What the source would take now, and what it would take once the rows that point at it have gone."""
    plan = connector.plan(instructions)
    pointed_at = {finding.table for finding in plan.findings if finding.code in ("referenced", "would_cascade")}
    waits = [item for item in plan.refused if item.action is Action.ERASE and item.collection in pointed_at]
    return SourcePlan(connector.source, plan.instructions), SourcePlan(connector.source, tuple(waits))


class Hand:
    """What a worker keeps open from page to page: the sources of the company it works for, looked at once.

    A source that failed is opened anew for the next page.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._floor: tuple[str, Floor] | None = None
        self._frozen: tuple[object, set[str]] | None = None

    def frozen(self, slug: str) -> set[str]:
        """`frozen.marks` as they are now; read anew only where something has happened since. ConnectorError."""
        now = (slug, *frozen.signature(slug))
        if self._frozen is None or self._frozen[0] != now:
            self._frozen = (now, frozen.marks(slug))
        return self._frozen[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._floor = None
        self._stack.close()

    @contextmanager
    def floor(self, company: Controller) -> Iterator[Floor]:
        """Raises ConnectorError of the first source that cannot be opened."""
        if self._floor is None or self._floor[0] != company.digest:
            self.__exit__()
            self._floor = (company.digest, self._open(company))
        try:
            yield self._floor[1]
        except BaseException:
            self.__exit__()
            raise

    def _open(self, company: Controller) -> Floor:
        opened = {}
        for name in company.sources:
            connector = sources.open_one(company, name)
            self._stack.callback(connector.close)
            opened[name] = connector
        return Floor(company, opened)
