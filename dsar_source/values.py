"""Values of rows as JSON carries them, and a row's fingerprint: the same text and the same digest as at the portal."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import date, time, timedelta


def plain(value):
    """Dates in ISO 8601, decimals and UUIDs as their text, bytes "base64:…", intervals in seconds; others as text."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "base64:" + base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(inner) for inner in value), key=str)
    return str(value)


def fingerprint(row):
    """Hex SHA-256 of a whole row."""
    text = json.dumps(plain(row), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
