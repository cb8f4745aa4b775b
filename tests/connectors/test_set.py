"""Setting values: a correction (Art. 16), a mark (Art. 18, 21). Refused before the first write, or held exactly."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from connectors.base import Action, ConnectorError, Identity, Instruction, PlanOutdated, Record, SourcePlan
from connectors.sql.connector import SqlConnector
from tests.connectors.shop import ANNA, BERIT, Shop, who

MAP = """
fides_key: shop
collections:
- name: people
  fields:
  - {name: id, fides_meta: {primary_key: true}}
  - {name: nick, fides_meta: {identity: nick}}
  - {name: short, fides_meta: {length: 4}}
  - {name: fixed, fides_meta: {read_only: true}}
  - {name: secret, data_categories: [user.authorization.password]}
"""


def people(shop: Shop) -> SqlConnector:
    """One row that holds nothing but NOT NULLs, with a column of each type people's data comes in."""
    kind = {"postgresql": "mood", "mariadb": "ENUM('new', 'old')"}.get(shop.kind, "VARCHAR(4)")
    moment = {"postgresql": "TIMESTAMP WITH TIME ZONE", "mariadb": "DATETIME"}.get(shop.kind, "DATETIME")
    if shop.kind == "postgresql":
        shop.run("DROP TYPE IF EXISTS mood CASCADE", "CREATE TYPE mood AS ENUM ('new', 'old')")
    shop.run(f"""CREATE TABLE people (id INTEGER PRIMARY KEY, nick VARCHAR(20) NOT NULL, name VARCHAR(10),
                 born DATE, seen {moment}, plain_seen TIMESTAMP NULL, quiet BOOLEAN, owed NUMERIC(10,2), visits INTEGER,
                 rank_ SMALLINT, weight FLOAT, code CHAR(6), story TEXT, mood {kind}, short VARCHAR(40),
                 fixed VARCHAR(10), secret VARCHAR(40), woken TIME,
                 shout VARCHAR(20) GENERATED ALWAYS AS (UPPER(name)) STORED)""",
             "INSERT INTO people (id, nick, secret) VALUES (1, 'anna', 'hash'), (2, 'bo', 'hash')")  # fmt: skip
    return shop.again(text=MAP)


def one(connector: SqlConnector, nick: str = "anna") -> Record:
    (record,) = connector.find(Identity({"nick": (nick,)}))
    return record


def put(record: Record, **values: Any) -> Instruction:
    return Instruction(record.source, record.collection, record.key, record.fingerprint, Action.SET, values=values)


def carried_out(connector: SqlConnector, *instructions: Instruction) -> SourcePlan:
    plan = connector.plan(instructions)
    assert not plan.findings, plan.findings
    assert {receipt.rows for receipt in connector.rehearse(plan)} == {1}
    assert len(connector.verify(plan)) == len(instructions)
    assert {receipt.rows for receipt in connector.execute(plan)} == {1}
    assert connector.verify(plan) == []
    assert {receipt.rows for receipt in connector.execute(plan)} == {0}
    return plan


def why(connector: SqlConnector, **values: Any) -> str:
    plan = connector.plan([put(one(connector), **values)])
    assert bool(plan.refused) is bool(plan.findings) is not bool(plan.instructions)
    return plan.findings[0].code if plan.findings else ""


ROUNDS: list[dict[str, tuple[Any, Any]]] = [
    {"name": ("Ærø 🦊", "Ærø 🦊"), "born": ("1980-02-29", "1980-02-29"), "quiet": (True, True), "visits": ("42", 42),
     "owed": ("12.50", "12.50"), "weight": (70.1, 70.1), "code": ("ab", "ab"), "story": ("x" * 5000, "x" * 5000),
     "mood": ("old", "old"), "woken": ("08:30:00", "08:30:00")},
    {"name": (47, "47"), "quiet": ("false", False), "owed": ("-99999999.99", "-99999999.99"), "visits": (-7, -7)},
    {"name": ("", ""), "quiet": ("1", True), "owed": (7, "7.00"), "visits": (True, 1),
     "born": ("2000-01-01", "2000-01-01")},
    {"name": (None, None), "quiet": (None, None), "owed": (12.5, "12.50"), "born": (None, None), "mood": (None, None)},
]  # fmt: skip


def test_each_value_arrives_in_the_type_of_its_column(shop: Shop) -> None:
    connector = people(shop)
    for wanted in ROUNDS:
        carried_out(connector, put(one(connector), **{column: given for column, (given, _) in wanted.items()}))
        found = one(connector).fields
        for column, (_, held) in wanted.items():
            assert same(found[column], held, shop.kind, column), (column, found[column])
    assert one(connector, "bo").fields["name"] is None


def same(found: Any, held: Any, kind: str, column: str) -> bool:
    if column == "owed" and kind == "sqlite":
        return float(found) == float(held)
    if column == "code":
        return str(found).rstrip() == held
    return bool(found == held)


MOMENTS = ["2026-11-22T10:00:00.123456+01:00", "2026-11-22T09:00:00+00:00", "2026-11-22", "2026-11-22 09:00:00"]


@pytest.mark.parametrize("column", ["seen", "plain_seen"])
def test_a_moment_is_held_as_utc_to_the_fraction_the_column_keeps(shop: Shop, column: str) -> None:
    connector = people(shop)
    for given in MOMENTS:
        plan = connector.plan([put(one(connector), **{column: given})])
        list(connector.execute(plan))
        assert connector.verify(plan) == [], given
    found = shop.rows("people")[0][column]
    assert str(found).startswith("2026-11-22 ") and str(found)[11:13] in ("09", "10")


REFUSED: list[tuple[str, Any, str]] = [
    ("born", "hos tandlægen", "wrong_type"), ("born", "2026-02-30", "wrong_type"), ("born", "20260203", "wrong_type"),
    ("born", "2026-02-03T10:00:00", "wrong_type"), ("born", True, "wrong_type"), ("born", 20260203, "wrong_type"),
    ("seen", "yesterday", "wrong_type"), ("quiet", "maybe", "wrong_type"),
    ("owed", "twelve", "wrong_type"), ("owed", "NaN", "wrong_type"), ("owed", [1], "wrong_type"),
    ("visits", "4.5", "wrong_type"), ("visits", "mange", "wrong_type"), ("visits", 2**63, "too_long"),
    ("weight", "Infinity", "wrong_type"), ("name", True, "wrong_type"), ("name", {"a": 1}, "wrong_type"),
    ("name", "x" * 11, "too_long"), ("name", "a\x00b", "wrong_type"), ("name", "\ud83e", "wrong_type"),
    ("short", "abcde", "too_long"), ("nick", None, "not_null"), ("id", 7, "key_column"),
    ("shout", "A", "generated_column"),
    ("fixed", "x", "read_only_column"), ("secret", "x", "credential"), ("no_such", "x", "missing_column"),
]  # fmt: skip
STRICT = [("owed", "12.505", "too_long"), ("owed", "123456789.00", "too_long"), ("rank_", 40000, "too_long"),
          ("mood", "sad", "wrong_type")]  # fmt: skip


def test_what_a_column_cannot_hold_is_known_before_and_no_text_repeats_it(shop: Shop) -> None:
    connector = people(shop)
    before = shop.rows("people")
    wanted = REFUSED + (STRICT if shop.kind != "sqlite" else [("mood", "angry", "too_long")])
    assert [(column, value, why(connector, **{column: value})) for column, value, _ in wanted] == wanted
    assert shop.rows("people") == before
    plan = connector.plan([put(one(connector), born="hos tandlægen")])
    assert "tandlæge" not in repr(plan) and "tandlæge" not in str(plan.findings[0].to_json())


def test_why_a_column_cannot_be_set_is_told_without_a_value(shop: Shop) -> None:
    connector = people(shop)
    told = {name: connector.why_not("people", name) for name in ("id", "name", "fixed", "secret", "shout", "nothing")}
    assert told == {"id": "key_column", "name": "", "fixed": "read_only_column", "secret": "credential",
                    "shout": "generated_column", "nothing": "missing_column"}  # fmt: skip
    ours = shop.connector
    assert (ours.why_not("orders", "customer_id"), ours.why_not("nowhere", "x")) == ("reference", "missing_table")
    shop.run("CREATE TABLE codes (code VARCHAR(9) PRIMARY KEY, other VARCHAR(9) UNIQUE, used VARCHAR(9), "
             "FOREIGN KEY (used) REFERENCES codes (other))")  # fmt: skip
    text = "{fides_key: shop, collections: [{name: codes, fields: [{name: code}, {name: other}]}]}"
    assert shop.again(text=text).why_not("codes", "other") == "referenced"


def customer(shop: Shop, person: int = ANNA) -> Record:
    return next(record for record in shop.connector.find(who(person)) if record.collection == "customers")


def test_a_value_another_row_holds_alone_is_refused(shop: Shop) -> None:
    anna = customer(shop)
    (finding,) = shop.connector.plan([put(anna, login="berit", name="Anna")]).findings
    assert (finding.code, finding.column) == ("unique_taken", "login")
    assert shop.connector.plan([put(anna, email=None), put(anna, login="anna2")]).findings == ()
    both = [put(anna, login="anna3"), put(customer(shop, BERIT), login="anna3")]
    assert [item.code for item in shop.connector.plan(both).findings] == ["unique_taken"]


def test_a_value_of_several_unique_columns_together(shop: Shop) -> None:
    shop.run("CREATE TABLE seats (id INTEGER PRIMARY KEY, room VARCHAR(9), seat INTEGER, UNIQUE (room, seat))",
             "INSERT INTO seats VALUES (1, 'A', 1), (2, 'A', 2), (3, 'B', 1)")  # fmt: skip
    text = """
    fides_key: shop
    collections:
    - {name: seats, fields: [{name: id, fides_meta: {primary_key: true}}, {name: room}, {name: seat}]}
    """
    connector = shop.again(text=text)
    first, second, third = connector.scan("seats", after=None, count=9)
    assert connector.plan([put(second, seat=1)]).findings[0].code == "unique_taken"
    assert connector.plan([put(third, room="A")]).findings[0].code == "unique_taken"
    carried_out(connector, put(second, room="B", seat=2))
    apart = [put(third, room="C"), put(third, seat=9)]
    carried_out(connector, *apart)
    assert [(row["room"], row["seat"]) for row in shop.rows("seats")] == [("A", 1), ("B", 2), ("C", 9)]


def test_what_a_row_holds_already_is_done(shop: Shop) -> None:
    anna = customer(shop)
    before = shop.everything()
    plan = shop.connector.plan([put(anna, name="Anna Ærø", born="1980-01-02")])
    assert [receipt.rows for receipt in shop.connector.execute(plan)] == [0]
    assert shop.everything() == before and shop.connector.verify(plan) == []


def test_columns_of_one_row_are_set_apart_and_beside_what_is_stripped(shop: Shop) -> None:
    anna = customer(shop)
    strip = Instruction(anna.source, anna.collection, anna.key, anna.fingerprint, Action.STRIP, ("phone",))
    plan = carried_out(shop.connector, put(anna, name="Anna Øe"), put(anna, shoe_size="39"), strip)
    row = shop.rows("customers")[0]
    assert (row["name"], row["shoe_size"], row["phone"]) == ("Anna Øe", "39", None)
    assert SourcePlan.from_json(plan.to_json()) == plan
    for other in (put(anna, name="Anne"), replace(strip, fields=("name",)), replace(strip, action=Action.ERASE)):
        with pytest.raises(ConnectorError) as caught:
            shop.connector.plan([put(anna, name="Anna Øe"), other])
        assert caught.value.code == "conflict"


def test_a_row_changed_since_is_not_set(shop: Shop) -> None:
    plan = shop.connector.plan([put(customer(shop), name="Anna Øe")])
    shop.run("UPDATE customers SET shoe_size = '40' WHERE id = 1")
    before = shop.everything()
    with pytest.raises(PlanOutdated):
        shop.connector.execute(plan)
    assert shop.everything() == before


def test_a_thousand_rows_take_one_mark_in_few_statements(shop: Shop) -> None:
    logins = sa.Table("logins", sa.MetaData(), autoload_with=shop.engine)
    with shop.engine.begin() as connection:
        connection.execute(logins.insert(), [{"id": n, "email": "x@example.org"} for n in range(1000, 2000)])
    found = shop.connector.find(Identity({"email": ("x@example.org",)}))
    plan = shop.connector.plan([put(record, email="stopped@example.org") for record in found])
    statements: list[str] = []
    sa.event.listen(shop.connector._writer, "before_cursor_execute",
                    lambda _c, _cursor, sql, *_: statements.append(sql))  # fmt: skip
    assert {receipt.rows for receipt in shop.connector.execute(plan)} == {1}
    assert len([sql for sql in statements if sql.startswith("UPDATE")]) <= 3
    assert sum(row["email"] == "stopped@example.org" for row in shop.rows("logins")) == 1000


def test_an_instruction_shows_no_value_and_asks_for_some() -> None:
    given = Instruction("s", "c", {"id": 1}, "f", Action.SET, values={"name": "Anna", "born": None})
    assert given.fields == ("born", "name") and "Anna" not in repr(given)
    assert given.id != replace(given, values={"name": "Anne", "born": None}).id
    other = Instruction("s", "c", {"id": 1}, "f", Action.STRIP, ("name",))
    assert SourcePlan("s", (other,)).to_json()["deeds"][0]["values"] == {}
    for wrong in ({"action": Action.SET}, {"action": Action.ERASE, "values": {"name": "Anna"}}):
        with pytest.raises(ValueError, match="values"):
            Instruction("s", "c", {"id": 1}, "f", **wrong)


def test_characters_and_domains_that_only_one_database_knows(fresh_shop: Shop) -> None:
    shop = fresh_shop
    if shop.kind == "sqlite":
        return
    if shop.kind == "postgresql":
        shop.run("CREATE DOMAIN town AS VARCHAR(8)")
    columns = {"mariadb": "old VARCHAR(9) CHARACTER SET latin1, odd VARCHAR(9)"}.get(shop.kind, "old town, odd DATE")
    table = " CHARACTER SET utf8mb3" if shop.kind == "mariadb" else ""
    shop.run(f"CREATE TABLE towns (id INTEGER PRIMARY KEY, {columns}){table}", "INSERT INTO towns (id) VALUES (1)")
    text = "{fides_key: shop, collections: [{name: towns, fields: [{name: id}]}]}"
    connector = shop.again(text=text)
    (record,) = connector.scan("towns", after=None, count=1)
    carried_out(connector, put(record, old="Århus €" if shop.kind == "mariadb" else "Århus"))
    (record,) = connector.scan("towns", after=None, count=1)
    for name, value in (("odd", "🦊"), *((("old", "Århus 🦊"),) if shop.kind == "mariadb" else ())):
        assert [finding.code for finding in connector.plan([put(record, **{name: value})]).findings] == ["wrong_type"]
