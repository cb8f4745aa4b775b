"""Proofs nobody needs any more: the claims went on by another one, or were taken back. Their pictures go at once.

A picture is kept only for as long as somebody must look at it (Art. 5(1)(c) and (e); EDPB 01/2022, para 79).
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from identity import attempts, need
from identity.attempts import Closed, Status
from identity.models import Evidence, Verification
from identity.pictures import vault
from law.rights import IMMEDIATE
from requests_app.models import Claim
from requests_app.states import Actor


def found() -> QuerySet[Verification]:
    """What waits for staff, or holds pictures, in a case in which no claim waits for proof."""
    waiting = Claim.objects.filter(need.WAITS, case=OuterRef("case")).exclude(right__in=list(IMMEDIATE))
    pictures = Evidence.objects.filter(verification=OuterRef("pk"), file__shredded_at=None)
    held = Q(status=Status.SUBMITTED) | Q(Exists(pictures), status=Status.OPEN)
    return Verification.objects.filter(~Exists(waiting), held)


def close(verification: Verification, *, now: datetime) -> None:
    """Close one and destroy its pictures."""
    try:
        attempts.close(verification, Status.EXPIRED, now=now, reason="not_needed", actor=Actor.SYSTEM)
    except Closed:  # decided in this instant
        return
    vault.destroy(verification, now=now, why="not_needed")
