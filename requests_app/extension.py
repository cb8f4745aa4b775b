"""Two further months, told with concrete reasons within the first (Art. 12(3); R-25, R-26, R-61)."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from law.deadlines import Deadline, local_day
from requests_app import clock, correspondence
from requests_app.controllers import controller
from requests_app.models import Claim

REASONS = ("complexity", "number")
"""What Art. 12(3) allows; a heavy workload is none (IMY DI-2021-10488)."""


class NoReasons(ValueError):
    """An extension without concrete reasons in words is none."""


def extend(claim: Claim, *, reason: str, told: Sequence[str], now: datetime, user: AbstractBaseUser) -> Deadline:
    """Extend and tell the person in one go; `told` in their language. Raises `clock.TooLate`, `NoReasons`."""
    if reason not in REASONS or not any(line.strip() for line in told):
        raise NoReasons(reason)
    today = local_day(now, tz=controller(claim.case.controller).policy.tz)
    with transaction.atomic():
        first = clock.explain(claim, today=today).due
        answer = clock.extend(claim, reason=reason, today=today, now=now, user=user)
        values = {
            "first_due": first,
            "new_due": answer.due,
            "reasons": tuple(line.strip() for line in told if line.strip()),
        }
        correspondence.write(claim.case, "extension", now=now, values=values, claim=claim)
    return answer
