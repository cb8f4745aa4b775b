"""How often: by address, by case, by company. A flood slows itself down; it shuts nobody else out and loses nothing."""

import io
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from PIL import Image

import demo
from identity import flows
from identity.methods import email_link
from law.identification import Means
from law.rights import Right
from requests_app import access, rates
from requests_app.models import AccessLink, Case, Letter, RateCounter
from requests_app.sealed import digest
from tests.identity.conftest import NOW
from tests.requests_app import walk

pytestmark = pytest.mark.django_db
ASTRID = demo.persona("aj-dk", "astrid")


def spend(what, who, *, company=""):
    """Use up what `who` may do in this window."""
    key, now = rates.LIMITS[what], timezone.now()
    for _ in range(key[0]):
        rates.allowed(what, who, now=now, company=company)


def crowd(what, *, company="aj-dk", now=None):
    """As many tries of the company as make it crowded, each from another address."""
    rates.allowed(what, "198.51.100.1", now=now or timezone.now(), company=company)
    of_company = RateCounter.objects.filter(key=digest(f"rate.{what}.company", company))
    assert of_company.update(count=rates.CROWDED[what][0]) == 1


# --- every limit of the table -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", rates.LIMITS)
def test_each_limit_ends_with_its_window_and_touches_nobody_else(what):
    most, length = rates.LIMITS[what]
    assert [rates.allowed(what, "one", now=NOW) for _ in range(most + 1)] == [True] * most + [False]
    assert rates.allowed(what, "another", now=NOW)
    assert 0 < rates.wait(what, now=NOW) <= length.total_seconds() + 1
    assert rates.allowed(what, "one", now=NOW + timedelta(seconds=rates.wait(what, now=NOW)))


@pytest.mark.parametrize("what", rates.CROWDED)
def test_a_crowded_company_slows_each_caller_and_lets_everybody_in(what):
    each = rates.CROWDED[what][1]
    crowd(what, now=NOW)
    mine = [rates.allowed(what, "a person", now=NOW, company="aj-dk") for _ in range(each + 1)]
    assert mine == [True] * each + [False]
    assert rates.allowed(what, "another person", now=NOW, company="aj-dk")
    assert rates.allowed(what, "a customer of another company", now=NOW, company="aj-se")


@pytest.mark.parametrize("what", rates.CROWDED)
def test_one_place_alone_makes_no_crowd(what):
    """What is refused does not count: whoever knocks a thousand times slows nobody but themselves."""
    most = rates.LIMITS[what][0]
    for _ in range(most + 5):
        rates.allowed(what, "one", now=NOW, company="aj-dk")
    of_company = RateCounter.objects.get(key=digest(f"rate.{what}.company", "aj-dk"))
    assert of_company.count == most < rates.CROWDED[what][0]


def test_counters_name_nobody():
    rates.allowed("identity", "192.0.2.17", now=NOW, company="aj-dk")
    assert {len(counter.key) for counter in RateCounter.objects.all()} == {64}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_household_is_one_address(one, other, same):
    ask = RequestFactory()
    assert (access.caller(ask.get("/", REMOTE_ADDR=one)) == access.caller(ask.get("/", REMOTE_ADDR=other))) is same


# --- the pages --------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("one_window")
def test_too_many_answers_in_one_case(open_case, visitor):
    case = open_case(Right.access, email=ASTRID.email)
    browser, url = visitor(case), reverse("identity:link", args=[case.reference])
    spend("identity_case", case.reference)
    page = browser.post(url)
    assert page.status_code == 429 and page.context["form"].non_field_errors()
    assert not case.verifications.exists()
    other = open_case(Right.access, email="somebody@example.com")
    assert visitor(other).post(reverse("identity:link", args=[other.reference])).status_code == 302


@pytest.mark.usefixtures("one_window")
def test_too_many_answers_from_one_address_and_what_was_typed_stays(open_case, visitor):
    case = open_case(Right.access, email=ASTRID.email)
    attempt = flows.start(case, Means.email_link, now=NOW)
    email_link.prepare(attempt, now=NOW)
    attempt.refresh_from_db()
    assert flows.open_link(attempt, access.issue(case, AccessLink.Purpose.PROOF, now=NOW)[0], now=NOW)
    browser, url = visitor(case), reverse("identity:question", args=[case.reference])
    spend("identity", "127.0.0.1", company="aj-dk")
    page = browser.post(url, {"question": "postcode", "answer": "it was 2620"})
    assert page.status_code == 429 and "it was 2620" in page.content.decode()
    assert case.verifications.get(method="control_question").attempts_left == 5


@pytest.mark.usefixtures("one_window")
def test_too_many_files_in_one_case(open_case, visitor):
    case = open_case(Right.access, slug="aj-se", email="nobody@example.com")
    spend("identity_upload", case.reference)
    page = visitor(case).post(reverse("identity:document", args=[case.reference]), {"front": _picture()})
    assert page.status_code == 429 and not case.verifications.filter(evidence__isnull=False).exists()


@pytest.mark.usefixtures("one_window")
def test_too_many_files_from_one_address(open_case, visitor):
    case = open_case(Right.access, slug="aj-se", email="nobody@example.com")
    spend("identity_upload_from", "127.0.0.1", company="aj-se")
    page = visitor(case).post(reverse("identity:document", args=[case.reference]), {"front": _picture()})
    assert page.status_code == 429 and not case.verifications.filter(evidence__isnull=False).exists()


@pytest.mark.usefixtures("one_window")
def test_a_flood_of_files_at_one_company_leaves_a_slow_lane(open_case, visitor):
    case = open_case(Right.access, slug="aj-se", email="nobody@example.com")
    crowd("identity_upload_from", company="aj-se")
    browser, url = visitor(case), reverse("identity:document", args=[case.reference])
    answers = [browser.post(url, {"document": "passport"} | {"front": _picture()}).status_code for _ in range(5)]
    assert 429 not in answers[: rates.CROWDED["identity_upload_from"][1]] and answers[-1] == 429


@pytest.mark.usefixtures("one_window")
def test_a_link_that_must_wait_is_not_called_dead(open_case, client):
    case = open_case(Right.rectification, email=ASTRID.email)
    attempt = flows.start(case, Means.email_link, now=timezone.now())
    link, secret = access.issue(case, AccessLink.Purpose.PROOF, now=timezone.now())
    email_link.prepare(attempt, now=timezone.now())
    spend("proof", "127.0.0.1")
    page = client.post(reverse("identity:proof", args=[secret]))
    assert page.status_code == 429 and int(page.headers["Retry-After"]) > 0
    link.refresh_from_db()
    assert link.used_at is None
    elsewhere = Client(REMOTE_ADDR="192.0.2.8")
    assert elsewhere.post(reverse("identity:proof", args=[secret])).status_code == 302


@pytest.mark.usefixtures("one_window")
def test_a_flood_of_requests_leaves_a_slow_lane(client):
    crowd("submit")
    answers = [walk.send(Client(), "aj-dk", _from(number)).status_code for number in range(4)]
    assert answers == [302, 302, 302, 429]
    assert walk.send(Client(REMOTE_ADDR="192.0.2.44"), "aj-dk", _from(9)).status_code == 302
    assert walk.send(Client(), "aj-se", _from(10)).status_code == 302, "another company is as quick as ever"
    assert Case.objects.count() == 5


@pytest.mark.usefixtures("one_window")
def test_nobody_is_kept_from_asking_by_others_who_ask_in_their_name(client):
    """Beyond six a day the receipt is on the page only; the request itself is never refused (Art. 12(2))."""
    for number in range(rates.LIMITS["mail_to"][0]):
        walk.send(Client(REMOTE_ADDR=f"192.0.2.{number}"), "aj-dk")
    mails = Letter.objects.count()
    sent = walk.send(client, "aj-dk")
    assert sent.status_code == 302 and Letter.objects.count() == mails
    page = client.get(sent.url)
    assert page.status_code == 200 and not page.context["email"] and page.context["secret_url"]


def _from(number):
    return walk.GOOD | {"contact": {"name": "Å", "email": f"somebody.{number}@example.com"}}


def _picture():
    out = io.BytesIO()
    Image.new("RGB", (640, 400), "white").save(out, "JPEG")
    out.seek(0)
    out.name = "a.jpg"
    return out
