"""Doors of the workers. A message carries only the number of a claim: lost, it costs a minute; twice, nothing.

Acknowledged late (`task_acks_late`, `task_reject_on_worker_lost`): a killed worker's message comes again. Neither
setting is what keeps work from being lost or doubled: that is the ledger of steps, and the sweep that finds what nobody
woke.
"""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from fulfilment import ledger, pipeline
from fulfilment.changing import restriction
from fulfilment.collecting import collect
from fulfilment.handing_over import bundle, delivery
from fulfilment.models import RecipientNotice, RetentionRun
from fulfilment.removing import deferred, on_its_day
from fulfilment.routine import files, runs, work
from fulfilment.routine.pages import Hand
from fulfilment.stopping import came_back
from fulfilment.telling import notice_post
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import AUTOMATIC
from requests_app.tasks import post_letters

log = logging.getLogger(__name__)

RUN_FOR = timedelta(seconds=50)


@shared_task
def advance(claim_id: int, spread: bool = True) -> None:
    """Advance a claim as far as it goes now. Sources are read side by side: one more message for each free step."""
    claim = Claim.objects.select_related("case").filter(pk=claim_id).first()
    if claim is None:
        return
    if spread:
        for _ in pipeline.runnable(claim, now=timezone.now())[1:]:
            advance.delay(claim_id, spread=False)
    while pipeline.advance(claim, now=timezone.now()) is not pipeline.Progress.RESTS:
        claim.refresh_from_db()
    post_letters()


@shared_task
def send_notices() -> int:
    """Each minute: recipients' systems and mailboxes that have not taken their notice yet."""
    return notice_post.send_due(RecipientNotice.objects.all(), now=timezone.now())


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
    for claim in Claim.objects.filter(stage__in=AUTOMATIC).select_related("case").order_by("stage_at").iterator():
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
    bundle.shred_unlisted(before=before, now=now)
    deferred.shred_unlisted(before=before, now=now)
    files.shred_unlisted(before=before, now=now)
