"""Doors of the workers. A message carries only the number of a claim: lost, it costs a minute; twice, nothing.

Acknowledged late (`task_acks_late`, `task_reject_on_worker_lost`): a killed worker's message comes again. Neither
setting is what keeps work from being lost or doubled: that is the ledger of steps, and the sweep that finds what nobody
woke.
"""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from fulfilment import ledger, pipeline, queues
from fulfilment.asking import minding
from fulfilment.changing import restriction
from fulfilment.collecting import collect
from fulfilment.handing_over import bundle, delivery
from fulfilment.models import RecipientNotice, RetentionRun, Step
from fulfilment.planning import plans
from fulfilment.removing import deferred, on_its_day
from fulfilment.routine import files, runs, work
from fulfilment.routine.pages import Hand
from fulfilment.stopping import came_back
from fulfilment.telling import notice_post
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.tasks import ask_worker, post_letters, wake

log = logging.getLogger(__name__)

RUN_FOR = timedelta(seconds=50)
EXPIRES = 120  # seconds: the sweep calls again each minute, so a queue that is behind holds each step twice at most
SWEPT = 5000
"""Claims looked at by one sweep: a minute's work for a portal far behind."""


@shared_task
def advance(claim_id: int) -> None:
    """Advance a claim as far as it goes at once; steps that take long go to the workers of their kind, side by side."""
    claim = Claim.objects.select_related("case").filter(pk=claim_id).first()
    if claim is None:
        return

    def elsewhere(work: pipeline.Work, step: Step) -> None:
        queue = queues.of_step(work.queue, slug=claim.case.controller, source=step.source,
                               own=settings.DSAR_OWN_QUEUES)  # fmt: skip
        ask_worker("fulfilment.tasks.do", claim_id, step.name, step.source, queue=queue, expires=EXPIRES)

    while pipeline.advance(claim, now=timezone.now(), elsewhere=elsewhere) is not pipeline.Progress.RESTS:
        claim.refresh_from_db()
    post_letters()


@shared_task
def do(claim_id: int, name: str, source: str) -> None:
    """One step, then whatever follows from it."""
    claim = Claim.objects.select_related("case").filter(pk=claim_id).first()
    if claim and pipeline.do(claim, name=name, source=source, now=timezone.now()) is pipeline.Progress.RAN:
        wake(claim_id)


@shared_task
def send_notices() -> int:
    """Each minute: recipients' systems and mailboxes that have not taken their notice yet."""
    return notice_post.send_due(RecipientNotice.objects.all(), now=timezone.now())


@shared_task
def mind_owners() -> int:
    """Each minute: those who look after a system by hand are asked, reminded, and no longer waited for."""
    written = minding.mind(now=timezone.now())
    if written:
        post_letters()
    return written


@shared_task
def end_restrictions() -> int:
    """Announce the end of what came by itself, and lift what was announced for today (Art. 18(3))."""
    now = timezone.now()
    announced = restriction.announce_ended(now=now)
    if announced:
        post_letters()
    return announced + restriction.lift_due(now=now)


@shared_task
def look_for_suppressed(slug: str = "") -> None:
    """Each hour: companies whose marketing tables were not looked through today (Art. 21(3)); one message each."""
    now = timezone.now()
    if slug:
        came_back.look(controller(slug), now=now)
    else:
        for one in came_back.due(now=now):
            look_for_suppressed.delay(one)


@shared_task
def erase_later(numbers: list[int]) -> None:
    """What erasures had to leave, on its day."""
    if on_its_day.work_off(numbers, now=timezone.now()):
        post_letters()


@shared_task
def begin_runs() -> int:
    """Each hour: the monthly run of every company that has none yet this month (Art. 5(1)(e))."""
    begun = runs.due(now=timezone.now())
    for run in begun:
        advance_run.delay(run.pk)
    return len(begun)


@shared_task
def advance_run(run_id: int) -> None:
    """Some pages of a run, then room for others: people who wait for an answer come first. The sweep sends it on."""
    run = RetentionRun.objects.filter(pk=run_id).first()
    until = timezone.now() + RUN_FOR
    with Hand() as hand:
        while run and timezone.now() < until and work.advance(run, hand=hand, now=timezone.now):
            pass


@shared_task
def sweep() -> None:
    """Each minute: wake every claim in an automatic stage, end what has expired, tidy what a killed worker left."""
    now = timezone.now()
    for claim in pipeline.waiting(now=now, most=SWEPT):
        if pipeline.due(claim, now=now):
            advance.delay(claim.pk)
    for some in deferred.due(now=now):
        erase_later.delay(some)
    for run in work.alive():
        if not work.waits(run, now=now):
            advance_run.delay(run.pk)
    delivery.expire(now=now)
    before = now - 3 * ledger.LEASE
    collect.shred_left_overs(before=before, now=now)
    bundle.shred_of_closed(before=now - minding.KEPT_AFTER, now=now)
    bundle.shred_unlisted(before=before, now=now)
    plans.shred_unlisted(before=before, now=now)
    deferred.shred_unlisted(before=before, now=now)
    files.shred_unlisted(before=before, now=now)
