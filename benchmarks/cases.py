"""Access cases as workers and staff walk them. Import only after `shop.place` has set the portal up."""

import tempfile
from datetime import UTC, datetime
from typing import IO

from benchmarks.shop import SLUG
from fulfilment import pipeline
from fulfilment.collecting import records
from fulfilment.collecting.find import given
from fulfilment.extract import archive, files
from fulfilment.handing_over.bundle import cover, write
from law.rights import Right
from requests_app import lifecycle, vault
from requests_app.controllers import controller
from requests_app.models import Case, Claim
from requests_app.states import Act, Actor, Channel

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


def begin(email: str, *, number: int = 1, right: str = Right.access) -> Claim:
    case = Case.objects.create(
        reference=f"FJSY-BENCH-{right[:6].upper()}-{number}", controller=SLUG, policy_digest=controller(SLUG).digest,
        language="nb", channel=Channel.FORM, received_at=NOW, received_on=NOW.date(),
        email_confirmed_at=NOW, person={"name": "Kari Lund", "email": email})  # fmt: skip
    claim = Claim.objects.create(case=case, right=right, stage="triage", stage_at=NOW, due_on=NOW.date())
    return lifecycle.apply(claim, Act.START, now=NOW, actor=Actor.STAFF)


def found(claim: Claim) -> Claim:
    """The workers, until everything is collected and settled; an erasure is not planned yet."""
    while any(step.name in ("collect", "settle") for _, step in pipeline.runnable(claim, now=NOW)):
        pipeline.advance(claim, now=NOW)
        claim.refresh_from_db()
    return claim


def collect(claim: Claim) -> Claim:
    """The workers, until a reviewer has to look."""
    while pipeline.advance(claim, now=NOW) is not pipeline.Progress.RESTS:
        claim.refresh_from_db()
    claim.refresh_from_db()
    assert claim.stage == "review", claim.stage
    return claim


def bundle(claim: Claim, *, pdf: bool) -> tuple[int, int]:
    """(records, bytes of the ZIP): assembled and sealed as for delivery, with or without its PDF."""
    extract = records.extract(claim)
    with tempfile.TemporaryFile() as out:
        if pdf:
            kind, values, extract = cover(extract, right=claim.right, name="Kari Lund", received=claim.case.received_on,
                                          searched=given(claim.case.person))
            write(extract, kind, values, out=out, written=NOW.date())
        else:
            every = files.all_of(extract, letter=b"")
            archive.write(((name, parts) for name, parts in every if not name.endswith(".pdf")), out)
        return extract.records, _seal(claim, out)


def _seal(claim: Claim, out: IO[bytes]) -> int:
    vault.store(files.parts(out), purpose="bundle", case=claim.case, content_type="application/zip")
    return out.seek(0, 2)
