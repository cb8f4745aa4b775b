"""Data that is only stored: marked, seen to by hand, left alone by everything else, told before it ends (Art. 18)."""

import re
from datetime import timedelta

import pytest
from django.test import Client

import demo
from fulfilment import approval, pipeline
from fulfilment.changing import restriction
from fulfilment.models import Plan, RecipientNotice, Restriction
from fulfilment.planning import by_hand, plans
from requests_app import lifecycle
from requests_app.controllers import controller
from requests_app.models import Letter
from requests_app.states import Act, Actor, Stage
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import run, sql

pytestmark = pytest.mark.django_db
MAIL = "astrid.moller@example.com"
WEEK = timedelta(days=8)


def approved(claim, staff, letter="b", *, tables=(), **more):
    decision = {"letter": letter, "tables": [list(one) for one in tables], **more}
    digest = approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW, decision=decision)
    return approval.approve(claim, digest=digest, user=staff["approver"], now=NOW)


def since(company, source="shop", table="customers", mail=MAIL):
    return [row[0] for row in sql(company, source, f"SELECT restricted_on FROM {table} WHERE lower(email) = ?", mail)]


def restricted(claim, staff, **more):
    """In force, with what no machine can mark seen to by hand."""
    run(approved(claim, staff, **more))
    held = Restriction.objects.get(claim=claim)
    if held.unmarked:
        assert [step.error for step in pipeline.failed(claim)] == ["by_hand_left"]
        for task in claim.hand_tasks.all():
            by_hand.done(task, how="Flyttet til en lukket mappe.", user=staff["preparer"], now=NOW)
        pipeline.retry(claim, user=staff["preparer"], now=NOW)
        run(claim)
    held.refresh_from_db()
    return held


def test_marked_in_the_sources_seen_to_by_hand_told_and_lifted_on_the_day(make_claim, staff, company):
    claim = run(make_claim("astrid", "restriction"))
    held = restricted(claim, staff)
    assert (claim.stage, claim.outcome, held.ground) == (Stage.CLOSED, "granted", "b")
    assert since(company) == since(company, "erp", "accounts") == ["2026-11-22"]
    assert sql(company, "shop", "SELECT count(*) FROM customers WHERE restricted_on IS NOT NULL") == [(1,)]
    assert {source for source, _, _ in held.unmarked} == {"marketing"}
    letter = Letter.objects.get(claim=claim, kind="restriction")
    assert "ulovlig" in letter.text and "artikel 18, stk. 1, litra b" in letter.text
    assert RecipientNotice.objects.filter(claim=claim, what="restriction").exists()

    with pytest.raises(restriction.NotNow, match="too_soon"):
        restriction.announce(held, reason="Afklaret.", lift_on=NOW.date(), user=staff["preparer"], now=NOW)
    day = restriction.earliest(held, now=NOW)
    assert day == (NOW + timedelta(days=7)).date()
    assert restriction.lift_due(now=NOW + WEEK) == 0 and since(company) == ["2026-11-22"], "nobody was told"
    restriction.announce(held, reason="Sagen er afklaret.", lift_on=day, user=staff["preparer"], now=NOW)
    told = Letter.objects.get(claim=claim, kind="restriction_lifting")
    assert "29. november 2026" in told.text and "Sagen er afklaret." in told.text
    assert restriction.lift_due(now=NOW + timedelta(days=6)) == 0
    assert restriction.lift_due(now=NOW + WEEK) == 1 and restriction.lift_due(now=NOW + WEEK) == 0
    held.refresh_from_db()
    assert held.lifted_at and since(company) == since(company, "erp", "accounts") == [None]
    assert RecipientNotice.objects.filter(claim=claim, what="lifted").exists()
    assert {task.code for task in by_hand.of_case(claim.case).filter(done_at=None)} == {"lift"}
    assert not restriction.active_marks("aj-dk")


def test_a_dispute_about_accuracy_restricts_at_once_and_ends_by_itself(make_claim, staff, company):
    claim = run(make_claim("astrid", "rectification"))
    held = Restriction.objects.get(claim=claim)
    assert claim.stage == Stage.REVIEW and (held.ground, held.why) == ("a", "accuracy")
    assert since(company) == ["2026-11-22"]
    letter = Letter.objects.get(claim=claim, kind="restriction")
    assert "litra a" in letter.text and "Du bad" not in letter.text
    rests, waits = letter.text.split("Oplysninger, som vores medarbejdere skal begrænse manuelt")
    place = {name: table.label.say("da") for _, name, table in controller("aj-dk").collections()}
    assert place["customers"] in rests and place["subscribers"] not in rests
    assert place["subscribers"] in waits and claim.hand_tasks.filter(collection="subscribers", done_at=None)
    assert restriction.announce_ended(now=NOW) == 0, "not while it is being checked"
    day = restriction.earliest(held, now=NOW)
    with pytest.raises(restriction.NotNow, match="waits"):
        restriction.announce(held, reason="Afklaret.", lift_on=day, user=staff["preparer"], now=NOW)

    lifecycle.apply(claim, Act.RECOLLECT, now=NOW, actor=Actor.STAFF, user=staff["preparer"])
    run(claim)
    assert Restriction.objects.count() == 1 and Letter.objects.filter(kind="restriction").count() == 1
    digest = approval.submit(claim, outcome="refused", user=staff["preparer"], now=NOW, grounds=["data_accurate"],
                             decision={"reasons": "Nummeret er det, du selv oplyste."})  # fmt: skip
    run(approval.approve(claim, digest=digest, user=staff["approver"], now=NOW))
    assert claim.stage == Stage.CLOSED
    assert restriction.announce_ended(now=NOW) == 1 and restriction.announce_ended(now=NOW) == 0
    assert "fundet, at de er rigtige" in Letter.objects.get(kind="restriction_lifting").text
    assert restriction.lift_due(now=NOW + WEEK) == 1 and since(company) == [None]


def test_what_is_restricted_is_erased_by_a_person_only(make_claim, staff, company):
    erasure = run(make_claim("astrid", "erasure"))
    digest = approval.submit(erasure, outcome="granted", user=staff["preparer"], now=NOW)
    approval.approve(erasure, digest=digest, user=staff["approver"], now=NOW)
    restricted(run(make_claim("astrid", "restriction")), staff, tables=[("marketing", "subscribers")])
    run(erasure)  # the rows themselves have not changed
    assert erasure.stage == Stage.REVIEW
    lifecycle.apply(erasure, Act.RECOLLECT, now=NOW, actor=Actor.STAFF, user=staff["preparer"])
    run(erasure)
    held = {row["collection"] for row in plans.current(erasure).summary if row["held_for"] == "restricted"}
    assert held == {"subscribers"}
    assert sql(company, "marketing", "SELECT 1 FROM subscribers WHERE lower(email) = ?", MAIL)


def test_two_restrictions_of_one_row_end_one_by_one(make_claim, staff, company):
    first = run(make_claim("astrid", "rectification"))
    second = restricted(run(make_claim("astrid", "restriction")), staff, letter="c")
    accuracy = Restriction.objects.get(claim=first)
    for held, user in ((accuracy, None), (second, staff["preparer"])):
        day = restriction.earliest(held, now=NOW)
        restriction.announce(held, reason="Afklaret.", lift_on=day, user=user, now=NOW)
    restriction.keep_on(second, user=staff["preparer"], now=NOW)
    assert restriction.lift_due(now=NOW + WEEK) == 1 and since(company) == ["2026-11-22"]
    orders = controller("aj-dk").sources["shop"].collections["orders"].label.say("da")
    hears = first.notices.get(what="lifted", recipient="transport")
    assert orders in hears.about["rests"], "the other one goes on"
    hears = Client().post(re.search(r"/recipient/[\w-]{43}/", hears.letter.text)[0], follow=True)
    assert orders in hears.content.decode()
    restriction.announce(second, reason="Nu.", lift_on=day, user=staff["preparer"], now=NOW)
    assert restriction.lift_due(now=NOW + WEEK) == 1 and since(company) == [None]
    assert "rests" not in second.claim.notices.get(what="lifted", recipient="transport").about


def test_an_end_is_taken_back_before_a_worker_begins_or_not_at_all(make_claim, staff, company, monkeypatch):
    run(make_claim("astrid", "rectification"))
    held, unmark = Restriction.objects.get(), restriction._unmark
    day = restriction.earliest(held, now=NOW)
    due = restriction.announce(held, reason="Afklaret.", lift_on=day, user=None, now=NOW)
    restriction.keep_on(Restriction.objects.get(), user=staff["preparer"], now=NOW)
    assert not restriction._lift(due, now=NOW + WEEK), "taken back after the worker had looked it up"
    assert since(company) == ["2026-11-22"]

    def staff_are_late(one, *, now):
        with pytest.raises(restriction.NotNow, match="not_announced"):
            restriction.keep_on(one, user=staff["preparer"], now=now + timedelta(hours=1))
        return unmark(one, now=now)

    monkeypatch.setattr(restriction, "_unmark", staff_are_late)
    restriction.announce(Restriction.objects.get(), reason="Nu.", lift_on=day, user=None, now=NOW)
    assert restriction.lift_due(now=NOW + WEEK) == 1 and since(company) == [None]


def test_a_mark_the_company_had_set_itself_is_not_taken_away(make_claim, staff, company):
    sql(company, "shop", "UPDATE customers SET restricted_on = '2025-01-01' WHERE lower(email) = ?", MAIL)
    run(make_claim("astrid", "rectification"))
    held = Restriction.objects.get()
    day = restriction.earliest(held, now=NOW)
    restriction.announce(held, reason="Afklaret.", lift_on=day, user=None, now=NOW)
    lifecycle.apply(held.claim, Act.RECOLLECT, now=NOW, actor=Actor.STAFF, user=staff["preparer"])
    run(held.claim)
    assert restriction.lift_due(now=NOW + WEEK) == 0, "it is being checked once more"
    held.refresh_from_db()
    restriction.announce(held, reason="Afklaret.", lift_on=day, user=None, now=NOW)
    assert restriction.lift_due(now=NOW + WEEK) == 1
    assert since(company) == ["2025-01-01"] and since(company, "erp", "accounts") == [None]


def test_killed_between_two_sources_and_a_source_down_while_lifting(make_claim, staff, company):
    claim = run(make_claim("astrid", "restriction"))
    approved(claim, staff)
    for _ in range(3):  # rehearsed, in force, one source; then the worker is gone
        pipeline.advance(claim, now=NOW)
    assert restriction.active_marks("aj-dk") and Restriction.objects.get().marked_at is None
    run(claim)
    held = Restriction.objects.get()
    assert held.marked_at and since(company) == since(company, "erp", "accounts") == ["2026-11-22"]
    restriction.announce(
        held, reason="Nu.", lift_on=restriction.earliest(held, now=NOW), user=staff["preparer"], now=NOW
    )
    away = company / "sources" / "aj-dk" / "erp.sqlite"
    away.rename(company / "away.sqlite")
    assert restriction.lift_due(now=NOW + WEEK) == 0 and Restriction.objects.get().lifted_at is None
    (company / "away.sqlite").rename(away)
    assert restriction.lift_due(now=NOW + WEEK) == 1 and since(company, "erp", "accounts") == [None]


def test_a_neighbours_rows_are_not_frozen_on_the_word_of_another(make_claim, staff, company):
    """Anybody can write a neighbour's customer number into a form."""
    bent = demo.persona("aj-dk", "bent")
    claim = run(make_claim("astrid", "restriction", email="nobody@example.com", customer_no=bent.customer_no))
    with pytest.raises(approval.NotReady, match="nothing_chosen"):
        approved(claim, staff)
    run(approved(claim, staff, tables=[("shop", "customers")]))  # a person has looked, and says that it is theirs
    assert since(company, mail=bent.email) == [None] and not restriction.active_marks("aj-dk")
    assert Restriction.objects.get().unmarked == [["shop", "customers", 1]], "done by hand, by whoever has looked"


def test_rows_that_cannot_be_addressed_are_seen_to_by_hand(make_claim, staff, company):
    """Henrik's visits lie in a log without a key."""
    held = restricted(run(make_claim("henrik", "restriction")), staff, letter="d")
    assert {(source, table) for source, table, _ in held.unmarked} >= {("shop", "web_log")}
    assert any(row["key"] is None for row in restriction.restricted.rows(held)), "and nothing erases them meanwhile"


def test_a_table_chosen_alone_leaves_the_rest_in_use(make_claim, staff, company):
    claim = run(make_claim("astrid", "restriction"))
    held = restricted(claim, staff, tables=[("marketing", "subscribers")])
    assert since(company) == [None] and held.unmarked == [["marketing", "subscribers", 1]]
    label = controller("aj-dk").sources["marketing"].collections["subscribers"].label.say("da")
    letter = Letter.objects.get(claim=claim, kind="restriction")
    assert label in letter.text and claim.decision["restricted"] == [label]
    assert claim.plans.get(purpose=Plan.Purpose.RESTRICT).status == Plan.Status.PROVED
