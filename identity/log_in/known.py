"""What the sources hold that a log-in can be compared with, found by the identifiers of the case. Read-only."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

from connectors import walk
from connectors.base import Connector, Identity, Record
from identity.log_in.assertion import Row, day
from identity.lookup import identities
from policies.load import Controller
from requests_app import sources
from requests_app.controllers import controller
from requests_app.models import Case
from requests_app.proofs import fold

NAME, BORN = "user.name", "user.demographic.date_of_birth"


def rows(case: Case) -> list[Row]:
    """Rows by the address given; if there are none, by the other addresses; else by the numbers: never mixed.

    Raises `ConnectorError` when a source cannot be asked.
    """
    company = controller(case.controller)
    found = (list(_rows(company, identity)) for identity in identities(case.person))
    return next((some for some in found if some), [])


def _rows(company: Controller, identity: Identity) -> Iterator[Row]:
    with ExitStack() as stack:
        opened = [stack.enter_context(closing(connector)) for connector in sources.open_all(company)]
        by_source = {connector.source: connector for connector in opened}
        for record in walk.find(opened, identity):
            if not record.shared:  # somebody else's row proves nothing about this person
                yield _row(record, by_source[record.source])


def _row(record: Record, connector: Connector) -> Row:
    fields = connector.map.collections[record.collection].fields
    kinds: dict[str, list[str]] = {"email": [], "customer_no": [], NAME: [], BORN: []}
    for name, column in fields.items():
        value = str(record.fields.get(name) or "").strip()
        for kind in {column.identity, *column.categories} & kinds.keys() if value else ():
            kinds[kind].append(value)
    return Row(
        email=_folded(kinds["email"]), customer_no=_folded(kinds["customer_no"]),
        name=frozenset({*kinds[NAME], " ".join(kinds[NAME])}) - {""},
        birth_date=frozenset(map(day, kinds[BORN])) - {""},
    )  # fmt: skip


def _folded(values: list[str]) -> frozenset[str]:
    return frozenset(map(fold, values))
