"""What an erasure had to leave goes on the day its basis ends (Art. 17(1)). The only writer of `DeferredErasure`.

Written in the transaction that says the erasure is proved. On the day it is decided again, frozen, rehearsed, carried
out and proved like any plan; whatever must stay longer is written down again with its day and reason. The second
person's approval was of the whole plan, the days in it included.
"""

import logging
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from connectors.base import Action, PlanOutdated, Record, SourcePlan
from connectors.errors import ConnectorError
from fulfilment import again, carry_out, certificate, find, frozen, kept, ledger, notices, plans
from fulfilment.again import PERIOD_ENDED, WITHOUT_DAY, Bench, Verdicts
from fulfilment.facts import FactBook
from fulfilment.fate import GOING, KEEPING, mark
from fulfilment.kept import Row
from fulfilment.models import DeferredErasure, Plan
from fulfilment.whose import Ties
from law.deadlines import local_day
from law.durations import add_months
from policies.load import Controller
from requests_app import correspondence, events, sources, vault
from requests_app.controllers import controller, controllers
from requests_app.models import Case, Claim, SealedFile
from requests_app.states import Actor

log = logging.getLogger(__name__)
Status = DeferredErasure.Status
ATTEMPTS = 12
"""Then a person looks: a source that is down for a night is not worth one, for longer it is (about six hours)."""
AT_ONCE = 200
"""Taken to the queue at each sweep; on the first of January many years end."""
FRESH = timedelta(hours=1)
ASKED_AGAIN = 12
"""Months after which staff are asked about what a person decided to keep without a day (Art. 5(1)(e))."""


@dataclass(frozen=True)
class Kept:
    """Rows that may go on one day, sealed, not yet written down."""

    day: date
    why: str
    file: SealedFile
    records: int
    summary: list[dict[str, Any]]


def prepare(plan: Plan, *, today: date) -> list[Kept]:
    """Seal the keys of what an erasure just left, day by day. Before the transaction: sources and storage answer here.

    Raises `ConnectorError`.
    """
    company = controller(plan.claim.case.controller)
    staying = {fate["mark"]: fate for fate in plans.read(plan)["fates"] if _stays(fate)}
    if not staying:
        return []
    rows = list(_rows(plan.claim, company, staying, round=plan.round, today=today))
    return _sealed(_tied_as_now(rows, company), claim=plan.claim)


def write(plan: Plan, kept_rows: Iterable[Kept], *, now: datetime) -> None:
    """In the transaction that marks the plan proved. Repeating is harmless."""
    Plan.objects.select_for_update().get(pk=plan.pk)
    if DeferredErasure.objects.filter(origin=plan).exists():
        return  # a worker before us, who died right after
    for one in kept_rows:
        _write(plan.claim, origin=plan, one=one, now=now)


def due(*, now: datetime) -> list[int]:
    """What a worker may take now, by number, not too many at once: the day has come where the company is, and nobody
    is at it."""
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    rested = Q(next_try_at=None) | Q(next_try_at__lte=now)
    found = DeferredErasure.objects.filter(free, rested, status=Status.READY, day__lte=now.date() + timedelta(days=1))
    found = found.filter(claim__case__controller__in=controllers())  # a company that has left is nobody's to ask
    some = found.select_related("claim__case")[:AT_ONCE]
    return [one.pk for one in some if one.day <= _today(one.claim, now)]


def work(pk: int, *, now: datetime) -> bool:
    """Do one that is due, whoever calls it and however often. Whether it was taken and did not fail."""
    deferred = DeferredErasure.objects.select_related("claim__case", "plan", "file").get(pk=pk)
    if deferred.day > _today(deferred.claim, now):
        return False
    if deferred.attempts >= ATTEMPTS and ledger.is_free(deferred, now=now):
        _fail(deferred, "worker_lost", permanent=True, now=now)
        return False
    if not ledger.take(deferred, now=now):
        return False
    about = {"case": deferred.claim.case.reference, "deferred": deferred.pk}
    try:
        _carry_out(deferred, now=now)
        return True
    except ledger.LeaseLost:
        log.warning("lease lost", extra=about)
    except PlanOutdated:  # somebody was faster than we: decide anew, on the row as it is
        _forget_plan(deferred)
        _fail(deferred, "plan_outdated", permanent=False, now=now)
    except ConnectorError as error:
        log.warning("deferred erasure failed", extra=about | {"code": error.code, "source": error.source})
        _fail(deferred, error.code, permanent=error.permanent, now=now)
    except Exception:
        log.exception("deferred erasure broke", extra=about | {"code": "internal"})
        _fail(deferred, "internal", permanent=False, now=now)
    return False


def retry(deferred: DeferredErasure, *, user: Any, now: datetime) -> bool:
    """Staff: try again at once. False where it has not failed."""
    with transaction.atomic():
        found = DeferredErasure.objects.filter(pk=deferred.pk).exclude(status=Status.DONE).exclude(error="")
        if not ledger.reopen(found):
            return False
        _record(deferred, "deferred_retried", {}, now=now, actor=Actor.STAFF, user=user)
    return True


def settle(deferred: DeferredErasure, *, note: str, user: Any, now: datetime) -> bool:
    """Staff: what no machine could decide was seen to by hand. ValueError without a word on how."""
    if not note.strip():
        raise ValueError("note: found nothing, expected what was done with these records")
    values = {"status": Status.DONE, "done_at": now, "settled_by": user, "settled_note": note.strip()}
    with transaction.atomic():
        if not DeferredErasure.objects.filter(pk=deferred.pk, status=Status.FAILED).update(**values):
            return False
        _record(deferred, "deferred_settled", {"records": deferred.records}, now=now, actor=Actor.STAFF, user=user)
        transaction.on_commit(partial(vault.shred, deferred.file, now=now))
    return True


def put_off(deferred: DeferredErasure, *, until: date, note: str, user: Any, now: datetime) -> bool:
    """Staff: it must be kept longer, for a reason. On the day after it is decided again. ValueError without either."""
    if not note.strip() or until < _today(deferred.claim, now):
        raise ValueError("found no reason or a day that has passed, expected both: why it is kept, and until when")
    day = until + timedelta(days=1)
    values = {"status": Status.READY, "attempts": 0, "error": "", "day": day, "times": deferred.times + 1,
              "settled_by": user, "settled_note": note.strip(), "next_try_at": None}  # fmt: skip
    with transaction.atomic():
        if not DeferredErasure.objects.filter(pk=deferred.pk, status=Status.FAILED).update(**values):
            return False
        _record(deferred, "deferred_put_off", {"day": day.isoformat()}, now=now, actor=Actor.STAFF, user=user)
    return True


def shred_unlisted(*, before: datetime, now: datetime) -> None:
    """Files a killed worker had stored and not yet listed; and those of rows that are done with."""
    listed = DeferredErasure.objects.exclude(status=Status.DONE).values("file")
    lost = SealedFile.objects.filter(purpose=kept.PURPOSE, shredded_at=None, created_at__lt=before)
    for file in lost.exclude(pk__in=listed).iterator():
        vault.shred(file, now=now)


def of_case(case: Case) -> QuerySet[DeferredErasure]:
    return DeferredErasure.objects.filter(claim__case=case).select_related("claim", "file", "settled_by")


def open_of(claim: Claim) -> QuerySet[DeferredErasure]:
    return claim.deferred.exclude(status=Status.DONE)


# -- what stays, when the erasure is proved -------------------------------------------------------------------------


def _stays(fate: Mapping[str, Any]) -> bool:
    return fate["outcome"] in KEEPING or (fate["outcome"] in GOING and fate["action"] not in (None, "erase"))


def _rows(
    claim: Claim, company: Controller, staying: Mapping[str, Mapping[str, Any]], *, round: int, today: date
) -> Iterable[Row]:
    book, known = FactBook(company), claim.scope.get("facts")
    for record in plans.collected(claim, round):
        book.add(record)
    bench = Bench(company, on=today, known=known)
    for record in plans.collected(claim, round):
        fate = staying.get(mark(record))
        if fate is None:
            continue
        day = _day(fate, bench, record, book, today=today)
        if day:
            due, why, decision = day
            yield Row(
                record.source, record.collection, record.key, mark(record), record.shared, bench.ties.of(record),
                kept.dates(book.facts(record)), book.subject(record), due.isoformat(), why, decision,
            )  # fmt: skip


def _day(
    fate: Mapping[str, Any], bench: Bench, record: Record, book: FactBook, *, today: date
) -> tuple[date, str, dict[str, Any]] | None:
    """(day, why, what is told of it) of one row as the plan left it."""
    if fate["by_person"]:
        told = {name: fate[name] for name in ("outcome", "rule", "basis", "keep_through", "by_person", "reasons")}
        if fate["keep_through"] is None:
            return add_months(today, ASKED_AGAIN), WITHOUT_DAY, told
        return date.fromisoformat(fate["keep_through"]) + timedelta(days=1), PERIOD_ENDED, told
    rest = bench.rest(record, book=book, outcome=fate["outcome"], going=fate["fields"])
    return (rest[0], rest[1], kept.told(rest[2], by_person=0)) if rest else None


def _tied_as_now(rows: list[Row], company: Controller) -> list[Row]:
    """The rows with what ties them to their person after the deed; those that are gone are left out."""
    ties = Ties(company)
    with ExitStack() as stack:
        names = {row.source for row in rows}
        readers = {name: stack.enter_context(closing(sources.open_one(company, name))) for name in names}
        now = again.present(rows, readers)
    return [
        replace(row, ties=ties.of(now[row.mark])) if row.key is not None else row
        for row in rows if row.key is None or row.mark in now
    ]  # fmt: skip


def _sealed(rows: Iterable[Row], *, claim: Claim) -> list[Kept]:
    return [
        Kept(day, why, kept.seal(some, case=claim.case), len(some), kept.summarise(some))
        for (day, why), some in kept.by_day(rows)
    ]


def _write(claim: Claim, *, origin: Plan, one: Kept, now: datetime, **more: Any) -> DeferredErasure:
    return DeferredErasure.objects.create(
        claim=claim, origin=origin, day=one.day, why=one.why, file=one.file, records=one.records,
        summary=one.summary, made_at=now, **more,
    )  # fmt: skip


# -- the day itself -------------------------------------------------------------------------------------------------


def _carry_out(deferred: DeferredErasure, *, now: datetime) -> None:
    """Decide, freeze, rehearse, do, prove, write down. Every step may be the last of this worker."""
    rows = kept.read(deferred.file)
    plan, found = deferred.plan, None
    if plan is None or _is_old(plan, now=now):
        found = _decide(deferred, rows, now=now)
        plan = _freeze(deferred, found, now=now)
    if plan is not None:
        _do(deferred, plan, now=now)
    _finish(deferred, plan, rows, found, now=now)


def _is_old(plan: Plan, *, now: datetime) -> bool:
    """Frozen too long ago to be carried out unseen. Once begun it is ended: what it erased cannot be decided again."""
    return now - plan.made_at > FRESH and not plan.receipts.exists()


def _decide(deferred: DeferredErasure, rows: list[Row], *, now: datetime) -> Verdicts:
    claim = deferred.claim
    company = controller(claim.case.controller)
    return again.decide(
        rows, company, identity=find.proved(claim.case), on=_today(claim, now), known=claim.scope.get("facts"),
        held=frozen.marks(company.slug),
    )  # fmt: skip


def _freeze(deferred: DeferredErasure, found: Verdicts, *, now: datetime) -> Plan | None:
    """The plan of what goes, None where nothing does. It holds the verdicts, for whoever takes over."""
    company = controller(deferred.claim.case.controller)
    fated, planned = plans.feasible(found.goes, company)
    by_mark = {row.mark: row for row in kept.read(deferred.file)}
    refused = [fate for fate in fated if fate.action is None]
    gone = {mark(fate.record) for fate in refused}
    found.people += [(by_mark[mark(fate.record)], fate.held_for) for fate in refused]
    found.stays = [row for row in found.stays if row.mark not in gone]
    found.goes = [fate for fate in fated if fate.action]
    if not found.goes:
        return None
    plan = _keep(deferred, found, planned, now=now)
    if not ledger.mine(deferred).update(plan=plan, leased_until=now + ledger.LEASE):
        raise ledger.LeaseLost(deferred.pk)
    deferred.plan = plan
    return plan


def _keep(deferred: DeferredErasure, found: Verdicts, planned: list[SourcePlan], *, now: datetime) -> Plan:
    ties = Ties(controller(deferred.claim.case.controller))
    body = {
        "fates": [fate.to_json() | {"whose": ties.digest(fate.record)} for fate in found.goes],
        "plans": [one.to_json() for one in planned],
        "later": {"counts": found.counts(), "stays": [_compact(row) for row in found.stays],
                  "people": [[row.mark, code] for row, code in found.people]},
    }  # fmt: skip
    summary = plans.summarise(found.goes)
    return plans.keep(deferred.claim, body, purpose=Plan.Purpose.LATER, round=deferred.origin.round,
                      summary=summary, now=now)  # fmt: skip


def _compact(row: Row) -> list[Any]:
    return [row.mark, row.due, row.why, dict(row.decision)]


def _found_before(plan: Plan, rows: Iterable[Row]) -> Verdicts:
    """The verdicts as the worker before us had frozen them."""
    by_mark, said = {row.mark: row for row in rows}, plans.read(plan)["later"]
    stays = [replace(by_mark[name], due=due, why=why, decision=decision) for name, due, why, decision in said["stays"]]
    return Verdicts([], stays, [(by_mark[name], code) for name, code in said["people"]], **said["counts"])


def _do(deferred: DeferredErasure, plan: Plan, *, now: datetime) -> None:
    if not plan.receipts.exists():
        carry_out.rehearse(plan, now=now)
    for planned in plans.source_plans(plan):
        ledger.renew(deferred, now=now)
        carry_out.execute(plan, planned.source, now=now)
    if carry_out.left(plan):
        raise ConnectorError("still_there", True)


def _finish(
    deferred: DeferredErasure, plan: Plan | None, rows: list[Row], found: Verdicts | None, *, now: datetime
) -> None:
    claim = deferred.claim
    company = controller(claim.case.controller)
    verdicts = found or _found_before(plan, rows) if plan else found or Verdicts()
    staying = _sealed(_tied_as_now(verdicts.stays, company), claim=claim)
    for_people = _for_people(verdicts, claim=claim, today=_today(claim, now))
    before = deferred.result.get("before", [])
    summary = [*before, *(plan.summary if plan else ())]
    counts = verdicts.counts()
    counts["gone"] -= sum(line["count"] for line in before if line["action"] == Action.ERASE)
    result = counts | {
        "erased": sum(line["count"] for line in summary), "stays": len(verdicts.stays), "people": len(verdicts.people),
    }  # fmt: skip
    with transaction.atomic():
        ledger.finish(deferred, result=result, now=now)
        if plan:
            carry_out.proved(plan, now=now)
        for one in staying:
            _write(claim, origin=deferred.origin, one=one, now=now, times=deferred.times + 1)
        for one, code in for_people:
            _write(claim, origin=deferred.origin, one=one, now=now, times=deferred.times, status=Status.FAILED,
                   error=code)  # fmt: skip
        digest = plan.digest if plan else ""
        why = sorted({one.why for one in staying})
        _record(deferred, "erased_later", {**result, "digest": digest, "put_off": why}, now=now)
        if summary:
            notices.tell_again(claim, what=notices.What.ERASURE, now=now)
        if summary and claim.scope.get("tell_later"):
            _tell(claim, summary, now=now)
        transaction.on_commit(partial(vault.shred, deferred.file, now=now))


def _for_people(verdicts: Verdicts, *, claim: Claim, today: date) -> list[tuple[Kept, str]]:
    by_code: dict[str, list[Row]] = {}
    for row, code in verdicts.people:
        undated = replace(row, decision={**row.decision, "keep_through": None})  # the day it told has come
        by_code.setdefault(code, []).append(undated.put_off(due=today, why=row.why))
    return [(one, code) for code, some in sorted(by_code.items()) for one in _sealed(some, claim=claim)]


def _tell(claim: Claim, summary: Iterable[Mapping[str, Any]], *, now: datetime) -> None:
    """The person asked to be told (Art. 12(3)): what is gone now, and what must wait still, why and until when."""
    left = [line for one in open_of(claim) for line in one.summary]
    values = certificate.completed(claim, gone=summary, left=left, done=_today(claim, now))
    correspondence.write(claim.case, "erasure_completed", now=now, claim=claim, values=values)


def _forget_plan(deferred: DeferredErasure) -> None:
    """What it has erased in other sources stays told; the rest is decided anew."""
    plan = deferred.plan
    if plan is None:
        return
    carry_out.outdated(plan)
    done = set(plan.receipts.values_list("source", flat=True))
    before = [*deferred.result.get("before", ()), *(line for line in plan.summary if line["source"] in done)]
    ledger.mine(deferred).update(plan=None, result={"before": before} if before else {})


def _fail(deferred: DeferredErasure, code: str, *, permanent: bool, now: datetime) -> None:
    with transaction.atomic():
        ledger.fail(deferred, code=code, permanent=permanent, now=now, attempts=ATTEMPTS)
        if DeferredErasure.objects.filter(pk=deferred.pk, status=Status.FAILED).exists():
            _record(deferred, "deferred_failed", {"code": code[:64]}, now=now)


def _record(
    deferred: DeferredErasure, kind: str, data: Mapping[str, Any], *, now: datetime, actor: Actor = Actor.SYSTEM,
    user: Any = None,
) -> None:  # fmt: skip
    about = {"deferred": deferred.pk, **data}
    events.record(deferred.claim.case, kind, now=now, actor=actor, user=user, claim=deferred.claim, data=about)


def _today(claim: Claim, now: datetime) -> date:
    return local_day(now, tz=controller(claim.case.controller).policy.tz)
