"""The life of a run: begun once a month, read, approved or stopped by a person, ended with its proof.

The only writer of `RetentionRun`'s state beside the tally. A state change compares and sets, so that two people, or a
person and a worker, cannot both be first.
"""

from collections import Counter
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from connectors.errors import ConnectorError
from connectors.values import canonical, sha256
from fulfilment.models import RetentionChunk, RetentionRun
from fulfilment.routine import files, planning, tally
from law.deadlines import local_day
from policies.load import Controller
from requests_app import sources
from requests_app.controllers import controller, controllers, remember_version
from requests_app.models import Membership

Status, Phase = RetentionRun.Status, RetentionChunk.Phase
ALIVE = (Status.PLANNING, Status.TO_APPROVE, Status.RUNNING)
BEFORE = (Status.PLANNING, Status.TO_APPROVE)
APPROVERS = (Membership.Role.APPROVER, Membership.Role.ADMINISTRATOR)


class NotPossible(Exception):
    """`code`: not_approver, changed (another digest), state, open_points (the company has not told what
    decides), policy (it changed: the sources are looked through anew).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def start(slug: str, *, on: date, now: datetime) -> RetentionRun:
    """This month's run of a company: begun, or as it stands. What was left of an earlier month is overtaken.

    Raises ValueError for a day that has not come: what may be erased tomorrow is not known today.
    """
    company = controller(slug)
    today = local_day(now, tz=company.policy.tz)
    if on > today:
        raise ValueError(f"on: found {on}, expected no later than {today}: a run acts, and its day has not come")
    month = on.replace(day=1)
    for old in RetentionRun.objects.filter(controller=slug, month__lt=month, status__in=ALIVE):
        let_go(old, status=Status.OVERTAKEN, now=now)
    with transaction.atomic():
        run, _made = RetentionRun.objects.get_or_create(
            controller=slug, month=month,
            defaults={"on": on, "policy_digest": remember_version(company), "started_at": now},
        )  # fmt: skip
        planning.first(run)
    return run


def due(*, now: datetime) -> list[RetentionRun]:
    """Runs of this month that nobody has begun, begun: on the first, or on the first day the portal is up after it.

    The rules are asked for the first, so that a late run does what the run of the first would have done.
    """
    begun = []
    for slug, company in controllers().items():
        for old in RetentionRun.objects.filter(controller=slug, status=Status.TO_APPROVE):
            if old.policy_digest != company.digest:  # nobody should read a report that cannot be carried out
                _anew(old, now=now)
        month = local_day(now, tz=company.policy.tz).replace(day=1)
        if not RetentionRun.objects.filter(controller=slug, month=month).exists() and _configured(company):
            begun.append(start(slug, on=month, now=now))
    return begun


def _anew(run: RetentionRun, *, now: datetime) -> None:
    """Where a person was faster (approved, stopped), it is as they left it, and the other companies have their turn."""
    with suppress(NotPossible):
        again(run, now=now)


def _configured(company: Controller) -> bool:
    """A company whose sources nobody has connected has no run: there is nothing to look through."""
    try:
        for name in company.sources:
            sources.open_one(company, name).close()
    except ConnectorError:
        return False
    return bool(company.sources)


def approve(run: RetentionRun, *, digest: str, user: Any, now: datetime) -> RetentionRun:
    """What the report says may be done. Raises `NotPossible`."""
    if not may_approve(user, run.controller):
        raise NotPossible("not_approver")
    if tally.open_points(run.controller):
        raise NotPossible("open_points")
    if controller(run.controller).digest != run.policy_digest:
        again(run, now=now)
        raise NotPossible("policy")
    with transaction.atomic():
        changed = RetentionRun.objects.filter(pk=run.pk, status=Status.TO_APPROVE, digest=digest).update(
            status=Status.RUNNING, approved_by=user, approved_at=now
        )
        if not changed:
            run.refresh_from_db()
            raise NotPossible("state" if run.status != Status.TO_APPROVE else "changed")
        tally.open_pages(run)
    run.refresh_from_db()
    return run


def may_approve(user: Any, slug: str) -> bool:
    return Membership.objects.filter(user=user, controller=slug, role__in=APPROVERS, user__is_active=True).exists()


def stop(run: RetentionRun, *, user: Any, now: datetime) -> RetentionRun:
    """No further page is begun this month; what is done stays done, and is counted. Raises `NotPossible`.

    A page a worker is at right now is ended first: half a page would be done and proved by nobody.
    """
    if not may_approve(user, run.controller):
        raise NotPossible("not_approver")
    if not RetentionRun.objects.filter(pk=run.pk, status__in=ALIVE, stopped_by=None).update(stopped_by=user):
        raise NotPossible("state")
    run.refresh_from_db()
    let_go(run, status=Status.STOPPED, now=now)
    return run


def ends_as(run: RetentionRun, company: Controller) -> str:
    """What a run that goes no further ends as: stopped by a person, or overtaken by another month or another policy
    after it had been approved; empty for one that goes on.
    """
    if run.stopped_by_id:
        return Status.STOPPED
    later = RetentionRun.objects.filter(controller=run.controller, month__gt=run.month).exists()
    other_rules = run.status == Status.RUNNING and company.digest != run.policy_digest
    return Status.OVERTAKEN if later or other_rules else ""


def let_go(run: RetentionRun, *, status: str, now: datetime) -> bool:
    """Of a run that goes no further: drop the pages nobody is at; the last one out ends it, as `status`.

    A page that was begun is never dropped: its rows may be gone, and the proof must know of them. Whoever is at it
    ends it; where nobody is, `carrying.take_stock` counts.
    """
    nobody, begun = Q(leased_until=None) | Q(leased_until__lt=now), Q(phase=Phase.DO, attempts__gt=0)
    dropped = {"status": RetentionChunk.Status.FAILED, "error": status, "token": F("token") + 1}
    run.chunks.filter(nobody & ~begun, status=RetentionChunk.Status.READY).update(**dropped)
    return finish(run, status=status, now=now)


def again(run: RetentionRun, *, now: datetime, user: Any = None) -> RetentionRun:
    """Look through everything anew, before anything was done: another policy, a source repaired, or a month stopped.

    Raises `NotPossible`.
    """
    if user is not None and not may_approve(user, run.controller):
        raise NotPossible("not_approver")
    untouched = RetentionRun.objects.filter(pk=run.pk, status__in=(*BEFORE, Status.STOPPED), approved_at=None)
    company = controller(run.controller)
    with transaction.atomic():
        if not untouched.update(
            status=Status.PLANNING, digest="", summary=[], proof={}, planned_at=None, ended_at=None, stopped_by=None,
            policy_digest=remember_version(company), times=run.times + 1,
        ):  # fmt: skip
            raise NotPossible("state")
        old = [chunk.file for chunk in run.chunks.exclude(file=None).select_related("file")]
        run.chunks.all().delete()
        planning.first(run)
    files.shred([file for file in old if file], now=now)
    run.refresh_from_db()
    return run


def finish(run: RetentionRun, *, status: str, now: datetime) -> bool:
    """All pages are done, or failed for good: the proof is what stays."""
    if run.chunks.filter(status=RetentionChunk.Status.READY).exists():
        return False
    return _end(run, status, now=now)


def _end(run: RetentionRun, status: str, *, now: datetime) -> bool:
    """Counts and digests stay; plans, keys and places of pages go."""
    pages = list(run.chunks.select_related("file"))
    with transaction.atomic():
        values = {"status": status, "ended_at": now, "proof": {**run.proof, **_proof(pages)}}
        if not RetentionRun.objects.filter(pk=run.pk, status__in=ALIVE).update(**values):
            return False
        run.chunks.update(file=None, after=None)
    files.shred([page.file for page in pages if page.file], now=now)
    run.refresh_from_db()
    return True


def _proof(pages: list[RetentionChunk]) -> dict[str, Any]:
    done, left, receipts = Counter[str](), Counter[str](), []
    for page in pages:
        done.update(page.result.get("done", {}))
        left.update(page.result.get("left", {}))
        receipts += [page.result["receipts"]] if "receipts" in page.result else []
    failed = Counter(page.error for page in pages
                     if page.status == RetentionChunk.Status.FAILED and page.phase != Phase.PLAN)  # fmt: skip
    proof: dict[str, Any] = {"done": dict(done), "left": dict(left), "pages": len(receipts)}
    if receipts:
        proof["receipts"] = sha256(canonical(sorted(receipts)))
    return proof | ({"failed": dict(failed)} if failed else {})
