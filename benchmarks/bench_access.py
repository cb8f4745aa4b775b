"""One person's many rows, from the database to the sealed ZIP, against psql | gzip in the same run.

ACCESS_ROWS=100000, or several sizes with commas between; each in a process of its own, so that its peak is its own.
The PDF is left out on both sides. The pipe is run before and after, and its mean taken. By the clock; on a busy machine
"work" says more: the processor time of the portal over that of psql and gzip (the server's is in neither).
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import shop

SIZES = [int(rows) for rows in os.environ.get("ACCESS_ROWS", "100000").split(",")]
COPY = "COPY (SELECT row_to_json(o) FROM orders o WHERE customer_id = 1) TO STDOUT"
PSQL = 'psql -qAtX "$1" -c "$2" | gzip -6 | wc -c'
HEADINGS = ("rows", "psql|gzip", "collect", "bundle", "ratio", "work", "rows/s", "ZIP MB", "began MiB", "peak MiB")
MOST_RATIO, AIM, MOST_MIB, MOST_MORE = 3.0, 2.0, 200, 1.1


def main() -> None:
    if "--one" in sys.argv:
        print(json.dumps(one(SIZES[0])))
        return
    found = [in_own_process(rows) for rows in SIZES]
    if not all(found):
        return
    shop.table([HEADINGS, *(row(one) for one in found)])
    print(verdict(found))


def in_own_process(rows: int) -> dict[str, Any]:
    """What `one` measured; empty where there is no PostgreSQL."""
    told = subprocess.run([sys.executable, __file__, "--one"], env=os.environ | {"ACCESS_ROWS": str(rows)}, check=True,
                          stdout=subprocess.PIPE, text=True).stdout  # fmt: skip
    last = told.strip().splitlines()[-1]
    if last.startswith("{"):
        return dict(json.loads(last))
    print(last)
    return {}


def one(rows: int) -> dict[str, Any]:
    took: dict[str, shop.Took] = {}
    with shop.place(people=1, orders=rows) as place:
        from benchmarks import cases

        cases.bundle(cases.collect(cases.begin(place.email(2), number=2)), pdf=False)  # what is loaded once
        before, pipe = shop.peak_mb(), [piped(place.url)]
        claim = cases.begin(place.email())
        with shop.timed(took, "collect"):
            cases.collect(claim)
        with shop.timed(took, "bundle"):
            records, size = cases.bundle(claim, pdf=False)
        assert records == rows + 1, f"{records} records in the bundle"
        pipe.append(piped(place.url))
        clock, work = (sum(one) / 2 for one in zip(*pipe, strict=True))
        whole = took["collect"] + took["bundle"]
        return {"rows": rows, "pipe": clock, "pipe_work": work, "work": whole.work, "collect": took["collect"].clock,
                "bundle": took["bundle"].clock, "zip": size, "before": before, "peak": shop.peak_mb()}  # fmt: skip


def piped(url: str) -> tuple[float, float]:
    """Seconds by the clock, and of work, of the pipe that is the measure."""

    def work() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    clock, before = time.perf_counter(), work()
    subprocess.run(["bash", "-o", "pipefail", "-c", PSQL, "bash", url, COPY], check=True, capture_output=True)
    return time.perf_counter() - clock, work() - before


def ratio(one: dict[str, Any]) -> float:
    return float((one["collect"] + one["bundle"]) / one["pipe"])


def row(one: dict[str, Any]) -> tuple[str, ...]:
    whole = one["collect"] + one["bundle"]
    return (f"{one['rows']:,}", f"{one['pipe']:.2f} s", f"{one['collect']:.2f} s", f"{one['bundle']:.2f} s",
            f"{ratio(one):.1f}", f"{one['work'] / one['pipe_work']:.1f}", f"{one['rows'] / whole:,.0f}",
            f"{one['zip'] / 1e6:.1f}", f"{one['before']:.0f}", f"{one['peak']:.0f}")  # fmt: skip


def verdict(found: list[dict[str, Any]]) -> str:
    """The targets are for 100,000 rows and more: below that, what is done once a case weighs more than its rows."""
    large = [ratio(one) for one in found if one["rows"] >= 100_000]
    peaks = [one["peak"] for one in found]
    said = [f"peak {max(peaks):.0f} MiB (at most {MOST_MIB})"]
    missed = [max(peaks) > MOST_MIB]
    if large:
        said.append(f"ratio {max(large):.1f} (at most {MOST_RATIO:.0f}, aim {AIM:.0f})")
        missed.append(max(large) > MOST_RATIO)
    if len(peaks) > 1:
        said.append(f"peak of most rows / of fewest {peaks[-1] / peaks[0]:.2f} (at most {MOST_MORE})")
        missed.append(peaks[-1] > peaks[0] * MOST_MORE)
    return f"targets {'MISSED' if any(missed) else 'met'}: " + "; ".join(said)


if __name__ == "__main__":
    main()
