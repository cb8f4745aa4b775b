"""The frozen plans of a page where they rest: sealed, shredded as soon as they are carried out and proved."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from connectors.values import canonical, sha256
from fulfilment.models import RetentionChunk
from fulfilment.routine.lanes import Place
from requests_app import vault
from requests_app.models import SealedFile

PURPOSE = "routine"
MARK = 8  # bytes of a mark that tell rows of one table apart: 64 bits, so that a million rows do not meet


def store(body: Mapping[str, Any]) -> SealedFile:
    data = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    return vault.store([data], purpose=PURPOSE, case=None, content_type="application/json")


def read(chunk: RetentionChunk) -> dict[str, Any]:
    """{} for a page of which nothing had to be kept. Raises `vault.Shredded`."""
    if chunk.file is None:
        return {}
    body: dict[str, Any] = json.loads(vault.read(chunk.file))
    return body


def digest(body: Mapping[str, Any]) -> str:
    """Of what would be done: not of who was met on the way."""
    return sha256(canonical({name: part for name, part in body.items() if name not in ("keys", "seen")}))


def shred(files: Iterable[SealedFile], *, now: datetime) -> None:
    for file in list(files):
        vault.shred(file, now=now)


def shred_unlisted(*, before: datetime, now: datetime) -> None:
    """Files a killed worker had stored and not yet listed."""
    listed = RetentionChunk.objects.exclude(file=None).values("file")
    lost = SealedFile.objects.filter(purpose=PURPOSE, shredded_at=None, created_at__lt=before)
    shred(lost.exclude(pk__in=listed), now=now)


def short(mark: str) -> bytes:
    return bytes.fromhex(mark[: 2 * MARK])


def packed(marks: Mapping[Place, Iterable[str]]) -> dict[str, str]:
    """Marks of rows by table, as short as they can be and still be told apart."""
    return {"/".join(place): base64.b64encode(b"".join(map(short, ones))).decode() for place, ones in marks.items()}


def unpacked(packed: Mapping[str, str]) -> Iterator[tuple[Place, set[bytes]]]:
    for name, text in packed.items():
        source, _, collection = name.partition("/")
        data = base64.b64decode(text)
        yield (source, collection), {data[at : at + MARK] for at in range(0, len(data), MARK)}
