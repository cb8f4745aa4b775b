"""A correction from the person's words to the changed row, the letter and the proof, on real databases (Art. 16)."""

import pytest

from fulfilment import approval, pipeline
from fulfilment.changing import corrections, holdings, restriction
from fulfilment.models import Correction, ErasureReceipt, Plan, RecipientNotice
from fulfilment.planning import by_hand, changes, plans
from requests_app import lifecycle
from requests_app.models import Letter
from requests_app.states import Stage
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import run, sql

pytestmark = pytest.mark.django_db
MAIL, NEW = "astrid.moller@example.com", "+45 70 10 20 30"
PHONE, ORDERED = "user.contact.phone_number", "user.behavior.purchase_history.ordered_on"


def phones(claim):
    return holdings.kind(claim, PHONE, language="da")


def tick(claim, staff, chosen=None, *, new=NEW, only=lambda one: True):
    """What staff tick: every row a machine can correct that holds what most rows hold."""
    chosen = chosen or phones(claim)
    at = [one.id for one in chosen.holdings if one.text == chosen.values[0] and not one.why_not and only(one)]
    return corrections.propose(claim, chosen, new=new, at=at, user=staff["preparer"], now=NOW)


def approved(claim, staff, *, grounds=(), **decision):
    digest = approval.submit(
        claim, outcome="granted", user=staff["preparer"], now=NOW, grounds=grounds, decision=decision
    )
    return approval.approve(claim, digest=digest, user=staff["approver"], now=NOW)


@pytest.fixture
def claim(make_claim):
    return run(make_claim("astrid", "rectification"))


def held(company, source, table, column="phone", where=f"lower(email) = '{MAIL}'"):
    return [row[0] for row in sql(company, source, f"SELECT {column} FROM {table} WHERE {where}")]


def test_every_source_stands_side_by_side_and_a_voucher_is_not_rewritten(claim):
    chosen = phones(claim)
    where = {(one.source, one.collection): one.why_not for one in chosen.holdings}
    assert {("shop", "customers"), ("erp", "accounts"), ("erp", "invoices")} <= set(where)
    assert where["shop", "customers"] == "" and where["erp", "invoices"] == "voucher"
    assert "password" not in {one.field for kind in holdings.kinds(claim, language="da") for one in kind.holdings}


def test_corrected_in_every_source_proved_told_and_written(claim, staff, company):
    rows = sql(company, "shop", "SELECT count(*) FROM customers")
    before = held(company, "shop", "customers")
    assert tick(claim, staff) >= 2
    missing = holdings.kind(claim, "user.contact.organization", language="da")
    assert tick(claim, staff, missing, new="Møllers Tegnestue") == 1, "what was missing is completed"
    run(approved(claim, staff, statement_text="Ring kun om aftenen.", statement_kept="I kundens notefelt."))
    assert (claim.stage, claim.outcome) == (Stage.CLOSED, "granted")
    assert held(company, "shop", "customers") == [NEW] and held(company, "erp", "accounts") == [NEW]
    assert held(company, "shop", "customers", "company") == ["Møllers Tegnestue"]
    assert sql(company, "shop", "SELECT count(*) FROM customers WHERE phone = ?", NEW) == [(1,)]
    assert sql(company, "shop", "SELECT count(*) FROM customers") == rows
    assert claim.plans.get(purpose=Plan.Purpose.RECTIFY).status == Plan.Status.PROVED
    letter = Letter.objects.get(claim=claim, kind="rectification")
    assert NEW in letter.text and before[0] in letter.text and "Telefon" in letter.text and "phone" not in letter.text
    assert "supplerende" in letter.text
    told = RecipientNotice.objects.filter(claim=claim, what="rectification")[0].about
    assert told["changes"][0]["new"] == NEW and told["statement"] == "Ring kun om aftenen."
    kinds = set(claim.case.events.values_list("kind", flat=True))
    assert {"correction_proposed", "changed", "change_proved"} <= kinds
    assert not [one for one in claim.case.events.all() if NEW in str(one.data) or MAIL in str(one.data)]


def test_nothing_is_written_before_a_second_person_approved_exactly_this(claim, staff, company):
    before = held(company, "shop", "customers")
    tick(claim, staff)
    digest = approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)
    run(claim)
    assert held(company, "shop", "customers") == before
    with pytest.raises(lifecycle.NotPossible, match="same_person"):
        approval.approve(claim, digest=digest, user=staff["preparer"], now=NOW)
    claim.decision = claim.decision | {"changes": [{"field": "Telefon", "old": "", "new": "1"}]}
    with pytest.raises(approval.NotReady, match="changed"):
        approval.approve(claim, digest=digest, user=staff["approver"], now=NOW)


def test_a_row_that_changed_meanwhile_goes_back_to_a_person(claim, staff, company):
    tick(claim, staff)
    approved(claim, staff)
    sql(company, "erp", "UPDATE accounts SET city = 'Ribe' WHERE lower(email) = ?", MAIL)
    run(claim)
    assert claim.stage == Stage.REVIEW and not plans.current(claim, purpose=Plan.Purpose.RECTIFY)
    assert NEW not in held(company, "shop", "customers")
    run(approved(claim, staff))  # nothing anybody was shown has changed: it is frozen anew
    assert claim.stage == Stage.CLOSED and held(company, "erp", "accounts", "phone || city") == [f"{NEW}Ribe"]


def test_what_rests_for_another_reason_since_is_not_changed(claim, staff, make_claim):
    tick(claim, staff)
    approved(claim, staff)
    other = run(make_claim("astrid", "objection"))
    found = [one for one in plans.collected(claim, 1) if one.collection == "customers"]
    restriction.open(other.case, claim=other, ground="d", why="objection", records=found, now=NOW)
    run(claim)
    assert claim.stage == Stage.REVIEW
    assert any(one.restricted for one in phones(claim).holdings), "a person sees it, and decides"


def test_nothing_is_kept_that_a_source_would_not_take_or_nobody_chose(claim, staff, company):
    with pytest.raises(approval.NotReady, match="nothing_chosen"):
        approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)
    name = holdings.kind(claim, "user.name", language="da")
    with pytest.raises(corrections.NotNow) as empty:
        tick(claim, staff, name, new=" ", only=lambda one: (one.source, one.collection) == ("shop", "customers"))
    assert empty.value.code == "not_null" and empty.value.column
    for key, new, code in ((PHONE, "1" * 31, "too_long"), (ORDERED, "i går", "wrong_type")):
        with pytest.raises(corrections.NotNow, match=code):
            tick(claim, staff, holdings.kind(claim, key, language="da"), new=new)
    with pytest.raises(corrections.NotNow, match="rows"):
        voucher = [one.id for one in phones(claim).holdings if one.why_not == "voucher"]
        corrections.propose(claim, phones(claim), new=NEW, at=voucher, user=staff["preparer"], now=NOW)
    assert not Correction.objects.exists()


def test_nothing_is_frozen_over_a_value_nobody_was_shown_or_without_a_source(claim, staff, company):
    tick(claim, staff)
    sql(company, "shop", "UPDATE customers SET phone = '1' WHERE lower(email) = ?", MAIL)
    with pytest.raises(approval.NotReady, match="outdated"):
        approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)
    (company / "sources" / "aj-dk" / "erp.sqlite").rename(company / "away.sqlite")
    why = {(one.source, one.why_not) for one in phones(claim).holdings if one.source == "erp"}
    assert ("erp", "source_down") in why
    with pytest.raises(approval.NotReady, match="source_down"):
        approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)


def test_killed_between_two_sources_it_goes_on(claim, staff, company):
    tick(claim, staff)
    approved(claim, staff)
    for _ in range(2):  # rehearsed, one source; then the worker is gone
        pipeline.advance(claim, now=NOW)
    done = ErasureReceipt.objects.filter(plan__purpose=Plan.Purpose.RECTIFY).count()
    run(claim)
    assert claim.stage == Stage.CLOSED and ErasureReceipt.objects.filter(plan__purpose="rectify").count() > done
    assert Letter.objects.filter(claim=claim, kind="rectification").count() == 1


def test_what_one_source_took_before_another_stopped_is_told_too(claim, staff, company):
    tick(claim, staff)
    approved(claim, staff)
    plan = plans.current(claim, purpose=Plan.Purpose.RECTIFY)
    pipeline.advance(claim, now=NOW)
    changes.execute(plan, "erp", now=NOW)
    sql(company, "shop", "UPDATE customers SET phone = '1' WHERE lower(email) = ?", MAIL)
    run(claim)
    assert claim.stage == Stage.REVIEW and held(company, "erp", "accounts") == [NEW]
    claim.corrections.filter(source="shop").delete()
    claim.corrections.filter(source="erp").delete()
    run(approved(claim, staff))
    assert NEW in Letter.objects.get(claim=claim, kind="rectification").text


def test_a_part_refused_is_told_with_its_ground(claim, staff):
    tick(claim, staff)
    run(approved(claim, staff, grounds=("data_accurate",), reasons="Dit navn er det, der står i dit pas."))
    letter = Letter.objects.get(claim=claim, kind="rectification")
    assert claim.outcome == "partly_granted" and "det, der står i dit pas" in letter.text and NEW in letter.text


def test_what_two_people_share_is_shown_as_shared(make_claim, staff):
    """Birthe lives at Bent's address: correcting it for him would move her, too."""
    claim = run(make_claim("bent", "rectification"))
    streets = holdings.kind(claim, "user.contact.address.street", language="da")
    assert any(one.shared for one in streets.holdings)


def test_done_by_hand_is_asked_for_before_the_letter_says_so(claim, staff, company):
    tick(claim, staff)
    one = claim.corrections.get(source="shop", collection="customers")
    Correction.objects.filter(pk=one.pk).update(by_hand=True)
    run(approved(claim, staff))
    assert [step.error for step in pipeline.failed(claim)] == ["by_hand_left"]
    assert not Letter.objects.filter(kind="rectification").exists()
    task = claim.hand_tasks.get(code="correct")
    by_hand.done(task, how="Rettet i kassen.", user=staff["preparer"], now=NOW)
    pipeline.retry(claim, user=staff["preparer"], now=NOW)
    assert run(claim).stage == Stage.FULFILLING, "somebody says so, and the row says otherwise"
    sql(company, "shop", "UPDATE customers SET phone = ? WHERE lower(email) = ?", NEW, MAIL)
    pipeline.retry(claim, user=staff["preparer"], now=NOW)
    assert run(claim).stage == Stage.CLOSED
