"""The plan of an erasure: every record with its fate, frozen with keys and fingerprints before anything is written.

Changes are planned in `changes` and kept here, by the only writer of `Plan`. A plan is approved by its digest; whatever
changes it (a person's decision, other data) makes a new version with another digest.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date, datetime
from typing import Any

from django.db import transaction

from connectors.base import Instruction, Record, SourcePlan
from fulfilment.collecting import chunks
from fulfilment.collecting.whose import Ties
from fulfilment.models import Plan, PlanDecision
from fulfilment.planning import restricted
from fulfilment.planning.fate import Fate, by_person, fates, refuse
from law.decisions import GROUNDS
from policies.load import Controller
from requests_app import events, sources, vault
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Actor

OUTCOMES = ("erase", "retain", "by_hand", "not_theirs")
"""What a person may decide about a record: erase it, keep it with a ground, have erased it by hand, or see that it is
somebody else's: then it is left alone, and this person is told nothing of it (Art. 5(1)(f))."""

Status = Plan.Status


class NoPlan(LookupError):
    """Nothing to approve: `code` is no_plan, undecided, outdated, no_data, nothing_chosen, source_down or refused."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Place = tuple[str, str, int | None]


def make(claim: Claim, *, round: int, today: date, now: datetime) -> Plan:
    """A new version of the plan from what was collected and what people decided. Changes nothing in any source."""
    company = controller(claim.case.controller)
    fated, planned = feasible(list(_decided(claim, company, round=round, today=today)), company)
    ties = Ties(company)
    rows = [fate.to_json() | {"whose": ties.digest(fate.record)} for fate in fated]
    body = {"fates": rows, "plans": [plan.to_json() for plan in planned]}
    undecided = sum(fate.outcome == "undetermined" for fate in fated)
    return keep(claim, body, purpose=Plan.Purpose.ERASE, round=round, summary=summarise(fated), now=now,
                undecided=undecided)  # fmt: skip


def keep(
    claim: Claim, body: Mapping[str, Any], *, purpose: str, round: int, summary: list[dict[str, Any]], now: datetime,
    undecided: int = 0,
) -> Plan:  # fmt: skip
    """Seal a new version; what was planned for the same purpose before and not begun is out of date.

    `body`: {"fates": rows, "plans": source plans, …}, JSON-safe; the digest is of all of it.
    """
    data = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    file = vault.store([data], purpose="plan", case=claim.case, content_type="application/json")
    with transaction.atomic():
        Claim.objects.select_for_update().only("pk").get(pk=claim.pk)  # sources planned side by side: one number each
        version = claim.plans.count() + 1
        before = claim.plans.filter(purpose=purpose).exclude(status__in=(Status.EXECUTED, Status.PROVED))
        before.update(status=Status.STALE)
        plan = Plan.objects.create(
            claim=claim, purpose=purpose, round=round, version=version, digest=hashlib.sha256(data).hexdigest(),
            file=file, summary=summary, undecided=undecided, made_at=now,
        )  # fmt: skip
        about = {"version": version, "digest": plan.digest, "undecided": undecided}
        kind = "plan_made" if purpose == Plan.Purpose.ERASE else "change_planned"
        events.record(claim.case, kind, now=now, actor=Actor.SYSTEM, claim=claim, data=about)
    return plan


def current(claim: Claim, *, purpose: str = Plan.Purpose.ERASE) -> Plan | None:
    return claim.plans.filter(purpose=purpose).exclude(status=Status.STALE).order_by("-version").first()


def mark(plan: Plan, status: str, **fields: Any) -> None:
    Plan.objects.filter(pk=plan.pk).update(status=status, **fields)
    plan.refresh_from_db()


def read(plan: Plan) -> dict[str, Any]:
    """{"fates": [...], "plans": [...]} as frozen.

    Raises `connectors.base.ConnectorError` plan_altered when it was changed.
    """
    body: dict[str, Any] = json.loads(vault.read(plan.file))
    return body


def source_plans(plan: Plan) -> list[SourcePlan]:
    return [SourcePlan.from_json(data) for data in read(plan)["plans"]]


def decide(
    claim: Claim,
    *,
    source: str,
    collection: str,
    number: int | None,
    outcome: str,
    ground: str,
    reason: str,
    keep_through: date | None,
    round: int,
    now: datetime,
    user: Any,
    provision: str = "",
) -> PlanDecision:
    """A person's decision about one record, or every record of a table the rules left open.

    The plan must be made anew.
    """
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome: found {outcome!r}, expected one of {', '.join(OUTCOMES)}")
    if not reason.strip() or (outcome == "retain" and not ground):
        raise ValueError(
            "reason: expected words that the person can be told; to keep data, a ground as well (Art. 12(4))"
        )
    if outcome == "retain" and GROUNDS[ground].needs_provision and not provision.strip():
        raise ValueError("provision: expected the provision that obliges the company (Art. 17(3)(b), 23)")
    place = {"claim": claim, "round": round, "source": source, "collection": collection, "number": number}
    values = {
        "outcome": outcome,
        "ground": ground,
        "provision": provision.strip(),
        "keep_through": keep_through,
        "reason": reason,
        "by": user,
        "at": now,
    }
    with transaction.atomic():
        decision, _ = PlanDecision.objects.update_or_create(**place, defaults=values)
        what = {"source": source, "collection": collection, "number": number, "outcome": outcome, "ground": ground}
        events.record(claim.case, "plan_decided", now=now, actor=Actor.STAFF, user=user, claim=claim, data=what)
    return decision


def _decided(claim: Claim, company: Controller, *, round: int, today: date) -> Iterator[Fate]:
    """The fates as the rules see them, then as people decided them."""
    said: dict[Place, PlanDecision] = {
        (d.source, d.collection, d.number): d for d in claim.plan_decisions.filter(round=round)
    }
    held, facts = restricted.active_marks(company.slug), claim.scope.get("facts")
    for fate in fates(lambda: collected(claim, round), controller=company, on=today, facts=facts, restricted=held):
        place = (fate.record.source, fate.record.collection)
        own = said.get((*place, fate.number))
        wide = said.get((*place, None)) if fate.outcome == "undetermined" else None
        decision = own or wide
        if decision:
            fate = by_person(fate, decision=decision.pk, outcome=decision.outcome, keep_through=decision.keep_through)
        yield fate


def collected(claim: Claim, round: int) -> Iterator[Record]:
    """What was collected, in order, one chunk in memory at a time."""
    for chunk in claim.collected.filter(round=round).select_related("file"):
        for _number, line in chunks.read(chunk):
            yield Record(
                chunk.source, chunk.collection, line["key"], line["fields"], tuple(line["path"]), line["shared"],
                tuple(line["unmapped"]), line["fingerprint"],
            )  # fmt: skip


def feasible(fated: list[Fate], company: Controller) -> tuple[list[Fate], list[SourcePlan]]:
    """The fates and the plans, with what a source would refuse left to a person: each pass can uncover more of it."""
    while True:
        planned = freeze(fated, company)
        refused = {instruction.id for plan in planned for instruction in plan.refused}
        if not refused:
            return fated, planned
        fated = [refuse(fate) if (one := fate.instruction()) and one.id in refused else fate for fate in fated]


def freeze(fated: Iterable[Fate], company: Controller) -> list[SourcePlan]:
    """One plan a source, checked against its live schema. Reads only."""
    return planned(company, (told for fate in fated if (told := fate.instruction())))


def planned(company: Controller, instructions: Iterable[Instruction]) -> list[SourcePlan]:
    """The instructions as one plan a source, checked against its live schema. Reads only."""
    wanted: dict[str, list[Instruction]] = {}
    for one in instructions:
        wanted.setdefault(one.source, []).append(one)
    found = []
    for key, mine in sorted(wanted.items()):
        with closing(sources.open_one(company, key)) as connector:
            found.append(connector.plan(mine))
    return found


def summarise(fated: Iterable[Fate]) -> list[dict[str, Any]]:
    """Counts by table, outcome, rule and date: what a reviewer, the certificate and the event need. Holds no data."""
    counted: Counter[tuple[Any, ...]] = Counter()
    reasons: dict[tuple[Any, ...], Any] = {}
    for fate in fated:
        decision = fate.decision
        kept = decision.keep_through.isoformat() if decision.keep_through else None
        row = (
            fate.record.source, fate.record.collection, fate.outcome, str(fate.action or ""), decision.rule,
            decision.basis, kept, fate.held_for, fate.by_person,
        )  # fmt: skip
        counted[row] += 1
        reasons.setdefault(row, [reason.to_json() for reason in decision.reasons])
    names = ("source", "collection", "outcome", "action", "rule", "basis", "keep_through", "held_for", "by_person")
    rows = [
        {**dict(zip(names, row, strict=True)), "count": count, "reasons": reasons[row]}
        for row, count in counted.items()
    ]
    return sorted(
        rows, key=lambda row: (row["outcome"] != "undetermined", row["source"], row["collection"], row["outcome"])
    )


def by_outcome(plan: Plan) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for row in plan.summary:
        total[row["outcome"]] += row["count"]
    return total
