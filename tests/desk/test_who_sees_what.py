"""The caseworker, the approver, the administrator, staff of another company, somebody of none, and nobody at all."""

import pytest
from django.test import Client
from django.urls import reverse

from demo import PERSONAS
from law.rights import Right
from requests_app import access
from requests_app.models import Case, Event, Membership
from tests.desk import addresses

PEOPLE = ("caseworker", "approver", "administrator", "stranger", "nobody")


def test_every_address_about_a_case_is_tried(known):
    assert addresses.names_of_case() == set(addresses.of_claim(known()))


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_company_sees_nothing_anywhere(method, collected, at_desk):
    claim = collected()
    letter = claim.case.letters.first()
    events = claim.case.events.count()
    client = at_desk("stranger")
    answers = {
        name: getattr(client, method)(url).status_code
        for name, url in addresses.of_claim(claim, letter=letter.pk).items()
    }
    wrong = {name: code for name, code in answers.items() if code not in (404, 405)}
    assert not wrong
    assert 404 in answers.values() and answers["case"] == (404 if method == "get" else 405)
    assert claim.case.events.count() == events


def test_an_administrator_sees_no_cases(known, at_desk):
    claim = known()
    client = at_desk("administrator")
    codes = {client.get(url).status_code for url in addresses.of_claim(claim).values()}
    assert codes <= {404, 405}
    assert client.get(reverse("admin:requests_app_case_changelist")).status_code == 403
    assert client.get("/staff/").url == reverse("admin:people")


def test_anonymous_is_led_to_the_log_in(known):
    claim = known()
    places = [*addresses.of_claim(claim).values(), "/staff/", "/staff/cases/", "/staff/new/", "/staff/people/"]
    for url in places:
        answer = Client().get(url, follow=True)
        assert answer.redirect_chain[-1][0].startswith("/staff/account/login/"), url


def test_somebody_without_a_company_is_told_so(at_desk):
    answer = at_desk("nobody").get("/staff/", follow=True)
    assert answer.status_code == 403
    assert b"no company has given you a role yet" in answer.content


def test_the_queue_shows_only_ones_own(open_case, at_desk):
    ours, theirs = open_case(), open_case(slug="ajour", persona=PERSONAS["ajour"][0].key)
    assert ours.reference in at_desk("caseworker").get("/staff/cases/").content.decode()
    page = at_desk("stranger").get("/staff/cases/").content.decode()
    assert theirs.reference in page and ours.reference not in page


@pytest.mark.parametrize(
    "name", ["do", "assign", "answer", "identity_ask", "identity_seen", "identity_close", "extend", "preview"]
)
def test_what_only_a_caseworker_does_an_approver_cannot(name, known, at_desk):
    claim = known()
    before = claim.case.events.count()
    answer = at_desk("approver").post(addresses.of_claim(claim)[name], {"facts": "x", "doubt": "other"})
    assert answer.status_code == 403
    claim.refresh_from_db()
    assert claim.stage == "triage" and claim.case.events.count() == before


def test_looking_at_a_case_is_written_down_once_an_hour(known, at_desk, staff):
    claim = known(Right.erasure)
    url, client = addresses.of_claim(claim)["case"], at_desk("caseworker")
    for _ in range(3):
        assert client.get(url).status_code == 200
    at_desk("approver").get(url)
    looks = Event.objects.filter(case=claim.case, kind="viewed_case").values_list("user__username", flat=True)
    assert sorted(looks) == ["approver", "caseworker"]
    Event.objects.filter(kind="viewed_case").update(at="2020-01-01T00:00Z")
    client.get(url)
    assert Event.objects.filter(case=claim.case, kind="viewed_case", user=staff["caseworker"]).count() == 2


def test_staff_flag_alone_opens_nothing(member):
    user = member("flagged")
    user.is_staff = user.is_superuser = True
    user.save()
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/staff/", follow=True).status_code == 403


def test_a_member_of_two_companies_acts_only_in_the_right_role(open_case, member, at_desk, staff):
    """Caseworker at one company and approver at another: a caseworker's act at the second is refused."""
    Membership.objects.create(user=staff["approver"], controller="ajour", role="caseworker")
    case: Case = open_case()
    assert at_desk("approver").post(reverse("admin:assign", args=[case.reference])).status_code == 403


def test_a_letter_shows_staff_no_link_that_opens_the_case_as_the_person(open_case, at_desk):
    claim = open_case().claims.get()
    client = at_desk("caseworker")
    for letter in claim.case.letters.all():
        page = client.get(addresses.of_claim(claim, letter=letter.pk)["letter"]).content.decode()
        secrets = access.SECRET_IN_LINK.findall(letter.body)
        assert secrets and not [secret for secret in secrets if secret in page], letter.kind
