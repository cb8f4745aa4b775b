"""The clock's part of identity: attempts that ran out, pictures nobody looked at, people who never answer.

Each case in a transaction of its own with its row locked, and every act leaves its letter in it: done twice, or by two
workers at once, it is done once; killed half-way, it is not done and done at the next sweep.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from identity import attempts, need
from identity.attempts import Closed, Status
from identity.models import Verification
from identity.pictures import needless, vault
from identity.tries import NOT_DECIDED
from identity.waiting import asking, resuming, silence
from law.citations import cite
from law.deadlines import is_working_day
from law.reasons import say
from law.rights import IMMEDIATE
from law.unanswered import WARNED, Unanswered, why_closed
from policies.load import Controller
from requests_app import access, clock, correspondence
from requests_app.controllers import controllers
from requests_app.models import Case, Claim, ClockSegment, Letter
from requests_app.states import Actor, Stage

log = logging.getLogger(__name__)
MORNING = 8
"""Nobody is written to in the night; so the last evening is the person's to its end, and the night after it, too."""
LAW = ("Art. 11(2) GDPR", "Art. 12(2) GDPR", "Art. 12(4) GDPR", "Art. 12(6) GDPR")


# --- attempts and pictures --------------------------------------------------------------------------------------------
def expire(*, now: datetime) -> int:
    """Close attempts nobody finished, destroy pictures nobody decided on and ask anew. Run each minute."""
    late = _each(Verification.objects.filter(status=Status.OPEN, expires_at__lte=now), _expire, now=now)
    unseen = Verification.objects.filter(status=Status.SUBMITTED, evidence__destroy_by__lte=now)
    _each(unseen, _past_limit, now=now)
    left = Verification.objects.exclude(status__in=attempts.UNDECIDED).filter(evidence__file__shredded_at=None)
    killed = left.filter(evidence__isnull=False)  # between decision and destruction
    _each(killed, vault.destroy, now=now, why="decided")
    _each(needless.found(), needless.close, now=now)
    vault.discard_unmasked(now=now)
    vault.sweep()
    return late


def _each(found: QuerySet[Verification], act: Callable[..., object], **more: Any) -> int:
    """One that cannot be read, closed or written about must not keep the pictures of all the others."""
    numbers = list(found.order_by("pk").values_list("pk", flat=True).distinct())
    for pk in numbers:
        try:
            act(Verification.objects.defer("memory").get(pk=pk), **more)
        except Exception as error:
            log.error("attempt not ended", extra={"verification": pk, "code": type(error).__name__})
    return len(numbers)


def _expire(verification: Verification, *, now: datetime) -> None:
    if _run_out(verification, now=now, reason="expired"):
        vault.destroy(verification, now=now, why="expired")


def _run_out(verification: Verification, *, now: datetime, reason: str, was: Iterable[str] = (Status.OPEN,)) -> bool:
    try:
        attempts.close(verification, Status.EXPIRED, now=now, reason=reason, actor=Actor.SYSTEM, was=was)
    except Closed:  # decided, or handed in, in this instant
        return False
    return True


def _past_limit(verification: Verification, *, now: datetime) -> None:
    """We did not look in time. The picture goes whatever else happens; our delay moves no time limit (Art. 5(1)(e))."""
    ended = {"now": now, "reason": NOT_DECIDED, "was": (Status.SUBMITTED,)}
    try:
        with transaction.atomic():
            if _run_out(verification, **ended):
                _ask_anew(verification, now=now)
    except Exception:  # a letter that cannot be written; nobody can decide on what is gone
        _run_out(verification, **ended)
        raise
    finally:
        vault.destroy(verification, now=now, why="limit")


def _ask_anew(verification: Verification, *, now: datetime) -> None:
    case, today = verification.case, silence.local(verification.case, now)
    claims = [claim for claim in need.waiting_claims(case) if claim.stage != Stage.CLOSED]
    due = max((claim.due_on for claim in claims if claim.due_on), default=None)
    if due is None:  # proved some other way meanwhile
        return
    came = case.events.filter(kind="identity_submitted", at__gte=verification.created_at).order_by("-seq").first()
    values = {
        "sent_on": silence.local(case, came.at if came else verification.created_at), "due": due, "late": today > due,
        "answer_by": silence.follows(case, asked=today, told=True).answer_by,
        "identity_url": access.status_url(case, now=now),
    }  # fmt: skip
    correspondence.write(case, "identity_unseen", now=now, values=values)


# --- people who never answer ------------------------------------------------------------------------------------------
def mind(*, now: datetime) -> Counter[str]:
    """Remind, tell and close where nobody shows who is asking (R-20); how often each. Run each hour."""
    done: Counter[str] = Counter()
    at_work = [slug for slug, company in controllers().items() if _at_work(company, now)]
    waiting = Claim.objects.filter(case=OuterRef("pk"), stage__in=need.WAITING).exclude(right__in=list(IMMEDIATE))
    cases = Case.objects.filter(Exists(waiting), controller__in=at_work)
    for pk in list(cases.order_by("pk").values_list("pk", flat=True)):
        try:
            done[attend(Case.objects.get(pk=pk), now=now)] += 1
        except Exception as error:  # one case that cannot be read or written to must not silence all the others
            log.error("waiting for proof not minded", extra={"case": pk, "code": type(error).__name__})
    return done


def attend(case: Case, *, now: datetime) -> str:
    """What is due in this case and is done now: reminded, told, closed, or nothing."""
    with transaction.atomic():
        resuming.lock(case)
        resuming.go_on(case, now=now, actor=Actor.SYSTEM)  # for whom the company's policy asks no proof
        claims = [claim for claim in need.waiting_claims(case) if claim.stage != Stage.CLOSED]
        seen = silence.of(case)
        _pause_from_the_letter(case, claims, now=now)
        if not claims or seen.ours:
            return "nothing"
        today, since = silence.local(case, now), seen.since or case.received_on
        plan = silence.follows(case, asked=since, told=seen.told)
        if today > plan.open_until and _may_close(seen, today=today):
            facts = why_closed(seen.asked or since, until=plan.open_until, something_came=seen.came)
            said = [say(fact, case.language) for fact in facts]
            asking.end(case, claims, facts=said, now=now, actor=Actor.SYSTEM)
            return "closed"
        if plan.tell_on and today >= plan.tell_on:
            _tell(case, claims, plan=plan, asked=seen.asked, now=now)
            return "told"
        if plan.remind_on and today >= plan.remind_on and seen.asked and not seen.warned:
            _remind(case, plan=plan, asked=seen.asked, now=now)
            return "reminded"
    return "nothing"


def _may_close(seen: silence.Silence, *, today: date) -> bool:
    """Only who was asked, and was written to again some days ago: a letter that never left asks nobody."""
    return seen.asked is not None and any(day and day + WARNED <= today for day in seen.warned)


def _at_work(company: Controller, now: datetime) -> bool:
    promised = company.policy
    here = now.astimezone(ZoneInfo(promised.tz))
    closed = here.date() in promised.deadlines.extra_non_working_days
    return here.hour >= MORNING and not closed and is_working_day(here.date(), country=promised.country)


def _pause_from_the_letter(case: Case, claims: Iterable[Claim], *, now: datetime) -> None:
    """The clock stands still from the day the question left, not from the day it was written (R-27)."""
    question = Letter.objects.filter(case=case, kind="identity_question").order_by("-pk")
    last = question.only("pk", "sent_at", "error").first()
    if last is None or (last.sent_at is None and last.error == correspondence.NO_ADDRESS):  # on paper: not yet told
        return
    left_on = silence.left(case).get(last.pk) or silence.local(case, now)
    paused = ClockSegment.objects.filter(claim__in=list(claims), kind=clock.PAUSE, ended_on=None)
    for segment in paused.filter(started_on__lt=left_on).select_related("claim__case"):
        clock.asked_in_truth(segment.claim, sent_on=left_on, now=now)


def _open_until(case: Case, plan: Unanswered, *, now: datetime) -> date:
    """The day we name: never one that leaves no time, though a worker lay still for long."""
    return max(plan.open_until, silence.local(case, now) + WARNED)


def _remind(case: Case, *, plan: Unanswered, asked: date, now: datetime) -> None:
    until, soonest = _open_until(case, plan, now=now), silence.local(case, now) + WARNED
    values = {
        "asked": asked, "answer_by": plan.answer_by if plan.answer_by >= soonest else until, "open_until": until,
        "identity_url": access.status_url(case, now=now),
    }  # fmt: skip
    correspondence.write(case, silence.REMINDER, now=now, values=values)


def _tell(case: Case, claims: Iterable[Claim], *, plan: Unanswered, asked: date | None, now: datetime) -> None:
    """Art. 12(4): why nothing has been done yet, how to go on, where to complain; by the unpaused day (R-20)."""
    values = {
        "rights": tuple(str(claim.right) for claim in claims), "asked": asked or case.received_on,
        "law": tuple(cite(law, case.language) for law in LAW), "open_until": _open_until(case, plan, now=now),
        "identity_url": access.status_url(case, now=now),
    }  # fmt: skip
    correspondence.write(case, silence.NOTICE, now=now, values=values)
