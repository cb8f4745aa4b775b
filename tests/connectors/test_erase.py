"""Erasing: known before the first write, whole or not at all, harmless to repeat, proved by asking again (Art. 17)."""

import pytest
import sqlalchemy as sa

from connectors import walk
from connectors.base import Action, ConnectorError, Instruction, PlanOutdated, Record, SourcePlan
from tests.connectors.shop import ANNA, BERIT, CARL, Shop, order, who


def records_of(shop: Shop, person: int) -> dict[tuple[str, int], Record]:
    found = walk.find([shop.connector, shop.crm], who(person))
    return {(r.collection, tuple(r.key.values())[-1]): r for r in found if r.key and r.source == "shop"}


def anna_away(shop: Shop) -> list[Instruction]:
    """Everything that is Anna's alone goes, what she shares is unlinked, and the customer row keeps its number."""
    found = records_of(shop, ANNA)
    return [
        order(found["orders", 100], Action.ERASE), order(found["addresses", 11], Action.ERASE),
        *lines_of(shop, 100),
        order(found["parcels", 200], Action.ERASE), order(found["parcels", 203], Action.ERASE),
        order(found["customers", ANNA], Action.ANONYMISE, "email", "login", "name", "initials", "phone", "born"),
        order(found["customers", ANNA], Action.UNLINK, "address_id"),
        order(found["orders", 101], Action.UNLINK, "customer_id"),
        order(found["orders", 102], Action.UNLINK, "payer_id"),
        order(found["logins", 310], Action.ERASE), order(found["wishes", 320], Action.STRIP, "wish"),
    ]  # fmt: skip


def lines_of(shop: Shop, number: int) -> list[Instruction]:
    found = [r for r in walk.find([shop.connector], who(ANNA)) if r.collection == "order_lines" and r.key]
    return [order(record, Action.ERASE) for record in found if record.key and record.key["order_id"] == number]


def planned(shop: Shop) -> SourcePlan:
    plan = shop.connector.plan(anna_away(shop))
    assert not plan.refused, plan.findings
    return plan


def test_what_was_planned_is_gone_and_the_rest_untouched(shop: Shop) -> None:
    before = shop.everything()
    plan = planned(shop)
    assert shop.everything() == before
    receipts = list(shop.connector.execute(plan))
    after = shop.everything()

    assert sorted(r.instruction for r in receipts) == sorted(i.id for i in plan.instructions)
    assert {r.rows for r in receipts} == {1}
    assert [row["id"] for row in after["orders"]] == [101, 102, 103, 104, 105]
    assert [row["id"] for row in after["addresses"]] == [10, 12]
    assert [row["id"] for row in after["parcels"]] == [201, 202]
    anna, *others = after["customers"]
    assert others == before["customers"][1:]
    assert (anna["email"], anna["phone"], anna["address_id"]) == (None, None, None)
    assert anna["login"] != "anna" and len(anna["login"]) >= 12
    assert (anna["name"], anna["initials"], str(anna["born"])) == ("erased", "era", "1970-01-02")
    assert (anna["customer_no"], anna["shoe_size"]) == ("K1", "38")  # nobody asked for these
    assert after["orders"][0]["customer_id"] is None and after["orders"][0]["payer_id"] == CARL
    assert after["orders"][1]["payer_id"] is None and after["orders"][1]["customer_id"] == BERIT
    assert after["web_log"] == before["web_log"] and after["products"] == before["products"]
    assert shop.connector.verify(plan) == []


def test_a_rehearsal_leaves_everything_as_it_was(shop: Shop) -> None:
    before, plan = shop.everything(), planned(shop)
    receipts = shop.connector.rehearse(plan)
    assert len(receipts) == len(plan.instructions) and {r.rows for r in receipts} == {1}
    assert shop.everything() == before
    assert len(shop.connector.verify(plan)) == len(plan.instructions)


def test_repeating_is_harmless(shop: Shop) -> None:
    plan = planned(shop)
    list(shop.connector.execute(plan))
    after = shop.everything()
    again = list(shop.connector.execute(plan))
    assert {r.rows for r in again} == {0} and len(again) == len(plan.instructions)
    assert shop.everything() == after


def test_what_the_ledger_holds_is_left_alone(shop: Shop) -> None:
    plan = planned(shop)
    done = {i.id for i in plan.instructions if i.collection != "logins"}
    before = shop.everything()
    (receipt,) = shop.connector.execute(plan, ledger=done)
    assert receipt.collection == "logins"
    assert shop.everything() == before | {"logins": before["logins"][1:]}


def test_a_row_changed_since_stops_the_whole_plan(shop: Shop) -> None:
    plan = planned(shop)
    shop.run("UPDATE wishes SET wish = 'a lamp' WHERE id = 320")
    before = shop.everything()
    for deed in (shop.connector.rehearse, shop.connector.execute):
        with pytest.raises(PlanOutdated) as caught:
            deed(plan)
        assert caught.value.instructions == tuple(i.id for i in plan.instructions if i.collection == "wishes")
        assert "lamp" not in str(caught.value)
    assert shop.everything() == before


def test_a_row_gone_since_counts_as_done(shop: Shop) -> None:
    plan = planned(shop)
    shop.run("DELETE FROM logins WHERE id = 310")
    assert {r.collection: r.rows for r in shop.connector.execute(plan)}["logins"] == 0


def test_a_database_that_refuses_half_way_keeps_everything(fresh_shop: Shop) -> None:
    """The failure other systems have: a NOT NULL met after three tables were wiped."""
    shop = fresh_shop
    plan = planned(shop)
    if shop.kind == "mariadb":
        shop.run("ALTER TABLE wishes MODIFY wish VARCHAR(60) NOT NULL")
    elif shop.kind == "postgresql":
        shop.run("ALTER TABLE wishes ALTER wish SET NOT NULL")
    else:
        shop.run("CREATE TRIGGER t BEFORE UPDATE ON wishes BEGIN SELECT RAISE(ABORT, 'a desk'); END")
    before = shop.everything()
    with pytest.raises(ConnectorError) as caught:
        shop.connector.execute(plan)
    assert (caught.value.code, caught.value.permanent) == ("integrity", True)
    assert "desk" not in str(caught.value) and caught.value.__cause__ is None
    assert shop.everything() == before


def test_no_key_goes_to_a_person(shop: Shop) -> None:
    log = [r for r in shop.connector.find(who(ANNA)) if r.collection == "web_log"]
    plan = shop.connector.plan([order(log[0], Action.ERASE)])
    assert plan.instructions == () and len(plan.refused) == 1
    assert [(f.code, f.table) for f in plan.findings] == [("no_primary_key", "web_log")]


def test_a_row_others_point_at_is_refused_before_the_first_write(shop: Shop) -> None:
    found = records_of(shop, ANNA)
    plan = shop.connector.plan([order(found["addresses", 10], Action.ERASE), order(found["logins", 310], Action.ERASE)])
    assert [(f.code, f.table) for f in plan.findings] == [("referenced", "addresses")]
    assert [i.collection for i in plan.instructions] == ["logins"]


def test_a_parent_stays_when_its_child_must(shop: Shop) -> None:
    """The parcel is not in the plan, so its line stays, so the order stays, so the address it goes to stays."""
    wanted = [i for i in anna_away(shop) if i.collection != "parcels"]
    plan = shop.connector.plan(wanted)
    assert {(i.collection, i.action) for i in plan.refused} == {
        ("order_lines", "erase"), ("orders", "erase"), ("addresses", "erase")}  # fmt: skip
    assert all(r.rows == 1 for r in shop.connector.rehearse(plan))


def test_a_cascade_is_refused_where_it_would_take_undecided_rows(fresh_shop: Shop) -> None:
    shop = fresh_shop
    constraint = {"postgresql": "wishes_account_id_fkey", "mariadb": "wishes_ibfk_1"}
    if shop.kind == "sqlite":
        shop.run("DROP TABLE wishes", "CREATE TABLE wishes (id INTEGER PRIMARY KEY, wish VARCHAR(60), "
                 "account_id INTEGER REFERENCES accounts(id) ON DELETE CASCADE)",
                 "INSERT INTO wishes VALUES (320, 'a desk', 300)")  # fmt: skip
    else:
        drop = "DROP FOREIGN KEY" if shop.kind == "mariadb" else "DROP CONSTRAINT"
        shop.run(
            f"ALTER TABLE wishes {drop} {constraint[shop.kind]}",
            "ALTER TABLE wishes ADD FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE",
        )
    found = records_of(shop, ANNA)
    wanted = [order(found["accounts", 300], Action.ERASE), order(found["logins", 310], Action.ERASE)]
    assert [f.code for f in shop.connector.plan(wanted).findings] == ["would_cascade"]
    both = [*wanted, order(found["wishes", 320], Action.ERASE)]
    plan = shop.connector.plan(both)
    assert plan.findings == ()
    assert all(r.rows == 1 for r in shop.connector.execute(plan))


def test_rows_that_point_at_rows_of_the_same_table_go_together(shop: Shop) -> None:
    shop.run("CREATE TABLE notes (id INTEGER PRIMARY KEY, customer_id INTEGER, answers INTEGER, "
             "FOREIGN KEY (answers) REFERENCES notes (id))",
             "INSERT INTO notes VALUES (1, 1, NULL)", "INSERT INTO notes VALUES (2, 1, 1)",
             "INSERT INTO notes VALUES (3, 1, 2)")  # fmt: skip
    connector = shop.again(
        text="""
        fides_key: shop
        collections:
        - name: notes
          fields:
          - {name: id, fides_meta: {primary_key: true}}
          - {name: customer_id, fides_meta: {identity: customer_id}}
          - {name: answers}
    """
    )
    found = list(connector.find(walk.Identity({"customer_id": ("1",)})))
    plan = connector.plan([order(record, Action.ERASE) for record in found])
    assert len(plan.instructions) == 3
    assert all(r.rows == 1 for r in connector.execute(plan))
    assert shop.rows("notes") == []


@pytest.mark.parametrize(
    ("collection", "key", "column", "code"),
    [
        ("customers", ANNA, "id", "key_column"),
        ("customers", ANNA, "no_such", "missing_column"),
        ("orders", 100, "id", "referenced"),
    ],
)
def test_a_column_that_cannot_be_masked_is_known_before(
    shop: Shop, collection: str, key: int, column: str, code: str
) -> None:
    plan = shop.connector.plan([order(records_of(shop, ANNA)[collection, key], Action.STRIP, column)])
    assert [f.column for f in plan.findings] == [column]
    assert plan.findings[0].code in (code, "referenced")
    assert plan.instructions == ()


def test_a_reference_that_must_stand_cannot_be_loosened(shop: Shop) -> None:
    parcel = records_of(shop, ANNA)["parcels", 200]
    for action in (Action.UNLINK, Action.STRIP):
        (finding,) = shop.connector.plan([order(parcel, action, "order_id")]).findings
        assert (finding.code, finding.column) == ("not_null_reference", "order_id")


def test_a_generated_column_cannot_be_masked(shop: Shop) -> None:
    shop.run("CREATE TABLE people (id INTEGER PRIMARY KEY, first VARCHAR(20), "
             "shout VARCHAR(20) GENERATED ALWAYS AS (UPPER(first)) STORED)",
             "INSERT INTO people (id, first) VALUES (1, 'anna')")  # fmt: skip
    connector = shop.again(
        text="""
        fides_key: shop
        collections:
        - name: people
          fields:
          - {name: id, fides_meta: {primary_key: true}}
          - {name: first, fides_meta: {identity: first}}
          - {name: shout}
    """
    )
    (record,) = connector.find(walk.Identity({"first": ("anna",)}))
    assert connector.plan([order(record, Action.STRIP, "shout")]).findings[0].code == "generated_column"
    list(connector.execute(connector.plan([order(record, Action.STRIP, "first")])))
    assert shop.rows("people") == [{"id": 1, "first": None, "shout": None}]


def test_the_same_plan_has_the_same_digest_in_any_order(shop: Shop) -> None:
    wanted = anna_away(shop)
    plan = shop.connector.plan(wanted)
    assert shop.connector.plan([*reversed(wanted), wanted[0]]).digest == plan.digest
    assert shop.connector.plan(wanted[1:]).digest != plan.digest


def test_a_plan_comes_back_from_its_file_and_an_altered_one_does_not(shop: Shop) -> None:
    plan = planned(shop)
    data = plan.to_json()
    assert SourcePlan.from_json(data) == plan
    data["deeds"][0]["rows"][0][0] = BERIT
    with pytest.raises(ConnectorError) as caught:
        SourcePlan.from_json(data)
    assert caught.value.code == "plan_altered"


def test_a_row_cannot_be_both_erased_and_changed(shop: Shop) -> None:
    login = records_of(shop, ANNA)["logins", 310]
    with pytest.raises(ConnectorError) as caught:
        shop.connector.plan([order(login, Action.ERASE), order(login, Action.STRIP, "email")])
    assert caught.value.code == "conflict"


def test_a_plan_of_another_source_is_refused(shop: Shop) -> None:
    with pytest.raises(ConnectorError) as caught:
        shop.crm.execute(planned(shop))
    assert caught.value.code == "wrong_source"


def test_thousands_of_rows_in_chunks(shop: Shop) -> None:
    logins = sa.Table("logins", sa.MetaData(), autoload_with=shop.engine)
    with shop.engine.begin() as connection:
        connection.execute(logins.insert(), [
            {"id": n, "email": "carl@example.org", "account_id": None} for n in range(1000, 3000)])  # fmt: skip
    found = [r for r in shop.connector.find(who(CARL)) if r.collection == "logins"]
    plan = shop.connector.plan([order(record, Action.ERASE) for record in found])
    statements: list[str] = []
    sa.event.listen(shop.connector._writer, "before_cursor_execute",
                    lambda _c, _cursor, sql, *_: statements.append(sql))  # fmt: skip
    assert len(list(shop.connector.execute(plan))) == 2001
    assert len([sql for sql in statements if sql.startswith("DELETE")]) <= 5
    assert len(shop.rows("logins")) == 2
    assert shop.connector.verify(plan) == []
