"""The plan of an erasure: every record with its fate, frozen with keys and fingerprints before anything is written.

Changes are planned in `changes` and kept here, by the only writer of `Plan`. A plan is approved by its digest; whatever
changes it (a person's decision, other data) makes a new version with another digest.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db import transaction

from connectors.base import Instruction, Record, SourcePlan
from fulfilment.collecting import chunks
from fulfilment.collecting.whose import Ties
from fulfilment.models import Plan, PlanDecision
from fulfilment.planning import fate as fate_of
from fulfilment.planning import planfile, receipts, restricted
from fulfilment.planning.bulk import in_bulk
from fulfilment.planning.fate import Fate, Row, alike, by_person, fates, refuse
from law.decisions import GROUNDS
from policies.load import Controller
from requests_app import events, sources, vault
from requests_app.controllers import controller
from requests_app.models import Claim, SealedFile
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


Of: TypeAlias = Callable[[Mapping[str, Any]], object]
Place = tuple[str, str, int | None]
PURPOSE = "plan"
SUMMED = ("source", "collection", "outcome", "action", "rule", "basis", "keep_through", "held_for", "by_person")


@in_bulk()
def make(claim: Claim, *, round: int, today: date, now: datetime) -> Plan:
    """A new version of the plan from what was collected and what people decided. Changes nothing in any source."""
    company = controller(claim.case.controller)
    ties = Ties(company)
    decided = (_lean(fate, ties) for fate in _decided(claim, company, round=round, today=today))
    fated, planned = feasible(list(decided), company)
    undecided = sum(fate.outcome == "undetermined" for fate in fated)
    said = claim.plan_decisions.filter(round=round).order_by("pk").values_list("pk", "outcome", "at")
    about = {"decisions": [(pk, outcome, at.isoformat()) for pk, outcome, at in said]}
    return keep(claim, planned, lots(fated), purpose=Plan.Purpose.ERASE, round=round, summary=summarise(fated), now=now,
                undecided=undecided, about=about)  # fmt: skip


def _lean(fate: Fate, ties: Ties) -> Fate:
    """Without the row itself: there may be a million, and what it holds is never in a plan."""
    record = fate.record
    bare = Row(record.source, record.collection, record.key, record.shared, record.fingerprint)
    return Fate(bare, *fate[1:-1], ties.digest(record))


def lots(fated: Iterable[Fate]) -> Iterator[planfile.Lot]:
    """The fates as the file of a plan holds them: those of a table that are told in the same words together."""
    for some in alike(fated):
        yield some[0].told(), ("number", "fingerprint", "mark", "whose"), [
            (one.number, one.record.fingerprint, fate_of.mark(one.record), one.whose) for one in some
        ]


def keep(
    claim: Claim, planned: Iterable[SourcePlan], rows: Iterable[planfile.Lot], *, purpose: str, round: int,
    summary: list[dict[str, Any]], now: datetime, undecided: int = 0, about: Mapping[str, Any] | None = None,
) -> Plan:  # fmt: skip
    """Seal a new version; what was planned for the same purpose before and not begun is out of date.

    The digest is of all of it. A worker that was killed right after gives the same plan again, not another one.
    """
    lines = list(planfile.lines(planned, rows, about=about or {}))
    hashed = hashlib.sha256()
    for line in lines:
        hashed.update(line)
    digest = hashed.hexdigest()
    if same := _same(claim, digest, purpose=purpose, round=round):
        return same
    file = vault.store(lines, purpose=PURPOSE, case=claim.case, content_type="application/jsonl")
    with transaction.atomic():
        Claim.objects.select_for_update().only("pk").get(pk=claim.pk)  # sources planned side by side: one number each
        version = claim.plans.count() + 1
        before = claim.plans.filter(purpose=purpose).exclude(status__in=(Status.EXECUTED, Status.PROVED))
        before.update(status=Status.STALE)
        plan = Plan.objects.create(
            claim=claim, purpose=purpose, round=round, version=version, digest=digest, file=file, summary=summary,
            undecided=undecided, made_at=now,
        )  # fmt: skip
        told = {"version": version, "digest": plan.digest, "undecided": undecided}
        kind = "plan_made" if purpose == Plan.Purpose.ERASE else "change_planned"
        events.record(claim.case, kind, now=now, actor=Actor.SYSTEM, claim=claim, data=told)
    return plan


def _same(claim: Claim, digest: str, *, purpose: str, round: int) -> Plan | None:
    """The plan as it stands, where it says exactly this and nothing of it was done."""
    plan = current(claim, purpose=purpose)
    fresh = plan and (plan.digest, plan.round) == (digest, round) and plan.status in (Status.DRAFT, Status.REHEARSED)
    return plan if fresh else None


def shred_unlisted(*, before: datetime, now: datetime) -> None:
    """Files a killed worker had stored and not yet listed."""
    lost = SealedFile.objects.filter(purpose=PURPOSE, shredded_at=None, created_at__lt=before)
    for file in lost.exclude(pk__in=Plan.objects.values("file")).iterator():
        vault.shred(file, now=now)


def current(claim: Claim, *, purpose: str = Plan.Purpose.ERASE) -> Plan | None:
    return claim.plans.filter(purpose=purpose).exclude(status=Status.STALE).order_by("-version").first()


def mark(plan: Plan, status: str, **fields: Any) -> None:
    Plan.objects.filter(pk=plan.pk).update(status=status, **fields)
    plan.refresh_from_db()


def about(plan: Plan) -> dict[str, Any]:
    """What the plan says of itself as a whole. Raises `vault.Shredded`."""
    with vault.open_clear(plan.file) as file:
        return planfile.about(file)


def read(plan: Plan) -> dict[str, Any]:
    """{"about": …, "fates": [every row]} of a plan that is not large. Raises `vault.Shredded`."""
    return {"about": about(plan), "fates": list(rows(plan))}


def rows(plan: Plan, *, of: Of = lambda common: True) -> Iterator[dict[str, Any]]:
    """What becomes of each row, as frozen, some thousand in memory at a time; `of`: whether rows with this in common
    are wanted. Raises `vault.Shredded`."""
    with vault.open_clear(plan.file) as file:
        yield from planfile.fates(file, of=of)


def marks(plan: Plan) -> Iterator[str]:
    """`fate.mark` of every row of the plan. Raises `vault.Shredded`."""
    with vault.open_clear(plan.file) as file:
        yield from planfile.marks(file)


def of_table(plan: Plan, source: str, collection: str) -> list[dict[str, Any]]:
    """Those of one table, by their number in it."""
    found = rows(plan, of=lambda common: (common["source"], common["collection"]) == (source, collection))
    return sorted(found, key=lambda row: row["number"])


def source_plans(plan: Plan, *, source: str = "") -> list[SourcePlan]:
    """What each source is told, or this one alone. Raises `ConnectorError` plan_altered when it was changed."""
    return [planned for planned, _ in with_receipts(plan, source=source)]


def with_receipts(plan: Plan, *, source: str = "") -> list[tuple[SourcePlan, receipts.Foreseen]]:
    """The same, each with what its receipts will say."""
    with vault.open_clear(plan.file) as file:
        return list(planfile.plans(file, source=source))


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
    found = fates(
        lambda: collected(claim, round), controller=company, on=today, facts=facts, restricted=held,
        of_tables=lambda tables: collected(claim, round, tables=tables),
    )  # fmt: skip
    for fate in found:
        place = (fate.record.source, fate.record.collection)
        own = said.get((*place, fate.number))
        wide = said.get((*place, None)) if fate.outcome == "undetermined" else None
        decision = own or wide
        if decision:
            fate = by_person(fate, decision=decision.pk, outcome=decision.outcome, keep_through=decision.keep_through)
        yield fate


def collected(claim: Claim, round: int, *, tables: Container[tuple[str, str]] | None = None) -> Iterator[Record]:
    """What was collected, in order, one chunk in memory at a time; of these (source, collection) alone."""
    for chunk in claim.collected.filter(round=round).select_related("file"):
        if tables is not None and (chunk.source, chunk.collection) not in tables:
            continue
        same = {"source": chunk.source, "collection": chunk.collection}
        for _number, line in chunks.read(chunk):
            made = Record.__new__(Record)  # a million times: one write instead of a checked one per field
            made.__dict__.update(
                same, key=line["key"], fields=line["fields"], path=tuple(line["path"]), shared=line["shared"],
                unmapped=tuple(line["unmapped"]), fingerprint=line["fingerprint"],
            )  # fmt: skip
            yield made


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
    counted: dict[tuple[Any, ...], dict[str, Any]] = {}
    for some in alike(fated):
        told = some[0].told()
        line = {name: told[name] for name in SUMMED} | {"action": told["action"] or ""}
        known = counted.setdefault(tuple(line.values()), line | {"count": 0, "reasons": told["reasons"]})
        known["count"] += len(some)
    return sorted(
        counted.values(),
        key=lambda row: (row["outcome"] != "undetermined", row["source"], row["collection"], row["outcome"]),
    )


def by_outcome(plan: Plan) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for row in plan.summary:
        total[row["outcome"]] += row["count"]
    return total
