"""data.json: every record with where it lies: system, table, key, time, and how it was found (R-41, Art. 20(1))."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import orjson

from fulfilment.extract.sayable import dumps
from fulfilment.extract.shape import Block, Extract, Table, blocks

FORMAT = "dsar-extract/1"
PART = 900_000
WHOLE, TEXT = {int}, {str, type(None)}


def write(extract: Extract) -> Iterator[bytes]:
    """UTF-8 JSON, one record a line, in constant memory."""
    head = {
        "format": FORMAT,
        "controller": extract.ours.policy.legal_name,
        "reference": extract.reference,
        "right": extract.right,
        "language": extract.language,
        "taken": extract.taken.isoformat(timespec="seconds"),
    }
    yield orjson.dumps(head)[:-1] + b',"tables":['
    for place, table in enumerate(extract.tables):
        yield (b",\n" if place else b"\n") + orjson.dumps(_about(table))[:-1] + b',"records":['
        start = orjson.dumps({"system": table.source, "table": table.collection})[:-1].decode() + ","
        for number, block in enumerate(blocks(table)):
            yield from _parts(_records(block, start=start).encode()[0 if number else 1 :])
        yield b"\n]}"
    yield b"\n]}\n"


def _records(block: Block, *, start: str) -> str:
    """The records as JSON, one a line, a comma before each. They are not made one by one: what lies between two values
    is the same for all."""
    line = _Line(len(block))
    line.say(f',\n{start}"key":')
    line.say("null") if block.key is None else line.object(block.key)
    line.say(f',"time":{_json(block.at)},"path":')
    line.column(block.paths)
    line.say(',"fields":')
    line.object(block.fields)
    line.say(f',"withheld":{_json(sorted(block.withheld))}}}')
    return line.times()


class _Line:
    """What each of so many records says: texts that are the same for all, and columns."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._said = ""
        self._parts: list[Iterable[str]] = []

    def say(self, text: str) -> None:
        self._said += text

    def object(self, columns: Mapping[str, Sequence[Any]]) -> None:
        for place, (name, values) in enumerate(columns.items()):
            self.say(f"{',' if place else '{'}{_json(name)}:")
            self.column(values)
        self.say("}" if columns else "{}")

    def column(self, values: Sequence[Any]) -> None:
        if values.count(values[0]) == self._count and isinstance(values[0], tuple | str):
            self.say(_json(values[0]))
            return
        around, texts = _texts(values)
        self._parts += [repeat(self._said + around, self._count), texts]
        self._said = around

    def times(self) -> str:
        return "".join(chain.from_iterable(zip(*self._parts, repeat(self._said, self._count), strict=True)))


def _texts(values: Sequence[Any]) -> tuple[str, Sequence[str]]:
    """(what stands before and after each, each as JSON): text that needs no escape is taken as it is."""
    kinds = set(map(type, values))
    try:
        said = orjson.dumps(values)
    except TypeError:
        return "", list(map(_json, values))
    if kinds == WHOLE:
        return "", said[1:-1].decode().split(",")
    if kinds == {str}:  # a quote within a text stands behind a backslash
        return '"', said[2:-2].decode().split('","') if b"\\" in said else values
    if kinds <= TEXT and b"\\" not in said:
        return "", ["null" if value is None else f'"{value}"' for value in values]
    return "", list(map(_json, values))


def _json(value: Any) -> str:
    return dumps(value).decode()


def _parts(text: bytes) -> Iterator[bytes]:
    return (text[place : place + PART] for place in range(0, len(text), PART))


def _about(table: Table) -> dict[str, Any]:
    return {
        "system": table.source, "system_name": table.source_name, "table": table.collection, "label": table.label,
        "kind": table.kind, "purposes": list(table.purposes), "count": table.count,
        "columns": [{"name": c.name, "label": c.label, "mapped": not c.other} for c in table.columns],
    }  # fmt: skip


def schema() -> bytes:
    """JSON Schema of data.json, so that another company can read it (Art. 20(1); WP242 p. 16)."""
    column = _object({"name": _TEXT, "label": _TEXT, "mapped": {"type": "boolean"}})
    record = _object({
        "system": _TEXT, "table": _TEXT, "key": {"type": ["object", "null"]},
        "time": {"type": "string", "format": "date-time"}, "path": _list(_TEXT),
        "fields": {"type": "object", "description": "Column to value; dates ISO 8601, decimals text, bytes base64:…"},
        "withheld": _list(_TEXT),
    })  # fmt: skip
    table = _object({
        "system": _TEXT, "system_name": _TEXT, "table": _TEXT, "label": _TEXT, "kind": _TEXT, "purposes": _list(_TEXT),
        "count": {"type": "integer", "minimum": 0}, "columns": _list(column), "records": _list(record),
    })  # fmt: skip
    whole = _object({
        "format": {"const": FORMAT}, "controller": _TEXT, "reference": _TEXT, "right": _TEXT, "language": _TEXT,
        "taken": {"type": "string", "format": "date-time"}, "tables": _list(table),
    })  # fmt: skip
    start = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": FORMAT}
    return orjson.dumps(start | whole, option=orjson.OPT_INDENT_2) + b"\n"


_TEXT = {"type": "string"}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
