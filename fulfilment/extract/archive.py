"""The ZIP: every file once, streamed, then the manifest with the SHA-256 of each. Same content, same bytes."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, TypeAlias

import orjson

Files: TypeAlias = Iterable[tuple[str, Iterable[bytes]]]
MANIFEST = "manifest.json"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""No time of making inside: two archives of the same content are the same."""


@dataclass(frozen=True)
class Sealed:
    """What was written. `digest`: SHA-256 over the names, sizes and digests of all files; what is approved."""

    files: Mapping[str, Mapping[str, Any]]
    digest: str


def write(files: Files, out: IO[bytes]) -> Sealed:
    listed: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6, allowZip64=True) as archive:
        for name, content in files:
            listed[name] = _member(archive, name, content)
        sealed = Sealed(listed, digest(listed))
        _member(archive, MANIFEST, [manifest(sealed)])
    return sealed


def _member(archive: zipfile.ZipFile, name: str, content: Iterable[bytes]) -> dict[str, Any]:
    info = zipfile.ZipInfo(name, date_time=EPOCH)
    info.compress_type = zipfile.ZIP_STORED if name.endswith(".pdf") else zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    total, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as member:
        for part in content:
            member.write(part)
            total.update(part)
            size += len(part)
    return {"sha256": total.hexdigest(), "size": size}


def digest(files: Mapping[str, Mapping[str, Any]]) -> str:
    return hashlib.sha256(orjson.dumps(files, option=orjson.OPT_SORT_KEYS)).hexdigest()


def manifest(sealed: Sealed) -> bytes:
    content = {"algorithm": "SHA-256", "content": sealed.digest, "files": sealed.files}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


def differences(source: IO[bytes]) -> Iterator[str]:
    """Names that are missing, unlisted, or not what the manifest says. Raises zipfile.BadZipFile."""
    with zipfile.ZipFile(source) as archive:
        listed = orjson.loads(archive.read(MANIFEST))["files"]
        there = [name for name in archive.namelist() if name != MANIFEST]
        yield from sorted(set(there) ^ set(listed))
        for name in there:
            if name in listed and measure(archive, name) != listed[name]:
                yield name


def measure(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    total, size = hashlib.sha256(), 0
    with archive.open(name) as member:
        while part := member.read(1 << 20):
            total.update(part)
            size += len(part)
    return {"sha256": total.hexdigest(), "size": size}
