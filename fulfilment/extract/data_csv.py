"""One CSV per table: UTF-8 with a byte order mark (spreadsheets then read æ ø å), comma, CRLF (RFC 4180)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from operator import itemgetter
from typing import Any

import orjson

from fulfilment.extract.shape import Block, Table, blocks
from fulfilment.extract.words import word

FORMULA = ("=", "+", "-", "@", "\t", "\r")
BLANK = " \n\u00a0"
FIRST = itemgetter(slice(1))
STARTS = frozenset((*FORMULA, *BLANK))
ENDS = ",\"\r\n"
_ends = re.compile(f"[{ENDS}]").search
WHOLE, TEXT = {int}, {str, type(None)}
BOM = b"\xef\xbb\xbf"


def path(table: Table) -> str:
    """Another one for every table: names that had to be changed ("order lines") carry a digest of what they were."""
    return f"tables/{_apart(table.source)}/{_apart(table.collection)}.csv"


def _apart(name: str) -> str:
    changed = safe(name)
    return changed if changed == name else f"{changed}-{sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def write(table: Table, *, language: str) -> Iterator[bytes]:
    """Header of column names, then a line per record. A withheld value says so."""
    names = [column.name for column in table.columns]
    gone = word("withheld_here", language)
    yield BOM + _text([[quoted(cell(name)) for name in names]])
    for block in blocks(table):
        yield _text(_cells(block, names, gone=quoted(gone)))


def _cells(block: Block, names: list[str], *, gone: str) -> Iterable[Iterable[str]]:
    """Rows, made a column at a time: what a column holds is asked once for all of them."""
    columns = [_column(block, name, gone) for name in names]
    if len(names) == 1:  # else an empty cell would be an empty line, which readers skip
        return ([one or '""'] for one in columns[0])
    return zip(*columns, strict=True)


def _column(block: Block, name: str, gone: str) -> list[str]:
    if name in block.withheld:
        return [gone] * len(block)
    return column(block.fields[name]) if name in block.fields else [""] * len(block)


def column(values: Sequence[Any]) -> list[str]:
    """The cells of these values, each as `quoted(cell(value))`."""
    kinds = set(map(type, values))
    if kinds == WHOLE:
        return list(map(str, values))
    if kinds <= TEXT:
        texts = [value or "" for value in values] if type(None) in kinds else list(values)
        if not STARTS.isdisjoint(map(FIRST, texts)):
            texts = list(map(cell, texts))
    else:
        texts = list(map(cell, values))
    together = "".join(texts)
    ends = [sign for sign in ENDS if sign in together]
    if ends == [","]:  # addresses, sentences
        return [f'"{text}"' if "," in text else text for text in texts]
    return list(map(quoted, texts)) if ends else texts


def quoted(text: str) -> str:
    """Within quotes where it holds what ends a cell (RFC 4180, 2.6 and 2.7).

    `csv` writes the same, but looks at each character by itself: it took a quarter of the time of a whole bundle.
    """
    return '"' + text.replace('"', '""') + '"' if _ends(text) else text


def _text(rows: Iterable[Iterable[str]]) -> bytes:
    return "".join([",".join(row) + "\r\n" for row in rows]).encode("utf-8", "replace")


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
    start = text.lstrip(BLANK)
    return "'" + text if start.startswith(FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    body = text[1:] if text[0] in "+-" else text
    return body.replace(".", "", 1).isascii() and body.replace(".", "", 1).isdigit()


def safe(name: str) -> str:
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in name).lstrip(".") or "_"
