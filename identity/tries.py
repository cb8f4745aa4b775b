"""How many tries a means still has, over restarts too, and when there are new ones. Reads only.

Five wrong tries and a means rests: a day, then a week, then a month. Beginning anew gives no new tries; what staff
decided, or we did not look at in time, costs none. Another way, and a message to us, stay open all the time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.attempts import OPEN_FOR, TRIES, Status, Subject
from identity.models import Verification
from law.identification import Means
from requests_app.models import Case

REST = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
NOT_DECIDED = "not_decided_in_time"


@dataclass(frozen=True)
class Left:
    """Tries that can be made now; with none, the moment from which there are new ones."""

    tries: int
    again_at: datetime | None = None


def left(case: Case, means: Means, *, now: datetime, subject: str = Subject.PERSON) -> Left:
    made = list(case.verifications.filter(method=means, subject=subject).order_by("-pk"))
    if not made:
        return Left(TRIES)
    latest = made[0]
    if latest.status == Status.PASSED or latest.reason == NOT_DECIDED:
        return Left(TRIES)
    if latest.attempts_left:
        return Left(latest.attempts_left if now < _ended(latest) + OPEN_FOR else TRIES)
    if latest.status == Status.SUBMITTED or latest.decided_by_id:
        return Left(1)
    times = sum(not one.attempts_left and one.status != Status.PASSED for one in made)
    again_at = _ended(latest) + REST[min(times, len(REST)) - 1]
    return Left(TRIES) if now >= again_at else Left(0, again_at)


def _ended(attempt: Verification) -> datetime:
    return attempt.decided_at or attempt.expires_at
