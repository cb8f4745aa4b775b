"""A ZIP from anywhere, looked at before anything in it is believed: only the plain shape our own archives have.

The hazards of the format are in its freedoms (names that leave the folder, members that overlap or occur twice, bytes
no member owns, a table of contents larger than memory): all are refused here, and nothing is ever put on a disk.
"""

import re
import struct
import zipfile
import zlib
from typing import IO

import pyzipper

MOST_CONTENTS = 8 << 20
"""Bytes the table of contents may have: some 80,000 files."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UNREADABLE = (zipfile.BadZipFile, pyzipper.BadZipFile, zlib.error, struct.error, NotImplementedError, UnicodeError,
              OverflowError, ValueError, KeyError, EOFError, RuntimeError, OSError)  # fmt: skip
"""What the readers of a ZIP raise when it is not what it says."""
_NAME = re.compile(r"[^\x00-\x1f\x7f\\:]+")
_END, _END_64, _FOUND_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_LOCAL = struct.Struct("<4s22xHH")
_ENCRYPTED, _SIZES_AFTER = 1, 8


class Refused(Exception):
    """`code`: not_a_zip, cut_off, too_many_files, unsafe_name, duplicate_name, overlapping, hidden_bytes, method."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code)
        self.code, self.name = code, name


def archive(file: IO[bytes]) -> pyzipper.AESZipFile:
    """The archive, read as no more than its table of contents. `Refused`."""
    _bound(file)
    try:
        opened = pyzipper.AESZipFile(file)
    except UNREADABLE:
        raise Refused("not_a_zip") from None
    try:
        _names([one.orig_filename for one in opened.infolist()])
        _tiles(file, opened)
    except UNREADABLE:
        raise Refused("not_a_zip") from None
    return opened


def is_encrypted(opened: pyzipper.AESZipFile) -> bool:
    return any(one.flag_bits & _ENCRYPTED for one in opened.infolist())


def _bound(file: IO[bytes]) -> None:
    """The end record stands at the very end, and what it announces fits into memory."""
    size = file.seek(0, 2)
    tail = _at(file, max(0, size - 98), 98)
    end = tail[-22:]
    if len(end) < 22 or not end.startswith(_END) or end[20:] != b"\0\0":
        begins = _at(file, 0, 4)
        raise Refused("cut_off" if begins == b"PK\x03\x04" else "not_a_zip")
    contents = struct.unpack_from("<I", end, 12)[0]
    if tail[-42:-38] == _FOUND_64:
        if tail[:4] != _END_64:
            raise Refused("not_a_zip")
        contents = struct.unpack_from("<Q", tail, 40)[0]
    if contents > MOST_CONTENTS:
        raise Refused("too_many_files")


def _names(names: list[str]) -> None:
    for name in names:
        parts = name.split("/")
        if not _NAME.fullmatch(name) or any(part in ("", ".", "..") for part in parts):
            raise Refused("unsafe_name", name)
    known: set[str] = set()
    for name in names:
        if name in known:
            raise Refused("duplicate_name", name)
        known.add(name)


def _tiles(file: IO[bytes], opened: pyzipper.AESZipFile) -> None:
    """Member after member from the first byte to the table of contents: nothing lies under, between or in front."""
    at = 0
    for member in sorted(opened.infolist(), key=lambda one: one.header_offset):
        if member.compress_type not in METHODS:
            raise Refused("method", member.filename)
        if member.header_offset != at:
            raise Refused("overlapping" if member.header_offset < at else "hidden_bytes", member.filename)
        head, name, extra = _LOCAL.unpack(_at(file, at, _LOCAL.size))
        if head != b"PK\x03\x04":
            raise Refused("not_a_zip", member.filename)
        at += _LOCAL.size + name + extra + member.compress_size
        if member.flag_bits & _SIZES_AFTER:
            at += _described(file, at)
    if at != opened.start_dir:
        raise Refused("overlapping" if at > opened.start_dir else "hidden_bytes")


def _described(file: IO[bytes], at: int) -> int:
    """Bytes of the record that follows a member written in one go: with or without signature, in 32 or 64 bits."""
    found = _at(file, at, 28)
    signed = 4 if found.startswith(b"PK\x07\x08") else 0
    for size in (signed + 20, signed + 12):
        if found[size : size + 4] in (b"PK\x03\x04", b"PK\x01\x02"):
            return size
    raise Refused("hidden_bytes")


def _at(file: IO[bytes], place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(size)
