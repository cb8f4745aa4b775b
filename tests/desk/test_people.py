"""Roles of a company: given and taken by its administrators only, and never one's own."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse

from requests_app.models import Membership

NEW = {"company": "aj-dk", "email": "ny@example.com", "name": "Nina Ny", "role": "caseworker"}


def test_a_new_colleague_gets_an_account_without_a_password(at_desk, staff):
    at_desk("administrator").post(reverse("admin:people"), NEW)
    user = get_user_model().objects.get(email="ny@example.com")
    assert user.memberships.get().role == "caseworker" and not user.has_usable_password()
    assert LogEntry.objects.get().user == staff["administrator"]


def test_nobody_gives_or_takes_their_own(at_desk, staff):
    client = at_desk("administrator")
    answer = client.post(reverse("admin:people"), NEW | {"email": staff["administrator"].email})
    assert answer.status_code == 422
    own = staff["administrator"].memberships.get()
    client.post(reverse("admin:people_take", args=[own.pk]))
    assert Membership.objects.filter(user=staff["administrator"]).count() == 1


def test_another_company_is_out_of_reach(at_desk, staff):
    client = at_desk("stranger")
    assert client.post(reverse("admin:people"), NEW).status_code == 422
    other = staff["caseworker"].memberships.get()
    assert client.post(reverse("admin:people_take", args=[other.pk])).status_code == 404
    page = client.get(reverse("admin:people")).content.decode()
    assert "stranger@example.com" in page and "caseworker@example.com" not in page


def test_a_role_taken_ends_at_once(at_desk, staff, open_case):
    open_case()
    worker = at_desk("caseworker")
    assert worker.get("/staff/cases/").status_code == 200
    at_desk("administrator").post(reverse("admin:people_take", args=[staff["caseworker"].memberships.get().pk]))
    assert worker.get("/staff/cases/").status_code == 302


def test_caseworkers_do_not_administer(at_desk):
    assert at_desk("caseworker").get(reverse("admin:people")).status_code == 403
    assert at_desk("caseworker").post(reverse("admin:people"), NEW).status_code == 403
