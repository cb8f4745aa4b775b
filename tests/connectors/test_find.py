"""Finding one person: all of it, nothing of anybody else's, and what is shared said to be (Art. 15(1) and (4) GDPR)."""

from datetime import date

import pytest
import sqlalchemy as sa

from connectors import walk
from connectors.base import Connector, ConnectorError, Identity, Record
from connectors.values import canonical
from tests.connectors.shop import ANNA, BERIT, CARL, EMAIL, Shop, keys, who


def find(shop: Shop, identity: Identity) -> list[Record]:
    return list(walk.find([shop.connector, shop.crm], identity))


def one(records: list[Record], collection: str, key: int) -> Record:
    (record,) = [r for r in records if r.collection == collection and r.key and next(iter(r.key.values())) == key]
    return record


def test_it_is_a_connector(shop: Shop) -> None:
    assert isinstance(shop.connector, Connector)


def test_everything_of_one_person_and_nothing_else(shop: Shop) -> None:
    records = find(shop, who(ANNA))
    assert {name: keys(records, name) for name in sorted({r.collection for r in records})} == {
        "accounts": [300], "addresses": [10, 11], "calls": [410], "contacts": [400], "customers": [ANNA],
        "logins": [310], "order_lines": [100, 100, 102], "orders": [100, 101, 102], "parcels": [200, 203],
        "products": [70, 71], "web_log": [None, None], "wishes": [320],
    }  # fmt: skip


def test_a_neighbour_at_the_same_address_is_not_pulled_in(shop: Shop) -> None:
    records = find(shop, who(BERIT))
    assert keys(records, "customers") == [BERIT]
    assert keys(records, "orders") == [102, 103]
    assert keys(records, "web_log") == [None]


def test_what_two_people_share_is_marked(shop: Shop) -> None:
    shared = {(r.collection, next(iter(r.key.values()))) for r in find(shop, who(ANNA)) if r.shared and r.key}
    assert shared == {
        ("addresses", 10),  # Berit lives there too
        ("orders", 101),  # Carl paid
        ("orders", 102), ("order_lines", 102),  # Berit's, paid by Anna
        ("products", 70), ("products", 71),  # others ordered them too
    }  # fmt: skip


def test_an_account_two_people_log_in_to_is_marked_and_leads_nowhere(shop: Shop) -> None:
    records = find(shop, who(CARL))
    assert one(records, "accounts", 301).shared
    assert keys(records, "wishes") == []


def test_an_account_nobody_else_logs_in_to_leads_on(shop: Shop) -> None:
    records = find(shop, who(ANNA))
    assert not one(records, "accounts", 300).shared
    assert not one(records, "wishes", 320).shared


def test_every_column_comes_with_the_row_also_those_no_map_mentions(shop: Shop) -> None:
    anna = one(find(shop, who(ANNA)), "customers", ANNA)
    assert anna.fields["shoe_size"] == "38"
    assert anna.fields["name"] == "Anna Ærø"
    assert anna.fields["born"] == "1980-01-02"
    assert anna.unmapped == ("shoe_size",)
    canonical(anna.fields)  # is JSON


def test_a_table_without_key_is_found_and_goes_to_a_person(shop: Shop) -> None:
    log = [r for r in find(shop, who(ANNA)) if r.collection == "web_log"]
    assert len(log) == 2
    assert all(r.key is None and r.needs_person for r in log)


def test_the_path_tells_how_each_row_was_reached(shop: Shop) -> None:
    records = find(shop, who(ANNA))
    root = "email = shop/customers.email[id=1]"
    assert one(records, "customers", ANNA).path == (root,)
    assert one(records, "parcels", 200).path == (
        root, "shop/orders.customer_id", "shop/order_lines.order_id", "shop/parcels.line_no+order_id")  # fmt: skip
    assert one(records, "calls", 410).path == (root, "crm/contacts.customer_no", "crm/calls.contact_id")


def test_two_people_who_fit_stay_apart_in_their_paths(shop: Shop) -> None:
    records = find(shop, Identity({"email": (EMAIL[ANNA],), "customer_no": ("K3",)}))
    roots = {r.path[0] for r in records if r.collection == "customers"}
    assert roots == {"email = shop/customers.email[id=1]", "customer_no = shop/customers.customer_no[id=3]"}
    orders = {next(iter(r.key.values())): r.path[0] for r in records if r.collection == "orders" and r.key}
    assert orders[100] != orders[104]


@pytest.mark.parametrize("spelling", ["anna@example.org", "ANNA@EXAMPLE.ORG", "  Anna@example.org "])
def test_an_email_is_found_in_any_spelling(shop: Shop, spelling: str) -> None:
    records = find(shop, Identity({"email": (spelling,)}))
    assert keys(records, "customers") == [ANNA]
    assert keys(records, "logins") == [310]


def test_letters_beyond_ascii_are_lowered_too(shop: Shop) -> None:
    shop.run("UPDATE customers SET email = 'ÅSA@example.org' WHERE id = 3")
    assert keys(find(shop, Identity({"email": ("åsa@example.org",)})), "customers") == [CARL]


def test_a_collation_makes_nobody_another(shop: Shop) -> None:
    """MariaDB holds "ö" for "o", "k3" for "K3" and "K3 " for "K3"."""
    shop.run("UPDATE customers SET email = 'bjorn@example.org' WHERE id = 2")
    assert keys(find(shop, Identity({"email": ("björn@example.org",)})), "customers") == []
    assert keys(find(shop, Identity({"customer_no": ("k3",)})), "customers") == []
    assert keys(find(shop, Identity({"customer_no": ("K3 ",)})), "customers") == []


@pytest.mark.parametrize("value", ["", " ", "\t"])
def test_an_empty_identity_matches_nobody(shop: Shop, value: str) -> None:
    assert find(shop, Identity({"email": (value,), "phone": (value,), "customer_no": (value,)})) == []


def test_no_identity_matches_nobody(shop: Shop) -> None:
    assert find(shop, Identity({})) == []


@pytest.mark.parametrize("value", ["%", "anna%", "anna_example.org%", "_nna@example.org", "K_"])
def test_percent_and_underscore_are_letters(shop: Shop, value: str) -> None:
    records = find(shop, Identity({"email": (value,), "customer_no": (value,)}))
    assert keys(records, "customers") == []


def test_percent_itself_is_found_exactly(shop: Shop) -> None:
    assert keys(find(shop, Identity({"customer_no": ("K%",)})), "customers") == [6]


def test_an_attempt_at_sql_is_a_value(shop: Shop) -> None:
    assert find(shop, Identity({"email": ("' OR 1=1 --",), "customer_no": ("K1'; DROP TABLE orders; --",)})) == []
    assert len(shop.rows("orders")) == 6


def test_an_order_number_alone_finds_the_order_and_marks_it(shop: Shop) -> None:
    records = find(shop, Identity({"order_no": ("O103",)}))
    assert keys(records, "orders") == [103]
    assert one(records, "orders", 103).shared  # nothing says that it is the asker's
    assert keys(records, "customers") == []


def test_an_order_number_beside_an_email_does_not_hide_other_orders(shop: Shop) -> None:
    records = find(shop, Identity({"email": (EMAIL[ANNA],), "order_no": ("O100",)}))
    assert keys(records, "orders") == [100, 101, 102]
    assert not one(records, "orders", 100).shared


def test_each_row_comes_once(shop: Shop) -> None:
    shop.run("UPDATE orders SET payer_id = 1 WHERE id = 100")  # now by two keys
    records = find(shop, Identity({"email": (EMAIL[ANNA],), "customer_no": ("K1",), "order_no": ("O100",)}))
    marks = [(r.collection, canonical(r.key)) for r in records if r.key]
    assert len(marks) == len(set(marks))
    assert keys(records, "web_log") == [None, None]


def test_given_values_are_looked_for(shop: Shop) -> None:
    records = list(shop.connector.find(Identity({}), given={"orders.id": {104}}))
    assert keys(records, "orders") == [104]


def test_three_thousand_keys_in_chunks(shop: Shop) -> None:
    with shop.engine.begin() as connection:
        orders = sa.Table("orders", sa.MetaData(), autoload_with=connection)
        lines = sa.Table("order_lines", sa.MetaData(), autoload_with=connection)
        connection.execute(orders.insert(), [
            {"id": n, "order_no": f"B{n}", "customer_id": CARL, "payer_id": None, "address_id": None, "total": 1,
             "ordered_on": date(2024, 1, 1)} for n in range(1000, 4000)])  # fmt: skip
        connection.execute(lines.insert(), [
            {"order_id": n, "line_no": 1, "product_id": 71, "engraving": None} for n in range(1000, 4000)])  # fmt: skip
    widths: list[int] = []
    sa.event.listen(shop.connector._reader, "before_cursor_execute",
                    lambda _c, _cursor, _sql, parameters, _ctx, _many: widths.append(len(parameters)))  # fmt: skip
    records = find(shop, who(CARL))
    assert len(keys(records, "orders")) == 3002  # 104 and 101, which he paid
    assert len(keys(records, "order_lines")) == 3000
    assert 100 < max(widths) <= 500


def test_a_fingerprint_follows_every_column(shop: Shop) -> None:
    before = one(find(shop, who(ANNA)), "customers", ANNA).fingerprint
    assert one(find(shop, who(ANNA)), "customers", ANNA).fingerprint == before
    shop.run("UPDATE customers SET shoe_size = '39' WHERE id = 1")
    assert one(find(shop, who(ANNA)), "customers", ANNA).fingerprint != before


def test_a_missing_table_is_an_error_not_an_omission(fresh_shop: Shop) -> None:
    shop = fresh_shop
    shop.run("DROP TABLE parcels")
    with pytest.raises(ConnectorError) as caught:
        find(shop, who(ANNA))
    assert (caught.value.code, caught.value.permanent) == ("missing_table", True)


def test_a_source_that_is_down_fails_alone(shop: Shop) -> None:
    shop.crm.path.unlink()
    told: list[ConnectorError] = []
    records = list(walk.find([shop.connector, shop.crm], who(ANNA), on_error=told.append))
    assert [(error.source, error.code, error.permanent) for error in told] == [("crm", "unreachable", False)]
    assert keys(records, "customers") == [ANNA]
    with pytest.raises(ConnectorError):
        find(shop, who(ANNA))
