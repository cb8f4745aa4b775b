"""Bundles as we make them, as somebody changed them, and as somebody hostile would make them."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterable
from unittest.mock import patch

from fulfilment.extract import archive, manifest
from fulfilment.extract.signature import Signer

OURS, THEIRS = Signer(b"ours" * 8), Signer(b"them" * 8)
FILES = {
    "extract.pdf": b"%PDF-1.7 " + bytes(range(256)) * 40, "data.json": b'{"name": "Astrid"}' * 5000,
    "tables/shop/customers.csv": "id,navn\r\n1,Åse\r\n".encode(), "README.txt": b"Read me.",
}  # fmt: skip


def bundle(files: Iterable[tuple[str, bytes]] = tuple(FILES.items()), *, signer: Signer | None = OURS) -> bytes:
    out = io.BytesIO()
    archive.write(((name, [content]) for name, content in files), out, signer=signer)
    return out.getvalue()


def rewritten(change: Callable[[dict[str, bytes]], object], data: bytes | None = None) -> bytes:
    """The same archive written anew after `change` of its members by name."""
    with zipfile.ZipFile(io.BytesIO(data or bundle())) as source:
        members = {name: source.read(name) for name in source.namelist()}
    change(members)
    return zipped(members.items())


def zipped(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as target:
        for name, content in members:
            target.writestr(name, content)
    return out.getvalue()


def signed(files: dict[str, bytes], listed: dict[str, dict]) -> bytes:
    """An archive of `files` with a genuine signature over whatever `listed` says."""
    return zipped([*files.items(), *manifest.members(listed, signer=OURS)])


def bomb() -> bytes:
    """64 MiB of nothing in 64 KiB, under the name of a file that was signed with another size."""
    out = io.BytesIO()
    listed = {"data.json": {"sha256": "0" * 64, "size": 12}}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        with target.open("data.json", "w") as member:
            for _ in range(64):
                member.write(bytes(1 << 20))
        for name, content in manifest.members(listed, signer=OURS):
            target.writestr(name, content)
    return out.getvalue()


def lying_bomb() -> bytes:
    """The same; but the table of contents claims the size that was signed."""
    data = bytearray(bomb())
    entry = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 24, 12)
    return bytes(data)


def overlapping() -> bytes:
    """Two entries whose data is the same bytes: the second says it begins where the first does."""
    data = bytearray(zipped([("a.txt", b"a" * 100), ("b.txt", b"b" * 100)], zipfile.ZIP_STORED))
    second = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, second + 42, 0)
    return bytes(data)


def huge() -> bytes:
    """A bundle as one of many gigabytes is written: every size and place in 64 bits, and an end record for that."""
    with patch.object(zipfile, "ZIP64_LIMIT", 16), patch.object(zipfile, "ZIP_FILECOUNT_LIMIT", 2):
        return bundle()


def endless() -> bytes:
    """An end record that announces a table of contents of four gigabytes."""
    data = bytearray(bundle())
    struct.pack_into("<I", data, len(data) - 22 + 12, 0xFFFFFFF0)
    return bytes(data)


HOSTILE = {
    "not_a_zip": [b"", b"PK", b"nothing of the kind " * 100, bytes(22), b"PK\x05\x06" + bytes(18)[:-2] + b"\x05\0"],
    "cut_off": [bundle()[:-10], bundle()[:500]],
    "too_many_files": [endless()],
    "unsafe_name": [zipped([(name, b"x")]) for name in (
        "../../etc/cron.d/x", "/etc/passwd", "..\\x", "C:x", "a/../../b", "a//b", "./a", "new\nline", "folder/")],
    "overlapping": [overlapping()],
    "hidden_bytes": [b"#!/bin/sh\n" + bundle()],
    "method": [zipped([("a.txt", b"x")], method) for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)],
}  # fmt: skip
