"""Rows erased by statements that compare as they delete: only where that tells exactly what reading them tells."""

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from connectors.base import Action, ConnectorError, Instruction, PlanOutdated, SourcePlan
from connectors.sql import keys, prints, timeouts
from connectors.sql.connector import SqlConnector
from connectors.values import fingerprint
from tests.connectors.shop import Shop, order

MAP = """
fides_key: shop
collections:
- name: things
  fields: [{name: id, fides_meta: {primary_key: true}}]
"""
THINGS = """
CREATE TABLE things (id BIGINT PRIMARY KEY, "Word" TEXT, code CHAR(5), yes BOOLEAN, price NUMERIC(30, 12), day DATE,
  at TIMESTAMP, moment TIMESTAMPTZ, uid UUID, "a ""quoted"" 50% name" VARCHAR(80), small SMALLINT)
"""
COLUMNS = 'id, "Word", code, yes, price, day, at, moment, uid, "a ""quoted"" 50% name", small'
VALUES = [
    "1, 'plain', 'ab', true, 12.50, '2026-11-22', '2026-11-22 10:00:00', '2026-11-22 10:00:00+02',"
    " '6f0f4a52-3f0e-4c0e-9a8e-0a5f5d1c2b3a', 'x', 1",
    "2, E'tab\\t quote\" back\\\\ line\\n\\x01\\x1f\\x7f', 'abcde', false, -0.5, '0044-03-15',"
    " '2026-11-22 10:00:00.12', '1850-01-01 00:00:00.000001+00', NULL, 'Ærø – ½ 🚲', -7",
    "3, '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
    "4, 'null', 'null', true, 123456789012345678.123456789012, '9999-12-31', '0001-01-01 00:00:00',"
    " '2026-06-01 12:30:15.5+00', NULL, E'\\u2028', 0",
]
TINY = "9, 'x', 'x', true, 0.000000000001, NULL, NULL, NULL, NULL, NULL, NULL"  # 1E-12 in Python


def things(shop: Shop, *rows: str) -> SqlConnector:
    made = (THINGS, *(f"INSERT INTO things ({COLUMNS}) VALUES ({row})" for row in rows))
    shop.run(*(statement.replace("%", "%%") for statement in made))
    return shop.again(text=MAP)


def erasing(connector: SqlConnector) -> SourcePlan:
    return connector.plan([order(one, Action.ERASE) for one in connector.scan("things", after=None, count=100)])


def said(connector: SqlConnector) -> list[str]:
    """Statements that change or lock, as they are sent from now on."""
    heard: list[str] = []

    def listen(_c: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if sql.startswith(("DELETE", "UPDATE")) or "FOR UPDATE" in sql:
            heard.append(sql)

    sa.event.listen(connector._writer, "before_cursor_execute", listen)
    return heard


def test_the_database_makes_the_same_fingerprint(postgres_shop: Shop) -> None:
    connector = things(postgres_shop, *VALUES)
    live = connector.live("things")
    made = prints.of(live)
    assert made is not None
    with connector.reading() as connection:
        assert prints.hashes(connection)
        found = connection.execute(sa.select(made, live.table)).all()
    assert len(found) == len(VALUES)
    for theirs, *row in found:
        assert bytes(theirs).hex() == fingerprint(dict(zip(map(str, live.columns), row, strict=True))), row[0]


@pytest.mark.parametrize("column", ["DOUBLE PRECISION", "JSONB", "INTERVAL", "INET", "TEXT[]", "BYTEA", "TIME"])
def test_what_python_says_in_another_way_is_read(postgres_shop: Shop, column: str) -> None:
    connector = things(postgres_shop, *VALUES)
    postgres_shop.run(f"ALTER TABLE things ADD odd {column}")
    connector = postgres_shop.again(text=MAP)
    assert prints.of(connector.live("things")) is None
    heard, plan = said(connector), erasing(connector)
    assert len(list(connector.execute(plan))) == len(VALUES) and "FOR UPDATE" in heard[0]
    assert postgres_shop.rows("things") == []


def test_one_statement_compares_and_erases(postgres_shop: Shop) -> None:
    connector = things(postgres_shop, *VALUES)
    plan, heard = erasing(connector), said(connector)
    rehearsed = connector.rehearse(plan)
    assert rehearsed.rows == len(VALUES) and len(connector.verify(plan)) == len(VALUES)
    done = connector.execute(plan)
    assert [one.instruction for one in done] == [one.id for one in plan.instructions]
    assert {one.rows for one in done} == {1} and connector.verify(plan) == []
    assert [sql[:6] for sql in heard] == ["DELETE", "DELETE"]
    assert [one.rows for one in connector.execute(plan)] == [0] * len(VALUES)  # again: harmless
    assert "FOR UPDATE" in heard[3]


def test_another_text_of_the_same_value_is_read_before_it_counts_as_changed(postgres_shop: Shop) -> None:
    connector = things(postgres_shop, *VALUES, TINY)
    plan, heard = erasing(connector), said(connector)
    assert connector.execute(plan).rows == len(VALUES) + 1
    assert postgres_shop.rows("things") == [] and "FOR UPDATE" in heard[1]


@pytest.mark.parametrize("change", [
    "SET \"Word\" = 'plain '", "SET code = NULL", "SET day = '2026-11-21'", "SET day = 'infinity'",
    "SET moment = moment + interval '1 microsecond'", "SET price = 12.500000000001", "SET id = 17",
])  # fmt: skip
def test_a_changed_row_stops_everything_and_is_named(postgres_shop: Shop, change: str) -> None:
    connector = things(postgres_shop, *VALUES)
    plan = erasing(connector)
    first = plan.instructions[0]
    postgres_shop.run(f"UPDATE things {change} WHERE id = 1")
    if "id = 17" in change:  # gone, and another one: that was not planned
        assert connector.execute(plan).rows == len(VALUES) - 1
        assert [row["id"] for row in postgres_shop.rows("things")] == [17]
        return
    if "infinity" in change:  # a day Python cannot hold: nobody can tell whether it is the same
        with pytest.raises(ConnectorError):
            connector.execute(plan)
    else:
        with pytest.raises(PlanOutdated) as caught:
            connector.execute(plan)
        assert caught.value.instructions == (first.id,)
    with postgres_shop.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM things")).scalar() == len(VALUES)


def test_a_row_that_changes_while_we_wait_for_it_is_left_alone(postgres_shop: Shop) -> None:
    connector = things(postgres_shop, *VALUES)
    plan, caught = erasing(connector), list[BaseException]()

    def erase() -> None:
        try:
            connector.execute(plan)
        except PlanOutdated as error:
            caught.append(error)

    with postgres_shop.engine.begin() as other:
        other.exec_driver_sql("UPDATE things SET small = 5 WHERE id = 2")
        running = threading.Thread(target=erase)
        running.start()
        running.join(0.5)
        assert running.is_alive()  # it waits for the other's row
    running.join(20)
    assert len(caught) == 1 and len(postgres_shop.rows("things")) == len(VALUES)


def test_changed_rows_of_all_tables_are_named(postgres_shop: Shop) -> None:
    """Erased in one statement or looked at first: who looks again must know of each."""
    connector = postgres_shop.connector
    (login,), (wish,) = connector.by_key("logins", [{"id": 311}]), connector.by_key("wishes", [{"id": 321}])
    plan = connector.plan([order(login, Action.ERASE), order(wish, Action.STRIP, "wish")])
    assert {one.collection for one in plan.instructions} == {"logins", "wishes"}, plan.findings
    postgres_shop.run("UPDATE logins SET email = 'else@example.org' WHERE id = 311",
                      "UPDATE wishes SET wish = 'a lamp' WHERE id = 321")  # fmt: skip
    before = postgres_shop.everything()
    with pytest.raises(PlanOutdated) as caught:
        connector.execute(plan)
    assert set(caught.value.instructions) == {one.id for one in plan.instructions}
    assert postgres_shop.everything() == before


def test_rows_that_take_others_along_are_looked_at_first(postgres_shop: Shop) -> None:
    connector = things(postgres_shop, *VALUES)
    postgres_shop.run("CREATE TABLE parts (id INTEGER PRIMARY KEY, thing BIGINT REFERENCES things ON DELETE CASCADE)")
    connector = postgres_shop.again(text=MAP + "- name: parts\n  fields: [{name: id, fides_meta: {primary_key: true}}]")
    plan, heard = erasing(connector), said(connector)
    postgres_shop.run("INSERT INTO parts VALUES (1, 2)")
    with pytest.raises(PlanOutdated):
        connector.execute(plan)
    assert "FOR UPDATE" in heard[0] and len(postgres_shop.rows("parts")) == 1


def test_rows_that_changed_places_are_not_taken_for_each_other(postgres_shop: Shop) -> None:
    connector = things(postgres_shop, "1, 'a', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
                       "2, 'b', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL")  # fmt: skip
    plan = erasing(connector)
    postgres_shop.run("UPDATE things SET \"Word\" = CASE id WHEN 1 THEN 'b' ELSE 'a' END")  # fmt: skip
    with pytest.raises(PlanOutdated) as caught:
        connector.execute(plan)
    assert len(caught.value.instructions) == 2 and len(postgres_shop.rows("things")) == 2


def test_a_server_that_knows_no_such_function_is_read(postgres_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    connector = things(postgres_shop, *VALUES)
    monkeypatch.setattr(prints, "of", lambda live: sa.literal_column("sha512_of_another_house(1)", sa.LargeBinary()))
    plan, heard = erasing(connector), said(connector)
    assert connector.execute(plan).rows == len(VALUES) and "FOR UPDATE" in heard[1]


def test_a_key_no_row_can_have_is_not_there(postgres_shop: Shop) -> None:
    connector = things(postgres_shop, *VALUES)
    plan = erasing(connector)
    odd = Instruction("shop", "things", {"id": "no number"}, "0" * 64, Action.ERASE)
    both = SourcePlan("shop", (*plan.instructions, odd))
    assert connector.execute(both).rows == len(VALUES) and connector.verify(both) == []


def test_too_many_for_the_time_of_one_statement_go_in_smaller_lots(
    postgres_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = things(postgres_shop, *VALUES)
    postgres_shop.run(
        "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.6); RETURN OLD; END'",
        "CREATE TRIGGER slowly BEFORE DELETE ON things FOR EACH ROW EXECUTE FUNCTION slowly()",
    )
    connector = postgres_shop.again(text=MAP)
    plan, heard = erasing(connector), said(connector)
    monkeypatch.setattr(timeouts, "WRITE_SECONDS", 2)
    monkeypatch.setattr(keys, "AS_ARRAY", 1)
    assert len(list(connector.execute(plan))) == len(VALUES) and connector.verify(plan) == []
    assert sum(sql.startswith("DELETE") for sql in heard) == 1 + len(VALUES)
