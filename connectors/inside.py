"""Values that lie inside a column: in an array, in JSON, or by a path ("contact.email") in JSON that holds both."""

import json
from collections.abc import Iterator, Mapping
from typing import Any


def top(name: str, columns: Mapping[str, Any] | frozenset[str] | tuple[str, ...]) -> str:
    """The column a path begins with; the name itself where there is a column of that name, dots and all."""
    return name if name in columns else name.partition(".")[0]


def held(row: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    """Every value found there, each once: none for NULL, an empty array or a path that ends nowhere."""
    column = top(name, row.keys())  # type: ignore[arg-type]
    parts = [] if column == name else name.split(".")[1:]
    return tuple(dict.fromkeys(_down(_read(row[column]), parts)))


def _read(value: Any) -> Any:
    """Some databases give JSON as text. Text that is none is a value like any other."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _down(value: Any, parts: list[str]) -> Iterator[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _down(one, parts)
    elif parts:
        if isinstance(value, Mapping) and parts[0] in value:
            yield from _down(value[parts[0]], parts[1:])
    elif value is not None and not isinstance(value, Mapping):
        yield value
