"""Rows again by key, and whole tables page by page in the order of their keys."""

import pytest
import sqlalchemy as sa

from connectors.base import HIDDEN, ConnectorError
from tests.connectors.shop import ANNA, BERIT, Shop, who

SECRETS = """
fides_key: shop
collections:
- name: doors
  fields: [{name: id, fides_meta: {primary_key: true}}, {name: code, data_categories: [user.authorization.password]}]
"""


def test_rows_come_back_by_key_as_they_were_found(shop: Shop) -> None:
    found = {str(record.key): record for record in shop.connector.find(who(ANNA)) if record.collection == "customers"}
    again = list(shop.connector.by_key("customers", [{"id": ANNA}, {"id": "2"}, {"id": 999}, {"id": "nobody"}]))
    assert sorted(record.key["id"] for record in again if record.key) == [ANNA, BERIT]
    (anna,) = (record for record in again if record.key == {"id": ANNA})
    assert (anna.fingerprint, anna.fields) == (found[str(anna.key)].fingerprint, found[str(anna.key)].fields)
    assert (anna.path, anna.shared) == (("by key",), False)
    lines = [{"order_id": 100, "line_no": 2}, {"line_no": 1, "order_id": 103}]
    assert len(list(shop.connector.by_key("order_lines", lines))) == 2
    assert list(shop.connector.by_key("customers", [])) == []


def test_a_table_is_read_page_by_page_each_row_once(shop: Shop) -> None:
    for table, size in (("order_lines", 2), ("customers", 4), ("orders", 100)):
        pages, after = [], None
        while page := shop.connector.scan(table, after=after, count=size):
            assert len(page) <= size
            pages += page
            after = page[-1].key
        assert len(pages) == len(shop.rows(table)) == len({str(record.key) for record in pages})
        assert {record.path for record in pages} == {("scan",)}


def test_keys_of_text_have_an_order_too(shop: Shop) -> None:
    words = ["b", "C", "Å", "æ", "zz", "10", "9", "Ø"]
    table = sa.Table("words", sa.MetaData(), sa.Column("id", sa.String(9), primary_key=True))
    table.create(shop.engine)
    with shop.engine.begin() as connection:
        connection.execute(table.insert(), [{"id": word} for word in words])
    connector = shop.again(text="{fides_key: shop, collections: [{name: words, fields: [{name: id}]}]}")
    found, after = [], None
    while page := connector.scan("words", after=after, count=3):
        found += [record.fields["id"] for record in page]
        after = page[-1].key
    assert sorted(found) == sorted(words)
    assert [record.key for record in connector.by_key("words", [{"id": "B"}, {"id": "Å"}])] == [{"id": "Å"}]


def test_a_credential_stays_hidden_and_a_table_without_a_key_is_refused(shop: Shop) -> None:
    shop.run("CREATE TABLE doors (id INTEGER PRIMARY KEY, code VARCHAR(9))", "INSERT INTO doors VALUES (1, 'hash')")
    connector = shop.again(text=SECRETS)
    for record in (*connector.by_key("doors", [{"id": 1}]), *connector.scan("doors", after=None, count=5)):
        assert record.fields["code"] == HIDDEN
    for ask in (lambda: list(shop.connector.by_key("web_log", [{"url": "/"}])),
                lambda: shop.connector.scan("web_log", after=None, count=5)):  # fmt: skip
        with pytest.raises(ConnectorError) as caught:
            ask()
        assert caught.value.code == "no_primary_key"
