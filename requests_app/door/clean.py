"""The door for pictures of documents: only what a decoder of ours has re-drawn comes in.

38 of 44 files that are two formats at once open in an image library without complaint; re-drawing the pixels is
the only thing that makes them safe. It also drops metadata (a phone's picture carries where it was taken). The
decoder runs in a process of its own with little memory and little time, and nothing is written to any disk.
"""

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

from requests_app.door import antivirus, redraw
from requests_app.door.refusals import MOST_BYTES as MAX_BYTES
from requests_app.door.refusals import Refused

__all__ = ["ACCEPTED", "MAX_BYTES", "MAX_PAGES", "Refused", "clean"]

WORKER = Path(__file__).with_name("redraw.py")
MAX_PAGES = 4
SECONDS = 9.5
"""For all of it, so that a page answers within ten."""
FOR_THE_SCANNER = 1.5
"""Seconds kept back for clamd, however long the drawing took."""
ACCEPTED = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/heic": "heic",
    "image/heif": "heic",
    "image/webp": "webp",
    "application/pdf": "pdf",
}
AT_ONCE = threading.BoundedSemaphore(2)
"""Pictures being drawn in this process: each may take `redraw.MEMORY`."""
CODES = {
    redraw.TOO_MANY_PAGES: "too_many_pages",
    redraw.TOO_MANY_PIXELS: "too_many_pixels",
    redraw.LOCKED: "locked",
}
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}


def clean(upload: IO[bytes]) -> list[bytes]:
    """JPEG pages of a picture or PDF, re-drawn. Raises `Refused`. Nothing of the original is kept."""
    until = time.monotonic() + SECONDS
    if (getattr(upload, "size", 0) or 0) > MAX_BYTES:  # its content was let go on the way (door/uploads.py)
        raise Refused("too_large")
    data = upload.read(MAX_BYTES + 1)
    if not data:
        raise Refused("empty")
    if len(data) > MAX_BYTES:
        raise Refused("too_large")
    kind = kind_of(data)
    if kind is None:
        raise Refused("wrong_type")
    # Drawn first: bombs are met in the cage, and never reach the scanner.
    pages = _redraw(data, kind, until=until - FOR_THE_SCANNER)
    antivirus.scan(data, until=until)
    return pages


def kind_of(data: bytes) -> str | None:
    """The decoder for this content, by its first bytes alone: nothing may stand before them. None: not accepted."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        return "heic"
    return None


def _redraw(data: bytes, kind: str, *, until: float) -> list[bytes]:
    if not AT_ONCE.acquire(timeout=max(until - time.monotonic() - 2, 0)):
        raise Refused("busy")
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and file; the upload goes in by pipe only
            [sys.executable, "-I", str(WORKER), kind, str(MAX_PAGES)],
            input=data,
            capture_output=True,
            timeout=max(until - time.monotonic(), 0.1),
            env={"MALLOC_ARENA_MAX": "1"},  # nothing of ours; glibc would reserve 64 MiB for each thread of a decoder
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused("unreadable") from None
    finally:
        AT_ONCE.release()
    if done.returncode:
        raise Refused(CODES.get(done.returncode, "unreadable"))
    return _split(done.stdout)


def _split(framed: bytes) -> list[bytes]:
    """Pages as the worker wrote them: four bytes of length, then the page."""
    pages, at = [], 0
    while at < len(framed):
        size = int.from_bytes(framed[at : at + 4], "big")
        pages.append(framed[at + 4 : at + 4 + size])
        at += 4 + size
    if not pages or not all(page.startswith(b"\xff\xd8\xff") for page in pages):
        raise Refused("unreadable")
    return pages
