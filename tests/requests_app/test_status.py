"""The status page: what a person is told, messages with files both ways, letters, and taking a request back."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from law.deadlines import local_day
from law.rights import Right
from requests_app import (
    access,
    clock,
    correspondence,
    events,
    lifecycle,
    messages,
    tasks,
    timeline,
    uploads,
    vault,
    withdrawal,
)
from requests_app.models import Attachment, Case, Message, SealedFile
from requests_app.states import Act, Actor, Stage
from tests.requests_app.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(visitor: Client, open_case: Callable[..., Case]) -> Case:
    """A case whose status page the visitor may see."""
    case = open_case(Right.access, Right.erasure, language="en", now=timezone.now())
    enter(visitor, case)
    return case


def enter(client: Client, case: Case) -> None:
    _, secret = access.issue(case, access.Purpose.STATUS, now=timezone.now())
    client.get(reverse("public:secret", args=[secret]))


def page(client: Client, case: Case) -> str:
    response = client.get(reverse("public:status", args=[case.reference]))
    assert response.status_code == 200
    return response.content.decode()


def png(name: str = "photo.png") -> SimpleUploadedFile:
    picture = BytesIO()
    Image.new("RGB", (4, 4), "red").save(picture, "PNG")
    return SimpleUploadedFile(name, picture.getvalue(), content_type="image/png")


def write(client: Client, case: Case, **data: Any) -> Any:
    return client.post(reverse("public:write", args=[case.reference]), data)


# What a person is told


def test_the_stages_are_told_in_plain_words(visitor: Client, mine: Case, staff: Callable[..., Any]) -> None:
    user, now = staff("karin", "aj-dk"), timezone.now()
    claim = mine.claims.get(right="access")
    assert "make sure it is you" in page(visitor, mine)
    lifecycle.apply(claim, Act.CONFIRM_IDENTITY, now=now, actor=Actor.SYSTEM)
    lifecycle.apply(claim, Act.START, now=now, actor=Actor.STAFF, user=user)
    shown = page(visitor, mine)
    assert "We are finding your data" in shown
    assert "We know that it is you who is asking" in shown
    for inner in ("triage", "collecting", "karin", "policy_digest", "received_at"):
        assert inner not in shown.lower()


def test_the_due_date_comes_with_its_reasons_and_a_pause_is_told(visitor: Client, mine: Case) -> None:
    claim, today = mine.claims.get(right="access"), local_day(timezone.now(), tz="Europe/Copenhagen")
    assert "How this date was counted" in page(visitor, mine)
    clock.pause(claim, reason="identity", asked_on=today, now=timezone.now(), actor=Actor.SYSTEM)
    assert "The time stands still" in page(visitor, mine)


def test_the_person_is_sent_to_the_proof_only_while_one_is_missing(visitor: Client, mine: Case) -> None:
    assert reverse("identity:start", args=[mine.reference]) in page(visitor, mine)
    for claim in mine.claims.all():
        lifecycle.apply(claim, Act.CONFIRM_IDENTITY, now=timezone.now(), actor=Actor.SYSTEM)
    assert "/identity/" not in page(visitor, mine)


def test_a_delivery_shows_the_way_to_the_download(visitor: Client, mine: Case) -> None:
    assert timeline.download_url(mine) is None
    events.record(mine, "download_ready", now=timezone.now(), actor=Actor.SYSTEM, data={"delivery": 7})
    url = reverse("fulfilment:download", args=[mine.reference, 7])
    assert url in page(visitor, mine)


def test_notes_between_colleagues_are_never_shown(visitor: Client, mine: Case, staff: Callable[..., Any]) -> None:
    user = staff("karin", "aj-dk")
    messages.from_staff(mine, body="Kunden er besværlig", author=user, internal=True, now=timezone.now())
    messages.from_staff(mine, body="Vi ser på det", author=user, now=timezone.now())
    shown = page(visitor, mine)
    assert "besværlig" not in shown
    assert "Vi ser på det" in shown
    assert mine.letters.filter(kind="news").count() == 1


def test_a_letter_can_be_read_and_saved_as_pdf(visitor: Client, mine: Case) -> None:
    letter = mine.letters.get(kind="acknowledgement")
    shown = visitor.get(reverse("public:letter", args=[mine.reference, 1]))
    assert mine.reference in shown.content.decode()
    letter.refresh_from_db()
    assert letter.read_at is not None
    pdf = visitor.get(reverse("public:letter_pdf", args=[mine.reference, 1]))
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["Cache-Control"] == "no-store, private"


def test_letters_with_codes_and_links_are_not_listed(visitor: Client, mine: Case) -> None:
    correspondence.write(mine, "download_code", now=NOW, values={"code": "123456", "minutes": 15})
    assert visitor.get(reverse("public:letter", args=[mine.reference, 2])).status_code == 404
    assert "123456" not in page(visitor, mine)


# Messages and files


def test_a_message_with_a_file_reaches_staff_sealed_and_comes_back(visitor: Client, mine: Case) -> None:
    sent = png("../../etc/Mit pas<script>.png.exe")
    assert write(visitor, mine, body="Hej, her er et billede", files=[sent]).status_code == 302
    message = Message.objects.get()
    assert (message.author, message.body) == (None, "Hej, her er et billede")
    attachment = message.attachments.get()
    assert attachment.filename == "Mit pas_script_.png.png"
    assert attachment.file.purpose == "message"
    stored = visitor.get(reverse("public:attachment", args=[mine.reference, attachment.pk]))
    assert b"".join(stored.streaming_content) == vault.read(attachment.file)
    assert stored.headers["Content-Disposition"].startswith("attachment")
    assert stored.headers["X-Content-Type-Options"] == "nosniff"
    event = mine.events.get(kind="message_received")
    assert event.data == {"message": message.pk, "files": 1}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([SimpleUploadedFile("x.pdf", b"MZ\x90\x00 this program cannot be run in DOS mode")], "PDF files and photos"),
        (
            [SimpleUploadedFile("x.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")],
            "PDF files and photos",
        ),
        ([SimpleUploadedFile("x.pdf", b"")], "empty"),
        ([SimpleUploadedFile("x.pdf", b"%PDF-1.7\n" + b"x" * uploads.MOST_BYTES)], "larger than 10 MB"),
        ([SimpleUploadedFile(f"{number}.pdf", b"%PDF-1.7\n") for number in range(6)], "no more than five"),
    ],
)
def test_a_wrong_file_is_refused_and_the_text_stays(visitor: Client, mine: Case, files: list[Any], says: str) -> None:
    response = write(visitor, mine, body="Det her skrev jeg", files=files)
    assert response.status_code == 422
    shown = response.content.decode()
    assert says in shown
    assert "Det her skrev jeg" in shown
    assert not Message.objects.exists()
    assert not SealedFile.objects.filter(purpose="message").exists()


@pytest.mark.usefixtures("one_window")
def test_an_empty_message_and_a_flood_are_answered_kindly(
    visitor: Client, mine: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert write(visitor, mine, body="  ").status_code == 422
    monkeypatch.setitem(messages_limits(), "message", (1, timedelta(hours=1)))
    assert write(visitor, mine, body="en").status_code == 302
    flooded = write(visitor, mine, body="to")
    assert flooded.status_code == 429
    assert ">to</textarea>" in flooded.content.decode().replace("\n", "")
    assert Message.objects.count() == 1


def messages_limits() -> dict[str, Any]:
    from requests_app import rates

    return rates.LIMITS


def test_a_file_of_another_case_is_not_found(visitor: Client, mine: Case, open_case: Callable[..., Case]) -> None:
    other = open_case(name="Mads Holm", email="mads@example.com")
    messages.from_person(other, body="x", files=[png()], now=timezone.now())
    theirs = Attachment.objects.get()
    assert visitor.get(reverse("public:attachment", args=[mine.reference, theirs.pk])).status_code == 404


def test_a_file_on_a_note_between_colleagues_is_not_found(
    visitor: Client, mine: Case, staff: Callable[..., Any]
) -> None:
    messages.from_staff(mine, body="x", author=staff("k", "aj-dk"), internal=True, files=[png()], now=timezone.now())
    note = Attachment.objects.get()
    assert visitor.get(reverse("public:attachment", args=[mine.reference, note.pk])).status_code == 404


def test_a_shredded_file_is_gone(visitor: Client, mine: Case) -> None:
    messages.from_person(mine, body="x", files=[png()], now=timezone.now())
    attachment = Attachment.objects.get()
    vault.shred(attachment.file, now=timezone.now())
    assert visitor.get(reverse("public:attachment", args=[mine.reference, attachment.pk])).status_code == 404


# Taking it back


def test_one_right_is_taken_back_and_the_other_goes_on(visitor: Client, mine: Case) -> None:
    place, claim = reverse("public:withdraw", args=[mine.reference]), mine.claims.get(right="erasure")
    assert "Take the request back" in visitor.get(place).content.decode()
    assert visitor.post(place, {}).status_code == 422
    assert visitor.post(place, {"claim": [claim.pk]}).status_code == 302
    claim.refresh_from_db()
    assert (claim.stage, claim.outcome) == (Stage.CLOSED, "withdrawn")
    assert mine.claims.get(right="access").stage == Stage.RECEIVED
    mine.refresh_from_db()
    assert mine.closed_at is None
    assert mine.letters.filter(kind="withdrawn").count() == 1
    assert "You took the request back" in page(visitor, mine)


def test_all_is_taken_back_and_the_case_closes(mine: Case) -> None:
    assert len(withdrawal.withdraw(mine, now=timezone.now())) == 2
    mine.refresh_from_db()
    assert mine.closed_at is not None
    with pytest.raises(withdrawal.NothingToWithdraw):
        withdrawal.withdraw(mine, now=timezone.now())
    assert mine.letters.filter(kind="withdrawn").count() == 1


@pytest.mark.parametrize("stage", [Stage.FULFILLING, Stage.DELIVERING, Stage.CLOSED])
def test_what_is_being_carried_out_cannot_be_taken_back(visitor: Client, mine: Case, stage: str) -> None:
    mine.claims.update(stage=stage)
    place = reverse("public:withdraw", args=[mine.reference])
    assert place not in page(visitor, mine)
    pk = mine.claims.first().pk
    assert visitor.post(place, {"claim": [pk]}).status_code == 302
    assert not mine.letters.filter(kind="withdrawn").exists()


def test_a_claim_of_another_case_cannot_be_taken_back(
    visitor: Client, mine: Case, open_case: Callable[..., Case]
) -> None:
    theirs = open_case(name="Mads Holm", email="mads@example.com").claims.get()
    assert visitor.post(reverse("public:withdraw", args=[mine.reference]), {"claim": [theirs.pk]}).status_code == 422
    theirs.refresh_from_db()
    assert theirs.stage == Stage.RECEIVED


# The clock, day by day


def test_a_paused_due_date_moves_with_the_days(open_case: Callable[..., Case]) -> None:
    case = open_case(now=timezone.now() - timedelta(days=5))
    claim = case.claims.get()
    asked = case.received_on + timedelta(days=1)
    first = claim.due_on
    assert clock.pause(claim, reason="identity", asked_on=asked, now=timezone.now(), actor=Actor.SYSTEM)
    assert tasks.refresh_clocks() == 1
    claim.refresh_from_db()
    assert claim.due_on > first
    clock.resume(claim, answered_on=timezone.now().date(), now=timezone.now(), actor=Actor.SYSTEM)
    assert tasks.refresh_clocks() == 0


def test_a_dead_broker_costs_nothing_but_time(
    mine: Case, monkeypatch: Any, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("broker_url", "broker_write_url"):
        monkeypatch.setattr(current_app.conf, name, "redis://127.0.0.1:1/0")
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)  # a connection opened before would be used again
    with django_capture_on_commit_callbacks(execute=True):
        tasks.wake(mine.claims.first().pk)
        tasks.post_letters()
    assert [record.code for record in caplog.records if record.name == "requests_app.tasks"] == ["broker", "broker"]


def test_what_was_erased_before_the_withdrawal_is_not_denied(mine: Case) -> None:
    claim = mine.claims.get(right="erasure")
    events.record(mine, "erased", now=timezone.now(), actor=Actor.SYSTEM, claim=claim)
    told = []
    for right in ("access", "erasure"):
        withdrawal.withdraw(mine, claims=[mine.claims.get(right=right)], now=timezone.now())
        told.append(" ".join(mine.letters.filter(kind="withdrawn").latest("pk").text.split()))
    assert told[0] != told[1]


def test_a_withdrawal_that_came_too_late_shows_where_the_case_stands(visitor: Client, mine: Case, monkeypatch) -> None:
    stale, claim = withdrawal.open_claims(mine), mine.claims.get(right="erasure")
    lifecycle.apply(claim, Act.CONFIRM_IDENTITY, now=timezone.now(), actor=Actor.SYSTEM)
    monkeypatch.setattr(withdrawal, "open_claims", lambda case: stale)  # read an instant before the worker moved it
    answer = visitor.post(reverse("public:withdraw", args=[mine.reference]), {"claim": [claim.pk]})
    assert answer.status_code == 302 and not mine.letters.filter(kind="withdrawn").exists()
