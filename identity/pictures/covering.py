"""Black boxes burnt into a picture that our own door has drawn: what lay beneath is gone, not hidden.

The way for whoever cannot cover the picture on their own device: no script, a PDF, or a format the browser cannot open
(EDPB 01/2022, paras 76-77).
"""

import io
from collections.abc import Iterable
from typing import NamedTuple

from PIL import Image, ImageDraw

BLOCK = 16
"""JPEG keeps pixels in blocks of up to 16: the trace of what lay beneath reaches as far as its block."""
QUALITY = 90
COLUMNS = {"large": 10, "small": 20}


class Box(NamedTuple):
    """A part of a picture, each number a part of its width or height (0 to 1)."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def parse(cls, text: str) -> "Box":
        """ "x,y,width,height". Raises ValueError for anything else, and for a box that lies outside."""
        x, y, width, height = (float(part) for part in text.split(","))
        if not (0 <= x < 1 and 0 <= y < 1 and 0 < width <= 1 and 0 < height <= 1):  # also false for nan
            raise ValueError("no part of the picture")
        return cls(x, y, width, height)

    def __str__(self) -> str:
        return ",".join(f"{part:.5f}" for part in self)


def cover(page: bytes, boxes: Iterable[Box]) -> bytes:
    """The JPEG page with every box black, as a new JPEG without metadata."""
    with Image.open(io.BytesIO(page), formats=["JPEG"]) as opened:
        picture = opened.convert("RGB")
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        pen.rectangle(_pixels(box, *picture.size), fill="black")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, subsampling=0)  # no colour bleeds over an edge
    return out.getvalue()


def size(page: bytes) -> tuple[int, int]:
    """Width and height in pixels, read from the header."""
    with Image.open(io.BytesIO(page), formats=["JPEG"]) as opened:
        return opened.size


def squares(width: int, height: int, *, columns: int) -> list[list[Box]]:
    """The picture cut into rows of nearly square boxes."""
    rows = max(3, min(3 * columns, round(columns * height / width)))
    return [[Box(x / columns, y / rows, 1 / columns, 1 / rows) for x in range(columns)] for y in range(rows)]


def _pixels(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """The box grown to whole blocks; the last pixel belongs to it."""
    left, top = int(box.x * width) // BLOCK * BLOCK, int(box.y * height) // BLOCK * BLOCK
    right = -(-int((box.x + box.width) * width + 0.999) // BLOCK) * BLOCK
    bottom = -(-int((box.y + box.height) * height + 0.999) // BLOCK) * BLOCK
    return left, top, min(right, width) - 1, min(bottom, height) - 1
