"""Each minute: what is to be done by hand is laid before its owner; who is silent is reminded, then the next in line is
told; what nobody needs any more ends. Done twice it writes nothing twice."""

import logging
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from fulfilment.asking import answers, tasks
from fulfilment.asking.tasks import OPEN, What
from fulfilment.models import HandTask, OwnerTask
from fulfilment.planning import by_hand
from policies.ways import Owner
from requests_app.controllers import UnknownController, controller, controllers

log = logging.getLogger(__name__)
KEPT_AFTER = timedelta(hours=1)
"""So long after its claim is closed a file an owner sent is kept, as what was collected is."""


def mind(*, now: datetime) -> int:
    """Returns how many mails were written."""
    answers.shred_unlisted(before=now - timedelta(minutes=15), now=now)
    for task in OwnerTask.objects.filter(files__isnull=False, claim__closed_at__lt=now - KEPT_AFTER).distinct():
        answers.drop_of(task, now=now)
    return lay_before_owners(now=now) + sum(_guarded(lambda task=task: _mind(task, now=now)) for task in _open())


def _guarded(one: Callable[[], int]) -> int:
    """What one task needs; where it raises (its map changed under it), the others are minded all the same.

    Of the error the code alone is logged: its text may hold a value."""
    try:
        with transaction.atomic():
            return one()
    except Exception as error:
        log.error("an owner's task could not be minded: %s", getattr(error, "code", type(error).__name__))
        return 0


def lay_before_owners(*, now: datetime) -> int:
    """One task for all a claim wants done by hand in one system, where the system names an owner."""
    named = dict(_owners())
    asked = OwnerTask.objects.filter(
        claim=OuterRef("claim"), round=OuterRef("round"), source=OuterRef("source"), code=OuterRef("code"),
        what=What.BY_HAND,
    )  # fmt: skip
    places = Q(pk=None)
    for slug, source in named:
        places |= Q(claim__case__controller=slug, source=source)
    wanted = HandTask.objects.filter(places, ~Exists(asked), done_at=None).select_related("claim__case")
    fresh = {(one.claim_id, one.round, one.source, one.code): one for one in wanted}
    return sum(_guarded(lambda one=one: _ask(one, named[one.claim.case.controller, one.source], now=now))
               for one in fresh.values())  # fmt: skip


def _ask(one: HandTask, owner: Owner, *, now: datetime) -> int:
    if not by_hand.is_wanted(one.claim, code=one.code, round=one.round):
        return 0
    tasks.ask(one.claim, source=one.source, owner=owner, what=What.BY_HAND, round=one.round, code=one.code, now=now)
    return 1


def _owners() -> Iterator[tuple[tuple[str, str], Owner]]:
    for slug in controllers():
        for name, source in controller(slug).sources.items():
            if source.seen_to_by:
                yield (slug, name), source.seen_to_by


def _open() -> Iterator[OwnerTask]:
    yield from OwnerTask.objects.filter(status__in=OPEN).select_related("claim__case").iterator()


def _mind(task: OwnerTask, *, now: datetime) -> int:
    try:
        if not tasks.is_alive(task):
            tasks.end([task], now=now)
            return 0
        owner = tasks.owner_of(task)
    except UnknownController:
        return 0
    if owner is None or task.status != tasks.Status.WAITING:
        return 0
    today = tasks.today(task.claim, now=now)
    if task.escalated_at is None and today >= task.answer_by + timedelta(days=max(owner.escalate_after, 1)):
        return int(tasks.escalated(task, now=now))
    times = sum(day <= today for day in reminder_days(task))
    return int(times > task.reminders and today <= task.answer_by and tasks.reminded(task, times=times, now=now))


def reminder_days(task: OwnerTask) -> list[date]:
    """Half-way, and the last day; one of them where they are the same."""
    half = task.asked_on + (task.answer_by - task.asked_on) / 2
    return sorted({half, task.answer_by} - {task.asked_on})
