"""Collected records where they rest: sealed files of at most 6,000 records of a table. Only writer of `Collected`.

A file is deflated text: some hundred rows a line, see `blocks`. A record is named by source, collection and its number
there, from 0.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import transaction
from isal import isal_zlib

from connectors.batch import Batch
from fulfilment import ledger
from fulfilment.collecting import blocks
from fulfilment.models import Collected, Step
from requests_app import vault
from requests_app.models import Claim, SealedFile

MOST, MOST_BYTES = 6000, 1024 * 1024
"""Records, and bytes of their text, in one file: what is held in memory of a table at a time."""
LINES = 4  # that fill a file, at least: what is read apart at a time is a part of it
LEVEL = 1  # of ISA-L: half as large again as the best, many times as fast
PURPOSE = "collected"
Line = dict[str, Any]
"""{"key", "fields", "path", "shared", "unmapped", "fingerprint", "at"}, all values JSON-safe (`connectors.values`)."""


class Sheet:
    """Records of one table on their way into one file. `at`: when they were read; an extract is a snapshot (R-44)."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at.isoformat(timespec="seconds")
        self.columns: dict[str, None] = {}
        self.count = self.shared = 0
        self._size = 0
        self._lines: list[bytes] = []

    def add(self, batch: Batch, line: bytes) -> None:
        """`line`: what `blocks.lines` says of them."""
        self._lines.append(line)
        self._size += len(line)
        self.columns.update(dict.fromkeys(batch.names))
        self.count += len(batch)
        self.shared += sum(batch.shared)

    @property
    def room(self) -> int:
        """How many more records it takes."""
        return MOST - self.count if self._size < MOST_BYTES else 0

    def packed(self) -> bytes:
        """The content of the file."""
        return isal_zlib.compress(b"\n".join(self._lines), LEVEL)


def in_tables(batches: Iterable[Batch], *, at: datetime) -> Iterator[tuple[str, int, Sheet]]:
    """(collection, number of the first, sheet): sheets of one table each, from a stream in which tables may mix."""
    sheets: dict[str, Sheet] = {}
    firsts: dict[str, int] = {}
    for batch in batches:
        collection = batch.collection
        while batch:
            sheet = sheets.setdefault(collection, Sheet(at=at))
            some, batch = batch[: sheet.room], batch[sheet.room :]
            for part, line in blocks.lines(some, at=sheet.at, most=MOST_BYTES // LINES):
                sheet = sheets.setdefault(collection, Sheet(at=at))
                sheet.add(part, line)
                if not sheet.room:
                    yield collection, firsts.get(collection, 0), sheets.pop(collection)
                    firsts[collection] = firsts.get(collection, 0) + sheet.count
    for collection, sheet in sheets.items():
        yield collection, firsts.get(collection, 0), sheet


def write(step: Step, *, collection: str, first: int, sheet: Sheet, now: datetime) -> None:
    """Store one sheet under the lease of `step`. Raises `ledger.LeaseLost`, and then nothing is listed."""
    claim = step.claim
    file = vault.store([sheet.packed()], purpose=PURPOSE, case=claim.case)
    try:
        with transaction.atomic():
            ledger.renew(step, now=now)
            Collected.objects.create(
                claim=claim, round=step.round, source=step.source, collection=collection, first=first,
                count=sheet.count, shared=sheet.shared, file=file, at=now,
            )  # fmt: skip
    except ledger.LeaseLost:
        vault.shred(file, now=now)
        raise


def batches(chunk: Collected) -> Iterator[tuple[int, str, Batch]]:
    """(number of the first, when they were read, rows) of one chunk, some at a time, in order. Raises
    `pyrage.DecryptError` when somebody touched the file."""
    first = chunk.first
    for at, batch in _open(chunk):
        yield first, at, batch
        first += len(batch)


def shared(chunk: Collected) -> list[int]:
    """Numbers of the records that are somebody else's too; a chunk without any stays closed."""
    found = batches(chunk) if chunk.shared else ()
    return [first + place for first, _, batch in found for place, shared in enumerate(batch.shared) if shared]


def read(chunk: Collected, *, first: int = 0, count: int | None = None) -> Iterator[tuple[int, Line]]:
    """(number, line) of one chunk, in order: all, or those of a page. Raises `pyrage.DecryptError`, see `batches`."""
    for start, at, batch in batches(chunk):
        stop = len(batch) if count is None else max(first + count - start, 0)
        page = batch[max(first - start, 0) : stop]
        yield from enumerate(_lines(page, at), max(first, start))


def _lines(batch: Batch, at: str) -> Iterator[Line]:
    for one in batch.records():
        yield {
            "key": one.key, "fields": one.fields, "path": list(one.path), "shared": one.shared,
            "unmapped": list(one.unmapped), "fingerprint": one.fingerprint, "at": at,
        }  # fmt: skip


def _open(chunk: Collected) -> Iterator[tuple[str, Batch]]:
    place = {"source": chunk.source, "collection": chunk.collection}
    data = vault.read(chunk.file)
    if data.startswith(b"{"):  # deflated text begins otherwise
        return blocks.of_lines(map(orjson.loads, data.splitlines()), **place)
    text = isal_zlib.decompress(data)
    if text.startswith(b'{"key":'):
        return blocks.of_lines(_of_texts(text), **place)
    return (blocks.read(line, **place) for line in text.split(b"\n"))


def _of_texts(text: bytes) -> Iterator[Line]:
    """Of a file in which records rest as data.json says them, and what only staff need after an empty line."""
    said, _, asides = text.partition(b"\n\n")
    for one, aside in zip(map(orjson.loads, said.split(b"\n")), asides.split(b"\n"), strict=True):
        shared, fingerprint, unmapped = aside.split(b" ", 2)
        yield {
            "key": one["key"], "fields": one["fields"], "path": one["path"], "shared": shared == b"1",
            "unmapped": orjson.loads(unmapped), "fingerprint": fingerprint.decode(), "at": one["time"],
        }  # fmt: skip


def drop(chunks: Iterable[Collected], *, now: datetime) -> int:
    """Shred the files and strike the chunks from the list: an attempt that ended half-way, or a closed claim."""
    count = 0
    for chunk in list(chunks):
        vault.shred(chunk.file, now=now)
        chunk.delete()
        count += 1
    return count


def drop_of_closed(*, now: datetime, after: timedelta) -> None:
    """What was collected is a copy of personal data: gone soon after the claim is closed (Art. 5(1)(e), R-74)."""
    drop(Collected.objects.filter(claim__closed_at__lt=now - after).select_related("file"), now=now)


def shred_unlisted(*, before: datetime, now: datetime) -> None:
    """Files a killed worker had stored and not yet listed."""
    listed = Collected.objects.values("file")
    lost = SealedFile.objects.filter(purpose=PURPOSE, shredded_at=None, created_at__lt=before).exclude(pk__in=listed)
    for file in lost.iterator():
        vault.shred(file, now=now)


def of(claim: Claim) -> list[Collected]:
    """The list of chunks of the present round, without their content."""
    now_round = ledger.round_of(claim, "collecting")
    return list(Collected.objects.filter(claim=claim, round=now_round).select_related("file"))
