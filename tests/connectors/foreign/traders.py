"""A trading company in the shape of Northwind, with every name a database allows: spaces, reserved words, quotes,
signs, letters beyond ASCII. Composite keys and references, circles, a table without key, a view. Own rows.
"""

import random
from typing import Any

import sqlalchemy as sa

from tests.connectors.foreign.oracle import Foreign, edge

metadata = sa.MetaData()
C, S = sa.Column, sa.String


def _key(name: str) -> "sa.Column[int]":
    return C(name, sa.Integer, primary_key=True, autoincrement=False)


sa.Table("Region", metadata, _key("RegionID"), C("Region Description", S(50)))
sa.Table("User", metadata, _key("select"), C("e-post", S(80)), C("fødselsdato", sa.Date),
         C("navn å æ ø", S(60), nullable=False), C("invited by", sa.ForeignKey("User.select")),
         C("default card", sa.ForeignKey("Card.card#", use_alter=True, name="fk_card")),
         C("region (id)", sa.ForeignKey("Region.RegionID")))  # fmt: skip
sa.Table("Card", metadata, _key("card#"), C("owner", sa.ForeignKey("User.select")), C("%", S(20)))
sa.Table("Group", metadata, _key("group"), C("order", S(40)))
sa.Table("CustomerCustomerDemo", metadata, C("user", sa.ForeignKey("User.select"), primary_key=True),
         C("group", sa.ForeignKey("Group.group"), primary_key=True), C("since", sa.DateTime))  # fmt: skip
sa.Table("Order", metadata, C("from", S(5), primary_key=True), _key("where"),
         C("User ID", sa.ForeignKey("User.select")), C("Straße/Nr.", S(60)), C("it's", S(20)),
         C("Größe", sa.Numeric(12, 3)))  # fmt: skip
sa.Table("Order Details", metadata, C("from", S(5), primary_key=True), _key("where"),
         _key("line"), C("Unit Price", sa.Numeric(10, 2)), C("paid", sa.Boolean),
         sa.ForeignKeyConstraint(["from", "where"], ["Order.from", "Order.where"]))  # fmt: skip
sa.Table("Parcel", metadata, _key("id"), C("a", S(5)), C("b", sa.Integer), C("c", sa.Integer),
         C("label", sa.LargeBinary),
         sa.ForeignKeyConstraint(["a", "b", "c"],
                                 ["Order Details.from", "Order Details.where", "Order Details.line"]))  # fmt: skip
sa.Table("Logg", metadata, C("user", sa.Integer), C("what", S(40)), C("at", sa.DateTime))
VIEW = 'CREATE VIEW "active users" AS SELECT "select" AS id, "e-post" AS mail FROM "User"'

FOREIGN = Foreign(
    roots=[("User", "e-post")],
    edges=[edge(one) for one in (
        "Card.owner > User.select", "User.default card < Card.card#", "User.region (id) < Region.RegionID",
        "CustomerCustomerDemo.user > User.select", "CustomerCustomerDemo.group < Group.group",
        "Order.User ID > User.select", "Order Details.from+where > Order.from+where",
        "Parcel.a+b+c > Order Details.from+where+line", "Logg.user > User.select",
    )],
    keys={table.name: tuple(column.name for column in table.primary_key) for table in metadata.tables.values()},
    people=[f"bruger{n}@eksempel.dk" for n in range(20)],
)  # fmt: skip


def fill(connection: sa.Connection, *, seed: int) -> None:
    some = random.Random(seed)
    lines = sorted({(some.choice("AB"), some.randrange(40), some.randrange(3)) for _ in range(90)})
    orders = [(letter, number) for letter in "AB" for number in range(40)]
    rows: dict[str, list[dict[str, Any]]] = {
        "Region": [{"RegionID": n, "Region Description": f"Region {n}"} for n in range(4)],
        "User": [{"select": n, "e-post": f"Bruger{n}@eksempel.dk", "navn å æ ø": f"Åse {n}", "fødselsdato": None,
                  "invited by": some.randrange(n) if n else None, "default card": None,
                  "region (id)": some.choice([None, 0, 1, 2, 3])} for n in range(20)],
        "Card": [{"card#": n, "owner": n % 20, "%": "%_\\'\""} for n in range(30)],
        "Group": [{"group": n, "order": f"group {n}"} for n in range(5)],
        "CustomerCustomerDemo": [{"user": n, "group": some.randrange(5), "since": None} for n in range(20)],
        "Order": [{"from": letter, "where": number, "User ID": some.randrange(20), "Straße/Nr.": f"Gade {number}",
                   "it's": "so", "Größe": some.randrange(9)} for letter, number in orders],
        "Order Details": [{"from": a, "where": b, "line": c, "Unit Price": 7, "paid": some.choice([True, False])}
                          for a, b, c in lines],
        "Parcel": [{"id": n, **dict(zip("abc", some.choice(lines), strict=True)), "label": bytes([0, n, 255])}
                   for n in range(60)],
        "Logg": [{"user": some.choice([None, *range(20)]), "what": some.choice(["in", "out"]), "at": None}
                 for _ in range(100)],
    }  # fmt: skip
    for name in rows:
        if name == "User":  # whoever invites stands there first; a circle with Card
            for row in rows[name]:
                connection.execute(metadata.tables[name].insert(), row)
        else:
            connection.execute(metadata.tables[name].insert(), rows[name])
    users = metadata.tables["User"]
    for number in range(20):
        given = some.choice([None, number, number + 20 if number < 10 else number])
        connection.execute(users.update().where(users.c["select"] == number).values({"default card": given}))


def extras(connection: sa.Connection) -> None:
    sign = "`" if connection.dialect.name in ("mysql", "mariadb") else '"'
    connection.exec_driver_sql(VIEW.replace('"', sign))
