"""PostgreSQL's own types and things, e-mail addresses inside arrays and JSON, and references out of JSON (Art. 15)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from fideslang.models import Dataset

from connectors import walk
from connectors.base import Action, Identity, Instruction, Record
from connectors.sql import address
from connectors.sql.connector import SqlConnector
from connectors.values import canonical
from tests.connectors.foreign import oracle, rental
from tests.connectors.foreign.test_foreign import others_of

MAP = yaml.safe_load((Path(__file__).parent / "maps" / "rental.yml").read_text("utf-8"))["dataset"][0]


@pytest.fixture
def rentals(postgres_url: str) -> Iterator[tuple[SqlConnector, sa.Engine]]:
    engine = sa.create_engine(address.parse(postgres_url, source="test"))
    with engine.begin() as connection:
        rental.make(connection, seed=3)
    connector = SqlConnector("rental", url=postgres_url, dataset=Dataset.model_validate(MAP))
    yield connector, engine
    connector.close()
    engine.dispose()


def find(connector: SqlConnector, email: str) -> list[Record]:
    return list(walk.find([connector], Identity({"email": (email,)})))


def names(records: list[Record]) -> set[tuple[str, tuple[str, ...]]]:
    """But feedback, which hangs on JSON and not on a foreign key. Moments as the database writes them."""
    return {(one.collection, tuple(map(str, (one.key or {}).values()))) for one in records
            if one.collection not in ("feedback", "rental", "payment")}  # fmt: skip


def test_a_whole_journey_through_a_foreign_schema(rentals: tuple[SqlConnector, sa.Engine]) -> None:
    connector, engine = rentals
    foreign = rental.FOREIGN
    with engine.connect() as connection:
        for number, email in enumerate(foreign.people):
            records = find(connector, email)
            expected = oracle.person(connection, foreign, email)
            assert names(records) == {one for one in expected if one[0] not in ("rental", "payment")}
            for table in ("rental", "payment"):
                assert sum(r.collection == table for r in records) == sum(one[0] == table for one in expected)
            assert [r.key for r in records if r.collection == "feedback"] == [{"feedback_id": number}]
            canonical([r.fields for r in records])  # all of it is JSON
    # By an address in an array, and by one inside JSON, the same rows come.
    whole = {canonical([r.collection, r.key]) for r in find(connector, "mary.5@sakila.example")}
    for other in ("OLD5@x.example", "older5@X.example", "json5@x.example"):
        assert {canonical([r.collection, r.key]) for r in find(connector, other)} == whole
    for other in ("json%@x.example", "old_@x.example", "%"):
        assert find(connector, other) == [], other
    mary = next(r for r in find(connector, "mary.5@sakila.example") if r.collection == "customer")
    assert set(mary.unmapped) == {"friends"}
    codes = {(one.code, one.table, one.column) for one in connector.describe()}
    assert {("unmapped_column", "customer", "friends"), ("unmapped_table", "customer_list", "")} <= codes
    assert not {code for code, *_ in codes} & {"missing_table", "missing_column", "broken_reference"}


def test_an_erasure_there_touches_nobody_else(rentals: tuple[SqlConnector, sa.Engine]) -> None:
    connector, engine = rentals
    email = "mary.5@sakila.example"
    with engine.connect() as connection:
        mine = set(oracle.person(connection, rental.FOREIGN, email)) | {("feedback", ("5",))}
        before = others_of(connection, rental.FOREIGN, mine)
    # Addresses in an array may be one person's old ones, or several people's: theirs alone only if all were given.
    assert all(one.needs_person for one in find(connector, email) if one.collection == "customer")
    every = (email, "old5@x.example", "older5@x.example", "json5@x.example")
    found = walk.find([connector], Identity({"email": every}))
    records = [one for one in found if not one.needs_person and one.collection != "address"]
    plan = connector.plan([Instruction(one.source, one.collection, one.key, one.fingerprint, Action.ERASE)
                           for one in records])  # fmt: skip
    assert plan.instructions and not plan.refused
    list(connector.execute(plan))
    assert connector.verify(plan) == []
    with engine.connect() as connection:
        assert others_of(connection, rental.FOREIGN, mine) == before
        assert oracle.dangling(connection, rental.FOREIGN) == []
    assert find(connector, email) == []
