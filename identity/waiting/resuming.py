"""What an answer does to the claims that wait for it: closed ones open, clocks run, whose level is reached go on.

Touches claims and clocks, never a `Verification`. The case is locked first: of an answer and a closing, or an answer
and a question, at the same moment one sees what the other did.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from identity import need
from law.deadlines import local_day
from requests_app import clock, lifecycle
from requests_app.controllers import controller
from requests_app.models import Case, Claim
from requests_app.states import Act, Actor, Stage

REOPENED = (Act.REOPEN, Act.REOPEN_TO_IDENTIFY)
TOLD = ("identity_notice", "not_identified")
ASKED_ANEW = ("identity_again", "identity_unseen", "identity_question")


def lock(case: Case) -> None:
    """Until the end of the transaction nobody else answers, asks or closes in this case."""
    Case.objects.select_for_update().only("pk").get(pk=case.pk)


def go_on(case: Case, *, now: datetime, actor: Actor, user: Any = None) -> None:
    """Let every claim go on whose level is reached, those closed for want of proof among them."""
    with transaction.atomic():
        lock(case)
        for claim in need.waiting_claims(case):
            if need.lacks_proof(claim):
                continue
            if claim.stage == Stage.CLOSED:
                reopen(claim, now=now, actor=actor, user=user)
            else:
                clock.resume(claim, answered_on=_today(case, now), now=now, actor=actor, user=user)
                lifecycle.apply(claim, Act.CONFIRM_IDENTITY, now=now, actor=actor, user=user)


def answered(case: Case, *, now: datetime, actor: Actor) -> None:
    """Something came that we must look at. The time until we do is ours: the clock runs from today (R-27)."""
    with transaction.atomic():
        lock(case)
        for claim in need.waiting_claims(case):
            if claim.stage == Stage.CLOSED:
                reopen(claim, now=now, actor=actor)
            else:
                clock.resume(claim, answered_on=_today(case, now), now=now, actor=actor)


def reopen(claim: Claim, *, now: datetime, actor: Actor, user: Any = None) -> None:
    """A claim closed because nobody had shown who was asking (R-20). What was left of its month is left still."""
    act = Act.REOPEN_TO_IDENTIFY if need.lacks_proof(claim) else Act.REOPEN
    with transaction.atomic():
        since = _told_on(claim)
        lifecycle.apply(claim, act, now=now, actor=actor, user=user, outcome="")
        clock.stood_still(claim, since=since, until=_today(claim.case, now), now=now, actor=actor, user=user)


def _told_on(claim: Claim) -> date:
    """The day the person was first told that nothing would be done without proof, since the claim last went on.

    After a first time, whose notice gave the law its due, each new question says so. Where something came after that,
    the time until we said that it was not enough was ours: it begins with that letter (R-31).
    """
    case = claim.case
    before = claim.events.filter(kind__in=[str(act) for act in REOPENED]).order_by("-seq").first()
    since, kinds = (before.seq, (*TOLD, *ASKED_ANEW)) if before else (0, TOLD)
    said = case.events.filter(kind="letter_written", data__kind__in=(*TOLD, *ASKED_ANEW), seq__gt=since).order_by("seq")
    told = said.filter(data__kind__in=kinds).first()
    if told is None:
        return _today(case, claim.stage_at)
    between = {"seq__gt": told.seq, "seq__lt": said.last().seq}
    came = case.events.filter(kind="identity_submitted", **between).order_by("-seq").first()
    return _today(case, (said.filter(seq__gt=came.seq).first() if came else told).at)


def _today(case: Case, at: datetime) -> date:
    """A pause runs in the controller's calendar days."""
    return local_day(at, tz=controller(case.controller).policy.tz)
