"""Two at once, and one killed, on PostgreSQL in processes of their own: everything once, and nobody meets an error."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from tests.conftest import empty_postgres

ROOT = Path(__file__).resolve().parents[2]
CASES = 12
COMMON = """
import django; django.setup()
import json, sys, time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo
from django.contrib.auth import get_user_model
from django.db import transaction
from identity import flows
from identity.waiting import asking, minding
from identity.models import Verification
from law.identification import Level, Means
from law.rights import Right
from requests_app import intake, outbox
from requests_app.answers import Answers
from requests_app.controllers import controller
from requests_app.models import Case
def at(day, month, year=2026, hour=9):
    return datetime(year, month, day, hour, tzinfo=ZoneInfo("Europe/Copenhagen"))
def together(name):
    Path(f"{sys.argv[1]}/{name}").touch()
    while not Path(f"{sys.argv[1]}/go").exists():
        time.sleep(0.001)
"""
PREPARE = COMMON + """
from django.core.management import call_command
call_command("migrate", skip_checks=True, verbosity=0)
get_user_model().objects.create_user("clerk")
for number in range(int(sys.argv[2])):
    answers = Answers(rights=(Right.rectification,), name="A", email=f"nobody{number}@example.com")
    intake.submit(answers, controller=controller("aj-dk"), language="da", channel="form", received_at=at(23, 11),
                  now=at(23, 11))
outbox.send_due(now=at(23, 11))
"""
MIND = COMMON + """
together(sys.argv[2])
print(json.dumps(minding.mind(now=datetime.fromisoformat(sys.argv[3]))))
"""
ASK = COMMON + """
user, said = get_user_model().objects.get(), []
cases = list(Case.objects.order_by("pk"))
together(sys.argv[2])
for case in cases:
    try:
        asking.ask(case, doubt="unusual", facts="Odd.", now=at(25, 11), user=user, reached=Level.L0)
        said.append("paused")
    except asking.NotNow as error:
        said.append(error.code)
print(json.dumps(said))
"""
PROVE = COMMON + """
now = datetime.fromisoformat(sys.argv[3])
cases = list(Case.objects.order_by("pk"))
begun = [(case, flows.start(case, Means.email_link, now=now)) for case in cases]
together(sys.argv[2])
for case, verification in begun:
    with transaction.atomic():
        flows.close(verification, Verification.Status.PASSED, now=now)
        flows.go_on(case, now=now, actor="person")
print(json.dumps(["proved"] * len(begun)))
"""


class Portal:
    """The portal on a PostgreSQL database of its own, driven from outside."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.environ = os.environ | {
            "DATABASE_URL": url, "DSAR_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT), "DSAR_DEMO": "",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }  # fmt: skip

    def begin(self, code: str, *words: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-c", code, str(self.folder), *words], env=self.environ, cwd=ROOT, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def finish(self, process: subprocess.Popen):
        out, wrong = process.communicate(timeout=240)
        assert process.returncode == 0, wrong.decode()[-2000:]
        return json.loads(out) if out.strip() else None

    def at_once(self, *works: tuple[str, ...]) -> list:
        """Let them begin in the same instant."""
        (self.folder / "go").unlink(missing_ok=True)
        begun = [self.begin(code, f"ready{number}", *words) for number, (code, *words) in enumerate(works)]
        self.until(lambda: all((self.folder / f"ready{number}").exists() for number in range(len(works))), begun)
        (self.folder / "go").touch()
        try:
            return [self.finish(one) for one in begun]
        finally:
            for number in range(len(works)):
                (self.folder / f"ready{number}").unlink()

    def until(self, holds, processes) -> None:
        end = time.monotonic() + 200
        while not holds():
            assert all(one.poll() in (None, 0) for one in processes), "a process ended"
            assert time.monotonic() < end
            time.sleep(0.01)

    def ask(self, sql: str) -> list:
        with psycopg.connect(self.url) as database:
            return database.execute(sql).fetchall()

    def letters(self, kind: str) -> Counter:
        return Counter(one for one, in self.ask(f"SELECT case_id FROM requests_app_letter WHERE kind = '{kind}'"))

    def stages(self) -> Counter:
        return Counter(one for one, in self.ask("SELECT stage FROM requests_app_claim"))

    def gaps(self) -> list:
        """Cases whose events are not numbered without a gap."""
        return self.ask("SELECT case_id FROM requests_app_event GROUP BY case_id HAVING count(*) <> max(seq)")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, needs_postgres):
    """A database with the cases in it; every test gets a copy."""
    with empty_postgres(needs_postgres) as url:
        portal = Portal(tmp_path_factory.mktemp("prepared"), url)
        portal.finish(portal.begin(PREPARE, str(CASES)))
        yield url.rsplit("/", 1)[1]


@pytest.fixture
def portal(tmp_path, needs_postgres, prepared):
    with empty_postgres(needs_postgres) as url:
        name = url.rsplit("/", 1)[1]
        with psycopg.connect(**needs_postgres, dbname="postgres", autocommit=True) as server:
            server.execute(f"DROP DATABASE {name}")
            server.execute(f"CREATE DATABASE {name} TEMPLATE {prepared}")
        yield Portal(tmp_path, url)


@pytest.mark.timeout(900)
def test_a_killed_sweep_and_two_at_once_write_each_letter_once(portal):
    notice_day = ("2026-12-16T09:00+01:00",)
    (portal.folder / "go").touch()
    killed = portal.begin(MIND, "first", *notice_day)
    portal.until(lambda: portal.letters("identity_notice"), [killed])
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    before = len(portal.letters("identity_notice"))
    done = portal.at_once((MIND, *notice_day), (MIND, *notice_day))
    assert sum(one.get("told", 0) for one in done) == CASES - before
    assert set(portal.letters("identity_notice").values()) == {1} and len(portal.letters("identity_notice")) == CASES
    assert not portal.gaps()
    print(f"{before} told before the kill, then {[one.get('told', 0) for one in done]}")


@pytest.mark.timeout(900)
def test_two_colleagues_who_ask_at_once_ask_once(portal):
    first, second = portal.at_once((ASK,), (ASK,))
    assert all(sorted(pair) == ["asked", "paused"] for pair in zip(first, second, strict=True)), (first, second)
    assert set(portal.letters("identity_question").values()) == {1}
    assert portal.ask("SELECT count(*) FROM requests_app_clocksegment") == [(CASES,)]
    assert not portal.gaps()


@pytest.mark.timeout(900)
def test_asking_while_the_person_proves_harms_neither(portal):
    """Whoever comes second sees what the first did: proof made meanwhile is not asked for; nobody gets an error."""
    said, proved = portal.at_once((ASK,), (PROVE, "2026-11-25T09:00+01:00"))
    assert proved == ["proved"] * CASES
    asked = Counter(said)
    assert set(asked) <= {"paused", "proved_meanwhile"} and asked.total() == CASES
    assert portal.stages() == Counter({"identifying": asked["paused"], "triage": asked["proved_meanwhile"]}) + Counter()
    assert len(portal.letters("identity_question")) == asked["paused"]
    assert not portal.gaps()


@pytest.mark.timeout(900)
def test_proving_while_the_sweep_closes_is_never_too_late(portal):
    portal.at_once((MIND, "2026-12-16T09:00+01:00"))
    portal.finish(portal.begin(COMMON + "outbox.send_due(now=at(16, 12))"))
    done, proved = portal.at_once((MIND, "2026-12-24T09:00+01:00"), (PROVE, "2026-12-24T09:00+01:00"))
    assert proved == ["proved"] * CASES
    assert portal.stages() == Counter({"triage": CASES}), "closed and opened again, or not closed at all"
    assert len(portal.letters("not_identified")) == done.get("closed", 0)
    assert portal.ask("SELECT count(*) FROM requests_app_case WHERE closed_at IS NOT NULL") == [(0,)]
    assert not portal.gaps()
