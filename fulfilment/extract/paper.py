"""A4 pages drawn from the top down with fixed cells: fast at any number of rows, unlike a browser's layout."""

from collections.abc import Callable
from typing import IO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from fulfilment.extract.fonts import BOLD, REGULAR, register

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 20 * mm, WIDTH - 20 * mm, HEIGHT - 22 * mm, 22 * mm
INK, SOFT, RULE, PALE = HexColor("#1b1f24"), HexColor("#59616b"), HexColor("#d5dae0"), HexColor("#f4f6f8")


class Paper:
    """A document being drawn. `y` is where the next thing goes; `room` starts a new page when it does not fit."""

    def __init__(self, out: IO[bytes], *, title: str, accent: str, foot: str, page_words: str) -> None:
        register()
        self.canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
        self.canvas.setTitle(title)
        self.accent = HexColor(accent)
        self.y = TOP
        self._foot, self._page_words = foot, page_words
        self.on_new_page: Callable[[], None] | None = None

    def room(self, height: float) -> bool:
        """Make sure `height` points are free; True when that took a new page."""
        if self.y - height >= BOTTOM:
            return False
        self.new_page()
        return True

    def new_page(self) -> None:
        self._footer()
        self.canvas.showPage()
        self.y = TOP
        if self.on_new_page:
            self.on_new_page()

    def text(
        self, words: str, x: float, y: float, *, size: float = 9, bold: bool = False, color: HexColor = INK
    ) -> None:
        self.canvas.setFont(BOLD if bold else REGULAR, size)
        self.canvas.setFillColor(color)
        self.canvas.drawString(x, y, words)

    def paragraph(self, words: str, *, size: float = 9.5, bold: bool = False, color: HexColor = INK) -> None:
        for one in lines(words, RIGHT - LEFT, size=size, bold=bold):
            self.room(size * 1.45)
            self.y -= size * 1.45
            self.text(one, LEFT, self.y + size * 0.35, size=size, bold=bold, color=color)

    def box(self, x: float, y: float, width: float, height: float, color: HexColor) -> None:
        self.canvas.setFillColor(color)
        self.canvas.rect(x, y, width, height, stroke=0, fill=1)

    def rule(self, x1: float, y: float, x2: float, color: HexColor = RULE, width: float = 0.6) -> None:
        self.canvas.setStrokeColor(color)
        self.canvas.setLineWidth(width)
        self.canvas.line(x1, y, x2, y)

    def save(self) -> int:
        """Finish. The number of pages was not known before: the footers point at it and it is written now."""
        self._footer()
        pages = self.canvas.getPageNumber()
        self.canvas.showPage()
        self.canvas.beginForm("pages", 0, -3, 80, 12)
        self.text(str(pages), 0, 0, size=7.5, color=SOFT)
        self.canvas.endForm()
        self.canvas.save()
        return pages

    def _footer(self) -> None:
        y = 12 * mm
        self.rule(LEFT, y + 10, RIGHT)
        self.text(self._foot, LEFT, y, size=7.5, color=SOFT)
        number = self.canvas.getPageNumber()
        words = self._page_words.format(page=number, pages="")
        start = RIGHT - width(words, 7.5) - 16
        self.text(words, start, y, size=7.5, color=SOFT)
        self.canvas.saveState()
        self.canvas.translate(start + width(words, 7.5), y)
        self.canvas.doForm("pages")
        self.canvas.restoreState()


def width(words: str, size: float, *, bold: bool = False) -> float:
    register()
    return float(stringWidth(words, BOLD if bold else REGULAR, size))


def lines(words: str, room: float, *, size: float = 9, bold: bool = False, most: int | None = None) -> list[str]:
    """Words broken to fit `room` points; a longer word is broken too. With `most`, the rest is an ellipsis."""
    broken = [part for line in words.split("\n") for part in _fitted(line, room, size, bold)] or [""]
    if most and len(broken) > most:
        broken = [*broken[: most - 1], broken[most - 1][: max(1, len(broken[most - 1]) - 2)] + "…"]
    return broken


def _fitted(line: str, room: float, size: float, bold: bool) -> list[str]:
    clean = "".join(char if char.isprintable() else " " for char in line)
    if width(clean, size, bold=bold) <= room:
        return [clean]
    fitted: list[str] = []
    for part in simpleSplit(clean, BOLD if bold else REGULAR, size, room):
        while width(part, size, bold=bold) > room:
            cut = max(1, int(len(part) * room / width(part, size, bold=bold)))
            fitted.append(part[:cut])
            part = part[cut:]
        fitted.append(part)
    return fitted
