"""A letter as a PDF one can file: A4, PDF/A-3a and PDF/UA-1, tagged for screen readers, no resource from outside."""

from datetime import date

from letters import sheet
from letters.glyphs import ASSETS
from letters.typeset import LETTER, typeset

ALONE = ASSETS / "alone.typ"
PAGE = "{page} / {pages}"


def to_pdf(html: str, *, day: date) -> bytes:
    """The PDF of a rendered letter (its <html lang> becomes the document language), dated `day`.

    Raises sheet.ForeignResource and typeset.NotTypeset.
    """
    front = sheet.read(html)
    doc = {"title": front.title, "author": front.author, "language": front.language, "accent": front.accent,
           "running": front.running, "page": PAGE}  # fmt: skip
    return typeset(LETTER, ALONE, doc=doc, data=front.blocks, day=day)
