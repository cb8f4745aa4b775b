"""Uploads stay in memory, a file too large becomes a clear error, attachments are scanned like documents."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import override
from pytest_django import Settings

from requests_app import access, messages
from requests_app.door import uploads
from requests_app.door.clean import MAX_BYTES, Refused, clean
from requests_app.door.refusals import SENTENCES
from requests_app.models import Case, Message, SealedFile
from tests.requests_app.conftest import NOW
from tests.requests_app.door.files import EICAR, card, encoded, honest


def posted(**files: bytes) -> HttpRequest:
    sent = {name: SimpleUploadedFile(f"{name}.jpg", data) for name, data in files.items()}
    return RequestFactory().post("/", {"before": "kept", **sent, "words": "kept, too"})


@pytest.fixture
def no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever wants a temporary file fails."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))


@pytest.mark.parametrize("size", [1, 3 << 20, MAX_BYTES])
def test_a_file_that_fits_arrives_whole_and_in_memory(no_folder: None, size: int) -> None:
    request = posted(front=b"x" * size)
    file = request.FILES["front"]
    assert file.size == size and file.read() == b"x" * size
    assert isinstance(file.file, io.BytesIO)


def test_a_file_too_large_is_counted_and_let_go_and_the_words_are_kept(no_folder: None) -> None:
    request = posted(front=bytes(MAX_BYTES + 1), back=honest("jpeg"))
    front: UploadedFile = request.FILES["front"]
    assert front.size == MAX_BYTES + 1 and front.read() == b""
    assert request.POST["words"] == "kept, too" and request.FILES["back"].read() == honest("jpeg")
    with pytest.raises(Refused, match="too_large"):
        clean(front)


def test_a_request_larger_than_any_form_is_not_read() -> None:
    request = posted(front=b"x")
    request.META["CONTENT_LENGTH"] = uploads.MOST_REQUEST + 1
    with pytest.raises(RequestDataTooBig):
        request.FILES  # noqa: B018 - reading it is the act


@pytest.fixture
def mine(open_case: Callable[..., Case]) -> Case:
    return open_case()


def write(case: Case, data: bytes) -> tuple[int, str]:
    client = Client()
    page = access.status_url(case, now=NOW).replace("https://privacy.example.com", "")
    client.get(page)
    sent = SimpleUploadedFile("chair.jpg", data, "image/jpeg")
    answer = client.post(reverse("public:write", args=[case.reference]), {"body": "Look at this", "files": [sent]})
    return answer.status_code, answer.content.decode()


def test_an_attachment_with_a_virus_is_refused_and_the_text_stays(mine: Case, needs_clamd: str) -> None:
    status, page = write(mine, encoded(card(), "jpeg") + EICAR)
    assert status == 422 and "Look at this" in page
    assert not Message.objects.exists() and not SealedFile.objects.filter(purpose="message").exists()


def test_without_a_scanner_no_attachment_comes_in(mine: Case, settings: Settings) -> None:
    settings.CLAMD_URL = "none"
    status, page = write(mine, encoded(card(), "jpeg"))
    assert status == 422 and "Look at this" in page and not Message.objects.exists()


def test_a_message_without_a_file_needs_no_scanner(mine: Case, settings: Settings) -> None:
    settings.CLAMD_URL = "none"
    messages.from_person(mine, body="Where is my chair?", now=NOW)
    assert Message.objects.count() == 1


@pytest.mark.parametrize(("demo", "url", "asked", "told"), [(True, "", True, True), (False, "none", False, False)])
def test_the_page_says_whether_files_are_taken_and_scanned(
    mine: Case, settings: Settings, demo: bool, url: str, asked: bool, told: bool
) -> None:
    settings.DSAR_DEMO, settings.CLAMD_URL = demo, url
    client = Client()
    page = client.get(access.status_url(mine, now=NOW).replace("https://privacy.example.com", ""), follow=True)
    assert (b'type="file"' in page.content, not page.context["scanned"] and asked) == (asked, told)
    assert (b"demonstr" in page.content) is told


def test_a_clean_attachment_comes_in(mine: Case, needs_clamd: str) -> None:
    assert write(mine, encoded(card(), "jpeg"))[0] == 302
    assert SealedFile.objects.filter(purpose="message").count() == 1


def test_every_refusal_has_its_sentence() -> None:
    codes = {"empty", "too_large", "wrong_type", "unreadable", "locked", "too_many_pages", "too_many_pixels",
             "infected", "not_scanned", "busy"}
    assert set(SENTENCES) == codes and len({str(text) for text in SENTENCES.values()}) == len(codes)


def test_the_sentence_with_a_number_is_said_in_the_language_of_the_page() -> None:
    assert isinstance(SENTENCES["too_large"], Promise)  # not fixed when the module was loaded
    with override("en"):
        assert "12 MB" in str(SENTENCES["too_large"])
