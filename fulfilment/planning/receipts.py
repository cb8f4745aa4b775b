"""What was carried out in a source, written down: one row a table and action. The only writer of `ErasureReceipt`."""

import hashlib
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TypeAlias

from django.db.models import Sum

from connectors.base import SourcePlan
from connectors.receipts import Part
from fulfilment.models import ErasureReceipt, Plan

Foreseen: TypeAlias = Mapping[tuple[str, str], tuple[int, str]]
"""(table, action) to the instructions a plan holds of it: how many, and the digest of their ids."""


def foreseen(planned: SourcePlan) -> dict[tuple[str, str], tuple[int, str]]:
    """What the receipts will say when the plan has been carried out, made with the plan: then nobody waits for it."""
    ids: dict[tuple[str, str], list[str]] = {}
    for deed in planned.deeds:
        ids.setdefault((deed.collection, str(deed.action)), []).extend(deed.ids)
    return {place: (len(some), digest(some)) for place, some in ids.items()}


def write(plan: Plan, source: str, written: Iterable[Part], *, foreseen: Foreseen) -> bool:
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
            instructions=sum(one.asked for one in some), rows=sum(one.rows for one in some),
            digest=_digest(some, foreseen.get((collection, action))), at=some[0].at,
        )
        for (collection, action), some in sorted(deeds.items())
    ])  # fmt: skip
    return True


def _digest(some: list[Part], foreseen: tuple[int, str] | None) -> str:
    """A plan is carried out whole: what was asked is what it holds, unless it was sealed before it foresaw anything."""
    asked, known = foreseen or (0, "")
    if asked == sum(one.asked for one in some):
        return known
    return digest(chain.from_iterable(one.instructions for one in some))


def digest(instructions: Iterable[str]) -> str:
    """Over ids of instructions in any order; whoever holds the plan can make it again."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(instructions)).encode()).hexdigest()


def rows(plan: Plan, source: str) -> int:
    """How many rows were changed there."""
    return int(plan.receipts.filter(source=source).aggregate(rows=Sum("rows"))["rows"] or 0)
