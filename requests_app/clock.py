"""The only writer of due dates. A claim's due date is computed from its segments and explains itself (`explain`)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from law.deadlines import (
    ASK_WITHIN_DAYS,
    Deadline,
    Pause,
    Question,
    deadline,
    may_extend,
    may_pause,
    pause_counts,
    received_by,
)
from law.durations import Period
from law.reasons import Reason
from law.rights import Right
from requests_app import events
from requests_app.controllers import controller
from requests_app.models import Case, Claim, ClockSegment
from requests_app.states import Actor

PAUSE, EXTENSION = ClockSegment.Kind.PAUSE, ClockSegment.Kind.EXTENSION


class TooLate(Exception):
    """The law does not allow this pause or extension any more; `reasons` say why."""

    def __init__(self, reasons: tuple[object, ...]) -> None:
        super().__init__(", ".join(getattr(reason, "code", "") for reason in reasons))
        self.reasons = reasons


def explain(claim: Claim, *, today: date) -> Deadline:
    """Due date of a claim with its steps, each with its article."""
    segments = list(claim.segments.all())
    pauses = tuple(Pause(segment.started_on, segment.ended_on) for segment in segments if segment.kind == PAUSE)
    promised = controller(claim.case.controller).policy
    return deadline(
        claim.case.received_on,
        country=promised.country,
        pauses=pauses,
        extended=any(segment.kind == EXTENSION for segment in segments),
        today=today,
        extra_non_working_days=promised.deadlines.extra_non_working_days,
    )


def set_due(claim: Claim, *, today: date) -> Deadline:
    """Write the due date as the segments now say. Call it after any change to them, and daily while a pause is open."""
    answer = explain(claim, today=today)
    claim.due_on, claim.notice_by = answer.due, answer.notice_by
    Claim.objects.filter(pk=claim.pk).update(due_on=answer.due, notice_by=answer.notice_by)
    return answer


def pause(claim: Claim, *, reason: str, asked_on: date, now: datetime, actor: Actor, user: object = None) -> bool:
    """Pause from the day the question is sent. False (and no pause) when the law allows none: asked too late, already
    paused, or a right whose time never stands still (R-29, R-30). `reason`: "clarification", or a doubt about identity.
    """
    if claim.segments.filter(kind=PAUSE, ended_on=None).exists():
        return False
    question: Question = "clarification" if reason == "clarification" else "identity"
    # Whether there is a large quantity of data was settled when the question was asked (`clarification.ask`).
    if not may_pause(Right(claim.right), question=question, large_quantity=True).allowed:
        return False
    if not pause_counts(claim.case.received_on, asked=asked_on, within_days=_ask_within(claim.case)).allowed:
        return False
    with transaction.atomic():
        ClockSegment.objects.create(claim=claim, kind=PAUSE, reason=reason, started_on=asked_on)
        set_due(claim, today=asked_on)
        events.record(claim.case, "clock_paused", now=now, actor=actor, user=user, claim=claim, data={"reason": reason})  # type: ignore[arg-type]
    return True


def would_pause(case: Case, *, on: date) -> tuple[Reason, ...]:
    """Whether a question about identity asked that day would stop the clock, in the law's words (R-30)."""
    return pause_counts(case.received_on, asked=on, within_days=_ask_within(case)).reasons


def _ask_within(case: Case) -> int:
    """Days within which a question stops the clock: seven, or fewer where the company promises to ask sooner."""
    promised = controller(case.controller).policy.deadlines.ask_identity_within
    days = promised.partition("T")[0]
    period = Period.parse(days) if days != "P" else Period()
    return ASK_WITHIN_DAYS if period.months else min(period.days, ASK_WITHIN_DAYS)


def resume(
    claim: Claim,
    *,
    answered_on: date,
    now: datetime,
    actor: Actor,
    user: object = None,
    question: Question = "identity",
    answered: bool = True,
) -> None:
    """End the open pause of this question on the day its answer was received; without one this does nothing.

    An answer to the one question is none to the other: what was asked about the data still waits. Not `answered`: the
    claim is closed because nothing came.
    """
    with transaction.atomic():
        if _open_pause(claim, question).update(ended_on=answered_on):
            answer = set_due(claim, today=answered_on)
            events.record(
                claim.case,
                "clock_resumed" if answered else "pause_ended",
                now=now,
                actor=actor,
                user=user,
                claim=claim,
                data={"due": answer.due.isoformat()},  # type: ignore[arg-type]
            )


def _open_pause(claim: Claim, question: Question) -> QuerySet[ClockSegment]:
    still = ClockSegment.objects.filter(claim=claim, kind=PAUSE, ended_on=None)
    clarifies = Q(reason="clarification")
    return still.filter(clarifies if question == "clarification" else ~clarifies)


def asked_in_truth(claim: Claim, *, sent_on: date, now: datetime) -> None:
    """The question about identity left on this day, or has not left by it: the pause begins no sooner (R-27).

    Left too late to stop the clock, it stops none (R-30).
    """
    with transaction.atomic():
        early = _open_pause(claim, "identity").filter(started_on__lt=sent_on)
        in_time = pause_counts(claim.case.received_on, asked=sent_on, within_days=_ask_within(claim.case)).allowed
        if early.update(started_on=sent_on) if in_time else early.delete()[0]:
            answer = set_due(claim, today=sent_on)
            kind = "pause_moved" if in_time else "pause_lapsed"
            data = {"due": answer.due.isoformat()}
            events.record(claim.case, kind, now=now, actor=Actor.SYSTEM, claim=claim, data=data)


def stood_still(
    claim: Claim, *, since: date, until: date, now: datetime, actor: Actor, user: object = None
) -> None:  # fmt: skip
    """A claim closed because its question stayed unanswered goes on: what was left of the month is left still.

    `since`: the day the person was told that nothing had been done (Art. 12(4)); until the answer no further measures
    were owed (IMY DI-2020-10538). Told after the month, nothing was left: that delay was ours.
    """
    with transaction.atomic():
        ClockSegment.objects.create(claim=claim, kind=PAUSE, reason="unanswered", started_on=since, ended_on=until)
        data = {"due": set_due(claim, today=until).due.isoformat()}
        events.record(claim.case, "clock_resumed", now=now, actor=actor, user=user, claim=claim, data=data)  # type: ignore[arg-type]


def extend(claim: Claim, *, reason: str, today: date, now: datetime, user: object) -> Deadline:
    """Two further months, once, told within the first month (Art. 12(3)). Raises `TooLate` with the law's reasons."""
    allowed = may_extend(explain(claim, today=today), today=today)
    if not allowed.allowed:
        raise TooLate(allowed.reasons)
    with transaction.atomic():
        ClockSegment.objects.create(claim=claim, kind=EXTENSION, reason=reason, started_on=today)
        answer = set_due(claim, today=today)
        events.record(
            claim.case,
            "clock_extended",
            now=now,
            actor=Actor.STAFF,
            user=user,
            claim=claim,
            data={"due": answer.due.isoformat()},  # type: ignore[arg-type]
        )
    return answer


def take_back_extension(claim: Claim, *, today: date, now: datetime) -> Deadline | None:
    """An extension nobody was told of in time is none (Art. 12(3)): the due date falls back. None where none was."""
    with transaction.atomic():
        if not ClockSegment.objects.filter(claim=claim, kind=EXTENSION).delete()[0]:
            return None
        answer = set_due(claim, today=today)
        data = {"due": answer.due.isoformat()}
        events.record(claim.case, "extension_lapsed", now=now, actor=Actor.SYSTEM, claim=claim, data=data)
    return answer


def told_now(slug: str, *, on: date) -> date:
    """The last day of receipt whose month, without any pause, is over by `on` at this company (R-20)."""
    promised = controller(slug).policy
    closed = promised.deadlines.extra_non_working_days
    return received_by(on, country=promised.country, extra_non_working_days=closed)
