"""The outbox against a real mail server that accepts, refuses, defers or is not there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from requests_app import correspondence, events, outbox, tasks, vault
from requests_app.models import Case, Letter
from requests_app.states import Actor
from tests.requests_app.conftest import NOW
from tests.requests_app.smtp import Manners

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def one(case: Case) -> Letter:
    """Only the acknowledgement waits."""
    case.letters.exclude(kind="acknowledgement").update(sent_at=NOW)
    return case.letters.get(kind="acknowledgement")


def test_a_letter_goes_out_once(open_case: Callable[..., Case], smtp: Manners) -> None:
    case = open_case()
    letter = one(case)
    assert outbox.send_due(now=LATER) == 1
    assert outbox.send_due(now=LATER + timedelta(days=1)) == 0
    letter.refresh_from_db()
    assert letter.sent_at == LATER
    [mail] = smtp.mails
    assert smtp.recipients == ["sofie.noerby@example.com"]
    assert mail["Subject"] == letter.subject
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "da"
    assert mail["Reply-To"] == "info@ajprodukter.dk"
    assert mail["From"].addresses[0].display_name == "AJ Produkter"
    assert {part.get_content_type() for part in mail.walk()} >= {"text/plain", "text/html"}
    assert case.events.filter(kind="letter_sent").count() == 1


def test_a_plain_mail_says_nothing_about_the_person(open_case: Callable[..., Case], smtp: Manners) -> None:
    open_case()
    outbox.send_due(now=LATER)
    sent = "".join(str(part.get_content()) for mail in smtp.mails for part in mail.walk() if not part.is_multipart())
    assert len(smtp.mails) == 2
    for private in ("Østergård", "Sofie", "20 12 34 56", "Birkevej", "K-104482", "2024-99871"):
        assert private not in sent


def test_an_address_refused_for_good_is_given_up_at_once(open_case: Callable[..., Case], smtp: Manners) -> None:
    smtp.rcpt = "550 5.1.1 no such user"
    case = open_case()
    letter = one(case)
    assert outbox.send_due(now=LATER) == 0
    letter.refresh_from_db()
    assert (letter.error, letter.failed_at, letter.sent_at) == ("smtp_550", LATER, None)
    assert case.events.get(kind="letter_failed").data["code"] == "smtp_550"
    assert outbox.send_due(now=LATER + timedelta(days=9)) == 0  # until a person looks
    smtp.rcpt = "250 OK"
    outbox.retry(letter, now=LATER, user=None, to="sofie.ny@example.com")
    assert outbox.send_due(now=LATER) == 1
    assert smtp.recipients == ["sofie.ny@example.com"]


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_deferred_letter_waits_longer_each_time_and_arrives(
    open_case: Callable[..., Case], smtp: Manners, stage: str
) -> None:
    setattr(smtp, stage, "451 4.7.1 try again later")
    letter = one(open_case())
    now, waits = LATER, []
    for _ in range(4):
        assert outbox.send_due(now=now) == 0
        letter.refresh_from_db()
        assert letter.error == "smtp_451"
        assert letter.failed_at is None
        waits.append(letter.next_try_at - now)
        assert outbox.send_due(now=letter.next_try_at - timedelta(seconds=1)) == 0
        now = letter.next_try_at
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert smtp.mails == []
    setattr(smtp, stage, "250 OK")
    assert outbox.send_due(now=now) == 1
    assert len(smtp.mails) == 1


def test_the_wait_has_a_ceiling_and_the_trying_an_end(open_case: Callable[..., Case], smtp: Manners) -> None:
    smtp.data = "421 4.3.2 shutting down"
    letter = one(open_case())
    now, started = LATER, LATER
    for _ in range(outbox.ATTEMPTS):
        outbox.send_due(now=now)
        letter.refresh_from_db()
        now = letter.next_try_at or now
    assert letter.failed_at is not None
    assert letter.attempts == outbox.ATTEMPTS
    assert timedelta(days=1) < now - started < timedelta(days=4)


def test_no_server_at_all_loses_nothing(open_case: Callable[..., Case], settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    letter = one(open_case())
    assert outbox.send_due(now=LATER) == 0
    letter.refresh_from_db()
    assert (letter.error, letter.failed_at) == ("smtp_unreachable", None)
    assert letter.next_try_at == LATER + timedelta(minutes=1)


def test_one_bad_address_does_not_hold_up_the_others(open_case: Callable[..., Case], smtp: Manners) -> None:
    bad, good = open_case(email="broken\n@example.com"), open_case()
    one(bad), one(good)
    assert outbox.send_due(now=LATER) == 1
    assert bad.letters.get(kind="acknowledgement").error == "unsendable"
    assert good.letters.get(kind="acknowledgement").sent_at == LATER


def test_two_workers_never_hold_the_same_letter(open_case: Callable[..., Case], smtp: Manners) -> None:
    letter = one(open_case())
    mine, theirs = Letter.objects.get(pk=letter.pk), Letter.objects.get(pk=letter.pk)
    assert outbox.send(mine, now=LATER)
    assert not outbox.send(theirs, now=LATER)
    assert len(smtp.mails) == 1


def test_a_worker_killed_while_sending_leaves_the_letter_to_the_next(
    open_case: Callable[..., Case], smtp: Manners, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = one(open_case())

    def killed(_letter: Letter) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_hand_over", killed)
        with pytest.raises(KeyboardInterrupt):
            outbox.send_due(now=LATER)
    assert outbox.send_due(now=LATER + timedelta(minutes=1)) == 0  # the lease still runs
    assert outbox.send_due(now=LATER + outbox.LEASE) == 1
    [mail] = smtp.mails
    assert mail["Message-ID"].startswith(f"<{letter.pk}.")


def test_an_attachment_travels_with_its_name(open_case: Callable[..., Case], smtp: Manners) -> None:
    case = open_case()
    case.letters.update(sent_at=NOW)
    file = vault.store([b"PK\x05\x06" + b"\0" * 18], purpose="bundle", case=case, content_type="application/zip")
    values = {"file_name": "AJDK.zip", "expires": NOW.date()}
    correspondence.write(case, "bundle_sent", now=NOW, values=values, attachment=file, attachment_name="AJDK.zip")
    assert outbox.send_due(now=LATER) == 1
    [attached] = smtp.mails[0].iter_attachments()
    assert attached.get_filename() == "AJDK.zip"
    assert attached.get_content() == b"PK\x05\x06" + b"\0" * 18


def test_a_shredded_attachment_is_never_sent_without(open_case: Callable[..., Case], smtp: Manners) -> None:
    case = open_case()
    case.letters.update(sent_at=NOW)
    file = vault.store(ContentFile(b"x").chunks(), purpose="bundle", case=case)
    values = {"file_name": "AJDK.zip", "expires": NOW.date()}
    letter = correspondence.write(case, "bundle_sent", now=NOW, values=values, attachment=file)
    vault.shred(file, now=NOW)
    assert outbox.send_due(now=LATER) == 0
    letter.refresh_from_db()
    assert letter.error == "unsendable"


def test_the_task_sends_what_is_due(open_case: Callable[..., Case], smtp: Manners) -> None:
    open_case(now=timezone.now())
    assert tasks.send_letters() == 2


def test_a_portal_letter_is_followed_by_one_notice_of_news(open_case: Callable[..., Case], smtp: Manners) -> None:
    case = open_case()
    case.letters.update(sent_at=NOW)
    values = {"searched": ("Webshop",), "searched_with": ("e-mail",)}
    for _ in range(2):
        correspondence.write(case, "no_data", now=NOW, claim=case.claims.get(), values=values)
    assert outbox.send_due(now=LATER) == 1
    assert case.letters.filter(kind="news").count() == 1
    assert [letter.to for letter in case.letters.filter(kind="no_data")] == ["", ""]


def test_letters_are_frozen_and_their_digest_says_so(open_case: Callable[..., Case]) -> None:
    case = open_case()
    letter = case.letters.get(kind="acknowledgement")
    written = case.events.filter(kind="letter_written", data__letter=letter.pk).get()
    assert written.data["sha256"] == letter.sha256
    assert case.reference in letter.text


def test_what_was_proved_for_one_address_goes_to_no_other(open_case):
    """A member of staff who is talked into it cannot send a code, or a proved case, to somebody else."""
    case = open_case()
    code = correspondence.write(case, "download_code", now=NOW, values={"code": "123456", "minutes": 15})
    with pytest.raises(outbox.AddressFixed):
        outbox.retry(code, now=LATER, user=None, to="somebody.else@example.com")
    receipt = case.letters.get(kind="acknowledgement")
    assert outbox.may_readdress(receipt)
    events.record(case, "identity_passed", now=NOW, actor=Actor.PERSON, data={"level": 2})
    with pytest.raises(outbox.AddressFixed):
        outbox.retry(receipt, now=LATER, user=None, to="somebody.else@example.com")


def test_a_row_no_key_opens_holds_up_no_other(open_case: Callable[..., Case], smtp: Manners) -> None:
    broken, whole = one(open_case()), one(open_case(email="other@example.com"))
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Letter._meta.db_table} SET subject = %s WHERE id = %s", [b"damaged", broken.pk])
    assert outbox.send_due(now=LATER) == 1
    whole.refresh_from_db()
    assert whole.sent_at == LATER
    assert Letter.objects.filter(pk=broken.pk, error="unreadable").exclude(failed_at=None).exists()
