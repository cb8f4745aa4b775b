"""Evidence of identity: stored sealed with a key of its own, destroyed at the decision or after the policy's limit.

What stays is that a document of this kind was checked, when, by whom and with which result (EDPB 01/2022, para 79).
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from identity import attempts
from identity.models import Evidence, Verification
from law.durations import Period
from requests_app import events, vault
from requests_app.controllers import controller
from requests_app.models import Case, SealedFile
from requests_app.states import Actor

STAGED_FOR = timedelta(hours=1)


def keep(verification: Verification, *, pages: list[bytes], side: str, masked_by: str, now: datetime) -> list[Evidence]:
    """Store the cleaned pages of one side in place of what was there of it: all of them, or none.

    A key is committed together with the row that says when it is destroyed. Raises `attempts.Closed`.
    """
    destroy_by, made = limit(verification.case, now=now), list[Evidence]()
    try:
        with attempts.still_open(verification):
            earlier = destroy_keys(verification.evidence.filter(side=side), now=now)
            for page in pages:
                file = vault.store([page], purpose="evidence", case=verification.case, content_type="image/jpeg")
                made.append(Evidence(
                    verification=verification, file=file, side=side, masked_by=masked_by, created_at=now,
                    destroy_by=destroy_by))  # fmt: skip
                made[-1].save(force_insert=True)
    except BaseException:  # the storage went down between two pages: the rows are rolled back, the bytes go
        for evidence in made:
            vault.remove(evidence.file)
        raise
    remove(earlier)
    return made


def limit(case: Case, *, now: datetime) -> datetime:
    """When a picture that comes in now is destroyed at the latest, by the company's own policy."""
    period = Period.parse(controller(case.controller).policy.identity.document.destroy_after)
    return now + (period.after(now.date()) - now.date())


def replace(evidence: Evidence, *, change: Callable[[bytes], bytes], now: datetime) -> None:
    """A changed picture in place of this one, which is shredded. The row, and the day it must be gone, stay.

    Of two at once the second changes what the first has left. Raises `attempts.Closed`, `vault.Shredded`.
    """
    with attempts.still_open(evidence.verification):
        held = Evidence.objects.select_related("file").filter(pk=evidence.pk).first()
        if held is None:
            raise vault.Shredded(evidence.pk)
        earlier, page = held.file, change(vault.read(held.file))
        held.file = vault.store([page], purpose="evidence", case=earlier.case, content_type="image/jpeg")
        held.save(update_fields=["file"])
        vault.destroy_key(earlier, now=now)
    vault.remove(earlier)
    vault.fold_in()


def discard(verification: Verification, *, now: datetime, **which: object) -> int:
    """Pictures the person took back before sending: gone, and no event of it, since nobody else ever saw them.

    What was sent in this moment stays.
    """
    try:
        with attempts.still_open(verification):
            left = destroy_keys(verification.evidence.filter(**which), now=now)
    except attempts.Closed:
        return 0
    remove(left)
    return len(left)


def discard_unmasked(*, now: datetime) -> int:
    """Pictures staged and not sent within the hour, masked or not: of those that were sent the attempt is not open."""
    old = now - STAGED_FOR
    forgotten = Evidence.objects.filter(created_at__lte=old, file__shredded_at=None).values("verification")
    waiting = Verification.objects.only("pk").filter(status=Verification.Status.OPEN, pk__in=forgotten)
    return sum(discard(verification, now=now, created_at__lte=old) for verification in waiting)


def destroy(verification: Verification, *, now: datetime, why: str) -> int:
    """Shred every picture of this verification; repeating is harmless. Returns how many were destroyed now.

    All keys go in one transaction with the event that says so; from then on no copy can be read. Bytes and rows follow,
    and where the storage is down, `sweep` comes for them.
    """
    with transaction.atomic():
        pages = list(verification.evidence.select_related("file").select_for_update(of=("self",)))
        left = [evidence for evidence in pages if evidence.file.shredded_at is None]
        for evidence in left:
            vault.destroy_key(evidence.file, now=now)
        if left:
            said = {"count": len(left), "why": why}
            events.record(verification.case, "evidence_destroyed", now=now, actor=Actor.SYSTEM, data=said)
    remove(pages)
    return len(left)


def sweep() -> int:
    """What is left of destroyed pictures because the storage was down. Returns how many are gone now."""
    left = remove(Evidence.objects.filter(file__shredded_at__isnull=False).select_related("file"))
    replaced = SealedFile.objects.filter(purpose="evidence", shredded_at__isnull=False)
    return left + sum(vault.remove(file) for file in replaced.exclude(pk__in=Evidence.objects.values("file")))


def destroy_keys(pages: QuerySet[Evidence], *, now: datetime) -> list[Evidence]:
    """Call it with the attempt held; `remove` follows when that is committed."""
    left = list(pages.filter(file__shredded_at=None).select_related("file"))
    for evidence in left:
        vault.destroy_key(evidence.file, now=now)
    return left


def remove(pages: Iterable[Evidence]) -> int:
    """Bytes first, then the rows: what the storage could not delete must still be known."""
    gone = 0
    for evidence in pages:
        gone += vault.remove(evidence.file, before=evidence.delete)
    vault.fold_in()
    return gone
