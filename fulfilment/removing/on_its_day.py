"""The day has come on which nothing may carry the keeping any more: what an erasure left is decided again and goes.

Decided with the facts of the day, frozen, rehearsed, carried out and proved like any plan (Art. 17(1), 5(1)(e));
whatever must stay longer is written down again with its day and reason. The second person's approval was of the whole
plan, the days in it included. Each step may be a worker's last: what is frozen is ended by the next.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from connectors.base import Action, PlanOutdated, SourcePlan
from connectors.errors import ConnectorError
from fulfilment import ledger
from fulfilment.collecting import find
from fulfilment.collecting.whose import Ties
from fulfilment.models import DeferredErasure, Plan
from fulfilment.planning import carry_out, frozen, plans
from fulfilment.planning.fate import mark
from fulfilment.removing import again, deferred, kept, suppress_erased, waiting
from fulfilment.removing.again import Verdicts
from fulfilment.removing.deferred import Kept, today_of
from fulfilment.removing.kept import Row
from requests_app import vault
from requests_app.controllers import controller
from requests_app.models import Claim

log = logging.getLogger(__name__)
Status = DeferredErasure.Status
ATTEMPTS = 12
"""Then a person looks: a source that is down for a night is not worth one, for longer it is (about six hours)."""
FRESH = timedelta(hours=1)
"""A plan frozen longer ago and not begun is made anew: a debt or a claim may have come up."""


Held = dict[str, set[str]]


def work_off(numbers: Iterable[int], *, now: datetime) -> int:
    """Do those that are due, one after the other; how many went well. What must wait (R-44, Art. 18(2)) is looked up
    once for all of them: keep them few."""
    held: Held = {}
    started = time.monotonic()  # a lease counts from when its own work begins
    return sum([work(number, now=now + timedelta(seconds=time.monotonic() - started), held=held) for number in numbers])


def work(pk: int, *, now: datetime, held: Held | None = None) -> bool:
    """Do one that is due, whoever calls it and however often. Whether it was taken and did not fail."""
    task = DeferredErasure.objects.select_related("claim__case", "plan", "file").get(pk=pk)
    if task.day > today_of(task.claim, now):
        return False
    if task.attempts >= ATTEMPTS and ledger.is_free(task, now=now):
        _fail(task, "worker_lost", permanent=True, now=now)
        return False
    if not ledger.take(task, now=now):
        return False
    about = {"case": task.claim.case.reference, "deferred": task.pk}
    try:
        _carry_out(task, now=now, held={} if held is None else held)
        return True
    except ledger.LeaseLost:
        log.warning("lease lost", extra=about)
    except PlanOutdated:  # somebody was faster than we: decide anew, on the row as it is
        _forget_plan(task)
        _fail(task, "plan_outdated", permanent=False, now=now)
    except ConnectorError as error:
        log.warning("deferred erasure failed", extra=about | {"code": error.code, "source": error.source})
        _fail(task, error.code, permanent=error.permanent, now=now)
    except Exception:
        log.exception("deferred erasure broke", extra=about | {"code": "internal"})
        _fail(task, "internal", permanent=False, now=now)
    return False


def _carry_out(task: DeferredErasure, *, now: datetime, held: Held) -> None:
    """Decide, freeze, rehearse, do, prove, write down. Every step may be the last of this worker."""
    rows = kept.read(task.file)
    plan, found = task.plan, None
    if plan is None or _is_old(plan, now=now):
        _forget_plan(task)
        found = _decide(task, rows, now=now, held=held)
        plan = _freeze(task, found, now=now)
    if plan is not None:
        _do(task, plan, now=now)
    _finish(task, plan, rows, found, now=now)


def _is_old(plan: Plan, *, now: datetime) -> bool:
    """Frozen too long ago to be carried out unseen. Once begun it is ended: what it erased cannot be decided again."""
    return now - plan.made_at > FRESH and not plan.receipts.exists()


def _decide(task: DeferredErasure, rows: list[Row], *, now: datetime, held: Held) -> Verdicts:
    claim = task.claim
    company = controller(claim.case.controller)
    if company.slug not in held:
        held[company.slug] = frozen.marks(company.slug)
    return again.decide(
        rows, company, identity=find.proved(claim.case), on=today_of(claim, now), known=claim.scope.get("facts"),
        held=held[company.slug],
    )  # fmt: skip


def _freeze(task: DeferredErasure, found: Verdicts, *, now: datetime) -> Plan | None:
    """The plan of what goes, None where nothing does. It holds the verdicts, for whoever takes over."""
    company = controller(task.claim.case.controller)
    fated, planned, pointing = waiting.feasible(found.goes, company)
    by_mark = {row.mark: row for row in kept.read(task.file)}
    refused = [fate for fate in fated if fate.action is None]
    out = {mark(fate.record) for fate in refused}
    found.stays = [row for row in found.stays if row.mark not in out]
    days = _days(task, found.stays)
    waits, people = waiting.together(refused, by_mark, pointing=pointing, days=days)
    found.stays += waits
    found.people += people
    found.goes = [fate for fate in fated if fate.action]
    if not found.goes:
        return None
    suppress_erased.suppress_later(found.goes, company, now=now)
    plan = _keep(task, found, planned, now=now)
    if not ledger.mine(task).update(plan=plan, leased_until=now + ledger.LEASE):
        raise ledger.LeaseLost(task.pk)
    task.plan = plan
    return plan


def _days(task: DeferredErasure, stays: Iterable[Row]) -> dict[tuple[str, str], date]:
    """The last day on which rows of this person in a table wait still, by (source, table)."""
    others = deferred.open_of(task.claim).filter(status=Status.READY).exclude(pk=task.pk)
    days = [((line["source"], line["collection"]), other.day) for other in others for line in other.summary]
    days += [((row.source, row.collection), date.fromisoformat(row.due)) for row in stays]
    return dict(sorted(days, key=lambda pair: pair[1]))


def _keep(task: DeferredErasure, found: Verdicts, planned: list[SourcePlan], *, now: datetime) -> Plan:
    ties = Ties(controller(task.claim.case.controller))
    goes = [fate._replace(whose=ties.digest(fate.record)) for fate in found.goes]
    later = {"counts": found.counts(), "stays": [_compact(row) for row in found.stays],
             "people": [[row.mark, code] for row, code in found.people]}  # fmt: skip
    return plans.keep(
        task.claim, planned, plans.lots(goes), purpose=Plan.Purpose.LATER, round=task.origin.round,
        summary=plans.summarise(goes), now=now, about={"deferred": task.pk, "later": later},
    )  # fmt: skip


def _compact(row: Row) -> list[Any]:
    return [row.mark, row.due, row.why, dict(row.decision)]


def _found_before(plan: Plan, rows: Iterable[Row]) -> Verdicts:
    """The verdicts as the worker before us had frozen them."""
    by_mark, said = {row.mark: row for row in rows}, plans.about(plan)["later"]
    stays = [replace(by_mark[name], due=due, why=why, decision=decision) for name, due, why, decision in said["stays"]]
    return Verdicts([], stays, [(by_mark[name], code) for name, code in said["people"]], **said["counts"])


def _do(task: DeferredErasure, plan: Plan, *, now: datetime) -> None:
    started = time.monotonic()
    if not plan.receipts.exists():
        carry_out.rehearse(plan, now=now)
    for planned in plans.source_plans(plan):
        ledger.renew(task, now=now + timedelta(seconds=time.monotonic() - started))
        carry_out.execute(plan, planned.source, now=now)
    if carry_out.left(plan):
        raise ConnectorError("still_there", True)


def _finish(
    task: DeferredErasure, plan: Plan | None, rows: list[Row], found: Verdicts | None, *, now: datetime
) -> None:
    """Proof, what stays, what is left to people, and who is told: all of it or nothing."""
    claim = task.claim
    if found is None:
        found = _found_before(plan, rows) if plan else Verdicts()
    staying = deferred.sealed(deferred.tied_as_now(found.stays, controller(claim.case.controller)), claim=claim)
    for_people = _for_people(found, claim=claim, today=today_of(claim, now))
    summary = [*task.result.get("before", ()), *(plan.summary if plan else ())]
    result = _result(task, found, summary)
    with transaction.atomic():
        ledger.finish(task, result=result, now=now)
        if plan:
            carry_out.proved(plan, now=now)
        for kept_one in staying:
            deferred.add(claim, origin=task.origin, one=kept_one, now=now, times=task.times + 1)
        for kept_one, code in for_people:
            deferred.add(claim, origin=task.origin, one=kept_one, now=now, times=task.times, status=Status.FAILED,
                         error=code)  # fmt: skip
        about = {"digest": plan.digest if plan else "", "put_off": sorted({kept_one.why for kept_one in staying})}
        deferred.record(task, "erased_later", {**result, **about}, now=now)
        if summary:
            deferred.tell(claim, summary, now=now)
        transaction.on_commit(partial(vault.shred, task.file, now=now))


def _result(task: DeferredErasure, found: Verdicts, summary: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Counts for the event. What an earlier plan of this day had erased already is not "gone"."""
    counts, before = found.counts(), task.result.get("before", ())
    counts["gone"] -= sum(line["count"] for line in before if line["action"] == Action.ERASE)
    erased = sum(line["count"] for line in summary)
    return counts | {"erased": erased, "stays": len(found.stays), "people": len(found.people)}


def _for_people(found: Verdicts, *, claim: Claim, today: date) -> list[tuple[Kept, str]]:
    by_code: dict[str, list[Row]] = {}
    for row, code in found.people:
        by_code.setdefault(code, []).append(row.put_off(due=today, why=row.why, person=True))
    return [(each, code) for code, some in sorted(by_code.items()) for each in deferred.sealed(some, claim=claim)]


def _forget_plan(task: DeferredErasure) -> None:
    """What it has erased in other sources stays told; the rest is decided anew."""
    plan = task.plan
    if plan is None:
        return
    carry_out.outdated(plan)
    task.plan = None
    done = set(plan.receipts.values_list("source", flat=True))
    before = [*task.result.get("before", ()), *(line for line in plan.summary if line["source"] in done)]
    task.result = {"before": before} if before else {}
    ledger.mine(task).update(plan=None, result=task.result)


def _fail(task: DeferredErasure, code: str, *, permanent: bool, now: datetime) -> None:
    with transaction.atomic():
        ledger.fail(task, code=code, permanent=permanent, now=now, attempts=ATTEMPTS)
        if DeferredErasure.objects.filter(pk=task.pk, status=Status.FAILED).exists():
            deferred.record(task, "deferred_failed", {"code": code[:64]}, now=now)
