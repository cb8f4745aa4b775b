"""The PDF and index.html of one person's many rows: what is laid out is bounded, so is what it costs.

PDF_ROWS="10000 100000 1000000": rows in one table; each size in a process of its own.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import shop

SIZES = os.environ.get("PDF_ROWS", "10000 100000 1000000").split()


def main() -> None:
    if len(sys.argv) == 2:
        print(*_one(int(sys.argv[1])), sep="\t")
        return
    rows = [subprocess.run([sys.executable, __file__, size], check=True, capture_output=True, text=True).stdout
            for size in SIZES]  # fmt: skip
    head = ("rows", "PDF, work s", "MB", "JSON inside", "page, work s", "MB", "peak MB before", "after", "press")
    shop.table([head, *(tuple(row.strip().split("\t")) for row in rows if "\t" in row)])


def _one(size: int) -> tuple[str, ...]:
    with shop.place(people=1, orders=size) as place:
        from benchmarks import cases
        from fulfilment.collecting import find, records
        from fulfilment.extract import data_pdf, index_html
        from fulfilment.extract.shown import View
        from fulfilment.handing_over.bundle import cover
        from letters.render import render
        from requests_app.paper import letterhead

        claim = cases.collect(cases.begin(place.email()))
        found = records.extract(claim)
        kind, values, found = cover(found, right=claim.right, name="Kari Lund",
                                    received=cases.NOW.date(), searched=find.given(claim.case.person))
        letter = render(kind, language=found.language, values=values, letterhead=letterhead(found.ours),
                        written=cases.NOW.date())  # fmt: skip
        before = shop.peak_mb()
        start = _work()
        pdf = data_pdf.write(View(found), letter=letter.html)
        set_ = _work()
        page = sum(map(len, index_html.write(View(found))))
        done = _work()
        inside = "yes" if b"/EmbeddedFile" in pdf else "no"
        press = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        return (f"{found.records - 1:,}", f"{set_ - start:.2f}", f"{len(pdf) / 1e6:.2f}", inside,
                f"{done - set_:.2f}", f"{page / 1e6:.2f}", f"{before:.0f}", f"{shop.peak_mb():.0f}", f"{press:.0f}")


def _work() -> float:
    """Seconds of this process and of those it has started: the PDF is set in one of its own."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
