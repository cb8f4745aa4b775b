"""The text part of a letter, made from its HTML: nothing is lost, links are written out."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset("p h1 h2 h3 li ul ol tr table div section footer address caption".split())
_SKIPPED = frozenset("style title header thead".split())
_BULLET = {"ul": "- ", "ol": "{}. "}


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.skipping = 0
        self.lists: list[list[str | int]] = []
        self.href = ""
        self.link_start = 0
        self.first_cell = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self.skipping += 1
        elif tag in ("ul", "ol"):
            self.lists.append([tag, 0])
        elif tag == "br":
            self.out.append("\n")
        elif tag in ("td", "th"):
            self.out.append("" if self.first_cell else ": ")
            self.first_cell = False
        elif tag == "a":
            self.href, self.link_start = dict(attrs).get("href") or "", len(self.out)
        if tag == "li" and self.lists:
            self.lists[-1][1] = int(self.lists[-1][1]) + 1
            self.out.append("\n" + _BULLET[str(self.lists[-1][0])].format(self.lists[-1][1]))
        elif tag in _BLOCKS:
            self.first_cell = True
            self.out.append("\n" if tag == "tr" else "\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self.skipping -= 1
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        elif tag == "a" and self.href:
            shown = "".join(self.out[self.link_start :]).strip()
            address = self.href.removeprefix("mailto:").removeprefix("tel:")
            if shown != address:
                self.out.append(f": {address}\n")
            self.href = ""
        if tag in _BLOCKS and tag not in ("li", "tr"):
            self.out.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.out.append(re.sub(r"\s+", " ", data))


def to_text(html: str) -> str:
    """The readable text of a letter: paragraphs apart by one empty line, lists with signs, a table row per line, cells
    parted by ": ", a link as "words: address". Header, style and column headings are left out."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    text = "".join(writer.out)
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", text)
    text = re.sub(r" +(?=: )|(?<=: ) +", "", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
