"""What an owner uploads: CSV, JSON or JSON Lines, told apart by content, read without running anything in it.

Sizes are bounded before and while reading: a file is data of a stranger to us, however well meant.
"""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeAlias

import orjson

Row: TypeAlias = dict[str, Any]

MOST_BYTES = 12 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 500
MOST_PARTS = 500_000
"""Objects and lists in one JSON file: a few bytes of text each, and hundreds in memory."""
SHOWN = 12
LONGEST_NAME = 64
SEPARATORS = (";", ",", "\t", "|")  # Excel writes ; where the comma is the decimal sign, as in our countries
MAGIC = {
    b"PK\x03\x04": "zip", b"\xd0\xcf\x11\xe0": "excel", b"%PDF": "pdf", b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture", b"GIF8": "picture", b"\x1f\x8b": "zip", b"7z\xbc\xaf": "zip", b"Rar!": "zip",
    b"PAR1": "parquet",
}  # fmt: skip


class AnswerError(ValueError):
    """A file that cannot be read as rows of a table; nothing of it is kept.

    `code`: empty, too_large, no_text, broken_json, broken_csv, no_rows, no_objects, no_header, same_column,
    unknown_columns, wrong_width, too_many_rows, too_many_columns, too_deep. `found` and `expected`: names of columns, a
    number or a kind of file. They may be shown to whoever sent the file, and belong into no log.
    """

    def __init__(self, code: str, *, found: str = "", expected: str = "", line: int = 0) -> None:
        super().__init__(code)
        self.code, self.found, self.expected, self.line = code, found, expected, line


def read(data: bytes, *, columns: Sequence[str]) -> list[Row]:
    """The rows of one table. `columns`: those of the map; one at least must be there. Raises `AnswerError`."""
    if not data.strip(b"\0 \r\n\t"):
        raise AnswerError("empty")
    if len(data) > MOST_BYTES:
        raise AnswerError("too_large")
    text = _text(data)
    rows = _json(text) if text.lstrip()[:1] in ("{", "[") else list(_csv(text))
    if not rows:
        raise AnswerError("no_rows")
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) > MOST_COLUMNS:
        raise AnswerError("too_many_columns", found=str(len(names)), expected=str(MOST_COLUMNS))
    said = _as_mapped(names, columns)
    if columns and not set(said.values()) & set(columns):
        raise AnswerError("unknown_columns", found=listed(names), expected=listed(columns))
    return [{said[name]: value for name, value in row.items()} for row in rows]


def listed(names: Collection[str]) -> str:
    """The first of them, none longer than a name is."""
    shown = [name[:LONGEST_NAME] for name in list(names)[:SHOWN]]
    return ", ".join(shown) + (" …" if len(names) > SHOWN else "")


def _text(data: bytes) -> str:
    kind = next((kind for magic, kind in MAGIC.items() if data.startswith(magic)), "")
    if kind:
        raise AnswerError("no_text", found=kind)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16")
    if b"\0" in data:
        raise AnswerError("no_text", found="binary")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(data, "cp1252")  # what Excel saves on Windows in Western Europe


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise AnswerError("no_text", found="binary") from None


def _json(text: str) -> list[Row]:
    if text.count("{") + text.count("[") > MOST_PARTS:
        raise AnswerError("too_deep")
    try:
        whole = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if not _is_lines(text):
            raise AnswerError("broken_json", line=error.lineno) from None
        whole = list(_lines(text))
    if isinstance(whole, dict):
        inner = list(whole.values())
        # {"orders": [ … ]}: the one list is the table; any other object is one row.
        whole = inner[0] if len(inner) == 1 and isinstance(inner[0], list) else [whole]
    return list(_objects(whole))


def _objects(items: list[Any]) -> Iterator[Row]:
    for number, item in enumerate(items, 1):
        if number > MOST_ROWS:
            raise AnswerError("too_many_rows", expected=str(MOST_ROWS))
        if not isinstance(item, dict):
            raise AnswerError("no_objects", found=type(item).__name__, line=number)
        yield item


def _is_lines(text: str) -> bool:
    first = text.lstrip().split("\n", 1)[0].strip()
    try:
        return isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return False


def _lines(text: str) -> Iterator[Any]:
    for number, line in enumerate(text.splitlines() if "\n" not in text else text.split("\n"), 1):
        if line.strip():
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError:
                raise AnswerError("broken_json", line=number) from None


def _csv(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if not header or not all(header):
            raise AnswerError("no_header", found=listed(header))
        if len(set(header)) < len(header):
            raise AnswerError("same_column", found=listed(sorted({name for name in header if header.count(name) > 1})))
        for number, cells in enumerate((row for row in reader if row), 1):
            if number > MOST_ROWS:
                raise AnswerError("too_many_rows", expected=str(MOST_ROWS))
            if len(cells) != len(header):
                raise AnswerError("wrong_width", found=str(len(cells)), expected=str(len(header)), line=reader.line_num)
            yield dict(zip(header, cells, strict=True))
    except csv.Error:
        raise AnswerError("broken_csv", line=reader.line_num) from None


def _separator(text: str) -> str:
    """The sign that parts the header into most names."""
    head = text.lstrip("\r\n")[:100_000]

    def names(sign: str) -> int:
        try:
            return len(next(csv.reader(io.StringIO(head, newline=""), delimiter=sign), []))
        except csv.Error:
            return 0

    return max(SEPARATORS, key=names)


def _as_mapped(names: Collection[str], columns: Sequence[str]) -> dict[str, str]:
    """Column of the file to column of the map where they differ in case and spaces alone; never two to one."""
    known = {_bare(column): column for column in columns}
    said: dict[str, str] = {}
    for name in names:
        mapped = known.get(_bare(name), name)
        taken = mapped != name and (mapped in names or mapped in said.values())
        said[name] = name if taken else mapped
    return said


def _bare(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
