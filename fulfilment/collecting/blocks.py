"""Rows of one table as a line of JSON, a column at a time, and back: how they rest.

So a million rows are written and read again in seconds: what is the same for all rows of a line is said once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import orjson

from connectors.base import Record
from connectors.batch import Batch, gathered
from fulfilment.extract.sayable import sayable
from fulfilment.extract.shape import Block


def lines(batch: Batch, *, at: str, most: int) -> Iterator[tuple[Batch, bytes]]:
    """(rows, their line), in order, each line of at most so many bytes; or of one row."""
    try:
        line = orjson.dumps(_told(batch, at))
    except TypeError:  # bytes that are no UTF-8; a number of more than 64 bits
        parts: Sequence[Batch] = list(_sayable(batch))
    else:
        if len(line) <= most or len(batch) == 1:
            yield batch, line
            return
        size = max(1, len(batch) * most // len(line))
        parts = [batch[place : place + size] for place in range(0, len(batch), size)]
    for part in parts:
        yield from lines(part, at=at, most=most)


def read(line: bytes, *, source: str, collection: str) -> tuple[str, Batch]:
    """(when they were read, rows)."""
    told = orjson.loads(line)
    columns = told["columns"]
    count = len(columns[0])
    keys = [columns[one] if isinstance(one, int) else one for one in told["keys"]]
    batch = Batch(
        source, collection, tuple(told["names"]), tuple(told["key"]), tuple(told["unmapped"]), columns, keys,
        paths=_each([tuple(path) for path in told["paths"]], count), shared=_each(told["shared"], count),
        fingerprints=told["fingerprints"],
    )  # fmt: skip
    return told["at"], batch


def block(batch: Batch, *, first: int, at: str) -> Block:
    """The same rows as an extract shows them, nothing withheld. `first`: the number of the first."""
    key = dict(zip(batch.key, batch.keys, strict=True)) if batch.key else None
    fields = dict(zip(batch.names, batch.columns, strict=True))
    return Block(range(first, first + len(batch)), at, key, fields, batch.paths)


def _told(batch: Batch, at: str) -> dict[str, Any]:
    return {
        "at": at, "names": batch.names, "key": batch.key, "unmapped": batch.unmapped, "columns": batch.columns,
        "keys": [_place(batch, name, one) for name, one in zip(batch.key, batch.keys, strict=True)],
        "paths": _once(batch.paths),
        "shared": _once(batch.shared), "fingerprints": batch.fingerprints,
    }  # fmt: skip


def _place(batch: Batch, name: str, values: Sequence[Any]) -> int | Sequence[Any]:
    """Which column holds the same; a credential that is a key is hidden there."""
    place = batch.names.index(name) if name in batch.names else -1
    return place if place >= 0 and batch.columns[place] == values else values


def _once(values: Sequence[Any]) -> Sequence[Any]:
    """One for all where all are the same."""
    return values[:1] if values.count(values[0]) == len(values) else values


def _each(values: list[Any], count: int) -> list[Any]:
    return values * count if len(values) == 1 else values


def _sayable(batch: Batch) -> Iterator[Batch]:
    """The same rows as UTF-8 and JSON can say them, with the fingerprints of what they were.

    A key that had to be changed finds no row any more: it is left out, and what happens to the row is done by hand.
    """
    addresses = list(batch.addresses())
    changed = [one is not None and sayable(one) != one for one in addresses]
    said = replace(
        batch, names=tuple(sayable(batch.names)), columns=[sayable(column) for column in batch.columns],
        unmapped=tuple(sayable(batch.unmapped)), paths=[tuple(sayable(path)) for path in batch.paths],
        fingerprints=batch.marks(),
    )  # fmt: skip
    for odd, places in groupby(range(len(said)), changed.__getitem__):
        first, *rest = places
        part = said[first : first + 1 + len(rest)]
        yield replace(part, key=(), keys=()) if odd else part


def of_lines(lines: Iterator[dict[str, Any]], *, source: str, collection: str) -> Iterator[tuple[str, Batch]]:
    """Rows written before they rested a column at a time: a `chunks.Line` each."""
    for at, some in groupby(lines, lambda line: str(line["at"])):
        records = (
            Record(source, collection, one["key"], one["fields"], tuple(one["path"]), one["shared"],
                   tuple(one["unmapped"]), one["fingerprint"])
            for one in some
        )  # fmt: skip
        yield from ((at, batch) for batch in gathered(records))
