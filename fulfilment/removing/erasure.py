"""The steps of an erasure claim, and what its second person approves.

Collect → plan (decide every record, check it against the live schema, rehearse) → a person decides what the rules leave
open → approval of exactly that plan → rehearse once more → erase, one transaction a source → prove by asking again →
certificate.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from connectors.base import PlanOutdated
from fulfilment import ledger
from fulfilment.handing_over import delivery
from fulfilment.models import Plan, Step
from fulfilment.planning import by_hand, carry_out, plans
from fulfilment.removing import certificate, erasing
from law.deadlines import local_day
from law.decisions import Outcome
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Stage

Status = Plan.Status
NoPlan = plans.NoPlan


def plan_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any] | None:
    """Plan and rehearse. A row that changed since it was collected: every source is read again (None: not yet)."""
    try:
        plan = remake(claim, now=now)
    except PlanOutdated:
        collected = Step.objects.filter(claim=claim, round=step.round, name__in=("collect", "settle"))
        ledger.reopen(collected)
        return None
    return {"version": plan.version, "digest": plan.digest, "undecided": plan.undecided}


def remake(claim: Claim, *, now: datetime) -> Plan:
    """A new version of the plan, rehearsed: after collecting, and after each decision of a person.

    Raises `PlanOutdated` when the data changed since it was collected, `ConnectorError` when a source is down.
    """
    today = local_day(now, tz=controller(claim.case.controller).policy.tz)
    plan = plans.make(claim, round=ledger.round_of(claim, Stage.REVIEW), today=today, now=now)
    erasing.rehearse(plan, now=now)
    return plan


def ready(claim: Claim) -> Plan:
    """The plan that may be submitted. Raises `NoPlan`."""
    plan = plans.current(claim)
    if plan is None or plan.status != Status.REHEARSED:
        raise NoPlan("outdated" if plan else "no_plan")
    if plan.undecided:
        raise NoPlan("undecided")
    if certificate.outcome(plan) is Outcome.no_data:
        raise NoPlan("no_data")
    return plan


def proposal(
    claim: Claim, said: Mapping[str, Any], grounds: Sequence[str]
) -> tuple[Outcome, Sequence[str], dict[str, Any]]:
    """What the plan amounts to: outcome, grounds, and the decision in words. Raises `NoPlan`.

    What somebody wrote stands above the plan's own words; the grounds are those of the plan.
    """
    plan = ready(claim)
    outcome = certificate.outcome(plan)
    kept, words = ((), {}) if outcome is Outcome.granted else certificate.decision(plan, language=claim.case.language)
    return outcome, kept, words | {key: value for key, value in said.items() if value}


def digest_to_submit(claim: Claim, *, now: datetime) -> str:
    return ready(claim).digest


def digest_to_approve(claim: Claim) -> str:
    plan = plans.current(claim)
    return plan.digest if plan and plan.status == Status.REHEARSED and not plan.undecided else ""


def by_hand_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """What a person promised to erase by hand must be gone before the machine erases what leads to it.

    Where a system's owner is to do it, its word is waited for: some of these systems nobody else can ask again.
    """
    plan = erasing.approved_plan(claim)
    by_hand.lay_out(claim, code=erasing.BY_OWNER, tables=erasing.for_owners(plan), now=now)
    if by_hand.left(claim, code=erasing.BY_OWNER) or erasing.by_hand_left(plan):
        raise ledger.StepFailed("by_hand_left")
    return {"left": 0}


def rehearse_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    return carry_out.rehearse_approved(claim, overtaken=_overtaken, now=now)


def _overtaken(plan: Plan) -> bool:
    return bool(erasing.new_rows(plan) or erasing.now_restricted(plan))


def erase_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    return carry_out.execute_approved(claim, step.source, now=now)


def prove_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """Ask again; then earlier copies the person fetched are void, too."""
    left = erasing.prove(erasing.approved_plan(claim), now=now)
    return {**left, "bundles": delivery.revoke(claim.case, now=now)}


def certify_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """The certificate, once: under the lease of the step, and not again where a worker died right after."""
    plan = erasing.approved_plan(claim)
    mine = carry_out.since_last_act(claim).filter(kind="letter_written", data__kind="erasure_certificate")
    if written := mine.order_by("seq").last():
        return {"letter": written.data["letter"], "sha256": written.data["sha256"]}
    done = local_day(plan.executed_at or now, tz=controller(claim.case.controller).policy.tz)
    with transaction.atomic():
        ledger.renew(step, now=now)
        letter = certificate.write(plan, now=now, done=done)
    return {"letter": letter.pk, "sha256": letter.sha256}
