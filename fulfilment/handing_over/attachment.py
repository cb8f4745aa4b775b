"""The PDF and the JSON in an AES-256 ZIP attached to a mail, where the company's policy says so and the size allows.

The passphrase is never in a mail: it is shown on the download page, after the one-time code.
"""

import secrets
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

import pyzipper

from fulfilment.extract import files, manifest
from fulfilment.handing_over import signing
from fulfilment.handing_over.bundle import ATTACHED
from fulfilment.models import Bundle, Delivery
from requests_app import correspondence, vault
from requests_app.controllers import controller
from requests_app.models import SealedFile

INSIDE = ("extract.pdf", "letter.pdf", "data.json")
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without l, 1, o, 0 and i: it is read from a screen and typed. 20 of them: 99 bits."""


@dataclass(frozen=True)
class Packed:
    file: SealedFile
    name: str
    passphrase: str


def pack(bundle: Bundle, *, now: datetime) -> Packed | None:
    """The encrypted attachment, or None where the policy does not want one or it would be too large for a mail."""
    delivery = controller(bundle.claim.case.controller).policy.delivery
    most = delivery.max_attachment_mb * 1024 * 1024
    size = sum(about["size"] for name, about in bundle.manifest.items() if name in INSIDE)
    if not delivery.attach_encrypted or size > 8 * most:  # text shrinks, but not that far
        return None
    passphrase = "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(4))
    with vault.open_clear(bundle.file) as clear, tempfile.TemporaryFile() as out:
        listed = {name: about for name, about in bundle.manifest.items() if name in INSIDE}
        _encrypt(clear, out, passphrase, listed=listed)
        if out.tell() > most:
            return None
        case = bundle.claim.case
        file = vault.store(files.parts(out), purpose=ATTACHED, case=case, content_type="application/zip")
    return Packed(file, f"{bundle.claim.case.reference}.zip", passphrase)


def send(packed: Packed, made: Delivery, *, url: str, expires: date, now: datetime) -> None:
    """The mail with the file; the passphrase stays with the delivery."""
    Delivery.objects.filter(pk=made.pk).update(passphrase=packed.passphrase)
    values = {"file_name": packed.name, "status_url": url, "expires": expires}
    correspondence.write(
        made.claim.case, "bundle_sent", now=now, values=values, claim=made.claim, attachment=packed.file,
        attachment_name=packed.name,
    )  # fmt: skip


def _encrypt(clear: IO[bytes], out: IO[bytes], passphrase: str, *, listed: Mapping[str, Mapping[str, Any]]) -> None:
    """These files of the archive, and a signed manifest of exactly them. AES-256 as WinZip writes it (AE-2)."""
    options = {"compression": pyzipper.ZIP_DEFLATED, "encryption": pyzipper.WZ_AES}
    with zipfile.ZipFile(clear) as source, pyzipper.AESZipFile(out, "w", **options) as target:
        target.setpassword(passphrase.encode())
        target.setencryption(pyzipper.WZ_AES, nbits=256, force_wz_aes_version=pyzipper.zipfile_aes.WZ_AES_V2)
        for name in listed:
            with source.open(name) as member, target.open(name, "w") as copy:
                while part := member.read(files.PART):
                    copy.write(part)
        for name, written in manifest.members(listed, signer=signing.signer()):
            target.writestr(name, written)
    out.seek(0, 2)
