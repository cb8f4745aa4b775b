"""Whoever asks for another shows the right to act and who they are; the person is asked where that can be (R-10)."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

import demo
from identity import attempts, deciding, flows, need, speaking
from identity.methods import email_link, representative
from identity.models import Evidence, Verification
from law.identification import Level, Means
from law.representation import Authority, Part
from law.rights import Right
from requests_app import access
from requests_app.answers import Representative
from requests_app.models import AccessLink, Letter, SealedFile
from tests.identity.conftest import NOW

pytestmark = pytest.mark.django_db
ASTRID = demo.persona("aj-dk", "astrid")
SPEAKER = Representative(name="Bo Advokat", email="bo@example.net", organisation="", kind="lawyer")
Subject = Verification.Subject
ASKED = [Authority.power_of_attorney, Authority.lawyer]
NOT_ASKED = [Authority.guardian, Authority.parent, Authority.estate]


@pytest.fixture
def case(open_case):
    return open_case(Right.access, email=ASTRID.email, representative=SPEAKER)


def paper(name="paper.jpg"):
    out = io.BytesIO()
    Image.new("RGB", (800, 1100), "white").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def authority(case, kind, *, user, accepted=True):
    """The paper goes in and is looked at."""
    attempt = flows.start(case, Means.representative, now=NOW)
    flows.submit(attempt, {"document": str(kind), "files": {"front": paper()}}, now=NOW)
    if accepted:
        deciding.accept(attempt, now=NOW, user=user)
    return attempt


def speaker(case, *, user, how="seen_in_person", means=Means.in_person):
    deciding.seen(
        case, means, subject=Subject.REPRESENTATIVE, how=how, document="passport", on=NOW.date(), now=NOW, user=user
    )


def person(case):
    """The person opens the link that went to the address on file, and answers the question."""
    link, _ = access.issue(case, AccessLink.Purpose.PROOF, now=NOW)
    attempt = flows.start(case, Means.email_link, now=NOW)
    flows.want_link(attempt, now=NOW)
    email_link.prepare(attempt, now=NOW)
    attempt.refresh_from_db()
    assert flows.open_link(attempt, link, now=NOW)
    question = attempts.current(case, Means.control_question)
    assert flows.submit(question, {"question": "last_order", "answer": ASTRID.order_no}, now=NOW)


def stage(case):
    return case.claims.get().stage


@pytest.mark.parametrize("kind", ASKED)
def test_all_three_parts_are_needed_where_the_person_can_be_asked(kind, case, clerk):
    authority(case, kind, user=clerk)
    assert (speaking.missing(case), need.reached(case), stage(case)) == ((Part.speaker,), Level.L0, "received")
    speaker(case, user=clerk)
    assert (speaking.missing(case), stage(case)) == ((), "received"), "the person has not said a word yet"
    person(case)
    assert stage(case) == "triage"


@pytest.mark.parametrize("kind", NOT_ASKED)
def test_whoever_cannot_be_asked_is_not(kind, case, clerk):
    authority(case, kind, user=clerk)
    assert stage(case) == "received", "who acts has not shown who they are"
    speaker(case, user=clerk)
    assert stage(case) == "triage"
    why = case.events.get(kind="person_not_asked")
    assert (why.data, why.user) == ({"reason": str(kind)}, clerk)


def test_the_order_does_not_matter(case, clerk):
    person(case)
    speaker(case, user=clerk)
    assert stage(case) == "received"
    authority(case, Authority.power_of_attorney, user=clerk)
    assert stage(case) == "triage"


def test_a_proof_of_whoever_acts_is_none_of_the_person(case, clerk):
    speaker(case, user=clerk)
    assert need.reached(case) is Level.L0


def test_a_lawyer_is_found_in_the_register(case, clerk):
    authority(case, Authority.lawyer, user=clerk)
    speaker(case, user=clerk, how="public_register", means=Means.representative)
    assert speaking.missing(case) == () and speaking.authority(case) is Authority.lawyer
    assert need.reached(case) is Level.L0, "the register says nothing of the person"


def test_staff_may_find_that_it_is_another_kind_than_was_said(case, clerk):
    attempt = authority(case, Authority.guardian, user=clerk, accepted=False)
    deciding.accept(attempt, now=NOW, user=clerk, document="power_of_attorney")
    assert speaking.authority(case) is Authority.power_of_attorney and need.reached(case) is Level.L0


def test_a_paper_that_is_not_enough_is_told_and_can_come_again(case, clerk):
    attempt = authority(case, Authority.power_of_attorney, user=clerk, accepted=False)
    deciding.ask_again(attempt, reason="not_signed", now=NOW, user=clerk)
    letter = Letter.objects.get(kind="identity_again")
    assert letter.to == SPEAKER.email and "underskrevet" in letter.text
    assert Part.authority in speaking.missing(case) and Means.representative in need.offered(case)
    assert not SealedFile.objects.filter(purpose="evidence").exclude(wrapped_key=None).exists()


def test_a_link_is_no_way_to_show_who_acts(case):
    assert set(need.offered(case, Subject.REPRESENTATIVE)) == {Means.document, Means.in_person}


def test_nobody_acts_for_another_where_nobody_was_named(open_case, visitor):
    case = open_case(Right.access, email=ASTRID.email)
    assert not need.offered(case, Subject.REPRESENTATIVE) and Means.representative not in need.offered(case)
    page = visitor(case).get(reverse("identity:representative", args=[case.reference]))
    assert page.url == reverse("identity:start", args=[case.reference])


def test_the_page_takes_the_paper_and_says_where_each_part_stands(case, visitor, clerk):
    browser, url = visitor(case), reverse("identity:representative", args=[case.reference])
    assert all(f'value="{kind}"' in browser.get(url).content.decode() for kind in Authority)
    assert browser.post(url, {"document": "estate"}).status_code == 422
    assert browser.post(url, {"front": paper()}).status_code == 422
    broken = SimpleUploadedFile("x.jpg", b"not a picture", "image/jpeg")
    assert browser.post(url, {"document": "guardian", "front": broken}).status_code == 422
    assert not Evidence.objects.exists()
    browser.post(url, {"document": "guardian", "front": paper(), "back": paper("2.jpg")})
    attempt = case.verifications.get(method="representative")
    assert (attempt.status, attempt.document, attempt.evidence.count()) == ("submitted", "guardian", 2)
    assert b"enctype" not in browser.get(url).content, "one paper at a time"
    browser.post(url, {"document": "estate", "front": paper()})
    assert case.verifications.count() == 1
    deciding.accept(attempt, now=NOW, user=clerk)
    page = browser.get(url).content.decode()
    assert "enctype" not in page and page.count('class="tag"') == 2, "accepted, and the person is not asked"


def test_a_paper_handed_in_twice_at_once_is_there_once(case):
    """Nobody was asked to cover it, and the history does not say that somebody did."""
    attempt = flows.start(case, Means.representative, now=NOW)
    for _ in range(2):  # both through the door before either is handed in
        representative.check(attempt, {"files": {"front": paper(), "back": paper()}}, now=NOW)
    assert [(one.side, one.masked_by) for one in Evidence.objects.all()] == [("paper", "paper")] * 2
    assert SealedFile.objects.filter(purpose="evidence").count() == 2
    flows.hand_in(attempt, now=NOW)
    with pytest.raises(flows.Closed):
        representative.check(attempt, {"files": {"front": paper()}}, now=NOW)
    assert Evidence.objects.count() == SealedFile.objects.filter(purpose="evidence").count() == 2


def test_the_usual_pages_are_about_whoever_acts_until_one_goes_back(case, visitor):
    browser = visitor(case)
    page, start = (reverse(f"identity:{name}", args=[case.reference]) for name in ("representative", "start"))
    meeting = reverse("identity:method", args=[case.reference, "in_person"])
    assert browser.post(page, {"means": "email_link"}).url == page, "no way of theirs"
    assert browser.post(page, {"means": "in_person"}).url == meeting
    assert browser.post(meeting, {"how": "by_video", "when": "after four", "whose": "representative"}).url == page
    asked = case.verifications.get(method="in_person")
    assert (asked.subject, asked.memory["typed"]["when"]) == ("representative", "after four")
    browser.get(start)
    browser.post(meeting, {"how": "seen_in_person"})
    assert case.verifications.filter(method="in_person", subject="person").count() == 1
