"""CSV, JSON and JSON Lines, a row at a time in constant memory. What is not clear is an error: an answer from which a
row was left out would say "this is all" and would not be.
"""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, BinaryIO, TypeAlias

from isal import igzip, isal_zlib

from policies.files_way import FilesCollection

Row: TypeAlias = dict[str, Any]
LONGEST = 16 << 20
"""Characters one row may have."""
WHOLE = 64 << 20
"""Characters of a JSON file that is read in one piece: one with `rows`, or with a single object."""
PART = 1 << 18
GZIP = b"\x1f\x8b"
DAMAGED: tuple[type[Exception], ...] = (gzip.BadGzipFile, isal_zlib.error, zlib.error)  # type: ignore[assignment]
csv.field_size_limit(LONGEST)


class Unreadable(Exception):
    """`code`: bad_row, bad_header, bad_encoding, truncated, damaged, too_large. `after`: rows read before it."""

    def __init__(self, code: str, after: int = 0) -> None:
        super().__init__(code, after)
        self.code, self.after = code, after


class _Wrong(Exception):
    """What a reader below says; the number of the row is added above."""


def rows(file: BinaryIO, how: FilesCollection) -> Iterator[Row]:
    """Column to value. `Unreadable`; what `file` raises passes through."""
    done = 0
    try:
        with _text(file, how) as text:
            for row in _READERS[str(how.kind)](text, how):
                yield row
                done += 1
    except _Wrong as wrong:
        raise Unreadable(str(wrong), done) from None
    except UnicodeError:
        raise Unreadable("bad_encoding", done) from None
    except EOFError:
        raise Unreadable("truncated", done) from None
    except DAMAGED:
        raise Unreadable("damaged", done) from None
    except (csv.Error, ValueError, RecursionError):
        raise Unreadable("bad_row", done) from None


def header(file: BinaryIO, how: FilesCollection) -> tuple[str, ...]:
    """The columns of a CSV. `Unreadable`."""
    try:
        with _text(file, how) as text:
            return _names(csv.reader(_lines(text), delimiter=how.delimiter, strict=True), how)
    except _Wrong as wrong:
        raise Unreadable(str(wrong)) from None
    except UnicodeError:
        raise Unreadable("bad_encoding") from None
    except EOFError:
        raise Unreadable("truncated") from None
    except DAMAGED:
        raise Unreadable("damaged") from None
    except csv.Error:
        raise Unreadable("bad_header") from None


@contextmanager
def _text(file: BinaryIO, how: FilesCollection) -> Iterator[io.TextIOWrapper]:
    begins = file.read(2)
    file.seek(0)
    clear: Any = igzip.IGzipFile(fileobj=file) if begins == GZIP else file  # type: ignore[no-untyped-call]
    encoding = "utf-8-sig" if how.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else how.encoding
    text = io.TextIOWrapper(clear, encoding=encoding, newline="")
    try:
        yield text
    finally:
        text.detach()  # else it closes the file, which is still to be looked at


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    for line in iter(partial(text.readline, LONGEST), ""):
        if len(line) == LONGEST:
            raise _Wrong("too_large")
        yield line


def _csv(text: io.TextIOWrapper, how: FilesCollection) -> Iterator[Row]:
    reader = csv.reader(_lines(text), delimiter=how.delimiter, strict=True)
    names, null = _names(reader, how), frozenset(how.nulls)
    for cells in reader:
        if len(cells) == len(names):
            yield dict(zip(names, (None if cell in null else cell for cell in cells) if null else cells, strict=True))
        elif cells:  # none: an empty line
            raise _Wrong("bad_row")


def _names(reader: Iterator[list[str]], how: FilesCollection) -> tuple[str, ...]:
    if not how.header:
        return how.columns
    names = tuple(name.strip() for name in next(reader, ()))
    if not names or not all(names) or len(set(names)) < len(names):
        raise _Wrong("bad_header")
    return names


def _jsonl(text: io.TextIOWrapper, how: FilesCollection) -> Iterator[Row]:
    return (_object(json.loads(line)) for line in _lines(text) if line.strip())


def _json(text: io.TextIOWrapper, how: FilesCollection) -> Iterator[Row]:
    begins = text.read(PART)
    if begins.lstrip()[:1] == "[" and not how.rows:
        yield from _listed(begins, text)
        return
    whole = begins + text.read(WHOLE)
    if text.read(1):
        raise _Wrong("too_large")
    found = json.loads(whole)
    for part in how.rows.split(".") if how.rows else ():
        if not isinstance(found, Mapping) or part not in found:
            raise _Wrong("bad_row")
        found = found[part]
    yield from map(_object, found if isinstance(found, list) else [found])


def _listed(text: str, more: io.TextIOWrapper) -> Iterator[Row]:
    """The objects of a list, however long it is: decoded one by one from a window over the file."""
    decode, window, at, first = json.JSONDecoder().raw_decode, text.lstrip()[1:], 0, True
    while True:
        window, at = _forward(window, at, more)
        if window[at] == "]":
            if (window[at + 1 :] + more.read(PART)).strip():
                raise _Wrong("bad_row")
            return
        if not first:
            if window[at] != ",":
                raise _Wrong("bad_row")
            window, at = _forward(window, at + 1, more)
        if window[at] != "{":
            raise _Wrong("bad_row")
        while True:
            try:
                row, at = decode(window, at)
                break
            except json.JSONDecodeError:  # it may go on beyond the window
                window, at, grown = window[at:], 0, more.read(max(PART, len(window)))
                if not grown or len(window) > LONGEST:
                    raise (_Wrong("too_large") if grown else EOFError) from None
                window += grown
        yield row
        first = False


def _forward(window: str, at: int, more: io.TextIOWrapper) -> tuple[str, int]:
    """To the next character that is no white space. EOFError where there is none."""
    while True:
        while at < len(window) and window[at] in " \t\r\n":
            at += 1
        if at < len(window):
            return (window[at:], 0) if at > PART else (window, at)
        window, at = more.read(PART), 0
        if not window:
            raise EOFError


def _object(found: Any) -> Row:
    if not isinstance(found, dict):
        raise _Wrong("bad_row")
    return found


_READERS: Mapping[str, Callable[[io.TextIOWrapper, FilesCollection], Iterator[Row]]] = {
    "csv": _csv, "json": _json, "jsonl": _jsonl,
}  # fmt: skip
