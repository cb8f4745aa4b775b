"""An extract for an identity, without a case: what an operator uses to try a data map. Nothing is kept."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import IO

from connectors.base import Identity, Record
from fulfilment.collecting import chunks, find
from fulfilment.extract import shape
from policies.load import Controller


class Found:
    """One table's records in a temporary file without a name: read as often as wanted, gone with the process."""

    def __init__(self, stack: ExitStack) -> None:
        self._file: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
        self.columns: dict[str, None] = {}
        self.count = 0

    def add(self, record: Record, *, at: str) -> None:
        self.columns.update(dict.fromkeys(map(str, record.fields)))
        self._file.write(chunks.said(record, at=at) + b"\n")
        self.count += 1

    def __call__(self) -> Iterator[shape.Row]:
        lines = (line for some in self.lines() for line in some.split(b"\n"))
        return (shape.row(number, line) for number, line in enumerate(lines))

    def lines(self) -> Iterator[bytes]:
        self._file.seek(0)
        while some := self._file.readlines(chunks.MOST_BYTES):
            place = self._file.tell()
            yield b"".join(some).removesuffix(b"\n")
            self._file.seek(place)  # somebody else may have read it meanwhile


def extract(
    ours: Controller, identity: Identity, *, language: str, at: datetime, stack: ExitStack,
    include_shared: bool = False, notes: find.Notes | None = None,
) -> tuple[shape.Extract, int]:  # fmt: skip
    """(extract, shared records left out). Raises ConnectorError of the first source that does not answer."""
    found: dict[tuple[str, str], Found] = {}
    left_out, looks = 0, find.Looks()
    for record in find.records(ours, proved=identity, given=identity, looks=looks, notes=notes):
        if record.shared and not include_shared:
            left_out += 1
            continue
        place = (record.source, record.collection)
        if place not in found:
            found[place] = Found(stack)
        found[place].add(record, at=at.isoformat(timespec="seconds"))
    tables = tuple(
        shape.table(
            ours, *place, names=list(found[place].columns), looks=looks[place], count=found[place].count,
            rows=found[place], language=language,
        )
        for place in in_order(ours, found)
    )  # fmt: skip
    reference = f"{ours.slug} {at:%Y-%m-%d}"
    return shape.Extract(ours, language, reference, "access", at, tables), left_out


def in_order(ours: Controller, places: dict[tuple[str, str], Found]) -> list[tuple[str, str]]:
    """Tables in the order of the map; those it does not know last."""
    known = [(name, table) for name, source in ours.sources.items() for table in source.collections]
    return [place for place in known if place in places] + [place for place in places if place not in known]

