"""Doors for the worker. Nothing is lost with a message: the sweep finds every letter and every claim again."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import current_app, shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from law.deadlines import local_day
from requests_app import clock, correspondence, outbox, queries, rates
from requests_app.controllers import UnknownController, controller
from requests_app.models import Case, Claim, ClockSegment
from requests_app.searching import token_of
from requests_app.states import AUTOMATIC

log = logging.getLogger(__name__)
LINKS_SENT_FOR = timedelta(days=3 * 365)


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
    """Let a worker advance a claim now rather than at the next sweep."""
    ask_worker("fulfilment.tasks.advance", claim_id)


def ask_worker(task: str, *args: object, **options: Any) -> None:
    """On commit, a task whose work the sweep would find, too. By name: the rooms above are not known here.

    `options` are Celery's: queue, expires in seconds.
    """
    transaction.on_commit(lambda: _enqueue(current_app.send_task, name=task, args=list(args), **options))


def wake_open(case: Case) -> None:
    """Let workers begin at once with what waits for nobody (Art. 7(3), 21(3))."""
    for claim in case.claims.filter(stage__in=AUTOMATIC):
        wake(claim.pk)


@shared_task
def send_links(address: str, reference: str) -> None:
    """New links to the few newest cases of an address. `address`: its digest; a queue is no place for an address."""
    now = timezone.now()
    for case in queries.by_address(address, reference=reference, since=now - LINKS_SENT_FOR):
        if correspondence.address_of(case) and rates.allowed("new_link_case", case.reference, now=now):
            correspondence.acknowledge(case, now=now)
    post_letters()


def ask_for_links(email: str, *, reference: str) -> None:
    """By a worker, so that the page takes as long for an address with a case as for any other."""
    address = token_of("email", email)
    if not _enqueue(send_links.apply_async, args=[address, reference]):
        send_links(address, reference)  # no sweep would find it


def _enqueue(send: Callable[..., Any], **arguments: Any) -> bool:
    try:
        send(retry=False, **arguments)
    except (OperationalError, OSError):
        log.warning("no broker; the sweep will do it", extra={"code": "broker"})
        return False
    return True
