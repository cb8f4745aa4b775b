"""Who of staff looked at what: every look at personal data is written down (Art. 5(2), 32; R-76)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from requests_app import events
from requests_app.models import Case, Claim, Event
from requests_app.states import Actor

ONE_LOOK = timedelta(hours=1)
"""Somebody who works with a case looks at it many times; within this time it is one look."""


def note(
    case: Case, kind: str, *, user: AbstractBaseUser, now: datetime, claim: Claim | None = None,
    data: Mapping[str, Any] | None = None, each: bool = False,
) -> None:  # fmt: skip
    """Write down that somebody looked; `each` time, or at most once an hour for the same thing."""
    same = {"case": case, "kind": kind, "user": user, "claim": claim, "at__gt": now - ONE_LOOK}
    seen = [] if each else Event.objects.filter(**same).values_list("data", flat=True)
    if dict(data or {}) not in list(seen):
        events.record(case, kind, now=now, actor=Actor.STAFF, user=user, claim=claim, data=data)
