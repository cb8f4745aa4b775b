"""What was carried out in a source, written down: one row a table and action. The only writer of `ErasureReceipt`."""

import hashlib
from collections.abc import Iterable
from itertools import chain

from django.db.models import Sum

from connectors.receipts import Part
from fulfilment.models import ErasureReceipt, Plan


def write(plan: Plan, source: str, written: Iterable[Part]) -> bool:
    """The receipts of one source, all of them or none; False where they were there before (another worker's)."""
    Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.receipts.filter(source=source).exists():
        return False
    deeds: dict[tuple[str, str], list[Part]] = {}
    for one in written:
        deeds.setdefault((one.collection, str(one.action)), []).append(one)
    ErasureReceipt.objects.bulk_create([
        ErasureReceipt(
            plan=plan, source=source, collection=collection, action=action,
            instructions=sum(len(one.instructions) for one in some), rows=sum(one.rows for one in some),
            digest=digest(chain.from_iterable(one.instructions for one in some)), at=some[0].at,
        )
        for (collection, action), some in sorted(deeds.items())
    ])  # fmt: skip
    return True


def digest(instructions: Iterable[str]) -> str:
    """Over ids of instructions in any order; whoever holds the plan can make it again."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(instructions)).encode()).hexdigest()


def rows(plan: Plan, source: str) -> int:
    """How many rows were changed there."""
    return int(plan.receipts.filter(source=source).aggregate(rows=Sum("rows"))["rows"] or 0)
