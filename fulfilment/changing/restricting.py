"""The steps of a restriction claim, and what its second person approves (Art. 18).

Collect → staff choose the ground and the data → approval of exactly that → in force → marked, one transaction a
source → proved → what no machine can mark is seen to by hand → the recipients are told → the letter.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from connectors.base import PlanOutdated
from connectors.errors import ConnectorError
from fulfilment import ledger
from fulfilment.changing import rectification, restriction
from fulfilment.extract import shape
from fulfilment.models import Plan, Restriction, Step
from fulfilment.planning import by_hand, changes, plans
from fulfilment.planning.plans import NoPlan
from law import restriction as law
from law.decisions import Outcome
from law.reasons import say
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Stage

Purpose = Plan.Purpose
rehearse_step, change_step = rectification.rehearse_step, rectification.change_step


def places(claim: Claim) -> list[tuple[str, str]]:
    """(source, collection) in which something was found, in the order of the map."""
    found = {(one.source, one.collection) for one in claim.collected.filter(round=ledger.round_of(claim, Stage.REVIEW))}
    order = [(source, name) for source, name, _ in controller(claim.case.controller).collections()]
    return [one for one in order if one in found] + sorted(found - set(order))


def own_places(claim: Claim) -> list[tuple[str, str]]:
    """Those that hold a row that is this person's alone: what a letter may name without telling of others."""
    found = claim.collected.filter(round=ledger.round_of(claim, Stage.REVIEW), count__gt=F("shared"))
    own = set(found.values_list("source", "collection"))
    return [one for one in places(claim) if one in own]


def proposal(
    claim: Claim, said: Mapping[str, Any], grounds: Sequence[str]
) -> tuple[Outcome, Sequence[str], dict[str, Any]]:
    """Outcome, grounds and the decision in words: the ground of the law, and the tables.

    `said`: {"letter": a|b|c|d, "tables": [[source, collection], …]}; none: all that hold a row of theirs alone.
    Raises `NoPlan` nothing_chosen.
    """
    language, company = claim.case.language, controller(claim.case.controller)
    chosen = [tuple(one) for one in said.get("tables") or own_places(claim)]
    if said.get("letter") not in law.GROUNDS or not chosen or not set(chosen) <= set(places(claim)):
        raise NoPlan("nothing_chosen")
    labels = dict.fromkeys(shape.named(company, *place, language=language)[1] for place in chosen)
    told = {
        **said, "tables": [list(one) for one in chosen], "ground": say(law.GROUNDS[said["letter"]], language),
        "restricted": list(labels), "asked": True,
    }  # fmt: skip
    return (Outcome.partly_granted if grounds else Outcome.granted), tuple(grounds), told


def digest_to_submit(claim: Claim, *, now: datetime) -> str:
    """Freeze and rehearse. Raises `NoPlan` when a source does not answer, or a row changes meanwhile."""
    found = list(plans.collected(claim, ledger.round_of(claim, Stage.REVIEW)))
    tables = {(source, collection) for source, collection in claim.decision["tables"]}
    try:
        plan, _unmarked = restriction.prepare(claim, found, now=now, tables=tables, about=rectification.approved(claim))
        changes.rehearse(plan, now=now)
    except PlanOutdated:
        raise NoPlan("outdated") from None
    except ConnectorError as error:
        raise NoPlan(error.code if error.permanent else "source_down") from error
    return plan.digest


def digest_to_approve(claim: Claim) -> str:
    return rectification.digest_to_approve(claim, purpose=Purpose.RESTRICT)


def restrict_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """In force, before the first mark: whatever would change or erase the rows leaves them from now on."""
    plan = changes.approved_plan(claim)
    held = _held(claim)
    if held is None or held.plan_id != plan.pk:
        about = plans.read(plan)["about"]
        held = restriction.put_in_force(
            claim, ground=about["decision"]["letter"], why="claim", plan=plan, unmarked=about["unmarked"], now=now
        )
    return {"restriction": held.pk, "unmarked": len(held.unmarked)}


def prove_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    left = changes.prove(changes.approved_plan(claim), now=now)
    if held := _held(claim):
        restriction.marked(held, now=now)
    return dict(left)


def by_hand_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """The letter may not say that data rests before it does (12(3)): somebody sees to what no machine can mark."""
    if by_hand.left(claim, code=restriction.BY_HAND):
        raise ledger.StepFailed("by_hand_left")
    return {}


def answer_step(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    plan = changes.approved_plan(claim)
    return rectification.send_letter(claim, plan=plan, what="restriction", step=step, now=now)


def _held(claim: Claim) -> Restriction | None:
    return claim.restrictions.filter(why=Restriction.Why.CLAIM, lifted_at=None).first()
