"""Identity by hand: the picture is looked at, each look is written down, and after the decision it is gone."""

import io
from datetime import date, datetime, time, timedelta
from typing import get_args

import pytest
from django.utils import timezone
from PIL import Image

from desk import needs, pages, words
from identity import deciding, flows, need
from identity.models import Evidence, Verification
from identity.waiting import asking
from law.identification import Means
from law.rights import Right
from letters import kinds
from letters.kinds import LANGUAGES
from letters.mailed import NotEnough
from letters.render import render
from requests_app.controllers import controller
from requests_app.models import Case, Event, Letter, SealedFile
from requests_app.paper import letterhead
from tests.desk import addresses


def _picture():
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(picture, "JPEG")
    picture.seek(0)
    return picture


@pytest.fixture
def document(open_case):
    """A case whose person has sent a picture of an identity card."""
    case = open_case()
    picture = _picture()
    verification = flows.start(case, Means.document, now=timezone.now())
    answer = {"document": "identity_card", "files": {"front": picture}, "typed": {"valid_until": "2031-10-17"}}
    flows.submit(verification, answer, now=timezone.now())
    return verification


def texts_of(*, reason, language):
    """What the letter says in this case, from the heading on."""
    values = kinds.IdentityAgain(
        reference="R", what="document", wrong=reason, again=True, means=(), identity_url="u", answer_by=date(2026, 1, 1)
    )
    return render("identity_again", language=language, values=values, letterhead=letterhead(controller("aj-dk")),
                  written=date(2026, 1, 1)).text  # fmt: skip


def midday(day):
    return timezone.make_aware(datetime.combine(day, time(12)))


def _urls_of(verification):
    return addresses.of_claim(verification.case.claims.get(), verification=verification.pk)


def _urls(verification):
    page = verification.evidence.get()
    return addresses.of_claim(verification.case.claims.get(), verification=verification.pk, page=page.pk)


ACCEPT = {"decision": "accept", "document": "identity_card"}
AGAIN = {"decision": "again", "again": "not_readable"}
REFUSE = {"decision": "refuse", "refuse": "other_person"}


@pytest.mark.parametrize(("decision", "status"), [(ACCEPT, "passed"), (AGAIN, "failed"), (REFUSE, "failed")])
def test_picture_is_gone_after_the_decision(decision, status, document, at_desk):
    urls, client = _urls(document), at_desk("caseworker")
    page = client.get(urls["identity_check"])
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    shown = client.get(urls["identity_picture"])
    assert shown.content.startswith(b"\xff\xd8") and "no-store" in shown["Cache-Control"]
    client.get(urls["identity_picture"])
    assert Event.objects.filter(kind="viewed_evidence").count() == 2, "each look is written down"
    client.post(urls["identity_check"], decision)
    assert client.get(urls["identity_picture"]).status_code == 410
    gone = client.get(urls["identity_check"])
    assert gone.status_code == 410 and b"<img" not in gone.content and b"2 " in gone.content, "who looked still shows"
    assert not SealedFile.objects.filter(purpose="evidence").exclude(wrapped_key=None).exists()
    document.refresh_from_db()
    assert document.status == status and document.decided_by.username == "caseworker"
    assert document.case.claims.get().stage == ("triage" if status == "passed" else "received")


def test_the_page_shows_name_typed_dates_results_and_who_looked(document, at_desk):
    flows.note_results(document, codes=["mrz_valid", "name_differs"], now=timezone.now())
    urls, client = _urls(document), at_desk("caseworker")
    client.get(urls["identity_picture"])
    page = client.get(urls["identity_check"]).content.decode()
    assert document.case.person["name"] in page and "17 October 2031" in page
    assert '<li class="good">' in page and '<li class="bad">' in page
    assert "caseworker" in page.partition("Every look is written down")[2]


def test_a_picture_nobody_has_covered_is_shown_to_nobody(document, at_desk):
    urls, client = _urls(document), at_desk("caseworker")
    Evidence.objects.update(masked_by="")
    assert client.get(urls["identity_picture"]).status_code == 404
    assert b"<img" not in client.get(urls["identity_check"]).content
    assert not Event.objects.filter(kind="viewed_evidence").exists()


def test_what_the_person_has_not_sent_is_not_there(document, at_desk):
    urls, client = _urls(document), at_desk("caseworker")
    Verification.objects.update(status=Verification.Status.OPEN)
    assert client.get(urls["identity_check"]).status_code == 404
    assert client.get(urls["identity_picture"]).status_code == 404


def test_two_who_decide_at_once_are_one_decision(document, at_desk):
    """The second is told that somebody was first, and what they chose counts nowhere."""
    deciding.accept(document, now=timezone.now(), user=None)
    said = at_desk("caseworker").post(_urls_of(document)["identity_check"], REFUSE)
    assert said.status_code == 410
    document.refresh_from_db()
    assert document.status == "passed" and not Letter.objects.filter(kind="identity_again").exists()


@pytest.mark.parametrize(
    "decision",
    [{}, {"decision": "accept"}, {"decision": "again"}, {"decision": "refuse"}, {"decision": "again", "again": "no"}],
)
def test_no_decision_without_its_reason(decision, document, at_desk):
    assert at_desk("caseworker").post(_urls(document)["identity_check"], {"x": 1, **decision}).status_code == 422
    document.refresh_from_db()
    assert document.status == Verification.Status.SUBMITTED


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reason_has_words_of_its_own(language):
    said = {texts_of(reason=reason, language=language) for reason in get_args(NotEnough)}
    assert len(said) == len(get_args(NotEnough)) and set(get_args(NotEnough)) <= set(words.NOT_PROVED)
    known = {reason for reasons in (*deciding.AGAIN.values(), *deciding.REFUSED.values()) for reason in reasons}
    assert known == set(get_args(NotEnough)), "a reason that no letter knows, or that nobody can choose"


def test_the_letter_says_what_was_wrong_and_holds_no_name(document):
    deciding.ask_again(document, reason="too_much_covered", now=timezone.now(), user=None)
    letter = Letter.objects.get(kind="identity_again")
    assert letter.channel == "mail" and letter.language == "da" and "var dækket" in letter.text
    assert document.case.person["name"] not in letter.text and "/s/" in letter.text


def test_a_reason_of_another_means_is_none(document):
    with pytest.raises(deciding.Unfounded):
        deciding.ask_again(document, reason="not_signed", now=timezone.now(), user=None)
    document.refresh_from_db()
    assert document.status == Verification.Status.SUBMITTED and not Letter.objects.filter(kind="identity_again")


def test_asked_again_the_person_can_begin_at_once(document):
    asking.put(document.case, reason="unusual", now=timezone.now(), user=None)
    deciding.ask_again(document, reason="not_readable", now=timezone.now(), user=None)
    assert Means.document in need.offered(document.case)
    assert flows.start(document.case, Means.document, now=timezone.now()) != document


@pytest.mark.parametrize(("days", "shown"), [(3, 0), (2, 1), (0, 1)])
def test_staff_are_warned_two_days_before_a_picture_is_destroyed(days, shown, document, at_desk):
    today = pages.today_of(document.case.controller)
    Evidence.objects.update(destroy_by=midday(today + timedelta(days=days)))
    cases = Case.objects.all()
    assert needs.NEEDS["identity_expiring"].narrow(cases, None, today).count() == shown
    listed = at_desk("caseworker").get("/staff/cases/?needs=identity_expiring").content.decode()
    assert (document.case.reference in listed) == bool(shown)


def test_past_the_limit_nobody_sees_it_even_before_the_sweep(document, at_desk):
    urls, client = _urls(document), at_desk("caseworker")
    Evidence.objects.update(destroy_by=timezone.now())
    assert client.get(urls["identity_picture"]).status_code == 404
    assert b"<img" not in client.get(urls["identity_check"]).content


@pytest.fixture
def estate(open_case):
    """The paper of an estate waits to be looked at."""
    case = open_case()
    case.representative = {"name": "Bo", "email": "bo@example.net", "organisation": "", "kind": "lawyer"}
    case.save()
    attempt = flows.start(case, Means.representative, now=timezone.now())
    flows.submit(attempt, {"document": "estate", "files": {"front": _picture()}}, now=timezone.now())
    return attempt


@pytest.mark.parametrize(
    ("died", "accepted"), [("", False), ("2999-01-01", False), ("2001-02-03", False), ("2025-02-03", True)]
)
def test_an_estate_in_denmark_is_accepted_for_ten_years(died, accepted, estate, at_desk):
    attempt = estate
    given = {"decision": "accept", "document": "estate", "died_on": died}
    answer = at_desk("caseworker").post(_urls_of(attempt)["identity_check"], given)
    attempt.refresh_from_db()
    assert (answer.status_code == 302) == accepted == (attempt.status == "passed")
    assert died not in str(list(attempt.case.events.values_list("data", flat=True))) or not died, "looked at, not kept"


def test_nobody_is_warned_of_a_picture_that_is_gone(document):
    Evidence.objects.update(destroy_by=timezone.now())
    deciding.accept(document, now=timezone.now(), user=None)
    today = pages.today_of(document.case.controller)
    assert not needs.NEEDS["identity_expiring"].narrow(Case.objects.all(), None, today).exists()


@pytest.mark.parametrize("name", ["approver", "administrator", "stranger"])
def test_nobody_else_sees_the_picture(name, document, at_desk):
    answer = at_desk(name).get(_urls(document)["identity_picture"])
    assert answer.status_code == (403 if name == "approver" else 404)
    assert not Event.objects.filter(kind="viewed_evidence").exists()


def test_doubt_needs_its_facts_and_tells_the_person(open_case, at_desk):
    claim = open_case().claims.get()
    url, client = addresses.of_claim(claim)["identity_ask"], at_desk("caseworker")
    assert client.post(url, {"doubt": "other_address", "facts": " "}).status_code == 422
    client.post(url, {"doubt": "other_address", "facts": "Writes from a new address."})
    claim.refresh_from_db()
    assert claim.stage == "identifying"
    assert claim.segments.get().reason == "identity", "asked within seven days: the clock stands still"
    assert Letter.objects.filter(case=claim.case, kind="identity_question").exists()
    assert claim.case.messages.get().internal, "the facts are for colleagues"
    assert need.required(claim.case).level >= 3


def test_proof_seen_lets_the_claims_go_on(open_case, at_desk):
    claim = open_case().claims.get()
    url, client, today = addresses.of_claim(claim)["identity_seen"], at_desk("caseworker"), "2026-01-05"
    assert client.post(url, {"how": "by_video", "on": today}).status_code == 422, "what was shown is missing"
    assert client.post(url, {"how": "by_video", "document": "passport", "on": "2999-01-01"}).status_code == 422
    client.post(url, {"how": "by_video", "document": "passport", "on": today})
    claim.refresh_from_db()
    assert claim.stage == "triage"
    kept = claim.case.verifications.get()
    assert (kept.document, kept.reason, kept.decided_by.username) == ("passport", "by_video", "caseworker")
    assert claim.case.events.get(kind="identity_seen").data["on"] == today


def test_closed_without_proof_with_the_notice_the_law_asks_for(open_case, at_desk):
    claim = open_case().claims.get()
    urls, client = addresses.of_claim(claim), at_desk("caseworker")
    client.post(urls["identity_close"], {"facts": "Vi har ikke fået svar."})
    claim.refresh_from_db()
    assert claim.stage == "received", "nobody has asked yet"
    client.post(urls["identity_ask"], {"doubt": "unusual", "facts": "Odd wording."})
    client.post(urls["identity_close"], {"facts": "Vi har ikke fået svar."})
    claim.refresh_from_db()
    assert (claim.stage, claim.outcome) == ("closed", "not_identified")
    letter = Letter.objects.get(case=claim.case, kind="not_identified")
    assert "Vi har ikke fået svar." in letter.text and "Datatilsynet" in letter.text


def test_immediate_rights_are_never_asked(open_case, at_desk):
    claim = open_case(Right.marketing_objection).claims.get()
    at_desk("caseworker").post(addresses.of_claim(claim)["identity_ask"], {"doubt": "other", "facts": "x"})
    claim.refresh_from_db()
    assert claim.stage == "fulfilling"
    assert not Letter.objects.filter(kind="identity_question").exists()
    assert not claim.case.events.filter(kind="identity_doubt").exists(), "nothing half-done stays"
