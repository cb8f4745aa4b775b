"""What cannot be done is known before the first write, by a code and in every database where it exists (Art. 17)."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from connectors.base import Action, Identity, Record, SourcePlan
from connectors.sql.connector import SqlConnector
from tests.connectors.shop import Shop, order

MAP = """
fides_key: shop
collections:
- name: people
  fields:
  - {name: id, fides_meta: {primary_key: true}}
  - {name: nick, fides_meta: {identity: nick}}
  - {name: phone, data_categories: [user]}
  - {name: badge, data_categories: [user]}
"""


def people(shop: Shop, *, columns: str = "phone VARCHAR(20), badge VARCHAR(20)", more: tuple[str, ...] = (),
           rows: str = "(1, 'anna', '112233', 'b1'), (2, 'bo', '445566', 'b2')") -> SqlConnector:  # fmt: skip
    shop.run(f"CREATE TABLE people (id INTEGER PRIMARY KEY, nick VARCHAR(20), {columns})",
             f"INSERT INTO people VALUES {rows}", *more)  # fmt: skip
    return shop.again(text=MAP)


def found(connector: SqlConnector, nick: str = "anna") -> list[Record]:
    return list(connector.find(Identity({"nick": (nick,)})))


def planned(connector: SqlConnector, action: Action, *fields: str) -> SourcePlan:
    return connector.plan([order(one, action, *fields) for one in found(connector)])


def told(plan: SourcePlan) -> list[tuple[str, str, str, str]]:
    return [(one.level, one.code, one.column, one.detail) for one in plan.findings]


def test_a_check_is_asked_on_the_very_rows(shop: Shop) -> None:
    """NULL passes a CHECK; a neutral word may not. Whose row passes is not held up by whose does not."""
    columns = "phone VARCHAR(20) NOT NULL, badge VARCHAR(20), CHECK (phone <> 'erased' OR badge = 'old')"
    connector = people(shop, columns=columns, rows="(1, 'anna', '11', 'b1'), (2, 'anna', '22', 'old')")
    plan = planned(connector, Action.ANONYMISE, "phone")
    assert told(plan) == [("error", "check_constraint", "phone", "")]
    assert [one.key for one in plan.refused] == [{"id": 1}] and [one.key for one in plan.instructions] == [{"id": 2}]
    assert all(receipt.rows for receipt in connector.execute(plan))
    assert told(planned(connector, Action.STRIP, "badge")) == []


def test_an_index_over_some_rows_or_an_expression_wants_its_own_mask(shop: Shop) -> None:
    if shop.kind == "mariadb":
        pytest.skip("MariaDB has neither")
    connector = people(
        shop, columns="phone VARCHAR(40) NOT NULL, badge VARCHAR(40) NOT NULL",
        rows="(1, 'anna', '11', 'b1'), (2, 'bo', 'erased', 'erased')",
        more=("CREATE UNIQUE INDEX only_some ON people (phone) WHERE id > 0",
              "CREATE UNIQUE INDEX low ON people (lower(badge))"),
    )  # fmt: skip
    plan = planned(connector, Action.ANONYMISE, "phone", "badge")
    assert told(plan) == [] and all(receipt.rows for receipt in connector.execute(plan))
    (anna,) = found(connector)
    assert "erased" not in (anna.fields["phone"], anna.fields["badge"])


def test_a_trigger_is_told_by_name(shop: Shop) -> None:
    """It does not stop the plan: what it does is seen in the rehearsal, or afterwards."""
    body = {
        "sqlite": "CREATE TRIGGER keeps_a_copy AFTER DELETE ON people BEGIN SELECT 1; END",
        "mariadb": "CREATE TRIGGER keeps_a_copy AFTER DELETE ON people FOR EACH ROW SET @a = 1",
        "postgresql": "CREATE TRIGGER keeps_a_copy BEFORE UPDATE ON people FOR EACH ROW "
                      "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    }  # fmt: skip
    plan = planned(people(shop, more=(body[shop.kind],)), Action.ERASE)
    assert told(plan) == [("warning", "trigger", "", "keeps_a_copy")] and len(plan.instructions) == 1


def test_a_view_is_not_written_through(shop: Shop) -> None:
    people(shop)
    shop.run("ALTER TABLE people RENAME TO real_people", "CREATE VIEW people AS SELECT * FROM real_people")
    try:
        plan = planned(shop.again(text=MAP), Action.ERASE)
        assert told(plan) == [("error", "view", "", "")] and plan.instructions == ()
    finally:
        shop.run("DROP VIEW people")


@pytest.fixture
def elsewhere(shop: Shop) -> Iterator[str]:
    """Another schema (MariaDB: database) of the same server."""
    if shop.kind == "sqlite":
        pytest.skip("a file has no other schema")
    name = "elsewhere" if shop.kind == "postgresql" else str(sa.make_url(shop.url).database) + "_else"
    shop.run(f"CREATE SCHEMA {name}")
    yield name
    shop.run(f"DROP SCHEMA {name}" + (" CASCADE" if shop.kind == "postgresql" else ""))


def test_a_row_of_another_schema_keeps_what_it_points_at(shop: Shop, elsewhere: str) -> None:
    home = "public" if shop.kind == "postgresql" else str(sa.make_url(shop.url).database)
    connector = people(shop, more=(
        f"CREATE TABLE {elsewhere}.cards (id INTEGER PRIMARY KEY, person INTEGER, "
        f"FOREIGN KEY (person) REFERENCES {home}.people (id))", f"INSERT INTO {elsewhere}.cards VALUES (1, 1)"))
    assert told(planned(connector, Action.ERASE)) == [("error", "referenced", "", f"{elsewhere}.cards")]
    shop.run(f"DELETE FROM {elsewhere}.cards")
    assert told(planned(connector, Action.ERASE)) == []


def test_rights_in_some_columns_and_hidden_rows(postgres_shop: Shop) -> None:
    shop = postgres_shop
    role = shop.url.rpartition("/")[2] + "_clerk"
    people(shop, more=(
        f"CREATE ROLE {role} LOGIN", f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, DELETE ON people TO {role}"))  # fmt: skip
    clerk = shop.again(text=MAP, url=sa.make_url(shop.url).set(username=role).render_as_string(hide_password=False))
    try:
        assert told(planned(clerk, Action.ERASE)) == [("error", "read_only_role", "", "DELETE")]  # it cannot lock a row
        shop.run(f"GRANT UPDATE (phone) ON people TO {role}")
        assert told(planned(clerk, Action.STRIP, "badge")) == [("error", "read_only_role", "", "UPDATE")]
        assert told(planned(clerk, Action.STRIP, "phone")) == told(planned(clerk, Action.ERASE)) == []
        assert all(receipt.rows for receipt in clerk.execute(planned(clerk, Action.STRIP, "phone")))
        shop.run("ALTER TABLE people ENABLE ROW LEVEL SECURITY", "CREATE POLICY all_of ON people USING (true)")
        assert told(planned(clerk, Action.ERASE)) == [("warning", "row_security", "", "")]
    finally:
        clerk.close()
        shop.run(f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def test_a_partitioned_table_is_a_table(postgres_shop: Shop) -> None:
    postgres_shop.run(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, nick VARCHAR(20), phone VARCHAR(20), badge VARCHAR(20)) "
        "PARTITION BY HASH (id)",
        *(f"CREATE TABLE people_{n} PARTITION OF people FOR VALUES WITH (MODULUS 3, REMAINDER {n})" for n in range(3)),
        "INSERT INTO people SELECT n, CASE WHEN mod(n, 2) = 0 THEN 'anna' ELSE 'bo' END, 'x', 'y' "
        "FROM generate_series(1, 40) n")  # fmt: skip
    try:
        connector = postgres_shop.again(text=MAP)
        plan = planned(connector, Action.ERASE)
        assert told(plan) == [] and sum(receipt.rows for receipt in connector.execute(plan)) == 20
        assert {row["nick"] for row in postgres_shop.rows("people")} == {"bo"}
    finally:
        postgres_shop.run("DROP TABLE people")
