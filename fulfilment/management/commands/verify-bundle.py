"""`manage.py verify-bundle FILE`: is this archive what was handed out? Offline; nothing is unpacked to a disk."""

import getpass
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fulfilment.extract import signature, verify
from fulfilment.extract.signature import PublicKey
from fulfilment.extract.verify import Problem, Result, Verdict
from fulfilment.handing_over import signing

CODES = {Verdict.GENUINE: 0, Verdict.CHANGED: 3, Verdict.FOREIGN: 4, Verdict.UNREADABLE: 5}
VERDICTS = {
    Verdict.GENUINE: "Genuine: every file is as it was signed, nothing is missing and nothing was added.",
    Verdict.CHANGED: "Changed: this is not what was signed.",
    Verdict.FOREIGN: "Not signed by a known key: who made it cannot be told.",
    Verdict.UNREADABLE: "Cannot be read, so nothing in it was believed.",
}
WORDS = {
    "missing": "is missing", "unlisted": "was added", "altered": "was changed", "no_manifest": "is not there",
    "bad_manifest": "is damaged, or none of ours", "no_signature": "is not there: the archive is not signed",
    "unknown_key": "is signed by a key that is not known", "wrong_signature": "was changed after it was signed",
    "encrypted": "the archive is encrypted: give its passphrase on standard input",
    "wrong_passphrase": "the passphrase does not open it", "not_a_zip": "no ZIP archive",
    "cut_off": "its end is missing: fetch it again", "too_many_files": "more files than any of ours has",
    "unsafe_name": "a name that leads out of the archive", "duplicate_name": "is there more than once",
    "overlapping": "shares its bytes with another file", "hidden_bytes": "bytes that belong to no file",
    "method": "packed in a way ours never is",
}  # fmt: skip


class Command(BaseCommand):
    help = (
        "Check a bundle (or the encrypted attachment of a mail) against its signed manifest, offline. "
        "Exit codes: 0 genuine, 1 wrong use, 3 changed since it was signed, 4 not signed or by an unknown key, "
        "5 cannot be read (no archive, cut off, hostile, wrong passphrase)."
    )
    requires_system_checks: list[str] = []  # whoever checks need not run a portal

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--key", action="append", default=[], metavar="PUBLIC",
            help="trust this key alone, not those of SIGNING_KEYS: base64url, or a file with a PEM key or the "
                 "portal's /.well-known/dsar-signing-keys.json; may be repeated",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        known = _known(options["key"])
        try:
            with options["file"].open("rb") as file:
                found = _checked(file, known)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        self.stdout.write(json.dumps(_told(found)) if options["json"] else "\n".join(_lines(found)))
        if code := CODES[found.verdict]:
            raise SystemExit(code)


def _checked(file: IO[bytes], known: list[PublicKey]) -> Result:
    found = verify.check(file, known)
    if Problem("encrypted") in found.problems and (given := _passphrase()):
        return verify.check(file, known, passphrase=given)
    return found


def _passphrase() -> str:
    """Never an argument: those are seen by everybody on the machine."""
    if sys.stdin.isatty():
        return getpass.getpass("Passphrase: ")
    return sys.stdin.readline().rstrip("\r\n")


def _known(given: list[str]) -> list[PublicKey]:
    try:
        known = [key for text in given for key in _read(text)] if given else list(signing.keys().public)
    except ValueError as error:
        raise CommandError(f"--key: {error}" if given else str(error)) from None
    if not known:
        raise CommandError("No key to check against: give --key, or set SIGNING_KEYS.")
    return known


def _read(text: str) -> tuple[PublicKey, ...]:
    path = Path(text)
    return signature.read(path.read_text("utf-8") if path.is_file() else text)


def _told(found: Result) -> dict[str, Any]:
    problems = [{name: value for name, value in asdict(one).items() if value} for one in found.problems]
    return {"verdict": found.verdict, "key": found.key, "content": found.content, "files": found.files,
            "problems": problems}  # fmt: skip


def _lines(found: Result) -> list[str]:
    lines = [VERDICTS[found.verdict]]
    for one in found.problems:
        shown = json.dumps(one.name)[1:-1]  # a hostile name moves no cursor
        lines.append(f"  {shown}: {WORDS[one.code]}" if shown else f"  {WORDS[one.code]}")
    if found.verdict is Verdict.GENUINE:
        lines += [f"  {found.files} files, content {found.content}", f"  signed by key {found.key}"]
    return lines
