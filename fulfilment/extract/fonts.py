"""The letters' own typeface for the tables: reportlab reads TrueType, our files are WOFF2."""

import io
from functools import cache

from fontTools.ttLib import TTFont as FontFile
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from letters.pdf import ASSETS

REGULAR, BOLD = "Extract", "Extract-Bold"


@cache
def register() -> None:
    """Once a process; about half a second."""
    for name, file in ((REGULAR, "OpenSans-Regular.woff2"), (BOLD, "OpenSans-Semibold.woff2")):
        font = FontFile(ASSETS / file)
        font.flavor = None
        plain = io.BytesIO()
        font.save(plain)
        plain.seek(0)
        pdfmetrics.registerFont(TTFont(name, plain))
