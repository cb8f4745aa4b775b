"""An extract for an identity, without a case: what an operator uses to try a data map. Nothing is kept."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import IO

from connectors.base import Identity
from connectors.batch import Batch
from fulfilment.collecting import blocks, chunks, find
from fulfilment.extract import shape
from policies.load import Controller


class Found:
    """One table's records in a temporary file without a name: read as often as wanted, gone with the process."""

    def __init__(self, stack: ExitStack) -> None:
        self._file: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
        self.columns: dict[str, None] = {}
        self.count = 0

    def add(self, batch: Batch, *, at: str) -> None:
        self.columns.update(dict.fromkeys(batch.names))
        self.count += len(batch)
        for _, line in blocks.lines(batch, at=at, most=chunks.MOST_BYTES // chunks.LINES):
            self._file.write(line + b"\n")

    def blocks(self) -> Iterator[shape.Block]:
        place = first = 0
        self._file.seek(0)
        while line := self._file.readline():
            place = self._file.tell()
            at, batch = blocks.read(line, source="", collection="")
            yield blocks.block(batch, first=first, at=at)
            first += len(batch)
            self._file.seek(place)  # somebody else may have read it meanwhile


def extract(
    ours: Controller, identity: Identity, *, language: str, at: datetime, stack: ExitStack,
    include_shared: bool = False, notes: find.Notes | None = None,
) -> tuple[shape.Extract, int]:  # fmt: skip
    """(extract, shared records left out). Raises ConnectorError of the first source that does not answer."""
    found: dict[tuple[str, str], Found] = {}
    left_out, looks = 0, find.Looks()
    for batch in find.batches(ours, proved=identity, given=identity, looks=looks, notes=notes):
        own = batch if include_shared else batch.picked([not shared for shared in batch.shared])
        left_out += len(batch) - len(own)
        place = (batch.source, batch.collection)
        if own:
            if place not in found:
                found[place] = Found(stack)
            found[place].add(own, at=at.isoformat(timespec="seconds"))
    tables = tuple(
        shape.table(
            ours, *place, names=list(found[place].columns), looks=looks[place], count=found[place].count,
            rows=shape.InBlocks(found[place].blocks), language=language,
        )
        for place in in_order(ours, found)
    )  # fmt: skip
    reference = f"{ours.slug} {at:%Y-%m-%d}"
    return shape.Extract(ours, language, reference, "access", at, tables), left_out


def in_order(ours: Controller, places: dict[tuple[str, str], Found]) -> list[tuple[str, str]]:
    """Tables in the order of the map; those it does not know last."""
    known = [(name, table) for name, source in ours.sources.items() for table in source.collections]
    return [place for place in known if place in places] + [place for place in places if place not in known]

