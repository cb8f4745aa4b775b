"""In person or by video: asked for, arranged by message, recorded by staff; never a copy, never a number."""

from datetime import timedelta

import pytest
from django.urls import reverse

from identity import deciding, flows, need
from identity.models import Evidence
from law.identification import Means
from law.rights import Right
from requests_app.models import Letter
from tests.identity.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(open_case):
    return open_case(Right.access, email="nobody@example.com")


def asked_for(case):
    attempt = flows.start(case, Means.in_person, now=NOW)
    flows.submit(attempt, {"typed": {"how": "by_video", "when": "mornings"}}, now=NOW)
    return attempt


def test_the_person_asks_and_says_what_suits_them(case, visitor):
    browser, url = visitor(case), reverse("identity:method", args=[case.reference, "in_person"])
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"when": "mornings"}).status_code == 422
    browser.post(url, {"how": "by_video", "when": "mornings"})
    attempt = case.verifications.get()
    assert attempt.status == "submitted" and attempt.memory["typed"] == {"how": "by_video", "when": "mornings"}
    assert Means.in_person not in need.offered(case), "asked for once"


def test_what_was_seen_settles_the_appointment(case, clerk):
    attempt, day = asked_for(case), (NOW + timedelta(days=3)).date()
    found = deciding.seen(
        case, Means.in_person, subject="person", how="by_video", document="passport", on=day,
        now=NOW + timedelta(days=3), user=clerk,
    )  # fmt: skip
    assert found == attempt and case.verifications.count() == 1
    attempt.refresh_from_db()
    kept = (attempt.status, attempt.document, attempt.reason, attempt.decided_by, attempt.memory)
    assert kept == ("passed", "passport", "by_video", clerk, {}), "what suits whom is forgotten"
    seen = case.events.get(kind="identity_seen")
    assert (seen.data["on"], seen.user) == (day.isoformat(), clerk) and not Evidence.objects.exists()
    assert case.claims.get().stage == "triage"


def test_nobody_came(case, clerk):
    attempt = asked_for(case)
    deciding.refuse(attempt, reason="did_not_come", now=NOW, user=clerk)
    assert "mødtes ikke" in Letter.objects.get(kind="identity_again").text
    assert Means.in_person in need.offered(case), "another appointment can be asked for"


def test_seen_without_an_appointment(case, clerk):
    deciding.seen(
        case, Means.in_person, subject="person", how="known_in_person", document="", on=NOW.date(), now=NOW, user=clerk
    )
    assert case.claims.get().stage == "triage" and case.verifications.get().decided_by == clerk
