"""The report of a monthly run on the desk: read by the company's people, released by its approvers, by nobody else."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from fulfilment.models import RetentionRun
from fulfilment.routine import runs, work
from fulfilment.routine.pages import Hand
from tests.requests_app.settled import settle

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def run(own_sources, db):
    """Of a company that has named no period for most of its data: quick to look through."""
    begun = runs.start("ajour", on=date(2026, 11, 1), now=NOW)
    with Hand() as hand:
        while work.advance(begun, hand=hand, now=lambda: NOW):
            pass
    begun.refresh_from_db()
    assert begun.status == "to_approve"
    return begun


def places(run):
    names = {"run": [run.pk], **{f"run_act {act}": [run.pk, act] for act in ("approve", "stop", "again")}}
    return {name: reverse(f"admin:{name.split()[0]}", args=args) for name, args in names.items()}


def test_staff_of_another_company_see_no_run_and_release_none(at_desk):
    run = RetentionRun.objects.create(
        controller="ajour", month=NOW.date(), on=NOW.date(), status="to_approve", digest="a" * 64, started_at=NOW
    )
    for name in ("caseworker", "approver", "administrator"):  # of aj-dk
        client = at_desk(name)
        assert client.get(places(run)["run"]).status_code == 404
        for act in ("approve", "stop", "again"):
            assert client.post(places(run)[f"run_act {act}"], {"digest": run.digest}).status_code == 404
        assert "Ajour" not in client.get(reverse("admin:runs")).content.decode()
    assert at_desk("nobody").get(places(run)["run"]).status_code in (302, 403)
    run.refresh_from_db()
    assert run.status == "to_approve"


def test_a_report_is_read_and_released_by_its_digest(run, member, at_desk, staff):
    chief = member("chief", "approver", slug="ajour")
    staff |= {"clerk": member("clerk", "caseworker", slug="ajour"), "chief": chief}
    clerk, approver = at_desk("clerk"), at_desk("chief")
    page = clerk.get(places(run)["run"]).content.decode()
    assert "law2" in page and "3 years, 6 months" in page and "P3Y6M" not in page
    assert "Decide by hand" in page and "carry it out" not in page
    assert clerk.post(places(run)["run_act approve"], {"digest": run.digest}).status_code == 403
    assert "waits for approval" in clerk.get("/staff/", follow=True).content.decode()

    blocked = approver.get(places(run)["run"]).content.decode()
    assert "Until they are answered or waived" in blocked and "carry it out" not in blocked
    assert approver.post(places(run)["run_act approve"], {"digest": run.digest}).status_code == 409
    settle("ajour")
    assert run.digest in approver.get(places(run)["run"]).content.decode()
    assert approver.post(places(run)["run_act approve"], {"digest": "0" * 64}).status_code == 409
    assert approver.post(places(run)["run_act approve"], {"digest": run.digest}).status_code == 302
    run.refresh_from_db()
    assert (run.status, run.approved_by) == (RetentionRun.Status.RUNNING, chief)
    assert approver.post(places(run)["run_act again"]).status_code == 409  # something may have been done
    assert approver.post(places(run)["run_act stop"]).status_code == 302
    page = approver.get(places(run)["run"]).content.decode()
    assert "Stopped by chief" in page and "Read and released by chief" in page
    assert approver.post(reverse("admin:run_act", args=[run.pk, "shout"])).status_code == 404
