"""Files encrypted where they rest: each with an age key of its own, the key wrapped by the master key.

The only writer of `SealedFile`. Shredding deletes the wrapped key first, so that every copy of the file, backups
included, is unreadable from that moment; the bytes in storage follow.
"""

import hashlib
import io
import logging
import secrets
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import IO, BinaryIO

import pyrage
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import OperationalError, connection

from requests_app.models import Case, SealedFile
from requests_app.sealed import seal, unseal

log = logging.getLogger(__name__)

SPOOL = 4 * 1024 * 1024
"""Bytes held in memory before a temporary file (already unlinked, ciphertext on the way in) takes over."""


class Shredded(Exception):
    """The key of the file was destroyed; nobody can read it any more."""


class _Source:
    """File-like view of an iterable of bytes that hashes and counts what passes."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self._parts: deque[bytes] = deque()
        self._place = 0  # in the first part
        self._waiting = 0
        self.hash = hashlib.sha256()
        self.size = 0

    def ends_within(self, size: int) -> bool:
        """Whether so many bytes are all of it. They are held until they are read."""
        while self._waiting <= size:
            chunk = next(self._chunks, None)
            if chunk is None:
                return True
            self.hash.update(chunk)
            self.size += len(chunk)
            self._waiting += len(chunk)
            self._parts.append(chunk)
        return False

    def read(self, size: int = -1) -> bytes:
        wanted = sys.maxsize if size < 0 else size
        self.ends_within(wanted)
        taken = []
        while wanted and self._parts:
            part = self._parts[0][self._place : self._place + wanted]
            self._place += len(part)
            self._waiting -= len(part)
            wanted -= len(part)
            taken.append(part)
            if self._place == len(self._parts[0]):
                self._parts.popleft()
                self._place = 0
        return taken[0] if len(taken) == 1 else b"".join(taken)


def store(
    chunks: Iterable[bytes], *, purpose: str, case: Case | None, content_type: str = "application/octet-stream"
) -> SealedFile:
    """Encrypt a stream to storage in constant memory and return its row.

    The file is written before its row: a crash between the two leaves ciphertext whose key is gone, never a row without
    a file.
    """
    identity = pyrage.x25519.Identity.generate()
    source = _Source(chunks)
    with tempfile.SpooledTemporaryFile(max_size=SPOOL) as cipher:
        if source.ends_within(SPOOL):  # most files: without a call back for each 8 KB
            cipher.write(pyrage.encrypt(source.read(), [identity.to_public()]))
        else:
            pyrage.encrypt_io(source, cipher, [identity.to_public()])
        cipher.seek(0)
        name = default_storage.save(f"{purpose}/{secrets.token_hex(16)}.age", File(cipher))
    return SealedFile.objects.create(
        name=name,
        purpose=purpose,
        case=case,
        wrapped_key=seal(str(identity).encode()),
        size=source.size,
        sha256=source.hash.hexdigest(),
        content_type=content_type,
    )


def open_clear(file: SealedFile) -> BinaryIO | IO[bytes]:
    """The content in clear: small in memory, else an anonymous temporary file. Raises `Shredded`; `pyrage.DecryptError`
    when altered.

    age proves the last chunk only at the end, so nothing is handed out before the whole has been decrypted.
    """
    if file.wrapped_key is None:
        raise Shredded(file.pk)
    if file.size <= SPOOL:
        return io.BytesIO(read(file))
    identity = pyrage.x25519.Identity.from_str(unseal(bytes(file.wrapped_key)).decode())
    clear = tempfile.SpooledTemporaryFile(max_size=SPOOL)
    try:
        with default_storage.open(file.name, "rb") as cipher:
            pyrage.decrypt_io(cipher, clear, [identity])
    except BaseException:
        clear.close()
        raise
    clear.seek(0)
    return clear


def read(file: SealedFile) -> bytes:
    """The whole content of a small file, decrypted in memory alone: a picture of a passport is in no temporary file."""
    if file.wrapped_key is None:
        raise Shredded(file.pk)
    identity = pyrage.x25519.Identity.from_str(unseal(bytes(file.wrapped_key)).decode())
    with default_storage.open(file.name, "rb") as cipher:
        return pyrage.decrypt(cipher.read(), [identity])


def shred(file: SealedFile, *, now: datetime) -> None:
    """Destroy the key, then the bytes. Repeating is harmless."""
    destroy_key(file, now=now)
    default_storage.delete(file.name)


def destroy_key(file: SealedFile, *, now: datetime) -> None:
    """From now on nobody can read the file, whoever holds a copy of it. No digest or size tells what it was."""
    SealedFile.objects.filter(pk=file.pk).update(wrapped_key=None, sha256="", size=0, shredded_at=now)
    file.wrapped_key, file.sha256, file.size, file.shredded_at = None, "", 0, now


def remove(file: SealedFile, *, before: Callable[[], object] = lambda: None) -> bool:
    """Delete the bytes of a file whose key is destroyed, then its row. False: the storage is down; ask again later.

    `before`: called between the two, for the row that points at this one.
    """
    try:
        default_storage.delete(file.name)
    except Exception as error:  # each storage has errors of its own; the key is gone, the rest can wait
        log.warning("file not deleted yet", extra={"code": type(error).__name__})
        return False
    before()
    file.delete()
    return True


def fold_in() -> None:
    """SQLite writes changes into a log beside the database; until it is folded in, that still holds destroyed keys.

    Does not wait for readers: what could not be folded in now is at the next call.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            waits = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            cursor.execute("PRAGMA busy_timeout=100")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except OperationalError:  # somebody reads or writes; what is destroyed is destroyed
                log.info("log of the database not folded in yet")
            finally:
                cursor.execute(f"PRAGMA busy_timeout={waits}")
