"""Changes of data in the sources, whatever right they serve: corrections and marks, as a plan of SET instructions.

Frozen, rehearsed, approved by its digest, carried out one transaction a source, proved by asking again: the same walk
as an erasure (`carry_out`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

from connectors.base import Finding, Instruction, Record, SourcePlan
from connectors.values import canonical
from fulfilment import ledger
from fulfilment.models import Plan
from fulfilment.planning import planfile, plans
from fulfilment.planning.carry_out import approved_plan, execute, outdated, prove, rehearse
from policies.load import Controller
from requests_app import sources
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Stage

__all__ = [
    "approved_plan", "at_once", "execute", "freeze", "outdated", "present", "prove", "refused", "rehearse", "row",
    "would_refuse",
]  # fmt: skip

Purpose = Plan.Purpose


def freeze(
    claim: Claim, instructions: Iterable[Instruction], *, now: datetime, purpose: str = Purpose.MARK,
    rows: Iterable[Mapping[str, Any]] = (), about: Mapping[str, Any] | None = None,
) -> Plan:  # fmt: skip
    """A plan of these instructions, checked against the live schema of each source. Writes nothing in any source.

    `rows`: what else belongs to the plan, one dict a row, JSON-safe, such as the rows a restriction covers. `about`:
    what the second person approves with it. What a source would not take is in `refused(plan)`. Raises `ConnectorError`
    when a source does not answer.
    """
    planned = plans.planned(controller(claim.case.controller), instructions)
    round = ledger.round_of(claim, Stage.REVIEW)
    return plans.keep(claim, planned, planfile.lots(rows), purpose=purpose, round=round, summary=summarise(planned),
                      now=now, about=about)  # fmt: skip


Refused = tuple[Instruction, Finding]


def refused(plan: Plan) -> list[Refused]:
    """Instructions that a source would not take, each with the first reason it gave."""
    return [one for planned in plans.source_plans(plan) for one in _refused(planned)]


def would_refuse(company: Controller, instructions: Iterable[Instruction]) -> list[Refused]:
    """The same of instructions nobody has frozen: nothing is kept. Raises `ConnectorError`."""
    return [one for planned in plans.planned(company, instructions) for one in _refused(planned)]


def _refused(planned: SourcePlan) -> Iterator[Refused]:
    for one in planned.refused:
        fitting = (
            finding for finding in planned.findings
            if finding.table == one.collection and finding.column in ("", *one.fields)
        )  # fmt: skip
        yield one, next(fitting, Finding("error", "refused", one.collection))


def at_once(plan: Plan, *, now: datetime) -> Plan:
    """Rehearse, carry out in every source, prove: for what waits for nobody (Art. 7(3), 18, 21(3)).

    Harmless to repeat after a crash. Raises `PlanOutdated` when a row changed meanwhile: freeze anew;
    `ConnectorError`.
    """
    if not plan.receipts.exists():
        rehearse(plan, now=now)
    for planned in plans.source_plans(plan):
        execute(plan, planned.source, now=now)
    prove(plan, now=now)
    return plan


def present(company: Controller, records: Iterable[Record]) -> Iterator[Record]:
    """The same rows as they are now, found again by key; whose they are is kept. Rows that are gone are left out.

    Rows without a key come as they were collected. Raises `ConnectorError`.
    """
    by_source: dict[str, dict[str, list[Record]]] = {}
    for record in records:
        by_source.setdefault(record.source, {}).setdefault(record.collection, []).append(record)
    for source, tables in by_source.items():
        with closing(sources.open_one(company, source)) as connector:
            for collection, found in tables.items():
                yield from (record for record in found if record.key is None)
                known = {canonical(record.key): record for record in found if record.key is not None}
                for fresh in connector.by_key(collection, _keys(known.values())) if known else ():
                    before = known[canonical(fresh.key)]
                    yield replace(fresh, path=before.path, shared=before.shared)


def _keys(records: Iterable[Record]) -> list[Mapping[str, Any]]:
    return [record.key for record in records if record.key is not None]


def row(record: Record, *, mark: str, **more: Any) -> dict[str, Any]:
    """What a plan keeps of a row it is about: how to find it again, never what it holds."""
    return {"source": record.source, "collection": record.collection, "key": record.key, "mark": mark, **more}


def summarise(planned: Sequence[SourcePlan]) -> list[dict[str, Any]]:
    """Counts by table and columns: what the desk and the event need. Holds no data."""
    counted: dict[tuple[str, str, tuple[str, ...]], int] = {}
    for plan in planned:
        for one in plan.instructions:
            place = (one.source, one.collection, one.fields)
            counted[place] = counted.get(place, 0) + 1
    return [
        {"source": source, "collection": collection, "outcome": "set", "action": "set", "fields": list(fields),
         "count": count}
        for (source, collection, fields), count in sorted(counted.items())
    ]  # fmt: skip
