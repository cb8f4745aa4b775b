"""One page of a table found and decided: row by row, or person by person with all they have at the company."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date

from connectors import walk
from connectors.base import Connector, Record, SourcePlan
from connectors.graph import Graph
from fulfilment.facts import FactBook
from fulfilment.routine.hoard import Hoard, Prefetch
from fulfilment.routine.lanes import Lanes, Place, lanes, node_of
from fulfilment.routine.people import Kin
from fulfilment.routine.verdicts import Bench, Verdict, careful, refuse
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
        self.lanes: Lanes = lanes(company, self._graph(self.hoards()))

    def hoards(self) -> dict[str, Hoard]:
        return {connector.map.name: Hoard(connector) for connector in self.connectors.values()}

    def bench(self, *, on: date, frozen: set[str]) -> Bench:
        return Bench(self.company, on=on, frozen=frozen, sources=self.connectors)

    def by_row(self, page: Iterable[Record], *, bench: Bench) -> list[Verdict]:
        return [bench.verdict(record, book=bench.nothing_else) for record in page]

    def by_person(self, page: Sequence[Record], *, place: Place, bench: Bench) -> list[Verdict]:
        """Every row of tables decided person by person that the people of this page have, each once."""
        hoards = self.hoards()
        graph = self._graph(hoards)
        kin = Kin(graph, hoards, seeds=[node_of(self.company, seed) for seed in self.lanes.seeds])
        people = kin.people(page, node=node_of(self.company, place))
        Prefetch(graph, hoards).run([person.values for person in people])
        mine, found = frozenset(self.lanes.people), dict[str, Verdict]()
        for person in people:
            records = list(walk.find(list(hoards.values()), person))
            book = FactBook(self.company)
            for record in records:
                book.add(record)
            for record in records:
                if (record.source, record.collection) in mine:
                    verdict = bench.verdict(record, book=book)
                    known = found.get(verdict.mark)
                    found[verdict.mark] = careful(known, verdict) if known else verdict
        return list(found.values())

    def freeze(self, verdicts: Iterable[Verdict]) -> tuple[list[Verdict], list[SourcePlan]]:
        """One plan a source, checked against its live schema; what it would not take is told. Reads only."""
        verdicts, planned, refused = list(verdicts), [], set()
        by_source: dict[str, list[Verdict]] = {}
        for one in verdicts:
            if one.instruction:
                by_source.setdefault(one.place[0], []).append(one)
        for source, ones in sorted(by_source.items()):
            plan = self.connectors[source].plan([one.instruction for one in ones if one.instruction])
            refused |= {(item.source, item.collection, item.fingerprint, item.key_digest) for item in plan.refused}
            planned.append(SourcePlan(source, plan.instructions))
        return [refuse(one) if _place_of(one) in refused else one for one in verdicts], [
            plan for plan in planned if plan.instructions
        ]

    def _graph(self, hoards: Mapping[str, Hoard]) -> Graph:
        return Graph(hoards)


def _place_of(one: Verdict) -> tuple[str, str, str, str] | None:
    item = one.instruction
    return (item.source, item.collection, item.fingerprint, item.key_digest) if item else None


@contextmanager
def floor(company: Controller) -> Iterator[Floor]:
    """Raises ConnectorError of the first source that cannot be opened."""
    with ExitStack() as stack:
        opened = {}
        for name in company.sources:
            connector = sources.open_one(company, name)
            stack.callback(connector.close)
            opened[name] = connector
        yield Floor(company, opened)
