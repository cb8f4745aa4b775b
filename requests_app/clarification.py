"""Asking which data is meant, where there is a lot of it (recital 63; R-29). The person may insist on everything."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from law.deadlines import local_day, may_pause
from law.reasons import Answer, say
from law.rights import Right
from requests_app import clock, correspondence
from requests_app.controllers import controller
from requests_app.models import Case, Claim, ClockSegment
from requests_app.states import Actor, Stage

REASON = "clarification"
ANSWER_WITHIN = timedelta(days=14)


class NotAllowed(Exception):
    """Nobody may be asked this about this right, or not without a question; `reasons` say why."""

    def __init__(self, reasons: tuple[object, ...]) -> None:
        super().__init__(", ".join(getattr(reason, "code", "") for reason in reasons))
        self.reasons = reasons


def may_ask(claim: Claim, *, large_quantity: bool) -> Answer:
    return may_pause(Right(claim.right), question="clarification", large_quantity=large_quantity)


def ask(
    claim: Claim, *, question: str, large_quantity: bool, now: datetime, user: AbstractBaseUser
) -> bool:  # fmt: skip
    """Ask by letter; whether the clock stands still until the answer. Raises `NotAllowed`."""
    allowed = may_ask(claim, large_quantity=large_quantity)
    if not allowed.allowed or claim.stage == Stage.CLOSED or not question.strip():
        raise NotAllowed(allowed.reasons)
    case, today = claim.case, local_day(now, tz=controller(claim.case.controller).policy.tz)
    with transaction.atomic():
        paused = clock.pause(claim, reason=REASON, asked_on=today, now=now, actor=Actor.STAFF, user=user)
        values = {
            "question": question.strip(), "reasons": tuple(say(reason, case.language) for reason in allowed.reasons),
            "answer_by": today + ANSWER_WITHIN, "pauses": paused,
        }  # fmt: skip
        correspondence.write(case, "clarification", now=now, values=values, claim=claim)
    return paused


def waiting(case: Case) -> list[Claim]:
    """Claims whose clock stands still until the person answers."""
    still = ClockSegment.objects.filter(claim__case=case, kind=ClockSegment.Kind.PAUSE, reason=REASON, ended_on=None)
    return [segment.claim for segment in still.select_related("claim__case")]


def answered(
    case: Case, *, now: datetime, actor: Actor, user: AbstractBaseUser | None = None
) -> int:  # fmt: skip
    """An answer has come, whatever it says: the clock runs again from today. How many claims go on."""
    today, claims = local_day(now, tz=controller(case.controller).policy.tz), waiting(case)
    for claim in claims:
        clock.resume(claim, answered_on=today, now=now, actor=actor, user=user, question="clarification")
    return len(claims)
