"""How well the machine-readable zone is read: drawn specimens in several fonts, turned, blurred, noisy, by phone.

MRZ_EACH=1 documents of every kind in every font and light; MRZ_EVERY=1: all of them, 10: each tenth; MRZ_SEED=7. One
thread, own time. Each ninth is read once more with a check digit altered. Exit 1 where one is called valid that was
read wrongly or altered, or under 95 % are read. `-v` shows those not read.
"""

import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2
import numpy as np

from benchmarks.shop import peak_mb, table
from identity.reading.mrz import parse
from identity.reading.ocr import Eyes
from identity.reading.reader import understand
from identity.reading.values import Seen
from tests.identity.reading.gallery import Specimen, gallery

ALTERED = "altered"
EACH = int(os.environ.get("MRZ_EACH", "1"))
EVERY = int(os.environ.get("MRZ_EVERY", "1"))
SEED = int(os.environ.get("MRZ_SEED", "7"))


def specimens() -> Iterator[Specimen]:
    for number, specimen in enumerate(gallery(each=EACH, seed=SEED)):
        yield specimen
        if number % 9 == 4:
            yield replace(specimen, lines=altered(specimen.lines), light=ALTERED)


def altered(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The digit over the whole zone is another: read as it stands, it must not be called valid."""
    zone = parse(lines)
    assert zone is not None and zone.valid
    digit = next(check.digit for check in zone.layout.value.checks if check.name == "whole")
    wrong = str((int(digit.of(lines)) + 3) % 10)
    return tuple(
        line[: digit.start] + wrong + line[digit.end :] if row == digit.line else line for row, line in enumerate(lines)
    )


def main() -> int:
    cv2.setNumThreads(1)
    eyes = Eyes()
    tally: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    took: list[float] = []
    for specimen in islice(specimens(), 0, None, EVERY):
        picture = np.frombuffer(specimen.picture, np.uint8)
        begun = time.process_time()
        seen = eyes.look(cv2.imdecode(picture, cv2.IMREAD_COLOR))
        reading = understand(seen)
        took.append(time.process_time() - begun)
        right = reading.zone is not None and reading.zone.valid and reading.zone.lines == specimen.lines
        valid = reading.seen is Seen.WHOLE and reading.zone is not None and reading.zone.valid
        if specimen.light == ALTERED:
            tally["~~", ALTERED].update(all=1, right=reading.zone is not None and reading.zone.lines == specimen.lines)
            tally["~~", ALTERED].update(valid=valid, false=int(valid))
            tally["~", "all"].update(false=int(valid))
            continue
        for row in ((" kind", specimen.kind), (" font", specimen.font), ("light", specimen.light), ("~", "all")):
            tally[row].update(all=1, right=right, valid=valid, false=int(valid and not right))
        if not (right and valid) and "-v" in sys.argv:
            print(specimen.kind, specimen.font, specimen.light, reading.seen.value, reading.zone and reading.zone.wrong)
            print("   ", *specimen.lines, sep="\n    ")
            print("   ", *(reading.zone.lines if reading.zone else ["-"]), sep="\n    ")
    table(
        [
            ("", "zones", "read right", "called valid", "false valid"),
            *(
                (
                    name,
                    str(one["all"]),
                    f"{one['right'] / one['all']:.1%}",
                    f"{one['valid'] / one['all']:.1%}",
                    str(one["false"]),
                )
                for (_, name), one in sorted(tally.items())
            ),
        ]
    )
    print(f"median {median(took):.2f} s, slowest {max(took):.2f} s on one thread; peak memory {peak_mb():.0f} MB")
    whole = tally["~", "all"]
    return int(whole["false"] > 0 or whole["valid"] < 0.95 * whole["all"])


if __name__ == "__main__":
    sys.exit(main())
