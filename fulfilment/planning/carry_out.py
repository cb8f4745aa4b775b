"""A frozen plan carried out, whatever it is for: rehearsed, done in one transaction a source, proved by asking again.

Erasing a row and setting a value in it walk the same way. What an erasure asks beyond that is in `erasing`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from connectors.base import Connector, PlanOutdated
from connectors.errors import ConnectorError
from connectors.receipts import changed, parts
from fulfilment import ledger
from fulfilment.models import Plan
from fulfilment.planning import partly, plans, receipts
from fulfilment.planning.bulk import in_bulk
from requests_app import events, lifecycle, sources
from requests_app.controllers import controller
from requests_app.models import Claim, Event
from requests_app.states import Act, Actor

Status = Plan.Status
ERASURE = {"rehearsed": "plan_rehearsed", "done": "erased", "proved": "erasure_proved"}
CHANGE = {"rehearsed": "change_rehearsed", "done": "changed", "proved": "change_proved"}
REPLAY = {"rehearsed": "replay_rehearsed", "done": "replayed", "proved": "replay_proved"}
KINDS = {Plan.Purpose.ERASE: ERASURE, Plan.Purpose.LATER: ERASURE, Plan.Purpose.REPLAY: REPLAY}


@in_bulk()
def rehearse(plan: Plan, *, now: datetime) -> dict[str, int]:
    """Carry the plan out in transactions that are rolled back. Raises `PlanOutdated`, `ConnectorError`."""
    rows: dict[str, int] = {}
    for planned in plans.source_plans(plan):
        with opened(plan, planned.source) as connector:
            rows[planned.source] = changed(connector.rehearse(planned))
    with transaction.atomic():
        plans.mark(plan, Status.REHEARSED)
        if not _recorded(plan, "rehearsed"):
            _record(plan, "rehearsed", now=now, data={"rows": rows})
    return rows


def approved_plan(claim: Claim) -> Plan:
    """The plan with exactly the digest that the second person approved.

    Raises `ConnectorError` plan_altered otherwise.
    """
    plan = claim.plans.filter(digest=claim.approved_digest).order_by("-version").first()
    if plan is None or not claim.approved_digest:
        raise ConnectorError("plan_altered", True)
    return plan


@in_bulk()
def execute(plan: Plan, source: str, *, now: datetime) -> dict[str, int]:
    """Carry out one source's part. Repeating is harmless: receipts tell what is done, and what is done stays done.

    Raises `PlanOutdated` when a row changed since the plan was frozen; then nothing was written in that source.
    """
    if plan.receipts.filter(source=source).exists():
        return {"rows": receipts.rows(plan, source)}
    planned = plans.with_receipts(plan, source=source)
    if not planned:
        return {"rows": 0}
    with opened(plan, source) as connector:
        written = [part for one, _ in planned for part in parts(connector.execute(one))]
    foreseen = planned[0][1] if len(planned) == 1 else {}
    rows = sum(one.rows for one in written)
    with transaction.atomic():
        if receipts.write(plan, source, written, foreseen=foreseen):
            _record(plan, "done", now=now, data={"source": source, "rows": rows})
    return {"rows": rows}


def prove(plan: Plan, *, now: datetime) -> dict[str, int]:
    """Ask every source again. Raises `ConnectorError` still_there when anything is not as it should be (Art. 5(2))."""
    if left(plan):
        raise ConnectorError("still_there", True)
    return proved(plan, now=now)


@in_bulk()
def left(plan: Plan) -> int:
    """How many rows are not as the plan says. Raises `ConnectorError`."""
    count = 0
    for planned in plans.source_plans(plan):
        with opened(plan, planned.source) as connector:
            count += len(connector.verify(planned))
    return count


def proved(plan: Plan, *, now: datetime, data: Mapping[str, object] | None = None) -> dict[str, int]:
    """Write down, once, that every source was asked and nothing was left. `data`: what was seen, codes and counts."""
    with transaction.atomic():
        if Plan.objects.select_for_update().get(pk=plan.pk).status != Status.PROVED:
            plans.mark(plan, Status.PROVED, executed_at=plan.executed_at or now)
            _record(plan, "proved", now=now, data=data or {})
    return {"left": 0}


def rehearse_approved(claim: Claim, *, overtaken: Callable[[Plan], object], now: datetime) -> dict[str, Any]:
    """Nothing is written anywhere before every source would still take the approved plan, and nothing came between.

    `overtaken`: whether something did. Then the claim goes back to a person, and `ledger.StepFailed` says so.
    """
    plan = approved_plan(claim)
    if plan.receipts.exists():  # begun: what is done is no longer there to be rehearsed
        return {"digest": plan.digest}
    with _or_back(claim, plan, now=now):
        if overtaken(plan):
            raise PlanOutdated("overtaken")
        return {"digest": plan.digest, "rows": rehearse(plan, now=now)}


def execute_approved(claim: Claim, source: str, *, now: datetime) -> dict[str, Any]:
    """One source, one transaction. A row that changed since sends everything back to a person: `ledger.StepFailed`."""
    plan = approved_plan(claim)
    try:
        with _or_back(claim, plan, now=now):
            done = dict(execute(plan, source, now=now))
    except (ConnectorError, ledger.StepFailed):
        partly.say(plan, now=now, failing=True)
        raise
    partly.say(plan, now=now)
    return done


@contextmanager
def _or_back(claim: Claim, plan: Plan, *, now: datetime) -> Iterator[None]:
    """The data changed after the approval: what was approved may not be done, and a person must look again."""
    try:
        yield
    except PlanOutdated as error:
        rows = partly.changed(plan, error.instructions)
        outdated(plan)
        about = {"why": "plan_outdated"} | ({"changed": rows} if rows else {})
        lifecycle.apply(claim, Act.SEND_BACK, now=now, actor=Actor.SYSTEM, data=about)
        raise ledger.StepFailed("plan_outdated") from None


def outdated(plan: Plan) -> None:
    """The data changed: this plan may never be carried out (what was done under it stays written in its receipts)."""
    plans.mark(plan, Status.STALE)


@contextmanager
def opened(plan: Plan, source: str) -> Iterator[Connector]:
    with closing(sources.open_one(controller(plan.claim.case.controller), source)) as connector:
        yield connector


def _recorded(plan: Plan, what: str) -> bool:
    """Whether a worker before us wrote this down in the stage the claim is in, and was killed right after."""
    kind = KINDS.get(plan.purpose, CHANGE)[what]
    return since_last_act(plan.claim).filter(kind=kind, data__digest=plan.digest).exists()


def since_last_act(claim: Claim) -> QuerySet[Event]:
    """What was written down since the claim came into its stage."""
    acts = claim.events.filter(kind__in=[act.value for act in Act]).order_by("seq")
    last = acts.last()
    return claim.events.filter(seq__gt=last.seq if last else 0)


def _record(plan: Plan, what: str, *, now: datetime, data: Mapping[str, object]) -> None:
    kind = KINDS.get(plan.purpose, CHANGE)[what]
    erases = plan.purpose == Plan.Purpose.ERASE
    about = {"digest": plan.digest, **data} | ({} if erases else {"purpose": str(plan.purpose)})
    events.record(plan.claim.case, kind, now=now, actor=Actor.SYSTEM, claim=plan.claim, data=about)
