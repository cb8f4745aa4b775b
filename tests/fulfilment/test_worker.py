"""Real Celery workers over real Redis, in processes of their own, one of them killed while it collects."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fulfilment.slowly import slow

ROOT = Path(__file__).resolve().parents[2]
ROWS = 80_000
PREPARE = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
import demo
from requests_app import lifecycle
from requests_app.controllers import controller
from requests_app.models import Case, Claim
from requests_app.states import Act, Actor
from django.contrib.auth import get_user_model
now, who = timezone.now(), demo.persona("aj-dk", "astrid")
case = Case.objects.create(reference="AJDK-KILLED", controller="aj-dk", policy_digest=controller("aj-dk").digest,
    language="da", channel="form", received_at=now, received_on=now.date(), person={"email": who.email})
claim = Claim.objects.create(case=case, right="access", stage="triage", stage_at=now)
lifecycle.apply(claim, Act.START, now=now, actor=Actor.STAFF, user=get_user_model().objects.create_user("staff"))
"""
SLOW = slow("INSERT ON fulfilment_collected WHEN NEW.collection = 'web_log' AND NEW.first >= 24000")
WAKE = "import django; django.setup()\nfrom fulfilment.tasks import advance; advance.delay(1)"
SWEEP = "import django; django.setup()\nfrom fulfilment.tasks import sweep; sweep.delay()"


class Portal:
    """The portal on a database file of its own, driven from outside."""

    def __init__(self, folder: Path, sources: Path, redis: str) -> None:
        self.folder = folder
        self.environ = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3", "BROKER_URL": redis, "DSAR_DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT), "DSAR_DEMO": "",
        }  # fmt: skip
        for name in ("SHOP", "ERP", "MARKETING"):
            self.environ[f"DSAR_SOURCE_AJ_DK_{name}"] = f"sqlite:///{sources}/aj-dk/{name.lower()}.sqlite"

    def python(self, code: str) -> None:
        subprocess.run([sys.executable, "-c", code], env=self.environ, cwd=ROOT, check=True, timeout=120)

    def manage(self, *words: str) -> None:
        subprocess.run([sys.executable, "manage.py", *words], env=self.environ, cwd=ROOT, check=True, timeout=120,
                       stdout=subprocess.DEVNULL)  # fmt: skip

    @contextmanager
    def worker(self, log: str):
        command = [sys.executable, "-m", "celery", "-A", "dsar_portal", "worker", "--concurrency", "2", "--loglevel",
                   "INFO", "--without-mingle", "--without-gossip", "-n", f"{log}@test"]  # fmt: skip
        with (self.folder / log).open("wb") as out:
            self.process = process = subprocess.Popen(
                command, env=self.environ, cwd=ROOT, stdout=out, stderr=out, start_new_session=True
            )
            try:
                yield process
            finally:
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                process.wait(10)

    def ask(self, sql: str):
        database = sqlite3.connect(f"file:{self.folder}/portal.sqlite3?mode=ro", uri=True, timeout=20)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def change(self, sql: str) -> None:
        with sqlite3.connect(self.folder / "portal.sqlite3", timeout=20) as database:
            database.executescript(sql)
        database.close()

    def until(self, sql: str, *, seconds: float = 90):
        end = time.monotonic() + seconds
        while not (found := self.ask(sql)):
            assert self.process.poll() is None, "the worker ended"
            assert time.monotonic() < end, (sql, self.ask("SELECT name, source, status, error FROM fulfilment_step"))
            time.sleep(0.05)
        return found


@pytest.fixture
def portal(tmp_path, own_sources, needs_redis):
    shop = own_sources / "aj-dk" / "shop.sqlite"
    with sqlite3.connect(shop) as database:
        rows = (("2026-01-01", "2026-01-01 10:00:00", "100001", "192.0.2.1", f"/{n}", "x", 0) for n in range(ROWS))
        database.executemany("INSERT INTO web_log VALUES (?,?,?,?,?,?,?)", rows)
        lines, = database.execute("SELECT count(*) FROM web_log WHERE customer_no = '100001'").fetchone()
    database.close()
    redis = needs_redis.rsplit("/", 1)[0] + "/11"
    portal = Portal(tmp_path, own_sources, redis)
    portal.lines = lines
    portal.manage("migrate", "--skip-checks")
    portal.python(PREPARE)
    yield portal
    import redis as client

    client.Redis.from_url(redis).flushdb()


@pytest.mark.timeout(400)
def test_a_worker_killed_while_collecting_loses_nothing_and_doubles_nothing(portal):
    portal.change(SLOW)  # it is half way however slow we are to look
    with portal.worker("first") as worker:
        portal.python(WAKE)
        portal.until("SELECT 1 FROM fulfilment_collected WHERE collection='web_log' AND first >= 18000")
        os.killpg(worker.pid, signal.SIGKILL)
    portal.change("DROP TRIGGER slow")
    assert portal.ask("SELECT status FROM fulfilment_step WHERE source='shop'") == [("ready",)]
    half = portal.ask("SELECT count(*) FROM fulfilment_collected WHERE source='shop'")[0][0]
    assert half >= 3
    portal.change("UPDATE fulfilment_step SET leased_until='2026-01-01 00:00:00' WHERE leased_until IS NOT NULL")

    with portal.worker("second"):
        portal.python(SWEEP)
        portal.until("SELECT 1 FROM requests_app_claim WHERE stage='review'", seconds=120)

    log_rows = portal.ask("SELECT sum(count), max(first+count) FROM fulfilment_collected WHERE collection='web_log'")[0]
    assert log_rows[0] == log_rows[1] == portal.lines
    events = [kind for kind, in portal.ask("SELECT kind FROM requests_app_event ORDER BY seq")]
    assert events == ["start", "collected"]
    alive = portal.ask("SELECT count(*) FROM requests_app_sealedfile WHERE shredded_at IS NULL")[0][0]
    listed = portal.ask("SELECT count(*) FROM fulfilment_collected")[0][0]
    assert listed > half  # killed half way, not after the end
    assert alive - listed in (0, 1, 2)  # stored but not listed at the moment of the kill: the sweep shreds it later
    told = (portal.folder / "first").read_text() + (portal.folder / "second").read_text()
    assert "astrid" not in told.lower() and "192.0.2.1" not in told
