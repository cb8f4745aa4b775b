"""Documents drawn by code, and photographed by code: marked SPECIMEN, of Utopia's and other people who do not exist."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONTS = {
    "OCR-B": "/usr/share/fonts/opentype/ocr-b/OCRB.otf",
    "DejaVu Sans Mono": "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "Liberation Mono": "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "Noto Sans Mono": "/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf",
    "Nimbus Mono": "/usr/share/fonts/opentype/urw-base35/NimbusMonoPS-Bold.otf",
}
PITCH = 2.54  # mm from character to character (ICAO 9303-3, section 4.4)
LEADING = 6.35
SIZES = {"passport": (125.0, 88.0), "identity_card": (85.6, 54.0), "identity_card_2": (105.0, 74.0),
         "driving_licence": (85.6, 54.0)}  # fmt: skip
DOTS = 20.0  # dots a mm of the drawn document, before it is photographed


@dataclass(frozen=True)
class Shot:
    """How a picture is taken. `dots`: pixels a mm of the document in the picture; 10 are a card 856 pixels wide."""

    angle: float = 0.0
    turns: int = 0
    tilt: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    dots: float = 12.0
    quality: int = 60
    shade: float = 0.0


def fonts() -> list[str]:
    return [name for name, path in FONTS.items() if Path(path).exists()]


def draw(kind: str, lines: Sequence[str], *, font: str, covered: Sequence[tuple[int, int, int]] = ()) -> Image.Image:
    """The document lying flat. `covered`: (line, first, last) characters under a black bar."""
    width, height = (round(side * DOTS) for side in SIZES[kind])
    page = Image.fromarray(_guilloche(height, width))
    pen = ImageDraw.Draw(page)
    _printed(pen, kind, width, height)
    left = round((width - len(lines[0]) * PITCH * DOTS) / 2)
    top = height - round((len(lines) * LEADING + 3.5) * DOTS)
    for row, line in enumerate(lines):
        _print_line(pen, line, font=font, left=left, top=top + round(row * LEADING * DOTS))
    for row, first, last in covered:
        y = top + round(row * LEADING * DOTS)
        box = (left + first * PITCH * DOTS, y - 0.9 * DOTS, left + (last + 1) * PITCH * DOTS, y + 4.6 * DOTS)
        pen.rectangle(tuple(round(side) for side in box), fill="black")
    return page


def photograph(page: Image.Image, shot: Shot, *, seed: int = 0) -> bytes:
    """The document on a table, by a hand that is not quite steady: a JPEG."""
    dice = np.random.default_rng(seed)
    picture = _on_table(np.asarray(page.convert("RGB")), shot, dice)
    if shot.blur:
        picture = cv2.GaussianBlur(picture, (0, 0), shot.blur)
    if shot.shade:
        slope = np.linspace(1 - shot.shade, 1, picture.shape[1], dtype=np.float32)[None, :, None]
        picture = (picture * slope).astype(np.uint8)
    if shot.noise:
        rough = picture.astype(np.float32) + dice.normal(0, shot.noise, picture.shape)
        picture = np.clip(rough, 0, 255).astype(np.uint8)
    picture = np.rot90(picture, shot.turns)
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=shot.quality)
    return out.getvalue()


def _guilloche(height: int, width: int) -> np.ndarray:
    """A background of fine waves, as real documents have under the lines."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    wave = np.sin(x / 17 + 3 * np.sin(y / 90)) + np.sin(y / 13 + 2 * np.sin(x / 70))
    return np.stack([218 + 9 * wave, 226 + 7 * wave, 222 - 8 * wave], axis=-1).astype(np.uint8)


def _printed(pen: ImageDraw.ImageDraw, kind: str, width: int, height: int) -> None:
    small, large = _font("DejaVu Sans Mono", 44), _font("DejaVu Sans Mono", 110)
    pen.rectangle((60, 160, round(width * 0.28), round(height * 0.45)), fill=(150, 160, 170))
    pen.text((60, 40), f"UTOPIA   {kind.replace('_', ' ').upper()}", font=small, fill=(40, 60, 110))
    for row, label in enumerate(("Surname / Nom", "Given names / Prenoms", "Date of birth", "Authority")):
        pen.text((round(width * 0.33), 170 + row * 130), label, font=small, fill=(90, 90, 110))
    pen.text((round(width * 0.33), round(height * 0.45)), "SPECIMEN", font=large, fill=(190, 90, 90))


def _print_line(pen: ImageDraw.ImageDraw, line: str, *, font: str, left: int, top: int) -> None:
    face = _of_pitch(font)
    for at, character in enumerate(line):
        middle = left + (at + 0.5) * PITCH * DOTS
        pen.text((middle, top + 3.2 * DOTS), character, font=face, fill=(25, 25, 30), anchor="ms")


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS[name], size)


@cache
def _of_pitch(name: str) -> ImageFont.FreeTypeFont:
    """The size at which the characters of this font stand 2.54 mm apart."""
    trial = _font(name, 100).getlength("0")
    return _font(name, round(100 * PITCH * DOTS / trial))


def _on_table(page: np.ndarray, shot: Shot, dice: np.random.Generator) -> np.ndarray:
    height, width = page.shape[:2]
    scale = shot.dots / DOTS
    w, h = width * scale, height * scale
    room = 0.08 * max(w, h)
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    if shot.tilt:  # the far edge is shorter, and slides a little: a phone held at a slant
        lean = shot.tilt * w
        corners += np.array([[lean, lean / 2], [-lean, lean / 3], [lean / 4, 0], [0, lean / 4]], np.float32)
    turn = np.deg2rad(shot.angle)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], np.float32)
    corners = (corners - [w / 2, h / 2]) @ spin.T
    corners -= corners.min(axis=0) - room
    size = tuple(int(side) for side in corners.max(axis=0) + room)
    matrix = cv2.getPerspectiveTransform(
        np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32), corners.astype(np.float32)
    )
    table = dice.integers(70, 110, (size[1] // 8 + 1, size[0] // 8 + 1, 1)).astype(np.uint8)
    table = cv2.resize(np.repeat(table, 3, axis=2), size, interpolation=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(page, (0, 0), max(0.3, 0.4 / scale)) if scale < 1 else page
    laid = cv2.warpPerspective(soft, matrix, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full(page.shape[:2], 255, np.uint8), matrix, size)
    return np.where(mask[..., None] > 127, laid, table)
