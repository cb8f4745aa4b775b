"""Workers on one run side by side, in processes of their own, one of them killed while it erases."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import demo
from tests.fulfilment.months import rows, touched
from tests.fulfilment.slowly import slow

ROOT = Path(__file__).resolve().parents[2]
PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", skip_checks=True, verbosity=0)
from tests.fulfilment.months import approver
approver("aj-dk")
call_command("routine", "aj-dk", "--json")
"""
DONE = "SELECT count(*) FROM fulfilment_retentionchunk WHERE phase = 'do' AND status = 'done'"
FOURTH = f"NEW.phase = 'do' AND NEW.status = 'done' AND OLD.status <> 'done' AND ({DONE}) >= 3"
SLOW = slow(f"UPDATE ON fulfilment_retentionchunk WHEN {FOURTH}")


class Portal:
    """The portal on a database file and sources of its own, driven from outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3", "DSAR_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "tests.settings", "DSAR_DEMO": "",
        }  # fmt: skip
        for name in ("SHOP", "ERP", "MARKETING"):
            path = folder / "sources" / "aj-dk" / f"{name.lower()}.sqlite"
            self.environ[f"DSAR_SOURCE_AJ_DK_{name}"] = f"sqlite:///{path}"

    def begin(self, *words: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, *words], env=self.environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip

    def run(self, *words: str, code: int) -> bytes:
        process = self.begin(*words)
        out, wrong = process.communicate(timeout=120)
        assert process.returncode == code, wrong.decode()
        return out

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


@pytest.mark.timeout(300)
def test_a_worker_killed_while_it_erases_loses_nothing_and_doubles_nothing(tmp_path):
    (tmp_path / "sources" / "aj-dk").mkdir(parents=True)
    demo.build("aj-dk", lambda source: f"sqlite:///{tmp_path}/sources/aj-dk/{source}.sqlite", count=60)
    before = rows(tmp_path / "sources", "aj-dk")
    portal = Portal(tmp_path)
    command = ("manage.py", "routine", "aj-dk", "--skip-checks", "--json")
    planned = json.loads(portal.run("-c", PREPARE, code=3))
    assert planned["status"] == "to_approve" and touched(before, rows(tmp_path / "sources", "aj-dk")) == {}

    approve = ("--approve", planned["digest"], "--by", "approver.aj-dk@example.com")
    portal.change(SLOW)
    first = portal.begin(*command, *approve)
    end = time.monotonic() + 90
    while portal.ask(DONE)[0][0] < 3:
        assert time.monotonic() < end and first.poll() is None, portal.ask("SELECT status, phase, error FROM "
                                                                           "fulfilment_retentionchunk")  # fmt: skip
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(10)
    portal.change("DROP TRIGGER slow")
    half = portal.ask("SELECT status FROM fulfilment_retentionrun")
    assert half == [("running",)] and touched(before, rows(tmp_path / "sources", "aj-dk"))
    portal.change("UPDATE fulfilment_retentionchunk SET leased_until = '2026-01-01 00:00:00' "
                  "WHERE leased_until IS NOT NULL")  # fmt: skip

    workers = [portal.begin(*command) for _ in range(2)]  # the same work delivered twice
    told = [worker.communicate(timeout=120) for worker in workers]
    said = [out for worker, (out, _) in zip(workers, told, strict=True) if worker.returncode == 0]
    assert said, told  # one of them saw the end; the other found nothing left to take
    done = json.loads(said[-1])
    assert done["status"] == "done" and not done["failed"], done
    changed = touched(before, rows(tmp_path / "sources", "aj-dk"))
    assert sum(changed.values()) == sum(done["done"].values()) <= planned["acts"]
    assert portal.ask("SELECT count(*) FROM requests_app_sealedfile WHERE purpose = 'routine' "
                      "AND shredded_at IS NULL")[0][0] in (0, 1)  # fmt: skip  # stored at the moment of the kill
    spoken = b"".join(part for pair in told for part in pair)
    assert b"@example" not in spoken and b"customers[" not in spoken
