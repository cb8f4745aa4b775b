"""The only writer of events: append-only, chained by SHA-256, codes and digests only."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from requests_app.models import Case, Claim, Event
from requests_app.states import Actor


def record(
    case: Case,
    kind: str,
    *,
    now: datetime,
    actor: Actor,
    user: AbstractBaseUser | None = None,
    claim: Claim | None = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Append one event. Locks the case row, so that two writers cannot take the same place in the chain."""
    with transaction.atomic():
        Case.objects.select_for_update().only("pk").get(pk=case.pk)
        last = Event.objects.filter(case=case).order_by("-seq").first()
        event = Event(
            case=case,
            claim=claim,
            seq=last.seq + 1 if last else 1,
            at=now,
            kind=kind,
            actor=actor,
            user=user,
            data=dict(data or {}),
            policy_digest=case.policy_digest,
            previous=last.hash if last else "",
        )
        event.hash = chain_hash(event)
        event.save(force_insert=True)
    return event


def chain_hash(event: Event) -> str:
    """SHA-256 over the canonical JSON of the event and the hash of the one before."""
    content = [
        event.case_id,
        event.claim_id,
        event.seq,
        event.at.astimezone(UTC).isoformat(),
        event.kind,
        str(event.actor),
        event.user_id,
        event.data,
        event.policy_digest,
        event.previous,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def broken_links(case: Case) -> list[int]:
    """Sequence numbers at which the chain of a case is broken: a changed event, a gap, a wrong predecessor."""
    broken, previous, expected = [], "", 1
    for event in Event.objects.filter(case=case).order_by("seq"):
        if event.seq != expected or event.previous != previous or event.hash != chain_hash(event):
            broken.append(event.seq)
        previous, expected = event.hash, event.seq + 1
    return broken
