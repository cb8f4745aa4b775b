"""The page of open points: who sees it, who waives, and that an answer waits for it."""

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment import approval
from requests_app import waivers
from requests_app.models import Event, Waiver
from tests.desk import addresses
from tests.desk.test_walk import weigh

PAGE = "/staff/open-points/"
REASON = "Asked on 3 November; the reply says that names are missing."


def waive_url(slug="aj-dk", question="S0-Q2"):
    return reverse("admin:open_point_waive", args=[slug, question])


def test_an_answer_waits_until_somebody_answers_for_it(collected, at_desk, staff):
    claim = collected()
    worker = at_desk("caseworker")
    weigh(worker, claim)
    ended = waivers.history("aj-dk").get(question="S0-Q2")
    at_desk("approver").post(reverse("admin:open_point_take_back", args=["aj-dk", ended.pk]))
    case = worker.get(addresses.of_claim(claim)["case"]).content.decode()
    assert "The answer cannot go out yet: 1 open point" in case and "names of the companies" in case

    answer = worker.post(addresses.of_claim(claim)["review"], follow=True)
    assert b"has not told something this answer needs" in answer.content
    claim.refresh_from_db()
    assert claim.stage == "review"
    with pytest.raises(approval.NotReady, match="open_points"):
        approval.submit(claim, outcome="granted", user=staff["caseworker"], now=claim.stage_at)

    assert at_desk("administrator").post(waive_url(), {"reason": REASON}).status_code == 302
    assert b"The answer cannot go out yet" not in worker.get(addresses.of_claim(claim)["case"]).content
    assert worker.post(addresses.of_claim(claim)["review"]).status_code == 302
    claim.refresh_from_db()
    assert claim.stage == "approval"
    assert "S0-Q2" in Event.objects.get(claim=claim, kind="submit").data["waived"]
    assert REASON.encode() in at_desk("caseworker").get(PAGE).content


def test_a_waiver_that_ends_before_approval_stops_the_release(collected, at_desk, staff):
    claim = collected()
    worker, second = at_desk("caseworker"), at_desk("approver")
    weigh(worker, claim)
    worker.post(addresses.of_claim(claim)["review"])
    digest = second.get(addresses.of_claim(claim)["approve"]).context["digest"]
    one = waivers.history("aj-dk").get(question="S0-Q3")
    second.post(reverse("admin:open_point_take_back", args=["aj-dk", one.pk]))
    second.post(addresses.of_claim(claim)["approve"], {"digest": digest})
    claim.refresh_from_db()
    assert claim.stage == "approval"


@pytest.mark.parametrize(("who", "sees", "waives"), [
    ("caseworker", 200, 403), ("approver", 200, 302), ("administrator", 200, 302), ("stranger", 200, 404),
    ("nobody", 302, 302),
])  # fmt: skip
def test_each_role(who, sees, waives, at_desk):
    client = at_desk(who)
    page = client.get(PAGE)
    assert page.status_code == sees
    if sees == 200:
        ours = b"names of the companies that receive personal data" in page.content
        assert ours is (who != "stranger"), "another company's points are not shown"
        assert (waive_url().encode() in page.content) is (waives == 302)
    assert client.post(waive_url(), {"reason": REASON}).status_code == waives
    assert Waiver.objects.filter(controller="aj-dk").exists() is (who in ("approver", "administrator"))


def test_a_stranger_ends_no_waiver(at_desk, staff):
    now = staff["both"].date_joined
    made = waivers.waive("aj-dk", question="S0-Q2", reason=REASON, user=staff["approver"], now=now)
    client = at_desk("stranger")
    for slug in ("aj-dk", "ajour"):
        assert client.post(reverse("admin:open_point_take_back", args=[slug, made.pk])).status_code == 404
    assert at_desk("caseworker").post(reverse("admin:open_point_take_back", args=["aj-dk", made.pk])).status_code == 403
    assert REASON.encode() not in client.get(PAGE).content
    made.refresh_from_db()
    assert made.taken_back_at is None


def test_without_a_reason_nothing_is_waived(at_desk):
    client = at_desk("approver")
    answer = client.post(waive_url(), {"reason": " "})
    assert answer.status_code == 422 and b"Write why answers may go out without it." in answer.content
    assert client.post(waive_url(question="S9-Q9"), {"reason": REASON}).status_code == 422
    assert client.get(waive_url()).status_code == 405
    assert not Waiver.objects.exists()


def test_anonymous_is_led_to_the_log_in(db):
    assert "/login/" in Client().get(PAGE).url
    assert "/login/" in Client().post(waive_url(), {"reason": REASON}).url
