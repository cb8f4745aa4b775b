"""A page carried out: decided once more, done as approved, proved by asking again, its plans shredded.

Exactly what was approved is done, or less: a row that changed since, or whose time is not up any more (a new order, an
open case, a request for a copy), is left for the next month and counted.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from connectors.base import Action, Connector, Instruction, PlanOutdated, Record, SourcePlan
from connectors.errors import ConnectorError
from connectors.values import canonical, sha256
from fulfilment import ledger
from fulfilment.models import RetentionChunk
from fulfilment.planning.fate import mark
from fulfilment.routine import files, groups, sets
from fulfilment.routine.pages import Floor, Hand, checked
from fulfilment.routine.planning import judged, plans_of
from policies.load import Controller
from requests_app import vault

Lane, Phase = RetentionChunk.Lane, RetentionChunk.Phase
Body = dict[str, Any]
CHANGED, POINTED_AT = "changed", "pointed_at"
"""Why a row is left: it, or what the rules ask about it, is not as it was approved; or rows that stay point at it."""


def check(chunk: RetentionChunk, company: Controller, *, hand: Hand, now: Callable[[], datetime]) -> None:
    """Decide once more and keep what is still to be done. Raises `ConnectorError`, `ledger.LeaseLost`."""
    held = hand.frozen(company.slug)
    body = files.read(chunk)
    with hand.floor(company) as opened:
        again = _groups_again if chunk.lane == Lane.GROUPS else _rows_again
        left, left_out = again(chunk, body, opened, held)
    _replace(chunk, left, left_out=left_out, now=now())


def _rows_again(chunk: RetentionChunk, body: Body, opened: Floor, held: set[str]) -> tuple[Body, Counter[str]]:
    """(what is still to be done, how many rows are left alone and why)."""
    if chunk.phase == Phase.LAST:
        return _what_waited(body, opened, held)
    approved = _approved(body, "plans", "waiting")
    place, bench = (chunk.source, chunk.collection), opened.bench(on=chunk.run.on, frozen=held)
    found = judged(opened, chunk.lane, place, _page(chunk, body, opened, approved), bench=bench)
    plans, waiting, known = [], [], 0
    for source, ids in approved.items():
        wanted = [one.instruction for one in found if one.instruction and one.place[0] == source]
        for into, plan in zip((plans, waiting), checked(opened.connectors[source], wanted), strict=True):
            still = tuple(item for item in plan.instructions if item.id in ids)
            known += len(still)
            into += [SourcePlan(source, still).to_json()] if still else []
    left_out = Counter({CHANGED: sum(map(len, approved.values())) - known})
    return {"keys": body.get("keys", []), "plans": plans, "waiting": waiting}, left_out


def _what_waited(body: Body, opened: Floor, held: set[str]) -> tuple[Body, Counter[str]]:
    """Rows others pointed at. They were decided before this run began to act: the days of the rows that have gone
    meanwhile cannot be asked for again. A row that changed is left, as always; so is one somebody has asked for since.
    """
    plans, left_out = [], Counter[str]()
    for source, ids in _approved(body, "waiting").items():
        free = [item for item in ids.values() if item.key_digest not in held]
        plan, _waits = checked(opened.connectors[source], free)
        plans += [plan.to_json()] if plan.instructions else []
        left_out += Counter({CHANGED: len(ids) - len(free), POINTED_AT: len(free) - len(plan.instructions)})
    return {"keys": [], "plans": plans}, left_out


def _approved(body: Body, *names: str) -> dict[str, dict[str, Instruction]]:
    """The instructions that were read and approved, by source and id."""
    found: dict[str, dict[str, Instruction]] = {}
    for plan in (plan for name in names for plan in plans_of(body, name)):
        found.setdefault(plan.source, {}).update((item.id, item) for item in plan.instructions)
    return found


def _page(
    chunk: RetentionChunk, body: Body, opened: Floor, approved: dict[str, dict[str, Instruction]]
) -> list[Record]:
    """The rows the page began with, as they are now."""
    connector = opened.connectors[chunk.source]
    if chunk.lane == Lane.PEOPLE:
        return list(connector.by_key(chunk.collection, body["keys"]))
    keys = [item.key for items in approved.values() for item in items.values() if item.key is not None]
    return list(connector.by_key(chunk.collection, keys))


def _groups_again(chunk: RetentionChunk, body: Body, opened: Floor, held: set[str]) -> tuple[Body, Counter[str]]:
    """What is asked of such a row stands in the group itself; only who has asked for a row meanwhile can change it."""
    connector, by = opened.connectors[chunk.source], body["by"]
    days = groups.frozen_days(connector, chunk.collection, by=by, values=body["groups"], frozen=held) if held else set()
    going = [values for values in body["groups"] if values[0] not in days]
    kept = [values for values in body["groups"] if values[0] in days]
    rows = connector.held(chunk.collection, by=by, values=going) if going else 0
    changed = connector.held(chunk.collection, by=by, values=kept) if kept else 0
    return {"by": by, "groups": going, "rows": rows}, Counter({CHANGED: changed})


def _replace(chunk: RetentionChunk, body: Body, *, left_out: Counter[str], now: datetime) -> None:
    """The page goes on to be carried out, with what is left of it."""
    old, file = chunk.file, files.store(body)
    result = {**chunk.result, "left": _plus(chunk.result.get("left", {}), left_out)}
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


def carry_out(chunk: RetentionChunk, company: Controller, *, hand: Hand, now: Callable[[], datetime]) -> None:
    """Do it, prove it, forget how. Harmless to repeat. Raises `ConnectorError`, `ledger.LeaseLost`.

    A page may have rested for a day since it was decided once more: what somebody has asked for meanwhile, or had
    restricted, is left (R-44, Art. 18(2)).
    """
    held, done = hand.frozen(company.slug), Counter[str]()
    if chunk.lane == Lane.SETS:
        _sets(chunk, company, held=held, hand=hand, now=now)
        return
    with hand.floor(company) as opened:
        body, changed = _spared(chunk, files.read(chunk), opened, held)
        if chunk.lane == Lane.GROUPS:
            done = _erase_groups(opened.connectors[chunk.source], chunk.collection, body)
        for plan in plans_of(body):
            ledger.renew(chunk, now=now())
            written, dropped = _execute(opened.connectors[plan.source], plan)
            done.update(written)
            changed += dropped
    _finish(chunk, body, done=done, changed=changed, now=now())


def _sets(
    chunk: RetentionChunk, company: Controller, *, held: set[str], hand: Hand, now: Callable[[], datetime]
) -> None:
    body = files.read(chunk)
    with hand.floor(company) as opened:
        _asked(opened, chunk.source)
        rows = sets.carry_out(opened, (chunk.source, chunk.collection), body, held=held, again=chunk.attempts > 1)
    did = Counter({str(body["lot"]["action"]): len(rows)})
    _finish(chunk, {**body, "rows": rows}, done=did, changed=len(sets.read(body)) - len(rows), now=now())


def _spared(chunk: RetentionChunk, body: Body, opened: Floor, held: set[str]) -> tuple[Body, int]:
    """(the page without the rows that must wait, how many those are)."""
    if not held:
        return body, 0
    if chunk.lane == Lane.GROUPS:
        spared, left_out = _groups_again(chunk, body, opened, held)
        kept = left_out[CHANGED]
        return {**spared, "rows": max(0, body["rows"] - kept)}, kept  # as counted before the first try
    plans, kept = [], 0
    for plan in plans_of(body):
        asked = [item for item in plan.instructions if item.key_digest in held]
        stays = _standing(_asked(opened, plan.source), asked)
        kept += len(stays)
        plans.append(_without(plan, stays))
    return {**body, "plans": [plan.to_json() for plan in plans if plan.instructions]}, kept


def _standing(connector: Connector, items: Sequence[Instruction]) -> set[str]:
    """Ids of the deeds that are not done yet: an earlier try may have been killed after it had done them."""
    if not items:
        return set()
    there = {mark(record) for record in connector.verify(SourcePlan(connector.source, tuple(items)))}
    return {item.id for item in items if item.key_digest in there}


def _without(plan: SourcePlan, ids: Collection[str]) -> SourcePlan:
    return SourcePlan(plan.source, tuple(item for item in plan.instructions if item.id not in ids))


def _asked(opened: Floor, source: str) -> Connector:
    if source not in opened.connectors:  # the company's file has changed under the run
        raise ledger.StepFailed("unknown_source")
    return opened.connectors[source]


def take_stock(
    chunk: RetentionChunk, company: Controller, *, why: str, hand: Hand, now: Callable[[], datetime]
) -> None:
    """Of a page that was begun in a run that goes no further: count and prove what is done, and do nothing more.

    Its worker may have been killed after the rows had gone; dropped unread, the proof would not know of them. `why`:
    what the run ends as. Raises `ConnectorError`, `ledger.LeaseLost`, `ledger.StepFailed` unknown_source.
    """
    body, done, left = files.read(chunk), Counter[str](), 0
    with hand.floor(company) as opened:
        if chunk.lane == Lane.GROUPS and body["groups"]:
            left = _asked(opened, chunk.source).held(chunk.collection, by=body["by"], values=body["groups"])
            done = Counter({str(Action.ERASE): max(0, body["rows"] - left)})
        if chunk.lane == Lane.SETS:
            rows = sets.done(_asked(opened, chunk.source), chunk.collection, body)
            done, left = Counter({str(body["lot"]["action"]): len(rows)}), len(sets.read(body)) - len(rows)
            body = {**body, "rows": rows}
        plans = []
        for plan in plans_of(body):
            stays = _standing(_asked(opened, plan.source), plan.instructions)
            plans.append(_without(plan, stays))
            done.update(str(item.action) for item in plans[-1].instructions)
            left += len(stays)
    did = {**body, "plans": [plan.to_json() for plan in plans], "waiting": None}
    _finish(chunk, did, done=done, changed=0, now=now(), error=why if left else "")


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


def _erase_groups(connector: Connector, collection: str, body: Body) -> Counter[str]:
    """Counted before: a worker killed after the rows had gone finds none to count."""
    if not body["groups"]:
        return Counter()
    connector.erase_groups(collection, by=body["by"], values=body["groups"], commit=True)
    if connector.held(collection, by=body["by"], values=body["groups"]):
        raise ConnectorError("still_there", True, source=connector.source)
    return Counter({str(Action.ERASE): body["rows"]})


def _finish(
    chunk: RetentionChunk, body: Body, *, done: Counter[str], changed: int, now: datetime, error: str = ""
) -> None:
    """Done and proved; or once more at the end, for rows that others still pointed at. `error`: why not all of it."""
    result = dict(chunk.result)
    result["done"] = _plus(result.get("done", {}), done)
    result["left"] = _plus(result.get("left", {}), Counter({CHANGED: changed}))
    if done or not error:
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
                ended = {"status": RetentionChunk.Status.FAILED, "error": error} if error else {}
                RetentionChunk.objects.filter(pk=chunk.pk).update(file=None, after=None, **ended)
    except ledger.LeaseLost:
        files.shred([file] if file else [], now=now)
        raise
    files.shred([chunk.file] if chunk.file else [], now=now)


def _plus(known: Mapping[str, int], more: Counter[str]) -> dict[str, int]:
    return dict(Counter(known) + more)  # zeros are left out


def _receipt(body: Body) -> str:
    """Digest of the deeds: their ids name them to whoever holds the same rows, and tell nobody else anything."""
    if "lot" in body:
        return sha256(canonical([body["lot"], sets.written(sorted(body["rows"]))]))
    ids: Iterable[str] | Sequence[Any] = sorted(item.id for plan in plans_of(body) for item in plan.instructions)
    return sha256(canonical([list(ids), body.get("groups", [])]))
