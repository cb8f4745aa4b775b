"""The ledger of steps: done once by whoever holds the lease, tried again with back-off, in the end a person's."""

import logging
import time
from datetime import timedelta

import pytest

from connectors.base import Record
from connectors.batch import gathered
from fulfilment import ledger, pipeline, queues, tasks
from fulfilment.collecting import blocks, chunks, collect, records
from fulfilment.models import Collected, Step
from requests_app import lifecycle
from requests_app.models import Event, SealedFile
from requests_app.states import Act, Actor
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import run, sql

pytestmark = pytest.mark.django_db


def sheet(collection, count=1):
    records = [Record("shop", collection, {}, {"x": 1}, (), False, (), "") for _ in range(count)]
    ((_, _, made),) = chunks.in_tables(gathered(records), at=NOW)
    return made


def files(claim):
    return claim.case.files.filter(shredded_at=None, purpose="collected").count()


def test_one_step_for_each_source(make_claim):
    claim = run(make_claim())
    done = Step.objects.filter(claim=claim, name="collect", status="done")
    assert sorted(done.values_list("source", flat=True)) == ["erp", "marketing", "shop"]
    assert claim.stage == "review"


def test_a_task_delivered_twice_collects_once(make_claim):
    claim = run(make_claim())
    before = (records.count(claim), files(claim), Event.objects.count())
    tasks.advance(claim.pk)
    tasks.advance(claim.pk)
    assert (records.count(claim), files(claim), Event.objects.count()) == before
    tasks.advance(10**9)  # a claim that is gone is no error


def test_a_leased_step_is_left_alone_until_the_lease_ends(make_claim):
    claim = make_claim()
    (_, step), *_ = pipeline.runnable(claim, now=NOW)
    assert ledger.take(step, now=NOW)
    again = Step.objects.get(pk=step.pk)
    assert ledger.take(again, now=NOW + timedelta(minutes=4)) is None
    assert ledger.take(again, now=NOW + timedelta(minutes=6)).attempts == 2


def test_a_worker_that_wakes_up_late_writes_nothing(make_claim):
    """Its step was taken over meanwhile: the token it holds is an old one."""
    claim = make_claim()
    (_, step), *_ = pipeline.runnable(claim, now=NOW)
    late = ledger.take(step, now=NOW)
    taken_over = ledger.take(Step.objects.get(pk=step.pk), now=NOW + timedelta(minutes=6))
    late.claim = claim
    with pytest.raises(ledger.LeaseLost):
        chunks.write(late, collection="orders", first=0, sheet=sheet("orders"), now=NOW)
    with pytest.raises(ledger.LeaseLost):
        ledger.finish(late, result={}, now=NOW)
    assert not Collected.objects.filter(claim=claim).exists() and files(claim) == 0
    ledger.fail(late, code="timeout", permanent=True, now=NOW)
    assert Step.objects.get(pk=step.pk).status == "ready"
    ledger.finish(taken_over, result={}, now=NOW)
    assert Step.objects.get(pk=step.pk).status == "done"


def test_a_source_that_is_down_fails_alone_and_is_tried_again(make_claim, company):
    erp = company / "sources" / "aj-dk" / "erp.sqlite"
    erp.rename(erp.with_suffix(".away"))
    claim = run(make_claim())
    assert claim.stage == "collecting"
    status = dict(Step.objects.filter(claim=claim, name="collect").values_list("source", "status"))
    assert status == {"erp": "ready", "marketing": "done", "shop": "done"}
    step = Step.objects.get(claim=claim, source="erp")
    assert step.error and step.next_try_at > NOW
    assert not pipeline.due(claim, now=NOW + timedelta(seconds=20))
    erp.with_suffix(".away").rename(erp)
    run(claim, now=NOW + timedelta(minutes=1))
    assert claim.stage == "review"
    assert {one.source for one in records.tables(claim, language="da")} == {"shop", "erp", "marketing"}


def test_what_only_the_lost_source_leads_to_is_asked_for_again(make_claim, company):
    """The accounts in the ERP are reached through the customer number in the shop: the shop was down meanwhile."""
    shop = company / "sources" / "aj-dk" / "shop.sqlite"
    whole = run(make_claim("bent"))
    expected = {(one.source, one.collection): one.count for one in records.tables(whole, language="da")}
    shop.rename(shop.with_suffix(".away"))
    lifecycle.apply(whole, Act.RECOLLECT, now=NOW, actor=Actor.SYSTEM)
    run(whole)
    erp = Step.objects.filter(claim=whole, source="erp").latest("round")
    assert erp.status == "done" and erp.result["without"] == ["shop"]
    shop.with_suffix(".away").rename(shop)
    run(whole, now=NOW + timedelta(minutes=1))
    assert whole.stage == "review"
    assert {(one.source, one.collection): one.count for one in records.tables(whole, language="da")} == expected


def test_in_the_end_a_person_is_told_and_can_try_again(make_claim, company, staff):
    erp = company / "sources" / "aj-dk" / "erp.sqlite"
    erp.rename(erp.with_suffix(".away"))
    claim, now = make_claim(), NOW
    for _ in range(ledger.ATTEMPTS):
        run(claim, now=now)
        now += timedelta(hours=1)
    step, = pipeline.failed(claim)
    event = Event.objects.get(kind="step_failed")
    assert event.data["source"] == "erp" and event.data["code"] == step.error
    erp.with_suffix(".away").rename(erp)
    assert pipeline.retry(claim, user=staff["preparer"], now=now) == 1
    assert run(claim, now=now).stage == "review"
    assert Event.objects.filter(kind="steps_retried").count() == 1


def test_a_step_that_kills_its_worker_is_not_tried_for_ever(make_claim):
    claim, now = make_claim(), NOW
    (_, step), *_ = pipeline.runnable(claim, now=now)
    for _ in range(ledger.ATTEMPTS):
        assert ledger.take(Step.objects.get(pk=step.pk), now=now)
        now += timedelta(minutes=10)
    run(claim, now=now)
    assert [(one.pk, one.error) for one in pipeline.failed(claim)] == [(step.pk, "worker_lost")]


def test_an_attempt_that_ended_half_way_is_replaced(make_claim, company):
    """What a killed worker leaves: some chunks listed, one file stored and not listed."""
    claim = make_claim()
    step = next(step for _, step in pipeline.runnable(claim, now=NOW) if step.source == "shop")
    step = ledger.take(step, now=NOW)
    step.claim = claim
    chunks.write(step, collection="customers", first=0, sheet=sheet("customers", 3), now=NOW)
    chunks.vault.store([b"lost"], purpose=chunks.PURPOSE, case=claim.case)
    run(claim)
    assert claim.stage == "collecting"  # the lease still runs
    later = NOW + timedelta(minutes=6)
    run(claim, now=later)
    assert claim.stage == "review"
    counts = {one.collection: one.count for one in records.tables(claim, language="da") if one.source == "shop"}
    assert counts["customers"] == 1
    SealedFile.objects.update(created_at=NOW)
    collect.shred_left_overs(before=later, now=later)
    assert files(claim) == Collected.objects.filter(claim=claim).count()


def test_chunks_are_small_and_pages_read_across_them(make_claim, company, monkeypatch):
    many = [("2026-01-01", "2026-01-01 00:00:00", "100001", "192.0.2.1", f"/{n}", "x", 0) for n in range(250)]
    sql(company, "shop", "INSERT INTO web_log VALUES (?,?,?,?,?,?,?)", many=many)
    monkeypatch.setattr(chunks, "MOST", 100)
    claim = run(make_claim())
    found = Collected.objects.filter(claim=claim, collection="web_log").order_by("first")
    assert [(one.first, one.count) for one in found] == [(0, 100), (100, 100), (200, found[2].count)]
    page = records.records(claim, source="shop", collection="web_log", language="da", first=95, count=10)
    assert [one.number for one in page] == list(range(95, 105))
    assert len({(one.at, one.fields) for one in page}) == 10
    monkeypatch.setattr(chunks, "MOST_BYTES", 2000)  # and of long rows fewer
    claim = run(make_claim(reference="AJDK-LONG"))
    found = Collected.objects.filter(claim=claim, collection="web_log").order_by("first")
    counts = [one.count for one in found]
    assert max(counts) < 30 and [one.first for one in found] == [sum(counts[:n]) for n in range(len(counts))]


def test_a_withdrawn_claim_is_left_alone(make_claim, staff):
    claim = make_claim()
    other = type(claim).objects.get(pk=claim.pk)
    lifecycle.apply(other, Act.WITHDRAW, now=NOW, actor=Actor.PERSON)
    run(claim)
    assert claim.stage == "closed"


def test_the_log_tells_nothing_personal(make_claim, company, staff, caplog):
    erp = company / "sources" / "aj-dk" / "erp.sqlite"
    erp.write_bytes(b"not a database at all" * 100)
    with caplog.at_level(logging.DEBUG):
        claim = run(make_claim("bent"))
    told = "\n".join(caplog.messages)
    assert "step failed" in told
    person = claim.case.person
    for secret in (person["email"], person["name"], "Østergaard", "Åboulevarden"):
        assert secret not in told


def test_a_worker_that_slept_through_its_lease_drops_nothing(make_claim):
    claim = make_claim("astrid")
    for _, step in pipeline.steps(claim)[:1]:
        asleep = ledger.take(step, now=NOW)
        late = NOW + ledger.LEASE + timedelta(minutes=1)
        other = ledger.take(Step.objects.get(pk=step.pk), now=late)
        collect.collect(claim, step=other, now=late)
        there = Collected.objects.filter(claim=claim).count()
        with pytest.raises(ledger.LeaseLost):
            collect.collect(claim, step=asleep, now=NOW)
        assert there and Collected.objects.filter(claim=claim).count() == there


def test_one_odd_row_does_not_stop_the_case(make_claim, company):
    """Latin-1 bytes in a text column, as old files hold them."""
    who = "astrid.moller@example.com"
    sql(company, "shop", "UPDATE customers SET name = CAST(X'4DF86C6C6572' AS TEXT) WHERE lower(email) = ?", who)
    claim = run(make_claim("astrid"))
    assert claim.stage == "review" and not pipeline.failed(claim)
    told = [field.text for one in records.records(claim, source="shop", collection="customers", language="da")
            for field in one.fields]  # fmt: skip
    assert "Møller" in told


def test_a_key_that_had_to_be_changed_leads_to_no_row():
    records = [Record("shop", "x", {"no": no}, {"no": no, "n": 1}, ("x",), False, (), "f") for no in (1, 2**70, 2)]
    (batch,) = gathered(records)
    read = [blocks.read(line, source="shop", collection="x")[1] for _, line in blocks.lines(batch, at="", most=999)]
    found = [(one.key, one.fields, one.path) for some in read for one in some.records()]
    assert found[1] == (None, {"no": str(2**70), "n": 1}, ("x",))
    assert [key for key, _, _ in found] == [{"no": 1}, None, {"no": 2}]


def test_a_source_takes_no_more_workers_than_it_says(make_claim):
    """Whoever finds the place full gives the step back, untried, and comes again some seconds later."""
    first, second = make_claim(), make_claim(reference="AJDK-SECOND")
    (_, one), *_ = pipeline.runnable(first, now=NOW)
    (_, other), *_ = pipeline.runnable(second, now=NOW)
    assert one.source == other.source
    assert ledger.take(one, now=NOW, slug="aj-dk", seats=1)
    assert ledger.take(other, now=NOW, slug="aj-dk", seats=1) is None
    other.refresh_from_db()
    assert (other.attempts, other.leased_until) == (0, None)
    assert NOW < other.next_try_at <= NOW + timedelta(seconds=10)
    ledger.finish(one, result={}, now=NOW)
    assert ledger.take(other, now=NOW + timedelta(seconds=11), slug="aj-dk", seats=1)


def test_a_step_that_waits_for_a_day_is_not_looked_at_before(make_claim):
    claim = make_claim()
    (_, step), *_ = pipeline.runnable(claim, now=NOW)
    ledger.take(step, now=NOW)
    ledger.release(step, at=NOW + timedelta(days=1))
    assert not ledger.is_free(Step.objects.get(pk=step.pk), now=NOW + timedelta(hours=23))
    assert ledger.is_free(Step.objects.get(pk=step.pk), now=NOW + timedelta(hours=25))


@pytest.mark.django_db(transaction=True)
def test_the_lease_of_slow_work_is_renewed(make_claim, monkeypatch):
    monkeypatch.setattr(ledger, "LEASE", timedelta(seconds=0.3))
    claim = make_claim()
    (_, step), *_ = pipeline.runnable(claim, now=NOW)
    ledger.take(step, now=NOW)
    before = step.leased_until
    with ledger.kept(step, now=NOW):
        end = time.monotonic() + 10
        while Step.objects.get(pk=step.pk).leased_until <= before and time.monotonic() < end:
            time.sleep(0.02)
    assert Step.objects.get(pk=step.pk).leased_until > before
    ledger.reopen(Step.objects.filter(pk=step.pk))
    with ledger.kept(step, now=NOW):  # taken over meanwhile: the thread ends, the worker finds out when it writes
        time.sleep(0.3)
    with pytest.raises(ledger.LeaseLost):
        ledger.renew(step, now=NOW)


def test_long_work_goes_to_the_workers_of_its_kind(make_claim, settings, monkeypatch):
    settings.DSAR_OWN_QUEUES = ["aj-dk/erp"]
    sent = []
    monkeypatch.setattr(tasks, "ask_worker", lambda task, *args, queue, expires: sent.append((task, args, queue)))
    claim = make_claim()
    tasks.advance(claim.pk)
    assert sent == [
        ("fulfilment.tasks.do", (claim.pk, "collect", source), queue)
        for source, queue in (("erp", "collect.aj-dk.erp"), ("marketing", "collect"), ("shop", "collect"))
    ]
    assert set(queues.names(settings.DSAR_OWN_QUEUES)) >= {queue for *_, queue in sent}
    for _ in range(2):  # a message that comes twice does nothing the second time
        tasks.do(claim.pk, "collect", "erp")
    assert dict(Step.objects.filter(claim=claim, name="collect").values_list("source", "attempts")) == {
        "erp": 1, "marketing": 0, "shop": 0}  # fmt: skip


def test_what_waits_for_days_holds_up_nobody_in_the_sweep(make_claim):
    resting, free, new = (make_claim(reference=name) for name in ("AJDK-RESTS", "AJDK-FREE", "AJDK-NEW"))
    for claim in (resting, free):
        pipeline.steps(claim)
    resting.steps.update(next_try_at=NOW + timedelta(days=3))
    assert pipeline.waiting(now=NOW, most=2) == [free, new]
    assert set(pipeline.waiting(now=NOW + timedelta(days=4), most=3)) == {resting, free, new}
