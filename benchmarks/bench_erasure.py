"""An erasure as a case walks it: planned, rehearsed, executed with its receipts, proved; against one plain UPDATE.

ERASURE_ROWS=100000 orders of one person, in a database where as many belong to somebody else. The plain UPDATE empties
two columns of the same rows in one statement and commits: what anybody would need at the least. ERASURE_HOW=anonymise
masks the rows instead of erasing them.
"""

import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psycopg

from benchmarks import shop

ROWS = shop.size("ERASURE_ROWS", 100_000)


def main() -> None:
    took: dict[str, shop.Took] = {}
    with shop.place(people=2, orders=ROWS) as place:
        from benchmarks import cases
        from fulfilment.planning import carry_out, plans
        from fulfilment.removing import erasing
        from requests_app.models import Claim

        claim: Claim = cases.begin(place.email(), right="erasure")
        cases.found(claim)  # and sealed: what a plan is made of
        plain = _plain_update(place.url)
        start = shop.peak_mb()
        with shop.timed(took, "planned"):
            plan = plans.make(claim, round=1, today=cases.NOW.date(), now=cases.NOW)
        rows = sum(line["count"] for line in plan.summary)
        assert rows == ROWS + 1 and not plan.undecided, plan.summary
        with shop.timed(took, "rehearsed"):
            carry_out.rehearse(plan, now=cases.NOW)
        with shop.timed(took, "executed"):
            done = carry_out.execute(plan, "shop", now=cases.NOW)
        with shop.timed(took, "proved"):
            erasing.prove(plan, now=cases.NOW + timedelta(minutes=1))
        assert done["rows"] == rows and plan.receipts.count() == 2, (done, plan.receipts.count())
        took["all of it"] = sum(took.values(), shop.Took())
        shop.table([(f"{rows:,} records", "seconds", "own work", "rows/s of own work"), *(
            (name, f"{one.clock:.2f}", f"{one.work:.2f}", f"{rows / max(one.work, 0.001):,.0f}")
            for name, one in took.items())])
        print(f"one plain UPDATE of the same rows {plain:.2f} s; "
              f"executed: {took['executed'].clock / plain:.1f} × (target 2)")
        print(f"memory {start:.0f} MB before, at the most {shop.peak_mb():.0f} MB; the plan {plan.file.size:,} bytes")


def _plain_update(url: str) -> float:
    """Seconds by the clock, on a copy that is dropped afterwards."""
    took: dict[str, shop.Took] = {}
    with psycopg.connect(url, autocommit=True) as copy:
        copy.execute("CREATE TABLE plain (LIKE orders INCLUDING ALL)")
        copy.execute("INSERT INTO plain SELECT * FROM orders")
        copy.execute("VACUUM ANALYZE plain")
        with shop.timed(took, "update"):
            copy.execute("UPDATE plain SET address = NULL, note = NULL WHERE customer_id = 1")
        copy.execute("DROP TABLE plain")
    return took["update"].clock


if __name__ == "__main__":
    main()
