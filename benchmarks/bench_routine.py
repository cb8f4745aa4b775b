"""People a second of a monthly run: found and decided with all they have, frozen and rehearsed; then carried out.

ROUTINE_PEOPLE=2000 customers, each with 5 orders and 3 invoices, all of whose time is up.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import shop

PEOPLE = shop.size("ROUTINE_PEOPLE", 2000)
NOW = datetime(2036, 2, 1, 3, 0, tzinfo=UTC)


def main() -> None:
    took: dict[str, shop.Took] = {}
    with shop.place(people=PEOPLE, orders=5, invoices=3):
        from django.contrib.auth import get_user_model

        from fulfilment.models import RetentionRun
        from fulfilment.routine import runs, work
        from fulfilment.routine.pages import Hand
        from requests_app.models import Membership
        from tests.requests_app.settled import settle

        def go_on(run: RetentionRun) -> None:
            with Hand() as hand:
                while work.advance(run, hand=hand, now=lambda: NOW):
                    pass
            run.refresh_from_db()

        settle(shop.SLUG)
        user = get_user_model().objects.create_user("chief")
        Membership.objects.create(user=user, controller=shop.SLUG, role=Membership.Role.APPROVER)
        run = runs.start(shop.SLUG, on=NOW.date(), now=NOW)
        with shop.timed(took, "planned and rehearsed"):
            go_on(run)
        acts = sum(row["count"] for row in run.summary if row["action"])
        assert run.status == RetentionRun.Status.TO_APPROVE and acts > PEOPLE, (run.status, run.summary)
        runs.approve(run, digest=run.digest, user=user, now=NOW)
        with shop.timed(took, "decided again, done, proved"):
            go_on(run)
        assert sum(run.proof["done"].values()) == acts, run.proof
        rows = PEOPLE * 9
        title = f"{PEOPLE:,} people, {rows:,} rows, {acts:,} acts"
        shop.table([(title, "seconds", "own work", "people/s", "rows/s"), *(
            (name, f"{one.clock:.1f}", f"{one.work:.1f}", f"{PEOPLE / one.clock:,.0f}", f"{rows / one.clock:,.0f}")
            for name, one in took.items())])
        print(f"peak memory {shop.peak_mb():.0f} MB")


if __name__ == "__main__":
    main()
