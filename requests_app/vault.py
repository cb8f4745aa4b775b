"""Files encrypted where they rest: each with an age key of its own, the key wrapped by the master key.

The only writer of `SealedFile`. Shredding deletes the wrapped key first, so that every copy of the file, backups
included, is unreadable from that moment; the bytes in storage follow.
"""

import hashlib
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, BinaryIO

import pyrage
from django.core.files import File
from django.core.files.storage import default_storage

from requests_app.models import Case, SealedFile
from requests_app.sealed import seal, unseal

SPOOL = 4 * 1024 * 1024
"""Bytes held in memory before a temporary file (already unlinked, ciphertext on the way in) takes over."""


class Shredded(Exception):
    """The key of the file was destroyed; nobody can read it any more."""


class _Source:
    """File-like view of an iterable of bytes that hashes and counts what passes."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self._rest = b""
        self.hash = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._rest) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._rest += chunk
        data, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        self.hash.update(data)
        self.size += len(data)
        return data


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
    """The content in clear, from an anonymous temporary file. Raises `Shredded`; `pyrage.DecryptError` when altered.

    age proves the last chunk only at the end, so nothing is handed out before the whole has been decrypted.
    """
    if file.wrapped_key is None:
        raise Shredded(file.pk)
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
    """The whole content; for small files."""
    with open_clear(file) as clear:
        return clear.read()


def shred(file: SealedFile, *, now: datetime) -> None:
    """Destroy the key, then the bytes. Repeating is harmless."""
    SealedFile.objects.filter(pk=file.pk).update(wrapped_key=None, shredded_at=now)
    file.wrapped_key, file.shredded_at = None, now
    default_storage.delete(file.name)
