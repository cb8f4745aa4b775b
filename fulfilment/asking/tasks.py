"""Tasks to owners: laid out once, found by their links, answered, ended. The only writer of `OwnerTask`.

`mails` writes to the owners, `answers` keeps what they send, `steps` waits for it, `minding` reminds them.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from fulfilment import ledger
from fulfilment.asking import mails
from fulfilment.models import OwnerTask, Step
from fulfilment.planning import by_hand
from law.deadlines import local_day
from policies.ways import Owner
from requests_app import events
from requests_app.controllers import controller
from requests_app.models import Case, Claim
from requests_app.states import Actor, Stage

What, Status, Outcome = OwnerTask.What, OwnerTask.Status, OwnerTask.Outcome
OPEN = (Status.WAITING, Status.ELSEWHERE, Status.CANNOT)
"""Nothing has come of it yet; of these only the first is the owner's turn."""
SPARE = timedelta(days=5)
"""Left of the time limit, where there is that much, for going through the answer (Art. 12(3))."""


class NotAllowed(ValueError):
    """A task cannot be answered or changed so; `code`: over, said, nothing_sent."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask(claim: Claim, *, source: str, owner: Owner, what: str, round: int, now: datetime, code: str = "") -> OwnerTask:
    """The task of this round, made and mailed where missing; what an earlier round asked is not needed any more."""
    place = {"claim": claim, "round": round, "what": what, "source": source, "code": code}
    if there := OwnerTask.objects.filter(**place).first():
        return there
    with transaction.atomic():
        Claim.objects.select_for_update().only("pk").get(pk=claim.pk)
        if there := OwnerTask.objects.filter(**place).first():  # of two workers the second finds it made
            return there
        end(claim.owner_tasks.filter(what=what, source=source, code=code, status__in=OPEN), now=now)
        asked_on = today(claim, now=now)
        task = OwnerTask.objects.create(
            **place, to=owner.owner, asked_on=asked_on, answer_by=last_day(owner, asked_on=asked_on, due=claim.due_on)
        )
        mails.write(task, "owner_asked", to=task.to, now=now)
        record(task, "owner_asked", now=now)
    return task


def last_day(owner: Owner, *, asked_on: date, due: date | None) -> date:
    """The day the answer is wanted by: as the policy says, but early enough to be gone through; never the same day."""
    wanted = asked_on + timedelta(days=owner.days)
    return max(min(wanted, due - SPARE), asked_on + timedelta(days=1)) if due else wanted


def today(claim: Claim, *, now: datetime) -> date:
    return local_day(now, tz=controller(claim.case.controller).policy.tz)


def owner_of(task: OwnerTask) -> Owner | None:
    """As the policy names them today; None where the source is gone or nobody is named any more."""
    source = controller(task.claim.case.controller).sources.get(task.source)
    return source.seen_to_by if source else None


def is_alive(task: OwnerTask) -> bool:
    """Whether an answer still counts: while the sources are read; or while something is left to do by hand
    that may still be done."""
    if task.status == Status.VOID:
        return False
    if task.what == What.BY_HAND:
        wanted = by_hand.is_wanted(task.claim, code=task.code, round=task.round)
        return wanted and task.status in OPEN and hands(task).exists()
    claim = task.claim
    if claim.stage != Stage.COLLECTING or task.round != ledger.round_of(claim, claim.stage):
        return False
    over = Step.objects.filter(claim=claim, round=task.round, name="settle", status=Step.Status.DONE)
    return not over.exists()  # what is planned next is planned with what was there


def hands(task: OwnerTask) -> QuerySet[Any]:
    """What is left to be done by hand under this task."""
    return task.claim.hand_tasks.filter(round=task.round, source=task.source, code=task.code, done_at=None)


def answered(
    task: OwnerTask, *, status: str, outcome: str = "", said: str = "", user: Any = None, now: datetime
) -> None:
    """What the owner says, or staff for them. Raises `NotAllowed` where it does not count any more.

    For the caller's transaction; the claim is locked, so a collection that ends at this moment is either before or
    after.
    """
    task.claim = Claim.objects.select_for_update().select_related("case").get(pk=task.claim_id)
    task.refresh_from_db(fields=["status"])
    if not is_alive(task):
        raise NotAllowed("over")
    values = {"status": status, "outcome": outcome, "said": said.strip(), "answered_at": now, "by": user}
    OwnerTask.objects.filter(pk=task.pk).update(**values)
    task.refresh_from_db()
    more = {"status": str(status)} | ({"outcome": str(outcome)} if outcome else {})
    record(task, "owner_answered", now=now, user=user, **more)


def opened(task: OwnerTask, *, now: datetime) -> None:
    """Somebody reads whom it concerns."""
    if OwnerTask.objects.filter(pk=task.pk, opened_at=None).update(opened_at=now):
        record(task, "owner_read", now=now)


def send_again(task: OwnerTask, *, user: Any, now: datetime, to: str = "") -> None:
    """A fresh mail, to another address if need be: then the links of the one before end. Raises `NotAllowed`."""
    with transaction.atomic():
        task.claim = Claim.objects.select_for_update().select_related("case").get(pk=task.claim_id)
        if not is_alive(task):
            raise NotAllowed("over")
        moved = bool(to.strip()) and to.strip() != task.to
        if moved:
            mails.end_links([task.pk], now=now)
        day, owner = today(task.claim, now=now), owner_of(task)
        fresh = {"answer_by": last_day(owner, asked_on=day, due=task.claim.due_on)} if owner else {}
        OwnerTask.objects.filter(pk=task.pk).update(
            status=Status.WAITING, to=to.strip() or task.to, asked_on=day, reminders=0, escalated_at=None, **fresh
        )
        task.refresh_from_db()
        mails.write(task, "owner_asked", to=task.to, now=now)
        record(task, "owner_asked_again", now=now, user=user, **({"readdressed": True} if moved else {}))


def reminded(task: OwnerTask, *, times: int, now: datetime) -> bool:
    """One reminder, once, however many sweeps come by at this moment."""
    with transaction.atomic():
        mine = OwnerTask.objects.filter(pk=task.pk, status=Status.WAITING, reminders__lt=times)
        if not mine.update(reminders=times):
            return False
        mails.write(task, "owner_reminded", to=task.to, now=now)
        record(task, "owner_reminded", now=now)
    return True


def escalated(task: OwnerTask, *, now: datetime) -> bool:
    """The desk sees it from now on; whom the policy names is told, once."""
    owner = owner_of(task)
    with transaction.atomic():
        if not OwnerTask.objects.filter(pk=task.pk, status=Status.WAITING, escalated_at=None).update(escalated_at=now):
            return False
        if owner and owner.escalate_to:
            mails.write(task, "owner_escalated", to=owner.escalate_to, now=now)
        record(task, "owner_escalated", now=now, told=bool(owner and owner.escalate_to))
    return True


def end(tasks: Iterable[OwnerTask], *, now: datetime) -> int:
    """Nobody needs these any more: withdrawn, closed, collected anew, or done by somebody else. Their links end."""
    count = 0
    for task in list(tasks):
        if OwnerTask.objects.filter(pk=task.pk, status__in=OPEN).update(status=Status.VOID):
            mails.end_links([task.pk], now=now)
            record(task, "owner_not_needed", now=now)
            count += 1
    return count


def without(claim: Claim) -> frozenset[str]:
    """Sources nobody looked into, since staff went on without an answer: no letter may say that they were searched."""
    mine = claim.owner_tasks.filter(outcome=Outcome.WITHOUT, round=ledger.round_of(claim, Stage.COLLECTING))
    return frozenset(mine.values_list("source", flat=True))


def of_case(case: Case) -> QuerySet[OwnerTask]:
    return OwnerTask.objects.filter(claim__case=case).select_related("claim__case", "by").prefetch_related("files")


def record(task: OwnerTask, kind: str, *, now: datetime, user: Any = None, **more: Any) -> None:
    data = {"task": task.pk, "source": task.source, "what": str(task.what)} | more
    actor = Actor.STAFF if user else Actor.SYSTEM
    events.record(task.claim.case, kind, now=now, actor=actor, user=user, claim=task.claim, data=data)
