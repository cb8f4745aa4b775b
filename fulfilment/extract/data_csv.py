"""One CSV per table: UTF-8 with a byte order mark (spreadsheets then read æ ø å), comma, CRLF (RFC 4180)."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import orjson

from fulfilment.extract.shape import Table
from fulfilment.extract.words import word

FORMULA = ("=", "+", "-", "@", "\t", "\r")
BOM = b"\xef\xbb\xbf"


def path(table: Table) -> str:
    return f"tables/{_safe(table.source)}/{_safe(table.collection)}.csv"


def write(table: Table, *, language: str) -> Iterator[bytes]:
    """Header of column names, then a line per record. A withheld value says so."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    names = [column.name for column in table.columns]
    gone = word("withheld_here", language)
    yield BOM
    writer.writerow([cell(name) for name in names])
    for row in table.rows():
        writer.writerow([gone if name in row.withheld else cell(row.fields.get(name)) for name in names])
        if buffer.tell() > 65536:
            yield _taken(buffer)
    yield _taken(buffer)


def cell(value: Any) -> str:
    """The exact value as text; what a spreadsheet would run as a formula gets an apostrophe in front.

    Negative numbers stay numbers. The hazard: a name like =HYPERLINK(…) typed into a web form is run on the reader's
    computer (OWASP, CSV injection).
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        value = orjson.dumps(value).decode()
    text = str(value)
    start = text.lstrip(" \n\u00a0")
    return "'" + text if start.startswith(FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    body = text[1:] if text[0] in "+-" else text
    return body.replace(".", "", 1).isascii() and body.replace(".", "", 1).isdigit()


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return data


def _safe(name: str) -> str:
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in name).lstrip(".") or "_"
