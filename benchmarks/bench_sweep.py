"""The monthly run over one big table: looked through, approved, masked in pieces and proved, against one plain UPDATE.

ROUTINE_ROWS=1000000 rows in PostgreSQL, one in ten of them over; 10000000 takes some minutes, most of them to fill the
tables. The plain UPDATE writes the same columns of the same rows in a copy of the table. Half way our worker is killed
(kill -9), and another goes on where it was.
"""

import os
import signal
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psycopg
import yaml

from benchmarks import shop

ROWS = shop.size("ROUTINE_ROWS", 1_000_000)
NOW = datetime(2036, 2, 1, 3, 0, tzinfo=UTC)
OVER = "seen_on <= DATE '2034-01-31'"  # two years, as the example's policy promises
TABLE = """CREATE TABLE visits AS SELECT n::bigint AS id, 'K' || n % 900001 AS customer_no,
  CASE WHEN n % 10 = 0 THEN DATE '2030-01-01' + (n % 1400)::int ELSE DATE '2034-02-01' + (n % 700)::int END AS seen_on,
  '192.0.2.' || n % 255 AS ip, '/sykler/' || md5(n::text) AS path, 'Mozilla/5.0 (X11; Linux x86_64) ' || n % 97 AS agent
  FROM generate_series(1, {rows}) n"""
FIELDS = {"customer_no": "user.unique_id.pseudonymous", "seen_on": "system.operations", "ip": "user.device.ip_address",
          "path": "user.behavior.browsing_history", "agent": "user.device"}  # fmt: skip
MASKED = [name for name, category in FIELDS.items() if category.startswith("user.")]


def main() -> None:
    took: dict[str, shop.Took] = {}
    with shop.place(people=1, orders=1) as place:
        _map(place)
        with psycopg.connect(place.url, autocommit=True) as database:
            with shop.timed(took, "filled"):
                _fill(database)
            over = database.execute(f"SELECT count(*) FROM visits WHERE {OVER}").fetchone()[0]
            database.execute("CHECKPOINT")
            with shop.timed(took, "one plain UPDATE"):
                nothing = ", ".join(f"{name} = NULL" for name in MASKED)
                database.execute(f"UPDATE plain SET {nothing} WHERE {OVER}")
            database.execute("CHECKPOINT")
            _run(took, database, over=over)
    plain = took["one plain UPDATE"].clock
    shop.table(
        [
            (f"{ROWS:,} rows, {over:,} of them over", "seconds", "own work", "x plain UPDATE"),
            *((name, f"{one.clock:.1f}", f"{one.work:.1f}", f"{one.clock / plain:.2f}") for name, one in took.items()),
        ]
    )
    print(f"peak memory {shop.peak_mb():.0f} MB")


def _fill(database: psycopg.Connection[Any]) -> None:
    database.execute(TABLE.format(rows=ROWS))
    database.execute("CREATE TABLE plain AS SELECT * FROM visits")
    for name in ("visits", "plain"):
        database.execute(f"ALTER TABLE {name} ADD PRIMARY KEY (id)")
        database.execute(f"VACUUM ANALYZE {name}")


def _map(place: shop.Place) -> None:
    """The table in the example's files: masked two years after the visit."""
    home = place.folder / "controllers" / shop.SLUG
    dataset, sources = home / "datasets" / "shop.yaml", home / "sources.yaml"
    body = yaml.safe_load(dataset.read_text("utf-8"))
    fields = [{"name": name, "data_categories": [category]} for name, category in FIELDS.items()]
    key = {"name": "id", "data_categories": ["system.operations"], "fides_meta": {"primary_key": True}}
    body["dataset"][0]["collections"].append({"name": "visits", "fields": [key, *fields]})
    dataset.write_text(yaml.safe_dump(body), "utf-8")
    body = yaml.safe_load(sources.read_text("utf-8"))
    label = {"nb": "x", "en": "x"}
    body["sources"]["shop"]["collections"]["visits"] = {
        "kind": "order", "purposes": ["purchase"], "subject": {"is": "consumer"}, "origin": "observed", "label": label,
        "facts": {"last_purchase": "seen_on"}, "fields": {name: {"label": label} for name in ("id", *FIELDS)},
    }  # fmt: skip
    sources.write_text(yaml.safe_dump(body), "utf-8")


def _run(took: dict[str, shop.Took], database: psycopg.Connection[Any], *, over: int) -> None:
    from django.contrib.auth import get_user_model

    from fulfilment.models import RetentionRun
    from fulfilment.routine import runs
    from requests_app.models import Membership
    from tests.requests_app.settled import settle

    settle(shop.SLUG)
    user = get_user_model().objects.create_user("chief")
    Membership.objects.create(user=user, controller=shop.SLUG, role=Membership.Role.APPROVER)
    run = runs.start(shop.SLUG, on=NOW.date(), now=NOW)
    with shop.timed(took, "our run: looked through, tried"):
        _go_on(run, now=NOW)
    acts = Counter({row["collection"]: row["count"] for row in run.summary if row["action"]})
    assert run.status == RetentionRun.Status.TO_APPROVE and acts["visits"] == over, (run.status, run.summary)
    runs.approve(run, digest=run.digest, user=user, now=NOW)
    with shop.timed(took, "our run: masked, proved"):
        _killed_half_way(run)
        _go_on(run, now=NOW + timedelta(minutes=6))  # the dead worker's lease has run out
    left = database.execute(f"SELECT count(*) FROM visits WHERE {OVER} AND ip IS NOT NULL").fetchone()[0]
    spared = database.execute(f"SELECT count(*) FROM visits WHERE NOT {OVER} AND ip IS NULL").fetchone()[0]
    done = sum(run.proof["done"].values())  # the one customer of the example, too
    assert (run.status, done, left, spared) == ("done", acts.total(), 0, 0), run.proof
    took["our run: all of it"] = took["our run: looked through, tried"] + took["our run: masked, proved"]


def _killed_half_way(run: Any) -> None:
    """A worker that is killed without warning when half of the pages are done."""
    from django.db import connections

    pages = run.chunks.filter(lane="sets").exclude(digest="")
    connections.close_all()
    worker = os.fork()
    if not worker:
        _go_on(run, now=NOW)
        os._exit(0)
    while (done := pages.filter(status="done").count()) < pages.count() / 2:
        time.sleep(0.1)  # asking is work, too, and not the run's
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    print(f"killed after {done} of {pages.count()} pages; the others by another worker")


def _go_on(run: Any, *, now: datetime) -> None:
    from fulfilment.routine import work
    from fulfilment.routine.pages import Hand

    with Hand() as hand:
        while work.advance(run, hand=hand, now=lambda: now):
            pass
    run.refresh_from_db()


if __name__ == "__main__":
    main()
