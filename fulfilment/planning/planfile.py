"""The file of a plan: what becomes of each row, and what each source is told. JSON lines, a thousand rows at a time.

First {"about": …}; then a line a source, {"plan": `SourcePlan.to_json`, "receipts": [[table, action, instructions,
digest], …]}; then the rows, {"fates": what they have in common, "columns": names, "rows": [[values], …]}. It holds
keys, so it is personal data: sealed by whoever keeps it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, TypeAlias

import orjson

from connectors.base import SourcePlan
from connectors.errors import ConnectorError
from fulfilment.planning import receipts

EACH = 1000  # rows a line
OWN = ("key", "number", "fingerprint", "mark", "whose")
"""What every row has for itself; the rest it shares with those beside it."""
WHOLE = ("fates", "plans")
"""Plans sealed before they were lines are one: {"fates": rows, "plans": source plans, what belongs to all of it}."""
Lot: TypeAlias = tuple[Mapping[str, Any], Sequence[str], list[Sequence[Any]]]
"""What some rows have in common, the names of what they have for themselves, and that."""


def lots(rows: Iterable[Mapping[str, Any]]) -> Iterator[Lot]:
    """Rows as dicts, JSON-safe, those beside each other that differ in OWN alone together."""

    def shared(row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name not in OWN}

    def head(row: Mapping[str, Any]) -> bytes:
        return orjson.dumps([shared(row), [name for name in OWN if name in row]], option=orjson.OPT_SORT_KEYS)

    for _, group in groupby(rows, head):
        some = list(group)
        columns = [name for name in OWN if name in some[0]]
        yield shared(some[0]), columns, [[row[name] for name in columns] for row in some]


def lines(plans: Iterable[SourcePlan], lots: Iterable[Lot], *, about: Mapping[str, Any]) -> Iterator[bytes]:
    """The file, line by line. The same plan gives the same bytes."""
    yield _line({"about": about})
    for plan in plans:
        foreseen = [[*place, *told] for place, told in sorted(receipts.foreseen(plan).items())]
        yield _line({"plan": plan.to_json(), "receipts": foreseen})
    for common, columns, rows in lots:
        left = iter(rows)
        while some := list(islice(left, EACH)):
            yield _line({"fates": common, "columns": columns, "rows": some})


def _line(content: Mapping[str, Any]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE)


def about(file: Iterable[bytes]) -> dict[str, Any]:
    """What belongs to the plan as a whole. ConnectorError plan_altered, as all that read."""
    body = next(_said(file, b""))
    return body.get("about", {}) | {name: part for name, part in body.items() if name not in ("about", *WHOLE)}


def plans(file: Iterable[bytes], *, source: str = "") -> Iterator[tuple[SourcePlan, receipts.Foreseen]]:
    """What each source is told, or this one, and what its receipts will say."""
    for content in _said(file, b'{"plan"'):
        foreseen = {(table, action): (asked, digest) for table, action, asked, digest in content.get("receipts", ())}
        for one in [content["plan"]] if "plan" in content else content.get("plans", ()):
            if source in ("", one["source"]):
                yield SourcePlan.from_json(one), foreseen


def fates(
    file: Iterable[bytes], *, of: Callable[[Mapping[str, Any]], object] = lambda common: True
) -> Iterator[dict[str, Any]]:
    """Row by row, as dicts. `of`: whether those with this in common are wanted."""
    for common, columns, rows in _lots(file):
        if of(common):
            for row in rows:
                yield common | dict(zip(columns, row, strict=True))


def marks(file: Iterable[bytes]) -> Iterator[str]:
    """The mark of every row that has one."""
    for _, columns, rows in _lots(file):
        if "mark" in columns:
            place = columns.index("mark")
            yield from (row[place] for row in rows)


def _lots(file: Iterable[bytes]) -> Iterator[Lot]:
    for content in _said(file, b'{"columns"'):
        if "rows" in content:
            yield content["fates"], content["columns"], content["rows"]
        else:
            yield from lots(content.get("fates", ()))


def _said(file: Iterable[bytes], start: bytes) -> Iterator[dict[str, Any]]:
    """The first line, which tells the shape, and those that begin so. Neither shape: somebody changed the file."""
    lines = iter(file)
    try:
        body = orjson.loads(next(lines, b""))
        if not (body.keys() == {"about"} or body.keys() >= set(WHOLE)):
            raise ValueError
    except (ValueError, AttributeError):
        raise ConnectorError("plan_altered", True) from None
    yield body
    if start:
        yield from (orjson.loads(line) for line in lines if line.startswith(start))
