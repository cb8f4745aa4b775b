"""HEIC files written by hand around one HEVC tile (512 × 512: red above left, blue below right, else white).

Large ones are grids of tiles that all lie at the same place in the file, so that no picture of any size is kept here.
"""

import base64
import struct

TILE = 512
HVCC = base64.b64decode(
    "AQNwAAAAAAAAAAAAWvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAWroCQCEAAQAsQgEBA3AAAAMAkAAAAwAAAwBaoAQCAIBZbqSSmubg"
    "QEDAgAAAAwCAAAADAIQiAAEAB0QBwXKwYkA=")
FRAME = base64.b64decode(
    "AAAAiigBrwSRBpSySICB4PzM5vZ/+qTnze5bwZ1HYoGbw5B8g0eYrvakOFZp+n5K4O4IwAHBp0i+BcDR2zTAABeQkw0z8E7gsAAQUIcAAA30UgAacCr+"
    "z27ceDOHXfX7dMK4CBAAAKduF/29vBnrzdGlAAAGFAAAAwBtTaAEDAAABFb4AFRAAAAOMVgBhQ==")


def box(kind: bytes, *parts: bytes, full: tuple[int, int] | None = None) -> bytes:
    head = b"" if full is None else struct.pack(">I", full[0] << 24 | full[1])
    body = head + b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def heic(*, rows: int = 0, columns: int = 0, turned: int = 0, says: tuple[int, int] | None = None,
         brand: bytes = b"heic", tiles: int = 0) -> bytes:
    """One tile, or a grid. `turned`: quarter turns (irot). `says`: a size that is not true. `tiles`: more pictures."""
    grid = bool(rows and columns)
    width, height = (columns * TILE, rows * TILE) if grid else (TILE, TILE)
    described = struct.pack(">BBBB", 0, 1, rows - 1, columns - 1) + struct.pack(">II", width, height) if grid else b""
    pictures = list(range(2, 2 + max(rows * columns, 1 + tiles)))
    main = 1 if grid else 2
    infos = [box(b"infe", struct.pack(">HH", item, 0), b"hvc1\0", full=(2, 0)) for item in pictures]
    if grid:
        infos.insert(0, box(b"infe", struct.pack(">HH", 1, 0), b"grid\0", full=(2, 0)))
    sized = says or (width, height)
    properties = box(b"ipco", box(b"hvcC", HVCC), _size(TILE, TILE), _size(*sized), box(b"irot", bytes([turned])),
                     box(b"pixi", b"\x03\x08\x08\x08", full=(0, 0)))
    tile = [0x81, 3 if says and not grid else 2, 5, *([0x84] if turned and not grid else [])]
    links = [struct.pack(">HB", item, len(tile)) + bytes(tile) for item in pictures]
    if grid:
        whole = [3, 5, *([0x84] if turned else [])]
        links.insert(0, struct.pack(">HB", 1, len(whole)) + bytes(whole))
    named = struct.pack(f">HH{len(pictures)}H", 1, len(pictures), *pictures)
    head = box(b"ftyp", brand, bytes(4), b"mif1", b"heic")

    def meta(at: int) -> bytes:
        places = [struct.pack(">HHHHII", item, 0, 0, 1, at, len(FRAME)) for item in pictures]
        if grid:
            places.insert(0, struct.pack(">HHHHII", 1, 0, 0, 1, at + len(FRAME), len(described)))
        located = box(b"iloc", b"\x44\x00", struct.pack(">H", len(places)), *places, full=(1, 0))
        parts = [box(b"hdlr", bytes(4), b"pict", bytes(13), full=(0, 0)),
                 box(b"pitm", struct.pack(">H", main), full=(0, 0)), located,
                 box(b"iinf", struct.pack(">H", len(infos)), *infos, full=(0, 0)),
                 box(b"iprp", properties, box(b"ipma", struct.pack(">I", len(links)), *links, full=(0, 0)))]
        if grid:
            parts.append(box(b"iref", box(b"dimg", named), full=(0, 0)))
        return box(b"meta", *parts, full=(0, 0))

    at = len(head) + len(meta(0)) + 8
    return head + meta(at) + box(b"mdat", FRAME, described)


def _size(width: int, height: int) -> bytes:
    return box(b"ispe", struct.pack(">II", width, height), full=(0, 0))
