"""Whose a row is, in the shapes real databases have (Art. 15(4) GDPR): one small database a test."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from fideslang.models import Dataset

from connectors import walk
from connectors.base import Identity
from connectors.sql.connector import SqlConnector

ME = Identity({"email": ("me@example.org",)})
PEOPLE = "(1, 'me@example.org'), (2, 'other@example.org')"


def found(folder: Path, *, tables: dict[str, Any], rows: dict[str, str], subjects: dict[str, list[str]] | None = None,
          unique: tuple[str, ...] = ()) -> set[str]:  # fmt: skip
    """ "table:id" of every record for ME, with * where it is shared. A column is {name: meta}; id is the key."""
    engine = sa.create_engine(f"sqlite:///{folder}/x.sqlite", poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        for name, columns in tables.items():
            defined = ", ".join(f"{column}{' UNIQUE' if f'{name}.{column}' in unique else ''}" for column in columns)
            connection.exec_driver_sql(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, {defined})")
            connection.exec_driver_sql(f"INSERT INTO {name} VALUES {rows[name]}")
    collections = [
        {"name": name, "data_subjects": (subjects or {}).get(name),
         "fields": [{"name": "id", "fides_meta": {"primary_key": True}},
                    *({"name": column, "fides_meta": meta} for column, meta in columns.items())]}
        for name, columns in tables.items()
    ]  # fmt: skip
    dataset = Dataset.model_validate({"fides_key": "x", "collections": collections})
    connector = SqlConnector("x", url=f"sqlite:///{folder}/x.sqlite", dataset=dataset)
    records = list(walk.find([connector], ME))
    connector.close()
    assert len(records) == len({(r.collection, str(r.key)) for r in records})
    return {f"{r.collection}:{r.key['id'] if r.key else '-'}{'*' if r.shared else ''}" for r in records}


def to(field: str, direction: str | None = None) -> dict[str, Any]:
    reference = {"dataset": "x", "field": field} | ({"direction": direction} if direction else {})
    return {"references": [reference]}


EMAIL = {"identity": "email"}


@pytest.mark.parametrize("direction", [None, "from", "to"])
def test_whom_i_referred_is_not_my_data(tmp_path: Path, direction: str | None) -> None:
    tables = {"customers": {"email": EMAIL, "referred_by": to("customers.id", direction)}}
    rows = {"customers": "(1, 'me@example.org', 2), (2, 'other@example.org', 1)"}
    assert found(tmp_path, tables=tables, rows=rows) == {"customers:1"}


@pytest.mark.parametrize("direction", [None, "to"])
def test_up_into_a_table_of_persons_nobody_is_pulled_in(tmp_path: Path, direction: str | None) -> None:
    tables = {
        "customers": {"email": EMAIL},
        "subscriptions": {"email": EMAIL, "customer_id": to("customers.id", direction)},
    }
    rows = {"customers": "(2, 'other@example.org')", "subscriptions": "(5, 'me@example.org', 2)"}
    assert found(tmp_path, tables=tables, rows=rows) == {"subscriptions:5*"}


def test_a_colleague_under_my_company_account_is_shown_but_not_followed(tmp_path: Path) -> None:
    tables = {"customers": {"email": EMAIL}, "contacts": {"email": EMAIL, "customer_id": to("customers.id", "from")},
              "notes": {"contact_id": to("contacts.id", "from")}}  # fmt: skip
    rows = {"customers": PEOPLE, "contacts": "(5, 'colleague@example.org', 1), (6, NULL, 1)", "notes": "(7, 5), (8, 6)"}
    assert found(tmp_path, tables=tables, rows=rows) == {"customers:1", "contacts:5*", "contacts:6", "notes:8"}


def test_who_served_me_does_not_make_my_order_shared(tmp_path: Path) -> None:
    tables = {"staff": {"email": EMAIL}, "customers": {"email": EMAIL, "manager_id": to("staff.id")},
              "orders": {"customer_id": to("customers.id"), "sold_by": to("staff.id")}}  # fmt: skip
    rows = {"staff": "(9, 'staff@example.org')", "customers": "(1, 'me@example.org', 9)", "orders": "(5, 1, 9)"}
    assert found(tmp_path, tables=tables, rows=rows, subjects={"staff": ["employee"]}) == {"customers:1", "orders:5"}


def test_a_shared_order_shares_its_lines_and_the_address_it_goes_to(tmp_path: Path) -> None:
    tables = {"customers": {"email": EMAIL}, "addresses": {"street": {}},
              "orders": {"customer_id": to("customers.id", "from"), "payer_id": to("customers.id", "from"),
                         "address_id": to("addresses.id", "to")},
              "lines": {"order_id": to("orders.id", "from")}}  # fmt: skip
    rows = {"customers": PEOPLE, "addresses": "(20, 'hers')", "orders": "(5, 2, 1, 20)", "lines": "(7, 5)"}
    assert found(tmp_path, tables=tables, rows=rows) == {"customers:1", "orders:5*", "addresses:20*", "lines:7*"}


@pytest.mark.parametrize("direction", [None, "to"])
def test_a_row_i_alone_point_at_is_mine(tmp_path: Path, direction: str | None) -> None:
    tables = {"addresses": {"street": {}}, "customers": {"email": EMAIL, "address_id": to("addresses.id", direction)}}
    rows = {
        "addresses": "(20, 'mine'), (21, 'hers')",
        "customers": "(1, 'me@example.org', 20), (2, 'o@example.org', 21)",
    }
    assert found(tmp_path, tables=tables, rows=rows) == {"customers:1", "addresses:20"}


def test_orders_of_others_to_my_own_address_are_not_mine(tmp_path: Path) -> None:
    tables = {"addresses": {"street": {}}, "customers": {"email": EMAIL, "address_id": to("addresses.id")},
              "orders": {"customer_id": to("customers.id"), "address_id": to("addresses.id")}}  # fmt: skip
    rows = {"addresses": "(20, 'mine')", "customers": "(1, 'me@example.org', 20), (2, 'o@example.org', NULL)",
            "orders": "(5, 1, 20), (6, 2, 20)"}  # fmt: skip
    assert found(tmp_path, tables=tables, rows=rows) == {"customers:1", "addresses:20*", "orders:5"}


def test_behind_a_lookup_nobody_named_the_way_to_a_person_looks_first(tmp_path: Path) -> None:
    tables = {"cities": {"name": {}}, "customers": {"email": EMAIL, "city_id": to("cities.id")},
              "shops": {"city_id": to("cities.id")}}  # fmt: skip
    rows = {"cities": "(30, 'Skagen')", "customers": "(1, 'me@example.org', 30)", "shops": "(31, 30)"}
    assert found(tmp_path, tables=tables, rows=rows) == {"customers:1", "cities:30*", "shops:31*"}


def test_replies_of_others_to_my_words_stay_theirs(tmp_path: Path) -> None:
    tables = {
        "users": {"email": EMAIL},
        "posts": {"user_id": to("users.id", "from"), "answers": to("posts.id", "from")},
    }
    rows = {"users": PEOPLE, "posts": "(5, 1, NULL), (6, 2, 5), (7, 1, 6)"}
    assert found(tmp_path, tables=tables, rows=rows) == {"users:1", "posts:5", "posts:7"}


def test_a_long_chain_of_rows_is_no_deep_recursion(tmp_path: Path) -> None:
    tables = {"people": {"email": EMAIL}, "log": {"person_id": to("people.id", "from"), "before": to("log.id", "to")}}
    chain = ", ".join(f"({n}, {1 if n == 3000 else 'NULL'}, {n - 1 if n > 1 else 'NULL'})" for n in range(1, 3001))
    rows = {"people": "(1, 'me@example.org')", "log": chain}
    assert len(found(tmp_path, tables=tables, rows=rows)) == 3001


def test_a_reference_declared_at_the_key_leads_the_same_way(tmp_path: Path) -> None:
    tables = {"customers": {"email": EMAIL, "no": to("orders.customer_no", "to")}, "orders": {"customer_no": {}}}
    rows = {"customers": "(1, 'me@example.org', 'K1'), (2, 'o@example.org', 'K2')", "orders": "(5, 'K1'), (6, 'K2')"}
    assert found(tmp_path, tables=tables, rows=rows, unique=("customers.no",)) == {"customers:1", "orders:5"}


def test_a_map_of_another_tool_loads_as_it_is() -> None:
    assert (
        yaml.safe_load((Path(__file__).parent / "maps" / "shop.yaml").read_text())["dataset"][0]["fides_key"] == "shop"
    )
