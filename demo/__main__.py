import argparse
import sys
import time
from pathlib import Path

from demo.write import build_all


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo", description="Write the sample sources as SQLite files.")
    parser.add_argument("--out", type=Path, required=True, help="folder for <company>/<source>.sqlite")
    parser.add_argument("--count", type=int, default=2000, help="customers per company (default 2000)")
    parser.add_argument("--fresh", action="store_true", help="make files anew that are there already")
    options = parser.parse_args()
    started = time.monotonic()
    written = build_all(options.out, count=options.count, fresh=options.fresh)
    took = f"{len(written)} files written to {options.out} in {time.monotonic() - started:.1f} s"
    sys.stdout.write((took if written else f"{options.out} is up to date") + "\n")


if __name__ == "__main__":
    main()
