"""Rows without a key go by what stands in them; what an earlier anonymisation left is known again (Art. 5(1)(e))."""

import pytest

from connectors.base import Action
from connectors.sql.connector import SqlConnector
from tests.connectors.shop import ANNA, Shop, order, who

MAP = """
fides_key: shop
collections:
- name: log
  fields:
  - {name: first_on}
  - {name: moment}
  - {name: incident}
  - {name: ip, data_categories: [user.device.ip_address]}
"""
LINES = [
    ("'2024-01-05'", "TRUE"), ("'2024-01-05'", "FALSE"), ("'2024-01-05'", "FALSE"), ("'2024-01-05'", "NULL"),
    ("'2024-02-06'", "FALSE"), ("'2024-03-07'", "FALSE"), ("NULL", "FALSE"),
]  # fmt: skip
BY = ("first_on", "incident")


@pytest.fixture
def log(shop: Shop) -> SqlConnector:
    shop.run("CREATE TABLE log (first_on DATE, moment TIMESTAMP NULL, incident BOOLEAN, ip VARCHAR(40))",
             *(f"INSERT INTO log VALUES ({day}, '2024-01-05 10:00:00', {incident}, '192.0.2.{number}')"
               for number, (day, incident) in enumerate(LINES)))  # fmt: skip
    return shop.again(text=MAP)


def pages(log: SqlConnector, *, count: int) -> list[list[tuple[str, bool | None, int]]]:
    found, after = [], None
    while page := log.groups("log", by=BY, after=after, count=count):
        known = [(day, None if incident is None else bool(incident), rows) for (day, incident), rows in page]
        found.append(sorted(known, key=str))
        after = page[-1][0][0]
    return found


def test_groups_come_by_day_all_of_a_day_together(log: SqlConnector) -> None:
    first = [("2024-01-05", False, 2), ("2024-01-05", None, 1), ("2024-01-05", True, 1)]
    rest = [("2024-02-06", False, 1), ("2024-03-07", False, 1)]
    assert pages(log, count=1) == [first, [rest[0]], [rest[1]]]
    assert pages(log, count=2) == [[*first, rest[0]], [rest[1]]]
    assert log.size("log") == len(LINES)


def test_only_the_groups_named_go_and_only_when_it_is_meant(log: SqlConnector) -> None:
    gone = [values for values, _ in log.groups("log", by=BY, after=None, count=1) if not values[1]]
    assert len(gone) == 2  # no incident, and nobody knows
    assert log.erase_groups("log", by=BY, values=gone, commit=False) == log.held("log", by=BY, values=gone) == 3
    assert log.size("log") == len(LINES)
    assert log.erase_groups("log", by=BY, values=gone, commit=True) == 3
    assert log.erase_groups("log", by=BY, values=gone, commit=True) == log.held("log", by=BY, values=gone) == 0
    assert log.size("log") == len(LINES) - 3


def test_groups_by_the_moment_are_found_again(log: SqlConnector) -> None:
    (values, rows), = log.groups("log", by=("moment",), after=None, count=9)
    assert rows == len(LINES) == log.held("log", by=("moment",), values=[values])


def test_an_anonymised_row_is_known_again(shop: Shop) -> None:
    found = {record.key["id"]: record for record in shop.connector.find(who(ANNA)) if record.collection == "customers"}
    fields = ("email", "login", "name", "phone", "born")
    assert shop.connector.masked("customers", found[ANNA].fields) == {}
    list(shop.connector.execute(shop.connector.plan([order(found[ANNA], Action.ANONYMISE, *fields)])))
    again, = shop.connector.by_key("customers", [{"id": ANNA}])
    masked = shop.connector.masked("customers", again.fields)
    assert masked["name"] is masked["born"] is True and masked["login"] is False  # a unique text could be anybody's
    assert "customer_no" not in masked and "shoe_size" not in masked
