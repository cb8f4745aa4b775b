"""Doors for the worker. Nothing is lost with a message: the sweep finds every letter and every claim again."""

import logging
from collections.abc import Callable
from typing import Any

from celery import current_app, shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from law.deadlines import local_day
from requests_app import clock, outbox, rates
from requests_app.controllers import UnknownController, controller
from requests_app.models import Case, Claim, ClockSegment
from requests_app.states import AUTOMATIC

log = logging.getLogger(__name__)


@shared_task
def send_letters() -> int:
    """Each minute, and right after something was written."""
    return outbox.send_due(now=timezone.now())


@shared_task
def refresh_clocks() -> int:
    """Hourly: while a pause is open its due date moves with the days (R-28); extensions nobody was told of end (R-26);
    old rate counters go."""
    now, count = timezone.now(), 0
    rates.forget(now=now)
    outbox.end_untold_extensions(now=now)
    paused = Claim.objects.filter(segments__kind=ClockSegment.Kind.PAUSE, segments__ended_on=None, closed_at=None)
    for claim in paused.select_related("case").distinct():
        try:
            tz = controller(claim.case.controller).policy.tz
        except UnknownController:
            log.error("company of a case is not served any more", extra={"case": claim.case.reference})
            continue
        clock.set_due(claim, today=local_day(now, tz=tz))
        count += 1
    return count


def post_letters() -> None:
    """Let a worker send the outbox as soon as the transaction is through."""
    transaction.on_commit(lambda: _enqueue(send_letters.apply_async))


def wake(claim_id: int) -> None:
    """Let a worker advance a claim now rather than at the next sweep. By name: the rooms above are not known here."""
    transaction.on_commit(lambda: _enqueue(current_app.send_task, name="fulfilment.tasks.advance", args=[claim_id]))


def wake_open(case: Case) -> None:
    """Let workers begin at once with what waits for nobody (Art. 7(3), 21(3))."""
    for claim in case.claims.filter(stage__in=AUTOMATIC):
        wake(claim.pk)


def _enqueue(send: Callable[..., Any], **arguments: Any) -> None:
    try:
        send(retry=False, **arguments)
    except (OperationalError, OSError):
        log.warning("no broker; the sweep will do it", extra={"code": "broker"})
