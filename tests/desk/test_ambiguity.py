"""Two people who fit one address are shown apart, held, and decided by row; never merged (Art. 15(4), 17)."""

import sqlite3

from django.conf import settings
from django.utils import timezone

from fulfilment.collecting import noted, records
from fulfilment.planning import plans
from law.rights import Right
from requests_app import lifecycle
from requests_app.controllers import controller
from requests_app.states import Act, Actor
from tests.desk import addresses
from tests.desk.conftest import run


def a_namesake(claim):
    """Somebody else is written down with the same address, and has an order; a table no map names points at both."""
    ours = controller(claim.case.controller)
    path = ours.sources["shop"].demo.replace("{demo}", str(settings.DSAR_DEMO_DIR)).removeprefix("sqlite:///")
    with sqlite3.connect(path) as shop:
        shop.row_factory = sqlite3.Row
        mine = shop.execute("SELECT * FROM customers WHERE email = ?", [claim.case.person["email"]]).fetchone()
        other = dict(mine) | {"id": 990_001, "customer_no": "K-OTHER", "name": "Otto Anden"}
        names = ", ".join(other)
        shop.execute(f"INSERT INTO customers ({names}) VALUES ({', '.join('?' * len(other))})", list(other.values()))
        shop.execute("CREATE TABLE loyalty (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers (id))")
    shop.close()
    return mine["id"]


def begun(claim, staff):
    lifecycle.apply(claim, Act.START, now=timezone.now(), actor=Actor.STAFF, user=staff["caseworker"])
    return run(claim)


def test_two_customers_with_one_address_are_held_apart_until_somebody_chose(own_sources, known, staff, at_desk):
    claim = known(Right.access)
    mine = a_namesake(claim)
    claim = begun(claim, staff)
    seen = noted.of(claim)
    assert [(one["collection"], one["roots"], one["people"]) for one in seen.ambiguous] == [("customers", 2, 2)]
    assert {one["table"] for one in seen.overlooked} == {"loyalty"}
    found = noted.people(claim, seen)
    assert {one.root.rpartition("[")[2] for one in found} == {f"id={mine}]", "id=990001]"}
    assert all(one.undecided == one.records for one in found)
    client, url = at_desk("caseworker"), addresses.of_claim(claim)["review"]
    page = client.get(url).content.decode()
    assert "2 people fit" in page and "id=990001" in page and "shop/loyalty" in page
    (me,) = [one for one in found if f"id={mine}]" in one.root]
    assert client.post(url, {"root": str(me.number)}).status_code == 302
    after = {one.root.rpartition("[")[2]: one.undecided for one in noted.people(claim, noted.of(claim))}
    assert after == {f"id={mine}]": 0, "id=990001]": 1}
    assert records.undecided(claim) >= 1  # the other one's row: it is not handed out with mine


def test_an_erasure_waits_until_somebody_chose(own_sources, known, staff, at_desk):
    claim = known(Right.erasure)
    a_namesake(claim)
    claim = begun(claim, staff)
    plan = plans.current(claim)
    assert plan is not None and plan.undecided
    going = [row for row in plan.summary if row["collection"] == "customers" and row["action"]]
    assert going == []
    page = at_desk("caseworker").get(addresses.of_claim(claim)["plan"]).content.decode()
    assert "2 people fit" in page
