"""What a person's rows point at: goods stay in the shop, a shared address is let go of, an own one goes."""

import json
import shutil
import sqlite3
from contextlib import closing, suppress

import pytest
import yaml
from django.core.management import call_command

from connectors import maps
from policies.load import load_controller
from tests.fulfilment.alike import EXAMPLE

GOODS = {"name": "bicycles", "fields": [
    {"name": "bicycle", "data_categories": ["system.operations"], "fides_meta": {"primary_key": True}},
    {"name": "price", "data_categories": ["system.operations"]},
]}  # fmt: skip
POINTS = {"references": [{"dataset": "fjordsykler_shop", "field": "bicycles.bicycle", "direction": "to"}]}


@pytest.fixture
def shop(tmp_path, settings, monkeypatch):
    """The example company, whose orders point at a table of goods that its map says to erase by row."""
    home = tmp_path / "controllers" / "fjordsykler"
    shutil.copytree(EXAMPLE, home)
    settings.DSAR_CONTROLLERS_PATH = [home.parent]
    monkeypatch.setenv("DSAR_SOURCE_FJORDSYKLER_SHOP", f"sqlite:///{tmp_path}/shop.sqlite")
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as database:
        database.executescript((EXAMPLE.parent / "shop.sql").read_text())
        database.executescript("CREATE TABLE bicycles (bicycle VARCHAR(100) PRIMARY KEY, price INTEGER);"
                               "INSERT INTO bicycles VALUES ('Gravel', 12990), ('City', 8990)")  # fmt: skip
    return home


def mapped(home, change=lambda goods, order: None):
    file = next((home / "datasets").iterdir())
    read = yaml.safe_load(file.read_text())
    (dataset,) = read["dataset"]
    goods, order = json.loads(json.dumps(GOODS)), next(one for one in dataset["collections"] if one["name"] == "orders")
    next(one for one in order["fields"] if one["name"] == "bicycle")["fides_meta"] = dict(POINTS)
    change(goods, order)
    dataset["collections"].append(goods)
    file.write_text(yaml.safe_dump(read))
    sources = yaml.safe_load((home / "sources.yaml").read_text())
    sources["sources"]["shop"]["collections"]["bicycles"] = {
        "kind": "order", "purposes": ["purchase"], "subject": {"is": "consumer"}, "origin": "provided", "erase": "row",
        "label": {"nb": "Sykler", "en": "Bicycles"}}  # fmt: skip
    (home / "sources.yaml").write_text(yaml.safe_dump(sources, sort_keys=False))


@pytest.mark.django_db
def test_goods_stay_when_the_order_that_named_them_goes(shop, tmp_path, capsys):
    mapped(shop)
    plan = str(tmp_path / "plan.json")
    call_command("erase", "fjordsykler", "--identity", "email=kari@example.com", "--plan-out", plan, "--json")
    summary = json.loads(capsys.readouterr().out)["summary"]
    told = {row["collection"]: (row["outcome"], row["held_for"]) for row in summary}
    assert told["bicycles"] == ("not_theirs", "nothing_personal") and told["orders"] == ("erase", "")
    call_command("erase", "fjordsykler", "--execute", plan)
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM bicycles").fetchone() == (2,)
        assert database.execute("SELECT order_no FROM orders").fetchall() == [("A-2",)]


def personal(goods, order):
    goods["fields"][1]["data_categories"] = ["user.financial"]


def nobody_said(goods, order):
    del goods["fields"][1]["data_categories"]


def hangs_on_the_order(goods, order):
    goods["fields"][1]["fides_meta"] = {
        "references": [{"dataset": "fjordsykler_shop", "field": "orders.order_no", "direction": "from"}]}


def pointed_at_beside_its_key(goods, order):
    order["fields"][0]["fides_meta"] = {"primary_key": True, "references": [
        {"dataset": "fjordsykler_shop", "field": "bicycles.price", "direction": "to"}]}  # fmt: skip


@pytest.mark.parametrize("change", [personal, nobody_said, hangs_on_the_order, pointed_at_beside_its_key])
def test_what_says_something_of_people_or_hangs_on_them_is_theirs(shop, change):
    mapped(shop, change)
    read = [maps.read(one) for one in load_controller(shop).datasets.values()]
    assert ("fjordsykler_shop", "bicycles") not in maps.impersonal(read)


# --- an address ---------------------------------------------------------------------------------------------------
def living(home, shop, *, with_somebody, must):
    """Kari's address is a row of its own, which her customer row points at; Ola may live there, too."""
    file = next((home / "datasets").iterdir())
    read = yaml.safe_load(file.read_text())
    (dataset,) = read["dataset"]
    customers = next(one for one in dataset["collections"] if one["name"] == "customers")
    customers["fields"].append({"name": "address_id", "data_categories": ["system.operations"], "fides_meta": {
        "references": [{"dataset": "fjordsykler_shop", "field": "addresses.id", "direction": "to"}]}})
    dataset["collections"].append({"name": "addresses", "fields": [
        {"name": "id", "data_categories": ["system.operations"], "fides_meta": {"primary_key": True}},
        {"name": "street", "data_categories": ["user.contact.address.street"]}]})
    file.write_text(yaml.safe_dump(read))
    sources = yaml.safe_load((home / "sources.yaml").read_text())
    sources["sources"]["shop"]["collections"]["addresses"] = {
        "kind": "contact", "purposes": ["purchase"], "subject": {"is": "consumer"}, "origin": "provided",
        "erase": "row", "facts": {"last_purchase": {"max": "customers.restricted_on", "match": {"address_id": "id"}}},
        "label": {"nb": "Adresser", "en": "Addresses"}}  # fmt: skip
    (home / "sources.yaml").write_text(yaml.safe_dump(sources, sort_keys=False))
    with closing(sqlite3.connect(shop)) as database:
        database.executescript(f"""
            CREATE TABLE addresses (id INTEGER PRIMARY KEY, street VARCHAR(100));
            INSERT INTO addresses VALUES (1, 'Storgata 1'), (2, 'Storgata 2');
            ALTER TABLE customers ADD COLUMN address_id INTEGER {"NOT NULL DEFAULT 2" if must else ""};
            UPDATE customers SET address_id = 1 WHERE id = 1 OR id = 2 AND {int(with_somebody)};
        """)


@pytest.mark.django_db
@pytest.mark.parametrize(("with_somebody", "must", "address", "kept", "still"), [
    (False, False, ("erase", ""), [2], None),  # hers alone: let go of, then erased
    (True, False, ("undetermined", "shared_row"), [1, 2], None),  # his, too: let go of, and not wiped
    (False, True, ("undetermined", "refused_by_source"), [1, 2], 1),  # a column that must point somewhere holds both
    (True, True, ("undetermined", "shared_row"), [1, 2], 1),
])  # fmt: skip
def test_a_customer_lets_go_of_an_address(shop, tmp_path, capsys, with_somebody, must, address, kept, still):
    living(shop, tmp_path / "shop.sqlite", with_somebody=with_somebody, must=must)
    plan = str(tmp_path / "plan.json")
    with suppress(SystemExit):  # something is left to a person
        call_command("erase", "fjordsykler", "--identity", "email=kari@example.com", "--plan-out", plan, "--json")
    summary = json.loads(capsys.readouterr().out)["summary"]
    told = {row["collection"]: (row["outcome"], row["held_for"]) for row in summary}
    assert told["addresses"] == address and told["customers"] == ("erase", "")
    call_command("erase", "fjordsykler", "--execute", plan)
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as database:
        assert [number for (number,) in database.execute("SELECT id FROM addresses ORDER BY id")] == kept
        assert database.execute("SELECT name, address_id FROM customers WHERE id = 1").fetchone() == (None, still)
        if with_somebody:
            assert database.execute("SELECT name, address_id FROM customers WHERE id = 2").fetchone() == ("Ola Berg", 1)
