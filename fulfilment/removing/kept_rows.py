"""The other half of the proof: what the plan kept is still there, and as it was (Art. 5(1)(d), 5(1)(f))."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from connectors.base import Ability, Connector, Record
from fulfilment.models import Plan
from fulfilment.planning import plans
from fulfilment.planning.fate import KEEPING, mark
from requests_app import sources
from requests_app.controllers import controller

AT_ONCE = 1000


@dataclass
class Standing:
    """Rows the plan left: `kept` are as they were but for what the plan wrote in them, `changed` were changed by
    somebody since (a reference the database itself loosened counts, too), `gone` are no longer there."""

    kept: int = 0
    changed: int = 0
    gone: int = 0

    def told(self) -> dict[str, int]:
        return {"kept": self.kept} | ({"kept_changed": self.changed} if self.changed else {})


def look(plan: Plan) -> Standing:
    """Ask every source for the rows the plan kept. Raises `ConnectorError`."""
    found = Standing()
    staying = {row["mark"]: row["fields"] for row in plans.rows(plan, of=_stays)}
    tables = {(row["source"], row["collection"]) for row in plans.rows(plan, of=_stays)}
    company = controller(plan.claim.case.controller)
    for source in sorted({source for source, _ in tables}):
        if source not in company.sources:
            continue
        with closing(sources.open_one(company, source)) as connector:
            for collection in sorted(table for place, table in tables if place == source):
                before = (
                    record for record in plans.collected(plan.claim, plan.round, tables={(source, collection)})
                    if record.key is not None and mark(record) in staying
                )  # fmt: skip
                _compare(connector, collection, before, staying, found)
    return found


def _stays(common: Mapping[str, Any]) -> bool:
    left_alone = common["outcome"] in (*KEEPING, "not_theirs")
    return left_alone or common["action"] in ("anonymise", "strip", "unlink")


def _compare(
    connector: Connector, collection: str, before: Iterator[Record], staying: Mapping[str, list[str]], found: Standing
) -> None:
    if Ability.KEYS not in connector.abilities:
        return
    while some := {mark(record): record for record in islice(before, AT_ONCE)}:
        now = {mark(one): one for one in connector.by_key(collection, [one.key for one in some.values() if one.key])}
        for name, record in some.items():
            if name not in now:
                found.gone += 1
            elif _same(record, now[name], written=staying[name]):
                found.kept += 1
            else:
                found.changed += 1


def _same(before: Record, now: Record, *, written: list[str]) -> bool:
    if before.fingerprint == now.fingerprint:
        return True
    columns = {*before.fields, *now.fields} - set(written)
    return bool(written) and all(before.fields.get(name) == now.fields.get(name) for name in columns)
