"""Asking for proof: on a recorded doubt, in time, once; what the letter says; whose time stands still meanwhile."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from identity import flows, need
from identity.models import Verification
from identity.waiting import asking, silence
from law.doubts import DOUBTS
from law.identification import Level, Means
from law.reasons import LANGUAGES, say, wording
from law.rights import Right
from requests_app import clarification, clock, outbox
from requests_app.models import Letter
from tests.identity.conftest import NOW
from tests.identity.test_waiting import SILENT, at, live, send

pytestmark = pytest.mark.django_db


def ask(case, clerk, *, now=NOW, doubt="unusual", **more):
    return asking.ask(case, doubt=doubt, facts="Odd.", now=now, user=clerk, **more)


@pytest.mark.parametrize("doubt", DOUBTS)
def test_every_doubt_is_told_without_telling_who_is_a_customer(open_case, clerk, doubt):
    case = open_case(Right.access, **SILENT)
    ask(case, clerk, doubt=doubt)
    text = Letter.objects.get(case=case, kind="identity_question").text
    assert wording("da")["sentences"][DOUBTS[doubt]] in text.replace("\n", " ")
    assert "Odd." not in text, "the facts are for colleagues"
    assert "skriv til os på din side" in text and "artikel 12, stk. 6" in text


def test_no_doubt_no_question(open_case, clerk):
    case = open_case(Right.access, **SILENT)
    for doubt, facts in (("routine", "Odd."), ("", "Odd."), ("unusual", "  ")):
        with pytest.raises(asking.NoDoubt):
            asking.ask(case, doubt=doubt, facts=facts, now=NOW, user=clerk)
    assert not case.events.filter(kind="identity_doubt").exists() and not case.messages.exists()


def test_asked_twice_is_asked_once(open_case, clerk):
    case = open_case(Right.access, Right.erasure, **SILENT)
    assert ask(case, clerk)
    with pytest.raises(asking.NotNow, match="asked"):
        ask(case, clerk, now=NOW + timedelta(minutes=1))
    assert Letter.objects.filter(case=case, kind="identity_question").count() == 1
    assert case.messages.count() == 1 and case.events.filter(kind="identity_doubt").count() == 1


def test_what_has_come_is_looked_at_first(open_case, clerk):
    case = open_case(Right.access, Right.rectification, slug="aj-se", **SILENT)
    verification = send(case, now=NOW)
    with pytest.raises(asking.NotNow, match="look_first"):
        ask(case, clerk, now=NOW + timedelta(hours=1))
    verification.refresh_from_db()
    assert verification.status == "submitted" and not case.events.filter(kind="clock_paused").exists()


def test_closing_waits_for_what_has_come(open_case, clerk):
    case = open_case(Right.access, **SILENT)
    ask(case, clerk)
    send(case, now=NOW)
    with pytest.raises(asking.NotNow, match="look_first"):
        asking.close_unidentified(case, facts="Intet.", now=NOW + timedelta(days=20), user=clerk)
    assert case.claims.get().stage == "identifying"


def test_who_proved_more_meanwhile_is_not_asked_on_an_old_doubt(open_case, clerk):
    case = open_case(Right.rectification, **SILENT)
    weighed = need.reached(case)
    link = flows.start(case, Means.email_link, now=NOW)
    flows.close(link, Verification.Status.PASSED, now=NOW)
    flows.go_on(case, now=NOW, actor="person")
    with pytest.raises(asking.NotNow, match="proved_meanwhile"):
        ask(case, clerk, reached=weighed)
    assert case.claims.get().stage == "triage"
    assert ask(case, clerk, reached=Level.L1), "looked at again, the doubt may stand"
    assert case.claims.get().stage == "identifying" and need.required(case).level is Level.L3


@pytest.mark.parametrize(("days", "paused"), [(0, True), (7, True), (8, False), (40, False)])
def test_only_a_question_in_time_stops_the_clock(open_case, clerk, days, paused):
    """Seven days (R-30): the day of receipt is Monday 23 November, the seventh Monday 30 November, in Copenhagen."""
    case, now = open_case(Right.access, **SILENT), datetime(2026, 11, 23, 23, 30, tzinfo=ZoneInfo("Europe/Copenhagen"))
    now += timedelta(days=days)
    assert ask(case, clerk, now=now) == paused == case.claims.get().segments.exists()
    text = Letter.objects.get(case=case, kind="identity_question").text
    assert ("sat i bero" in text) == paused
    assert say(clock.would_pause(case, on=now.date())[0], "en").startswith(
        "The question was asked without undue delay" if paused else "The question was asked"
    )


def test_two_claims_one_letter_one_doubt(open_case, clerk):
    case = open_case(Right.access, Right.marketing_objection, Right.erasure, **SILENT)
    assert ask(case, clerk)
    assert {one.right: one.stage for one in case.claims.all()} == {
        "access": "identifying", "erasure": "identifying", "marketing_objection": "fulfilling",
    }  # fmt: skip
    assert clock.ClockSegment.objects.filter(claim__case=case).count() == 2


def test_an_answer_to_the_one_question_is_none_to_the_other(open_case, clerk):
    """Asked which data is meant, and then who is asking: proof does not answer the first."""
    case = open_case(Right.access, **SILENT)
    claim = case.claims.get()
    clarification.ask(claim, question="Hvilke ordrer?", large_quantity=True, now=NOW, user=clerk)
    flows.close(flows.start(case, Means.in_person, now=NOW), Verification.Status.PASSED, now=NOW)
    flows.go_on(case, now=NOW + timedelta(days=1), actor="staff")
    assert claim.segments.get().ended_on is None and case.claims.get().stage == "triage"
    clarification.answered(case, now=NOW + timedelta(days=2), actor="person")
    assert claim.segments.get().ended_on == date(2026, 11, 25)


def test_the_status_page_leads_to_proof_even_after_the_closing(open_case, clerk, visitor):
    case = open_case(Right.access, **SILENT)
    outbox.send_due(now=NOW)
    ask(case, clerk)
    outbox.send_due(now=NOW)
    browser, url = visitor(case), reverse("public:status", args=[case.reference])
    proof = reverse("identity:start", args=[case.reference])
    live(since=at(24, 11), until=at(24, 12))
    assert case.claims.get().stage == "closed"
    page = browser.get(url).content.decode()
    assert proof in page, "a late answer must be possible where the letter says it is"
    answer = browser.get(proof)
    assert answer.status_code == 200 and reverse("identity:method", args=[case.reference, "in_person"]) in (
        answer.content.decode()
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reminder_and_the_notice_are_read_in_the_cases_language(open_case, language):
    case = open_case(Right.access, **SILENT)
    case.language = language
    case.save()
    outbox.send_due(now=NOW)
    live(since=at(30, 11), until=at(30, 11))
    live(since=at(16, 12), until=at(16, 12))
    live(since=at(24, 12), until=at(24, 12))
    for kind in (silence.REMINDER, silence.NOTICE, "not_identified"):
        assert Letter.objects.get(case=case, kind=kind).language == language
