"""Tables of the machine room, one file a subject; everybody imports them from here."""

from fulfilment.models.work import (
    Bundle,
    Collected,
    Delivery,
    ErasureReceipt,
    Plan,
    PlanDecision,
    Release,
    Step,
    Withholding,
)

__all__ = [
    "Bundle", "Collected", "Delivery", "ErasureReceipt", "Plan", "PlanDecision", "Release", "Step", "Withholding",
]  # fmt: skip
