"""An erasure that meets trouble on the way says so, touches no changed row, and is proved in both directions."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import translation

import demo
from desk import history, trouble_parts
from fulfilment import pipeline
from fulfilment.planning import partly, plans
from fulfilment.removing import erasure
from requests_app.states import Stage
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import approved, run, sql

pytestmark = pytest.mark.django_db
ASTRID = "lower(email) = 'astrid.moller@example.com'"


@pytest.fixture(autouse=True)
def _staff_speak_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_done_in_some_systems_the_claim_says_so_until_it_is_done_in_all(make_claim, staff, company):
    claim = approved(run(make_claim("astrid", "erasure")), staff)
    shop = company / "sources" / "aj-dk" / "shop.sqlite"
    while not claim.plans.filter(receipts__source="erp").exists():
        pipeline.advance(claim, now=NOW)
    os.rename(shop, shop.with_suffix(".away"))
    run(claim)
    state = partly.of(claim)
    assert claim.stage == Stage.FULFILLING and state.open == ["shop"] and "erp" in state.done and not state.outdated
    assert "Web shop" in trouble_parts.partly_done(claim).open
    assert claim.events.filter(kind="partly_carried_out").count() == 1
    (line,) = [one for one in history.of_case(claim.case)["lines"] if "Partly" in str(one.text)]
    assert any("Web shop" in str(value) for _, value in line.details)

    os.rename(shop.with_suffix(".away"), shop)
    run(claim, now=NOW + timedelta(hours=1))
    assert claim.stage == Stage.CLOSED and partly.of(claim) is None
    proof = claim.events.get(kind="erasure_proved").data
    assert set(proof["in_parts"]) >= {"erp", "shop"} and proof["kept"] > 0
    assert not sql(company, "shop", f"SELECT 1 FROM customers WHERE {ASTRID}")


def test_rows_that_changed_are_named_and_not_touched(make_claim, staff, company):
    claim = approved(run(make_claim("astrid", "erasure")), staff)
    sql(company, "shop", f"UPDATE customers SET phone = '+45 70 10 20 30' WHERE {ASTRID}")
    run(claim)
    assert claim.stage == Stage.REVIEW and plans.current(claim) is None
    (row,) = claim.events.filter(kind="send_back").last().data["changed"]
    assert (row["source"], row["collection"], row["count"], row["numbers"]) == ("shop", "customers", 1, [0])
    assert "Web shop" in trouble_parts.changed(claim)
    assert sql(company, "shop", f"SELECT phone FROM customers WHERE {ASTRID}") == [("+45 70 10 20 30",)]


def test_a_row_that_was_to_be_kept_and_is_gone_is_no_proof(make_claim, staff, company):
    """The invoice belongs into the books for years (bogføringsloven § 12): its loss is not the person's erasure."""
    claim = approved(run(make_claim("astrid", "erasure")), staff)
    sql(company, "erp", f"DELETE FROM invoices WHERE {ASTRID}")
    run(claim)
    assert [(step.name, step.error) for step in pipeline.failed(claim)] == [("prove", "kept_rows_gone")]
    assert not claim.letters.filter(kind="erasure_certificate").exists()


def test_a_home_two_customers_share_stays(make_claim, staff, company):
    """Birthe lives at Bent's address: whatever becomes of his rows, her home and everything of hers stays as it was."""
    mail = demo.persona("aj-dk", "bent").email
    ((home,),) = sql(company, "shop", "SELECT address_id FROM customers WHERE lower(email) = ?", mail)
    address = "SELECT * FROM addresses WHERE id = ?"
    others = "SELECT * FROM customers WHERE lower(coalesce(email, '')) <> ? ORDER BY id"
    before = sql(company, "shop", address, home), sql(company, "shop", others, mail)
    assert sum(row[0] == home for row in sql(company, "shop", "SELECT address_id FROM customers")) > 1
    claim = run(make_claim("bent", "erasure"))
    (shared,) = [row for row in plans.rows(plans.current(claim)) if row["collection"] == "addresses"]
    assert shared["action"] is None, "no machine writes in a row that is somebody else's too"
    for source, collection in {(row["source"], row["collection"]) for row in plans.current(claim).summary
                               if row["outcome"] == "undetermined"}:  # fmt: skip
        plans.decide(
            claim, source=source, collection=collection, number=None, outcome="not_theirs", ground="",
            reason="En nabos.", keep_through=None, round=1, now=NOW, user=staff["preparer"],
        )  # fmt: skip
    erasure.remake(claim, now=NOW)
    run(approved(claim, staff))
    assert claim.stage == Stage.CLOSED and claim.plans.get(status="proved").receipts.exists()
    after = sql(company, "shop", address, home), [
        row for row in sql(company, "shop", "SELECT * FROM customers ORDER BY id") if row in before[1]
    ]
    assert after == before
