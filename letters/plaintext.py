"""The text part of a letter, made from its HTML: nothing is lost, links are written out."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset("p h1 h2 h3 li ul ol tr table div section footer address blockquote".split())
_TIGHT = frozenset(("li", "tr"))
_SKIPPED = frozenset("style title header".split())

Attributes = list[tuple[str, str | None]]


class _Writer(HTMLParser):
    """Writes as it reads. `cell` is what parts the next cell from the one before: nothing at the start of a row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.skipping = 0
        self.cell = ""
        self.links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        self.skipping += tag in _SKIPPED
        if tag in _BLOCKS:
            self._put("\n" if tag in _TIGHT else "\n\n")
        if tag == "br":
            self._put("\n")
        elif tag == "li":
            self._put("- ")
        elif tag == "tr":
            self.cell = ""
        elif tag in ("td", "th"):
            self._put(self.cell)
            self.cell = ": " if ("scope", "row") in attrs else " | "
        elif tag == "a":
            self.links.append((dict(attrs).get("href") or "", len(self.out)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            href, start = self.links.pop()
            address = href.removeprefix("mailto:")
            if "".join(self.out[start:]).strip() != address:
                self._put(f": {address}")
        if tag in _BLOCKS and tag not in _TIGHT:
            self._put("\n\n")
        self.skipping -= tag in _SKIPPED

    def handle_data(self, data: str) -> None:
        self._put(re.sub(r"\s+", " ", data))

    def _put(self, text: str) -> None:
        if not self.skipping:
            self.out.append(text)


def to_text(html: str) -> str:
    """The readable text of a letter: paragraphs apart by one empty line, a list item or a table row per line, cells
    parted by " | ", a link as "words: address". The sheet's head and the style are left out."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(writer.out))
    text = re.sub(r" +: ", ": ", re.sub(r" {2,}", " ", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
