"""What every measurement stands on: the example company over a PostgreSQL table of one's own, and an empty portal.

Sizes come from the environment, so that a run fits the machine; everything made here is dropped at the end.
"""

import os
import resource
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import psycopg
import yaml

ROOT = Path(__file__).resolve().parent.parent
SLUG = "fjordsykler"
SCHEMA = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(200), name VARCHAR(200), postcode VARCHAR(10));
CREATE TABLE orders (order_no VARCHAR(20) PRIMARY KEY, customer_id INTEGER REFERENCES customers, bicycle VARCHAR(100),
  ordered_on DATE, shipped_on DATE, price NUMERIC(10, 2), currency CHAR(3), address VARCHAR(200), note VARCHAR(200));
CREATE TABLE invoices (invoice_no VARCHAR(20) PRIMARY KEY, customer_id INTEGER, name VARCHAR(200),
  amount DECIMAL(10, 2), invoice_date DATE);
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON invoices (customer_id);
CREATE INDEX ON customers (lower(email));
"""
ADDED = ("shipped_on", "price", "currency", "address", "note")


@dataclass(frozen=True)
class Place:
    """Where the measured data lies."""

    url: str
    folder: Path

    def email(self, number: int = 1) -> str:
        return f"kari{number}@example.com"


def size(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


@contextmanager
def place(*, people: int, orders: int, invoices: int = 0) -> Iterator[Place]:
    """A database with so many people, each with so many orders (9 columns, about 240 B) and invoices."""
    login = _login()
    name = f"dsar_bench_{uuid.uuid4().hex[:10]}"
    server = login(dbname="postgres", autocommit=True)
    with server, tempfile.TemporaryDirectory(prefix="dsar-bench-") as folder:
        server.execute(f"CREATE DATABASE {name}")
        try:
            with login(dbname=name) as shop:
                _fill(shop, people=people, orders=orders, invoices=invoices)
                shop.commit()
                secret = f":{shop.info.password}" if shop.info.password else ""
                url = f"postgresql://{shop.info.user}{secret}@{shop.info.host}:{shop.info.port}/{name}"
            with login(dbname=name, autocommit=True) as shop:
                shop.execute("VACUUM ANALYZE")
            _portal(Path(folder), url=url)
            yield Place(url, Path(folder))
        finally:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _login() -> Callable[..., psycopg.Connection]:
    def login(**options: Any) -> psycopg.Connection:
        return psycopg.connect(
            host=os.environ.get("PGHOST", "127.0.0.1"), port=os.environ.get("PGPORT", "5432"),
            user=os.environ.get("PGUSER", "postgres"), password=os.environ.get("PGPASSWORD") or None,
            connect_timeout=3, **options)  # fmt: skip

    try:
        login(dbname="postgres").close()
    except psycopg.OperationalError:
        print("skipped: no PostgreSQL on 127.0.0.1:5432 (PGHOST, PGPORT, PGUSER, PGPASSWORD)")
        sys.exit(0)
    return login


def _fill(shop: psycopg.Connection, *, people: int, orders: int, invoices: int) -> None:
    shop.execute(SCHEMA)
    shop.execute("INSERT INTO customers SELECT n, 'kari' || n || '@example.com', 'Kari Lund ' || n, '5003' "
                 "FROM generate_series(1, %s) n", [people])
    shop.execute(
        "INSERT INTO orders SELECT c || '-' || n, c, 'Gravel ' || n %% 97, DATE '2022-01-01' + n %% 700, "
        "DATE '2022-01-05' + n %% 700, 990 + n %% 9000, 'NOK', 'Strandgata ' || n %% 300 || ', 5003 Bergen, Norge', "
        "'Leveres mellom 10 og 14, ring på. ' || md5(c || '-' || n) "
        "FROM generate_series(1, %s) c, generate_series(1, %s) n",
        [people, orders])
    shop.execute("INSERT INTO invoices SELECT c || '-' || n, c, 'Kari Lund ' || c, 1990, DATE '2025-03-01' + n "
                 "FROM generate_series(1, %s) c, generate_series(1, %s) n", [people, invoices])


def _portal(folder: Path, *, url: str) -> None:
    """The example company with the wider table, and a portal of its own in SQLite."""
    home = folder / "controllers" / SLUG
    shutil.copytree(ROOT / "docs" / "example" / SLUG, home)
    _widen(home)
    os.environ |= {"DSAR_SOURCE_FJORDSYKLER_SHOP": url, "DSAR_DATA_DIR": str(folder / "portal"), "LOG_LEVEL": "ERROR",
                   "DJANGO_SETTINGS_MODULE": "tests.settings"}
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.DSAR_CONTROLLERS_PATH = [home.parent]
    call_command("migrate", verbosity=0)


def _widen(home: Path) -> None:
    dataset, sources = home / "datasets" / "shop.yaml", home / "sources.yaml"
    body = yaml.safe_load(dataset.read_text("utf-8"))
    table = next(one for one in body["dataset"][0]["collections"] if one["name"] == "orders")
    table["fields"] += [{"name": name, "data_categories": ["user.behavior.purchase_history"]} for name in ADDED]
    dataset.write_text(yaml.safe_dump(body, allow_unicode=True), "utf-8")
    body = yaml.safe_load(sources.read_text("utf-8"))
    fields = body["sources"]["shop"]["collections"]["orders"]["fields"]
    fields |= {name: {"label": {"nb": name, "en": name}} for name in ADDED}
    sources.write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False), "utf-8")


@dataclass
class Took:
    """Seconds by the clock, and of this process's own work and its children's: on a busy machine only the second says
    anything."""

    clock: float = 0.0
    work: float = 0.0

    def __add__(self, other: "Took") -> "Took":
        return Took(self.clock + other.clock, self.work + other.work)


@contextmanager
def timed(into: dict[str, Took], name: str) -> Iterator[None]:
    clock, work = time.perf_counter(), sum(os.times()[:4])
    yield
    into[name] = into.get(name, Took()) + Took(time.perf_counter() - clock, sum(os.times()[:4]) - work)


def peak_mb() -> float:
    """The most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def table(rows: list[tuple[str, ...]]) -> None:
    """First row: headings. First column to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("  ".join(cells))
