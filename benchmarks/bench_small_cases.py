"""Whole small access cases a second: collected, bundled and sealed, without and with the PDF.

SMALL_CASES=20 people, each with 5 orders and 3 invoices. One process; workers add up until the cores are busy. By the
clock and by the work of this process and its children: on a busy machine only the second says what a core can do.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import shop

CASES = shop.size("SMALL_CASES", 20)
TARGETS = {"bundled without PDF": 20, "bundled with PDF": 3}
"""Complete cases a second and core, from collected to bundle."""


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
    whole = {f"collected and {name}": took["collected"] + took[name] for name in TARGETS}
    headings = (f"{CASES} cases of 9 records", "ms each", "own work, ms", "cases/s", "cases/s of own work")
    shop.table([headings, *(
        (name, f"{1000 * one.clock / CASES:.0f}", f"{1000 * one.work / CASES:.0f}", f"{CASES / one.clock:.1f}",
         f"{CASES / one.work:.1f}") for name, one in (took | whole).items())])  # fmt: skip
    print(verdict(took))


def verdict(took: dict[str, shop.Took]) -> str:
    said, missed = [], False
    for name, least in TARGETS.items():
        found = CASES / took[name].work
        said.append(f"{name} {found:.1f} cases/s of own work (at least {least})")
        missed |= found < least
    return f"targets {'MISSED' if missed else 'met'}: " + "; ".join(said)


if __name__ == "__main__":
    main()
