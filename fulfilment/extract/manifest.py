"""manifest.json: size and SHA-256 of every file of an archive; beside it its signature. Same content, same bytes.

The digest over all that is what a second person approves. It does not cover the signature: a new signing key makes
another signature of the same content.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from fulfilment.extract.signature import ALGORITHM, Signer

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
OWN = (MANIFEST, SIGNATURE)
FORMAT = "dsar-manifest/1"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Manifest:
    """What a manifest says. `files`: name to {"sha256": hex, "size": bytes}; `key`: id of its signer, or empty."""

    files: Mapping[str, Mapping[str, Any]]
    content: str
    key: str


def digest(files: Mapping[str, Mapping[str, Any]]) -> str:
    """Hex SHA-256 over the names, sizes and digests of all files; what is approved."""
    return hashlib.sha256(orjson.dumps(files, option=orjson.OPT_SORT_KEYS)).hexdigest()


def members(files: Mapping[str, Mapping[str, Any]], *, signer: Signer | None) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of what an archive ends with: the manifest, and its signature where there is a key."""
    signed = {"algorithm": ALGORITHM, "key": signer.public.id, "file": SIGNATURE} if signer else None
    content = {"format": FORMAT, "algorithm": "SHA-256", "content": digest(files), "signature": signed, "files": files}
    written = orjson.dumps(content, option=orjson.OPT_INDENT_2)
    yield MANIFEST, written
    if signer:
        yield SIGNATURE, signer.sign(written)


def read(written: bytes) -> Manifest:
    """ValueError where it is no manifest, or contradicts itself."""
    found = orjson.loads(written)
    files = found.get("files") if isinstance(found, dict) else None
    if not isinstance(files, dict) or not all(_is_measure(one) for one in files.values()):
        raise ValueError("not a manifest")
    if found.get("content") != digest(files):
        raise ValueError("content digest")
    signed = found.get("signature")
    key = signed.get("key") if isinstance(signed, dict) else None
    return Manifest(files, found["content"], key if isinstance(key, str) else "")


def _is_measure(one: object) -> bool:
    return (
        isinstance(one, dict) and one.keys() == {"sha256", "size"} and type(one["size"]) is int and one["size"] >= 0
        and isinstance(one["sha256"], str) and bool(_SHA256.fullmatch(one["sha256"]))
    )  # fmt: skip
