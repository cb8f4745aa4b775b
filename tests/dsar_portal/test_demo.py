"""`make demo` as a person meets it: start, look, start again, end."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.conftest import ROOT, free_port

FIRST_PAGE_WITHIN = 60  # seconds, as promised
COMMAND = [sys.executable, "-m", "dsar_portal.demo"]


class Demo:
    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port, self.said = home, port, home.parent / "said.txt"
        self.env = os.environ | {"DSAR_DEMO_HOME": str(home), "PORT": str(port), "DATABASE_URL": "postgresql://real/one"}
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(COMMAND, cwd=ROOT, env=self.env, stdout=out, stderr=subprocess.STDOUT)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def wait_for(self, text: str, *, seconds: float) -> None:
        end = time.monotonic() + seconds
        while text not in self.said.read_text():
            assert self.process.poll() is None, self.said.read_text()
            assert time.monotonic() < end, self.said.read_text()
            time.sleep(0.2)

    def again(self, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(COMMAND, cwd=ROOT, env=self.env | env, capture_output=True, text=True, timeout=30)


@pytest.fixture(scope="module")  # one demo for all of these, ended by the last (`--dist loadfile` keeps them together)
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("demo") / "home", free_port())
    try:
        demo.wait_for("The portal runs at", seconds=FIRST_PAGE_WITHIN)
        yield demo
    finally:
        demo.process.kill()  # its children end with it


def of(home: Path) -> list[str]:
    """Processes whose environment or command names this demo's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            named = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            if str(home).encode() in named and process.name != str(os.getpid()):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def test_it_says_where_it_is_and_the_pages_answer(running: Demo) -> None:
    said = running.said.read_text()
    assert f"http://127.0.0.1:{running.port}/" in said and "Staff log in at" in said and "Ctrl-C" in said
    assert running.get("/")[0] == 200
    assert running.get("/staff/account/login/")[0] == 200
    assert "No mail yet" in running.get("/demo/mail/")[1]


def test_a_real_database_in_the_environment_is_left_alone(running: Demo) -> None:
    assert (running.home / "portal.sqlite3").exists()


def test_a_second_start_says_it_already_runs(running: Demo) -> None:
    second = running.again()
    assert second.returncode == 0 and f"already runs at http://127.0.0.1:{running.port}/" in second.stdout


def test_a_busy_port_gets_one_line(running: Demo, tmp_path: Path) -> None:
    third = running.again(DSAR_DEMO_HOME=str(tmp_path / "other"))
    assert third.returncode == 1
    assert third.stderr == (f"demo: Port {running.port} is in use. "
                            f"Choose another: make demo PORT={running.port + 1}\n")


@pytest.mark.parametrize("port", ["http", "80", "70000", "-1"])
def test_a_port_that_is_none_gets_one_line(running: Demo, tmp_path: Path, port: str) -> None:
    done = running.again(DSAR_DEMO_HOME=str(tmp_path / "other"), PORT=port)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "make demo PORT=8001" in done.stderr


def test_mail_can_be_read_and_runs_nothing(running: Demo) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "privacy@example.com", "bo@example.com", "<b>Receipt</b>"
    letter["Date"] = "Sun, 22 Nov 2026 11:00:00 +0000"
    letter.set_content("Confirm: http://127.0.0.1/confirm")
    letter.add_alternative("<p>Hello</p><script>alert(1)</script>", subtype="html")
    letter.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="../../letter.pdf")
    port = next(int(word.rsplit(":", 1)[1]) for line in of(running.home) if "aiosmtpd" in line
                for word in line.split() if word.startswith("127.0.0.1:"))
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(letter)
    inbox = running.get("/demo/mail/")[1]
    assert "&lt;b&gt;Receipt&lt;/b&gt;" in inbox and "<b>Receipt" not in inbox
    address = inbox.split('href="/demo/mail/')[1].split('"')[0]
    page = running.get(f"/demo/mail/{address}")[1]
    assert '<a href="http://127.0.0.1/confirm"' in page and "<script" not in page
    with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/demo/mail/{address}html") as frame:
        assert "sandbox" in frame.headers["Content-Security-Policy"]
        assert "script-src" not in frame.headers["Content-Security-Policy"]  # default-src 'none' covers it
    with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/demo/mail/{address}0") as file:
        assert file.read() == b"%PDF-1.7"
        assert file.headers["Content-Disposition"] == 'attachment; filename="0-....letter.pdf"'


def test_a_process_that_is_killed_comes_back(running: Demo) -> None:
    worker = next(process for process in Path("/proc").glob("[0-9]*") if _is_worker(process, running.home))
    os.kill(int(worker.name), signal.SIGKILL)
    running.wait_for("Starting the worker again.", seconds=10)
    assert running.get("/")[0] == 200


def test_ctrl_c_ends_all_of_it(running: Demo) -> None:
    assert len(of(running.home)) >= 6
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(45) == 0
    assert of(running.home) == []
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", running.port))
    assert "Everything has ended" in running.said.read_text()


def _is_worker(process: Path, home: Path) -> bool:
    try:
        line, environment = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
        parent = (process / "stat").read_text().rsplit(")", 1)[1].split()[1]
    except OSError:
        return False
    return b"demo@localhost" in line and str(home).encode() in environment and parent != "1" and \
        b"demo@localhost" not in (Path("/proc") / parent / "cmdline").read_bytes()
