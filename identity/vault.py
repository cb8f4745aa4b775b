"""Evidence of identity: stored sealed with a key of its own, destroyed at the decision or after the policy's limit.

What stays is that a document of this kind was checked, when, by whom and with which result (EDPB 01/2022, para 79).
"""

from datetime import datetime

from identity.models import Evidence, Verification
from law.durations import Period
from requests_app import events, vault
from requests_app.controllers import controller
from requests_app.states import Actor


def keep(verification: Verification, *, pages: list[bytes], document: str, now: datetime) -> list[Evidence]:
    """Store the cleaned pages of one document until somebody has looked at them."""
    limit = Period.parse(controller(verification.case.controller).policy.identity.document.destroy_after)
    destroy_by = now + (limit.after(now.date()) - now.date())
    return [
        Evidence.objects.create(
            verification=verification,
            file=vault.store([page], purpose="evidence", case=verification.case, content_type="image/jpeg"),
            document=document,
            created_at=now,
            destroy_by=destroy_by,
        )
        for page in pages
    ]


def destroy(verification: Verification, *, now: datetime, why: str) -> int:
    """Shred every picture of this verification; repeating is harmless. Returns how many were destroyed now."""
    left = [e for e in verification.evidence.select_related("file") if e.file.shredded_at is None]
    for evidence in left:
        vault.shred(evidence.file, now=now)
    if left:
        events.record(
            verification.case, "evidence_destroyed", now=now, actor=Actor.SYSTEM, data={"count": len(left), "why": why}
        )
    return len(left)
