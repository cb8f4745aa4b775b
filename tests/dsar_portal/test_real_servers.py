"""The same code on PostgreSQL, Redis and S3, by environment variables alone."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest

from tests.conftest import ROOT, empty_postgres

INSERT = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, 'x', %s)"


def manage(*words: str, env: Mapping[str, str]) -> str:
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=ROOT, env=dict(env), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installation(needs_postgres: dict[str, Any], needs_redis: str, s3_url: str) -> Iterator[dict[str, str]]:
    with empty_postgres(needs_postgres) as url:
        env = os.environ | {"DJANGO_SETTINGS_MODULE": "dsar_portal.settings", "DATABASE_URL": url,
                            "BROKER_URL": needs_redis.rsplit("/", 1)[0] + "/8", "STORAGE_URL": s3_url}
        manage("migrate", "--noinput", "-v", "0", env=env)
        manage("createcachetable", env=env)
        yield env


def test_the_gate_opens_on_real_servers(installation: dict[str, str]) -> None:
    manage("check", "--deploy", "--tag", "dsar", "--database", "default", env=installation)
    said = manage("shell", "-v", "0", "-c", "from django.db import connection as c; print(c.vendor)", env=installation)
    assert said.strip() == "postgresql"


def test_a_worker_is_woken_by_redis_and_works_in_postgresql(installation: dict[str, str]) -> None:
    with psycopg.connect(installation["DATABASE_URL"], autocommit=True) as database:
        database.execute(INSERT, ["old", "2026-01-01T00:00:00Z"])
        database.execute(INSERT, ["young", "2999-01-01T00:00:00Z"])
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-q", "-A", "dsar_portal", "worker", "-c", "1", "--without-gossip",
             "--without-mingle"], cwd=ROOT, env=installation, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        try:
            manage("shell", "-v", "0", "-c", "from dsar_portal.tasks import clear_sessions as t; t.delay()",
                   env=installation)
            end = time.monotonic() + 40
            while len(rows := database.execute("SELECT session_key FROM django_session").fetchall()) == 2:
                assert worker.poll() is None and time.monotonic() < end
                time.sleep(0.2)
        finally:
            worker.terminate()
            worker.wait(20)
    assert rows == [("young",)]
