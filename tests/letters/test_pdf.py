"""The letter on paper: readable by people and machines, and closed to the outside."""

import io
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from letters import kinds
from letters.kinds import LANGUAGES
from letters.pdf import to_pdf
from letters.render import render
from letters.sheet import ForeignResource
from tests.letters.samples import DAY, LETTERHEAD, VALUES


def pdf(kind: str, language: str = "da", **change: object) -> PdfReader:
    values = replace(VALUES[kind], **change)
    html = render(kind, language=language, values=values, letterhead=LETTERHEAD, written=DAY).html
    return PdfReader(io.BytesIO(to_pdf(html, day=DAY)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_a4_tagged_archival_and_in_its_language(language: str) -> None:
    page = pdf("access_cover", language)
    root = page.trailer["/Root"]
    assert root["/Lang"] == language and root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert 'pdfaid:part="3"' in (xmp := root["/Metadata"].get_data().decode()) or "<pdfaid:part>3" in xmp
    assert [round(float(side)) for side in page.pages[0].mediabox[2:]] == [595, 842]


def test_nordic_letters_are_text_not_pictures() -> None:
    text = "".join(page.extract_text() for page in pdf("erasure_certificate", name="Åäö Æøé ẞß Ðþ").pages)
    for word in ("Åäö Æøé ẞß Ðþ", "Blåbær & Sønner A/S", "Bekræftelse på sletning", "Beställningar", "DSR-2026-0042"):
        assert word in text


def test_every_page_has_reference_and_number() -> None:
    pages = pdf("access_cover").pages
    for number, page in enumerate(pages, start=1):
        text = page.extract_text()
        assert "DSR-2026-0042" in text and f"{number} / {len(pages)}" in text


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "ישראל ישראלי محمد", "N" * 300, "Å" * 120 + " " + "ö" * 120]
)
def test_strange_names_stay_on_the_page(name: str) -> None:
    values = replace(VALUES["refusal"], name=name)
    html = render("refusal", language="da", values=values, letterhead=LETTERHEAD, written=DAY).html
    made = to_pdf(html, day=DAY)
    assert PdfReader(io.BytesIO(made)).pages[0].extract_text().count("DSR-2026-0042") >= 2
    picture = PdfDocument(made)[0].render().to_pil().convert("L")
    margin = picture.crop((picture.width - 40, 0, picture.width, picture.height))
    assert picture.getextrema()[0] < 100 and margin.getextrema() == (255, 255)


def test_no_column_of_a_table_starves_its_neighbour() -> None:
    """Long texts side by side share the room: each is read in a few lines, and none of it leaves the paper's frame."""
    basis = "Ett berättigat intresse av att utveckla vårt erbjudande (artikel 6.1 f i dataskyddsförordningen)."
    purpose = "Vi levererar det du har beställt, aviserar leveransen och hanterar garantin. " * 3
    many = (kinds.Purpose(purpose=purpose, basis=basis),) * 3
    html = render("access_cover", language="sv", values=replace(VALUES["access_cover"], purposes=many),
                  letterhead=LETTERHEAD, written=DAY).html  # fmt: skip
    words = PdfDocument(to_pdf(html, day=DAY))[0].get_textpage()
    right = max(words.get_charbox(at)[2] for at in range(words.count_chars()))
    assert right <= 595 - 67  # the margin is 24 mm
    lines = words.get_text_bounded().split(basis.split()[0])[1:]
    assert len(lines) == 3 and "artikel 6.1 f i" in words.get_text_bounded()


def test_fonts_are_ours() -> None:
    fonts = {
        str(f["/BaseFont"]) for f in (o.get_object() for o in pdf("news").pages[0]["/Resources"]["/Font"].values())
    }
    assert any("Open-Sans" in font or "OpenSans" in font for font in fonts)


class _Listener(BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(302)
        self.send_header("Location", "file:///etc/passwd")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def test_nothing_is_fetched_from_outside(tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("p{}")
    server = HTTPServer(("127.0.0.1", 0), _Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/x"
    try:
        for html in (
            f'<img src="{address}">',
            f'<link rel=stylesheet href="file://{secret}">',
            f"<style>@import '{address}'</style>",
        ):
            with pytest.raises(ForeignResource):
                to_pdf(html, day=DAY)
    finally:
        server.shutdown()
        server.server_close()
    assert _Listener.asked == []
