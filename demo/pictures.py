"""A picture that stands for a scanned identity document: a real PNG of one grey, no document of anybody."""

import struct
import zlib


def specimen(shade: int) -> bytes:
    """48 x 30 pixels of one shade (0-255)."""
    width, height = 48, 30
    pixels = zlib.compress((b"\0" + bytes((shade,)) * width) * height, 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    note = b"Comment\0SPECIMEN"
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data) for kind, data in ((b"IHDR", header), (b"tEXt", note), (b"IDAT", pixels), (b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
