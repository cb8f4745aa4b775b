"""A picture in, a `Reading` out. The eyes are a process of their own, started when first needed and kept.

It holds 450 MB that way once a worker and not in the web's processes, its native code falls alone if it falls, and a
picture that takes too long ends it. Without a reader the answer is `FAILED`: the person who decides looks alone.
"""

import atexit
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import IO, Any

from identity.reading import mrz
from identity.reading.parts import piece_together
from identity.reading.settle import Look, Settled, count_rings, gaps, plain, settle
from identity.reading.values import Reading, Seen

EYES = Path(__file__).with_name("ocr.py")
PATIENCE = 120.0
"""Seconds, on a machine with much else to do; nobody waits for the answer but a worker."""
MOST = 64 * 1024 * 1024


class Lost(Exception):
    """The reading process has ended, or gives no answer."""


class Reader:
    """The other process, one picture at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def look(self, picture: bytes) -> dict[str, Any]:
        """What `ocr.Eyes.look` saw in the picture. Raises `Lost`."""
        with self._turn:
            try:
                return self._ask(picture)
            except (OSError, ValueError, Lost):
                self._end()
                raise Lost from None

    def close(self) -> None:
        with self._turn:
            self._end()

    def _ask(self, picture: bytes) -> dict[str, Any]:
        process = self._started()
        assert process.stdin and process.stdout
        alarm = threading.Timer(PATIENCE, process.kill)  # ends a write nobody reads as well as a read nobody answers
        alarm.daemon = True
        alarm.start()
        try:
            process.stdin.write(len(picture).to_bytes(4, "big") + picture)
            process.stdin.flush()
            size = int.from_bytes(_whole(process.stdout, 4), "big")
            return json.loads(_whole(process.stdout, min(size, MOST)))  # type: ignore[no-any-return]
        finally:
            alarm.cancel()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and file; the picture goes by pipe only
                [sys.executable, "-I", str(EYES)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"OMP_NUM_THREADS": "1"},
            )
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


READER = Reader()
atexit.register(READER.close)


def read(picture: bytes) -> Reading:
    """What the machine-readable zone of this picture says, as far as it is visible and certain."""
    try:
        seen = READER.look(picture)
    except Lost:
        return Reading(Seen.FAILED)
    return understand(seen)


def understand(answer: Mapping[str, Any]) -> Reading:
    """From lines, each in two or three looks, to a reading: neighbouring lines that make a zone, or parts of one."""
    seen: Sequence[Sequence[Any]] = answer["lines"]
    counted = [0, *accumulate(count_rings(looks[0]) for looks in seen)]
    found = [
        one
        for looks, at, many in _windows(seen)
        if (one := settle(looks, rings=answer["rings"], first=counted[at : at + many]))
    ]
    zones = [(settled, zone) for settled in found if (zone := mrz.read(settled.text, settled.shape))]
    if not zones:
        return piece_together([plain(looks[0]) for looks in seen], agreed=[_agreed(looks) for looks in seen])
    settled, zone = min(zones, key=lambda pair: (len(pair[1].wrong), not pair[0].certain))
    return _reading(settled, zone)


def _windows(seen: Sequence[Sequence[Any]]) -> Iterator[tuple[list[Look], int, int]]:
    """Three, two and one neighbouring lines, in each look all of them have; where they begin and how many they are."""
    for many in (3, 2, 1):
        for at in range(len(seen) - many + 1):
            lines = seen[at : at + many]
            yield [[line[look] for line in lines] for look in range(min(map(len, lines)))], at, many


def _reading(settled: Settled, zone: mrz.Zone) -> Reading:
    seen = Seen.WHOLE if settled.certain else Seen.UNSURE
    if not zone.valid:
        return Reading(seen, zone)
    return Reading(seen, zone, zone.primary, zone.secondary, zone.cut, zone.birth, zone.expires)


def _agreed(looks: Sequence[Any]) -> bool:
    texts = {plain(look).replace("0", "O") for look in looks}
    return len(texts) == 1 and not gaps(looks[0])


def _whole(pipe: IO[bytes], size: int) -> bytes:
    taken = pipe.read(size)
    if len(taken) < size:
        raise Lost
    return taken
