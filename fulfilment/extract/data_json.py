"""data.json: every record with where it lies: system, table, key, time, and how it was found (R-41, Art. 20(1))."""

from collections.abc import Iterator
from typing import Any

import orjson

from fulfilment.extract.shape import Extract, Table, lines

FORMAT = "dsar-extract/1"
PART = 1 << 18


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
        start = orjson.dumps({"system": table.source, "table": table.collection})[:-1] + b","
        for number, some in enumerate(lines(table)):
            records = some[1:].replace(b"\n{", b",\n" + start)  # a line end stands between records only
            yield from _parts((b",\n" if number else b"\n") + start + records)
        yield b"\n]}"
    yield b"\n]}\n"


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
