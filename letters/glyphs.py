"""Which letters the fonts of this machine can draw, and how wide ours are. PDF/A allows no letter without a shape."""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

ASSETS = Path(__file__).resolve().parent / "assets"
OURS = "Open Sans"
OTHERS = ("DejaVu Sans", "Noto Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "Droid Sans Fallback", "Noto Emoji")
"""Taken from the system where ours has no shape, in this order; every other "Noto Sans …" of one script comes last."""
GAP = "\u25a1"
"""Stands for a letter no font here has. JSON and CSV hold the letter itself."""
_JOINERS = "\u200c\u200d\u200e\u200f"


@cache
def fonts() -> typst.Fonts:
    """Read once a process: a tenth of a second."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(ASSETS)])


@cache
def families() -> tuple[str, ...]:
    there = set(fonts().families())
    scripts = sorted(name for name in there if name.startswith("Noto Sans ") and "Mono" not in name)
    return tuple(dict.fromkeys([OURS, *(name for name in (*OTHERS, *scripts) if name in there)]))


@cache
def folders() -> tuple[str, ...]:
    """Where the files of these families lie, ours first."""
    faces = (face.path for face in fonts().fonts() if face.family in families() and face.path)
    return tuple(dict.fromkeys([str(ASSETS), *sorted(str(Path(path).parent) for path in faces)]))


def drawable(text: str) -> str:
    """The text without what cannot be seen, and with GAP for what cannot be drawn."""
    return text if text.isascii() and text.isprintable() else text.translate(_SHOWN)


def ours_only(text: str) -> str:
    """The same where nothing but our own typeface is to be trusted."""
    own = _shapes(OURS)
    return "".join(char if ord(char) in own or char == "\n" else "?" for char in text)


class _Shown(dict[int, str]):
    """Code point to what is printed; each is worked out once."""

    def __missing__(self, code: int) -> str:
        self[code] = shown = _shown(chr(code))
        return shown


_SHOWN = _Shown()


def _shown(char: str) -> str:
    kind = unicodedata.category(char)
    if char == "\n" or char in _JOINERS:
        return char
    if kind in ("Zl", "Zp"):
        return "\n"
    if kind == "Cc":
        return " "
    if kind == "Cf" or 0xFE00 <= ord(char) <= 0xFE0F:  # marks that only steer how others are drawn
        return ""
    if kind not in ("Cs", "Co", "Cn") and any(ord(char) in _shapes(family) for family in families()):
        return char
    return GAP if any(ord(GAP) in _shapes(family) for family in families()) else "?"


@cache
def _shapes(family: str) -> frozenset[int]:
    found = [frozenset(font.getBestCmap() or ()) for font in _faces(family)]
    return frozenset.intersection(*found) if found else frozenset()


def _faces(family: str) -> Iterator[Any]:
    for face in fonts().fonts():
        if face.family == family and face.path and face.style == "normal" and face.weight in (400, 600, 700):
            yield TTFont(face.path, fontNumber=face.index, lazy=True)


@cache
def _advances(bold: bool) -> Mapping[int, float]:
    file = TTFont(ASSETS / ("OpenSans-Semibold.ttf" if bold else "OpenSans-Regular.ttf"), lazy=True)
    metrics, em = file["hmtx"].metrics, file["head"].unitsPerEm
    return {code: metrics[name][0] / em for code, name in file.getBestCmap().items()}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Points; what is not in our typeface is taken to be as wide as high."""
    known = _advances(bold)
    return size * sum(known.get(ord(char), 1.0) for char in text)
