"""What was met already, in bounded memory, however much there is of it."""

import hashlib
import secrets
import sqlite3

HELD = 50_000
"""Digests of 16 bytes held in memory: about 6 MB. Beyond that they lie in a file, of which 8 MB are held."""
MET = "INSERT INTO seen VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times"


class Seen:
    """How often each mark was met; it does not tell which.

    Beyond `HELD` it goes on in a temporary file without a name, which the process alone can read and which ends with
    it. A digest there is keyed with a key of this object's own, so that not even the file would tell whose it was.
    Of 128 bits: any two of ten million marks meet with a chance of 1 in 10^24.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._few: dict[bytes, int] = {}
        self._many: sqlite3.Connection | None = None

    def add(self, mark: str) -> int:
        """Which time this is: 1 for the first."""
        digest = self._digest(mark)
        if self._many is not None:
            return int(self._many.execute(MET, [digest]).fetchone()[0])
        times = self._few[digest] = self._few.get(digest, 0) + 1
        if len(self._few) >= HELD:
            self._many = _file(self._few)
            self._few = {}
        return times

    def __contains__(self, mark: str) -> bool:
        digest = self._digest(mark)
        if self._many is None:
            return digest in self._few
        return self._many.execute("SELECT 1 FROM seen WHERE digest = ?", [digest]).fetchone() is not None

    def _digest(self, mark: str) -> bytes:
        return hashlib.blake2b(mark.encode("utf-8", "surrogatepass"), digest_size=16, key=self._key).digest()


def _file(digests: dict[bytes, int]) -> sqlite3.Connection:
    """An empty name: SQLite's own temporary file, deleted as soon as it is open ("In-Memory Databases", SQLite)."""
    file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    for pragma in ("cache_size = -8192", "journal_mode = OFF", "synchronous = OFF"):
        file.execute(f"PRAGMA {pragma}")
    file.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID")
    file.execute("BEGIN")  # one transaction that never ends: nothing is ever to be found there again
    file.executemany("INSERT INTO seen VALUES (?, ?)", digests.items())
    return file
