"""What one access case costs, from collecting to the download link: work, rows, bytes; and what a million a month need.

SCALE_CASES=40 people, each with 5 orders and 3 invoices. The portal's tables lie in PostgreSQL here, as in earnest.
"""

import os
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import shop

CASES = shop.size("SCALE_CASES", 40)
A_MONTH = 1_000_000
BUSY = 3  # the busiest hours have so many times the average
KEPT_DAYS = 14 + 14  # how long a bundle lies: its link, and the time in which staff can offer it once more


def main() -> None:
    login = shop._login()
    name = f"dsar_scale_{uuid.uuid4().hex[:10]}"
    with login(dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            info = server.info
            secret = f":{info.password}" if info.password else ""
            os.environ["DATABASE_URL"] = f"postgresql://{info.user}{secret}@{info.host}:{info.port}/{name}"
            with shop.place(people=CASES + 1, orders=5, invoices=3) as place:
                measure(place)
        finally:
            from django.db import connections

            connections.close_all()
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def measure(place: shop.Place) -> None:
    from django.apps import apps
    from django.contrib.auth import get_user_model
    from django.db import connection

    from benchmarks import cases
    from fulfilment import approval, pipeline
    from requests_app.models import Membership, SealedFile
    from tests.requests_app.settled import settle

    settle(shop.SLUG)
    people = [get_user_model().objects.create_user(name) for name in ("one", "two")]
    for user in people:
        Membership.objects.create(user=user, controller=shop.SLUG, role=Membership.Role.APPROVER)

    def walk(number: int) -> None:
        claim = cases.collect(cases.begin(place.email(number), number=number))
        digest = approval.submit(claim, outcome="granted", user=people[0], now=cases.NOW)
        claim = approval.approve(claim, digest=digest, user=people[1], now=cases.NOW)
        while pipeline.advance(claim, now=cases.NOW) is not pipeline.Progress.RESTS:
            claim.refresh_from_db()
        claim.refresh_from_db()
        assert claim.stage == "closed", claim.stage

    def held() -> tuple[dict[str, int], int]:
        tables = {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return tables, cursor.fetchone()[0]

    walk(CASES + 1)  # imports and fonts
    tables, size = held()
    took: dict[str, shop.Took] = {}
    for number in range(1, CASES + 1):
        with shop.timed(took, "case"):
            walk(number)
    after, grown = held()
    rows = {name: (count - tables[name]) / CASES for name, count in after.items() if count > tables[name]}
    files = sum(file.size for file in SealedFile.objects.filter(shredded_at=None)) / (CASES + 1)
    counted = [(name, f"{count:.1f} rows") for name, count in sorted(rows.items())]
    each = shop.Took(took["case"].clock / CASES, took["case"].work / CASES)
    bytes_each = (grown - size) / CASES
    shop.table([
        ("one case of 9 records", "each"), *counted, ("all rows", f"{sum(rows.values()):.0f}"),
        ("database", f"{bytes_each / 1024:.0f} kB"), ("files", f"{files / 1024:.0f} kB"),
        ("own work", f"{1000 * each.work:.0f} ms"), ("by the clock", f"{1000 * each.clock:.0f} ms"),
    ])  # fmt: skip
    hours = 30 * 24
    cores = A_MONTH / hours * each.work / 3600
    print()
    shop.table([
        (f"{A_MONTH:,} cases a month", ""), ("an hour, on average", f"{A_MONTH / hours:,.0f}"),
        ("worker cores, on average", f"{cores:.1f}"), ("worker cores, busiest hours", f"{BUSY * cores:.1f}"),
        ("one worker core", f"{3600 / each.work:,.0f} cases an hour"),
        ("rows a month", f"{sum(rows.values()) * A_MONTH / 1e6:,.0f} million"),
        ("database a month", f"{bytes_each * A_MONTH / 1e9:,.0f} GB"),
        (f"files lying ({KEPT_DAYS} days)", f"{files * A_MONTH / 30 * KEPT_DAYS / 1e9:,.0f} GB"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
