"""Stopping marketing in one step: a field and a button, or the link of a mailing. The same answer for everybody."""

import re

import pytest
from django.test import Client

from requests_app import one_click
from requests_app.models import Case

pytestmark = pytest.mark.django_db
PAGE = "/aj-dk/stop/"


def words(response):
    return re.sub(r'value="[\w-]{20,}"|nonce="[^"]+"', "", response.content.decode())


@pytest.mark.parametrize(("slug", "language"), [("aj-dk", "da"), ("aj-se", "sv"), ("ajour", "nb"), ("ajos", "en")])
def test_a_page_in_each_language_with_one_field(client: Client, slug: str, language: str) -> None:
    page = client.get(f"/{slug}/stop/")
    assert page.status_code == 200 and f'<html lang="{language}"' in page.content.decode()
    assert [field.name for field in page.context["form"] if field.name != "website"] == ["email"]
    assert f"/{slug}/stop/" in client.get(f"/{slug}/").content.decode()  # Art. 21(4): named apart from all else


def test_an_address_is_enough_and_one_mail_answers(client: Client) -> None:
    page = client.post(PAGE, {"email": "Sofie.Noerby@example.com"})
    case = Case.objects.get()
    assert page.status_code == 200 and case.reference not in page.content.decode()
    assert [(one.right, one.stage) for one in case.claims.all()] == [("marketing_objection", "fulfilling")]
    assert not case.letters.exists()  # the letter about what was done is the receipt
    assert case.person["email"] == "Sofie.Noerby@example.com" and "grants" not in client.session


def test_every_address_gets_the_same_answer(client: Client) -> None:
    """Known, unknown, sent before: nobody learns from this page who is a customer (Art. 32)."""
    emails = ("astrid.moller@example.com", "nobody@example.net", "nobody@example.net")
    assert len({words(client.post(PAGE, {"email": email})) for email in emails}) == 1
    assert Case.objects.count() == 2  # pressed twice within ten minutes: one case


@pytest.mark.usefixtures("one_window")
def test_wrong_trapped_and_too_many(client: Client) -> None:
    assert client.post(PAGE, {"email": "sofie"}).status_code == 422
    assert client.post(PAGE, {"email": "a@example.com", "website": "x"}).status_code == 422
    assert not Case.objects.exists()
    answers = [client.post(PAGE, {"email": f"a{number}@example.com"}).status_code for number in range(21)]
    assert answers == [200] * 20 + [429]


def test_a_mailing_carries_a_link_that_a_mail_program_presses(client: Client) -> None:
    """RFC 8058: one POST without cookies, redirects or questions. Looking at the link changes nothing."""
    link = one_click.url("aj-dk", "sofie@example.com").removeprefix("http://testserver")
    path = re.sub(r"^https?://[^/]+", "", link)
    assert "sofie" not in link and "example.com" not in link.split("/stop/")[1]
    assert client.get(path).status_code == 200 and not Case.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    for _ in range(8):
        assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Case.objects.get().person["email"] == "sofie@example.com"


def test_a_link_belongs_to_one_company_and_cannot_be_made_up(client: Client) -> None:
    token = one_click.url("aj-dk", "sofie@example.com").rstrip("/").rsplit("/", 1)[-1]
    for path in (f"/aj-se/stop/{token}/", "/aj-dk/stop/AAAA/", f"/aj-dk/stop/{token[:-2]}/"):
        assert client.post(path).status_code == client.get(path).status_code == 404
    assert not Case.objects.exists()
