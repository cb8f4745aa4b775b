"""An erasure from collecting to its certificate, on real databases: as far as law and policy allow, and proved gone."""

import sqlite3
from datetime import timedelta

import pytest

import demo
from fulfilment import approval, pipeline
from fulfilment.models import ErasureReceipt, Plan
from fulfilment.planning import plans, receipts
from fulfilment.removing import certificate, erasure
from requests_app import lifecycle
from requests_app.models import Letter
from requests_app.states import Stage
from tests.fulfilment.conftest import NOW

pytestmark = pytest.mark.django_db


def run(claim, *, now=NOW):
    """What the workers do until nothing more can be done now."""
    while pipeline.advance(claim, now=now) is not pipeline.Progress.RESTS:
        claim.refresh_from_db()
    claim.refresh_from_db()
    return claim


def approved(claim, staff):
    digest = approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)
    return approval.approve(claim, digest=digest, user=staff["approver"], now=NOW)


def rows(company, source, sql, *values):
    with sqlite3.connect(company / "sources" / "aj-dk" / f"{source}.sqlite") as database:
        return database.execute(sql, values).fetchall()


def test_the_plan_keeps_the_invoice_and_erases_the_rest(make_claim):
    claim = run(make_claim("astrid", "erasure"))
    assert claim.stage == Stage.REVIEW
    plan = plans.current(claim)
    assert plan.status == Plan.Status.REHEARSED
    kept = [row for row in plan.summary if row["outcome"] == "retain"]
    assert [(row["collection"], row["keep_through"]) for row in kept] == [("invoices", "2028-12-31")]
    assert plans.by_outcome(plan)["erase"] > 10


def test_the_certificate_says_what_the_company_says_of_its_backups(make_claim, company):
    policy = company / "controllers" / "aj-dk" / "policy.yaml"
    told = "Sikkerhedskopierne er overskrevet efter 30 dage."
    said = f'backups: {{keep: P30D, text: {{da: "{told}", en: "Overwritten after 30 days."}}, confirm: true}}'
    policy.write_text(
        policy.read_text("utf-8").replace("backups: {status: required_config, issue: backups}", said), "utf-8"
    )
    plan = plans.current(run(make_claim("astrid", "erasure")))
    assert told in certificate.rendered(plan, written=NOW.date()).text


def test_nothing_is_written_before_a_second_person_approved(make_claim, company, staff):
    before = rows(company, "shop", "SELECT * FROM customers ORDER BY id")
    claim = run(make_claim("astrid", "erasure"))
    approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)
    run(claim)
    assert rows(company, "shop", "SELECT * FROM customers ORDER BY id") == before
    with pytest.raises(lifecycle.NotPossible, match="same_person"):
        approval.approve(claim, digest=plans.current(claim).digest, user=staff["preparer"], now=NOW)


def test_erased_proved_and_certified(make_claim, company, staff):
    claim = run(make_claim("astrid", "erasure"))
    run(approved(claim, staff))
    assert claim.stage == Stage.CLOSED and claim.outcome == "partly_granted"
    assert not rows(company, "shop", "SELECT 1 FROM customers WHERE lower(email) = ?", "astrid.moller@example.com")
    assert not rows(
        company, "marketing", "SELECT 1 FROM subscribers WHERE lower(email) = ?", "astrid.moller@example.com"
    )
    plan = claim.plans.get(status=Plan.Status.PROVED)
    told = {one.digest: one.instructions for one in ErasureReceipt.objects.filter(plan=plan)}
    planned = [one for each in plans.source_plans(plan) for one in each.instructions]
    assert sum(told.values()) == len(planned) > 10
    deeds = {(one.source, one.collection, one.action) for one in planned}
    assert set(told) == {
        receipts.digest(one.id for one in planned if (one.source, one.collection, one.action) == deed) for deed in deeds
    }
    letter = Letter.objects.get(claim=claim, kind="erasure_certificate")
    assert "31. december 2028" in letter.text and "bogføringsloven" in letter.text.lower()
    assert claim.case.events.filter(kind="erasure_proved").count() == 1


def test_other_customers_keep_every_row(make_claim, company, staff):
    others = "SELECT count(*) FROM customers WHERE lower(coalesce(email, '')) <> 'astrid.moller@example.com'"
    before = rows(company, "shop", others)
    claim = run(make_claim("astrid", "erasure"))
    run(approved(claim, staff))
    # Her own row stays, without anything that points at her; nobody else's is touched.
    assert rows(company, "shop", others)[0][0] in (before[0][0], before[0][0] + 1)


def test_data_that_changed_after_the_approval_goes_back_to_a_person(make_claim, company, staff):
    claim = run(make_claim("astrid", "erasure"))
    approved(claim, staff)
    with sqlite3.connect(company / "sources" / "aj-dk" / "shop.sqlite") as database:
        database.execute(
            "UPDATE customers SET phone = '+45 70 10 20 30' WHERE lower(email) = 'astrid.moller@example.com'"
        )
    run(claim)
    assert claim.stage == Stage.REVIEW
    assert plans.current(claim) is None
    assert rows(company, "marketing", "SELECT 1 FROM subscribers WHERE lower(email) = ?", "astrid.moller@example.com")
    with pytest.raises(approval.NotReady, match="no_plan"):
        approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)


def test_a_plan_of_which_somebody_changed_the_file_is_not_carried_out(make_claim, staff):
    claim = run(make_claim("astrid", "erasure"))
    approved(claim, staff)
    Plan.objects.filter(claim=claim).update(digest="0" * 64)
    run(claim)
    assert claim.stage == Stage.FULFILLING
    assert [step.error for step in pipeline.failed(claim)] == ["plan_altered"]
    assert pipeline.take_back(claim, user=staff["preparer"], now=NOW).stage == Stage.REVIEW
    with pytest.raises(lifecycle.NotPossible):
        pipeline.take_back(claim, user=staff["preparer"], now=NOW)


def test_a_worker_killed_between_two_sources_goes_on(make_claim, staff):
    claim = run(make_claim("astrid", "erasure"))
    approved(claim, staff)
    plan = plans.current(claim)
    for _ in range(4):  # asked by hand, rehearsed, listed, one source; then the worker is gone
        pipeline.advance(claim, now=NOW)
    done = ErasureReceipt.objects.filter(plan=plan).count()
    assert done
    run(claim, now=NOW + timedelta(hours=1))
    assert claim.stage == Stage.CLOSED
    assert Letter.objects.filter(claim=claim, kind="erasure_certificate").count() == 1


def test_a_copy_comes_before_the_erasure(make_claim, staff):
    claim = run(make_claim("astrid", "erasure"))
    claim.case.claims.create(right="access", stage="review", stage_at=NOW, due_on=NOW.date())
    approved(claim, staff)
    run(claim)
    assert claim.stage == Stage.FULFILLING and not ErasureReceipt.objects.exists()


def test_what_nobody_decided_blocks_the_approval(make_claim, staff):
    """The order was paid with somebody else's card: a row of another person is not erased by a machine."""
    claim = run(make_claim("astrid", "erasure"))
    Plan.objects.filter(claim=claim).update(undecided=1)
    with pytest.raises(approval.NotReady, match="undecided"):
        approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)


def test_a_person_decides_and_the_plan_is_made_anew(make_claim, staff):
    claim = run(make_claim("astrid", "erasure"))
    first = plans.current(claim)
    plans.decide(
        claim, source="shop", collection="messages", number=None, outcome="retain", ground="legal_claims",
        reason="Vi er uenige om en reklamation.", keep_through=None, round=first.round, now=NOW, user=staff["preparer"],
    )  # fmt: skip
    second = erasure.remake(claim, now=NOW)
    assert second.version == first.version + 1
    plans.decide(
        claim, source="shop", collection="messages", number=0, outcome="retain", ground="legal_claims",
        reason="Vi er uenige om en reklamation.", keep_through=None, round=first.round, now=NOW, user=staff["preparer"],
    )  # fmt: skip
    third = erasure.remake(claim, now=NOW)
    assert third.digest != first.digest
    outcome, grounds, words = erasure.proposal(claim, {}, ())
    assert outcome == "partly_granted" and "legal_claims" in grounds and "reklamation" in words["reasons"]


def test_the_provision_that_obliges_is_kept_with_the_decision(make_claim, staff):
    claim = run(make_claim("henrik", "erasure"))
    row = next(one for one in plans.current(claim).summary if one["outcome"] == "undetermined")
    kept = plans.decide(
        claim, source=row["source"], collection=row["collection"], number=None, outcome="retain",
        ground="legal_obligation", provision="bogføringsloven § 12", reason="Bilag.", keep_through=NOW.date(),
        round=1, now=NOW, user=staff["preparer"],
    )  # fmt: skip
    kept.refresh_from_db()
    assert kept.provision == "bogføringsloven § 12"


def test_a_neighbours_rows_are_left_alone_and_told_to_nobody(make_claim, company, staff):
    """Anybody can write a neighbour's customer number into a form."""
    number = demo.persona("aj-dk", "bent").customer_no
    before = rows(company, "shop", "SELECT * FROM customers ORDER BY id")
    claim = run(make_claim("astrid", "erasure", email="nobody@example.com", customer_no=number))
    summary = plans.current(claim).summary
    assert summary and {row["outcome"] for row in summary} == {"undetermined"}, "kept rows, too, wait for a person"
    for source, collection in {(row["source"], row["collection"]) for row in summary}:
        plans.decide(
            claim, source=source, collection=collection, number=None, outcome="not_theirs", ground="",
            reason="En anden persons.", keep_through=None, round=1, now=NOW, user=staff["preparer"],
        )  # fmt: skip
    erasure.remake(claim, now=NOW)
    with pytest.raises(erasure.NoPlan, match="no_data"):
        erasure.ready(claim)
    digest = approval.submit(claim, outcome="no_data", user=staff["preparer"], now=NOW)
    run(approval.approve(claim, digest=digest, user=staff["approver"], now=NOW))
    assert claim.stage == Stage.CLOSED and Letter.objects.filter(kind="no_data").exists()
    assert rows(company, "shop", "SELECT * FROM customers ORDER BY id") == before


def test_what_was_to_be_erased_by_hand_is_asked_for_first(make_claim, company, staff):
    """Henrik's visits lie in a log without a key: no machine can erase them, and no letter may claim it before."""
    claim = run(make_claim("henrik", "erasure"))
    plan = plans.current(claim)
    tables = {(row["source"], row["collection"]) for row in plan.summary if row["outcome"] == "undetermined"}
    for source, collection in tables:
        plans.decide(
            claim, source=source, collection=collection, number=None, outcome="by_hand", ground="",
            reason="Slettes i loggen.", keep_through=None, round=plan.round, now=NOW, user=staff["preparer"],
        )  # fmt: skip
    erasure.remake(claim, now=NOW)
    run(approved(claim, staff))
    assert [step.error for step in pipeline.failed(claim)] == ["by_hand_left"]
    assert not ErasureReceipt.objects.exists()


def test_a_row_made_since_the_collecting_is_found(make_claim, company, staff):
    claim = run(make_claim("astrid", "erasure"))
    approved(claim, staff)
    with sqlite3.connect(company / "sources" / "aj-dk" / "shop.sqlite") as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(messages)") if row[1] != "id"]
        mine = "customer_id = (SELECT id FROM customers WHERE email = 'astrid.moller@example.com')"
        names = ", ".join(columns)
        database.execute(f"INSERT INTO messages ({names}) SELECT {names} FROM messages WHERE {mine} LIMIT 1")
    run(claim)
    assert claim.stage == Stage.REVIEW and not ErasureReceipt.objects.exists()


def test_an_address_nobody_proved_leads_only_to_rows_a_person_must_see(make_claim):
    claim = make_claim("astrid", "erasure")
    claim.case.email_confirmed_at = None
    claim.case.save()
    run(claim)
    assert set(plans.by_outcome(plans.current(claim))) == {"undetermined"}
