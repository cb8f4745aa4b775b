"""Erasure carried out: rehearsed, done as approved in one transaction a source, proved by asking again."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from django.db import transaction

from connectors.base import Connector, Record, SourcePlan
from connectors.errors import ConnectorError
from fulfilment import find, plans
from fulfilment.fate import mark
from fulfilment.models import ErasureReceipt, Plan
from requests_app import events, sources
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Actor

Status = Plan.Status


def rehearse(plan: Plan, *, now: datetime) -> dict[str, int]:
    """Carry the plan out in transactions that are rolled back. Raises `PlanOutdated`, `ConnectorError`."""
    rows: dict[str, int] = {}
    for planned in plans.source_plans(plan):
        with _open(plan, planned.source) as connector:
            rows[planned.source] = sum(receipt.rows for receipt in connector.rehearse(planned))
    plans.mark(plan, Status.REHEARSED)
    data = {"digest": plan.digest, "rows": rows}
    events.record(plan.claim.case, "plan_rehearsed", now=now, actor=Actor.SYSTEM, claim=plan.claim, data=data)
    return rows


def approved_plan(claim: Claim) -> Plan:
    """The plan with exactly the digest that the second person approved.

    Raises `ConnectorError` plan_altered otherwise.
    """
    plan = claim.plans.filter(digest=claim.approved_digest).order_by("-version").first()
    if plan is None or not claim.approved_digest:
        raise ConnectorError("plan_altered", True)
    return plan


def execute(plan: Plan, source: str, *, now: datetime) -> dict[str, int]:
    """Carry out one source's part. Repeating is harmless: receipts tell what is done, and what is gone stays gone.

    Raises `PlanOutdated` when a row changed since the plan was frozen; then nothing was written in that source.
    """
    planned = _part(plan, source)
    done = frozenset(plan.receipts.filter(source=source).values_list("instruction", flat=True))
    with _open(plan, source) as connector:
        written = list(connector.execute(planned, ledger=done))
    with transaction.atomic():
        ErasureReceipt.objects.bulk_create(
            [
                ErasureReceipt(
                    plan=plan,
                    source=source,
                    instruction=one.instruction,
                    action=str(one.action),
                    rows=one.rows,
                    at=one.at,
                )
                for one in written
            ],
            ignore_conflicts=True,  # a second worker wrote the same receipts
            batch_size=500,
        )
        rows = sum(one.rows for one in written)
        data = {"source": source, "digest": plan.digest, "rows": rows}
        events.record(plan.claim.case, "erased", now=now, actor=Actor.SYSTEM, claim=plan.claim, data=data)
    return {"rows": rows}


def by_hand_left(plan: Plan) -> int:
    """How many records that a person said they would erase by hand are still there.

    Asked before the rows that lead to them go. Raises `ConnectorError`.
    """
    promised = {fate["fingerprint"] for fate in plans.read(plan)["fates"] if fate["outcome"] == "by_hand"}
    return sum(record.fingerprint in promised for record in _find_again(plan)) if promised else 0


def new_rows(plan: Plan) -> int:
    """Rows of the person made since the data was collected: nobody has decided about them. Raises `ConnectorError`."""
    known = {fate["mark"] for fate in plans.read(plan)["fates"]}
    return sum(mark(record) not in known for record in _find_again(plan))


def prove(plan: Plan, *, now: datetime) -> dict[str, int]:
    """Ask every source again.

    Raises `ConnectorError` still_there when anything that should be gone comes back, new_rows when something has been
    added since (Art. 5(2)).
    """
    left = 0
    for planned in plans.source_plans(plan):
        with _open(plan, planned.source) as connector:
            left += len(connector.verify(planned))
    if left:
        raise ConnectorError("still_there", True)
    if new_rows(plan):
        raise ConnectorError("new_rows", True)
    plans.mark(plan, Status.PROVED, executed_at=now)
    events.record(
        plan.claim.case, "erasure_proved", now=now, actor=Actor.SYSTEM, claim=plan.claim, data={"digest": plan.digest}
    )
    return {"left": 0}


def _find_again(plan: Plan) -> Iterator[Record]:
    case = plan.claim.case
    return find.records(controller(case.controller), proved=find.proved(case), given=find.given(case.person))


def outdated(plan: Plan) -> None:
    """The data changed: this plan may never be carried out (what was done under it stays written in its receipts)."""
    plans.mark(plan, Status.STALE)


def _part(plan: Plan, source: str) -> SourcePlan:
    for planned in plans.source_plans(plan):
        if planned.source == source:
            return planned
    return SourcePlan(source, ())


@contextmanager
def _open(plan: Plan, source: str) -> Iterator[Connector]:
    with closing(sources.open_one(controller(plan.claim.case.controller), source)) as connector:
        yield connector
