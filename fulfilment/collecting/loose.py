"""An extract for an identity, without a case: what an operator uses to try a data map. Nothing is kept."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import IO

import orjson

from connectors.base import Identity
from fulfilment.collecting import chunks, find
from fulfilment.extract import shape
from policies.load import Controller


class Found:
    """One table's records in a temporary file without a name: read as often as wanted, gone with the process."""

    def __init__(self, stack: ExitStack) -> None:
        self.file: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
        self.columns: list[str] = []
        self.count = 0

    def add(self, line: chunks.Line) -> None:
        chunks.add_columns(self.columns, [line])
        self.file.write(chunks.dumps(line))
        self.count += 1

    def rows(self) -> Iterator[shape.Row]:
        self.file.seek(0)
        for number, raw in enumerate(self.file):
            line = orjson.loads(raw)
            yield shape.Row(number, line["key"], line["at"], tuple(line["path"]), line["fields"])


def extract(
    ours: Controller, identity: Identity, *, language: str, at: datetime, stack: ExitStack, include_shared: bool = False
) -> tuple[shape.Extract, int]:
    """(extract, shared records left out). Raises ConnectorError of the first source that does not answer."""
    found: dict[tuple[str, str], Found] = {}
    left_out, looks = 0, find.Looks()
    for record in find.records(ours, proved=identity, given=identity, looks=looks):
        if record.shared and not include_shared:
            left_out += 1
            continue
        place = (record.source, record.collection)
        if place not in found:
            found[place] = Found(stack)
        found[place].add(chunks.line(record, at=at))
    tables = tuple(
        shape.table(
            ours, *place, names=found[place].columns, looks=looks[place], count=found[place].count,
            rows=found[place].rows, language=language,
        )
        for place in in_order(ours, found)
    )  # fmt: skip
    reference = f"{ours.slug} {at:%Y-%m-%d}"
    return shape.Extract(ours, language, reference, "access", at, tables), left_out


def in_order(ours: Controller, places: dict[tuple[str, str], Found]) -> list[tuple[str, str]]:
    """Tables in the order of the map; those it does not know last."""
    known = [(name, table) for name, source in ours.sources.items() for table in source.collections]
    return [place for place in known if place in places] + [place for place in places if place not in known]

