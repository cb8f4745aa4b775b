"""A small shop with the traps real ones have, in any of the three databases, and the maps of it and its CRM."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from fideslang.models import Dataset

from connectors.base import Action, Identity, Instruction, Record
from connectors.sql.connector import SqlConnector

ANNA, BERIT, CARL = 1, 2, 3
EMAIL = {ANNA: "anna@example.org", BERIT: "berit@example.org", CARL: "carl@example.org"}

tables = sa.MetaData()


def _table(name: str, *columns: Any) -> sa.Table:
    return sa.Table(name, tables, *columns)


_table("addresses", sa.Column("id", sa.Integer, primary_key=True), sa.Column("street", sa.String(80), nullable=False))
_table(
    "customers",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(80), unique=True),
    sa.Column("login", sa.String(40), nullable=False, unique=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("initials", sa.String(3), nullable=False),
    sa.Column("phone", sa.String(30)),
    sa.Column("born", sa.Date, nullable=False),
    sa.Column("customer_no", sa.String(20)),
    sa.Column("address_id", sa.ForeignKey("addresses.id")),
    sa.Column("shoe_size", sa.String(10)),
)
_table("products", sa.Column("id", sa.Integer, primary_key=True), sa.Column("title", sa.String(60), nullable=False))
_table(
    "orders",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("order_no", sa.String(20), nullable=False),
    sa.Column("customer_id", sa.ForeignKey("customers.id")),
    sa.Column("payer_id", sa.ForeignKey("customers.id")),
    sa.Column("address_id", sa.ForeignKey("addresses.id")),
    sa.Column("total", sa.Numeric(10, 2), nullable=False),
    sa.Column("ordered_on", sa.Date, nullable=False),
)
_table(
    "order_lines",
    sa.Column("order_id", sa.ForeignKey("orders.id"), primary_key=True),
    sa.Column("line_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("product_id", sa.ForeignKey("products.id")),
    sa.Column("engraving", sa.String(60)),
)
_table(
    "parcels",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("order_id", sa.Integer, nullable=False),
    sa.Column("line_no", sa.Integer, nullable=False),
    sa.Column("signed_by", sa.String(60)),
    sa.ForeignKeyConstraint(["order_id", "line_no"], ["order_lines.order_id", "order_lines.line_no"]),
)
_table("web_log", sa.Column("customer_id", sa.Integer), sa.Column("url", sa.String(80)), sa.Column("ip", sa.String(40)))
_table("accounts", sa.Column("id", sa.Integer, primary_key=True), sa.Column("nick", sa.String(40)))
_table(
    "logins",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(80)),
    sa.Column("account_id", sa.ForeignKey("accounts.id")),
)
_table(
    "wishes",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account_id", sa.ForeignKey("accounts.id")),
    sa.Column("wish", sa.String(60)),
)

crm_tables = sa.MetaData()
sa.Table(
    "contacts", crm_tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_no", sa.String(20)),
    sa.Column("note", sa.String(80)),
)  # fmt: skip
sa.Table(
    "calls", crm_tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("contact_id", sa.Integer),
    sa.Column("said", sa.String(80)),
)  # fmt: skip

MAPS = Path(__file__).parent / "maps"


def dataset(name: str) -> Dataset:
    return Dataset.model_validate(yaml.safe_load((MAPS / f"{name}.yaml").read_text("utf-8"))["dataset"][0])


DAY = date(2024, 3, 1)
ROWS: dict[str, list[dict[str, Any]]] = {
    "addresses": [
        {"id": 10, "street": "Fælles Allé 1"},  # Anna and Berit live here
        {"id": 11, "street": "Annas Sommerhus 2"},  # only Anna's orders go here
        {"id": 12, "street": "Carls Vej 3"},
    ],
    "customers": [
        {
            "id": ANNA,
            "email": "Anna@Example.org",
            "login": "anna",
            "name": "Anna Ærø",
            "initials": "AÆ",
            "phone": "+45 12 34",
            "born": date(1980, 1, 2),
            "customer_no": "K1",
            "address_id": 10,
            "shoe_size": "38",
        },
        {
            "id": BERIT,
            "email": EMAIL[BERIT],
            "login": "berit",
            "name": "Berit Øst",
            "initials": "BØ",
            "phone": "",
            "born": date(1981, 1, 2),
            "customer_no": "K2",
            "address_id": 10,
            "shoe_size": "39",
        },
        {
            "id": CARL,
            "email": EMAIL[CARL],
            "login": "carl",
            "name": "Carl Ås",
            "initials": "CÅ",
            "phone": None,
            "born": date(1982, 1, 2),
            "customer_no": "K3",
            "address_id": 12,
            "shoe_size": "44",
        },
        {
            "id": 4,
            "email": None,
            "login": "nobody",
            "name": "Nobody",
            "initials": "N",
            "phone": "",
            "born": date(1983, 1, 2),
            "customer_no": None,
            "address_id": None,
            "shoe_size": None,
        },
        {
            "id": 5,
            "email": "",
            "login": "nobody2",
            "name": "Nobody Two",
            "initials": "N",
            "phone": None,
            "born": date(1983, 1, 2),
            "customer_no": "",
            "address_id": None,
            "shoe_size": None,
        },
        {
            "id": 6,
            "email": "anna_example.org",
            "login": "wild",
            "name": "Wild Card",
            "initials": "W",
            "phone": "%",
            "born": date(1983, 1, 2),
            "customer_no": "K%",
            "address_id": None,
            "shoe_size": None,
        },
    ],
    "products": [{"id": 70, "title": "Desk"}, {"id": 71, "title": "Chair"}],
    "orders": [
        {
            "id": 100,
            "order_no": "O100",
            "customer_id": ANNA,
            "payer_id": None,
            "address_id": 11,
            "total": 10,
            "ordered_on": DAY,
        },
        {
            "id": 101,
            "order_no": "O101",
            "customer_id": ANNA,
            "payer_id": CARL,
            "address_id": 10,
            "total": 20,
            "ordered_on": DAY,
        },
        {
            "id": 102,
            "order_no": "O102",
            "customer_id": BERIT,
            "payer_id": ANNA,
            "address_id": 10,
            "total": 30,
            "ordered_on": DAY,
        },
        {
            "id": 103,
            "order_no": "O103",
            "customer_id": BERIT,
            "payer_id": None,
            "address_id": 10,
            "total": 40,
            "ordered_on": DAY,
        },
        {
            "id": 104,
            "order_no": "O104",
            "customer_id": CARL,
            "payer_id": CARL,
            "address_id": 12,
            "total": 50,
            "ordered_on": DAY,
        },
        {
            "id": 105,
            "order_no": "O105",
            "customer_id": None,
            "payer_id": None,
            "address_id": None,
            "total": 60,
            "ordered_on": DAY,
        },
    ],
    "order_lines": [
        {"order_id": 100, "line_no": 1, "product_id": 70, "engraving": "Til Anna"},
        {"order_id": 100, "line_no": 2, "product_id": 71, "engraving": None},
        {"order_id": 102, "line_no": 1, "product_id": 70, "engraving": "Til Berit"},
        {"order_id": 103, "line_no": 1, "product_id": 70, "engraving": None},
        {"order_id": 103, "line_no": 2, "product_id": 71, "engraving": None},
    ],
    "parcels": [
        {"id": 200, "order_id": 100, "line_no": 1, "signed_by": "Anna"},
        {"id": 201, "order_id": 103, "line_no": 1, "signed_by": "Berit"},
        {"id": 202, "order_id": 103, "line_no": 2, "signed_by": "Berit"},
        {"id": 203, "order_id": 100, "line_no": 2, "signed_by": "Anna"},
    ],
    "web_log": [
        {"customer_id": ANNA, "url": "/desk", "ip": "10.0.0.1"},
        {"customer_id": ANNA, "url": "/desk", "ip": "10.0.0.1"},  # twice the same: two rows
        {"customer_id": BERIT, "url": "/chair", "ip": "10.0.0.2"},
        {"customer_id": None, "url": "/", "ip": "10.0.0.3"},
    ],
    "accounts": [{"id": 300, "nick": "annie"}, {"id": 301, "nick": "household"}],
    "logins": [
        {"id": 310, "email": "ANNA@example.org", "account_id": 300},
        {"id": 311, "email": EMAIL[CARL], "account_id": 301},
        {"id": 312, "email": EMAIL[BERIT], "account_id": 301},
    ],
    "wishes": [
        {"id": 320, "account_id": 300, "wish": "a desk"},
        {"id": 321, "account_id": 301, "wish": "a chair"},
    ],
}
CRM_ROWS: dict[str, list[dict[str, Any]]] = {
    "contacts": [
        {"id": 400, "customer_no": "K1", "note": "kind"},
        {"id": 401, "customer_no": "K2", "note": "busy"},
        {"id": 402, "customer_no": "", "note": "nobody"},
    ],
    "calls": [{"id": 410, "contact_id": 400, "said": "hej"}, {"id": 411, "contact_id": 401, "said": "god dag"}],
}


@dataclass
class Shop:
    """One filled shop: its connector, the CRM's, and an engine of the test's own to look with."""

    kind: str
    url: str
    engine: sa.Engine
    connector: SqlConnector
    crm: SqlConnector
    opened: list[SqlConnector] = field(default_factory=list)

    def rows(self, table: str) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return _rows(connection, sa.Table(table, sa.MetaData(), autoload_with=connection))

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """As the tables are now, columns a test added included."""
        live, names = sa.MetaData(), [table.name for table in tables.sorted_tables]
        with self.engine.connect() as connection:
            live.reflect(connection, only=names)
            return {name: _rows(connection, live.tables[name]) for name in names}

    def run(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def again(self, name: str = "shop", *, text: str = "", url: str = "") -> SqlConnector:
        """Another connector of the same shop: fresh schema, or with another map."""
        chosen = Dataset.model_validate(yaml.safe_load(text)) if text else dataset(name)
        connector = SqlConnector("shop", url=url or self.url, dataset=chosen)
        self.opened.append(connector)
        return connector


def _rows(connection: sa.Connection, table: sa.Table) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.select(table).order_by(*table.c)).mappings()]


def who(number: int) -> Identity:
    return Identity({"email": (EMAIL[number],)})


def keys(records: Sequence[Record], collection: str) -> list[Any]:
    """The first key column of each record of this table, in order; None where there is no key."""
    return sorted(
        (None if record.key is None else next(iter(record.key.values())) for record in records
         if record.collection == collection), key=str)  # fmt: skip


def order(record: Record, action: Action, *fields: str) -> Instruction:
    return Instruction(record.source, record.collection, record.key, record.fingerprint, action, fields)
