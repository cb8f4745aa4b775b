"""Values as JSON text, whatever a source puts into them. One odd row must not stop the whole case."""

from collections.abc import Mapping
from typing import Any

import orjson


def dumps(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # bytes that are no UTF-8; a number of more than 64 bits; names of a subclass of str
        return orjson.dumps(sayable(value))


def sayable(value: Any) -> Any:
    """The same value as UTF-8 and JSON can say it: stray bytes read as Latin-1, great numbers as text."""
    if isinstance(value, str):
        return "".join(_sign(char) if "\ud800" <= char <= "\udfff" else char for char in value)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return str(value)
    if isinstance(value, Mapping):
        return {sayable(str(name)): sayable(inner) for name, inner in value.items()}
    return [sayable(inner) for inner in value] if isinstance(value, list | tuple) else value


def _sign(char: str) -> str:
    return chr(ord(char) - 0xDC00) if "\udc80" <= char <= "\udcff" else "\ufffd"  # surrogateescape, PEP 383
