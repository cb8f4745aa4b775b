"""Collecting: one step per source, read-only, in constant memory. Done twice it leaves one copy, not two."""

import time
from datetime import datetime, timedelta
from typing import Any

from fulfilment import ledger
from fulfilment.collecting import chunks, find
from fulfilment.models import Collected, Step
from requests_app.controllers import controller
from requests_app.models import Claim


def collect(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """Read one source into sealed chunks. What an attempt that ended half-way left is replaced.

    Remembers the columns seen in each table, and which other sources did not answer meanwhile: rows that only they lead
    to may be missing.
    """
    step.claim = claim
    started = time.monotonic()
    ledger.renew(step, now=now)  # a worker that slept through its lease must not drop what the next one has written
    chunks.drop(Collected.objects.filter(claim=claim, round__lte=step.round, source=step.source), now=now)
    person, without, looks = claim.case.person, set[str](), find.Looks()
    records = find.records(
        controller(claim.case.controller), proved=find.proved(claim.case), given=find.given(person),
        source=step.source, without=without, looks=looks,
    )  # fmt: skip
    tables: dict[str, dict[str, Any]] = {}
    for collection, first, lines in chunks.in_tables(records, at=now):
        chunks.write(step, collection=collection, first=first, lines=lines, now=now + _since(started))
        table = tables.setdefault(
            collection, {"columns": [], "looks": looks[step.source, collection]}
        )
        table["count"] = first + len(lines)
        chunks.add_columns(table["columns"], lines)
    return {"tables": tables, "without": sorted(without)}


def settle(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any] | None:
    """Ask again those sources that were read while another was down: its keys may lead to more rows."""
    collected = Step.objects.filter(claim=claim, round=step.round, name="collect")
    again = [one.pk for one in collected if one.result.get("without") or not _all_there(one)]
    if again:
        ledger.reopen(Step.objects.filter(pk__in=again))
        return None
    return {"records": sum(table["count"] for one in collected for table in one.result["tables"].values())}


def _all_there(step: Step) -> bool:
    """Whether the chunks listed hold what the step counted: an extract that lacks some is worse than a late one."""
    listed = Collected.objects.filter(claim=step.claim_id, round=step.round, source=step.source)
    return sum(listed.values_list("count", flat=True)) == sum(one["count"] for one in step.result["tables"].values())


def shred_left_overs(*, before: datetime, now: datetime) -> None:
    chunks.shred_unlisted(before=before, now=now)
    chunks.drop_of_closed(now=now, after=timedelta(hours=1))


def _since(started: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - started)
