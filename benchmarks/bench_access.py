"""One person's many rows, from the database to the sealed ZIP, against psql | gzip in the same run.

ACCESS_ROWS=100000 rows. The PDF is left out on both sides.
"""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import shop

ROWS = shop.size("ACCESS_ROWS", 100_000)
COPY = "COPY (SELECT row_to_json(o) FROM orders o WHERE customer_id = 1) TO STDOUT"
PSQL = 'psql -qAtX "$1" -c "$2" | gzip -6 | wc -c'


def main() -> None:
    took: dict[str, shop.Took] = {}
    with shop.place(people=1, orders=ROWS) as place:
        from benchmarks import cases

        command = ["bash", "-o", "pipefail", "-c", PSQL, "bash", place.url, COPY]
        with shop.timed(took, "psql"):
            packed = int(subprocess.run(command, check=True, capture_output=True).stdout)
        before = shop.peak_mb()
        claim = cases.begin(place.email())
        with shop.timed(took, "collect"):
            cases.collect(claim)
        collected = shop.peak_mb()
        with shop.timed(took, "bundle"):
            records, size = cases.bundle(claim, pdf=False)
        assert records == ROWS + 1, f"{records} records in the bundle"
        whole = took["collect"] + took["bundle"]
        lines = [("psql | gzip -6", took["psql"], packed, 0.0), ("collect", took["collect"], 0, collected),
                 ("bundle without PDF", took["bundle"], size, shop.peak_mb()),
                 ("collect and bundle", whole, size, shop.peak_mb())]
        print(f"{records:,} records of one person; the portal held {before:.0f} MB before it began")
        shop.table([("", "seconds", "own work", "ratio", "rows/s", "file MB", "peak MB"), *(
            (name, f"{took_.clock:.2f}", f"{took_.work:.2f}", f"{took_.clock / took['psql'].clock:.1f}",
             f"{records / took_.clock:,.0f}", f"{size / 1e6:.1f}" if size else "", f"{peak:.0f}" if peak else "")
            for name, took_, size, peak in lines)])


if __name__ == "__main__":
    main()
