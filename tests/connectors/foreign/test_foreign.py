"""Databases nobody here made, with maps written for other tools: what is found is what walking the foreign keys by hand
finds (`oracle`); after an erasure everybody else's rows are as they were and nothing points at nothing (Art. 15, 17).
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
import yaml
from fideslang.models import Dataset

from connectors import walk
from connectors.base import Action, Identity, Instruction, Record
from connectors.sql import address
from connectors.sql.connector import SqlConnector
from tests.connectors.conftest import _kept
from tests.connectors.foreign import chinook, oracle, traders

SHOPS = {"chinook": chinook, "traders": traders}
CASES = [("chinook", "sqlite"), ("chinook", "postgresql"), ("traders", "sqlite"), ("traders", "postgresql"),
         ("traders", "mariadb")]  # fmt: skip


class Place:
    """One filled database, a connector with the foreign map, and an engine of the test's own."""

    def __init__(self, name: str, url: str) -> None:
        self.module: ModuleType = SHOPS[name]
        self.foreign: oracle.Foreign = self.module.FOREIGN
        self.engine = sa.create_engine(address.parse(url, source="test"))
        text = (Path(__file__).parent / "maps" / f"{name}.yml").read_text("utf-8")
        self.connector = SqlConnector(name, url=url, dataset=Dataset.model_validate(yaml.safe_load(text)["dataset"][0]))
        with self.engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA foreign_keys = ON")
            self.module.metadata.create_all(connection)
            self.module.fill(connection, seed=len(url))
            getattr(self.module, "extras", lambda _: None)(connection)

    def find(self, email: str) -> list[Record]:
        return list(walk.find([self.connector], Identity({"email": (email,)})))


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    name, kind = request.param
    opened = Place(name, _kept(request, kind, tmp_path, use=name))
    yield opened
    opened.connector.close()
    with opened.engine.begin() as connection:
        if kind == "mariadb":
            connection.exec_driver_sql("SET FOREIGN_KEY_CHECKS = 0")
        for view in sa.inspect(connection).get_view_names():
            connection.exec_driver_sql(f"DROP VIEW {oracle.quoted(connection, view)}")
        if kind != "sqlite":
            opened.module.metadata.drop_all(connection)
    opened.engine.dispose()


def named(place: Place, records: list[Record]) -> oracle.Rows:
    """The records as the oracle names its rows."""
    counts: oracle.Rows = Counter()
    for record in records:
        columns = place.foreign.keys[record.collection] or tuple(sorted(record.fields))
        key: tuple[object, ...] = tuple(str(record.fields[column]) for column in columns)
        if not place.foreign.keys[record.collection]:
            key = (*key, sum(1 for table, one in counts if table == record.collection and one[:-1] == key) + 1)
        counts[record.collection, key] += 1
    return counts


@pytest.mark.parametrize("place", CASES, indirect=True, ids="-".join)
def test_found_as_by_hand_and_erased_without_harm(place: Place) -> None:
    found = 0
    with place.engine.connect() as connection:
        for email in place.foreign.people[:10]:
            expected = oracle.person(connection, place.foreign, email)
            assert named(place, place.find(email)) == expected, email
            found += len(expected)
    assert found > 100
    for email in place.foreign.people[:3]:
        an_erasure_leaves_everybody_else_as_they_were(place, email)


def an_erasure_leaves_everybody_else_as_they_were(place: Place, email: str) -> None:
    with place.engine.connect() as connection:
        mine = set(oracle.person(connection, place.foreign, email))
        others = others_of(connection, place.foreign, mine)
    records = [record for record in place.find(email) if not record.needs_person]
    plan = place.connector.plan([Instruction(record.source, record.collection, record.key, record.fingerprint,
                                             Action.ERASE) for record in records])  # fmt: skip
    receipts = list(place.connector.execute(plan))
    assert sum(receipt.rows for receipt in receipts) == len(plan.instructions) > 0
    assert place.connector.verify(plan) == []
    with place.engine.connect() as connection:
        assert others_of(connection, place.foreign, mine) == others
        assert oracle.dangling(connection, place.foreign) == []


def others_of(
    connection: sa.Connection, foreign: oracle.Foreign, mine: set[tuple[str, tuple[object, ...]]]
) -> Counter[tuple[str, str]]:
    """Every row that is not mine, byte for byte."""
    counts: Counter[tuple[str, str]] = Counter()
    for name in foreign.keys:
        for row in connection.execute(sa.text(f"SELECT * FROM {oracle.table(connection, foreign, name)}")).mappings():
            if not foreign.keys[name] or (name, oracle.name_of(foreign, name, row)) not in mine:
                counts[name, repr(dict(row))] += 1
    return counts
