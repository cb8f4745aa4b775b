"""The next piece of a run's work that anybody can do now: harmless at any time, by any number of callers."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q

from connectors.base import PlanOutdated
from connectors.errors import ConnectorError
from fulfilment import ledger
from fulfilment.models import RetentionChunk, RetentionRun
from fulfilment.routine import carrying, planning, runs, tally
from fulfilment.routine.pages import Hand
from policies.load import Controller
from requests_app.controllers import UnknownController, controller

log = logging.getLogger(__name__)

Lane, Phase = RetentionChunk.Lane, RetentionChunk.Phase
Ready = RetentionChunk.Status.READY
Clock = Callable[[], datetime]
ATTEMPTS = 24
"""With rests of up to an hour: most of a day, so that a source may be down for a night."""
AT_ONCE = 20
"""Pages read at once in search of a free one: mostly the first is."""


def alive() -> list[RetentionRun]:
    """Runs a worker could do something for."""
    working = (RetentionRun.Status.PLANNING, RetentionRun.Status.RUNNING)
    return list(RetentionRun.objects.filter(status__in=working).order_by("started_at"))


def waits(run: RetentionRun, *, now: datetime) -> bool:
    """Whether somebody is at it, or everything that is left rests: no need to wake another worker."""
    pages = list(run.chunks.filter(status=Ready))
    at_it = any(page.leased_until and page.leased_until >= now for page in pages)
    return at_it or bool(pages and not any(ledger.is_free(page, now=now) for page in pages))


def advance(run: RetentionRun, *, hand: Hand, now: Clock) -> bool:
    """Do one page, or end the run. False when there is nothing for this caller to do now."""
    run.refresh_from_db()
    if run.status not in (RetentionRun.Status.PLANNING, RetentionRun.Status.RUNNING):
        return False
    try:
        company = controller(run.controller)
    except UnknownController:
        return False
    ends_as = runs.ends_as(run, company)
    if ends_as and runs.let_go(run, status=ends_as, now=now()):
        return True
    if not ends_as and company.digest != run.policy_digest:
        return _other_policy(run, now=now())
    page = _take(run, now=now())
    if page:
        _work(page, company, ends_as=ends_as, hand=hand, now=now)
        return True
    done = not ends_as and run.status == RetentionRun.Status.RUNNING
    return done and runs.finish(run, status=RetentionRun.Status.DONE, now=now())


def _other_policy(run: RetentionRun, *, now: datetime) -> bool:
    """The rules changed under the run: what was found under the old ones is void, and somebody reads the new report."""
    try:
        runs.again(run, now=now)
    except runs.NotPossible:  # somebody was first: approved, or looked through anew
        return False
    return True


def _take(run: RetentionRun, *, now: datetime) -> RetentionChunk | None:
    """The first kind of page of which any is left: none of a later kind while one of these is at work or rests.

    One table after the other: a source goes on reading where it was.
    """
    ready = run.chunks.filter(status=Ready)
    kinds = set(ready.order_by().values_list("phase", "lane").distinct())
    turn = min((_turn(*kind) for kind in kinds), default=0)
    now_due = reduce(or_, (Q(phase=phase, lane=lane) for phase, lane in kinds if _turn(phase, lane) == turn), Q())
    pages = ready.filter(now_due).defer("result", "after").order_by("source", "collection", "id")
    for page in pages.iterator(chunk_size=AT_ONCE):
        if page.attempts >= ATTEMPTS and ledger.is_free(page, now=now):
            ledger.fail(page, code="worker_lost", permanent=True, now=now)
        elif taken := ledger.take(page, now=now):
            return taken
    return None


def _turn(phase: str, lane: str) -> int:
    """Looking through is in any order, and the tally last. Then people before single rows, whose days they may be
    judged by, and at the end what waited for other rows.
    """
    if lane == Lane.TALLY or phase == Phase.LAST:
        return 2
    return int(phase != Phase.PLAN and lane != Lane.PEOPLE)


def _work(page: RetentionChunk, company: Controller, *, ends_as: str, hand: Hand, now: Clock) -> None:
    about = {"controller": company.slug, "source": page.source, "step": f"{page.phase} {page.lane} {page.collection}"}
    try:
        _do(page, company, ends_as=ends_as, hand=hand, now=now)
    except ledger.LeaseLost:
        log.warning("lease lost", extra=about)
    except PlanOutdated:
        ledger.fail(page, code="plan_outdated", permanent=False, now=now(), attempts=ATTEMPTS)
    except (ConnectorError, ledger.StepFailed) as error:
        log.warning("page failed", extra=about | {"code": error.code})
        ledger.fail(page, code=error.code, permanent=error.permanent, now=now(), attempts=ATTEMPTS)
    except Exception:  # whatever it was: the run must show it and be able to go on
        log.exception("page broke", extra=about | {"code": "internal"})
        ledger.fail(page, code="internal", permanent=False, now=now(), attempts=ledger.ATTEMPTS)


def _do(page: RetentionChunk, company: Controller, *, ends_as: str, hand: Hand, now: Clock) -> None:
    if page.phase in (Phase.CHECK, Phase.LAST):
        carrying.check(page, company, hand=hand, now=now)
    elif page.phase == Phase.DO and ends_as:
        carrying.take_stock(page, company, why=ends_as, hand=hand, now=now)
    elif page.phase == Phase.DO:
        carrying.carry_out(page, company, hand=hand, now=now)
    elif page.lane == Lane.START:
        planning.lay_out(page, company, hand=hand, now=now())
    elif page.lane == Lane.TALLY:
        tally.add_up(page, company, hand=hand, now=now)
    else:
        planning.look_through(page, company, hand=hand, now=now)
