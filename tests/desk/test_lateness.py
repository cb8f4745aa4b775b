"""Time on the desk: a late refusal says so, a late extension is none, and silence about identity is seen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fulfilment import approval
from law.rights import Right
from requests_app import clock, extension, lateness, lifecycle, outbox, tasks
from requests_app.models import Letter, Message
from requests_app.states import Act, Actor
from tests.desk.conftest import run
from tests.desk.test_answers import REFUSAL, at_answer
from tests.desk.test_queue import references

LONG_AGO = timedelta(days=45)
BECAUSE = "Sagen lå hos en kollega, der blev syg."


def overdue(known, right=Right.rectification):
    return known(right, now=timezone.now() - LONG_AGO)


def test_a_late_refusal_is_stopped_until_it_says_why_and_then_says_that_it_is_late(known, at_desk):
    claim, client, second = overdue(known), at_desk("caseworker"), at_desk("approver")
    urls = at_answer(claim, client)
    stopped = client.post(urls["answer"], REFUSAL | {"submit": "1"})
    assert stopped.status_code == 422 and stopped.context["reasons"]
    client.post(urls["answer"], REFUSAL | {"submit": "1", "late_because": BECAUSE})
    page = second.get(urls["approve"])
    second.post(urls["approve"], {"digest": page.context["digest"]})
    run(claim)
    letter, event = Letter.objects.get(case=claim.case, kind="refusal"), claim.events.get(kind="answered_late")
    assert "kommer for sent" in letter.text and BECAUSE not in letter.text
    assert event.data == {"since": claim.notice_by.isoformat(), "outcome": "refused"}


def test_why_it_is_late_can_be_written_down_for_any_right_and_is_kept_sealed(known, at_desk):
    claim, client = overdue(known), at_desk("caseworker")
    urls = at_answer(claim, client)
    buttons = {one.code for one in client.get(urls["case"]).context["claims"][0].buttons}
    assert "late" in buttons
    assert client.post(urls["late"], {"because": " "}).status_code == 422
    client.post(urls["late"], {"because": BECAUSE})
    note = Message.objects.get(case=claim.case, internal=True)
    assert note.body == BECAUSE and lateness.noted(claim)
    assert BECAUSE not in str([event.data for event in claim.events.all()])
    assert client.post(urls["answer"], REFUSAL | {"submit": "1"}).status_code == 302
    assert "late" not in {one.code for one in client.get(urls["case"]).context["claims"][0].buttons}


def test_nothing_is_late_in_time_and_nobody_of_another_company_writes_it_down(known, at_desk):
    claim = known(Right.rectification)
    urls = at_answer(claim, at_desk("caseworker"))
    at_desk("caseworker").post(urls["late"], {"because": BECAUSE})
    assert at_desk("stranger").post(urls["late"], {"because": BECAUSE}).status_code == 404
    assert not lateness.noted(claim)
    with pytest.raises(lateness.NoReason):
        lateness.note(claim, because=BECAUSE, today=claim.notice_by, now=timezone.now(), user=None)


def test_what_grows_late_between_the_two_people_is_stopped_too(known, at_desk, staff):
    claim, client = known(Right.rectification), at_desk("caseworker")
    client.post(at_answer(claim, client)["answer"], REFUSAL | {"submit": "1"})
    claim.refresh_from_db()
    later = timezone.now() + LONG_AGO
    with pytest.raises(approval.NotReady) as stopped:
        approval.approve(claim, digest=approval.digest(claim), user=staff["approver"], now=later)
    assert [reason.code for reason in stopped.value.reasons] == ["refuse.too_late"]


def test_two_people_must_each_confirm_what_is_manifestly_unfounded(known, at_desk):
    """Art. 12(5), R-62: beyond the ordinary four eyes each of them says so."""
    claim, client, second = known(Right.rectification), at_desk("caseworker"), at_desk("approver")
    urls, told = at_answer(claim, client), REFUSAL | {"grounds": ["unfounded"], "submit": "1"}
    assert client.post(urls["answer"], told).status_code == 422
    assert client.post(urls["answer"], told | {"confirmed": "on"}).status_code == 302
    page = second.get(urls["approve"])
    assert 'name="confirmed"' in page.content.decode()
    second.post(urls["approve"], {"digest": page.context["digest"]})
    claim.refresh_from_db()
    assert claim.stage == "approval", "the second person has not confirmed it"
    second.post(urls["approve"], {"digest": page.context["digest"], "confirmed": "on"})
    claim.refresh_from_db()
    assert claim.stage == "fulfilling"
    assert claim.events.get(kind="approve").data["confirmed"] == ["unfounded"]


# --- an extension nobody was told of in time ---


def extended(known, staff):
    """Extended on the last day of the first month; the letter waits in the outbox."""
    claim = known()
    last = claim.notice_by
    told = timezone.make_aware(timezone.datetime(last.year, last.month, last.day, 21))
    extension.extend(claim, reason="complexity", told=["Fire systemer."], now=told, user=staff["caseworker"])
    claim.refresh_from_db()
    return claim, told, Letter.objects.get(case=claim.case, kind="extension")


def test_a_notice_of_extension_that_did_not_leave_in_time_is_never_sent(known, staff, mailoutbox):
    claim, told, letter = extended(known, staff)
    long, mailoutbox[:] = claim.due_on, []
    assert not outbox.send(letter, now=told + timedelta(hours=4)), "it is past midnight"
    letter.refresh_from_db()
    claim.refresh_from_db()
    assert (letter.error, letter.sent_at, mailoutbox) == ("too_late", None, [])
    assert claim.due_on == claim.notice_by < long and not claim.segments.exists()
    assert claim.events.filter(kind="extension_lapsed").count() == 1
    outbox.retry(letter, now=told + timedelta(days=1), user=staff["caseworker"])
    letter.refresh_from_db()
    assert not outbox.send(letter, now=told + timedelta(days=1)), "trying again changes nothing"
    assert claim.events.filter(kind="extension_lapsed").count() == 1 and not mailoutbox


def test_in_time_it_is_sent_and_stays(known, staff, mailoutbox):
    claim, told, letter = extended(known, staff)
    assert outbox.send(letter, now=told + timedelta(hours=1))
    assert outbox.end_untold_extensions(now=told + timedelta(days=9)) == 0
    assert claim.segments.exists() and [mail.subject for mail in mailoutbox if mail.subject == letter.subject]


def test_a_letter_given_up_takes_its_extension_with_it(known, staff):
    claim, told, letter = extended(known, staff)
    Letter.objects.filter(pk=letter.pk).update(failed_at=told, error="smtp_550", next_try_at=None)
    assert outbox.end_untold_extensions(now=told + timedelta(hours=1)) == 0, "there is still time"
    assert outbox.end_untold_extensions(now=told + timedelta(days=1)) == 1
    assert not claim.segments.exists()


def on_paper(known, staff):
    claim, told, letter = extended(known, staff)
    without = {"failed_at": told, "error": "no_address", "next_try_at": None, "created_at": told}
    Letter.objects.filter(pk=letter.pk).update(**without)
    return claim, told, Letter.objects.get(pk=letter.pk)


def test_a_notice_posted_in_time_stands_and_may_be_written_down_three_days_later(known, staff, at_desk):
    claim, told, letter = on_paper(known, staff)
    assert outbox.end_untold_extensions(now=told + timedelta(days=2)) == 0
    with pytest.raises(outbox.NotPosted):
        day_after = claim.notice_by + timedelta(days=1)
        outbox.posted(letter, on=day_after, now=told + timedelta(days=2), user=staff["caseworker"])
    outbox.posted(letter, on=claim.notice_by, now=told + timedelta(days=2), user=staff["caseworker"])
    assert outbox.end_untold_extensions(now=told + timedelta(days=30)) == 0 and claim.segments.exists()
    assert claim.case.events.get(kind="letter_posted").data["on"] == claim.notice_by.isoformat()


def test_what_nobody_says_was_posted_was_not(known, staff, at_desk):
    claim, told, letter = on_paper(known, staff)
    assert outbox.end_untold_extensions(now=told + timedelta(days=4)) == 1
    assert not claim.segments.exists()
    with pytest.raises(outbox.NotPosted):
        outbox.posted(letter, on=claim.notice_by, now=told + timedelta(days=5), user=staff["caseworker"])


def test_a_caseworker_writes_down_what_went_by_post(open_case, at_desk):
    case = open_case()
    letter = case.letters.filter(channel="mail").first()
    Letter.objects.filter(pk=letter.pk).update(failed_at=timezone.now(), error="no_address", sent_at=None)
    url = f"/staff/cases/{case.reference}/letters/{letter.pk}/"
    given = {"on": timezone.localdate().isoformat()}
    assert at_desk("stranger").post(url + "posted/", given).status_code == 404
    client = at_desk("caseworker")
    assert b"It went by post" in client.get(url).content
    client.post(url + "posted/", {"on": "2001-01-01"})
    letter.refresh_from_db()
    assert letter.sent_at is None
    client.post(url + "posted/", given)
    letter.refresh_from_db()
    assert letter.sent_at and not letter.failed_at


# --- who never proves who they are (R-20) ---


def test_whoever_never_answers_is_seen_ten_days_before_the_unpaused_day(open_case, at_desk):
    today = timezone.now()
    silent, young = open_case(now=today - timedelta(days=25)), open_case(now=today - timedelta(days=4), persona="bent")
    for case in (silent, young):
        claim = case.claims.get()
        lifecycle.apply(claim, Act.ASK_IDENTITY, now=today, actor=Actor.STAFF)
        clock.pause(claim, reason="unusual", asked_on=case.received_on, now=today, actor=Actor.STAFF)
    claim = silent.claims.get()
    clock.set_due(claim, today=today.date())
    assert claim.due_on > (today + timedelta(days=20)).date(), "the pause has moved the due date away"
    assert references(at_desk("caseworker"), "?needs=unheard") == {silent.reference}
    assert references(at_desk("stranger"), "?needs=unheard") == set()


def test_the_clock_asks_the_law_whether_it_may_stand_still(open_case):
    case, now = open_case(Right.marketing_objection), timezone.now()
    given = {"asked_on": case.received_on, "now": now, "actor": Actor.STAFF}
    assert not clock.pause(case.claims.get(), reason="unusual", **given)
    erasure = open_case(Right.erasure, persona="bent").claims.get()
    assert not clock.pause(erasure, reason="clarification", **given)
    assert clock.pause(erasure, reason="unusual", **given)


def test_the_hourly_task_ends_what_nobody_was_told(known, staff, monkeypatch):
    claim, told, letter = extended(known, staff)
    monkeypatch.setattr(tasks.timezone, "now", lambda: told + timedelta(days=1))
    tasks.refresh_clocks()
    assert not claim.segments.exists()
