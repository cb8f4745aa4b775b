"""Every file is shown to a real clamd; what it could not look at does not come in, and says so."""

import io
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from dsar_portal.checks import files_are_scanned, refuse_unsafe_start
from requests_app.door import antivirus
from requests_app.door.clean import Refused, clean
from tests.conftest import free_port, virus_scanner
from tests.requests_app.door.files import EICAR, archive, card, encoded, honest, pdf_with_attachment

CLEAN = encoded(card(), "jpeg")


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        antivirus.scan(data)
    return refused.value.code


@pytest.mark.parametrize("data", [EICAR, archive(letter=EICAR), archive(inner=archive(letter=EICAR)), CLEAN + EICAR],
                         ids=["plain", "in a ZIP", "in a ZIP in a ZIP", "behind a picture"])
def test_a_virus_is_found(needs_clamd: str, data: bytes) -> None:
    assert refusal(data) == "infected"


def test_a_clean_file_passes_whole_and_in_parts(needs_clamd: str) -> None:
    antivirus.scan(CLEAN)
    antivirus.scan(CLEAN[at : at + 1000] for at in range(0, len(CLEAN), 1000))


def test_a_virus_cut_in_two_parts_is_found(needs_clamd: str) -> None:
    with pytest.raises(Refused, match="infected"):
        antivirus.scan(iter([EICAR[:30], EICAR[30:]]))


def test_it_is_found_over_the_network_too(needs_clamd: str, settings: Settings) -> None:
    config = Path(needs_clamd.removeprefix("unix://")).with_name("clamd.conf").read_text()
    settings.CLAMD_URL = "tcp://127.0.0.1:" + config.split("TCPSocket ")[1].split()[0]
    antivirus.scan(CLEAN)
    assert refusal(EICAR) == "infected"


def test_a_virus_attached_to_a_pdf_is_not_in_the_picture_that_comes_in(needs_clamd: str) -> None:
    """clamd does not look into attachments of a PDF; what comes in is drawn anew, and has none."""
    try:
        [page] = clean(io.BytesIO(pdf_with_attachment(EICAR)))
    except Refused as refused:
        assert refused.code == "infected"
    else:
        assert EICAR not in page and page.startswith(b"\xff\xd8\xff")


def test_nothing_stays_in_the_scanners_own_folder(needs_clamd: str) -> None:
    antivirus.scan(CLEAN)
    own = Path(needs_clamd.removeprefix("unix://")).with_name("tmp")
    for _ in range(100):  # it answers a moment before it tidies up
        left = [file for file in own.rglob("*") if file.is_file()]
        if not left:
            break
        time.sleep(0.1)
    assert not left


def test_more_than_the_scanner_takes_does_not_come_in(needs_clamd: str, tmp_path: Path, settings: Settings) -> None:
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    with virus_scanner(program, folder=tmp_path, options="StreamMaxLength 1K\n") as url:
        settings.CLAMD_URL = url
        antivirus.scan(CLEAN[:500])
        assert refusal(CLEAN + bytes(5_000_000)) == "not_scanned"


@pytest.mark.parametrize("url", ["", "none", "unix:///nowhere/clamd.ctl", "http://clamd", "tcp://127.0.0.1:{closed}"])
def test_without_a_scanner_nothing_comes_in(settings: Settings, url: str) -> None:
    settings.CLAMD_URL = url.format(closed=free_port())
    for data in (CLEAN, EICAR):
        assert refusal(data) == "not_scanned"
    with pytest.raises(Refused, match="not_scanned"):
        clean(io.BytesIO(honest("jpeg")))


@contextmanager
def says(answer: bytes) -> Iterator[str]:
    """What clamd never says, or says when something is wrong: only its clear yes counts."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def once() -> None:
            talk, _ = server.accept()
            with talk:
                while talk.recv(1 << 20)[-4:] != bytes(4):
                    pass
                talk.sendall(answer)

        thread = threading.Thread(target=once, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        thread.join(5)


@pytest.mark.parametrize("answer", [b"", b"stream: ", b"INSTREAM size limit exceeded. ERROR\0", b"OK\0", b"\xff\xfe\0",
                                    b"stream: Can't allocate memory ERROR\0", b"stream: OK or not\0"])
def test_only_a_clear_yes_lets_a_file_in(settings: Settings, answer: bytes) -> None:
    with says(answer) as settings.CLAMD_URL:
        assert refusal(CLEAN) == "not_scanned"


def test_the_demo_without_a_scanner_takes_files_and_knows_it(settings: Settings) -> None:
    settings.DSAR_DEMO, settings.CLAMD_URL = True, ""
    antivirus.scan(EICAR)
    assert not antivirus.configured()


def test_the_demo_with_a_scanner_uses_it(settings: Settings, needs_clamd: str) -> None:
    settings.DSAR_DEMO = True
    assert antivirus.configured() and refusal(EICAR) == "infected"
    settings.CLAMD_URL = "unix:///nowhere/clamd.ctl"
    assert refusal(CLEAN) == "not_scanned"


@pytest.mark.parametrize("url", ["", "http://clamd"])
def test_the_portal_does_not_start_without_knowing_its_scanner(settings: Settings, url: str) -> None:
    settings.CLAMD_URL = url
    with pytest.raises(ImproperlyConfigured, match="E020"):
        refuse_unsafe_start()


@pytest.mark.parametrize(("url", "code"), [("none", "dsar.W020"), ("unix:///nowhere/clamd.ctl", "dsar.W021")])
def test_a_scanner_that_does_not_answer_is_said_at_the_start(settings: Settings, url: str, code: str) -> None:
    settings.CLAMD_URL = url
    assert [found.id for found in files_are_scanned()] == [code]


def test_a_scanner_that_answers_needs_no_word(needs_clamd: str) -> None:
    assert files_are_scanned() == []
