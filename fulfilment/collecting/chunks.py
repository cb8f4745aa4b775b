"""Collected records where they rest: sealed files of at most 1,500 records of a table. Only writer of `Collected`.

A file is deflated text. First a record a line, byte for byte as data.json hands it out; then an empty line; then for
each record a line of what only staff and plans need: "1" or "0" for shared, the fingerprint and [names of unmapped
columns]. So an extract is mostly copied, not read apart, and a page of a review parses the rows it shows.
A record is named by source, collection and its number there, from 0.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import transaction
from isal import isal_zlib

from connectors.base import Record
from fulfilment import ledger
from fulfilment.extract.sayable import dumps
from fulfilment.models import Collected, Step
from requests_app import vault
from requests_app.models import Claim, SealedFile

MOST, MOST_BYTES = 1500, 512 * 1024
"""Records, and bytes of their text, in one file: what is held in memory of a table at a time."""
LEVEL = 1  # of ISA-L: half as large again as the best, many times as fast
PURPOSE = "collected"
Line = dict[str, Any]
"""{"key", "fields", "path", "shared", "unmapped", "fingerprint", "at"}, all values JSON-safe (`connectors.values`)."""


class Sheet:
    """Records of one table on their way into one file. `at`: when they were read; an extract is a snapshot (R-44)."""

    def __init__(self, *, at: datetime) -> None:
        self.columns: dict[str, None] = {}
        self.count = self.shared = 0
        self._at = at.isoformat(timespec="seconds")
        self._names: tuple[str, ...] = ()
        self._unmapped: tuple[tuple[str, ...], bytes] = ((), b"[]")
        self._size = 0
        self._texts: list[bytes] = []
        self._asides: list[bytes] = []

    def add(self, record: Record) -> bool:
        """Whether it is full now."""
        text = said(record, at=self._at)
        self._texts.append(text)
        if record.unmapped != self._unmapped[0]:
            self._unmapped = (record.unmapped, orjson.dumps(record.unmapped, default=str))
        self._asides.append(b"%d %b %b" % (record.shared, record.fingerprint.encode(), self._unmapped[1]))
        names = tuple(record.fields)
        if names != self._names:
            self._names = names
            self.columns.update(dict.fromkeys(map(str, names)))
        self._size += len(text)
        self.count += 1
        self.shared += record.shared
        return self.count >= MOST or self._size >= MOST_BYTES

    def packed(self) -> bytes:
        """The content of the file."""
        return isal_zlib.compress(b"\n".join((*self._texts, b"", *self._asides)), LEVEL)


def in_tables(records: Iterable[Record], *, at: datetime) -> Iterator[tuple[str, int, Sheet]]:
    """(collection, number of the first, sheet): sheets of one table each, from a stream in which tables may mix."""
    sheets: dict[str, Sheet] = {}
    firsts: dict[str, int] = {}
    for record in records:
        collection = record.collection
        sheet = sheets.get(collection)
        if sheet is None:
            sheet = sheets[collection] = Sheet(at=at)
        if sheet.add(record):
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


def said(record: Record, *, at: str) -> bytes:
    """A record as data.json says it, nothing withheld."""
    return dumps({"key": record.key, "time": at, "path": record.path, "fields": record.fields, "withheld": ()})


def text(chunk: Collected) -> bytes:
    """The records of one chunk as data.json says them, one a line. Raises `pyrage.DecryptError` when somebody touched
    the file."""
    return _open(chunk)[0]


def texts(chunk: Collected) -> Iterator[tuple[int, bool, bytes]]:
    """(number, whether somebody else's too, text) of each record of one chunk."""
    said, asides = _open(chunk)
    for place, (one, aside) in enumerate(zip(said.split(b"\n"), asides.split(b"\n"), strict=True)):
        yield chunk.first + place, aside.startswith(b"1"), one


def shared(chunk: Collected) -> list[int]:
    """Numbers of the records that are somebody else's too; a chunk without any stays closed."""
    asides = _open(chunk)[1].split(b"\n") if chunk.shared else []
    return [chunk.first + place for place, aside in enumerate(asides) if aside.startswith(b"1")]


def read(chunk: Collected, *, first: int = 0, count: int | None = None) -> Iterator[tuple[int, Line]]:
    """(number, line) of one chunk, in order: all, or those of a page. Raises `pyrage.DecryptError`, see `text`."""
    said, asides = (part.split(b"\n") for part in _open(chunk))
    start = max(first - chunk.first, 0)
    stop = len(said) if count is None else max(first + count - chunk.first, 0)
    lines = orjson.loads(b"[%b]" % b",".join(said[start:stop]))  # all at once is twice as fast as one by one
    names: dict[bytes, list[str]] = {}
    for number, (line, aside) in enumerate(zip(lines, asides[start:stop], strict=True), chunk.first + start):
        shared, fingerprint, unmapped = aside.split(b" ", 2)
        if unmapped not in names:
            names[unmapped] = orjson.loads(unmapped)
        yield number, {
            "key": line["key"], "fields": line["fields"], "path": line["path"], "shared": shared == b"1",
            "unmapped": names[unmapped], "fingerprint": fingerprint.decode(), "at": line["time"],
        }  # fmt: skip


def _open(chunk: Collected) -> tuple[bytes, bytes]:
    data = vault.read(chunk.file)
    if data.startswith(b"{"):  # deflated text begins otherwise
        return _of_lines(map(orjson.loads, data.splitlines()))
    said, _, asides = isal_zlib.decompress(data).partition(b"\n\n")
    return said, asides


def _of_lines(lines: Iterable[Line]) -> tuple[bytes, bytes]:
    """The same of a file written before records rested as data.json says them: a `Line` a line."""
    texts, asides = [], []
    for one in lines:
        texts.append(dumps({"key": one["key"], "time": one["at"], "path": one["path"], "fields": one["fields"],
                            "withheld": ()}))  # fmt: skip
        asides.append(b"%d %b %b" % (one["shared"], one["fingerprint"].encode(), orjson.dumps(one["unmapped"])))
    return b"\n".join(texts), b"\n".join(asides)


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
