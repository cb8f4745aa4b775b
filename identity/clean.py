"""The door for pictures of documents: only what a decoder of ours has re-drawn comes in.

38 of 44 files that are two formats at once open in an image library without complaint; re-drawing the pixels is
the only thing that makes them safe. It also drops metadata (a phone's picture carries where it was taken). The
decoder runs in a process of its own with little memory and little time.
"""

import subprocess
import sys
from pathlib import Path
from typing import IO

import filetype

WORKER = Path(__file__).with_name("redraw.py")
MAX_BYTES = 12 * 1024 * 1024
MAX_PAGES = 4
SECONDS = 20
ACCEPTED = {"image/jpeg": "jpeg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}


class Refused(ValueError):
    """The file does not come in; `code` says why: empty, too_large, wrong_type, unreadable, too_many_pages."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean(upload: IO[bytes]) -> list[bytes]:
    """JPEG pages of a picture or PDF, re-drawn. Raises `Refused`. Nothing of the original is kept."""
    data = upload.read(MAX_BYTES + 1)
    if not data:
        raise Refused("empty")
    if len(data) > MAX_BYTES:
        raise Refused("too_large")
    guessed = filetype.guess(data[:8192])
    kind = ACCEPTED.get(guessed.mime) if guessed else None
    if kind is None or (kind == "pdf" and not data.startswith(b"%PDF")):
        raise Refused("wrong_type")
    return _redraw(data, kind)


def _redraw(data: bytes, kind: str) -> list[bytes]:
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and file; the upload goes in by pipe only
            [sys.executable, "-I", str(WORKER), kind, str(MAX_PAGES)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused("unreadable") from None
    if done.returncode == 3:
        raise Refused("too_many_pages")
    if done.returncode != 0:
        raise Refused("unreadable")
    return _split(done.stdout)


def _split(framed: bytes) -> list[bytes]:
    """Pages as the worker wrote them: four bytes of length, then the page."""
    pages, at = [], 0
    while at < len(framed):
        size = int.from_bytes(framed[at : at + 4], "big")
        pages.append(framed[at + 4 : at + 4 + size])
        at += 4 + size
    if not pages:
        raise Refused("unreadable")
    return pages
