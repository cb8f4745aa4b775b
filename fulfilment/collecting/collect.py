"""Collecting: one step per source, read-only, in constant memory. Done twice it leaves one copy, not two."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from connectors.batch import Batch
from fulfilment import ledger
from fulfilment.collecting import chunks, find
from fulfilment.models import Collected, Step
from requests_app.controllers import controller
from requests_app.models import Claim


def collect(claim: Claim, *, step: Step, now: datetime) -> dict[str, Any]:
    """Read one source into sealed chunks. What an attempt that ended half-way left is replaced.

    Remembers the columns seen in each table, which other sources did not answer meanwhile (rows that only they lead to
    may be missing), and `find.Notes`: what the map names in vain or not at all, and two people who fit.
    """
    step.claim = claim
    started = time.monotonic()
    ledger.renew(step, now=now)  # a worker that slept through its lease must not drop what the next one has written
    chunks.drop(Collected.objects.filter(claim=claim, round__lte=step.round, source=step.source), now=now)
    person, without, looks, notes = claim.case.person, set[str](), find.Looks(), find.Notes()
    batches = find.batches(
        controller(claim.case.controller), proved=find.proved(claim.case), given=find.given(person),
        source=step.source, without=without, looks=looks, notes=notes,
    )  # fmt: skip
    tables = keep(step, batches, looks=looks, at=now, now=lambda: now + _since(started))
    return {"tables": tables, "without": sorted(without), **notes.to_json()}


def keep(
    step: Step, batches: Iterable[Batch], *, looks: find.Looks, at: datetime, now: Callable[[], datetime]
) -> dict[str, dict[str, Any]]:
    """Rows of one source into sealed chunks, under the lease of `step`: table to its columns, what they are (as far
    as `looks` tells by then), and how many rows it has. `at`: when they were read. Raises `ledger.LeaseLost`."""
    tables: dict[str, dict[str, Any]] = {}
    for collection, first, sheet in chunks.in_tables(batches, at=at):
        chunks.write(step, collection=collection, first=first, sheet=sheet, now=now())
        table = tables.setdefault(collection, {"columns": [], "looks": looks.get((step.source, collection), {})})
        table["count"] = first + sheet.count
        table["columns"] += [name for name in sheet.columns if name not in table["columns"]]
    return tables


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
