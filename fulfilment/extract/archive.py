"""The ZIP: every file once, streamed, then the manifest and its signature. Same content and key, same bytes."""

import hashlib
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, TypeAlias

from isal import isal_zlib

from fulfilment.extract import manifest
from fulfilment.extract.signature import Signer

Files: TypeAlias = Iterable[tuple[str, Iterable[bytes]]]
LEVEL = 2  # of ISA-L: what zlib's 6 leaves, many times as fast
AHEAD, SMALL = 4, 1 << 15
EPOCH = (1980, 1, 1, 0, 0, 0)
"""No time of making inside: two archives of the same content are the same."""


@dataclass(frozen=True)
class Sealed:
    """What was written. `digest`: SHA-256 over the names, sizes and digests of all files; what is approved."""

    files: Mapping[str, Mapping[str, Any]]
    digest: str


def write(files: Files, out: IO[bytes], *, signer: Signer | None = None) -> Sealed:
    listed: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6, allowZip64=True) as archive:
        for name, content in files:
            listed[name] = _member(archive, name, content)
        for name, written in manifest.members(listed, signer=signer):
            _member(archive, name, [written])
    return Sealed(listed, manifest.digest(listed))


def _member(archive: zipfile.ZipFile, name: str, content: Iterable[bytes]) -> dict[str, Any]:
    info = zipfile.ZipInfo(name, date_time=EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    total, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as member:
        member._compressor = isal_zlib.compressobj(LEVEL, wbits=-15)  # type: ignore[attr-defined]

        def take(part: bytes) -> None:
            member.write(part)
            total.update(part)

        with behind() as then:
            for part in content:
                then(take, part)
                size += len(part)
    return {"sha256": total.hexdigest(), "size": size}


@contextmanager
def behind() -> Iterator[Callable[..., None]]:
    """What is given is called in order by a thread of its own, at most `AHEAD` calls behind, all done at the end.

    Deflating and hashing let go of the interpreter: meanwhile the next part is made here.
    """
    waiting: deque[Future[Any]] = deque()
    with ThreadPoolExecutor(1, "behind") as pool:

        def then(call: Callable[[bytes], Any], part: bytes) -> None:
            if len(part) < SMALL and not waiting:
                call(part)
                return
            while len(waiting) >= AHEAD:
                waiting.popleft().result()
            waiting.append(pool.submit(call, part))

        yield then
        while waiting:
            waiting.popleft().result()
