"""The portal as it runs: web server and worker in processes of their own, on PostgreSQL, Redis and MariaDB."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import redis
from celery import Celery

from tests.conftest import ROOT, answering, free_port
from tests.journeys.browser import Browser

STAFF = "import django; django.setup()\nfrom tests.journeys.office import hire; hire({0!r})"


class House:
    """`run` waits until the workers have nothing left to do: what `people.Workers.run` does in one process."""

    def __init__(self, folder: Path, *, database: str, broker: str, sources: dict[str, str], mail_port: int) -> None:
        self.folder, self.database, self.port = folder, database, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.redis, self.celery = redis.Redis.from_url(broker), Celery(broker=broker, set_as_current=False)
        self.environ = os.environ | {
            "DATABASE_URL": database, "BROKER_URL": broker, "DSAR_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "tests.settings", "DSAR_DEMO": "", "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            **sources,
        }  # fmt: skip

    def computer(self) -> Browser:
        return Browser(httpx.Client(base_url=self.address, timeout=60))

    def prepare(self, *slugs: str) -> None:
        self._python("manage.py", "migrate", "--skip-checks", "-v", "0")
        for slug in slugs:
            self._python("-c", STAFF.format(slug))

    def _python(self, *words: str) -> None:
        subprocess.run([sys.executable, *words], env=self.environ, cwd=ROOT, check=True, timeout=120)

    @contextmanager
    def web(self) -> Iterator[None]:
        command = [sys.executable, "-m", "gunicorn", "-c", "python:dsar_portal.gunicorn_conf", "-w", "1",
                   "--threads", "4", "-b", f"127.0.0.1:{self.port}", "dsar_portal.wsgi"]  # fmt: skip
        with (self.folder / "web.log").open("ab") as log, answering(
            command, port=self.port, seconds=90, env=self.environ, cwd=ROOT, stdout=log, stderr=log
        ):
            httpx.get(f"{self.address}/", timeout=90)  # it listens before it has loaded
            yield

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[bytes]"]:
        command = [sys.executable, "-m", "celery", "-q", "-A", "dsar_portal", "worker", "-c", "3", "--without-mingle",
                   "--without-gossip", "-n", f"house-{time.monotonic_ns()}@test"]  # fmt: skip
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                command, env=self.environ, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
            try:
                yield process
            finally:
                self.kill(process)

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """With its children, at once, as a power cut would; what it held in the broker is forgotten with it."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait(10)
        self.redis.flushdb()

    def run(self) -> None:
        quiet = 0
        end = time.monotonic() + 120
        while quiet < 4:
            assert time.monotonic() < end, "the workers do not come to rest"
            quiet = 0 if self.redis.llen("celery") or self.redis.hlen("unacked") else quiet + 1
            time.sleep(0.05)

    def sweep(self) -> None:
        """The next minute; whoever held a lease and died has been silent long enough."""
        self.ask("UPDATE fulfilment_step SET leased_until = now() - interval '1 minute' WHERE leased_until IS NOT NULL")
        self.celery.send_task("fulfilment.tasks.sweep")

    def ask(self, sql: str) -> list[Any]:
        with psycopg.connect(self.database, autocommit=True) as portal:
            cursor = portal.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def until(self, sql: str, *, seconds: float = 60) -> list[Any]:
        end = time.monotonic() + seconds
        while not (found := self.ask(sql)):
            steps = "SELECT name, source, status, error FROM fulfilment_step"
            assert time.monotonic() < end, (sql, self.ask(steps), self.logs()[-3000:])
            time.sleep(0.05)
        return found

    def logs(self) -> str:
        return "".join(file.read_text() for file in sorted(self.folder.glob("*.log")))
