"""A letter as a PDF one can file: A4, PDF/A-3a, tagged for screen readers, no resource from outside."""

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

ASSETS = Path(__file__).resolve().parent / "assets"
_OURS = "asset:///"


class ForeignResource(FatalURLFetchingError):  # type: ignore[misc]  # WeasyPrint ships no types
    """A letter asked for what is not ours. Fatal: nothing is fetched, and a letter with a hole is not sent."""


@dataclass(frozen=True, kw_only=True)
class Attached:
    """A file inside the PDF (PDF/A-3): its name, what it is, and its bytes."""

    name: str
    description: str
    content: bytes


class OwnAssets(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Allows data: URIs and files of our asset folder, by the name asset:///<file>; no file:, no http:, no redirects.
    (The stock fetcher reads /etc/passwd and loopback for whoever can put a URL into a letter.)"""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        path = (ASSETS / url.removeprefix(_OURS)).resolve()
        if url.startswith(_OURS) and path.parent == ASSETS and path.is_file():
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
        raise ForeignResource(f"not our own asset: {url[:60]}")


def to_pdf(html: str, *, attachments: Sequence[Attached] = ()) -> bytes:
    """The PDF of a rendered letter (its <html lang> becomes the document language). Raises ForeignResource."""
    fetcher, fonts = OwnAssets(), FontConfiguration()
    paper = CSS(
        string=(ASSETS / "paper.css").read_text("utf-8"), base_url=_OURS, url_fetcher=fetcher, font_config=fonts
    )
    files = [
        Attachment(string=a.content, name=a.name, description=a.description, relationship="Source") for a in attachments
    ]
    document = HTML(string=html, base_url=_OURS, url_fetcher=fetcher)
    pdf = document.write_pdf(
        stylesheets=[paper],
        font_config=fonts,
        attachments=files,
        pdf_variant="pdf/a-3a",
        pdf_tags=True,
        custom_metadata=False,
    )
    return bytes(pdf)
