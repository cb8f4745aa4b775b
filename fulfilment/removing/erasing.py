"""What an erasure asks beyond carrying a plan out: what was to be erased by hand, and rows made since."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from connectors.base import Record
from connectors.errors import ConnectorError
from fulfilment.collecting import find
from fulfilment.models import Plan
from fulfilment.planning import carry_out, plans, restricted
from fulfilment.planning.carry_out import approved_plan, execute, outdated, rehearse
from fulfilment.planning.fate import mark
from fulfilment.removing import deferred
from law.deadlines import local_day
from requests_app.controllers import controller

__all__ = [
    "approved_plan", "by_hand_left", "execute", "new_rows", "now_restricted", "outdated", "prove", "rehearse",
]  # fmt: skip


def by_hand_left(plan: Plan) -> int:
    """How many records that a person said they would erase by hand are still there.

    Asked before the rows that lead to them go. Raises `ConnectorError`.
    """
    promised = {fate["fingerprint"] for fate in plans.read(plan)["fates"] if fate["outcome"] == "by_hand"}
    return sum(record.fingerprint in promised for record in _find_again(plan)) if promised else 0


def new_rows(plan: Plan) -> int:
    """Rows of the person made since the data was collected: nobody has decided about them. Raises `ConnectorError`."""
    known = {fate["mark"] for fate in plans.read(plan)["fates"]}
    return sum(mark(record) not in known for record in _find_again(plan))


def now_restricted(plan: Plan) -> int:
    """Rows the rules would erase that have been restricted since: storage only, a person decides (Art. 18(2))."""
    held = restricted.active_marks(plan.claim.case.controller)
    return sum(fate["mark"] in held for fate in plans.read(plan)["fates"] if fate["action"] and not fate["by_person"])


def prove(plan: Plan, *, now: datetime) -> dict[str, int]:
    """Ask every source again.

    Raises `ConnectorError` still_there when anything that should be gone comes back, new_rows when something has been
    added since (Art. 5(2)).
    """
    left = carry_out.left(plan)
    if left:
        raise ConnectorError("still_there", True)
    if new_rows(plan):
        raise ConnectorError("new_rows", True)
    company = controller(plan.claim.case.controller)
    kept = deferred.prepare(plan, today=local_day(now, tz=company.policy.tz))
    with transaction.atomic():
        deferred.write(plan, kept, now=now)
        return carry_out.proved(plan, now=now)


def _find_again(plan: Plan) -> Iterator[Record]:
    case = plan.claim.case
    return find.records(controller(case.controller), proved=find.proved(case), given=find.given(case.person))
