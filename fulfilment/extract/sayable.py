"""A record as JSON text, whatever a source puts into it. One odd row must not stop the whole case."""

from collections.abc import Mapping
from typing import Any

import orjson


def dumps(one: Mapping[str, Any]) -> bytes:
    """A record with its "key", as bytes. A key that had to be changed finds no row any more: it becomes None, and what
    happens to the row is done by hand."""
    try:
        return orjson.dumps(one)
    except TypeError:  # bytes that are no UTF-8; a number of more than 64 bits; names of a subclass of str
        said = {str(name): _sayable(value) for name, value in one.items()}
        said["key"] = said["key"] if said["key"] == one["key"] else None
        return orjson.dumps(said)


def _sayable(value: Any) -> Any:
    """The same value as UTF-8 and JSON can say it: stray bytes read as Latin-1, great numbers as text."""
    if isinstance(value, str):
        return "".join(_sign(char) if "\ud800" <= char <= "\udfff" else char for char in value)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return str(value)
    if isinstance(value, Mapping):
        return {_sayable(str(name)): _sayable(inner) for name, inner in value.items()}
    return [_sayable(inner) for inner in value] if isinstance(value, list | tuple) else value


def _sign(char: str) -> str:
    return chr(ord(char) - 0xDC00) if "\udc80" <= char <= "\udcff" else "\ufffd"  # surrogateescape, PEP 383
