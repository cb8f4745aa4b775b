"""A page looked through: found, decided, frozen, rehearsed. Changes nothing in any source."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from connectors.base import Key, Record, SourcePlan
from fulfilment import frozen, ledger
from fulfilment.models import RetentionChunk, RetentionRun
from fulfilment.routine import files, groups, verdicts
from fulfilment.routine.lanes import Place
from fulfilment.routine.pages import PEOPLE, ROWS, Floor, floor
from fulfilment.routine.verdicts import Verdict
from policies.load import Controller
from requests_app import vault

Lane, Phase = RetentionChunk.Lane, RetentionChunk.Phase


def lay_out(chunk: RetentionChunk, company: Controller, *, now: datetime) -> None:
    """The first page of every table. Raises `ConnectorError`, `ledger.LeaseLost`."""
    counts = []
    with floor(company) as sources:
        wanted = [(Lane.PEOPLE, place) for place in sources.lanes.seeds]
        for place in sources.lanes.rows:
            connector = sources.connectors[place[0]]
            if connector.key_columns(place[1]):
                wanted.append((Lane.ROWS, place))
            elif groups.columns(company, place):
                wanted.append((Lane.GROUPS, place))
            elif size := connector.size(place[1]):
                counts.append(_untold(place, size))
    pages = [RetentionChunk(run=chunk.run, lane=lane, source=place[0], collection=place[1]) for lane, place in wanted]
    pages.append(RetentionChunk(run=chunk.run, lane=Lane.TALLY))
    with transaction.atomic():
        ledger.finish(chunk, result={"counts": counts}, now=now)
        RetentionChunk.objects.bulk_create(pages, ignore_conflicts=True)


def _untold(place: Place, size: int) -> dict[str, Any]:
    """Rows without a key of which the map names no day: nothing routine can be done with them."""
    return {"source": place[0], "collection": place[1], "rule": "", "outcome": "undetermined", "action": "",
            "why": "no_key", "count": size, "overdue": 0, "long_held": 0, "oldest": None}  # fmt: skip


def look_through(chunk: RetentionChunk, company: Controller, *, now: Callable[[], datetime]) -> None:
    """One page, and the place of the next. Raises `ConnectorError`, `PlanOutdated`, `ledger.LeaseLost`."""
    held = frozen.marks(company.slug)
    with floor(company) as sources:
        look = _groups if chunk.lane == Lane.GROUPS else _rows
        body, counts, after = look(chunk, sources, held, lambda: ledger.renew(chunk, now=now()))
    _keep(chunk, body, counts=counts, after=after, now=now())


def _rows(
    chunk: RetentionChunk, sources: Floor, held: set[str], alive: Callable[[], None]
) -> tuple[dict[str, Any], list[dict[str, Any]], Any]:
    on = chunk.run.on
    count = PEOPLE if chunk.lane == Lane.PEOPLE else ROWS
    page = sources.connectors[chunk.source].scan(chunk.collection, after=chunk.after, count=count)
    bench = sources.bench(on=on, frozen=held)
    found = judged(chunk, sources, page, bench=bench)
    alive()
    found, planned, waiting = sources.freeze(found)
    for plan in planned:
        sources.connectors[plan.source].rehearse(plan)
        alive()
    body: dict[str, Any] = {"plans": [plan.to_json() for plan in planned]}
    if waiting:
        body["waiting"] = [plan.to_json() for plan in waiting]
    if chunk.lane == Lane.PEOPLE:
        body |= {"keys": [record.key for record in page] if planned or waiting else [], "seen": _seen(found)}
        found = [one for one in found if not one.shared]  # shared with one page's people, perhaps another's own
    return body, verdicts.count(found, on=on), page[-1].key if len(page) == count else None


def judged(
    chunk: RetentionChunk, sources: Floor, page: Sequence[Record], *, bench: verdicts.Bench
) -> list[Verdict]:  # fmt: skip
    if chunk.lane == RetentionChunk.Lane.PEOPLE:
        return sources.by_person(page, place=(chunk.source, chunk.collection), bench=bench)
    return sources.by_row(page, bench=bench)


def _seen(found: list[Verdict]) -> dict[str, dict[str, str]]:
    own: dict[Place, list[str]] = {}
    shared: dict[Place, list[str]] = {}
    for one in found:
        (shared if one.shared else own).setdefault(one.place, []).append(one.mark)
    return {"own": files.packed(own), "shared": files.packed(shared)}


def _groups(
    chunk: RetentionChunk, sources: Floor, held: set[str], alive: Callable[[], None]
) -> tuple[dict[str, Any], list[dict[str, Any]], Any]:
    place, on, company = (chunk.source, chunk.collection), chunk.run.on, sources.company
    connector, by = sources.connectors[chunk.source], groups.columns(company, place)
    before = chunk.after or {"day": None, "rows": 0}
    found = groups.page(connector, place, by=by, after=before["day"], bench=sources.bench(on=on, frozen=held),
                        frozen=held, company=company)  # fmt: skip
    going = [list(group.values) for group in found if group.goes]
    alive()
    if going:
        connector.erase_groups(chunk.collection, by=by, values=going, commit=False)
    counts, rows = groups.counted(place, found, on=on), before["rows"] + sum(group.rows for group in found)
    body = {"by": list(by), "groups": going}
    if not groups.settled(found):
        return body, counts, {"day": found[-1].values[0], "rows": rows}
    if left := connector.size(chunk.collection) - rows:
        counts.append(groups.rest(place, left, like=found))
    return body, counts, None


def _keep(
    chunk: RetentionChunk, body: dict[str, Any], *, counts: list[dict[str, Any]], after: Key | None, now: datetime
) -> None:
    """The plans, the counts and the place of the next page, in one transaction under the lease."""
    counts = verdicts.added([counts])
    acts = sum(row["count"] for row in counts if row["action"])
    file = files.store(body) if acts or body.get("seen") else None
    try:
        with transaction.atomic():
            ledger.finish(chunk, result={"counts": counts, "acts": acts}, now=now)
            RetentionChunk.objects.filter(pk=chunk.pk).update(file=file, digest=files.digest(body) if acts else "")
            if after is not None:
                RetentionChunk.objects.bulk_create([_next(chunk, after)], ignore_conflicts=True)
    except ledger.LeaseLost:
        if file:
            vault.shred(file, now=now)
        raise


def _next(chunk: RetentionChunk, after: Any) -> RetentionChunk:
    return RetentionChunk(run=chunk.run, lane=chunk.lane, source=chunk.source, collection=chunk.collection,
                          number=chunk.number + 1, after=after)  # fmt: skip


def first(run: RetentionRun) -> None:
    RetentionChunk.objects.get_or_create(run=run, lane=Lane.START, source="", collection="", number=0)


def plans_of(body: dict[str, Any], name: str = "plans") -> list[SourcePlan]:
    """Raises `ConnectorError` plan_altered."""
    return [SourcePlan.from_json(one) for one in body.get(name, ())]
