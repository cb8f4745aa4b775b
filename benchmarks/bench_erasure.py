"""Rows a second of an erasure: found and decided, rehearsed, executed, proved gone by asking again.

ERASURE_ROWS=20000 orders of one person, in a database where the same number belongs to somebody else.
"""

import sys
from contextlib import closing
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import shop

ROWS = shop.size("ERASURE_ROWS", 20_000)


def main() -> None:
    took: dict[str, shop.Took] = {}
    with shop.place(people=2, orders=ROWS) as place:
        from connectors.base import Identity
        from fulfilment.removing import without_case
        from requests_app import sources
        from requests_app.controllers import controller

        company = controller(shop.SLUG)
        with shop.timed(took, "planned"):
            planned = without_case.plan(company, Identity({"email": (place.email(),)}), on=date(2026, 11, 2))
        plan, = planned.plans
        assert planned.records == ROWS + 1 and len(plan.instructions) == ROWS + 1, planned.summary
        with closing(sources.open_one(company, plan.source)) as source:
            with shop.timed(took, "rehearsed"):
                source.rehearse(plan)
            with shop.timed(took, "executed"):
                assert sum(receipt.rows for receipt in source.execute(plan)) == ROWS + 1
            with shop.timed(took, "proved"):
                assert source.verify(plan) == []
        shop.table([(f"{ROWS + 1:,} records", "seconds", "own work", "rows/s"), *(
            (name, f"{one.clock:.2f}", f"{one.work:.2f}", f"{(ROWS + 1) / one.clock:,.0f}")
            for name, one in took.items())])
        print(f"peak memory {shop.peak_mb():.0f} MB")


if __name__ == "__main__":
    main()
