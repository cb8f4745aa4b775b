"""A page looked through: found, decided, frozen, rehearsed. Changes nothing in any source."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from connectors.base import Ability, Record, SourcePlan
from connectors.limited import BY_HAND
from fulfilment import ledger
from fulfilment.models import RetentionChunk, RetentionRun
from fulfilment.routine import files, groups, sets, verdicts
from fulfilment.routine.cutoffs import NotAlike
from fulfilment.routine.lanes import Place
from fulfilment.routine.pages import PEOPLE, ROWS, Floor, Hand
from fulfilment.routine.verdicts import Bench, Verdict
from policies.load import Controller
from requests_app import vault

Lane, Phase = RetentionChunk.Lane, RetentionChunk.Phase


def lay_out(chunk: RetentionChunk, company: Controller, *, hand: Hand, now: datetime) -> None:
    """The first page of every table. Raises `ConnectorError`, `ledger.LeaseLost`."""
    with hand.floor(company) as sources:
        wanted, counts = first_pages(sources)
    pages = [RetentionChunk(run=chunk.run, lane=lane, source=place[0], collection=place[1]) for lane, place in wanted]
    pages.append(RetentionChunk(run=chunk.run, lane=Lane.TALLY))
    with transaction.atomic():
        ledger.finish(chunk, result={"counts": counts}, now=now)
        RetentionChunk.objects.bulk_create(pages, ignore_conflicts=True)


def first_pages(sources: Floor) -> tuple[list[tuple[str, Place]], list[dict[str, Any]]]:
    """(lane, table) of what can be gone through, and counts of what cannot: no key, and no day to go by.

    Of a source no machine can go through nobody knows how many rows there are: the report names it with none.
    """
    wanted: list[tuple[str, Place]] = [(Lane.PEOPLE, place) for place in sources.lanes.seeds]
    untold = [verdicts.row(place, outcome="undetermined", why=BY_HAND, count=0) for place in sources.lanes.by_hand]
    for place in sources.lanes.rows:
        connector = sources.connectors[place[0]]
        if connector.key_columns(place[1]):
            many = Ability.LOTS in connector.abilities and connector.lots(place[1]).more_than(sets.FEW)
            wanted.append((Lane.SETS if many else Lane.ROWS, place))
        elif groups.columns(sources.company, place):
            wanted.append((Lane.GROUPS, place))
        elif size := connector.size(place[1]):
            untold.append(
                verdicts.row(place, outcome="undetermined", why=groups.untold(sources.company, place), count=size)
            )
    return wanted, untold


@dataclass(frozen=True)
class Page:
    """One page decided. `body`: what is kept sealed; `counts`: as `verdicts.count`; `after`: where the next begins.

    `lane`: how it was decided after all.
    """

    lane: str
    body: dict[str, Any]
    counts: list[dict[str, Any]]
    after: Any


def look_through(chunk: RetentionChunk, company: Controller, *, hand: Hand, now: Callable[[], datetime]) -> None:
    """One page, and the place of the next. Raises `ConnectorError`, `PlanOutdated`, `ledger.LeaseLost`."""
    held, place = hand.frozen(company.slug), (chunk.source, chunk.collection)
    with hand.floor(company) as sources:
        page = look(sources, chunk.lane, place, after=chunk.after, on=chunk.run.on, held=held,
                    alive=lambda: ledger.renew(chunk, now=now()))  # fmt: skip
    _keep(chunk, page, now=now())


def look(
    sources: Floor, lane: str, place: Place, *, after: Any, on: date, held: set[str], alive: Callable[[], None]
) -> Page:
    """Find, decide, freeze, and try in transactions that are rolled back. `alive` is called now and then."""
    if lane == Lane.SETS:
        try:
            return Page(lane, *sets.look(sources, place, after=after, on=on, held=held, alive=alive))
        except NotAlike:
            lane = Lane.ROWS
    bench = sources.bench(on=on, frozen=held)
    if lane == Lane.GROUPS:
        return _groups(sources, place, after, bench, on, held, alive)
    count = PEOPLE if lane == Lane.PEOPLE else ROWS
    records = sources.connectors[place[0]].scan(place[1], after=after, count=count)
    found = judged(sources, lane, place, records, bench=bench)
    alive()
    found, planned, waiting = sources.freeze(found)
    for plan in planned:
        sources.connectors[plan.source].rehearse(plan)
        alive()
    body: dict[str, Any] = {"plans": [plan.to_json() for plan in planned]}
    if waiting:
        body["waiting"] = [plan.to_json() for plan in waiting]
    if lane == Lane.PEOPLE:
        body |= {"keys": [record.key for record in records] if planned or waiting else [], "seen": _seen(found)}
        found = [one for one in found if not one.shared]  # another page may know it as somebody's own
    return Page(lane, body, verdicts.count(found, on=on), records[-1].key if len(records) == count else None)


def judged(sources: Floor, lane: str, place: Place, records: Sequence[Record], *, bench: Bench) -> list[Verdict]:
    if lane == Lane.PEOPLE:
        return sources.by_person(records, place=place, bench=bench)
    return sources.by_row(records, bench=bench)


def _seen(found: list[Verdict]) -> dict[str, dict[str, str]]:
    own: dict[Place, list[str]] = {}
    shared: dict[Place, list[str]] = {}
    for one in found:
        (shared if one.shared else own).setdefault(one.place, []).append(one.mark)
    return {"own": files.packed(own), "shared": files.packed(shared)}


def _groups(
    sources: Floor, place: Place, after: Any, bench: Bench, on: date, held: set[str], alive: Callable[[], None]
) -> Page:
    company, connector = sources.company, sources.connectors[place[0]]
    by, before = groups.columns(company, place), after or {"day": None, "rows": 0}
    found = groups.page(connector, place, by=by, after=before["day"], bench=bench, frozen=held, company=company)
    going = [list(group.values) for group in found if group.goes]
    alive()
    if going:
        connector.erase_groups(place[1], by=by, values=going, commit=False)
    counts, rows = groups.counted(place, found, on=on), before["rows"] + sum(group.rows for group in found)
    body = {"by": list(by), "groups": going}
    if not groups.settled(found):
        return Page(Lane.GROUPS, body, counts, {"day": found[-1].values[0], "rows": rows})
    if left := connector.size(place[1]) - rows:
        counts.append(groups.rest(place, left, like=found))
    return Page(Lane.GROUPS, body, counts, None)


def _keep(chunk: RetentionChunk, page: Page, *, now: datetime) -> None:
    """The plans, the counts and the place of the next page, in one transaction under the lease."""
    counts = verdicts.added([page.counts])
    acts = sum(row["count"] for row in counts if row["action"])
    file = files.store(page.body) if acts or page.body.get("seen") else None
    try:
        with transaction.atomic():
            ledger.finish(chunk, result={"counts": counts, "acts": acts}, now=now)
            kept = {"file": file, "digest": files.digest(page.body) if acts else "", "lane": page.lane}
            RetentionChunk.objects.filter(pk=chunk.pk).update(**kept)
            if page.after is not None:
                RetentionChunk.objects.bulk_create([_next(chunk, page)], ignore_conflicts=True)
    except ledger.LeaseLost:
        if file:
            vault.shred(file, now=now)
        raise


def _next(chunk: RetentionChunk, page: Page) -> RetentionChunk:
    return RetentionChunk(run=chunk.run, lane=page.lane, source=chunk.source, collection=chunk.collection,
                          number=chunk.number + 1, after=page.after)  # fmt: skip


def first(run: RetentionRun) -> None:
    RetentionChunk.objects.get_or_create(run=run, lane=Lane.START, source="", collection="", number=0)


def plans_of(body: dict[str, Any], name: str = "plans") -> list[SourcePlan]:
    """Raises `ConnectorError` plan_altered."""
    return [SourcePlan.from_json(one) for one in body.get(name, ())]
