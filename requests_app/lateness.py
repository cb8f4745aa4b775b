"""An answer that comes too late: since when, and why, as somebody has written down (Art. 5(2), 12(3)-(4))."""

from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from law.decisions import REFUSING
from requests_app import events, messages
from requests_app.models import Claim
from requests_app.states import Actor

NOTED, ANSWERED = "lateness_noted", "answered_late"


class NoReason(ValueError):
    """Why it is late must be said in words, and only once it is late."""


def since(claim: Claim, *, on: date) -> date | None:
    """The last day the answer was due, where that is over on `on`; a refusal's is in the first month (R-32)."""
    last = claim.notice_by if claim.outcome in REFUSING else claim.due_on
    return last if last and on > last else None


def note(claim: Claim, *, because: str, today: date, now: datetime, user: AbstractBaseUser) -> None:
    """Write down why a refusal comes only now: a sealed internal note; the event holds no words. Raises `NoReason`."""
    if not because.strip() or not claim.notice_by or today <= claim.notice_by:
        raise NoReason(claim.case.reference)
    with transaction.atomic():
        messages.from_staff(claim.case, body=because.strip(), author=user, internal=True, now=now)
        data = {"since": claim.notice_by.isoformat()}
        events.record(claim.case, NOTED, now=now, actor=Actor.STAFF, user=user, claim=claim, data=data)


def noted(claim: Claim) -> bool:
    """Whether why it is late is written down, for the month as it stands now."""
    if not claim.notice_by:
        return False
    return any(event.data.get("since") == claim.notice_by.isoformat() for event in claim.events.filter(kind=NOTED))


def answered(claim: Claim, *, on: date, now: datetime, user: AbstractBaseUser | None) -> None:
    """The answer is released: where it is late, that is part of the record (Art. 5(2))."""
    late = since(claim, on=on)
    if late:
        data = {"since": late.isoformat(), "outcome": str(claim.outcome)}
        actor = Actor.STAFF if user else Actor.SYSTEM
        events.record(claim.case, ANSWERED, now=now, actor=actor, user=user, claim=claim, data=data)
