"""Carried out in some sources and not yet in others: a claim of which this is true says so (Art. 5(2), 12(3))."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fulfilment.models import Plan, Step
from fulfilment.planning import plans
from requests_app import events
from requests_app.models import Claim
from requests_app.states import Actor

KIND = "partly_carried_out"
SHOWN = 20
"""Numbers of rows an event names; how many there are it always tells."""


@dataclass(frozen=True)
class Partly:
    """Sources of one plan. `outdated`: the rest may not be done as it was approved."""

    done: list[str]
    open: list[str]
    outdated: bool


def of(claim: Claim) -> Partly | None:
    """The last plan that was begun, where it is not done everywhere; None once a plan has been proved."""
    plan = claim.plans.filter(receipts__isnull=False).order_by("-version").first()
    if plan is None or plan.status == Plan.Status.PROVED or claim.plans.filter(
        version__gt=plan.version, purpose=plan.purpose, status=Plan.Status.PROVED
    ).exists():  # fmt: skip
        return None
    return _of_plan(plan)


def _of_plan(plan: Plan) -> Partly | None:
    planned = {line["source"] for line in plan.summary if line["action"]}
    done = set(plan.receipts.values_list("source", flat=True))
    if not done or planned <= done:
        return None
    return Partly(sorted(done), sorted(planned - done), plan.status == Plan.Status.STALE)


def say(plan: Plan, *, now: datetime, failing: bool = False) -> None:
    """Write it into the case's history, once, when a source fails (`failing`) or has failed while others were done."""
    claim = plan.claim
    troubled = claim.steps.exclude(error="").exclude(status=Step.Status.DONE)
    state = _of_plan(plan) if failing or troubled.exists() else None
    if state is None or claim.events.filter(kind=KIND, data__digest=plan.digest, data__open=state.open).exists():
        return
    data = {"digest": plan.digest, "done": state.done, "open": state.open}
    events.record(claim.case, KIND, now=now, actor=Actor.SYSTEM, claim=claim, data=data)


def changed(plan: Plan, instructions: Iterable[str]) -> list[dict[str, Any]]:
    """Rows that are not what they were when the plan was made, by the ids of their instructions: [{source, collection,
    count, numbers}], the rows named by their numbers in their table."""
    ids = set(instructions)
    marks = {one.key_digest for each in plans.source_plans(plan) for one in each.instructions if one.id in ids}
    found: dict[tuple[str, str], list[int]] = {}
    for row in plans.rows(plan) if marks else ():
        if row.get("mark") in marks:
            found.setdefault((row["source"], row["collection"]), []).append(row.get("number", 0))
    return [
        {"source": source, "collection": collection, "count": len(numbers), "numbers": sorted(numbers)[:SHOWN]}
        for (source, collection), numbers in sorted(found.items())
    ]
