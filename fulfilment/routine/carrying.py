"""A page carried out: decided once more, done as approved, proved by asking again, its plans shredded.

Exactly what was approved is done, or less: a row that changed since, or whose time is not up any more (a new order, an
open case, a request for a copy), is left for the next month and counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from django.db import transaction

from connectors.base import Action, Connector, Instruction, PlanOutdated, SourcePlan
from connectors.errors import ConnectorError
from connectors.values import canonical, sha256
from fulfilment import frozen, ledger
from fulfilment.models import RetentionChunk
from fulfilment.routine import files, groups
from fulfilment.routine.pages import Floor, checked, floor
from fulfilment.routine.planning import judged, plans_of
from policies.load import Controller
from requests_app import sources, vault

Lane, Phase = RetentionChunk.Lane, RetentionChunk.Phase
Body = dict[str, Any]


def check(chunk: RetentionChunk, company: Controller, *, now: Callable[[], datetime]) -> None:
    """Decide once more and keep what is still to be done. Raises `ConnectorError`, `ledger.LeaseLost`."""
    held = frozen.marks(company.slug)
    body = files.read(chunk)
    with floor(company) as opened:
        again = _groups_again if chunk.lane == Lane.GROUPS else _rows_again
        left, changed = again(chunk, body, opened, held)
    _replace(chunk, left, changed=changed, now=now())


def _rows_again(chunk: RetentionChunk, body: Body, opened: Floor, held: set[str]) -> tuple[Body, int]:
    last = chunk.phase == Phase.LAST
    wanted = {plan.source: [*plan.instructions] for plan in ([] if last else plans_of(body))}
    for plan in plans_of(body, "waiting"):
        wanted.setdefault(plan.source, []).extend(plan.instructions)
    frozen_ids = {item.id for items in wanted.values() for item in items}
    place, judge = (chunk.source, chunk.collection), opened.bench(on=chunk.run.on, frozen=held)
    now_wanted = [one for one in judged(opened, chunk.lane, place, _page(chunk, body, opened, wanted), bench=judge)
                  if one.instruction and one.place[0] in wanted]  # fmt: skip
    plans, waiting, known = [], [], 0
    for source in sorted(wanted):
        mine = [one.instruction for one in now_wanted if one.instruction and one.place[0] == source]
        plan, waits = checked(opened.connectors[source], mine)
        plans.append(_among(plan, frozen_ids))
        waiting.append(_among(waits, frozen_ids))
        known += len(plans[-1].instructions) + len(waiting[-1].instructions)
    left: Body = {"keys": body.get("keys", []), "plans": [one.to_json() for one in plans if one.instructions]}
    if not last:
        left["waiting"] = [one.to_json() for one in waiting if one.instructions]
        return left, len(frozen_ids) - known
    return left, len(frozen_ids) - sum(len(one.instructions) for one in plans)


def _page(chunk: RetentionChunk, body: Body, opened: Floor, wanted: dict[str, list[Instruction]]) -> list[Any]:
    """The rows the page began with, as they are now."""
    connector = opened.connectors[chunk.source]
    if chunk.lane == Lane.PEOPLE:
        return list(connector.by_key(chunk.collection, body["keys"]))
    keys = [item.key for items in wanted.values() for item in items if item.key is not None]
    return list(connector.by_key(chunk.collection, keys))


def _among(plan: SourcePlan, ids: set[str]) -> SourcePlan:
    return SourcePlan(plan.source, tuple(item for item in plan.instructions if item.id in ids))


def _groups_again(chunk: RetentionChunk, body: Body, opened: Floor, held: set[str]) -> tuple[Body, int]:
    """What is asked of such a row stands in the group itself; only who has asked for a row meanwhile can change it."""
    connector, by = opened.connectors[chunk.source], body["by"]
    days = groups.frozen_days(connector, chunk.collection, by=by, values=body["groups"], frozen=held) if held else set()
    going = [values for values in body["groups"] if values[0] not in days]
    kept = [values for values in body["groups"] if values[0] in days]
    rows = connector.held(chunk.collection, by=by, values=going) if going else 0
    changed = connector.held(chunk.collection, by=by, values=kept) if kept else 0
    return {"by": by, "groups": going, "rows": rows}, changed


def _replace(chunk: RetentionChunk, body: Body, *, changed: int, now: datetime) -> None:
    """The page goes on to be carried out, with what is left of it."""
    old, file = chunk.file, files.store(body)
    result = {**chunk.result, "changed": chunk.result.get("changed", 0) + changed}
    try:
        with transaction.atomic():
            values = {"phase": Phase.DO, "file": file, "result": result, "attempts": 0, "leased_until": None}
            if not ledger.mine(chunk).update(**values, next_try_at=None, error=""):
                raise ledger.LeaseLost(chunk.pk)
    except ledger.LeaseLost:
        vault.shred(file, now=now)
        raise
    if old:
        vault.shred(old, now=now)


def carry_out(chunk: RetentionChunk, company: Controller, *, now: Callable[[], datetime]) -> None:
    """Do it, prove it, forget how. Harmless to repeat. Raises `ConnectorError`, `ledger.LeaseLost`."""
    body = files.read(chunk)
    if chunk.lane == Lane.GROUPS:
        done, changed = _erase_groups(chunk, body, company), 0
    else:
        done, changed = Counter[str](), 0
        for plan in plans_of(body):
            ledger.renew(chunk, now=now())
            with closing(sources.open_one(company, plan.source)) as connector:
                written, dropped = _execute(connector, plan)
            done.update(written)
            changed += dropped
    _finish(chunk, body, done=done, changed=changed, now=now())


def _execute(connector: Connector, plan: SourcePlan) -> tuple[list[str], int]:
    """(actions carried out, rows left because they changed a moment ago). Raises `ConnectorError` still_there."""
    todo, dropped = list(plan.instructions), 0
    while todo:
        try:
            now_plan = checked(connector, todo)[0]
            list(connector.execute(now_plan))
        except PlanOutdated as error:
            changed = set(error.instructions)
            dropped += len(changed)
            todo = [item for item in todo if item.id not in changed]
            continue
        if connector.verify(now_plan):
            raise ConnectorError("still_there", True, source=connector.source)
        return [str(item.action) for item in now_plan.instructions], dropped + len(todo) - len(now_plan.instructions)
    return [], dropped


def _erase_groups(chunk: RetentionChunk, body: Body, company: Controller) -> Counter[str]:
    """Counted before: a worker killed after the rows had gone finds none to count."""
    if not body["groups"]:
        return Counter()
    with closing(sources.open_one(company, chunk.source)) as connector:
        connector.erase_groups(chunk.collection, by=body["by"], values=body["groups"], commit=True)
        if connector.held(chunk.collection, by=body["by"], values=body["groups"]):
            raise ConnectorError("still_there", True, source=chunk.source)
    return Counter({str(Action.ERASE): body["rows"]})


def _finish(chunk: RetentionChunk, body: Body, *, done: Counter[str], changed: int, now: datetime) -> None:
    """Done and proved; or once more at the end, for rows that others still pointed at."""
    result = dict(chunk.result)
    result["done"] = dict(Counter(result.get("done", {})) + done)
    result["changed"] = result.get("changed", 0) + changed
    result["receipts"] = sha256(canonical([result.get("receipts", ""), _receipt(body)]))
    again = body.get("waiting")
    file = files.store({"keys": body["keys"], "waiting": again}) if again else None
    try:
        with transaction.atomic():
            if again:
                values = {"phase": Phase.LAST, "result": result, "attempts": 0, "leased_until": None}
                if not ledger.mine(chunk).update(**values, file=file):
                    raise ledger.LeaseLost(chunk.pk)
            else:
                ledger.finish(chunk, result=result, now=now)
                RetentionChunk.objects.filter(pk=chunk.pk).update(file=None, after=None)
    except ledger.LeaseLost:
        files.shred([file] if file else [], now=now)
        raise
    files.shred([chunk.file] if chunk.file else [], now=now)


def _receipt(body: Body) -> str:
    """Digest of the deeds: their ids name them to whoever holds the same rows, and tell nobody else anything."""
    ids: Iterable[str] | Sequence[Any] = sorted(item.id for plan in plans_of(body) for item in plan.instructions)
    return sha256(canonical([list(ids), body.get("groups", [])]))
