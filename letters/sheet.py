"""The HTML of a letter as a tree of blocks and lines, for letter.typ. Elements it does not know are looked through."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any, TypeAlias

_INLINE = frozenset("strong b em i small a span bdi code br u sub sup abbr time wbr".split())
_TEXT = frozenset("p h1 h2 h3 h4 h5 h6".split())
_VOID = frozenset("br img hr meta link input wbr".split())
_UNREAD = frozenset("style script title head".split())
_CLOSES = {"li": ("ul", "ol"), "tr": ("table",), "td": ("tr",), "th": ("tr",)}
_LINK = re.compile(r"(https?|mailto|tel):")
_ACCENT = re.compile(r"--accent:\s*(#[0-9a-fA-F]{6})")
_WORD = re.compile(r"\S{25,}")
_BREAK = {"tag": "wbr"}
_FRAME = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 48"><image width="240" height="48" href="{}"/></svg>'
)
WHOLE = 1500
"""Letters up to which a box is kept on one page."""
Tree: TypeAlias = dict[str, Any]
Attributes: TypeAlias = list[tuple[str, str | None]]


class ForeignResource(Exception):
    """A letter asked for what is not in it. Nothing is fetched, and a letter with a hole is not sent."""


@dataclass(frozen=True)
class Sheet:
    """A letter: its language, title, sender, colour, the words at the foot of each page, and its blocks."""

    language: str
    title: str
    author: str
    accent: str
    running: str
    blocks: list[Tree]


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list["_Element | str"] = field(default_factory=list)

    def find(self, tag: str) -> Iterator["_Element"]:
        for one in self.inside:
            if isinstance(one, _Element):
                if one.tag == tag:
                    yield one
                yield from one.find(tag)

    def text(self) -> str:
        parts = [one if isinstance(one, str) else one.text() for one in self.inside]
        return re.sub(r"\s+", " ", "".join(parts)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [_Element("")]

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag not in _INLINE | _UNREAD:
            self._end("p", before=())
        if tag in _CLOSES:
            self._end(*(("td", "th") if tag in ("td", "th") else (tag,)), before=_CLOSES[tag])
        one = _Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(one)
        if tag not in _VOID:
            self.open.append(one)

    def handle_endtag(self, tag: str) -> None:
        self._end(tag, before=())

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)

    def _end(self, *tags: str, before: tuple[str, ...]) -> None:
        """Close the innermost of `tags`, unless one of `before` holds it in."""
        for at in range(len(self.open) - 1, 0, -1):
            if self.open[at].tag in tags:
                del self.open[at:]
                return
            if self.open[at].tag in before:
                return


def read(html: str) -> Sheet:
    """Raises ForeignResource for a style or picture from outside."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    root = reader.open[0]
    styles = " ".join(style.text() for style in root.find("style"))
    if any(root.find("link")) or re.search(r"@import|url\(", styles):
        raise ForeignResource("a letter brings its own words only")
    accent = _ACCENT.search(styles)
    return Sheet(
        language=next((one.attributes.get("lang", "") for one in root.find("html")), "") or "en",
        title=next((one.text() for one in root.find("title")), ""),
        author=_of_class(root, "sender"),
        accent=accent[1] if accent else "#1f4e5f",
        running=_of_class(root, "running"),
        blocks=_stepwise(list(_blocks(root)), [0]),
    )


def _of_class(root: _Element, name: str) -> str:
    return next((one.text() for one in root.find("p") if one.attributes.get("class") == name), "")


def _blocks(parent: _Element) -> Iterator[Tree]:
    """The blocks in an element; lines that stand bare between them become paragraphs."""
    line: list[_Element | str] = []
    for one in parent.inside:
        if isinstance(one, str) or one.tag in _INLINE | _UNREAD:
            line.append(one)
            continue
        yield from _paragraph(line)
        line = []
        yield from _block(one)
    yield from _paragraph(line)


def _paragraph(line: list[_Element | str]) -> Iterator[Tree]:
    if parts := inline(line):
        yield {"tag": "p", "class": "", "c": parts}


def _block(one: _Element) -> Iterator[Tree]:
    about = {"tag": one.tag, "class": one.attributes.get("class", "")}
    if one.tag == "img":
        yield about | _picture(one)
    elif one.tag in _TEXT:
        yield about | {"c": inline(one.inside)}
    elif one.tag in ("ul", "ol"):
        yield about | {"items": [list(_blocks(item)) for item in one.inside
                                 if isinstance(item, _Element) and item.tag == "li"]}
    elif one.tag == "table":
        heads = [row for head in one.find("thead") for row in head.find("tr")]
        rows = [row for row in one.find("tr") if all(row is not head for head in heads)]
        yield about | {"head": [_cells(row) for row in heads], "rows": [_cells(row) for row in rows]}
    elif one.tag in ("html", "body", "main", "tbody", "hr"):
        yield from _blocks(one)
    else:
        yield about | {"blocks": list(_blocks(one)), "whole": len(one.text()) < WHOLE}


def _cells(row: _Element) -> list[Tree]:
    cells = [one for one in row.inside if isinstance(one, _Element) and one.tag in ("td", "th")]
    return [{"at": place, "c": inline(cell.inside)} for place, cell in enumerate(cells)]


def _picture(one: _Element) -> Tree:
    """An SVG as it is; another picture inside an SVG: the typesetter gets text only."""
    kind, _, body = one.attributes.get("src", "").partition(";base64,")
    if not kind.startswith("data:image/"):
        raise ForeignResource("a picture from outside")
    if kind == "data:image/svg+xml":
        svg = base64.b64decode(body).decode()
    else:
        svg = _FRAME.format(escape(f"{kind};base64,{body}"))
    return {"svg": svg, "alt": one.attributes.get("alt") or " "}


def inline(line: list[_Element | str]) -> list[Any]:
    """Text and marked text, spaces as a browser would leave them: none at either end, never two."""
    parts = list(_parts(line, [True]))
    _strip_end(parts)
    return parts


def _parts(line: list[_Element | str], after_space: list[bool]) -> Iterator[Any]:
    for one in line:
        if isinstance(one, str):
            text = re.sub(r"[ \t\r\n\f]+", " ", one)
            text = text.lstrip(" ") if after_space[0] else text
            if text:
                after_space[0] = text.endswith(" ")
                yield from broken(text)
        elif one.tag == "br":
            after_space[0] = True
            yield {"tag": "br"}
        elif one.tag not in _UNREAD:
            href = one.attributes.get("href", "")
            yield {"tag": one.tag, "href": href if _LINK.match(href) else "",
                   "c": list(_parts(one.inside, after_space))}


def _strip_end(parts: list[Any]) -> None:
    while parts:
        last = parts[-1]
        if isinstance(last, str):
            parts[-1] = last.rstrip(" ")
            if parts[-1]:
                return
        elif last.get("c"):
            _strip_end(last["c"])
            if last["c"]:
                return
        elif last["tag"] == "wbr":
            return
        parts.pop()


def broken(text: str, *, every: int = 6) -> Iterator[Any]:
    """The text with places to break words that are longer than any line may be."""
    done = 0
    for word in _WORD.finditer(text):
        for cut in range(word.start() + every, word.end() - 2, every):
            yield text[done:cut]
            yield _BREAK
            done = cut
    yield text[done:]


def _stepwise(blocks: list[Tree], level: list[int]) -> list[Tree]:
    """Headings go down one level at a time, as PDF/UA asks: an h3 below an h1 becomes an h2."""
    for one in blocks:
        if re.fullmatch("h[1-6]", one["tag"]):
            level[0] = min(int(one["tag"][1]), level[0] + 1)
            one["tag"] = f"h{level[0]}"
        _stepwise(one.get("blocks", []), level)
        for item in one.get("items", []):
            _stepwise(item, level)
    return blocks
