"""The letters' own typeface for the tables."""

from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from letters.pdf import ASSETS

REGULAR, BOLD = "Extract", "Extract-Bold"


@cache
def register() -> None:
    """Once a process."""
    for name, file in ((REGULAR, "OpenSans-Regular.ttf"), (BOLD, "OpenSans-Semibold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(ASSETS / file)))
