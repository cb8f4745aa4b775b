"""What an erasure asks beyond carrying a plan out: what was to be erased by hand, and rows made since."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from connectors.base import Record
from connectors.errors import ConnectorError
from fulfilment.collecting import find
from fulfilment.models import Plan
from fulfilment.planning import carry_out, partly, plans, restricted
from fulfilment.planning.carry_out import approved_plan, execute, outdated, rehearse
from fulfilment.planning.fate import mark
from fulfilment.removing import deferred, kept_rows
from law.deadlines import local_day
from requests_app.controllers import controller

__all__ = [
    "BY_OWNER", "approved_plan", "by_hand_left", "execute", "for_owners", "new_rows", "now_restricted", "outdated",
    "prove", "rehearse",
]  # fmt: skip
BY_OWNER = "erase"
"""Code of the tasks by hand (`HandTask`) that a system's owner carries out."""


def for_owners(plan: Plan) -> list[tuple[str, str, int]]:
    """(source, table, rows) to be erased by hand in systems whose owner the map names."""
    sources = controller(plan.claim.case.controller).sources
    counted: Counter[tuple[str, str]] = Counter()
    for row in plan.summary:
        if row["outcome"] == "by_hand" and sources[row["source"]].seen_to_by:
            counted[row["source"], row["collection"]] += row["count"]
    return [(*place, count) for place, count in sorted(counted.items())]


def by_hand_left(plan: Plan) -> int:
    """How many records that a person said they would erase by hand are still there.

    Asked before the rows that lead to them go. Raises `ConnectorError`.
    """
    promised = {fate["fingerprint"] for fate in plans.rows(plan, of=lambda common: common["outcome"] == "by_hand")}
    return sum(record.fingerprint in promised for record in _find_again(plan)) if promised else 0


def new_rows(plan: Plan) -> int:
    """Rows of the person made since the data was collected: nobody has decided about them. Raises `ConnectorError`."""
    known = set(plans.marks(plan))
    return sum(mark(record) not in known for record in _find_again(plan))


def now_restricted(plan: Plan) -> int:
    """Rows the rules would erase that have been restricted since: storage only, a person decides (Art. 18(2))."""
    held = restricted.active_marks(plan.claim.case.controller)
    if not held:
        return 0
    return sum(fate["mark"] in held for fate in plans.rows(plan) if fate["action"] and not fate["by_person"])


def prove(plan: Plan, *, now: datetime) -> dict[str, int]:
    """Ask every source again.

    Raises `ConnectorError` still_there when anything that should be gone comes back, new_rows when something has been
    added since, kept_rows_gone when something is missing that the plan kept (Art. 5(2)).
    """
    left = carry_out.left(plan)
    if left:
        raise ConnectorError("still_there", True)
    if new_rows(plan):
        raise ConnectorError("new_rows", True)
    standing = kept_rows.look(plan)
    if standing.gone:
        raise ConnectorError("kept_rows_gone", True)
    company = controller(plan.claim.case.controller)
    kept = deferred.prepare(plan, today=local_day(now, tz=company.policy.tz))
    with transaction.atomic():
        deferred.write(plan, kept, now=now)
        return carry_out.proved(plan, now=now, data=standing.told() | _in_parts(plan))


def _in_parts(plan: Plan) -> dict[str, object]:
    """Where it was not done everywhere at once, the proof says so: which day in which source."""
    if not plan.claim.events.filter(kind=partly.KIND, data__digest=plan.digest).exists():
        return {}
    days = plan.receipts.values_list("source").annotate(at=Max("at")).order_by("source")
    return {"in_parts": {source: at.isoformat(timespec="seconds") for source, at in days}}


def _find_again(plan: Plan) -> Iterator[Record]:
    case = plan.claim.case
    return find.records(controller(case.controller), proved=find.proved(case), given=find.given(case.person))
