"""Whole small access cases a second: collected, bundled and sealed, without and with the PDF.

SMALL_CASES=20 people, each with 5 orders and 3 invoices. One process; workers add up until the cores are busy.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import shop

CASES = shop.size("SMALL_CASES", 20)


def main() -> None:
    took: dict[str, shop.Took] = {}
    with shop.place(people=CASES + 1, orders=5, invoices=3) as place:
        from benchmarks import cases

        warm = cases.collect(cases.begin(place.email(CASES + 1), number=CASES + 1))  # imports and fonts
        cases.bundle(warm, pdf=True)
        for number in range(1, CASES + 1):
            claim = cases.begin(place.email(number), number=number)
            with shop.timed(took, "collected"):
                cases.collect(claim)
            with shop.timed(took, "bundled without PDF"):
                assert cases.bundle(claim, pdf=False)[0] == 9
            with shop.timed(took, "bundled with PDF"):
                cases.bundle(claim, pdf=True)
        whole = {"whole case without PDF": took["collected"] + took["bundled without PDF"],
                 "whole case with PDF": took["collected"] + took["bundled with PDF"]}
        shop.table([(f"{CASES} cases of 9 records", "ms each", "own work, ms", "cases/s"), *(
            (name, f"{1000 * one.clock / CASES:.0f}", f"{1000 * one.work / CASES:.0f}", f"{CASES / one.clock:.1f}")
            for name, one in (took | whole).items())])


if __name__ == "__main__":
    main()
