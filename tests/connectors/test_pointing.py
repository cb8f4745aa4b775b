"""What points at a row keeps it: by foreign keys, by references only the map knows, in whatever case a key is written,
and when it came into being after the plan was made.
"""

import pytest

from connectors import walk
from connectors.base import Action, ConnectorError, Instruction, PlanOutdated, Record
from connectors.lots import Lot
from connectors.sql import select
from connectors.sql.connector import SqlConnector
from connectors.sql.expiry import Expiry
from tests.connectors.shop import Shop, order

MAP = """
fides_key: shop
collections:
- name: people
  fields:
  - {name: code, fides_meta: {primary_key: true}}
  - {name: nick, fides_meta: {identity: nick}}
- name: bills
  fields:
  - {name: id, fides_meta: {primary_key: true}}
  - {name: person, fides_meta: {references: [{dataset: shop, field: people.code, direction: from}]}}
- name: notes
  fields:
  - {name: id, fides_meta: {primary_key: true}}
  - {name: bill, fides_meta: {references: [{dataset: shop, field: bills.id, direction: from}]}}
- name: papers
  fields:
  - {name: id, fides_meta: {primary_key: true}}
  - {name: nick, fides_meta: {identity: nick, references: [{dataset: shop, field: people.nick}]}}
"""
BORN_WITHOUT_KEYS = (
    "CREATE TABLE people (code VARCHAR(10) PRIMARY KEY, nick VARCHAR(20) NOT NULL UNIQUE)",
    "CREATE TABLE bills (id INTEGER PRIMARY KEY, person VARCHAR(12) NOT NULL)",
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, bill VARCHAR(20))",  # a number as text
    "CREATE TABLE papers (id INTEGER PRIMARY KEY, nick VARCHAR(20))",
    "INSERT INTO people VALUES ('A1001', 'anna'), ('A1', 'berit')",
    "INSERT INTO bills VALUES (1, 'A1001'), (2, 'A1')",
    "INSERT INTO notes VALUES (10, '1'), (20, '2')",
    "INSERT INTO papers VALUES (30, 'anna')",
)


def born_without_keys(shop: Shop) -> tuple[SqlConnector, dict[str, Instruction]]:
    shop.run(*BORN_WITHOUT_KEYS)
    connector = shop.again(text=MAP)
    return connector, {one.collection: order(one, Action.ERASE) for one in found(connector)}


def found(connector: SqlConnector) -> list[Record]:
    return list(connector.find(walk.Identity({"nick": ("anna",)})))


def told(connector: SqlConnector, *wanted: Instruction) -> set[tuple[str, str, str]]:
    return {(one.code, one.table, one.detail) for one in connector.plan(wanted).findings}


def test_a_reference_only_the_map_knows_keeps_a_row(shop: Shop) -> None:
    connector, all_of = born_without_keys(shop)
    person, bill, note = all_of["people"], all_of["bills"], all_of["notes"]
    assert told(connector, person, note) == {("referenced", "people", "bills")}
    assert told(connector, person, bill) == {("referenced", "people", "bills"), ("referenced", "bills", "notes")}
    loose = Instruction("shop", "notes", note.key, note.fingerprint, Action.UNLINK, ("bill",))
    plan = connector.plan([person, bill, loose])  # papers stay: "anna" there hangs on no row
    assert plan.findings == () and all(one.rows == 1 for one in connector.rehearse(plan))
    lot = Lot((), "erase")
    assert {name: Expiry(connector, name).why_not(lot) for name in ("people", "notes")} == {
        "people": "referenced", "notes": ""}  # fmt: skip
    list(connector.execute(plan))
    assert (shop.rows("people"), shop.rows("bills")) == ([{"code": "A1", "nick": "berit"}], [{"id": 2, "person": "A1"}])
    assert shop.rows("notes")[0] == {"id": 10, "bill": None} and len(shop.rows("papers")) == 1


def test_a_row_made_since_the_rehearsal_is_not_left_pointing_at_nothing(shop: Shop) -> None:
    connector, all_of = born_without_keys(shop)
    plan = connector.plan(list(all_of.values()))
    connector.rehearse(plan)
    shop.run("INSERT INTO bills VALUES (3, 'A1001')")
    refused_as_outdated(shop, connector, plan.instructions, ["people"])


def test_nor_is_it_taken_along_by_a_cascade(shop: Shop) -> None:
    shop.run(*BORN_WITHOUT_KEYS, "CREATE TABLE hidden (id INTEGER PRIMARY KEY, person VARCHAR(10), "
             "FOREIGN KEY (person) REFERENCES people (code) ON DELETE CASCADE)")  # fmt: skip
    connector = shop.again(text=MAP)
    plan = connector.plan([order(one, Action.ERASE) for one in found(connector)])
    connector.rehearse(plan)
    shop.run("INSERT INTO hidden VALUES (3, 'A1001')")
    refused_as_outdated(shop, connector, plan.instructions, ["people"])
    assert len(shop.rows("hidden")) == 1
    shop.run("DROP TABLE hidden")


def refused_as_outdated(
    shop: Shop, connector: SqlConnector, planned: tuple[Instruction, ...], tables: list[str]
) -> None:
    plan = type(connector.plan([]))("shop", planned)
    for deed in (connector.rehearse, connector.execute):
        with pytest.raises(PlanOutdated) as caught:
            deed(plan)
        assert caught.value.instructions == tuple(one.id for one in planned if one.collection in tables)
        assert "A1001" not in str(caught.value)
    assert len(shop.rows("people")) == 2 and len(shop.rows("notes")) == 2


@pytest.mark.parametrize("shop", ["sqlite", "postgresql"], indirect=True)
def test_what_waits_for_the_commit_is_seen_in_the_rehearsal(shop: Shop) -> None:
    """Every foreign key of a Django project."""
    shop.run(*BORN_WITHOUT_KEYS, "CREATE TABLE late (id INTEGER PRIMARY KEY, person VARCHAR(10) REFERENCES people "
             "(code) DEFERRABLE INITIALLY DEFERRED)")  # fmt: skip
    if shop.kind == "sqlite":
        shop.run("INSERT INTO late VALUES (1, 'nobody')")  # the application never switched foreign keys on
    connector = shop.again(text=MAP)
    plan = connector.plan([order(one, Action.ERASE) for one in found(connector)])
    assert all(one.rows == 1 for one in connector.rehearse(plan))
    shop.run("INSERT INTO late VALUES (3, 'A1001')")
    with pytest.raises(ConnectorError) as caught:
        connector.rehearse(plan)
    assert (caught.value.code, caught.value.permanent) == ("integrity", True)
    assert len(shop.rows("people")) == 2
    shop.run("DROP TABLE late")


@pytest.mark.parametrize("shop", ["mariadb"], indirect=True)
def test_a_key_in_another_case_points_as_well(shop: Shop) -> None:
    shop.run(*BORN_WITHOUT_KEYS, "CREATE TABLE hidden (id INTEGER PRIMARY KEY, person VARCHAR(10), "
             "FOREIGN KEY (person) REFERENCES people (code) ON DELETE CASCADE)",
             "INSERT INTO hidden VALUES (3, 'a1001')")  # fmt: skip
    connector = shop.again(text=MAP)
    wanted = [order(one, Action.ERASE) for one in found(connector)]
    assert told(connector, *wanted) == {("would_cascade", "people", "hidden")}
    shop.run("DROP TABLE hidden")


@pytest.mark.parametrize("shop", ["postgresql"], indirect=True)
def test_an_unknown_word_is_no_boolean(shop: Shop) -> None:
    """A key that says "perhaps" would else name the row that says false."""
    shop.run("CREATE TABLE flags (flag BOOLEAN PRIMARY KEY)")
    live = shop.again(text="{fides_key: shop, collections: [{name: flags, fields: [{name: flag}]}]}").live("flags")
    assert [select.fit(live, "flag", word) for word in ("true", 0, True)] == [True, False, True]
    assert list(select.fitting(live, ("flag",), [("perhaps",), ("",)])) == []
