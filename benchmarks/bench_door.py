"""What honest and hostile files cost at the door: result, seconds of the whole door, memory of the decoder.

With a real clamd where one is installed. Promised: every file ends within 10 s and 512 MiB.
"""

import io
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

from django.conf import settings

from requests_app.door.clean import Refused, clean, kind_of
from tests.conftest import virus_scanner
from tests.requests_app.door import files
from tests.requests_app.door.measured import redrawn

CLAMD = Path("/usr/sbin/clamd")
SECONDS, MIB = 10, 512


@contextmanager
def scanner() -> Iterator[str]:
    if not CLAMD.exists():
        settings.DSAR_DEMO, settings.CLAMD_URL = True, ""
        yield "not scanned: clamd is not installed"
        return
    with tempfile.TemporaryDirectory() as folder, virus_scanner(str(CLAMD), folder=Path(folder)) as url:
        settings.CLAMD_URL = url
        yield "scanned by clamd with one signature"


def outcome(data: bytes) -> str:
    try:
        return f"clean, {len(clean(io.BytesIO(data)))} page(s)"
    except Refused as refused:
        return refused.code


def main() -> int:
    most_seconds = most_mib = 0.0
    print(f"{'file':48} {'KiB':>7} {'result':16} {'seconds':>8} {'decoder MiB':>12}")
    with scanner() as how:
        honest = [*files.unusual(), ("HEIC of 47 megapixels", files.heic(rows=12, columns=15))]
        for name, data in [*honest, *((name, data) for name, data, _ in files.hostile())]:
            start = time.perf_counter()
            result = outcome(data)
            seconds = time.perf_counter() - start
            kind = kind_of(data) if result != "too_large" else None
            mib = redrawn(data, kind).mib if kind else 0
            print(f"{name:48} {len(data) // 1024:>7} {result:16} {seconds:>8.2f} {mib or '-':>12.4}", flush=True)
            most_seconds, most_mib = max(most_seconds, seconds), max(most_mib, mib)
    print(f"\n{how}; most: {most_seconds:.2f} s of {SECONDS}, {most_mib:.0f} MiB of {MIB}")
    return int(most_seconds > SECONDS or most_mib > MIB)


if __name__ == "__main__":
    sys.exit(main())
