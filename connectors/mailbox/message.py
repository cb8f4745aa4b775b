"""A message as a row: headers decoded, body as text, attachments named. Nothing in it is trusted to be well-formed."""

import email
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

from connectors.mailbox.session import ADDRESS
from policies.mailbox_way import HEADERS, MailboxWay

COLUMNS = (
    "folder", "uidvalidity", "uid", "message_id", "date", *HEADERS, "subject", "body", "body_left_out", "attachments",
    "addresses", "size",
)  # fmt: skip
KEY = ("folder", "uidvalidity", "uid")
HEADER = re.compile(rb"^[!-9;-~]+[ \t]*:", re.MULTILINE)
DEEPEST = 20
"""Parts within parts that are looked into; mail programs write three."""
MOST_PARTS = 500


def parsed(data: bytes) -> Message:
    """The message; a line before its headers that is none (an mbox "From ") does not hide them."""
    first = HEADER.search(data, 0, 4096)
    return email.message_from_bytes(data[first.start() :] if first else data)


def addresses(message: Message, *names: str) -> list[str]:
    """Every address in these headers, in lower case, each once, whatever stands around it."""
    text = " ".join(one for name in names for one in _raw(message, name))
    return list(dict.fromkeys(found.strip(".'").lower() for found in ADDRESS.findall(text)))


def fields(message: Message, way: MailboxWay, *, size: int, arrived: datetime | None) -> dict[str, Any]:
    """All columns but the key. `size`: in bytes, as the server tells it."""
    text = _body(message)
    return {
        "message_id": said(message, "message-id"), "date": _date(message, arrived),
        **{name: said(message, name.replace("_", "-")) for name in HEADERS}, "subject": said(message, "subject"),
        "body": text[: way.body], "body_left_out": max(len(text) - way.body, 0),
        "attachments": list(_attachments(message, whole=way.attachments == "included")), "size": size,
    }  # fmt: skip


def said(message: Message, name: str) -> str:
    """A header in words (RFC 2047), on one line; what is broken in it is shown as well as it can be."""
    return ", ".join(" ".join(_decoded(one).split()) for one in _raw(message, name))


def _raw(message: Message, name: str) -> list[str]:
    return [str(one) for one in message.get_all(name) or []]  # stray 8-bit bytes become an "unknown-8bit" header


def _decoded(raw: str) -> str:
    try:
        parts = decode_header(raw)
    except Exception:  # broken base64 within: the header as it stands says more than nothing
        return raw
    return "".join(part if isinstance(part, str) else _text(part, charset or "ascii") for part, charset in parts)


def _text(data: bytes, charset: str) -> str:
    """The bytes as text, in the charset named where there is such a thing, else in the likeliest."""
    for one in (charset, "utf-8"):
        with suppress(LookupError, UnicodeDecodeError, ValueError):
            return data.decode(one)
    return data.decode("cp1252", "replace")


def _date(message: Message, arrived: datetime | None) -> str | None:
    """When it says it was written; else when the server got it."""
    with suppress(TypeError, ValueError, IndexError, OverflowError):
        return parsedate_to_datetime(said(message, "date")).isoformat()
    return arrived.isoformat() if arrived else None


def _leaves(message: Message, *, depth: int = 0) -> Iterator[Message]:
    """The parts that hold something; a message inside is one part, not its parts."""
    inner = message.get_payload()
    if message.get_content_maintype() != "multipart" or not isinstance(inner, list) or depth >= DEEPEST:
        yield message
        return
    for part in inner[:MOST_PARTS]:
        if isinstance(part, Message):
            yield from _leaves(part, depth=depth + 1)


def _is_attached(part: Message) -> bool:
    return part.get_content_maintype() != "text" or part.get_content_disposition() == "attachment" or bool(_name(part))


def _body(message: Message) -> str:
    """The text parts, else the text of the HTML parts."""
    shown = [part for part in _leaves(message) if not _is_attached(part)]
    plain = [part for part in shown if part.get_content_subtype() != "html"]
    return "\n".join(_content(part) if plain else stripped(_content(part)) for part in plain or shown).strip()


def _content(part: Message) -> str:
    return _text(_bytes(part), str(part.get_param("charset") or "ascii")).replace("\r\n", "\n")


def _bytes(part: Message) -> bytes:
    """The content of a part, decoded as far as it can be; of a message inside, the message."""
    with suppress(Exception):  # an encoding that is none
        data = part.get_payload(decode=True)
        if isinstance(data, bytes):
            return data
    with suppress(Exception):
        inner = part.get_payload()
        inside = [one.as_bytes() for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []
        return b"\n".join(inside) or str(inner).encode()
    return b""


def _attachments(message: Message, *, whole: bool) -> Iterator[dict[str, Any]]:
    for part in _leaves(message):
        if _is_attached(part):
            data = _bytes(part)
            named = {"name": _name(part), "type": part.get_content_type(), "size": len(data)}
            yield named | ({"content": data} if whole else {})


def _name(part: Message) -> str:
    with suppress(Exception):  # RFC 2231 written by nobody's book
        return " ".join(_decoded(part.get_filename() or "").split())
    return "?"


class _Words(HTMLParser):
    """The words of a page: no scripts, no styles, a line for each block."""

    HIDDEN = frozenset(("script", "style", "head", "title"))
    BLOCKS = frozenset(("p", "br", "div", "tr", "li", "h1", "h2", "h3", "table", "blockquote"))

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._hidden += tag in self.HIDDEN
        if tag in self.BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(self._hidden - (tag in self.HIDDEN), 0)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def stripped(html: str) -> str:
    """HTML as plain text."""
    reader = _Words()
    with suppress(Exception):  # what was read until then
        reader.feed(html)
        reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
