"""Secret links: whom they let in, and that everybody else meets one and the same page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_app import access, contact, intake
from requests_app.models import AccessLink, Case, Letter
from tests.requests_app import walk

pytestmark = pytest.mark.django_db
STATUS, CONFIRM = access.Purpose.STATUS, access.Purpose.CONFIRM_EMAIL


def secret_page(client: Client, secret: str) -> object:
    return client.get(reverse("public:secret", args=[secret]))


def without_token(html: bytes) -> str:
    """A page without what changes from visit to visit: the CSRF token and the address it was asked under."""
    lines = html.decode().splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line and 'name="next"' not in line)


def test_the_secret_stands_in_an_address_once(visitor: Client, open_case: Callable[..., Case]) -> None:
    case = open_case()
    _link, secret = access.issue(case, STATUS, now=timezone.now())
    response = secret_page(visitor, secret)
    assert response.status_code == 302
    assert response.url == f"/case/{case.reference}/"
    page = visitor.get(response.url)
    assert page.status_code == 200
    assert secret not in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store, private"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_only_a_digest_of_the_secret_is_kept(open_case: Callable[..., Case]) -> None:
    link, secret = access.issue(open_case(), STATUS, now=timezone.now())
    assert secret not in str(AccessLink.objects.filter(pk=link.pk).values())


def test_unknown_expired_revoked_and_wrong_purpose_look_the_same(
    visitor: Client, open_case: Callable[..., Case]
) -> None:
    case, now = open_case(), timezone.now()
    _, expired = access.issue(case, STATUS, now=now - timedelta(days=200))
    _, other = access.issue(case, access.Purpose.DOWNLOAD, now=now)
    _, revoked = access.issue(case, STATUS, now=now)
    access.revoke(case, STATUS, now=now)
    pages = [secret_page(visitor, secret) for secret in ("nobody-gave-this-out", expired, other, revoked)]
    assert {page.status_code for page in pages} == {404}
    assert len({without_token(page.content) for page in pages}) == 1


def test_a_stranger_and_another_customer_see_the_same_of_a_case(open_case: Callable[..., Case]) -> None:
    mine, theirs = open_case(), open_case(name="Mads Holm", email="mads.holm@example.com")
    neighbour, stranger = Client(), Client()
    secret_page(neighbour, access.issue(theirs, STATUS, now=timezone.now())[1])
    for place in ("", "receipt/", "messages/", "letters/1/", "letters/1/pdf/", "files/1/", "withdraw/"):
        answers = [
            client.get(f"/case/{reference}/{place}")
            for client, reference in [
                (neighbour, mine.reference),
                (stranger, mine.reference),
                (stranger, "AJDK-AAAA-AAAA"),
            ]
        ]
        assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(302, "/new-link/")}


def test_somebody_elses_letter_and_file_are_not_found_through_ones_own_case(open_case: Callable[..., Case]) -> None:
    mine, theirs = open_case(), open_case(name="Mads Holm", email="mads.holm@example.com")
    client = Client()
    secret_page(client, access.issue(mine, STATUS, now=timezone.now())[1])
    assert mine.reference in client.get(f"/case/{mine.reference}/letters/1/").content.decode()
    for number in (0, 2, theirs.letters.get(kind="acknowledgement").pk):
        assert client.get(f"/case/{mine.reference}/letters/{number}/").status_code == 404
        assert client.get(f"/case/{mine.reference}/letters/{number}/pdf/").status_code == 404


def test_a_grant_ends_when_its_link_is_revoked(visitor: Client, open_case: Callable[..., Case]) -> None:
    case = open_case()
    secret_page(visitor, access.issue(case, STATUS, now=timezone.now())[1])
    assert visitor.get(f"/case/{case.reference}/").status_code == 200
    contact.move_to(case, "the.one.on.file@example.com", now=timezone.now())
    assert visitor.get(f"/case/{case.reference}/").status_code == 302


def test_leaving_ends_the_visit(visitor: Client, open_case: Callable[..., Case]) -> None:
    case = open_case()
    secret_page(visitor, access.issue(case, STATUS, now=timezone.now())[1])
    assert visitor.post(reverse("public:leave")).status_code == 200
    assert visitor.get(f"/case/{case.reference}/").status_code == 302


def test_opening_a_confirmation_confirms_nothing_but_the_button_does(
    visitor: Client, open_case: Callable[..., Case]
) -> None:
    case = open_case()
    _, secret = access.issue(case, CONFIRM, now=timezone.now())
    place = reverse("public:confirm", args=[secret])
    assert visitor.get(place).status_code == 200  # as a mail scanner does
    case.refresh_from_db()
    assert case.email_confirmed_at is None
    assert visitor.post(place).status_code == 200
    case.refresh_from_db()
    assert case.email_confirmed_at is not None
    assert visitor.post(place).status_code == 404
    assert case.events.filter(kind="email_confirmed").count() == 1
    assert intake.confirm_email(secret, now=timezone.now()) is None


@pytest.mark.usefixtures("worker")
def test_a_new_link_goes_to_the_address_on_the_case_and_the_answer_never_tells(open_case: Callable[..., Case]) -> None:
    case = open_case()
    before = Letter.objects.count()
    answers = []
    for email, reference in [
        ("sofie.noerby@example.com", ""),
        ("sofie.noerby@example.com", case.reference.lower().replace("-", " ")),
        ("SOFIE.GAMMEL@example.com", ""),
        ("nobody@example.com", ""),
        ("nobody@example.com", case.reference),
    ]:
        answers.append(Client().post(reverse("public:new_link"), {"email": email, "reference": reference}))
    assert {answer.status_code for answer in answers} == {200}
    assert len({without_token(answer.content) for answer in answers}) == 1
    new = Letter.objects.order_by("pk")[before:]
    assert [letter.to for letter in new] == ["sofie.noerby@example.com"] * 3


@pytest.mark.usefixtures("worker")
def test_new_links_are_rationed(open_case: Callable[..., Case]) -> None:
    open_case()
    before = Letter.objects.count()
    for number in range(8):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        assert client.post(reverse("public:new_link"), {"email": "sofie.noerby@example.com"}).status_code == 200
    assert Letter.objects.count() - before == 3


@pytest.mark.usefixtures("one_window")
def test_guessing_secrets_is_rationed(visitor: Client, open_case: Callable[..., Case]) -> None:
    case = open_case()
    for number in range(60):
        assert secret_page(visitor, f"guess-{number}").status_code == 404
    _, secret = access.issue(case, STATUS, now=timezone.now())
    wait = secret_page(visitor, secret)
    assert wait.status_code == 429 and 0 < int(wait.headers["Retry-After"]) <= 3601  # the link is not called dead
    assert secret_page(Client(REMOTE_ADDR="192.0.2.77"), secret).status_code == 302


def test_the_link_in_the_receipt_mail_opens_the_case(visitor: Client) -> None:
    walk.send(visitor, "aj-dk")
    mail = Letter.objects.get(kind="acknowledgement")
    place = next(word for word in mail.text.split() if "/s/" in word).split("privacy.example.com")[-1]
    assert Client().get(place).status_code == 302
