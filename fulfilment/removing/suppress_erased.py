"""An erasure that leaves a digest: where the rule says so, the address that goes is kept from coming back (R-57)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from fulfilment.collecting import chunks
from fulfilment.models import Plan, Step
from fulfilment.planning import plans
from fulfilment.planning.carry_out import approved_plan
from fulfilment.planning.fate import Fate
from fulfilment.stopping import suppression
from policies.load import Controller
from requests_app.controllers import controller
from requests_app.models import Claim

GOING = ("erase", "anonymise")


def applies(plan: Plan) -> bool:
    """Whether anything goes by a rule that leaves a digest: what the certificate tells."""
    rules = _rules(controller(plan.claim.case.controller))
    return any(row["rule"] in rules and row["outcome"] in GOING for row in plan.summary)


def suppress_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """Before anything is erased: afterwards nobody knows the address any more."""
    plan = approved_plan(claim)
    if not applies(plan):
        return {"entries": 0}
    values = set(addresses(plan))
    why = suppression.Why.ERASURE
    return {"entries": suppression.add(claim.case.controller, sorted(values), why=why, now=now)}


def suppress_later(going: Iterable[Fate], ours: Controller, *, now: datetime) -> int:
    """The same for what goes on its day: rows as they are now. Before the plan that erases them is kept."""
    rules = _rules(ours)
    rows = [one.record for one in going if one.decision.rule in rules and one.outcome in GOING]
    values = suppression.of_rows(ours, ((row.source, row.collection, row.fields) for row in rows))
    return suppression.add(ours.slug, sorted(set(values)), why=suppression.Why.ERASURE, now=now)


def addresses(plan: Plan) -> Iterator[tuple[str, str]]:
    """(kind, value) of every address and number in the rows that go and leave a digest."""
    ours = controller(plan.claim.case.controller)
    rules = _rules(ours)
    going = {
        (fate["source"], fate["collection"], fate["number"])
        for fate in plans.rows(plan)
        if fate["rule"] in rules and fate["outcome"] in GOING
    }
    yield from suppression.of_rows(
        ours,
        (
            (chunk.source, chunk.collection, line["fields"])
            for chunk in plan.claim.collected.filter(round=plan.round).select_related("file")
            for number, line in chunks.read(chunk)
            if (chunk.source, chunk.collection, number) in going
        ),
    )


def _rules(ours: Controller) -> set[str]:
    return {rule.id for rule in ours.policy.retention if rule.keep_suppression}
