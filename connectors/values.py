"""Values of rows as JSON can carry them, the same for every source, and the hashes made of them."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from typing import Any, TypeAlias

Plain: TypeAlias = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

_BASE64 = "base64:"
_AS_IT_IS = (str, int)  # tuples made once: this runs for each value of each row
_WRITTEN = (date, time)  # datetime is a date
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


def from_base64(text: str) -> bytes:
    """The bytes that `plain` wrote; ValueError where the text is something else."""
    if not text.startswith(_BASE64):
        raise ValueError("not base64 text of ours")
    return base64.b64decode(text[len(_BASE64) :], validate=True)


def canonical(value: Any) -> str:
    """The one JSON text of a value: keys sorted, no spaces. Equal values give equal text."""
    return _ONE_TEXT.encode(plain(value))


def sha256(text: str) -> str:
    """Hex SHA-256 of the UTF-8 text; lone surrogates a source may hold are kept apart, not refused."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint(row: Mapping[str, Any]) -> str:
    """Hex SHA-256 of a whole row: has it changed since somebody decided about it?"""
    return sha256(canonical(row))


def is_empty(value: Any) -> bool:
    """Whether a value identifies nobody: NULL, or text of nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def all_present(values: Iterable[Any]) -> bool:
    return not any(is_empty(value) for value in values)
