"""The map against what is really there: what an operator must know before the first request comes."""

import pytest
import sqlalchemy as sa

from connectors.base import Action, ConnectorError, Finding
from tests.connectors.shop import ANNA, Shop, order, who


def codes(findings: list[Finding]) -> set[tuple[str, str, str]]:
    return {(finding.code, finding.table, finding.column) for finding in findings}


def test_the_shop_has_the_traps_we_built_in(shop: Shop) -> None:
    found = codes(shop.connector.describe())
    assert {
        ("unmapped_column", "customers", "shoe_size"),
        ("no_primary_key", "web_log", ""),
        ("unique_mask", "customers", "login"),
        ("not_null_mask", "customers", "name"),
    } <= found
    assert not {code for code, _, _ in found} & {"missing_table", "missing_column", "read_only_role"}


def test_a_map_of_another_database_is_told_what_is_missing(shop: Shop) -> None:
    shop.run("CREATE TABLE receipts (id INTEGER PRIMARY KEY, customer_id INTEGER, FOREIGN KEY (customer_id) "
             "REFERENCES customers (id))")  # fmt: skip
    connector = shop.again(
        text="""
        fides_key: shop
        collections:
        - {name: invoices, fields: [{name: id}]}
        - name: customers
          fields:
          - {name: id, fides_meta: {primary_key: true}}
          - {name: nickname, data_categories: [user.name]}
          - {name: phone, fides_meta: {references: [{dataset: shop, field: phones.number}]}}
          - name: born
            data_categories: [user.demographic.date_of_birth]
            fides_meta: {masking_strategy_override: {strategy: null_rewrite}}
    """
    )
    found = codes(connector.describe())
    assert {
        ("missing_table", "invoices", ""),
        ("missing_column", "customers", "nickname"),
        ("broken_reference", "customers", "phone"),
        ("mask_blocked", "customers", "born"),
        ("unmapped_table", "receipts", ""),
        ("unmapped_column", "customers", "email"),
    } <= found


def test_a_read_only_role_suffices_for_access_and_says_so_for_erasure(postgres_shop: Shop) -> None:
    role = postgres_shop.url.rpartition("/")[2] + "_reader"
    postgres_shop.run(f"CREATE ROLE {role} LOGIN", f"GRANT USAGE ON SCHEMA public TO {role}",
                      f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")  # fmt: skip
    try:
        url = sa.make_url(postgres_shop.url).set(username=role)
        reader = postgres_shop.again(url=url.render_as_string(hide_password=False))
        records = list(reader.find(who(ANNA)))
        assert len(records) == len(list(postgres_shop.connector.find(who(ANNA))))
        assert ("read_only_role", "customers", "") in codes(reader.describe())
        login = next(record for record in records if record.collection == "logins")
        plan = reader.plan([order(login, Action.ERASE)])
        assert plan.instructions == () and codes(list(plan.findings)) == {("read_only_role", "logins", "")}
        whole = postgres_shop.connector.plan([order(login, Action.ERASE)])
        with pytest.raises(ConnectorError) as caught:
            reader.execute(whole)
        assert (caught.value.code, caught.value.permanent) == ("permission", True)
        reader.close()
    finally:
        postgres_shop.run(f"DROP OWNED BY {role}", f"DROP ROLE {role}")


def test_reading_cannot_write_whatever_we_ask(shop: Shop) -> None:
    with pytest.raises(ConnectorError) as caught, shop.connector.reading() as connection:
        connection.exec_driver_sql("DELETE FROM web_log")
    assert caught.value.code == "read_only"
    assert len(shop.rows("web_log")) == 4


def test_a_storage_engine_that_cannot_roll_back_is_refused(shop: Shop) -> None:
    if shop.kind != "mariadb":
        shop.run("CREATE TABLE old_notes (id INTEGER PRIMARY KEY, nick VARCHAR(20))")
    else:
        shop.run("CREATE TABLE old_notes (id INTEGER PRIMARY KEY, nick VARCHAR(20)) ENGINE=MyISAM")
    shop.run("INSERT INTO old_notes VALUES (1, 'anna')")
    connector = shop.again(
        text="""
        fides_key: shop
        collections:
        - name: old_notes
          fields: [{name: id, fides_meta: {primary_key: true}}, {name: nick, fides_meta: {identity: email}}]
    """
    )
    shop.run("UPDATE old_notes SET nick = 'anna@example.org'")
    (record,) = connector.find(who(ANNA))
    plan = connector.plan([order(record, Action.ERASE)])
    expected = ["no_transactions"] if shop.kind == "mariadb" else []
    assert [finding.code for finding in plan.findings] == expected
