"""Real neighbours for the tests. With REQUIRE_SERVICES=1 (CI) a missing one fails; else it skips with a plain line."""

import gc
import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pymysql
import pytest
import redis
from django.conf import settings as portal_settings

from policies import load

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps an event loop in the thread that also uses the ORM


def absent(what: str, *, fix: str) -> NoReturn:
    line = f"{what} is not there: {fix}"
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(line, pytrace=False)
    pytest.skip(line)


LONG = ("journeys/test_house.py", "identity/test_pictures_at_once.py", "identity/test_at_once.py",
        "identity/test_gone.py", "fulfilment/test_killed_walk.py", "requests_app/door/test_clean.py",
        "dsar_portal/test_demo.py", "fulfilment/test_worker.py", "docs/test_pages.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, or one process waits for the other at the end. They use no database of this process:
    pytest-django's order of the others (transactions that are rolled back before tables that are emptied) stays."""
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONG))


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: the garbage collector need not look through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000)  # of the second and third generation it looks as often as ever


# --- servers ------------------------------------------------------------------------------------------------------
def _postgres_login() -> dict[str, Any]:
    """DSN parts of a login that may create databases: PGUSER and PGPASSWORD, or the usual ones of a fresh server."""
    users = [os.environ["PGUSER"]] if "PGUSER" in os.environ else ["postgres", "root"]
    for user in users:
        login = {"host": os.environ.get("PGHOST", "127.0.0.1"), "port": int(os.environ.get("PGPORT", "5432")),
                 "user": user, "password": os.environ.get("PGPASSWORD") or None, "connect_timeout": 3}
        try:
            psycopg.connect(**login, dbname="postgres").close()
        except psycopg.OperationalError:
            continue
        return login
    absent("PostgreSQL on 127.0.0.1:5432", fix="scripts/system-packages services, and see .ci/run for a login")


@pytest.fixture(scope="session")
def needs_postgres() -> dict[str, Any]:
    return _postgres_login()


@pytest.fixture
def postgres_url(needs_postgres: dict[str, Any]) -> Iterator[str]:
    with empty_postgres(needs_postgres) as url:
        yield url


@contextmanager
def empty_postgres(needs_postgres: dict[str, Any]) -> Iterator[str]:
    """postgresql://… of an empty database that is dropped afterwards."""
    name = f"dsar_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(**needs_postgres, dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            secret = f":{needs_postgres['password']}" if needs_postgres["password"] else ""
            yield (f"postgresql://{needs_postgres['user']}{secret}@{needs_postgres['host']}:"
                   f"{needs_postgres['port']}/{name}")
        finally:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def needs_mariadb() -> dict[str, Any]:
    login = {"host": os.environ.get("MYSQL_HOST", "127.0.0.1"), "port": int(os.environ.get("MYSQL_PORT", "3306")),
             "user": os.environ.get("MYSQL_USER", "root"), "password": os.environ.get("MYSQL_PASSWORD", "")}
    try:
        pymysql.connect(**login, connect_timeout=3).close()
    except pymysql.err.OperationalError:
        absent("MariaDB on 127.0.0.1:3306", fix="scripts/system-packages services, and see .ci/run for a login")
    return login


@pytest.fixture
def mariadb_url(needs_mariadb: dict[str, Any]) -> Iterator[str]:
    """mysql+pymysql://… of an empty database that is dropped afterwards."""
    name = f"dsar_{uuid.uuid4().hex[:12]}"
    server = pymysql.connect(**needs_mariadb, autocommit=True)
    try:
        with server.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        secret = f":{needs_mariadb['password']}" if needs_mariadb["password"] else ""
        yield (f"mysql+pymysql://{needs_mariadb['user']}{secret}@{needs_mariadb['host']}:{needs_mariadb['port']}/{name}"
               "?charset=utf8mb4")
    finally:
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        server.close()


@pytest.fixture(scope="session")
def needs_redis() -> str:
    url = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
    try:
        redis.Redis.from_url(url, socket_connect_timeout=3).ping()
    except redis.exceptions.ConnectionError:
        absent("Redis on 127.0.0.1:6379", fix="scripts/system-packages services")
    return url


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def answering(
    command: list[str], *, port: int, seconds: float = 20, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A server of ours on loopback, until it accepts connections; ended afterwards."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
    try:
        end = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
                assert time.monotonic() < end, f"{command[0]} did not answer on {port}"
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def s3_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A STORAGE_URL of a real S3 server (rclone) that checks signatures, with an empty bucket."""
    rclone = ROOT / "build" / "rclone"
    if not rclone.exists():
        absent("The S3 server for tests", fix="scripts/rclone")
    folder, port = tmp_path_factory.mktemp("s3"), free_port()
    (folder / "bucket").mkdir()
    command = [str(rclone), "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", "testkey,testsecret",
               "--config", "/dev/null", "--vfs-cache-mode", "full", "--cache-dir", str(folder / ".cache"), str(folder)]
    with answering(command, port=port, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        yield f"s3://testkey:testsecret@127.0.0.1:{port}/bucket?region=us-east-1&insecure=1"


@pytest.fixture(scope="session", autouse=True)
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real clamd whose only signature is that of the EICAR test file, for every file of every test, also in the
    portals that tests start. "none" where it is not installed: then no file comes in."""
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    if not Path(program).exists():
        yield "none"
        return
    with virus_scanner(program, folder=tmp_path_factory.mktemp("clamd")) as url:
        os.environ["CLAMD_URL"] = portal_settings.CLAMD_URL = url
        yield url


@pytest.fixture
def needs_clamd(clamd: str) -> str:
    if clamd == "none":
        absent("clamd", fix="scripts/system-packages test")
    return clamd


@contextmanager
def virus_scanner(program: str, *, folder: Path, options: str = "") -> Iterator[str]:
    """clamd on a unix socket and on loopback, with a database of our own; its temporary files stay in `folder`/tmp."""
    (folder / "database").mkdir()
    (folder / "tmp").mkdir()
    eicar = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    (folder / "database" / "own.ndb").write_text(f"Eicar-Test-Signature:0:*:{eicar.hex()}\n")
    port = free_port()
    (folder / "clamd.conf").write_text(
        f"Foreground yes\nDatabaseDirectory {folder}/database\nTemporaryDirectory {folder}/tmp\n"
        f"LocalSocket {folder}/clamd.ctl\nTCPSocket {port}\nTCPAddr 127.0.0.1\nLogFile {folder}/log\n"
        f"AlertExceedsMax yes\nScanImageFuzzyHash no\n{options}")
    command = [program, "--config-file", str(folder / "clamd.conf")]
    with answering(command, port=port, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        yield f"unix://{folder}/clamd.ctl"


# --- a browser ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def needs_browser() -> str:
    if not Path(CHROMIUM).exists():
        absent("Chromium", fix="scripts/system-packages test")
    return CHROMIUM


@pytest.fixture(scope="session")
def browser_type_launch_args(needs_browser: str) -> dict[str, Any]:
    """pytest-playwright's `page` and `browser` use the system's Chromium; nothing is downloaded."""
    return {"executable_path": needs_browser, "headless": True, "args": [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]}


# --- data ---------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def sample_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small sample databases of all companies: `<folder>/<slug>/<source>.sqlite`. Read only; see `own_sources`."""
    import demo  # the generator is slow to import, and most tests never need it

    folder = tmp_path_factory.mktemp("sources")
    demo.build_all(folder, count=200)
    return folder


@pytest.fixture
def own_sources(sample_sources: Path, tmp_path: Path, settings: Any) -> Path:
    """A copy this test may erase in, set as the demo's sources."""
    folder = tmp_path / "sources"
    shutil.copytree(sample_sources, folder)
    settings.DSAR_DEMO = True
    settings.DSAR_DEMO_DIR = folder
    return folder


@pytest.fixture(autouse=True)
def own_companies(tmp_path: Path) -> Iterator[None]:
    """Companies a test wrote are forgotten with it: hundreds of policies in memory slow down all that follow."""
    yield
    for folder in [one for one in load._loaded if one.is_relative_to(tmp_path)]:
        del load._loaded[folder]


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Any) -> None:
    """No test leaves files behind, and none sees another's."""
    if portal_settings.STORAGES["default"]["BACKEND"].endswith("FileSystemStorage"):
        default = portal_settings.STORAGES["default"]
        settings.STORAGES = portal_settings.STORAGES | {
            "default": default | {"OPTIONS": default["OPTIONS"] | {"location": str(tmp_path / "files")}}}


@pytest.fixture
def one_window() -> None:
    """All tries of this test fall into one window of `requests_app.rates`: they end on the quarter of an hour."""
    left = 900 - time.time() % 900
    if left < 15:
        time.sleep(left)


@pytest.fixture(autouse=True)
def staff_second_factor(settings: Any) -> None:
    """Most tests of the desk log staff in by their name alone. Journeys and tests/dsar_portal/test_staff_*.py do not;
    servers that tests start in a process of their own ask for it as in earnest."""
    settings.STAFF_MFA_REQUIRED = False
