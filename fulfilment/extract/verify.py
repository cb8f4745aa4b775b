"""Is this archive what we handed out? Its signature first; then every file against the manifest that was signed.

Offline, without a disk and in constant memory. Nothing but manifest and signature is unpacked before the signature
holds, and no file beyond the size that was signed: a bomb cannot go off, for we have signed none.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any

import pyzipper

from fulfilment.extract import manifest, opened
from fulfilment.extract.manifest import MANIFEST, OWN, SIGNATURE, Manifest
from fulfilment.extract.opened import Refused
from fulfilment.extract.signature import PublicKey

MOST_MANIFEST = 32 << 20
PART = 1 << 20


class Verdict(StrEnum):
    GENUINE = "genuine"  # signed by a known key, every file as signed, nothing missing, nothing more
    CHANGED = "changed"  # the signature is a known key's, but something is not as it was signed
    FOREIGN = "foreign"  # not signed, or not by a key that is known
    UNREADABLE = "unreadable"  # no ZIP of our shape, cut off, or no passphrase that opens it


@dataclass(frozen=True)
class Problem:
    """`code` as in `opened.Refused`, or: encrypted, wrong_passphrase, no_manifest, bad_manifest, no_signature,
    unknown_key, wrong_signature, missing, unlisted, altered. `name`: of the file, as the archive writes it."""

    code: str
    name: str = ""


@dataclass(frozen=True)
class Result:
    verdict: Verdict
    problems: tuple[Problem, ...] = ()
    key: str = ""
    content: str = ""
    files: int = 0


def check(file: IO[bytes], known: Sequence[PublicKey] | None, *, passphrase: str = "") -> Result:
    """The archive against its manifest; the manifest against `known` keys, or, with None, as it is."""
    try:
        archive = opened.archive(file)
        if opened.is_encrypted(archive):
            if not passphrase:
                raise Refused("encrypted")
            archive.setpassword(passphrase.encode())
        written = _small(archive, MANIFEST, most=MOST_MANIFEST, missing="no_manifest")
    except Refused as refused:
        foreign = refused.code == "no_manifest"
        return Result(Verdict.FOREIGN if foreign else Verdict.UNREADABLE, (Problem(refused.code, refused.name),))
    try:
        said = manifest.read(written)
    except ValueError:
        return Result(Verdict.CHANGED, (Problem("bad_manifest", MANIFEST),))
    if known is not None and (wrong := _unsigned(archive, written, said, known)):
        return wrong
    found = tuple(_differences(archive, said.files))
    return Result(Verdict.CHANGED if found else Verdict.GENUINE, found, said.key, said.content, len(said.files))


def _unsigned(
    archive: pyzipper.AESZipFile, written: bytes, said: Manifest, known: Sequence[PublicKey]
) -> Result | None:
    """Why the manifest is not a known key's; None where it is."""
    try:
        signed = _small(archive, SIGNATURE, most=64, missing="no_signature")
    except Refused as refused:
        return Result(Verdict.FOREIGN, (Problem(refused.code, refused.name),), said.key)
    key = next((one for one in known if one.id == said.key), None)
    if key is None:
        return Result(Verdict.FOREIGN, (Problem("unknown_key", MANIFEST),), said.key)
    if not key.verifies(signed, written):
        return Result(Verdict.CHANGED, (Problem("wrong_signature", MANIFEST),), said.key)
    return None


def _small(archive: pyzipper.AESZipFile, name: str, *, most: int, missing: str) -> bytes:
    """A file that is read whole. `Refused`."""
    if name not in archive.namelist():
        raise Refused(missing, name)
    if archive.getinfo(name).file_size > most:
        raise Refused("bad_manifest", name)
    try:
        with archive.open(name) as member:
            return bytes(member.read(most + 1))
    except RuntimeError as error:
        raise Refused("wrong_passphrase" if "password" in str(error) else "bad_manifest", name) from None
    except opened.UNREADABLE:
        raise Refused("bad_manifest", name) from None


def _differences(archive: pyzipper.AESZipFile, listed: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    there = dict.fromkeys(name for name in archive.namelist() if name not in OWN)
    yield from (Problem("missing", name) for name in listed if name not in there)
    for name in there:
        if name not in listed:
            yield Problem("unlisted", name)
        elif not _is(archive, name, listed[name]):
            yield Problem("altered", name)


def _is(archive: pyzipper.AESZipFile, name: str, listed: Mapping[str, Any]) -> bool:
    if archive.getinfo(name).file_size != listed["size"]:
        return False
    total, left = hashlib.sha256(), listed["size"]
    try:
        with archive.open(name) as member:
            while left >= 0 and (part := member.read(PART)):
                total.update(part)
                left -= len(part)
    except opened.UNREADABLE:
        return False
    return left == 0 and bool(total.hexdigest() == listed["sha256"])
