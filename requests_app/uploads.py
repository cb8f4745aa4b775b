"""Files from outside: what may come in, checked by content and not by name."""

import re
from collections.abc import Sequence
from typing import Protocol

import filetype

MOST_FILES = 5
MOST_BYTES = 10 * 1024 * 1024
KINDS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
}
ACCEPT = ",".join([*KINDS, *sorted({ending for ending in KINDS.values()})])


class Upload(Protocol):
    name: str | None
    size: int | None

    def read(self, size: int = ...) -> bytes: ...
    def seek(self, position: int) -> object: ...


class UploadError(ValueError):
    """A file that cannot be taken; `code`: too_many, too_big, empty, wrong_kind."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(files: Sequence[Upload]) -> list[str]:
    """Media type of each file. Raises `UploadError` for the first one that cannot be taken."""
    if len(files) > MOST_FILES:
        raise UploadError("too_many")
    return [_kind(file) for file in files]


def _kind(file: Upload) -> str:
    if not file.size:
        raise UploadError("empty")
    if file.size > MOST_BYTES:
        raise UploadError("too_big")
    head = file.read(8192)
    file.seek(0)
    found = filetype.guess(head)
    if found is None or found.mime not in KINDS:
        raise UploadError("wrong_kind")
    return str(found.mime)


def tidy_name(name: str, *, content_type: str) -> str:
    """A file name without path, control characters or an ending that lies."""
    stem = re.sub(r"[^\w .()+-]", "_", name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]).strip(" .")
    return (stem[:80] or "file") + KINDS[content_type]
