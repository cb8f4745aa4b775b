"""One CSV per table: UTF-8 with a byte order mark (spreadsheets then read æ ø å), comma, CRLF (RFC 4180)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from operator import itemgetter
from typing import Any

import orjson

from fulfilment.extract.shape import Table, lines
from fulfilment.extract.words import word

FORMULA = ("=", "+", "-", "@", "\t", "\r")
BLANK = " \n\u00a0"
STARTS = frozenset((*FORMULA, *BLANK))
ENDS = ",\"\r\n"
_ends = re.compile(f"[{ENDS}]").search
WHOLE, TEXT = {int}, {str, type(None)}
AT_ONCE = 100  # records; five objects each, fewer than the 700 new ones at which the collector of cycles looks
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
    for some in lines(table):
        yield b"".join(_text(_cells(records, names, gone=gone)) for records in _read(some))


def _read(some: bytes) -> Iterator[list[dict[str, Any]]]:
    """The records of these lines, few at a time: where thousands of objects are made at once, the collector of cycles
    walks through all the memory of the process again and again; a quarter of the work went there."""
    every = some.split(b"\n")
    for start in range(0, len(every), AT_ONCE):
        yield orjson.loads(b"[" + b",".join(every[start : start + AT_ONCE]) + b"]")


def _cells(records: list[dict[str, Any]], names: list[str], *, gone: str) -> Iterable[Iterable[str]]:
    """Rows, made a column at a time: what a column holds is asked once for all of them."""
    fields = [one["fields"] for one in records]
    columns = dict(zip(names, map(column, _columns(fields, names)), strict=True))
    for place, one in enumerate(records):
        for name in one["withheld"]:
            if name in columns:
                columns[name][place] = quoted(gone)
    if len(names) == 1:  # else an empty cell would be an empty line, which readers skip
        return ([one or '""'] for one in columns[names[0]])
    return zip(*columns.values(), strict=True)


def _columns(fields: list[dict[str, Any]], names: list[str]) -> Iterable[Sequence[Any]]:
    if len(names) > 1:
        try:
            return list(zip(*map(itemgetter(*names), fields), strict=True))
        except KeyError:  # rows of different columns, or withheld fields
            pass
    return [[one.get(name) for one in fields] for name in names]


def column(values: Sequence[Any]) -> list[str]:
    """The cells of these values, each as `quoted(cell(value))`."""
    kinds = set(map(type, values))
    if kinds == WHOLE:
        return list(map(str, values))
    if kinds <= TEXT:
        texts = [value or "" for value in values]
        if not {text[:1] for text in texts}.isdisjoint(STARTS):
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
