"""Collected records where they rest: sealed files of JSON lines, at most 1,000 a file. The only writer of `Collected`.

One line is one record: {"key", "fields", "path", "shared", "unmapped", "fingerprint", "at"}, all values JSON-safe as
`connectors.base.plain` makes them. A record is named by source, collection and its number there, from 0.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import transaction

from connectors.base import Record
from fulfilment import ledger
from fulfilment.models import Collected, Step
from requests_app import vault
from requests_app.models import Claim, SealedFile

SIZE = 1000
PURPOSE = "collected"
Line = dict[str, Any]


def line(record: Record, *, at: datetime) -> Line:
    """What is kept of a record; `at` is the moment it was read: the extract is a snapshot of then (R-44)."""
    return {
        "key": record.key, "fields": record.fields, "path": record.path, "shared": record.shared,
        "unmapped": record.unmapped, "fingerprint": record.fingerprint, "at": at.isoformat(timespec="seconds"),
    }  # fmt: skip


def in_tables(records: Iterable[Record], *, at: datetime) -> Iterator[tuple[str, int, list[Line]]]:
    """(collection, number of the first, lines): chunks of one table each, from a stream in which tables may mix."""
    open_chunks: dict[str, list[Line]] = {}
    firsts: dict[str, int] = {}
    for record in records:
        chunk = open_chunks.setdefault(record.collection, [])
        chunk.append(line(record, at=at))
        if len(chunk) == SIZE:
            yield record.collection, firsts.get(record.collection, 0), chunk
            firsts[record.collection] = firsts.get(record.collection, 0) + SIZE
            open_chunks[record.collection] = []
    for collection, chunk in open_chunks.items():
        if chunk:
            yield collection, firsts.get(collection, 0), chunk


def add_columns(columns: list[str], lines: Iterable[Line]) -> None:
    """Add the columns these lines have and the list does not yet, in their order."""
    for one in lines:
        if len(one["fields"]) != len(columns) or any(name not in columns for name in one["fields"]):
            columns += [name for name in one["fields"] if name not in columns]


def write(step: Step, *, collection: str, first: int, lines: list[Line], now: datetime) -> None:
    """Store one chunk under the lease of `step`. Raises `ledger.LeaseLost`, and then nothing is listed."""
    claim = step.claim
    file = vault.store(map(dumps, lines), purpose=PURPOSE, case=claim.case)
    try:
        with transaction.atomic():
            ledger.renew(step, now=now)
            Collected.objects.create(
                claim=claim, round=step.round, source=step.source, collection=collection, first=first,
                count=len(lines), shared=sum(one["shared"] for one in lines), file=file, at=now,
            )  # fmt: skip
    except ledger.LeaseLost:
        vault.shred(file, now=now)
        raise


def dumps(one: Line) -> bytes:
    """Column names may be a subclass of str, as SQLAlchemy gives them. One odd row must not stop the whole case."""
    try:
        return orjson.dumps(one, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # bytes that are no UTF-8, a number of more than 64 bits
        said = {str(name): _sayable(value) for name, value in one.items()}
        # A key that had to be changed finds no row any more: what happens to it is done by hand.
        said["key"] = said["key"] if said["key"] == one["key"] else None
        return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


def _sayable(value: Any) -> Any:
    """The same value as UTF-8 and JSON can say it: stray bytes read as Latin-1, great numbers as text."""
    if isinstance(value, str):
        return "".join(_sign(char) if "\ud800" <= char <= "\udfff" else char for char in value)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _sayable(inner) for name, inner in value.items()}
    return [_sayable(inner) for inner in value] if isinstance(value, list | tuple) else value


def _sign(char: str) -> str:
    return chr(ord(char) - 0xDC00) if "\udc80" <= char <= "\udcff" else "\ufffd"  # surrogateescape, PEP 383


def read(chunk: Collected) -> Iterator[tuple[int, Line]]:
    """(number, line) of one chunk, in order. Raises `pyrage.DecryptError` when somebody touched the file."""
    with vault.open_clear(chunk.file) as clear:
        for number, raw in enumerate(clear, chunk.first):
            yield number, orjson.loads(raw)


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
