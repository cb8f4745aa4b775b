"""The means and their memory: tries over restarts, rests that grow, further links, and always another way."""

import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

import demo
from identity import attempts, flows, need, tries
from identity.lookup import normal_answer
from identity.methods import control_question, email_link
from identity.models import Verification
from identity.waiting import asking
from law.identification import Level, Means
from law.rights import Right
from requests_app import access, rates
from requests_app.answers import Representative
from requests_app.door.clean import Refused
from requests_app.models import AccessLink, Letter
from tests.identity.conftest import NOW
from tests.requests_app.conftest import worker

pytestmark = pytest.mark.django_db
ASTRID = demo.persona("aj-dk", "astrid")
DAY = timedelta(days=1)
__all__ = ["worker"]


def proved_by_link(case, *, now=NOW):
    """The link to the address on file was asked for, sent, opened and confirmed."""
    attempt = flows.start(case, Means.email_link, now=now)
    flows.want_link(attempt, now=now)
    email_link.prepare(attempt, now=now)
    link, _ = access.issue(case, AccessLink.Purpose.PROOF, now=now)
    attempt.refresh_from_db()
    assert flows.open_link(attempt, link, now=now)
    return case.verifications.filter(method="control_question", status="open").first()


def wrong(attempt, *, times, now=NOW, question="postcode"):
    for _ in range(times):
        assert not flows.submit(attempt, {"question": question, "answer": "0000"}, now=now)


# --- tries -----------------------------------------------------------------------------------------------------------
def test_five_tries_over_all_questions_and_no_new_ones_by_beginning_anew(open_case):
    case = open_case(Right.access, email=ASTRID.email)
    attempt = proved_by_link(case)
    wrong(attempt, times=3, question="postcode")
    wrong(attempt, times=1, question="last_order")
    late = attempt.expires_at + timedelta(minutes=1)
    again = flows.start(case, Means.control_question, now=late)
    assert again != attempt and again.attempts_left == 1, "what was tried before it ran out counts"


def test_used_up_rests_a_day_then_a_week_then_a_month(open_case):
    case, now, waits = open_case(Right.access, email=ASTRID.email), NOW, []
    proved_by_link(case)
    for _ in range(4):
        attempt = flows.start(case, Means.control_question, now=now)
        control_question.prepare(attempt, now=now)
        wrong(attempt, times=5, now=now)
        left = tries.left(case, Means.control_question, now=now)
        assert left.tries == 0
        with pytest.raises(flows.Closed, match="rests"):
            flows.start(case, Means.control_question, now=left.again_at - timedelta(seconds=1))
        waits.append(left.again_at - now)
        now = left.again_at
    assert waits == [DAY, 7 * DAY, 30 * DAY, 30 * DAY]


def test_after_the_rest_the_questions_are_looked_up_anew_and_can_be_answered(open_case):
    case = open_case(Right.access, email=ASTRID.email)
    wrong(proved_by_link(case), times=5)
    assert Means.control_question in need.offered(case), "shown, with the day from which there are new tries"
    attempt = flows.start(case, Means.control_question, now=NOW + DAY)
    assert flows.not_looked_up(now=NOW + DAY + timedelta(minutes=1)) == [attempt], "the sweep would do it"
    control_question.prepare(attempt, now=NOW + DAY)
    control_question.prepare(attempt, now=NOW + DAY)
    assert not flows.not_looked_up(now=NOW + DAY + timedelta(minutes=1))
    assert case.events.filter(kind="identity_looked_up").count() == 2, "once for the link, once for the questions"
    assert flows.submit(attempt, {"question": "last_order", "answer": ASTRID.order_no}, now=NOW + DAY)
    assert need.reached(case) is Level.L2


def test_what_the_door_refuses_is_no_try(open_case):
    case = open_case(Right.access, slug="aj-se", email="nobody@example.com")
    attempt = flows.start(case, Means.document, now=NOW)
    for _ in range(7):
        with pytest.raises(Refused):
            flows.submit(attempt, {"document": "passport", "files": {"front": io.BytesIO(b"")}}, now=NOW)
    attempt.refresh_from_db()
    assert attempt.attempts_left == 5 and attempt.status == Verification.Status.OPEN


def test_what_staff_turned_down_can_be_sent_again_at_once(open_case, clerk):
    case = open_case(Right.access, email=ASTRID.email)
    for _ in range(6):
        attempt = flows.start(case, Means.in_person, now=NOW)
        flows.submit(attempt, {}, now=NOW)
        attempts.close(attempt, Verification.Status.FAILED, now=NOW, reason="not_readable", user=clerk)
    assert tries.left(case, Means.in_person, now=NOW).tries == 1


def test_two_answers_at_once_cost_two_tries(open_case):
    attempt = proved_by_link(open_case(Right.access, email=ASTRID.email))
    same = Verification.objects.get(pk=attempt.pk)
    wrong(attempt, times=1)
    wrong(same, times=1)
    attempt.refresh_from_db()
    assert attempt.attempts_left == 3


def test_two_who_close_at_once_write_one_end(open_case):
    case = open_case(Right.access, email=ASTRID.email)
    attempt = flows.start(case, Means.email_link, now=NOW)
    same = Verification.objects.get(pk=attempt.pk)
    flows.close(attempt, Verification.Status.EXPIRED, now=NOW, reason="expired")
    with pytest.raises(flows.Closed):
        flows.close(same, Verification.Status.PASSED, now=NOW)
    assert case.events.filter(kind__in=("identity_expired", "identity_passed")).count() == 1


# --- the link --------------------------------------------------------------------------------------------------------
def test_a_further_link_can_be_asked_for_five_in_all(open_case):
    case = open_case(Right.access, email=ASTRID.email)
    attempt = flows.start(case, Means.email_link, now=NOW)
    for number in range(1, 6):
        flows.want_link(attempt, now=NOW)
        email_link.prepare(attempt, now=NOW)
        email_link.prepare(attempt, now=NOW)  # delivered twice
        attempt.refresh_from_db()
        assert Letter.objects.filter(case=case, kind="proof_link").count() == number
    with pytest.raises(flows.Closed):
        flows.want_link(attempt, now=NOW)
    left = tries.left(case, Means.email_link, now=NOW)
    assert not left.tries and left.again_at > attempt.expires_at


@pytest.mark.parametrize("number", [0, 4])
def test_every_link_sent_still_works(open_case, client, number):
    case = open_case(Right.rectification, email=ASTRID.email)
    attempt = flows.start(case, Means.email_link, now=NOW)
    for _ in range(5):
        flows.want_link(attempt, now=NOW)
        email_link.prepare(attempt, now=NOW)
        attempt.refresh_from_db()
    letters = Letter.objects.filter(case=case, kind="proof_link").order_by("pk")
    path = re.search(r"/identity/proof/[\w-]+/", letters[number].text)[0]
    assert client.post(path).status_code == 302
    assert case.claims.get().stage == "triage", "the last try was spent on asking, not on opening"


@pytest.mark.usefixtures("one_window")
def test_an_address_is_not_flooded_with_links_by_many_cases(open_case, monkeypatch):
    monkeypatch.setitem(rates.LIMITS, "proof_mail_first", (6, timedelta(days=1)))
    for _ in range(8):
        case = open_case(Right.access, email=ASTRID.email)
        attempt = flows.start(case, Means.email_link, now=NOW)
        flows.want_link(attempt, now=NOW)
        email_link.prepare(attempt, now=NOW)
    assert Letter.objects.filter(kind="proof_link").count() == 6


# --- what is offered -------------------------------------------------------------------------------------------------
def test_nothing_is_offered_that_neither_suffices_nor_leads_on(open_case, clerk):
    case = open_case(Right.access, email=ASTRID.email)
    assert need.offered(case)[0] is Means.email_link, "the least intrusive first"
    asking.ask(case, doubt="other_address", facts="Another address is on file.", now=NOW, user=clerk)
    assert need.required(case).level is Level.L3
    assert not {Means.email_link, Means.control_question} & set(need.offered(case)), "they could not settle the doubt"
    assert {Means.document, Means.in_person} <= set(need.offered(case))


def test_every_means_has_another_way_out(open_case, visitor):
    case = open_case(Right.access, slug="aj-se", email="nobody@example.com")
    browser = visitor(case)
    for means in need.offered(case):
        page = browser.get(reverse("identity:method", args=[case.reference, means])).content.decode()
        assert reverse("identity:start", args=[case.reference]) in page
    start = browser.get(reverse("identity:start", args=[case.reference])).content.decode()
    assert reverse("public:status", args=[case.reference]) + "#messages" in start


def test_a_link_alone_is_offered_where_it_suffices(open_case):
    assert need.offered(open_case(Right.rectification, email=ASTRID.email))[0] is Means.email_link


def test_the_speakers_own_address_is_no_proof_of_theirs(open_case):
    speaker = Representative(name="B", email="b@example.net", organisation="", kind="lawyer")
    case = open_case(Right.access, email=ASTRID.email, representative=speaker)
    assert Means.email_link not in need.offered(case, Verification.Subject.REPRESENTATIVE)


# --- the pages -------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("worker")
def test_the_question_page_from_first_to_last_try(open_case, visitor):
    case = open_case(Right.access, email=ASTRID.email)
    proved_by_link(case)
    browser, url = visitor(case), reverse("identity:question", args=[case.reference])
    assert browser.get(url).context["left"].tries == 5
    for number in (4, 3, 2, 1):
        page = browser.post(url, {"question": "postcode", "answer": "0000"})
        assert page.status_code == 422 and page.context["left"].tries == number
    last = browser.post(url, {"question": "last_order", "answer": "0000"})
    assert last.status_code == 422 and last.context["left"].again_at and not last.context["ready"]
    assert browser.post(url, {"question": "last_order", "answer": ASTRID.order_no}).status_code == 302
    assert need.reached(case) is Level.L1, "right, but too late"
    start = browser.get(reverse("identity:start", args=[case.reference]))
    assert [way.means for way in start.context["resting"]] == [Means.control_question]


def test_wrong_is_one_sentence_whatever_was_wrong(open_case, visitor):
    case = open_case(Right.access, email=ASTRID.email)
    proved_by_link(case)
    browser, url = visitor(case), reverse("identity:question", args=[case.reference])
    said = [browser.post(url, answer).context["form"].errors["answer"] for answer in (
        {"question": "postcode", "answer": "0000"}, {"question": "last_order", "answer": "x" * 100},
        {"question": "postcode", "answer": ASTRID.order_no},
    )]  # fmt: skip
    assert said[0] == said[1] == said[2]


def test_no_question_before_the_link(open_case, visitor):
    case = open_case(Right.access, email=ASTRID.email)
    answer = visitor(case).post(reverse("identity:question", args=[case.reference]), {"question": "postcode"})
    assert answer.status_code == 302 and not case.verifications.exists()


def test_a_meeting_is_asked_for_once(open_case, visitor):
    case = open_case(Right.access, email=ASTRID.email)
    url, browser = reverse("identity:method", args=[case.reference, "in_person"]), visitor(case)
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"how": "by_video"}).status_code == 302
    assert browser.get(url).status_code == 302, "it waits for staff now"
    assert case.verifications.get(method="in_person").status == Verification.Status.SUBMITTED


@pytest.mark.parametrize("given", ["2620", "DK-2620", "dk 2620", " 2620 Albertslund", "\uff12620", "2620, Ry"])
def test_a_danish_postcode_however_it_is_written(given):
    assert normal_answer(given) == "2620"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("123 45", "12345"), ("SE-123 45 Växjö", "12345"), ("N-0150 Oslo", "0150"), ("ORD-10 045", "ord10045"),
        ("ord 10045", "ord10045"), ("2024-99871", "202499871"), ("#99871", "99871"), ("٢٦٢٠", "2620"), ("- /", ""),
    ],
)  # fmt: skip
def test_signs_make_no_difference(given, kept):
    assert normal_answer(given) == kept


def test_different_answers_stay_different():
    assert len({normal_answer(one) for one in ("2620", "2621", "26200", "A2620B", "ord2620")}) == 5


def test_a_stranger_cannot_reach_the_pages(open_case):
    case = open_case(Right.access, email=ASTRID.email)
    for name in ("link", "question"):
        url = reverse(f"identity:{name}", args=[case.reference])
        assert Client().post(url).url == reverse("public:new_link")
