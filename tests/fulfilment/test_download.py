"""The download: link, one-time code, file. Two steps, few tries, an end date, nothing to learn without the grant."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from fulfilment.handing_over import bundle, delivery
from fulfilment.models import Bundle, Delivery
from requests_app import access
from requests_app.models import AccessLink, Event, Letter
from tests.fulfilment.walk import address, delivered, download, follow_link, mailed_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(make_claim, staff):
    """Delivered just now: the clock of the pages is the real one."""
    claim = delivered(make_claim("astrid"), staff)
    now = timezone.now()
    Delivery.objects.update(created_at=now, expires_at=now + timedelta(days=7))
    AccessLink.objects.update(expires_at=now + timedelta(days=7))
    return claim


def is_file(answer):
    return answer.headers["Content-Type"] == "application/zip"


def test_without_the_link_there_is_nothing_to_see(claim):
    stranger = Client()
    for path in (address(claim), address(claim, "file/"), f"/download/{claim.case.reference}/999/"):
        answer = stranger.get(path)
        assert answer.status_code == 302 and "/new-link/" in answer["Location"]
    assert stranger.post(address(claim, "code/")).status_code == 302
    assert not Letter.objects.filter(kind="download_code").exists()


def test_the_link_alone_is_not_enough(claim, client):
    assert follow_link(client).status_code == 200
    assert not is_file(client.get(address(claim, "file/")))


def test_link_and_code_give_the_file_once_logged(claim, client):
    assert download(client, claim).testzip() is None
    made = Delivery.objects.get()
    assert (made.downloads, made.first_downloaded_at is not None) == (1, True)
    event = Event.objects.get(kind="downloaded")
    assert event.data == {"delivery": made.pk, "content": claim.approved_digest, "file": "zip"}
    answer = client.get(address(claim, "file/"))
    assert "no-store" in answer["Cache-Control"] and is_file(answer)


def test_five_wrong_tries_and_the_code_is_void(claim, client):
    follow_link(client)
    client.post(address(claim, "code/"))
    right = mailed_code()
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(5):
        assert client.post(address(claim, "code/"), {"code": wrong}).status_code == 422
    assert client.post(address(claim, "code/"), {"code": right}).status_code == 422
    assert not is_file(client.get(address(claim, "file/")))


def test_a_code_works_once_and_only_for_this_browser(claim, client):
    follow_link(client)
    client.post(address(claim, "code/"))
    code = mailed_code()
    assert client.post(address(claim, "code/"), {"code": code}).status_code == 302
    other = Client()
    follow_link(other)
    assert other.post(address(claim, "code/"), {"code": code}).status_code == 422
    assert not is_file(other.get(address(claim, "file/")))


def test_an_older_code_is_void_and_a_late_one_too(claim, client):
    follow_link(client)
    client.post(address(claim, "code/"))
    old = mailed_code()
    client.post(address(claim, "code/"))
    if old != mailed_code():
        assert client.post(address(claim, "code/"), {"code": old}).status_code == 422
    Delivery.objects.update(code_expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post(address(claim, "code/"), {"code": mailed_code()}).status_code == 422


@pytest.mark.usefixtures("one_window")
def test_codes_cannot_be_asked_for_without_end(claim, client):
    follow_link(client)
    answers = [client.post(address(claim, "code/")).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert Letter.objects.filter(kind="download_code").count() == 5


def test_an_expired_link_says_so_and_gives_nothing(claim, client):
    download(client, claim)
    Delivery.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not is_file(client.get(address(claim, "file/")))
    page = client.get(address(claim))
    assert page.status_code == 200 and "file/" not in page.content.decode()


@pytest.mark.usefixtures("one_window")
def test_a_revoked_link_opens_nothing(claim, client):
    follow_link(client)
    delivery.end(Delivery.objects.all(), now=timezone.now())
    assert Client().get(address(claim)).status_code == 302
    assert client.post(address(claim, "code/")).status_code == 429
    assert follow_link(Client()).redirect_chain[-1][0].endswith("/new-link/")


def test_the_status_page_leads_there_too(claim, client):
    _, secret = access.issue(claim.case, AccessLink.Purpose.STATUS, now=timezone.now())
    client.get(f"/s/{secret}/")
    assert client.get(address(claim)).status_code == 200


def test_a_damaged_file_is_never_handed_out(claim, client):
    name = bundle.latest(claim).file.name
    content = bytearray(default_storage.open(name).read())
    content[len(content) // 2] ^= 1
    default_storage.delete(name)
    default_storage.save(name, ContentFile(bytes(content)))
    follow_link(client)
    client.post(address(claim, "code/"))
    client.post(address(claim, "code/"), {"code": mailed_code()})
    answer = client.get(address(claim, "file/"))
    assert answer.status_code == 503 and not is_file(answer)
    assert not Event.objects.filter(kind="downloaded").exists()


def test_bundles_are_shredded_some_time_after_the_link_ended(claim, client):
    now = timezone.now()
    assert delivery.expire(now=now + timedelta(days=8)) == 0
    assert delivery.expire(now=now + timedelta(days=22)) == 1
    made = Bundle.objects.get()
    assert made.file.wrapped_key is None and made.pdf.wrapped_key is None and made.content_digest
    assert delivery.expire(now=now + timedelta(days=23)) == 0


def test_no_mail_holds_personal_data(claim, client):
    download(client, claim)
    for mail in Letter.objects.filter(channel="mail"):
        for secret in ("Astrid", "Møller", "DK-0001", "760555", "Lærkestien"):
            assert secret not in mail.text + mail.html + mail.subject
