"""Values of rows as JSON can carry them, the same for every source, and the hashes made of them."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import repeat
from typing import Any, TypeAlias
from uuid import UUID

import orjson

Plain: TypeAlias = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

_BASE64 = "base64:"
_AS_IT_IS = (str, int)  # tuples made once: this runs for each value of each row
_KEPT = frozenset({str, int, bool, type(None)})  # exactly these: most values of most rows
_WRITTEN = (date, time)  # datetime is a date
_SAYS: dict[type, Callable[[Any], Any]] = {  # as `plain` does, without asking
    date: date.isoformat, datetime: datetime.isoformat, time: time.isoformat, Decimal: str, UUID: str,
}  # fmt: skip
_BYTES = (bytes, bytearray, memoryview)
_ONE_TEXT = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def plain(value: Any) -> Any:
    """A value of a row as JSON can carry it.

    Dates become ISO 8601 text, decimals and UUIDs their exact text, bytes "base64:…", intervals seconds; lists and
    mappings go on inwards. Anything else (network addresses, ranges) becomes its text.
    """
    if value is None or isinstance(value, _AS_IT_IS):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # NaN and infinity are not JSON (RFC 8259)
    if isinstance(value, _WRITTEN):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, _BYTES):
        return _BASE64 + base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(inner) for inner in value), key=str)
    return str(value)


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row as JSON can carry them, under the same names."""
    return {name: value if type(value) in _KEPT else plain(value) for name, value in row.items()}


def plain_rows(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Many rows of one table, each its values in the order of `names`; how to say them is asked once a column."""
    return map(dict, map(zip, repeat(names), zip(*plain_columns(rows), strict=True)))


def plain_columns(rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """The same turned over: for each column the values of all rows."""
    return list(map(_plain_column, zip(*rows, strict=True)))


def _plain_column(values: Sequence[Any]) -> Sequence[Any]:
    kinds = set(map(type, values))
    if kinds <= _KEPT:
        return values
    (kind, *more) = kinds - {type(None)}
    say = plain if more else _SAYS.get(kind, plain)
    if not kinds & {type(None)}:
        return list(map(say, values))
    return [None if value is None else say(value) for value in values]


def from_base64(text: str) -> bytes:
    """The bytes that `plain` wrote; ValueError where the text is something else."""
    if not text.startswith(_BASE64):
        raise ValueError("not base64 text of ours")
    return base64.b64decode(text[len(_BASE64) :], validate=True)


def canonical(value: Any) -> str:
    """The one JSON text of a value: keys sorted, no spaces. Equal values give equal text.

    orjson writes it many times as fast as the standard library, and the same (a test holds that) for text, truth, NULL
    and numbers of 64 bits. Fractions it writes otherwise; lone surrogates and longer numbers it refuses: these go the
    long way.
    """
    said = plain(value)
    if _is_exact(said):
        try:
            return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()
        except TypeError:
            pass
    return _ONE_TEXT.encode(said)


def _is_exact(said: Any) -> bool:
    if type(said) in _KEPT or isinstance(said, str):
        return True
    if isinstance(said, dict):
        return all(map(_is_exact, said.values()))
    return isinstance(said, list) and all(map(_is_exact, said))


def sha256(text: str) -> str:
    """Hex SHA-256 of the UTF-8 text; lone surrogates a source may hold are kept apart, not refused."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint(row: Mapping[str, Any]) -> str:
    """Hex SHA-256 of a whole row: has it changed since somebody decided about it?"""
    return plain_fingerprint(plain_row(row))


def plain_fingerprint(fields: Mapping[str, Any]) -> str:
    """The same of values that are JSON-safe already: the only place where a row becomes a digest."""
    return plain_sha256(fields, fields.values())


def plain_sha256(said: Any, values: Iterable[Any]) -> str:
    """Of the canonical text of what is JSON-safe already; `values`: all in it that may be no text."""
    if _KEPT.issuperset(map(type, values)):
        try:
            return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
        except TypeError:  # as in `canonical`; or names of a subclass of str, as SQLAlchemy gives them
            pass
    return sha256(canonical(said))


def is_empty(value: Any) -> bool:
    """Whether a value identifies nobody: NULL, or text of nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def all_present(values: Iterable[Any]) -> bool:
    return not any(is_empty(value) for value in values)
