"""A very large answer is put together by a worker, not while a caseworker's page waits for it."""

from datetime import timedelta

import pytest

from fulfilment import approval, ledger, pipeline, tasks
from fulfilment.handing_over import bundle
from fulfilment.models import Bundle
from requests_app import lifecycle
from requests_app.models import SealedFile
from requests_app.states import Act, Actor
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import release_all, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def large(make_claim, staff, monkeypatch):
    monkeypatch.setattr(approval, "LARGE", 3)
    return run(make_claim(customer_no="100002"))  # a neighbour's number: held until somebody has looked


def submit(claim, staff):
    return approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)


def test_it_waits_for_the_worker_and_then_for_the_second_person(large, staff):
    with pytest.raises(approval.NotReady, match="undecided"):
        submit(large, staff)
    release_all(large, staff)
    assert submit(large, staff) == "" and large.stage == "preparing"
    assert not Bundle.objects.filter(claim=large).exists()
    run(large)
    assert large.stage == "approval"
    digest = approval.digest(large)
    assert digest == Bundle.objects.get(claim=large).content_digest
    assert run(approval.approve(large, digest=digest, user=staff["approver"], now=NOW)).stage == "closed"


def test_sent_back_and_submitted_again_it_is_made_again(large, staff):
    release_all(large, staff)
    for _ in range(2):
        submit(large, staff)
        run(large)
        assert bundle.latest(large)
        lifecycle.apply(large, Act.SEND_BACK, now=NOW, actor=Actor.STAFF, user=staff["approver"])
    assert large.steps.filter(name="bundle", status="done").count() == 2


def test_a_failure_is_shown_and_can_be_taken_back(large, staff, monkeypatch):
    release_all(large, staff)
    submit(large, staff)
    with monkeypatch.context() as broken:
        broken.setattr(bundle, "cover", lambda *_, **__: (_ for _ in ()).throw(bundle.Empty))
        run(large)
    assert large.stage == "preparing" and [step.error for step in pipeline.failed(large)] == ["no_data"]
    assert pipeline.take_back(large, user=staff["preparer"], now=NOW).stage == "review"


def test_a_worker_that_lost_its_lease_lists_no_bundle(large, staff):
    release_all(large, staff)
    submit(large, staff)
    (_, step), *_ = pipeline.runnable(large, now=NOW)
    ledger.take(step, now=NOW)
    ledger.reopen(large.steps.filter(pk=step.pk))
    with pytest.raises(ledger.LeaseLost):
        bundle.build_step(large, step=step, now=NOW)
    assert not Bundle.objects.filter(claim=large).exists()
    assert not SealedFile.objects.filter(purpose=bundle.PURPOSE, shredded_at=None).exists()


def test_what_is_finished_after_the_claim_went_on_is_not_kept(large, staff, monkeypatch):
    release_all(large, staff)
    submit(large, staff)
    (_, late), *_ = pipeline.runnable(large, now=NOW)
    ledger.take(late, now=NOW)
    lifecycle.apply(large, Act.SEND_BACK, now=NOW, actor=Actor.STAFF, user=staff["approver"])
    submit(large, staff)
    run(large)
    made = bundle.latest(large)
    with pytest.raises(ledger.LeaseLost):  # of a round before: what waits for approval stays
        bundle.build_step(large, step=late, now=NOW)
    assert bundle.latest(large) == made and bundle.is_whole(made)
    lifecycle.apply(large, Act.WITHDRAW, now=NOW, actor=Actor.PERSON, outcome="withdrawn")
    with pytest.raises(ledger.LeaseLost):
        bundle.build_step(large, step=late, now=NOW)
    assert SealedFile.objects.filter(purpose=bundle.PURPOSE, shredded_at=None).count() == 2
    monkeypatch.setattr(tasks.timezone, "now", lambda: NOW + timedelta(minutes=50))
    tasks.sweep()
    assert bundle.latest(large) == made
    monkeypatch.setattr(tasks.timezone, "now", lambda: NOW + timedelta(minutes=61))
    tasks.sweep()
    assert not SealedFile.objects.filter(purpose=bundle.PURPOSE, shredded_at=None).exists()
