"""The extract as one sealed file: the only writer of `Bundle`.

Built when the answer is submitted, so that the second person approves exactly the bytes that are handed over; its
content digest is compared again before it goes out.
"""

import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import IO, Any

import pyrage
from django.db import transaction

from connectors.base import Identity
from fulfilment import ledger
from fulfilment.collecting import find, records
from fulfilment.extract import archive, files, verify
from fulfilment.extract.shape import Extract
from fulfilment.extract.verify import Verdict
from fulfilment.handing_over import access, portability, signing
from fulfilment.models import Bundle, Step
from law.deadlines import local_day
from law.rights import Right
from letters.kinds import Values
from letters.render import render
from requests_app import lateness, vault
from requests_app.controllers import controller
from requests_app.models import Claim, Letter, SealedFile
from requests_app.paper import letterhead
from requests_app.states import Stage

UNREADABLE = (pyrage.DecryptError, vault.Shredded, OSError)
"""What opening a sealed file raises: tampered at its head, shredded, tampered further on or gone."""


PURPOSE, ATTACHED = "bundle", "mail_copy"


class Empty(Exception):
    """Nothing to hand out: the answer is a letter that says so, not an empty archive."""


def cover(extract: Extract, *, right: str, name: str, received: Any, searched: Identity) -> tuple[str, Values, Extract]:
    """(kind of letter, its values, what is handed out) for access or portability. `Empty`."""
    if right == Right.portability:
        extract, left = portability.portable(extract)
        if not extract.records:
            raise Empty
        return "portability_cover", portability.cover(extract, left, name=name, received=received), extract
    if not extract.records:
        raise Empty
    return "access_cover", access.cover(extract, name=name, received=received, searched=searched), extract


def write(extract: Extract, kind: str, values: Values, *, out: IO[bytes], written: Any) -> archive.Sealed:
    """The archive with letter, data and manifest, to `out`."""
    paper = letterhead(extract.ours)
    letter = render(kind, language=extract.language, values=values, letterhead=paper, written=written)
    return archive.write(files.all_of(extract, letter=letter.html), out, signer=signing.signer())


def build(claim: Claim, *, now: datetime, step: Step | None = None) -> Bundle:
    """Make the bundle of what may be handed out as decided now; earlier ones of the claim are shredded. `Empty`.

    Under the lease of `step`, where a worker does it: of a claim withdrawn or sent back meanwhile nothing is kept
    (`ledger.LeaseLost`).
    """
    case = claim.case
    kind, values, extract = cover(
        records.extract(claim), right=claim.right, name=case.person.get("name", ""), received=case.received_on,
        searched=find.given(case.person),
    )  # fmt: skip
    today = local_day(now, tz=controller(case.controller).policy.tz)
    values = replace(values, late_since=lateness.since(claim, on=today))  # type: ignore[call-arg]  # both covers have it
    with tempfile.TemporaryFile() as out:  # without a name: gone with the process
        sealed = write(extract, kind, values, out=out, written=today)
        pdf = _store_pdf(claim, out)
        file = vault.store(files.parts(out), purpose=PURPOSE, case=case, content_type="application/zip")
    try:
        with transaction.atomic():
            if step:
                _still_wanted(step, now=now)
            return _remember(claim, sealed, extract, file=file, pdf=pdf, now=now)
    except ledger.LeaseLost:
        for one in filter(None, (file, pdf)):
            vault.shred(one, now=now)
        raise


def _still_wanted(step: Step, *, now: datetime) -> None:
    """Raises `ledger.LeaseLost`. With the claim locked: neither withdrawal nor another round comes in between."""
    claim = Claim.objects.select_for_update().get(pk=step.claim_id)
    ledger.renew(step, now=now)
    if claim.stage != Stage.PREPARING or step.round != ledger.round_of(claim, Stage.PREPARING):
        raise ledger.LeaseLost(step.pk)


def build_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """A large bundle, put together by a worker; then it waits for the second person."""
    try:
        made = build(claim, now=now, step=step)
    except Empty:
        raise ledger.StepFailed("no_data") from None
    return {"content": made.content_digest, "records": made.records}


def _store_pdf(claim: Claim, out: IO[bytes]) -> SealedFile | None:
    """The PDF once more by itself: for the approver to read, and for an encrypted attachment."""
    name = "letter.pdf" if claim.right == Right.portability else "extract.pdf"
    out.seek(0)
    with zipfile.ZipFile(out) as zipped, zipped.open(name) as pdf:
        return vault.store(
            iter(lambda: pdf.read(files.PART), b""), purpose=PURPOSE, case=claim.case, content_type="application/pdf"
        )


def _remember(
    claim: Claim, sealed: archive.Sealed, extract: Extract, *, file: SealedFile, pdf: SealedFile | None, now: datetime
) -> Bundle:
    changes = {
        "round": ledger.round_of(claim, Stage.REVIEW), "file": file, "pdf": pdf, "manifest": dict(sealed.files),
        "records": extract.records, "made_at": now, "revoked_at": None,
    }  # fmt: skip
    shred(Bundle.objects.filter(claim=claim), now=now)
    bundle, _ = Bundle.objects.update_or_create(claim=claim, content_digest=sealed.digest, defaults=changes)
    return bundle


def latest(claim: Claim) -> Bundle | None:
    """The bundle to be approved, or approved; None when there is none that can be read."""
    return Bundle.objects.filter(claim=claim, revoked_at=None).order_by("-made_at", "-pk").first()


def released(claim: Claim) -> Bundle | None:
    """What was handed over when the claim was closed, while it can still be read: all that may be offered once more."""
    mine = Bundle.objects.filter(claim=claim, revoked_at=None, deliveries__isnull=False)
    closed = claim.stage == Stage.CLOSED and claim.approved_digest
    return mine.filter(content_digest=claim.approved_digest).first() if closed else None


def approved(claim: Claim) -> Bundle:
    """Exactly the bundle the second person approved. Raises `ledger.StepFailed`."""
    bundle = Bundle.objects.filter(claim=claim, revoked_at=None, content_digest=claim.approved_digest).first()
    if bundle is None or not claim.approved_digest:
        raise ledger.StepFailed("bundle_not_approved")
    return bundle


def check(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """Before it goes out: the bytes in storage are still those that were approved."""
    bundle = approved(claim)
    if not is_whole(bundle):
        raise ledger.StepFailed("bundle_altered")
    return {"content": bundle.content_digest, "records": bundle.records}


def is_whole(bundle: Bundle) -> bool:
    """Whether every file in the archive is what was approved, and nothing else is in it.

    By whom it is signed is not asked: it lay sealed with us, and the key may have been retired since.
    """
    try:
        with vault.open_clear(bundle.file) as clear:
            found = verify.check(clear, known=None)
    except UNREADABLE:
        return False
    return found.verdict is Verdict.GENUINE and found.content == bundle.content_digest


def shred(bundles: Iterable[Bundle], *, now: datetime) -> None:
    """Destroy what is in them, copies made for a mail included; the rows stay as proof of what was handed over.

    Repeating is harmless.
    """
    for bundle in bundles:
        mailed = Letter.objects.filter(claim=bundle.claim_id, attachment__purpose=ATTACHED).select_related("attachment")
        for file in (bundle.file, bundle.pdf, *(letter.attachment for letter in mailed)):
            if file and not file.shredded_at:
                vault.shred(file, now=now)
        Bundle.objects.filter(pk=bundle.pk, revoked_at=None).update(revoked_at=now)


def shred_of_closed(*, before: datetime, now: datetime) -> None:
    """Of claims closed since then without handing anything over: withdrawn when the answer was ready (Art. 5(1)(e))."""
    shred(Bundle.objects.filter(revoked_at=None, deliveries=None, claim__closed_at__lt=before)[:500], now=now)


def shred_unlisted(*, before: datetime, now: datetime) -> None:
    """Files stored by somebody who was stopped before the row that names them was written."""
    lost = SealedFile.objects.filter(shredded_at=None, created_at__lt=before, purpose__in=(PURPOSE, ATTACHED))
    lost = lost.exclude(pk__in=Bundle.objects.values("file"))
    lost = lost.exclude(pk__in=Bundle.objects.exclude(pdf=None).values("pdf"))
    lost = lost.exclude(pk__in=Letter.objects.exclude(attachment=None).values("attachment"))
    for file in lost.iterator():
        vault.shred(file, now=now)
