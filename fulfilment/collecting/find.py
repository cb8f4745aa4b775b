"""From who the person is to their records: the identity asked with, the sources opened, and what is held for a person.

Used by the steps of a case and by the operators' commands alike.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from connectors import walk
from connectors.ambiguity import Ambiguity
from connectors.base import Connector, Finding, Identity, Record
from connectors.batch import Batch
from connectors.errors import ConnectorError
from connectors.gaps import Overlooking
from connectors.seen import Seen
from law.identification import Means
from policies.load import Controller
from requests_app import proofs, sources
from requests_app.models import Case

UNPROVED = "by what was given, not proved"
"""Stands first in the path of a record that only an identifier nobody proved leads to."""
Looks = dict[tuple[str, str], dict[str, str]]
KINDS = ("phone", "customer_no", "order_no")


@dataclass
class Notes:
    """What a search tells beside the records, in names and counts: complete once the last record was read.

    `gaps`: what the map names and is not there. `overlooked`: tables no map names that point at tables with records.
    `ambiguous`: two people who fit.
    """

    gaps: list[Finding] = field(default_factory=list)
    overlooked: list[Finding] = field(default_factory=list)
    ambiguous: list[Ambiguity] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "gaps": [one.to_json() for one in dict.fromkeys(self.gaps)],
            "overlooked": [one.to_json() for one in self.overlooked],
            "ambiguous": list({(one.source, one.collection): one.to_json() for one in self.ambiguous}.values()),
        }


def proved(case: Case) -> Identity:
    """The address that proved itself: by the link to it, by answering the confirmation, by a log-in that names it; and
    the customer number such a log-in names. Nothing else is proved.

    Whoever showed a passport has proved a name, not the address typed into the form.
    """
    email = str(case.person.get("email") or "")
    by_link = case.events.filter(kind="identity_passed", data__means=Means.email_link).exists()
    own = {"email": (email,)} if case.email_confirmed_at or by_link or proofs.holds(case, "email") else {}
    number = {"customer_no": (str(case.person["customer_no"]),)} if proofs.holds(case, "customer_no") else {}
    return Identity({**own, **number})


def given(person: Mapping[str, Any]) -> Identity:
    """Every identifier the person gave (R-21: a search on the verified profile alone misses data)."""
    emails = (person.get("email") or "", *(person.get("other_emails") or ()))
    return Identity({"email": emails} | {kind: (str(person.get(kind) or ""),) for kind in KINDS})


def batches(
    ours: Controller, *, proved: Identity, given: Identity, source: str | None = None, without: set[str] | None = None,
    looks: Looks | None = None, notes: Notes | None = None,
) -> Iterator[Batch]:  # fmt: skip
    """The person's rows in one source, or in all. `without` is filled with the other sources that did not answer,
    `looks` with what the columns of each table met are, before its first row, `notes` with what else was seen.

    What only an unproved identifier leads to is marked shared: a reviewer looks before it is handed out, since anybody
    can write a neighbour's customer number into a form. Raises ConnectorError of the source asked for.
    """
    with ExitStack() as stack:
        readers, dataset = _open(ours, stack=stack, source=source, without=without)
        notes = notes or Notes()
        asked: dict[str, Any] = {"only": {dataset}} if source else {}
        asked["gaps"] = lambda name, one: notes.gaps.append(one) if source in (None, name) else None
        asked["ambiguous"] = lambda one: notes.ambiguous.append(one) if source in (None, one.source) else None

        def lost(error: ConnectorError) -> None:
            if without is None or error.source in ("", source):
                raise error
            without.add(error.source)

        by_name = {reader.source: reader for reader in readers}
        told = {} if looks is None else looks
        wider = given.values != proved.values
        seen = Seen()
        for batch in walk.batches(readers, proved, on_error=lost, **asked):
            if wider:
                for mark in _marks(batch):
                    seen.add(mark)
            _look(told, by_name, batch)
            yield batch
        for batch in walk.batches(readers, given, on_error=lost, **asked) if wider else ():
            if some := batch.picked([mark not in seen for mark in _marks(batch)]):
                _look(told, by_name, some)
                yield some.held([True] * len(some), behind=(UNPROVED,))
        for name in {place for place, _ in told}:
            reader = by_name[name]
            if isinstance(reader, Overlooking):
                notes.overlooked += reader.overlooked({table for place, table in told if place == name})


def records(ours: Controller, **how: Any) -> Iterator[Record]:
    """The same, one by one."""
    return (record for batch in batches(ours, **how) for record in batch.records())


def _look(told: Looks, by_name: Mapping[str, Connector], batch: Batch) -> None:
    place = (batch.source, batch.collection)
    if place not in told:
        told[place] = by_name[batch.source].looks(batch.collection)


def _marks(batch: Batch) -> Iterator[str]:
    return (f"{mark} {batch.source} {batch.collection}" for mark in batch.marks())


def _open(
    ours: Controller, *, stack: ExitStack, source: str | None, without: set[str] | None
) -> tuple[list[Connector], str]:
    """Connectors of all sources, closed with `stack`, and the dataset of the one asked for."""
    opened = []
    for name in ours.sources:
        try:
            connector = sources.open_one(ours, name)
        except ConnectorError:
            if without is None or name == source:
                raise
            without.add(name)
            continue
        stack.callback(connector.close)
        opened.append(connector)
    return opened, ours.sources[source].dataset if source else ""
